"""Events of the registers of a project. A field that was not there in an older record has its default."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias, get_args

import attrs

from ltcflow.conditions import Money
from ltcflow.names import ElementId
from ltcflow.projects.base import Event
from ltcflow.projects.register.responses import Response
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
)
REGISTERED: tuple[type[Event], ...] = tuple(set(get_args(AnyRegisterEvent)) - {EarlyStartRevoked})
"""The events that only registers and what is judged by them know of."""
