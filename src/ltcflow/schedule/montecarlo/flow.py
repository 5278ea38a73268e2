"""The passes of a simulation over one chunk of lanes, for working time alone and where elapsed time counts too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ltcflow.schedule.elapsed import Length, MixedLink
from ltcflow.schedule.lanes import LaneNetwork, Minutes, compile_links
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.rowwise import run_rows

Mask: TypeAlias = npt.NDArray[np.bool_]
Redo: TypeAlias = Callable[[Minutes], Minutes]
"""From when a gate was first decided, the minute at which it is passed for good (or the project ends there)."""


class Passed(NamedTuple):
    """Early finishes ``[node, lane]``, the finish of each lane, and in how many lanes a node is on a longest path."""

    end: Minutes
    ends: Minutes
    critical: Minutes


class Flow(Protocol):
    """A network through which durations ``[node, lane]`` are passed."""

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk; *decided*: what happens at the gates that may send back or hold."""
        ...

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes, when nothing begins before *begin* of its lane."""
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
        return Passed(end, ends, np.array(critical, dtype=np.int64))

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes."""
        answer = {"early_finish": np.empty_like(lengths)}
        ends = np.empty(lengths.shape[1], dtype=np.int64)
        run_rows(self.network, lengths, self.least, None, answer, ends, 0, len(ends))
        found: Minutes = answer["early_finish"][-1] + begin
        return found


class MixedFlow:
    """Working and elapsed time: the steps of `ltcflow.schedule.elapsed`; driving links are critical."""

    def __init__(
        self, lengths: Sequence[Length], links: Sequence[MixedLink], least: Sequence[int], hours: Hours, spans: Mask
    ) -> None:
        self.elapsed = [length.elapsed for length in lengths]
        self.least, self.hours, self.spans = least, hours, spans
        self.into: list[list[tuple[int, MixedLink]]] = [[] for _ in lengths]
        for number, link in enumerate(links):
            self.into[link.target].append((number, link))
        self.links = len(links)

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        lanes = lengths.shape[1]
        tight = np.zeros((self.links, lanes), dtype=bool)
        moved: dict[int, Mask] = {}
        for node in range(len(lengths)):
            start[node] = self.least[node]
            bounds = [(number, self._bound(link, lengths, start, end, moved)) for number, link in self.into[node]]
            for _, bound in bounds:
                np.maximum(start[node], bound, out=start[node])
            for number, bound in bounds:
                np.equal(bound, start[node], out=tight[number])
            end[node] = self._finish(node, lengths, start[node])
            if node in decided:
                at = decided[node](end[node])
                moved[node] = at != end[node]
                lengths[node][moved[node]] = (at - start[node])[moved[node]]
                end[node] = at
        ends = end[~self.spans].max(axis=0)
        return Passed(end, ends, np.count_nonzero(self._critical(end, ends, tight), axis=1))

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        for node in range(len(lengths)):
            start[node] = begin
            for _, link in self.into[node]:
                np.maximum(start[node], self._bound(link, lengths, start, end, {}), out=start[node])
            end[node] = self._finish(node, lengths, start[node])
        found: Minutes = end[-1]
        return found

    def _finish(self, node: int, lengths: Minutes, start: Minutes) -> Minutes:
        if not self.elapsed[node]:
            found: Minutes = start + lengths[node]
            return found
        return self.hours.minute(self.hours.begins(start) + lengths[node])

    def _bound(
        self, link: MixedLink, lengths: Minutes, start: Minutes, end: Minutes, moved: Mapping[int, Mask]
    ) -> Minutes:
        """Return the earliest start that *link* allows its target, as `ltcflow.schedule.elapsed.Steps.bound`."""
        hours, source, target = self.hours, link.source, link.target
        from_finish = link.type in ("FS", "FF")
        minutes, elapsed = link.lag
        if elapsed and from_finish and self.elapsed[source]:
            at = hours.minute(hours.begins(start[source]) + lengths[source] + minutes)
            if source in moved:
                at = np.where(moved[source], hours.minute(hours.ends(end[source]) + minutes), at)
        elif elapsed:
            at = hours.minute((hours.ends(end[source]) if from_finish else hours.begins(start[source])) + minutes)
        else:
            at = (end[source] if from_finish else start[source]) + minutes
        if link.type in ("FS", "SS"):
            return at
        return hours.minute(hours.ends(at) - lengths[target]) if self.elapsed[target] else at - lengths[target]

    def _critical(self, end: Minutes, last: Minutes, tight: Mask) -> Mask:
        found = np.equal(end, last)
        found[self.spans] = False
        for node in range(len(end) - 1, -1, -1):
            for number, link in self.into[node]:
                found[link.source] |= found[node] & tight[number]
        return found
