"""The flow of a simulation on one calendar where elapsed time counts, or where nodes are put as late as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ltcflow.schedule.elapsed import Length, MixedLink
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.flow import Limiting, Mask, Passed, Redo, longest
from ltcflow.schedule.montecarlo.hours import Hours


class MixedFlow:
    """Working and elapsed time: the steps of `ltcflow.schedule.elapsed`; driving links are critical.

    Numbers are working minutes. Nodes are put late as `ltcflow.schedule.solving` does it, in each lane.
    """

    def __init__(
        self, lengths: Sequence[Length], links: Sequence[MixedLink], limiting: Limiting, hours: Hours, spans: Mask
    ) -> None:
        self.elapsed = [length.elapsed for length in lengths]
        self.limiting, self.hours, self.spans = limiting, hours, spans
        self.into: list[list[tuple[int, MixedLink]]] = [[] for _ in lengths]
        self.out: list[list[MixedLink]] = [[] for _ in lengths]
        for number, link in enumerate(links):
            self.into[link.target].append((number, link))
            self.out[link.source].append(link)
        self.links = len(links)

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        tight = np.zeros((self.links, lengths.shape[1]), dtype=bool)
        for node in range(len(lengths)):
            start[node] = self._least(node, lengths)
            bounds = [(number, self._bound(link, lengths, start, end)) for number, link in self.into[node]]
            for _, bound in bounds:
                np.maximum(start[node], bound, out=start[node])
            for number, bound in bounds:
                np.equal(bound, start[node], out=tight[number])
            end[node] = self._finish(node, lengths, start[node])
            if node in decided:
                self._redo(node, decided[node], lengths, start, end)
        ends = end[~self.spans].max(axis=0)
        counted = np.repeat(~self.spans[:, None], lengths.shape[1], axis=1)
        if self.limiting.late:
            self._put_late(lengths, start, end, counted, tight)
        last = np.where(counted, end, np.iinfo(np.int64).min).max(axis=0)
        critical = longest(counted & (end == last), tight, self.into)
        return Passed(start, end, ends, np.count_nonzero(critical, axis=1))

    def _redo(self, node: int, redo: Redo, lengths: Minutes, start: Minutes, end: Minutes) -> None:
        """Decide a gate: from then on it is as long as it took in all."""
        at = redo(end[node])
        moved = at != end[node]
        taken = at - start[node]
        if self.elapsed[node]:
            taken = self.hours.ends(at) - self.hours.begins(start[node])
        lengths[node][moved] = taken[moved]
        end[node] = at

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        for node in range(len(lengths)):
            start[node] = begin
            for _, link in self.into[node]:
                np.maximum(start[node], self._bound(link, lengths, start, end), out=start[node])
            end[node] = self._finish(node, lengths, start[node])
        found: Minutes = end[-1]
        return found

    def wait(self, node: int, at: Minutes, delay: Minutes, *, elapsed: bool) -> Minutes:
        """Return when *delay* is over that begins at *at*."""
        return self.hours.minute(self.hours.ends(at) + delay) if elapsed else at + delay

    def _least(self, node: int, lengths: Minutes) -> Minutes:
        least = np.full(lengths.shape[1], self.limiting.least[node], dtype=np.int64)
        at = self.limiting.ends_from.get(node)
        if at is None:
            return least
        return np.maximum(least, self._earliest(node, lengths, np.full_like(least, at)))

    def _finish(self, node: int, lengths: Minutes, start: Minutes) -> Minutes:
        if not self.elapsed[node]:
            found: Minutes = start + lengths[node]
            return found
        return self.hours.minute(self.hours.begins(start) + lengths[node])

    def _earliest(self, node: int, lengths: Minutes, finish: Minutes) -> Minutes:
        """Return the first start whose finish is not before *finish*."""
        if not self.elapsed[node]:
            found: Minutes = finish - lengths[node]
            return found
        return self.hours.minute(self.hours.ends(finish) - lengths[node])

    def _bound(self, link: MixedLink, lengths: Minutes, start: Minutes, end: Minutes) -> Minutes:
        """Return the earliest start that *link* allows its target, as `ltcflow.schedule.elapsed.Steps.bound`."""
        hours, source = self.hours, link.source
        from_finish = link.type in ("FS", "FF")
        minutes, elapsed = link.lag
        if elapsed and from_finish and self.elapsed[source]:
            at = hours.minute(hours.begins(start[source]) + lengths[source] + minutes)
        elif elapsed:
            at = hours.minute((hours.ends(end[source]) if from_finish else hours.begins(start[source])) + minutes)
        else:
            at = (end[source] if from_finish else start[source]) + minutes
        return at if link.type in ("FS", "SS") else self._earliest(link.target, lengths, at)

    def _before(self, at: Minutes, elapsed: int | Minutes, *, from_finish: bool) -> Minutes:
        """Return the last minute from which *elapsed* leads to *at* or earlier."""
        latest = self.hours.begins(at) - elapsed
        minute = self.hours.minute(latest)
        return minute if from_finish else minute - (self.hours.begins(minute) > latest)

    def _latest(self, node: int, lengths: Minutes, finish: Minutes) -> Minutes:
        """Return the last start whose finish is not after *finish*."""
        if self.elapsed[node]:
            return self._before(finish, lengths[node], from_finish=False)
        found: Minutes = finish - lengths[node]
        return found

    def _bound_back(self, link: MixedLink, lengths: Minutes, start: Minutes, end: Minutes) -> Minutes:
        """Return the last start of the source of *link* when its target keeps *start* and *end*."""
        from_finish = link.type in ("FS", "FF")
        at = (start if link.type in ("FS", "SS") else end)[link.target]
        minutes, elapsed = link.lag
        if elapsed and from_finish and self.elapsed[link.source]:
            return self._before(at, lengths[link.source] + minutes, from_finish=False)
        at = self._before(at, minutes, from_finish=from_finish) if elapsed else at - minutes
        return self._latest(link.source, lengths, at) if from_finish else at

    def _hard(self, node: int, lengths: Minutes, at: Minutes, *, due: bool) -> Minutes:
        """Return *at* or the last start that the constraints (and, if *due*, the deadline) of *node* allow."""
        limiting, ends = self.limiting, self._finish(node, lengths, at)
        if node in limiting.starts_until:
            at = np.minimum(at, limiting.starts_until[node])
        for table in (limiting.ends_until, limiting.due)[: 1 + due]:
            if node in table:
                at = np.minimum(at, self._latest(node, lengths, np.minimum(ends, table[node])))
        return at

    def _late(self, lengths: Minutes, last: Minutes) -> Minutes:
        """Return the late starts of all nodes."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        for node in range(len(lengths) - 1, -1, -1):
            at = self._hard(node, lengths, self._latest(node, lengths, last), due=True)
            for link in self.out[node]:
                at = np.minimum(at, self._bound_back(link, lengths, start, end))
            start[node], end[node] = at, self._finish(node, lengths, at)
        return start

    def _put_late(self, lengths: Minutes, start: Minutes, end: Minutes, counted: Mask, tight: Mask) -> None:
        """Put nodes as late as nothing else moves, the last ones first; they drive nothing and end no path."""
        last, finish = end.max(axis=0), self.limiting.finish
        late = self._late(lengths, last if finish is None else np.minimum(last, finish))
        for node in sorted(self.limiting.late, reverse=True):
            at = self._hard(node, lengths, self._latest(node, lengths, last), due=False)
            at = np.minimum(at, np.maximum(late[node], start[node]))
            for link in self.out[node]:
                at = np.minimum(at, self._bound_back(link, lengths, start, end))
            if self.elapsed[node]:
                at = self._ending_by(node, lengths, at)
            moved = at > start[node]
            start[node] = np.where(moved, at, start[node])
            end[node] = np.where(moved, self._finish(node, lengths, start[node]), end[node])
            counted[node] &= ~moved
            for number, _ in self.into[node]:
                tight[number] &= ~moved

    def _ending_by(self, node: int, lengths: Minutes, latest: Minutes) -> Minutes:
        """Return the last start, *latest* or before, that ends no later on the clock than work does at that finish."""
        begins = self.hours.ends(self._finish(node, lengths, latest)) - lengths[node]
        at = np.minimum(latest, self.hours.minute(begins))
        found: Minutes = at - (self.hours.begins(at) > begins)
        return found
