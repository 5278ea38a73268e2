"""What every event store can do. Stores keep records; what a record means is the core's affair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs

from ltcflow.stores.errors import (
    CommitInDoubt,
    DefinitionConflict,
    DiskFailed,
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
from ltcflow.stores.records import Draft, Head, Record

__all__ = [
    "CommitInDoubt",
    "DefinitionConflict",
    "Description",
    "DiskFailed",
    "EventStore",
    "RecordUnreadable",
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
]


@attrs.frozen(kw_only=True)
class Description:
    """What a store is and how safely it writes, for ``ltcflow doctor``.

    Attributes:
        kind: "memory", "sqlite" or "postgresql".
        location: file, "memory", or the server's address without a password.
        library: the database library and its version, "" for memory.
        journal_mode: SQLite's own word: "delete", "wal", "memory"; "" where there is none.
        synchronous: SQLite's "off", "normal", "full", "extra", PostgreSQL's synchronous_commit; "" where nothing is
            written to a disk.
        busy_timeout: how long a writer waits for another one, in seconds.
        tables: version of the store's tables; 0 where there are none.
        durable: whether an acknowledged append survives a kill and a power cut.
        why, why_zh: the reason for the journal mode or for `durable`, one sentence.
    """

    kind: str
    location: str
    library: str = ""
    journal_mode: str = ""
    synchronous: str = ""
    busy_timeout: float = 0.0
    tables: int = 0
    durable: bool = False
    why: str = ""
    why_zh: str = ""


class EventStore(Protocol):
    """Logs of records, one per project, and definitions under their content hash.

    Every method may be called from several threads. After `close` every other method raises `StoreClosed`; any
    method raises a `StoreError` when the file or server fails, and `InvalidValue` for a name no store can keep.
    """

    def read(self, project: str, after: int = 0) -> tuple[Record, ...]:
        """Return the records of *project* whose number is above *after*, by number; () for an unknown project.

        Cost: O(records returned).
        """
        ...

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        """Append all of *drafts* to the log of *project*, or none; when this returns, they are kept.

        Args:
            expected: how many records the caller believes the log holds.
        Returns:
            The new records.
        Raises:
            StaleProject: the log holds another number of records; nothing was written.
            StoreCorrupt: the log does not end where the store ended it; nothing was written.
        Cost: O(size of the drafts), whatever the length of the log.
        """
        ...

    def head(self, project: str) -> Head:
        """Return number and hash of the last record, ``(0, "000...")`` for an unknown project. Cost: O(1).

        Raises:
            StoreCorrupt: the log does not end with the record that the store noted as its last (see `heads`).
        """
        ...

    def heads(self, project: str | None = None) -> dict[str, Head]:
        """Return the heads noted together with the records, of *project* or of all, also where no record is left.

        A head that no store wrote is ``(0, "")``. `ltcflow.stores.verify` compares them with the logs.
        """
        ...

    def length(self, project: str) -> int:
        """Return how many records the log of *project* holds. Cost: O(1)."""
        ...

    def projects(self) -> tuple[str, ...]:
        """Return every project that has a record, sorted by code point."""
        ...

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        """Return up to *limit* records of all projects in commit order, each with its position above *after*.

        Hand the last position back in as *after* to go on. Positions only grow, have gaps, and mean nothing else. What
        is committed later never appears below a position seen, and the records of a project appear in their order. A
        store may show a record a moment after its `append` returned.
        """
        ...

    def save_definition(self, hash: str, text: str) -> None:
        """Keep *text* under its content *hash*; the same text again changes nothing.

        Raises:
            DefinitionConflict: another text is kept under this hash.
        """
        ...

    def definition(self, hash: str) -> str:
        """Return the text kept under *hash*.

        Raises:
            UnknownName: there is none.
        """
        ...

    def describe(self) -> Description:
        """Say what this store is and how safely it writes."""
        ...

    def close(self) -> None:
        """Give back what the store holds open; a second time changes nothing."""
        ...
