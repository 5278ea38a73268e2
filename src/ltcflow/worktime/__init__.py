"""Working time: durations and calendars; the only package that knows pendulum."""

from __future__ import annotations

from ltcflow.worktime.arithmetic import add_minutes, is_working, minutes_between, next_working, previous_working
from ltcflow.worktime.calendars import OFFICE_SHIFTS, Calendar, Hours, OutsideTime, Shift
from ltcflow.worktime.duration import (
    MINUTES_PER_DAY,
    ZERO,
    DurationLike,
    WorkDuration,
    as_duration,
    not_negative,
)
from ltcflow.worktime.named import CalendarLike, as_calendar, calendar
from ltcflow.worktime.start import parse_start

__all__ = [
    "MINUTES_PER_DAY",
    "OFFICE_SHIFTS",
    "ZERO",
    "Calendar",
    "CalendarLike",
    "DurationLike",
    "Hours",
    "OutsideTime",
    "Shift",
    "WorkDuration",
    "add_minutes",
    "as_calendar",
    "as_duration",
    "calendar",
    "is_working",
    "minutes_between",
    "next_working",
    "not_negative",
    "parse_start",
    "previous_working",
]
