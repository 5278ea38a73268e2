"""When the two sides of a comparison or a sum have types that go together, and what to say when they do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

import attrs

from ltcflow.conditions import problems as p
from ltcflow.conditions.facts import LARGEST_PERCENT, ChoiceType, Fact, TextType, read_date
from ltcflow.conditions.money import EXACT, plain
from ltcflow.conditions.problems import Problems, clip, nearest
from ltcflow.conditions.typed import Node, Typ
from ltcflow.errors import did_you_mean


def agree(nodes: Sequence[Node], source: str, found: Problems) -> tuple[Node, ...] | None:
    """Return *nodes* as one common type, or None when they have none; what is wrong goes into *found*.

    A constant takes the type of what it stands beside: a plain number is money in that currency, a text is an option.
    """
    if any(n.typ.kind == "unknown" for n in nodes):
        return None
    leader = _leader(nodes)
    result: list[Node] = []
    for node in nodes:
        fit = node if node is leader else _fit(node, leader, source, found)
        if fit is None:
            return None
        result.append(fit)
    return tuple(result)


def _leader(nodes: Sequence[Node]) -> Node:
    """Return the part whose type counts: the first that reads a fact, money and choices before the others."""
    for kinds in (("money", "choice"), ("number", "text", "date", "yesno")):
        for node in nodes:
            if node.typ.kind in kinds and not node.literal:
                return node
    return next((n for n in nodes if n.typ.kind == "money"), nodes[0])


def _fit(node: Node, leader: Node, source: str, found: Problems) -> Node | None:
    here, there = node.typ, leader.typ
    if there.kind == "money" and here.kind == "number" and node.literal:
        return attrs.evolve(node, typ=there)
    if there.kind == "money" and here.kind == "money" and here.currency != there.currency:
        _currencies(node, here, there, found)
        return None
    if there.kind == "choice" and node.form == "constant" and isinstance(node.value, str):
        return _option(node, node.value, there, found)
    if here.kind != there.kind or (here.unit and there.unit and here.unit != there.unit):
        _mismatch(node, leader, source, found)
        return None
    return _percent(node, there, found) if there.percent and node.form == "constant" else node


def _currencies(node: Node, here: Typ, there: Typ, found: Problems) -> None:
    found.add(
        p.CURRENCY_MISMATCH,
        node.start,
        node.end,
        (f"This is money in {here.currency}, but it stands beside money in {there.currency}.", "Use one currency."),
        (f"这里是 {here.currency},而另一边是 {there.currency}。", "请使用同一种货币。"),
    )


def _option(node: Node, text: str, choice: Typ, found: Problems) -> Node | None:
    option = unicodedata.normalize("NFC", text)
    if option not in choice.options:
        remedy, remedy_zh = nearest(option, choice.options, "option", "选项")
        found.add(
            p.UNKNOWN_OPTION,
            node.start,
            node.end,
            (f"{clip(text)!r} is not one of the options.", remedy),
            (f"{clip(text)!r} 不在可选项中。", remedy_zh),
        )
        return None
    return attrs.evolve(node, typ=choice, value=option)


def _percent(node: Node, percent: Typ, found: Problems) -> Node | None:
    if isinstance(node.value, Decimal) and node.value.copy_abs() > LARGEST_PERCENT:
        meant = plain(EXACT.scaleb(node.value, -2))
        said = plain(node.value)
        found.add(
            p.OUT_OF_BOUNDS,
            node.start,
            node.end,
            (f"A percent fact is 1 at 100 %, so {said} is out of bounds.", f"Write {meant} if {said} % is meant."),
            (f"百分比 100% 写作 1,{said} 超出范围。", f"如果想写 {said}%,请写 {meant}。"),
        )
        return None
    return attrs.evolve(node, typ=percent)


def _mismatch(node: Node, leader: Node, source: str, found: Problems) -> None:
    (here, here_zh), (there, there_zh) = node.typ.name(), leader.typ.name()
    beside = clip(source[leader.start : leader.end])
    if node.typ.kind == leader.typ.kind:
        here, here_zh = f"{here} in {node.typ.unit}", f"以 {node.typ.unit} 为单位的{here_zh}"
        there, there_zh = f"{there} in {leader.typ.unit}", f"以 {leader.typ.unit} 为单位的{there_zh}"
    remedy, remedy_zh = _remedy(node, leader, source)
    found.add(
        p.TYPE_MISMATCH,
        node.start,
        node.end,
        (f"This is {here}, but {beside!r} is {there}.", remedy),
        (f"这里是{here_zh},而 {beside!r} 是{there_zh}。", remedy_zh),
    )


def _remedy(node: Node, leader: Node, source: str) -> tuple[str, str]:
    """Return what to write instead, in English and Chinese."""
    text = node.value if isinstance(node.value, str) else ""
    write = ""
    if leader.typ.kind == "date" and (day := _day(text or source[node.start : node.end])):
        write = f'date("{day}")'
    elif leader.typ.kind == "date" and node.typ.kind in ("number", "text"):
        return 'Write a date as date("2026-03-02").', '日期请写成 date("2026-03-02")。'
    elif leader.typ.kind == "money" and node.typ.kind == "number":
        write = f'money({clip(source[node.start : node.end])}, "{leader.typ.currency}")'
    elif leader.typ.kind == "number" and node.typ.kind == "money" and leader.form == "fact":
        write = f'money({leader.name}, "{node.typ.currency}")'
    elif leader.typ.kind == "yesno" and text.lower() in ("yes", "true", "是"):
        write = "True"
    elif leader.typ.kind == "yesno" and text.lower() in ("no", "false", "否"):
        write = "False"
    elif leader.typ.kind in ("number", "money") and text.replace("_", "").replace(",", "").isdecimal():
        write = f"{text.replace(',', '_')} without quotes"
        return f"Write {write}.", f"请去掉引号,写 {text.replace(',', '_')}。"
    if write:
        return f"Write {write}.", f"请写 {write}。"
    english, chinese = leader.typ.name()
    return f"Put {english} here, or declare the fact with another type.", f"请在这里写{chinese},或修改事实的类型。"


def _day(text: str) -> str:
    """Return the day that *text* means, as the language writes it: 2026-3-2, 2026/03/02, 20260302; "" for none."""
    found = re.fullmatch(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})", text.strip())
    if found is None or not (found[2] or len(found[0]) == 8):
        return ""
    day = f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}"
    return day if read_date(day) else ""


def unquoted(name: str, beside: Fact, facts: Sequence[str]) -> tuple[str, str] | None:
    """Return what to write instead of *name*, which is no fact: what *beside* can be, in quotes; else None."""
    kind = beside.type
    if isinstance(kind, ChoiceType):
        meant = next((option for option in kind.of if option.casefold() == name.casefold()), None)
        if meant is not None:
            return f"Write {meant!r}: an option stands in quotes.", f"请写 {meant!r}：选项要加引号。"
        options = ", ".join(map(repr, kind.of[:8]))
        if not did_you_mean(name, facts):
            return f"Options stand in quotes: {options}.", f"选项要加引号：{options}。"
    if isinstance(kind, TextType) and not did_you_mean(name, facts):
        return f"Write {name!r}: a text stands in quotes.", f"请写 {name!r}：文本要加引号。"
    return None
