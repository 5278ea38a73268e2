"""The flow of a simulation in which elements work on calendars of their own: `ltcflow.schedule.several` over arrays.

Numbers are minutes of the clock since the project began. Which nodes have a length may differ from lane to lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.limits import Bound
from ltcflow.schedule.montecarlo.flow import Limiting, Mask, Passed, Redo, longest
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.several import SeveralCalendars, Shifts

MARGIN = 2880
"""Working minutes by which the tables of shifts begin before everything else: what leads further back is no date."""


class _Clock:
    """One calendar as a `ltcflow.schedule.elapsed.WorkClock`."""

    def __init__(self, shifts: Shifts) -> None:
        self.begins, self.ends, self.minute = shifts.last, shifts.first, shifts.position


class Own:
    """The calendars of the nodes of a project, over arrays.

    Args:
        times: the same for one plan.
        least: no date is before this minute.
    """

    def __init__(self, times: SeveralCalendars, least: int) -> None:
        self.times = times
        made: dict[int, Hours] = {}

        def hours(shifts: Shifts) -> Hours:
            if id(shifts) not in made:
                made[id(shifts)] = Hours(_Clock(shifts), shifts.position(least) - MARGIN)
            return made[id(shifts)]

        self.project = hours(times.project)
        self.own = [hours(shifts) for shifts in times.own]

    def lag(self, source: int, target: int) -> Hours:
        """Return the calendar on which the lags of the links from *source* to *target* are measured."""
        if self.times.lag_calendar == "project":
            return self.project
        return self.own[source if self.times.lag_calendar == "predecessor" else target]


class OwnFlow:
    """A network through which lanes pass, each node on its own calendar.

    Args:
        nodes: numbers of the nodes in the model; links lead between their places in it.
        lags: of each link, the calendar on which its lag is measured.
        bounds: the dated constraints, on places.
        spans: places of what runs along a stage, at which no path ends.
    """

    def __init__(
        self,
        own: Own,
        nodes: Sequence[int],
        links: Sequence[MixedLink],
        lags: Sequence[Hours],
        limiting: Limiting,
        bounds: Iterable[Bound],
        spans: Mask,
    ) -> None:
        times = own.times
        self.project, self.limiting, self.spans, self.times = own.project, limiting, spans, times
        self.own = [own.own[node] for node in nodes]
        whole = len(nodes) == len(own.own)
        self.pinned = {place for place, node in enumerate(nodes) if whole and node in times.pinned}
        self.elapsed = [times.model.lengths[node].elapsed and node not in times.pinned for node in nodes]
        self.lags = lags
        self.into: list[list[tuple[int, MixedLink]]] = [[] for _ in nodes]
        self.out: list[list[tuple[int, MixedLink]]] = [[] for _ in nodes]
        for number, link in enumerate(links):
            self.into[link.target].append((number, link))
            self.out[link.source].append((number, link))
        self.starting = [b for b in bounds if b.upper is not None and not b.constraint.kind.at_finish]

    def run(self, lengths: Minutes, decided: Mapping[int, Redo]) -> Passed:
        """Return the dates of a chunk."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        for node in range(len(lengths)):
            self._forward(node, lengths, start, end, self.limiting.least[node])
            if node in decided:
                self._redo(node, decided[node], lengths, start, end)
        tight = np.zeros((len(self.lags), lengths.shape[1]), dtype=bool)
        for node in range(len(lengths)):
            for number, link in self.into[node]:
                tight[number] = self._drives(number, link, lengths, start, end)
        ends = end[~self.spans].max(axis=0)
        counted = np.repeat(~self.spans[:, None], lengths.shape[1], axis=1)
        if self.limiting.late:
            self._put_late(lengths, start, end, counted, tight)
        last = np.where(counted, end, np.iinfo(np.int64).min).max(axis=0)
        critical = longest(counted & (end == last), tight, self.into)
        return Passed(start, end, ends, np.count_nonzero(critical, axis=1))

    def last(self, lengths: Minutes, begin: Minutes) -> Minutes:
        """Return when the last node finishes."""
        start, end = np.empty_like(lengths), np.empty_like(lengths)
        for node in range(len(lengths)):
            self._forward(node, lengths, start, end, begin)
        found: Minutes = end[-1]
        return found

    def wait(self, node: int, at: Minutes, delay: Minutes, *, elapsed: bool) -> Minutes:
        """Return when *delay*, working time of its own calendar unless *elapsed*, is over that begins at *at*."""
        own = self.own[node]
        if elapsed:
            return at + delay
        return np.where(delay > 0, own.ends(own.minute(at) + delay), at)

    def until(self, bound: Bound, lengths: Minutes, most: int) -> Minutes:
        """Return the last number, of those up to *most*, at which the start of *bound*, which holds up, is kept."""
        own = self.own[bound.node]
        at = np.full(lengths.shape[1], min(self.times.floor(bound.moment), most), dtype=np.int64)
        upper = np.where(lengths[bound.node] > 0, _opening(own, at), at)
        return upper if bound.lower is None else np.maximum(upper, bound.lower)

    def _redo(self, node: int, redo: Redo, lengths: Minutes, start: Minutes, end: Minutes) -> None:
        """Decide a gate: from then on it is as long as it took in all."""
        at, own = redo(end[node]), self.own[node]
        moved = at != end[node]
        taken = at - start[node] if self.elapsed[node] else own.minute(at) - own.minute(start[node])
        lengths[node][moved] = taken[moved]
        end[node] = at

    def _forward(self, node: int, lengths: Minutes, start: Minutes, end: Minutes, least: int | Minutes) -> None:
        first = np.empty(lengths.shape[1], dtype=np.int64)
        first[:] = least
        ending: Minutes | None = None
        given = self.limiting.ends_from.get(node)
        if given is not None:
            ending = np.full_like(first, given)
        for number, link in self.into[node]:
            event = self._after(number, link, (end if link.type in ("FS", "FF") else start)[link.source])
            if link.type in ("FS", "SS"):
                np.maximum(first, event, out=first)
            else:
                ending = event if ending is None else np.maximum(ending, event)
        start[node], end[node] = self._early(node, lengths[node], first, ending)

    def _after(self, number: int, link: MixedLink, event: Minutes) -> Minutes:
        minutes, elapsed = link.lag
        if elapsed or not minutes:
            return event + minutes
        hours = self.lags[number]
        return hours.ends(hours.minute(event) + minutes)

    def _before(self, number: int, link: MixedLink, event: Minutes) -> Minutes:
        minutes, elapsed = link.lag
        if elapsed or not minutes:
            return event - minutes
        hours = self.lags[number]
        return hours.begins(hours.minute(event) - minutes)

    def _early(self, node: int, length: Minutes, start: Minutes | None, end: Minutes | None) -> tuple[Minutes, Minutes]:
        """Return the first (start, finish) of a node that may not begin before *start* nor end before *end*."""

        def pinned() -> tuple[Minutes, Minutes]:
            at = _most(start, None if end is None else end - length)
            return at, at + length

        def worked() -> tuple[Minutes, Minutes]:
            if self.elapsed[node]:
                at = _opening(own, _most(start, None if end is None else end - length))
                return at, at + length
            if start is None:
                assert end is not None
                done = own.minute(end)
                return own.begins(done - length), np.maximum(own.ends(done), end)
            position = own.minute(start)
            at, done = own.begins(position), position + length
            if end is None:
                return at, own.ends(done)
            needed = own.minute(end)
            at = np.where(needed > done, own.begins(needed - length), at)
            return at, np.maximum(own.ends(np.maximum(done, needed)), end)

        own = self.own[node]
        return _either(node in self.pinned, length, pinned, worked)

    def _late(self, node: int, length: Minutes, start: Minutes | None, end: Minutes | None) -> tuple[Minutes, Minutes]:
        """Return the last start of a node, and the last it may end, by *start* and *end* at the latest."""

        def pinned() -> tuple[Minutes, Minutes]:
            at = _least(start, None if end is None else end - length)
            return at, at + length

        def worked() -> tuple[Minutes, Minutes]:
            if self.elapsed[node]:
                at = _closing(own, _least(start, None if end is None else end - length))
                return at, at + length
            at = _least(
                None if start is None else _closing(own, start),
                None if end is None else own.begins(own.minute(end) - length),
            )
            return at, _least(end, own.begins(own.minute(at) + length))

        own = self.own[node]
        return _either(node in self.pinned, length, pinned, worked)

    def _drives(self, number: int, link: MixedLink, lengths: Minutes, start: Minutes, end: Minutes) -> Mask:
        """Say where *link* holds its target: without it, that would come earlier, or its source cannot wait for it."""
        source, target = link.source, link.target
        event = self._after(number, link, (end if link.type in ("FS", "FF") else start)[source])
        to_start = link.type in ("FS", "SS")
        bound, _ = self._early(target, lengths[target], event if to_start else None, None if to_start else event)
        same: Mask = bound == start[target]
        instants = (lengths[target] == 0) & (lengths[source] == 0)
        if instants.any():
            same = np.where(instants, self.project.minute(bound) == self.project.minute(start[target]), same)
        at = self._before(number, link, (end if link.type in ("FF", "SF") else start)[target])
        from_finish = link.type in ("FS", "FF")
        waits, _ = self._late(source, lengths[source], None if from_finish else at, at if from_finish else None)
        same |= waits == start[source]
        return same

    def _back(
        self,
        node: int,
        lengths: Minutes,
        dates: tuple[Minutes, Minutes],
        until: Minutes,
        *,
        due: bool,
    ) -> tuple[Minutes, Minutes]:
        """Return the last start and finish of a node when its successors keep *dates*."""
        start, end = until, until
        for bound in self.starting:
            if bound.node == node:
                start = np.minimum(start, self.until(bound, lengths, int(until.max())))
        for table in (self.limiting.ends_until, self.limiting.due)[: 1 + due]:
            if node in table:
                end = np.minimum(end, table[node])
        for number, link in self.out[node]:
            at = self._before(number, link, dates[link.type in ("FF", "SF")][link.target])
            if link.type in ("FS", "FF"):
                end = np.minimum(end, at)
            else:
                start = np.minimum(start, at)
        return self._late(node, lengths[node], start, end)

    def _put_late(self, lengths: Minutes, start: Minutes, end: Minutes, counted: Mask, tight: Mask) -> None:
        """Put nodes as late as nothing else moves, the last ones first; they drive nothing and end no path."""
        last, finish = end.max(axis=0), self.limiting.finish
        until = last if finish is None else np.minimum(last, finish)
        late = np.empty_like(start), np.empty_like(end)
        for node in reversed(range(len(lengths))):
            late[0][node], late[1][node] = self._back(node, lengths, late, until, due=True)
        for node in sorted(self.limiting.late, reverse=True):
            own, before = self.own[node], start[node].copy()
            at, _ = self._back(node, lengths, (start, end), last, due=False)
            at = np.minimum(at, np.maximum(late[0][node], before))
            moved = (at > before) & (own.minute(at) > own.minute(before))
            shown = self._early(node, lengths[node], np.where(moved, at, before), None)
            start[node] = np.where(moved, shown[0], before)
            end[node] = np.where(moved, shown[1], end[node])
            counted[node] &= ~moved
            for number, _ in self.into[node]:
                tight[number] &= ~moved


