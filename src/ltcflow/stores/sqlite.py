"""SQLite's own ways (`dialect.Dialect`): how it is opened, how a write begins, how safely it writes, what errors mean.

Imported only when a SQL store is opened.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ltcflow.stores.base import Description
from ltcflow.stores.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreUnusable,
)
from ltcflow.stores.sqlite_errors import EXTENDED, disk_failed

LAST_POSITION = 2**63 - 1
SAFE_WAL = (3, 51, 3)
SYNCHRONOUS = ("off", "normal", "full", "extra")
FULL = SYNCHRONOUS.index("full")
_PREPARED = "ltcflow_prepared"
_KEEPS_ITS_OWN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
"""Why a file keeps its journal mode; where it is only open to read, a lock to write is an I/O error (IOERR_LOCK)."""


def journal_mode_for(version: tuple[int, int, int]) -> str:
    """Return the journal mode for a linked SQLite of *version*: "wal" from 3.51.3 on, else "delete".

    Older libraries can corrupt a write-ahead log that two writing connections share.

    Example:
        >>> journal_mode_for((3, 51, 3)), journal_mode_for((3, 51, 2))
        ('wal', 'delete')
    """
    return "wal" if version >= SAFE_WAL else "delete"


def why_journal_mode(mode: str, *, ours: bool) -> tuple[str, str]:
    """Return the reason for journal mode *mode*, in English and Chinese.

    Args:
        ours: whether ltcflow chose the mode, not an application that passed its engine.
    """
    library = sqlite3.sqlite_version
    if mode == "memory":
        return "The database lives in memory and ends with the process.", "数据库在内存中，进程结束即消失。"
    if mode == "wal" and sqlite3.sqlite_version_info < SAFE_WAL:
        return (
            f"The application chose a write-ahead log, but SQLite {library} can corrupt one that two connections "
            "write; upgrade to 3.51.3 or use journal_mode=DELETE.",
            f"应用选择了 WAL，但 SQLite {library} 在两个连接同时写入时可能损坏它；"
            "请升级到 3.51.3 或改用 journal_mode=DELETE。",
        )
    if not ours:
        return "The application that passed its engine chose the journal mode.", "日志模式由传入引擎的应用决定。"
    if mode == "wal":
        return (
            f"SQLite {library} is 3.51.3 or newer, so a write-ahead log is safe.",
            f"SQLite {library} 不低于 3.51.3，可安全使用 WAL。",
        )
    return (
        f"SQLite {library} is older than 3.51.3, which can corrupt a shared write-ahead log; "
        "the rollback journal is safe.",
        f"SQLite {library} 低于 3.51.3，共享的 WAL 可能损坏；回滚日志是安全的。",
    )


def make_engine(url: sa.URL, busy_timeout: float) -> sa.Engine:
    """Return an engine for *url*: one shared connection for memory, one per thread at work for a file."""
    arguments = {"timeout": busy_timeout, "check_same_thread": False}
    if "timeout" in url.query:  # sqlite:///sales.db?timeout=30
        del arguments["timeout"]
    if in_memory(url):
        return sa.create_engine(url, poolclass=sa.StaticPool, connect_args=arguments)
    return sa.create_engine(url, poolclass=sa.QueuePool, max_overflow=-1, connect_args=arguments)


def in_memory(url: sa.URL) -> bool:
    """Say whether *url* names a database in memory."""
    return url.database in (None, "", ":memory:") or ":memory:" in url.database or url.query.get("mode") == "memory"


def check_place(url: sa.URL, store: str) -> None:
    """Refuse a folder, and a file in a folder that is not there."""
    path = url.database
    if path is None or in_memory(url) or path.startswith("file:"):
        return
    if os.path.isdir(path):
        raise StoreUnusable(store=store, problem="is a folder.", remedy="Name a file in it, such as sales.db.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise StoreUnusable(store=store, problem="is no file.", remedy="Name a file, such as sales.db.")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise StoreUnusable(store=store, problem="lies in a folder that is not there.", remedy=f"Make {folder} first.")


def prepare(connection: sa.Connection, *, ours: bool) -> None:
    """Make a connection write durably; once for each connection of the pool, outside of a transaction."""
    if connection.info.get(_PREPARED):
        return
    raw = raw_connection(connection)
    always_begun = raw.in_transaction  # sqlite3.connect(autocommit=False), Python 3.12
    if always_begun:
        raw.execute("ROLLBACK")
    if ours:
        raw.execute("PRAGMA foreign_keys=ON")
    if pragma(raw, "synchronous") < FULL:
        raw.execute(f"PRAGMA synchronous={FULL}")
    if always_begun:
        raw.execute("BEGIN")
    connection.info[_PREPARED] = True


def raw_connection(connection: sa.Connection) -> sqlite3.Connection:
    """Return the sqlite3 connection below *connection*."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise StoreError(
            store=connection.engine.url.render_as_string(),
            problem=f"is driven by {type(raw).__module__}.",
            remedy="Use the driver of the standard library: sqlite:///file.db.",
        )
    return raw


