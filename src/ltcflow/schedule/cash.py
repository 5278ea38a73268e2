"""Cash: which instalment is to be paid when, and how much money is there by the end of each month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.schedule.instalments import Instalment, WithheldLike, instalments, split
from ltcflow.schedule.rows import Plan
from ltcflow.worktime import Calendar, WorkDuration, add_minutes

if TYPE_CHECKING:
    from ltcflow.schedule.montecarlo import Simulation


@attrs.frozen(kw_only=True)
class Expected(Instalment):
    """An instalment and when its payment is due.

    Attributes:
        planned: by the plan.
        p50, p80: by when with 50 and 80 %, where it becomes due at all; None without a simulation, or when it never is.
        probability: that it becomes due at all.
    """

    planned: datetime
    p50: datetime | None = None
    p80: datetime | None = None
    probability: float = 1.0


@attrs.frozen(kw_only=True)
class Month:
    """The money of one month, on the calendar's wall clock.

    Attributes:
        month: "2026-07".
        expected: what comes in this month, on average; cumulative: the sum up to its end.
        p50, p80: with 50 and 80 % at least this much has come by its end.
    """

    month: str
    expected: Money
    cumulative: Money
    p50: Money
    p80: Money


@attrs.frozen(kw_only=True)
class Cash:
    """When the money of a contract comes.

    Attributes:
        contract: its value; uncovered: what no instalment of the plan asks for.
        instalments: in declared order, then what was kept back.
        months: from the first payment to the last, without gaps.
        expected: what comes in all, on average.
    """

    contract: Money
    uncovered: Money
    expected: Money
    instalments: tuple[Expected, ...]
    months: tuple[Month, ...]

    def __getitem__(self, instalment: str) -> Expected:
        """Return one instalment by id; UnknownName when there is none."""
        for found in self.instalments:
            if found.id == instalment:
                return found
        raise UnknownName(kind="instalment", value=str(instalment), known=(i.id for i in self.instalments))


def cash(
    timing: Plan | Simulation,
    process: Process,
    *,
    contract_value: Money,
    retention: WithheldLike = None,
    holdback: WithheldLike = None,
    places: int = 2,
) -> Cash:
    """Return when the money of a contract comes, by the payments that the milestones of *process* declare.

    From a `Plan` every date is the planned one. From a `Simulation` months have the expected money and what is there
    with 50 and 80 %; a payment that never becomes due because the project is lost brings nothing.

    Args:
        timing: a plan or a simulation of *process*.
        retention: ``{"share": "0.05", "until": "accepted", "due": "30ed"}``: kept from every instalment before that
            milestone and paid with it.
        holdback: the same, with a share of the contract or an ``amount``: kept from the last instalments before it.
        places: decimal places of the currency: amounts are exact to its smallest unit and add up.
    Raises:
        InvalidValue: instalments that are more than the contract, another currency, a plan of another process.
        UnknownName: a milestone that is not declared.
    Cost: O(instalments * (samples + months * log minutes)); memory 8 bytes per month and sample.

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan
        >>> do = b.stage("do", activities=[b.activity("deliver", duration="20d")])
        >>> terms = [{"share": "0.3"}, {"share": "0.7", "due": "30ed"}]
        >>> supply = b.process("supply", stages=[do], milestones=[b.milestone("done", after=["do"], payments=terms)])
        >>> money = cash(plan(supply, start="2026-03-02"), supply, contract_value=Money(100_000, "CNY"))
        >>> [(m.month, str(m.expected)) for m in money.months]
        [('2026-03', '30_000 CNY'), ('2026-04', '70_000 CNY')]
    """
    beside = timing if isinstance(timing, Plan) else timing.plan
    if beside.process != process.id:
        raise _bad("timing", beside.process, "is the plan of another process.", f"Plan {process.id!r}.")
    planned = [m.id for m in process.milestones if m.id in beside and not beside[m.id].skipped]
    terms = {"retention": retention, "holdback": holdback}
    found = instalments(process, contract_value, planned=planned, places=places, **terms)
    book = Book(found, contract_value.currency, places)
    uncovered = contract_value - book.money(sum(book.units))
    days = beside.calendar
    dates = [due_moment(days, beside[i.milestone].early_finish, i.due) for i in found]
    if isinstance(timing, Plan):
        expected = [_expected(i, at) for i, at in zip(found, dates, strict=True)]
        months = book.certain(dates)
    else:
        from ltcflow.schedule.bands import expect

        expected, months = expect(book, found, dates, timing)
    total = book.money(0) if not months else months[-1].cumulative
    return Cash(
        contract=contract_value, uncovered=uncovered, expected=total, instalments=tuple(expected), months=tuple(months)
    )


def due_moment(calendar: Calendar, moment: datetime, due: WorkDuration) -> datetime:
    """Return when a payment is due that is to be made *due* after *moment*."""
    if due.elapsed:
        return (moment.astimezone(UTC) + timedelta(minutes=due.minutes)).astimezone(calendar.zone)
    return add_minutes(calendar, moment, due.minutes).astimezone(calendar.zone)


def month_of(moment: datetime) -> int:
    """Return the month of *moment* as a number: 12 * year + month - 1."""
    return 12 * moment.year + moment.month - 1


def _expected(instalment: Instalment, planned: datetime) -> Expected:
    return Expected(**attrs.asdict(instalment, recurse=False), planned=planned)


class Book:
    """Instalments in whole units, and how months are made of them."""

    def __init__(self, found: Sequence[Instalment], currency: str, places: int) -> None:
        self.currency, self.places = currency, places
        self.units = [int(i.amount.amount.scaleb(places)) for i in found]

    def money(self, units: int) -> Money:
        return Money(Decimal(units).scaleb(-self.places), self.currency)

    def certain(self, dates: Sequence[datetime]) -> list[Month]:
        """Return the months of payments that come for certain."""
        if not dates:
            return []
        first = min(map(month_of, dates))
        sums = [Fraction(0)] * (max(map(month_of, dates)) - first + 1)
        for at, units in zip(dates, self.units, strict=True):
            sums[month_of(at) - first] += units
        rising = [int(sum(sums[: k + 1])) for k in range(len(sums))]
        return self.months(first, sums, rising, rising)

    def months(
        self, first: int, means: Sequence[Fraction], halves: Sequence[int], likely: Sequence[int]
    ) -> list[Month]:
        """Return months from *first* on; *means* are rounded so that they add up to the rounded total."""
        parts = split(round(sum(means)), means) if any(means) else [0] * len(means)
        found: list[Month] = []
        total = 0
        for place, (units, p50, p80) in enumerate(zip(parts, halves, likely, strict=True)):
            total += units
            year, month = divmod(first + place, 12)
            found.append(
                Month(
                    month=f"{year:04}-{month + 1:02}",
                    expected=self.money(units),
                    cumulative=self.money(total),
                    p50=self.money(p50),
                    p80=self.money(p80),
                )
            )
        return found


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=str(value), problem=problem, remedy=remedy)
