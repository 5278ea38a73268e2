"""Working calendars: which minutes of which days are worked, as a value.

A calendar says for each weekday when people work, on which dates nobody works (holidays) and on which dates they work
although the weekday is free (make-up working days, as in China). It holds no country's rules: the named calendars of
`ltcflow.worktime.named` fill these fields, and a company can write its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import attrs

from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.labels import NO_LABEL, Label, as_label

Shift: TypeAlias = tuple[int, int]
"""A stretch of one day worked without a pause: (first minute, minute after the last) of the wall clock, 0 to 1,440."""
Hours: TypeAlias = tuple[tuple[Shift, ...], ...]
"""The shifts of Monday, Tuesday, ... Sunday."""

MINUTES_OF_DAY = 1440
OFFICE_SHIFTS: tuple[Shift, ...] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
"""09:00-12:00 and 13:00-18:00: the 480 working minutes that one working day (``1d``) of a duration means."""


class OutsideTime(LtcflowError):
    """A date before year 1 or after year 9999 would be needed. Attributes: calendar, problem."""

    code = "LTC400"
    calendar: str
    problem: str

    def __init__(self, *, calendar: str, problem: str) -> None:
        super().__init__(
            f"calendar {calendar!r}: {problem} Use shorter durations or a start nearer to today.",
            calendar=calendar,
            problem=problem,
        )


def _name(value: str) -> str:
    if isinstance(value, str) and 0 < len(value.strip()) <= 100:
        return value.strip()
    raise _bad("id", value, "is not a name.", "Write a short text such as 'factory'.")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, TypeError, KeyError, AttributeError) as error:
        remedy = "Write an IANA name such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC'."
        raise _bad("time_zone", value, "is not a time zone.", remedy) from error
    return value


def _shifts(value: Iterable[Shift]) -> tuple[Shift, ...]:
    shifts = tuple((start, end) for start, end in value)
    last = 0
    for start, end in shifts:
        whole = all(isinstance(minute, int) and not isinstance(minute, bool) for minute in (start, end))
        if not whole or not last <= start < end <= MINUTES_OF_DAY:
            remedy = "Write whole minutes of the day in order and without overlap, such as ((540, 720), (780, 1080))."
            raise _bad("hours", shifts, "are not shifts of one day.", remedy)
        last = end
    return shifts


def _hours(value: Iterable[Iterable[Shift]]) -> Hours:
    hours = tuple(_shifts(day) for day in value)
    if len(hours) != 7:
        raise _bad(
            "hours", hours, "does not have seven days.", "Write the shifts of Monday to Sunday, () for a free one."
        )
    if not any(hours):
        raise _bad("hours", hours, "has no working time at all.", "Give at least one weekday a shift.")
    return hours


def _dates(value: Iterable[date]) -> tuple[date, ...]:
    dates = set(value)
    for day in dates:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise _bad("dates", day, "is not a date.", "Write datetime.date(2026, 10, 1).")
    return tuple(sorted(dates))


def _years(value: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(value)))


@attrs.frozen(kw_only=True, cache_hash=True)
class Calendar:
    """When people work.

    Attributes:
        id: its name, such as "weekdays", "CN" or "factory".
        time_zone: IANA name of the zone whose wall clock the shifts are read on.
        hours: shifts of Monday to Sunday, in minutes of the wall clock.
        holidays: dates on which nobody works, sorted.
        working_days: dates that are worked although the weekday is free, sorted; stronger than `holidays`.
        working_day_shifts: shifts of a date in `working_days` whose weekday has none; () means those of the first
            weekday that has some.
        known_years: years whose holidays and make-up days are published, sorted; () means every year. Dates in other
            years are computed from what can be known and reported as such (LTC403 on a plan).

    Raises:
        InvalidValue: no working time at all, shifts that overlap, an unknown time zone, something that is no date.

    Example:
        >>> two_shifts = Calendar(id="factory", time_zone="Europe/Berlin", hours=(((360, 1320),),) * 5 + ((), ()))
        >>> two_shifts.shifts_on(date(2026, 3, 2)), two_shifts.shifts_on(date(2026, 3, 7))
        (((360, 1320),), ())
    """

    id: str = attrs.field(converter=_name)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    time_zone: str = attrs.field(default="UTC", converter=_zone)
    hours: Hours = attrs.field(default=(OFFICE_SHIFTS,) * 5 + ((), ()), converter=_hours)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_dates)
    working_days: tuple[date, ...] = attrs.field(default=(), converter=_dates)
    working_day_shifts: tuple[Shift, ...] = attrs.field(default=(), converter=_shifts)
    known_years: tuple[int, ...] = attrs.field(default=(), converter=_years)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    @property
    def make_up_shifts(self) -> tuple[Shift, ...]:
        """The shifts of a make-up working day whose weekday is free."""
        return self.working_day_shifts or next(shifts for shifts in self.hours if shifts)

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts worked on *day*, () when it is free.

        Cost: O(holidays); the arithmetic of `ltcflow.worktime` reads sets made once per calendar instead.
        """
        usual = self.hours[day.weekday()]
        if day in self.working_days:
            return usual or self.make_up_shifts
        return () if day in self.holidays else usual

    def is_published(self, year: int) -> bool:
        """Say whether the holidays and make-up days of *year* are known for certain."""
        return not self.known_years or year in self.known_years


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=f"calendar.{field}", value=repr(value), problem=problem, remedy=remedy)
