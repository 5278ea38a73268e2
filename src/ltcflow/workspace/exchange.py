"""A whole project as one file of JSON lines that anybody can verify, and back into any store.

The first line is the header (format, version, project, the text of each definition under its fingerprint), then one
line per record with its hash and the one before, and the last line is the head. Each line is `canonical_json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import attrs

from ltcflow import projects as p
from ltcflow.definition import fingerprint, loads
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName
from ltcflow.findings import Finding
from ltcflow.projects.events import ProjectStarted
from ltcflow.stores import Draft, EventStore, Head, Record, StoreCorrupt, canonical_json, verify_chain
from ltcflow.stores.canonical import check_project
from ltcflow.stores.records import stamp as stamped
from ltcflow.stores.records import unstamp
from ltcflow.workspace.kept import event_of

FORMAT, VERSION = "ltcflow-project", 1
_FIELDS = frozenset({"at", "by", "data", "hash", "kind", "number", "previous"})
_BAD_EVENT = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, LtcflowError)


@attrs.frozen(kw_only=True)
class Imported:
    """What became of a file that was to be imported; with findings, nothing was written.

    Attributes:
        project: whose log, "" where the file does not say.
        added: how many records were written; 0 when the store had them all.
        findings: every problem of the file, with its line.
    """

    project: str = ""
    added: int = 0
    findings: tuple[Finding, ...] = ()


@attrs.frozen
class _Content:
    project: str
    definitions: Mapping[str, str]
    records: tuple[Record, ...]


class _Records(Protocol):
    """What of a workspace is needed here."""

    @property
    def store(self) -> EventStore: ...
    def verify(self, project: str | None = None) -> tuple[Finding, ...]: ...


class Exchange:
    """How a `Workspace` hands a project out and takes one in."""

    def export_project(self: _Records, project: str) -> bytes:
        """Return the log of *project* and its definitions as JSON lines in UTF-8.

        Raises:
            UnknownName: there is no such project.
            StoreCorrupt: the log or a definition is broken; `verify` names where.
        Cost: O(size of the log).
        """
        records = self.store.read(project)
        if not records:
            raise UnknownName(kind="project", value=project, known=self.store.projects())
        broken = self.verify(project)
        if broken:
            raise StoreCorrupt(store=self.store.describe().location, problem=broken[0].problem, remedy=broken[0].remedy)
        hashes = {e.definition for r in records if isinstance(e := event_of(r), ProjectStarted)}
        texts = {hash: self.store.definition(hash) for hash in hashes}
        return _written(_Content(project, texts, records))

    def import_project(self: _Records, content: bytes, *, file: str = "") -> Imported:
        """Verify all of *content*, what `export_project` returned, and write what the store does not have of it.

        Nothing is ever overwritten: a log in the store that is not the beginning of the one here, or the other way
        round, is a finding. The same file again changes nothing.

        Args:
            file: the name of the file, for the findings.
        Raises:
            StaleProject: somebody else wrote to the project meanwhile; import again.
        Cost: O(size of the content).
        """
        found: list[Finding] = []
        read = _read(content, found)
        if read is not None and not found:
            found += _against(self.store, read)
        if read is None or found:
            project = "" if read is None else read.project
            return Imported(project=project, findings=tuple(attrs.evolve(f, file=file) for f in found))
        for hash, text in sorted(read.definitions.items()):
            self.store.save_definition(hash, text)
        length = self.store.length(read.project)
        new = [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in read.records[length:]]
        if new:
            self.store.append(read.project, new, expected=length)
        return Imported(project=read.project, added=len(new))


def _written(content: _Content) -> bytes:
    header = {"format": FORMAT, "version": VERSION, "project": content.project, "definitions": content.definitions}
    lines: list[object] = [header]
    for r in content.records:
        line = {"number": r.number, "kind": r.kind, "at": stamped(r.at), "by": r.by, "data": r.data}
        lines.append(line | {"previous": r.previous, "hash": r.hash})
    last = content.records[-1]
    lines.append({"head": [last.number, last.hash]})
    return "".join(canonical_json(line) + "\n" for line in lines).encode()


def _read(content: bytes, found: list[Finding]) -> _Content | None:
    """Return what *content* holds and note every problem in *found*; None where there is not even a header."""
    lines = content.split(b"\n")
    if lines.pop() != b"" or len(lines) < 3:
        found.append(_end(len(lines) + 1, "the file is cut off.", "文件不完整，末尾被截断。"))
    parsed = [_parsed(raw, number, found) for number, raw in enumerate(lines, start=1)]
    header = _header(parsed[0], found) if parsed else None
    if header is None:
        return None
    project, definitions = header
    body = list(enumerate(parsed[1:-1], start=2))
    records = [r for number, line in body if (r := _record(project, line, number, found)) is not None]
    if found:
        return _Content(project, definitions, tuple(records))
    head = _head(parsed[-1])
    if head is None:
        found.append(_end(len(lines), "the last line is no head.", "最后一行不是末条编号与哈希。"))
    broken = verify_chain(records, heads={project: head} if head else {})
    found += (attrs.evolve(f, line=_line(f, len(lines))) for f in broken)
    if head and not broken and head != (records[-1].number, records[-1].hash):
        found.append(_end(len(lines), "the head is not that of the last record.", "末行与最后一条记录不符。"))
    if not found:
        found += _events(records, definitions)
    return _Content(project, definitions, tuple(records))


def _parsed(raw: bytes, number: int, found: list[Finding]) -> dict[str, Any]:
    """Return the object on a line; {} with a finding where it is not exactly what `canonical_json` writes."""
    try:
        text = raw.decode()
        value = json.loads(text)
        if isinstance(value, dict) and canonical_json(value) == text:
            return value
    except (ValueError, RecursionError, InvalidValue):
        pass
    found.append(_unreadable(number))
    return {}


def _header(line: dict[str, Any], found: list[Finding]) -> tuple[str, dict[str, str]] | None:
    if not line:
        return None
    texts = line.get("definitions")
    fits = set(line) == {"format", "version", "project", "definitions"} and line["format"] == FORMAT
    if fits and type(line["version"]) is int and line["version"] == VERSION and isinstance(texts, dict):
        try:
            name = check_project(line["project"])
        except InvalidValue:
            name = ""
        if name:
            found += (_no_definition(1, hash) for hash, text in texts.items() if not _is_definition(hash, text))
            return name, texts
    found.append(
        Finding(
            code="LTC622",
            where="header",
            line=1,
            problem=f"is no header of format {FORMAT}, version {VERSION}.",
            remedy="Export the project again, or update ltcflow when a later one wrote the file.",
            problem_zh=f"不是格式 {FORMAT} 第 {VERSION} 版的文件头。",
            remedy_zh="请重新导出项目；若文件由更新的版本写出，请升级 ltcflow。",
        )
    )
    return None


def _is_definition(hash: str, text: object) -> bool:
    try:
        return isinstance(text, str) and "\0" not in text and fingerprint(loads(text, name="definition")) == hash
    except (LtcflowError, RecursionError):
        return False


def _record(project: str, line: dict[str, Any], number: int, found: list[Finding]) -> Record | None:
    if not line:
        return None  # noted already
    try:
        if set(line) != _FIELDS or type(line["number"]) is not int:
            raise ValueError(number)
        if not all(isinstance(line[name], str) for name in _FIELDS - {"number"}):
            raise ValueError(number)
        at = unstamp(line["at"])
        Draft(kind=line["kind"], at=at, by=line["by"], data=line["data"])
        return Record(project=project, **(line | {"at": at}))
    except (ValueError, OverflowError, InvalidValue):
        found.append(_unreadable(number))
        return None


def _head(line: dict[str, Any]) -> Head | None:
    match line.get("head"):
        case [int(number), str(hash)] if len(line) == 1 and type(number) is int:
            return number, hash
    return None


def _line(finding: Finding, last: int) -> int:
    """The line of a broken link: the one of its record, or the last where the record is missing."""
    number = int(finding.where.rpartition("[")[2].rstrip("]"))
    return min(max(number + 1, 1), last)


def _events(records: list[Record], definitions: Mapping[str, str]) -> Iterator[Finding]:
    """Check that every record is an event, that they make a state, and that their definitions are here."""
    events = []
    for number, record in enumerate(records, start=2):
        try:
            event = event_of(record)
        except _BAD_EVENT:
            yield _unreadable(number)
            continue
        events.append(event)
        if isinstance(event, ProjectStarted) and event.definition not in definitions:
            yield _no_definition(number, event.definition)
    if len(events) < len(records):
        return
    try:
        p.replay(events)
    except _BAD_EVENT:
        yield _unreadable(len(records) + 1)


def _against(store: EventStore, content: _Content) -> Iterator[Finding]:
    """What of *content* the store holds otherwise."""
    for hash, text in content.definitions.items():
        try:
            kept = store.definition(hash)
        except UnknownName:
            continue
        if kept != text:
            yield _other(1, f"definition {hash[:12]}", f"定义 {hash[:12]}")
    for here, there in zip(content.records, store.read(content.project), strict=False):
        if here != there:
            name = f"{content.project}[{here.number}]"
            yield _other(here.number + 1, name, name)
            return


def _unreadable(number: int) -> Finding:
    return Finding(
        code="LTC621",
        where=f"line {number}",
        line=number,
        problem="is nothing that an export writes.",
        remedy="Copy the file again without changing it, or export the project again.",
        problem_zh="不是导出会写入的内容。",
        remedy_zh="请原样重新复制文件，或重新导出项目。",
    )


def _end(number: int, problem: str, problem_zh: str) -> Finding:
    return Finding(
        code="LTC623",
        where="end",
        line=number,
        problem=problem,
        remedy="Copy the whole file again, or export the project again.",
        problem_zh=problem_zh,
        remedy_zh="请重新复制完整的文件，或重新导出项目。",
    )


def _no_definition(number: int, hash: str) -> Finding:
    return Finding(
        code="LTC624",
        where=f"definition {hash[:12]}",
        line=number,
        problem="is not in the file as the project runs on it: missing, changed or unreadable.",
        remedy="Export the project again.",
        problem_zh="文件中没有项目所依据的原样定义：缺失、被改动或无法读取。",
        remedy_zh="请重新导出项目。",
    )


def _other(number: int, where: str, where_zh: str) -> Finding:
    return Finding(
        code="LTC625",
        where=where,
        line=number,
        problem="is another one in this store, and nothing is overwritten.",
        remedy="Import into another store and compare the two.",
        problem_zh=f"{where_zh} 与此存储中已有的不同；导入从不覆盖。",
        remedy_zh="请导入另一个存储后再比对两者。",
    )
