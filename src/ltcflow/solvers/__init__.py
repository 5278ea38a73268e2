"""Solvers that work against the clock, on threads: outside the pure core, which is handed one where it is wanted."""

from __future__ import annotations

from ltcflow.solvers.exact import MissingExtra, OrTools, optimise

__all__ = ["MissingExtra", "OrTools", "optimise"]
