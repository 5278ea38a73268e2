"""Representative values: few assignments of facts that show every way some conditions can come out.

A condition whose comparisons each set one fact against constants cuts that fact's values into points (the constants)
and the gaps between and beyond them. One value of each is enough: the product over the facts reaches every combination
of results that any assignment reaches. Where facts are compared with each other or with sums, the values are good
samples, not all: `SampleSpace.exhaustive` says so.
"""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

import attrs

from ltcflow.conditions.facts import (
    LARGEST_PERCENT,
    ChoiceType,
    DateType,
    Fact,
    FactType,
    FactValue,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
    show_value,
)
from ltcflow.conditions.language import Condition
from ltcflow.conditions.money import EXACT, Money, bounded
from ltcflow.conditions.typed import Constant, Node

MOST_COMBINED = 8
_ROUND = decimal.Context(prec=20, traps=[])
_DAY = datetime.timedelta(days=1)


class _Absent:
    """The fact is not known."""


_ABSENT = _Absent()


@attrs.frozen(kw_only=True)
class SampleSpace:
    """The representative values of the facts that some conditions read.

    Attributes:
        facts: the facts, in the order they are declared. domains: for each, its values; `optional` facts may also be
            absent, because a condition asks whether they are known.
        size: how many combinations there are; limit: how many of them `rows` yields at most.
        exhaustive: every combination of results that any assignment of known values reaches is reached by `rows`.
    """

    facts: tuple[str, ...]
    domains: tuple[tuple[FactValue, ...], ...]
    optional: frozenset[str]
    limit: int
    complete: bool

    @property
    def size(self) -> int:
        return math.prod(len(d) + (f in self.optional) for f, d in zip(self.facts, self.domains, strict=True))

    @property
    def exhaustive(self) -> bool:
        return self.complete and self.size <= self.limit

    def rows(self) -> Iterator[Mapping[str, FactValue]]:
        """Yield assignments, each once, always in the same order; evenly thinned out when there are too many."""
        size = self.size
        count = min(size, self.limit)
        step = 1 if count == size else _stride(size)
        wide: list[tuple[FactValue | _Absent, ...]] = [
            (*domain, _ABSENT) if fact in self.optional else domain
            for fact, domain in zip(self.facts, self.domains, strict=True)
        ]
        for number in range(count):
            rest, row = number * step % size, {}
            for fact, domain in zip(self.facts, wide, strict=True):
                rest, place = divmod(rest, len(domain))
                value = domain[place]
                if not isinstance(value, _Absent):
                    row[fact] = value
            yield row


