"""Where a command gets its process and its record from, and what it says when they are not there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ltcflow.errors import InvalidValue, LtcflowError, UnknownName

if TYPE_CHECKING:
    from ltcflow.definition import Reading
    from ltcflow.process import Process
    from ltcflow.workspace import Workspace

_SUFFIXES = (".yaml", ".yml", ".json")


class NoRecord(LtcflowError):
    """A command that works on a record was not told which. Attributes: none."""

    code = "LTC801"

    def __init__(self) -> None:
        super().__init__("no record is named. Give --db sales.db, or set LTCFLOW_DB.")


class MissingRecord(LtcflowError):
    """A record was named that is not there; only ``start`` makes one. Attributes: place."""

    code = "LTC802"
    place: str

    def __init__(self, *, place: str) -> None:
        super().__init__(f"{place}: there is no such record. 'ltcflow start' makes one.", place=place)


class EmptyRecord(LtcflowError):
    """The record that was named is a file with nothing in it; only ``start`` writes to it. Attributes: place."""

    code = "LTC804"
    place: str

    def __init__(self, *, place: str) -> None:
        super().__init__(
            f"{place}: is empty: nothing was written to it yet, or it was emptied. "
            "Restore it from a backup; 'ltcflow start' makes it anew.",
            place=place,
        )


class PassingRecord(LtcflowError):
    """A record in memory was named, which would end with the command. Attributes: place."""

    code = "LTC803"
    place: str

    def __init__(self, *, place: str) -> None:
        super().__init__(f"{place}: ends with this command. Name a file, such as --db sales.db.", place=place)


def looks_like_file(source: str) -> bool:
    """Say whether *source* is meant as a path, not as the id of a process.

    Example:
        >>> [looks_like_file(s) for s in ("bid.yaml", "./bid", "huawei_manage_sales_project")]
        [True, True, False]
    """
    separators = {"/", os.sep, os.altsep or "/"}
    return source.lower().endswith(_SUFFIXES) or any(s in source for s in separators)


def reading_of(source: str) -> Reading:
    """Return what came of reading a definition file, or a process of the catalog.

    Raises:
        UnknownName: neither a file nor a process of the catalog.
    """
    from ltcflow.catalog import entries
    from ltcflow.definition import Places, Reading, read, read_file

    if looks_like_file(source) or os.path.exists(source):
        return read_file(source)
    shipped = entries()
    if source in shipped and _is_shipped(_catalog(), source):
        entry = shipped[source]
        return read(entry.read_text(encoding="utf-8"), str(entry))
    return Reading(process=_listed(source), places=Places(""))


def process_of(source: str) -> Process:
    """Return the process of a definition file or of the catalog.

    Raises:
        UnknownName: neither a file nor a process of the catalog.
        DefinitionError: no process can be built from the file.
    """
    from ltcflow.findings import DefinitionError

    if looks_like_file(source) or os.path.exists(source):
        reading = reading_of(source)
        if reading.process is None:
            raise DefinitionError(findings=reading.findings)
        return reading.process
    return _listed(source)


def _listed(source: str) -> Process:
    """Return the process of the catalog called *source*."""
    catalog = _catalog()
    if source not in catalog:
        alike_first = sorted(catalog, key=lambda name: (source.lower() not in name, name))
        raise UnknownName(kind="process or file", value=source, known=alike_first)
    return catalog[source]


def _catalog() -> Mapping[str, Process]:
    import ltcflow

    return ltcflow.catalog


def _is_shipped(catalog: Mapping[str, Process], name: str) -> bool:
    """Say whether the process called *name* is ours, and not a plugin's of the same name."""
    from ltcflow.catalog import load_entry

    return name in catalog and catalog[name] == load_entry(name)


def path_of(db: str) -> str:
    """Return the file that an address names; "" for none (memory, or another database).

    Example:
        >>> path_of("sales.db"), path_of("sqlite:///sales.db"), path_of("sqlite://"), path_of("postgresql://db/ltc")
        ('sales.db', 'sales.db', '', '')
    """
    if db.startswith("sqlite:///"):
        return db.removeprefix("sqlite:///").partition("?")[0]
    return "" if "://" in db or db.startswith(("memory:", ":memory:", "sqlite:")) else db


def is_empty(path: str) -> bool:
    """Say whether SQLite takes the file at *path* for a new one: it has a byte at most, and no log beside it."""
    return os.path.isfile(path) and os.path.getsize(path) < 2 and not os.path.exists(f"{path}-wal")


@contextmanager
def workspace(db: str | None, *, make: bool = False) -> Iterator[Workspace]:
    """Open the record at *db* for one command.

    Args:
        make: make the record when it is not there.
    Raises:
        NoRecord, MissingRecord, EmptyRecord, PassingRecord, StoreError: it cannot be opened; nothing was made.
    """
    if not db:
        raise NoRecord
    path = path_of(db)
    if db in ("memory:", ":memory:", "sqlite://", "sqlite:///:memory:"):
        raise PassingRecord(place=db)
    if "\0" in db:
        raise InvalidValue(field="--db", value=repr(db), problem="is no address of a store.", remedy="Name a file.")
    if path and not make and not os.path.exists(path):
        raise MissingRecord(place=db)
    if path and not make and is_empty(path):
        raise EmptyRecord(place=db)
    from ltcflow.workspace import Workspace

    with Workspace.open(db, snapshots=os.environ.get("LTCFLOW_SNAPSHOTS") or None) as opened:
        yield opened


def project_ids(db: str | None) -> tuple[str, ...]:
    """Return the projects of a record, for completion; () when it cannot be read."""
    try:
        with workspace(db) as ws:
            return ws.projects()
    except Exception:  # whatever is wrong: no complaint while somebody types
        return ()


def element_ids(db: str | None, project: str | None, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the elements of *kinds* in the process of a project, for completion; () when it cannot be read."""
    from ltcflow.process import kind_of

    try:
        with workspace(db) as ws:
            return tuple(e.id for e in ws.process(project or "").elements() if kind_of(e) in kinds)
    except Exception:  # whatever is wrong: no complaint while somebody types
        return ()
