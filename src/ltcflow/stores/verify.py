"""Does the log of a store still say what was written?"""

from __future__ import annotations

from ltcflow.findings import Finding
from ltcflow.stores.base import EventStore
from ltcflow.stores.errors import RecordUnreadable
from ltcflow.stores.records import NO_HEADS, Head, Record, broken_link, verify_chain


def verify(store: EventStore, project: str, *, head: Head | None = None) -> tuple[Finding, ...]:
    """Read the log of *project* and name its first broken link; a record that cannot even be read is a finding too.

    Where all links hold, the end of the log is compared with the head that the store noted when it wrote: a log that
    was cut off, or emptied, is found. Somebody who rewrites both is found only by a head kept elsewhere.

    Args:
        head: the head of this log as it was seen earlier, when the caller kept one.
    """
    try:
        before = store.heads(project).get(project)
        records = store.read(project)
        after = store.heads(project).get(project)  # the log may grow meanwhile
    except RecordUnreadable as error:
        return (_unreadable(error.project, error.number, error.field),)
    broken = verify_chain(records, heads=NO_HEADS if head is None else {project: head})
    return broken or _wrong_end(project, records, before, after)


def _wrong_end(
    project: str, records: tuple[Record, ...], before: Head | None, after: Head | None
) -> tuple[Finding, ...]:
    """Compare a log whose links all hold with the heads that the store noted before and after it was read."""
    length = len(records)
    if after is None and not records:
        return ()
    if after is None or after[0] < 1:
        return (
            broken_link(
                "LTC618",
                project,
                length,
                "is the last one here, but the head that the store noted beside the log is gone or damaged.",
                "是此处最后一条，但存储在日志之外记下的末条编号与哈希已丢失或损坏。",
            ),
        )
    if after[0] < length:
        return (
            broken_link(
                "LTC613",
                project,
                after[0] + 1,
                f"was inserted: the last record that the store wrote is {after[0]}.",
                f"是被插入的：存储最后写入的是第 {after[0]} 条。",
            ),
        )
    for head in (before, after if after[0] == length else None):
        if head is not None and head[0] > 0 and (head[0] > length or records[head[0] - 1].hash != head[1]):
            return verify_chain(records, heads={project: head})
    return ()


def _unreadable(project: str, number: str, field: str) -> Finding:
    return broken_link(
        "LTC616",
        project,
        number,
        f"cannot be read: its {field!r} is nothing a store writes.",
        f"无法读取：其“{field}”不是存储会写入的内容。",
    )
