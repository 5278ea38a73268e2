"""What a workspace keeps in mind of its store: states, so that a command does not replay the log, and definitions."""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from random import randrange

import attrs

from ltcflow import projects as p
from ltcflow.definition import dumps, fingerprint, loads
from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding
from ltcflow.process import Process
from ltcflow.projects.events import ProjectStarted
from ltcflow.stores import START, EventStore, Record, StoreCorrupt
from ltcflow.workspace.snapshots import PAYS_FROM, Snapshot, Snapshots

_MOST_CACHED = 10_000
"""States that are kept in mind: some 25 KiB each for a project of a hundred events."""


@attrs.frozen
class Known:
    """What a workspace remembers of a project between commands; the store's head says whether it is still true.

    *sound*: replayed from the first record on; else it began with a snapshot, which is good to look at only.
    """

    number: int
    hash: str
    state: p.ProjectState
    sound: bool = True


_UNBORN = Known(0, "", p.NOTHING)


class Kept:
    """A store with what was read from it. The store's head says whether a remembered state is still the present one."""

    def __init__(self, store: EventStore, snapshots: Snapshots | None = None) -> None:
        self.store = store
        self.snapshots = snapshots
        self._known: dict[str, Known] = {}
        self._names: list[str] = []
        self._processes: dict[str, Process] = {}
        self._texts: dict[str, str] = {}
        self._lock = threading.RLock()

    def remember(self, project: str, known: Known) -> None:
        """Keep a state in mind; of too many, any is forgotten, so that whoever goes round finds most of them again."""
        with self._lock:
            if project not in self._known:
                if len(self._names) < _MOST_CACHED:
                    self._names.append(project)
                else:
                    place = randrange(len(self._names))
                    del self._known[self._names[place]]
                    self._names[place] = project
            self._known[project] = known

    def named(self, project: str) -> str:
        """Return the id under which *project* is kept: in NFC, unless an older record has it as it was given."""
        if not isinstance(project, str) or project.isascii():
            return project
        name = unicodedata.normalize("NFC", project)
        return project if name == project or self.store.read(project) else name

    def current(self, project: str, *, sure: bool = False) -> Known:
        """Return the present state of *project*; number 0 when there is no such project.

        Args:
            sure: to decide on it: snapshots do not count, the whole log was replayed by this workspace.
        Raises:
            StoreCorrupt: a record is missing, or does not continue the one before; `verify` names it.
        """
        number, hash = self.store.head(project)
        known = self._known.get(project)
        if known is not None and sure and not known.sound:
            known = None
        if known is None and number and not sure:
            known = self._snapshot(project)
        if known is not None and (known.number, known.hash) == (number, hash):
            self.remember(project, known)
            return known
        base = known if known is not None and known.number < number else _UNBORN
        records = self.store.read(project, after=base.number)
        if base.number and records and records[0].previous != base.hash:
            base, records = _UNBORN, self.store.read(project)
        _check_links(self.store, project, base, records)
        state = p.replay((event_of(record) for record in records), base.state)
        last = records[-1] if records else None
        found = Known(last.number, last.hash, state, base.sound) if last is not None else base
        self.remember(project, found)
        if self.snapshots is not None and not sure and len(records) >= PAYS_FROM:
            self.snapshots.keep(project, Snapshot(found.number, found.hash, state))
        return found

    def _snapshot(self, project: str) -> Known | None:
        found = self.snapshots.of(project) if self.snapshots is not None else None
        return None if found is None else Known(found.number, found.hash, found.state, sound=False)

    def each(self, projects: Iterable[str]) -> Iterator[Known]:
        """Yield the present state of each of *projects*, and ask the store once which of those in mind are present.

        Whether a log that is in mind still ends as the store noted is not asked: `current` and `verify` do.
        """
        heads = self.store.heads()
        for project in projects:
            known = self._known.get(project)
            fresh = known is not None and heads.get(project) == (known.number, known.hash)
            yield known if known is not None and fresh else self.current(project)

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
