"""Money and the exact numbers behind it: decimals only, bounded, never through binary floating point."""

from __future__ import annotations

import decimal
import re
import unicodedata
from decimal import Decimal
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue

MOST_DIGITS = 30
"""A number has at most 30 digits before and after its point; more is a slip of the keyboard."""

EXACT = decimal.Context(
    prec=80,
    Emin=-999,
    Emax=999,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.Overflow, decimal.InvalidOperation, decimal.DivisionByZero],
)
"""The context of all arithmetic: 80 digits, so that the sum and the product of two legal numbers are exact."""

Number: TypeAlias = int | float | Decimal | str

_PLAIN = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*|(?=\.[0-9]))(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?"
)
_CURRENCY = re.compile(r"[A-Z]{3}")


def shown(value: object) -> str:
    """Return *value* for a message: short, on one line, and without trusting its ``repr``."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 300:
        return f"a whole number of {value.bit_length()} bits"
    if value is None or isinstance(value, bool | int | float | Decimal | str):
        if isinstance(value, str):
            value = value[:100]
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "..."
    if hasattr(value, "isoformat"):
        return str(value)[:60]
    return f"a value of type {type(value).__name__}"


def bounded(value: Decimal) -> bool:
    """Say whether *value* is finite and within 30 digits before and 30 after the point, and in all."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        return False
    return value.adjusted() < MOST_DIGITS and exponent >= -MOST_DIGITS and len(value.as_tuple().digits) <= MOST_DIGITS


def read_number(value: object) -> Decimal | None:
    """Return *value* as an exact decimal, or None when it is not a number.

    Floats count as what they print (0.1 is 0.1); text may carry "," or "_" between thousands. Not-a-number and infinite
    values are returned as they are: the caller says why they are refused.

    Example:
        >>> read_number("1,000,000"), read_number(0.1), read_number("ten")
        (Decimal('1000000'), Decimal('0.1'), None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(int(value)) if value.bit_length() < 400 else Decimal("Infinity")
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if isinstance(value, str) and len(value) <= 200:
        text = unicodedata.normalize("NFKC", value).strip().replace("−", "-")
        if _PLAIN.fullmatch(text):
            return Decimal(text.replace(",", "").replace("_", ""))
    return None


def plain(value: Decimal) -> str:
    """Return *value* without an exponent and without zeros after the point that say nothing, thousands by "_".

    Example:
        >>> plain(Decimal("1.0E+7")), plain(Decimal("0.150")), plain(Decimal("-1234.5"))
        ('10_000_000', '0.15', '-1_234.5')
    """
    if not value.is_finite() or not -100 < value.adjusted() < 100:
        return str(value)
    text = format(value, ",f").replace(",", "_")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _amount(value: Number) -> Decimal:
    number = read_number(value)
    if number is None or not number.is_finite():
        raise InvalidValue(
            field="amount", value=shown(value), problem="is not an amount of money.", remedy="Write a number."
        )
    return number


def currency_code(value: str) -> str:
    """Return *value* when it has the form of a currency code (converter for attrs fields)."""
    if isinstance(value, str) and _CURRENCY.fullmatch(value):
        return value
    raise InvalidValue(
        field="currency",
        value=shown(value),
        problem="is not a currency code.",
        remedy="Write three capital letters, such as CNY.",
    )


def is_currency(value: str) -> bool:
    """Say whether *value* has the form of a currency code: three capital letters."""
    return _CURRENCY.fullmatch(value) is not None


@attrs.frozen(order=False)
class Money:
    """An amount in one currency; ordered, added and subtracted within that currency only.

    Attributes:
        amount: exact, in units of the currency (not cents).
        currency: three capital letters.

    Raises:
        InvalidValue: an amount that is no finite number, a malformed currency, two currencies in one operation, or
            a result beyond 999 digits.

    Example:
        >>> price = Money(1_000_000, "CNY")
        >>> price * "0.15" + Money("0.5", "CNY"), price > Money(5, "CNY")
        (Money(amount=Decimal('150000.50'), currency='CNY'), True)
        >>> str(price)
        '1_000_000 CNY'
    """

    amount: Decimal = attrs.field(converter=_amount)
    currency: str = attrs.field(converter=currency_code)

    def _same(self, other: Money, sign: str) -> Decimal:
        if other.currency != self.currency:
            raise InvalidValue(
                field="money",
                value=f"{self} {sign} {other}",
                problem="mixes two currencies.",
                remedy="Convert one of them first.",
            )
        return other.amount

    def _result(self, amount: Decimal) -> Money:
        return Money(amount, self.currency)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._result(_exactly("add", self.amount, self._same(other, "+")))

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return self._result(_exactly("subtract", self.amount, self._same(other, "-")))

    def __mul__(self, factor: Number) -> Money:
        if isinstance(factor, Money | bool):
            return NotImplemented
        return self._result(_exactly("multiply", self.amount, _amount(factor)))

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return self._result(EXACT.minus(self.amount))

    def __lt__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount < self._same(other, "<")

    def __le__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount <= self._same(other, "<=")

    def __gt__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount > self._same(other, ">")

    def __ge__(self, other: Money) -> bool:
        return NotImplemented if not isinstance(other, Money) else self.amount >= self._same(other, ">=")

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"


def _exactly(operation: str, left: Decimal, right: Decimal) -> Decimal:
    try:
        result: Decimal = getattr(EXACT, operation)(left, right)
    except decimal.DecimalException as error:
        raise InvalidValue(
            field="money", value=operation, problem="has a result beyond all bounds.", remedy="Use smaller numbers."
        ) from error
    return result
