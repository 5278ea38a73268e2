"""Commands on the registers of a project: risks, change requests, the ledger of promises, early starts.

What was promised to a customer is called a commitment here: `Promise` is the condition of a conditional go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias, get_args

import attrs

from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue
from ltcflow.projects.base import Command, as_day, as_money, as_text
from ltcflow.projects.register.responses import Response, as_response
from ltcflow.roles import check_person
from ltcflow.stages import RiskLevel
from ltcflow.worktime import DurationLike, as_duration

Times: TypeAlias = tuple[tuple[str, str], ...]
TimesLike: TypeAlias = "Mapping[str, DurationLike] | Iterable[tuple[str, DurationLike]]"
SIDES = ("customer", "us")


def _level(value: RiskLevel | str | None) -> RiskLevel | None:
    try:
        return None if value is None else RiskLevel(value)
    except ValueError:
        raise InvalidValue(
            field="level", value=repr(value), problem="is not a risk level.", remedy="Use low, medium, high, critical."
        ) from None


def _step(value: int) -> int:
    if type(value) is int and 0 <= value <= 100:
        return value
    raise InvalidValue(
        field="rating", value=repr(value)[:80], problem="is no step of a scale.", remedy="Use a whole number from 1."
    )


def _day(value: date | str | None) -> date | None:
    return None if value is None else as_day(value)


def _side(value: str) -> str:
    if value in SIDES:
        return value
    raise InvalidValue(
        field="side", value=repr(value)[:80], problem="is no side of a contract.", remedy="Use customer or us."
    )


def _times(values: TimesLike) -> Times:
    pairs = values.items() if isinstance(values, Mapping) else values
    return tuple(sorted({as_text(name): str(as_duration(time)) for name, time in pairs}.items()))


@attrs.frozen(kw_only=True)
class RegisterCommand(Command):
    """What all commands on registers share."""


@attrs.frozen(kw_only=True)
class RaiseRisk(RegisterCommand):
    """Put a risk on the register.

    Attributes:
        level: how heavy it is; None where *probability* and *impact* say so on the scale of the process.
        probability, impact: steps of that scale, from 1; 0: not rated.
        opportunity: it would do good. money: what it would cost, or bring, if it happened.
        cause, what, effect: because of what, what might happen, and what would follow.
        trigger: when it may happen, or show itself, first.
    """

    risk: str = attrs.field(converter=as_text)
    level: RiskLevel | None = attrs.field(default=None, converter=_level)
    title: str = attrs.field(default="", converter=as_text)
    owner: str = attrs.field(default="", converter=as_text)
    probability: int = attrs.field(default=0, converter=_step)
    impact: int = attrs.field(default=0, converter=_step)
    opportunity: bool = False
    cause: str = attrs.field(default="", converter=as_text)
    what: str = attrs.field(default="", converter=as_text)
    effect: str = attrs.field(default="", converter=as_text)
    money: Money | None = attrs.field(default=None, converter=as_money)
    trigger: date | None = attrs.field(default=None, converter=_day)


@attrs.frozen(kw_only=True)
class UpdateRisk(RegisterCommand):
    """Judge an open risk anew; what is left out stays as it is."""

    risk: str = attrs.field(converter=as_text)
    level: RiskLevel | None = attrs.field(default=None, converter=_level)
    owner: str = attrs.field(default="", converter=as_text)
    note: str = attrs.field(default="", converter=as_text)
    probability: int = attrs.field(default=0, converter=_step)
    impact: int = attrs.field(default=0, converter=_step)
    money: Money | None = attrs.field(default=None, converter=as_money)
    trigger: date | None = attrs.field(default=None, converter=_day)


@attrs.frozen(kw_only=True)
class AnswerRisk(RegisterCommand):
    """Say how an open risk is responded to, and the *probability* and *impact* that would be left (0: not said)."""

    risk: str = attrs.field(converter=as_text)
    response: Response = attrs.field(converter=as_response)
    probability: int = attrs.field(default=0, converter=_step)
    impact: int = attrs.field(default=0, converter=_step)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class PlanRiskAction(RegisterCommand):
    """Let somebody do something about an open risk by a date."""

    risk: str = attrs.field(converter=as_text)
    text: str = attrs.field(converter=as_text)
    owner: str = attrs.field(converter=check_person)
    due: date = attrs.field(converter=as_day)


@attrs.frozen(kw_only=True)
class FinishRiskAction(RegisterCommand):
    """Say that an action about a risk is done; *action* is its number, from 1."""

    risk: str = attrs.field(converter=as_text)
    action: int = attrs.field(converter=_step)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class HandOverRisk(RegisterCommand):
    """Hand an open risk over to *to*, who owns it from now on, beyond the end of the project."""

    risk: str = attrs.field(converter=as_text)
    to: str = attrs.field(converter=check_person)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class CloseRisk(RegisterCommand):
    """Close an open risk."""

    risk: str = attrs.field(converter=as_text)
    reason: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RequestChange(RegisterCommand):
    """Ask for a change.

    Attributes:
        title: what is to be changed. side: who wants it, the customer or us; asked_by: by name.
        times: working time added by activity (negative: saved). cost: added to what it costs us. price: added to what
            the customer pays. As far as they are known yet.
    """

    change: str = attrs.field(converter=as_text)
    title: str = attrs.field(default="", converter=as_text)
    side: str = attrs.field(default="customer", converter=_side)
    asked_by: str = attrs.field(default="", converter=as_text)
    times: Times = attrs.field(default=(), converter=_times)
    cost: Money | None = attrs.field(default=None, converter=as_money)
    price: Money | None = attrs.field(default=None, converter=as_money)


@attrs.frozen(kw_only=True)
class AssessChange(RegisterCommand):
    """Say what a change would do, in the place of what was said before; fields as for `RequestChange`."""

    change: str = attrs.field(converter=as_text)
    times: Times = attrs.field(default=(), converter=_times)
    cost: Money | None = attrs.field(default=None, converter=as_money)
    price: Money | None = attrs.field(default=None, converter=as_money)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class DecideChange(RegisterCommand):
    """Approve a change that was assessed, or reject one, with a reason."""

    change: str = attrs.field(converter=as_text)
    approve: bool
    reason: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class ImplementChange(RegisterCommand):
    """Say that an approved change is made."""

    change: str = attrs.field(converter=as_text)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RecordCommitment(RegisterCommand):
    """Put a promise on the ledger.

    Attributes:
        text: what was promised. to, made_by: to whom, and who promised it. value: what it is worth.
        source: the activity, gate or deliverable of the process in which it was promised (the bid, the negotiation).
    """

    commitment: str = attrs.field(converter=as_text)
    text: str = attrs.field(converter=as_text)
    to: str = attrs.field(default="", converter=as_text)
    made_by: str = attrs.field(default="", converter=as_text)
    value: Money | None = attrs.field(default=None, converter=as_money)
    source: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RecordClause(RegisterCommand):
    """Put a clause of the contract on the ledger."""

    clause: str = attrs.field(converter=as_text)
    text: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class TraceCommitment(RegisterCommand):
    """Say where a promise stands in the contract, what delivers it, and by what it is accepted; "" leaves it as it is.

    Attributes:
        clause: on the ledger. activity: of the process. acceptance: a deliverable, gate or milestone of the process,
            or ``gate/key`` for one criterion of a gate.
    """

    commitment: str = attrs.field(converter=as_text)
    clause: str = attrs.field(default="", converter=as_text)
    activity: str = attrs.field(default="", converter=as_text)
    acceptance: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class FulfilCommitment(RegisterCommand):
    """Say that a promise is kept."""

    commitment: str = attrs.field(converter=as_text)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class WithdrawCommitment(RegisterCommand):
    """Let a promise go, with a reason: a decision of those who decide changes."""

    commitment: str = attrs.field(converter=as_text)
    reason: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RevokeEarlyStart(RegisterCommand):
    """Take back the approval of an early start, with a reason."""

    activity: str
    reason: str = attrs.field(default="", converter=as_text)


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    given = (values,) if isinstance(values, str) else values
    return tuple(dict.fromkeys(tag for value in given if (tag := as_text(value).strip())))


@attrs.frozen(kw_only=True)
class OfferHandover(RegisterCommand):
    """Offer what the next team receives to *to*: at the end of *stage*, or ("") of the project."""

    handover: str = attrs.field(converter=as_text)
    to: str = attrs.field(converter=check_person)
    stage: str = attrs.field(default="", converter=as_text)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class AcceptHandover(RegisterCommand):
    """Take over what was offered to one, with what is missing in it."""

    handover: str = attrs.field(converter=as_text)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RejectHandover(RegisterCommand):
    """Refuse to take over what was offered to one, with a reason."""

    handover: str = attrs.field(converter=as_text)
    reason: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class RecordLesson(RegisterCommand):
    """Record what was learned, about a *stage* or the whole, with *tags* to find it by."""

    text: str = attrs.field(converter=as_text)
    stage: str = attrs.field(default="", converter=as_text)
    tags: tuple[str, ...] = attrs.field(default=(), converter=_tags)


@attrs.frozen(kw_only=True)
class RecordPayment(RegisterCommand):
    """Say that the money of an instalment has come: the *number*-th of *milestone*, from 1."""

    milestone: str
    number: int = attrs.field(default=1, validator=attrs.validators.instance_of(int))
    note: str = attrs.field(default="", converter=as_text)


AnyRegisterCommand: TypeAlias = (
    RaiseRisk
    | UpdateRisk
    | AnswerRisk
    | PlanRiskAction
    | FinishRiskAction
    | HandOverRisk
    | CloseRisk
    | RequestChange
    | AssessChange
    | DecideChange
    | ImplementChange
    | RecordCommitment
    | RecordClause
    | TraceCommitment
    | FulfilCommitment
    | WithdrawCommitment
    | RevokeEarlyStart
    | OfferHandover
    | AcceptHandover
    | RejectHandover
    | RecordLesson
    | RecordPayment
)
REGISTER: tuple[type[Command], ...] = get_args(AnyRegisterCommand)
"""Every command on a register; a project takes them while it runs and while it rests."""
