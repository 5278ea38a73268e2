"""The passes of a simulation over one chunk of lanes: what a flow is, and the one of working time alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.lanes import LaneNetwork, Minutes, compile_links
from ltcflow.schedule.rowwise import run_rows

Mask: TypeAlias = npt.NDArray[np.bool_]
Redo: TypeAlias = Callable[[Minutes], Minutes]
"""From when a gate was first decided, the minute at which it is passed for good (or the project ends there)."""


class Passed(NamedTuple):
    """Early dates ``[node, lane]``, the finish of each lane, and in how many lanes a node is on a longest path."""

    start: Minutes
    end: Minutes
    ends: Minutes
    critical: Minutes


class Limiting(NamedTuple):
    """What holds the nodes of a flow besides their links, by node, in numbers of its axis.

    Attributes:
        least: earliest starts; ends_from: earliest finishes.
        starts_until, ends_until: latest dates that nodes put late keep; due: finishes that should be kept.
        late: nodes to be put as late as possible; finish: when everything should be finished.
    """

    least: Sequence[int]
    ends_from: Mapping[int, int] = MappingProxyType({})
    starts_until: Mapping[int, int] = MappingProxyType({})
    ends_until: Mapping[int, int] = MappingProxyType({})
    due: Mapping[int, int] = MappingProxyType({})
    late: frozenset[int] = frozenset()
    finish: int | None = None


class Flow(Protocol):
    """A network through which durations ``[node, lane]`` are passed."""

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk; *decided*: what happens at the gates that may send back or hold."""
        ...

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes, when nothing begins before *begin* of its lane."""
        ...

    def wait(self, node: int, at: Minutes, delay: Minutes, *, elapsed: bool) -> Minutes:
        """Return when *delay* is over that begins when node *node* ends at *at*."""
        ...


class WorkingFlow:
    """Working time alone: the kernel of `ltcflow.schedule.rowwise`; float zero is critical."""

    def __init__(self, count: int, links: Sequence[MixedLink], least: Sequence[int]) -> None:
        plain = [(link.source, link.target, link.type, link.lag.minutes) for link in links]
        self.network: LaneNetwork = compile_links(count, plain)
        self.least = np.array(least, dtype=np.int64) if any(least) else None
        self._scratch = np.empty((4, count, 0), dtype=np.int64)

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk, in arrays that the next call fills anew.

        What a redo takes does not depend on when it begins.
        """
        zero = np.zeros(lengths.shape[1], dtype=np.int64)
        for node, redo in decided.items():
            lengths[node] += redo(zero)
        count, lanes = lengths.shape
        if self._scratch.shape[2] < lanes:
            self._scratch = np.empty((4, count, lanes), dtype=np.int64)
        start, end, late, late_end = self._scratch[:, :, :lanes]
        ends = np.empty(lanes, dtype=np.int64)
        answer = {"early_start": start, "early_finish": end, "late_start": late, "late_finish": late_end}
        run_rows(self.network, lengths, self.least, None, answer, ends, 0, lanes)
        critical = [np.count_nonzero(start[node] == late[node]) for node in range(count)]
        return Passed(start, end, ends, np.array(critical, dtype=np.int64))

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes."""
        answer = {"early_finish": np.empty_like(lengths)}
        ends = np.empty(lengths.shape[1], dtype=np.int64)
        run_rows(self.network, lengths, self.least, None, answer, ends, 0, len(ends))
        found: Minutes = answer["early_finish"][-1] + begin
        return found

    def wait(self, node: int, at: Minutes, delay: Minutes, *, elapsed: bool) -> Minutes:
        """Return when *delay*, of working time, is over."""
        return at + delay


def longest(ends: Mask, tight: Mask, into: Sequence[Sequence[tuple[int, MixedLink]]]) -> Mask:
    """Return which nodes lie on a longest path ``[node, lane]``.

    Args:
        ends: where paths end; tight: ``[link, lane]`` which links drive their target; into: the links into each node.
    """
    found = ends.copy()
    for node in range(len(found) - 1, -1, -1):
        for number, link in into[node]:
            found[link.source] |= found[node] & tight[number]
    return found
