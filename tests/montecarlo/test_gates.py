"""Gate outcomes and wins: by hand where nothing is left to chance, by their odds where something is."""

from __future__ import annotations

from typing import Any

import pytest

from ltcflow import builder as b
from ltcflow.conditions import YesNoType
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.montecarlo import Simulation, pert, simulate
from ltcflow.schedule.montecarlo.results import NEVER

DAY = 480


def bid(back: str = "solution", **fields: Any) -> Process:
    """Return a process: solution 5d and price 2d, an inner gate, a gate of 1d, then a signature of 1d."""
    steps = [
        b.activity("study", duration="3d"),
        b.activity("solution", duration=fields.get("solution", "5d")),
        b.activity("price", duration="2d", after=["study"]),
        b.activity("quote", duration="1d", after=["solution", "price"]),
    ]
    gates = [
        b.gate("inner", after=["solution"]),
        b.gate("atb", recycle_to=back, lead_time="1d", after=["quote", "inner"]),
    ]
    return b.process(
        "bid",
        stages=[
            b.stage("offer", activities=steps, gates=gates),
            b.stage("close", activities=[b.activity("sign", duration="1d")]),
            b.stage("aside", after=[], activities=[b.activity("report", duration=fields.get("report", "2d"))]),
        ],
        milestones=[b.milestone("signed", after=["close"])],
    )


def run(process: Process, **arguments: Any) -> Simulation:
    return simulate(process, **{"start": "2026-03-02", "seed": 11, "samples": 4000, **arguments})


@pytest.mark.parametrize(
    ("back", "loop"), [("solution", 5 + 1 + 1), ("study", 3 + 5 + 1 + 1), ("offer", 3 + 5 + 1 + 1), ("quote", 1 + 1)]
)
@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_a_recycle_does_everything_in_between_again(back: str, loop: int, rounds: int) -> None:
    odds = {"atb": {"recycle": 1 - 1e-12, "go": 1e-12}}
    found = run(bid(back), outcomes=odds, rounds=rounds, samples=50)
    assert set(found["atb"].minutes) == {DAY * (3 + 5 + 1 + 1 + rounds * loop)}
    assert set(found["signed"].minutes) == {DAY * (11 + rounds * loop)}
    assert set(found["quote"].minutes) == {DAY * 9}
    assert found.gates[0].recycles == rounds
    assert found.passing == ("inner",)
    assert (found.merge_bias is None) == (rounds > 0)


def test_elapsed_work_is_done_again_on_the_calendar() -> None:
    steps = [b.activity("cure", duration="3ed"), b.activity("test", duration="4h")]
    process = b.process("p", stages=[b.stage("s", activities=steps, gates=[b.gate("g", recycle_to="cure")])])
    odds = {"g": {"recycle": 1 - 1e-12, "go": 1e-12}}
    found = run(process, outcomes=odds, rounds=1, samples=20)
    twice = [b.activity(f"{n}{i}", duration=d) for i in (1, 2) for n, d in (("cure", "3ed"), ("test", "4h"))]
    wanted = plan(b.process("p", stages=[b.stage("s", activities=twice)]), start="2026-03-02")
    assert set(found["g"].minutes) == {wanted.duration.minutes}
    assert found.finish.p50 == wanted.finish


def test_a_hold_waits_and_decides_again() -> None:
    odds = {"atb": {"hold": 1 - 1e-12, "conditional": 1e-12}}
    found = run(bid(), outcomes=odds, holds={"atb": "10d"}, rounds=2, samples=20)
    assert set(found["atb"].minutes) == {DAY * (10 + 20)}
    assert found.gates[0].holds == 2
    assert found.gates[0].stopped.value == 0
    assert found.win is None


def test_recycles_come_as_often_as_their_odds() -> None:
    odds = {"atb": {"go": 0.5, "conditional": 0.1, "recycle": 0.3, "stop": 0.1}}
    found = run(bid(), outcomes=odds, rounds=3, samples=20_000)
    assert found.gates[0].recycles == pytest.approx(0.3 + 0.09 + 0.027, abs=0.015)
    lost = 0.1 * (1 + 0.3 + 0.09) + 0.027 * (0.1 / 0.7)
    assert found.win is not None
    assert found.win.low < 1 - lost < found.win.high
    assert found.gates[0].stopped.value == pytest.approx(1 - found.win.value)
    later = found["atb"]
    assert later.reached.value == found.win.value
    assert later.quantile_minutes(0.5) == 10 * DAY
    assert later.quantile_minutes(1) == (10 + 21) * DAY


