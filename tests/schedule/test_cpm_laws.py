"""The kernel against three independent answers: all paths, a linear programme, and delays tried out."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ltcflow.errors import InvalidValue
from ltcflow.schedule.cpm import Link, critical_paths, driving, last_nodes, solve, weigh
from ltcflow.schedule.elapsed import Length, MixedLink, solve_mixed

KINDS = ("FS", "SS", "FF", "SF")


@st.composite
def networks(draw: st.DrawFn, most: int = 7, shortest_lag: int = -6) -> tuple[list[int], list[Link], list[int]]:
    n = draw(st.integers(1, most))
    durations = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    pairs = [(i, j) for j in range(n) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * n)) if pairs else []
    links: list[Link] = [(i, j, draw(st.sampled_from(KINDS)), draw(st.integers(shortest_lag, 6))) for i, j in chosen]
    not_before = draw(st.lists(st.sampled_from([0, 0, 0, 3, 11]), min_size=n, max_size=n))
    return durations, links, not_before


def all_paths(durations: list[int], links: list[Link], not_before: list[int], node: int) -> int:
    """Return the earliest start of *node* by walking back every path, in the events' own terms."""
    best = not_before[node]
    for source, target, kind, lag in links:
        if target == node:
            begin = all_paths(durations, links, not_before, source)
            event = begin + lag + (durations[source] if kind[0] == "F" else 0)
            best = max(best, event - (durations[node] if kind[1] == "F" else 0))
    return best


@settings(max_examples=150, deadline=None)
@given(networks(most=6))
def test_early_starts_are_the_longest_of_all_paths(drawn: tuple[list[int], list[Link], list[int]]) -> None:
    durations, links, not_before = drawn
    answer = solve(durations, weigh(durations, links), not_before=not_before)
    assert answer.early_start == [all_paths(durations, links, not_before, i) for i in range(len(durations))]
    assert answer.finish == max(answer.early_finish)


def by_linear_programme(
    durations: list[int], links: list[Link], not_before: list[int], finish: int | None
) -> list[int]:
    """Return the starts of least sum, or with a *finish* those of greatest; variables: starts and finishes."""
    n = len(durations)
    rows, bounds = [], []
    for source, target, kind, lag in links:
        row = np.zeros(2 * n)
        row[source + (n if kind[0] == "F" else 0)] += 1
        row[target + (n if kind[1] == "F" else 0)] -= 1
        rows.append(row)
        bounds.append(-lag)
    lengths = np.hstack([-np.eye(n), np.eye(n)])
    sign = 1 if finish is None else -1
    low = not_before if finish is None else [None] * n
    result = linprog(
        c=[sign] * n + [0] * n,
        A_ub=np.array(rows) if rows else None,
        b_ub=bounds or None,
        A_eq=lengths,
        b_eq=durations,
        bounds=[(lo, None) for lo in low] + [(None, finish)] * n,
        method="highs",
    )
    assert result.status == 0, result.message
    return [round(x) for x in result.x[:n]]


@settings(max_examples=80, deadline=None)
@given(networks())
def test_early_and_late_starts_are_those_of_a_linear_programme(
    drawn: tuple[list[int], list[Link], list[int]],
) -> None:
    durations, links, not_before = drawn
    answer = solve(durations, weigh(durations, links), not_before=not_before)
    assert answer.early_start == by_linear_programme(durations, links, not_before, None)
    assert answer.late_start == by_linear_programme(durations, links, not_before, answer.finish)
    assert answer.late_finish == [s + d for s, d in zip(answer.late_start, durations, strict=True)]


