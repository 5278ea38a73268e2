"""Constraints that cannot be kept together: the shortest set that contradicts itself, and the way between them.

A constraint that asks for something not later is broken when the early dates exceed it. An early date is a maximum over
ways through the network, each of which begins at the start of the project (or the data date) or at one constraint that
asks for something not earlier. So every smallest contradicting set has one constraint that holds up and at most one
that holds back (a negative cycle of a system of difference constraints passes its origin once: Cormen et al.,
Introduction to Algorithms, 24.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import attrs

from ltcflow.errors import LtcflowError
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.schedule.limits import Bound, Limits
from ltcflow.schedule.model import Model, Solved

Solve = Callable[[Limits], Solved]


class ImpossibleConstraints(LtcflowError):
    """Constraints that contradict each other or the network. Attributes: constraints, way, earliest.

    Attributes:
        constraints: the shortest contradicting set, each as ``element: kind date``; none of them can be left out.
        way: ids of the elements along which they contradict, in order.
        earliest: when the last one of them is possible at the earliest.
    """

    code = "LTC407"
    constraints: tuple[str, ...]
    way: tuple[str, ...]
    earliest: str

    def __init__(self, *, constraints: Iterable[str], way: Iterable[str], earliest: str) -> None:
        given, steps = tuple(constraints), tuple(way)
        along = f" along {' -> '.join(steps)}" if len(steps) > 1 else ""
        last, others = given[-1], " and ".join(given[:-1])
        after = f"after {others}" if others else "with no other constraint"
        self.problem = f"cannot be kept: {after} the earliest is {earliest}{along}."
        self.remedy = "Change one of them, shorten the work between, or make it a deadline, which is only reported."
        after_zh = f"在 {others} 之后" if others else "即使没有其他约束"
        self.problem_zh = f"{last}:无法满足:{after_zh},最早为 {earliest}" + (
            f",经由 {' -> '.join(steps)}。" if along else "。"
        )
        self.remedy_zh = "请修改其中之一,缩短其间的工作,或改为只作提示的期限(deadline)。"
        super().__init__(f"{last}: {self.problem} {self.remedy}", constraints=given, way=steps, earliest=earliest)


@attrs.frozen
class Conflict:
    """The shortest contradicting set of *bounds*, its way through the network and the early date at its end."""

    bounds: tuple[Bound, ...]
    way: tuple[ElementId, ...]
    solved: Solved


def broken(bounds: Sequence[Bound], solved: Solved) -> list[Bound]:
    """Return the constraints that the early dates do not keep."""
    return [bound for bound in bounds if bound.upper is not None and _event(bound, solved) > bound.upper]


def _event(bound: Bound, solved: Solved) -> int:
    ends = bound.constraint.kind.at_finish
    if solved.instants is not None:
        return solved.instants.early[bound.node][ends]
    return (solved.schedule.early_finish if ends else solved.schedule.early_start)[bound.node]


def shortest(model: Model, bounds: Sequence[Bound], limits: Limits, solve: Solve) -> Conflict | None:
    """Return the shortest contradicting set of *bounds*: fewest constraints, then fewest elements; None for none.

    Cost: about 2 log2(len(bounds)) passes for each constraint that is broken.
    """
    everything = solve(limits.with_bounds(bounds))
    worst = broken(bounds, everything)
    if not worst:
        return None
    uppers = [bound for bound in bounds if bound.upper is not None]
    alone = solve(limits.with_bounds([bound._replace(lower=None) for bound in uppers]))
    by_itself = [bound for bound in worst if _event(bound, alone) > (bound.upper or 0)]
    found: list[Conflict] = []
    for upper in by_itself:
        found.append(Conflict((upper,), _way(model, alone, upper.node, None), alone))
    for upper in worst if not found else ():
        found.append(_pair(model, bounds, upper, limits, solve))
    return min(found, key=lambda conflict: (len(conflict.bounds), len(conflict.way)))


def _pair(model: Model, bounds: Sequence[Bound], upper: Bound, limits: Limits, solve: Solve) -> Conflict:
    """Return *upper* and the one constraint behind it that it contradicts, found by leaving out halves."""

    def tried(some: Sequence[Bound]) -> Solved:
        return solve(limits.with_bounds([bound._replace(upper=None) for bound in some]))

    left = [bound for bound in bounds if bound.lower is not None]
    if upper.lower is not None and _event(upper, tried([upper])) > (upper.upper or 0):
        left = [upper]  # elapsed work cannot end at every minute: a date it must end at may be none that it can
    while len(left) > 1:
        half = left[len(left) // 2 :]
        left = half if _event(upper, tried(half)) > (upper.upper or 0) else left[: len(left) // 2]
    solved = tried(left)
    lower = left[0]
    pair = (upper,) if lower is upper else (lower, upper)
    return Conflict(pair, _way(model, solved, upper.node, lower.node), solved)


def _way(model: Model, solved: Solved, end: int, start: int | None) -> tuple[ElementId, ...]:
    """Return the elements along the shortest chain of driving links to *end*, from *start* or from where it begins."""
    reached: dict[int, int | None] = {end: None}
    queue = [end]
    first = end
    for at in queue:
        first = at
        if at == start or (start is None and not solved.drivers[at]):
            break
        for source in solved.drivers[at]:
            if source not in reached:
                reached[source] = at
                queue.append(source)
    way: list[ElementId] = []
    step: int | None = first
    while step is not None:
        node = model.nodes[step]
        boundary = node.kind not in (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)
        if not model.off[step] and (not boundary or (step in (start, end) and node.stage)):
            way.append(node.stage if boundary else node.id)
        step = reached[step]
    return tuple(way)


def error_of(conflict: Conflict, moments: Callable[[Solved, int], tuple[datetime, datetime]]) -> ImpossibleConstraints:
    """Return *conflict* as an error; *moments* tells the early dates of a node."""
    last = conflict.bounds[-1]
    earliest = moments(conflict.solved, last.node)[last.constraint.kind.at_finish]
    return ImpossibleConstraints(
        constraints=[f"{bound.element}: {bound.constraint}" for bound in conflict.bounds],
        way=conflict.way,
        earliest=earliest.isoformat(timespec="minutes"),
    )