def test_a_stop_ends_what_is_not_over_yet() -> None:
    odds = {"atb": {"go": 1e-12, "stop": 1 - 1e-12}}
    for report, reached in (("9d", 1), ("10d", 1), ("11d", 0)):
        found = run(bid(report=report), outcomes=odds, samples=20)
        assert found["report"].reached.value == reached
        assert [found[name].reached.value for name in ("quote", "inner", "atb", "sign", "signed")] == [1, 1, 0, 0, 0]
        assert found.win is not None
        assert found.win.value == 0
        assert (found.finish.minutes == NEVER).all()
        assert found.ends[0] == 11 * DAY
        assert found.criticality("sign") == 1


def test_a_win_is_drawn_where_it_is_said() -> None:
    found = run(bid(), win_probability={"offer": 0.25}, samples=20_000)
    assert found.win is not None
    assert found.win.low < 0.25 < found.win.high
    assert found["atb"].reached.value == 1
    assert found["offer"].reached.value == found["sign"].reached.value == found.win.value
    whole = run(bid(), win_probability=0.25, samples=20_000)
    assert whole.win is not None
    assert whole.win.low < 0.25 < whole.win.high
    assert whole["signed"].reached.value == 1
    assert whole.finish.reached == whole.win
    both = run(bid(), win_probability={"offer": 0.5, "signed": 0.5}, samples=20_000)
    assert both.win is not None
    assert both.win.value == pytest.approx(0.25, abs=0.015)


def test_what_was_done_before_a_loss_is_reached() -> None:
    steps = [
        b.activity("x", duration="1d"),
        b.activity("y", duration="5d", after=[]),
        b.activity("z", duration="1h", after=[b.after("y", "SS")]),
        b.activity("then", duration="0d", after=["y"]),
        b.activity("beside", duration="5d", after=[]),
    ]
    process = b.process("p", stages=[b.stage("s", order="parallel", activities=steps)])
    found = run(process, win_probability={"y": 0}, samples=10)
    reached = {name: found[name].reached.value for name in ("x", "z", "beside", "y", "then")}
    assert reached == {"x": 1, "z": 1, "beside": 1, "y": 0, "then": 0}
    sooner = run(process, win_probability={"x": 0, "y": 0}, samples=10)
    assert [sooner[name].reached.value for name in ("x", "z", "beside")] == [0, 1, 0]


def test_an_elapsed_lag_counts_from_where_a_repeated_gate_ended() -> None:
    gate = b.gate("g", recycle_to="cure", lead_time="1ed")
    do = b.stage("do", activities=[b.activity("cure", duration="1ed")], gates=[gate])
    then = b.stage("then", after=[], activities=[b.activity("next", duration="1h", after=[b.after("g", "FS", "1ed")])])
    process = b.process("p", stages=[do, then])
    odds = {"g": {"recycle": 1 - 1e-12, "go": 1e-12}}
    found = run(process, outcomes=odds, rounds=1, samples=10)
    assert found["g"].p50.isoformat() == "2026-03-05T18:00:00+00:00"  # the working minute before Friday 09:00
    assert found["next"].p50.isoformat() == "2026-03-09T10:00:00+00:00"


def test_a_skipped_gate_decides_nothing() -> None:
    gates = [b.gate("g", when="big")]
    process = b.process(
        "p", facts={"big": YesNoType()}, stages=[b.stage("s", activities=[b.activity("x", duration="1d")], gates=gates)]
    )
    found = run(process, facts={"big": False}, outcomes={"g": {"stop": 1}}, samples=10)
    assert found.win is None
    assert found.gates == ()
    assert run(process, facts={"big": True}, outcomes={"g": {"stop": 1}}, samples=10).win.value == 0


def test_redone_work_is_drawn_anew() -> None:
    process = bid(solution={"optimistic": "1d", "likely": "5d", "pessimistic": "9d"})
    odds = {"atb": {"recycle": 1 - 1e-12, "go": 1e-12}}
    found = run(process, outcomes=odds, rounds=1)
    once = run(process)
    extra = found.ends - once.ends
    assert extra.mean() == pytest.approx(7 * DAY, rel=0.02)
    assert extra.std() > DAY
    assert found.influences[0].element == "atb"
    assert {i.element: i.cruciality for i in once.influences}["study"] == 0


def test_a_more_certain_duration_matters_less() -> None:
    narrow, wide = pert("4d", "5d", "6d"), pert("1d", "5d", "9d")
    found = run(bid(), durations={"study": narrow, "solution": wide})
    order = [i.element for i in found.influences][:2]
    assert order == ["solution", "study"]
