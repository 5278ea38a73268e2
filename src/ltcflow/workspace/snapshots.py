"""Snapshots: states in a folder that may be deleted at any time, so that a long log is not replayed to look at it.

A snapshot is believed only where all of this holds, and is else as good as not there: its checksum; project, number and
hash of the record it was taken at, which the log must still have; the store; and the source text of all that reads
events and makes states of them, so that another version of ltcflow never sees it. The folder must be this user's, and
nobody else may write to it. Nothing is decided on a snapshot (see `Kept.current`).
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import attrs

from ltcflow import projects as p
from ltcflow.projects.snapshots import state_from_data, state_to_data

PAYS_FROM = 100
"""Events that are replayed before another snapshot is taken; below, a replay costs as little (see benchmarks)."""
LARGEST = 1 << 26
_MAKERS = ("projects", "roles", "conditions", "stages", "worktime")
"""The packages that events and states are made of."""


@attrs.frozen
class Snapshot:
    """A state as it was at a record: the record's number and hash, and the state."""

    number: int
    hash: str
    state: p.ProjectState


class Snapshots:
    """A folder of snapshots of the projects of one store.

    Args:
        folder: made when the first snapshot is taken; several stores and programs may share it.
        store: which store, as `Description.location` says.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     kept = Snapshots(folder, "sales.db")
        ...     kept.keep("acme", Snapshot(7, "0f" * 32, p.NOTHING))
        ...     kept.of("acme") == Snapshot(7, "0f" * 32, p.NOTHING), kept.of("beta")
        (True, None)
    """

    def __init__(self, folder: str | os.PathLike[str], store: str) -> None:
        self.folder = Path(folder)
        self.store = store

    def of(self, project: str) -> Snapshot | None:
        """Return the snapshot of *project*; None where there is none that can be believed. Never raises."""
        try:
            if not ours(self.folder):
                return None
            with open(self._file(project), "rb") as file:
                head, _, body = file.read(LARGEST).partition(b"\n")
            about = json.loads(head)
            number, hash = about["number"], about["hash"]
            if type(number) is int and head == self._head(project, number, hash, body):
                return Snapshot(number, hash, state_from_data(json.loads(body)))
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            pass
        return None

    def keep(self, project: str, snapshot: Snapshot) -> None:
        """Take a snapshot of *project*; where that is not possible, there is none. Never raises."""
        try:
            if not code():
                return
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if ours(self.folder):
                body = json.dumps(state_to_data(snapshot.state), ensure_ascii=False, separators=(",", ":")).encode()
                self._write(project, self._head(project, snapshot.number, snapshot.hash, body) + b"\n" + body)
        except (OSError, ValueError, TypeError):
            return

    def _head(self, project: str, number: int, hash: str, body: bytes) -> bytes:
        about = {"code": code(), "store": self.store, "project": project, "number": number, "hash": hash}
        sum = sha256(json.dumps(about, sort_keys=True).encode() + body).hexdigest()
        return json.dumps(about | {"sum": sum}, sort_keys=True).encode()

    def _file(self, project: str) -> Path:
        return self.folder / f"{sha256(f'{self.store} {project}'.encode()).hexdigest()[:40]}.json"

    def _write(self, project: str, content: bytes) -> None:
        """Write a file as a whole or not at all, whoever else writes it; nobody waits for the disk."""
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.replace(name, self._file(project))
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def ours(folder: Path) -> bool:
    """True when *folder* is this user's and nobody else may write to it; where users have no numbers, always."""
    if not hasattr(os, "geteuid"):
        return True
    found = os.stat(folder)
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


@cache
def code() -> str:
    """Return the SHA-256 of the source of all that makes states of events; "" where there is no source to read.

    Cost: 2 to 3 ms, once per process.
    """
    import ltcflow

    found, package = sha256(), Path(ltcflow.__file__).parent
    sources = sorted(source for name in _MAKERS for source in (package / name).rglob("*.py"))
    for source in sources:
        text = source.read_bytes()
        found.update(f"{source.relative_to(package)} {len(text)} ".encode() + text)
    return found.hexdigest() if sources else ""
