"""Defects that reviews found in stores and workspace, each with the way it was seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.stores import StoreCorrupt, StoreReadOnly

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def bid(version: str = "1.0") -> Process:
    return b.process("bid", version=version, stages=[b.stage("do", activities=[b.activity("offer")])])


def sql(path: Path, *statements: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as raw:
        rows: list[Any] = []
        for statement in statements:
            rows = raw.execute(statement).fetchall()
        raw.commit()
        return rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of two projects of four events each, on two definitions."""
    place = tmp_path / "sales.db"
    with ltc.Workspace.open(str(place), clock=lambda: NOON) as ws:
        for name, version in (("acme", "1.0"), ("beta", "2.0")):
            assert ws.start(bid(version), project=name, by="li.wei").accepted
            for text in ("one", "two", "three"):
                assert ws.note(name, text, by="li.wei").accepted
    assert broken(place) == []
    return place


@pytest.fixture
def ws(path: Path) -> Iterator[ltc.Workspace]:
    with ltc.Workspace.open(str(path), clock=lambda: NOON) as opened:
        yield opened


def broken(path: Path, project: str | None = None) -> list[tuple[str, str]]:
    with ltc.Workspace.open(str(path)) as ws:
        return [(f.code, f.where) for f in ws.verify(project)]


# --- definitions


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ltcflow_definitions SET text = replace(text, '2.0', '2.1') WHERE text LIKE '%2.0%'",
        "UPDATE ltcflow_definitions SET text = '' WHERE text LIKE '%2.0%'",
        "UPDATE ltcflow_definitions SET text = x'00' WHERE text LIKE '%2.0%'",
        "UPDATE ltcflow_definitions SET text = CAST(x'ff' AS TEXT) WHERE text LIKE '%2.0%'",
        "DELETE FROM ltcflow_definitions WHERE text LIKE '%2.0%'",
    ],
)
def test_a_definition_that_is_not_what_a_project_runs_on_is_found(path: Path, damage: str) -> None:
    sql(path, damage)
    assert broken(path) == [("LTC617", "beta[1]")]
    assert broken(path, "beta") == [("LTC617", "beta[1]")]
    assert broken(path, "acme") == []
    with ltc.Workspace.open(str(path)) as ws:
        (found,) = ws.verify()
        hash = ws.state("beta").definition
        assert hash[:12] in found.problem
        assert hash[:12] in found.problem_zh
        with pytest.raises(StoreCorrupt):
            ws.process("beta")


def test_a_definition_changed_while_it_is_in_use_is_found(path: Path, ws: ltc.Workspace) -> None:
    ws.process("beta")
    sql(path, "UPDATE ltcflow_definitions SET text = '' WHERE text LIKE '%2.0%'")
    assert [(f.code, f.where) for f in ws.verify()] == [("LTC617", "beta[1]")]


# --- a broken chain is not worked with


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM ltcflow_events WHERE project = 'acme' AND number = 1",
        "DELETE FROM ltcflow_events WHERE project = 'acme' AND number = 2",
        "UPDATE ltcflow_events SET previous = hash WHERE project = 'acme' AND number = 3",
        "UPDATE ltcflow_events SET hash = previous WHERE project = 'acme' AND number = 3",
    ],
)
def test_a_broken_chain_is_neither_read_as_a_state_nor_written_to(path: Path, damage: str) -> None:
    sql(path, damage)
    with ltc.Workspace.open(str(path), clock=lambda: NOON) as ws:
        for call in (lambda: ws.state("acme"), lambda: ws.note("acme", "more", by="li.wei"), lambda: ws.log("acme")):
            with pytest.raises(StoreCorrupt, match="verify") as caught:
                call()
            assert "'acme'" in str(caught.value)
            assert "backup" in caught.value.remedy
        assert ws.note("beta", "more", by="li.wei").accepted
        assert ws.verify("acme")


def test_a_chain_broken_behind_what_is_remembered_is_not_worked_with(path: Path, ws: ltc.Workspace) -> None:
    ws.state("acme")
    with ltc.Workspace.open(str(path), clock=lambda: NOON) as other:
        for text in ("four", "five"):
            other.note("acme", text, by="li.wei")
    sql(path, "DELETE FROM ltcflow_events WHERE project = 'acme' AND number = 5")
    with pytest.raises(StoreCorrupt):
        ws.note("acme", "more", by="li.wei")


# --- ids of projects and the clock


def test_a_new_projects_id_is_normalised_and_found_in_either_form() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    with ltc.Workspace.open("memory:", clock=lambda: NOON) as ws:
        assert ws.start(bid(), project=decomposed, by="li.wei").accepted
        assert ws.projects() == (composed,)
        assert not ws.start(bid(), project=composed, by="li.wei").accepted
        assert ws.note(decomposed, "one", by="li.wei").accepted
        assert ws.state(decomposed) == ws.state(composed)
        assert ws.state(composed).project == composed
        assert len(ws.log(decomposed)) == 2
        assert ws.verify(decomposed) == ()


