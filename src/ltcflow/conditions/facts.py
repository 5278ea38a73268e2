"""Facts: the typed values known about a project, such as its amount, grade or gross margin.

A `Fact` is declared once, in the process; a value is read into its type by `coerce`, which refuses what does not fit,
and written to and read from JSON without loss by `fact_to_data` and `fact_from_data`.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias, assert_never

import attrs

from ltcflow.conditions.money import EXACT, Money, bounded, currency_code, is_currency, plain, read_number, shown
from ltcflow.errors import InvalidValue, LtcflowError, did_you_mean
from ltcflow.labels import NO_LABEL, Label, as_label
from ltcflow.names import FactId, check_id

LONGEST_TEXT = 10_000
LARGEST_PERCENT = Decimal(10)
"""A percent beyond 1000 % is taken for a slip: 15 where 0.15 is meant."""


def _options(values: Iterable[str]) -> tuple[str, ...]:
    options = (values,) if isinstance(values, str) else tuple(values)
    if isinstance(values, str) or not options or not all(isinstance(o, str) and o.strip() for o in options):
        raise InvalidValue(
            field="of",
            value=shown(values) if isinstance(values, str) else str(len(options)),
            problem="is not a list of texts that a choice can be made from.",
            remedy="Write for instance [A, B, C].",
        )
    options = tuple(unicodedata.normalize("NFC", o) for o in options)
    if len(set(options)) < len(options):
        twice = next(o for o in options if options.count(o) > 1)
        raise InvalidValue(field="of", value=shown(twice), problem="is listed twice.", remedy="Remove one of them.")
    return options


@attrs.frozen
class MoneyType:
    """An amount in one currency, such as MoneyType("CNY")."""

    currency: str = attrs.field(converter=currency_code)


@attrs.frozen
class PercentType:
    """A share: 0.15 is 15 %."""


@attrs.frozen
class ChoiceType:
    """One of a list of texts, such as ChoiceType(("A", "B", "C"))."""

    of: tuple[str, ...] = attrs.field(converter=_options)


@attrs.frozen
class NumberType:
    """An exact number; *unit* is what it counts, for people only."""

    unit: str = ""


@attrs.frozen
class DateType:
    """A calendar day."""


@attrs.frozen
class TextType:
    """Any text of at most 10,000 characters."""


@attrs.frozen
class YesNoType:
    """True or False."""


FactType: TypeAlias = MoneyType | PercentType | ChoiceType | NumberType | DateType | TextType | YesNoType
FactValue: TypeAlias = Money | Decimal | str | bool | datetime.date
FactData: TypeAlias = str | bool | dict[str, str]

FACT_TYPES: tuple[type, ...] = (MoneyType, PercentType, ChoiceType, NumberType, DateType, TextType, YesNoType)


def _fact_id(value: str) -> FactId:
    return check_id(value, "fact")


def _fact_type(value: FactType) -> FactType:
    if isinstance(value, FACT_TYPES):
        return value
    raise InvalidValue(
        field="type", value=shown(value), problem="is not a fact type.", remedy='Write for instance MoneyType("CNY").'
    )


@attrs.frozen
class Fact:
    """One declared fact.

    Attributes:
        id: what conditions call it.
        type: what its values look like.
        title: what people call it.
        mandatory: a project must supply it.
        owner: id of the role who can supply it; "" when anybody can.

    Raises:
        InvalidValue: the id is not a snake_case id, or the type is none of the seven.

    Example:
        >>> fact = Fact("amount", MoneyType("CNY"), title="金额")
        >>> fact.title.zh, coerce(fact, "1,000,000")
        ('金额', Money(amount=Decimal('1000000'), currency='CNY'))
    """

    id: FactId = attrs.field(converter=_fact_id)
    type: FactType = attrs.field(converter=_fact_type)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    mandatory: bool = False
    owner: str = ""


class FactValueError(LtcflowError, ValueError):
    """A value was given that its fact cannot have.

    Attributes:
        fact: id of the fact. value: the value, as text for people.
        problem, remedy: one sentence each in English; problem_zh, remedy_zh: the same in Chinese.
    """

    code = "LTC203"
    fact: str
    value: str
    problem: str
    remedy: str
    problem_zh: str
    remedy_zh: str

    def __init__(
        self, *, fact: str, value: str, problem: str, remedy: str, problem_zh: str = "", remedy_zh: str = ""
    ) -> None:
        super().__init__(
            f"fact {fact!r}: {value} {problem} {remedy}",
            fact=fact,
            value=value,
            problem=problem,
            remedy=remedy,
            problem_zh=problem_zh,
            remedy_zh=remedy_zh,
        )


def coerce(fact: Fact, value: object) -> FactValue:
    """Return *value* as a value of *fact*'s type.

    Numbers may be int, Decimal, float (counted as what it prints) or text ("1,000,000"; "15%" for a percent;
    "CNY 1,000,000" for money); dates a date or "2026-03-02"; yes/no True, False, "yes", "no", "是" or "否".
    A value that has the type already comes back unchanged.

    Raises:
        FactValueError: it does not fit; problem and remedy say why and what to write.
    Cost: O(length of the value), which is bounded.

    Example:
        >>> coerce(Fact("gross_margin", PercentType()), "15%")
        Decimal('0.15')
    """
    return coerce_to(fact.type, value, name=fact.id)


def coerce_to(kind: FactType, value: object, *, name: str) -> FactValue:
    """Return *value* as a value of *kind*; *name* is the fact's id, for the message. See `coerce`."""
    match kind:
        case MoneyType():
            return _money(kind, value, name)
        case PercentType():
            return _percent(value, name)
        case NumberType():
            return _number(value, name)
        case ChoiceType():
            return _choice(kind, value, name)
        case DateType():
            return _date(value, name)
        case TextType():
            return _text(value, name)
        case YesNoType():
            return _yes_no(value, name)
        case _:
            assert_never(kind)


