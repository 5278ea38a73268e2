"""A store in a SQL database: SQLite now, in a file or in memory. Imported only when one is opened."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ltcflow.errors import UnknownName
from ltcflow.stores import queries, schema, sqlite
from ltcflow.stores.base import Description
from ltcflow.stores.canonical import check_count, check_project, check_text
from ltcflow.stores.errors import (
    RecordUnreadable,
    StaleProject,
    StoreError,
    StoreLocked,
    StoreReadOnly,
    StoreUnusable,
    closed,
    definition_conflict,
    wrong_end,
)
from ltcflow.stores.records import START, Draft, Head, Record, chain, stamp, unstamp

BUSY_TIMEOUT = 5.0


class SqlStore:
    """An `EventStore` in an SQLite database.

    Every write takes the write lock first (``BEGIN IMMEDIATE``) and is on the disk when it returns
    (``synchronous=FULL``). May be used from several threads, and after a fork, unless it is in memory.

    Args:
        engine: an application's own engine; the tables ``ltcflow_*`` are made beside the application's, its journal
            mode is left alone, and `close` does not dispose of it.
        busy_timeout: seconds that a thread waits for another thread of this store to finish its write.

    Example:
        >>> from datetime import UTC, datetime
        >>> store = SqlStore.open("sqlite://")
        >>> draft = Draft(kind="ProjectStarted", at=datetime(2026, 3, 2, tzinfo=UTC), by="li.wei", data="{}")
        >>> [r.number for r in store.append("acme-5g", [draft, draft], expected=0)]
        [1, 2]
        >>> store.close()
    """

    _closed: bool
    _lost: bool

    def __init__(self, engine: sa.Engine, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._start(engine, busy_timeout, ours=False)

    @classmethod
    def open(cls, url: str | sa.URL, *, busy_timeout: float = BUSY_TIMEOUT) -> SqlStore:
        """Open the store at *url*, and make it where there is none.

        Args:
            url: ``sqlite:///sales.db`` (three slashes and a relative path, four and an absolute one) or ``sqlite://``
                for memory.
            busy_timeout: seconds to wait for another writer.
        Raises:
            StoreUnusable: a folder, no SQLite file, another application's database, one of a later ltcflow.
            StoreLocked, StoreReadOnly, StoreFull, StoreCorrupt: as for every call.
        """
        address = _address(url)
        store = cls.__new__(cls)
        place = _place(address)
        sqlite.check_place(address, place)
        with sqlite.translated(place):
            engine = sqlite.make_engine(address, busy_timeout)
        try:
            store._start(engine, busy_timeout, ours=True)
        except BaseException:
            engine.dispose()
            raise
        return store

    def read(self, project: str, after: int = 0) -> tuple[Record, ...]:
        """Return the records of *project* above *after*, by number."""
        check_project(project)
        check_count(after, "after")
        with self._connection() as connection:
            rows = connection.execute(queries.READ, {"name": project, "after": after}).all()
        return tuple(_record(self._place, *row) for row in rows)

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        """Append all of *drafts*, or none when the log does not hold *expected* records."""
        check_project(project)
        drafts = tuple(drafts)
        with self._writing() as connection:
            number, last = self._head(connection, project)
            if number != expected:
                raise StaleProject(project=project, expected=expected, found=number)
            records = chain(project, (number, last), drafts)
            if records:
                connection.execute(queries.INSERT, [_row(r) for r in records])
                end = records[-1]
                if number:
                    connection.execute(queries.NOTE, {"name": project, "last": end.number, "own": end.hash})
                else:
                    connection.execute(queries.NOTE_FIRST, {"project": project, "number": end.number, "hash": end.hash})
        return records

    def head(self, project: str) -> Head:
        """Return number and hash of the last record."""
        check_project(project)
        with self._connection() as connection:
            return self._head(connection, project)

    def heads(self, project: str | None = None) -> dict[str, Head]:
        """Return the heads noted with the records, of *project* or of all."""
        if project is not None:
            check_project(project)
        table = schema.heads if self._notes_heads else schema.events
        wanted = (
            sa.select(queries.HEADS.project, queries.HEADS.number, queries.HEADS.hash)
            if self._notes_heads
            else schema.ends()
        )
        if project is not None:
            wanted = wanted.where(table.c.project == project)
        with self._connection() as connection:
            rows = connection.execute(wanted).all()
        return {str(name): _noted(number, hash) for name, number, hash in rows}

    def length(self, project: str) -> int:
        """Return how many records the log of *project* holds."""
        return self.head(project)[0]

    def projects(self) -> tuple[str, ...]:
        """Return every project that has a record, sorted."""
        with self._connection() as connection:
            return tuple(sorted(str(name) for name in connection.execute(queries.PROJECTS).scalars()))

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        """Return up to *limit* records of all projects in commit order, with their positions."""
        check_count(after, "after")
        check_count(limit, "limit", 1)
        with self._connection() as connection:
            rows = connection.execute(queries.FEED, {"after": after, "most": limit}).all()
        return tuple((row[0], _record(self._place, *row[1:])) for row in rows)

    def save_definition(self, hash: str, text: str) -> None:
        """Keep *text* under *hash*, once."""
        check_text(hash, "hash", empty=False, longest=200)
        check_text(text, "text")
        with self._connection() as connection:
            found = connection.execute(queries.DEFINITION, {"key": hash}).scalar()
        if found is None:
            with self._writing() as connection:
                found = connection.execute(queries.DEFINITION, {"key": hash}).scalar()
                if found is None:
                    connection.execute(schema.definitions.insert().values(hash=hash, text=text))
        if found is not None and found != text:
            raise definition_conflict(self._place, hash)

    def definition(self, hash: str) -> str:
        """Return the text kept under *hash*."""
        check_text(hash, "hash", empty=False, longest=200)
        with self._connection() as connection:
            found = connection.execute(queries.DEFINITION, {"key": hash}).scalar()
        if found is None:
            raise UnknownName(kind="definition", value=hash, known=())
        return str(found)

    def describe(self) -> Description:
        """Say which library writes where, in which journal mode, how safely and why."""
        with self._connection() as connection:
            raw = sqlite.raw_connection(connection)
            journal = str(sqlite.pragma(raw, "journal_mode"))
            level = int(sqlite.pragma(raw, "synchronous"))
            wait = int(sqlite.pragma(raw, "busy_timeout")) / 1000
        why, why_zh = sqlite.why_journal_mode(journal, ours=self._ours)
        on_disk = journal in ("delete", "truncate", "persist", "wal")
        return Description(
            kind="sqlite",
            location=self._place,
            library=f"SQLite {sqlite3.sqlite_version}",
            journal_mode=journal,
            synchronous=sqlite.SYNCHRONOUS[level] if on_disk else "",
            busy_timeout=wait,
            durable=on_disk and level >= sqlite.FULL,
            why=why,
            why_zh=why_zh,
        )

    def close(self) -> None:
        """Wait for the write under way, then give back the connections."""
        with self._lock:
            if not self._closed:
                self._closed = True
                if self._ours and not self._lost:
                    self._engine.dispose()

    def _start(self, engine: sa.Engine, busy_timeout: float, *, ours: bool) -> None:
        self._lock = threading.RLock()
        self._engine = engine
        self._ours = ours
        self._busy_timeout = busy_timeout
        self._place = _place(engine.url)
        self._closed = self._lost = False
        self._notes_heads = True
        self._left_behind: list[sa.Pool] = []
        self._one_connection = isinstance(engine.pool, sa.StaticPool)
        if not ours:
            _check_engine(engine, self._place)
        self._make_ready()
        _open_stores.add(self)

    def _make_ready(self) -> None:
        """Make the tables where there are none, and settle the journal mode of a file of ours."""
        ours, engine = self._ours, self._engine
        with self._connection() as connection:
            version = schema.found_version(connection, self._place, alone=ours)
            if ours and not sqlite.in_memory(engine.url):
                connection.rollback()
                mode = sqlite.journal_mode_for(sqlite3.sqlite_version_info)
                sqlite.set_journal_mode(connection, mode, self._busy_timeout)
        if version < schema.VERSION:
            try:
                self._make_tables()
            except StoreReadOnly:
                if not version:
                    raise
                self._notes_heads = False  # an older file that can only be read is read as it is

    def _make_tables(self) -> None:
        """Make the tables, or bring older ones up to date, unless another has done so in between."""
        with self._writing() as connection:
            version = schema.found_version(connection, self._place, alone=self._ours)
            if not version:
                schema.create_schema(connection)
            elif version < schema.VERSION:
                schema.upgrade_schema(connection)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        """Lend a connection; whatever is not committed when the block ends is rolled back."""
        with contextlib.ExitStack() as stack:
            if self._one_connection:
                stack.enter_context(self._turn())
            self._check_open()
            stack.enter_context(sqlite.translated(self._place))
            connection = stack.enter_context(self._engine.connect())
            sqlite.prepare(connection, ours=self._ours)
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """Lend a connection that holds the write lock; all is committed when the block ends well, else nothing."""
        with self._turn(), self._connection() as connection, sqlite.transaction(connection):
            yield connection

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Let the threads of this process write one after the other, in their own queue instead of SQLite's."""
        if not self._lock.acquire(timeout=self._busy_timeout):
            problem = "is busy with the writes of other threads for longer than the busy timeout; nothing was written."
            raise StoreLocked(store=self._place, problem=problem, remedy="Try again, or raise the busy timeout.")
        try:
            yield
        finally:
            self._lock.release()

    def _check_open(self) -> None:
        if self._closed:
            raise closed(self._place)
        if self._lost:
            problem = "lived in the memory of the parent process and is not shared with this one."
            raise StoreError(store=self._place, problem=problem, remedy="Use a file: sqlite:///sales.db.")

    def _head(self, connection: sa.Connection, project: str) -> Head:
        rows = connection.execute(queries.BOTH if self._notes_heads else queries.ONE, {"name": project}).all()
        found, noted = START, None
        for which, number, own in rows:
            if which == 1:
                found = number, own
            else:
                noted = _noted(number, own)
        if type(found[0]) is not int or type(found[1]) is not str:
            raise RecordUnreadable(store=self._place, project=project, number=str(found[0]), field="number or hash")
        if self._notes_heads and found != (START if noted is None else noted):
            raise wrong_end(self._place, project, found[0], 0 if noted is None else noted[0])
        return found

    def _after_fork(self) -> None:
        """Leave the parent's connections untouched, also by garbage collection, and open new ones on demand."""
        self._lock = threading.RLock()
        self._left_behind.append(self._engine.pool)
        if self._one_connection:
            self._lost = True
        elif self._ours:
            self._engine.dispose(close=False)


