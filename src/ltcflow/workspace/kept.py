"""What a workspace keeps in mind of its store: states, so that a command does not replay the log, and definitions."""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Sequence

import attrs

from ltcflow import projects as p
from ltcflow.definition import dumps, fingerprint, loads
from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding
from ltcflow.process import Process
from ltcflow.projects.events import ProjectStarted
from ltcflow.stores import START, EventStore, Record, StoreCorrupt

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
        self._texts: dict[str, str] = {}
        self._lock = threading.RLock()

    def remember(self, project: str, known: Known) -> None:
        """Keep a state in mind."""
        with self._lock:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            self._known[project] = known

    def named(self, project: str) -> str:
        """Return the id under which *project* is kept: in NFC, unless an older record has it as it was given."""
        if not isinstance(project, str) or project.isascii():
            return project
        name = unicodedata.normalize("NFC", project)
        return project if name == project or self.store.read(project) else name

    def current(self, project: str) -> Known:
        """Return the present state of *project*; number 0 when there is no such project.

        Raises:
            StoreCorrupt: a record is missing, or does not continue the one before; `verify` names it.
        """
        number, hash = self.store.head(project)
        known = self._known.get(project)
        if known is not None and (known.number, known.hash) == (number, hash):
            return known
        base = known if known is not None and known.number < number else Known(0, "", p.NOTHING)
        records = self.store.read(project, after=base.number)
        if base.number and records and records[0].previous != base.hash:
            base, records = Known(0, "", p.NOTHING), self.store.read(project)
        _check_links(self.store, project, base, records)
        state = p.replay((event_of(record) for record in records), base.state)
        last = records[-1] if records else None
        found = Known(last.number, last.hash, state) if last is not None else base
        self.remember(project, found)
        return found

    def keep_definition(self, process: Process, hash: str) -> None:
        """Store *process* under its content hash, unless it is there.

        The store is asked each time: an application that rolls back its own transaction takes a definition along.
        """
        if hash not in self._texts:
            self._texts[hash] = dumps(process)
        self.store.save_definition(hash, self._texts[hash])
        self._processes[hash] = process

    def process(self, hash: str) -> Process:
        """Return the definition stored under *hash*; StoreCorrupt when it is missing, changed or unreadable."""
        known = self._processes.get(hash)
        if known is None:
            known = self._processes[hash] = self._stored(hash)
        return known

    def _stored(self, hash: str) -> Process:
        try:
            found = loads(self.store.definition(hash), name=f"definition {hash[:12]}")
        except LtcflowError as error:
            raise _unreadable(hash) from error
        if fingerprint(found) != hash:
            raise _unreadable(hash)
        return found

    def verify_definitions(self, project: str) -> tuple[Finding, ...]:
        """Return a finding for each definition that *project* was put on and that the store no longer has as it was.

        What is remembered does not count: every definition is read again.
        """
        numbers = {
            hash: record.number for record in reversed(self.store.read(project)) if (hash := _definition_of(record))
        }
        found = []
        for hash, number in reversed(numbers.items()):
            try:
                self._stored(hash)
            except StoreCorrupt:
                found.append(_changed(project, number, hash))
        return tuple(found)


def _definition_of(record: Record) -> str:
    """Return the fingerprint that *record* puts its project on; "" for the records that name none."""
    if record.kind != ProjectStarted.__name__:
        return ""
    event = event_of(record)
    return event.definition if isinstance(event, ProjectStarted) else ""


def _check_links(store: EventStore, project: str, base: Known, records: Sequence[Record]) -> None:
    """Refuse *records* that do not continue *base* one by one: a state made of them would be of no real project."""
    number, hash = (base.number, base.hash) if base.number else START
    for record in records:
        number += 1
        if record.number != number or record.previous != hash:
            what = "is missing" if record.number != number else f"does not continue record {number - 1}"
            raise StoreCorrupt(
                store=store.describe().location,
                problem=f"record {number} of project {project!r} {what}.",
                remedy="Nothing is written to a broken log. Run 'ltcflow verify' and restore the file from a backup.",
            )
        hash = record.hash


def _changed(project: str, number: int, hash: str) -> Finding:
    name = hash[:12]
    return Finding(
        code="LTC617",
        where=f"{project}[{number}]",
        problem=f"runs on definition {name}, which the store no longer has as it was: missing, changed or unreadable.",
        remedy="Restore the store from a backup, or save the same definition again; the log itself is not touched.",
        problem_zh=f"项目依据的定义 {name} 已非原样：缺失、被改动或无法读取。",
        remedy_zh="请从备份恢复存储，或重新存入同一份定义；项目日志本身未受影响。",
    )


def _unreadable(hash: str) -> StoreCorrupt:
    return StoreCorrupt(
        store=f"definition {hash[:12]}",
        problem="the definition a project runs on is missing, changed or unreadable.",
        remedy="Restore the store from a backup; the project's own log is not touched.",
    )


def event_of(record: Record) -> p.AnyEvent:
    """Return the event that *record* holds."""
    return p.event_from_data(record.kind, record.by, record.at, json.loads(record.data))
