"""Laws of a simulation: what is certain is the plan, what is drawn depends on the seed and the names alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.montecarlo import Simulation, empirical, pert, probability_by, simulate, triangular
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.montecarlo.results import NEVER
from ltcflow.testing import processes
from ltcflow.worktime import WorkDuration, calendar, parse_start

SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
START = "2026-09-24"
FACTS: dict[str, Any] = {}


def certain(process: Process, unknown: str = "1d") -> dict[str, Any]:
    """Return arguments under which nothing is uncertain: every duration is its own mean."""
    steps = [a for a in process.activities() if not a.spans]
    lengths = {
        a.id: WorkDuration(a.duration.expected_minutes(), elapsed=a.duration.elapsed) if a.duration else unknown
        for a in steps
    }
    return {"durations": lengths, "start": START, "calendar": "CN"}


@SLOW
@given(processes(sound=False), st.integers(0, 2**40))
def test_what_is_certain_is_the_plan(process: Process, seed: int) -> None:
    asked = certain(process)
    try:
        wanted = plan(process, **asked)
    except Exception as error:
        with pytest.raises(type(error)):
            simulate(process, seed=seed, samples=5, **asked)
        return
    passing = {gate.id: {"go": 0.5, "conditional": 0.5} for gate in process.gates()} if seed % 2 else {}
    found = simulate(process, seed=seed, samples=5, outcomes=passing, **asked)
    clock = ProjectClock(wanted.calendar, parse_start(START, wanted.calendar))
    assert set(found) == {row.id for row in wanted.rows if not row.skipped}
    assert found.finish.quantile_minutes(0.5) == wanted.duration.minutes
    assert found.merge_bias == WorkDuration(0)
    assert found.win is None
    mixed = any(row.duration.elapsed for row in wanted.rows) or "e" in str([e.lag for e in _edges(process)])
    for row in wanted.rows:
        if row.skipped:
            continue
        distribution = found[row.id]
        assert distribution.planned == row.early_finish
        assert distribution.minutes[0] == distribution.minutes[-1]
        if not mixed:
            assert distribution.p10 == distribution.p90 == row.early_finish, row.id
        elif not row.spans and row.kind != "stage":
            assert clock.done_at(row.early_finish) <= distribution.minutes[0] <= clock.after(row.early_finish), row.id
    for element, hits in found.critical:
        if not wanted[element].spans:
            assert (hits, wanted[element].critical) in ((0, False), (5, True)), element


def _edges(process: Process) -> Any:
    from ltcflow.graph import network

    return network(process).edges


UNCERTAIN = [
    {"optimistic": "1d", "likely": "2d", "pessimistic": "6d"},
    triangular("0d", "1d", "9d"),
    empirical(["1d", "2d", "2d", "8d"]),
    pert("2d", "2d", "3d", weight=2),
    "2d",
]


@st.composite
def experiments(draw: st.DrawFn) -> tuple[Process, dict[str, Any]]:
    """Draw a process of parallel and sequential steps with a gate that may do anything, and its arguments."""
    elapsed = draw(st.booleans())
    stages = []
    durations: dict[str, Any] = {}
    for s in range(draw(st.integers(1, 2))):
        names = [f"a{s}{i}" for i in range(draw(st.integers(1, 3)))]
        durations |= {name: draw(st.sampled_from(UNCERTAIN)) for name in names}
        if elapsed:
            durations[names[0]] = {"optimistic": "1ed", "likely": "2ed", "pessimistic": "9ed"}
        back = draw(st.sampled_from([f"s{s}", *names]))
        steps = [b.activity(name) for name in names]
        gates = [b.gate(f"g{s}", recycle_to=back, lead_time="1d")]
        stages.append(
            b.stage(f"s{s}", order=draw(st.sampled_from(["sequence", "parallel"])), activities=steps, gates=gates)
        )
    process = b.process("p", stages=stages, milestones=[b.milestone("m", after=["s0"])])
    arguments: dict[str, Any] = {
        "start": START,
        "calendar": "CN",
        "durations": durations,
        "seed": draw(st.integers(0, 99)),
    }
    if draw(st.booleans()):
        arguments["outcomes"] = {"g0": {"go": 0.4, "recycle": 0.3, "hold": 0.2, "stop": 0.1}}
        arguments["holds"] = {"g0": draw(st.sampled_from(["2d", triangular("1d", "2d", "9d")]))}
        arguments["rounds"] = draw(st.integers(0, 3))
    if draw(st.booleans()):
        arguments["win_probability"] = draw(st.sampled_from([0.5, {"s0": 0.6}, {"g0": 0.7, "m": 0.5}]))
    if draw(st.booleans()):
        arguments["drivers"] = {"x": {"elements": sorted(durations), "correlation": 0.7}}
    return process, arguments


def same(one: Simulation, two: Simulation) -> None:
    assert one.samples == two.samples
    for name in ("finishes", "ends", "lost", "clean", "lengths"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert one.critical == two.critical
    assert one.gates == two.gates


@SLOW
@given(experiments(), st.integers(1, 90))
def test_no_answer_depends_on_the_chunks_and_a_seed_gives_one_answer(
    drawn: tuple[Process, dict[str, Any]], chunk: int
) -> None:
    process, arguments = drawn
    one = simulate(process, samples=203, **arguments)
    same(one, simulate(process, samples=203, **arguments))
    same(one, simulate(process, samples=203, chunk=chunk, **arguments))


@SLOW
@given(experiments())
def test_fewer_samples_are_the_first_of_more(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, arguments = drawn
    few, many = (simulate(process, samples=n, **arguments) for n in (48, 96))
    assert np.array_equal(few.ends, many.ends[:48])
    assert np.array_equal(few.finishes, many.finishes[:, :48])


@SLOW
@given(experiments())
def test_quantiles_rise_and_lie_in_their_intervals(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, arguments = drawn
    found = simulate(process, samples=200, **arguments)
    for name in (*found, ""):
        distribution = found[name] if name else found.finish
        if not distribution.reached.value:
            continue
        points = [distribution.quantile_minutes(p) for p in (0, 0.1, 0.5, 0.8, 0.9, 1)]
        assert points == sorted(points)
        for p in (0.1, 0.5, 0.8):
            low, high = distribution.interval_minutes(p)
            assert low <= distribution.quantile_minutes(p) <= high
        curve = distribution.curve(20)
        assert [at for at, _ in curve] == sorted(at for at, _ in curve)
        assert curve[-1][1] == pytest.approx(distribution.reached.value)
        for at, share in curve:
            assert distribution.probability_by(at).value == pytest.approx(share)
            assert probability_by(found, name, at).value == pytest.approx(share)


@SLOW
@given(experiments())
def test_what_follows_a_loss_is_not_reached_and_what_came_before_is(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, arguments = drawn
    found = simulate(process, samples=120, **arguments)
    free = simulate(process, samples=120, **{**arguments, "win_probability": None} | _without_stops(arguments))
    assert found.win is None or found.win.value == pytest.approx(1 - found.lost.mean())
    if "outcomes" in arguments:
        return  # other odds, other draws
    moment = np.where(found.finishes >= NEVER, -1, found.finishes).max(axis=0)
    reached = found.finishes < NEVER
    assert np.array_equal(found.finishes[reached], free.finishes[reached])
    assert (reached | found.lost).all()
    later = (free.finishes > moment) & ~reached
    assert (later | reached | found.lost).all()


def _without_stops(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"outcomes": {}, "holds": {}} if "outcomes" in arguments else {}


def chain(*names: str) -> Process:
    return b.process("p", stages=[b.stage("s", activities=[b.activity(name) for name in names])])


def beside(*names: str) -> Process:
    return b.process("p", stages=[b.stage("s", order="parallel", activities=[b.activity(name) for name in names])])


def test_the_order_of_declaration_changes_nothing() -> None:
    durations = {"x": UNCERTAIN[0], "y": UNCERTAIN[1], "z": UNCERTAIN[2]}
    one = simulate(beside("x", "y", "z"), start=START, seed=3, durations=durations)
    two = simulate(beside("z", "x", "y"), start=START, seed=3, durations=dict(reversed(durations.items())))
    assert np.array_equal(one.ends, two.ends)
    assert all(np.array_equal(one[name].minutes, two[name].minutes) for name in durations)
    assert {i.element: i for i in one.influences} == {i.element: i for i in two.influences}


def test_another_activity_leaves_the_draws_of_the_others_alone() -> None:
    durations = {"x": UNCERTAIN[0], "y": UNCERTAIN[1]}
    one = simulate(beside("x", "y"), start=START, seed=3, durations=durations)
    two = simulate(beside("x", "y", "z"), start=START, seed=3, durations={**durations, "z": UNCERTAIN[2]})
    assert np.array_equal(one["x"].minutes, two["x"].minutes)


def test_a_single_path_is_always_critical_and_its_mean_is_the_sum_of_means() -> None:
    points = {"optimistic": "3d", "likely": "5d", "pessimistic": "12d"}
    names = [f"a{i}" for i in range(12)]
    found = simulate(chain(*names), start=START, seed=1, durations=dict.fromkeys(names, points))
    assert all(found.criticality(name) == 1 for name in names)
    deviation = (np.array([2, 7]) @ [0, 0]) + 9 * 480 * np.sqrt((1 + 4 * 2 / 9) * (1 + 4 * 7 / 9) / (36 * 7))
    error = deviation * np.sqrt(12 / found.samples)
    assert abs(found.finish.mean_minutes - 12 * 2800) < 4 * error
    assert found.ends.std() == pytest.approx(deviation * np.sqrt(12), rel=0.03)
    assert abs(found.merge_bias.minutes) < 4 * error + 1
    for influence in found.influences:
        assert influence.cruciality == pytest.approx(1 / np.sqrt(12), abs=0.04)
        assert influence.sensitivity == pytest.approx(1 / np.sqrt(12), abs=0.02)


def test_the_later_of_two_even_durations_is_two_thirds_up() -> None:
    even = pert("0d", "5d", "10d", weight=1e-9)
    found = simulate(beside("x", "y"), start=START, seed=5, durations={"x": even, "y": even})
    assert found.finish.mean_minutes == pytest.approx(4800 * 2 / 3, rel=0.01)
    assert found.criticality("x") + found.criticality("y") == pytest.approx(1, abs=0.01)
    assert found.merge_bias.minutes == pytest.approx(4800 / 6, rel=0.05)
    assert found.finish.quantile_minutes(0.5) == pytest.approx(4800 * np.sqrt(0.5), rel=0.02)


@SLOW
@given(experiments())
def test_the_finish_of_the_mean_is_no_later_than_the_mean_of_the_finish(drawn: tuple[Process, dict[str, Any]]) -> None:
    process, arguments = drawn
    for name in ("outcomes", "holds", "rounds", "win_probability"):
        arguments.pop(name, None)
    if any("ed" in str(value) for value in arguments["durations"].values()):
        return
    found = simulate(process, samples=100, **arguments)
    means = {name: row.mean() for name, row in zip(found.uncertain, found.lengths, strict=True)}
    shorter = {name: WorkDuration(int(mean)) for name, mean in means.items()}
    at_means = plan(process, **{**_planned(arguments), "durations": {**arguments["durations"], **shorter}})
    assert at_means.duration.minutes <= found.ends.mean() + 1e-6


def _planned(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: arguments[name] for name in ("start", "calendar", "durations")}


def test_driven_durations_are_long_together() -> None:
    names = ["x", "y", "z"]
    durations = dict.fromkeys(names, triangular("0d", "5d", "10d"))
    driven = {"weather": {"elements": ["x", "y"], "correlation": 0.8}}
    found = simulate(beside(*names), start=START, seed=2, durations=durations, drivers=driven)
    rows = dict(zip(found.uncertain, found.lengths, strict=True))
    assert np.corrcoef(rows["x"], rows["y"])[0, 1] == pytest.approx(0.79, abs=0.02)
    assert abs(np.corrcoef(rows["x"], rows["z"])[0, 1]) < 0.04
    alone = simulate(beside(*names), start=START, seed=2, durations=durations)
    assert rows["x"].mean() == pytest.approx(2400, rel=0.01)
    assert np.sort(rows["z"]).tolist() == np.sort(alone.lengths[2]).tolist()
    together = {"all": {"elements": names, "correlation": 1}}
    one = simulate(beside(*names), start=START, seed=2, durations=durations, drivers=together)
    assert (one.lengths[0] == one.lengths[1]).all()
    assert one.criticality("x") == 1


@pytest.mark.parametrize("name", ["CN", "US", "always"])
def test_hours_are_the_clock(name: str) -> None:
    clock = ProjectClock(calendar(name), parse_start("2026-02-10", calendar(name)))
    for first in (0, -3000):
        hours = Hours(clock, first)
        dice = np.random.default_rng(1)
        minutes = np.sort(dice.integers(first, 60_000, 300))
        minutes[:3] = (first, first + 1, first + 480)
        assert hours.begins(minutes).tolist() == [clock.begins(int(m)) for m in minutes]
        assert hours.ends(minutes).tolist() == [clock.ends(int(m)) for m in minutes]
        instants = dice.integers(clock.begins(first), 200_000, 300)
        assert hours.minute(instants).tolist() == [clock.minute(int(i)) for i in instants]


def test_a_running_project_is_simulated_from_where_it_stands() -> None:
    process = chain("x", "y", "z")
    durations = {key: {"optimistic": "1d", "likely": "2d", "pessimistic": "9d"} for key in ["x", "y", "z"]}
    begin = datetime(2026, 9, 24, 9, tzinfo=UTC)
    done = {"x": begin + timedelta(days=1, hours=9)}
    asked: dict[str, Any] = {"start": START, "calendar": "weekdays", "finished": done}
    asked |= {"started": {"x": begin, "y": done["x"]}, "data_date": "2026-09-28T18:00"}
    found = simulate(process, seed=1, durations=durations, **asked)
    assert found["x"].p10 == found["x"].p90 == done["x"]
    assert found.uncertain == ("y", "z")
    assert found["y"].minutes[0] >= found.clock.done_at(parse_start("2026-09-28T18:00", "weekdays"))
    fixed = simulate(process, seed=1, durations={**durations, "z": "2d"}, remaining={"y": "1d"}, **asked)
    assert fixed.finish.p10 == fixed.finish.p90 == fixed.plan.finish
    certainly = simulate(process, seed=1, durations=dict.fromkeys(["x", "y", "z"], "3d"), **asked)
    assert certainly.finish.p50 == certainly.plan.finish
