"""What can go wrong between a store and its file or server, each with the place and a remedy.

A stale writer (`StaleProject`) is no fault of the store: read again, decide again, append again.
"""

from __future__ import annotations

from ltcflow.errors import LtcflowError


class StaleProject(LtcflowError):
    """Somebody else appended first; nothing was written. Attributes: project, expected, found (lengths of the log)."""

    code = "LTC600"
    project: str
    expected: int
    found: int

    def __init__(self, *, project: str, expected: int, found: int) -> None:
        super().__init__(
            f"the log of project {project!r} holds {found} records, not {expected}: nothing was written. "
            "Read it again, decide again and append again.",
            project=project,
            expected=expected,
            found=found,
        )


class StoreError(LtcflowError):
    """A store cannot do what it was asked. Attributes: store (where it is), problem, remedy.

    Example:
        >>> print(StoreError(store="sales.db", problem="is a folder.", remedy="Name a file."))
        LTC601: sales.db: is a folder. Name a file.
    """

    code = "LTC601"
    store: str
    problem: str
    remedy: str

    def __init__(self, *, store: str, problem: str, remedy: str) -> None:
        super().__init__(f"{store}: {problem} {remedy}", store=store, problem=problem, remedy=remedy)


class StoreClosed(StoreError):
    """The store was closed before this call."""

    code = "LTC602"


class StoreLocked(StoreError):
    """Another connection kept the store locked longer than the busy timeout; nothing was written."""

    code = "LTC603"


class StoreReadOnly(StoreError):
    """The store can be read but not written."""

    code = "LTC604"


class StoreFull(StoreError):
    """There is no room left for the records; nothing was written."""

    code = "LTC605"


class StoreCorrupt(StoreError):
    """The file or its tables are damaged."""

    code = "LTC606"


class StoreUnusable(StoreError):
    """The place cannot be opened as a store: a folder, no SQLite file, another application's or a newer database."""

    code = "LTC607"


class DefinitionConflict(StoreError):
    """Another text is already stored under this hash."""

    code = "LTC608"


class RecordUnreadable(StoreCorrupt):
    """A stored record has a column that no store writes. Attributes: store, project, number, field."""

    code = "LTC609"
    project: str
    number: str
    field: str

    def __init__(self, *, store: str, project: str, number: str, field: str) -> None:
        self.problem = f"record {number} of project {project!r} has a {field!r} that no store wrote."
        self.remedy = "Restore the file from a backup and compare."
        LtcflowError.__init__(
            self,
            f"{store}: {self.problem} {self.remedy}",
            store=store,
            project=project,
            number=number,
            field=field,
        )


class StoreUnreachable(StoreError):
    """The server cannot be reached, or the connection to it was lost; nothing was written."""

    code = "LTC619"


class CommitInDoubt(StoreError):
    """The connection was lost during a commit, and the server cannot be asked whether it took place.

    Attributes: store, project, number and hash of the last record: it is in the log if and only if it was written.
    """

    code = "LTC620"
    project: str
    number: int
    hash: str

    def __init__(self, *, store: str, project: str, number: int, hash: str) -> None:
        self.problem = f"the connection was lost while record {number} of project {project!r} was committed."
        self.remedy = (
            "Once the server answers, look at the log: the record is there if and only if it was written. "
            "The same again, in the same program, never writes it twice."
        )
        LtcflowError.__init__(
            self,
            f"{store}: {self.problem} {self.remedy}",
            store=store,
            project=project,
            number=number,
            hash=hash,
        )


class DiskFailed(StoreError):
    """The disk, or what stands for it, failed to read or write; a write was undone. Attributes as for `StoreError`."""

    code = "LTC630"


class WriteUnfinished(StoreError):
    """Somebody was stopped in the middle of a write, and this user may not undo it. Attributes as for `StoreError`."""

    code = "LTC631"


class StoreMoved(StoreError):
    """The file was moved, deleted or replaced while the store was open; nothing was written."""

    code = "LTC632"


def closed(store: str) -> StoreClosed:
    """Return the error of a call after `close`."""
    return StoreClosed(store=store, problem="is closed.", remedy="Open it again; use it inside its 'with' block.")


def definition_conflict(store: str, hash: str) -> DefinitionConflict:
    """Return the error of a second text under one hash."""
    problem = f"keeps another text under the definition hash {hash[:80]!r}."
    return DefinitionConflict(store=store, problem=problem, remedy="Compute the hash from the text that is saved.")


def wrong_end(store: str, project: str, found: int, noted: int) -> StoreCorrupt:
    """Return the error that the log of *project* does not end with the record that the store noted as its last."""
    ends = f"ends with record {found}" if found else "is gone"
    wrote = (
        f"wrote record {noted} last" if noted > 0 and noted != found else "noted another head, or none that is whole"
    )
    return StoreCorrupt(
        store=store,
        problem=f"the log of project {project!r} {ends}, but the store {wrote}.",
        remedy="Nothing is written to such a log. Run 'ltcflow verify' and restore the file from a backup.",
    )
