"""Events of the registers of a project. A field that was not there in an older record has its default."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias, get_args

import attrs

from ltcflow.conditions import Money
from ltcflow.names import ElementId
from ltcflow.projects.base import Event
from ltcflow.projects.register.responses import Response
from ltcflow.roles import Person
from ltcflow.stages import RiskLevel


@attrs.frozen(kw_only=True)
class RegisterEvent(Event):
    """What all events of registers share."""


@attrs.frozen(kw_only=True)
class RiskRaised(RegisterEvent):
    """*level* follows from *probability* and *impact* where these are rated (not 0)."""

    risk: str
    level: RiskLevel
    title: str = ""
    owner: str = ""
    probability: int = 0
    impact: int = 0
    opportunity: bool = False
    cause: str = ""
    what: str = ""
    effect: str = ""
    money: Money | None = None
    trigger: date | None = None


@attrs.frozen(kw_only=True)
class RiskUpdated(RegisterEvent):
    """What is empty, 0 or None stays as it was."""

    risk: str
    level: RiskLevel
    owner: str = ""
    note: str = ""
    probability: int = 0
    impact: int = 0
    money: Money | None = None
    trigger: date | None = None


@attrs.frozen(kw_only=True)
class RiskAnswered(RegisterEvent):
    """*probability*, *impact*: what would be left of it."""

    risk: str
    response: Response
    probability: int = 0
    impact: int = 0
    note: str = ""


@attrs.frozen(kw_only=True)
class RiskActionPlanned(RegisterEvent):
    risk: str
    action: int
    text: str
    owner: str
    due: date


@attrs.frozen(kw_only=True)
class RiskActionDone(RegisterEvent):
    risk: str
    action: int
    note: str = ""


@attrs.frozen(kw_only=True)
class RiskHandedOver(RegisterEvent):
    risk: str
    to: str
    note: str = ""


@attrs.frozen(kw_only=True)
class RiskClosed(RegisterEvent):
    risk: str
    reason: str = ""


@attrs.frozen(kw_only=True)
class ChangeRequested(RegisterEvent):
    """*times*: (activity, working time added), as text."""

    change: str
    title: str = ""
    side: str = "customer"
    asked_by: str = ""
    times: tuple[tuple[str, str], ...] = ()
    cost: Money | None = None
    price: Money | None = None


@attrs.frozen(kw_only=True)
class ChangeAssessed(RegisterEvent):
    change: str
    times: tuple[tuple[str, str], ...] = ()
    cost: Money | None = None
    price: Money | None = None
    note: str = ""


@attrs.frozen(kw_only=True)
class ChangeDecided(RegisterEvent):
    change: str
    approved: bool
    reason: str = ""


@attrs.frozen(kw_only=True)
class ChangeImplemented(RegisterEvent):
    change: str
    note: str = ""


@attrs.frozen(kw_only=True)
class CommitmentRecorded(RegisterEvent):
    commitment: str
    text: str
    to: str = ""
    made_by: str = ""
    value: Money | None = None
    source: ElementId = ""


@attrs.frozen(kw_only=True)
class ClauseRecorded(RegisterEvent):
    clause: str
    text: str = ""


@attrs.frozen(kw_only=True)
class CommitmentTraced(RegisterEvent):
    """What is empty stays as it was."""

    commitment: str
    clause: str = ""
    activity: ElementId = ""
    acceptance: str = ""


@attrs.frozen(kw_only=True)
class CommitmentFulfilled(RegisterEvent):
    commitment: str
    note: str = ""


@attrs.frozen(kw_only=True)
class CommitmentWithdrawn(RegisterEvent):
    commitment: str
    reason: str


@attrs.frozen(kw_only=True)
class EarlyStartRevoked(RegisterEvent):
    activity: ElementId
    reason: str


@attrs.frozen(kw_only=True)
class HandoverOffered(RegisterEvent):
    """*package*: the fingerprint of what is offered; *missing*: what is missing in it, by key."""

    handover: str
    to: Person
    package: str
    stage: ElementId = ""
    missing: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class HandoverAccepted(RegisterEvent):
    """*package*, *missing*: as it was accepted."""

    handover: str
    package: str
    missing: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class HandoverRejected(RegisterEvent):
    handover: str
    reason: str


@attrs.frozen(kw_only=True)
class HandoverLapsed(RegisterEvent):
    """The package got worse than the one that was offered or accepted: *because* of what is missing now, by key."""

    handover: str
    because: tuple[str, ...]


@attrs.frozen(kw_only=True)
class LessonRecorded(RegisterEvent):
    text: str
    stage: ElementId = ""
    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class PaymentReceived(RegisterEvent):
    """*number*: which instalment of the milestone, from 1."""

    milestone: ElementId
    number: int = 1
    note: str = ""


AnyRegisterEvent: TypeAlias = (
    RiskRaised
    | RiskUpdated
    | RiskAnswered
    | RiskActionPlanned
    | RiskActionDone
    | RiskHandedOver
    | RiskClosed
    | ChangeRequested
    | ChangeAssessed
    | ChangeDecided
    | ChangeImplemented
    | CommitmentRecorded
    | ClauseRecorded
    | CommitmentTraced
    | CommitmentFulfilled
    | CommitmentWithdrawn
    | EarlyStartRevoked
    | HandoverOffered
    | HandoverAccepted
    | HandoverRejected
    | HandoverLapsed
    | LessonRecorded
    | PaymentReceived
)
REGISTERED: tuple[type[Event], ...] = tuple(set(get_args(AnyRegisterEvent)) - {EarlyStartRevoked})
"""The events that only registers and what is judged by them know of."""
