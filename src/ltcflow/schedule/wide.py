"""The passes level by level: each numpy call takes all links into one level (few lanes, wide networks).

The level of a node is the number of links on the longest path to it. All links into a level come from lower ones, so
the earliest starts of a level are a few gathers and maxima, one for each number of links that a node can have.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import attrs
import numpy as np

from ltcflow.schedule.lanes import LaneNetwork, Minutes

_COLUMNS = 6
Columns: TypeAlias = tuple[int, int, tuple[tuple[int, int], ...], tuple[int, int, Minutes] | None]
"""Of one level: its nodes (first, after the last in `Side.heads`), the links of each column, and the links beyond."""


@attrs.frozen(kw_only=True, eq=False)
class Side:
    """The links of a network in one direction, grouped by level and by the node they lead to (or come from).

    The nodes of a level stand in order of falling degree. Column r holds the link number r of each node that has so
    many: the maximum over the links of a node is one over columns, each an array from the first node on. Links beyond
    the sixth follow node by node (``np.ufunc.reduceat``).

    Attributes:
        near, far: new number of the node a link is grouped by, and of the one at its other end.
        lag: of each link; () when all are zero.
        starts, finishes: the links that leave a start, and those that enter a finish.
        heads: the nodes of all levels that have links.
        spans: the levels, in order.
    """

    near: Minutes
    far: Minutes
    lag: Minutes
    starts: Minutes
    finishes: Minutes
    heads: Minutes
    spans: tuple[Columns, ...]


@attrs.frozen(kw_only=True, eq=False)
class Levels:
    """Nodes numbered anew, by level.

    Attributes:
        count: levels.
        order: the old number of each new one.
        plain: True when old and new numbers are the same.
        links: source, target, kind and lag of each link, by old numbers; rank: the level of each old number.
    """

    count: int
    order: Minutes
    plain: bool
    rank: Minutes
    links: tuple[Minutes, ...]

    @cached_property
    def place(self) -> Minutes:
        """The new number of each old one."""
        found = np.empty(len(self.order), dtype=np.int64)
        found[self.order] = np.arange(len(self.order))
        return found

    @cached_property
    def forward(self) -> Side:
        """Links by the node they lead to."""
        return _side(self, into=True)

    @cached_property
    def backward(self) -> Side:
        """Links by the node they come from."""
        return _side(self, into=False)


def levels_of(count: int, links: tuple[Minutes, Minutes, Minutes, Minutes]) -> Levels:
    """Return the levels of a network; *links*: source, target (a higher number), kind, lag, in order of source."""
    source, target, _, _ = links
    level = [0] * count
    for i, j in zip(source.tolist(), target.tolist(), strict=True):
        if level[i] >= level[j]:
            level[j] = level[i] + 1
    rank = np.asarray(level, dtype=np.int64).reshape(-1)
    order = np.argsort(rank, kind="stable").astype(np.int64)
    plain = bool(np.array_equal(order, np.arange(count)))
    return Levels(count=int(rank.max()) + 1 if count else 0, order=order, plain=plain, rank=rank, links=links)


def _side(levels: Levels, *, into: bool) -> Side:
    source, target, kind, lag = levels.links
    near, far = (target, source) if into else (source, target)
    at, rank = levels.place[near], levels.rank[near]
    degree = np.bincount(at, minlength=len(levels.order))[at]
    by = np.argsort(at, kind="stable")
    first = np.flatnonzero(np.diff(at[by], prepend=-1))
    number = np.empty(len(at), dtype=np.int64)
    number[by] = np.arange(len(at)) - np.repeat(first, np.diff(np.append(first, len(at))))
    column = np.minimum(number, _COLUMNS)
    order = np.lexsort((number, at, -degree, column, rank))
    at, column, rank, kind, lag = at[order], column[order], rank[order], kind[order], lag[order]
    return Side(
        near=at,
        far=levels.place[far[order]],
        lag=lag if lag.any() else lag[:0],
        starts=np.flatnonzero(kind < 2),
        finishes=np.flatnonzero(kind & 1),
        heads=at[column == 0],
        spans=tuple(_spans(at, column, rank)),
    )


def _spans(at: Minutes, column: Minutes, rank: Minutes) -> Iterator[Columns]:
    """Yield the columns of each level, from links in order of level, column and node."""
    changes = np.flatnonzero((np.diff(rank, prepend=-1) != 0) | (np.diff(column, prepend=-1) != 0)).tolist()
    pieces = list(pairwise([*changes, len(at)]))
    columns, after = column[changes].tolist() if changes else [], 0
    place = 0
    while place < len(pieces):
        stop = place + 1
        while stop < len(pieces) and columns[stop]:
            stop += 1
        whole, tail = pieces[place:stop], None
        if columns[stop - 1] == _COLUMNS:
            low, high = whole.pop()
            tail = (low, high, np.flatnonzero(np.diff(at[low:high], prepend=-1)).astype(np.int64))
        first, after = after, after + whole[0][1] - whole[0][0]
        yield first, after, tuple(whole), tail
        place = stop


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
    far = side.far
    for first, after, columns, tail in side.spans:
        low, high = columns[0]
        best = start.take(far[low:high], axis=0)
        best += weights[low:high]
        for low, high in columns[1:]:
            more = start.take(far[low:high], axis=0)
            more += weights[low:high]
            rows = best[: high - low]
            np.maximum(rows, more, out=rows)
        if tail is not None:
            low, high, groups = tail
            more = np.maximum.reduceat(start.take(far[low:high], axis=0) + weights[low:high], groups, axis=0)
            np.maximum(best[: len(groups)], more, out=best[: len(groups)])
        heads = side.heads[first:after]
        start[heads] = np.maximum(start.take(heads, axis=0), best)


def _backward(side: Side, late: Minutes, weights: Minutes) -> None:
    for span in reversed(side.spans):
        heads = side.heads[span[0] : span[1]]
        late[heads] = np.minimum(late.take(heads, axis=0), _least(side, span, late, weights))


def _free(side: Side, start: Minutes, gap: Minutes, weights: Minutes) -> Minutes:
    for span in side.spans:
        heads = side.heads[span[0] : span[1]]
        gaps = _least(side, span, start, weights)
        gaps -= start.take(heads, axis=0)
        gap[heads] = np.minimum(gap.take(heads, axis=0), gaps)
    return gap


def _least(side: Side, span: Columns, values: Minutes, weights: Minutes) -> Minutes:
    """Return of each node of a level the least value less weight over its links."""
    far, (_, _, columns, tail) = side.far, span
    low, high = columns[0]
    best = values.take(far[low:high], axis=0)
    best -= weights[low:high]
    for low, high in columns[1:]:
        more = values.take(far[low:high], axis=0)
        more -= weights[low:high]
        rows = best[: high - low]
        np.minimum(rows, more, out=rows)
    if tail is not None:
        low, high, groups = tail
        more = np.minimum.reduceat(values.take(far[low:high], axis=0) - weights[low:high], groups, axis=0)
        np.minimum(best[: len(groups)], more, out=best[: len(groups)])
    return best
