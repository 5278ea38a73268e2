"""What is certain is the plan, date for date: with constraints, deadlines, calendars of their own and progress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.graph import network
from ltcflow.process import Process
from ltcflow.schedule import ImpossibleConstraints, Plan, forecast, plan
from ltcflow.schedule.conflicts import broken
from ltcflow.schedule.montecarlo import simulate, triangular
from ltcflow.schedule.planning import forecasting, inputs_of
from ltcflow.schedule.working import making_of
from ltcflow.worktime import Calendar, WorkDuration

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=40)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = [
    Calendar(id="project", hours=(((540, 550), (560, 575)),) * 5 + ((), ())),
    Calendar(id="early", hours=(((530, 545), (548, 552)),) * 7),
    Calendar(id="always", hours=(((0, 1440),),) * 7),
    Calendar(id="rare", hours=(((555, 562),), ()) * 3 + (((10, 30),),)),
]
LENGTHS = (
    st.integers(0, 60).map(WorkDuration)
    | st.just(WorkDuration(0))
    | st.integers(0, 4000).map(lambda n: WorkDuration(n, elapsed=True))
)
LAGS = [WorkDuration(n) for n in (0, 0, 0, 13, -9)] + [WorkDuration(n, elapsed=True) for n in (700, 3000, -50)]
WORKING = st.integers(0, 60).map(WorkDuration)
LATE = "as_late_as_possible"
KINDS = [
    "finish_no_earlier",
    "start_no_earlier",
    "start_no_later",
    "finish_no_later",
    "must_start",
    "must_finish",
    LATE,
]
EACH = ["dates", "late", "late, own", "late, elapsed", "progress", "progress, dates, own", "own, elapsed"]


@st.composite
def processes(draw: st.DrawFn, *, elapsed: bool) -> Process:
    """Draw a process of two stages with steps, a span and a gate, and of milestones; links and lags of all kinds."""
    names = [f"a{i}" for i in range(draw(st.integers(1, 6)))]
    lengths, lags = (LENGTHS, LAGS) if elapsed else (WORKING, LAGS[:5])
    steps = []
    for i, name in enumerate(names):
        sources = draw(st.lists(st.sampled_from(names[:i]), max_size=2, unique=True)) if i else []
        after = [
            b.after(s, draw(st.sampled_from(["FS", "FS", "SS", "FF", "SF"])), draw(st.sampled_from(lags)))
            for s in sources
        ]
        steps.append(b.activity(name, duration=draw(lengths), after=after))
    cut = draw(st.integers(0, len(names)))
    along = [b.activity("care", continuous=True)] if draw(st.booleans()) else []
    lead = {"lead_time": draw(lengths)} if draw(st.booleans()) else {}
    stages = [
        b.stage("s", activities=[*steps[:cut], *along]),
        b.stage("t", activities=steps[cut:], gates=[b.gate("g", **lead)], after=draw(st.sampled_from([None, []]))),
    ]
    milestones = [b.milestone("m", after=[draw(st.sampled_from(names))]), b.milestone("n", after=["t"])]
    return b.process("drawn", stages=stages, milestones=milestones)


def moments(draw: st.DrawFn, least: int, most: int) -> datetime:
    at = START + timedelta(minutes=draw(st.integers(least, most)))
    return at + timedelta(seconds=draw(st.sampled_from([0, 0, 30])))


def constrained(draw: st.DrawFn, names: list[str], late: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kinds = [LATE, LATE, "start_no_earlier", "finish_no_later"] if late else draw(st.sampled_from([KINDS, KINDS[:3]]))
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)):
        texts = []
        for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=2, unique=True)):
            if kind != LATE:
                texts.append(f"{kind} {moments(draw, -1000, 9000).isoformat()}")
            elif name not in ("s", "t"):
                texts.append(kind)
        found[name] = texts
    return found


def happened(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Draw progress, in sequence or not."""
    now = moments(draw, 0, 6000)
    asked: dict[str, Any] = {"data_date": now, "finished": {}, "started": {}}
    past = int((now - START) / timedelta(minutes=1))
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)):
        begun = min(moments(draw, -500, past), now)
        if draw(st.booleans()):
            asked["started"][name] = begun
        if draw(st.integers(0, 2)) == 0 or name not in asked["started"]:
            asked["finished"][name] = max(begun, min(moments(draw, -500, past), now))
        elif draw(st.booleans()) and name != "care":
            asked.setdefault("remaining", {})[name] = draw(WORKING)
    return {**asked, "progress": draw(st.sampled_from(["retained", "override"]))}


@st.composite
def projects(draw: st.DrawFn, focus: str) -> tuple[Process, dict[str, Any]]:
    """Draw a process and the arguments of its plan, with *focus* among them."""

    def with_(part: str) -> bool:
        return part in focus or draw(st.integers(0, 3)) == 0

    process = draw(processes(elapsed=with_("elapsed")))
    assume(network(process).acyclic)
    names = [e.id for e in process.elements() if e.id != "care"]
    steps = [name for name in names if name[0] == "a"]
    asked: dict[str, Any] = {"start": START, "calendar": DAYS[draw(st.sampled_from([0, 0, 2]))]}
    if with_("own"):
        own = draw(st.dictionaries(st.sampled_from([*steps, "g"]), st.integers(1, 3), min_size=1))
        asked |= {"calendars": {name: DAYS[i] for name, i in own.items()}}
        asked["lag_calendar"] = draw(st.sampled_from(["predecessor", "successor", "project"]))
    if with_("dates") or "late" in focus:
        asked["constraints"] = constrained(draw, names, "late" in focus)
    if with_("late"):
        due = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        asked["deadlines"] = {name: moments(draw, 0, 6000) for name in due}
        if draw(st.booleans()):
            asked["finish"] = moments(draw, 0, 9000)
    if with_("progress"):
        care = ["care"] if process.find("care") else []
        asked |= happened(draw, [*care, *(n for n in names if n not in ("s", "t"))])
    return process, asked


