"""Working calendars: which minutes of which days are worked, as a value.

A calendar says for each weekday when people work, on which dates nobody works (holidays) and on which dates they work
although the weekday is free (make-up working days, as in China). It holds no country's rules: the named calendars of
`ltcflow.worktime.named` fill these fields, and a company derives its own from them (`ltcflow.worktime.derive`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.labels import NO_LABEL, Label, as_label
from ltcflow.worktime.hours import OFFICE_SHIFTS, Hours, HoursLike, Shift, ShiftLike, as_shifts, as_week

_NEARER = "Use shorter durations or a start nearer to today."


class OutsideTime(LtcflowError):
    """A date that no calendar has would be needed: outside the years 1 to 9999, or after the last working time.

    Attributes: calendar, problem, remedy.
    """

    code = "LTC400"
    calendar: str
    problem: str
    remedy: str

    def __init__(self, *, calendar: str, problem: str, remedy: str = _NEARER) -> None:
        super().__init__(
            f"calendar {calendar!r}: {problem} {remedy}", calendar=calendar, problem=problem, remedy=remedy
        )


def as_name(value: str) -> str:
    """Return *value* without blanks around it when it can name a calendar (InvalidValue otherwise)."""
    if isinstance(value, str) and 0 < len(value.strip()) <= 100:
        return value.strip()
    raise _bad("id", value, "is not a name.", "Write a short text such as 'factory'.")


def as_zone(value: str) -> str:
    """Return *value* when it names a time zone (InvalidValue otherwise)."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError, TypeError, KeyError, AttributeError) as error:
        remedy = "Write an IANA name such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC'."
        raise _bad("time_zone", value, "is not a time zone.", remedy) from error
    return value


def _hours(value: HoursLike) -> Hours:
    return as_week(value)


def _shifts(value: Iterable[ShiftLike] | ShiftLike) -> tuple[Shift, ...]:
    return as_shifts(value)


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
        hours: shifts of Monday to Sunday in minutes of the wall clock, or as a mapping such as
            ``{"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": "08:00-12:00"}``. A shift belongs to the day it begins
            on; one over midnight ends after 1,440, as a text ``22:00-06:00``.
        holidays: dates on which no shift begins, sorted.
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
        >>> nights = Calendar(id="nights", hours={"sun-thu": ["22:00-06:00"]})
        >>> nights.shifts_on(date(2026, 3, 1)), nights.shifts_on(date(2026, 3, 6))
        (((1320, 1800),), ())
    """

    id: str = attrs.field(converter=as_name)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    time_zone: str = attrs.field(default="UTC", converter=as_zone)
    hours: Hours = attrs.field(default=(OFFICE_SHIFTS,) * 5 + ((), ()), converter=_hours)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_dates)
    working_days: tuple[date, ...] = attrs.field(default=(), converter=_dates)
    working_day_shifts: tuple[Shift, ...] = attrs.field(default=(), converter=_shifts)
    known_years: tuple[int, ...] = attrs.field(default=(), converter=_years)

    def __attrs_post_init__(self) -> None:
        if not any(self.hours) and not (self.working_days and self.working_day_shifts):
            remedy = "Give at least one weekday a shift."
            raise _bad("hours", self.hours, "has no working time at all.", remedy)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    @property
    def make_up_shifts(self) -> tuple[Shift, ...]:
        """The shifts of a make-up working day whose weekday is free."""
        return self.working_day_shifts or next(shifts for shifts in self.hours if shifts)

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts that begin on *day*, () when it is free.

        Cost: O(holidays); the arithmetic of `ltcflow.worktime` reads tables made once per calendar instead.
        """
        usual = self.hours[day.weekday()]
        if day in self.working_days:
            return usual or self.make_up_shifts
        return () if day in self.holidays else usual

    def is_published(self, year: int) -> bool:
        """Say whether the holidays and make-up days of *year* are known for certain."""
        return not self.known_years or year in self.known_years

    def unpublished(self, start: date | datetime, end: date | datetime) -> tuple[int, ...]:
        """Return the years from *start* to *end* that are not published; moments count on the calendar's wall clock.

        Example:
            >>> from ltcflow.worktime import calendar
            >>> calendar("CN").unpublished(date(2026, 11, 2), date(2031, 1, 1))[-2:]
            (2030, 2031)
        """
        if not self.known_years:
            return ()
        years = sorted(self._year(moment) for moment in (start, end))
        return tuple(year for year in range(years[0], years[1] + 1) if year not in self.known_years)

    def _year(self, moment: date | datetime) -> int:
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            try:
                return moment.astimezone(self.zone).year
            except OverflowError:  # the very first or last hours of time
                return moment.year
        return moment.year


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=f"calendar.{field}", value=repr(value), problem=problem, remedy=remedy)
