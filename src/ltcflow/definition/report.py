"""Collecting the findings of one text, with their places, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ltcflow.definition import codes, slips
from ltcflow.definition.nodes import ListNode, MapNode, Node, Odd, TextNode
from ltcflow.definition.places import Places, Spot
from ltcflow.errors import did_you_mean
from ltcflow.findings import Finding, in_order

MOST_FINDINGS = 1000
Both: TypeAlias = tuple[str, str]
"""A text in English and in Chinese."""


def clip(text: str, most: int = 60) -> str:
    """Return *text* quoted for a message: short, on one line, nothing invisible."""
    flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: most + 1])
    return "'" + (flat if len(flat) <= most else flat[: most - 3] + "...") + "'"


def step(text: str) -> str:
    """Return a key as a step of a dotted path: at most 100 characters, nothing invisible."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:100])


def suggestion(value: str, known: Iterable[str]) -> Both:
    """Return the remedy for a word that is not among *known*: the nearest ones, else all of them."""
    names = tuple(known)
    near = did_you_mean(value, names)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?", f"是否想写 {' 或 '.join(map(repr, near))}?"
    listed = ", ".join(names[:30]) + (", ..." if len(names) > 30 else "")
    return f"Use one of {listed}.", f"请使用其中之一:{listed}。"


def kind_of(node: Node) -> Both:
    """Return what *node* is, in words."""
    match node:
        case ListNode():
            return "a list", "列表"
        case MapNode():
            return "a mapping", "映射"
        case TextNode():
            value = node.value
            if value is None:
                return "empty", "空值"
            if isinstance(value, bool):
                return node.text, node.text
            if isinstance(value, str):
                return f"the text {clip(value, 40)}", f"文本 {clip(value, 40)}"
            return f"the number {clip(node.text, 40)[1:-1]}", f"数字 {clip(node.text, 40)[1:-1]}"


class Report:
    """The findings and the places of one text; keeps the first 1,000 findings, in the order of the text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.spots: list[Spot] = []
        self.dropped = 0

    def add(
        self,
        code: str,
        where: str,
        place: Node | tuple[int, int],
        problem: Both,
        remedy: Both | Callable[[], Both],
    ) -> None:
        """Add one finding; a remedy that costs something to find is given as a function."""
        if len(self.findings) >= MOST_FINDINGS:
            self.dropped += 1
            return
        line, column = place if isinstance(place, tuple) else (place.line, place.column)
        english, chinese = remedy() if callable(remedy) else remedy
        self.findings.append(
            Finding(
                code=code,
                where=where or "process",
                problem=problem[0],
                remedy=english,
                problem_zh=problem[1],
                remedy_zh=chinese,
                file=self.name,
                line=line,
                column=column,
            )
        )

    def mark(self, where: str, node: Node) -> None:
        """Remember that *where* stands at *node*."""
        self.spots.append(Spot(where, node.line, node.column, node.inner if isinstance(node, TextNode) else 0))

    def wrong_type(self, node: Node, where: str, want: Both, example: str) -> None:
        """Report that *node* is not *want*."""
        got = kind_of(node)
        if isinstance(node, TextNode) and isinstance(node.value, Odd):
            problem = (f"is {got[0]}, which is no number to count with.", f"是{got[1]},不是可计算的数。")
            self.add(codes.BAD_NUMBER, where, node, problem, ("Write a finite number.", "请写有限大小的数。"))
            return
        self.add(
            codes.WRONG_TYPE,
            where,
            node,
            (f"should be {want[0]}, but is {got[0]}.", f"应为{want[1]},这里却是{got[1]}。"),
            slips.of_text(node) or (f"Write for example {example}.", f"例如写:{example}。"),
        )

    def needs_quotes(self, node: TextNode, where: str) -> None:
        """Report that a plain scalar is no text for YAML."""
        got = kind_of(node)
        self.add(
            codes.NEEDS_QUOTES,
            where,
            node,
            (f"should be a text, but is {got[0]}.", f"应为文本,这里却是{got[1]}。"),
            (f'Put it in quotes: "{clip(node.text, 40)[1:-1]}".', f'请加引号:"{clip(node.text, 40)[1:-1]}"。'),
        )

    def unknown(
        self,
        code: str,
        node: Node,
        where: str,
        value: str,
        known: Iterable[str],
        noun: Both,
        hint: Callable[[], Both | None] = lambda: None,
    ) -> None:
        """Report that *value* is none of the *known* keys or words; *hint* gives a better remedy if there is one."""
        names = tuple(known)
        self.add(
            code,
            where,
            node,
            (f"has the {noun[0]} {clip(value)}, which is not known.", f"出现了未知的{noun[1]} {clip(value)}。"),
            lambda: hint() or suggestion(value, names),
        )

    def places(self) -> Places:
        """Return every place marked."""
        return Places(self.name, tuple(self.spots))

    def done(self) -> tuple[Finding, ...]:
        """Return every finding, by place; the last says how many are left out, if any."""
        if not self.dropped:
            return in_order(self.findings)
        last = max((f.line, f.column) for f in self.findings)
        problems = "problem" if self.dropped == 1 else "problems"
        more = Finding(
            code=codes.TOO_MANY,
            where="process",
            problem=f"has {self.dropped} more {problems}.",
            remedy="Mend those listed and read the file again.",
            problem_zh=f"还有 {self.dropped} 个问题。",
            remedy_zh="请先改正已列出的问题,再重新读取。",
            file=self.name,
            line=last[0],
            column=last[1],
        )
        return (*in_order(self.findings), more)