def test_an_older_records_id_that_is_not_normalised_can_still_be_used() -> None:
    from ltcflow.stores import Draft

    old = "cafe\u0301"
    with ltc.Workspace.open("memory:", clock=lambda: NOON) as ws:
        ws.start(bid(), project="caf\u00e9 2", by="li.wei")
        drafts = [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in ws.store.read("caf\u00e9 2")]
        ws.store.append(old, drafts, expected=0)
        assert ws.note(old, "one", by="li.wei").accepted
        assert ws.store.length(old) == 2


@pytest.mark.parametrize(
    "name",
    [
        "a\nb",
        "acme\n",
        "a\tb",
        "a\x1b[31mb",
        "a\u200bb",
        "\u202eemca",
        "a\ufeff",
        "a\u2028b",
        " acme",
        "acme\u3000",
        " ",
    ],
)
def test_a_new_projects_id_holds_nothing_that_cannot_be_seen(name: str) -> None:
    with ltc.Workspace.open("memory:", clock=lambda: NOON) as ws:
        with pytest.raises(InvalidValue) as caught:
            ws.start(bid(), project=name, by="li.wei")
        assert caught.value.field == "project"
        assert str(caught.value).isprintable()
        assert ws.projects() == ()
        with pytest.raises(UnknownName):
            ws.state(name)


@pytest.mark.parametrize("project", [5, None, "", "a\0b", "x" * 201, "\ud800"])
def test_what_is_no_text_is_no_id(project: Any) -> None:
    with ltc.Workspace.open("memory:", clock=lambda: NOON) as ws, pytest.raises(InvalidValue):
        ws.start(bid(), project=project, by="li.wei")


@pytest.mark.parametrize("moment", [datetime(2026, 3, 2, 12), "2026-03-02", None])  # noqa: DTZ001  # the mistake tried
def test_a_clock_that_gives_no_moment_is_named(moment: Any) -> None:
    with ltc.Workspace.open("memory:", clock=lambda: NOON) as ws:
        ws.start(bid(), project="acme", by="li.wei")
        ws.clock = lambda: moment
        for call in (
            lambda: ws.note("acme", "one", by="li.wei"),
            lambda: ws.start(bid(), project="beta", by="li.wei"),
            lambda: ws.plan("acme"),
            lambda: ws.worklist("li.wei"),
            lambda: ws.why("acme", "offer"),
            lambda: ws.simulate("acme", seed=1),
            lambda: ws.readiness("acme", "offer"),
        ):
            with pytest.raises(InvalidValue, match="time zone") as caught:
                call()
            assert caught.value.field == "clock"


# --- a log that was cut off

LAST = "DELETE FROM ltcflow_events WHERE project = 'acme' AND number = 4"
ALL = "DELETE FROM ltcflow_events WHERE project = 'acme'"
HEAD = "DELETE FROM ltcflow_heads WHERE project = 'acme'"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ([LAST], ("LTC615", "acme[4]")),
        ([LAST.replace("= 4", "> 1")], ("LTC615", "acme[2]")),
        ([ALL], ("LTC615", "acme[1]")),
        ([HEAD], ("LTC618", "acme[4]")),
        ([LAST, HEAD], ("LTC618", "acme[3]")),
        (["UPDATE ltcflow_heads SET number = 3 WHERE project = 'acme'"], ("LTC613", "acme[4]")),
        (["UPDATE ltcflow_heads SET number = 'x' WHERE project = 'acme'"], ("LTC618", "acme[4]")),
        (["UPDATE ltcflow_heads SET hash = 'x' WHERE project = 'acme'"], ("LTC614", "acme[4]")),
        (["UPDATE ltcflow_heads SET hash = x'00' WHERE project = 'acme'"], ("LTC618", "acme[4]")),
    ],
)
def test_a_log_that_does_not_end_where_its_writer_ended_it_is_found(
    path: Path, damage: list[str], found: tuple[str, str]
) -> None:
    sql(path, *damage)
    assert broken(path) == [found]
    assert broken(path, "acme") == [found]
    assert broken(path, "beta") == []
    with ltc.Workspace.open(str(path), clock=lambda: NOON) as ws:
        for call in (lambda: ws.state("acme"), lambda: ws.note("acme", "more", by="li.wei")):
            with pytest.raises(StoreCorrupt, match="verify") as caught:
                call()
            assert "'acme'" in str(caught.value)
        with pytest.raises(StoreCorrupt):
            ws.start(bid(), project="acme", by="li.wei")
        assert ws.note("beta", "more", by="li.wei").accepted
    assert broken(path) == [found]


