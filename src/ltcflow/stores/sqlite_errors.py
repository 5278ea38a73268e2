"""What those errors of SQLite mean whose extended code says more than their first byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from ltcflow.stores.errors import DiskFailed, StoreError, StoreMoved, WriteUnfinished

_UNFINISHED = (
    WriteUnfinished,
    "holds half of a write that was cut short, and this user may not undo it.",
    "Give this user the right to write to the file and its folder, and open it again; "
    "leave the -journal or -wal file where it is.",
)
EXTENDED: Mapping[int, tuple[type[StoreError], str, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_READONLY_ROLLBACK: _UNFINISHED,
        sqlite3.SQLITE_READONLY_RECOVERY: _UNFINISHED,
        sqlite3.SQLITE_READONLY_CANTINIT: _UNFINISHED,
        sqlite3.SQLITE_IOERR_DELETE: _UNFINISHED,
        sqlite3.SQLITE_READONLY_DBMOVED: (
            StoreMoved,
            "was moved, deleted or replaced while it was open; nothing was written.",
            "Open it again by its present name, and stop every program on it before the file is exchanged.",
        ),
    }
)
"""Kind, problem and remedy by extended result code."""
DISK = "Check the disk, its quota and the limits of this user, then repeat what was not done; 'ltcflow doctor' helps."


def disk_failed(error: BaseException, store: str) -> DiskFailed:
    """Return the error that SQLite could not read or write."""
    name = getattr(error, "sqlite_errorname", None) or "SQLITE_IOERR"
    return DiskFailed(store=store, problem=f"failed to read or write ({name}); a write was undone.", remedy=DISK)
