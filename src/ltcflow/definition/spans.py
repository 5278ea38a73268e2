"""Durations, time limits and escalation ladders as plain data, in the words of the definition file."""

from __future__ import annotations

from typing import Any

from ltcflow.definition.emit import Flow
from ltcflow.stages import Activity, Gate, Rung
from ltcflow.worktime import WorkDuration


def duration(value: WorkDuration) -> str:
    """Return a duration as a text that reads back as the same one."""
    text = str(value)
    if sum(c.isdigit() for c in text) <= 9:
        return text
    days, rest = divmod(abs(value.minutes), 1440 if value.elapsed else 480)
    e = "e" if value.elapsed else ""
    return f"{'-' if value.minutes < 0 else ''}{days}{e}d {rest}{e}min"


def ladder(rungs: tuple[Rung, ...] | None) -> Any:
    """Return the rungs of a ladder; None for one that was left out."""
    return None if rungs is None else [_rung(rung) for rung in rungs]


def _rung(rung: Rung) -> Any:
    share = {} if rung.share is None else {"share": rung.share}
    tell: Any = rung.tell[0] if len(rung.tell) == 1 else list(rung.tell)
    spans = {name: duration(value) for name in ("used", "overdue") if (value := getattr(rung, name)) is not None}
    return Flow({**share, **spans, "tell": tell})


def limit(element: Activity | Gate) -> dict[str, Any]:
    """Return the keys ``time_limit`` and ``escalation``, as far as they were given."""
    given = {} if element.time_limit is None else {"time_limit": duration(element.time_limit)}
    if element.escalation is None:
        return given
    return {**given, "escalation": ladder(element.escalation) or Flow([])}
