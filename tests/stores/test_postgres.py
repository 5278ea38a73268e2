"""PostgreSQL's own: the order of the feed, locks, lost connections, rights, what its errors mean."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ltcflow.stores import (
    CommitInDoubt,
    SqlStore,
    StaleProject,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
    verify,
)
from ltcflow.stores import postgres as ways  # needs psycopg
from ltcflow.stores.postgres_errors import MEANING, meaning

PATIENCE = 30


@pytest.fixture
def store(postgres: sa.URL) -> Iterator[SqlStore]:
    with closing(SqlStore.open(postgres)) as opened:
        yield opened


@pytest.fixture
def engine(postgres: sa.URL) -> Iterator[sa.Engine]:
    made = sa.create_engine(postgres, poolclass=sa.NullPool)
    yield made
    made.dispose()


def feed(store: SqlStore, count: int, after: int = 0) -> list[tuple[str, int]]:
    """The feed once it has *count* records: another test's transaction may keep it back for a moment."""
    until = time.monotonic() + PATIENCE
    while len(found := store.feed(after)) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert [p for p, _ in found] == sorted({p for p, _ in found})
    return [(r.project, r.number) for _, r in found]


def begun(connection: sa.Connection) -> sa.Connection:
    """Let the transaction of *connection* have its id now."""
    connection.exec_driver_sql("SELECT pg_current_xact_id()")
    return connection


# --- the order of the feed


def test_what_an_older_transaction_may_still_commit_keeps_the_feed_back(
    store: SqlStore, engine: sa.Engine, drafts: Any
) -> None:
    store.append("first", drafts(1), expected=0)
    assert feed(store, 1) == [("first", 1)]
    (last,) = (position for position, _ in store.feed())
    with engine.connect() as older:
        SqlStore.on(older).append("older", drafts(2), expected=0)
        store.append("newer", drafts(1), expected=0)
        assert store.length("newer") == 1
        assert store.feed(after=last) == (), "a reader that saw 'newer' would never see 'older'"
        older.commit()
    assert feed(store, 3, after=last) == [("older", 1), ("older", 2), ("newer", 1)]


def test_an_old_transaction_does_not_put_its_records_before_newer_ones_of_the_project(
    store: SqlStore, engine: sa.Engine, drafts: Any
) -> None:
    with engine.connect() as one, engine.connect() as two:
        stores = [SqlStore.on(begun(connection)) for connection in (one, two)]
        with engine.begin() as newer:  # one transaction, so both have to stand behind the same id
            for name in ("p", "q"):
                SqlStore.on(newer).append(name, drafts(2), expected=0)
        stores[0].append("p", drafts(1), expected=2)
        one.commit()
        stores[1].append("q", drafts(1), expected=2)
        stores[1].append("q", drafts(1), expected=3)
        two.commit()
        store.append("p", drafts(1), expected=3)
        store.append("q", drafts(1), expected=4)
    seen = feed(store, 9)
    assert [n for name, n in seen if name == "p"] == [1, 2, 3, 4]
    assert [n for name, n in seen if name == "q"] == [1, 2, 3, 4, 5]
    assert verify(store, "p") == verify(store, "q") == ()


def test_two_old_transactions_that_want_the_same_position_are_both_kept(
    store: SqlStore, engine: sa.Engine, drafts: Any
) -> None:
    with engine.connect() as one, engine.connect() as two:
        stores = [SqlStore.on(begun(connection)) for connection in (one, two)]
        with engine.begin() as newer:
            for name in ("p", "q"):
                SqlStore.on(newer).append(name, drafts(1), expected=0)
        stores[0].append("p", drafts(1), expected=1)
        later = threading.Timer(0.2, one.commit)  # until then the second one waits for the position of the first
        later.start()
        stores[1].append("q", drafts(1), expected=1)
        later.join()
        two.commit()
    assert sorted(feed(store, 4)) == [("p", 1), ("p", 2), ("q", 1), ("q", 2)]


