"""An application's own connection: its rows and the records are kept together, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.process import Process
from ltcflow.stores import SqlStore, StaleProject, StoreClosed, StoreLocked, verify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def bid() -> Process:
    return b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])


def begin_by_hand(engine: sa.Engine) -> None:
    """SQLAlchemy's recipe for SQLite, with which transactions begin when the application says so."""

    @sa.event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        raw.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")


KINDS = ["sqlite", "sqlite begun by hand", "postgresql"]
if sys.version_info >= (3, 12):
    KINDS.append("sqlite without autocommit")


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An application's database with its own table ``orders``."""
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else f"sqlite:///{tmp_path}/app.db"
    arguments = {"autocommit": False} if request.param == "sqlite without autocommit" else {}
    made = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)
    if request.param == "sqlite begun by hand":
        begin_by_hand(made)
    with made.begin() as own:
        own.exec_driver_sql("CREATE TABLE orders (name TEXT)")
    yield made
    made.dispose()


def order(connection: sa.Connection, name: str) -> None:
    connection.execute(sa.text("INSERT INTO orders VALUES (:name)"), {"name": name})


def kept(engine: sa.Engine) -> tuple[list[str], dict[str, int]]:
    """What another connection sees: the application's rows, and the lengths of the logs."""
    with engine.connect() as other:
        names = list(other.exec_driver_sql("SELECT name FROM orders ORDER BY name").scalars())
        store = SqlStore.on(other)
        lengths = {name: store.length(name) for name in store.projects()}
        assert all(verify(store, name) == () for name in lengths)
        other.rollback()
    return names, lengths


@pytest.mark.parametrize("row_first", [True, False])
def test_a_row_and_its_records_are_committed_together_or_not_at_all(
    engine: sa.Engine, drafts: Any, row_first: bool
) -> None:
    SqlStore(engine)
    for end in ("rollback", "commit", "rollback"):
        with engine.connect() as own:
            store = SqlStore.on(own)
            length = store.length("p")
            if row_first:
                order(own, "a")
            store.append("p", drafts(2), expected=length)
            store.save_definition(f"{end}{length}", "text")
            if not row_first:
                order(own, "a")
            store.append("p", drafts(1), expected=length + 2)
            assert store.length("p") == length + 3
            getattr(own, end)()
    assert kept(engine) == (["a"], {"p": 3})
    with engine.connect() as own:
        store = SqlStore.on(own)
        assert store.definition("commit0") == "text"
        with pytest.raises(UnknownName):
            store.definition("rollback0")


def test_nothing_is_committed_by_the_store(engine: sa.Engine, drafts: Any) -> None:
    store = SqlStore(engine)
    with engine.connect() as own:
        joined = SqlStore.on(own)
        joined.append("p", drafts(2), expected=0)
        joined.save_definition("h", "text")
        joined.close()
        assert not own.closed
        assert store.length("p") == 0
        with pytest.raises(UnknownName):
            store.definition("h")
    assert kept(engine) == ([], {})


