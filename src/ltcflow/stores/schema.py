"""The tables, in SQLAlchemy Core that SQLite and PostgreSQL read alike. Imported only when a SQL store is opened."""

from __future__ import annotations

import sqlalchemy as sa

from ltcflow.stores.errors import StoreCorrupt, StoreUnusable

VERSION = 1
"""Version of the tables. A later ltcflow adds to them and raises it; it never rewrites records."""

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


def has_schema(connection: sa.Connection, store: str, *, alone: bool) -> bool:
    """Say whether the tables are there already, in a version this ltcflow reads.

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
        return False
    missing = ", ".join(sorted(ours - there))
    if missing:
        remedy = "Restore the file from a backup, or name another file."
        raise StoreCorrupt(store=store, problem=f"lacks the tables {missing}.", remedy=remedy)
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == "schema")).scalar()
    if found != str(VERSION):
        raise _wrong_version(store, found)
    return True


def create_schema(connection: sa.Connection) -> None:
    """Make the tables; the caller holds the write transaction."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(meta.insert().values(name="schema", value=str(VERSION)))


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
