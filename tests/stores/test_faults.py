"""What may befall a file or a server while people work on it. Each fault is really brought about.

Whatever happens, what was acknowledged is there, or it is said that it is not: by an error with a code and a remedy, or
by `verify`. docs/how-to/when-something-breaks.md says what to do about each of them.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import ltcflow as ltc
from ltcflow.cli.app import cli
from ltcflow.projects.events import NoteAdded
from ltcflow.stores import (
    CommitInDoubt,
    DiskFailed,
    SqlStore,
    StoreError,
    StoreFull,
    StoreMoved,
    StoreReadOnly,
    StoreUnusable,
    WriteUnfinished,
    open_store,
    verify,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOBODY = 65534
b = ltc.builder
BID = b.process("bid", stages=[b.stage("do", activities=[b.activity("survey"), b.activity("offer", after="survey")])])


def workspace(place: object, now: datetime = NOW) -> ltc.Workspace:
    return ltc.Workspace.open(str(place), clock=lambda: now)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with two projects of some twenty events each, closed."""
    place = tmp_path_factory.mktemp("record") / "sales.db"
    with workspace(place) as ws:
        for name in ("acme", "beta"):
            ws.start(BID, project=name, by="li.wei")
            for n in range(20):
                ws.note(name, f"{n}. " + "long as life " * 30, by="li.wei")
    return place


@pytest.fixture
def path(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path))


def same(error: StoreError, code: str) -> None:
    """An error of a store says where, what and what to do."""
    assert error.code == code
    assert str(error).startswith(f"{code}: {error.store}")
    assert error.remedy.endswith(".")


# --- no room, a disk that fails


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond *size* bytes, as a quota does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def filled(ws: ltc.Workspace, size: int) -> tuple[StoreError, tuple[Any, ...]]:
    """Write until there is no more room; return what was said, and the log before that."""
    while True:
        kept = ws.log("acme")
        try:
            ws.note("acme", "y" * size, by="li.wei")
        except StoreError as error:
            return error, kept


@pytest.mark.parametrize("room", [1, 3000, 9000])
def test_a_limit_of_the_user_or_of_the_disk_undoes_the_write_and_takes_the_next_one(path: Path, room: int) -> None:
    with workspace(path) as ws:
        with at_most(path.stat().st_size + room):
            error, before = filled(ws, 6000)
        assert isinstance(error, DiskFailed)
        same(error, "LTC630")
        assert "SQLITE_IOERR_WRITE" in error.problem
        assert ws.log("acme") == before
        assert ws.note("acme", "x" * 6000, by="li.wei").accepted
    with workspace(path) as ws:
        assert len(ws.log("acme")) == len(before) + 1
        assert ws.verify() == ()


def test_no_file_is_left_that_cannot_be_opened_where_there_was_no_room_to_make_one(tmp_path: Path) -> None:
    with at_most(5000), pytest.raises(DiskFailed):
        open_store(str(tmp_path / "new.db"))
    with workspace(tmp_path / "new.db") as ws:
        assert ws.start(BID, project="acme", by="li.wei").accepted


