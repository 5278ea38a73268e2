"""Arithmetic on working time: adding minutes, minutes between, the nearest working minute.

An instant is worked when the wall clock of the calendar's zone shows, on a worked date, a minute inside a shift. So a
night in which the clock is put forward has one hour less of a night shift, and the repeated hour is worked twice:
elapsed time is exact.

A position counts the working time from a fixed moment. Between two shifts the position stands still, so a position
belongs to two instants: the end of the shift before (where a finish lands: Friday 18:00) and the beginning of the shift
after (where a start lands: Monday 09:00), as planning tools show them.

Days become intervals one year at a time, when a year is first asked for; within a year a position is found by
bisection over prefix sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ltcflow.errors import InvalidValue
from ltcflow.worktime.calendars import Calendar, OutsideTime, Shift

_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_ONE = timedelta(microseconds=1)
_FIRST, _LAST = 1, 9999
_LAST_ORDINAL = date.max.toordinal()
_YEARS_KEPT = 64


class _Year(NamedTuple):
    """The worked intervals of one local year, in microseconds since 1970 UTC, and the work done before each end."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    after: list[int]


class _Table:
    """The intervals of one calendar; years are made when asked for, the last 64 are kept."""

    def __init__(self, calendar: Calendar) -> None:
        self.name = calendar.id
        self.zone = calendar.zone
        self.hours = calendar.hours
        self.make_up = calendar.make_up_shifts
        self.free = frozenset(d.toordinal() for d in calendar.holidays)
        self.worked = frozenset(d.toordinal() for d in calendar.working_days)
        self.years: dict[int, _Year] = {}
        self.eventful = frozenset(d.year for d in (*calendar.holidays, *calendar.working_days))
        self.plain: dict[tuple[int, bool], int] = {}
        self.upto: dict[int, int] = {}
        self.low = self.high = 0
        per_day = max(sum(e - s for s, e in day) for day in (*self.hours, self.make_up))
        self.most = 2 * per_day * _MINUTE * 366 * (_LAST + 1)

    def year(self, year: int) -> _Year:
        found = self.years.get(year)
        if found is None:
            if not _FIRST <= year <= _LAST:
                raise OutsideTime(calendar=self.name, problem="the date lies outside the years 1 to 9999.")
            if len(self.years) >= _YEARS_KEPT:
                del self.years[next(iter(self.years))]
            found = self.years[year] = _intervals(self, year)
        return found

    def work_before(self, year: int) -> int:
        """Return the position of the beginning of *year*; the first year ever asked for begins at 0."""
        if not self.upto:
            self.upto[year] = 0
            self.low = self.high = year
        while self.high < year:
            self.upto[self.high + 1] = self.upto[self.high] + self._work_in(self.high)
            self.high += 1
        while self.low > year:
            self.upto[self.low - 1] = self.upto[self.low] - self._work_in(self.low - 1)
            self.low -= 1
        return self.upto[year]

    def _work_in(self, year: int) -> int:
        """Return the working time of *year*; years without events and changes of the clock differ only in weekdays."""
        if year in self.years or year in self.eventful or not _FIRST <= year <= _LAST:
            after = self.year(year).after
            return after[-1] if after else 0
        first, next_first = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
        if len({_offset_of_day(self.zone, day) for day in range(first - 1, next_first + 2)}) > 1:
            after = _intervals(self, year).after
            return after[-1] if after else 0
        kind = (first % 7, next_first - first == 366)
        if kind not in self.plain:
            after = _intervals(self, year).after
            self.plain[kind] = after[-1] if after else 0
        return self.plain[kind]

    def position(self, at: int, year: int) -> int:
        table = self.year(year)
        i = bisect_right(table.starts, at) - 1
        done = 0 if i < 0 else table.before[i] + min(at, table.ends[i]) - table.starts[i]
        return self.work_before(year) + done

    def earliest(self, position: int, year: int) -> int:
        """Return the first instant at which *position* is reached (an end of work); *year* is where to look first."""
        year = self._year_of(position, year, ending=True)
        table, done = self.year(year), position - self.work_before(year)
        i = bisect_left(table.after, done)
        return table.starts[i] + done - table.before[i]

    def latest(self, position: int, year: int) -> int:
        """Return the last instant at which *position* holds (a beginning of work)."""
        year = self._year_of(position, year, ending=False)
        table, done = self.year(year), position - self.work_before(year)
        i = bisect_right(table.after, done)
        return table.starts[i] + done - table.before[i]

    def _year_of(self, position: int, year: int, *, ending: bool) -> int:
        if abs(position) > self.most:
            raise OutsideTime(calendar=self.name, problem="the date lies outside the years 1 to 9999.")
        shift = 1 if ending else 0
        while self.work_before(year) > position - shift:
            year -= 1
        while self.work_before(year + 1) <= position - shift:
            year += 1
        return year


