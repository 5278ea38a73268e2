"""Records: one line of a project's log, and the hash chain that ties each to the one before.

A record's hash is the SHA-256 of netstrings (``<bytes>:<utf-8>,``) of: ``ltcflow-record-1``, project, number, kind,
at, by, data, previous. Netstrings make the encoding unambiguous: no two different records share it.

A chain shows a change inside a log. It cannot show that the last records were cut off, nor that somebody rewrote the
whole log from one record on. A store notes heads beside its logs for the one (`ltcflow.stores.verify`); for the other,
keep heads elsewhere and hand them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.findings import Finding
from ltcflow.stores.canonical import LONGEST_NAME, canonical_json, check_project, check_text

__all__ = [
    "START",
    "Draft",
    "Head",
    "Record",
    "canonical_json",
    "chain",
    "digest",
    "verify_chain",
]

Head: TypeAlias = tuple[int, str]
"""Number and hash of the last record of a log."""
NOTHING = "0" * 64
START: Head = (0, NOTHING)
"""The head of a log that holds nothing."""
SCHEME = "ltcflow-record-1"
NO_HEADS: Mapping[str, Head] = MappingProxyType({})
REMEDY = "Do not append to this log; restore it from a backup and compare from this record on."
REMEDY_ZH = "不要继续向该日志追加记录；请从备份恢复，并从这条记录起逐条比对。"


def _kind(value: str) -> str:
    return check_text(value, "kind", empty=False, longest=LONGEST_NAME)


def _by(value: str) -> str:
    return check_text(value, "by")


def _data(value: str) -> str:
    return check_text(value, "data")


def utc(at: datetime) -> datetime:
    """Return the same instant as a plain ``datetime`` in UTC.

    Raises:
        InvalidValue: *at* has no time zone, or lies outside the years 1 to 9999 in UTC.

    Example:
        >>> utc(datetime.fromisoformat("2026-03-02T09:00:00+08:00")).isoformat()
        '2026-03-02T01:00:00+00:00'
    """
    if type(at) is datetime and at.tzinfo is UTC and not at.fold:
        return at
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise InvalidValue(field="at", value=repr(at), problem="is not an aware datetime.", remedy="Add a time zone.")
    try:
        t = at.astimezone(UTC)
    except OverflowError:
        problem = "lies outside the years 1 to 9999 in UTC."
        raise InvalidValue(field="at", value=repr(at), problem=problem, remedy="Give another instant.") from None
    return datetime(t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, tzinfo=UTC)


def stamp(at: datetime) -> str:
    """Return an instant in UTC as the one text a record keeps: ``2026-03-02T01:00:00.000000Z``; it sorts by time."""
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def unstamp(text: str) -> datetime:
    """Return the instant of `stamp`.

    Raises:
        ValueError: *text* is not exactly what `stamp` writes.
    """
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None or stamp(at.astimezone(UTC)) != text:
        raise ValueError(text)
    return at if at.tzinfo is UTC else at.astimezone(UTC)


@attrs.frozen(kw_only=True)
class Draft:
    """What happened, before it has its place in a log.

    Attributes:
        kind: what kind of event, 1 to 200 characters.
        at: when; aware, kept in UTC to the microsecond.
        by: who.
        data: the event as `canonical_json` writes it, with the version of its layout.
    """

    kind: str = attrs.field(converter=_kind)
    at: datetime = attrs.field(converter=utc)
    by: str = attrs.field(converter=_by)
    data: str = attrs.field(converter=_data)


@attrs.frozen(kw_only=True)
class Record:
    """One line of a project's log.

    Attributes:
        project: whose log.
        number: place in that log, from 1 without gaps.
        kind, at, by, data: see `Draft`.
        previous: hash of the record before, 64 hex digits; zeros at number 1.
        hash: SHA-256 of all of the above, 64 hex digits.
    """

    project: str
    number: int
    kind: str
    at: datetime = attrs.field(converter=utc)
    by: str
    data: str
    previous: str
    hash: str


def digest(project: str, number: int, kind: str, at: datetime, by: str, data: str, previous: str) -> str:
    """Return the hash of a record with these fields, 64 hex digits.

    Cost: O(size of the fields).
    """
    parts = bytearray()
    for text in (SCHEME, project, str(number), kind, stamp(at), by, data, previous):
        raw = text.encode("utf-8", "surrogatepass")
        parts += b"%d:%b," % (len(raw), raw)
    return sha256(parts).hexdigest()


def digest_of(record: Record, **changed: Any) -> str:
    """Return the hash that *record* should have, or would have with some fields *changed*."""
    r = attrs.evolve(record, **changed) if changed else record
    return digest(r.project, r.number, r.kind, r.at, r.by, r.data, r.previous)


def chain(project: str, after: Record | Head | None, drafts: Sequence[Draft]) -> tuple[Record, ...]:
    """Return *drafts* as the records that follow *after* in the log of *project*.

    Args:
        after: the last record of the log, or its number and hash; None for a log that holds nothing.
    Cost: O(size of the drafts).

    Example:
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> first, second = chain("acme-5g", None, [Draft(kind="ProjectStarted", at=at, by="li.wei", data="{}")] * 2)
        >>> (first.number, second.number, second.previous == first.hash)
        (1, 2, True)
    """
    check_project(project)
    number, previous = START if after is None else (after.number, after.hash) if isinstance(after, Record) else after
    records = []
    for d in drafts:
        number += 1
        own = digest(project, number, d.kind, d.at, d.by, d.data, previous)
        records.append(
            Record(
                project=project, number=number, kind=d.kind, at=d.at, by=d.by, data=d.data, previous=previous, hash=own
            )
        )
        previous = own
    return tuple(records)


def verify_chain(records: Iterable[Record], *, heads: Mapping[str, Head] = NO_HEADS) -> tuple[Finding, ...]:
    """Name the first broken link of each project among *records*: changed, missing, reordered or inserted.

    Args:
        records: whole logs from number 1 on, in the order in which they are stored; projects may be mixed.
        heads: heads seen earlier and kept elsewhere (`EventStore.head`), by project: shows a log that was cut off
            or rewritten.
    Returns:
        At most one finding per project, by project; () when every link holds. ``where`` is ``project[number]``.
    Cost: O(size of the records).

    Example:
        >>> import attrs
        >>> from datetime import UTC, datetime
        >>> from ltcflow.stores import Draft, chain
        >>> draft = Draft(kind="FactsRecorded", at=datetime(2026, 3, 2, tzinfo=UTC), by="li.wei", data="{}")
        >>> one, two, three = chain("acme-5g", None, [draft] * 3)
        >>> verify_chain([one, two, three])
        ()
        >>> [(f.code, f.where) for f in verify_chain([one, attrs.evolve(two, by="wang.fang"), three])]
        [('LTC610', 'acme-5g[2]')]
    """
    logs: dict[str, list[Record]] = {project: [] for project in heads}
    for record in records:
        logs.setdefault(record.project, []).append(record)
    found = (_first_break(project, logs[project], heads.get(project)) for project in sorted(logs))
    return tuple(finding for finding in found if finding is not None)


def _first_break(project: str, log: Sequence[Record], kept: Head | None) -> Finding | None:
    previous = NOTHING
    for slot, record in enumerate(log, start=1):
        if record.number != slot:
            return _wrong_number(project, log, slot, record)
        if digest_of(record) != record.hash:
            return _wrong_hash(project, log, slot, previous)
        if record.previous != previous:
            return broken_link(
                "LTC614",
                project,
                slot,
                f"does not continue record {slot - 1}: one of the two was replaced and hashed anew.",
                f"没有接续第 {slot - 1} 条记录：两者之一被替换并重新计算了哈希。",
            )
        if kept is not None and kept[0] == slot and kept[1] != record.hash:
            return broken_link(
                "LTC614",
                project,
                slot,
                "is not the record that was there when its hash was kept: the log was rewritten.",
                "与当时保存的哈希不符：日志被整体改写。",
            )
        previous = record.hash
    if kept is not None and kept[0] > len(log):
        return _cut_off(project, len(log), kept[0])
    return None


def _wrong_number(project: str, log: Sequence[Record], slot: int, record: Record) -> Finding:
    number = record.number
    if number < slot:
        return broken_link(
            "LTC613",
            project,
            number,
            f"is there again, behind record {slot - 1}: a record was inserted.",
            f"在第 {slot - 1} 条之后再次出现：有记录被插入。",
        )
    if any(later.number == slot for later in log[slot:]):
        return _reordered(project, slot, f"stands behind record {number}.", f"排在了第 {number} 条之后。")
    if slot == 1:
        behind, behind_zh = f"the log begins with record {number}", f"日志从第 {number} 条开始"
    else:
        behind, behind_zh = f"record {number} follows record {slot - 1}", f"第 {slot - 1} 条之后直接是第 {number} 条"
    gap = str(slot) if number == slot + 1 else f"{slot} to {number - 1}"
    gap_zh = str(slot) if number == slot + 1 else f"{slot} 至 {number - 1}"
    return broken_link(
        "LTC611",
        project,
        slot,
        f"is missing: {behind} (missing: {gap}).",
        f"缺失：{behind_zh}（缺少第 {gap_zh} 条）。",
    )


def _wrong_hash(project: str, log: Sequence[Record], slot: int, previous: str) -> Finding:
    record = log[slot - 1]
    for number in range(1, len(log) + 2):
        if digest_of(record, number=number) == record.hash:
            return _reordered(project, slot, f"was written as record {number}.", f"原本是第 {number} 条记录。")
    what, what_zh = "its content", "其内容"
    if slot < len(log) and log[slot].previous == digest_of(record):
        what, what_zh = "its stored hash", "所存的哈希"
    elif digest_of(record, previous=previous) == record.hash:
        what, what_zh = "its link to the record before", "与上一条记录的链接"
    return broken_link(
        "LTC610",
        project,
        slot,
        f"was changed after it was written: {what} does not match.",
        f"写入之后被改动：{what_zh}不符。",
    )


def _reordered(project: str, slot: int, how: str, how_zh: str) -> Finding:
    return broken_link("LTC612", project, slot, f"is out of order: it {how}", f"次序有误：{how_zh}")


def _cut_off(project: str, length: int, kept: int) -> Finding:
    return broken_link(
        "LTC615",
        project,
        length + 1,
        f"is missing at the end: the log once held {kept} records and now holds {length}.",
        f"在末尾缺失：日志曾有 {kept} 条记录，现在只有 {length} 条。",
    )


def broken_link(code: str, project: str, number: int | str, problem: str, problem_zh: str) -> Finding:
    return Finding(
        code=code,
        where=f"{project}[{number}]",
        problem=problem,
        remedy=REMEDY,
        problem_zh=problem_zh,
        remedy_zh=REMEDY_ZH,
    )
