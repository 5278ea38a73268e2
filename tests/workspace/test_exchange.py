"""A project handed out as one file and taken in again: nothing lost, nothing overwritten, nothing hostile let in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import projects as p
from ltcflow.labels import has_cjk
from ltcflow.stores import Draft, MemoryStore, Record, StaleProject, StoreCorrupt, canonical_json, chain
from ltcflow.stores.records import stamp
from ltcflow.testing import runs
from ltcflow.workspace import Imported

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
    lines[0], lines[2], lines[3] = line, *FILE.split(b"\n")[2:4]
    assert refused(b"\n".join(lines)) == [("LTC622", 1)]


def sealed(lines: list[bytes]) -> bytes:
    """A file of these lines and the end that fits them: what somebody makes who can compute hashes."""
    above = b"".join(line + b"\n" for line in lines)
    last = json.loads(lines[-1])
    end = {"head": [last["number"], last["hash"]], "sha256": sha256(above).hexdigest()}
    return above + canonical_json(end).encode() + b"\n"


def forged(kind: str, data: str, *, length: int = 0, project: str = "acme-5g") -> bytes:
    """A file whose hashes all hold, with a last record, behind *length* real ones, that nobody's workspace wrote."""
    lines = FILE.splitlines()[:-1]
    kept = lines[: length + 1] if length else lines
    after = json.loads(kept[-1]) if len(kept) > 1 else None
    head = (after["number"], after["hash"]) if after else None
    (r,) = chain(project, head, [Draft(kind=kind, at=AT, by="x", data=data)])
    own = {"number": r.number, "kind": r.kind, "at": stamp(r.at), "by": r.by, "data": r.data}
    return sealed([*kept, canonical_json(own | {"previous": r.previous, "hash": r.hash}).encode()])


@pytest.mark.parametrize(
    "data",
    ["{}", "no json", "[" * 100_000, "[]", "null", '{"v":1}', '{"v":true}', "1" * 10_000, '{"v":1,"activity":1}'],
)
def test_a_record_that_is_no_event_is_found(data: str) -> None:
    content = forged("ActivityFinished", data)
    assert refused(content) == [("LTC621", content.count(b"\n") - 1)]


@pytest.mark.parametrize(
    ("kind", "data"), [("ActivityFinished", '{"activity":"a4","v":99}'), ("Teleported", '{"v":1}')]
)
def test_an_event_of_a_later_version_is_named(kind: str, data: str) -> None:
    content = forged(kind, data)
    assert refused(content) == [("LTC629", content.count(b"\n") - 1)]


def test_a_log_begins_once_and_is_of_its_project() -> None:
    started = json.loads(FILE.splitlines()[1])["data"]
    again = forged("ProjectStarted", started)
    assert refused(again) == [("LTC621", again.count(b"\n") - 1)]
    header, first, *_ = FILE.splitlines()
    other = json.loads(first) | {"data": started.replace("acme-5g", "acme-6g")}
    (r,) = chain("acme-5g", None, [Draft(kind=other["kind"], at=AT, by=other["by"], data=other["data"])])
    assert refused(sealed([header, canonical_json(other | {"hash": r.hash}).encode()])) == [("LTC621", 2)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("ActivityFinished", '{"activity":"a9","v":1}'),
        ("ActivityFinished", '{"activity":"do","v":1}'),
        ("DeliverableSubmitted", '{"deliverable":"a1","v":1}'),
        ("GateReopened", '{"condition":"c","gate":"a1","v":1}'),
        ("WaitingStarted", '{"element":"do","on":"x","v":1}'),
        ("TimePassed", '{"clocks":[["a9",{"moment":"2026-03-02T09:00:00+00:00"},true]],"v":1}'),
        ("TimePassed", '{"remembered":[["a1","k"],["a9","k"]],"v":1}'),
    ],
)
def test_an_event_about_what_the_definition_does_not_have_is_named(kind: str, data: str) -> None:
    content = forged(kind, data)
    assert refused(content) == [("LTC621", content.count(b"\n") - 1)]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs())
