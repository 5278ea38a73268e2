"""Does the log of a store still say what was written?"""

from __future__ import annotations

from ltcflow.findings import Finding
from ltcflow.stores.base import EventStore
from ltcflow.stores.errors import RecordUnreadable
from ltcflow.stores.records import NO_HEADS, Head, broken_link, verify_chain


def verify(store: EventStore, project: str, *, head: Head | None = None) -> tuple[Finding, ...]:
    """Read the log of *project* and name its first broken link; a record that cannot even be read is a finding too.

    Args:
        head: the head of this log as it was seen earlier, when the caller kept one.
    """
    try:
        records = store.read(project)
    except RecordUnreadable as error:
        return (_unreadable(error.project, error.number, error.field),)
    return verify_chain(records, heads=NO_HEADS if head is None else {project: head})


def _unreadable(project: str, number: str, field: str) -> Finding:
    return broken_link(
        "LTC616",
        project,
        number,
        f"cannot be read: its {field!r} is nothing a store writes.",
        f"无法读取：其“{field}”不是存储会写入的内容。",
    )
