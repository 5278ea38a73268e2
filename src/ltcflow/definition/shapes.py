"""Shapes: what a value of a definition file may look like. The reader, the JSON Schema and the documents all read them.

A shape reads one node: it returns the value, or BAD after every problem inside has been reported.
"""

from __future__ import annotations

import enum
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import attrs

from ltcflow.definition import codes, slips
from ltcflow.definition.nodes import ListNode, MapNode, Node, Odd, TextNode
from ltcflow.definition.report import Both, Report, clip, step
from ltcflow.definition.translate import chinese
from ltcflow.errors import InvalidValue
from ltcflow.labels import Label, as_label, has_cjk
from ltcflow.names import is_id, suggest_id
from ltcflow.worktime import WorkDuration


class _Bad(enum.Enum):
    BAD = "bad"


BAD: Final = _Bad.BAD
Bad: TypeAlias = Literal[_Bad.BAD]


@attrs.frozen(kw_only=True)
class Text:
    """A text; *what* says which, *example* shows one."""

    what: Both = ("a text", "文本")
    example: str = '"text"'
    longest: int | None = None
    may_be_empty: bool = True
    json_types: tuple[str, ...] = ("string",)

    def accepts(self, node: Node) -> bool:
        return isinstance(node, TextNode)

    def read(self, node: Node, where: str, report: Report) -> str | Bad:
        if not isinstance(node, TextNode) or node.value is None:
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        if not isinstance(node.value, str):
            report.needs_quotes(node, where)
            return BAD
        return self.checked(node.value, node, where, report)

    def checked(self, value: str, node: Node, where: str, report: Report) -> str | Bad:
        """Return *value* when it fits."""
        problem: Both | None = None
        if self.longest is not None and len(value) > self.longest:
            problem = (f"is longer than {self.longest} characters.", f"超过 {self.longest} 个字符。")
        elif not self.may_be_empty and not value.strip():
            problem = ("is empty.", "是空文本。")
        if problem is None:
            return value
        remedy = (f"Write for example {self.example}.", f"例如写:{self.example}。")
        report.add(codes.BAD_VALUE, where, node, problem, remedy)
        return BAD


@attrs.frozen(kw_only=True)
class Ident(Text):
    """An id."""

    what: Both = ("an id", "标识")
    example: str = "solution"

    def read(self, node: Node, where: str, report: Report) -> str | Bad:
        if not isinstance(node, TextNode) or node.value is None:
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        return self.checked(node.text, node, where, report)

    def checked(self, value: str, node: Node, where: str, report: Report) -> str | Bad:
        if is_id(value):
            return value
        near = suggest_id(value)
        english = f"Write {near!r}." if near else "Write lower-case letters, digits and underscores, first a letter."
        zh = f"请写 {near!r}。" if near else "请用小写字母、数字和下划线,以字母开头。"
        problem = (f"{clip(value)} is not a snake_case id.", f"{clip(value)} 不是 snake_case 形式的标识。")
        report.add(codes.BAD_ID, where, node, problem, (english, zh))
        return BAD


@attrs.frozen(kw_only=True)
class Span(Text):
    """A duration; *least* minutes or more (None: leads too)."""

    what: Both = ("a duration", "时长")
    example: str = "3d"
    least: int | None = 0

    def read(self, node: Node, where: str, report: Report) -> Any:
        if not isinstance(node, TextNode) or node.value is None:
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        if isinstance(node.value, int | Decimal) and not isinstance(node.value, bool):
            problem = (f"{clip(node.text)} has no unit.", f"{clip(node.text)} 没有单位。")
            remedy = ("Write for example 3d, 4h or 1w.", "例如写 3d、4h 或 1w。")
            report.add(codes.BAD_DURATION, where, node, problem, remedy)
            return BAD
        return self.checked(node.text, node, where, report)

    def checked(self, value: str, node: Node, where: str, report: Report) -> Any:
        try:
            duration = WorkDuration.parse(value)
            if self.least is not None and duration.minutes < self.least:
                problem = "is negative." if self.least == 0 else "is not longer than zero."
                raise InvalidValue(field="duration", value=value, problem=problem, remedy="Use 1w or so.")
        except InvalidValue as error:
            problem_zh, remedy_zh = chinese(error.problem, error.remedy)
            report.add(
                codes.BAD_DURATION,
                where,
                node,
                (f"{clip(value)} {error.problem}", f"{clip(value)} {problem_zh}"),
                (error.remedy, remedy_zh),
            )
            return BAD
        return duration


@attrs.frozen(kw_only=True)
class Word(Text):
    """One of a few words."""

    what: Both = ("a word", "词")
    words: tuple[str, ...]
    noun: Both
    hints: tuple[tuple[str, Both], ...] = ()
    """What to do instead, for words that people may well write."""

    def read(self, node: Node, where: str, report: Report) -> str | Bad:
        if not isinstance(node, TextNode) or node.value is None:
            example = " | ".join(self.words)
            report.wrong_type(node, where, self.what, example)
            return BAD
        return self.checked(node.text, node, where, report)

    def checked(self, value: str, node: Node, where: str, report: Report) -> str | Bad:
        if value in self.words:
            return value
        hints = dict(self.hints)
        report.unknown(codes.UNKNOWN_WORD, node, where, value, self.words, self.noun, lambda: hints.get(value))
        return BAD


