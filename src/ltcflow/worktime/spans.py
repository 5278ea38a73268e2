"""From the wall clock to instants: the worked stretches of one year, exact over every change of the clock.

Instants are microseconds since 1970-01-01T00:00Z. Years are those of UTC here, so that the stretches of one year never
mix with those of the next, whatever a wall clock shows at New Year.

A zone is a row of stretches of constant offset. Inside one, a shift of a local day is one stretch of instants; at the
seams it is cut. So a shift in which the clock is put forward is an hour shorter, the repeated hour is worked twice, and
what the clock shows twice around midnight (St. John's until 2011) is counted twice as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ltcflow.worktime.hours import Hours, Shift

MINUTE = 60_000_000
DAY = 1440 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE = timedelta(microseconds=1)
FIRST, LAST = 1, 9999
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_LAST_ORDINAL = date.max.toordinal()
_SECOND = 1_000_000
_HOUR = 60 * MINUTE


def year_start(year: int) -> int:
    """Return the instant at which *year* (1 to 10000) begins in UTC."""
    ordinal = date(year, 1, 1).toordinal() if year <= LAST else _LAST_ORDINAL + 1
    return (ordinal - _EPOCH_ORDINAL) * DAY


_SAFE = year_start(FIRST) + 2 * DAY, year_start(LAST + 1) - 2 * DAY


def offset_at(zone: ZoneInfo, at: int) -> int:
    """Return the offset from UTC at the instant *at*; in the first and last days of time that of the day nearest."""
    safe = min(max(at, _SAFE[0]), _SAFE[1])
    return ((EPOCH + safe * ONE).astimezone(zone).utcoffset() or timedelta()) // ONE


@lru_cache(maxsize=1024)
def stretches(zone: ZoneInfo, year: int) -> tuple[tuple[int, int, int], ...]:
    """Return (from, to, offset) for the stretches of constant offset in *year*.

    Looks once a day, where midnights differ once an hour, then to the second.
    """
    low, high = year_start(year), year_start(year + 1)
    days = range(low // DAY - 1, high // DAY + 2)
    offsets = [_offset_at_midnight(zone, day + _EPOCH_ORDINAL) for day in days]
    found: list[tuple[int, int, int]] = []
    start, offset, at = low, offset_at(zone, low), low
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before == after:
            continue
        at = max(at, day * DAY - max(before, after) - 2 * _HOUR)
        until = min((day + 1) * DAY - min(before, after) + 2 * _HOUR, high)
        while at < until:
            following = min(at + _HOUR, until)
            changed = offset_at(zone, following)
            if changed != offset:
                seam = _seam(zone, at, following, offset)
                found.append((start, seam, offset))
                start, offset = seam, changed
            at = following
    found.append((start, high, offset))
    return tuple(found)


def _offset_at_midnight(zone: ZoneInfo, ordinal: int) -> int:
    midnight = datetime.fromordinal(min(max(ordinal, 1), _LAST_ORDINAL))
    return (zone.utcoffset(midnight) or timedelta()) // ONE


def _seam(zone: ZoneInfo, left: int, right: int, offset: int) -> int:
    """Return the first second after *left* whose offset is not *offset*; *right*'s is another."""
    while right - left > _SECOND:
        middle = (left + right) // (2 * _SECOND) * _SECOND
        left, right = (middle, right) if offset_at(zone, middle) == offset else (left, middle)
    return right


def worked(
    zone: ZoneInfo, hours: Hours, special: Mapping[int, tuple[Shift, ...]], year: int
) -> tuple[list[int], list[int]]:
    """Return the beginnings and the ends of the worked stretches of *year*, in order and apart from each other.

    Args:
        hours: the usual shifts of Monday to Sunday.
        special: the shifts of dates (proleptic ordinals) that are not as usual: holidays, make-up working days.
    Cost: about 0.7 ms, of which half goes into finding the changes of the clock.
    """
    starts: list[int] = []
    ends: list[int] = []
    done = year_start(year)
    for low, high, offset in stretches(zone, year):
        first = max((low + offset) // DAY + _EPOCH_ORDINAL - 1, 1)
        last = min((high + offset) // DAY + _EPOCH_ORDINAL, _LAST_ORDINAL)
        for day in range(first, last + 1):
            shifts = special.get(day)
            if shifts is None:
                shifts = hours[(day + 6) % 7]
            midnight = (day - _EPOCH_ORDINAL) * DAY - offset
            for minute, until in shifts:
                start, end = max(midnight + minute * MINUTE, low, done), min(midnight + until * MINUTE, high)
                if start >= end:
                    continue
                if ends and start == ends[-1]:
                    ends[-1] = end
                else:
                    starts.append(start)
                    ends.append(end)
                done = end
    return starts, ends
