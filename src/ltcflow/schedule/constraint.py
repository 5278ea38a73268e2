"""Constraints: dates that a project gives its elements, and whether they are placed early or late."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.worktime import Calendar, OutsideTime, parse_start

Moment: TypeAlias = str | date | datetime
_ALWAYS = (((0, 1440),),) * 7


class ConstraintKind(enum.Enum):
    """What a constraint asks for; the eight kinds of planning tools (PMBOK Guide, Practice Standard for Scheduling)."""

    SOON = "as_soon_as_possible"
    LATE = "as_late_as_possible"
    START_NO_EARLIER = "start_no_earlier"
    START_NO_LATER = "start_no_later"
    FINISH_NO_EARLIER = "finish_no_earlier"
    FINISH_NO_LATER = "finish_no_later"
    MUST_START = "must_start"
    MUST_FINISH = "must_finish"

    @property
    def dated(self) -> bool:
        """True when it needs a date."""
        return self not in (ConstraintKind.SOON, ConstraintKind.LATE)

    @property
    def at_finish(self) -> bool:
        """True when its date is one of the finish, not of the start."""
        return "finish" in self.value

    @property
    def holds_back(self) -> bool:
        """True when nothing may come earlier."""
        return "no_earlier" in self.value or "must" in self.value

    @property
    def holds_up(self) -> bool:
        """True when nothing may come later."""
        return "no_later" in self.value or "must" in self.value


def _kind(value: ConstraintKind | str) -> ConstraintKind:
    try:
        return ConstraintKind(value)
    except ValueError as error:
        raise _bad(value, "is no constraint.") from error


@attrs.frozen
class Constraint:
    """What one element of one project is held to.

    Attributes:
        kind: which of the eight.
        at: a day or a moment; None for as soon and as late as possible. A day means its first working minute where a
            start is meant, its end where a finish is meant.

    Example:
        >>> str(Constraint("must_start", "2026-03-10")), Constraint.parse("as_late_as_possible").kind.name
        ('must_start 2026-03-10', 'LATE')
    """

    kind: ConstraintKind = attrs.field(converter=_kind)
    at: Moment | None = None

    def __attrs_post_init__(self) -> None:
        if self.kind.dated == (self.at is None):
            raise _bad(self, "needs a date.") if self.kind.dated else _bad(self, "takes no date.")

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """Read ``start_no_earlier 2026-03-10``.

        Raises:
            InvalidValue: another word, a date too many or too few.
        """
        kind, _, at = text.strip().partition(" ")
        return cls(kind, at.strip() or None)

    def __str__(self) -> str:
        if self.at is None:
            return self.kind.value
        return f"{self.kind.value} {self.at if isinstance(self.at, str) else self.at.isoformat()}"

    def moment(self, days: Calendar) -> datetime:
        """Return the moment that its date means on *days*. Raises: InvalidValue where it is no date."""
        at = self.at if self.at is not None else ""
        return named("constraint", parse_end if self.kind.at_finish else parse_start, at, days)


ConstraintLike: TypeAlias = "Constraint | str | Iterable[Constraint | str]"
Constraints: TypeAlias = Mapping[ElementId, ConstraintLike]


def as_constraints(value: ConstraintLike) -> tuple[Constraint, ...]:
    """Return *value* as constraints: one or several, values or texts.

    Raises:
        InvalidValue: something that is no constraint.

    Example:
        >>> [str(c) for c in as_constraints(["start_no_earlier 2026-03-10", Constraint("must_finish", "2026-04-01")])]
        ['start_no_earlier 2026-03-10', 'must_finish 2026-04-01']
    """
    if isinstance(value, Constraint):
        return (value,)
    if isinstance(value, str):
        return (Constraint.parse(value),)
    if not isinstance(value, Iterable):
        raise _bad(value, "is no constraint.")
    return tuple(one for item in value for one in as_constraints(item))


def named(field: str, read: Callable[[Moment, Calendar], datetime], value: Moment, days: Calendar) -> datetime:
    """Return what *read* makes of *value*, a mistake told with the name of its *field*."""
    try:
        return read(value, days)
    except InvalidValue as error:
        raise InvalidValue(field=field, value=error.value, problem=error.problem, remedy=error.remedy) from error


def parse_end(value: Moment, days: Calendar) -> datetime:
    """Return the moment that *value* means as an end: of a day its midnight, else as `ltcflow.worktime.parse_start`.

    Raises:
        InvalidValue: not a date or a date and time.

    Example:
        >>> from ltcflow.worktime import calendar
        >>> parse_end("2026-06-30", calendar("CN")).isoformat()
        '2026-07-01T00:00:00+08:00'
    """
    is_day = not ({"T", "t", ":"} & set(value)) if isinstance(value, str) else not isinstance(value, datetime)
    if not is_day:
        return parse_start(value, days)
    there = Calendar(id=days.id, time_zone=days.time_zone, hours=_ALWAYS)
    day = parse_start(value, there).date()
    if day == date.max:
        raise OutsideTime(calendar=days.id, problem="the date lies outside the years 1 to 9999.")
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=days.zone)


def _bad(value: object, problem: str) -> InvalidValue:
    kinds = ", ".join(kind.value for kind in ConstraintKind)
    return InvalidValue(
        field="constraint",
        value=str(value),
        problem=problem,
        remedy=f"Write one of {kinds}; with a date where one is meant, such as 'start_no_earlier 2026-03-10'.",
    )
