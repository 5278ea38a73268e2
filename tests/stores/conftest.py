"""The three stores that must behave alike, and drafts to put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ltcflow.stores import Draft, EventStore, MemoryStore, SqlStore

KINDS = ("memory", "sqlite file", "sqlite memory")


@pytest.fixture
def drafts() -> Callable[..., list[Draft]]:
    """Return a maker of *count* drafts that differ."""

    def make(count: int, start: int = 0, by: str = "li.wei") -> list[Draft]:
        at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
        return [
            Draft(kind="FactsRecorded", at=at + timedelta(minutes=n), by=by, data=f'{{"n":{n},"v":1}}')
            for n in range(start, start + count)
        ]

    return make


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    opened: EventStore
    if request.param == "memory":
        opened = MemoryStore()
    else:
        opened = SqlStore.open("sqlite://" if request.param == "sqlite memory" else f"sqlite:///{tmp_path}/sales.db")
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(f"sqlite:///{tmp_path}/sales.db")
    yield opened
    opened.close()