def test_the_feed_goes_on_above_a_dump_of_a_server_that_counted_further(
    store: SqlStore, engine: sa.Engine, postgres: sa.URL, drafts: Any
) -> None:
    store.append("p", drafts(2), expected=0)
    with engine.begin() as own:
        own.exec_driver_sql(f"UPDATE ltcflow_events SET position = position + {10**6 << ways.WITHIN_BITS}")
    assert store.feed() == ()
    for turn in (1, 2):  # the second time nothing is to be mended
        with closing(SqlStore.open(postgres)) as again:
            again.append("p", drafts(1), expected=1 + turn)
            assert feed(again, 2 + turn) == [("p", n) for n in range(1, 3 + turn)]
    with engine.connect() as own:
        added = own.exec_driver_sql("SELECT value FROM ltcflow_meta WHERE name = 'feed'").scalars().all()
    assert len(added) == 1
    assert feed(store, 4) == [("p", n) for n in range(1, 5)]


def test_a_store_on_a_transaction_that_wrote_before_takes_nothing_for_a_dump(
    store: SqlStore, engine: sa.Engine, drafts: Any
) -> None:
    with engine.begin() as own:
        for n in range(3):
            SqlStore.on(own).append("p", drafts(1), expected=n)
        positions = own.exec_driver_sql("SELECT position FROM ltcflow_events ORDER BY number").scalars().all()
        assert len({position >> ways.WITHIN_BITS for position in positions}) == 1
        assert own.exec_driver_sql("SELECT count(*) FROM ltcflow_meta WHERE name = 'feed'").scalar() == 0
    assert feed(store, 3) == [("p", 1), ("p", 2), ("p", 3)]


def test_a_dump_is_not_taken_up_while_somebody_writes(postgres: sa.URL, engine: sa.Engine, drafts: Any) -> None:
    SqlStore.open(postgres).close()
    with engine.connect() as own:
        SqlStore.on(own).append("p", drafts(1), expected=0)
        with engine.begin() as other:
            SqlStore.on(other).append("q", drafts(1), expected=0)
            other.exec_driver_sql(f"UPDATE ltcflow_events SET position = position + {10**6 << ways.WITHIN_BITS}")
        with pytest.raises(StoreLocked):
            SqlStore.open(postgres, busy_timeout=0.1)
    with closing(SqlStore.open(postgres)) as store:
        assert feed(store, 1) == [("q", 1)]


