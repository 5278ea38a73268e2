"""Does an event fit the process it is said to have happened on? One from elsewhere may name what there is not."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs

from ltcflow.process import Process, kind_of
from ltcflow.projects.codec import KINDS
from ltcflow.projects.events import AnyEvent, ProjectStarted

_KINDS = {
    "activity": ("activity",),
    "gate": ("gate",),
    "deliverable": ("deliverable",),
    "element": ("activity", "gate"),
}
"""What the fields of these names hold; any other field may hold an element of any kind."""


def stranger(process: Process, event: AnyEvent) -> str:
    """Return the first id in *event* that is no element of *process* of the kind it should be; "" for none.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects.events import ActivityStarted
        >>> bid = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])
        >>> at = datetime(2026, 3, 2, tzinfo=UTC)
        >>> [stranger(bid, ActivityStarted(by="li.wei", at=at, activity=name)) for name in ("offer", "do", "tea")]
        ['', 'do', 'tea']
    """
    if isinstance(event, ProjectStarted):
        return "" if event.process == process.id else event.process
    for name, how in _fields(type(event).__name__):
        for found in _ids(getattr(event, name), how):
            element = process.find(found)
            if element is None or kind_of(element) not in _KINDS.get(name, (kind_of(element),)):
                return found
    return ""


@cache
def _fields(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the fields of a kind of event that hold ids of elements, and how: alone, in a tuple, or first in pairs."""
    found = []
    for field in attrs.fields(KINDS[kind]):
        text = str(field.type)
        if text in ("ElementId", "tuple[ElementId, ...]") or text.startswith("tuple[tuple[ElementId,"):
            found.append((field.name, "" if text == "ElementId" else "first" if "tuple[tuple" in text else "each"))
    return tuple(found)


def _ids(value: Any, how: str) -> tuple[str, ...]:
    if how == "each":
        return tuple(value)
    if how == "first":
        return tuple(item[0] for item in value)
    return (value,) if value else ()