def _refuse(name: str, value: object, problem: str, remedy: str, problem_zh: str, remedy_zh: str) -> FactValueError:
    return FactValueError(
        fact=name, value=shown(value), problem=problem, remedy=remedy, problem_zh=problem_zh, remedy_zh=remedy_zh
    )


def _number(value: object, name: str, example: str = "1_000_000") -> Decimal:
    number = read_number(value)
    if number is None:
        raise _refuse(
            name,
            value,
            "is not a number.",
            f"Write a number such as {example}.",
            "不是数字。",
            f"请写数字,例如 {example}。",
        )
    if not bounded(number):
        raise _refuse(
            name,
            value,
            "is not finite or has more than 30 digits.",
            "Write a number that can be meant.",
            "不是有限数,或超过 30 位。",
            "请写一个合理的数字。",
        )
    return number


def _percent(value: object, name: str) -> Decimal:
    text = unicodedata.normalize("NFKC", value[:200]).strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        number = EXACT.scaleb(_number(text[:-1], name, "15%"), -2)
    else:
        number = _number(value, name, "0.15 or 15%")
    if number.copy_abs() > LARGEST_PERCENT:
        meant = plain(EXACT.scaleb(number, -2))
        raise _refuse(
            name,
            value,
            "is more than 1000 %.",
            f"Write {meant} if {plain(number)} % is meant.",
            "超过 1000%。",
            f"如果想写 {plain(number)}%,请写 {meant}。",
        )
    return number


def _money(kind: MoneyType, value: object, name: str) -> Money:
    amount, currency = value, kind.currency
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        amount, currency = value["amount"], str(value["currency"])[:10]
    elif isinstance(value, Money):
        amount, currency = value.amount, value.currency
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value[:200]).strip()
        if is_currency(text[:3]):
            amount, currency = text[3:], text[:3]
        elif is_currency(text[-3:]):
            amount, currency = text[:-3], text[-3:]
    if currency != kind.currency:
        raise _refuse(
            name,
            value if isinstance(value, str) else str(currency),
            f"is not in {kind.currency}.",
            f"Convert it to {kind.currency} first.",
            f"不是 {kind.currency}。",
            f"请先换算成 {kind.currency}。",
        )
    number = _number(amount, name, f"{kind.currency} 1,000,000")
    return value if isinstance(value, Money) else Money(number, currency)


