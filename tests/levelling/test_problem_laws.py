"""Laws of scarce resources, for problems drawn at random, against brute force and the critical path method."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow.schedule.cpm import solve, weigh
from ltcflow.schedule.levelling import (
    RULES,
    Answer,
    Problem,
    critical_path,
    generate,
    lower_bound,
    search,
    violations,
)
from ltcflow.schedule.levelling.generate import makespan, serial
from ltcflow.schedule.levelling.net import mirrored
from ltcflow.schedule.levelling.rules import times
from ltcflow.schedule.levelling.search import Improver, by_priority, by_time
from ltcflow.solvers import MissingExtra, optimise
from ltcflow.solvers.exact import cp_model

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(LAWS, max_examples=25)


@st.composite
def problems(draw: st.DrawFn, *, most: int = 12, plain: bool = False) -> Problem:
    """Draw a problem; *plain*: finish to start, no lags, no earliest starts."""
    count = draw(st.integers(1, most))
    capacities = draw(st.lists(st.integers(0, 5), max_size=3))
    kinds = ["FS"] if plain else ["FS", "FS", "SS", "FF", "SF"]
    lags = st.just(0) if plain else st.integers(-3, 4)
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=2 * count))
    shuffled = draw(st.permutations(range(count)))
    links = [
        (shuffled[min(pair)], shuffled[max(pair)], draw(st.sampled_from(kinds)), draw(lags))
        for pair in pairs
        if pair[0] != pair[1]
    ]
    rows = st.tuples(*(st.integers(0, capacity) for capacity in capacities))
    return Problem(
        durations=draw(st.lists(st.integers(0, 6), min_size=count, max_size=count)),
        links=links,
        capacities=capacities,
        demands=draw(st.lists(rows, min_size=count, max_size=count)) if capacities else (),
        not_before=() if plain else draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)),
    )


def best_of_all(problem: Problem) -> int:
    """Return the best makespan of all starts whatever: every activity at every time, unit of time by unit of time."""
    count = len(problem)
    order = sorted(range(count), key=lambda k: depth(problem, k))
    horizon = problem.horizon
    usage = [[0] * len(problem.capacities) for _ in range(horizon + 1)]
    starts: dict[int, int] = {}
    best = horizon

    def place(at: int) -> None:
        nonlocal best
        if at == count:
            best = min(best, max(starts[i] + problem.durations[i] for i in range(count)))
            return
        j = order[at]
        duration = problem.durations[j]
        demand = problem.demands[j] if problem.capacities else ()
        for t in range(earliest(problem, j, starts), best - duration):
            slots = usage[t : t + duration]
            if all(u + r <= c for slot in slots for u, r, c in zip(slot, demand, problem.capacities, strict=True)):
                starts[j] = t
                for slot in slots:
                    slot[:] = [u + r for u, r in zip(slot, demand, strict=True)]
                place(at + 1)
                for slot in slots:
                    slot[:] = [u - r for u, r in zip(slot, demand, strict=True)]

    place(0)
    return best


def depth(problem: Problem, k: int) -> int:
    return 1 + max((depth(problem, i) for i, j, _, _ in problem.links if j == k), default=0)


def earliest(problem: Problem, k: int, starts: dict[int, int]) -> int:
    """Return the first start of *k* that its links allow, each read by its type."""
    bounds = [problem.not_before[k] if problem.not_before else 0]
    for i, j, kind, lag in problem.links:
        if j == k:
            event = starts[i] + (problem.durations[i] if kind in ("FS", "FF") else 0) + lag
            bounds.append(event - (problem.durations[k] if kind in ("FF", "SF") else 0))
    return max(bounds)


def test_the_judge_agrees_with_counting_unit_by_unit() -> None:
    """The judge itself, on what a sweep gets wrong first: touching intervals, empty ones, several units."""
    two = Problem(durations=[2, 2, 0], capacities=[2], demands=[[1], [2], [2]])
    assert violations(two, [0, 2, 1]) == ()
    assert violations(two, [0, 1, 0]) == ("resource 0 is held 3 times at 1, there are 2",)
    linked = Problem(durations=[3, 2], links=[(0, 1, "FF", 1)], not_before=[1, 0])
    assert violations(linked, [1, 3]) == ()
    assert violations(linked, [1, 2]) == ("activity 1 breaks FF 1 after activity 0",)
    assert violations(linked, [0, 3]) == ("activity 0 starts at 0, not before 1",)
    assert violations(linked, [0]) == ("1 starts for 2 activities",)


@given(problems(), st.sampled_from(sorted(RULES)), st.sampled_from(["serial", "parallel"]))
@LAWS
def test_every_rule_in_every_scheme_gives_a_feasible_schedule(problem: Problem, name: str, scheme: str) -> None:
    answer = generate(problem, priority=name, scheme=scheme)
    assert violations(problem, answer.starts) == ()
    assert lower_bound(problem) <= answer.makespan <= problem.horizon


@given(problems(), st.randoms(use_true_random=False))
@LAWS
def test_every_order_gives_an_active_schedule(problem: Problem, dice: object) -> None:
    keys = list(range(len(problem)))
    dice.shuffle(keys)  # type: ignore[attr-defined]
    starts = serial(problem.net, by_priority(problem.net, keys))
    assert violations(problem, starts) == ()
    for i, start in enumerate(starts):
        for earlier in range(start):
            assert violations(problem, [*starts[:i], earlier, *starts[i + 1 :]])


@given(problems(plain=True), st.randoms(use_true_random=False))
@LAWS
def test_justification_never_lengthens_a_plain_schedule(problem: Problem, dice: object) -> None:
    keys = list(range(len(problem)))
    dice.shuffle(keys)  # type: ignore[attr-defined]
    start = serial(problem.net, by_priority(problem.net, keys))
    better = Improver(problem.net).once(start)
    assert violations(problem, better) == ()
    assert makespan(problem.net, better) <= makespan(problem.net, start)


@given(problems())
@LAWS
def test_a_mirror_image_of_the_mirror_image_is_the_problem(problem: Problem) -> None:
    again = mirrored(mirrored(problem.net))
    assert [sorted(arcs) for arcs in again.before] == [sorted(arcs) for arcs in problem.net.before]
    assert [sorted(arcs) for arcs in again.after] == [sorted(arcs) for arcs in problem.net.after]


@given(problems(), st.integers(0, 5))
@FEW
def test_a_search_is_feasible_reproducible_and_no_worse_than_the_rules(problem: Problem, seed: int) -> None:
    answer = search(problem, seed=seed, schedules=150, population=8)
    assert violations(problem, answer.starts) == ()
    assert answer == search(problem, seed=seed, schedules=150, population=8)
    assert answer.makespan <= generate(problem, scheme="parallel").makespan
    assert answer.bound <= answer.makespan


@given(problems())
@LAWS
def test_capacity_enough_gives_the_early_starts_of_the_critical_path_method(problem: Problem) -> None:
    most = [sum(row[k] for row in problem.demands) for k in range(len(problem.capacities))]
    ample = attrs.evolve(problem, capacities=most)
    order = problem.net.order
    place = {i: at for at, i in enumerate(order)}
    durations = [problem.durations[i] for i in order]
    links = weigh(durations, [(place[i], place[j], kind, lag) for i, j, kind, lag in problem.links])
    least = [problem.not_before[i] for i in order] if problem.not_before else None
    early = solve(durations, links, not_before=least).early_start
    for scheme in ("serial", "parallel"):
        answer = generate(ample, scheme=scheme)
        assert [answer.starts[i] for i in order] == early
        assert answer.makespan == critical_path(ample) == lower_bound(ample)


@given(problems())
@LAWS
def test_the_passes_of_the_rules_are_those_of_the_critical_path_method(problem: Problem) -> None:
    order = problem.net.order
    place = {i: at for at, i in enumerate(order)}
    durations = [problem.durations[i] for i in order]
    links = weigh(durations, [(place[i], place[j], kind, lag) for i, j, kind, lag in problem.links])
    least = [problem.not_before[i] for i in order] if problem.not_before else None
    wanted = solve(durations, links, not_before=least)
    found = times(problem.net)
    assert [found.early[i] for i in order] == wanted.early_start
    assert [found.late[i] for i in order] == wanted.late_start
    assert found.finish == wanted.finish


def test_the_rules_by_hand() -> None:
    """0 before 1 before 3, 2 alone; the makespan of the links alone is 6."""
    net = Problem(durations=[1, 2, 4, 3], links=[(0, 1, "FS", 0), (1, 3, "FS", 0)]).net
    assert {name: rule(net) for name, rule in RULES.items()} == {
        "LFT": [1, 3, 6, 6],
        "LST": [0, 1, 2, 3],
        "MTS": [-2, -1, 0, 0],
        "GRPW": [-3, -5, -4, -3],
        "MSLK": [0, 0, 2, 0],
        "SPT": [1, 2, 4, 3],
    }


@given(problems(), st.integers(2, 60))
@FEW
def test_scaling_the_durations_scales_the_schedule(problem: Problem, factor: int) -> None:
    scaled = attrs.evolve(
        problem,
        durations=[factor * d for d in problem.durations],
        links=[(i, j, kind, factor * lag) for i, j, kind, lag in problem.links],
        not_before=[factor * at for at in problem.not_before],
    )
    one, other = search(problem, schedules=60, population=6), search(scaled, schedules=60, population=6)
    assert [factor * at for at in generate(problem).starts] == list(generate(scaled).starts)
    assert lower_bound(scaled) == factor * critical_path(problem) or lower_bound(scaled) >= factor * (
        lower_bound(problem) - 1
    )
    assert one.bound <= one.makespan
    assert other.bound <= other.makespan
    assert scaled.in_units(scaled.unit()) == problem.in_units(problem.unit())


@given(problems(most=4))
@FEW
def test_the_bound_and_the_search_meet_brute_force(problem: Problem) -> None:
    best = best_of_all(problem)
    answer = search(problem, schedules=600, population=10)
    assert violations(problem, answer.starts) == ()
    assert lower_bound(problem) <= best <= answer.makespan
    if problem.net.upright:  # else a lead may let the best schedule begin a successor before what it waits for
        assert answer.makespan == best, "so few activities have so few orders that the search finds the best"


@given(problems(most=4), st.integers(0, 2))
@FEW
def test_more_people_never_hurt_the_best(problem: Problem, more: int) -> None:
    ample = attrs.evolve(problem, capacities=[capacity + more for capacity in problem.capacities])
    assert best_of_all(ample) <= best_of_all(problem)


def has_solver() -> bool:
    try:
        cp_model()
    except MissingExtra:
        return False
    return True


@pytest.mark.skipif(not has_solver(), reason="OR-Tools is not installed (extra optimize)")
@given(problems(most=4), st.sampled_from([1, 480]))
@settings(LAWS, max_examples=20)
def test_the_solver_proves_what_brute_force_finds(problem: Problem, unit: int) -> None:
    scaled = attrs.evolve(
        problem,
        durations=[unit * d for d in problem.durations],
        links=[(i, j, kind, unit * lag) for i, j, kind, lag in problem.links],
        not_before=[unit * at for at in problem.not_before],
    )
    start = generate(scaled, priority="SPT", scheme="serial")
    answer = optimise(scaled, seconds=20, workers=1, warm_start=attrs.evolve(start, bound=0))
    assert answer.proved
    assert answer.makespan == unit * best_of_all(problem)


@pytest.mark.skipif(not has_solver(), reason="OR-Tools is not installed (extra optimize)")
def test_the_solver_keeps_links_and_lets_halves_run_side_by_side() -> None:
    problem = Problem(
        durations=[480, 960, 480, 480],
        links=[(0, 1, "FS", 480), (2, 3, "SS", 480)],
        capacities=[4],
        demands=[[2], [2], [2], [2]],
    )
    weak = attrs.evolve(generate(problem), starts=(0, 1440, 2400, 2880), makespan=3360, bound=0)
    answer = optimise(problem, seconds=20, workers=1, warm_start=weak)
    assert (answer.makespan, answer.proved, answer.method) == (1920, True, "CP-SAT")
    assert violations(problem, answer.starts) == ()


@given(problems())
@LAWS
def test_orders_by_time_and_by_priority_respect_the_links(problem: Problem) -> None:
    net = problem.net
    starts = list(generate(problem).starts)
    for order in (by_time(net, starts), by_priority(net, [-d for d in net.durations])):
        place = {i: at for at, i in enumerate(order)}
        assert sorted(order) == list(range(len(problem)))
        assert all(place[i] < place[j] for i, j, _, _ in problem.links)


def test_an_empty_problem_has_an_empty_schedule() -> None:
    answer = search(Problem(durations=[]))
    assert (answer.starts, answer.makespan, answer.proved, answer.gap) == ((), 0, True, 0.0)
    assert isinstance(answer, Answer)
