"""Snapshots and states in mind are caches: with them, without them, damaged or forged, everybody sees the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import projects as p
from ltcflow.stores import Draft, MemoryStore, Record, canonical_json
from ltcflow.workspace import kept as kept_module
from ltcflow.workspace import snapshots as module
from ltcflow.workspace.snapshots import Snapshot, Snapshots

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
b = ltc.builder
BID = b.process(
    "bid",
    facts={"amount": b.money("CNY")},
    roles={"seller": "销售", "boss": "老板"},
    stages=[
        b.stage(
            "do",
            activities=[b.activity(f"a{n}", raci={"R": "seller"}) for n in range(3)],
            gates=[b.gate("ok", decided_by="boss", recycle_to="a0")],
        )
    ],
)
TEAM = {"seller": ["li.wei", "he.ping"], "boss": ["zhang.min"]}
PEOPLE = ("li.wei", "he.ping", "zhang.min", "nobody")


class Counting(MemoryStore):
    """A store that counts what is read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.records = self.heads_asked = 0

    def read(self, project: str, after: int = 0) -> tuple[Record, ...]:
        found = super().read(project, after)
        self.records += len(found)
        return found

    def head(self, project: str) -> tuple[int, str]:
        self.heads_asked += 1
        return super().head(project)


@pytest.fixture
def store() -> Counting:
    return Counting()


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "PAYS_FROM", 3)


def opened(store: MemoryStore, folder: Path | None = None) -> ltc.Workspace:
    return ltc.Workspace(store, clock=lambda: AT, snapshots=folder)


def begin(store: MemoryStore, project: str = "acme", notes: int = 5) -> ltc.Workspace:
    ws = opened(store)
    assert ws.start(BID, project=project, team=TEAM, by="li.wei").accepted
    ws.finish(project, "a0", by="li.wei")
    for n in range(notes):
        ws.note(project, f"note {n}", by="li.wei")
    return ws


COMMANDS: list[Callable[[ltc.Workspace, str], Any]] = [
    lambda ws, name: ws.start(BID, project=name, team=TEAM, by="li.wei"),
    lambda ws, name: ws.begin(name, "a1", by="he.ping"),
    lambda ws, name: ws.finish(name, "a0", by="li.wei"),
    lambda ws, name: ws.finish(name, "a1", by="li.wei"),
    lambda ws, name: ws.finish(name, "a2", by="li.wei"),
    lambda ws, name: ws.vote(name, "ok", by="zhang.min", verdict="recycle", reason="thin"),
    lambda ws, name: ws.vote(name, "ok", by="zhang.min", verdict="go"),
    lambda ws, name: ws.record(name, by="li.wei", facts={"amount": 5_000_000}),
    lambda ws, name: ws.hold(name, by="zhang.min", reason="summer"),
    lambda ws, name: ws.resume(name, by="zhang.min"),
    lambda ws, name: ws.note(name, "called", by="he.ping"),
]
steps = st.tuples(st.sampled_from(range(len(COMMANDS))), st.sampled_from(["acme", "投标"]), st.integers(0, 4))


def seen(ws: ltc.Workspace) -> tuple[Any, ...]:
    """Everything that is answered from what a workspace keeps in mind."""
    return (
        {name: ws.state(name) for name in ws.projects()},
        {person: ws.worklist(person, at=AT) for person in PEOPLE},
        ws.due(at=AT),
        {name: ws.process(name) for name in ws.projects()},
        {name: ws.lag(name, at=AT) for name in ws.projects()},
        {name: ws.readiness(name, "ok", at=AT) for name in ws.projects()},
    )


@given(st.lists(steps, min_size=3, max_size=25))
@settings(max_examples=25, deadline=None)
def test_caches_answer_as_a_rebuild_does(story: list[tuple[int, str, int]]) -> None:
    """Two workspaces with snapshots and states in mind, and one that is opened anew, on one store."""
    with tempfile.TemporaryDirectory() as name:
        store, folder = MemoryStore(), Path(name) / "s"
        both = [opened(store, folder), opened(store)]
        for what, project, how in story:
            if how == 0:
                both[0] = opened(store, folder)  # another process: it begins with the snapshots
            if how == 1:
                shutil.rmtree(folder, ignore_errors=True)
            try:
                COMMANDS[what](both[how % 2], project)
            except ltc.UnknownName:
                COMMANDS[0](both[how % 2], project)
            if how > 2:
                assert seen(both[0]) == seen(opened(store))
        rebuilt = seen(opened(store))
        assert [seen(ws) for ws in (*both, opened(store, folder))] == [rebuilt] * 3
        assert opened(store).verify() == ()


