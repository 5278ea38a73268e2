"""The workspace: the facade over store, clock, extensions and core."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.projects import AddNote, StartProject, replay
from ltcflow.stores import StoreCorrupt

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that goes on by one minute each time it is asked."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def bid() -> Process:
    return b.process(
        "bid_project",
        title={"zh": "投标项目", "en": "Bid project"},
        facts={"margin": b.percent()},
        roles={
            "lead": {"en": "Lead", "zh": "负责人", "first_responsible": True},
            "owner": {"en": "Owner", "zh": "发起人", "sponsor": True},
            "board": {"en": "Board", "zh": "决策团队", "body": True},
        },
        deliverables={"offer": {"zh": "标书", "en": "Offer"}},
        stages=[
            b.stage(
                "prepare",
                activities=[
                    b.activity("analysis", duration="2d", raci={"R": "lead", "A": "lead"}),
                    b.activity("writing", duration="3d", raci={"R": "lead", "A": "lead"}, outputs=["offer"]),
                ],
                gates=[
                    b.gate(
                        "atb",
                        decided_by={"roles": ["board"], "rule": {"quorum": 2}},
                        criteria=[b.delivered("offer"), b.fact("margin >= 0.1")],
                        recycle_to="writing",
                        lead_time="1d",
                    )
                ],
            )
        ],
        milestones=[b.milestone("bid_ready", after=["atb"])],
    )


TEAM = {"lead": "li.wei", "owner": "zhang.min", "board": ["chen.jie", "wang.fang"]}


@pytest.fixture(params=["memory:", "sqlite://", "file"])
def ws(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ltc.Workspace]:
    url = f"sqlite:///{tmp_path / 'sales.db'}" if request.param == "file" else request.param
    with ltc.Workspace.open(url, clock=Clock()) as workspace:
        yield workspace


def test_a_project_from_start_to_end(ws: ltc.Workspace) -> None:
    assert ws.start(bid(), project="acme", title="Acme 5G", team=TEAM).accepted
    assert ws.state("acme").title == "Acme 5G"
    refused = ws.finish("acme", "writing", by="li.wei")
    assert not refused.accepted
    assert refused.reasons[0].code == "LTC512"
    assert ws.finish("acme", "analysis", by="li.wei").accepted
    assert ws.begin("acme", "writing", by="li.wei").accepted
    assert [(i.action, i.id) for i in ws.worklist("li.wei")] == [("finish", "writing"), ("submit", "offer")]
    assert ws.submit("acme", "offer", by="li.wei").accepted
    assert ws.finish("acme", "writing", by="li.wei").accepted
    assert [m.id for m in ws.readiness("acme", "bid_ready").missing] == ["margin", "atb", "bid_ready"]
    assert ws.why("acme", "bid_ready")[-1].now
    assert ws.record("acme", by="li.wei", facts={"margin": "12%"}).accepted
    assert ws.vote("acme", "atb", by="chen.jie", verdict="go").accepted
    assert not ws.vote("acme", "atb", by="chen.jie", verdict="go").accepted
    assert ws.vote("acme", "atb", by="wang.fang", verdict="go").accepted
    assert ws.readiness("acme", "bid_ready").ready
    assert ws.end("acme", "completed", by="zhang.min").accepted
    assert ws.verify() == ()
    assert replay(ws.log("acme")) == ws.state("acme")


def test_the_forecast_uses_the_calendar_and_moves_with_progress(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM, at=NOON)
    before = ws.readiness("acme", "bid_ready", at=NOON)
    assert before.forecast is not None
    later = ws.readiness("acme", "bid_ready", at=NOON + timedelta(days=14))
    assert later.forecast is not None
    assert later.forecast > before.forecast
    assert any(m.critical for m in before.missing)


def test_a_second_workspace_on_the_same_file_sees_everything(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sales.db'}"
    with ltc.Workspace.open(url, clock=Clock()) as one, ltc.Workspace.open(url, clock=Clock()) as two:
        one.start(bid(), project="acme", title="Acme", team=TEAM)
        assert two.projects() == ("acme",)
        assert two.process("acme") == bid()
        assert two.finish("acme", "analysis", by="li.wei").accepted
        assert one.finish("acme", "writing", by="li.wei").accepted
        assert one.state("acme") == two.state("acme")


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    with ltc.Workspace.open(f"sqlite:///{tmp_path / 'sales.db'}") as ws:
        ws.start(bid(), project="acme", title="Acme", team=TEAM)
        answers: list[bool] = []

        def work(number: int) -> None:
            answers.extend(ws.note("acme", f"{number}/{i}", by="li.wei").accepted for i in range(10))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [True] * 40
        assert len(ws.log("acme")) == 41
        assert ws.verify("acme") == ()


def test_an_unknown_project_is_a_mistake_with_a_suggestion(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM)
    for call in (lambda: ws.state("acne"), lambda: ws.finish("acne", "analysis", by="x"), lambda: ws.log("acne")):
        with pytest.raises(UnknownName) as caught:
            call()
        assert "Did you mean 'acme'" in str(caught.value)


def test_starting_twice_is_refused_and_changes_nothing(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM)
    again = ws.start(bid(), project="acme", title="Other", team=TEAM)
    assert [r.code for r in again.reasons] == ["LTC501"]
    assert len(ws.log("acme")) == 1


def test_preview_writes_nothing(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM)
    assert ws.preview("acme", AddNote(text="x", by="li.wei", at=NOON + timedelta(days=1))).accepted
    assert len(ws.log("acme")) == 1


def test_who_starts_is_the_first_responsible_unless_named(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM)
    assert ws.log("acme")[0].by == "li.wei"
    with pytest.raises(InvalidValue):
        ws.start(bid(), project="other", title="Other", team={})


def test_a_start_command_needs_its_process(ws: ltc.Workspace) -> None:
    with pytest.raises(InvalidValue):
        ws.execute("acme", StartProject(project="acme", by="li.wei", at=NOON))


def test_a_project_on_an_unsound_process_is_refused(ws: ltc.Workspace) -> None:
    broken = b.process("p", stages=[b.stage("s", activities=[b.activity("a", after=["nowhere"])])])
    answer = ws.start(broken, project="x", title="X", by="li.wei")
    assert [r.code for r in answer.reasons] == ["LTC504"]
    assert ws.projects() == ()


def test_a_clock_that_runs_backwards_does_not_run_the_record_backwards(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM, at=NOON + timedelta(days=365))
    assert ws.note("acme", "hello", by="li.wei").accepted
    times = [event.at for event in ws.log("acme")]
    assert times == sorted(times)
    refused = ws.note("acme", "early", by="li.wei", at=NOON)
    assert [r.code for r in refused.reasons] == ["LTC503"]


def test_a_changed_definition_is_found(tmp_path: Path) -> None:
    path = tmp_path / "sales.db"
    with ltc.Workspace.open(f"sqlite:///{path}") as ws:
        ws.start(bid(), project="acme", title="Acme", team=TEAM)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE ltcflow_definitions SET text = replace(text, 'analysis', 'analyses')")
    db.close()
    with ltc.Workspace.open(f"sqlite:///{path}") as ws, pytest.raises(StoreCorrupt):
        ws.finish("acme", "analysis", by="li.wei")


def test_a_project_keeps_the_definition_it_was_started_on(ws: ltc.Workspace) -> None:
    ws.start(bid(), project="acme", title="Acme", team=TEAM)
    newer = b.process("bid_project", version="2.0", stages=[b.stage("s", activities=[b.activity("a")])])
    ws.start(newer, project="other", title="Other", by="li.wei")
    assert ws.process("acme") == bid()
    assert ws.process("other") == newer
