"""Estimates: how long an activity takes, fixed or three-point. What nobody estimated stays missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.worktime import DurationLike, WorkDuration, as_duration, not_negative

POINTS = ("optimistic", "likely", "pessimistic")


def _ordered(instance: Any, _attribute: object, _value: object) -> None:
    low, mid, high = instance.optimistic, instance.likely, instance.pessimistic
    if len({low.elapsed, mid.elapsed, high.elapsed}) > 1:
        raise InvalidValue(
            field="duration",
            value=str(instance),
            problem="mixes working and elapsed time.",
            remedy="Write all three points in one kind of unit.",
        )
    if not low.minutes <= mid.minutes <= high.minutes:
        raise InvalidValue(
            field="duration",
            value=f"{low}/{mid}/{high}",
            problem="is out of order.",
            remedy="Keep optimistic <= likely <= pessimistic.",
        )


@attrs.frozen
class Duration:
    """How long an element takes: three points, all equal for a fixed duration.

    Example:
        >>> as_estimate({"optimistic": "3d", "likely": "5d", "pessimistic": "12d"}).expected_minutes()
        2800
        >>> str(as_estimate("5d")), as_estimate("5d").fixed
        ('5d', True)
    """

    optimistic: WorkDuration = attrs.field(converter=as_duration, validator=not_negative)
    likely: WorkDuration = attrs.field(converter=as_duration, validator=not_negative)
    pessimistic: WorkDuration = attrs.field(converter=as_duration, validator=[not_negative, _ordered])

    @property
    def fixed(self) -> bool:
        """True when the three points are one."""
        return self.optimistic == self.pessimistic

    @property
    def elapsed(self) -> bool:
        """True when it counts elapsed instead of working time."""
        return self.likely.elapsed

    def expected_minutes(self) -> int:
        """Return the PERT mean (o + 4m + p) / 6 in minutes, rounded half up (Malcolm et al. 1959)."""
        total = self.optimistic.minutes + 4 * self.likely.minutes + self.pessimistic.minutes
        return (total + 3) // 6

    def __str__(self) -> str:
        if self.fixed:
            return str(self.likely)
        return f"{self.optimistic}/{self.likely}/{self.pessimistic}"


EstimateLike: TypeAlias = Duration | DurationLike | Mapping[str, DurationLike]


def as_estimate(value: EstimateLike) -> Duration:
    """Return *value* as a duration: a text ("5d"), or a mapping with optimistic, likely and pessimistic.

    Raises:
        InvalidValue: a point is missing, unknown, negative or out of order.
    """
    if isinstance(value, Duration):
        return value
    if isinstance(value, Mapping):
        if set(value) != set(POINTS):
            raise InvalidValue(
                field="duration",
                value=repr(sorted(value)),
                problem="needs exactly optimistic, likely and pessimistic.",
                remedy="Give all three, or one duration such as 5d.",
            )
        return Duration(value["optimistic"], value["likely"], value["pessimistic"])
    one = as_duration(value)
    return Duration(one, one, one)


def estimate_or_missing(value: EstimateLike | None) -> Duration | None:
    """Return *value* as a duration; None stays None: nobody has estimated it."""
    return None if value is None else as_estimate(value)