def test_a_long_log_is_not_read_again_to_look_at_it(store: Counting, tmp_path: Path) -> None:
    begin(store)
    state = opened(store, tmp_path / "s").state("acme")
    begin_reading = store.records
    assert opened(store, tmp_path / "s").state("acme") == state
    assert store.records == begin_reading
    opened(store).note("acme", "one more", by="li.wei")
    begin_reading = store.records
    assert opened(store, tmp_path / "s").state("acme") == opened(store).state("acme")
    assert store.records - begin_reading == 1 + store.length("acme")


@pytest.mark.parametrize("later", [0, 1])
def test_nothing_is_decided_on_a_snapshot(store: Counting, tmp_path: Path, later: int) -> None:
    """Somebody of the same user forges a snapshot with all its checksums: it can be seen, and changes no record."""
    begin(store)
    folder = Snapshots(tmp_path / "s", store.describe().location)
    ws = opened(store, tmp_path / "s")
    truth = ws.state("acme")
    folder.keep("acme", Snapshot(*store.head("acme"), attrs.evolve(truth, work=truth.work.discard("a0"))))
    for _ in range(later):
        opened(store).note("acme", "one more", by="li.wei")
    truth, forged = opened(store).state("acme"), opened(store, tmp_path / "s")
    assert "a0" not in forged.state("acme").work
    answer = forged.finish("acme", "a0", by="li.wei")
    assert not answer.accepted
    assert forged.state("acme") == truth
    assert forged.verify() == ()


