"""The critical path method on whole minutes: plain int lists, two passes over the links.

A node starts at s and finishes at s + d. A link of type FS, SS, FF or SF with a lag says that the later event (start or
finish of the target) comes at least the lag after the earlier one (finish or start of the source). Because durations
are fixed and work is not interrupted, each type is one inequality between two starts, ``s[target] >= s[source] +
weight``, with weight = lag + d[source] when it leaves a finish, - d[target] when it enters a finish. So one forward
pass of maxima gives the early dates and one backward pass of minima the late ones (Kelley and Walker 1961; for the four
types, generalised precedence relations: Elmaghraby and Kamburowski 1992).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from ltcflow.errors import InvalidValue

LinkType: TypeAlias = Literal["FS", "SS", "FF", "SF"]
Link: TypeAlias = tuple[int, int, LinkType, int]
"""(source, target, type, lag in minutes); a negative lag is a lead. Nodes are numbered so that source < target."""
Weighted: TypeAlias = tuple[int, int, int]
"""(source, target, weight): ``start[target] >= start[source] + weight``."""


NO_LIMITS: Mapping[int, int] = MappingProxyType({})


class Schedule(NamedTuple):
    """Early and late dates and floats of each node, in minutes from the start of the project.

    Attributes:
        finish: when the project finishes: the latest early finish, or the finish that was asked for.
        total_float: how long a node can wait without moving *finish* or breaking a limit; negative when one cannot be
            kept.
        free_float: how long it can wait without moving any other node's early dates or *finish*.
    """

    early_start: list[int]
    early_finish: list[int]
    late_start: list[int]
    late_finish: list[int]
    total_float: list[int]
    free_float: list[int]
    finish: int


def weigh(durations: Sequence[int], links: Sequence[Link]) -> list[Weighted]:
    """Return *links* as weighted links, ordered by source and then as given.

    Raises:
        InvalidValue: a node that is not there, or a link that does not lead to a higher number.

    Example:
        >>> weigh([480, 960], [(0, 1, "FS", 0), (0, 1, "FF", 60)])
        [(0, 1, 480), (0, 1, -420)]
    """
    weighted: list[Weighted] = []
    for source, target, kind, lag in links:
        if not 0 <= source < target < len(durations):
            raise InvalidValue(
                field="links",
                value=f"{source} -> {target}",
                problem="does not lead from a node to one with a higher number.",
                remedy="Number the nodes from 0 in topological order.",
            )
        out = durations[source] if kind in ("FS", "FF") else 0
        into = durations[target] if kind in ("FF", "SF") else 0
        weighted.append((source, target, lag + out - into))
    weighted.sort(key=_source)
    return weighted


def _source(link: Weighted) -> int:
    return link[0]


def solve(
    durations: Sequence[int],
    links: Sequence[Weighted],
    *,
    not_before: Sequence[int] | None = None,
    finish: int | None = None,
    not_after: Mapping[int, int] = NO_LIMITS,
) -> Schedule:
    """Return early and late dates and floats.

    Args:
        durations: minutes of each node, 0 or more.
        links: as `weigh` returns them.
        not_before: earliest start of each node; by default, and at least for nodes that wait for nothing, 0.
        finish: the minute by which everything shall be finished; None: as early as possible.
        not_after: latest start of some nodes; it moves late dates, never early ones.
    Returns:
        Every node starts at 0 or later, and its late finish is at most the finish, also where nothing follows it (an
        activity that only has a start-to-start successor, say).
    Cost: O(nodes + links), about 15 us at 40 nodes and 60 links.

    Example:
        >>> s = solve([480, 960, 480], weigh([480, 960, 480], [(0, 2, "FS", 0), (1, 2, "FS", 0)]))
        >>> s.early_start, s.total_float, s.finish
        ([0, 0, 960], [480, 0, 0], 1440)
    """
    start = [0] * len(durations) if not_before is None else list(not_before)
    for i, j, weight in links:
        bound = start[i] + weight
        if bound > start[j]:
            start[j] = bound
    early_finish = [s + d for s, d in zip(start, durations, strict=True)]
    if finish is None:
        finish = max(early_finish, default=0)
    late = [finish - d for d in durations]
    for i, limit in not_after.items():
        late[i] = min(late[i], limit)
    free = [finish - f for f in early_finish]
    for i, j, weight in reversed(links):
        bound = late[j] - weight
        if bound < late[i]:
            late[i] = bound
        gap = start[j] - start[i] - weight
        if gap < free[i]:
            free[i] = gap
    return Schedule(
        start,
        early_finish,
        late,
        [s + d for s, d in zip(late, durations, strict=True)],
        [late_one - early_one for late_one, early_one in zip(late, start, strict=True)],
        free,
        finish,
    )


def driving(links: Sequence[Weighted], early_start: Sequence[int]) -> list[list[int]]:
    """Return for each node the sources of the links that hold its early start where it is, each once, in link order.

    Example:
        >>> links = weigh([480, 960, 480], [(0, 2, "FS", 0), (1, 2, "FS", 0)])
        >>> driving(links, solve([480, 960, 480], links).early_start)
        [[], [], [1]]
    """
    drivers: list[list[int]] = [[] for _ in early_start]
    for i, j, weight in links:
        if early_start[i] + weight == early_start[j] and i not in drivers[j]:
            drivers[j].append(i)
    return drivers


def last_nodes(
    drivers: Sequence[Sequence[int]], early_finish: Sequence[int], *, besides: Container[int] = ()
) -> list[int]:
    """Return the nodes where critical paths end: they finish last and drive nothing that does.

    Args:
        besides: nodes that do not count.

    Example:
        >>> last_nodes([[], [0]], [480, 480])
        [1]
    """
    counted = [i for i in range(len(early_finish)) if i not in besides]
    latest = max((early_finish[i] for i in counted), default=0)
    ends = [i for i in counted if early_finish[i] == latest]
    inside = {i for j in ends for i in drivers[j]}
    return [i for i in ends if i not in inside]


def critical_paths(
    drivers: Sequence[Sequence[int]], ends: Sequence[int], *, limit: int | None = None
) -> Iterator[tuple[int, ...]]:
    """Yield the longest paths, one at a time, each from its first node to one of *ends*, along driving links.

    Args:
        drivers: as `driving` returns them.
        ends: nodes to end at, such as `last_nodes` returns.
        limit: stop after so many; None: there may be exponentially many, take what you need.
    Cost: O(length) per path; depth is not bounded by recursion.

    Example:
        >>> list(critical_paths([[], [0], [0], [1, 2]], [3]))
        [(0, 1, 3), (0, 2, 3)]
    """
    found = 0
    for end in ends:
        path = [end]
        stack = [iter(drivers[end])]
        if not drivers[end]:
            found += 1
            yield (end,)
        while stack:
            if limit is not None and found >= limit:
                return
            before = next(stack[-1], None)
            if before is None:
                stack.pop()
                path.pop()
                continue
            path.append(before)
            stack.append(iter(drivers[before]))
            if not drivers[before]:
                found += 1
                yield tuple(reversed(path))
