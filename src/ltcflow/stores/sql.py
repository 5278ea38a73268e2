"""A store in a SQL database: SQLite, in a file or in memory, or PostgreSQL. Imported only when one is opened.

What differs between the two is in `sqlite` and `postgres`; how connections are lent, in `access`.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from typing import Any, TypeVar

import attrs
import sqlalchemy as sa

from ltcflow.errors import UnknownName
from ltcflow.stores import queries, schema
from ltcflow.stores.access import Access, Work
from ltcflow.stores.base import Description
from ltcflow.stores.canonical import check_count, check_project, check_text
from ltcflow.stores.dialect import InDoubt, translated
from ltcflow.stores.dialects import address_of, check_pool, dialect_of
from ltcflow.stores.errors import (
    CommitInDoubt,
    RecordUnreadable,
    StaleProject,
    StoreReadOnly,
    definition_conflict,
    wrong_end,
)
from ltcflow.stores.records import START, Draft, Head, Record, chain
from ltcflow.stores.rows import noted_head, record_of, row_of

BUSY_TIMEOUT = 5.0
T = TypeVar("T")


class SqlStore:
    """An `EventStore` in an SQLite or PostgreSQL database.

    What was appended is on the disk when `append` returns. On SQLite every write takes the write lock first
    (``BEGIN IMMEDIATE``, ``synchronous=FULL``); on PostgreSQL projects are written side by side, each under a lock of
    its own. May be used from several threads, and after a fork, unless it is in memory.

    Args:
        engine: an application's own engine; the tables ``ltcflow_*`` are made beside the application's, its journal
            mode is left alone, and `close` does not dispose of it.
        busy_timeout: seconds that a write waits for another one.

    Example:
        >>> from datetime import UTC, datetime
        >>> store = SqlStore.open("sqlite://")
        >>> draft = Draft(kind="ProjectStarted", at=datetime(2026, 3, 2, tzinfo=UTC), by="li.wei", data="{}")
        >>> [r.number for r in store.append("acme-5g", [draft, draft], expected=0)]
        [1, 2]
        >>> store.close()
    """

    def __init__(self, engine: sa.Engine, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        access = Access(dialect_of(engine), engine, busy_timeout=busy_timeout)
        check_pool(engine, access.place)
        self._start(access)

    @classmethod
    def open(cls, url: str | sa.URL, *, busy_timeout: float = BUSY_TIMEOUT) -> SqlStore:
        """Open the store at *url*, and make it where there is none.

        Args:
            url: ``sqlite:///sales.db`` (three slashes and a relative path, four and an absolute one), ``sqlite://``
                for memory, or ``postgresql://user@host/database``.
            busy_timeout: seconds to wait for another writer.
        Raises:
            StoreUnusable: a folder, no SQLite file, another application's file, a database of a later ltcflow.
            StoreUnreachable: no server answers there.
            StoreLocked, StoreReadOnly, StoreFull, StoreCorrupt: as for every call.
        """
        dialect, address = address_of(url)
        with translated(dialect, dialect.place(address)):
            engine = dialect.make_engine(address, busy_timeout)
        store = cls.__new__(cls)
        try:
            store._start(Access(dialect, engine, ours=True, busy_timeout=busy_timeout))
        except BaseException:
            engine.dispose()
            raise
        return store

    @classmethod
    def on(cls, connection: sa.Connection, *, busy_timeout: float = BUSY_TIMEOUT) -> SqlStore:
        """Return a store that writes in the transaction of *connection*, which only the application commits.

        The application's rows and the records are kept together, or not at all: what is appended is gone when the
        application rolls back. A call that fails takes nothing else of the transaction with it. `feed` shows what is
        committed, not what this transaction added. `close` leaves the connection as it is.

        Args:
            connection: one that no other thread uses meanwhile; not in AUTOCOMMIT.
            busy_timeout: seconds that a thread waits for another thread of this store. For other connections the
                database waits as long as the application told it to.
        Raises:
            StoreUnusable: the connection commits every statement by itself, or is of another driver.
            StoreLocked: another transaction is in the way; the application rolls back and repeats its own.

        Example:
            >>> import sqlalchemy as sa
            >>> from datetime import UTC, datetime
            >>> draft = Draft(kind="ProjectStarted", at=datetime(2026, 3, 2, tzinfo=UTC), by="li.wei", data="{}")
            >>> engine = sa.create_engine("sqlite://")
            >>> with engine.connect() as connection:
            ...     store = SqlStore.on(connection)
            ...     _ = store.append("acme-5g", [draft], expected=0)
            ...     connection.rollback()
            ...     store.length("acme-5g")
            0
        """
        store = cls.__new__(cls)
        store._start(
            Access(dialect_of(connection.engine), connection.engine, bound=connection, busy_timeout=busy_timeout)
        )
        return store

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, project: str, after: int = 0) -> tuple[Record, ...]:
        """Return the records of *project* above *after*, by number."""
        check_project(project)
        check_count(after, "after")
        rows = self._read(lambda c: c.execute(queries.READ, {"name": project, "after": after}).all())
        return tuple(record_of(self._place, *row) for row in rows)

    def head(self, project: str) -> Head:
        """Return number and hash of the last record."""
        check_project(project)
        return self._read(lambda connection: self._head(connection, project))

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
        rows = self._read(lambda connection: connection.execute(wanted).all())
        return {str(name): noted_head(number, hash) for name, number, hash in rows}

    def length(self, project: str) -> int:
        """Return how many records the log of *project* holds."""
        return self.head(project)[0]

    def projects(self) -> tuple[str, ...]:
        """Return every project that has a record, sorted."""
        names = self._read(lambda connection: connection.execute(queries.PROJECTS).scalars().all())
        return tuple(sorted(str(name) for name in names))

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        """Return up to *limit* committed records of all projects in commit order, with their positions.

        On PostgreSQL a record appears once every transaction of the server that began to write before it has ended.
        """
        check_count(after, "after")
        check_count(limit, "limit", 1)

        def page(connection: sa.Connection) -> Sequence[Any]:
            top = min(self._access.dialect.horizon(connection), self._settled(connection))
            return connection.execute(queries.FEED, {"after": after, "most": limit, "top": top}).all()

        return tuple((row[0], record_of(self._place, *row[1:])) for row in self._read(page))

    def definition(self, hash: str) -> str:
        """Return the text kept under *hash*."""
        check_text(hash, "hash", empty=False, longest=200)
        found = self._read(lambda connection: connection.execute(queries.DEFINITION, {"key": hash}).scalar())
        if found is None:
            raise UnknownName(kind="definition", value=hash, known=())
        return str(found)

    def describe(self) -> Description:
        """Say which library writes where, in which journal mode, how safely and why."""
        access = self._access

        def work(connection: sa.Connection) -> Description:
            found = access.dialect.describe(
                connection, self._place, access.busy_timeout, ours=access.ours, joined=access.bound is not None
            )
            return attrs.evolve(found, tables=schema.found_version(connection, self._place, alone=False))

        return self._read(work)

    # -- writing ---------------------------------------------------------------------------------------------------

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        """Append all of *drafts*, or none when the log does not hold *expected* records.

        Raises:
            CommitInDoubt: the connection to the server was lost during the commit and the server cannot be asked.
                The same call again returns the records when they were written, and else writes them.
        """
        check_project(project)
        drafts = tuple(drafts)

        def work(connection: sa.Connection) -> tuple[Record, ...]:
            self._access.dialect.lock(connection, project)
            number, last = self._head(connection, project)
            if number != expected:
                return self._written_before(connection, project, drafts, expected, number)
            records = chain(project, (number, last), drafts)
            if records:
                self._insert(connection, project, records)
            return records

        try:
            records = self._write(work)
        except InDoubt as doubt:
            records = doubt.result  # type: ignore[assignment]  # what `work` made
            self._doubts[project] = records
            end = records[-1]
            raise CommitInDoubt(store=self._place, project=project, number=end.number, hash=end.hash) from doubt
        self._doubts.pop(project, None)
        return records

    def _insert(self, connection: sa.Connection, project: str, records: tuple[Record, ...]) -> None:
        rows = [row_of(r) for r in records]
        self._note_floor(connection)
        positions = self._access.dialect.positions(connection, project, len(rows), self._place)
        if positions is not None:
            rows = [{"position": position, **row} for position, row in zip(positions, rows, strict=True)]
        connection.execute(queries.INSERT, rows)
        end = records[-1]
        if records[0].number > 1:
            connection.execute(queries.NOTE, {"name": project, "last": end.number, "own": end.hash})
        else:
            connection.execute(queries.NOTE_FIRST, {"project": project, "number": end.number, "hash": end.hash})

    def _written_before(
        self, connection: sa.Connection, project: str, drafts: tuple[Draft, ...], expected: int, found: int
    ) -> tuple[Record, ...]:
        """Return the records when exactly they were in doubt and are in the log; else the caller is stale."""
        doubted = self._doubts.get(project, ())
        if doubted and doubted[0].number == expected + 1:
            there = connection.execute(queries.READ, {"name": project, "after": expected}).all()
            records = tuple(record_of(self._place, *row) for row in there[: len(doubted)])
            if records == doubted == chain(project, (expected, doubted[0].previous), drafts):
                return records
        raise StaleProject(project=project, expected=expected, found=found)

    def save_definition(self, hash: str, text: str) -> None:
        """Keep *text* under *hash*, once."""
        check_text(hash, "hash", empty=False, longest=200)
        check_text(text, "text")

        def there(connection: sa.Connection) -> object:
            return connection.execute(queries.DEFINITION, {"key": hash}).scalar()

        def work(connection: sa.Connection) -> object:
            found = there(connection)
            if found is None:
                connection.execute(schema.definitions.insert().values(hash=hash, text=text))
            return found

        found = self._read(there)
        if found is None:
            found = self._write(work)
        if found is not None and found != text:
            raise definition_conflict(self._place, hash)

    def close(self) -> None:
        """Wait for the write under way, then give back the connections."""
        self._access.close()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _start(self, access: Access) -> None:
        self._access = access
        self._place = access.place
        self._notes_heads = True
        self._doubts: dict[str, tuple[Record, ...]] = {}
        self._made_in: sa.RootTransaction | None = None
        self._floor: tuple[sa.RootTransaction | None, int] = (None, 0)
        self._make_ready()
        _open_stores.add(self)

    def _make_ready(self) -> None:
        """Make the tables where there are none, bring older ones up to date, and settle a database of ours."""
        access, dialect = self._access, self._access.dialect
        with access.lent() as connection:
            dialect.check_driver(connection, self._place)
            version = schema.found_version(connection, self._place, alone=access.ours and dialect.alone)
            behind = version < schema.VERSION or dialect.must_mend(connection)
            if access.ours:
                connection.rollback()
                dialect.settle(connection, access.busy_timeout)
        if behind:
            try:
                access.write(self._bring_up_to_date)
            except StoreReadOnly:
                if not version:
                    raise
                self._notes_heads = version > 1  # an older file that can only be read is read as it is
            self._made_in = None if access.bound is None else access.bound.get_transaction()

    def _bring_up_to_date(self, connection: sa.Connection) -> None:
        """Do what is missing, unless another has done so in between."""
        dialect = self._access.dialect
        dialect.lock_schema(connection)
        version = schema.found_version(connection, self._place, alone=self._access.ours and dialect.alone)
        if version < schema.VERSION:
            schema.bring_up_to_date(connection, version)
        if dialect.must_mend(connection):
            dialect.mend(connection)

    def _read(self, work: Work[T]) -> T:
        self._look_for_tables()
        return self._access.read(work)

    def _write(self, work: Work[T]) -> T:
        self._look_for_tables()
        return self._access.write(work)

    def _look_for_tables(self) -> None:
        """Look again for tables that were made in an application's transaction which has ended since."""
        bound, made_in = self._access.bound, self._made_in
        if made_in is not None and bound is not None and bound.get_transaction() is not made_in:
            self._made_in = None
            self._make_ready()

    def _note_floor(self, connection: sa.Connection) -> None:
        """Note the last position before an application's transaction first appends."""
        if self._access.bound is not None and self._floor[0] is not connection.get_transaction():
            self._floor = connection.get_transaction(), int(connection.execute(queries.TOP).scalar_one())

    def _settled(self, connection: sa.Connection) -> int:
        """Return the last position that does not depend on whether an application commits."""
        mine, floor = self._floor
        return floor if mine is not None and mine is connection.get_transaction() else 2**63 - 1

    def _head(self, connection: sa.Connection, project: str) -> Head:
        rows = connection.execute(queries.BOTH if self._notes_heads else queries.ONE, {"name": project}).all()
        found, noted = START, None
        for which, number, own in rows:
            if which == 1:
                found = number, own
            else:
                noted = noted_head(number, own)
        if type(found[0]) is not int or type(found[1]) is not str:
            raise RecordUnreadable(store=self._place, project=project, number=str(found[0]), field="number or hash")
        if self._notes_heads and found != (START if noted is None else noted):
            raise wrong_end(self._place, project, found[0], 0 if noted is None else noted[0])
        return found


_open_stores: weakref.WeakSet[SqlStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in tuple(_open_stores):
        store._access.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
