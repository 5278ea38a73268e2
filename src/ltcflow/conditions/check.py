"""From Python's syntax tree to typed parts: an allow-list of constructs, types settled, all problems collected."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

import attrs

from ltcflow.conditions import problems as p
from ltcflow.conditions import run
from ltcflow.conditions.agree import agree, unquoted
from ltcflow.conditions.arithmetic import check_binary, check_sign
from ltcflow.conditions.calls import check_call
from ltcflow.conditions.facts import Fact
from ltcflow.conditions.problems import Problems, clip, nearest
from ltcflow.conditions.scan import Scanned
from ltcflow.conditions.typed import NUMBER, TEXT, UNKNOWN, YES_NO, Constant, Node, typ_of

_COMPARE: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_REFUSED: Mapping[type[ast.AST], tuple[str, str]] = {
    ast.Attribute: ("A dot after a name", "名称后的点号"),
    ast.Subscript: ("A bracket [...] after a value", "值后面的方括号"),
    ast.Lambda: ("A lambda", "lambda"),
    ast.ListComp: ("A loop", "循环"),
    ast.SetComp: ("A loop", "循环"),
    ast.DictComp: ("A loop", "循环"),
    ast.GeneratorExp: ("A loop", "循环"),
    ast.JoinedStr: ("An f-text", "f 文本"),
    ast.NamedExpr: ("An assignment", "赋值"),
    ast.Dict: ("A mapping {...: ...}", "映射"),
    ast.Tuple: ("A list that no 'in' stands before", "没有 in 的列表"),
    ast.List: ("A list that no 'in' stands before", "没有 in 的列表"),
    ast.Set: ("A list that no 'in' stands before", "没有 in 的列表"),
    ast.Starred: ("A star", "星号"),
    ast.Await: ("An await", "await"),
    ast.Yield: ("A yield", "yield"),
    ast.YieldFrom: ("A yield", "yield"),
    ast.Slice: ("A slice", "切片"),
}
_WORDS = {"true": "True", "yes": "True", "是": "True", "false": "False", "no": "False", "否": "False"}
_EMPTY_WORDS = ("none", "null", "nil")


class Checker:
    """Checks one condition; methods return a part of type unknown where they reported a problem."""

    def __init__(self, scanned: Scanned, facts: Mapping[str, Fact], found: Problems) -> None:
        self.scanned, self.facts, self.found = scanned, facts, found
        self.source = scanned.source
        self._bytes = None if scanned.text.isascii() else scanned.text.encode("utf-8")

    def _char(self, offset: int) -> int:
        """Return the character offset of a byte offset: Python counts columns in UTF-8 bytes."""
        return offset if self._bytes is None else len(self._bytes[:offset].decode("utf-8", "replace"))

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return the place of *node* in the source, in characters."""
        return self.scanned.place(self._char(node.col_offset), self._char(node.end_col_offset or node.col_offset + 1))

    def text(self, node: ast.expr) -> str:
        """Return the text of *node* as it was parsed."""
        return self.scanned.text[self._char(node.col_offset) : self._char(node.end_col_offset or 0)]

    def unknown(self, node: ast.expr) -> Node:
        """Return the part that stands for *node* after a problem with it was reported."""
        start, end = self.span(node)
        return Node(form="math", typ=UNKNOWN, start=start, end=end)

    def report(self, node: ast.expr, code: str, english: tuple[str, str], chinese: tuple[str, str]) -> Node:
        """Report a problem with *node* and return the part that stands for it."""
        start, end = self.span(node)
        self.found.add(code, start, end, english, chinese)
        return self.unknown(node)

    def condition(self, node: ast.expr) -> Node:
        """Check a whole condition: it must say yes or no, and must read a fact."""
        root = self.yes_no(node)
        if root.typ.kind != "unknown" and root.literal and not len(self.found):
            self._never_varies(node)
        return root

    def yes_no(self, node: ast.expr) -> Node:
        """Check a part that must say yes or no."""
        part = self.part(node)
        if part.typ.kind in ("yesno", "unknown"):
            return part
        english, chinese = part.typ.name()
        remedy = "Compare it with something, such as amount >= 10_000_000."
        remedy_zh = "请把它与某个值比较,例如 amount >= 10_000_000。"
        if part.form == "constant" and isinstance(part.value, str):
            remedy = "Name the fact again (grade == 'A' or grade == 'B') or write grade in ('A', 'B')."
            remedy_zh = "请重复事实名称(grade == 'A' or grade == 'B'),或写 grade in ('A', 'B')。"
        return self.report(
            node,
            p.NOT_YES_NO,
            (f"This is {english}, not a yes or no.", remedy),
            (f"这里是{chinese},不是是/否。", remedy_zh),
        )

    def part(self, node: ast.expr) -> Node:
        """Check any part."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp():
                return self._logic(node)
            case ast.UnaryOp(op=ast.Not()):
                return self._not(node)
            case ast.UnaryOp():
                return check_sign(self, node)
            case ast.BinOp():
                return check_binary(self, node)
            case ast.IfExp():
                return self._if(node)
            case ast.Call():
                return check_call(self, node)
            case _:
                return self._refused(node)

    def _refused(self, node: ast.expr) -> Node:
        english, chinese = _REFUSED.get(type(node), ("This construct", "这种写法"))
        start, end = self.span(node)
        if isinstance(node, ast.Attribute | ast.Subscript):
            start = self.span(node.value)[1]
        self.found.add(
            p.NOT_ALLOWED,
            start,
            end,
            (f"{english} is not allowed in a condition.", "Use facts, constants, comparisons, and, or, not."),
            (f"条件中不允许{chinese}。", "请只用事实、常量、比较和 and、or、not。"),
        )
        return self.unknown(node)

    def _constant(self, node: ast.Constant) -> Node:
        start, end = self.span(node)
        value: Constant
        match node.value:
            case bool():
                value, typ = node.value, YES_NO
            case int() | float():
                value, typ = Decimal(self.text(node).replace("_", "")), NUMBER
            case str():
                value, typ = unicodedata.normalize("NFC", node.value), TEXT
            case None:
                return self._empty(node)
            case _:
                return self._refused(node)
        return Node(form="constant", typ=typ, start=start, end=end, run=run.constant(value), value=value)

    def _empty(self, node: ast.expr) -> Node:
        return self.report(
            node,
            p.NOT_ALLOWED,
            ("There is no empty value.", "Write known(fact) or not known(fact)."),
            ("没有空值。", "请写 known(事实) 或 not known(事实)。"),
        )

    def _name(self, node: ast.Name) -> Node:
        fact = self.facts.get(node.id)
        start, end = self.span(node)
        if fact is not None:
            reader = run.fact(node.id, fact.type)
            return Node(form="fact", typ=typ_of(fact.type), start=start, end=end, run=reader, name=node.id)
        if node.id.lower() in _EMPTY_WORDS:
            return self._empty(node)
        remedy, remedy_zh = nearest(node.id, tuple(self.facts), "fact", "事实")
        if node.id.lower() in _WORDS:
            remedy = f"Write {_WORDS[node.id.lower()]}."
            remedy_zh = f"请写 {_WORDS[node.id.lower()]}。"
        return self.report(
            node,
            p.UNKNOWN_FACT,
            (f"No fact {clip(node.id)!r} is declared.", remedy),
            (f"没有声明事实 {clip(node.id)!r}。", remedy_zh),
        )

    def _beside(self, node: ast.expr, other: ast.expr) -> Node:
        """Check *node*, which is compared with *other*: a name that is no fact may be an option or text of that one."""
        fact = self.facts.get(other.id) if isinstance(other, ast.Name) else None
        if isinstance(node, ast.Name) and node.id not in self.facts and fact is not None:
            remedy = unquoted(node.id, fact, tuple(self.facts))
            if remedy is not None:
                shown = clip(node.id)
                english, chinese = f"No fact {shown!r} is declared.", f"没有声明事实 {shown!r}。"
                return self.report(node, p.UNKNOWN_FACT, (english, remedy[0]), (chinese, remedy[1]))
        return self.part(node)

    def _never_varies(self, node: ast.expr) -> None:
        self.report(
            node,
            p.NEVER_VARIES,
            ("This reads no fact, so it never varies.", "Name a fact, or leave it out."),
            ("这里没有用到任何事实,结果永远不变。", "请写上事实名称,或删除它。"),
        )

    def _parts(self, nodes: list[ast.expr]) -> tuple[Node, ...] | None:
        """Check operands of and, or, not: each says yes or no and reads a fact; None when one does not."""
        parts = tuple(self.yes_no(n) for n in nodes)
        for node, part in zip(nodes, parts, strict=True):
            if part.form == "constant" and part.typ.kind == "yesno":
                self._never_varies(node)
        return None if any(part.typ.kind == "unknown" for part in parts) else parts

    def _logic(self, node: ast.BoolOp) -> Node:
        parts = self._parts(node.values)
        if parts is None:
            return self.unknown(node)
        start, end = self.span(node)
        runs = tuple(part.run for part in parts)
        if isinstance(node.op, ast.And):
            return Node(form="and", typ=YES_NO, start=start, end=end, run=run.all_of(runs), children=parts)
        return Node(form="or", typ=YES_NO, start=start, end=end, run=run.any_of(runs), children=parts)

    def _not(self, node: ast.UnaryOp) -> Node:
        parts = self._parts([node.operand])
        if parts is None:
            return self.unknown(node)
        start, end = self.span(node)
        return Node(form="not", typ=YES_NO, start=start, end=end, run=run.negate(parts[0].run), children=parts)

    def _if(self, node: ast.IfExp) -> Node:
        test = self._parts([node.test])
        branches = agree((self.part(node.body), self.part(node.orelse)), self.source, self.found)
        if test is None or branches is None:
            return self.unknown(node)
        start, end = self.span(node)
        yes, no = branches
        typ = yes.typ if not yes.literal or no.literal else no.typ
        doing = run.choose(test[0].run, yes.run, no.run)
        return Node(form="if", typ=typ, start=start, end=end, run=doing, children=(*test, yes, no))

    def _compare(self, node: ast.Compare) -> Node:
        left, parts = node.left, []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                parts.append(self._in(left, right, isinstance(op, ast.NotIn)))
            elif isinstance(op, ast.Is | ast.IsNot):
                word, sign = ("is", "==") if isinstance(op, ast.Is) else ("is not", "!=")
                start, end = self.span(left)[0], self.span(right)[1]
                english = (f"'{word}' does not compare values.", f"Write {sign} (or known(fact)).")
                chinese = (f"“{word}” 不能比较数值。", f"请写 {sign}(或 known(事实))。")
                self.found.add(p.NOT_ALLOWED, start, end, english, chinese)
                parts.append(self.unknown(node))
            else:
                parts.append(self._pair(left, _COMPARE[type(op)], right))
            left = right
        if any(part.typ.kind == "unknown" for part in parts):
            return self.unknown(node)
        if len(parts) == 1:
            return attrs.evolve(parts[0], start=self.span(node)[0], end=self.span(node)[1])
        start, end = self.span(node)
        doing = run.all_of(tuple(part.run for part in parts))
        return Node(form="and", typ=YES_NO, start=start, end=end, run=doing, children=tuple(parts))

    def _pair(self, left: ast.expr, sign: str, right: ast.expr) -> Node:
        a, b = self._beside(left, right), self._beside(right, left)
        both = agree((a, b), self.source, self.found)
        if both is None:
            return self.unknown(left)
        if a.literal and b.literal:
            start, end = self.span(left)[0], self.span(right)[1]
            english = ("This reads no fact, so it never varies.", "Name a fact, or leave it out.")
            chinese = ("这里没有用到任何事实,结果永远不变。", "请写上事实名称,或删除它。")
            self.found.add(p.NEVER_VARIES, start, end, english, chinese)
            return self.unknown(left)
        if sign not in ("==", "!=") and both[0].typ.kind in ("choice", "text", "yesno"):
            return self._no_order(left, sign, right, both[0])
        a, b = both
        fixed = b.form == "constant"
        doing = run.compare_constant(sign, a.run, b.value) if fixed else run.compare(sign, a.run, b.run)
        return Node(form="compare", typ=YES_NO, start=a.start, end=b.end, run=doing, children=both, op=sign)

    def _no_order(self, left: ast.expr, sign: str, right: ast.expr, part: Node) -> Node:
        english, chinese = part.typ.name()
        start, end = self.span(left)[0], self.span(right)[1]
        remedy = ("Write == or !=, or in ('A', 'B').", "请写 ==、!=,或 in ('A', 'B')。")
        self.found.add(
            p.TYPE_MISMATCH,
            start,
            end,
            (f"There is no order in {english}, so {sign!r} has no meaning.", remedy[0]),
            (f"{chinese}没有大小顺序,不能用 {sign!r}。", remedy[1]),
        )
        return self.unknown(left)

    def _in(self, left: ast.expr, right: ast.expr, negated: bool) -> Node:
        part = self.part(left)
        if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
            return self.report(
                right,
                p.TYPE_MISMATCH,
                ("After 'in' stands a list of constants.", "Write for instance ('A', 'B'), or ['A'] for one."),
                ("in 后面应是常量列表。", "例如 ('A', 'B');只有一个时写 ['A']。"),
            )
        options = tuple(self._beside(element, left) for element in right.elts)
        for element, option in zip(right.elts, options, strict=True):
            if option.form != "constant" and option.typ.kind != "unknown":
                return self.report(
                    element,
                    p.TYPE_MISMATCH,
                    ("Only constants can stand in this list.", "Compare facts with == and or."),
                    ("列表里只能写常量。", "比较事实请用 == 和 or。"),
                )
        pairs = [agree((part, option), self.source, self.found) for option in options]
        fits = [pair[1] for pair in pairs if pair is not None]
        if len(fits) < len(options):
            return self.unknown(left)
        if part.literal:
            self._never_varies(left)
            return self.unknown(left)
        values = tuple(option.value for option in fits if option.value is not None)
        doing = run.is_in(part.run, frozenset(values), negated)
        start, end = self.span(left)[0], self.span(right)[1]
        sign = "not in" if negated else "in"
        return Node(form="in", typ=YES_NO, start=start, end=end, run=doing, children=(part,), op=sign, options=values)
