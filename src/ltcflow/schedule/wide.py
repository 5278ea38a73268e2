"""The passes level by level: each numpy call takes all links into one level (few lanes, wide networks).

The level of a node is the number of links on the longest path to it. All links into a level come from lower ones, so
the earliest starts of a level are one gather and one segmented maximum (``np.maximum.reduceat``).
"""

from __future__ import annotations

from itertools import pairwise

import attrs
import numpy as np

from ltcflow.schedule.lanes import LaneNetwork, Minutes


@attrs.frozen(kw_only=True, eq=False)
class Side:
    """The links of a network in one direction, grouped by level and by the node they lead to (or come from).

    Attributes:
        near, far: new number of the node a link is grouped by, and of the one at its other end.
        lag: of each link; () when all are zero.
        starts, finishes: the links that leave a start, and those that enter a finish.
        groups, heads: of each group of links with one near node, where it begins, and that node.
        spans: of each level that has links: (first link, after the last, first group, after the last, first near node
            or -1 where they do not follow each other).
    """

    near: Minutes
    far: Minutes
    lag: Minutes
    starts: Minutes
    finishes: Minutes
    groups: Minutes
    heads: Minutes
    spans: tuple[tuple[int, int, int, int, int], ...]


@attrs.frozen(kw_only=True, eq=False)
class Levels:
    """Nodes numbered anew, by level.

    Attributes:
        count: levels.
        order: the old number of each new one.
        plain: True when old and new numbers are the same.
    """

    count: int
    order: Minutes
    plain: bool
    forward: Side
    backward: Side


def levels_of(count: int, links: tuple[Minutes, Minutes, Minutes, Minutes]) -> Levels:
    """Return the levels of a network; *links*: source, target (a higher number), kind, lag, in order of source."""
    source, target, _, _ = links
    level = [0] * count
    for i, j in zip(source.tolist(), target.tolist(), strict=True):
        if level[i] >= level[j]:
            level[j] = level[i] + 1
    rank = np.asarray(level, dtype=np.int64).reshape(-1)
    order = np.argsort(rank, kind="stable").astype(np.int64)
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    return Levels(
        count=int(rank.max()) + 1 if count else 0,
        order=order,
        plain=bool(np.array_equal(order, np.arange(count))),
        forward=_side(rank, place, links, into=True),
        backward=_side(rank, place, links, into=False),
    )


def _side(rank: Minutes, place: Minutes, links: tuple[Minutes, ...], *, into: bool) -> Side:
    source, target, kind, lag = links
    near, far = (target, source) if into else (source, target)
    by = np.argsort(place[near], kind="stable")
    at, kind, lag = place[near[by]], kind[by], lag[by]
    groups = np.flatnonzero(np.diff(at, prepend=-1)).astype(np.int64)
    cuts = [*np.flatnonzero(np.diff(rank[near[by]], prepend=-1)).tolist(), len(by)]
    spans: list[tuple[int, int, int, int, int]] = []
    for low, high in pairwise(cuts):
        first, after = (int(x) for x in np.searchsorted(groups, (low, high)))
        together = int(at[high - 1] - at[low]) == after - first - 1
        spans.append((low, high, first, after, int(at[low]) if together else -1))
    return Side(
        near=at,
        far=place[far[by]],
        lag=lag if lag.any() else lag[:0],
        starts=np.flatnonzero(kind < 2),
        finishes=np.flatnonzero(kind & 1),
        groups=groups,
        heads=at[groups],
        spans=tuple(spans),
    )


def run_levels(
    network: LaneNetwork,
    durations: Minutes,
    least: Minutes | None,
    finish: int | None,
    answer: dict[str, Minutes],
    ends: Minutes,
    low: int,
    high: int,
    /,
) -> None:
    """Fill the lanes *low* to *high* of *answer* and *ends*."""
    durations, ends = durations[:, low:high], ends[low:high]
    answer = {name: values[:, low:high] for name, values in answer.items()}
    levels = network.levels
    flat = durations.shape[1] == 1
    lengths = durations[:, 0] if flat else durations
    lengths = np.ascontiguousarray(lengths) if levels.plain else lengths[levels.order]
    start = np.zeros(lengths.shape, dtype=np.int64)
    if least is not None:
        start += _across(least[levels.order], flat)
    _forward(levels.forward, start, _weights(levels.forward, lengths, into=True))
    end = start + lengths
    if finish is not None:
        ends.fill(finish)
    else:
        ends[:] = end.max(axis=0, initial=np.iinfo(np.int64).min) if network.count else 0
    found = {"early_start": start, "early_finish": end}
    if set(answer) - set(found):
        weights = _weights(levels.backward, lengths, into=False)
        last = ends[0] if flat else ends
        if set(answer) & {"late_start", "late_finish", "total_float"}:
            late = last - lengths
            _backward(levels.backward, late, weights)
            found |= {"late_start": late, "late_finish": late + lengths, "total_float": late - start}
        if "free_float" in answer:
            found["free_float"] = _free(levels.backward, start, last - end, weights)
    for name, values in answer.items():
        _put(levels, values[:, 0] if flat else values, found[name])


def _across(values: Minutes, flat: bool) -> Minutes:
    return values if flat else values[:, None]


def _put(levels: Levels, out: Minutes, values: Minutes) -> None:
    if levels.plain:
        out[...] = values
    else:
        out[levels.order] = values


def _weights(side: Side, lengths: Minutes, *, into: bool) -> Minutes:
    """Return the weight of each link, as `ltcflow.schedule.cpm.weigh` defines it."""
    source, target = (side.far, side.near) if into else (side.near, side.far)
    weights = lengths.take(source, axis=0)
    if len(side.starts):
        weights[side.starts] = 0
    if len(side.lag):
        weights += _across(side.lag, lengths.ndim == 1)
    if len(side.finishes):
        weights[side.finishes] -= lengths[target[side.finishes]]
    return weights


def _forward(side: Side, start: Minutes, weights: Minutes) -> None:
    groups = side.groups
    for low, high, first, after, node in side.spans:
        bounds = start.take(side.far[low:high], axis=0)
        bounds += weights[low:high]
        best = np.maximum.reduceat(bounds, groups[first:after] - low, axis=0)
        if node < 0:
            heads = side.heads[first:after]
            start[heads] = np.maximum(start[heads], best)
        else:
            rows = start[node : node + after - first]
            np.maximum(rows, best, out=rows)


def _backward(side: Side, late: Minutes, weights: Minutes) -> None:
    groups = side.groups
    for low, high, first, after, node in reversed(side.spans):
        bounds = late.take(side.far[low:high], axis=0)
        bounds -= weights[low:high]
        best = np.minimum.reduceat(bounds, groups[first:after] - low, axis=0)
        if node < 0:
            heads = side.heads[first:after]
            late[heads] = np.minimum(late[heads], best)
        else:
            rows = late[node : node + after - first]
            np.minimum(rows, best, out=rows)


def _free(side: Side, start: Minutes, gap: Minutes, weights: Minutes) -> Minutes:
    if len(side.near):
        gaps = start.take(side.far, axis=0)
        gaps -= start.take(side.near, axis=0)
        gaps -= weights
        gap[side.heads] = np.minimum(gap[side.heads], np.minimum.reduceat(gaps, side.groups, axis=0))
    return gap