def test_a_full_disk_keeps_all_that_was_acknowledged(path: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        shutil.copy(path, disk)
        with workspace(disk / "sales.db") as ws:
            error, kept = filled(ws, 3000)
            assert isinstance(error, StoreFull)
            same(error, "LTC605")
            assert ws.log("acme") == kept
        with workspace(disk / "sales.db") as ws:
            assert ws.log("acme") == kept
            assert ws.verify() == ()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# --- rights


@pytest.fixture
def shared(path: Path) -> Iterator[Path]:
    """The record in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="ltcflow-rights-") as folder:
        os.chmod(folder, 0o755)
        yield Path(shutil.copy(path, folder))
        os.chmod(folder, 0o755)


@contextmanager
def somebody_else() -> Iterator[None]:
    """Be nobody in particular: root may write whatever the rights say."""
    me = os.geteuid()
    if not me:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o777), (0o444, 0o555), (0o666, 0o555)])
def test_a_file_or_folder_that_may_only_be_read_is_read_and_not_written(shared: Path, file: int, folder: int) -> None:
    shared.chmod(file)
    shared.parent.chmod(folder)
    before = shared.read_bytes()
    with somebody_else(), workspace(shared) as ws:
        assert len(ws.log("acme")) == 21
        assert ws.verify() == ()
        with pytest.raises(StoreReadOnly) as caught:
            ws.note("acme", "x", by="li.wei")
    same(caught.value, "LTC604")
    assert "folder" in caught.value.remedy
    assert shared.read_bytes() == before


def test_a_file_that_may_not_be_read_is_told(shared: Path) -> None:
    shared.chmod(0)
    with somebody_else(), pytest.raises(StoreUnusable, match="cannot be opened") as caught:
        open_store(str(shared))
    same(caught.value, "LTC607")


# --- what a crash leaves behind


def crashed(path: Path, folder: Path, *, wal: bool = False) -> Path:
    """Copy the files of *path* as they are in the middle of a write that changes all of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        if wal:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("PRAGMA cache_size=1")  # so that pages go to the file before the commit
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE ltcflow_events SET data = data || data")
        for left in (path, Path(f"{path}-journal"), Path(f"{path}-wal")):
            if left.exists():
                shutil.copy(left, folder / left.name)
        raw.execute("ROLLBACK")
    return folder / path.name


@pytest.mark.parametrize("wal", [False, True])
def test_a_write_cut_short_is_undone_by_whoever_opens_next(path: Path, tmp_path: Path, wal: bool) -> None:
    with workspace(path) as ws:
        before = {name: ws.log(name) for name in ws.projects()}
    (tmp_path / "copy").mkdir()
    place = crashed(path, tmp_path / "copy", wal=wal)
    left = Path(f"{place}-wal" if wal else f"{place}-journal")
    assert left.stat().st_size > 20_000
    with workspace(place) as ws:
        assert {name: ws.log(name) for name in ws.projects()} == before
        assert ws.verify() == ()
        assert ws.note("acme", "x", by="li.wei").accepted
    assert not left.exists()


@pytest.mark.parametrize("folder", [0o777, 0o555])
def test_who_may_not_undo_it_is_told_and_changes_nothing(path: Path, shared: Path, folder: int) -> None:
    crashed(path, shared.parent)
    journal = Path(f"{shared}-journal")
    for left, mode in ((shared, 0o444), (journal, 0o444), (shared.parent, folder)):
        left.chmod(mode)
    before = shared.read_bytes(), journal.read_bytes()
    with somebody_else(), pytest.raises(WriteUnfinished, match="cut short") as caught, workspace(shared) as ws:
        ws.log("acme")
    same(caught.value, "LTC631")
    assert "journal" in caught.value.remedy
    assert (shared.read_bytes(), journal.read_bytes()) == before


def test_a_journal_that_cannot_be_taken_away_is_an_unfinished_write(path: Path, shared: Path) -> None:
    crashed(path, shared.parent)
    for left, mode in ((shared, 0o666), (Path(f"{shared}-journal"), 0o666), (shared.parent, 0o555)):
        left.chmod(mode)
    with somebody_else(), pytest.raises(WriteUnfinished), workspace(shared) as ws:
        ws.log("acme")
    with workspace(shared) as ws:
        assert ws.verify() == ()
        assert len(ws.log("acme")) == 21


def test_who_deletes_the_journal_of_a_cut_write_is_found_out(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    place = crashed(path, tmp_path / "copy")
    Path(f"{place}-journal").unlink()
    assert not sound(place, {})


@pytest.mark.parametrize("junk", [b"", b"\0" * 5000, b"junk" * 2000])
@pytest.mark.parametrize("more", ["-journal", "-wal"])
def test_leftovers_without_meaning_do_no_harm(path: Path, junk: bytes, more: str) -> None:
    Path(f"{path}{more}").write_bytes(junk)
    with workspace(path) as ws:
        assert len(ws.log("acme")) == 21
        assert ws.verify() == ()
        assert ws.note("acme", "x", by="li.wei").accepted


# --- a file that is exchanged while it is open


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_a_file_exchanged_while_it_is_open_is_not_written_to(path: Path, tmp_path: Path, how: str) -> None:
    backup = shutil.copy(path, tmp_path / "backup.db")
    with workspace(path) as ws:
        ws.note("acme", "a last word", by="li.wei")
        if how == "moved":
            path.rename(tmp_path / "elsewhere.db")
        elif how == "deleted":
            path.unlink()
        else:
            os.replace(backup, path)
        with pytest.raises(StoreMoved) as caught:
            ws.note("acme", "into the void", by="li.wei")
        same(caught.value, "LTC632")
        assert ws.state("acme").version == 22
    if how == "replaced":
        with workspace(path) as ws:
            assert len(ws.log("acme")) == 21
            assert ws.note("acme", "a last word again", by="li.wei").accepted


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    for place in ("/dev/null", str(tmp_path / "pipe.db")):
        with pytest.raises(StoreUnusable, match="is no file") as caught:
            open_store(place)
        same(caught.value, "LTC607")


# --- damage


def sound(place: Path, known: dict[str, Any]) -> bool:
    """Say whether the record reads back as *known* (when that is given), and nothing is found to be wrong."""
    try:
        with workspace(place) as ws:
            if ws.verify():
                return False
            read = {name: (ws.log(name), ws.process(name)) for name in ws.projects()}
    except StoreError:
        return False
    if known:
        assert read == known, "something else is read, and nobody says so"
    return True


def known_of(path: Path) -> dict[str, Any]:
    with workspace(path) as ws:
        return {name: (ws.log(name), ws.process(name)) for name in ws.projects()}


def test_no_bytes_that_were_flipped_anywhere_are_read_as_if_they_were_the_record(path: Path) -> None:
    chance = random.Random(5)
    known, whole = known_of(path), path.read_bytes()
    found = 0
    for turn in range(80):
        damaged = bytearray(whole)
        place = chance.randrange(len(whole) - 8) if turn % 2 else len(whole) // 80 * turn
        for i in range(chance.choice((1, 1, 8))):
            damaged[place + i] ^= chance.randrange(1, 256)
        path.write_bytes(damaged)
        found += not sound(path, known)
    assert found > 20


def test_a_file_cut_off_anywhere_is_damage(path: Path) -> None:
    known, whole = known_of(path), path.read_bytes()
    for length in (*range(4096, len(whole), 4096 * 3), 2, 99, 100, 4000, len(whole) - 1, len(whole) - 2000):
        path.write_bytes(whole[:length])
        assert not sound(path, known), length


@pytest.mark.parametrize("rest", [b"", b"S"])  # SQLite takes a file of one byte for an empty one
def test_a_file_emptied_is_a_new_one_and_only_a_head_kept_elsewhere_tells(path: Path, rest: bytes) -> None:
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        kept = store.head("acme")
    path.write_bytes(rest)
    told = CliRunner().invoke(cli, ["projects", "--db", str(path)])
    assert (told.exit_code, path.read_bytes()) == (2, rest)
    assert "LTC804" in told.stderr
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        assert store.projects() == ()
        assert [(f.code, f.where) for f in verify(store, "acme", head=kept)] == [("LTC615", "acme[1]")]


# --- the clock


def test_a_clock_that_goes_back_loses_nothing_and_puts_nothing_out_of_order(tmp_path: Path) -> None:
    hours = iter([9, 12, 8, 3, 13])
    clock: Callable[[], datetime] = lambda: NOW.replace(hour=next(hours))  # noqa: E731  # the clock under test
    with ltc.Workspace.open(str(tmp_path / "sales.db"), clock=clock) as ws:
        ws.start(BID, project="acme", by="li.wei")
        for n in range(4):
            assert ws.note("acme", f"{n}", by="li.wei").accepted
        told = ws.note("acme", "at a time that is past", by="li.wei", at=NOW.replace(hour=10))
        assert [reason.code for reason in told.reasons] == ["LTC503"]
        assert [event.at.hour for event in ws.log("acme")] == [9, 12, 12, 12, 13]
        assert ws.verify() == ()


def test_a_clock_behind_the_record_is_told_on_the_command_line(path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    with workspace(path, ahead) as ws:
        ws.note("acme", "from a clock that is fast", by="li.wei")
    for lang, words in (("en", "Set the clock"), ("zh", "请校正时钟")):
        told = CliRunner().invoke(
            cli, ["note", "acme", "hello", "--by", "li.wei", "--db", str(path), "--lang", lang, "--json"]
        )
        assert told.exit_code == 0
        assert words in told.stderr
        assert f"{ahead.astimezone():%Y-%m-%d %H:%M}" in told.stderr
    with workspace(path) as ws:
        assert [event.at for event in ws.log("acme")][-2:] == [ahead, ahead]
    told = CliRunner().invoke(cli, ["note", "beta", "hello", "--by", "li.wei", "--db", str(path)])
    assert (told.exit_code, told.stderr) == (0, "")


# --- several at once


WRITERS = """
import sys, threading
from ltcflow.workspace import Workspace
path, who = sys.argv[1:]
def work(name):
    with Workspace.open(path) as ws:  # one of its own for each thread
        for n in range(6):
            assert ws.note("acme", f"{name} {n}", by="li.wei").accepted
threads = [threading.Thread(target=work, args=(f"{who}{t}",)) for t in range(2)]
for t in threads: t.start()
for t in threads: t.join()
"""


def test_many_workspaces_on_one_file_keep_every_command_once(path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITERS, str(path), who]) for who in "ab"]
    with workspace(path) as ws:
        for n in range(6):
            assert ws.note("acme", f"here {n}", by="li.wei").accepted
        assert [process.wait(timeout=60) for process in running] == [0, 0]
        texts = [event.text for event in ws.log("acme")[21:] if isinstance(event, NoteAdded)]
        names = ("a0", "a1", "b0", "b1", "here")
        assert sorted(texts) == sorted(f"{name} {n}" for name in names for n in range(6))
        for name in names:
            own = [text for text in texts if text.startswith(f"{name} ")]
            assert own == [f"{name} {n}" for n in range(6)]
        assert ws.verify() == ()


def test_a_record_that_another_program_keeps_locked_is_told_on_the_command_line(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        for lang, words in (("en", "find the program"), ("zh", "找出占用它的程序")):
            arguments = ["note", "acme", "x", "--by", "li.wei", "--db", f"sqlite:///{path}?timeout=0.1", "--lang", lang]
            told = CliRunner().invoke(cli, arguments)
            assert told.exit_code == 2
            assert "LTC603" in told.stderr
            assert words in told.stderr
    assert sound(path, {})


# --- a commit in doubt


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("again", ["same", "other", "same later"])
def test_a_command_in_doubt_that_is_given_again_is_recorded_once(line: Any, cut: str, again: str) -> None:
    store = SqlStore.open(line.url, busy_timeout=0.2)
    with closing(SqlStore.open(line.url.set(port=line.target[1]))), ltc.Workspace(store, clock=lambda: NOW) as ws:
        ws.start(BID, project="acme", by="li.wei")
        line.cut, line.dead = cut, True
        with pytest.raises(CommitInDoubt) as caught:
            ws.note("acme", "we hold the price", by="li.wei")
        same(caught.value, "LTC620")
        with suppress(StoreError):  # nobody answers yet: still in doubt
            ws.note("acme", "we hold the price", by="li.wei")
        line.dead = False
        text = "another word" if again == "other" else "we hold the price"
        at = NOW + timedelta(hours=1) if again == "same later" else None
        answer = ws.note("acme", text, by="li.wei", at=at)
        assert answer.accepted
        notes = [event for event in ws.log("acme") if isinstance(event, NoteAdded)]
        wanted = ["we hold the price"] if cut == "after" or again != "other" else []
        assert [note.text for note in notes] == wanted + ["another word"] * (again == "other")
        assert answer.events == (notes[-1],)
        ws.note("acme", text, by="li.wei")  # what is settled is settled: this one is meant
        assert len(ws.log("acme")) == len(notes) + 2
        assert ws.verify() == ()


def test_a_start_in_doubt_that_is_given_again_is_accepted(line: Any) -> None:
    store = SqlStore.open(line.url, busy_timeout=0.2)
    with ltc.Workspace(store, clock=lambda: NOW) as ws:
        store.save_definition(ltc.fingerprint(BID), ltc.dumps(BID))
        line.cut, line.dead = "after", True
        with pytest.raises(CommitInDoubt):
            ws.start(BID, project="acme", by="li.wei")
        line.dead = False
        assert ws.start(BID, project="acme", by="li.wei").accepted
        assert not ws.start(BID, project="acme", by="li.wei").accepted
        assert len(ws.log("acme")) == 1


def test_a_disk_of_a_server_that_fails_is_told() -> None:
    from ltcflow.stores.postgres_errors import meaning

    class Said(Exception):
        sqlstate = "58030"

    error = meaning(Said("could not write block 3"), "postgresql://db", lost=False)
    assert isinstance(error, DiskFailed)
    same(error, "LTC630")


def test_sqlalchemy_is_what_reports_the_errors_that_are_translated(path: Path) -> None:
    """The cause of a fault stays with its error, for those who want to know more."""
    with workspace(path) as ws:
        path.unlink()
        with pytest.raises(StoreMoved) as caught:
            ws.note("acme", "x", by="li.wei")
    assert isinstance(caught.value.__cause__, (sa.exc.DBAPIError, sqlite3.Error))
