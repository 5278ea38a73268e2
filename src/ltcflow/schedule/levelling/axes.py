"""Where the nodes of one project can stand, in the numbers that its plan counts in.

With one calendar these are working minutes; where elements work on calendars of their own, minutes of the clock since
the project began. What several projects share is compared on neither, but in minutes of UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.limits import Limits
from ltcflow.schedule.model import Model
from ltcflow.schedule.several import SeveralCalendars
from ltcflow.schedule.solving import OneCalendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_FAR = 2**62


class Room(NamedTuple):
    """What links and limits leave to a node: it may not begin before *start* nor end before *end*."""

    start: int
    end: int | None


class Axis(Protocol):
    """Numbers of one project and what they mean.

    Attributes:
        clock: of the project.
    """

    clock: ProjectClock

    def room(self, number: int, start: Sequence[int], end: Sequence[int]) -> Room:
        """Return what the links of node *number* leave to it when the nodes before it stand at *start* and *end*."""
        ...

    def place(self, number: int, room: Room, at: int) -> tuple[int, int]:
        """Return the first start and finish of a node in its *room*, not before *at*."""
        ...

    def before(self, number: int, at: int) -> int:
        """Return the last start before *at*."""
        ...

    def ending_by(self, number: int, minute: int) -> int:
        """Return the last start with which a node ends by *minute* of UTC."""
        ...

    def span(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return a start and a finish of a node in minutes of UTC."""
        ...

    def number(self, minute: int) -> int:
        """Return the first number at *minute* of UTC or later."""
        ...

    def working(self, number: int) -> int:
        """Return a number in working minutes of the project's calendar."""
        ...


class OnMinutes:
    """Working minutes of the one calendar of a project."""

    def __init__(self, times: OneCalendar, limits: Limits) -> None:
        self.times, self.clock, self.steps, self.model = times, times.clock, times.steps, times.model
        self.zero = utc_minute(self.clock.origin)
        self.into = _into(self.model)
        self._begins: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._numbers: dict[int, int] = {}
        self.least = [*self.model.not_before]
        for table in (self.model.ends_from, limits.ends_from):
            for number, at in table.items():
                self.least[number] = max(self.least[number], self.steps.earliest_start(number, at))
        for number, at in limits.starts_from.items():
            self.least[number] = max(self.least[number], at)

    def room(self, number: int, start: Sequence[int], end: Sequence[int]) -> Room:
        """Return what the links of a node leave to it; its finish follows from its start."""
        bounds = (self.steps.bound(link, start, end) for link in self.into[number])
        return Room(max([self.least[number], *bounds]), None)

    def place(self, number: int, room: Room, at: int) -> tuple[int, int]:
        """Return the first start and finish in *room*, not before *at*."""
        start = max(room.start, at)
        return start, self.steps.finish(number, start)

    def before(self, number: int, at: int) -> int:
        """Return the minute before."""
        return at - 1

    def ending_by(self, number: int, minute: int) -> int:
        """Return the last start with which a node ends by *minute* of UTC."""
        length, instant = self.model.lengths[number], minute - self.zero
        if not length.elapsed:
            return self.clock.minute(instant) - length.minutes
        start = self.clock.minute(instant - length.minutes)
        while self.clock.begins(start) > instant - length.minutes:
            start -= 1
        return start

    def span(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return when work begins and ends, in minutes of UTC."""
        length, begin = self.model.lengths[number], self._begins.get(start)
        if begin is None:
            begin = self._begins[start] = self.zero + self.clock.begins(start)
        if length.elapsed:
            return begin, begin + length.minutes
        until = self._ends.get(end)
        if until is None:
            until = self._ends[end] = self.zero + self.clock.ends(end)
        return begin, until

    def number(self, minute: int) -> int:
        """Return the first working minute that begins at *minute* of UTC or later."""
        found = self._numbers.get(minute)
        if found is None:
            found = self._numbers[minute] = self.clock.minute(minute - self.zero)
        return found

    def working(self, number: int) -> int:
        """Return the number itself."""
        return number


class OnInstants:
    """Minutes of the clock of a project whose elements work on calendars of their own."""

    def __init__(self, times: SeveralCalendars, limits: Limits) -> None:
        self.times, self.model, self.limits, self.clock = times, times.model, limits, times.clock
        self.zero = utc_minute(times.clock.origin)
        self.into = _into(self.model)

    def room(self, number: int, start: Sequence[int], end: Sequence[int]) -> Room:
        """Return what the links of a node leave to it."""
        tables = (self.model.ends_from, self.limits.ends_from)
        starts = [self.model.not_before[number], *_of(self.limits.starts_from, number)]
        ends = [at for table in tables for at in _of(table, number)]
        for link in self.into[number]:
            event = self.times.after(link, (end if link.type in ("FS", "FF") else start)[link.source])
            (starts if link.type in ("FS", "SS") else ends).append(event)
        return Room(max(starts), max(ends, default=None))

    def place(self, number: int, room: Room, at: int) -> tuple[int, int]:
        """Return the first start and finish in *room*, not before *at*, on the calendar of the node."""
        return self.times.early(number, max(room.start, at), -_FAR if room.end is None else room.end)

    def before(self, number: int, at: int) -> int:
        """Return the last start before *at* at which the node could work."""
        return self.times.own[number].closing(at - 1)

    def ending_by(self, number: int, minute: int) -> int:
        """Return the last start with which a node ends by *minute* of UTC."""
        return self.times.late(number, _FAR, minute - self.zero)[0]

    def span(self, number: int, start: int, end: int) -> tuple[int, int]:
        """Return *start* and *end* in minutes of UTC."""
        return self.zero + start, self.zero + end

    def number(self, minute: int) -> int:
        """Return the minute of the clock."""
        return minute - self.zero

    def working(self, number: int) -> int:
        """Return the working minutes of the project's calendar done at that minute."""
        return self.times.project.position(number)


def axis_of(times: OneCalendar | SeveralCalendars, limits: Limits) -> Axis:
    """Return the axis that a project was planned on."""
    return OnMinutes(times, limits) if isinstance(times, OneCalendar) else OnInstants(times, limits)


def utc_minute(moment: datetime) -> int:
    """Return the whole minutes of UTC to *moment*."""
    return (moment.astimezone(UTC) - _EPOCH) // _MINUTE


def moment_of(minute: int, clock: ProjectClock) -> datetime:
    """Return *minute* of UTC on the wall clock of a project."""
    return clock.local(_EPOCH + minute * _MINUTE)


def _into(model: Model) -> list[list[MixedLink]]:
    into: list[list[MixedLink]] = [[] for _ in model.nodes]
    for link in model.links:
        into[link.target].append(link)
    return into


def _of(table: Mapping[int, int], number: int) -> list[int]:
    return [table[number]] if number in table else []
