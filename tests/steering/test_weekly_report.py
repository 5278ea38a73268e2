"""Weeks as a customer would tell them: what the report says of each, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import ltcflow as ltc
from ltcflow.report.data import to_data
from ltcflow.steering.weekly import Weekly

b = ltc.builder


def march(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def bid() -> ltc.Process:
    solution = b.activity(
        "solution",
        title={"zh": "技术方案", "en": "Solution"},
        duration="5d",
        raci={"R": "expert"},
        time_limit="5d",
        escalation=[{"overdue": "1d", "tell": "seller"}],
    )
    steps = [
        b.activity("visit", duration="2d", raci={"R": "seller"}),
        solution,
        b.activity("price", duration="2d", raci={"R": "seller"}),
    ]
    gate = b.gate(
        "atb",
        title={"zh": "投标决策", "en": "Authorise to bid"},
        decided_by={"roles": ["board"], "rule": {"quorum": 2}},
        lead_time="1d",
        recycle_to="solution",
        criteria=[b.fact("margin >= 0.15")],
    )
    return b.process(
        "bid",
        calendar="CN",
        facts={"margin": b.percent()},
        roles={
            "seller": b.role("seller", first_responsible=True),
            "expert": "方案",
            "board": "决策团队",
            "customer": b.role("customer", external=True),
        },
        stages=[
            b.stage("offer", title={"zh": "报价", "en": "Offer"}, activities=steps, gates=[gate]),
            b.stage("deal", activities=[b.activity("sign", duration="1d", raci={"R": "seller"})]),
        ],
        milestones=[
            b.milestone("seen", after=["visit"]),
            b.milestone("signed", after=["sign"], payments=[{"share": "0.3", "due": "30d"}]),
        ],
    )


class Run:
    """A project on `bid`, and its reports."""

    def __init__(self) -> None:
        self.ws = ltc.Workspace.open("memory:", clock=lambda: march(31))
        team = {"seller": "li.wei", "expert": "王芳", "board": ["ann", "bo", "cy"]}
        self.ok(self.ws.start(bid(), project="acme", title="Acme", team=team, by="li.wei", at=march(2)))

    def ok(self, answer: Any) -> None:
        assert answer.accepted, answer

    def week(self, at: datetime, since: datetime | None = None) -> Weekly:
        found = self.ws.weekly("acme", at=at, since=since).about
        assert isinstance(found, Weekly)
        return found

    def done(self, activity: str, day: int, hour: int = 9) -> None:
        by = "王芳" if activity == "solution" else "li.wei"
        self.ok(self.ws.finish("acme", activity, by=by, at=march(day, hour)))

    def causes(self, week: Weekly) -> dict[str, list[str]]:
        return {slip.element: [cause.kind for cause in slip.causes] for slip in week.slipped}


@pytest.fixture
def run() -> Run:
    return Run()


def test_what_nobody_began_is_said_to_be_not_begun_and_pushes_the_rest(run: Run) -> None:
    week = run.week(march(9))
    assert run.causes(week)["visit"] == ["not_begun"]
    (visit, *others) = week.slipped
    assert (str(visit.delay), visit.causes[0].who) == ("5d", ("li.wei",))
    assert [slip.element for slip in others] == ["solution", "price", "atb", "sign", "seen", "signed"]
    assert all(slip.pushed and str(slip.delay) == "5d" for slip in others)
    assert [cause.element for cause in others[0].causes] == ["visit"]


def test_a_milestone_reached_is_told_with_its_day_and_is_late_only_by_its_own_day(run: Run) -> None:
    run.ok(run.ws.begin("acme", "visit", by="li.wei", at=march(2, 10)))
    run.done("visit", 5, 17)
    week = run.week(march(9))
    assert [(one.milestone, one.at, one.lost) for one in week.reached] == [("seen", march(5, 17), False)]
    late = {slip.element: slip for slip in week.slipped}
    assert [cause.kind for cause in late["visit"].causes] == ["took_longer"]
    assert (late["seen"].now, late["seen"].done, late["seen"].pushed) == (march(5, 17), True, True)
    assert run.week(march(16)).reached == ()
    assert "seen" not in run.causes(run.week(march(16)))


def test_waiting_for_the_customer_is_the_reason_with_its_words_and_who_was_told(run: Run) -> None:
    run.done("visit", 3)
    run.ok(run.ws.begin("acme", "solution", by="王芳", at=march(3, 10)))
    run.ok(run.ws.wait("acme", "solution", by="王芳", on="customer", reason="no site plan", at=march(4)))
    week = run.week(march(16))
    (first, *_) = next(slip for slip in week.slipped if slip.element == "solution").causes
    assert (first.kind, first.who, first.text, first.at) == ("waiting", ("customer",), "no site plan", march(4))
    assert run.causes(week)["solution"] == ["waiting"]
    assert [(one.element, one.on) for one in week.waiting] == [("solution", "customer")]
    run.ok(run.ws.unwait("acme", "solution", by="王芳", at=march(17)))
    assert run.ws.tick(march(26))
    assert "escalated" in run.causes(run.week(march(27)))["solution"]


def test_a_recycle_is_the_reason_of_what_is_open_again(run: Run) -> None:
    run.ok(run.ws.record("acme", by="li.wei", facts={"margin": "20%"}, at=march(2, 10)))
    for step, day in (("visit", 3), ("solution", 9), ("price", 10)):
        run.done(step, day)
    for person in ("ann", "bo"):
        run.ok(run.ws.vote("acme", "atb", by=person, verdict="recycle", reason="too dear", at=march(11)))
    week = run.week(march(12), march(10, 18))
    causes = run.causes(week)
    assert causes["solution"][0] == causes["price"][0] == causes["atb"][0] == "recycled"
    assert "sent back by gate 'Authorise to bid': too dear" in run.ws.weekly("acme", at=march(12)).markdown
    assert "被关口“投标决策”退回：too dear" in run.ws.weekly("acme", at=march(12), lang="zh").markdown


def test_a_hold_of_the_project_is_the_reason(run: Run) -> None:
    run.done("visit", 3)
    run.ok(run.ws.hold("acme", by="li.wei", reason="budget", at=march(4)))
    week = run.week(march(11))
    assert run.causes(week)["solution"] == ["held"]
    assert week.decisions == week.coming == ()
    assert "**on hold" not in run.ws.weekly("acme", at=march(11)).markdown
    assert "**held: budget**" in run.ws.weekly("acme", at=march(11)).markdown


def test_decisions_name_who_must_vote_by_when_and_what_is_missing(run: Run) -> None:
    for step, day in (("visit", 3), ("solution", 9), ("price", 10)):
        run.done(step, day)
    (one,) = run.week(march(11)).decisions
    assert (one.gate, one.people, [c.key for c in one.unmet]) == ("atb", ("ann", "bo", "cy"), ["fact:margin >= 0.15"])
    assert (one.since, one.due, one.overdue) == (march(10), march(10, 18), True)
    assert run.causes(run.week(march(13)))["atb"][0] == "unmet"
    run.ok(run.ws.record("acme", by="li.wei", facts={"margin": "20%"}, at=march(13, 10)))
    run.ok(run.ws.vote("acme", "atb", by="ann", verdict="go", at=march(13, 12)))
    week = run.week(march(16))
    assert week.decisions[0].people == ("bo", "cy")
    (slip,) = (slip for slip in week.slipped if slip.element == "atb")
    assert (slip.causes[0].kind, slip.causes[0].who) == ("undecided", ("bo", "cy"))


def test_a_gate_that_will_open_within_the_next_week_is_announced(run: Run) -> None:
    run.done("visit", 3)
    run.done("solution", 9)
    (soon,) = run.week(march(10)).coming
    assert (soon.gate, soon.expected.day if soon.expected else 0) == ("atb", 12)


def test_conditions_and_risks_stand_with_their_news(run: Run) -> None:
    run.ok(run.ws.raise_risk("acme", "fx", level="high", title="FX | 汇率", owner="li.wei", by="li.wei", at=march(3)))
    run.ok(run.ws.raise_risk("acme", "old", level="low", by="li.wei", at=march(3)))
    run.ok(run.ws.update_risk("acme", "fx", level="critical", by="li.wei", at=march(10)))
    run.ok(run.ws.close_risk("acme", "old", by="li.wei", reason="gone", at=march(10)))
    first, second, third = (run.week(march(day)) for day in (9, 16, 23))
    assert [(r.risk.id, r.new, r.was, r.risk.closed) for r in first.risks] == [
        ("fx", True, None, False), ("old", True, None, False)
    ]  # fmt: skip
    assert [(r.risk.id, r.was.value if r.was else "", r.risk.closed) for r in second.risks] == [
        ("fx", "high", False), ("old", "", True)
    ]  # fmt: skip
    assert [(r.risk.id, r.new, r.was) for r in third.risks] == [("fx", False, None)]


def test_a_week_without_an_event_reads_well_in_both_languages(run: Run) -> None:
    run.done("visit", 3)
    run.ok(run.ws.begin("acme", "solution", by="王芳", at=march(4)))
    en, zh = (run.ws.weekly("acme", at=march(6, 12), since=march(5), lang=lang) for lang in ("en", "zh"))
    assert en.about.quiet
    assert "Nothing was recorded this week." in en.markdown
    assert "Nothing slipped." in en.markdown
    assert "本周没有记录。" in zh.markdown
    assert "没有延误。" in zh.markdown
    assert not [line for line in zh.markdown.splitlines() if "None" in line]


def test_without_estimates_no_date_is_invented_and_it_is_said_why() -> None:
    ws = ltc.Workspace.open("memory:")
    steps = [b.activity("draft", raci={"R": "seller"}), b.activity("price", duration="1d")]
    process = b.process("bid", roles={"seller": "销售"}, stages=[b.stage("offer", activities=steps)])
    process = ltc.loads(ltc.dumps(process))
    assert ws.start(process, project="acme", by="li.wei", at=march(2)).accepted
    report = ws.weekly("acme", at=march(9))
    assert report.about.unestimated == ("draft",)
    assert (report.about.finish, report.about.slipped) == (None, ())
    assert "not known: no estimate for draft" in report.markdown
    given = ws.weekly("acme", at=march(9), default_duration="2d").about
    assert given.finish is not None
    assert [slip.element for slip in given.slipped] == ["draft", "price"]


def test_a_closed_project_has_nothing_ahead(run: Run) -> None:
    run.ok(run.ws.end("acme", by="li.wei", outcome="lost", reason="price", at=march(4)))
    week = run.week(march(9))
    assert (week.slipped, week.decisions, week.milestones, week.finish, week.stages) == ((), (), (), None, ())
    assert [one.topic for one in week.moved] == ["project"]
    assert "lost: price" in run.ws.weekly("acme", at=march(9)).markdown


def test_a_portfolio_has_a_line_for_each_project_that_had_begun(run: Run) -> None:
    run.ok(run.ws.start(bid(), project="beta", title="贝塔", by="li.wei", at=march(10)))
    both = run.ws.weekly(at=march(12), lang="zh")
    assert [one.project for one in both.about] == ["acme", "beta"]
    rows = [line for line in both.markdown.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert [one.project for one in run.ws.weekly(at=march(9)).about] == ["acme"]
    assert [one.project for one in run.ws.weekly(["beta"], at=march(12)).about] == ["beta"]
    assert "There is no project yet." in ltc.Workspace.open("memory:").weekly().markdown


def test_a_report_is_data_too(run: Run) -> None:
    run.done("visit", 3)
    data = to_data(run.week(march(9)))
    assert data["moved"][0]["events"][0]["event"] == "ActivityStarted"
    assert data["slipped"][0]["causes"]
    assert data["standing"] == "running"


def test_change_requests_wait_for_their_decision(run: Run) -> None:
    from ltcflow.projects.register.commands import RequestChange

    wish = RequestChange(change="c1", title="two more sites", asked_by="Mr. Sun", by="li.wei", at=march(4))
    run.ok(run.ws.execute("acme", wish))
    week = run.week(march(9))
    assert [change.id for change in week.changes] == ["c1"]
    assert [one.topic for one in week.moved] == ["changes"]
    assert "two more sites [c1]，由 Mr. Sun 提出" in run.ws.weekly("acme", at=march(9), lang="zh").html