@settings(max_examples=150, deadline=None)
@given(networks())
def test_floats_are_exactly_the_harmless_delays(drawn: tuple[list[int], list[Link], list[int]]) -> None:
    durations, links, not_before = drawn
    weighted = weigh(durations, links)
    answer = solve(durations, weighted, not_before=not_before)

    def delayed(node: int, minutes: int) -> tuple[list[int], int]:
        moved = [*not_before]
        moved[node] = answer.early_start[node] + minutes
        again = solve(durations, weighted, not_before=moved)
        return [s for i, s in enumerate(again.early_start) if i != node], again.finish

    for node, (total, free) in enumerate(zip(answer.total_float, answer.free_float, strict=True)):
        others = [s for i, s in enumerate(answer.early_start) if i != node]
        assert 0 <= free <= total
        assert delayed(node, total)[1] == answer.finish
        assert delayed(node, total + 1)[1] > answer.finish
        assert delayed(node, free) == (others, answer.finish)
        assert delayed(node, free + 1) != (others, answer.finish)


@settings(max_examples=150, deadline=None)
@given(networks(most=8))
def test_critical_paths_are_tight_from_first_to_last_and_hold_every_critical_node(
    drawn: tuple[list[int], list[Link], list[int]],
) -> None:
    durations, links, not_before = drawn
    weighted = weigh(durations, links)
    answer = solve(durations, weighted, not_before=not_before)
    drivers = driving(weighted, answer.early_start)
    paths = list(critical_paths(drivers, last_nodes(drivers, answer.early_finish)))
    assert len(paths) == len(set(paths))
    for path in paths:
        assert answer.early_finish[path[-1]] == answer.finish
        assert drivers[path[0]] == []
        assert answer.early_start[path[0]] == not_before[path[0]]
        for i, j in pairwise(path):
            assert any((a, b) == (i, j) and answer.early_start[i] + w == answer.early_start[j] for a, b, w in weighted)
    assert {i for path in paths for i in path} == {i for i, f in enumerate(answer.total_float) if f == 0}


@settings(max_examples=100, deadline=None)
@given(networks(), st.integers(-20, 20))
def test_a_wanted_finish_moves_every_late_date_alike(drawn: tuple[list[int], list[Link], list[int]], more: int) -> None:
    durations, links, not_before = drawn
    weighted = weigh(durations, links)
    free = solve(durations, weighted, not_before=not_before)
    asked = solve(durations, weighted, not_before=not_before, finish=free.finish + more)
    assert asked.early_start == free.early_start
    assert asked.total_float == [f + more for f in free.total_float]


class Shop:
    """A clock for tests: *on* working minutes, then *off* free ones, over and over."""

    def __init__(self, on: int, off: int) -> None:
        self.on, self.round = on, on + off

    def begins(self, minute: int) -> int:
        return minute // self.on * self.round + minute % self.on

    def ends(self, minute: int) -> int:
        return self.begins(minute - 1) + 1

    def minute(self, instant: int) -> int:
        return instant // self.round * self.on + min(instant % self.round, self.on)


@settings(max_examples=100, deadline=None)
@given(networks(), st.dictionaries(st.integers(0, 6), st.integers(-5, 30)), st.none() | st.integers(0, 40))
def test_both_kernels_mean_the_same(
    drawn: tuple[list[int], list[Link], list[int]], limits: dict[int, int], finish: int | None
) -> None:
    durations, links, not_before = drawn
    weighted = weigh(durations, links)
    not_after = {node: limit for node, limit in limits.items() if node < len(durations)}
    expected = solve(durations, weighted, not_before=not_before, finish=finish, not_after=not_after)
    assert all(expected.late_start[node] <= limit for node, limit in not_after.items())
    mixed = [MixedLink(i, j, kind, Length(lag)) for i, j, kind, lag in sorted(links, key=lambda k: k[0])]
    for elapsed, clock in ((False, Shop(4, 3)), (True, Shop(1, 0))):
        lengths = [Length(d, elapsed) for d in durations]
        answer, drivers = solve_mixed(lengths, mixed, clock, not_before=not_before, finish=finish, not_after=not_after)
        assert answer == expected
        assert [sorted(d) for d in drivers] == [sorted(d) for d in driving(weighted, expected.early_start)]