def test_every_project_that_can_come_about_goes_out_and_comes_in(run: Any) -> None:
    project, hash = run.log[0].project, ltc.fingerprint(run.process)
    log = (attrs.evolve(run.log[0], definition=hash), *run.log[1:])
    source, target = opened(), opened()
    source.store.save_definition(hash, ltc.dumps(run.process))
    drafts = [Draft(kind=type(e).__name__, at=e.at, by=e.by, data=canonical_json(p.event_to_data(e))) for e in log]
    source.store.append(project, drafts, expected=0)
    file = source.export_project(project)
    assert target.import_project(file).findings == ()
    assert target.export_project(project) == file
    assert target.state(project) == p.replay(log)


def header(**changed: object) -> bytes:
    first, *rest = FILE.splitlines()[:-1]
    return sealed([canonical_json(json.loads(first) | changed).encode(), *rest])


def test_the_file_that_is_sealed_here_is_the_one_that_is_exported() -> None:
    assert header() == FILE


@pytest.mark.parametrize(
    "changed",
    [{"version": 2}, {"format": "x"}, {"project": ""}, {"project": "a\u200b"}, {"project": "x" * 201}, {"more": 1}],
)
def test_a_header_that_is_not_ours_is_named(changed: dict[str, object]) -> None:
    assert refused(header(**changed)) == [("LTC622", 1)]


def test_a_definition_that_is_missing_changed_or_too_much_is_found() -> None:
    definitions = json.loads(FILE.splitlines()[0])["definitions"]
    ((hash, text),) = definitions.items()
    other = b.process("other", stages=BID.stages)
    for wrong in (
        {},
        {hash: text.replace("a4", "a5")},
        {hash: "\0"},
        {hash: "["},
        {hash: "&a [*a]"},
        {"0" * 64: text},
        definitions | {ltc.fingerprint(other): ltc.dumps(other)},
    ):
        assert {code for code, _ in refused(header(definitions=wrong))} == {"LTC624"}


def test_a_change_that_no_hash_of_a_record_covers_is_found_by_the_last_line() -> None:
    changed = FILE.replace(b"process: bid", b"process:  bid", 1)
    assert changed != FILE
    assert refused(changed) == [("LTC627", FILE.count(b"\n"))]
    assert refused(FILE.replace(b"\n", b"\r\n")) == [("LTC627", 1)]


def test_a_line_that_says_the_same_in_other_characters_is_found() -> None:
    lines = FILE.splitlines()[:-1]
    for old, new in ((b'"by":"l', b'"by":"\\u006c'), (b'"number":1', b'"number":01'), (b'"at":"', b'"at": "')):
        assert old in lines[1]
        assert refused(sealed([lines[0], lines[1].replace(old, new), *lines[2:]])) == [("LTC621", 2)]


def test_what_is_cut_off_or_goes_on_is_named_by_its_line() -> None:
    count, lines = FILE.count(b"\n"), FILE.splitlines(keepends=True)
    assert refused(FILE[:-1]) == [("LTC623", count)]
    assert refused(b"".join(lines[:-1])) == [("LTC623", count - 1)]
    assert refused(FILE + lines[2]) == [("LTC623", count + 1)]
    shorter = sealed([line.rstrip(b"\n") for line in lines[:-2]])
    assert refused(b"".join([*lines[:-1], shorter.splitlines(keepends=True)[-1]])) == [("LTC623", count)]


def test_a_line_twice_gone_or_elsewhere_is_named_by_its_line() -> None:
    lines = FILE.splitlines()[:-1]
    assert refused(sealed([*lines[:3], lines[2], *lines[3:]])) == [("LTC613", 4)]
    assert refused(sealed([*lines[:3], *lines[4:]])) == [("LTC611", 4)]
    assert refused(sealed([*lines[:3], lines[4], lines[3], *lines[5:]])) == [("LTC612", 4)]


def test_an_absurd_file_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ltcflow.workspace.exported.LARGEST", len(FILE) - 1)
    assert refused(FILE) == [("LTC626", 1)]
    monkeypatch.setattr("ltcflow.workspace.exported.LARGEST", len(FILE))
    assert opened().import_project(FILE).findings == ()


def test_findings_are_few() -> None:
    lines = FILE.splitlines()
    assert len(refused(b"\n".join([lines[0], *[b"x"] * 100_000, lines[-1], b""]))) == 20


