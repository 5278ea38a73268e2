"""Which database an address or an engine means. Imported only when a SQL store is opened."""

from __future__ import annotations

import sqlalchemy as sa

from ltcflow.stores.dialect import Dialect
from ltcflow.stores.errors import StoreUnusable
from ltcflow.stores.sqlite import Sqlite

KNOWN = "Use sqlite:///file.db or postgresql://user@host/database."


def dialect_named(name: str, place: str) -> Dialect:
    """Return the ways of the database that SQLAlchemy calls *name*; StoreUnusable for another one."""
    if name == "sqlite":
        return Sqlite()
    if name not in ("postgresql", "postgres"):
        raise StoreUnusable(store=place, problem="is no SQLite or PostgreSQL database.", remedy=KNOWN)
    try:
        from ltcflow.stores.postgres import Postgres
    except ImportError as error:  # psycopg is not there, or it finds no libpq
        if not str(getattr(error, "name", "") or "psycopg").startswith("psycopg"):
            raise
        problem = "is a PostgreSQL database, which needs psycopg."
        remedy = 'Install it: pip install "ltcflow[postgres]".'
        raise StoreUnusable(store=place, problem=problem, remedy=remedy) from error
    return Postgres()


def address_of(url: str | sa.URL) -> tuple[Dialect, sa.URL]:
    """Return the database that *url* names, and the address to open it by.

    Raises:
        StoreUnusable: *url* is no address, or one of no database that can be a store.
    """
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        remedy = "Write sqlite:///sales.db, sqlite:// or memory:."
        raise StoreUnusable(store=repr(url)[:200], problem="is no address of a store.", remedy=remedy) from error
    dialect = dialect_named(address.get_backend_name(), address.render_as_string())
    return dialect, dialect.check_address(address)


def dialect_of(engine: sa.Engine) -> Dialect:
    """Return the database of an application's engine."""
    return dialect_named(engine.dialect.name, engine.url.render_as_string())


def check_pool(engine: sa.Engine, place: str) -> None:
    """Refuse an engine on which a store would lose the application's own work, or its records."""
    if isinstance(engine.pool, (sa.StaticPool, sa.SingletonThreadPool)):
        problem = "is an engine that shares one connection, so a write of the store could undo the application's own."
        remedy = "Pass an engine on a file or server, its connection to SqlStore.on, or use SqlStore.open('sqlite://')."
        raise StoreUnusable(store=place, problem=problem, remedy=remedy)