def _intervals(table: _Table, year: int) -> _Year:
    out = _Year([], [], [], [])
    zone, first, stop = table.zone, date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
    offsets = [_offset_of_day(zone, day) for day in range(first - 1, stop + 2)]
    done = 0
    for day, before, offset, after, later in zip(
        range(first, stop), offsets, offsets[1:], offsets[2:], offsets[3:], strict=False
    ):
        usual = table.hours[(day + 6) % 7]
        shifts = (usual or table.make_up) if day in table.worked else () if day in table.free else usual
        midnight = (day - _EPOCH_ORDINAL) * _DAY
        if before == offset == after == later:
            base = midnight - offset
            spans = [(base + s * _MINUTE, base + e * _MINUTE) for s, e in shifts]
        else:
            spans = _across_a_change(zone, midnight, shifts)
        for start, end in spans:
            out.starts.append(start)
            out.ends.append(end)
            out.before.append(done)
            done += end - start
            out.after.append(done)
    return out


def _offset_of_day(zone: ZoneInfo, day: int) -> int:
    """Return the offset from UTC at midnight of ordinal *day*, before a change of the clock at that very moment."""
    midnight = datetime.fromordinal(min(max(day, 1), _LAST_ORDINAL))
    return (zone.utcoffset(midnight) or timedelta()) // _ONE


def _across_a_change(zone: ZoneInfo, midnight: int, shifts: tuple[Shift, ...]) -> list[tuple[int, int]]:
    """Return the instants of *shifts* on a day near a change of the clock: each stretch of one offset by itself."""
    spans: list[tuple[int, int]] = []
    for low, high, offset in _stretches(zone, midnight - 26 * 60 * _MINUTE, midnight + 50 * 60 * _MINUTE):
        for s, e in shifts:
            start = max(low, midnight + s * _MINUTE - offset)
            end = min(high, midnight + e * _MINUTE - offset)
            if start < end:
                spans.append((start, end))
    return sorted(spans)


def _stretches(zone: ZoneInfo, low: int, high: int) -> list[tuple[int, int, int]]:
    """Return (from, to, offset) for the stretches of constant offset between two instants."""
    out: list[tuple[int, int, int]] = []
    start, offset, at = low, _offset_at(zone, low), low
    while at < high:
        after = min(at + 60 * _MINUTE, high)
        changed = _offset_at(zone, after)
        if changed != offset:
            left, right = at, after
            while right - left > 1_000_000:
                middle = (left + right) // 2_000_000 * 1_000_000
                left, right = (middle, right) if _offset_at(zone, middle) == offset else (left, middle)
            out.append((start, right, offset))
            start, offset = right, changed
        at = after
    out.append((start, high, offset))
    return out


def _offset_at(zone: ZoneInfo, at: int) -> int:
    there = (_EPOCH + at * _ONE).astimezone(zone)
    return (there.utcoffset() or timedelta()) // _ONE


