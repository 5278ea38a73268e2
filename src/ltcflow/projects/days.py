"""Days of a project: those of its time zone, which never go back while time goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_ZONED = lru_cache(maxsize=64)(ZoneInfo)
_DAY = timedelta(days=1)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def begins(day: date, zone: str = "UTC") -> datetime:
    """Return the moment, in UTC, at which *day* begins in *zone*: its midnight, the first time the wall clock shows it.

    Example:
        >>> begins(date(2026, 3, 2), "Asia/Shanghai").isoformat()
        '2026-03-01T16:00:00+00:00'
    """
    try:
        return datetime(day.year, day.month, day.day, tzinfo=_ZONED(zone)).astimezone(UTC)
    except OverflowError:  # the first or last hours of time
        return _FIRST if day.year == 1 else _LAST


def ends(day: date, zone: str = "UTC") -> datetime:
    """Return the moment, in UTC, at which *day* is over in *zone*: from then on its date is past."""
    return begins(day + _DAY, zone) if day < date.max else _LAST


def day(at: datetime, zone: str = "UTC") -> date:
    """Return the day in *zone* that *at* belongs to: the last one that has begun.

    So it never goes back, not even where the clock is put back over midnight and the wall shows the old date again.

    Example:
        >>> day(datetime(2026, 3, 1, 16, tzinfo=UTC), "Asia/Shanghai"), day(datetime(2026, 3, 1, 16, tzinfo=UTC))
        (datetime.date(2026, 3, 2), datetime.date(2026, 3, 1))
        >>> before, after = datetime(2006, 10, 29, 2, 30, tzinfo=UTC), datetime(2006, 10, 29, 2, 31, tzinfo=UTC)
        >>> [after.astimezone(ZoneInfo("America/St_Johns")).date().day, day(after, "America/St_Johns").day]
        [28, 29]
    """
    known = at.astimezone(UTC)
    if zone == "UTC" or not 1 < known.year < 9999:
        return known.date()
    shown = known.astimezone(_ZONED(zone)).date()
    if begins(shown, zone) > known:
        return shown - _DAY
    return shown + _DAY if begins(shown + _DAY, zone) <= known else shown