@settings(max_examples=150, deadline=None)
@given(networks(most=6), st.data())
def test_elapsed_lags_and_durations_keep_every_promise_on_the_clock(
    drawn: tuple[list[int], list[Link], list[int]], data: st.DataObject
) -> None:
    durations, links, not_before = drawn
    clock = Shop(data.draw(st.integers(1, 5)), data.draw(st.integers(0, 6)))
    lengths = [Length(d, data.draw(st.booleans())) for d in durations]
    mixed = sorted(MixedLink(i, j, k, Length(lag, data.draw(st.booleans()))) for i, j, k, lag in links)
    answer, _ = solve_mixed(lengths, mixed, clock, not_before=not_before)

    def finish_of(node: int, start: int) -> int:
        minutes, elapsed = lengths[node]
        return clock.minute(clock.begins(start) + minutes) if elapsed else start + minutes

    def kept(starts: list[int]) -> bool:
        for link in mixed:
            ends = link.type[0] == "F"
            at = finish_of(link.source, starts[link.source]) if ends else starts[link.source]
            minutes, elapsed = lengths[link.source]
            if link.lag.elapsed and ends and elapsed:
                at = clock.minute(clock.begins(starts[link.source]) + minutes + link.lag.minutes)
            elif link.lag.elapsed:
                at = clock.minute((clock.ends(at) if ends else clock.begins(at)) + link.lag.minutes)
            else:
                at += link.lag.minutes
            event = starts[link.target] if link.type[1] == "S" else finish_of(link.target, starts[link.target])
            if event < at:
                return False
        return all(s >= low for s, low in zip(starts, not_before, strict=True))

    n = len(durations)
    assert kept(answer.early_start)
    for i in range(n):
        earlier = [*answer.early_start]
        earlier[i] -= 1
        assert not kept(earlier)  # the least solution: no start can come one minute earlier by itself

        def finish_when(node: int, start: int) -> tuple[list[int], int]:
            moved = [*not_before]
            moved[node] = start
            again = solve_mixed(lengths, mixed, clock, not_before=moved)[0]
            return [s for k, s in enumerate(again.early_start) if k != node], again.finish

        others = [s for k, s in enumerate(answer.early_start) if k != i]
        assert finish_when(i, answer.late_start[i])[1] == answer.finish
        assert finish_when(i, answer.late_start[i] + 1)[1] > answer.finish
        latest_free = answer.early_start[i] + answer.free_float[i]
        assert finish_when(i, latest_free) == (others, answer.finish)
        assert finish_when(i, latest_free + 1) != (others, answer.finish)


def test_many_critical_paths_come_one_at_a_time() -> None:
    """A ladder of 2 ** 200 paths: the first are there at once, and always the same ones."""
    drivers: list[list[int]] = [[]]
    for step in range(200):
        last = 3 * step
        drivers += [[last], [last], [last + 1, last + 2]]
    first = list(islice(critical_paths(drivers, [600]), 3))
    assert len(set(first)) == 3
    assert first == list(critical_paths(drivers, [600], limit=3))
    assert all(len(path) == 401 for path in first)


def test_a_chain_of_ten_thousand_is_no_matter_of_recursion() -> None:
    n = 10_000
    links = weigh([1] * n, [(i, i + 1, "FS", 0) for i in range(n - 1)])
    answer = solve([1] * n, links)
    drivers = driving(links, answer.early_start)
    assert answer.finish == n
    assert next(critical_paths(drivers, last_nodes(drivers, answer.early_finish))) == tuple(range(n))


def test_an_activity_followed_only_by_a_start_still_ends_within_the_project() -> None:
    durations = [10, 4]
    answer = solve(durations, weigh(durations, [(0, 1, "SS", 2)]))
    assert answer.finish == 10
    assert answer.late_start == [0, 6]
    assert (answer.total_float, answer.free_float) == ([0, 4], [0, 4])


def test_a_link_backwards_or_to_nowhere_is_refused() -> None:
    for link in ((1, 0, "FS", 0), (0, 0, "FS", 0), (0, 2, "FS", 0), (-1, 1, "FS", 0)):
        with pytest.raises(InvalidValue, match="topological order"):
            weigh([1, 1], [link])  # type: ignore[list-item]  # literals of a test


def test_nothing_takes_no_time() -> None:
    assert solve([], []).finish == 0
    assert list(critical_paths([], [])) == []