@pytest.fixture
def taken(store: Counting, tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """The file of a snapshot, and a check that it is not believed and does no harm."""
    begin(store)
    folder = tmp_path / "s"
    truth = opened(store, folder).state("acme")
    (file,) = folder.iterdir()

    def is_ignored() -> None:
        before = store.records
        assert opened(store, folder).state("acme") == truth
        assert store.records - before == store.length("acme"), "it was believed"

    yield file, is_ignored
    shutil.rmtree(folder, ignore_errors=True)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_of_a_byte_is_ignored(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        kept = Snapshots(name, "here")
        kept.keep("acme", Snapshot(7, "0f" * 32, p.NOTHING))
        (file,) = Path(name).iterdir()
        content = file.read_bytes()
        at = data.draw(st.integers(0, len(content)))
        changed = content[:at] + data.draw(st.binary(max_size=3)) + content[at + data.draw(st.integers(0, 3)) :]
        file.write_bytes(changed)
        assert kept.of("acme") is None or changed == content


@pytest.mark.parametrize("content", [b"", b"{}", b"{}\n{}", b"[]\n{}", b"[" * 100_000, b"\x80\x04\x95", b"null\nnull"])
def test_a_damaged_file_is_ignored(taken: tuple[Path, Callable[[], None]], content: bytes) -> None:
    file, is_ignored = taken
    file.write_bytes(content)
    is_ignored()


def test_a_snapshot_of_another_version_is_ignored(
    taken: tuple[Path, Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "code", lambda: "another")
    taken[1]()


def test_a_folder_that_others_can_write_to_is_not_used(taken: tuple[Path, Callable[[], None]]) -> None:
    file, is_ignored = taken
    os.chmod(file.parent, 0o770)
    is_ignored()
    os.chmod(file.parent, 0o700)
    with pytest.raises(AssertionError, match="it was believed"):
        is_ignored()


def test_a_snapshot_of_another_project_store_or_log_is_ignored(store: Counting, tmp_path: Path) -> None:
    begin(store)
    begin(store, "beta")
    folder = tmp_path / "s"
    ws = opened(store, folder)
    acme, beta = ws.state("acme"), ws.state("beta")
    kept = Snapshots(folder, store.describe().location)
    one, other = kept._file("acme"), kept._file("beta")
    one.write_bytes(other.read_bytes())
    assert opened(store, folder).state("acme") == acme
    elsewhere = Snapshots(folder, "elsewhere")
    elsewhere._file("beta").write_bytes(other.read_bytes())
    assert elsewhere.of("beta") is None
    again = Counting()  # the record was restored from elsewhere: another log under that name, as long and longer
    for notes in (3, 5, 9):
        begin(again, f"beta{notes}", notes)
    for notes in (3, 5, 9):
        kept.keep(f"beta{notes}", Snapshot(*store.head("beta"), beta))
        assert opened(again, folder).state(f"beta{notes}") == opened(again).state(f"beta{notes}")


def test_where_nothing_can_be_written_there_are_no_snapshots(store: Counting, tmp_path: Path) -> None:
    begin(store)
    (tmp_path / "s").write_text("a file, not a folder")
    assert opened(store, tmp_path / "s").state("acme") == opened(store).state("acme")
    assert (tmp_path / "s").read_text() == "a file, not a folder"


def test_a_disk_that_is_full_leaves_nothing_half_written(
    store: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    begin(store)
    monkeypatch.setattr(module.os, "replace", full)
    assert opened(store, tmp_path / "s").state("acme") == opened(store).state("acme")
    assert list((tmp_path / "s").iterdir()) == []


def test_a_snapshot_is_taken_only_where_it_pays(
    store: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "PAYS_FROM", 10)
    begin(store, notes=2)
    opened(store, tmp_path / "s").state("acme")
    assert not (tmp_path / "s").exists()
    drafts = [Draft(kind="NoteAdded", at=AT, by="x", data=canonical_json({"text": str(n), "v": 1})) for n in range(10)]
    store.append("acme", drafts, expected=store.length("acme"))
    opened(store, tmp_path / "s").state("acme")
    assert len(list((tmp_path / "s").iterdir())) == 1
    assert (tmp_path / "s").stat().st_mode & 0o077 == 0


def test_a_work_list_asks_the_store_once_for_what_it_has_in_mind(store: Counting) -> None:
    for n in range(20):
        begin(store, f"p{n}", notes=0)
    ws = opened(store)
    first = ws.worklist("li.wei", at=AT)
    store.records = store.heads_asked = 0
    assert ws.worklist("li.wei", at=AT) == first
    assert (store.records, store.heads_asked) == (0, 0)
    opened(store).finish("p7", "a1", by="li.wei")
    store.records = store.heads_asked = 0
    changed = ws.worklist("li.wei", at=AT)
    assert (store.records <= 3, store.heads_asked) == (True, 1)
    assert changed == opened(store).worklist("li.wei", at=AT) != first


def test_a_log_of_the_same_length_in_the_place_of_another_is_read(store: Counting) -> None:
    """As after an application rolled back its transaction and did something else."""
    begin(store, notes=1)
    ws, other = opened(store), MemoryStore()
    assert ws.worklist("he.ping", at=AT) != ()
    opened(other).start(BID, project="acme", team={"seller": ["x"], "boss": ["zhang.min"]}, by="x")
    while other.length("acme") < store.length("acme"):
        opened(other).note("acme", "x", by="x")
    ws.store = ws._kept.store = other
    assert other.length("acme") == store.length("acme")
    assert ws.worklist("he.ping", at=AT) == ()


def test_more_projects_than_are_kept_in_mind(store: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "_MOST_CACHED", 8)
    for n in range(12):
        begin(store, f"p{n}", notes=0)
    ws = opened(store)
    expected = opened(store).worklist("li.wei", at=AT)
    for _ in range(5):
        assert ws.worklist("li.wei", at=AT) == expected
    assert len(ws._kept._known) == 8
    assert sorted(ws._kept._names) == sorted(ws._kept._known)


def test_what_is_kept_of_a_moment_is_the_moment(store: Counting, tmp_path: Path) -> None:
    """A workspace that wrote an event in another zone, one that read it, and one with a snapshot show the same."""
    ws = begin(store)
    ws.note("acme", "there", by="li.wei", at=(AT + timedelta(hours=1)).astimezone())
    states = [ws.state("acme"), opened(store).state("acme"), opened(store, tmp_path / "s").state("acme")]
    states.append(opened(store, tmp_path / "s").state("acme"))
    assert states == [states[0]] * 4