def _choice(kind: ChoiceType, value: object, name: str) -> str:
    text = unicodedata.normalize("NFC", value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None
    if text in kind.of and text is not None:
        return text
    near = did_you_mean(text, kind.of) if text is not None else ()
    listed = ", ".join(kind.of[:12]) + (", ..." if len(kind.of) > 12 else "")
    remedy = f"Did you mean {near[0]!r}?" if near else f"Choose one of {listed}."
    remedy_zh = f"是否想写 {near[0]!r}?" if near else f"请从 {listed} 中选择。"
    raise _refuse(name, value, "is not one of the options.", remedy, "不在可选项中。", remedy_zh)


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_date(text: str) -> datetime.date | None:
    """Return the day *text* names as year-month-day, or None."""
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _date(value: object, name: str) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    day = read_date(unicodedata.normalize("NFKC", value[:40]).strip()) if isinstance(value, str) else None
    if day is None:
        raise _refuse(
            name, value, "is not a calendar day.", "Write it as 2026-03-02.", "不是日期。", "请写成 2026-03-02 的形式。"
        )
    return day


def _text(value: object, name: str) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT and not re.search("[\x00\ud800-\udfff]", value):
        return unicodedata.normalize("NFC", value)
    raise _refuse(
        name,
        value,
        "is not a text of at most 10,000 ordinary characters.",
        "Put a shorter text in quotes.",
        "不是普通文本,或超过 10,000 个字符。",
        "请写较短的文本,并加引号。",
    )


_WORDS = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def _yes_no(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return value
    answer = _WORDS.get(value.strip().lower()) if isinstance(value, str) and len(value) <= 20 else None
    if answer is None:
        raise _refuse(
            name, value, "is neither yes nor no.", "Write yes or no.", "既不是“是”也不是“否”。", "请写 yes 或 no。"
        )
    return answer


def fact_to_data(value: FactValue) -> FactData:
    """Return *value* as JSON can hold it: decimals and dates as text, money as amount and currency.

    Example:
        >>> fact_to_data(Money("0.10", "CNY")), fact_to_data(datetime.date(2026, 3, 2))
        ({'amount': '0.10', 'currency': 'CNY'}, '2026-03-02')
    """
    match value:
        case bool() | str():
            return value
        case Money():
            return {"amount": str(value.amount), "currency": value.currency}
        case Decimal():
            return str(value)
        case datetime.date():
            return value.isoformat()
        case _:
            assert_never(value)


def fact_from_data(fact: Fact | FactType, data: object) -> FactValue:
    """Return the value that `fact_to_data` wrote, exactly.

    Args:
        fact: the declared fact, or its type.
    Raises:
        FactValueError: *data* is not what `fact_to_data` writes for a value of this type.

    Example:
        >>> fact_from_data(PercentType(), "0.150")
        Decimal('0.150')
    """
    if isinstance(fact, Fact):
        return coerce_to(fact.type, data, name=fact.id)
    return coerce_to(fact, data, name="value")


def show_value(kind: FactType, value: FactValue) -> str:
    """Return *value* for people, in one language for all: ``9_999_999 CNY``, ``15%``, ``'A'``, ``2026-03-02``, ``yes``.

    Example:
        >>> show_value(PercentType(), Decimal("0.125")), show_value(NumberType("h"), Decimal(8))
        ('12.5%', '8 h')
    """
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return repr(value)
        case Decimal() if isinstance(kind, PercentType):
            return f"{plain(EXACT.scaleb(value, 2))}%"
        case Decimal() if isinstance(kind, NumberType) and kind.unit:
            return f"{plain(value)} {kind.unit}"
        case Decimal():
            return plain(value)
        case _:
            return str(value)