def test_every_finding_has_its_file_its_line_and_chinese() -> None:
    wrong = [b"x", FILE[:-1], header(version=2), header(definitions={}), forged("Teleported", '{"v":1}')]
    for content in [*wrong, FILE.replace(b"process: bid", b"process:  bid", 1), FILE.replace(b"\n", b"\r\n")]:
        for finding in opened().import_project(content, file="a.jsonl").findings:
            assert finding.text().startswith(f"a.jsonl:{finding.line}:0: {finding.code}: ")
            assert has_cjk(finding.problem_zh)
            assert has_cjk(finding.remedy_zh)


class Racing(MemoryStore):
    """A store where others write just before each of the next appends."""

    def __init__(self, others: list[list[Draft]]) -> None:
        super().__init__()
        self.others = others

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        if self.others:
            super().append(project, self.others.pop(0), expected=self.length(project))
        return super().append(project, drafts, expected=expected)


def drafts_of(ws: ltc.Workspace, project: str = "acme-5g") -> list[Draft]:
    return [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in ws.store.read(project)]


def test_an_import_that_races_with_the_same_import_ends_as_one() -> None:
    every = drafts_of(story())
    ws = ltc.Workspace(Racing([every[:2], every[2:3]]))
    assert ws.import_project(FILE) == Imported(project="acme-5g", added=len(every) - 3)
    assert ws.export_project("acme-5g") == FILE


def test_an_import_that_reads_just_before_the_same_import_is_no_second_project() -> None:
    class Slow(MemoryStore):
        def projects(self) -> tuple[str, ...]:
            if not self.length("投标"):
                self.append("投标", drafts_of(story(project="投标"), "投标"), expected=0)
            return super().projects()

    assert ltc.Workspace(Slow()).import_project(story(project="投标").export_project("投标")).findings == ()


def test_an_import_that_races_with_another_log_is_refused() -> None:
    other = opened()
    other.start(BID, project="acme-5g", by="wang.fang")
    ws = ltc.Workspace(Racing([drafts_of(other)]))
    (finding,) = ws.import_project(FILE).findings
    assert (finding.code, finding.line) == ("LTC625", 2)
    assert ws.store.heads() == other.store.heads()


def test_an_import_gives_up_when_others_never_stop() -> None:
    notes = [Draft(kind="NoteAdded", at=AT + timedelta(days=1), by="x", data='{"text":"x","v":1}')] * 30
    every = drafts_of(story()) + notes
    source = opened()
    source.import_project(FILE)
    source.store.append("acme-5g", notes, expected=len(every) - 30)
    file = source.export_project("acme-5g")
    with pytest.raises(StaleProject):
        ltc.Workspace(Racing([[draft] for draft in every[:20]])).import_project(file)
    assert ltc.Workspace(Racing([[draft] for draft in every[:19]])).import_project(file).added == len(every) - 19


def test_names_that_look_the_same_are_not_two_projects() -> None:
    composed, parts = "caf\u00e9", "cafe\u0301"
    old = opened()  # a record from before names were kept in one form
    started = canonical_json(p.event_to_data(attrs.evolve(story().log("acme-5g")[0], project=parts)))
    old.store.append(parts, [Draft(kind="ProjectStarted", at=AT, by="li.wei", data=started)], expected=0)
    old._kept.keep_definition(BID, ltc.fingerprint(BID))
    file, ws = old.export_project(parts), opened()
    assert ws.import_project(file).added == 1
    assert ws.export_project(parts) == file
    assert [f.code for f in ws.import_project(story(project=composed).export_project(composed)).findings] == ["LTC628"]
    assert story(project=composed).export_project(parts) == story(project=composed).export_project(composed)


def test_a_definition_written_otherwise_stays_as_the_store_has_it() -> None:
    ws, hash = opened(), ltc.fingerprint(BID)
    ws.store.save_definition(hash, "# kept by hand\n" + ltc.dumps(BID))
    assert ws.import_project(FILE).findings == ()
    assert ws.state("acme-5g") == story().state("acme-5g")
    broken = opened()
    broken.store.save_definition(hash, "nothing")
    assert [(f.code, f.line) for f in broken.import_project(FILE).findings] == [("LTC625", 1)]
    assert broken.projects() == ()


def test_a_broken_log_is_not_exported() -> None:
    ws = opened()
    ws.store.append("acme-5g", drafts_of(story()), expected=0)
    with pytest.raises(StoreCorrupt):
        ws.export_project("acme-5g")  # its definition is not there


def test_an_unknown_project_is_not_exported() -> None:
    with pytest.raises(ltc.UnknownName):
        opened().export_project("nobody")
