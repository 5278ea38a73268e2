"""Who stands in for whom: delegations of authority, absences and the substitutes of a role.

* Who judges a gate in the place of a holder, the first that there is: whoever has voted in their place in this round
  (a vote cast while the delegation was valid counts, whatever becomes of the delegation); whom they gave this one vote
  to; whom they gave their authority to, by the latest delegation that is valid on the day and covers gate and role;
  while they are absent, the first of the substitutes of the role. Without any of these the holder judges.
* A delegate may hand on what was given with *onward*; otherwise one step is all.
* Nobody stands in who is absent, who judges the gate anyway, who stands in for somebody else there, or whom separation
  of duties bars; and nobody stands in for a holder whom it bars. The authority then stays with the holder.
* Substitutes also do the work of a role all of whose wearers are absent. Delegations are about gates only.
* Days are those of the time zone of the project, as those of conditions; both ends count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias

import attrs

from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects.away import Delegation
from ltcflow.projects.days import day
from ltcflow.projects.separation import barred_by
from ltcflow.projects.state import GateState, ProjectState
from ltcflow.roles import Person
from ltcflow.stages import DecisionRule


@attrs.frozen
class StandIn:
    """Who judges in the place of a holder, and by what: voted, given (this one vote), the id of a delegation, or
    substitute."""

    person: Person
    by: str


Key: TypeAlias = tuple[Person, RoleId]
StandIns: TypeAlias = Mapping[Key, StandIn]
NO_STAND_INS: StandIns = MappingProxyType({})


def stand_ins(
    process: Process,
    state: ProjectState,
    gate: ElementId,
    rules: Iterable[DecisionRule],
    round_: GateState,
    at: datetime,
) -> StandIns:
    """Return who stands in for whom at *gate*, by (holder, role); holders who judge by themselves are left out.

    Cost: O(roles * people * delegations); nothing where nobody ever delegated or was absent.
    """
    if not (round_.delegated or len(state.delegations) or len(state.absences)) and not _lent(round_):
        return NO_STAND_INS
    return _Finder(process, state, gate, round_, day(at, state.time_zone)).of(
        dict.fromkeys(r for rule in rules for r in rule.voting)
    )


def _lent(round_: GateState) -> bool:
    return any(vote.instead_of for vote in round_.votes)


class _Finder:
    def __init__(self, process: Process, state: ProjectState, gate: ElementId, round_: GateState, today: date) -> None:
        self.process, self.state, self.gate, self.today = process, state, gate, today
        self.given = dict(round_.delegated)
        self.votes = round_.votes
        self.taken: dict[Person, Person] = {}

    def of(self, roles: Iterable[RoleId]) -> StandIns:
        listed = tuple(roles)
        team = self.state.team
        self.holders = {person for role in listed for person in team.people(role)}
        pairs = [(person, role) for role in listed for person in team.people(role)]
        found: dict[Key, StandIn] = {}
        for pair in pairs:  # what was done or given binds first: others must not be taken twice
            if (one := self._bound(*pair)) is not None:
                found[pair] = one
                self.taken.setdefault(one.person, pair[0])
        voted = {vote.by for vote in self.votes if not vote.instead_of}
        for holder, role in pairs:
            if (holder, role) in found or holder in voted or holder in self.given:
                continue
            one = next((c for c in self._candidates(holder, role) if self._may(c.person, holder, role)), None)
            if one is not None:
                found[holder, role] = one
                self.taken.setdefault(one.person, holder)
        return found

    def _bound(self, holder: Person, role: RoleId) -> StandIn | None:
        for vote in self.votes:
            if vote.instead_of == holder and role in (vote.roles or (vote.role,)):
                return StandIn(vote.by, "given" if self.given.get(holder) == vote.by else "voted")
        to = self.given.get(holder)
        return StandIn(to, "given") if to is not None else None

    def _candidates(self, holder: Person, role: RoleId) -> Iterator[StandIn]:
        for delegation in delegations_of(self.state, holder, self.today):
            if delegation.covers(self.gate, role):
                yield from self._onward(delegation, role, {holder})
        if self.state.absence(holder, self.today) is not None:
            for person in self.state.substitutes.people(role):
                yield StandIn(person, "substitute")

    def _onward(self, delegation: Delegation, role: RoleId, seen: set[Person]) -> Iterator[StandIn]:
        """Whom *delegation* comes to: the last of its chain first, each earlier one in the place of who cannot."""
        seen = {*seen, delegation.to}
        for further in delegations_of(self.state, delegation.to, self.today) if delegation.onward else ():
            if further.covers(self.gate, role) and further.to not in seen:
                yield from self._onward(further, role, seen)
        yield StandIn(delegation.to, delegation.id)

    def _may(self, person: Person, holder: Person, role: RoleId) -> bool:
        if person == holder or person in self.holders or self.taken.get(person, holder) != holder:
            return False
        if self.state.absence(person, self.today) is not None:
            return False
        barred = (barred_by(self.process, self.state, who, role, self.gate) for who in (person, holder))
        return all(other is None for other in barred)


def delegations_of(state: ProjectState, person: Person, on: date) -> tuple[Delegation, ...]:
    """Return the delegations of *person* that are valid on a day, the latest first."""
    if not len(state.delegations):
        return ()
    found = [d for d in state.delegations.values() if d.by == person and d.valid(on)]
    return tuple(sorted(found, key=lambda d: number_of(d.id), reverse=True))


def number_of(delegation: str) -> int:
    """Return the number in the id of a delegation: they count up from 1 within a project."""
    return int(delegation.rpartition(".")[2])


def substitutes_at_work(state: ProjectState, role: RoleId, at: datetime) -> tuple[Person, ...]:
    """Return the substitutes that do the work of *role*: those who are there, while all its wearers are absent."""
    if not len(state.absences) or not len(state.substitutes):
        return ()
    today, worn = day(at, state.time_zone), state.team.people(role)
    if not worn or any(state.absence(person, today) is None for person in worn):
        return ()
    return tuple(p for p in state.substitutes.people(role) if state.absence(p, today) is None)