def test_more_records_than_a_transaction_can_number_are_refused(
    store: SqlStore, engine: sa.Engine, drafts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MOST_IN_ONE", 3)
    store.append("p", drafts(3), expected=0)
    with pytest.raises(StoreError, match="several transactions"):
        store.append("p", drafts(4), expected=3)
    with engine.connect() as own:
        joined = SqlStore.on(own)
        joined.append("p", drafts(2), expected=3)
        with pytest.raises(StoreError, match="several transactions"):
            joined.append("p", drafts(2), expected=5)
        own.commit()
    assert store.length("p") == 5


WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ltcflow.stores import Draft, SqlStore, StaleProject
url, writer, each = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = SqlStore.open(url, busy_timeout=60)
def work(thread):
    for n in range(each):
        name = f"p{(thread + n) % 3}"
        while True:
            try:
                at = datetime(2026, 3, 2, tzinfo=UTC)
                batch = [Draft(kind="K", at=at, by=f"{writer}.{thread}", data=f"{n}.{i}") for i in (0, 1)]
                store.append(name, batch, expected=store.length(name))
                break
            except StaleProject:
                pass
with ThreadPoolExecutor(4) as pool:
    list(pool.map(work, range(4)))
store.close()
"""


def test_four_processes_of_four_writers_and_a_reader(postgres: sa.URL) -> None:
    url = postgres.render_as_string(hide_password=False)
    running = [subprocess.Popen([sys.executable, "-c", WRITER, url, str(n), "5"]) for n in range(4)]
    seen: list[Any] = []
    with closing(SqlStore.open(postgres, busy_timeout=60)) as store:  # it races with the writers to make the tables
        until = time.monotonic() + 60
        while len(seen) < 160 and time.monotonic() < until:
            seen.extend(store.feed(after=seen[-1][0] if seen else 0, limit=11))
        assert [p.wait(timeout=60) for p in running] == [0] * 4
        positions = [position for position, _ in seen]
        assert positions == sorted(set(positions))
        for name in ("p0", "p1", "p2"):
            assert [r for _, r in seen if r.project == name] == list(store.read(name))
            assert verify(store, name) == ()
        wanted = [(f"{w}.{t}", f"{n}.{i}") for w in range(4) for t in range(4) for n in range(5) for i in (0, 1)]
        assert sorted((r.by, r.data) for _, r in seen) == sorted(wanted)


# --- locks


def test_a_project_that_somebody_writes_to_is_waited_for_and_no_other_is(
    postgres: sa.URL, engine: sa.Engine, drafts: Any
) -> None:
    with closing(SqlStore.open(postgres, busy_timeout=0.2)) as store, engine.connect() as own:
        SqlStore.on(own).append("p", drafts(1), expected=0)
        began = time.monotonic()
        with pytest.raises(StoreLocked, match="busy timeout") as caught:
            store.append("p", drafts(1), expected=0)
        assert 0.15 < time.monotonic() - began < 5
        assert caught.value.code == "LTC603"
        assert store.append("q", drafts(1), expected=0)
        own.commit()
        with pytest.raises(StaleProject):
            store.append("p", drafts(1), expected=0)
        assert store.append("p", drafts(1), expected=1)


def test_a_pool_with_no_connection_left_is_told(postgres: sa.URL, drafts: Any) -> None:
    engine = sa.create_engine(postgres, pool_size=1, max_overflow=0, pool_timeout=0.1)
    store = SqlStore(engine)
    with engine.connect(), pytest.raises(StoreLocked, match="no free connection"):
        store.append("p", drafts(1), expected=0)
    assert store.append("p", drafts(1), expected=0)
    engine.dispose()


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_application_with_an_old_snapshot_is_told_to_begin_anew(
    store: SqlStore, engine: sa.Engine, drafts: Any, level: Any
) -> None:
    store.append("p", drafts(1), expected=0)
    with engine.connect().execution_options(isolation_level=level) as own:
        joined = SqlStore.on(own)
        assert joined.length("p") == 1
        store.append("p", drafts(1), expected=1)
        own.exec_driver_sql("CREATE TABLE app (n int)")
        with pytest.raises(StoreLocked, match="roll it back and repeat"):
            joined.append("p", drafts(1), expected=1)
        own.rollback()
        assert joined.append("p", drafts(1), expected=2)
        own.commit()
    assert store.length("p") == 3


def test_two_applications_that_lock_each_other_out_are_told(store: SqlStore, engine: sa.Engine, drafts: Any) -> None:
    with engine.connect() as one, engine.connect() as two:
        stores = {SqlStore.on(one): ("p", "q"), SqlStore.on(two): ("q", "p")}
        for joined, names in stores.items():
            joined.append(names[0], drafts(1), expected=0)
        told: list[StoreError] = []

        def work(joined: SqlStore, connection: sa.Connection) -> None:
            try:
                joined.append(stores[joined][1], drafts(1), expected=0)
                connection.commit()
            except StaleProject:  # the other one was committed while this one waited
                connection.rollback()
            except StoreError as error:
                told.append(error)
                connection.rollback()

        threads = [threading.Thread(target=work, args=pair) for pair in zip(stores, (one, two), strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [type(error) for error in told] == [StoreLocked]
    assert verify(store, "p") == verify(store, "q") == ()


def test_an_engine_that_commits_by_itself_still_keeps_all_of_a_batch_or_nothing(postgres: sa.URL, drafts: Any) -> None:
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    store = SqlStore(engine)
    store.append("p", drafts(2), expected=0)
    with pytest.raises(AttributeError):
        store.append("p", [*drafts(2), None], expected=2)  # type: ignore[list-item]  # the mistake tried
    with engine.connect() as own:  # what `append` writes last fails
        own.exec_driver_sql("ALTER TABLE ltcflow_heads ADD CHECK (number < 4)")
    with pytest.raises(StoreError, match="check constraint"):
        store.append("p", drafts(2), expected=2)
    with engine.connect() as own:
        raw: Any = own.connection.driver_connection
        assert raw.autocommit, "the application's connections are given back as they were"
        assert own.exec_driver_sql("SELECT count(*) FROM ltcflow_events").scalar() == 2
    engine.dispose()


def test_a_connection_that_commits_by_itself_cannot_be_joined(postgres: sa.URL, drafts: Any) -> None:
    SqlStore.open(postgres).close()
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as own:
        with pytest.raises(StoreUnusable, match="AUTOCOMMIT"):
            SqlStore.on(own).append("p", drafts(1), expected=0)
        assert SqlStore.on(own).length("p") == 0


# --- lost connections


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_commit_whose_answer_is_lost_is_asked_for_and_done_once(
    line: Any, store: SqlStore, drafts: Any, cut: str
) -> None:
    with closing(SqlStore.open(line.url)) as far:
        far.append("p", drafts(1), expected=0)
        line.cut = cut
        written = far.append("p", drafts(2), expected=1)
        assert line.commits == 1
        assert store.read("p", after=1) == written
        assert store.length("p") == 3


@pytest.mark.parametrize("cut", ["before", "after"])
def test_where_nobody_can_be_asked_the_commit_is_in_doubt_and_the_retry_settles_it(
    line: Any, store: SqlStore, drafts: Any, cut: str
) -> None:
    with closing(SqlStore.open(line.url, busy_timeout=0.3)) as far:
        far.append("p", drafts(1), expected=0)
        line.cut, line.dead = cut, True
        with pytest.raises(CommitInDoubt) as caught:
            far.append("p", drafts(2), expected=1)
        told = caught.value
        assert (told.code, told.project, told.number) == ("LTC620", "p", 3)
        there = {(r.number, r.hash) for r in store.read("p")}
        assert ((told.number, told.hash) in there) == (cut == "after")
        with pytest.raises(StoreUnreachable):
            far.append("p", drafts(2), expected=1)
        line.dead = False
        if cut == "after":
            with pytest.raises(StaleProject):  # other drafts are another writer's affair
                far.append("p", drafts(2, 5), expected=1)
        written = far.append("p", drafts(2), expected=1)
        assert store.read("p", after=1) == written
        assert written[-1].hash == told.hash
        with pytest.raises(StaleProject):  # it was settled
            far.append("p", drafts(2), expected=1)
        assert far.append("p", drafts(1), expected=3)


def test_a_definition_is_saved_even_when_the_answer_is_lost(line: Any, store: SqlStore) -> None:
    with closing(SqlStore.open(line.url)) as far:
        for n, cut in enumerate(["before", "after"]):
            line.cut = cut
            far.save_definition(f"h{n}", "text")
            assert store.definition(f"h{n}") == "text"
    assert line.commits == 2


def test_connections_that_died_in_the_pool_are_replaced(store: SqlStore, engine: sa.Engine, drafts: Any) -> None:
    store.append("p", drafts(1), expected=0)
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ltcflow'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    for call in (
        lambda: store.append("p", drafts(1), expected=1),
        lambda: store.read("p"),
        lambda: store.save_definition("h", "text"),
    ):
        with engine.connect() as own:
            own.exec_driver_sql(end)
        time.sleep(0.05)
        call()
    assert store.length("p") == 2


def test_a_server_that_does_not_answer_is_told_without_the_password(postgres: sa.URL) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(StoreUnreachable, match="Check host and port") as caught:
        SqlStore.open(postgres.set(port=port, password="secret"))
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value.__cause__)
    with pytest.raises(StoreUnusable, match="name of the database"):
        SqlStore.open(postgres.set(database="nowhere"))


def test_what_was_acknowledged_survives_a_kill_of_the_writer(postgres: sa.URL) -> None:
    endless = WRITER.replace("range(each)", "range(10**6)").replace(
        "                break",
        """
                import os; os.write(1, b"+")
                break""",
    )
    url = postgres.render_as_string(hide_password=False)
    kept = 0
    with closing(SqlStore.open(postgres)) as store:
        for wait in (0.01, 0.04):
            with subprocess.Popen([sys.executable, "-c", endless, url, "0", "1"], stdout=subprocess.PIPE) as writer:
                assert writer.stdout is not None
                said = writer.stdout.read(1)
                time.sleep(wait)
                writer.kill()
                said += writer.stdout.read()
                assert writer.wait(timeout=60) == -signal.SIGKILL
            lengths = [store.length(f"p{n}") for n in range(3)]
            assert all(length % 2 == 0 for length in lengths)
            assert kept + 2 * len(said) <= sum(lengths) <= kept + 2 * (len(said) + 4)
            assert all(verify(store, f"p{n}") == () for n in range(3))
            kept = sum(lengths)


# --- rights, and what cannot be a store


@pytest.fixture
def role(engine: sa.Engine, postgres: sa.URL) -> Iterator[Callable[[str], sa.URL]]:
    """Return a maker of a user who was granted what is said, and of the address for that user."""
    name = "u" + postgres.query["options"][-32:]  # type: ignore[operator]  # one text
    schema = str(postgres.query["options"]).rpartition("=")[2]

    def make(grants: str) -> sa.URL:
        with engine.begin() as own:
            own.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
            own.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
            for grant in filter(None, grants.split(";")):
                own.exec_driver_sql(f"GRANT {grant} TO {name}")
        return postgres.set(username=name)

    yield make
    with engine.begin() as own:
        own.exec_driver_sql(f"DROP OWNED BY {name}")
        own.exec_driver_sql(f"DROP ROLE {name}")


TABLES = "ltcflow_meta, ltcflow_events, ltcflow_definitions, ltcflow_heads"


def test_a_user_who_may_only_read_reads(store: SqlStore, role: Callable[[str], sa.URL], drafts: Any) -> None:
    store.append("p", drafts(2), expected=0)
    with closing(SqlStore.open(role(f"SELECT ON {TABLES}"))) as reader:
        assert reader.length("p") == 2
        assert feed(reader, 2) == [("p", 1), ("p", 2)]
        for call in (lambda: reader.append("p", drafts(1), expected=2), lambda: reader.save_definition("h", "t")):
            with pytest.raises(StoreReadOnly, match="permission denied"):
                call()
    assert store.length("p") == 2


def test_the_rights_to_add_are_enough_to_write(store: SqlStore, role: Callable[[str], sa.URL], drafts: Any) -> None:
    """As docs/how-to/keep-the-record.md says: nobody needs the right to change or delete a record."""
    url = role(
        f"SELECT ON {TABLES};INSERT ON ltcflow_events, ltcflow_definitions, ltcflow_heads;UPDATE ON ltcflow_heads"
    )
    with closing(SqlStore.open(url)) as writer:
        writer.append("p", drafts(2), expected=0)
        writer.append("p", drafts(1), expected=2)
        writer.save_definition("h", "t")
    assert store.length("p") == 3


def test_a_user_who_may_not_make_tables_is_told(role: Callable[[str], sa.URL]) -> None:
    with pytest.raises(StoreReadOnly, match="permission denied"):
        SqlStore.open(role(""))


def test_a_session_that_only_reads_is_told(store: SqlStore, postgres: sa.URL, drafts: Any) -> None:
    options = f"{postgres.query['options']} -c default_transaction_read_only=on"
    with closing(SqlStore.open(postgres.update_query_dict({"options": options}))) as reader:
        assert reader.length("p") == 0
        with pytest.raises(StoreReadOnly, match="primary"):
            reader.append("p", drafts(1), expected=0)


def test_a_database_that_has_not_every_character_is_refused(postgres_database: sa.URL) -> None:
    name = f"{postgres_database.database}_latin"
    server = sa.create_engine(postgres_database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as own:
        own.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        with pytest.raises(StoreUnusable, match="LATIN1"):
            SqlStore.open(postgres_database.set(database=name))
    finally:
        with server.connect() as own:
            own.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_other_tables_in_the_database_are_no_hindrance_and_left_alone(
    postgres: sa.URL, engine: sa.Engine, drafts: Any
) -> None:
    with engine.begin() as own:
        own.exec_driver_sql("CREATE TABLE users (name text)")
        own.exec_driver_sql("INSERT INTO users VALUES ('li.wei')")
    with closing(SqlStore.open(postgres)) as store:
        store.append("p", drafts(1), expected=0)
    with engine.connect() as own:
        assert own.exec_driver_sql("SELECT name FROM users").scalar() == "li.wei"


# --- damage


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE ltcflow_events SET data = '{}' WHERE number = 2", ("LTC610", "p[2]")),
        ("DELETE FROM ltcflow_events WHERE number = 2", ("LTC611", "p[2]")),
        ("DELETE FROM ltcflow_events WHERE number = 3", ("LTC615", "p[3]")),
        ("DELETE FROM ltcflow_heads", ("LTC618", "p[3]")),
        ("UPDATE ltcflow_events SET at = 'yesterday' WHERE number = 2", ("LTC616", "p[2]")),
    ],
)
def test_a_record_that_was_touched_is_found(
    store: SqlStore, engine: sa.Engine, drafts: Any, damage: str, found: tuple[str, str]
) -> None:
    store.append("p", drafts(3), expected=0)
    with engine.begin() as own:
        own.exec_driver_sql(damage)
    assert [(f.code, f.where) for f in verify(store, "p")] == [found]


def test_a_table_lost_while_open_is_damage(store: SqlStore, engine: sa.Engine, drafts: Any) -> None:
    with engine.begin() as own:
        own.exec_driver_sql("DROP TABLE ltcflow_events")
    with pytest.raises(StoreCorrupt):
        store.append("p", drafts(1), expected=0)


# --- how safely it writes


def test_a_commit_waits_for_the_disk_even_in_a_session_that_does_not(postgres: sa.URL) -> None:
    options = f"{postgres.query['options']} -c synchronous_commit=off"
    engine = sa.create_engine(postgres.update_query_dict({"options": options}), poolclass=sa.NullPool)
    store = SqlStore(engine)
    told = store.describe()
    assert (told.kind, told.synchronous, told.journal_mode) == ("postgresql", "on", "")
    assert "raise it to on" in told.why
    show = "SHOW synchronous_commit"
    assert store._access.write(lambda c: c.exec_driver_sql(show).scalar()) == "on"
    with engine.connect() as own:
        joined = SqlStore.on(own).describe()
        assert (joined.synchronous, joined.durable) == ("off", False)
        assert own.exec_driver_sql(show).scalar() == "off"


@pytest.mark.parametrize(
    ("settings", "durable"),
    [
        (("on", "on", "on"), True),
        (("on", "on", "local"), True),
        (("on", "on", "remote_apply"), True),
        (("off", "on", "on"), False),
        (("on", "off", "on"), False),
        (("on", "on", "off"), False),
    ],
)
def test_what_makes_a_commit_durable(settings: tuple[str, str, str], durable: bool) -> None:
    told = ways.durability(*settings, joined=True)
    assert told[0] == durable
    assert told[1].endswith(".")
    assert told[2].endswith("。")
    if settings[:2] == ("on", "on"):
        assert ways.durability(*settings, joined=False)[0]


# --- errors


class Said(Exception):
    """What a driver's error has."""

    def __init__(self, text: str, sqlstate: str | None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("40001", StoreLocked), ("40P01", StoreLocked), ("55P03", StoreLocked), ("57014", StoreLocked),
        ("25006", StoreReadOnly), ("42501", StoreReadOnly), ("53100", StoreFull), ("42P01", StoreCorrupt),
        ("XX001", StoreCorrupt), ("58P01", StoreCorrupt), ("08006", StoreUnreachable), ("57P01", StoreUnreachable),
        ("25P02", StoreError), ("22000", StoreError), (None, StoreError),
    ],
)  # fmt: skip
def test_every_error_of_the_server_has_a_kind_and_a_remedy(state: str | None, kind: type[StoreError]) -> None:
    told = meaning(Said("something.\nDETAIL: more", state), "db", lost=False)
    assert type(told) is kind
    assert told.remedy.endswith(".")
    assert "DETAIL" not in str(told)
    if state not in MEANING:
        assert "something" in told.problem


