"""Authority given away and absences, as a project remembers them."""

from __future__ import annotations

from datetime import date
from typing import Protocol, TypeAlias, assert_never

import attrs
from rpds import HashTrieMap

from ltcflow.names import ElementId, RoleId
from ltcflow.projects import standin_events as e
from ltcflow.projects.days import day
from ltcflow.roles import Person, Team


@attrs.frozen
class Delegation:
    """Authority given away: by whom, to whom, for which days (both included), for which gates and roles (): any."""

    id: str
    by: Person
    to: Person
    since: date
    until: date
    gates: tuple[ElementId, ...] = ()
    roles: tuple[RoleId, ...] = ()
    onward: bool = False
    revoked: bool = False

    def valid(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return not self.revoked and self.since <= on <= self.until

    def covers(self, gate: ElementId, role: RoleId) -> bool:
        """Say whether *gate* is judged in *role* under it."""
        return (not self.gates or gate in self.gates) and (not self.roles or role in self.roles)


@attrs.frozen
class Absence:
    """Days on which somebody is away, both included."""

    since: date
    until: date
    note: str = ""


Delegations: TypeAlias = "HashTrieMap[str, Delegation]"
Absences: TypeAlias = "HashTrieMap[Person, tuple[Absence, ...]]"


class Known(Protocol):
    """What a state knows of who stands in for whom."""

    @property
    def time_zone(self) -> str: ...
    @property
    def delegations(self) -> Delegations: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def substitutes(self) -> Team: ...


def stood_in(known: Known, event: e.AnyStandInEvent) -> dict[str, object]:
    """Return the fields of a state that *event* changes, as they are after it."""
    match event:
        case e.AuthorityDelegated() | e.DelegationRevoked():
            return {"delegations": _delegations(known.delegations, event)}
        case e.SubstitutesNamed():
            return {"substitutes": known.substitutes.with_role(event.role, event.people)}
        case e.AbsenceDeclared() | e.AbsenceEnded():
            return {"absences": _absences(known.absences, event, known.time_zone)}
        case _:
            assert_never(event)


def _delegations(known: Delegations, event: e.AuthorityDelegated | e.DelegationRevoked) -> Delegations:
    if isinstance(event, e.AuthorityDelegated):
        new = Delegation(
            event.delegation, event.by, event.to, event.since, event.until, event.gates, event.roles, event.onward
        )
        return known.insert(new.id, new)
    old = known.get(event.delegation)
    return known if old is None else known.insert(old.id, attrs.evolve(old, revoked=True))


def _absences(known: Absences, event: e.AbsenceDeclared | e.AbsenceEnded, zone: str) -> Absences:
    before = known.get(event.person, ())
    if isinstance(event, e.AbsenceDeclared):
        return known.insert(event.person, (*before, Absence(event.since, event.until, event.note)))
    return known.insert(event.person, tuple(a for a in before if a.until < day(event.at, zone)))