def planned(process: Process, asked: dict[str, Any]) -> Plan:
    return forecast(process, **asked) if "data_date" in asked else plan(process, **asked)


def anyway(process: Process, asked: dict[str, Any]) -> tuple[Plan, list[bool]]:
    """Return the plan of *asked* and whether it keeps each constraint that asks for something not later."""
    rest = dict(asked)
    tables = ("data_date", "finished", "started", "remaining", "progress")
    told = [rest.pop(name, {} if name == "remaining" else None) for name in tables]
    inputs = inputs_of(process, rest.pop("calendar"), **rest)
    if told[0] is not None:
        inputs = attrs.evolve(inputs, progress=forecasting(process, inputs.calendar, *told))
    making = making_of(inputs)
    made, _ = making.plan_anyway(START)
    late = broken(making.wanted.bounds, making.solved)
    return made, [bound not in late for bound in making.wanted.bounds if bound.upper is not None]


def tell(process: Process, asked: dict[str, Any], wanted: Plan) -> None:
    note(str(asked))
    for a in (*process.activities(), *process.gates()):
        note(f"{a.id} {getattr(a, 'duration', None) or getattr(a, 'lead_time', '')} after "
             f"{[(d.on, d.type.value, str(d.lag)) for d in a.after or ()]}")  # fmt: skip
    for row in wanted.rows:
        note(f"{row.id} {row.early_start} {row.early_finish} {row.critical}")


@pytest.mark.parametrize("focus", EACH)
@FEW
@given(st.data())
def test_what_is_certain_is_the_plan_date_for_date(focus: str, data: st.DataObject) -> None:
    process, asked = data.draw(projects(focus))
    found = simulate(process, seed=5, samples=5, **asked)
    wanted = found.plan
    tell(process, asked, wanted)
    try:
        wanted = planned(process, asked)
    except ImpossibleConstraints:
        assert 0 in [kept.share.value for kept in found.kept]
        assert "LTC412" in [finding.code for finding in found.findings]
    else:
        assert {kept.share.value for kept in found.kept} <= {1}
        assert wanted.findings == found.findings
    for row in wanted.rows:
        if not row.skipped:
            assert found[row.id].planned == row.early_finish
            assert (found[row.id].p10, found[row.id].mean) == (row.early_finish, row.early_finish), row.id
            assert found[row.id].p10 == found[row.id].p90
    assert found.finish.p10 == found.finish.p90 == wanted.finish
    assert found.merge_bias == WorkDuration(0)
    missed = {f.witness[0] if f.witness else "" for f in wanted.findings if f.code == "LTC408"}
    assert {met.element for met in found.met if not met.share.value} == missed
    for element, hits in found.critical:
        if not wanted[element].spans:
            assert (hits, wanted[element].critical) in ((0, False), (5, True)), element


@st.composite
def uncertain(draw: st.DrawFn, focus: str) -> tuple[Process, dict[str, Any], dict[str, Any]]:
    """Draw a process, the arguments of its plan and durations that vary, to nothing too."""
    process, asked = draw(projects(focus))
    lengths = {}
    for name in (*(a.id for a in process.activities() if not a.spans), "g"):
        low, mid, high = sorted(draw(st.tuples(*[st.integers(0, 60)] * 3)))
        unit, times = ("emin", 40) if draw(st.integers(0, 4)) == 0 else ("min", 1)
        low = draw(st.sampled_from([0, low]))
        if draw(st.booleans()):
            lengths[name] = triangular(*(f"{n * times}{unit}" for n in (low, mid, high)))
    return process, asked, lengths


@pytest.mark.parametrize("focus", EACH)
@MANY
@given(st.data())
def test_every_sample_is_the_plan_of_what_was_drawn(focus: str, data: st.DataObject) -> None:
    process, asked, lengths = data.draw(uncertain(focus))
    found = simulate(process, seed=5, samples=4, durations=lengths, **asked)
    means = {name: WorkDuration(shape.mean_minutes(), elapsed=shape.elapsed) for name, shape in lengths.items()}
    critical, kept, met = dict.fromkeys(dict(found.critical), 0), [0] * len(found.kept), [0] * len(found.met)
    for sample in range(4):
        lasting = {
            name: WorkDuration(int(row[sample]), elapsed=lengths[name].elapsed)
            for name, row in zip(found.uncertain, found.lengths, strict=True)
        }
        told = {**asked, "durations": {**means, **lasting}}
        if "data_date" in asked:
            begun = {name: length for name, length in lasting.items() if name in asked["started"]}
            told["remaining"] = {**asked.get("remaining", {}), **begun}
        wanted, there = anyway(process, told)
        tell(process, told, wanted)
        for row in wanted.rows:
            at = found.scale.moment(int(found.numbers_of(row.id)[sample]))
            assert at == row.early_finish, (row.id, sample)
        assert found.scale.moment(int(found.last[sample])) == wanted.finish
        assert int(found.ends[sample]) == wanted.duration.minutes
        for name in critical:
            critical[name] += wanted[name].critical
        kept = [a + b for a, b in zip(kept, there, strict=True)]
        ends = {"": wanted.finish, **{row.id: row.early_finish for row in wanted.rows}}
        met = [n + (ends[one.element] <= one.deadline) for n, one in zip(met, found.met, strict=True)]
    assert {name: hits for name, hits in found.critical if name != "care"} == {
        name: hits for name, hits in critical.items() if name != "care"
    }
    assert [one.share.value * 4 for one in found.kept] == kept
    assert [one.share.value * 4 for one in found.met] == met
