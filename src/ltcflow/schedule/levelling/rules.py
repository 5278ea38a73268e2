"""Priority rules: which activity goes first when several want the same people.

Latest finish and latest start time (LFT, LST), most total successors (MTS), greatest rank positional weight (GRPW,
Helgeson and Birnie 1961), minimum slack (MSLK) and shortest processing time (SPT), as compared by Kolisch (1996), where
LFT and LST do best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ltcflow.errors import UnknownName
from ltcflow.schedule.levelling.net import Net


class Times(NamedTuple):
    """Starts without resources: as early as links allow, and as late as they allow for the shortest makespan."""

    early: list[int]
    late: list[int]
    finish: int


def times(net: Net) -> Times:
    """Return the forward and backward pass of the critical path method. Cost: O(activities + links)."""
    early = net.least.copy()
    for j in net.order:
        for i, weight in net.before[j]:
            early[j] = max(early[j], early[i] + weight)
    finish = max((at + d for at, d in zip(early, net.durations, strict=True)), default=0)
    late = [finish - d for d in net.durations]
    for i in reversed(net.order):
        for j, weight in net.after[i]:
            late[i] = min(late[i], late[j] - weight)
    return Times(early, late, finish)


def followers(net: Net) -> list[int]:
    """Return for each activity those that wait for it, near or far, as bits of one number."""
    found = [0] * len(net.durations)
    for i in reversed(net.order):
        for j, _ in net.after[i]:
            found[i] |= found[j] | 1 << j
    return found


def _latest_finish(net: Net) -> list[int]:
    return [at + d for at, d in zip(times(net).late, net.durations, strict=True)]


def _latest_start(net: Net) -> list[int]:
    return times(net).late


def _slack(net: Net) -> list[int]:
    early, late, _ = times(net)
    return [last - first for first, last in zip(early, late, strict=True)]


def _followers(net: Net) -> list[int]:
    return [-reached.bit_count() for reached in followers(net)]


def _positional_weight(net: Net) -> list[int]:
    return [-d - sum(net.durations[j] for j, _ in after) for d, after in zip(net.durations, net.after, strict=True)]


def _shortest(net: Net) -> list[int]:
    return list(net.durations)


Rule = Callable[[Net], list[int]]
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "LFT": _latest_finish,
        "LST": _latest_start,
        "MTS": _followers,
        "GRPW": _positional_weight,
        "MSLK": _slack,
        "SPT": _shortest,
    }
)
"""Each rule gives every activity a number; the smallest goes first."""


def rule(name: str) -> Rule:
    """Return the priority rule called *name*.

    Raises:
        UnknownName: there is none.

    Example:
        >>> from ltcflow.schedule.levelling import Problem
        >>> rule("LFT")(Problem(durations=[2, 3, 1], links=[(0, 1, "FS", 0)]).net)
        [2, 5, 5]
    """
    found = RULES.get(name.upper() if isinstance(name, str) else "")
    if found is None:
        raise UnknownName(kind="priority rule", value=str(name), known=RULES)
    return found
