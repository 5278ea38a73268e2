"""Makespans that cannot be beaten: the critical path, and the work that one resource has to do in one window."""

from __future__ import annotations

from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.levelling.rules import times


def critical_path(problem: Problem) -> int:
    """Return the makespan that links and durations alone allow (LB0 of Stinson, Davis and Khumawala 1978).

    Example:
        >>> critical_path(Problem(durations=[3, 2], links=[(0, 1, "FS", 1)]))
        6
    """
    return times(problem.net).finish


def energy(problem: Problem) -> int:
    """Return the best bound from one resource and one window.

    Activities that cannot start before a head h and leave at least a tail q before the end have to share a resource of
    capacity c, so the makespan is at least ``h + ceil(work / c) + q``; all pairs (h, q) are tried (the capacity bound,
    with heads and tails as in Carlier and Pinson 1989, for cumulative resources Brucker and Knust 2012, section 3.7).

    Cost: O(resources * activities^2).

    Example:
        >>> energy(Problem(durations=[3, 3, 3], capacities=[2], demands=[[1], [2], [1]]))
        6
    """
    early, late, finish = times(problem.net)
    tails = [finish - at - d for at, d in zip(late, problem.durations, strict=True)]
    best = 0
    for resource, capacity in enumerate(problem.capacities):
        used = [
            (early[i], tails[i], duration * problem.demands[i][resource])
            for i, duration in enumerate(problem.durations)
            if duration and problem.demands[i][resource]
        ]
        used.sort(key=lambda one: -one[1])
        for head in {one[0] for one in used}:
            work = 0
            for early_start, tail, energy_needed in used:
                if early_start >= head:
                    work += energy_needed
                    best = max(best, head - (-work // capacity) + tail)
    return best


def lower_bound(problem: Problem) -> int:
    """Return the greater of both bounds.

    Example:
        >>> lower_bound(Problem(durations=[3, 2], capacities=[1], demands=[[1], [1]]))
        5
    """
    return max(critical_path(problem), energy(problem))
