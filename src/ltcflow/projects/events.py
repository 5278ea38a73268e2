"""Events: what happened in a project. They carry their consequences, so that `apply` needs no process."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import attrs

from ltcflow.conditions import FactValue, Money
from ltcflow.names import ElementId, FactId, RoleId
from ltcflow.projects.base import Event as Event
from ltcflow.projects.commands import Closing, Promise
from ltcflow.projects.register.events import AnyRegisterEvent as AnyRegisterEvent
from ltcflow.projects.register.events import HandoverLapsed as HandoverLapsed
from ltcflow.projects.register.events import RegisterEvent as RegisterEvent
from ltcflow.projects.register.events import RiskClosed as RiskClosed
from ltcflow.projects.register.events import RiskRaised as RiskRaised
from ltcflow.projects.register.events import RiskUpdated as RiskUpdated
from ltcflow.projects.standin_events import AbsenceDeclared as AbsenceDeclared
from ltcflow.projects.standin_events import AbsenceEnded as AbsenceEnded
from ltcflow.projects.standin_events import AnyStandInEvent as AnyStandInEvent
from ltcflow.projects.standin_events import AuthorityDelegated as AuthorityDelegated
from ltcflow.projects.standin_events import DelegationRevoked as DelegationRevoked
from ltcflow.projects.standin_events import StandInEvent as StandInEvent
from ltcflow.projects.standin_events import SubstitutesNamed as SubstitutesNamed
from ltcflow.roles import Person, Team
from ltcflow.stages import Verdict

Facts: TypeAlias = tuple[tuple[FactId, FactValue], ...]


@attrs.frozen(kw_only=True)
class ProjectStarted(Event):
    """*time_zone*: whose days the dates of conditions are; records from before it was kept are in UTC."""

    project: str
    title: str
    process: ElementId
    version: str
    definition: str
    team: Team
    facts: Facts
    time_zone: str = "UTC"


@attrs.frozen(kw_only=True)
class RoleAssigned(Event):
    role: RoleId
    people: tuple[Person, ...]


@attrs.frozen(kw_only=True)
class FactsRecorded(Event):
    facts: Facts


@attrs.frozen(kw_only=True)
class ActivityStarted(Event):
    """*early*: started before what it waits for, under an approved early start."""

    activity: ElementId
    role: RoleId = ""
    early: bool = False


@attrs.frozen(kw_only=True)
class ActivityFinished(Event):
    activity: ElementId
    role: RoleId = ""


@attrs.frozen(kw_only=True)
class DeliverableSubmitted(Event):
    deliverable: ElementId
    fields: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class VoteCast(Event):
    """The vote of one person.

    *basis*: truth of each criterion when it was cast; *facts*: the values that those criteria and the approval matrix
    read then; *rows*: the keys of the rows of the matrix that were in force; *roles*: every role it speaks for (where
    there are none: *role* alone).
    """

    gate: ElementId
    role: RoleId
    verdict: Verdict
    instead_of: Person = ""
    conditions: tuple[Promise, ...] = ()
    reason: str = ""
    basis: tuple[tuple[str, str], ...] = ()
    facts: Facts = ()
    rows: tuple[str, ...] = ()
    roles: tuple[RoleId, ...] = ()


@attrs.frozen(kw_only=True)
class VoteLapsed(Event):
    """A vote no longer counts: what it was cast on got worse, or its voter no longer speaks for its role.

    *because*: keys of the criteria, ``row:<key>`` of the approval matrix, ``role:<id>``, ``separation:<id>`` of the
    role that bars the voter, or ``due:<date>`` of a condition that was overtaken.
    """

    gate: ElementId
    voter: Person
    because: str


@attrs.frozen(kw_only=True)
class VoteDelegated(Event):
    gate: ElementId
    to: Person


@attrs.frozen(kw_only=True)
class GateDecided(Event):
    """The outcome of a gate.

    Attributes:
        reopened: what had begun, been decided or used time of its limit, and a recycle opens again.
        resubmit: the deliverables that must be handed in again.
        forgotten: (element, criterion key) that is no longer remembered.
        rows: the keys of the rows of the approval matrix by which it was decided.
    """

    gate: ElementId
    verdict: Verdict
    conditions: tuple[tuple[str, Promise], ...] = ()
    reopened: tuple[ElementId, ...] = ()
    resubmit: tuple[ElementId, ...] = ()
    forgotten: tuple[tuple[ElementId, str], ...] = ()
    reason: str = ""
    rows: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class GateReopened(Event):
    """The gate must be judged again.

    A *condition* of its conditional go passed its date unmet; or, without one, the facts outgrew the limit it was
    decided under: the rows *limit* of its approval matrix apply now.
    """

    gate: ElementId
    condition: str = ""
    limit: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ConditionWasMet(Event):
    condition: str
    note: str = ""


@attrs.frozen(kw_only=True)
class ConditionRedated(Event):
    condition: str
    due: date
    reason: str = ""


@attrs.frozen(kw_only=True)
class CriterionWaived(Event):
    gate: ElementId
    criterion: str
    reason: str


@attrs.frozen(kw_only=True)
class ProjectHeld(Event):
    reason: str
    gate: ElementId = ""


@attrs.frozen(kw_only=True)
class ProjectResumed(Event):
    reason: str = ""


@attrs.frozen(kw_only=True)
class ProjectClosed(Event):
    outcome: Closing
    reason: str = ""


@attrs.frozen(kw_only=True)
class ProjectReopened(Event):
    reason: str


@attrs.frozen(kw_only=True)
class EarlyStartApproved(Event):
    """*daily_cost*, *daily_limit* and *limit* say what may be at stake: by working day, and in all."""

    activity: ElementId
    condition: str
    text: str
    due: date
    daily_cost: Money | None = None
    daily_limit: Money | None = None
    limit: Money | None = None


@attrs.frozen(kw_only=True)
class WaitingStarted(Event):
    """*on*: who outside the company is waited for, a role or a name."""

    element: ElementId
    on: str
    reason: str = ""


@attrs.frozen(kw_only=True)
class WaitingEnded(Event):
    element: ElementId
    note: str = ""


@attrs.frozen(kw_only=True)
class TimePassed(Event):
    """Since the last event the date of a condition passed: the clocks this started or stopped stand in *clocks*."""


@attrs.frozen(kw_only=True)
class FellDue(Event):
    """The time limit of an element, or the date of a condition, passed.

    Attributes:
        kind: activity, gate or condition. subject: its id.
        round: of the element's clock; 1 for conditions.
        tell: the roles (or people) that owe it.
        fell_due: the moment; *at* is when that was recorded.
    """

    kind: str
    subject: str
    round: int
    tell: tuple[str, ...]
    fell_due: datetime


@attrs.frozen(kw_only=True)
class Escalated(Event):
    """A rung of an escalation ladder was reached; fields as for `FellDue`, and the *rung* by its key."""

    kind: str
    subject: str
    round: int
    rung: str
    tell: tuple[str, ...]
    fell_due: datetime


@attrs.frozen(kw_only=True)
class NoteAdded(Event):
    text: str


AnyEvent: TypeAlias = (
    ProjectStarted
    | RoleAssigned
    | FactsRecorded
    | ActivityStarted
    | ActivityFinished
    | DeliverableSubmitted
    | VoteCast
    | VoteLapsed
    | VoteDelegated
    | GateDecided
    | GateReopened
    | ConditionWasMet
    | ConditionRedated
    | CriterionWaived
    | ProjectHeld
    | ProjectResumed
    | ProjectClosed
    | ProjectReopened
    | EarlyStartApproved
    | WaitingStarted
    | WaitingEnded
    | TimePassed
    | FellDue
    | Escalated
    | NoteAdded
    | AnyRegisterEvent
    | AnyStandInEvent
)
