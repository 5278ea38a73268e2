"""Event stores: logs of records, kept in memory or in a SQL database.

`open_store` picks the store by its address. SQLAlchemy is imported only when a SQL store is opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ltcflow.stores.base import (
    CommitInDoubt,
    DefinitionConflict,
    Description,
    DiskFailed,
    EventStore,
    RecordUnreadable,
    StaleProject,
    StoreClosed,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreMoved,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
    WriteUnfinished,
)
from ltcflow.stores.memory import MemoryStore
from ltcflow.stores.records import START, Draft, Head, Record, canonical_json, chain, verify_chain
from ltcflow.stores.verify import verify

if TYPE_CHECKING:
    from ltcflow.stores.sql import SqlStore

__all__ = [
    "START",
    "CommitInDoubt",
    "DefinitionConflict",
    "Description",
    "DiskFailed",
    "Draft",
    "EventStore",
    "Head",
    "MemoryStore",
    "Record",
    "RecordUnreadable",
    "SqlStore",
    "StaleProject",
    "StoreClosed",
    "StoreCorrupt",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreMoved",
    "StoreReadOnly",
    "StoreUnreachable",
    "StoreUnusable",
    "WriteUnfinished",
    "canonical_json",
    "chain",
    "open_store",
    "verify",
    "verify_chain",
]


def open_store(url: str) -> EventStore:
    """Open the store at *url*, and make it where there is none.

    Args:
        url: ``memory:``; ``sqlite:///sales.db``; ``sqlite://`` (SQLite in memory); or the plain path of an SQLite
            file, such as ``sales.db``; ``postgresql://user@host/database``.
    Raises:
        StoreUnusable: nothing can be opened there; the remedy says what to write.
        StoreUnreachable: no server answers there.

    Example:
        >>> store = open_store("memory:")
        >>> store.projects()
        ()
        >>> open_store("mysql://sales@db/ltc")
        Traceback (most recent call last):
            ...
        ltcflow.stores.errors.StoreUnusable: LTC607: mysql://sales@db/ltc: is no SQLite or PostgreSQL database. \
Use sqlite:///file.db or postgresql://user@host/database.
    """
    remedy = "Write memory:, sqlite:///sales.db or the path of a file."
    if not isinstance(url, str) or not url or "\0" in url:
        raise StoreUnusable(store=repr(url)[:200], problem="is no address of a store.", remedy=remedy)
    if url == "memory:":
        return MemoryStore()
    slip = re.match(r"([a-z+]{2,}):/?(?!/)", url)
    if slip:
        if slip[1] == "sqlite":
            remedy = f"Write sqlite:///{url[slip.end() :]}."
        if slip[1].startswith("postgres"):
            remedy = "Write postgresql://user@host/database."
        raise StoreUnusable(store=url[:200], problem="is no address of a store.", remedy=remedy)
    from ltcflow.stores.sql import SqlStore

    if "://" in url:
        return SqlStore.open(url)
    import sqlalchemy

    return SqlStore.open(sqlalchemy.URL.create("sqlite", database=url))


def __getattr__(name: str) -> Any:
    if name == "SqlStore":
        from ltcflow.stores.sql import SqlStore

        return SqlStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
