"""A project handed out as one file and taken in again: nothing lost, nothing overwritten, nothing hostile let in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow.stores import Draft, canonical_json, chain
from ltcflow.stores.records import stamp

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
b = ltc.builder
BID = b.process("bid", stages=[b.stage("do", activities=[b.activity(f"a{n}") for n in range(5)])])


def opened(url: str = "memory:") -> ltc.Workspace:
    return ltc.Workspace.open(url, clock=lambda: AT)


def story(steps: int = 3, project: str = "acme-5g") -> ltc.Workspace:
    ws = opened()
    ws.start(BID, project=project, by="li.wei")
    for n in range(steps):
        assert ws.finish(project, f"a{n}", by="李伟", at=AT + timedelta(hours=n)).accepted
    return ws


FILE = story().export_project("acme-5g")


@given(st.integers(0, 4), st.sampled_from(["acme-5g", "投标", 'a"b\\', "x" * 200]))
@settings(max_examples=20, deadline=None)
def test_export_of_import_of_export_is_the_same_file(steps: int, project: str) -> None:
    source, target = story(steps, project), opened()
    file = source.export_project(project)
    done = target.import_project(file)
    assert (done.findings, done.added) == ((), source.store.length(project))
    assert target.export_project(project) == file
    assert target.state(project) == source.state(project)
    assert target.store.heads() == source.store.heads()
    assert target.import_project(file).added == 0
    assert target.verify() == ()


def test_between_kinds_of_stores(tmp_path: Path) -> None:
    with opened(f"{tmp_path}/a.db") as ws:
        assert ws.import_project(FILE).findings == ()
        again = ws.export_project("acme-5g")
    with opened(f"{tmp_path}/a.db") as ws:
        assert again == FILE == ws.export_project("acme-5g")
        assert ws.state("acme-5g") == story().state("acme-5g")


def test_a_shorter_log_goes_on_and_a_longer_one_stays() -> None:
    short, ws = story(1).export_project("acme-5g"), opened()
    ws.import_project(short)
    assert ws.import_project(FILE).added == FILE.count(b"\n") - short.count(b"\n") > 0
    assert ws.import_project(short).added == 0
    assert ws.export_project("acme-5g") == FILE


def test_another_log_of_that_name_is_not_overwritten() -> None:
    ws = opened()
    ws.start(BID, project="acme-5g", by="wang.fang")
    before = ws.export_project("acme-5g")
    (finding,) = ws.import_project(FILE, file="a.jsonl").findings
    assert (finding.code, finding.file, finding.line) == ("LTC625", "a.jsonl", 2)
    assert ws.export_project("acme-5g") == before


def refused(content: bytes) -> list[tuple[str, int]]:
    ws = opened()
    done = ws.import_project(content)
    assert done.findings, content[:200]
    assert (done.added, ws.projects()) == (0, ())
    return [(f.code, f.line) for f in done.findings]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_change_of_a_byte_is_found(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    new = data.draw(st.binary(max_size=3).filter(lambda new: new != FILE[at : at + 1]))
    changed = FILE[:at] + new + FILE[at + 1 :]
    name = changed.split(b'"project":"', 1)
    if changed != FILE:
        assert refused(changed), name


@given(st.integers(0, len(FILE) - 1))
def test_any_truncation_is_found(length: int) -> None:
    refused(FILE[:length])


@given(st.permutations(range(FILE.count(b"\n"))).filter(lambda order: list(order) != sorted(order)))
@settings(deadline=None)
def test_any_other_order_is_found(order: list[int]) -> None:
    lines = FILE.splitlines(keepends=True)
    refused(b"".join(lines[n] for n in order))


@given(st.binary(max_size=200))
def test_anything_else_is_findings(content: bytes) -> None:
    refused(content)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
        b'"\\ud800"',
        b"\xff\xfe",
        b"\0",
        b"null",
        b"{}",
        b'{"number":NaN}',
        b'{"a":"' + b"x" * 5_000_000 + b'"}',
    ],
)
def test_a_hostile_line_is_named(line: bytes) -> None:
    lines = FILE.split(b"\n")
    lines[2] = line
    assert ("LTC621", 3) in refused(b"\n".join(lines))
    lines[3] = line
    assert [n for code, n in refused(b"\n".join(lines)) if code == "LTC621"] == [3, 4]


def forged(kind: str, data: str) -> bytes:
    """A file whose hashes all hold, with a last record that nobody's workspace wrote."""
    lines = [json.loads(line) for line in FILE.splitlines()]
    last = lines[-2]
    (r,) = chain("acme-5g", (last["number"], last["hash"]), [Draft(kind=kind, at=AT, by="x", data=data)])
    own = {"number": r.number, "kind": r.kind, "at": stamp(r.at), "by": r.by, "data": r.data}
    lines[-1:] = [own | {"previous": r.previous, "hash": r.hash}, {"head": [r.number, r.hash]}]
    return "".join(canonical_json(line) + "\n" for line in lines).encode()


@pytest.mark.parametrize("data", ["{}", "no json", "[" * 100_000, '{"v":1}', '{"v":99}', "1" * 10_000])
def test_a_record_that_is_no_event_is_found(data: str) -> None:
    content = forged("ActivityFinished", data)
    assert refused(content) == [("LTC621", content.count(b"\n") - 1)]


def test_a_definition_that_is_not_in_the_file_is_found() -> None:
    header, _, rest = FILE.partition(b"\n")
    head = json.loads(header)
    head["definitions"] = {}
    assert refused(canonical_json(head).encode() + b"\n" + rest) == [("LTC624", 2)]


def test_an_unknown_project_is_not_exported() -> None:
    with pytest.raises(ltc.LtcflowError):
        opened().export_project("nobody")
