"""How alike two names are: words in English, pairs of characters in Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from ltcflow.analysis.vocabulary import fold
from ltcflow.labels import Label

LEAST = 0.6
"""Names less alike than this are not taken for each other."""
LEAST_OF_ROLES = 0.85
"""For roles: most names of roles share a word such as "manager" or "team"."""

_FILLERS = frozenset(["the", "a", "an", "of", "for", "to", "and", "in", "on", "with", "project", "sales"])
_FILLERS_ZH = ("项目", "销售", "进行", "制定")


def same_label(one: Iterable[Label], other: Iterable[Label]) -> bool:
    """Say whether any name of one is a name of the other, in either language; case, width and blanks do not count."""
    return bool(_names(one) & _names(other))


def _names(labels: Iterable[Label]) -> set[str]:
    return {folded for label in labels for text in (label.zh, label.en) if (folded := _plain(text))}


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    folded = fold(text)
    return folded if folded.isascii() else folded.replace(" ", "")


def likeness(one: Iterable[Label], other: Iterable[Label]) -> float:
    """Return how alike the names of two things are, 0 to 1: the best over their languages and other names.

    Sørensen-Dice (Dice 1945) over words (English) or pairs of neighbouring characters (Chinese), without words that
    nearly every name of the field has.

    Example:
        >>> likeness([Label(en="Make the project plan")], [Label(en="Make a plan")])
        1.0
        >>> round(likeness([Label(zh="投标评审")], [Label(zh="投标准备")]), 2)
        0.33
    """
    pairs = [(a, b) for a in one for b in other]
    return max(
        (max(_dice(_grams(a.zh), _grams(b.zh)), _dice(_grams(a.en), _grams(b.en))) for a, b in pairs), default=0.0
    )


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    plain = _plain(text)
    if not plain or plain.isascii():
        words = frozenset(plain.split())
        telling = words - _FILLERS
        return telling if len(telling) > 1 else words
    short = plain
    for filler in _FILLERS_ZH:
        short = short.replace(filler, "")
    short = short if len(short) > 2 else plain
    return frozenset(a + b for a, b in pairwise(short)) or frozenset(short)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
