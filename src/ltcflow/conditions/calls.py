"""The functions a condition may call: min, max, abs, known, money, date, days; there are no others."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ltcflow.conditions import problems as p
from ltcflow.conditions import run
from ltcflow.conditions.agree import agree
from ltcflow.conditions.arithmetic import fold
from ltcflow.conditions.facts import read_date
from ltcflow.conditions.money import is_currency
from ltcflow.conditions.problems import clip, nearest
from ltcflow.conditions.typed import DATE, NUMBER, YES_NO, Node, Typ

if TYPE_CHECKING:
    from ltcflow.conditions.check import Checker

Call: TypeAlias = Callable[["Checker", ast.Call], Node]

FORMS: Mapping[str, tuple[int, int, str]] = {
    "min": (2, 100, "min(a, b)"),
    "max": (2, 100, "max(a, b)"),
    "abs": (1, 1, "abs(a)"),
    "known": (1, 1, "known(fact)"),
    "money": (2, 2, 'money(1_000_000, "CNY")'),
    "date": (1, 1, 'date("2026-03-02")'),
    "days": (2, 2, "days(first, last)"),
}
"""For each function, the least and the most arguments, and how to write it."""


def check_call(checker: Checker, node: ast.Call) -> Node:
    """Check a call of one of the functions."""
    if not isinstance(node.func, ast.Name) or node.func.id not in FORMS:
        return _no_function(checker, node)
    least, most, form = FORMS[node.func.id]
    if node.keywords or any(isinstance(a, ast.Starred) for a in node.args) or not least <= len(node.args) <= most:
        return _bad_argument(checker, node, form)
    return _CALLS[node.func.id](checker, node)


def _no_function(checker: Checker, node: ast.Call) -> Node:
    if not isinstance(node.func, ast.Name):
        checker.part(node.func)
        start, end = checker.span(node.func)
        name = clip(checker.source[start:end])
    else:
        name = clip(node.func.id)
    remedy, remedy_zh = nearest(name, tuple(FORMS), "function", "函数")
    return checker.report(
        node.func,
        p.NOT_ALLOWED,
        (f"There is no function {name!r} in conditions.", remedy),
        (f"条件中没有函数 {name!r}。", remedy_zh),
    )


def _bad_argument(checker: Checker, node: ast.expr, form: str) -> Node:
    return checker.report(
        node,
        p.BAD_ARGUMENT,
        ("The function is not called like this.", f"Write {form}."),
        ("函数不能这样调用。", f"请写 {form}。"),
    )


def _wrong_type(checker: Checker, node: ast.expr, part: Node, form: str) -> Node:
    english, chinese = part.typ.name()
    return checker.report(
        node,
        p.TYPE_MISMATCH,
        (f"This is {english}, which the function does not take.", f"Write {form}."),
        (f"这里是{chinese},函数不接受。", f"请写 {form}。"),
    )


def _extreme(checker: Checker, node: ast.Call) -> Node:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    parts = [checker.part(a) for a in node.args]
    for argument, part in zip(node.args, parts, strict=True):
        if part.typ.kind not in ("number", "money", "date", "unknown"):
            return _wrong_type(checker, argument, part, FORMS[name][2])
    same = agree(parts, checker.source, checker.found)
    if same is None:
        return checker.unknown(node)
    typ = next((part.typ for part in same if not part.literal), same[0].typ)
    doing = run.extreme(name, tuple(part.run for part in same))
    return fold(checker, node, _made(checker, node, typ, doing, tuple(same), name))


def _made(checker: Checker, node: ast.expr, typ: Typ, doing: run.Run, children: tuple[Node, ...], op: str) -> Node:
    start, end = checker.span(node)
    return Node(form="math", typ=typ, start=start, end=end, run=doing, children=children, op=op)


def _abs(checker: Checker, node: ast.Call) -> Node:
    part = checker.part(node.args[0])
    if part.typ.kind == "unknown":
        return part
    if part.typ.kind not in ("number", "money"):
        return _wrong_type(checker, node.args[0], part, FORMS["abs"][2])
    return fold(checker, node, _made(checker, node, part.typ, run.absolute(part.run), (part,), "abs"))


def _known(checker: Checker, node: ast.Call) -> Node:
    if not isinstance(node.args[0], ast.Name):
        return _bad_argument(checker, node.args[0], FORMS["known"][2])
    part = checker.part(node.args[0])
    if part.typ.kind == "unknown":
        return part
    start, end = checker.span(node)
    return Node(form="known", typ=YES_NO, start=start, end=end, run=run.known(part.run), children=(part,), op="known")


def _money(checker: Checker, node: ast.Call) -> Node:
    amount, currency = checker.part(node.args[0]), checker.part(node.args[1])
    if amount.typ.kind == "unknown":
        return amount
    if amount.typ.kind != "number":
        return _wrong_type(checker, node.args[0], amount, FORMS["money"][2])
    if not isinstance(currency.value, str) or not is_currency(currency.value):
        return _bad_argument(checker, node.args[1], FORMS["money"][2])
    typ = Typ("money", currency=currency.value)
    return fold(checker, node, _made(checker, node, typ, amount.run, (amount,), "money"))


def _date(checker: Checker, node: ast.Call) -> Node:
    part = checker.part(node.args[0])
    day = read_date(part.value) if isinstance(part.value, str) else None
    if day is None:
        return _bad_argument(checker, node.args[0], FORMS["date"][2])
    start, end = checker.span(node)
    return Node(form="constant", typ=DATE, start=start, end=end, run=run.constant(day), value=day)


def _days(checker: Checker, node: ast.Call) -> Node:
    parts = [checker.part(a) for a in node.args]
    for argument, part in zip(node.args, parts, strict=True):
        if part.typ.kind not in ("date", "unknown"):
            return _wrong_type(checker, argument, part, FORMS["days"][2])
    if any(part.typ.kind == "unknown" for part in parts):
        return checker.unknown(node)
    return fold(checker, node, _made(checker, node, NUMBER, run.days(parts[0].run, parts[1].run), tuple(parts), "days"))


_CALLS: Mapping[str, Call] = {
    "min": _extreme,
    "max": _extreme,
    "abs": _abs,
    "known": _known,
    "money": _money,
    "date": _date,
    "days": _days,
}
