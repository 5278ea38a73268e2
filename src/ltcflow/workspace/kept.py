"""What a workspace keeps in mind of its store: states, so that a command does not replay the log, and definitions."""

from __future__ import annotations

import json
import threading

import attrs

from ltcflow import projects as p
from ltcflow.definition import dumps, fingerprint, loads
from ltcflow.errors import LtcflowError
from ltcflow.process import Process
from ltcflow.stores import EventStore, Record, StoreCorrupt

_MOST_CACHED = 4096


@attrs.frozen
class Known:
    """What a workspace remembers of a project between commands; the store's head says whether it is still true."""

    number: int
    hash: str
    state: p.ProjectState


class Kept:
    """A store with what was read from it. The store's head says whether a remembered state is still the present one."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self._known: dict[str, Known] = {}
        self._processes: dict[str, Process] = {}
        self._lock = threading.RLock()

    def remember(self, project: str, known: Known) -> None:
        """Keep a state in mind."""
        with self._lock:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            self._known[project] = known

    def current(self, project: str) -> Known:
        """Return the present state of *project*; number 0 when there is no such project."""
        number, hash = self.store.head(project)
        known = self._known.get(project)
        if known is not None and (known.number, known.hash) == (number, hash):
            return known
        base = known if known is not None and known.number < number else Known(0, "", p.NOTHING)
        records = self.store.read(project, after=base.number)
        if base.number and records and records[0].previous != base.hash:
            base, records = Known(0, "", p.NOTHING), self.store.read(project)
        state = p.replay((event_of(record) for record in records), base.state)
        last = records[-1] if records else None
        found = Known(last.number, last.hash, state) if last is not None else base
        self.remember(project, found)
        return found

    def keep_definition(self, process: Process, hash: str) -> None:
        """Store *process* once under its content hash."""
        if hash not in self._processes:
            self.store.save_definition(hash, dumps(process))
            self._processes[hash] = process

    def process(self, hash: str) -> Process:
        """Return the definition stored under *hash*; StoreCorrupt when it is missing, changed or unreadable."""
        known = self._processes.get(hash)
        if known is None:
            try:
                known = loads(self.store.definition(hash), name=f"definition {hash[:12]}")
            except LtcflowError as error:
                raise _unreadable(hash) from error
            if fingerprint(known) != hash:
                raise _unreadable(hash)
            self._processes[hash] = known
        return known


def _unreadable(hash: str) -> StoreCorrupt:
    return StoreCorrupt(
        store=f"definition {hash[:12]}",
        problem="the definition a project runs on is missing, changed or unreadable.",
        remedy="Restore the store from a backup; the project's own log is not touched.",
    )


def event_of(record: Record) -> p.AnyEvent:
    """Return the event that *record* holds."""
    return p.event_from_data(record.kind, record.by, record.at, json.loads(record.data))
