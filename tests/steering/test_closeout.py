"""The close-out: ready exactly when nothing is missing; who is released when; lessons across projects."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import ltcflow as ltc
from ltcflow.projects.engaged import people_at_work
from ltcflow.report.handing import closeout_page, handover_page, lessons_table

b = ltc.builder
BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def deal() -> ltc.Process:
    steps = [b.activity("draft", duration="2d", raci={"R": "seller"}, outputs=["plan"])]
    build = b.activity("make", duration="3d", raci={"R": "builder"})
    return b.process(
        "deal",
        calendar="CN",
        roles={
            "boss": b.role("boss", sponsor=True),
            "seller": b.role("seller", first_responsible=True),
            "builder": "交付",
        },
        deliverables=[b.deliverable("plan", title={"zh": "方案", "en": "Plan"}, fields=["scope"])],
        stages=[b.stage("sell", activities=steps), b.stage("build", activities=[build])],
        milestones=[b.milestone("done", after=["make"], payments=[{"share": "0.4", "due": "0d"}, {"share": "0.6"}])],
    )


class Run:
    def __init__(self) -> None:
        self.ws, self.now = ltc.Workspace.open("memory:"), BEGIN
        team = {"boss": "bea", "seller": "sam", "builder": "bo"}
        self.do("start", deal(), project="acme", title="Acme", team=team, by="bea", alone=True)

    def do(self, call: str, *given: Any, alone: bool = False, **fields: Any) -> None:
        self.now += timedelta(hours=1)
        answer = getattr(self.ws, call)(*(given if alone else ("acme", *given)), at=self.now, **fields)
        assert answer.accepted, answer

    @property
    def missing(self) -> list[str]:
        return [f"{one.kind}:{one.id}" for one in self.ws.closeout("acme", at=self.now).missing]


@pytest.fixture
def run() -> Run:
    return Run()


def test_it_is_ready_exactly_when_the_last_thing_is_there(run: Run) -> None:
    parts = ["payment:done.1", "payment:done.2", "handover:", "lesson:"]
    assert run.missing == ["activity:draft", "activity:make", "deliverable:plan", *parts]
    run.do("begin", "draft", by="sam")
    run.do("submit", "plan", by="sam", fields={"scope": "two sites"})
    run.do("finish", "draft", by="sam")
    run.do("finish", "make", by="bo")
    assert run.missing == parts
    for step, gone in (("record_payment", 1), ("record_payment", 2)):
        run.do(step, "done", number=gone, by="sam")
    run.do("offer_handover", "h", to="dana", by="bea")
    assert run.missing == ["handover:", "lesson:"]
    run.do("accept_handover", "h", by="dana")
    assert not run.ws.closeout("acme", at=run.now).ready
    run.do("record_lesson", "ask early", stage="sell", tags=["price"], by="sam")
    found = run.ws.closeout("acme", at=run.now)
    assert (found.ready, found.missing, found.lessons) == (True, (), 1)
    run.do("raise_risk", "fx", level="low", by="sam")
    assert run.missing == ["risk:fx", "handover:"]


def test_people_are_released_when_their_last_work_ends_and_by_the_end_of_the_project(run: Run) -> None:
    free = {one.person: one for one in run.ws.closeout("acme", at=run.now).releases}
    assert (free["bea"].elements, free["bea"].until) == ((), None)
    assert (free["sam"].elements, free["bo"].elements) == (("draft",), ("make",))
    assert free["sam"].until is not None
    assert free["bo"].until is not None
    assert free["sam"].until < free["bo"].until
    run.do("begin", "draft", by="sam")
    assert people_at_work(deal(), run.ws.state("acme")) == {"draft": {"seller": "sam"}}
    run.do("end", outcome="lost", reason="price", by="bea")
    assert people_at_work(deal(), run.ws.state("acme")) == {}
    assert all(not one.elements and not one.at_work for one in run.ws.closeout("acme", at=run.now).releases)


def test_the_package_of_a_stage_holds_what_ends_with_it_and_shows_the_rest_ahead(run: Run) -> None:
    found = run.ws.handover("acme", "sell", at=run.now)
    assert [piece.key for piece in found.package.missing] == ["activity:draft", "deliverable:plan"]
    assert [piece.owes for piece in found.package.missing] == [("sam",), ("sam",)]
    assert [step.element for step in found.ahead] == ["make"]
    assert [(one.number, one.reached) for one in found.outstanding] == [(1, False), (2, False)]
    assert found.signed is None


def test_pages_speak_both_languages(run: Run) -> None:
    run.do("offer_handover", "h", to="dana", by="bea")
    found, close = run.ws.handover("acme", at=run.now), run.ws.closeout("acme", at=run.now)
    assert "| deliverable | Plan" in handover_page(found, deal()).markdown
    assert "交付件" in handover_page(found, deal(), "zh").markdown
    assert "**no, 7 missing**" in closeout_page(close, deal()).markdown
    assert '<span class="late short">否，缺 7 项</span>' in closeout_page(close, deal(), "zh").html


def test_lessons_are_found_over_all_projects(run: Run) -> None:
    run.do("start", deal(), project="beta", team={"boss": "bea"}, by="bea", alone=True)
    run.do("record_lesson", "Ask EARLY", stage="sell", tags=["price"], by="sam")
    assert run.ws.record_lesson("beta", "测试要早", tags=["test"], by="bea", at=run.now).accepted
    assert [name for name, _ in run.ws.lessons()] == ["acme", "beta"]
    assert [name for name, _ in run.ws.lessons("early")] == ["acme"]
    assert [name for name, _ in run.ws.lessons(stage="sell")] == ["acme"]
    assert [name for name, _ in run.ws.lessons(tag="test")] == ["beta"]
    assert "测试要早" in lessons_table([("beta", deal(), run.ws.lessons(tag="test")[0][1])], "zh")
