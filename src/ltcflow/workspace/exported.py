"""The file that holds one whole project: JSON Lines that anybody can verify with a few lines of code.

The first line is the header: format, version, project, and the text of each definition under its fingerprint. Then
comes a line per record with its hash and the one before. The last line is the head, number and hash of the last
record, and the SHA-256 of all bytes above it. Each line is `canonical_json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import attrs

from ltcflow import projects as p
from ltcflow.definition import fingerprint, loads
from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.findings import Finding
from ltcflow.projects.codec import KINDS, VERSIONS, UnreadableEvent
from ltcflow.projects.events import ProjectStarted
from ltcflow.projects.fitting import stranger
from ltcflow.stores import Draft, Record, canonical_json, verify_chain
from ltcflow.stores.canonical import check_new_project, check_project
from ltcflow.stores.records import stamp as stamped
from ltcflow.stores.records import unstamp
from ltcflow.workspace.kept import event_of

FORMAT, VERSION = "ltcflow-project", 1
LARGEST = 1 << 28
"""The most bytes that are read as one project: 256 MiB, some 500,000 events."""
MOST_FINDINGS = 20
_TEXT = r'"(?:[^"\\]++|\\.)*+"'
_HASH = r'"[0-9a-f]{64}"'
_HEADER = re.compile(
    rf'\{{"definitions":\{{(?:{_HASH}:{_TEXT}(?:,{_HASH}:{_TEXT})*+)?\}},"format":{_TEXT},"project":{_TEXT},'
    r'"version":[0-9]{1,9}\}'
)
_RECORD = re.compile(
    rf'\{{"at":{_TEXT},"by":{_TEXT},"data":{_TEXT},"hash":{_HASH},"kind":{_TEXT},"number":[0-9]{{1,18}},'
    rf'"previous":{_HASH}\}}'
)
_END = re.compile(rf'\{{"head":\[[0-9]{{1,18}},{_HASH}\],"sha256":{_HASH}\}}')
_BAD_EVENT = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, LtcflowError)


@attrs.frozen
class Content:
    """What such a file holds: whose log, the definitions by their fingerprints, the records from number 1 on."""

    project: str
    definitions: Mapping[str, str]
    records: tuple[Record, ...]


def written(content: Content) -> bytes:
    """Return *content* as a file. Cost: O(size of the records)."""
    header = {"format": FORMAT, "version": VERSION, "project": content.project, "definitions": content.definitions}
    lines: list[object] = [header]
    for r in content.records:
        line = {"number": r.number, "kind": r.kind, "at": stamped(r.at), "by": r.by, "data": r.data}
        lines.append(line | {"previous": r.previous, "hash": r.hash})
    above = "".join(f"{canonical_json(line)}\n" for line in lines).encode()
    last = content.records[-1]
    end = {"head": [last.number, last.hash], "sha256": sha256(above).hexdigest()}
    return above + f"{canonical_json(end)}\n".encode()


def read(content: bytes) -> tuple[Content, tuple[Finding, ...]]:
    """Return what a file holds, and what is wrong with it by line; what it holds is of use only without findings.

    Nothing in the file is trusted: no line is parsed that does not have the form of one, every hash is computed anew,
    every definition and event is built, and the events are replayed. At most `MOST_FINDINGS` are named.

    Cost: O(size of the file).
    """
    if len(content) > LARGEST:
        return _NOTHING, (_too_large(len(content)),)
    lines = content.split(b"\n")
    rest = lines.pop()
    if rest or len(lines) < 3 or not _is(_END, lines[-1]):
        return _NOTHING, (_no_end(content, len(lines) + bool(rest)),)
    found: list[Finding] = []
    project, definitions = _read_header(lines[0], found)
    records = [r for n, line in enumerate(lines[1:-1], start=2) if (r := _read_record(project, line, n, found))]
    number, hash = (end := json.loads(lines[-1]))["head"]
    if not found:
        broken = verify_chain(records, heads={project: (number, hash)})
        found += (attrs.evolve(f, line=_line_of(f, records), remedy=_AGAIN[0], remedy_zh=_AGAIN[1]) for f in broken)
    if not found and (number, hash) != (records[-1].number, records[-1].hash):
        found.append(_not_the_end(len(lines)))
    if not found:
        found += _events(project, records, definitions)
    if not found and sha256(content[: -len(lines[-1]) - 1]).hexdigest() != end["sha256"]:
        found.append(_altered(len(lines)))
    return Content(project, definitions, tuple(records)), tuple(found[:MOST_FINDINGS])


_NOTHING = Content("", {}, ())


def is_definition(hash: str, text: str) -> bool:
    """Say whether *text* is the definition whose fingerprint is *hash*."""
    try:
        return "\0" not in text and fingerprint(loads(text, name="definition")) == hash
    except (LtcflowError, RecursionError):
        return False


def _no_end(content: bytes, line: int) -> Finding:
    """Say why a file has no end: it is another file, its line ends were converted, or it was cut off."""
    if not content.startswith(b'{"definitions":'):
        return _header()
    return _converted() if b"\r\n" in content else _cut_off(line)


def _is(form: re.Pattern[str], line: bytes) -> bool:
    try:
        return form.fullmatch(line.decode()) is not None
    except UnicodeDecodeError:
        return False


def _parsed(form: re.Pattern[str], line: bytes) -> dict[str, Any]:
    """Return the object on a line of this form.

    Raises:
        ValueError: it has another form, or is not as `canonical_json` writes it.
    """
    text = line.decode()
    if form.fullmatch(text):
        value: dict[str, Any] = json.loads(text)
        if canonical_json(value) == text:
            return value
    raise ValueError(text[:80])


def _read_header(line: bytes, found: list[Finding]) -> tuple[str, dict[str, str]]:
    try:
        header = _parsed(_HEADER, line)
        name = check_project(header["project"])
        check_new_project(name)
        if (header["format"], header["version"]) != (FORMAT, VERSION):
            raise ValueError(header["version"])
    except (ValueError, InvalidValue):
        found.append(_header())
        return "?", {}
    definitions: dict[str, str] = header["definitions"]
    found += (no_definition(1, hash) for hash, text in definitions.items() if not is_definition(hash, text))
    return name, definitions


def _read_record(project: str, line: bytes, number: int, found: list[Finding]) -> Record | None:
    if len(found) >= MOST_FINDINGS:
        return None
    try:
        value = _parsed(_RECORD, line)
        at = unstamp(value["at"])
        Draft(kind=value["kind"], at=at, by=value["by"], data=value["data"])
        return Record(project=project, **(value | {"at": at}))
    except (ValueError, OverflowError, InvalidValue):
        found.append(_unreadable(number))
        return None


def _line_of(finding: Finding, records: Sequence[Record]) -> int:
    """The line of a broken link: the one of its record; where a record stands there again, of the second."""
    number = int(finding.where.rpartition("[")[2].rstrip("]"))
    if finding.code == "LTC613":
        number = next(slot for slot, record in enumerate(records, start=1) if record.number != slot)
    return max(number, 0) + 1


def _events(project: str, records: Sequence[Record], definitions: Mapping[str, str]) -> Iterator[Finding]:
    """Check that every record is an event of *project* and fits its definition, and that they make a state."""
    events: list[p.AnyEvent] = []
    for line, record in enumerate(records, start=2):
        try:
            events.append(event := event_of(record))
            if (line == 2) != (isinstance(event, ProjectStarted) and event.project == project):
                raise ValueError(line)
        except UnreadableEvent as error:
            yield _unknown_event(line, error) if record.kind not in KINDS or _later(record) else _unreadable(line)
            return
        except _BAD_EVENT:
            yield _unreadable(line)
            return
    if missing := {e.definition for e in events if isinstance(e, ProjectStarted)} ^ set(definitions):
        yield from (no_definition(1, hash) for hash in sorted(missing))
        return
    (process,) = (loads(text, name="definition") for text in definitions.values())
    strangers = ((line, name) for line, event in enumerate(events, start=2) if (name := stranger(process, event)))
    if not_there := next(strangers, None):
        yield _stranger(*not_there)
        return
    try:
        p.replay(events)
    except _BAD_EVENT:
        yield _unreadable(len(records) + 1)


def _later(record: Record) -> bool:
    """True for a payload of a later version."""
    data = json.loads(record.data)
    version = data.get("v") if isinstance(data, dict) else None
    return type(version) is int and version > VERSIONS[record.kind]


def _found(code: str, where: str, line: int, problem: str, remedy: str, problem_zh: str, remedy_zh: str) -> Finding:
    return Finding(
        code=code,
        where=where,
        line=line,
        problem=problem,
        remedy=remedy,
        problem_zh=problem_zh,
        remedy_zh=remedy_zh,
    )


_AGAIN = (
    "Copy the file again without changing it, or export the project again.",
    "请原样重新复制文件，或重新导出项目。",
)


def _unreadable(line: int) -> Finding:
    problem, problem_zh = "is nothing that an export writes.", "不是导出会写入的内容。"
    return _found("LTC621", f"line {line}", line, problem, _AGAIN[0], problem_zh, _AGAIN[1])


def _stranger(line: int, name: str) -> Finding:
    return _found(
        "LTC621",
        f"line {line}",
        line,
        f"holds an event about {name[:60]!r}, which the definition does not have, or not as such.",
        _AGAIN[0],
        f"含有关于“{name[:60]}”的事件，而定义中没有这一要素，或其种类不符。",
        _AGAIN[1],
    )


def _header() -> Finding:
    return _found(
        "LTC622",
        "header",
        1,
        f"is no header of format {FORMAT}, version {VERSION}.",
        "Name a file that ltcflow exported, or update ltcflow when a later one wrote it.",
        f"不是格式 {FORMAT} 第 {VERSION} 版的文件头。",
        "请给出由 ltcflow 导出的文件；若文件由更新的版本写出，请升级 ltcflow。",
    )


def _cut_off(line: int) -> Finding:
    problem, problem_zh = "is missing: the file is cut off, or goes on behind it.", "缺失：文件被截断，或其后另有内容。"
    return _found("LTC623", "end", line, problem, _AGAIN[0], problem_zh, _AGAIN[1])


def _not_the_end(line: int) -> Finding:
    problem, problem_zh = "is not that of the record above it.", "与其上一条记录不符。"
    return _found("LTC623", "end", line, problem, _AGAIN[0], problem_zh, _AGAIN[1])


def no_definition(line: int, hash: str) -> Finding:
    """Return the finding of a definition that is not in the file as it should be."""
    return _found(
        "LTC624",
        f"definition {hash[:12]}",
        line,
        "is not the one that the project runs on: missing, changed, unreadable, or of no use here.",
        "Export the project again.",
        "不是项目所依据的定义：缺失、被改动、无法读取或多余。",
        "请重新导出项目。",
    )


def _too_large(size: int) -> Finding:
    return _found(
        "LTC626",
        "file",
        1,
        f"has {size} bytes, more than the {LARGEST} that are read as one project.",
        "Name a file that ltcflow exported.",
        f"有 {size} 字节，超过单个项目可读取的 {LARGEST} 字节。",
        "请给出由 ltcflow 导出的文件。",
    )


def _altered(line: int) -> Finding:
    problem, problem_zh = "does not fit the lines above: the file was changed.", "与上方各行不符：文件被改动过。"
    return _found("LTC627", "sha256", line, problem, _AGAIN[0], problem_zh, _AGAIN[1])


def _converted() -> Finding:
    return _found(
        "LTC627",
        "line 1",
        1,
        "ends with a carriage return: somebody converted the ends of the lines.",
        "Copy the file again as binary data, without any conversion.",
        "以回车符结尾：行尾被转换过。",
        "请以二进制方式原样重新复制文件。",
    )


def _unknown_event(line: int, error: UnreadableEvent) -> Finding:
    return _found(
        "LTC629",
        f"line {line}",
        line,
        f"holds an event {error.kind[:60]!r} that this version of ltcflow does not know: {error.problem}",
        "Update ltcflow and import again.",
        f"含有当前版本的 ltcflow 不认识的事件“{error.kind[:60]}”。",
        "请升级 ltcflow 后再导入。",
    )
