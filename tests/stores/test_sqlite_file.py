"""The SQLite file: where it may lie, how it is written, what damage looks like."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ltcflow.stores import (
    RecordUnreadable,
    SqlStore,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnusable,
    open_store,
    verify,
    verify_chain,
)
from ltcflow.stores.sqlite import journal_mode_for


@pytest.fixture
def path(tmp_path: Path, drafts: Any) -> Path:
    """A file with two projects of five records each, closed."""
    place = tmp_path / "sales.db"
    with closing(SqlStore.open(f"sqlite:///{place}")) as store:
        store.append("a", drafts(5), expected=0)
        store.append("b", drafts(5), expected=0)
    return place


def _sql(path: Path, *statements: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as raw:
        rows: list[Any] = []
        for statement in statements:
            rows = raw.execute(statement).fetchall()
        raw.commit()
        return rows


def _broken(path: Path, project: str = "a") -> list[tuple[str, str]]:
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        return [(f.code, f.where) for f in verify(store, project)]


# --- how it is written


def test_the_journal_follows_the_version_of_the_library(file_store: SqlStore) -> None:
    versions = [(3, 7, 0), (3, 40, 1), (3, 51, 2), (3, 51, 3), (3, 52, 0), (4, 0, 0)]
    assert [journal_mode_for(v) for v in versions] == ["delete"] * 3 + ["wal"] * 3
    told = file_store.describe()
    assert told.journal_mode == journal_mode_for(sqlite3.sqlite_version_info)
    assert (told.kind, told.synchronous, told.durable, told.busy_timeout) == ("sqlite", "full", True, 5.0)
    assert sqlite3.sqlite_version in told.library
    assert sqlite3.sqlite_version in told.why


def test_a_write_holds_the_lock_from_the_start(file_store: SqlStore, drafts: Any) -> None:
    said: list[str] = []

    @sa.event.listens_for(file_store._access.engine, "checkout")
    def trace(raw: Any, record: Any, proxy: Any) -> None:
        raw.set_trace_callback(said.append)

    file_store.append("a", drafts(2), expected=0)
    words = [s.split()[0] for s in said if not s.startswith("PRAGMA")]
    assert words[0] == "BEGIN"
    assert "BEGIN IMMEDIATE" in said
    assert [w for w in words if w in ("BEGIN", "COMMIT", "ROLLBACK")] == ["BEGIN", "COMMIT"]


def test_every_connection_is_durable_and_checks_foreign_keys(file_store: SqlStore) -> None:
    with file_store._access.lent() as one, file_store._access.lent() as two:
        for connection in (one, two):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_write_ahead_log_left_by_another_library_is_changed_back(path: Path) -> None:
    _sql(path, "PRAGMA journal_mode=WAL")
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        assert store.describe().journal_mode == journal_mode_for(sqlite3.sqlite_version_info)
        assert store.length("a") == 5


def test_no_connection_is_left_in_a_transaction(file_store: SqlStore, drafts: Any) -> None:
    file_store.append("a", drafts(1), expected=0)
    file_store.read("a")
    with closing(sqlite3.connect(file_store.describe().location, timeout=0)) as raw:
        raw.execute("BEGIN EXCLUSIVE")


# --- where it may lie


def test_a_folder_a_missing_folder_and_a_wrong_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"hello")
    (tmp_path / "long.db").write_bytes(os.urandom(100_000))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for place, words in (
        (tmp_path, "folder"),
        (tmp_path / "no" / "sales.db", "Make "),
        (tmp_path / "text.db" / "x.db", "folder"),
        (tmp_path / "text.db", "no SQLite database"),
        (tmp_path / "long.db", "no SQLite database"),
    ):
        with pytest.raises(StoreUnusable, match=words) as caught:
            open_store(str(place))
        assert str(place) in str(caught.value)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_another_applications_database_is_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "app.db"
    _sql(place, "PRAGMA journal_mode=WAL", "CREATE TABLE users (name TEXT)", "INSERT INTO users VALUES ('li.wei')")
    before = place.read_bytes()
    with pytest.raises(StoreUnusable, match="another application") as caught:
        open_store(str(place))
    assert "users" in str(caught.value)
    assert place.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path, drafts: Any) -> None:
    (tmp_path / "sales.db").touch()
    with closing(open_store(str(tmp_path / "sales.db"))) as store:
        assert len(store.append("a", drafts(1), expected=0)) == 1


@pytest.mark.parametrize(("version", "kind"), [("3", StoreUnusable), ("99999999999999", StoreUnusable)])
def test_a_later_version_of_the_tables_is_refused(path: Path, version: str, kind: type[StoreError]) -> None:
    _sql(path, f"UPDATE ltcflow_meta SET value = '{version}'")
    with pytest.raises(kind, match="Upgrade ltcflow"):
        open_store(str(path))


@pytest.mark.parametrize("damage", ["UPDATE ltcflow_meta SET value = 'x'", "DELETE FROM ltcflow_meta"])
def test_a_version_that_cannot_be_read_is_damage(path: Path, damage: str) -> None:
    _sql(path, damage)
    with pytest.raises(StoreCorrupt):
        open_store(str(path))


@pytest.mark.parametrize("table", ["ltcflow_meta", "ltcflow_events", "ltcflow_definitions", "ltcflow_heads"])
def test_a_lost_table_is_damage(path: Path, table: str) -> None:
    _sql(path, f"DROP TABLE {table}")
    with pytest.raises(StoreCorrupt, match=table):
        open_store(str(path))


def test_a_table_lost_while_open_is_damage(file_store: SqlStore, drafts: Any) -> None:
    _sql(Path(file_store.describe().location), "DROP TABLE ltcflow_events")
    with pytest.raises(StoreCorrupt):
        file_store.append("a", drafts(1), expected=0)


def test_a_file_that_may_only_be_read_can_be_read(path: Path, drafts: Any) -> None:
    with closing(SqlStore.open(f"sqlite:///file:{path}?mode=ro&uri=true")) as store:
        assert store.length("a") == 5
        with pytest.raises(StoreReadOnly) as caught:
            store.append("a", drafts(1), expected=5)
        assert isinstance(caught.value.__cause__, Exception)
        with pytest.raises(StoreReadOnly):
            store.save_definition("h", "t")
        assert verify(store, "a") == ()


def test_an_empty_file_that_may_only_be_read_cannot_become_a_store(tmp_path: Path) -> None:
    (tmp_path / "sales.db").touch()
    with pytest.raises(StoreReadOnly):
        SqlStore.open(f"sqlite:///file:{tmp_path}/sales.db?mode=ro&uri=true")
    with pytest.raises(StoreUnusable, match="cannot be opened"):
        SqlStore.open(f"sqlite:///file:{tmp_path}/none.db?mode=ro&uri=true")


# --- full and damaged


def test_a_full_disk_keeps_all_that_was_acknowledged(path: Path, drafts: Any) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def limit(raw: Any, record: Any) -> None:
        raw.execute("PRAGMA max_page_count=20")

    store = SqlStore(engine)
    kept = 5
    full = False
    while not full:
        try:
            kept = store.append("a", drafts(7, kept), expected=kept)[-1].number
        except StoreFull:
            full = True
    assert kept > 5
    assert store.length("a") == kept
    with pytest.raises(StoreFull):
        store.save_definition("h", "x" * 100_000)
    engine.dispose()
    with closing(SqlStore.open(f"sqlite:///{path}")) as again:
        assert again.length("a") == kept
        assert verify(again, "a") == ()
        assert again.append("a", drafts(1), expected=kept)[-1].number == kept + 1


def test_overwritten_pages_are_damage_and_never_a_traceback_of_the_library(path: Path, drafts: Any) -> None:
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        store.append("a", drafts(300), expected=5)
    whole = path.read_bytes()
    seen: set[type[Exception]] = set()
    for page in range(len(whole) // 4096):
        path.write_bytes(whole[: page * 4096] + b"\xde\xad\xbe\xef" * 1024 + whole[(page + 1) * 4096 :])
        try:
            with closing(SqlStore.open(f"sqlite:///{path}")) as store:
                records = store.read("a")
                store.append("a", drafts(1), expected=store.length("a"))
                store.feed(limit=10_000)
                store.projects()
                assert len(records) == 305
                assert verify_chain(records) == ()
        except StoreError as error:
            seen.add(type(error))
    assert seen == {StoreCorrupt, StoreUnusable}


def test_text_that_is_no_utf_8_is_damage(path: Path) -> None:
    _sql(path, "UPDATE ltcflow_events SET data = CAST(x'ff' AS TEXT) WHERE project = 'a' AND number = 3")
    with closing(SqlStore.open(f"sqlite:///{path}")) as store, pytest.raises(StoreCorrupt, match="UTF-8"):
        store.read("a")


# --- tampering


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("kind = kind || ' '", "LTC610"),
        ("at = '2020-01-01T00:00:00.000000Z'", "LTC610"),
        ("by = 'wang.fang'", "LTC610"),
        ("data = replace(data, '2', '3')", "LTC610"),
        ("previous = hash", "LTC610"),
        ("hash = previous", "LTC610"),
        ("number = 9", "LTC611"),
        ("number = -3", "LTC611"),
        ("project = 'c'", "LTC611"),
        ("at = 'yesterday'", "LTC616"),
        ("at = '2020-01-01'", "LTC616"),
        ("data = x'00'", "LTC616"),
        ("kind = x'41'", "LTC616"),
        ("hash = x'41'", "LTC616"),
    ],
)
def test_a_changed_column_is_found_at_its_record(path: Path, change: str, found: str) -> None:
    change = change.replace("by =", '"by" =')
    _sql(path, f"UPDATE ltcflow_events SET {change} WHERE project = 'a' AND number = 3")
    assert _broken(path) == [(found, "a[3]")]
    assert _broken(path, "b") == []


@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_deleted_row_is_found(path: Path, number: int) -> None:
    _sql(path, f"DELETE FROM ltcflow_events WHERE project = 'a' AND number = {number}")
    assert _broken(path) == [("LTC611", f"a[{number}]")]


def test_rows_with_swapped_numbers_are_found(path: Path) -> None:
    _sql(
        path,
        *(
            f"UPDATE ltcflow_events SET number = {new} WHERE project = 'a' AND number = {old}"
            for old, new in ((2, 99), (4, 2), (99, 4))
        ),
    )
    assert _broken(path) == [("LTC612", "a[2]")]


def test_a_row_moved_to_another_project_is_found_in_both(path: Path) -> None:
    _sql(path, "UPDATE ltcflow_events SET project = 'b', number = 6 WHERE project = 'a' AND number = 2")
    assert _broken(path) == [("LTC611", "a[2]")]
    assert _broken(path, "b") == [("LTC610", "b[6]")]


def test_an_inserted_row_is_found(path: Path) -> None:
    _sql(
        path,
        'INSERT INTO ltcflow_events (project, number, kind, at, "by", data, previous, hash) '
        'SELECT project, 6, kind, at, "by", data, previous, hash FROM ltcflow_events '
        "WHERE project = 'a' AND number = 5",
    )
    assert _broken(path) == [("LTC612", "a[6]")]


def test_an_unreadable_record_names_itself(path: Path) -> None:
    _sql(path, "UPDATE ltcflow_events SET at = 'never' WHERE project = 'a' AND number = 3")
    with closing(SqlStore.open(f"sqlite:///{path}")) as store:
        with pytest.raises(RecordUnreadable) as caught:
            store.read("a")
        assert (caught.value.project, caught.value.number, caught.value.field) == ("a", "3", "at")
        (found,) = verify(store, "a")
        assert found.problem_zh


# --- an application's own engine


def _begin_by_hand(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        raw.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")


@pytest.fixture(params=["plain", "autocommit", "begin event", "null pool"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path}/app.db"
    if request.param == "autocommit":
        made = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    elif request.param == "null pool":
        made = sa.create_engine(url, poolclass=sa.NullPool)
    else:
        made = sa.create_engine(url)
    if request.param == "begin event":
        _begin_by_hand(made)
    yield made
    made.dispose()


def test_an_application_can_keep_its_tables_and_ours_together(engine: sa.Engine, drafts: Any) -> None:
    with engine.begin() as own:
        own.exec_driver_sql("CREATE TABLE users (name TEXT)")
        own.exec_driver_sql("INSERT INTO users VALUES ('li.wei')")
    store = SqlStore(engine)
    written = store.append("a", drafts(3), expected=0)
    with pytest.raises(AttributeError):
        store.append("a", [*drafts(1), None], expected=3)  # type: ignore[list-item]  # the mistake tried
    assert store.read("a") == written
    assert store.describe().durable
    assert SqlStore(engine).read("a") == written
    store.close()
    with engine.begin() as own:
        assert own.exec_driver_sql("SELECT name FROM users").scalar() == "li.wei"
    with closing(open_store(str(engine.url.database))) as again:
        assert again.read("a") == written


def test_durability_is_raised_but_never_lowered(tmp_path: Path) -> None:
    for level, told in ((0, "full"), (1, "full"), (3, "extra")):
        engine = sa.create_engine(f"sqlite:///{tmp_path}/app.db")
        sa.event.listen(engine, "connect", lambda raw, _, level=level: raw.execute(f"PRAGMA synchronous={level}"))
        assert SqlStore(engine).describe().synchronous == told
        engine.dispose()


def test_an_engine_that_would_lose_work_is_refused(tmp_path: Path) -> None:
    for engine in (sa.create_engine("sqlite://"), sa.create_engine("sqlite://", poolclass=sa.StaticPool)):
        with pytest.raises(StoreUnusable, match="one connection"):
            SqlStore(engine)
        engine.dispose()
    other = sa.create_mock_engine("postgresql://", lambda *_: None)
    assert other.dialect.name == "postgresql"


def test_an_unsafe_write_ahead_log_of_the_application_is_told(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/app.db")
    with engine.connect() as own:
        own.exec_driver_sql("PRAGMA journal_mode=WAL")
    told = SqlStore(engine).describe()
    assert told.journal_mode == "wal"
    assert ("can corrupt" in told.why) == (sqlite3.sqlite_version_info < (3, 51, 3))
    engine.dispose()


def test_the_tables_can_be_made_in_postgresql() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from ltcflow.stores.schema import metadata

    made = [str(CreateTable(t).compile(dialect=postgresql.dialect())) for t in metadata.sorted_tables]
    assert any("position BIGSERIAL" in text for text in made)
    assert "AUTOINCREMENT" not in "".join(made)
