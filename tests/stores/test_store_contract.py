"""The contract of stores on every store there is; addresses and errors."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ltcflow.stores import (
    EventStore,
    MemoryStore,
    SqlStore,
    StaleProject,
    StoreError,
    StoreUnusable,
    open_store,
)
from ltcflow.testing import StoreContract


class TestMemory(StoreContract):
    lasting = False

    def open(self, place: Path) -> EventStore:
        return MemoryStore()


class TestSqliteFile(StoreContract):
    def open(self, place: Path) -> EventStore:
        return open_store(f"sqlite:///{place}/sales.db")


class TestSqliteMemory(StoreContract):
    lasting = False

    def open(self, place: Path) -> EventStore:
        return open_store("sqlite://")


class TestPostgres(StoreContract):
    @pytest.fixture(autouse=True)
    def _place(self, postgres: sa.URL) -> None:
        self.url = postgres

    def open(self, place: Path) -> EventStore:
        return SqlStore.open(self.url)


class TestEngine(StoreContract):
    """An application's own engine."""

    @pytest.fixture(autouse=True, params=["sqlite", "postgresql serializable"])
    def _engine(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
        database, _, level = request.param.partition(" ")
        url = request.getfixturevalue("postgres") if database != "sqlite" else f"sqlite:///{tmp_path}/app.db"
        self.engine = sa.create_engine(url, **({"isolation_level": level.upper()} if level else {}))
        yield
        self.engine.dispose()

    def open(self, place: Path) -> EventStore:
        return SqlStore(self.engine)


class TestConnection(StoreContract):
    """An application's own connection, in its transaction."""

    threaded = False

    @pytest.fixture(autouse=True, params=["sqlite", "postgresql"])
    def _connection(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
        url = request.getfixturevalue("postgres") if request.param != "sqlite" else f"sqlite:///{tmp_path}/app.db"
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        with self.engine.connect() as self.connection:
            yield

    def open(self, place: Path) -> EventStore:
        return SqlStore.on(self.connection)

    def settle(self, store: EventStore) -> None:
        self.connection.commit()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "address"),
        ("postgresql+asyncpg://u:secret@db/x", "postgresql+psycopg://"),
        ("postgresql:db/x", "postgresql://user@host/database"),
        ("mysql://u:secret@db/x", "SQLite"),
        ("sqlite+aiosqlite:///x.db", "sqlite:///file.db"),
        ("sqlite://sales.db", "sqlite:///sales.db"),
        ("sqlite:/sales.db", "sqlite:///sales.db"),
        ("sqlite:sales.db", "sqlite:///sales.db"),
        ("memory", None),
        ("memory:x", "memory:"),
        ("nonsense://", "SQLite"),
        ("a\0b", "address"),
    ],
)
def test_an_address_that_cannot_be_opened_says_what_to_write(
    url: str, word: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if word is None:
        open_store(url).close()
        assert (tmp_path / url).is_file()
        return
    with pytest.raises(StoreUnusable) as caught:
        open_store(url)
    assert word in str(caught.value)
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sales.db", "50% off?x=1#y.db", "销售.db", "with space.db"])
def test_a_bare_path_is_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drafts: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for expected in (0, 1):
        with closing(open_store(name)) as store:
            store.append("p", drafts(1), expected=expected)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_errors_survive_pickling(tmp_path: Path) -> None:
    for error in (
        StaleProject(project="p", expected=1, found=2),
        StoreError(store="s", problem="p.", remedy="r."),
        _caught(lambda: open_store(str(tmp_path))),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


def _caught(call: Any) -> Exception:
    try:
        call()
    except StoreError as error:
        return error
    raise AssertionError("nothing was raised")


def test_importing_the_stores_does_not_import_sqlalchemy() -> None:
    code = (
        "import sys, ltcflow.stores as s; assert 'sqlalchemy' not in sys.modules; "
        "s.open_store('memory:'); assert 'sqlalchemy' not in sys.modules; "
        "s.SqlStore; assert 'sqlalchemy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
