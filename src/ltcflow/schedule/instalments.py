"""Instalments: the payments of a process as exact amounts that add up, and what is withheld from them until later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue
from ltcflow.graph import network
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.stages import Payment
from ltcflow.worktime import ZERO, WorkDuration, as_duration, not_negative

LARGEST = 10**18
"""Bound of a contract in its smallest units."""


@attrs.frozen(kw_only=True)
class Instalment:
    """An amount that a milestone makes due.

    Attributes:
        id: "signed[0]" for the first payment of the milestone signed, "retention", "holdback".
        milestone: what makes it due; due: how long after that.
        amount: what is to be paid then; withheld: what is paid later instead.
    """

    id: str
    milestone: ElementId
    amount: Money
    withheld: Money
    due: WorkDuration = ZERO


def _part(value: object) -> Fraction | None:
    if value is None:
        return None
    number = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else value
    if not isinstance(number, Decimal) or not number.is_finite() or not 0 <= number <= 1:
        raise _bad("share", value, "is no share.", "Give a number from 0 to 1, such as '0.05'.")
    return Fraction(number)


@attrs.frozen(kw_only=True)
class Withheld:
    """Money kept back until a milestone.

    Attributes:
        until: the milestone that releases it.
        share: of each instalment (retention) or of the contract (holdback); or
        amount: of money, for a holdback.
        due: how long after the milestone it is to be paid.
    """

    until: ElementId
    share: Fraction | None = attrs.field(default=None, converter=_part)
    amount: Money | None = None
    due: WorkDuration = attrs.field(default=ZERO, converter=as_duration, validator=not_negative)


WithheldLike: TypeAlias = "Withheld | Mapping[str, Any] | None"


def as_withheld(field: str, value: WithheldLike) -> Withheld | None:
    """Return *value* as money kept back: ``{"share": "0.05", "until": "accepted", "due": "0d"}``.

    Raises:
        InvalidValue: anything else, or both or neither of share and amount.
    """
    if value is None:
        return None
    found = value if isinstance(value, Withheld) else None
    if isinstance(value, Mapping) and "until" in value and set(value) <= {"share", "amount", "until", "due"}:
        found = Withheld(**value)
    if found is None or (found.share is None) == (found.amount is None):
        remedy = "Write {'share': '0.05', 'until': 'accepted'}, for a holdback also {'amount': Money(...), ...}."
        raise _bad(field, value, "does not say what is kept back until when.", remedy)
    return found


def split(total: int, weights: Sequence[Fraction]) -> list[int]:
    """Return whole parts of *total* in proportion to *weights*, by the largest remainder, ties to the earlier one.

    The parts add up to *total*, and none is off by a whole unit (Hamilton's method; Balinski and Young 1982).

    Example:
        >>> split(100, [Fraction(1, 3)] * 3), split(10, [Fraction(0), Fraction(0)])
        ([34, 33, 33], [10, 0])
    """
    if not weights:
        return []
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights] if whole else [Fraction(0)] * len(weights)
    parts = [part.numerator // part.denominator for part in exact]
    left = total - sum(parts)
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for place in range(left if whole else 0):
        parts[order[place]] += 1
    if not whole:
        parts[0] += left
    return parts


def instalments(
    process: Process,
    contract_value: Money,
    *,
    planned: Iterable[ElementId],
    retention: WithheldLike = None,
    holdback: WithheldLike = None,
    places: int = 2,
) -> tuple[Instalment, ...]:
    """Return the instalments of *contract_value*, exact to the smallest unit, in declared order.

    Shares are rounded so that together they are exact: when they add up to 1, the instalments add up to the contract.
    Retention is kept from every instalment that does not wait for its milestone, holdback from the last of them.

    Args:
        planned: milestones that take place; others pay nothing.
        places: decimal places of the currency.
    Raises:
        InvalidValue: another currency, more than the contract, more places than the currency has, more kept back than
            there is, a milestone that does not take place.
        UnknownName: a milestone that is not declared.
    """
    there = set(planned)
    money = _Units(contract_value, places)
    payments = [(m.id, n, p) for m in process.milestones if m.id in there for n, p in enumerate(m.payments)]
    amounts = money.payments([payment for _, _, payment in payments])
    kept = [0] * len(amounts)
    later: list[Instalment] = []
    for name, value in (("retention", retention), ("holdback", holdback)):
        withheld = as_withheld(name, value)
        if withheld is None:
            continue
        process.milestone(withheld.until)
        if withheld.until not in there:
            raise _bad(name, withheld.until, "does not take place.", "Name a milestone that is planned.")
        open_ = [i for i, (milestone, _, _) in enumerate(payments) if not _waits(process, milestone, withheld.until)]
        rest = [amounts[i] - kept[i] for i in open_]
        taken = money.retained(withheld, rest) if name == "retention" else money.held(withheld, rest)
        for i, units in zip(open_, taken, strict=True):
            kept[i] += units
        if sum(taken):
            later.append(
                Instalment(
                    id=name,
                    milestone=withheld.until,
                    amount=money.of(sum(taken)),
                    withheld=money.of(0),
                    due=withheld.due,
                )
            )
    paid = [
        Instalment(
            id=f"{milestone}[{n}]",
            milestone=milestone,
            amount=money.of(units - back),
            withheld=money.of(back),
            due=payment.due,
        )
        for (milestone, n, payment), units, back in zip(payments, amounts, kept, strict=True)
    ]
    return (*paid, *later)


def _waits(process: Process, milestone: ElementId, until: ElementId) -> bool:
    """Return True when *milestone* is *until* or waits for it: what it pays is not kept back any more."""
    waits = network(process)
    at = waits.index[until]
    return waits.index[milestone] == at or waits.index[milestone] in waits.descendants(at)


class _Units:
    """Money in whole numbers of its smallest unit."""

    def __init__(self, contract: Money, places: int) -> None:
        if not isinstance(contract, Money) or contract.amount < 0:
            raise _bad("contract_value", contract, "is no contract value.", "Give Money(1_000_000, 'CNY').")
        if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= 6:
            raise _bad("places", places, "is no number of decimal places.", "Use 2, or 0 for JPY.")
        self.currency, self.places = contract.currency, places
        self.contract = self.units("contract_value", contract)

    def units(self, field: str, money: Money) -> int:
        if money.currency != self.currency:
            raise _bad(field, money, "is in another currency than the contract.", f"Convert it to {self.currency}.")
        exact = Fraction(money.amount) * 10**self.places
        if exact.denominator != 1 or abs(exact) >= LARGEST:
            problem = f"has more than {self.places} decimal places, or is too large."
            raise _bad(field, money, problem, "Round it, or say places=.")
        return int(exact.numerator)

    def of(self, units: int) -> Money:
        """Return *units* as money."""
        return Money(Decimal(units).scaleb(-self.places), self.currency)

    def payments(self, payments: Sequence[Payment]) -> list[int]:
        """Return the amount of each payment."""
        shares = [Fraction(payment.share) if payment.share is not None else Fraction(0) for payment in payments]
        total = round(self.contract * sum(shares))
        places = [i for i, payment in enumerate(payments) if payment.share is not None]
        found = [0] * len(payments)
        for i, units in zip(places, split(total, [shares[i] for i in places]), strict=True):
            found[i] = units
        for i, payment in enumerate(payments):
            if payment.amount is not None:
                found[i] = self.units("payments", Money(payment.amount, payment.currency))
        if sum(found) > self.contract:
            problem = f"is less than its instalments, which are {self.of(sum(found))}."
            raise _bad("contract_value", self.of(self.contract), problem, "Correct the payments of the milestones.")
        return found

    def retained(self, withheld: Withheld, rest: Sequence[int]) -> list[int]:
        """Return what is kept back of each of *rest* when all give the same share."""
        if withheld.share is None:
            raise _bad("retention", withheld.amount, "is no share of instalments.", "Use holdback for an amount.")
        return split(round(sum(rest) * withheld.share), [Fraction(units) for units in rest])

    def held(self, withheld: Withheld, rest: Sequence[int]) -> list[int]:
        """Return what is kept back of each of *rest* when the last give all they have."""
        if withheld.share is not None:
            left = round(self.contract * withheld.share)
        else:
            left = self.units("holdback", withheld.amount or self.of(0))
        if not 0 <= left <= sum(rest):
            problem = f"is more than the {self.of(sum(rest))} that can be kept back."
            raise _bad("holdback", self.of(left), problem, "Keep back less.")
        found = [0] * len(rest)
        for i in range(len(rest) - 1, -1, -1):
            found[i] = min(rest[i], left)
            left -= found[i]
        return found


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=str(value), problem=problem, remedy=remedy)
