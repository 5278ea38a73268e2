"""Versions of the tables: steps forward only, all of them or none, also for who is killed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ltcflow.stores import SqlStore, StoreError, StoreUnusable, schema, verify


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, drafts: Any) -> sa.URL:
    """A database of version 1 with two projects, as the first ltcflow made it."""
    found: sa.URL
    if request.param == "sqlite":
        found = sa.make_url(f"sqlite:///{tmp_path}/sales.db")
    else:
        found = request.getfixturevalue("postgres")
    with closing(SqlStore.open(found)) as store:
        store.append("a", drafts(3), expected=0)
        store.append("b", drafts(5), expected=0)
    run(found, "DROP TABLE ltcflow_heads", "UPDATE ltcflow_meta SET value = '1' WHERE name = 'schema'")
    return found


def run(url: sa.URL, *statements: str) -> list[Any]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as own:
        for statement in statements:
            rows = own.exec_driver_sql(statement)
        return list(rows.all()) if rows.returns_rows else []


def version(url: sa.URL) -> str:
    return str(run(url, "SELECT value FROM ltcflow_meta WHERE name = 'schema'")[0][0])


def tables(url: sa.URL) -> set[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as own:
        return set(sa.inspect(own).get_table_names())


def test_an_older_database_is_brought_up_to_date_when_it_is_opened(url: sa.URL, drafts: Any) -> None:
    with closing(SqlStore.open(url)) as store:
        assert version(url) == str(schema.VERSION)
        assert {name: head[0] for name, head in store.heads().items()} == {"a": 3, "b": 5}
        assert verify(store, "a") == verify(store, "b") == ()
        assert store.append("a", drafts(1), expected=3)
    with closing(SqlStore.open(url)) as store:
        assert store.length("a") == 4


@pytest.mark.parametrize("later", [str(schema.VERSION + 1), "99"])
def test_a_later_version_is_refused_and_left_as_it_is(url: sa.URL, later: str) -> None:
    run(url, f"UPDATE ltcflow_meta SET value = '{later}' WHERE name = 'schema'")
    with pytest.raises(StoreUnusable, match="later ltcflow") as caught:
        SqlStore.open(url)
    assert "Upgrade ltcflow" in caught.value.remedy
    assert version(url) == later
    assert "ltcflow_heads" not in tables(url)


@pytest.fixture
def further(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An ltcflow to come: two more steps. What is put in the list makes the last one fail."""
    failing: list[str] = []

    def add(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE later (n INTEGER)")

    def fill(connection: sa.Connection) -> None:
        connection.exec_driver_sql("INSERT INTO later VALUES (1)")
        if failing:
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, add, fill))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    return failing


def test_every_step_from_the_version_found_is_taken_in_order_and_once(url: sa.URL, further: list[str]) -> None:
    for _ in range(2):
        with closing(SqlStore.open(url)) as store:
            assert store.length("b") == 5
        assert version(url) == str(schema.VERSION)
        assert run(url, "SELECT n FROM later") == [(1,)]


def test_a_step_that_fails_leaves_the_version_that_was_there(url: sa.URL, further: list[str], drafts: Any) -> None:
    further.append("fail")
    before = tables(url)
    with pytest.raises(StoreError):
        SqlStore.open(url)
    assert (version(url), tables(url)) == ("1", before)
    further.clear()
    with closing(SqlStore.open(url)) as store:
        assert store.append("a", drafts(1), expected=3)


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from ltcflow.stores import SqlStore, verify
url, how = sys.argv[1], sys.argv[2]
version = sa.text("SELECT value FROM ltcflow_meta WHERE name = 'schema'")

def die_at(left):
    def count(*_):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    if how == "statement":
        sa.event.listen(sa.Engine, "before_cursor_execute", count)
        sa.event.listen(sa.Engine, "commit", count)
    else:  # a step of SQLite's machine
        sa.event.listen(sa.pool.Pool, "connect", lambda raw, _: raw.set_progress_handler(count, 1))

point, stride, seen = 1, int(sys.argv[3]), []
while True:
    child = os.fork()
    if not child:
        die_at(point)
        SqlStore.open(url).close()
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as own:
        found = own.execute(version).scalar()
        there = "ltcflow_heads" in sa.inspect(own).get_table_names()
        heads = own.exec_driver_sql("SELECT project, number FROM ltcflow_heads ORDER BY 1").all() if there else None
    assert (found, heads) in (("1", None), ("2", [("a", 3), ("b", 5)])), (point, found, heads)
    seen.append(found)
    if not os.WIFSIGNALED(ended):
        break
    if found == "2":
        break
    point += stride
store = SqlStore.open(url)
assert verify(store, "a") == verify(store, "b") == ()
store.close()
print(len(seen), seen[-1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("how", "stride"), [("statement", 1), ("step", 97)])
def test_who_is_killed_on_the_way_leaves_the_old_version_or_the_new_one(url: sa.URL, how: str, stride: int) -> None:
    if how == "step" and url.get_backend_name() != "sqlite":
        pytest.skip("only SQLite can be stopped at each of its steps")
    place = url.render_as_string(hide_password=False)
    told = subprocess.run(
        [sys.executable, "-c", KILLED, place, how, str(stride)], capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    points, last = told.stdout.split()
    assert int(points) > 5
    assert last == "2"
