"""Hours and days as people write them: ``08:00-12:00``, ``mon-fri``, ``2026-08-03..2026-08-14``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import TypeAlias, cast

from ltcflow.errors import InvalidValue

Shift: TypeAlias = tuple[int, int]
"""A stretch worked without a pause: (first minute, minute after the last) of the wall clock of the day it begins on.

The first is 0 to 1,439. One that ends on the next day ends after 1,440: (1320, 1800) is 22:00-06:00. A shift is shorter
than a day, or the whole day (0, 1440).
"""
Hours: TypeAlias = tuple[tuple[Shift, ...], ...]
"""The shifts that begin on Monday, Tuesday, ... Sunday."""
DayRange: TypeAlias = tuple[date, date]
"""The days from the first to the last, both included."""
DayLike: TypeAlias = DayRange | date | str
ShiftLike: TypeAlias = Shift | str
HoursLike: TypeAlias = Mapping[str, Iterable[ShiftLike] | ShiftLike] | Iterable[Iterable[ShiftLike]]

MINUTES_OF_DAY = 1440
OFFICE_SHIFTS: tuple[Shift, ...] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
"""09:00-12:00 and 13:00-18:00: the 480 working minutes that one working day (``1d``) of a duration means."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_RANGE = 3660
"""Most days of one range (ten years): a slip of the year is found, and no range takes the memory of the machine."""

_SHIFT = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])|([01][0-9]|2[0-3]):([0-5][0-9])-24:00"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def as_shift(value: ShiftLike) -> Shift:
    """Return *value* as a shift; one that ends before it begins ends on the next day.

    Raises:
        InvalidValue: not a shift of less than a day (or of the whole day, ``00:00-24:00``).

    Example:
        >>> as_shift("08:00-12:00"), as_shift("22:00-06:00"), as_shift("00:00-24:00")
        ((480, 720), (1320, 1800), (0, 1440))
    """
    if isinstance(value, str):
        match = _SHIFT.fullmatch(value.strip())
        if match is None:
            raise _bad("hours", value, "is not a shift.", "Write for example 08:00-12:00, or 22:00-06:00 for a night.")
        if match[5]:
            return as_shift((int(match[5]) * 60 + int(match[6]), MINUTES_OF_DAY))
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if start == end:
            raise _bad("hours", value, "has no length.", "Write 00:00-24:00 for a whole day.")
        return start, end if end > start else end + MINUTES_OF_DAY
    try:
        start, end = value
    except (TypeError, ValueError):
        start, end = -1, -1
    whole = all(isinstance(minute, int) and not isinstance(minute, bool) for minute in (start, end))
    fits = whole and 0 <= start < MINUTES_OF_DAY and start < end < start + MINUTES_OF_DAY
    if not fits and (start, end) != (0, MINUTES_OF_DAY):
        remedy = "Write whole minutes of the day such as (540, 720); (1320, 1800) ends at 06:00 of the next day."
        raise _bad("hours", value, "are not shifts of one day.", remedy)
    return start, end


def as_shifts(values: Iterable[ShiftLike] | ShiftLike) -> tuple[Shift, ...]:
    """Return the shifts of one day, in order.

    Raises:
        InvalidValue: something is not a shift, or two of them overlap or are out of order.
    """
    several = (values,) if isinstance(values, str) else cast("Iterable[ShiftLike]", values)
    try:
        shifts = tuple(as_shift(value) for value in several)
    except TypeError:
        raise _bad("hours", values, "are not shifts of one day.", "Write a list such as ['09:00-12:00'].") from None
    for (_, end), following in pairwise(shifts):
        if following[0] < end:
            raise _overlap(shift_text(following))
    return shifts


def as_week(value: HoursLike) -> Hours:
    """Return the shifts of Monday to Sunday.

    Args:
        value: seven collections of shifts, or a mapping from weekdays (``mon``, ``mon-fri``, ``sun-thu``) to shifts; a
            weekday that no key names is free.
    Raises:
        InvalidValue: an unknown or repeated weekday, something that is not a shift, shifts that overlap, also those of
            a night with the next day's.

    Example:
        >>> week = as_week({"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": "08:00-12:00"})
        >>> week[0], week[5], week[6]
        (((480, 720), (780, 1020)), ((480, 720),), ())
    """
    if isinstance(value, Mapping):
        days: list[tuple[Shift, ...] | None] = [None] * 7
        for key, shifts in value.items():
            found = as_shifts(shifts)
            for day in weekdays(key):
                if days[day] is not None:
                    raise _bad("hours", key, "names a weekday twice.", f"Say once what is worked on {WEEKDAYS[day]}.")
                days[day] = found
        hours = tuple(day or () for day in days)
    else:
        hours = tuple(as_shifts(day) for day in value)
    if len(hours) != 7:
        remedy = "Write the shifts of Monday to Sunday, () for a free one."
        raise _bad("hours", hours, "does not have seven days.", remedy)
    clash = week_clash(hours)
    if clash is not None:
        raise _overlap(shift_text(hours[clash][0]))
    return hours


