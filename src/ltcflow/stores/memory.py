"""A store that lives and dies with the process: for tests, trials and `ltcflow demo`."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ltcflow.errors import UnknownName
from ltcflow.stores.base import Description
from ltcflow.stores.canonical import check_count, check_project, check_text
from ltcflow.stores.errors import StaleProject, closed, definition_conflict, wrong_end
from ltcflow.stores.records import START, Draft, Head, Record, chain


class MemoryStore:
    """An `EventStore` in memory.

    Example:
        >>> from datetime import UTC, datetime
        >>> store = MemoryStore()
        >>> draft = Draft(kind="ProjectStarted", at=datetime(2026, 3, 2, tzinfo=UTC), by="li.wei", data="{}")
        >>> [r.number for r in store.append("acme-5g", [draft, draft], expected=0)]
        [1, 2]
        >>> store.append("acme-5g", [draft], expected=1)
        Traceback (most recent call last):
            ...
        ltcflow.stores.errors.StaleProject: LTC600: the log of project 'acme-5g' holds 2 records, not 1: nothing was \
written. Read it again, decide again and append again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logs: dict[str, list[Record]] = {}
        self._heads: dict[str, Head] = {}
        self._feed: list[Record] = []
        self._definitions: dict[str, str] = {}
        self._closed = False

    def read(self, project: str, after: int = 0) -> tuple[Record, ...]:
        """Return the records of *project* above *after*."""
        check_project(project)
        check_count(after, "after")
        with self._lock:
            self._check_open()
            return tuple(self._logs.get(project, ())[after:])

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        """Append all of *drafts*, or none when the log does not hold *expected* records."""
        check_project(project)
        drafts = tuple(drafts)
        with self._lock:
            self._check_open()
            number, last = self._head(project)
            if number != expected:
                raise StaleProject(project=project, expected=expected, found=number)
            records = chain(project, (number, last), drafts)
            if records:
                self._logs.setdefault(project, []).extend(records)
                self._feed.extend(records)
                self._heads[project] = (records[-1].number, records[-1].hash)
            return records

    def head(self, project: str) -> Head:
        """Return number and hash of the last record."""
        check_project(project)
        with self._lock:
            self._check_open()
            return self._head(project)

    def heads(self, project: str | None = None) -> dict[str, Head]:
        """Return the heads noted with the records, of *project* or of all."""
        if project is not None:
            check_project(project)
        with self._lock:
            self._check_open()
            return {name: head for name, head in self._heads.items() if project in (None, name)}

    def length(self, project: str) -> int:
        """Return how many records the log of *project* holds."""
        return self.head(project)[0]

    def projects(self) -> tuple[str, ...]:
        """Return every project that has a record, sorted."""
        with self._lock:
            self._check_open()
            return tuple(sorted(self._logs))

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        """Return up to *limit* records of all projects in commit order, with their positions."""
        check_count(after, "after")
        check_count(limit, "limit", 1)
        with self._lock:
            self._check_open()
            return tuple(enumerate(self._feed[after : after + limit], start=after + 1))

    def save_definition(self, hash: str, text: str) -> None:
        """Keep *text* under *hash*, once."""
        check_text(hash, "hash", empty=False, longest=200)
        check_text(text, "text")
        with self._lock:
            self._check_open()
            if self._definitions.setdefault(hash, text) != text:
                raise definition_conflict("memory", hash)

    def definition(self, hash: str) -> str:
        """Return the text kept under *hash*."""
        check_text(hash, "hash", empty=False, longest=200)
        with self._lock:
            self._check_open()
            if hash not in self._definitions:
                raise UnknownName(kind="definition", value=hash, known=())
            return self._definitions[hash]

    def describe(self) -> Description:
        """Say what this store is."""
        with self._lock:
            self._check_open()
        why = "Nothing is written to a disk: the records end with the process."
        return Description(kind="memory", location="memory", why=why, why_zh="不写入磁盘：进程结束，记录即消失。")

    def close(self) -> None:
        """Refuse every further call."""
        with self._lock:
            self._closed = True

    def _head(self, project: str) -> Head:
        log = self._logs.get(project)
        found = (log[-1].number, log[-1].hash) if log else START
        noted = self._heads.get(project, START)
        if found != noted:
            raise wrong_end("memory", project, found[0], noted[0])
        return found

    def _check_open(self) -> None:
        if self._closed:
            raise closed("memory")