def test_a_statement_that_takes_too_long_is_told(postgres: sa.URL, engine: sa.Engine, drafts: Any) -> None:
    SqlStore.open(postgres).close()
    options = f"{postgres.query['options']} -c statement_timeout=100"
    with closing(SqlStore.open(postgres.update_query_dict({"options": options}))) as store, engine.connect() as own:
        SqlStore.on(own).append("p", drafts(1), expected=0)
        with pytest.raises(StoreLocked, match="statement_timeout"):
            store.append("p", drafts(1), expected=0)


def test_a_transaction_that_failed_before_is_told(store: SqlStore, engine: sa.Engine, drafts: Any) -> None:
    with engine.connect() as own:
        joined = SqlStore.on(own)
        with suppress(sa.exc.DBAPIError):
            own.exec_driver_sql("SELECT 1/0")
        with pytest.raises(StoreError, match="failed before"):
            joined.append("p", drafts(1), expected=0)
        own.rollback()
        assert joined.append("p", drafts(1), expected=0)


def test_the_doctor_says_how_safely_a_server_writes(postgres: sa.URL) -> None:
    from click.testing import CliRunner

    from ltcflow.cli.app import cli

    SqlStore.open(postgres).close()
    told = CliRunner().invoke(cli, ["doctor", "--db", postgres.render_as_string(hide_password=False), "--lang", "zh"])
    assert told.exit_code == 0, told.output
    assert "PostgreSQL" in told.output
    assert "synchronous_commit" in told.output
    assert "日志模式" not in told.output, "a row without a value is left out"


