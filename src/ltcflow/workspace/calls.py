"""The calls of a workspace that are sugar for a command each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from ltcflow import projects as p
from ltcflow.names import ElementId
from ltcflow.projects.commands import FactsLike, PromiseLike
from ltcflow.roles import Person
from ltcflow.stages import Verdict

C = TypeVar("C", bound=p.Command)
Make = Callable[[datetime], Any]


class Calls:
    """One method per command. Each takes ``by`` (who) and ``at`` (when; the workspace's clock unless given).

    Each returns Accepted or Refused, and raises UnknownName for a project that is not there.
    """

    def _send(self, project: str, make: Make, at: datetime | None) -> p.Answer:
        """Decide and record the command that *make* builds for a moment."""
        raise TypeError("Calls is a part of Workspace")

    def _do(self, project: str, kind: type[C], by: Person, at: datetime | None, **fields: Any) -> p.Answer:
        return self._send(project, lambda moment: kind(by=by, at=moment, **fields), at)

    def begin(self, project: str, activity: ElementId, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Begin an activity."""
        return self._do(project, p.StartActivity, by, at, activity=activity)

    def finish(self, project: str, activity: ElementId, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Finish an activity; one that nobody began is begun at the same moment."""
        return self._do(project, p.FinishActivity, by, at, activity=activity)

    def submit(
        self,
        project: str,
        deliverable: ElementId,
        *,
        by: Person,
        fields: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> p.Answer:
        """Hand in a deliverable with the content of its fields."""
        return self._do(project, p.SubmitDeliverable, by, at, deliverable=deliverable, fields=fields or {})

    def record(self, project: str, *, by: Person, facts: FactsLike, at: datetime | None = None) -> p.Answer:
        """Record facts."""
        return self._do(project, p.RecordFacts, by, at, facts=facts)

    def vote(
        self,
        project: str,
        gate: ElementId,
        *,
        by: Person,
        verdict: Verdict | str,
        conditions: Iterable[PromiseLike] = (),
        reason: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Judge a gate: go, conditional (with conditions), hold, recycle or stop (with a reason)."""
        promises = tuple(conditions)
        return self._do(project, p.CastVote, by, at, gate=gate, verdict=verdict, conditions=promises, reason=reason)

    def delegate(
        self, project: str, gate: ElementId, *, by: Person, to: Person, at: datetime | None = None
    ) -> p.Answer:
        """Give one's vote on a gate to somebody else."""
        return self._do(project, p.DelegateVote, by, at, gate=gate, to=to)

    def delegate_authority(
        self,
        project: str,
        *,
        by: Person,
        to: Person,
        until: date | str,
        since: date | str | None = None,
        gates: ElementId | Iterable[ElementId] = (),
        roles: str | Iterable[str] = (),
        onward: bool = False,
        at: datetime | None = None,
    ) -> p.Answer:
        """Let *to* judge gates in the place of *by* until a day, perhaps only some *gates* or in some *roles*."""
        scope = {"since": since, "gates": gates, "roles": roles, "onward": onward}
        return self._do(project, p.DelegateAuthority, by, at, to=to, until=until, **scope)

    def revoke_delegation(
        self, project: str, delegation: str, *, by: Person, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Take a delegation back, by its id."""
        return self._do(project, p.RevokeDelegation, by, at, delegation=delegation, reason=reason)

    def name_substitutes(
        self, project: str, role: str, people: Person | Iterable[Person], *, by: Person, at: datetime | None = None
    ) -> p.Answer:
        """Name who stands in for the wearers of *role* while they are absent, in this order."""
        return self._do(project, p.NameSubstitutes, by, at, role=role, people=people)

    def declare_absence(
        self,
        project: str,
        person: Person,
        *,
        by: Person,
        until: date | str,
        since: date | str | None = None,
        note: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Say that *person* is away until a day, from now or from *since* on."""
        return self._do(project, p.DeclareAbsence, by, at, person=person, until=until, since=since, note=note)

    def end_absence(self, project: str, person: Person, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Say that *person* is back."""
        return self._do(project, p.EndAbsence, by, at, person=person)

    def waive(
        self, project: str, gate: ElementId, criterion: str, *, by: Person, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Let a gate do without one of its criteria."""
        return self._do(project, p.WaiveCriterion, by, at, gate=gate, criterion=criterion, reason=reason)

    def meet(self, project: str, condition: str, *, by: Person, note: str = "", at: datetime | None = None) -> p.Answer:
        """Say that a condition is met."""
        return self._do(project, p.MeetCondition, by, at, condition=condition, note=note)

    def redate(
        self, project: str, condition: str, *, by: Person, due: date | str, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Give an unmet condition another date."""
        return self._do(project, p.RedateCondition, by, at, condition=condition, due=due, reason=reason)

    def assign(
        self, project: str, role: str, people: Person | Iterable[Person], *, by: Person, at: datetime | None = None
    ) -> p.Answer:
        """Let exactly *people* wear *role*."""
        return self._do(project, p.AssignRole, by, at, role=role, people=people)

    def hold(self, project: str, *, by: Person, reason: str, at: datetime | None = None) -> p.Answer:
        """Let the project rest."""
        return self._do(project, p.HoldProject, by, at, reason=reason)

    def resume(self, project: str, *, by: Person, reason: str = "", at: datetime | None = None) -> p.Answer:
        """Take up a resting project again."""
        return self._do(project, p.ResumeProject, by, at, reason=reason)

    def end(
        self, project: str, outcome: p.Closing | str, *, by: Person, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """End the project: won, completed, lost or cancelled."""
        return self._do(project, p.CloseProject, by, at, outcome=outcome, reason=reason)

    def reopen(self, project: str, *, by: Person, reason: str, at: datetime | None = None) -> p.Answer:
        """Open a closed project again."""
        return self._do(project, p.ReopenProject, by, at, reason=reason)

    def wait(
        self, project: str, element: ElementId, *, by: Person, on: str, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Say that an activity or gate waits for *on*, somebody outside the company: its clock stands still."""
        return self._do(project, p.StartWaiting, by, at, element=element, on=on, reason=reason)

    def unwait(
        self, project: str, element: ElementId, *, by: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Say that what an activity or gate waited for has come: its clock goes on."""
        return self._do(project, p.EndWaiting, by, at, element=element, note=note)

    def note(self, project: str, text: str, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Leave a note on the record."""
        return self._do(project, p.AddNote, by, at, text=text)