def week_clash(hours: Hours) -> int | None:
    """Return the first weekday that begins before the last shift of the day before has ended, None when none does."""
    for day in range(7):
        before = hours[day - 1]
        if before and hours[day] and before[-1][1] - MINUTES_OF_DAY > hours[day][0][0]:
            return day
    return None


def weekdays(key: str) -> tuple[int, ...]:
    """Return the weekdays that *key* names, Monday being 0.

    Example:
        >>> weekdays("mon-fri"), weekdays("sat"), weekdays("sat-mon")
        ((0, 1, 2, 3, 4), (5,), (5, 6, 0))
    """
    first, dash, last = key.partition("-") if isinstance(key, str) else ("", "", "")
    if first not in WEEKDAYS or (last if dash else first) not in WEEKDAYS:
        remedy = "Write mon, tue, wed, thu, fri, sat or sun, or a stretch such as mon-fri."
        raise _bad("hours", key, "is not a weekday.", remedy)
    start = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last or first) - start) % 7
    return tuple((start + i) % 7 for i in range(count + 1))


def shift_text(shift: Shift) -> str:
    """Return a shift as a text that reads back as the same one.

    Example:
        >>> shift_text((480, 720)), shift_text((1320, 1800)), shift_text((0, 1440))
        ('08:00-12:00', '22:00-06:00', '00:00-24:00')
    """
    start, end = shift
    end = end if end <= MINUTES_OF_DAY else end - MINUTES_OF_DAY
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def week_texts(hours: Hours) -> dict[str, list[str]]:
    """Return the hours of a week by weekdays, days in a row that are alike as one; free days are left out.

    Example:
        >>> week_texts((OFFICE_SHIFTS,) * 5 + (((480, 720),), ()))
        {'mon-fri': ['09:00-12:00', '13:00-18:00'], 'sat': ['08:00-12:00']}
    """
    texts: dict[str, list[str]] = {}
    for shifts, group in groupby(range(len(hours)), lambda day: hours[day]):
        days = list(group)
        name = WEEKDAYS[days[0]] + (f"-{WEEKDAYS[days[-1]]}" if len(days) > 1 else "")
        if shifts:
            texts[name] = [shift_text(shift) for shift in shifts]
    return texts


def as_range(value: DayLike) -> DayRange:
    """Return the days that *value* means: a date, ``2026-08-03``, ``2026-08-03..2026-08-14`` or (first, last).

    Raises:
        InvalidValue: not a day or days, the last before the first, or more than ten years.

    Example:
        >>> as_range("2026-08-03..2026-08-14")
        (datetime.date(2026, 8, 3), datetime.date(2026, 8, 14))
    """
    if isinstance(value, str):
        first, dots, last = (part.strip() for part in value.partition(".."))
        days = _day(first, value), _day(last if dots else first, value)
    elif isinstance(value, tuple) and len(value) == 2:
        days = _day(value[0], value), _day(value[1], value)
    else:
        days = _day(value, value), _day(value, value)
    shown = value if isinstance(value, str) else range_text(days)
    if days[1] < days[0]:
        raise _bad("days", shown, "ends before it begins.", "Put the earlier day first.")
    if (days[1] - days[0]).days >= LONGEST_RANGE:
        raise _bad("days", shown, "is longer than ten years.", "Check the year, or write several ranges.")
    return days


def range_text(days: DayRange) -> str:
    """Return days as a text that reads back as the same ones.

    Example:
        >>> range_text((date(2026, 10, 10), date(2026, 10, 10)))
        '2026-10-10'
    """
    first, last = days
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


def days_of(ranges: Iterable[DayRange]) -> Iterator[date]:
    """Yield every day of *ranges*."""
    for first, last in ranges:
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            yield date.fromordinal(ordinal)


def _day(value: object, whole: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    shown = whole if isinstance(whole, str) else value
    raise _bad("days", shown, "is not a date.", "Write for example 2026-08-03, or 2026-08-03..2026-08-14.")


def _overlap(text: str) -> InvalidValue:
    remedy = "Put them in order, each after the end of the one before (a night's end is on the next day)."
    return _bad("hours", text, "overlaps the shift before: these are not shifts of one day.", remedy)


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    shown = value if isinstance(value, str) else repr(value)
    return InvalidValue(field=f"calendar.{field}", value=shown, problem=problem, remedy=remedy)
