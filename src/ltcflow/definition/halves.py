"""Surrogate pairs in JSON escapes (``\\ud83d\\ude00``), which YAML parsers refuse: carried through them unharmed."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

_ESCAPE = re.compile(r"\\u([dD])([89a-fA-F][0-9a-fA-F]{2})")
_CARRIED = re.compile(r"\\u([eE])([89a-fA-F][0-9a-fA-F]{2})")
_USED = re.compile(r"[\ue800-\uefff]|\\(?:u|U0000)[eE][89a-fA-F][0-9a-fA-F]{2}")
_SHIFT = 0xE800 - 0xD800


MOST_SLOW = 200_000
"""A text that uses both surrogate escapes and those private characters goes through the slow parser up to this size."""


@attrs.frozen
class Halves:
    """A text whose surrogate escapes (D800 to DFFF) are replaced by those of private characters (E800 to EFFF).

    Columns stay what they were. `back` undoes it for one scalar and joins the halves. A text that uses those private
    characters itself is left alone and, when it is not too long, read by PyYAML's own parser, which lets halves pass.
    """

    text: str
    carried: bool = False
    slow: bool = False

    @classmethod
    def of(cls, text: str) -> Halves:
        """Return *text* with its surrogate escapes carried (unchanged when it has none)."""
        if not _ESCAPE.search(text):
            return cls(text)
        if _USED.search(text):
            return cls(text, slow=len(text) <= MOST_SLOW)
        return cls(_ESCAPE.sub(lambda m: f"\\u{'e' if m[1] == 'd' else 'E'}{m[2]}", text), carried=True)

    def back(self, value: str, half: Callable[[], None]) -> str:
        """Return *value*, read from the changed text, as the text as written means it.

        Args:
            half: called when a surrogate has no partner; its place is taken by a replacement character.
        """
        if self.carried:
            value = _CARRIED.sub(lambda m: f"\\u{'d' if m[1] == 'e' else 'D'}{m[2]}", value)
            value = "".join(chr(ord(c) - _SHIFT) if "\ue800" <= c <= "\uefff" else c for c in value)
        elif not self.slow:
            return value
        if not any("\ud800" <= c <= "\udfff" for c in value):
            return value
        units = value.encode("utf-16-le", "surrogatepass")
        try:
            return units.decode("utf-16-le")
        except UnicodeDecodeError:
            half()
            return units.decode("utf-16-le", "replace")
