"""Arithmetic on working time: adding minutes, minutes between, the nearest working minute.

An instant is worked when the wall clock of the calendar's zone shows, on a worked date, a minute inside a shift (or on
the day after it, for a shift over midnight). So a night in which the clock is put forward has one hour less of a night
shift, and the repeated hour is worked twice: elapsed time is exact.

A position counts the working time from a fixed moment. Between two shifts the position stands still, so a position
belongs to two instants: the end of the shift before (where a finish lands: Friday 18:00) and the beginning of the shift
after (where a start lands: Monday 09:00), as planning tools show them.

Each operation is a look-up in prefix sums: of years, then of the worked stretches of one year. It does not grow with
the distance, once the years are there. For arrays see `ltcflow.worktime.many`.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.worktime.calendars import Calendar
from ltcflow.worktime.duration import DurationLike, as_duration
from ltcflow.worktime.spans import EPOCH, FIRST, LAST, MINUTE, ONE
from ltcflow.worktime.table import Table, table_of


def split(calendar: Calendar, t: datetime) -> tuple[Table, int, int]:
    """Return the table of *calendar*, the instant *t* in microseconds since 1970, and its year in UTC.

    Raises:
        InvalidValue: *t* has no time zone.
        OutsideTime: it lies outside the years 1 to 9999, of UTC or of the calendar's zone.
    """
    if not isinstance(t, datetime) or t.tzinfo is None or t.utcoffset() is None:
        remedy = "Give it a time zone, or read it with parse_start, which takes the calendar's."
        raise InvalidValue(field="time", value=repr(t), problem="has no time zone.", remedy=remedy)
    table = table_of(calendar)
    try:
        at, year = (t - EPOCH) // ONE, t.astimezone(UTC).year
    except OverflowError as error:
        raise table.outside() from error
    if not FIRST < year < LAST:
        instant(table, at)
    return table, at, year


def instant(table: Table, at: int) -> datetime:
    """Return the moment of *at* on the wall clock of the table's zone (OutsideTime where it shows none)."""
    try:
        return (EPOCH + at * ONE).astimezone(table.zone)
    except OverflowError as error:
        raise table.outside() from error


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """Return the instant at which *minutes* of working time after *start* have been done.

    A positive answer is the earliest such instant (Friday 18:00, not Monday 09:00), a negative one counts back to the
    latest (Monday 09:00), and 0 returns *start* itself. So ``add(add(t, a), b) == add(t, a + b)`` for a and b of one
    sign.

    Returns:
        An aware datetime in the calendar's zone.
    Raises:
        InvalidValue: *start* has no time zone.
        OutsideTime: the answer lies outside the years 1 to 9999, or the calendar has no working time there.
    Cost: O(1) amortised: two bisections among the some 500 stretches of one year, about 3 us. A year costs 1 ms the
        first time, far years (before 1800, after 2100) about 1 us.

    Example:
        >>> from ltcflow.worktime import calendar, parse_start
        >>> friday = parse_start("2026-03-06T17:00", calendar("weekdays"))
        >>> add_minutes(calendar("weekdays"), friday, 60).isoformat()
        '2026-03-06T18:00:00+00:00'
        >>> add_minutes(calendar("weekdays"), friday, 61).isoformat()
        '2026-03-09T09:01:00+00:00'
    """
    table, at, year = split(calendar, start)
    if minutes == 0:
        return instant(table, at)
    goal = table.position(at, year) + minutes * MINUTE
    return instant(table, table.earliest(goal) if minutes > 0 else table.latest(goal))


@attrs.frozen(kw_only=True)
class Reached:
    """Where an addition led, and whether it can be trusted.

    Attributes:
        moment: as `add_minutes` returns it.
        unpublished: years on the way whose holidays and make-up working days are not published: the moment may move.
    """

    moment: datetime
    unpublished: tuple[int, ...] = ()

    @property
    def certain(self) -> bool:
        """True when every year on the way is published."""
        return not self.unpublished


def reach(calendar: Calendar, start: datetime, duration: DurationLike) -> Reached:
    """Return the moment a *duration* of work after *start*, with the years that make it uncertain.

    Args:
        duration: working time, or elapsed time (``36eh``), which counts on the clock; negative ones count back.
    Raises:
        As `add_minutes`; InvalidValue too where *duration* is none.

    Example:
        >>> from ltcflow.worktime import calendar, parse_start
        >>> soon = reach(calendar("CN"), parse_start("2026-09-28", "CN"), "8d")
        >>> soon.moment.isoformat(), soon.certain
        ('2026-10-13T18:00:00+08:00', True)
        >>> reach(calendar("CN"), soon.moment, "3000d").unpublished[-1]
        2038
    """
    length = as_duration(duration)
    if length.elapsed:
        table, at, _ = split(calendar, start)
        moment = instant(table, at + length.minutes * MINUTE)
    else:
        moment = add_minutes(calendar, start, length.minutes)
    return Reached(moment=moment, unpublished=calendar.unpublished(start, moment))


def minutes_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the whole working minutes from *start* to *end*, negative when *end* is earlier.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> friday, monday = datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
        >>> minutes_between(calendar("weekdays"), friday, monday)
        120
    """
    table, first, first_year = split(calendar, start)
    _, last, last_year = split(calendar, end)
    work = table.position(last, last_year) - table.position(first, first_year)
    return work // MINUTE if work >= 0 else -(-work // MINUTE)


def next_working(calendar: Calendar, t: datetime) -> datetime:
    """Return *t* when work can begin then, else the beginning of the next shift.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> next_working(calendar("weekdays"), datetime(2026, 3, 6, 18, tzinfo=UTC)).isoformat()
        '2026-03-09T09:00:00+00:00'
    """
    table, at, year = split(calendar, t)
    return instant(table, table.latest(table.position(at, year)))


def previous_working(calendar: Calendar, t: datetime) -> datetime:
    """Return *t* when work can end then, else the end of the shift before.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow.worktime import calendar
        >>> previous_working(calendar("weekdays"), datetime(2026, 3, 9, 9, tzinfo=UTC)).isoformat()
        '2026-03-06T18:00:00+00:00'
    """
    table, at, year = split(calendar, t)
    return instant(table, table.earliest(table.position(at, year)))


def is_working(calendar: Calendar, t: datetime) -> bool:
    """Say whether *t* is inside a shift; its first instant is, the instant of its end is not."""
    table, at, year = split(calendar, t)
    row = table.year(year)
    i = bisect_right(row.starts, at) - 1
    return i >= 0 and at < row.ends[i]
