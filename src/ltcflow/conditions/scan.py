"""The first look at the source of a condition, before Python's own parser sees it.

It bounds what the parser gets (length, nesting, digits) and names slips of the keyboard that the parser would only call
"invalid syntax": full-width punctuation, a single "=", "15%", "1,000,000", "1000万", a day without its date(...), words
such as 且. Each slip is
mended in the text that is parsed, so that the rest of the condition is judged as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import date
from decimal import Decimal

import attrs

from ltcflow.conditions import problems as p
from ltcflow.conditions.money import EXACT, MOST_DIGITS, bounded, plain
from ltcflow.conditions.problems import Problems, clip

LONGEST_SOURCE = 2_000
DEEPEST = 30

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f\v\u3000\u00a0]+)
  | (?P<string>'[^'\n\r]*'|"[^"\n\r]*"|“[^”"\n\r]*”|‘[^’'\n\r]*’|「[^」\n\r]*」|＂[^＂\n\r]*＂|＇[^＇\n\r]*＇)
  | (?P<number>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?\w*(?:[ ]*[%％])?)
  | (?P<name>[^\W\d]\w*)
  | (?P<compare>[<>=!＜＞＝！]{1,2})
  | (?P<op>&&|\|\||\*\*|//|:=|[-+*/&|%()\[\]{},;:.?^~@$`\#\\])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:0(?:_?0)*|[1-9](?:_?[0-9])*)?(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:[eE][+-]?[0-9]{1,4})?")
_DAY = re.compile(r"([0-9]{4})(?:([-/])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号]?)(?![\w.%％])")
_UNITS = {
    "千": Decimal(10**3),
    "万": Decimal(10**4),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
    "k": Decimal(10**3),
    "K": Decimal(10**3),
    "M": Decimal(10**6),
    "%": Decimal("0.01"),
    "％": Decimal("0.01"),
}
_WORDS = {
    **dict.fromkeys(("且", "并且", "和", "与", "而且", "AND", "And"), "and"),
    **dict.fromkeys(("或", "或者", "OR", "Or"), "or"),
    **dict.fromkeys(("非", "不是", "NOT", "Not"), "not"),
}
_SIGNS = {
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "=": "==",
    "!": "not",
    "&": "and",
    "|": "or",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≧": ">=",
    "≦": "<=",
    "×": "*",
    "÷": "/",
    "－": "-",
    "−": "-",
    "–": "-",
    "—": "-",
    "·": "*",
    "、": ",",
    "。": ".",
    "【": "[",
    "】": "]",
    "〔": "(",
    "〕": ")",
}
_READ = frozenset((*"()[]{},+-*/.", ">=", "<=", "!="))
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@attrs.frozen
class Scanned:
    """The text to parse and, for each of its characters, which part of the source it stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    source: str

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the source offsets of text[start:end]."""
        length = len(self.source)
        first = self.starts[start] if start < len(self.starts) else length
        last = self.ends[end - 1] if 0 < end <= len(self.ends) else length
        return first, max(first, last)


def _bare_day(match: re.Match[str]) -> str:
    """Return how a day is written that stands without quotes; "" where it may as well be a difference or a quotient."""
    year, sign, month, day = match[1], match[2], match[3] or match[5], match[4] or match[6]
    try:
        moment = date(int(year), int(month), int(day))
    except ValueError:
        return ""
    return f'date("{moment.isoformat()}")' if sign is None or "0" in (month[0], day[0]) else ""


class _Scanner:
    def __init__(self, source: str, names: Container[str], found: Problems) -> None:
        self.source, self.names, self.found = source, names, found
        self.text: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.open: list[tuple[str, int]] = []
        self.readable = True

    def emit(self, text: str, start: int, end: int) -> None:
        """Append *text*, which stands for source[start:end]."""
        self.text.append(text)
        if len(text) == end - start:
            self.starts.extend(range(start, end))
            self.ends.extend(range(start + 1, end + 1))
        else:
            self.starts.extend([start] * len(text))
            self.ends.extend([end] * len(text))

    def run(self) -> None:
        at, before = 0, ""
        while at < len(self.source):
            match = _TOKEN.match(self.source, at)
            day = _DAY.match(self.source, at)
            if day is not None and (written := _bare_day(day)):
                self._slip(at, day.end(), written)
                self.emit(written, at, day.end())
                at, kind = day.end(), "string"
            elif match is None:
                at, kind = self._character(at), "op"
            else:
                kind = str(match.lastgroup)
                getattr(self, f"_{kind}")(match.group(), at, match.end(), before)
                at = match.end()
            if kind != "space" or before != "string":
                before = kind
        for bracket, start in self.open:
            self._bracket(bracket, start)

    def _slip(self, start: int, end: int, write: str, write_zh: str = "") -> None:
        seen = clip(self.source[start:end], 30)
        self.found.add(
            p.KEYBOARD_SLIP,
            start,
            end,
            (f"{seen!r} is not read here.", f"Write {write}."),
            (f"这里不能写 {seen!r}。", f"请写 {write_zh or write}。"),
        )

    def _space(self, text: str, start: int, end: int, before: str) -> None:
        self.emit(" " * len(text), start, end)

    def _string(self, text: str, start: int, end: int, before: str) -> None:
        inside = text[1:-1]
        if before == "name":
            self._not_here(
                start, end, "A letter before a quote", "Write a space between them", "引号前的字母", "请加空格"
            )
        if before == "string":
            self.found.add(
                p.SYNTAX,
                start,
                end,
                ("Two texts stand side by side.", "Put a comma between them."),
                ("两段文本紧挨着。", "请在中间加逗号。"),
            )
            self.emit(", ", start, end)
        if "\\" in inside:
            self._not_here(start, end, "A backslash in a text", "Leave it out", "文本中的反斜杠", "请去掉它")
        if any(not c.isprintable() for c in inside):
            self._not_here(
                start, end, "An invisible character in a text", "Delete it", "文本中的不可见字符", "请删除它"
            )
            inside = "".join(c if c.isprintable() else " " for c in inside)
        if text[0] not in "'\"":
            self._slip(start, end, repr(inside))
        quote = '"' if "'" in inside else "'"
        safe = inside.replace("\\", "/").replace(quote, " ")
        self.emit(quote + safe + quote, start, end)

    def _number(self, text: str, start: int, end: int, before: str) -> None:
        if _NUMBER.fullmatch(text):
            if not bounded(Decimal(text.replace("_", ""))):
                self.found.add(
                    p.OUT_OF_BOUNDS,
                    start,
                    end,
                    ("This number is out of bounds.", f"Write a number of at most {MOST_DIGITS} digits."),
                    ("数字超出范围。", f"请写不超过 {MOST_DIGITS} 位的数字。"),
                )
                text = "1"
            self.emit(text, start, end)
            return
        self.emit(self._bad_number(text, start, end), start, end)

    def _bad_number(self, text: str, start: int, end: int) -> str:
        """Report a number that is not written as one, and return what to read instead."""
        head = text[: len(text) - len(text.lstrip("0123456789_."))]
        tail = text[len(head) :].strip()
        digits = head.replace("_", "")
        if len(digits) <= MOST_DIGITS and re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", digits):
            if tail == "" or tail in _UNITS:
                write = plain(EXACT.multiply(Decimal(digits), _UNITS.get(tail, Decimal(1))))
                self._slip(start, end, write)
                return write
            if tail in ("and", "or", "if", "else", "in", "not"):
                self._slip(start, end, f"{head} {tail}")
                return f"{plain(Decimal(digits))} {tail}"
        self._not_here(
            start, end, "This way of writing a number", "Use decimal digits only", "这种数字写法", "请只用十进制数字"
        )
        return "1"

    def _name(self, text: str, start: int, end: int, before: str) -> None:
        word = _WORDS.get(text)
        if word is not None and text not in self.names:
            self._slip(start, end, word)
            self.emit(word, start, end)
        else:
            self.emit(text, start, end)

    def _op(self, text: str, start: int, end: int, before: str) -> None:
        if text in _SIGNS:
            self._slip(start, end, _SIGNS[text])
            word = _SIGNS[text]
            self.emit(f" {word} " if word.isalpha() else word, start, end)
        elif text in "()[]{}":
            self._nest(text, start)
            self.emit(text, start, end)
        elif text == "," and not self.open:
            self._comma(start, end)
        elif text in ("#", "\\", ";", "?", "$", "`", "%"):
            self._not_here(start, end, f"{text!r}", "Leave it out", f"{text!r}", "请去掉它")
            self.readable = False
            self.emit(" ", start, end)
        else:
            self.emit(text, start, end)

    def _compare(self, text: str, start: int, end: int, before: str) -> None:
        sign = unicodedata.normalize("NFKC", text)
        sign = _SIGNS.get(sign, sign)
        if sign != text:
            self._slip(start, end, sign)
        self.emit(f" {sign} " if sign.isalpha() else sign, start, end)

    def _comma(self, start: int, end: int) -> None:
        around = re.match(r"[0-9]{3}(?![0-9_])", self.source[end:])
        if around and re.search(r"[0-9]\Z", self.source[:start]):
            self._slip(start, end, "'_' between thousands (10_000_000)", "'_' 作千位分隔(10_000_000)")
            self.emit("_", start, end)
        else:
            self._not_here(
                start, end, "A comma outside brackets", "Write 'and' or 'or'", "括号外的逗号", "请写 and 或 or"
            )
            self.emit(" and ", start, end)

    def _nest(self, text: str, start: int) -> None:
        if text not in _BRACKETS:
            self.open.append((text, start))
            if len(self.open) == DEEPEST + 1:
                too_deep(start, self.found)
                self.readable = False
        elif self.open and self.open[-1][0] == _BRACKETS[text]:
            self.open.pop()
        else:
            self._bracket(text, start)

    def _bracket(self, bracket: str, start: int) -> None:
        self.readable = False
        self.found.add(
            p.SYNTAX,
            start,
            start + 1,
            (f"The bracket {bracket!r} has no partner.", "Close each bracket that is opened, in order."),
            (f"括号 {bracket!r} 没有配对。", "请让每个括号成对出现。"),
        )

    def _not_here(self, start: int, end: int, what: str, remedy: str, what_zh: str, remedy_zh: str) -> None:
        self.found.add(
            p.NOT_ALLOWED,
            start,
            end,
            (f"{what} is not allowed.", f"{remedy}."),
            (f"不允许{what_zh}。", f"{remedy_zh}。"),
        )

    def _character(self, at: int) -> int:
        """Judge the one character at *at* that begins no token, emit what stands for it, and return the next offset."""
        char, end = self.source[at], at + 1
        ascii_char = _SIGNS.get(char) or unicodedata.normalize("NFKC", char)
        if char in "'\"“‘「＂＇":
            self.readable = False
            self.found.add(
                p.SYNTAX,
                at,
                end,
                ("A text is not closed.", "Write the same quote at its end."),
                ("文本没有结束。", "请在末尾写上同样的引号。"),
            )
            self.emit(" ", at, end)
        elif ascii_char.isdigit():
            run = re.match(r"[\d.．_]+[%％]?", self.source[at:])
            end = at + (run.end() if run else 1)
            number = unicodedata.normalize("NFKC", self.source[at:end])
            share = number.removesuffix("%")
            if share != number and _NUMBER.fullmatch(share) and len(share) <= MOST_DIGITS:
                number = plain(EXACT.scaleb(Decimal(share), -2))
            readable = _NUMBER.fullmatch(number) is not None and len(number) <= MOST_DIGITS
            self._slip(at, end, number if readable else "decimal digits")
            self.emit(number if readable else "1", at, end)
        elif ascii_char == "," and not self.open:
            self._comma(at, end)
        elif ascii_char not in _READ:
            what = f"U+{ord(char):04X}" + (f" ({char})" if char.isprintable() else "")
            self._not_here(at, end, f"The character {what}", "Delete it", f"字符 {what}", "请删除它")
            self.emit(" ", at, end)
        else:
            self._slip(at, end, ascii_char)
            if ascii_char in "()[]{}":
                self._nest(ascii_char, at)
            self.emit(ascii_char, at, end)
        return end


def too_deep(start: int, found: Problems) -> None:
    """Report a condition that is nested too deeply at *start*."""
    found.add(
        p.TOO_LONG,
        start,
        start + 1,
        (f"The condition is nested more than {DEEPEST} deep.", "Split it into several conditions."),
        (f"条件嵌套超过 {DEEPEST} 层。", "请拆成几个条件。"),
    )


def scan(source: str, names: Container[str], found: Problems) -> Scanned | None:
    """Return the text to parse, or None when no parser should see it; what is wrong goes into *found*.

    Args:
        names: the facts, so that a fact called 和 stays a fact.
    Cost: O(length of the source), which is at most 2,000 characters.
    """
    if len(source) > LONGEST_SOURCE:
        found.add(
            p.TOO_LONG,
            LONGEST_SOURCE,
            len(source),
            (f"The condition has more than {LONGEST_SOURCE:,} characters.", "Split it into several conditions."),
            (f"条件超过 {LONGEST_SOURCE:,} 个字符。", "请拆成几个条件。"),
        )
        return None
    scanner = _Scanner(source, names, found)
    scanner.run()
    if not scanner.readable:
        return None
    text = "".join(scanner.text)
    skip = len(text) - len(text.lstrip(" "))
    return Scanned(text[skip:], tuple(scanner.starts[skip:]), tuple(scanner.ends[skip:]), source)