@lru_cache(maxsize=64)
def _table(calendar: Calendar) -> _Table:
    return _Table(calendar)


def _split(calendar: Calendar, t: datetime) -> tuple[_Table, int, int]:
    if not isinstance(t, datetime) or t.tzinfo is None or t.utcoffset() is None:
        remedy = "Give it a time zone, or read it with parse_start, which takes the calendar's."
        raise InvalidValue(field="time", value=repr(t), problem="has no time zone.", remedy=remedy)
    table = _table(calendar)
    try:
        return table, (t - _EPOCH) // _ONE, t.astimezone(table.zone).year
    except OverflowError as error:
        raise OutsideTime(calendar=calendar.id, problem="the date lies outside the years 1 to 9999.") from error


def _instant(table: _Table, at: int) -> datetime:
    try:
        return (_EPOCH + at * _ONE).astimezone(table.zone)
    except OverflowError as error:
        raise OutsideTime(calendar=table.name, problem="the date lies outside the years 1 to 9999.") from error


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """Return the instant at which *minutes* of working time after *start* have been done.

    A positive answer is the earliest such instant (Friday 18:00, not Monday 09:00), a negative one counts back to the
    latest (Monday 09:00), and 0 returns *start* itself. So ``add(add(t, a), b) == add(t, a + b)`` for a and b of one
    sign.

    Returns:
        An aware datetime in the calendar's zone.
    Raises:
        InvalidValue: *start* has no time zone.
        OutsideTime: the answer lies outside the years 1 to 9999.
    Cost: O(log n) in the intervals of a year; O(years) the first time a year is reached.

    Example:
        >>> from ltcflow.worktime import calendar, parse_start
        >>> friday = parse_start("2026-03-06T17:00", calendar("weekdays"))
        >>> add_minutes(calendar("weekdays"), friday, 60).isoformat()
        '2026-03-06T18:00:00+00:00'
        >>> add_minutes(calendar("weekdays"), friday, 61).isoformat()
        '2026-03-09T09:01:00+00:00'
    """
    table, at, year = _split(calendar, start)
    if minutes == 0:
        return _instant(table, at)
    goal = table.position(at, year) + minutes * _MINUTE
    return _instant(table, table.earliest(goal, year) if minutes > 0 else table.latest(goal, year))


def minutes_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the whole working minutes from *start* to *end*, negative when *end* is earlier.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> friday, monday = datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
        >>> minutes_between(calendar("weekdays"), friday, monday)
        120
    """
    table, first, first_year = _split(calendar, start)
    _, last, last_year = _split(calendar, end)
    work = table.position(last, last_year) - table.position(first, first_year)
    return work // _MINUTE if work >= 0 else -(-work // _MINUTE)


def next_working(calendar: Calendar, t: datetime) -> datetime:
    """Return *t* when work can begin then, else the beginning of the next shift.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> next_working(calendar("weekdays"), datetime(2026, 3, 6, 18, tzinfo=UTC)).isoformat()
        '2026-03-09T09:00:00+00:00'
    """
    table, at, year = _split(calendar, t)
    return _instant(table, table.latest(table.position(at, year), year))


def previous_working(calendar: Calendar, t: datetime) -> datetime:
    """Return *t* when work can end then, else the end of the shift before.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> previous_working(calendar("weekdays"), datetime(2026, 3, 9, 9, tzinfo=UTC)).isoformat()
        '2026-03-06T18:00:00+00:00'
    """
    table, at, year = _split(calendar, t)
    return _instant(table, table.earliest(table.position(at, year), year))


def is_working(calendar: Calendar, t: datetime) -> bool:
    """Say whether *t* is inside a shift; its first instant is, the instant of its end is not."""
    table, at, year = _split(calendar, t)
    row = table.year(year)
    i = bisect_right(row.starts, at) - 1
    return i >= 0 and at < row.ends[i]
