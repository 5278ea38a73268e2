"""`Workspace.tick`: any number of schedulers tell each rung once; one broken project does not stop the others."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.plugins import Extensions
from ltcflow.projects import events as e
from ltcflow.stores import StoreCorrupt
from ltcflow.worktime import Calendar

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LADDER = [{"share": "0.5", "tell": "boss"}, {"overdue": "1d", "tell": "boss"}, {"overdue": "2d", "tell": "boss"}]


def bid(calendar: str = "weekdays") -> ltc.Process:
    draft = b.activity("draft", time_limit="2d")
    stages = [b.stage("offer", activities=[draft])]
    return b.process("bid", calendar=calendar, roles={"boss": "总监"}, escalation=LADDER, stages=stages)


def told(ws: ltc.Workspace, project: str) -> list[str]:
    found = (x for x in ws.log(project) if isinstance(x, e.FellDue | e.Escalated))
    return [x.rung if isinstance(x, e.Escalated) else "due" for x in found]


ALL = ["50%", "due", "overdue 1d", "overdue 2d"]


@pytest.fixture
def ws() -> Any:
    with ltc.Workspace.open("memory:", clock=lambda: MONDAY + timedelta(days=30)) as found:
        for name in ("acme", "beta", "gamma"):
            assert found.start(bid(), project=name, team={"boss": "bea"}, by="sam", at=MONDAY).accepted
        yield found


def test_it_tells_over_all_projects_what_was_missed_and_then_nothing(ws: ltc.Workspace) -> None:
    done = ws.tick()
    assert [(x.project, len(x.events), x.error) for x in done] == [
        ("acme", 4, None),
        ("beta", 4, None),
        ("gamma", 4, None),
    ]
    assert {x.at for x in ws.log("acme")[1:]} == {MONDAY + timedelta(days=30)}
    assert [told(ws, name) for name in ws.projects()] == [ALL] * 3
    assert ws.tick() == ()
    assert [(x.project, x.rung, x.overdue) for x in ws.due()] == [(n, "overdue 2d", True) for n in ws.projects()]
    assert [x.project for x in ws.worklist("bea") if x.action == "escalated"] == ["acme", "beta", "gamma"]


def test_one_project_alone_and_at_a_moment_that_is_named(ws: ltc.Workspace) -> None:
    (done,) = ws.tick(MONDAY + timedelta(days=1), project="beta", by="cron")
    assert [(x.by, x.at) for x in done.events] == [("cron", MONDAY + timedelta(days=1))]
    assert [told(ws, name) for name in ws.projects()] == [[], ["50%"], []]
    assert [x.project for x in ws.due("beta", at=MONDAY)] == ["beta"]
    with pytest.raises(UnknownName):
        ws.tick(project="nobody")


def test_a_scheduler_whose_clock_is_behind_writes_no_earlier_event(ws: ltc.Workspace) -> None:
    ws.note("acme", "later", by="sam", at=MONDAY + timedelta(days=3))
    ws.tick(MONDAY)
    assert [x.at for x in ws.log("acme")][-3:] == [MONDAY + timedelta(days=3)] * 3
    assert told(ws, "acme") == ALL[:3]


def test_listeners_hear_it(ws: ltc.Workspace) -> None:
    heard: list[str] = []
    ear = Extensions(listeners=(("ear", lambda committed: heard.extend(type(x).__name__ for x in committed.events)),))
    ltc.Workspace(ws.store, extensions=ear).tick(MONDAY + timedelta(days=2), project="acme")
    assert heard == ["Escalated", "FellDue"]


def test_many_threads_tell_each_rung_once(tmp_path: Path) -> None:
    with ltc.Workspace.open(str(tmp_path / "sales.db")) as ws:
        for name in ("acme", "beta"):
            ws.start(bid(), project=name, team={"boss": "bea"}, by="sam", at=MONDAY)

    def schedule() -> None:
        with ltc.Workspace.open(str(tmp_path / "sales.db")) as mine:
            for day in range(1, 6):
                mine.tick(MONDAY + timedelta(days=day))

    threads = [threading.Thread(target=schedule) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ltc.Workspace.open(str(tmp_path / "sales.db")) as ws:
        assert [told(ws, "acme"), told(ws, "beta"), ws.verify()] == [ALL, ALL, ()]


def _schedule(path: str) -> None:
    with ltc.Workspace.open(path) as mine:
        for day in range(1, 6):
            mine.tick(MONDAY + timedelta(days=day))


def test_many_processes_tell_each_rung_once(tmp_path: Path) -> None:
    path = str(tmp_path / "sales.db")
    with ltc.Workspace.open(path) as ws:
        ws.start(bid(), project="acme", team={"boss": "bea"}, by="sam", at=MONDAY)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_schedule, args=(path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with ltc.Workspace.open(path) as ws:
        assert told(ws, "acme") == ALL


def test_a_broken_project_does_not_keep_the_others_waiting(ws: ltc.Workspace) -> None:
    known = ws._kept.current

    def current(project: str, *, sure: bool = False) -> Any:
        if project == "beta":
            raise StoreCorrupt(store="memory:", problem="is broken.", remedy="Mend it.")
        return known(project, sure=sure)

    ws._kept.current = current  # type: ignore[method-assign]
    done = ws.tick()
    assert [(x.project, len(x.events), type(x.error).__name__) for x in done] == [
        ("acme", 4, "NoneType"), ("beta", 0, "StoreCorrupt"), ("gamma", 4, "NoneType"),
    ]  # fmt: skip
    with pytest.raises(StoreCorrupt):
        ws.tick(project="beta")


def test_a_policy_may_refuse_it_and_is_named(ws: ltc.Workspace) -> None:
    def quiet(*_: object) -> object:
        raise ZeroDivisionError

    strict = ltc.Workspace(ws.store, extensions=Extensions(policies=(("quiet", quiet),)))  # type: ignore[arg-type]
    (done,) = strict.tick(MONDAY + timedelta(days=5), project="acme")
    assert (done.events, [x.code for x in done.reasons]) == ((), ["LTC590"])


def test_calendars_of_plugins_count() -> None:
    days = Calendar(id="acme_days", time_zone="Asia/Tokyo", hours={"mon-sun": ["00:00-24:00"]})
    with ltc.Workspace.open("memory:", extensions=Extensions(calendars=(("acme_days", lambda: days),))) as ws:
        ws.start(bid("acme_days"), project="acme", by="sam", at=MONDAY)
        assert ws.state("acme").time_zone == "Asia/Tokyo"
        ws.tick(MONDAY + timedelta(hours=8))
        assert told(ws, "acme") == ["50%"]


def test_waiting_is_said_and_unsaid(ws: ltc.Workspace) -> None:
    assert ws.wait("acme", "draft", by="sam", on="the customer", reason="no answer", at=MONDAY).accepted
    assert ws.due("acme", at=MONDAY + timedelta(days=9))[0].paused == "waiting"
    assert ws.unwait("acme", "draft", by="sam", note="answered", at=MONDAY + timedelta(days=9)).accepted
    assert str(ws.due("acme", at=MONDAY + timedelta(days=9, hours=1))[0].used) == "1h"
