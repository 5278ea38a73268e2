"""Processes: the declaration as one value, look-ups in it, and how several are put together."""

from __future__ import annotations

from ltcflow.process.calendars import derivation, resolve_calendar, time_zone_of
from ltcflow.process.composition import CODES as COMPOSITION_CODES
from ltcflow.process.composition import compose, side_by_side
from ltcflow.process.limits import calendar_of, doing, ladder_of, limit_of
from ltcflow.process.registers import NO_REGISTERS, Registers, RiskScale
from ltcflow.process.renaming import prefixed, rename
from ltcflow.process.value import (
    Element,
    Node,
    Process,
    RuleLevel,
    RuleSetting,
    duties_of,
    kind_of,
)

__all__ = [
    "COMPOSITION_CODES",
    "NO_REGISTERS",
    "Element",
    "Node",
    "Process",
    "Registers",
    "RiskScale",
    "RuleLevel",
    "RuleSetting",
    "calendar_of",
    "compose",
    "derivation",
    "doing",
    "duties_of",
    "kind_of",
    "ladder_of",
    "limit_of",
    "prefixed",
    "rename",
    "resolve_calendar",
    "side_by_side",
    "time_zone_of",
]
