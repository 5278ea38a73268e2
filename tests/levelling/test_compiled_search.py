"""The search over arrays against the one over lists: the same schemes, sound orders, never a worse schedule."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.schedule.levelling import Problem, generate, lower_bound, search, violations
from ltcflow.schedule.levelling import kernels as k
from ltcflow.schedule.levelling.generate import makespan, serial
from ltcflow.schedule.levelling.net import Net, in_order, mirrored
from ltcflow.schedule.levelling.rules import times
from ltcflow.schedule.levelling.search import Improver, by_time
from ltcflow.solvers import islands as sea
from ltcflow.solvers import optimise

LAWS = settings(max_examples=40, deadline=None)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a problem that fits the kernels: no leads, no earliest starts."""
    count = draw(st.integers(1, 14))
    dice = Random(draw(st.integers(0, 10**6)))
    capacities = [dice.randint(1, 5) for _ in range(dice.randint(0, 3))]
    names = dice.sample(range(count), count)
    links = {tuple(sorted(dice.choices(range(count), k=2))) for _ in range(dice.randint(0, 2 * count))}
    return Problem(
        durations=[dice.choice([0, 1, 1, 2, 3, 6]) for _ in range(count)],
        links=[(names[i], names[j], dice.choice(["FS", "SS"]), dice.choice([0, 0, 2])) for i, j in links if i != j],
        capacities=capacities,
        demands=[[dice.randint(0, most) for most in capacities] for _ in range(count)] if capacities else (),
    )


def an_order(net: Net, seed: int) -> list[int]:
    dice = Random(seed)
    return in_order(net.before, net.after, dice.sample(range(len(net.durations)), len(net.durations)))


def placed(net: Net, order: list[int]) -> tuple[list[int], int]:
    count = len(order)
    room = np.zeros((2, 2 * count + 2), dtype=np.int64)
    start = np.zeros(count, dtype=np.int64)
    length = k.serial(k.arrays_of(net), np.array(order), start, room[0], room[1])
    return start.tolist(), length


@LAWS
@given(problems(), st.integers(0, 99))
def test_the_serial_scheme_over_arrays_is_the_serial_scheme(problem: Problem, seed: int) -> None:
    for net in (problem.net, mirrored(problem.net)):
        if not any(weight < 0 for into in net.before for _, weight in into):
            order = an_order(net, seed)
            start = serial(net, order)
            assert placed(net, order) == (start, makespan(net, start))


@LAWS
@given(problems(), st.integers(0, 99))
def test_an_order_is_judged_as_forward_backward_improvement_judges_it(problem: Problem, seed: int) -> None:
    net = problem.net
    if not k.suits(net) or not k.suits(mirrored(net)):
        return
    first = serial(net, an_order(net, seed))
    better = Improver(net).once(first)
    best = min((first, better), key=lambda start: (makespan(net, start), start is first))
    count, child = len(first), np.array(an_order(net, seed), dtype=np.int64)
    start, worth = np.zeros(count, dtype=np.int64), np.zeros(2, dtype=np.int64)
    room = np.zeros((7, 2 * count + 2), dtype=np.int64)
    k.judged(k.arrays_of(net), k.arrays_of(mirrored(net)), child, start, room, worth)
    assert start.tolist() == best
    assert worth.tolist() == [makespan(net, best), sum(best)]
    assert child.tolist() == by_time(net, best)


@LAWS
@given(problems(), st.integers(1, k.PRIME - 1))
def test_orders_that_are_made_keep_what_waits_for_what(problem: Problem, seed: int) -> None:
    net, count = problem.net, len(problem)
    dice, room = np.array([seed], dtype=np.int64), np.zeros((2, count), dtype=np.int64)
    arrays, mirror = k.arrays_of(net), k.arrays_of(mirrored(net))
    latest, people = np.array(times(net).late, dtype=np.int64), np.zeros((4, count), dtype=np.int64)
    for row in (0, 1):
        k.sample(arrays, mirror, latest, dice, people[row], room[0], room[1])
    for row in (2, 3, 2, 3):
        k.born(arrays, dice, people, row, room[0])
    for order in people.tolist():
        assert sorted(order) == list(range(count))
        at = {activity: place for place, activity in enumerate(order)}
        assert all(at[i] < at[j] for j, into in enumerate(net.before) for i, _ in into)


@settings(LAWS, max_examples=15)
@given(problems(), st.integers(1, 1000))
def test_a_population_lives_repeatably_and_its_best_is_a_schedule(problem: Problem, seed: int) -> None:
    net, count = problem.net, len(problem)
    first = generate(problem)
    bound = lower_bound(problem)

    def lived() -> tuple[list[int], list[list[int]]]:
        best = np.array([*first.starts, first.makespan], dtype=np.int64)
        people, worth = np.zeros((12, count), dtype=np.int64), np.zeros((12, 2), dtype=np.int64)
        latest, dice = np.array(times(net).late, dtype=np.int64), np.array([seed], dtype=np.int64)
        arrays, mirror = k.arrays_of(net), k.arrays_of(mirrored(net))
        kept = k.evolve(arrays, mirror, latest, dice, people, worth, best, 0, bound, 3)
        if best[-1] > bound:
            assert 1 <= kept <= 12
            pairs = [tuple(row) for row in worth.tolist()[:kept]]
            assert pairs == sorted(set(pairs))
        return best.tolist(), worth.tolist()

    best, worth = lived()
    assert (best, worth) == lived()
    assert violations(problem, best[:-1]) == ()
    assert bound <= makespan(net, best[:-1]) == best[-1] <= first.makespan


def hard() -> Problem:
    dice = Random(7)
    links = [(i, j, "FS", 0) for j in range(40) for i in dice.sample(range(j), min(j, 2)) if j - i < 12]
    return Problem(
        durations=[dice.randint(1, 10) for _ in range(40)],
        links=links,
        capacities=[9, 9],
        demands=[[dice.randint(1, 6), dice.randint(0, 6)] for _ in range(40)],
    )


def test_the_islands_are_never_worse_than_where_they_began(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="numba is not installed: pip install 'ltcflow[fast]'")
    problem = hard()
    weak = generate(problem, priority="SPT", scheme="serial")
    found = sea.search_islands(problem.net, weak.starts, seconds=20, threads=2, seed=3, bound=weak.makespan - 1)
    assert found is not None
    assert violations(problem, found) == ()
    assert makespan(problem.net, found) < weak.makespan
    monkeypatch.setattr(sea, "CYCLES", 1)
    best = search(problem, seed=1, schedules=600)
    better = sea.search_islands(problem.net, best.starts, seconds=20, threads=1, seed=3, bound=lower_bound(problem))
    assert better is None or makespan(problem.net, better) < best.makespan
    answer = optimise(problem, seconds=3, workers=2, warm_start=weak)
    assert violations(problem, answer.starts) == ()
    assert answer.makespan <= best.makespan


def test_what_does_not_fit_the_kernels_is_left_alone() -> None:
    lead = Problem(durations=[3, 2], links=[(0, 1, "FS", -4)])
    late = Problem(durations=[3, 2], not_before=[1, 0])
    many = Problem(durations=[1], capacities=[2**20] * 4, demands=[[1] * 4])
    for problem in (lead, late, many):
        assert not k.suits(problem.net)
        starts = generate(problem).starts
        assert sea.search_islands(problem.net, starts, seconds=1, threads=1, seed=0, bound=0) is None
    assert k.suits(Problem(durations=[3, 2], capacities=[2**20] * 2, demands=[[1, 1]] * 2).net)