def test_a_log_cut_off_while_it_is_in_use_is_not_written_to(path: Path, ws: ltc.Workspace) -> None:
    from ltcflow.stores import Draft

    ws.state("acme")
    sql(path, LAST)
    with pytest.raises(StoreCorrupt):
        ws.store.append("acme", [Draft(kind="K", at=NOON, by="x", data="{}")], expected=3)
    assert [(f.code, f.where) for f in ws.verify()] == [("LTC615", "acme[4]")]


def test_a_record_appended_past_the_store_is_found(path: Path) -> None:
    from ltcflow.stores import Draft, chain, open_store
    from ltcflow.stores.records import stamp

    with closing(open_store(str(path))) as store:
        (forged,) = chain("acme", store.head("acme"), [Draft(kind="K", at=NOON, by="x", data="{}")])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            'INSERT INTO ltcflow_events (project, number, kind, at, "by", data, previous, hash) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ("acme", 5, "K", stamp(forged.at), "x", "{}", forged.previous, forged.hash),
        )
        raw.commit()
    assert broken(path) == [("LTC613", "acme[5]")]


def test_a_store_in_memory_tells_of_a_log_cut_off_alike() -> None:
    from ltcflow.stores import MemoryStore

    for cut, where in ((1, "acme[4]"), (4, "acme[1]")):
        with ltc.Workspace(store := MemoryStore(), clock=lambda: NOON) as ws:
            ws.start(bid(), project="acme", by="li.wei")
            for text in ("one", "two", "three"):
                ws.note("acme", text, by="li.wei")
            assert ws.verify() == ()
            del store._logs["acme"][-cut:]
            if cut == 4:
                del store._logs["acme"]
            assert [(f.code, f.where) for f in ws.verify()] == [("LTC615", where)]
            with pytest.raises(StoreCorrupt):
                ws.note("acme", "more", by="li.wei")


def older(path: Path) -> None:
    """Make the file what an ltcflow without heads wrote."""
    sql(path, "DROP TABLE ltcflow_heads", "UPDATE ltcflow_meta SET value = '1' WHERE name = 'schema'")


def test_an_older_file_gets_its_heads_when_it_is_opened(path: Path) -> None:
    heads = sql(path, "SELECT project, number, hash FROM ltcflow_heads ORDER BY project")
    assert [row[:2] for row in heads] == [("acme", 4), ("beta", 4)]
    older(path)
    assert broken(path) == []
    assert sql(path, "SELECT project, number, hash FROM ltcflow_heads ORDER BY project") == heads
    assert sql(path, "SELECT value FROM ltcflow_meta") == [("2",)]
    with ltc.Workspace.open(str(path), clock=lambda: NOON) as ws:
        assert ws.note("acme", "more", by="li.wei").accepted
    sql(path, LAST.replace("= 4", "= 5"))
    assert broken(path) == [("LTC615", "acme[5]")]


def test_an_older_file_that_may_only_be_read_is_read_without_heads(path: Path) -> None:
    older(path)
    before = path.read_bytes()
    with ltc.Workspace.open(f"sqlite:///file:{path}?mode=ro&uri=true") as ws:
        assert ws.state("acme").project == "acme"
        assert ws.verify() == ()
        with pytest.raises(StoreReadOnly):
            ws.note("acme", "more", by="li.wei", at=NOON)
    assert path.read_bytes() == before


def test_an_older_file_of_an_application_gets_its_heads_too(path: Path) -> None:
    import sqlalchemy as sa

    from ltcflow.stores import SqlStore

    older(path)
    sql(path, "CREATE TABLE users (name TEXT)")
    engine = sa.create_engine(f"sqlite:///{path}")
    assert set(SqlStore(engine).heads()) == {"acme", "beta"}
    engine.dispose()


def test_two_that_open_an_older_file_at_once_make_its_heads_once(path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    older(path)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(broken, [path] * 4)) == [[]] * 4


def test_the_head_that_was_kept_elsewhere_shows_a_tail_forged_with_its_head(path: Path) -> None:
    from ltcflow.stores import open_store, verify

    with closing(open_store(str(path))) as store:
        kept = store.head("acme")
        assert store.heads("acme") == {"acme": kept}
        assert store.heads("nobody") == {}
    third = "SELECT hash FROM ltcflow_events WHERE project = 'acme' AND number = 3"
    sql(path, LAST, f"UPDATE ltcflow_heads SET number = 3, hash = ({third}) WHERE project = 'acme'")
    with closing(open_store(str(path))) as store:
        assert verify(store, "acme") == ()
        assert [f.code for f in verify(store, "acme", head=kept)] == ["LTC615"]
