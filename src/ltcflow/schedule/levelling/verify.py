"""An independent judge of schedules: it reads the problem as declared and shares nothing with what makes schedules."""

from __future__ import annotations

from collections.abc import Sequence

from ltcflow.errors import LtcflowError
from ltcflow.schedule.levelling.problem import Problem


class InfeasibleSchedule(LtcflowError):
    """A schedule breaks the problem it was made for. Attributes: broken (sentences, the first five)."""

    code = "LTC460"
    broken: tuple[str, ...]

    def __init__(self, *, broken: tuple[str, ...]) -> None:
        remedy = "Correct the starts; where ltcflow made them, please report this with the problem."
        super().__init__(f"not a schedule: {'; '.join(broken)}. {remedy}", broken=broken)


def violations(problem: Problem, starts: Sequence[int]) -> tuple[str, ...]:
    """Return what *starts* breaks, as sentences; () when the schedule is feasible.

    Each link is read as the inequality between two events that its type says, each resource by a sweep over the starts
    and finishes of what holds it.

    Args:
        starts: start of each activity in units of time.
    Cost: O(links + activities * log(activities) * resources).

    Example:
        >>> one = Problem(durations=[3, 2], capacities=[1], demands=[[1], [1]], resources=["legal"])
        >>> violations(one, [0, 3]), violations(one, [0, 2])
        ((), ('legal is held 2 times at 2, there are 1',))
    """
    if len(starts) != len(problem):
        return (f"{len(starts)} starts for {len(problem)} activities",)
    ends = [start + duration for start, duration in zip(starts, problem.durations, strict=True)]
    least = problem.not_before or (0,) * len(problem)
    broken = [
        f"{problem.name(i)} starts at {start}, not before {bound}"
        for i, (start, bound) in enumerate(zip(starts, least, strict=True))
        if start < bound
    ]
    for source, target, kind, lag in problem.links:
        first = ends[source] if kind in ("FS", "FF") else starts[source]
        second = ends[target] if kind in ("FF", "SF") else starts[target]
        if second < first + lag:
            broken.append(f"{problem.name(target)} breaks {kind} {lag} after {problem.name(source)}")
    for resource, capacity in enumerate(problem.capacities):
        broken += _held(problem, resource, capacity, starts, ends)
    return tuple(broken)


def _held(problem: Problem, resource: int, capacity: int, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    changes: list[tuple[int, int]] = []
    for activity, row in enumerate(problem.demands):
        if starts[activity] < ends[activity]:
            changes += [(starts[activity], row[resource]), (ends[activity], -row[resource])]
    held, broken = 0, []
    for at, change in sorted(changes):
        held += change
        if held > capacity:
            broken.append(f"{problem.resource(resource)} is held {held} times at {at}, there are {capacity}")
    return broken[:1]


def verified(problem: Problem, starts: Sequence[int]) -> tuple[int, ...]:
    """Return *starts* when the schedule is feasible.

    Raises:
        InfeasibleSchedule: it is not.
    """
    broken = violations(problem, starts)
    if broken:
        raise InfeasibleSchedule(broken=broken[:5])
    return tuple(starts)
