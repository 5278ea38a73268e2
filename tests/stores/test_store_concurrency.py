"""Several writers: threads, processes, a fork, a lock that is not given back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ltcflow.stores import EventStore, SqlStore, StaleProject, StoreError, StoreLocked, verify

THREADS, EACH = 6, 8

WRITER = """
import sys
from datetime import UTC, datetime
from ltcflow.stores import Draft, SqlStore, StaleProject
url, name, each = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = SqlStore.open(url, busy_timeout=60)
for n in range(each):
    while True:
        try:
            drafts = [Draft(kind="K", at=datetime(2026, 3, 2, tzinfo=UTC), by=name, data=f"{n}.{i}") for i in (0, 1)]
            store.append("p", drafts, expected=store.length("p"))
            break
        except StaleProject:
            pass
store.close()
"""


def _check(store: EventStore, writers: set[str], each: int) -> None:
    """No batch lost, none twice, none torn, each writer's own in its order."""
    records = store.read("p")
    assert [r.number for r in records] == list(range(1, 2 * each * len(writers) + 1))
    assert verify(store, "p") == ()
    for name in writers:
        assert [r.data for r in records if r.by == name] == [f"{n}.{i}" for n in range(each) for i in (0, 1)]
    assert all(a.by == b.by and a.data[:-1] == b.data[:-1] for a, b in zip(records[::2], records[1::2], strict=True))
    assert [r for _, r in store.feed(limit=10_000)] == list(records)


def test_threads_lose_nothing_and_write_nothing_twice(store: EventStore, drafts: Any) -> None:
    import attrs

    stale = 0
    failed: list[BaseException] = []

    def work(name: str) -> None:
        nonlocal stale
        try:
            for n in range(EACH):
                while True:
                    batch = [attrs.evolve(d, data=f"{n}.{i}", by=name) for i, d in enumerate(drafts(2))]
                    length = store.length("p")
                    time.sleep(0.0005)  # lets the others in between
                    try:
                        store.append("p", batch, expected=length)
                        break
                    except StaleProject:
                        stale += 1
        except BaseException as error:
            failed.append(error)

    names = {f"writer-{i}" for i in range(THREADS)}
    threads = [threading.Thread(target=work, args=(n,)) for n in names]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failed == []
    assert stale > 0
    _check(store, names, EACH)


def test_processes_lose_nothing_and_write_nothing_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sales.db"  # nobody has made it: the writers race for that as well
    names = {"one", "two", "three"}
    running = [subprocess.Popen([sys.executable, "-c", WRITER, url, n, "15"]) for n in names]
    assert [p.wait(timeout=60) for p in running] == [0, 0, 0]
    with closing(SqlStore.open(url)) as store:
        _check(store, names, 15)


def test_one_definition_saved_by_many_threads_is_there_once(store: EventStore) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for n in range(5):
                store.save_definition(f"h{n}", f"text {n}")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failed == []
    assert [store.definition(f"h{n}") for n in range(5)] == [f"text {n}" for n in range(5)]


def test_a_lock_kept_too_long_is_told_and_nothing_is_written(tmp_path: Path, drafts: Any) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/sales.db", busy_timeout=0.2)) as store:
        store.append("p", drafts(1), expected=0)
        with closing(sqlite3.connect(tmp_path / "sales.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with pytest.raises(StoreLocked) as caught:
                store.append("p", drafts(1), expected=1)
            assert 0.15 < time.monotonic() - began < 3
            assert caught.value.code == "LTC603"
            assert store.length("p") == 1
        assert len(store.append("p", drafts(1), expected=1)) == 1


def test_a_reader_that_blocks_the_commit_undoes_it_wholly(tmp_path: Path, drafts: Any) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/sales.db", busy_timeout=0.2)) as store:
        if store.describe().journal_mode == "wal":
            pytest.skip("readers do not block a write-ahead log")
        store.append("p", drafts(3), expected=0)
        with closing(sqlite3.connect(tmp_path / "sales.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM ltcflow_events").fetchone()
            with pytest.raises(StoreLocked):
                store.append("p", drafts(1), expected=3)
        assert store.length("p") == 3
        with closing(sqlite3.connect(tmp_path / "sales.db", timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert other.execute("SELECT count(*) FROM ltcflow_events").fetchone() == (3,)
        assert store.append("p", drafts(1), expected=3)[0].number == 4


def test_a_writer_waits_for_a_short_lock(tmp_path: Path, drafts: Any) -> None:
    with (
        closing(SqlStore.open(f"sqlite:///{tmp_path}/sales.db")) as store,
        closing(sqlite3.connect(tmp_path / "sales.db", check_same_thread=False)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        later = threading.Timer(0.2, other.rollback)
        later.start()
        assert len(store.append("p", drafts(1), expected=0)) == 1
        later.join()


def test_a_thread_that_keeps_its_turn_too_long_is_told(tmp_path: Path, drafts: Any) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/sales.db", busy_timeout=0.1)) as store:
        holding, done = threading.Event(), threading.Event()

        def hold() -> None:
            with store._access.turn():
                holding.set()
                done.wait(10)

        thread = threading.Thread(target=hold)
        thread.start()
        holding.wait(10)
        with pytest.raises(StoreLocked, match="threads"):
            store.append("p", drafts(1), expected=0)
        done.set()
        thread.join()
        assert len(store.append("p", drafts(1), expected=0)) == 1


FORK = """
import os, sys, threading
from datetime import UTC, datetime
from ltcflow.stores import Draft, SqlStore, StoreError, verify
drafts = [Draft(kind="K", at=datetime(2026, 3, 2, tzinfo=UTC), by="x", data="{}")]
store = SqlStore.open(sys.argv[1])
store.append("p", drafts, expected=0)
with store._access.lent() as connection:
    raw = connection.connection.driver_connection
for round in range(3):
    holding, done = threading.Event(), threading.Event()
    def hold():
        with store._access.turn():
            holding.set()
            done.wait(30)
    thread = threading.Thread(target=hold)  # the fork comes while a thread has its turn to write
    thread.start()
    holding.wait(30)
    child = os.fork()
    if child == 0:
        try:
            with store._access.lent() as connection:
                if connection.connection.driver_connection is raw:
                    os._exit(4)
            for _ in range(5):
                store.append("p", drafts, expected=store.length("p"))
            os._exit(0)
        except StoreError as error:
            print(error, flush=True)
            os._exit(3)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    done.set()
    thread.join()
    if code:
        sys.exit(code)
    store.append("p", drafts, expected=store.length("p"))
assert store.length("p") == 19, store.length("p")
assert verify(store, "p") == ()
store.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_opens_its_own_connections(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sales.db"
    subprocess.run([sys.executable, "-W", "error::ResourceWarning", "-c", FORK, url], check=True, timeout=60)
    told = subprocess.run([sys.executable, "-c", FORK, "sqlite://"], capture_output=True, text=True, timeout=60)
    assert told.returncode == 3
    assert "parent process" in told.stdout


def test_close_waits_for_the_write_under_way(file_store: SqlStore, drafts: Any) -> None:
    written: list[int] = []
    ended: list[str] = []

    def work() -> None:
        try:
            while True:
                written.append(len(file_store.append("p", drafts(1), expected=file_store.length("p"))))
        except StoreError as error:
            ended.append(error.code)

    thread = threading.Thread(target=work)
    thread.start()
    while len(written) < 3:
        time.sleep(0.001)
    place = file_store.describe().location
    file_store.close()
    thread.join()
    assert ended == ["LTC602"]
    with closing(SqlStore.open(f"sqlite:///{place}")) as again:
        assert again.length("p") == len(written)
