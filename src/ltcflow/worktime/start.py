"""Reading a moment a person wrote: a date, a date and time, with or without an offset."""

from __future__ import annotations

from datetime import date, datetime, timezone

from ltcflow.errors import InvalidValue
from ltcflow.worktime.arithmetic import next_working
from ltcflow.worktime.calendars import Calendar
from ltcflow.worktime.named import CalendarLike, as_calendar

_LONGEST = 64
_SHORTEST = len("20260302")


def parse_start(value: str | date | datetime, calendar: CalendarLike) -> datetime:
    """Return the moment that *value* means, as an aware standard datetime in the calendar's zone.

    Args:
        value: "2026-03-02" or a date: the first working minute on or after that day; "2026-03-02T10:00" or a datetime:
            that moment, on the calendar's wall clock where it carries no offset of its own.
    Raises:
        InvalidValue: not a date or not a date and time.

    Example:
        >>> parse_start("2026-10-01", "CN").isoformat(), parse_start("2026-03-02T10:00", "CN").isoformat()
        ('2026-10-08T09:00:00+08:00', '2026-03-02T10:00:00+08:00')
        >>> parse_start("2026-03-02T10:00+01:00", "CN").isoformat()
        '2026-03-02T17:00:00+08:00'
    """
    days = as_calendar(calendar)
    moment = _read(value, days) if isinstance(value, str) else value
    if isinstance(moment, datetime):
        return _there(moment, days, value)
    if isinstance(moment, date):
        midnight = datetime(moment.year, moment.month, moment.day, tzinfo=days.zone)
        return next_working(days, midnight)
    raise _bad(value)


def _read(text: str, days: Calendar) -> date | datetime:
    import pendulum

    body = text.strip()
    if not _SHORTEST <= len(body) <= _LONGEST:
        raise _bad(text)
    try:
        moment = pendulum.parse(body, exact=True, tz=days.time_zone)
    except (ValueError, OverflowError) as error:
        raise _bad(text) from error
    if isinstance(moment, pendulum.DateTime):
        offset = moment.utcoffset()
        zone = timezone(offset) if offset is not None else days.zone
        parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond)
        return datetime(*parts, tzinfo=zone)
    if isinstance(moment, pendulum.Date):
        return date(moment.year, moment.month, moment.day)
    raise _bad(text)


def _there(moment: datetime, days: Calendar, value: object) -> datetime:
    zone = days.zone
    try:
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    except OverflowError as error:
        raise _bad(value) from error


def _bad(value: object) -> InvalidValue:
    remedy = "Write a day such as '2026-03-02' or a moment such as '2026-03-02T10:00' or '2026-03-02T10:00+08:00'."
    return InvalidValue(field="start", value=repr(value), problem="is not a date.", remedy=remedy)
