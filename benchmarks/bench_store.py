"""What the store costs beside bare sqlite3 with the same durability, in one run.

    .venv/bin/python benchmarks/bench_store.py [appends]

Both take the write lock, look up the length, insert one row and commit with synchronous=FULL to the same disk, in the
same journal mode, in turns, so that a busy disk hits both alike. Prints medians in microseconds and their ratio.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from statistics import median

from ltcflow.stores import Draft, EventStore, MemoryStore, SqlStore, canonical_json
from ltcflow.stores.sqlite import journal_mode_for

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATA = canonical_json({"v": 1, "facts": {"amount": "12000000.00", "currency": "CNY", "gross_margin": "0.185"}})
TABLE = """CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL,
number INTEGER NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, data TEXT NOT NULL,
previous TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (project, number))"""
INSERT = 'INSERT INTO events (project, number, kind, at, "by", data, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'


def bare_writer(path: str) -> Callable[[int], None]:
    """Return what somebody without ltcflow would write by hand."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA synchronous=FULL")
    if path != ":memory:":
        raw.execute(f"PRAGMA journal_mode={journal_mode_for(sqlite3.sqlite_version_info)}")
    raw.execute(TABLE.replace(" by ", ' "by" '))

    def write(number: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("SELECT number FROM events WHERE project = ? ORDER BY number DESC LIMIT 1", ("p",)).fetchone()
        row = ("p", number + 1, "FactsRecorded", AT.isoformat(), "li.wei", DATA, "0" * 64, "f" * 64)
        raw.execute(
            'INSERT INTO events (project, number, kind, at, "by", data, previous, hash) VALUES (?,?,?,?,?,?,?,?)', row
        )
        raw.execute("COMMIT")

    return write


def store_writer(store: EventStore) -> Callable[[int], None]:
    """Return the same through a store."""

    def write(number: int) -> None:
        store.append("p", [Draft(kind="FactsRecorded", at=AT, by="li.wei", data=DATA)], expected=number)

    return write


def in_turns(one: Callable[[int], None], other: Callable[[int], None], count: int) -> tuple[float, float]:
    """Return the median microseconds of one call of each."""
    spent: tuple[list[int], list[int]] = ([], [])
    for number in range(count):
        for write, times in zip((one, other), spent, strict=True):
            began = time.perf_counter_ns()
            write(number)
            times.append(time.perf_counter_ns() - began)
    return median(spent[0]) / 1000, median(spent[1]) / 1000


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for title, bare, url in (
            ("file", f"{folder}/bare.db", f"sqlite:///{folder}/store.db"),
            ("memory", ":memory:", "sqlite://"),
        ):
            with closing(SqlStore.open(url)) as store:
                by_hand, ours = in_turns(bare_writer(bare), store_writer(store), count)
                mode = store.describe().journal_mode
            print(
                f"sqlite {title:6} ({mode}): bare {by_hand:8.1f} us  store {ours:8.1f} us  ratio {ours / by_hand:.2f}"
            )
        with closing(MemoryStore()) as memory:
            write = store_writer(memory)
            print(f"MemoryStore: {in_turns(write, lambda _: None, count * 10)[0]:.1f} us per append")
        with closing(SqlStore.open(f"sqlite:///{folder}/store.db")) as store:
            began = time.perf_counter_ns()
            read = len(store.read("p"))
            print(f"read: {(time.perf_counter_ns() - began) / 1000 / read:.1f} us per record ({read} records)")


if __name__ == "__main__":
    main()
