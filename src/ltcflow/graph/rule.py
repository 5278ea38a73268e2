"""Rules: what can be found wrong with a declaration, one function per code, with its title, severity and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import attrs

from ltcflow.findings import Finding, Severity
from ltcflow.labels import Label
from ltcflow.process import Process

Find: TypeAlias = Callable[[Process], Iterable[Finding]]


@attrs.frozen(kw_only=True)
class Rule:
    """One rule of a good declaration.

    Attributes:
        code: stable code, documented in ``docs/reference/findings.md``.
        title: what is wrong where it fires, in Chinese and English.
        severity: how much it weighs unless a process says otherwise.
        function: finds every place where it is broken; the severity it gives is replaced.
        why: why it matters to the owner of a process.
        fixed: True: no process may demote it or switch it off.
    """

    code: str
    title: Label
    severity: Severity = Severity.WARNING
    function: Find
    why: Label
    fixed: bool = False

    def findings(self, process: Process) -> tuple[Finding, ...]:
        """Return what the rule finds in *process*, with the rule's own severity."""
        return tuple(
            found if found.severity is self.severity else attrs.evolve(found, severity=self.severity)
            for found in self.function(process)
        )


def say(
    code: str,
    where: str,
    english: tuple[str, str],
    chinese: tuple[str, str],
    witness: Iterable[str] = (),
) -> Finding:
    """Return a finding; each text is (problem, remedy)."""
    return Finding(
        code=code,
        where=where,
        problem=english[0],
        remedy=english[1],
        problem_zh=chinese[0],
        remedy_zh=chinese[1],
        witness=tuple(witness),
    )


def by_place(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings* without repeats, by ``where``, then by column inside a condition, then by code."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (f.where, f.column, f.code, f.problem)))


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return *names* in quotes, joined by commas, the rest counted.

    Example:
        >>> listed(["a", "b"]), listed("abcdefg", most=2)
        ("'a', 'b'", "'a', 'b' (+5)")
    """
    kept = tuple(names)
    more = f" (+{len(kept) - most})" if len(kept) > most else ""
    return ", ".join(repr(name) for name in kept[:most]) + more
