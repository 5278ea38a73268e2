"""The load of roles and people that several projects share, as steps over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.levelling.axes import moment_of
from ltcflow.schedule.levelling.placing import Held


@attrs.frozen(kw_only=True)
class LoadSpan:
    """A stretch of time in which the same activities hold people.

    Attributes:
        busy: how many are held; by: for what, as (project, activity).
    """

    start: datetime
    finish: datetime
    busy: int
    by: tuple[tuple[str, ElementId], ...]


@attrs.frozen(kw_only=True)
class Load:
    """Who is held when, of one role or one person, over all projects.

    Attributes:
        of: id of the role, or the person.
        capacity: how many there are for all projects together; None where each project has its own.
        spans: in order of time, without the stretches in which nobody is held. A span goes through the nights between.
    """

    of: str
    capacity: int | None
    spans: tuple[LoadSpan, ...]

    @property
    def peak(self) -> int:
        """The largest number held at once."""
        return max((span.busy for span in self.spans), default=0)

    def at(self, moment: datetime) -> int:
        """Return how many are held at *moment*.

        Raises:
            InvalidValue: a moment without a time zone.
        """
        if moment.utcoffset() is None:
            raise InvalidValue(
                field="moment", value=str(moment), problem="has no time zone.", remedy="Give an aware datetime."
            )
        when = moment.astimezone(UTC)
        inside = (s.busy for s in self.spans if s.start.astimezone(UTC) <= when < s.finish.astimezone(UTC))
        return next(inside, 0)


def role_loads(held: Iterable[Held], capacities: Mapping[RoleId, int | None], clock: ProjectClock) -> tuple[Load, ...]:
    """Return the load of each role of *capacities*."""
    every = list(held)
    return tuple(
        _load(role, capacities[role], [one for one in every if role in one.roles], clock) for role in sorted(capacities)
    )


def person_loads(held: Iterable[Held], people: Iterable[Person], clock: ProjectClock) -> tuple[Load, ...]:
    """Return the load of each of *people*."""
    every = list(held)
    return tuple(
        _load(person, 1, [one for one in every if person in one.people], clock) for person in sorted(set(people))
    )


def _load(of: str, capacity: int | None, held: list[Held], clock: ProjectClock) -> Load:
    spans: list[LoadSpan] = []
    marks = sorted({mark for one in held for mark in (one.start, one.end)})
    for start, end in pairwise(marks):
        by = tuple(sorted((one.project, one.element) for one in held if one.start <= start < one.end))
        if by:
            moments = moment_of(start, clock), moment_of(end, clock)
            spans.append(LoadSpan(start=moments[0], finish=moments[1], busy=len(by), by=by))
    return Load(of=of, capacity=capacity, spans=tuple(spans))
