"""Stores to try, and drafts to put in.

The tests of PostgreSQL need a server: ``tools/postgres.sh run make test`` starts one. Where LTCFLOW_POSTGRES is set
they fail when it does not answer; where it is not, they are skipped.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ltcflow.stores import Draft, EventStore, MemoryStore, SqlStore

KINDS = ("memory", "sqlite file", "sqlite memory", "postgresql")


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


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[sa.URL]:
    """Make a database for this process of the tests."""
    said = os.environ.get("LTCFLOW_POSTGRES")
    if not said:
        pytest.skip("needs a PostgreSQL server: run 'tools/postgres.sh run make test', or set LTCFLOW_POSTGRES")
    name = f"ltcflow_{uuid.uuid4().hex}"
    server = sa.create_engine(said, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    yield server.url.set(database=name)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(postgres_database: sa.URL) -> sa.URL:
    """Return the address of an empty place: a schema of its own."""
    name = f"t_{uuid.uuid4().hex}"
    engine = sa.create_engine(postgres_database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    return postgres_database.update_query_dict({"options": f"-csearch_path={name}"})


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | sa.URL:
    """Return the address of an empty store of each kind."""
    if request.param == "postgresql":
        found: sa.URL = request.getfixturevalue("postgres")
        return found
    return {"memory": "memory:", "sqlite memory": "sqlite://"}.get(request.param, f"sqlite:///{tmp_path}/sales.db")


@pytest.fixture
def store(address: str | sa.URL) -> Iterator[EventStore]:
    opened: EventStore = MemoryStore() if address == "memory:" else SqlStore.open(address)
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(f"sqlite:///{tmp_path}/sales.db")
    yield opened
    opened.close()
