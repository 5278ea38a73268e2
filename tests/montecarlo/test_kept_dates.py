"""Constraints, deadlines and calendars of their own where something is left to chance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.schedule import ImpossibleConstraints, forecast, plan
from ltcflow.schedule.montecarlo import Simulation, empirical, simulate, triangular
from ltcflow.worktime import Calendar, calendar

START = "2026-03-02"
ALMOST = 1 - 1e-12
NIGHTS = Calendar(id="nights", hours=(((1200, 1440),),) * 7)
EVEN = empirical([f"{n}d" for n in range(1, 11)])


def chain(*names: str, **gate: Any) -> Process:
    steps = [b.activity(name, duration="2d") for name in names]
    return b.process("p", stages=[b.stage("s", activities=steps, gates=[b.gate("g", **gate)] if gate else [])])


def run(process: Process, **asked: Any) -> Simulation:
    return simulate(process, **{"start": START, "seed": 5, "samples": 4000, **asked})


def test_a_constraint_is_kept_as_often_as_the_duration_allows() -> None:
    asked = {"x": "finish_no_later 2026-03-05", "y": ["start_no_later 2026-03-12", "must_finish 2026-03-11"]}
    found = run(
        chain("x", "y"), durations={"x": EVEN}, constraints=asked, deadlines={"y": "2026-03-06"}, finish="2026-03-31"
    )
    shares = {(kept.element, kept.constraint.kind.value): kept.share for kept in found.kept}
    # x takes 1 to 10 days from Monday; y follows on the next day, 2 days long, and ends on 11 March at the earliest
    assert shares["x", "finish_no_later"].low < 0.4 < shares["x", "finish_no_later"].high
    assert shares["x", "finish_no_later"] == found["x"].probability_by("2026-03-05")
    assert shares["y", "start_no_later"].low < 0.8 < shares["y", "start_no_later"].high
    assert shares["y", "must_finish"].low < 0.6 < shares["y", "must_finish"].high
    assert found["y"].quantile(0).date().isoformat() == "2026-03-11"
    assert [(met.element, met.share.value) for met in found.met] == [("y", 0), ("", 1)]
    assert found.met[1].deadline.isoformat() == "2026-04-01T00:00:00+00:00"


def test_what_the_means_do_not_keep_is_a_finding_where_a_plan_refuses() -> None:
    asked = {"x": "must_finish 2026-03-05"}
    with pytest.raises(ImpossibleConstraints) as refused:
        plan(chain("x"), start=START, durations={"x": "5d"}, constraints=asked)
    found = run(chain("x"), durations={"x": triangular("2d", "5d", "8d")}, constraints=asked)
    (finding,) = found.findings
    assert (finding.code, finding.severity.value) == ("LTC412", "warning")
    assert refused.value.earliest in finding.problem
    assert refused.value.constraints[0] in finding.problem_zh
    assert 0 < found.kept[0].share.value < 0.5


def test_what_is_lost_before_is_not_kept() -> None:
    process = b.process("p", stages=[
        b.stage("s", activities=[b.activity("x", duration="2d"), b.activity("y", duration="2d")],
                gates=[b.gate("g", after=["x"])]),
    ])  # fmt: skip
    asked = {"y": ["start_no_later 2026-12-01", "finish_no_later 2026-12-01"], "x": "finish_no_later 2026-12-01"}
    odds = {"g": {"go": 0.25, "stop": 0.75}}
    found = run(process, constraints=asked, outcomes=odds, deadlines={"y": "2026-12-01"}, finish="2026-12-01")
    win = found.win
    assert win is not None
    shares = [kept.share for kept in found.kept]
    assert [share.value for share in (*shares, *(met.share for met in found.met))] == [
        win.value, win.value, 1, win.value, win.value,
    ]  # fmt: skip


def test_a_project_lost_while_work_goes_on_has_kept_its_start() -> None:
    steps = [b.activity("long", duration="9d", after=[]), b.activity("short", duration="2d", after=[])]
    process = b.process("p", stages=[b.stage("s", activities=steps)])
    asked = {"long": ["start_no_later 2026-03-02", "finish_no_later 2026-12-01"]}
    found = run(process, constraints=asked, win_probability={"short": 0.0}, samples=20)
    assert [kept.share.value for kept in found.kept] == [1, 0]


@pytest.mark.parametrize("days", [None, NIGHTS])
def test_a_recycle_is_done_on_the_calendars_of_what_is_done(days: Calendar | None) -> None:
    process = chain("x", "y", recycle_to="x", lead_time="4h")
    own = {"y": calendar("always"), "x": days or calendar("weekdays")}
    found = run(process, outcomes={"g": {"recycle": ALMOST, "go": 1 - ALMOST}}, rounds=1, samples=9, calendars=own)
    lengths = {"x": "2d", "y": "2d", "g": "4h"}
    steps = [b.activity(f"{name}{i}", duration=length) for i in (1, 2) for name, length in lengths.items()]
    twice = b.process("p", stages=[b.stage("s", activities=steps)])
    wanted = plan(twice, start=START, calendars={f"{name}{i}": own[name] for name in own for i in (1, 2)})
    assert (found["g"].p10, found["g"].p90) == (wanted.finish, wanted.finish)
    assert found["y"].p50 == wanted["y1"].early_finish


HELD = {
    ("4d", None): "2026-03-10T10:00",
    ("4d", "x"): "2026-03-09T10:00",  # x works through the night and ends on Tuesday at one, the gate at ten
    ("4d", "g"): "2026-03-05T03:00",  # on the gate's own calendar four days of eight hours pass from the evening on
    ("7ed", None): "2026-03-11T10:00",
    ("7ed", "x"): "2026-03-10T10:00",
    ("7ed", "g"): "2026-03-10T19:00",
    ("3ed", None): "2026-03-06T18:00",  # on Saturday at ten: on one calendar that is Friday evening
}


@pytest.mark.parametrize(("hold", "own"), HELD)
def test_a_hold_counts_on_the_calendar_of_its_gate_or_on_the_clock(hold: str, own: str | None) -> None:
    odds = {"g": {"hold": ALMOST, "go": 1 - ALMOST}}
    asked = {"outcomes": odds, "holds": {"g": hold}, "rounds": 1, "samples": 9}
    found = run(chain("x", lead_time="1h"), calendars={own: "always"} if own else {}, **asked)
    assert found["g"].p50.isoformat() == f"{HELD[hold, own]}:00+00:00"
    assert found["g"].p10 == found["g"].p90


def test_another_order_of_declaration_changes_nothing() -> None:
    after = {"x": [], "y": [], "z": ["x"]}
    durations = {"x": EVEN, "y": triangular("0d", "2d", "9d"), "z": triangular("1ed", "2ed", "9ed")}
    asked: dict[str, Any] = {
        "durations": durations,
        "calendars": {"y": NIGHTS},
        "constraints": {"y": "as_late_as_possible", "z": ["start_no_earlier 2026-03-07", "finish_no_later 2026-03-14"]},
        "deadlines": {"y": "2026-03-13"},
    }
    found = []
    for names in ("xyz", "yxz"):
        process = b.process("p", stages=[b.stage("s", activities=[b.activity(n, after=after[n]) for n in names])])
        for chunk in (None, 8):
            found.append(run(process, samples=203, chunk=chunk, **asked))
    one = found[0]
    for two in found[1:]:
        assert np.array_equal(one.last, two.last)
        assert all(np.array_equal(one.numbers_of(name), two.numbers_of(name)) for name in one)
        assert (one.kept, one.met) == (two.kept, two.met)
        assert dict(one.critical) == dict(two.critical)
    assert 0 < one.kept[0].share.value < 1


def test_work_beyond_its_mean_is_not_forgotten() -> None:
    begun = datetime(2026, 3, 2, 9, tzinfo=UTC)
    found = run(
        chain("x"), durations={"x": empirical(["1d", "1d", "10d"])}, started={"x": begun}, data_date="2026-03-09"
    )
    # five days are behind it: what would have taken one day ends now, what takes ten ends five days later
    ends = {at.date().isoformat() for at in (found["x"].quantile(p) for p in (0, 0.5, 1))}
    assert ends == {"2026-03-09", "2026-03-13"}


@pytest.mark.parametrize("length", ["1d", EVEN])
def test_what_ends_after_an_actual_start_is_held_by_it(length: Any) -> None:
    steps = [b.activity("x", duration="2d"), b.activity("y", after=[b.after("x", "SF", "9d")])]
    process = b.process("p", stages=[b.stage("s", activities=steps)])
    begun = {"x": datetime(2026, 3, 2, 9, tzinfo=UTC)}
    asked: dict[str, Any] = {"data_date": "2026-03-03", "started": begun, "finished": {}}
    found = run(process, samples=200, durations={"y": length}, **asked)
    assert found["y"].quantile(0) == forecast(process, start=START, durations={"y": "1d"}, **asked)["y"].early_finish
    assert found["y"].quantile(0).isoformat() == "2026-03-12T18:00:00+00:00"


def test_what_is_done_again_is_drawn_again() -> None:
    process = chain("x", recycle_to="x")
    done = datetime(2026, 3, 3, 18, tzinfo=UTC)
    asked = {"data_date": "2026-03-04", "finished": {"x": done}, "durations": {"x": EVEN}, "rounds": 1}
    found = run(process, outcomes={"g": {"recycle": ALMOST, "go": 1 - ALMOST}}, **asked)
    assert found["x"].p10 == found["x"].p90 == done
    assert found["g"].mean_minutes == pytest.approx(480 * (2 + 5.5), rel=0.02)


def test_a_start_by_day_is_kept_by_the_next_shift_unless_it_takes_no_time() -> None:
    asked = {"x": "start_no_later 2026-03-02T10:00", "g": "start_no_later 2026-03-03T00:30"}
    own = {"x": NIGHTS, "g": NIGHTS}
    shares = {}
    for lead in ("0d", "1h"):
        found = run(chain("x", lead_time=lead), durations={"x": "4h"}, calendars=own, constraints=asked, samples=4)
        shares[lead] = [kept.share.value for kept in found.kept]
        assert found.plan["x"].early_start.isoformat() == "2026-03-02T20:00:00+00:00"
    assert shares == {"0d": [1, 1], "1h": [1, 1]}
    apart = {"g": ["start_no_earlier 2026-03-03T12:00", "start_no_later 2026-03-03T11:00"]}
    later = run(chain("x", lead_time="0d"), durations={"x": "4h"}, calendars=own, samples=4, constraints=apart)
    assert [kept.share.value for kept in later.kept] == [0]


def test_what_takes_no_time_is_not_put_later_where_nobody_works() -> None:
    steps = [
        b.activity("x", duration="2d"),
        b.activity("y", duration="1d"),
        b.activity("z", duration="1d", after=["y"]),
    ]
    process = b.process(
        "p",
        stages=[b.stage("s", activities=steps)],
        milestones=[b.milestone("m", after=["x"]), b.milestone("n", after=["y"])],
    )
    asked: dict[str, Any] = {"calendars": {"y": "always"}, "constraints": {"m": "as_late_as_possible"}}
    found, wanted = run(process, samples=4, **asked), plan(process, start=START, **asked)
    assert {name: found[name].p50 for name in found} == {row.id: row.early_finish for row in wanted.rows}


def test_what_does_not_fit_is_refused() -> None:
    for asked, error in (
        ({"constraints": {"nobody": "must_start 2026-03-04"}}, UnknownName),
        ({"constraints": {"x": "sometime"}}, InvalidValue),
        ({"calendars": {"nobody": "CN"}}, UnknownName),
        ({"lag_calendar": "moon"}, InvalidValue),
        ({"progress": "guess"}, InvalidValue),
        ({"finished": {"x": datetime(2026, 3, 3, tzinfo=UTC)}}, InvalidValue),
        ({"data_date": "2026-03-04", "finished": {"x": datetime(2026, 3, 5, tzinfo=UTC)}}, InvalidValue),
    ):
        with pytest.raises(error):
            run(chain("x"), samples=4, **asked)


def test_a_workspace_simulates_with_dates_and_calendars() -> None:
    process = b.process("p", roles={"board": "Board"}, stages=[
        b.stage("s", activities=[b.activity("x", duration="2d", calendar="always"), b.activity("y", duration=None)],
                gates=[b.gate("g", decided_by="board")])])  # fmt: skip
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with ltc.Workspace.open("memory:", clock=lambda: begin) as ws:
        ws.start(process, project="acme", title="Acme", by="li", team={"board": "chen"})
        asked: dict[str, Any] = {
            "durations": {"y": "1d"},
            "constraints": {"g": "must_finish 2026-03-06"},
            "deadlines": {"y": "2026-03-05"},
            "calendars": {"y": "always"},
            "progress": "override",
        }
        found, wanted = ws.simulate("acme", seed=1, samples=20, **asked), ws.plan("acme", **asked)
    assert {name: found[name].p50 for name in found} == {row.id: row.early_finish for row in wanted.rows}
    assert (found.kept[0].share.value, found.met[0].share.value) == (1, 1)
