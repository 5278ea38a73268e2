"""At which values of one fact some conditions may turn, counted in the smallest steps of its type.

Conditions compare a fact with constants, so they turn at a constant or one step beside it, and nowhere in between. The
step is a cent, a basis point, one, a day; finer where a constant or the present value is finer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from ltcflow.conditions import (
    ChoiceType,
    Condition,
    DateType,
    Fact,
    FactValue,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
    coerce,
    sample_space,
)
from ltcflow.conditions.facts import FactValueError
from ltcflow.conditions.money import EXACT, Money
from ltcflow.conditions.samples import compared_with
from ltcflow.conditions.typed import Constant

_PLACES = {MoneyType: 2, PercentType: 4, NumberType: 0}
_DAY = timedelta(days=1)


def turning_values(fact: Fact, conditions: Iterable[Condition], now: FactValue | None) -> tuple[FactValue, ...]:
    """Return the values of *fact* beside *now* among which are the nearest ones, up and down, that turn *conditions*.

    Sorted; the options of a choice in declared order. Cost: linear in the length of the conditions.

    Example:
        >>> from ltcflow.conditions import compile_condition
        >>> amount = Fact("amount", MoneyType("CNY"))
        >>> rule = compile_condition("amount > 5_000_000", {"amount": amount})
        >>> [str(value) for value in turning_values(amount, [rule], Money(1, "CNY"))]
        ['4_999_999.99 CNY', '5_000_000 CNY', '5_000_000.01 CNY']
    """
    reading = [c for c in conditions if fact.id in c.facts]
    if isinstance(fact.type, ChoiceType | TextType | YesNoType):
        space = sample_space(reading, {fact.id: fact})
        own = (domain for name, domain in zip(space.facts, space.domains, strict=True) if name == fact.id)
        return tuple(value for domain in own for value in domain if value != now)
    constants = [c for c in compared_with(reading, fact.id) if not isinstance(c, str)]
    given = now.amount if isinstance(now, Money) else now
    step = _step(fact, [*constants, *([given] if isinstance(given, Decimal) else [])])
    near = (value for constant in constants for value in _around(fact, constant, step))
    return tuple(sorted({value for value in near if value is not None and value != now}, key=_rank))


def proved(fact: Fact, conditions: Iterable[Condition]) -> bool:
    """Say whether `turning_values` has the nearest values for certain: no condition compares *fact* with another."""
    return sample_space((c for c in conditions if fact.id in c.facts), {fact.id: fact}).complete


def distance(now: FactValue, value: FactValue) -> Decimal:
    """Return how far *value* is from *now*, in units of its type; 1 between options, texts, yes and no."""
    if isinstance(now, Money) and isinstance(value, Money):
        return EXACT.subtract(value.amount, now.amount).copy_abs()
    if isinstance(now, Decimal) and isinstance(value, Decimal):
        return EXACT.subtract(value, now).copy_abs()
    if isinstance(now, date) and isinstance(value, date):
        return Decimal(abs((value - now).days))
    return Decimal(1)


def above(now: FactValue, value: FactValue) -> bool | None:
    """Say whether *value* lies above *now*; None where the type has no order."""
    if isinstance(now, str | bool) or isinstance(value, str | bool):
        return None
    return _rank(value) > _rank(now)


def _rank(value: FactValue) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, date):
        return Decimal(value.toordinal())
    return value if isinstance(value, Decimal) else Decimal(0)


def _step(fact: Fact, numbers: Iterable[Constant]) -> Decimal:
    places = _PLACES.get(type(fact.type), 0)
    for number in numbers:
        exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
        places = max(places, -exponent if isinstance(exponent, int) else 0)
    return Decimal(1).scaleb(-places)


def _around(fact: Fact, constant: Constant, step: Decimal) -> list[FactValue | None]:
    """*constant* and its neighbours as values of *fact*, as far as they fit it."""
    if isinstance(constant, Decimal) and not isinstance(fact.type, DateType):
        beside = (EXACT.subtract(constant, step), constant, EXACT.add(constant, step))
        if isinstance(fact.type, MoneyType):
            return [_fitting(fact, Money(n, fact.type.currency)) for n in beside]
        return [_fitting(fact, n) for n in beside]
    if isinstance(constant, date) and isinstance(fact.type, DateType):
        return [_shifted(constant, -1), constant, _shifted(constant, 1)]
    return []


def _shifted(day: date, by: int) -> date | None:
    try:
        return day + _DAY * by
    except OverflowError:
        return None


def _fitting(fact: Fact, value: FactValue) -> FactValue | None:
    try:
        return coerce(fact, value)
    except FactValueError:
        return None
