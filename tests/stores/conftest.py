"""Stores to try, and drafts to put in.

The tests of PostgreSQL need a server: ``tools/postgres.sh run make test`` starts one. Where LTCFLOW_POSTGRES is set
they fail when it does not answer; where it is not, they are skipped.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
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


class Line:
    """A proxy that cuts the line when it hears COMMIT: before it is sent on, or after the server has answered."""

    def __init__(self, url: sa.URL) -> None:
        self.target = (url.host or "127.0.0.1", url.port or 5432)
        self.cut = ""
        self.dead = False
        self.commits = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = url.set(host="127.0.0.1", port=self.listener.getsockname()[1])
        self.open: list[socket.socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.dead:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                self.open += [client, server]
                threading.Thread(target=self._talk, args=(client, server), daemon=True).start()
                threading.Thread(target=self._listen, args=(server, client), daemon=True).start()

    def _talk(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                if b"COMMIT\0" in said and self.cut:
                    self.commits += 1
                    how, self.cut = self.cut, ""
                    if how == "after":
                        server.settimeout(10)
                        self.muted = client
                        server.sendall(said)
                        time.sleep(0.3)  # the server has committed, and its answer is not passed on
                    break
                server.sendall(said)
        self._end(client, server)

    def _listen(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while heard := server.recv(65536):
                if getattr(self, "muted", None) is not client:
                    client.sendall(heard)
        self._end(client, server)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._end(*self.open)
        for end in self.open:
            end.close()


@pytest.fixture
def line(postgres: sa.URL) -> Iterator[Line]:
    with closing(Line(postgres)) as made:
        yield made
