"""Stages: stretches of work with their activities and gates; milestones: moments that must be true."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, element_id
from ltcflow.stages.activity import Activity
from ltcflow.stages.criterion import AnyCriterion, criteria_only
from ltcflow.stages.dependency import Dependency, dependencies, dependencies_or_listed
from ltcflow.stages.gate import Gate
from ltcflow.stages.parts import only
from ltcflow.worktime import ZERO, WorkDuration, as_duration, not_negative


class StageOrder(enum.Enum):
    """How the activities of a stage follow each other unless they say ``after``."""

    SEQUENCE = "sequence"
    PARALLEL = "parallel"
    CHOICE = "choice"


def _order(value: StageOrder | str) -> StageOrder:
    try:
        return StageOrder(value)
    except ValueError:
        raise InvalidValue(
            field="order", value=repr(value), problem="is not an order.", remedy="Use sequence, parallel or choice."
        ) from None


def _activities(values: Iterable[Activity]) -> tuple[Activity, ...]:
    return only(values, (Activity,), "activities", 'b.activity("draft")')


def _gates(values: Iterable[Gate]) -> tuple[Gate, ...]:
    return only(values, (Gate,), "gates", 'b.gate("atb", decided_by="board")')


def _id_or_none(value: str) -> ElementId:
    return element_id(value) if value else ""


def _at_least(instance: Stage, _attribute: object, value: int) -> None:
    wrong = isinstance(value, bool) or not isinstance(value, int) or value < 1
    if wrong or (value != 1 and instance.order is not StageOrder.CHOICE):
        raise InvalidValue(
            field="at_least",
            value=repr(value),
            problem="does not fit.",
            remedy="Give a whole number of 1 or more, and only with order: choice.",
        )


@attrs.frozen(kw_only=True)
class Stage:
    """A stretch of work: activities in an order, and gates.

    Attributes:
        id, title, purpose: its name, and what it is for.
        order: sequence (as listed), parallel, or choice (at least *at_least* of the activities).
        activities, gates: what is done, and where somebody decides.
        after: what the stage waits for; None: the stage listed before it; (): nothing, it starts with the process.
        when: condition; when false the whole stage is skipped.
        entered_when: milestone that marks the stage as truly entered; "" for none.
        succeeded_when: criteria of success (all done *and* the customer commits); () for none.
        mirrors: the other party's stage that this one answers to, in words.
        mandatory: tailoring may not drop it.
    """

    id: ElementId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    purpose: Label = attrs.field(default=NO_LABEL, converter=as_label)
    order: StageOrder = attrs.field(default=StageOrder.SEQUENCE, converter=_order)
    at_least: int = attrs.field(default=1, validator=_at_least)
    activities: tuple[Activity, ...] = attrs.field(default=(), converter=_activities)
    gates: tuple[Gate, ...] = attrs.field(default=(), converter=_gates)
    after: tuple[Dependency, ...] | None = attrs.field(default=None, converter=dependencies_or_listed)
    when: str = ""
    entered_when: ElementId = attrs.field(default="", converter=_id_or_none)
    succeeded_when: tuple[AnyCriterion, ...] = attrs.field(default=(), converter=criteria_only)
    mirrors: Label = attrs.field(default=NO_LABEL, converter=as_label)
    mandatory: bool = False
    source: Source | None = None


def _decimal(value: Decimal | int | float | str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    if not number.is_finite() or number <= 0 or isinstance(value, bool) or len(number.as_tuple().digits) > 30:
        raise InvalidValue(
            field="payment", value=repr(value)[:80], problem="is not a positive number.", remedy="Use 0.3."
        )
    return number


def _one_of(instance: Payment, _attribute: object, _value: object) -> None:
    share, amount = instance.share, instance.amount
    if (
        (share is None) == (amount is None)
        or (share is not None and share > 1)
        or bool(amount) != bool(instance.currency)
    ):
        raise InvalidValue(
            field="payment",
            value=f"share={share}, amount={amount}, currency={instance.currency!r}",
            problem="is neither one share of the contract nor one amount of money.",
            remedy="Write {share: 0.3, due: 30ed} or {amount: 500000, currency: CNY, due: 30ed}.",
        )


@attrs.frozen(kw_only=True)
class Payment:
    """An instalment that a milestone makes due: a share (0 to 1) of the contract, or an amount in a currency.

    Attributes:
        due: how long after the milestone it is to be paid (``30ed`` counts calendar days).
    """

    share: Decimal | None = attrs.field(default=None, converter=_decimal)
    amount: Decimal | None = attrs.field(default=None, converter=_decimal)
    currency: str = attrs.field(default="", validator=_one_of)
    due: WorkDuration = attrs.field(default=ZERO, converter=as_duration, validator=not_negative)


PaymentLike: TypeAlias = "Payment | Mapping[str, Any]"


def _payments(values: Iterable[PaymentLike]) -> tuple[Payment, ...]:
    return tuple(v if isinstance(v, Payment) else Payment(**v) for v in values)


@attrs.frozen(kw_only=True)
class Milestone:
    """A moment that must be true.

    Attributes:
        after: the elements it waits for.
        criteria: what else must be true for it.
        payments: instalments it makes due.
        when: condition; when false the milestone is skipped.
    """

    id: ElementId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    after: tuple[Dependency, ...] = attrs.field(default=(), converter=dependencies)
    criteria: tuple[AnyCriterion, ...] = attrs.field(default=(), converter=criteria_only)
    payments: tuple[Payment, ...] = attrs.field(default=(), converter=_payments)
    when: str = ""
    mandatory: bool = False
    source: Source | None = None