def _stride(size: int) -> int:
    """Return a step that visits every number below *size* once, far apart at first (the golden ratio)."""
    step = max(1, size * 618_033_988 // 1_000_000_000)
    while math.gcd(step, size) != 1:
        step += 1
    return step


def sample_space(conditions: Iterable[Condition], facts: Mapping[str, Fact], limit: int = 20_000) -> SampleSpace:
    """Return the representative values of all facts that *conditions* read.

    Args:
        facts: the declared facts, by name; they give the order.
        limit: the most combinations to yield.
    Cost: linear in the length of the conditions, plus the square of the constants that stand in one sum.
    """
    atoms = _Atoms()
    read: dict[str, FactType] = {}
    for condition in conditions:
        read.update(condition.types)
        atoms.collect(condition.root)
    names = tuple(name for name in facts if name in read) + tuple(sorted(n for n in read if n not in facts))
    domains = tuple(_domain(read[name], atoms.constants.get(name, {})) for name in names)
    return SampleSpace(
        facts=names, domains=domains, optional=frozenset(atoms.asked), limit=max(1, limit), complete=atoms.complete
    )


def representatives(
    conditions: Iterable[Condition], facts: Mapping[str, Fact], limit: int = 20_000
) -> Iterator[Mapping[str, FactValue]]:
    """Yield assignments of representative values for all facts that *conditions* read.

    Facts are left out of an assignment only where a condition asks ``known(fact)``. See `sample_space` for whether
    the assignments show everything.

    Example:
        >>> from ltcflow.conditions import NumberType, compile_condition
        >>> facts = {"n": Fact("n", NumberType())}
        >>> [str(row["n"]) for row in representatives([compile_condition("n >= 10", facts)], facts)]
        ['9', '10', '11']
    """
    return sample_space(conditions, facts, limit).rows()


def is_exhaustive(conditions: Iterable[Condition], facts: Mapping[str, Fact], limit: int = 20_000) -> bool:
    """Say whether `representatives` shows every combination of results that known values can give."""
    return sample_space(conditions, facts, limit).exhaustive


def compared_with(conditions: Iterable[Condition], fact: str) -> tuple[Constant, ...]:
    """Return the constants that *conditions* compare *fact* with, in the order they stand there; combinations of them
    where it is compared with other facts or stands in a sum."""
    atoms = _Atoms()
    for condition in conditions:
        atoms.collect(condition.root)
    return tuple(atoms.constants.get(fact, ()))


def witness_text(values: Mapping[str, FactValue], facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return *values* as short lines, in the order the facts are declared.

    Example:
        >>> from ltcflow.conditions import Money, MoneyType
        >>> witness_text({"amount": Money(9_999_999, "CNY")}, {"amount": Fact("amount", MoneyType("CNY"))})
        ('amount = 9_999_999 CNY',)
    """
    named = [name for name in facts if name in values] + sorted(name for name in values if name not in facts)
    return tuple(
        f"{name} = {show_value(facts[name].type if name in facts else TextType(), values[name])}" for name in named
    )


class _Atoms:
    """The constants each fact is compared with, gathered from the comparisons of some conditions."""

    def __init__(self) -> None:
        self.constants: dict[str, dict[Constant, None]] = {}
        self.asked: set[str] = set()
        self.complete = True

    def collect(self, node: Node) -> None:
        """Gather from *node*, a part that says yes or no, and all its parts."""
        if node.form == "known":
            self.asked.update(node.facts())
        elif node.form in ("compare", "in") and node.children[0].typ.kind != "yesno":
            self._atom(node)
        elif node.form != "fact":
            for child in node.children:
                self.collect(child)

    def _atom(self, node: Node) -> None:
        names = node.facts()
        sides = [c for c in node.children if c.form != "constant"]
        constants = [n.value for n in node.walk() if n.form == "constant" and n.value is not None]
        constants += node.options
        choices = all(c.typ.kind == "choice" and c.form == "fact" for c in sides)
        if not choices and not (len(sides) == 1 and sides[0].form == "fact"):
            self.complete = False
            constants = _combined(constants)
            for part in node.walk():
                if part.form == "if":
                    self.collect(part.children[0])
        for name in names:
            self.constants.setdefault(name, {}).update(dict.fromkeys(constants))


def _combined(constants: list[Constant]) -> list[Constant]:
    """Return constants with their sums, differences, products and quotients: where sums of facts may turn."""
    numbers = [c for c in dict.fromkeys(constants) if isinstance(c, Decimal)][:MOST_COMBINED]
    days = [c for c in dict.fromkeys(constants) if isinstance(c, datetime.date)][:MOST_COMBINED] or [_MIDDLE]
    result = [*constants, *days, Decimal(0), Decimal(1)]
    for a in numbers:
        for b in numbers:
            for operation in (EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.divide):
                try:
                    result.append(_ROUND.plus(operation(a, b)))
                except decimal.DecimalException:
                    continue
        for day in days:
            if a.copy_abs() < 100_000:
                result += [d for d in (_shift(day, int(a)), _shift(day, -int(a))) if d is not None]
    return [c for c in dict.fromkeys(result) if not isinstance(c, Decimal) or bounded(c)]


_MIDDLE = datetime.date(2026, 1, 1)


def _shift(day: datetime.date, by: int) -> datetime.date | None:
    try:
        return day + _DAY * by
    except OverflowError:
        return None


def _domain(kind: FactType, constants: Mapping[Constant, None]) -> tuple[FactValue, ...]:
    """Return the representative values of one fact."""
    match kind:
        case YesNoType():
            return (True, False)
        case ChoiceType():
            return kind.of
        case TextType():
            return _texts([c for c in constants if isinstance(c, str)])
        case DateType():
            return _dates({c for c in constants if isinstance(c, datetime.date)})
        case MoneyType():
            amounts = _numbers([c for c in constants if isinstance(c, Decimal)], Decimal(1))
            return tuple(Money(amount, kind.currency) for amount in amounts)
        case NumberType():
            return _numbers([c for c in constants if isinstance(c, Decimal)], Decimal(1))
        case PercentType():
            shares = _numbers([c for c in constants if isinstance(c, Decimal)], Decimal("0.01"))
            return tuple(share for share in shares if share.copy_abs() <= LARGEST_PERCENT)


def _texts(constants: list[str]) -> tuple[str, ...]:
    others: list[str] = []
    number = 0
    while len(others) < 2:
        other = "other" if number == 0 else f"other {number}"
        number += 1
        if other not in constants:
            others.append(other)
    return (*constants, *others)


def _dates(constants: set[datetime.date]) -> tuple[datetime.date, ...]:
    if not constants:
        return (_MIDDLE,)
    near = {day for c in constants for day in (_shift(c, -1), c, _shift(c, 1)) if day is not None}
    return tuple(sorted(near))


def _numbers(constants: list[Decimal], step: Decimal) -> tuple[Decimal, ...]:
    """Return each constant, a value in each gap and one beyond each end, one *step* away where that fits."""
    points = sorted(set(constants))
    if not points:
        return (Decimal(0), step)
    values = [EXACT.subtract(points[0], step), points[0]]
    for low, high in pairwise(points):
        near = EXACT.subtract(high, step)
        values.append(near if near > low else EXACT.divide(EXACT.add(low, high), Decimal(2)))
        values.append(high)
    values.append(EXACT.add(points[-1], step))
    return tuple(dict.fromkeys(values))
