"""kill -9 at any point of a write: what was acknowledged is there, nothing is half there, the chain verifies.

Writers are forked by one program that has imported all they need (`killed_writer.py`), so a kill takes some 20 ms.
``LTCFLOW_KILLS`` sets the number of kills (100); ``make faults`` asks for 600 and says where they fell.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ltcflow.stores import SqlStore, verify

KILLS = int(os.environ.get("LTCFLOW_KILLS", "100"))
BATCH = 4
PATIENCE = 30
DEAD = (-signal.SIGKILL, -signal.SIGXFSZ)
TOOL = Path(__file__).parents[2] / "tools" / "postgres.sh"
END = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'ltcflow'"
)
HELD = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
Obey = Callable[..., list[tuple[int, int]]]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def obey() -> Iterator[Obey]:
    """Return a function that lets writers work until they are dead, and returns what each said last, and its end."""
    program = Path(__file__).with_name("killed_writer.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        said, heard = server.stdin, server.stdout

        def order(
            url: str, *writers: tuple[str, str, float], wal: bool = False, until: Path | None = None
        ) -> list[tuple[int, int]]:
            order = {"url": url, "wal": wal, "batch": BATCH, "writers": writers, "until": str(until or "")}
            said.write(json.dumps(order) + "\n")
            said.flush()
            answer: list[tuple[int, int]] = json.loads(heard.readline())
            return answer

        yield order
        said.close()


class Log:
    """What is known to be in a store, and the check that nothing of it was lost, torn or made up."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept: Counter[str] = Counter()

    def check(self, said: dict[str, int]) -> None:
        with closing(SqlStore.open(self.url)) as store:
            for project, acknowledged in said.items():
                kept = self.kept[project]
                length = store.length(project)
                assert length % BATCH == 0, "half of a batch is there"
                assert max(kept, acknowledged) <= length <= max(kept, acknowledged) + BATCH
                new = store.read(project, kept)
                assert [r.data.rstrip("x") for r in new] == [str(n) for n in range(kept, length)]
                self.kept[project] = length

    def verify(self) -> None:
        """Prove the whole of it."""
        with closing(SqlStore.open(self.url)) as store:
            for project, length in self.kept.items():
                assert verify(store, project) == ()
                assert store.length(project) == length
            seen = [record for _, record in store.feed(limit=10**6)]
        assert Counter(record.project for record in seen) == self.kept
        for project in self.kept:
            assert [r.number for r in seen if r.project == project] == list(range(1, self.kept[project] + 1))


def point(chance: random.Random, how: str, size: int) -> float:
    """Somewhere to die: in the file's first writes, in its last ones, between them."""
    if how == "delay":
        return chance.uniform(0, 0.02)
    if how == "byte":
        return chance.randrange(1, size + 40_000)
    return chance.randrange(1, 60 if how == "event" else 4000)


@pytest.mark.parametrize("journal", ["rollback", "wal"])
def test_a_writer_killed_anywhere_loses_nothing_and_leaves_nothing_half_written(
    obey: Obey, tmp_path: Path, journal: str
) -> None:
    chance = random.Random(f"2026 {journal}")
    rounds = KILLS * 3 // 4 if journal == "rollback" else KILLS // 4
    ends: Counter[str] = Counter()
    torn, path, log = 0, tmp_path / "none", Log("")
    for turn in range(rounds):
        if not turn % 25:  # a new file: the tables are made under fire as well
            path, log = tmp_path / f"{turn}.db", Log(f"sqlite:///{tmp_path}/{turn}.db")
        how = ("delay", "step", "byte", "event")[turn % 4]
        size = path.stat().st_size if path.exists() else 0
        ((said, end),) = obey(log.url, ("p", how, point(chance, how, size)), wal=journal == "wal")
        assert end in DEAD
        ends[how] += 1
        torn += any(Path(f"{path}{more}").exists() for more in ("-journal", "-wal"))
        log.check({"p": said})
        if turn % 25 == 24 or turn == rounds - 1:
            log.verify()
            with closing(sqlite3.connect(path)) as raw:
                assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert log.kept["p"] > 0
    assert torn > rounds / 4, "too few kills fell into the middle of a write"
    print(f"\n{journal}: {rounds} kills {dict(ends)}, {torn} with a journal left behind, {log.kept['p']} records")


