"""Calendars derived from others: a country's with the closures, hours or time zone of one company or plant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, cast

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, as_label
from ltcflow.names import element_id
from ltcflow.worktime.calendars import Calendar, as_name, as_zone
from ltcflow.worktime.hours import (
    DayLike,
    DayRange,
    Hours,
    HoursLike,
    Shift,
    ShiftLike,
    as_range,
    as_shifts,
    as_week,
    days_of,
)
from ltcflow.worktime.named import CalendarLike, as_calendar, calendar

Named: TypeAlias = Callable[[str], Calendar]
"""Finds the calendar of a name, or raises UnknownName."""
_MOST_DAYS = 36_600


def _week(value: HoursLike | None) -> Hours | None:
    return None if value is None else as_week(value)


def as_ranges(field: str, values: Iterable[DayLike] | DayLike) -> tuple[DayRange, ...]:
    """Return days as ranges, in the order given.

    Raises:
        InvalidValue: something is no day, or they are more than a century of days.
    """
    several = (values,) if isinstance(values, str) else cast("Iterable[DayLike]", values)
    try:
        ranges = tuple(as_range(value) for value in several)
    except TypeError:
        raise _bad(field, repr(values), "are no days.", "Write for example ['2026-08-03..2026-08-14'].") from None
    if sum((last - first).days + 1 for first, last in ranges) > _MOST_DAYS:
        raise _bad(field, f"{len(ranges)} ranges", "are more than a century of days.", "Change the hours instead.")
    return ranges


def _closed(values: Iterable[DayLike] | DayLike) -> tuple[DayRange, ...]:
    return as_ranges("closed", values)


def _open(values: Iterable[DayLike] | DayLike) -> tuple[DayRange, ...]:
    return as_ranges("open", values)


def _bad(field: str, value: str, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=value, problem=problem, remedy=remedy)


def _shifts(values: Iterable[ShiftLike] | ShiftLike) -> tuple[Shift, ...]:
    return as_shifts(values)


def _zone_or_none(value: str) -> str:
    return as_zone(value) if value != "" else ""


def _some_work(instance: DeclaredCalendar, _attribute: object, hours: Hours | None) -> None:
    if hours is not None and not any(hours) and not (instance.open and instance.open_hours):
        raise _bad("hours", instance.id, "has no working time at all.", "Give at least one weekday a shift.")


@attrs.frozen(kw_only=True, cache_hash=True)
class DeclaredCalendar:
    """What a definition says about a calendar: another one by name, and what differs from it.

    It names its base instead of holding its days, so a declaration (and its fingerprint) stays what it is when the
    holidays of a further year are published. `resolve` makes the `Calendar`.

    Attributes:
        id, title: what it is called.
        base: name of the calendar it starts from.
        hours: the whole week; None: the hours of the base.
        closed: days on which nobody works, make-up working days of the base included.
        open: days that are worked although they are weekends, holidays or in `closed`.
        open_hours: shifts of a worked day whose weekday has none; (): those of the base or of the first worked weekday.
        time_zone: IANA name; "": the zone of the base.

    Raises:
        InvalidValue: shifts that overlap, days that are none, an unknown zone, no working time at all.

    Example:
        >>> plant = DeclaredCalendar(id="plant", base="CN", closed=["2026-08-03..2026-08-14"])
        >>> made = plant.resolve()
        >>> made.time_zone, made.shifts_on(as_range("2026-08-05")[0]), made.is_published(2026)
        ('Asia/Shanghai', (), True)
    """

    id: str = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    base: str = attrs.field(default="weekdays", converter=as_name)
    open: tuple[DayRange, ...] = attrs.field(default=(), converter=_open)
    open_hours: tuple[Shift, ...] = attrs.field(default=(), converter=_shifts)
    hours: Hours | None = attrs.field(default=None, converter=_week, validator=_some_work)
    closed: tuple[DayRange, ...] = attrs.field(default=(), converter=_closed)
    time_zone: str = attrs.field(default="", converter=_zone_or_none)

    def resolve(self, named: Named = calendar) -> Calendar:
        """Return the calendar itself.

        Args:
            named: finds the base; a workspace gives one that knows the calendars of plugins too.
        Raises:
            UnknownName: there is no such base.
        """
        return derive(
            named(self.base),
            id=self.id,
            title=self.title,
            hours=self.hours,
            closed=self.closed,
            open=self.open,
            open_hours=self.open_hours,
            time_zone=self.time_zone,
        )


def derive(
    base: CalendarLike,
    *,
    id: str = "",
    title: Label | str = NO_LABEL,
    hours: HoursLike | None = None,
    closed: Iterable[DayLike] | DayLike = (),
    open: Iterable[DayLike] | DayLike = (),
    open_hours: Iterable[ShiftLike] | ShiftLike = (),
    time_zone: str = "",
) -> Calendar:
    """Return *base* with other hours, closures, extra working days or another zone; *base* stays as it is.

    Args:
        base: a calendar or its name.
        hours: the whole week, ``{"mon-fri": ["08:00-12:00", "13:00-17:00"]}``; a weekday not named is free.
        closed: days on which nobody works: dates, ``2026-08-03``, ``2026-08-03..2026-08-14``.
        open: days that are worked although free; stronger than *closed*.
        open_hours: shifts of worked days whose weekday has none.
        time_zone: IANA name of another zone.
    Returns:
        A calendar that is published for the same years as *base*.
    Raises:
        UnknownName, InvalidValue: an argument that cannot be.

    Example:
        >>> from datetime import date
        >>> plant = derive("CN", id="plant", hours={"mon-sat": "08:00-16:00"}, closed="2026-08-03..2026-08-14")
        >>> plant.shifts_on(date(2026, 8, 15)), plant.shifts_on(date(2026, 8, 14)), plant.shifts_on(date(2026, 10, 1))
        (((480, 960),), (), ())
    """
    start = as_calendar(base)
    opened, shut = frozenset(days_of(_open(open))), frozenset(days_of(_closed(closed)))
    return attrs.evolve(
        start,
        id=id or start.id,
        title=as_label(title) or start.title,
        time_zone=time_zone or start.time_zone,
        hours=start.hours if hours is None else hours,
        holidays=(frozenset(start.holidays) | shut) - opened,
        working_days=(frozenset(start.working_days) - shut) | opened,
        working_day_shifts=_shifts(open_hours) or start.working_day_shifts,
    )
