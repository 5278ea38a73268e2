"""Clocks: when the time of activities and gates with a time limit ran, in which round, and who was told of it.

They hold moments only. How much working time that is, is a matter of the calendar, and of whoever asks
(`ltcflow.projects.due`): neither a command nor `apply` does arithmetic on calendars.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.names import ElementId
from ltcflow.roles import Person

Switch = tuple[ElementId, datetime, bool]
"""The clock of an element, the moment it was switched, and whether it runs from then on."""


@attrs.frozen
class Told:
    """That something was told.

    Attributes:
        rung: "due" for the time limit or date itself, else the key of a rung (``80%``, ``overdue 1d``).
        tell: the roles (or people) that were told. due: the moment it fell due. at: when it was recorded.
    """

    rung: str
    tell: tuple[str, ...]
    due: datetime
    at: datetime


@attrs.frozen
class Clock:
    """The clock of one element in its present round.

    Attributes:
        round: 1 at first; when the element ends, the clock is made ready for the next.
        spans: when it ran, oldest first. since: since when it runs; None while it stands.
        told: what was told in this round, oldest first.
    """

    round: int = 1
    spans: tuple[tuple[datetime, datetime], ...] = ()
    since: datetime | None = None
    told: tuple[Told, ...] = ()

    @property
    def used(self) -> bool:
        """True when it ran in this round."""
        return self.since is not None or bool(self.spans)

    def stretches(self, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return when it ran, up to *now*."""
        return self.spans if self.since is None else (*self.spans, (self.since, max(self.since, now)))


@attrs.frozen
class Waiting:
    """Somebody outside is waited for: since when, who said so, for whom, and why."""

    since: datetime
    by: Person
    on: str
    reason: str


Clocks: TypeAlias = "HashTrieMap[ElementId, Clock]"
UNUSED = Clock()


def switched(clocks: Clocks, switches: Iterable[Switch]) -> Clocks:
    """Return *clocks* after *switches*, in their order. A clock that runs is not started again, nor stopped twice."""
    for name, moment, runs in switches:
        clock = clocks.get(name, UNUSED)
        if runs and clock.since is None:
            clock = attrs.evolve(clock, since=moment)
        elif not runs and clock.since is not None:
            span = (clock.since, max(moment, clock.since))
            spans = (*clock.spans, span) if span[0] < span[1] else clock.spans or (span,)
            clock = attrs.evolve(clock, since=None, spans=spans)
        clocks = clocks.insert(name, clock)
    return clocks


def ended(clocks: Clocks, names: Iterable[ElementId]) -> Clocks:
    """Return *clocks* with those of *names* made ready for another round, as far as they were used."""
    for name in names:
        clock = clocks.get(name)
        if clock is not None and (clock.used or clock.told):
            clocks = clocks.insert(name, Clock(clock.round + 1))
    return clocks


def noted(clocks: Clocks, name: ElementId, told: Told) -> Clocks:
    """Return *clocks* with what was told about *name* in its present round."""
    clock = clocks.get(name, UNUSED)
    return clocks.insert(name, attrs.evolve(clock, told=(*clock.told, told)))
