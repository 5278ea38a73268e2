"""The tables, in SQLAlchemy Core that SQLite and PostgreSQL read alike. Imported only when a SQL store is opened."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from ltcflow.stores.errors import StoreCorrupt, StoreUnusable

metadata = sa.MetaData()
_position = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER

meta = sa.Table(
    "ltcflow_meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

events = sa.Table(
    "ltcflow_events",
    metadata,
    sa.Column("position", _position, primary_key=True, autoincrement=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("number", _position, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("project", "number", name="ltcflow_events_project_number"),
    sqlite_autoincrement=True,  # a position is never used twice, so a reader of the feed misses nothing
)

definitions = sa.Table(
    "ltcflow_definitions",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

heads = sa.Table(
    "ltcflow_heads",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("number", _position, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)


# PostgreSQL would count in the order of inserts: the store says the position by itself (see `postgres`).
sa.event.listen(
    events,
    "after_create",
    sa.DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
        "ALTER TABLE %(fullname)s ALTER COLUMN position DROP DEFAULT"
    ).execute_if(dialect="postgresql"),
)


def found_version(connection: sa.Connection, store: str, *, alone: bool) -> int:
    """Return the version of the tables that are there, which this ltcflow reads; 0 when there are none.

    Args:
        alone: whether a database that holds only somebody else's tables is refused.
    Raises:
        StoreUnusable: the tables are of a later version, or the database is another application's.
        StoreCorrupt: some of the tables are missing, or the version cannot be read.
    """
    ours = set(metadata.tables)
    there = set(sa.inspect(connection).get_table_names())
    if not ours & there:
        if there and alone:
            raise _anothers(store, there)
        return 0
    _check_tables(ours - {heads.name} - there, store)
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == "schema")).scalar()
    if found not in [str(version) for version in range(1, VERSION + 1)]:
        raise _wrong_version(store, found)
    if found != "1":  # looked up again: another one may have brought them up to date since
        _check_tables(ours - set(sa.inspect(connection).get_table_names()), store)
    return int(found)


def _check_tables(missing: set[str], store: str) -> None:
    if missing:
        remedy = "Restore the file from a backup, or name another file."
        raise StoreCorrupt(store=store, problem=f"lacks the tables {', '.join(sorted(missing))}.", remedy=remedy)


def bring_up_to_date(connection: sa.Connection, found: int) -> None:
    """Make the tables where *found* is 0, else take every step from version *found* on.

    The caller holds the write transaction, and the lock on the tables: all steps are taken, or none.
    """
    if not found:
        metadata.create_all(connection, checkfirst=False)
        connection.execute(meta.insert().values(name="schema", value=str(VERSION)))
        return
    for step in STEPS[found - 1 :]:
        step(connection)
    connection.execute(meta.update().where(meta.c.name == "schema").values(value=str(VERSION)))


def _note_heads(connection: sa.Connection) -> None:
    """From version 1 to 2: note a head for every log."""
    heads.create(connection, checkfirst=True)
    connection.execute(heads.delete())
    connection.execute(heads.insert().from_select(["project", "number", "hash"], ends()))


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_note_heads,)
"""One step from each version of the tables to the next; there is no way back. A step adds, and never rewrites records.

1: meta, events, definitions. 2: heads as well.
"""
VERSION = len(STEPS) + 1
"""Version of the tables that this ltcflow writes."""


def ends() -> sa.Select[tuple[str, int, str]]:
    """Return the query for project, number and hash of the last record of every log."""
    c = events.c
    last = sa.select(c.project, sa.func.max(c.number).label("number")).group_by(c.project).subquery()
    same = (c.project == last.c.project) & (c.number == last.c.number)
    return sa.select(c.project, c.number, c.hash).join(last, same)


def _anothers(store: str, there: set[str]) -> StoreUnusable:
    shown = ", ".join(sorted(there)[:5]) + (", ..." if len(there) > 5 else "")
    return StoreUnusable(
        store=store,
        problem=f"is the database of another application (tables: {shown}); it was left as it is.",
        remedy="Name another file, or pass your own engine to SqlStore(engine) to keep both together.",
    )


def _wrong_version(store: str, found: object) -> StoreCorrupt | StoreUnusable:
    if isinstance(found, str) and found.isdecimal() and int(found[:9]) > VERSION:
        problem = f"was written by a later ltcflow (tables of version {found[:9]}, this one reads {VERSION})."
        return StoreUnusable(store=store, problem=problem, remedy="Upgrade ltcflow.")
    problem = f"names no version of its tables that ltcflow knows ({found!r})."
    return StoreCorrupt(store=store, problem=problem, remedy="Restore the file from a backup.")
