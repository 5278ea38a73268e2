"""Signs and sums inside a condition: which types go together, and what they make."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ltcflow.conditions import problems as p
from ltcflow.conditions import run
from ltcflow.conditions.agree import agree
from ltcflow.conditions.typed import NUMBER, Node, Typ

if TYPE_CHECKING:
    from ltcflow.conditions.check import Checker

_SIGNS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def fold(checker: Checker, node: ast.expr, part: Node) -> Node:
    """Return *part* as one constant when it reads no fact; report a constant that has no value or is out of bounds."""
    if part.typ.kind == "unknown" or not part.literal:
        return part
    value = part.run({})
    if value is None or (isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) <= 60)):
        return _no_value(checker, node)
    return attrs.evolve(part, form="constant", children=(), run=run.constant(value), value=value)


def _no_value(checker: Checker, node: ast.expr) -> Node:
    return checker.report(
        node,
        p.OUT_OF_BOUNDS,
        ("This division by zero or huge number has no value.", "Write a number that can be meant."),
        ("这里除以零或数字过大,没有结果。", "请写一个合理的数字。"),
    )


def check_sign(checker: Checker, node: ast.UnaryOp) -> Node:
    """Check -x and +x."""
    part = checker.part(node.operand)
    if part.typ.kind == "unknown":
        return part
    if part.typ.kind not in ("number", "money") or isinstance(node.op, ast.Invert):
        return _no_sum(checker, node, "~" if isinstance(node.op, ast.Invert) else "-", part.typ)
    start, end = checker.span(node)
    doing = part.run if isinstance(node.op, ast.UAdd) else run.minus(part.run)
    made = Node(form="math", typ=part.typ, start=start, end=end, run=doing, children=(part,), op="-")
    return fold(checker, node, made)


def check_binary(checker: Checker, node: ast.BinOp) -> Node:
    """Check a + b, a - b, a * b and a / b."""
    sign = _SIGNS.get(type(node.op))
    if sign is None:
        checker.part(node.left), checker.part(node.right)
        return checker.report(
            node,
            p.NOT_ALLOWED,
            ("This sign is not allowed in a condition.", "Use + - * / only."),
            ("条件中不允许这个运算符。", "请只用 + - * /。"),
        )
    left, right = checker.part(node.left), checker.part(node.right)
    if "unknown" in (left.typ.kind, right.typ.kind):
        return checker.unknown(node)
    if sign == "/" and right.form == "constant" and right.value == 0 and right.typ.kind == "number":
        return _no_value(checker, node.right)
    if sign in "+-":
        return _sum(checker, node, sign, left, right)
    typ = _product(sign, left.typ, right.typ)
    if typ is None:
        wrong = right if left.typ.kind == "number" or (left.typ.kind == "money" and sign == "/") else left
        return _no_sum(checker, node, sign, wrong.typ)
    return _made(checker, node, sign, left, right, typ)


def _made(checker: Checker, node: ast.BinOp, sign: str, left: Node, right: Node, typ: Typ) -> Node:
    start, end = checker.span(node)
    doing = run.arithmetic(sign, left.run, right.run)
    made = Node(form="math", typ=typ, start=start, end=end, run=doing, children=(left, right), op=sign)
    return fold(checker, node, made)


def _sum(checker: Checker, node: ast.BinOp, sign: str, left: Node, right: Node) -> Node:
    for part in (left, right):
        if part.typ.kind not in ("number", "money"):
            return _no_sum(checker, node, sign, part.typ)
    both = agree((left, right), checker.source, checker.found)
    if both is None:
        return checker.unknown(node)
    a, b = both[0].typ, both[1].typ
    typ = attrs.evolve(a, unit=a.unit or b.unit, percent=a.percent and b.percent)
    return _made(checker, node, sign, both[0], both[1], typ)


def _product(sign: str, left: Typ, right: Typ) -> Typ | None:
    """Return the type of a product or quotient, or None when it has no meaning."""
    kinds = (left.kind, right.kind)
    if kinds == ("number", "number"):
        return NUMBER
    if kinds == ("money", "number"):
        return left
    if kinds == ("number", "money") and sign == "*":
        return right
    return NUMBER if kinds == ("money", "money") and sign == "/" and left.currency == right.currency else None


def _no_sum(checker: Checker, node: ast.expr, sign: str, typ: Typ) -> Node:
    english, chinese = typ.name()
    remedy, remedy_zh = "Use numbers and money in one currency.", "请使用数字或同一种货币的金额。"
    if typ.kind == "date":
        remedy, remedy_zh = (
            "Write days(first, last) for the days between two dates.",
            "两个日期相差的天数请写 days(起, 止)。",
        )
    return checker.report(
        node,
        p.TYPE_MISMATCH,
        (f"{sign!r} has no meaning with {english} here.", remedy),
        (f"{sign!r} 不能这样用于{chinese}。", remedy_zh),
    )