def test_the_doctor_writes_nothing_on_a_server_and_makes_no_tables(postgres: sa.URL, engine: sa.Engine) -> None:
    from ltcflow.doctor import Status, record

    with engine.connect() as own:
        before = own.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar()
        (told,) = record(postgres.render_as_string(hide_password=False))
        assert told.status is Status.PROBLEM
        assert "no tables of ltcflow" in told.found.en
        assert not sa.inspect(own).has_table("ltcflow_events", schema=own.exec_driver_sql("SHOW search_path").scalar())
        assert own.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar() == before


def test_the_doctor_names_what_is_wrong_on_a_server(
    store: SqlStore, engine: sa.Engine, postgres: sa.URL, drafts: Any
) -> None:
    from ltcflow.doctor import Status, record

    def worst() -> list[tuple[str, str]]:
        checks = record(postgres.render_as_string(hide_password=False))
        return [(check.name, check.status.value) for check in checks if check.status is not Status.OK]

    store.append("whole", drafts(2), expected=0)
    with engine.connect() as older:  # an older transaction keeps the feed back
        begun(older)
        store.append("newer", drafts(1), expected=0)
        assert ("feed", "warning") in worst()
        older.rollback()
    with engine.begin() as own:
        own.exec_driver_sql("UPDATE ltcflow_events SET data = '{}' WHERE project = 'whole' AND number = 2")
    assert [found for found in worst() if found[0] == "project"] == [("project", "problem")] * 2
    told = [check.found.en for check in record(postgres.render_as_string(hide_password=False))]
    assert any("LTC610: whole[2]" in text for text in told)
    assert any(text.startswith("LTC505") for text in told), "a kind that no ltcflow writes"


def test_without_psycopg_it_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError(\"No module named 'psycopg'\", name='psycopg')")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from ltcflow.stores import StoreUnusable, open_store\n"
        "try: open_store('postgresql://u@127.0.0.1/x')\n"
        "except StoreUnusable as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert 'pip install "ltcflow[postgres]"' in told.stdout
