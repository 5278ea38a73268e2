"""The checked form of a condition: a tree of typed parts, each with its place in the source and what it does."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypeAlias

import attrs

from ltcflow.conditions.facts import (
    ChoiceType,
    DateType,
    FactType,
    FactValue,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
)
from ltcflow.conditions.money import Money
from ltcflow.conditions.run import Run, nothing

Kind: TypeAlias = Literal["number", "money", "choice", "text", "date", "yesno", "unknown"]
Form: TypeAlias = Literal["fact", "constant", "compare", "in", "and", "or", "not", "if", "math", "known"]
Constant: TypeAlias = Decimal | str | bool | datetime.date

NAMES: dict[Kind, tuple[str, str]] = {
    "number": ("a number", "数字"),
    "money": ("money", "金额"),
    "choice": ("a choice", "选项"),
    "text": ("text", "文本"),
    "date": ("a date", "日期"),
    "yesno": ("a yes/no value", "是/否值"),
    "unknown": ("unknown", "未知"),
}


@attrs.frozen
class Typ:
    """What a part of a condition is; *percent* marks a share, *options* belong to a choice, *currency* to money."""

    kind: Kind
    currency: str = ""
    options: tuple[str, ...] = ()
    percent: bool = False
    unit: str = ""

    def name(self) -> tuple[str, str]:
        """Return what to call it, in English and Chinese."""
        english, chinese = NAMES[self.kind]
        if self.currency:
            return f"{english} in {self.currency}", f"{self.currency} {chinese}"
        return english, chinese


NUMBER, TEXT, DATE, YES_NO, UNKNOWN = Typ("number"), Typ("text"), Typ("date"), Typ("yesno"), Typ("unknown")


def typ_of(kind: FactType) -> Typ:
    """Return the type of a part that reads a fact of *kind*."""
    match kind:
        case MoneyType():
            return Typ("money", currency=kind.currency)
        case PercentType():
            return Typ("number", percent=True)
        case NumberType():
            return Typ("number", unit=kind.unit)
        case ChoiceType():
            return Typ("choice", options=kind.of)
        case TextType():
            return TEXT
        case DateType():
            return DATE
        case YesNoType():
            return YES_NO


@attrs.frozen(eq=False, kw_only=True)
class Node:
    """One part of a condition.

    Attributes:
        form: what kind of part it is; typ: what it results in.
        start, end: its place in the source, in characters.
        run: what it does; see `ltcflow.conditions.run`.
        children: its parts; op: its sign or function; name: the fact it reads; value: the constant it is;
        options: the constants of an "in".
    """

    form: Form
    typ: Typ
    start: int
    end: int
    run: Run = nothing
    children: tuple[Node, ...] = ()
    op: str = ""
    name: str = ""
    value: Constant | None = None
    options: tuple[Constant, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield the part and all parts in it, in the order of the source."""
        yield self
        for child in self.children:
            yield from child.walk()

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads, each once, in the order of the source."""
        return tuple(dict.fromkeys(n.name for n in self.walk() if n.form == "fact"))

    @property
    def literal(self) -> bool:
        """Whether it reads no fact at all."""
        return not any(n.form == "fact" for n in self.walk())


def as_value(typ: Typ, value: Constant) -> FactValue:
    """Return a bare value as the fact value it stands for: an amount of money gets its currency back."""
    return Money(value, typ.currency) if typ.kind == "money" and isinstance(value, Decimal) else value


def as_fact_type(typ: Typ) -> FactType:
    """Return a fact type that shows values of *typ* as people expect."""
    if typ.kind == "number":
        return PercentType() if typ.percent else NumberType(typ.unit)
    return MoneyType(typ.currency) if typ.kind == "money" and typ.currency else TextType()
