"""The plain tree that a definition file is read into: texts, lists and mappings, each with its place."""

from __future__ import annotations

import enum
import re
from decimal import Decimal
from typing import TypeAlias

import attrs

MOST_DIGITS = 1000
"""A number in a file has at most this many digits, and its exponent at most this size."""

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Odd(enum.Enum):
    """Numbers that no field can hold."""

    NOT_FINITE = "not finite"
    TOO_LARGE = "too large"


Value: TypeAlias = str | int | Decimal | bool | Odd | None


def resolve(text: str) -> Value:
    """Return what the plain (unquoted) scalar *text* means in the YAML 1.2 core schema.

    Texts that only YAML 1.1 takes for something else (``no``, ``on``, ``12:30``, ``1_000``, ``2026-03-02``) stay texts,
    and so do numbers with zeros in front (``012``). Numbers with a point or an exponent become exact decimals.

    Example:
        >>> [resolve(t) for t in ("no", "012", "12", "0x10", "0.30", "true", "~")]
        ['no', '012', 12, 16, Decimal('0.30'), True, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isascii() or text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        return Odd.NOT_FINITE
    if _FLOAT.fullmatch(text) or _HEX.fullmatch(text) or _OCTAL.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> int | Decimal | Odd:
    if len(text) > MOST_DIGITS + 10:
        return Odd.TOO_LARGE
    if text[:2] in ("0x", "0o"):
        return int(text, 0)
    if _INT.fullmatch(text):
        return int(text)
    exponent = text.lower().partition("e")[2]
    if len(exponent.lstrip("+-0")) > 4 or abs(int(exponent or "0")) > MOST_DIGITS:
        return Odd.TOO_LARGE
    return Decimal(text)


@attrs.frozen(eq=False)
class TextNode:
    """A scalar: its text, whether it stood there without quotes, its place (1-based), its place's end."""

    text: str
    plain: bool
    line: int
    column: int
    inner: int = 0
    """Column where the text itself begins when it stands on one line letter by letter; 0 otherwise."""

    @property
    def value(self) -> Value:
        """What it means: quoted texts are texts, plain ones are resolved."""
        return resolve(self.text) if self.plain else self.text


@attrs.frozen(eq=False)
class ListNode:
    """A sequence."""

    items: tuple[Node, ...]
    line: int
    column: int


@attrs.frozen(eq=False)
class MapNode:
    """A mapping: pairs of key and value, no key twice."""

    entries: tuple[tuple[TextNode, Node], ...]
    line: int
    column: int

    def get(self, name: str) -> Node | None:
        """Return the value of the key *name*, or None. Cost: O(entries)."""
        return next((value for key, value in self.entries if key.text == name), None)


Node: TypeAlias = TextNode | ListNode | MapNode
