"""Problems of a condition: what is wrong, where in its source, and what to write instead, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from ltcflow.errors import LtcflowError, did_you_mean

MOST_PROBLEMS = 30

SYNTAX = "LTC150"
NOT_ALLOWED = "LTC151"
UNKNOWN_FACT = "LTC152"
TYPE_MISMATCH = "LTC153"
CURRENCY_MISMATCH = "LTC154"
UNKNOWN_OPTION = "LTC155"
NOT_YES_NO = "LTC156"
TOO_LONG = "LTC157"
OUT_OF_BOUNDS = "LTC158"
NEVER_VARIES = "LTC159"
BAD_ARGUMENT = "LTC160"
KEYBOARD_SLIP = "LTC161"


@attrs.frozen(kw_only=True)
class Problem:
    """One problem of one condition.

    Attributes:
        code: LTC150 to LTC179, one per kind, documented in ``docs/reference/findings.md``.
        column: where it begins, in characters from the start of the source, from 0.
        length: how many characters it covers, at least 0 (0 only at the end of the source).
        problem, remedy: one sentence each in English; problem_zh, remedy_zh: the same in Chinese.
    """

    code: str
    column: int
    length: int = 1
    problem: str
    remedy: str
    problem_zh: str
    remedy_zh: str

    def __str__(self) -> str:
        return f"column {self.column + 1}: {self.code}: {self.problem} {self.remedy}"


class ConditionError(LtcflowError, ValueError):
    """A condition that cannot be compiled. Attributes: source, problems (all of them, never empty, by column)."""

    code = SYNTAX
    source: str
    problems: tuple[Problem, ...]

    def __init__(self, *, source: str, problems: Iterable[Problem]) -> None:
        kept = tuple(problems)
        short = source if len(source) <= 80 else source[:77] + "..."
        lines = "\n".join(str(p) for p in kept)
        super().__init__(f"the condition {short!r} cannot be used.\n{lines}", source=source, problems=kept)


class Problems:
    """Collects problems while a condition is read; keeps the first 30."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, code: str, start: int, end: int, english: tuple[str, str], chinese: tuple[str, str]) -> None:
        """Add one problem that covers source[start:end]; each text is (problem, remedy)."""
        if len(self._found) < MOST_PROBLEMS:
            problem = Problem(
                code=code,
                column=start,
                length=max(0, end - start),
                problem=english[0],
                remedy=english[1],
                problem_zh=chinese[0],
                remedy_zh=chinese[1],
            )
            self._found[problem] = None

    def __len__(self) -> int:
        return len(self._found)

    def all(self) -> tuple[Problem, ...]:
        """Return the problems by column, then by code."""
        return tuple(sorted(self._found, key=lambda p: (p.column, p.code, p.problem)))


def clip(text: str, most: int = 40) -> str:
    """Return *text*, cut to *most* characters, on one line, with nothing invisible."""
    flat = "".join(c if c.isprintable() else " " for c in text[: most + 1])
    return flat if len(flat) <= most else flat[: most - 3] + "..."


def nearest(value: str, known: Sequence[str], noun: str, noun_zh: str) -> tuple[str, str]:
    """Return the remedy for a name that is not known, in English and Chinese."""
    near = did_you_mean(value, known)
    if near:
        return (
            f"Did you mean {' or '.join(repr(n) for n in near)}?",
            f"是否想写 {' 或 '.join(repr(n) for n in near)}?",
        )
    if not known:
        return f"Declare a {noun} first.", f"请先声明{noun_zh}。"
    listed = ", ".join(known[:8]) + (" and more" if len(known) > 8 else "")
    return f"Known: {listed}.", f"已有:{listed}。"
