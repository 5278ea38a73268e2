"""Working time: durations and calendars; the only package that knows pendulum."""

from __future__ import annotations

from ltcflow.worktime.duration import (
    MINUTES_PER_DAY,
    ZERO,
    DurationLike,
    WorkDuration,
    as_duration,
    not_negative,
)

__all__ = ["MINUTES_PER_DAY", "ZERO", "DurationLike", "WorkDuration", "as_duration", "not_negative"]
