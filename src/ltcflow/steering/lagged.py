"""What `ltcflow.lag` answers: time by element, vote, role and person, and who waited for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import attrs

from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.stages import Verdict
from ltcflow.worktime import ZERO, WorkDuration


class Spent(NamedTuple):
    """Time that went into one round of an element in one way, and whose it was."""

    element: ElementId
    round: int
    way: str
    roles: tuple[RoleId, ...]
    people: tuple[Person, ...]
    time: WorkDuration


@attrs.frozen(kw_only=True)
class ElementTime:
    """One round of an activity or gate. All times are working time, by its own calendar.

    Attributes:
        kind: activity or gate. round: a recycle, a hold or a re-opening begins another.
        roles, people: whose time it took in the window.
        allowed: since when it could be begun or judged. begun: when it was (of a gate its first vote); None: not yet.
        ended, outcome: when its round ended, and how: finished, a verdict, or reopened (by a recycle).
        waiting: open and not begun. working: begun and not ended. outside: somebody outside was waited for.
        held: the project was on hold.
    """

    element: ElementId
    kind: str
    title: Label = NO_LABEL
    round: int = 1
    roles: tuple[RoleId, ...] = ()
    people: tuple[Person, ...] = ()
    allowed: datetime
    begun: datetime | None = None
    ended: datetime | None = None
    outcome: str = ""
    waiting: WorkDuration = ZERO
    working: WorkDuration = ZERO
    outside: WorkDuration = ZERO
    held: WorkDuration = ZERO

    @property
    def lead_time(self) -> WorkDuration:
        """Waiting and working together: the time that a time limit counts."""
        return WorkDuration(self.waiting.minutes + self.working.minutes)


@attrs.frozen(kw_only=True)
class VoteTime:
    """How long one vote was missing while its gate could be judged and all its criteria were met.

    Attributes:
        time: working time. cast, verdict: None while it is missing.
    """

    gate: ElementId
    round: int
    role: RoleId
    person: Person
    time: WorkDuration
    cast: datetime | None = None
    verdict: Verdict | None = None


@attrs.frozen(kw_only=True)
class PartyTime:
    """The time of one role or person, added up over elements; time that several share counts in full for each.

    Attributes:
        name: a role or a person; "" for what nobody answers for.
        waiting, working, outside, held: as of `ElementTime`; of a gate, while it was theirs to act.
        votes: how long their votes were missing.
    """

    name: str
    waiting: WorkDuration = ZERO
    working: WorkDuration = ZERO
    outside: WorkDuration = ZERO
    held: WorkDuration = ZERO
    votes: WorkDuration = ZERO


@attrs.frozen(kw_only=True)
class WaitedFor:
    """How long one role waited for another, in working time of the process's calendar.

    Attributes:
        on: a role, or a name where it is nobody's role.
        time: time in which several things were waited for counts once.
        over: (what had to happen, time), longest first: elements, facts, deliverables, conditions.
        held_up: the elements of *role* that waited. now: what it still waits for.
    """

    role: RoleId
    on: str
    time: WorkDuration
    over: tuple[tuple[str, WorkDuration], ...] = ()
    held_up: tuple[ElementId, ...] = ()
    now: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class LagReport:
    """Where the time of a project went between two moments.

    Attributes:
        elements: in declared order, by round. votes: in the order in which they became missing.
        roles, people: the most time first. waits: the longest first.
    """

    project: str
    since: datetime
    until: datetime
    elements: tuple[ElementTime, ...] = ()
    votes: tuple[VoteTime, ...] = ()
    roles: tuple[PartyTime, ...] = ()
    people: tuple[PartyTime, ...] = ()
    waits: tuple[WaitedFor, ...] = ()

    def of(self, element: ElementId) -> tuple[ElementTime, ...]:
        """Return the rounds of *element*, oldest first; () where it has used no time."""
        return tuple(item for item in self.elements if item.element == element)

    @property
    def waiting_now(self) -> tuple[WaitedFor, ...]:
        """Who waits for whom at the end of the window."""
        return tuple(wait for wait in self.waits if wait.now)


def totals(spent: Iterable[Spent], votes: Iterable[VoteTime]) -> tuple[tuple[PartyTime, ...], tuple[PartyTime, ...]]:
    """Return the time of each role and of each person, the most first."""
    roles: dict[str, dict[str, int]] = {}
    people: dict[str, dict[str, int]] = {}
    for one in spent:
        for table, names in ((roles, one.roles), (people, one.people)):
            for name in names:
                _add(table, name, one.way, one.time)
    for vote in votes:
        _add(roles, vote.role, "votes", vote.time)
        _add(people, vote.person, "votes", vote.time)
    return tuple(_parties(roles)), tuple(_parties(people))


def _add(table: dict[str, dict[str, int]], name: str, way: str, time: WorkDuration) -> None:
    mine = table.setdefault(name, {})
    mine[way] = mine.get(way, 0) + time.minutes


def _parties(table: dict[str, dict[str, int]]) -> Iterator[PartyTime]:
    for name, ways in sorted(table.items(), key=lambda item: (-sum(item[1].values()), item[0])):
        yield PartyTime(name=name, **{way: WorkDuration(minutes) for way, minutes in ways.items()})