_SQLITE_ONLY = "Use sqlite:///file.db; PostgreSQL comes with a later version of ltcflow."
_open_stores: weakref.WeakSet[SqlStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in tuple(_open_stores):
        store._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _address(url: str | sa.URL) -> sa.URL:
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        remedy = "Write sqlite:///sales.db, sqlite:// or memory:."
        raise StoreUnusable(store=repr(url)[:200], problem="is no address of a store.", remedy=remedy) from error
    place = address.render_as_string()
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreUnusable(store=place, problem="is no SQLite database.", remedy=_SQLITE_ONLY)
    if address.host:
        remedy = f"Write sqlite:///{address.host} for a file in the current folder."
        raise StoreUnusable(store=place, problem="has two slashes and a name.", remedy=remedy)
    return address


def _check_engine(engine: sa.Engine, place: str) -> None:
    """Refuse an engine on which a store would lose the application's own work, or its records."""
    if engine.dialect.name != "sqlite":
        raise StoreUnusable(store=place, problem="is no SQLite database.", remedy=_SQLITE_ONLY)
    if isinstance(engine.pool, (sa.StaticPool, sa.SingletonThreadPool)):
        problem = "is an engine that shares one connection, so a write of the store could undo the application's own."
        remedy = "Pass an engine on a file, or use SqlStore.open('sqlite://')."
        raise StoreUnusable(store=place, problem=problem, remedy=remedy)


def _place(address: sa.URL) -> str:
    return address.database or "memory" if address.get_backend_name() == "sqlite" else address.render_as_string()


def _noted(number: Any, own: Any) -> Head:
    """Return a head as the table of heads has it; one that no store wrote as ``(0, "")``."""
    return (number, own) if type(number) is int and number > 0 and type(own) is str else (0, "")


def _row(r: Record) -> dict[str, Any]:
    return {
        "project": r.project,
        "number": r.number,
        "kind": r.kind,
        "at": stamp(r.at),
        "by": r.by,
        "data": r.data,
        "previous": r.previous,
        "hash": r.hash,
    }


def _record(place: str, *row: Any) -> Record:
    project, number, kind, at, by, data, previous, own = row
    for column, value in zip(queries.RECORD, row, strict=True):
        if type(value) is not (int if column is queries.EVENTS.number else str):
            raise RecordUnreadable(store=place, project=str(project), number=str(number), field=column.name)
    try:
        instant = unstamp(at)
    except ValueError as error:
        raise RecordUnreadable(store=place, project=project, number=str(number), field="at") from error
    return Record(project=project, number=number, kind=kind, at=instant, by=by, data=data, previous=previous, hash=own)
