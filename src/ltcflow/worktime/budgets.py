"""Working time that is used up in several stretches, and the moment at which so much of it was used. Exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ltcflow.worktime.arithmetic import instant, split
from ltcflow.worktime.calendars import Calendar
from ltcflow.worktime.spans import EPOCH, MINUTE, ONE

Stretch = tuple[datetime, datetime]


def used_minutes(calendar: Calendar | None, stretches: Iterable[Stretch]) -> int:
    """Return the whole minutes of working time in *stretches*, which do not overlap and come in order.

    What is left below a minute in one stretch is not lost: it is added up before the sum is rounded down.

    Args:
        calendar: whose working time counts; None: every minute of the clock.
    Raises:
        InvalidValue: a moment has no time zone. OutsideTime: it lies outside the years 1 to 9999.
    Cost: about 4 us per stretch.

    Example:
        >>> from ltcflow.worktime import calendar
        >>> friday, monday = datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
        >>> used_minutes(calendar("weekdays"), [(friday, monday)]), used_minutes(None, [(friday, monday)])
        (120, 3900)
    """
    return sum(end - start for start, end in _positions(calendar, stretches)) // MINUTE


def moment_used(calendar: Calendar | None, stretches: Iterable[Stretch], minutes: int) -> datetime | None:
    """Return the first moment at which *minutes* (1 or more) of *stretches* were used, in UTC; None: not in them.

    Raises:
        As `used_minutes`.

    Example:
        >>> from ltcflow.worktime import calendar
        >>> friday, monday = datetime(2026, 3, 6, 17, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
        >>> moment_used(calendar("weekdays"), [(friday, monday)], 61).isoformat()
        '2026-03-09T09:01:00+00:00'
        >>> moment_used(calendar("weekdays"), [(friday, monday)], 121) is None
        True
    """
    wanted = minutes * MINUTE
    for start, end in _positions(calendar, stretches):
        if end - start >= wanted:
            return _moment(calendar, start + wanted)
        wanted -= end - start
    return None


def moment_left(calendar: Calendar | None, stretches: Iterable[Stretch], minutes: int, now: datetime) -> datetime:
    """Return when *minutes* will be used, if time goes on running from *now*, the end of the last of *stretches*.

    Raises:
        As `used_minutes`.
    """
    done = sum(end - start for start, end in _positions(calendar, stretches))
    return _moment(calendar, _position(calendar, now) + max(1, minutes * MINUTE - done))


def _positions(calendar: Calendar | None, stretches: Iterable[Stretch]) -> Iterator[tuple[int, int]]:
    for start, end in stretches:
        yield _position(calendar, start), _position(calendar, end)


def _position(calendar: Calendar | None, moment: datetime) -> int:
    if calendar is None:
        return (moment - EPOCH) // ONE
    table, at, year = split(calendar, moment)
    return table.position(at, year)


def _moment(calendar: Calendar | None, position: int) -> datetime:
    if calendar is None:
        return EPOCH + position * ONE
    table, _, _ = split(calendar, EPOCH)
    return instant(table, table.earliest(position)).astimezone(UTC)
