"""What all commands and all events have in common, and how the values in them are read."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from ltcflow.conditions import Money
from ltcflow.conditions.money import bounded, is_currency, read_number
from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.roles import Person, check_person

LONGEST_TEXT = 10_000


def aware(value: datetime) -> datetime:
    """Return *value* when it is a datetime with a time zone.

    Raises:
        InvalidValue: it is not.
    """
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value
    raise InvalidValue(
        field="at", value=repr(value), problem="is not an aware datetime.", remedy="Give it a time zone (tzinfo)."
    )


def as_text(value: str) -> str:
    """Return *value* when it is a text that a record can hold; InvalidValue otherwise."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise InvalidValue(
            field="text",
            value=repr(value)[:80],
            problem="is not a text that can be kept.",
            remedy=f"Give at most {LONGEST_TEXT} characters of Unicode text.",
        )
    return value


def as_day(value: date | str) -> date:
    """Return *value* as a date; InvalidValue when it is none."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
    except ValueError:
        pass
    raise InvalidValue(field="due", value=repr(value), problem="is not a date.", remedy="Write 2026-03-31.")


def as_money(value: Money | str | None) -> Money | None:
    """Return *value* as money; None stays None.

    Raises:
        InvalidValue: no amount with a currency, or one of more than 30 digits.

    Example:
        >>> as_money("-1_500.50 CNY")
        Money(amount=Decimal('-1500.50'), currency='CNY')
    """
    if value is None:
        return None
    if isinstance(value, Money):
        amount, currency = str(value.amount), value.currency
    else:
        amount, _, currency = value.strip().rpartition(" ") if isinstance(value, str) else ("", "", "")
    number = read_number(amount)
    if number is None or not bounded(number) or not is_currency(currency):
        raise InvalidValue(
            field="money", value=repr(value)[:80], problem="is no amount of money.", remedy="Write 1_000_000 CNY."
        )
    return Money(number, currency)


@attrs.frozen(kw_only=True)
class Command:
    """What all commands share: who wishes it, and when (aware)."""

    by: Person = attrs.field(converter=check_person)
    at: datetime = attrs.field(converter=aware)


@attrs.frozen(kw_only=True)
class Event:
    """What all events share: who caused it, and when (aware).

    *remembered*: (element, criterion key) of each remembering criterion that was first met by what this event tells.
    *clocks*: (element, moment, runs) of each clock that was started or stopped by it; see `ltcflow.projects.clocks`.
    """

    by: Person
    at: datetime
    remembered: tuple[tuple[ElementId, str], ...] = ()
    clocks: tuple[tuple[ElementId, datetime, bool], ...] = ()
