"""What a plan was made from, as one frozen value: so that it can be made again with something changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.constraint import Constraint, Moment, as_constraints
from ltcflow.schedule.progress import Progress
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import Calendar, CalendarLike, DurationLike

Pairs: TypeAlias = tuple[tuple[str, Any], ...]
LagCalendar: TypeAlias = Literal["predecessor", "successor", "project"]
LAG_CALENDARS: tuple[LagCalendar, ...] = ("predecessor", "successor", "project")
NOTHING: Mapping[str, Any] = MappingProxyType({})
_MAPPINGS = ("durations", "facts", "choices", "constraints", "deadlines", "calendars")


def _pairs(given: Mapping[str, Any] | Pairs) -> Pairs:
    if isinstance(given, tuple):
        return given
    if not isinstance(given, Mapping):
        remedy = "Give a mapping by id, such as {'bid': ...}."
        raise InvalidValue(field="argument of a plan", value=repr(given), problem="is no mapping.", remedy=remedy)
    return tuple(given.items())


def _constraints(given: Mapping[str, Any] | Pairs) -> tuple[tuple[str, tuple[Constraint, ...]], ...]:
    return tuple((name, as_constraints(value)) for name, value in _pairs(given))


def _lag_calendar(value: str) -> str:
    if value not in LAG_CALENDARS:
        remedy = f"Use {', '.join(LAG_CALENDARS)}."
        raise InvalidValue(field="lag_calendar", value=str(value), problem="measures no lag.", remedy=remedy)
    return value


@attrs.frozen(kw_only=True, eq=False)
class Inputs:
    """The arguments of `plan`, `forecast` and `plan_back`, mappings as pairs.

    Attributes:
        start: None when the plan is made backwards from *finish*.
        progress: what has happened, of a forecast.
    """

    process: Process
    calendar: Calendar
    start: Moment | None = None
    finish: Moment | None = None
    today: Moment | None = None
    durations: tuple[tuple[ElementId, EstimateLike], ...] = attrs.field(default=(), converter=_pairs)
    default_duration: DurationLike | None = None
    facts: Pairs = attrs.field(default=(), converter=_pairs)
    choices: Pairs = attrs.field(default=(), converter=_pairs)
    constraints: tuple[tuple[ElementId, tuple[Constraint, ...]], ...] = attrs.field(default=(), converter=_constraints)
    deadlines: tuple[tuple[ElementId, Moment], ...] = attrs.field(default=(), converter=_pairs)
    calendars: tuple[tuple[str, CalendarLike], ...] = attrs.field(default=(), converter=_pairs)
    lag_calendar: str = attrs.field(default="predecessor", converter=_lag_calendar)
    progress: Progress | None = None

    def changed(self, changes: Mapping[str, Any]) -> Inputs:
        """Return these inputs with *changes*: mappings are merged, None takes an entry out; the rest is replaced."""
        merged: dict[str, Any] = {}
        for name, value in changes.items():
            if name in _MAPPINGS:
                both = {**dict(getattr(self, name)), **value}
                merged[name] = {key: entry for key, entry in both.items() if entry is not None}
            else:
                merged[name] = value
        return attrs.evolve(self, **merged)
