"""Findings: a problem of a declaration as a value, with its place and its remedy, in English and Chinese.

``str(finding)`` is one line for editors and CI: ``file:line:column: CODE: subject: what is wrong: what to do``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

import attrs

from ltcflow.errors import LtcflowError


class Severity(enum.Enum):
    """How much a finding weighs: a project cannot be started on a process with an ERROR."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@attrs.frozen(kw_only=True)
class Finding:
    """One problem of one declaration.

    Attributes:
        code: stable code, documented in ``docs/reference/findings.md``.
        severity: error, warning or info.
        where: dotted path of the subject inside the declaration, such as ``stages.bid.activities.solution.after``;
            list items by position: ``criteria[2]``.
        problem, remedy: what is wrong and what to do, one sentence each, in English.
        problem_zh, remedy_zh: the same in Chinese; empty only where the finding comes from a plugin that has none.
        file, line, column: where it stands (1-based); "" and 0 for a process built in Python.
        witness: the shortest example that shows it (ids along a cycle, fact values), or empty.

    Example:
        >>> f = Finding(code="LTC110", where="stages.bid.after", problem="waits for 'survay', which is not declared.",
        ...             remedy="Declare it or remove it from 'after'.", file="bid.yaml", line=7, column=12)
        >>> print(f)  # doctest: +ELLIPSIS
        bid.yaml:7:12: LTC110: stages.bid.after: waits for 'survay', which is not declared. Declare it or ...
    """

    code: str
    severity: Severity = Severity.ERROR
    where: str
    problem: str
    remedy: str
    problem_zh: str = ""
    remedy_zh: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    witness: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str = "en") -> str:
        """Return the finding as one line in *lang* ("en" or "zh"; English where no Chinese text is there)."""
        problem, remedy = self.problem, self.remedy
        if lang == "zh" and self.problem_zh:
            problem, remedy = self.problem_zh, self.remedy_zh or self.remedy
        place = f"{self.file or '<python>'}:{self.line}:{self.column}: " if self.file or self.line else ""
        return " ".join(f"{place}{self.code}: {self.where or 'process'}: {problem} {remedy}".split())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings* without repeats, ordered by file and line where known, then by ``where``, then by code."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.file, f.line, f.column, f.where, f.code)))


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those of *findings* that are errors."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


class DefinitionError(LtcflowError):
    """A definition from which no Process can be built, or a process that is not sound where it must be.

    Attributes:
        findings: every problem at once, never empty.
    """

    code = "LTC100"
    findings: tuple[Finding, ...]

    def __init__(self, *, findings: Iterable[Finding]) -> None:
        kept = tuple(findings)
        first: Any = "\n".join(str(f) for f in kept[:20])
        more = f"\n(+{len(kept) - 20} more)" if len(kept) > 20 else ""
        count = "1 problem" if len(kept) == 1 else f"{len(kept)} problems"
        super().__init__(f"{count}\n{first}{more}", findings=kept)
