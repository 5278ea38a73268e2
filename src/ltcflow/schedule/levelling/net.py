"""A problem compiled for the kernels: weighted links both ways, and the demands of an activity packed into one number.

Each resource has a field of bits with a guard bit above it. What is free at a time is one number with every guard bit
set; what an activity demands is another. ``(free - demand) & guards == guards`` says in one subtraction whether all
resources suffice, and ``free - demand`` is what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from ltcflow.schedule.cpm import Link

Arcs = list[list[tuple[int, int]]]
"""For each activity (other, weight) pairs: ``start[activity] >= start[other] + weight``, or the other way round."""


class Net(NamedTuple):
    """Activities for the kernels, in their declared numbers.

    Attributes:
        order: the numbers in a topological order; rank: the place of each in it.
        before, after: weighted links into and out of each activity.
        demand: packed; 0 for what holds nothing.
        free, guards: the packed capacities with their guard bits; the guard bits.
        least: earliest starts.
        upright: True when no weight is negative, so that starts in order are a topological order.
    """

    durations: list[int]
    order: list[int]
    rank: list[int]
    before: Arcs
    after: Arcs
    demand: list[int]
    free: int
    guards: int
    least: list[int]
    upright: bool


def build(
    durations: Sequence[int],
    links: Sequence[Link],
    capacities: Sequence[int],
    demands: Sequence[Sequence[int]],
    not_before: Sequence[int],
) -> Net:
    """Return the compiled problem; the links have no circle."""
    count = len(durations)
    strongest: dict[tuple[int, int], int] = {}
    for source, target, kind, lag in links:
        out = durations[source] if kind in ("FS", "FF") else 0
        into = durations[target] if kind in ("FF", "SF") else 0
        weight = lag + out - into
        strongest[source, target] = max(weight, strongest.get((source, target), weight))
    shifts, free, guards, at = [], 0, 0, 0
    for capacity in capacities:
        width = capacity.bit_length()
        shifts.append(at)
        free |= (capacity | 1 << width) << at
        guards |= 1 << width + at
        at += width + 1
    packed = [0] * count
    for activity, row in enumerate(demands):
        if durations[activity]:
            packed[activity] = sum(demand << shift for demand, shift in zip(row, shifts, strict=True))
    arcs = [(i, j, weight) for (i, j), weight in strongest.items()]
    return _net(list(durations), arcs, packed, free, guards, list(not_before) or [0] * count)


def mirrored(net: Net) -> Net:
    """Return *net* with time running backwards; earliest starts do not bind there."""
    durations = net.durations
    arcs = [(j, i, weight + durations[j] - durations[i]) for j, into in enumerate(net.before) for i, weight in into]
    return _net(durations, arcs, net.demand, net.free, net.guards, [0] * len(durations))


def _net(
    durations: list[int],
    arcs: Sequence[tuple[int, int, int]],
    demand: list[int],
    free: int,
    guards: int,
    least: list[int],
) -> Net:
    count = len(durations)
    before: Arcs = [[] for _ in range(count)]
    after: Arcs = [[] for _ in range(count)]
    for i, j, weight in arcs:
        before[j].append((i, weight))
        after[i].append((j, weight))
    order = in_order(before, after, range(count))
    rank = [0] * count
    for place, activity in enumerate(order):
        rank[activity] = place
    upright = all(weight >= 0 for _, _, weight in arcs)
    return Net(durations, order, rank, before, after, demand, free, guards, least, upright)


def in_order(before: Arcs, after: Arcs, keys: Sequence[int]) -> list[int]:
    """Return the activities in a topological order that takes the smallest key first; without those on a circle."""
    waiting = [len(into) for into in before]
    ready = [(keys[i], i) for i, count in enumerate(waiting) if not count]
    heapify(ready)
    found: list[int] = []
    while ready:
        _, i = heappop(ready)
        found.append(i)
        for j, _ in after[i]:
            waiting[j] -= 1
            if not waiting[j]:
                heappush(ready, (keys[j], j))
    return found


def circle(count: int, links: Sequence[Link]) -> list[int]:
    """Return activities along a circle, the first one again at the end; [] when there is none."""
    sources: list[set[int]] = [set() for _ in range(count)]
    targets: list[set[int]] = [set() for _ in range(count)]
    for source, target, _, _ in links:
        sources[target].add(source)
        targets[source].add(target)
    waiting = [len(into) for into in sources]
    ready = [i for i, into in enumerate(waiting) if not into]
    done: set[int] = set()
    while ready:
        i = ready.pop()
        done.add(i)
        for j in targets[i]:
            waiting[j] -= 1
            if not waiting[j]:
                ready.append(j)
    if len(done) == count:
        return []
    path: dict[int, None] = {}
    at = min(i for i in range(count) if i not in done)
    while at not in path:
        path[at] = None
        at = min(sources[at] - done)
    inside = list(path)
    found = inside[inside.index(at) :]
    return [found[0], *reversed(found)]
