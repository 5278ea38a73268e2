"""Three-valued truth: yes, no, or not known (Kleene's logic)."""

from __future__ import annotations

import enum


class Truth(enum.Enum):
    """The result of a condition. Only TRUE counts as true in an ``if``: what is not known is never passed.

    Example:
        >>> Truth.UNKNOWN & Truth.FALSE, Truth.UNKNOWN | Truth.TRUE, ~Truth.UNKNOWN
        (<Truth.FALSE: 'no'>, <Truth.TRUE: 'yes'>, <Truth.UNKNOWN: 'unknown'>)
        >>> bool(Truth.UNKNOWN)
        False
    """

    TRUE = "yes"
    FALSE = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        return self is Truth.TRUE

    def __and__(self, other: Truth) -> Truth:
        if Truth.FALSE in (self, other):
            return Truth.FALSE
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.TRUE

    def __or__(self, other: Truth) -> Truth:
        if Truth.TRUE in (self, other):
            return Truth.TRUE
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.FALSE

    def __invert__(self) -> Truth:
        return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(self, Truth.UNKNOWN)

    def text(self, lang: str = "en") -> str:
        """Return it as a word in *lang* ("en" or "zh")."""
        return {"yes": "是", "no": "否", "unknown": "未知"}[self.value] if lang == "zh" else str(self.value)


def truth_of(answer: bool | None) -> Truth:
    """Return True, False and None as TRUE, FALSE and UNKNOWN."""
    return Truth.UNKNOWN if answer is None else Truth.TRUE if answer else Truth.FALSE
