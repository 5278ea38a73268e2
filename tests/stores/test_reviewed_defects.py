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
from ltcflow.stores import StoreCorrupt

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