def pragma(raw: sqlite3.Connection, name: str) -> Any:
    """Return the value of a pragma."""
    return raw.execute(f"PRAGMA {name}").fetchone()[0]


@contextlib.contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """Hold the write lock from the start of the block, so that what it reads stays true; commit at its end.

    The sqlite3 module begins transactions by itself, late and shared, unless one is open. Whatever the engine's own
    settings began on check-out holds nothing yet and is dropped. A COMMIT that fails because a reader is in the way
    leaves SQLite's transaction open while SQLAlchemy holds it for ended, so it is rolled back by hand.
    """
    connection.begin()
    raw = raw_connection(connection)
    if raw.in_transaction:
        raw.execute("ROLLBACK")
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    except BaseException:
        with contextlib.suppress(sqlite3.ProgrammingError):  # an interrupt makes SQLAlchemy close the connection
            raw.rollback()
        raise


def set_journal_mode(connection: sa.Connection, mode: str, busy_timeout: float) -> None:
    """Switch the file to *mode*; a file that cannot be written keeps its own.

    Raises:
        sqlite3.OperationalError: busy, as another connection is open; SQLite switches only when it is alone.
    """
    raw = raw_connection(connection)
    if pragma(raw, "journal_mode") in (mode, "memory"):
        return
    until = time.monotonic() + busy_timeout
    while True:
        try:
            raw.execute(f"PRAGMA journal_mode={mode}").fetchone()
            return
        except sqlite3.OperationalError as error:
            if primary_code(error) in _KEEPS_ITS_OWN or error.sqlite_errorcode == sqlite3.SQLITE_IOERR_LOCK:
                return
            if primary_code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def primary_code(error: BaseException | None) -> int:
    """Return SQLite's primary result code of an error, 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


_MEANING: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreLocked,
        "is locked by another connection for longer than the busy timeout; nothing was written.",
        "Try again, or find the program that keeps a transaction open.",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreReadOnly,
        "can be read but not written.",
        "Give this user the right to write to the file and its folder, or open another file.",
    ),
    sqlite3.SQLITE_FULL: (
        StoreFull,
        "has no room left; nothing was written.",
        "Free some room on the disk (or raise max_page_count) and try again.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreCorrupt,
        "is damaged.",
        "Restore it from a backup; `sqlite3 FILE .recover` saves what can still be read.",
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreUnusable,
        "is no SQLite database, or an encrypted one.",
        "Name another file; this one was left as it is.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreUnusable,
        "cannot be opened.",
        "Check that the path is right and that this user may read and write the file and its folder.",
    ),
}
_MEANING[sqlite3.SQLITE_LOCKED] = _MEANING[sqlite3.SQLITE_BUSY]


def translate(error: BaseException | None, store: str) -> StoreError:
    """Return the `StoreError` that says what a sqlite3 error means."""
    extended = int(getattr(error, "sqlite_errorcode", None) or 0)
    if extended in EXTENDED:
        kind, problem, remedy = EXTENDED[extended]
        return kind(store=store, problem=problem, remedy=remedy)
    if error is not None and primary_code(error) == sqlite3.SQLITE_IOERR:
        return disk_failed(error, store)
    if primary_code(error) in _MEANING:
        kind, problem, remedy = _MEANING[primary_code(error)]
        return kind(store=store, problem=problem, remedy=remedy)
    text = str(error)
    if (
        isinstance(error, UnicodeDecodeError)
        or "decode to UTF-8" in text
        or "no such table: ltcflow_" in text
        or "no such column" in text
    ):
        _, _, remedy = _MEANING[sqlite3.SQLITE_CORRUPT]
        return StoreCorrupt(store=store, problem=f"is damaged ({text}).", remedy=remedy)
    return StoreError(store=store, problem=f"failed: {text}.", remedy="Look at the database's message.")


class Sqlite:
    """The ways of SQLite: one writer at a time, who holds the file's write lock from the start."""

    name = "sqlite"
    alone = True
    one_writer = True
    driver_error: type[Exception] = sqlite3.Error

    def place(self, url: sa.URL) -> str:
        """Return the file of *url*, or "memory"."""
        return url.database or "memory"

    def check_address(self, url: sa.URL) -> sa.URL:
        """Refuse another driver, a host, a folder, and a file in a folder that is not there."""
        place = url.render_as_string()
        if url.drivername not in ("sqlite", "sqlite+pysqlite"):
            remedy = "Use the driver of the standard library: sqlite:///file.db."
            raise StoreUnusable(store=place, problem="names another driver than sqlite3.", remedy=remedy)
        if url.host:
            remedy = f"Write sqlite:///{url.host} for a file in the current folder."
            raise StoreUnusable(store=place, problem="has two slashes and a name.", remedy=remedy)
        check_place(url, self.place(url))
        return url

    def make_engine(self, url: sa.URL, busy_timeout: float) -> sa.Engine:
        """Return an engine of ours for *url*."""
        return make_engine(url, busy_timeout)

    def check_driver(self, connection: sa.Connection, place: str) -> None:
        """Refuse another driver than that of the standard library."""
        raw_connection(connection)

    def prepare(self, connection: sa.Connection, *, ours: bool) -> None:
        """Make a connection write durably."""
        prepare(connection, ours=ours)

    def settle(self, connection: sa.Connection, busy_timeout: float) -> None:
        """Switch a file of ours to the journal that is safe with the linked library."""
        if not in_memory(connection.engine.url):
            set_journal_mode(connection, journal_mode_for(sqlite3.sqlite_version_info), busy_timeout)

    def transaction(self, connection: sa.Connection, busy_timeout: float) -> contextlib.AbstractContextManager[None]:
        """Hold the write lock from the start of the block; commit at its end."""
        return transaction(connection)

    def join(self, connection: sa.Connection, place: str) -> None:
        """Begin what sqlite3 would begin only later, and then behind a savepoint that would commit by itself."""
        if not connection.in_transaction():
            connection.begin()
        if not raw_connection(connection).in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def lock(self, connection: sa.Connection, project: str) -> None:
        """Nothing to do: a transaction that writes is alone."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Nothing to do: a transaction that writes is alone."""

    def must_mend(self, connection: sa.Connection) -> bool:
        """Return False: a file takes its numbers along."""
        return False

    def mend(self, connection: sa.Connection) -> None:
        """Nothing to do."""

    def positions(self, connection: sa.Connection, project: str, count: int, place: str) -> list[int] | None:
        """Let SQLite count: as one transaction writes at a time, its row numbers are in the order of commits."""
        return None

    def horizon(self, connection: sa.Connection) -> int:
        """Return the highest position there can be: no transaction writes below one that can be seen."""
        return LAST_POSITION

    def outcome(self, connection: sa.Connection, mark: int) -> bool | None:
        """Return None: there is no connection that could be lost."""
        return None

    def passing(self, error: BaseException | None, *, joined: bool = False) -> bool:
        """Return False: SQLite itself waits for as long as the busy timeout says."""
        return False

    def translate(self, error: BaseException | None, store: str, *, lost: bool = False) -> StoreError:
        """Return the `StoreError` that says what an error of sqlite3 means."""
        return translate(error, store)

    def describe(
        self, connection: sa.Connection, place: str, busy_timeout: float, *, ours: bool, joined: bool
    ) -> Description:
        """Say which library writes in which journal mode, how safely and why."""
        raw = raw_connection(connection)
        journal = str(pragma(raw, "journal_mode"))
        level = int(pragma(raw, "synchronous"))
        why, why_zh = why_journal_mode(journal, ours=ours)
        on_disk = journal in ("delete", "truncate", "persist", "wal")
        return Description(
            kind="sqlite",
            location=place,
            library=f"SQLite {sqlite3.sqlite_version}",
            journal_mode=journal,
            synchronous=SYNCHRONOUS[level] if on_disk else "",
            busy_timeout=int(pragma(raw, "busy_timeout")) / 1000,
            durable=on_disk and level >= FULL,
            why=why,
            why_zh=why_zh,
        )
