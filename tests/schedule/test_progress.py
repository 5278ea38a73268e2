"""Progress: retained logic and progress override, work out of sequence; constraints of a running project."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue
from ltcflow.graph import network
from ltcflow.process import Process
from ltcflow.schedule import Plan, forecast, plan
from ltcflow.worktime import add_minutes, calendar, parse_start

SOME = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEEK = calendar("weekdays")
START = "2026-03-02"
DAY_ONE = parse_start(START, WEEK)


def moment(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def house() -> Process:
    steps = [
        b.activity("dig", duration="3d"),
        b.activity("wall", duration="4d"),
        b.activity("roof", duration="2d"),
        b.activity("garden", duration="1d", after=["dig"]),
    ]
    return b.process(
        "house", stages=[b.stage("build", activities=steps)], milestones=[b.milestone("up", after=["roof"])]
    )


def test_the_wall_begun_before_the_hole_was_dug() -> None:
    """Worked out by hand: Wednesday noon, a day and a half of digging left, half a day of wall done out of turn."""
    happened: dict[str, Any] = {
        "start": START,
        "data_date": moment(4, 13),
        "finished": {},
        "started": {"dig": moment(3, 9), "wall": moment(4, 9)},
    }
    kept = forecast(house(), **happened)
    assert kept["dig"].early_finish == moment(5, 18)
    assert kept["wall"].early_finish == moment(11, 15)  # 29 hours from Friday on
    over = forecast(house(), **happened, progress="override")
    assert over["wall"].early_finish == moment(9, 18)  # from Wednesday 13:00 on
    assert over["roof"].early_start == moment(10, 9)
    assert (kept.critical_path, over.critical_path) == (("dig", "wall", "roof", "up"), ("wall", "roof", "up"))
    for p, goes in ((kept, "left of it waits for them"), (over, "left of it goes on without them")):
        (finding,) = (f for f in p.findings if f.code == "LTC410")
        assert (finding.where, finding.witness) == ("stages.build.activities.wall", ("wall", "dig"))
        assert goes in finding.problem
        assert finding.problem_zh
        assert finding.remedy_zh
    assert over.with_(progress="retained") == kept


def test_what_was_overtaken_is_seen_through_stages_and_in_the_past() -> None:
    process = b.process(
        "p",
        facts={"big": b.yes_no()},
        stages=[
            b.stage("one", activities=[b.activity("a", duration="1d"), b.activity("x", when="big", duration="1d")]),
            b.stage(
                "two",
                activities=[
                    b.activity("c", duration="1d"),
                    b.activity("d", duration="1d"),
                    b.activity("e", duration="1d", after=[b.after("d", "FS", "-1d")]),
                ],
            ),
        ],
    )
    p = forecast(
        process,
        start=START,
        facts={"big": False},
        data_date=moment(6, 9),
        finished={"a": moment(4, 18), "c": moment(5, 18)},
        started={"c": moment(3, 9), "d": moment(5, 18), "e": moment(5, 9)},
    )
    found = {f.witness[0]: f.witness[1:] for f in p.findings if f.code == "LTC410"}
    assert found == {"c": ("a",)}, "d began when c was over; e may lead"


@st.composite
def running(draw: st.DrawFn) -> tuple[Process, dict[str, Any]]:
    """Draw a process and what has happened of it by some day."""
    names = [f"a{i}" for i in range(draw(st.integers(1, 6)))]
    steps = []
    for i, name in enumerate(names):
        sources = draw(st.lists(st.sampled_from(names[:i]), max_size=2, unique=True)) if i else []
        after = [b.after(s, draw(st.sampled_from(["FS", "FS", "SS", "FF", "SF"]))) for s in sources]
        steps.append(b.activity(name, duration=draw(st.sampled_from(["0d", "1d", "3d"])), after=after))
    cut = draw(st.integers(0, len(names)))
    process = b.process("drawn", stages=[b.stage("s", activities=steps[:cut]), b.stage("t", activities=steps[cut:])])
    now = draw(st.integers(1, 2400))
    at = st.integers(0, now).map(lambda m: add_minutes(WEEK, DAY_ONE, m))
    started = {name: draw(at) for name in names if draw(st.booleans())}
    finished = {name: draw(at) for name in started if draw(st.booleans())}
    finished = {name: max(end, started[name]) for name, end in finished.items()}
    return process, {
        "start": START, "calendar": WEEK, "data_date": add_minutes(WEEK, DAY_ONE, now),
        "started": started, "finished": finished,
    }  # fmt: skip


def elements(process: Process) -> dict[str, list[tuple[str, str]]]:
    """Return what each activity waits for, (other, type), written out by stages: the independent reading."""
    first, second = process.stages
    waits: dict[str, list[tuple[str, str]]] = {
        a.id: [(d.on, d.type.value) for d in a.after or ()] for a in process.activities()
    }
    for a in second.activities:
        waits[a.id] += [(other.id, "FS") for other in first.activities]
    return waits


@SOME
@given(running())
def test_out_of_sequence_is_what_happened_before_its_turn(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, happened = drawn
    assume(network(process).acyclic)
    started, finished = happened["started"], happened["finished"]
    p = forecast(process, **happened)
    found = {f.witness[0]: set(f.witness[1:]) for f in p.findings if f.code == "LTC410"}
    declared = {a.id: {(d.on, d.type.value) for d in a.after or ()} for a in process.activities()}
    expected: dict[str, set[str]] = {}
    for name, waits in elements(process).items():
        for other, kind in waits:
            mine = (started if kind[1] == "S" else finished).get(name)
            event = (started if kind[0] == "S" else finished).get(other)
            if mine is not None and (event is None or event > mine):
                expected.setdefault(name, set()).add(other)
                assert (other, kind) not in declared[name] or other in found[name]
    assert all(before <= expected.get(name, set()) for name, before in found.items())
    assert bool(found) == bool(expected), "what a stage waits for may be told of one of its elements alone"


@SOME
@given(running())
def test_override_frees_exactly_what_is_out_of_sequence(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, happened = drawn
    note(happened)
    assume(network(process).acyclic)
    kept, over = forecast(process, **happened), forecast(process, **happened, progress="override")
    early = {f.witness[0] for f in kept.findings if f.code == "LTC410"}
    assert over.finish <= kept.finish
    for row in over.rows:
        assert row.early_finish <= kept[row.id].early_finish
        if row.id in early and not row.done:
            rest = row.duration.minutes
            assert row.early_finish == (add_minutes(WEEK, happened["data_date"], rest) if rest else row.early_finish)
            assert row.driving == ()
    if not early & {name for name in happened["started"] if name not in happened["finished"]}:
        assert over == kept


def test_constraints_and_deadlines_of_a_running_project() -> None:
    happened: dict[str, Any] = {
        "start": START,
        "data_date": moment(9, 9),
        "finished": {"dig": moment(6, 18)},
        "started": {"wall": moment(9, 9)},
    }
    p = forecast(
        house(),
        **happened,
        constraints={
            "dig": "must_finish 2026-03-04",
            "wall": "must_start 2026-03-05",
            "roof": "start_no_earlier 2026-03-16",
        },
        deadlines={"dig": "2026-03-04", "up": "2026-03-16", "garden": "2026-03-09"},
    )
    assert p["roof"].early_start == moment(16, 9)
    assert (p["roof"].total_float.minutes, p["roof"].free_float.minutes) == (-480, 0)
    missed = {f.where: f for f in p.findings if f.code == "LTC408"}
    assert set(missed) == {"stages.build.activities.dig", "milestones.up"}
    assert "finished on" in missed["stages.build.activities.dig"].problem
    assert p["wall"].late_finish == moment(12, 18)
    held = forecast(house(), **happened, constraints={"wall": "finish_no_earlier 2026-03-20"})
    assert held["wall"].early_finish == moment(20, 18)
    late = forecast(house(), **happened, finish="2026-03-13")
    assert late.too_late == ()
    later = late.with_(finish="2026-03-06")
    assert later.too_late == ("roof", "garden")
    assert later["roof"].late_start == moment(5, 9)


@pytest.mark.parametrize("rule", ["", "retain", None])
def test_another_rule_is_refused(rule: Any) -> None:
    with pytest.raises(InvalidValue, match="retained"):
        forecast(house(), start=START, data_date=START, finished={}, progress=rule)


def test_a_plan_becomes_a_forecast_and_back() -> None:
    p = plan(house(), start=START)
    running = p.with_(data_date=moment(5, 9), finished={"dig": moment(4, 18)})
    assert isinstance(running, Plan)
    assert running == forecast(house(), start=START, data_date=moment(5, 9), finished={"dig": moment(4, 18)})
    assert running.with_(finished={"dig": None}) == forecast(house(), start=START, data_date=moment(5, 9), finished={})
    with pytest.raises(InvalidValue, match="data_date"):
        p.with_(finished={"dig": moment(4, 18)})
    assert running.finish - p.finish == timedelta(0)