def test_who_is_not_killed_goes_on_beside_who_is(obey: Obey, tmp_path: Path) -> None:
    chance = random.Random(7)
    log = Log(f"sqlite:///{tmp_path}/sales.db")
    for _ in range(max(4, KILLS // 25)):
        deaths = sorted(chance.uniform(0, 0.04) for _ in range(3))
        ends = obey(log.url, *((name, "delay", death) for name, death in zip("abc", deaths, strict=True)))
        assert [end for _, end in ends] == [-signal.SIGKILL] * 3
        log.check({name: said for name, (said, _) in zip("abc", ends, strict=True)})
    log.verify()
    assert sum(log.kept.values()) > 0


def test_a_writer_of_a_server_killed_anywhere_loses_nothing(obey: Obey, postgres: sa.URL) -> None:
    chance = random.Random(11)
    log = Log(postgres.render_as_string(hide_password=False))
    for turn in range(max(8, KILLS // 10)):
        how = ("delay", "event")[turn % 2]
        ends = obey(log.url, ("p", how, point(chance, how, 0)), ("q", "delay", 0.03))
        assert [end for _, end in ends] == [-signal.SIGKILL] * 2
        check_when_quiet(log, {"p": ends[0][0], "q": ends[1][0]})
    log.verify()


def wait_for(happened: Callable[[], object], what: str = "nothing is written") -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, what
        time.sleep(0.005)


def both_write(own: sa.Connection) -> bool:
    """Say whether both writers have begun."""
    if not sa.inspect(own).has_table("ltcflow_events"):
        return False
    return bool(own.exec_driver_sql("SELECT count(DISTINCT project) = 2 FROM ltcflow_events").scalar())


def test_connections_that_the_server_ends_at_any_moment_lose_nothing(
    obey: Obey, postgres: sa.URL, tmp_path: Path
) -> None:
    """The writers append the same again whenever they are told of a loss: nothing is there twice either."""
    chance = random.Random(13)
    log = Log(postgres.render_as_string(hide_password=False))
    own = sa.create_engine(postgres, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    ended = 0
    with ThreadPoolExecutor(1) as pool, own.connect() as connection:
        enough = tmp_path / "enough"
        writing = pool.submit(obey, log.url, ("p", "delay", 0), ("q", "delay", 0), until=enough)
        try:
            wait_for(lambda: both_write(connection))
            for _ in range(max(12, KILLS // 5)):
                time.sleep(chance.uniform(0, 0.05))
                ended += len(connection.execute(END).all())
        finally:
            enough.touch()
    ends = writing.result()
    assert [end for _, end in ends] == [-signal.SIGKILL] * 2
    assert ended > 10
    check_when_quiet(log, {"p": ends[0][0], "q": ends[1][0]})
    log.verify()
    print(f"\n{ended} connections ended by the server, {log.kept.total()} records")


@pytest.fixture
def own_server(postgres_database: sa.URL, tmp_path: Path) -> Iterator[tuple[str, Callable[..., None]]]:
    """The address of a server that may be killed, and a function that calls tools/postgres.sh for it."""

    def tool(*words: str) -> str:
        environment = {**os.environ, "PG_HOME": str(tmp_path / "server")}
        told = subprocess.run([str(TOOL), *words], env=environment, capture_output=True, text=True, timeout=100)
        assert told.returncode == 0, told.stderr
        return told.stdout

    if subprocess.run([str(TOOL), "find"], capture_output=True).returncode:
        pytest.skip("the server that LTCFLOW_POSTGRES names is not ours to kill, and there is none here to start")
    url = tool("start").strip().partition("=")[2]
    yield url, tool
    tool("stop")


def hold_commits(own: sa.Engine, hold: bool) -> None:
    """Let every commit wait, once it is on the disk, for a standby that does not exist; or no longer."""
    with own.connect() as connection:
        how = "SET synchronous_standby_names = 'nobody'" if hold else "RESET synchronous_standby_names"
        connection.exec_driver_sql(f"ALTER SYSTEM {how}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")


def in_mid_commit(own: sa.Engine) -> None:
    """Wait until a writer is in the middle of a commit: it is on the disk, and the writer does not know."""
    with own.connect() as connection:
        wait_for(lambda: connection.execute(HELD).scalar(), "nobody commits any more")


def test_a_server_lost_in_mid_commit_has_all_that_it_acknowledged_once(
    obey: Obey, own_server: tuple[str, Callable[..., None]], tmp_path: Path
) -> None:
    url, tool = own_server
    log, own = Log(url), sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    SqlStore.open(url).close()
    rounds, ended = max(1, KILLS // 100), 0
    with ThreadPoolExecutor(1) as pool:
        enough = tmp_path / "enough"
        writing = pool.submit(obey, log.url, ("p", "delay", 0), ("q", "delay", 0), until=enough)
        try:
            for _ in range(rounds):
                hold_commits(own, True)
                for _ in range(3):
                    in_mid_commit(own)
                    with own.connect() as connection:
                        ended += len(connection.execute(END).all())
                in_mid_commit(own)
                tool("crash", "again")
                hold_commits(own, False)
        finally:
            enough.touch()
    ends = writing.result()
    assert [end for _, end in ends] == [-signal.SIGKILL] * 2
    check_when_quiet(log, {"p": ends[0][0], "q": ends[1][0]})
    log.verify()
    print(f"\n{rounds} crashes of the server, {ended} connections ended in mid-commit, {log.kept.total()} records")


def check_when_quiet(log: Log, said: dict[str, int]) -> None:
    """Check once the server has noticed that the writers are gone: what they sent last it may still be doing."""
    own = sa.create_engine(log.url, poolclass=sa.NullPool)
    others: Any = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ltcflow'"
    )
    with own.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        wait_for(lambda: not connection.execute(others).scalar(), "the server does not notice that they are gone")
    log.check(said)
