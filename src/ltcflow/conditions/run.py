"""Closures: what a checked condition does with the values of a project.

Every closure takes the values and returns the plain Python value of its part (Decimal for numbers and money, str, bool,
date) or None when that cannot be known. None of them raises: the types were settled when the condition was compiled,
values that do not fit count as unknown, and so do a division by zero and a result beyond all bounds.
"""

from __future__ import annotations

import datetime
import decimal
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from ltcflow.conditions.facts import (
    ChoiceType,
    DateType,
    FactType,
    FactValueError,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
    coerce_to,
)
from ltcflow.conditions.money import EXACT, Money

Values: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Values], Any]

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": EXACT.divide,
}


def nothing(values: Values) -> None:
    """Know nothing: what a part with a problem does."""
    return


def constant(value: object) -> Run:
    """Return *value*, whatever the project."""
    return lambda values: value


def _read_slowly(name: str, kind: FactType, value: object) -> Any:
    """Return *value* as the fact's type holds it, or None when it is absent or does not fit."""
    if value is None:
        return None
    try:
        fit = coerce_to(kind, value, name=name)
    except FactValueError:
        return None
    return fit.amount if isinstance(fit, Money) else fit


def fact(name: str, kind: FactType) -> Run:
    """Return the fact called *name*; money as the bare amount, because its currency is settled."""
    match kind:
        case MoneyType():
            return _money_fact(name, kind)
        case NumberType() | PercentType():
            return _number_fact(name, kind)
        case ChoiceType():
            options = frozenset(kind.of)
            return _plain_fact(name, kind, lambda v: v.__class__ is str and v in options)
        case TextType():
            return _plain_fact(name, kind, lambda v: v.__class__ is str)
        case DateType():
            return _plain_fact(name, kind, lambda v: v.__class__ is datetime.date)
        case YesNoType():
            return _plain_fact(name, kind, lambda v: v is True or v is False)


def _money_fact(name: str, kind: MoneyType) -> Run:
    currency = kind.currency

    def run(values: Values) -> Any:
        value = values.get(name)
        if value.__class__ is Money and value.currency == currency:
            return value.amount
        return _read_slowly(name, kind, value)

    return run


def _number_fact(name: str, kind: FactType) -> Run:
    def run(values: Values) -> Any:
        value = values.get(name)
        if value.__class__ is Decimal and value.is_finite():
            return value
        return _read_slowly(name, kind, value)

    return run


def _plain_fact(name: str, kind: FactType, fits: Callable[[Any], bool]) -> Run:
    def run(values: Values) -> Any:
        value = values.get(name)
        return value if fits(value) else _read_slowly(name, kind, value)

    return run


def compare(sign: str, left: Run, right: Run) -> Run:
    """Compare two parts."""
    test = COMPARE[sign]

    def run(values: Values) -> bool | None:
        a, b = left(values), right(values)
        return None if a is None or b is None else test(a, b)

    return run


def compare_constant(sign: str, left: Run, threshold: Any) -> Run:
    """Compare a part with a constant: the common case, made fast."""
    test = COMPARE[sign]

    def run(values: Values) -> bool | None:
        value = left(values)
        return None if value is None else test(value, threshold)

    return run


def is_in(left: Run, options: frozenset[Any], negated: bool) -> Run:
    """Say whether a part is one of *options*."""

    def run(values: Values) -> bool | None:
        value = left(values)
        return None if value is None else (value in options) is not negated

    return run


def all_of(parts: tuple[Run, ...]) -> Run:
    """Kleene's "and": no when any part is no, unknown when none is no and one is unknown."""

    def run(values: Values) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(values)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return run


def any_of(parts: tuple[Run, ...]) -> Run:
    """Kleene's "or": yes when any part is yes, unknown when none is yes and one is unknown."""

    def run(values: Values) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(values)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return run


def negate(part: Run) -> Run:
    """Turn yes into no and no into yes."""

    def run(values: Values) -> bool | None:
        value = part(values)
        return None if value is None else not value

    return run


def choose(test: Run, yes: Run, no: Run) -> Run:
    """Return *yes* or *no* by *test*; when the test is unknown, what both agree on, else unknown."""

    def run(values: Values) -> Any:
        answer = test(values)
        if answer is None:
            a, b = yes(values), no(values)
            return a if a is not None and a == b else None
        return yes(values) if answer else no(values)

    return run


def arithmetic(sign: str, left: Run, right: Run) -> Run:
    """Add, subtract, multiply or divide two numbers with 80 digits."""
    operation = _ARITHMETIC[sign]

    def run(values: Values) -> Decimal | None:
        a, b = left(values), right(values)
        if a is None or b is None:
            return None
        try:
            return operation(a, b)
        except decimal.DecimalException:
            return None

    return run


def minus(part: Run) -> Run:
    """Return the number with its sign turned, exactly."""

    def run(values: Values) -> Decimal | None:
        value = part(values)
        return None if value is None else value.copy_negate()

    return run


def absolute(part: Run) -> Run:
    """Return the number without its sign, exactly."""

    def run(values: Values) -> Decimal | None:
        value = part(values)
        return None if value is None else value.copy_abs()

    return run


def extreme(name: str, parts: tuple[Run, ...]) -> Run:
    """Return the least ("min") or greatest ("max") of the parts, unknown when one of them is."""
    pick: Callable[..., Any] = min if name == "min" else max

    def run(values: Values) -> Any:
        seen = [part(values) for part in parts]
        return None if None in seen else pick(seen)

    return run


def days(first: Run, last: Run) -> Run:
    """Return the whole days from *first* to *last*, negative when *last* is earlier."""

    def run(values: Values) -> Decimal | None:
        a, b = first(values), last(values)
        return None if a is None or b is None else Decimal((b - a).days)

    return run


def known(part: Run) -> Run:
    """Say whether a fact is known: yes or no, never unknown."""
    return lambda values: part(values) is not None
