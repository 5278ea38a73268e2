"""Surrogate pairs in JSON escapes (``\\ud83d\\ude00``), which YAML parsers refuse: carried through them unharmed."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

_ESCAPE = re.compile(r"\\u([dD])([89a-fA-F][0-9a-fA-F]{2})")
_CARRIED = re.compile(r"\\u([eE])([89a-fA-F][0-9a-fA-F]{2})")
_USED = re.compile(r"[\ue800-\uefff]|\\(?:u|U0000)[eE][89a-fA-F][0-9a-fA-F]{2}")
_SHIFT = 0xE800 - 0xD800


@attrs.frozen
class Halves:
    """A text whose surrogate escapes (D800 to DFFF) are replaced by those of private characters (E800 to EFFF).

    Columns stay what they were. `back` undoes it for one scalar and joins the halves. A text that uses those private
    characters itself is left alone; YAML then refuses its surrogates, with a place.
    """

    text: str
    carried: bool = False

    @classmethod
    def of(cls, text: str) -> Halves:
        """Return *text* with its surrogate escapes carried (unchanged when it has none)."""
        if not _ESCAPE.search(text) or _USED.search(text):
            return cls(text)
        return cls(_ESCAPE.sub(lambda m: f"\\u{'e' if m[1] == 'd' else 'E'}{m[2]}", text), True)

    def back(self, value: str, half: Callable[[], None]) -> str:
        """Return *value*, read from the changed text, as the text as written means it.

        Args:
            half: called when a surrogate has no partner; its place is taken by a replacement character.
        """
        if not self.carried:
            return value
        value = _CARRIED.sub(lambda m: f"\\u{'d' if m[1] == 'e' else 'D'}{m[2]}", value)
        if not any("\ue800" <= c <= "\uefff" for c in value):
            return value
        joined = "".join(chr(ord(c) - _SHIFT) if "\ue800" <= c <= "\uefff" else c for c in value)
        units = joined.encode("utf-16-le", "surrogatepass")
        try:
            return units.decode("utf-16-le")
        except UnicodeDecodeError:
            half()
            return units.decode("utf-16-le", "replace")
