"""Strongly connected components and shortest cycles on plain lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def components(nexts: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Return the strongly connected components of the graph in which *i* leads to ``nexts[i]`` (Tarjan 1972).

    Returns:
        Each component sorted; a component comes before those that lead to it.
    Cost: O(nodes + edges), without recursion.

    Example:
        >>> components([[1], [0], [1]])
        ((0, 1), (2,))
    """
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    open_nodes: set[int] = set()
    found: list[tuple[int, ...]] = []
    for root in range(len(nexts)):
        if root in number:
            continue
        work = [(root, 0)]
        while work:
            i, at = work.pop()
            if at == 0:
                number[i] = low[i] = len(number)
                stack.append(i)
                open_nodes.add(i)
            if at > 0:
                low[i] = min(low[i], low[nexts[i][at - 1]])
            while at < len(nexts[i]):
                other = nexts[i][at]
                at += 1
                if other not in number:
                    work.append((i, at))
                    work.append((other, 0))
                    break
                if other in open_nodes:
                    low[i] = min(low[i], number[other])
            else:
                if low[i] == number[i]:
                    found.append(_pop(stack, open_nodes, i))
    return tuple(found)


def _pop(stack: list[int], open_nodes: set[int], root: int) -> tuple[int, ...]:
    members: list[int] = []
    while not members or members[-1] != root:
        members.append(stack.pop())
        open_nodes.discard(members[-1])
    return tuple(sorted(members))


def shortest_cycle(nexts: Sequence[Sequence[int]], members: Sequence[int]) -> tuple[int, ...]:
    """Return a shortest cycle among *members*, from its smallest node, which is not repeated at the end; () if none.

    Cost: O(members * edges among them): one breadth-first search per member, cut off at the best length so far.
    """
    inside = set(members)
    best: tuple[int, ...] = ()
    for start in members:
        cycle = _cycle_through(nexts, inside, start, len(best) or len(inside) + 1)
        if cycle and (not best or len(cycle) < len(best)):
            best = cycle
    if not best:
        return ()
    turn = best.index(min(best))
    return best[turn:] + best[:turn]


def _cycle_through(nexts: Sequence[Sequence[int]], inside: set[int], start: int, below: int) -> tuple[int, ...]:
    """Return a shortest cycle through *start* with fewer than *below* nodes, or ()."""
    came: dict[int, int] = {}
    queue = deque([(start, 1)])
    while queue:
        i, length = queue.popleft()
        if length >= below:
            return ()
        for other in nexts[i]:
            if other == start:
                way = [i]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return tuple(reversed(way))
            if other in inside and other not in came:
                came[other] = i
                queue.append((other, length + 1))
    return ()
