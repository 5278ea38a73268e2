"""The rules of a good declaration: one function per code, gathered in `RULES`; `check` goes through all of them."""

from __future__ import annotations

from ltcflow.checks.check import RULES, Check, check
from ltcflow.graph import Rule

CODES: tuple[str, ...] = tuple(RULES)
"""Every code that `check` can give, in order."""

__all__ = ["CODES", "RULES", "Check", "Rule", "check"]
