"""Working time: durations and calendars; the only package that knows pendulum.

What works on arrays (`add_minutes_many`, `minutes_between_many`) needs numpy and is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ltcflow.worktime.arithmetic import (
    Reached,
    add_minutes,
    is_working,
    minutes_between,
    next_working,
    previous_working,
    reach,
)
from ltcflow.worktime.budgets import moment_left, moment_used, used_minutes
from ltcflow.worktime.calendars import Calendar, OutsideTime
from ltcflow.worktime.declared import DeclaredCalendar, Named, derive
from ltcflow.worktime.duration import (
    MINUTES_PER_DAY,
    ZERO,
    DurationLike,
    WorkDuration,
    as_duration,
    not_negative,
)
from ltcflow.worktime.hours import OFFICE_SHIFTS, DayRange, Hours, Shift
from ltcflow.worktime.named import CalendarLike, as_calendar, calendar, known_calendars
from ltcflow.worktime.start import parse_start

if TYPE_CHECKING:
    from ltcflow.worktime.many import add_minutes_many as add_minutes_many
    from ltcflow.worktime.many import minutes_between_many as minutes_between_many
    from ltcflow.worktime.many import published_many as published_many

__all__ = [
    "MINUTES_PER_DAY",
    "OFFICE_SHIFTS",
    "ZERO",
    "Calendar",
    "CalendarLike",
    "DayRange",
    "DeclaredCalendar",
    "DurationLike",
    "Hours",
    "Named",
    "OutsideTime",
    "Reached",
    "Shift",
    "WorkDuration",
    "add_minutes",
    "add_minutes_many",
    "as_calendar",
    "as_duration",
    "calendar",
    "derive",
    "is_working",
    "known_calendars",
    "minutes_between",
    "minutes_between_many",
    "moment_left",
    "moment_used",
    "next_working",
    "not_negative",
    "parse_start",
    "previous_working",
    "published_many",
    "reach",
    "used_minutes",
]


def __getattr__(name: str) -> Any:
    if name in ("add_minutes_many", "minutes_between_many", "published_many"):
        from ltcflow.worktime import many

        return getattr(many, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