def _opening(own: Hours, instant: Minutes) -> Minutes:
    return own.begins(own.minute(instant))


def _closing(own: Hours, instant: Minutes) -> Minutes:
    """Return the last moment at *instant* or before at which work can begin."""
    position = own.minute(instant)
    opening = own.begins(position)
    return np.where(opening <= instant, opening, own.begins(position - 1))


def _most(one: Minutes | None, other: Minutes | None) -> Minutes:
    """Return the later of two, at least one of which is given."""
    if one is None or other is None:
        return _given(one, other)
    return np.maximum(one, other)


def _least(one: Minutes | None, other: Minutes | None) -> Minutes:
    """Return the earlier of two, at least one of which is given."""
    if one is None or other is None:
        return _given(one, other)
    return np.minimum(one, other)


def _given(one: Minutes | None, other: Minutes | None) -> Minutes:
    found = other if one is None else one
    assert found is not None, "a node is held by its start or by its finish"
    return found


def _either(
    pinned: bool,
    length: Minutes,
    instant: Callable[[], tuple[Minutes, Minutes]],
    work: Callable[[], tuple[Minutes, Minutes]],
) -> tuple[Minutes, Minutes]:
    """Return *instant* where a node is fixed or has no length, else *work*."""
    empty = length == 0
    if pinned or empty.all():
        return instant()
    if not empty.any():
        return work()
    one, other = instant(), work()
    return np.where(empty, one[0], other[0]), np.where(empty, one[1], other[1])