def test_a_block_of_the_application_that_fails_takes_the_records_along(engine: sa.Engine, drafts: Any) -> None:
    SqlStore(engine)

    def fail() -> None:
        with engine.begin() as own:
            order(own, "a")
            SqlStore.on(own).append("p", drafts(1), expected=0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with engine.begin() as own:
        order(own, "b")
        SqlStore.on(own).append("p", drafts(1), expected=0)
    assert kept(engine) == (["b"], {"p": 1})


def test_a_call_that_fails_takes_nothing_else_along(engine: sa.Engine, drafts: Any) -> None:
    SqlStore(engine)
    with engine.begin() as own:
        order(own, "a")
        store = SqlStore.on(own)
        store.append("p", drafts(2), expected=0)
        with pytest.raises(StaleProject):
            store.append("p", drafts(1), expected=0)
        with pytest.raises(AttributeError):
            store.append("p", [*drafts(2), None], expected=2)  # type: ignore[list-item]  # the mistake tried
        order(own, "b")
        store.append("p", drafts(1), expected=2)
    assert kept(engine) == (["a", "b"], {"p": 3})


def test_a_savepoint_of_the_application_takes_its_records_back(engine: sa.Engine, drafts: Any) -> None:
    SqlStore(engine)
    with engine.begin() as own:
        store = SqlStore.on(own)
        store.append("p", drafts(1), expected=0)
        with own.begin_nested() as inner:
            store.append("p", drafts(2), expected=1)
            inner.rollback()
        assert store.length("p") == 1
        store.append("p", drafts(1, 7), expected=1)
    assert kept(engine) == ([], {"p": 2})


def test_tables_that_were_rolled_back_are_made_again(engine: sa.Engine, drafts: Any) -> None:
    with engine.connect() as own:
        store = SqlStore.on(own)  # there are no tables yet: they are a part of the transaction as well
        store.append("p", drafts(1), expected=0)
        own.rollback()
        assert not set(sa.inspect(own).get_table_names()) - {"orders"}
        own.rollback()
        assert store.length("p") == 0
        own.rollback()
        store.append("p", drafts(2), expected=0)
        own.commit()
        store.append("p", drafts(1), expected=2)
        own.commit()
    assert kept(engine) == ([], {"p": 3})


def test_the_feed_shows_what_is_committed_only(engine: sa.Engine, drafts: Any) -> None:
    SqlStore(engine).append("p", drafts(1), expected=0)
    with engine.connect() as own:
        store = SqlStore.on(own)

        def seen() -> list[tuple[str, int]]:
            return [(r.project, r.number) for _, r in store.feed()]

        for end in ("rollback", "commit"):
            store.append("p", drafts(2), expected=1)
            store.append("q", drafts(1), expected=0)
            assert set(seen()) <= {("p", 1)}
            getattr(own, end)()
            own.rollback()
        for _ in range(500):  # another test's transaction may keep it back for a moment
            if len(seen()) == 4:
                break
            own.rollback()
        assert seen() == [("p", 1), ("p", 2), ("p", 3), ("q", 1)]


def test_a_workspace_does_not_remember_what_was_rolled_back(engine: sa.Engine) -> None:
    SqlStore(engine)
    with engine.connect() as own:
        ws = ltc.Workspace(SqlStore.on(own), clock=lambda: NOON)
        assert ws.start(bid(), project="acme", by="li.wei").accepted
        assert ws.state("acme").project == "acme"
        own.rollback()
        with pytest.raises(UnknownName):
            ws.state("acme")
        assert ws.projects() == ()
        assert ws.start(bid(), project="acme", by="li.wei").accepted
        own.commit()
        assert ws.finish("acme", "offer", by="li.wei").accepted
        own.rollback()
        assert ws.note("acme", "not finished after all", by="li.wei").accepted  # another record 3
        assert [type(event).__name__ for event in ws.log("acme")][-1] == "NoteAdded"
        assert ws.finish("acme", "offer", by="wang.fang").accepted
        own.commit()
    with closing(SqlStore(engine)) as store:
        again = ltc.Workspace(store, clock=lambda: NOON)
        assert again.process("acme") == bid(), "the definition was rolled back and not saved again"
        assert [event.by for event in again.log("acme")[:3]] == ["li.wei", "li.wei", "wang.fang"]
        assert again.verify() == ()


def test_two_transactions_on_one_project_are_put_in_order(engine: sa.Engine, drafts: Any) -> None:
    SqlStore(engine).append("p", drafts(1), expected=0)
    if engine.dialect.name == "sqlite":  # who comes second is told at once
        engine = sa.create_engine(engine.url, poolclass=sa.NullPool, connect_args={"timeout": 0.1})
    with engine.connect() as one, engine.connect() as two:
        SqlStore.on(one).append("p", drafts(1), expected=1)
        store = SqlStore.on(two)
        if engine.dialect.name == "sqlite":
            with pytest.raises(StoreLocked):
                store.append("p", drafts(1), expected=1)
            two.rollback()
        one.commit()
        with pytest.raises(StaleProject):
            store.append("p", drafts(1), expected=1)
        store.append("p", drafts(1), expected=2)
        two.commit()
    assert kept(engine) == ([], {"p": 3})


def test_a_closed_connection_is_told(engine: sa.Engine, drafts: Any) -> None:
    with engine.connect() as own:
        store = SqlStore.on(own)
    for call in (lambda: store.read("p"), lambda: store.append("p", drafts(1), expected=0)):
        with pytest.raises(StoreClosed):
            call()


def test_an_application_says_how_safely_its_own_transaction_is_written(engine: sa.Engine) -> None:
    with engine.connect() as own:
        told = SqlStore.on(own).describe()
        assert told.kind == engine.dialect.name
        assert "application" in told.why or told.durable
        assert told.why_zh
