"""The critical path method where elements work on calendars of their own: instants instead of working minutes.

Numbers are minutes of the clock since the project began. A node has a start S and a finish E; its length counts on its
own calendar, a lag on that of its predecessor, of its successor or of the project. Work begins at the beginning of a
shift and ends at the end of one. Every step is a monotone function of instants, so a forward pass of maxima gives the
early dates; the backward pass takes the exact adjoint of each step (the last instant from which it does not lead beyond
a given one) and gives the late dates (the argument of generalised precedence relations with calendars: Zhan 1992;
Franck, Neumann and Schwindt 2001).

Where all calendars are one, the answers are those of `ltcflow.schedule.cpm`, minute for minute. Total and free float
are working minutes of the project's calendar between two starts; what is critical is found by driving links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ltcflow.names import ElementId
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.cpm import Schedule
from ltcflow.schedule.elapsed import Length, MixedLink
from ltcflow.schedule.limits import NO_LIMITS, Limits
from ltcflow.schedule.model import Instants, Model, Solved
from ltcflow.worktime import Calendar
from ltcflow.worktime.arithmetic import split
from ltcflow.worktime.spans import EPOCH, MINUTE, ONE

_MINUTE = timedelta(minutes=1)
_NEVER = -(2**62)
_FAR = 2**62


class Shifts:
    """One calendar over instants: positions are its working minutes since a fixed moment."""

    def __init__(self, calendar: Calendar, origin: datetime) -> None:
        self.calendar = calendar
        self.table, self.zero, year = split(calendar, origin)
        self.base = self.table.position(self.zero, year)
        self._position: dict[int, int] = {}
        self._last: dict[int, int] = {}

    def position(self, instant: int) -> int:
        """Return the working minutes done at *instant*."""
        found = self._position.get(instant)
        if found is None:
            at = self.zero + instant * MINUTE
            try:
                year = (EPOCH + at * ONE).year
            except OverflowError as error:
                raise self.table.outside() from error
            found = self._position[instant] = (self.table.position(at, year) - self.base) // MINUTE
        return found

    def first(self, position: int) -> int:
        """Return the first instant at which *position* is reached: the end of that work."""
        return (self.table.earliest(self.base + position * MINUTE) - self.zero) // MINUTE

    def last(self, position: int) -> int:
        """Return the last instant at *position*: where work that follows begins."""
        found = self._last.get(position)
        if found is None:
            at = self.table.latest(self.base + position * MINUTE)
            found = self._last[position] = (at - self.zero) // MINUTE
        return found

    def opening(self, instant: int) -> int:
        """Return when work can begin at *instant* or later."""
        return self.last(self.position(instant))

    def closing(self, instant: int) -> int:
        """Return the last moment at *instant* or before at which work can begin."""
        position = self.position(instant)
        opening = self.last(position)
        return opening if opening <= instant else self.last(position - 1)


class SeveralCalendars:
    """Times of a project in which elements have calendars of their own: numbers are minutes of the clock.

    Args:
        own: calendars by element; the others work on the project's.
        lag_calendar: on which working lags are measured.
    """

    def __init__(self, model: Model, clock: ProjectClock, own: Mapping[ElementId, Calendar], lag_calendar: str) -> None:
        self.model, self.clock, self.lag_calendar = model, clock, lag_calendar
        made: dict[Calendar, Shifts] = {}

        def shifts(calendar: Calendar) -> Shifts:
            if calendar not in made:
                made[calendar] = Shifts(calendar, clock.origin)
            return made[calendar]

        self.project = shifts(clock.calendar)
        self.own = [shifts(own.get(node.id, clock.calendar)) for node in model.nodes]
        self.pinned: set[int] = set()

    def ceil(self, moment: datetime, /) -> int:
        """Return the first minute of the clock at *moment* or later."""
        return -((self.clock.origin.astimezone(UTC) - moment.astimezone(UTC)) // _MINUTE)

    def floor(self, moment: datetime, /) -> int:
        """Return the minute of the clock at *moment*."""
        return self.clock.instant(moment)

    def start_by(self, number: int, moment: datetime, /) -> int:
        """Return the last start that is not later than *moment* in the working time of node *number*."""
        at = self.floor(moment)
        return self.own[number].opening(at) if self.model.lengths[number].minutes else at

    def pin(self, number: int, start: int | None, finish: int) -> None:
        """Fix a node that is done; where its start is not known, it is counted back."""
        minutes, elapsed = self.model.lengths[number]
        if start is None:
            own = self.own[number]
            start = finish if elapsed or not minutes else own.last(own.position(finish) - minutes)
        self.model.not_before[number] = min(start, finish)
        self.model.lengths[number] = Length(finish - min(start, finish), True)
        self.pinned.add(number)

    def worked(self, number: int, began: datetime, until: datetime) -> int:
        """Return the minutes of its own kind that node *number* has behind it."""
        own = self.own[number]
        if self.model.lengths[number].elapsed:
            return own.opening(self.ceil(until)) - self.floor(began)
        return own.position(self.floor(until)) - own.position(self.floor(began))

    def after_start(self, link: MixedLink, start: int) -> int:
        """Return the event that *link* asks for when its source began at *start*."""
        return self.after(link, start)

    def latest_opening(self, solved: Solved, number: int) -> int:
        """Return the working minute at which the project can begin so that node *number* begins at its latest."""
        late = solved.instants.late[number][0] if solved.instants else 0
        return self.project.position(self.project.closing(late))

    def after(self, link: MixedLink, event: int) -> int:
        """Return the first instant that *link* allows the event of its target, that of its source being at *event*."""
        minutes, elapsed = link.lag
        if elapsed or not minutes:
            return event + minutes
        shifts = self._lag(link)
        return shifts.first(shifts.position(event) + minutes)

    def before(self, link: MixedLink, event: int) -> int:
        """Return the last instant of the source's event from which `after` leads to *event* or earlier."""
        minutes, elapsed = link.lag
        if elapsed or not minutes:
            return event - minutes
        shifts = self._lag(link)
        return shifts.last(shifts.position(event) - minutes)

    def _lag(self, link: MixedLink) -> Shifts:
        if self.lag_calendar == "project":
            return self.project
        return self.own[link.source if self.lag_calendar == "predecessor" else link.target]

    def early(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return the first (start, finish) of a node that may not begin before *start* nor end before *end*."""
        minutes, elapsed = self.model.lengths[number]
        own = self.own[number]
        if not minutes or number in self.pinned:
            at = max(start, end - minutes)
            return at, at + minutes
        if elapsed:
            at = own.opening(max(start, end - minutes))
            return at, at + minutes
        at = own.opening(start) if start > _NEVER else _NEVER
        done = own.position(at) + minutes if start > _NEVER else _NEVER
        if end > _NEVER and own.position(end) > done:
            done = own.position(end)
            at = own.last(done - minutes)
        return at, max(own.first(done), end)

    def late(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return the last start of a node, and the last instant it may end, by *start* and *end* at the latest."""
        minutes, elapsed = self.model.lengths[number]
        own = self.own[number]
        if not minutes or number in self.pinned:
            at = min(start, end - minutes)
            return at, at + minutes
        if elapsed:
            at = own.closing(min(start, end - minutes))
            return at, at + minutes
        at = _FAR if start == _FAR else own.closing(start)
        at = at if end == _FAR else min(at, own.last(own.position(end) - minutes))
        return at, min(end, own.last(own.position(at) + minutes))

    def between(self, start: int, end: int) -> int:
        """Return the working minutes of the project's calendar from *start* to *end*."""
        return self.project.position(end) - self.project.position(start)

    def solve(self, limits: Limits = NO_LIMITS) -> Solved:
        """Return early and late dates of every node, and what drives it; spans nothing follows are dated last."""
        return _Passes(self, limits).solve()


class _Passes:
    """The passes over one model under some limits."""

    def __init__(self, times: SeveralCalendars, limits: Limits) -> None:
        self.times, self.model, self.limits = times, times.model, limits
        self.loose = self.model.loose()
        count = len(self.model.nodes)
        self.incoming: list[list[MixedLink]] = [[] for _ in range(count)]
        self.outgoing: list[list[MixedLink]] = [[] for _ in range(count)]
        for link in self.model.links:
            self.incoming[link.target].append(link)
            if link.target not in self.loose:
                self.outgoing[link.source].append(link)
        self.dates: list[tuple[int, int]] = [(0, 0)] * count
        self.drivers: list[list[int]] = [[] for _ in range(count)]

    def solve(self) -> Solved:
        count = range(len(self.dates))
        held = [number for number in count if number not in self.loose]
        for number in held:
            self._forward(number)
        for number in held:
            self._find_drivers(number)
        last = max((self.dates[number][1] for number in held), default=0)
        until = last if self.limits.finish is None else self.limits.finish
        late: list[tuple[int, int]] = [(until, until)] * len(self.dates)
        for number in reversed(count):
            late[number] = self._back(number, late, until, hard=True, due=True)
        shifted = self._put_late(late, last)
        free = [self._back(number, self.dates, last, hard=True)[0] for number in count]
        for number in sorted(self.loose):
            self._forward(number)
            self._find_drivers(number)
            late[number], free[number] = self.dates[number], self.dates[number][0]
        return self._solved(late, free, shifted, until)

    def _forward(self, number: int) -> None:
        limits, model = self.limits, self.model
        start = 0 if number in self.loose else model.not_before[number]
        start = max(model.not_before[number], limits.starts_from.get(number, start))
        end = max(model.ends_from.get(number, _NEVER), limits.ends_from.get(number, _NEVER))
        for link, event in self._events(number):
            if link.type in ("FS", "SS"):
                start = max(start, event)
            else:
                end = max(end, event)
        self.dates[number] = self.times.early(number, start, end)

    def _events(self, number: int) -> list[tuple[MixedLink, int]]:
        """Return the links into a node and the first instants that they allow it."""
        return [
            (link, self.times.after(link, self.dates[link.source][link.type in ("FS", "FF")]))
            for link in self.incoming[number]
        ]

    def _find_drivers(self, number: int) -> None:
        """Note the sources that hold a node: without them it would come earlier, or they cannot wait for it.

        Nodes without length count as at one moment when the project's calendar has no work between them.
        """
        start, _ = self.dates[number]
        found: dict[int, None] = {}
        for link, event in self._events(number):
            to_start = link.type in ("FS", "SS")
            bound = self.times.early(number, event if to_start else _NEVER, _NEVER if to_start else event)
            source = link.source
            instants = not (self.model.lengths[number].minutes or self.model.lengths[source].minutes)
            same = self.times.between(bound[0], start) == 0 if instants else bound[0] == start
            if same or self._waits(link) == self.dates[source][0]:
                found[source] = None
        self.drivers[number] = list(found)

    def _waits(self, link: MixedLink) -> int:
        """Return the last start of the source of *link* that does not move its target."""
        at = self.times.before(link, self.dates[link.target][link.type in ("FF", "SF")])
        ends = link.type in ("FS", "FF")
        return self.times.late(link.source, _FAR if ends else at, at if ends else _FAR)[0]

    def _back(
        self, number: int, dates: Sequence[tuple[int, int]], until: int, *, hard: bool, due: bool = False
    ) -> tuple[int, int]:
        """Return the last start and finish of a node when its successors keep *dates*."""
        limits, start, end = self.limits, until, until
        if hard:
            start = min(start, limits.starts_until.get(number, start))
            end = min(end, limits.ends_until.get(number, end))
        if due:
            end = min(end, limits.due.get(number, end))
        for link in self.outgoing[number]:
            event = self.times.before(link, dates[link.target][link.type in ("FF", "SF")])
            if link.type in ("FS", "FF"):
                end = min(end, event)
            else:
                start = min(start, event)
        return self.times.late(number, start, end)

    def _put_late(self, late: Sequence[tuple[int, int]], last: int) -> frozenset[int]:
        shifted = set()
        for number in sorted(self.limits.late, reverse=True):
            start = self.dates[number][0]
            at = min(self._back(number, self.dates, last, hard=True)[0], max(late[number][0], start))
            own = self.times.own[number]
            if at > start and own.position(at) > own.position(start):
                self.dates[number] = self.times.early(number, at, _NEVER)
                self.drivers[number] = []
                shifted.add(number)
        return frozenset(shifted)

    def _solved(self, late: list[tuple[int, int]], free: list[int], shifted: frozenset[int], until: int) -> Solved:
        times, position = self.times, self.times.project.position
        shown = [
            (start, times.early(number, start, _NEVER)[1] if self.model.lengths[number].minutes else end)
            for number, (start, end) in enumerate(late)
        ]
        starts = [start for start, _ in self.dates]
        schedule = Schedule(
            [position(start) for start, _ in self.dates],
            [position(end) for _, end in self.dates],
            [position(start) for start, _ in shown],
            [position(end) for _, end in shown],
            [times.between(start, at) for start, (at, _) in zip(starts, late, strict=True)],
            [times.between(start, at) for start, at in zip(starts, free, strict=True)],
            position(until),
        )
        lengths = [*self.model.lengths]
        for number in times.pinned:
            own = times.own[number]
            start, end = self.dates[number]
            lengths[number] = Length(own.position(end) - own.position(start))
        return Solved(schedule, self.drivers, Instants(self.dates, shown), shifted, lengths)
