"""Who of a project is away, and who stands in: the sponsor first, for the sponsor stays bound and is never replaced.

A substitute or delegate acts in their place, by name, and the record names both; the role stays with the sponsor.
That they are away shows in the status, in what a milestone still lacks, and on the work list of those who lead.
"""

from __future__ import annotations

from datetime import date, datetime

import attrs

from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects.days import day
from ltcflow.projects.standins import delegations_of
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class Absent:
    """Somebody with a role who is away today.

    Attributes:
        since, until: the first and the last day of the absence; of all that are going on today.
        roles: what they wear, sorted. sponsor: one of them is the sponsor's.
        stand_ins: (role, who acts in it in their place): delegates at gates, the latest first, else the first
            substitute who is there; a role that is missing here stays with them.
    """

    person: Person
    since: date
    until: date
    note: str = ""
    roles: tuple[RoleId, ...] = ()
    sponsor: bool = False
    stand_ins: tuple[tuple[RoleId, tuple[Person, ...]], ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who stands in, each once."""
        return tuple(dict.fromkeys(person for _, people in self.stand_ins for person in people))


def absent(process: Process, state: ProjectState, at: datetime) -> tuple[Absent, ...]:
    """Return who with a role is away at *at*: the sponsor first, then by name. Pure.

    Cost: O(absences * roles); nothing where nobody was ever absent.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, DeclareAbsence, NameSubstitutes, StartProject, decide, replay
        >>> bid = b.process("bid", roles=[b.role("sponsor", sponsor=True)], stages=[b.stage("s", activities=[])])
        >>> now, state = datetime(2026, 3, 2, tzinfo=UTC), NOTHING
        >>> for command in (
        ...     StartProject(project="acme", team={"sponsor": "li.wei"}, by="li.wei", at=now),
        ...     NameSubstitutes(role="sponsor", people=["qian.yu"], by="li.wei", at=now),
        ...     DeclareAbsence(person="li.wei", until="2026-03-06", by="li.wei", at=now),
        ... ):
        ...     state = replay(decide(bid, state, command).events, state)
        >>> [(one.person, one.sponsor, one.until.isoformat(), one.people) for one in absent(bid, state, now)]
        [('li.wei', True, '2026-03-06', ('qian.yu',))]
    """
    if not len(state.absences):
        return ()
    today = day(at, state.time_zone)
    sponsors = {role.id for role in process.roles if role.sponsor}
    found = [one for person in state.absences if (one := _absent(state, person, today, sponsors)) is not None]
    return tuple(sorted(found, key=lambda one: (not one.sponsor, one.person)))


def _absent(state: ProjectState, person: Person, today: date, sponsors: set[RoleId]) -> Absent | None:
    now, roles = state.absence(person, today), state.team.roles(person)
    if now is None or not roles:
        return None
    covering = [a for a in state.absences[person] if a.since <= today <= a.until]
    in_place = ((role, _in_place(state, person, role, today)) for role in roles)
    return Absent(
        person=person,
        since=min(a.since for a in covering),
        until=max(a.until for a in covering),
        note=next((a.note for a in reversed(covering) if a.note), ""),
        roles=roles,
        sponsor=any(role in sponsors for role in roles),
        stand_ins=tuple((role, people) for role, people in in_place if people),
    )


def _in_place(state: ProjectState, person: Person, role: RoleId, today: date) -> tuple[Person, ...]:
    """Delegates who may judge in *role*; without any, the first of the substitutes. Only who is there."""
    lent = (d.to for d in delegations_of(state, person, today) if not d.roles or role in d.roles)
    delegates = tuple(dict.fromkeys(p for p in lent if state.absence(p, today) is None))
    there = (p for p in state.substitutes.people(role) if p != person and state.absence(p, today) is None)
    return delegates or tuple(p for p in [next(there, None)] if p is not None)