@attrs.frozen
class Flag:
    """True or false."""

    what: Both = ("true or false", "true 或 false")
    example: str = "true"
    only: bool | None = None

    def accepts(self, node: Node) -> bool:
        return isinstance(node, TextNode)

    def read(self, node: Node, where: str, report: Report) -> bool | Bad:
        if isinstance(node, TextNode) and isinstance(node.value, bool) and self.only in (None, node.value):
            return node.value
        report.wrong_type(node, where, self.what, self.example)
        return BAD


@attrs.frozen(kw_only=True)
class Number:
    """A number; whole ones only when *whole*; *least* or more (more than *above*), *most* or less."""

    whole: bool = False
    least: int | None = None
    above: int | None = None
    most: int | None = None
    example: str = "2"

    @property
    def what(self) -> Both:
        return ("a whole number", "整数") if self.whole else ("a number", "数字")

    def accepts(self, node: Node) -> bool:
        return isinstance(node, TextNode)

    def read(self, node: Node, where: str, report: Report) -> int | Decimal | Bad:
        value = node.value if isinstance(node, TextNode) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        if self.whole and value != int(value):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        number = int(value) if self.whole else Decimal(value)
        problem = self._bound(number)
        if problem is None:
            return number
        remedy = (f"Write for example {self.example}.", f"例如写 {self.example}。")
        report.add(codes.BAD_NUMBER, where, node, problem, remedy)
        return BAD

    def _bound(self, number: int | Decimal) -> Both | None:
        if self.least is not None and number < self.least:
            return f"must be {self.least} or more.", f"必须不小于 {self.least}。"
        if self.above is not None and number <= self.above:
            return f"must be more than {self.above}.", f"必须大于 {self.above}。"
        if self.most is not None and number > self.most:
            return f"must be {self.most} or less.", f"必须不大于 {self.most}。"
        digits = number.adjusted() + 1 if isinstance(number, Decimal) else len(str(abs(number)))
        if digits > 30 or (isinstance(number, Decimal) and len(number.as_tuple().digits) > 30):
            return "has more than 30 digits.", "超过 30 位数字。"
        return None


@attrs.frozen(kw_only=True)
class LabelText:
    """A text, or a text in each of two languages."""

    what: Both = ("a text or {zh: ..., en: ...}", "文本或 {zh: ..., en: ...}")
    example: str = "{zh: 投标, en: Bid}"

    def accepts(self, node: Node) -> bool:
        return isinstance(node, TextNode | MapNode)

    def read(self, node: Node, where: str, report: Report) -> Label | Bad:
        if isinstance(node, ListNode):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        if isinstance(node, TextNode):
            text = Text(what=self.what, example=self.example).read(node, where, report)
            return BAD if text is BAD else as_label(text)
        texts: dict[str, str] = {}
        for key, value in node.entries:
            path = f"{where}.{step(key.text)}"
            report.mark(path, value)
            if key.text not in ("zh", "en"):
                slip = partial(slips.of_key, key, value)
                report.unknown(codes.UNKNOWN_KEY, key, path, key.text, ("zh", "en"), ("language", "语言"), slip)
                continue
            read = Text().read(value, path, report)
            if read is not BAD:
                texts[key.text] = read
        return BAD if len(texts) < len(node.entries) else Label(**texts)


def plain_label(label: Label) -> str | None:
    """Return the text that reads as *label*, or None when it takes a mapping with zh and en."""
    text = label.zh or label.en
    return None if (label.zh and label.en) or (label.zh != "") != has_cjk(text) else text


@attrs.frozen(kw_only=True)
class Data:
    """Any plain data: texts, numbers, true and false, nothing, lists and mappings of them."""

    what: Both = ("plain data", "普通数据")
    example: str = "{limit: 5000000}"
    names: bool = False
    """True: a mapping at the top."""

    def accepts(self, node: Node) -> bool:
        return isinstance(node, MapNode) or not self.names

    def read(self, node: Node, where: str, report: Report) -> Any:
        if self.accepts(node):
            return self._any(node, where, report)
        report.wrong_type(node, where, self.what, self.example)
        return BAD

    def _any(self, node: Node, where: str, report: Report) -> Any:
        if isinstance(node, ListNode):
            items = [self._any(item, f"{where}[{i}]", report) for i, item in enumerate(node.items)]
            return BAD if BAD in items else items
        if isinstance(node, TextNode):
            if not isinstance(node.value, Odd):
                return node.value
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        found: dict[str, Any] = {}
        for key, item in node.entries:
            value = self._any(item, f"{where}.{step(key.text)}", report)
            if not isinstance(key.value, str):
                report.needs_quotes(key, where)
            elif value is not BAD:
                found[key.value] = value
        return found if len(found) == len(node.entries) else BAD
