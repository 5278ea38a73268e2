"""Time limits told as stories: what runs, what stands still, who is told, and what a way back makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.projects.events import ProjectStarted
from ltcflow.stages import Rung

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LADDER = [{"share": "0.5", "tell": "seller"}, {"overdue": "1d", "tell": ["boss", "ceo"]}]


def bid(**more: Any) -> Process:
    draft = b.activity("draft", raci={"R": "seller"}, time_limit="2d")
    ask = b.activity("ask", raci={"R": "customer", "A": "seller"}, time_limit="36eh", after=[], escalation=[])
    atb = b.gate("atb", decided_by="board", lead_time="1d", recycle_to="draft", after=["draft"])
    atc = b.gate("atc", decided_by="board", after=["atb"])
    fields: dict[str, Any] = {"calendar": "weekdays", "escalation": LADDER} | more
    return b.process(
        "bid",
        roles=[
            b.role("boss", first_responsible=True), b.role("ceo", sponsor=True), b.role("seller"), b.role("board"),
            b.role("customer", external=True),
        ],
        stages=[b.stage("offer", activities=[draft, ask], gates=[atb, atc])],
        **fields,
    )  # fmt: skip


TEAM = {"boss": "bea", "ceo": "cai", "seller": "sam", "board": "bo", "customer": "kim"}


@pytest.fixture
def told(story):
    """A story whose clock can be set: ``at(days, hours)`` after Monday nine o'clock."""

    def begin(process: Process | None = None, team: Any = TEAM):
        s = story(process or bid(), team)

        def at(days: float = 0, hours: float = 0) -> Any:
            s.now = MONDAY + timedelta(days=days, hours=hours) - timedelta(minutes=1)
            return s

        s.at = at
        return s

    return begin


def thing(s: Any, name: str, days: float = 0, hours: float = 0) -> p.Due:
    found = p.due(s.process, s.state, MONDAY + timedelta(days=days, hours=hours))
    return next(x for x in found if x.id == name)


def tick(s: Any, days: float = 0, hours: float = 0) -> list[str]:
    s.at(days, hours)
    s.send(p.Tick, "clockwork")
    events = s.answer.events
    return [f"{x.subject} {getattr(x, 'rung', 'due')}" for x in events if isinstance(x, e.FellDue | e.Escalated)]


def test_an_activity_has_its_time_from_when_it_can_be_begun(told) -> None:
    s = told()
    draft = thing(s, "draft", 1, 2)
    assert (str(draft.used), str(draft.limit), draft.rung, draft.overdue) == ("1d 2h", "2d", "50%", False)
    assert draft.due == MONDAY + timedelta(days=1, hours=9)
    assert (draft.roles, draft.people, draft.since) == (("seller",), ("sam",), MONDAY)
    late = thing(s, "draft", 2, 8.9)
    assert (late.overdue, late.rung, late.due) == (True, "due", draft.due)
    assert thing(s, "draft", 3).rung == "overdue 1d"


def test_elapsed_time_runs_through_the_night_and_what_the_customer_does_is_owed_by_who_answers_for_it(told) -> None:
    ask = thing(told(), "ask", 1, 11.9)
    assert (ask.used.minutes, ask.used.elapsed, ask.overdue, ask.people) == (2154, True, False, ("sam",))
    assert thing(told(), "ask", 1.5).overdue


def test_a_gate_has_its_lead_time_from_when_everything_is_there(told) -> None:
    s = told()
    assert [x.id for x in p.due(s.process, s.state, MONDAY)] == ["draft", "ask"]
    s.at(0, 6).finish("draft")
    atb = thing(s, "atb", 1)
    assert (str(atb.used), str(atb.limit), atb.people) == ("3h", "1d", ("bo",))
    assert {x.id for x in p.due(s.process, s.state, MONDAY)} == {"ask", "atb"}


def test_each_rung_is_told_once_in_the_order_in_which_it_was_reached(told) -> None:
    s = told()
    assert tick(s, 0, 4) == []
    assert s.answer.reasons[0].code == "LTC587"
    assert tick(s, 1) == ["draft 50%"]
    assert tick(s, 1) == []
    assert tick(s, 30) == ["draft due", "ask due", "draft overdue 1d"]
    assert [x.at for x in s.answer.events] == [s.now] * 3
    assert [x.fell_due for x in s.answer.events] == [
        MONDAY + timedelta(days=1, hours=9), MONDAY + timedelta(days=1.5), MONDAY + timedelta(days=2, hours=9),
    ]  # fmt: skip
    assert tick(s, 31) == []


def test_a_recycle_begins_the_ladder_anew(told) -> None:
    s = told()
    assert tick(s, 1.1) == ["draft 50%"]
    s.at(1.2).finish("draft")
    s.vote("atb", "bo", verdict="recycle", reason="price")
    assert s.state.clocks["draft"].round == 2
    again = thing(s, "draft", 1, 9)
    assert (again.round, again.rungs) == (2, ())
    assert "draft 50%" in tick(s, 2.3)
    assert {(x.round, x.subject) for x in s.project.log if isinstance(x, e.Escalated)} == {(1, "draft"), (2, "draft")}


def test_what_is_open_behind_a_recycle_begins_anew_even_when_nobody_touched_it(told) -> None:
    stages = [
        b.stage("one", activities=[b.activity("draft")], gates=[b.gate("atb", decided_by="board", recycle_to="draft")]),
        b.stage("side", after=["draft"], activities=[b.activity("talk", time_limit="1d")]),
    ]
    s = told(b.process("bid", roles={"board": "决策团队"}, stages=stages), {"board": "bo"})
    s.finish("draft")
    assert thing(s, "talk", 0, 4).used.minutes > 0
    s.at(0, 5).vote("atb", "bo", verdict="recycle", reason="price")
    assert not [x for x in p.due(s.process, s.state, MONDAY + timedelta(days=3)) if x.id == "talk"]
    s.at(3).finish("draft")
    assert (thing(s, "talk", 3, 1).used.minutes, thing(s, "talk", 3, 1).round) == (60, 2)


def test_time_stands_still_for_the_customer_and_while_the_project_rests(told) -> None:
    s = told()
    s.at(0, 2)
    assert s.send(p.StartWaiting, "sam", element="draft", on="customer", reason="wants another price") == ()
    waiting = thing(s, "draft", 4)
    assert (str(waiting.used), waiting.paused, waiting.waiting_for, waiting.due) == ("2h", "waiting", "customer", None)
    assert tick(s, 4) == ["ask due"]
    s.at(7, 0)
    assert s.send(p.EndWaiting, "sam", element="draft") == ()
    assert str(thing(s, "draft", 7, 1).used) == "3h"
    s.at(7, 1)
    assert s.send(p.HoldProject, "bea", reason="budget") == ()
    assert (thing(s, "draft", 9).paused, str(thing(s, "draft", 9).used)) == ("held", "3h")
    s.at(9, 0).send(p.ResumeProject, "bea")
    assert str(thing(s, "draft", 9, 2).used) == "5h"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"element": "draft", "on": "boss", "reason": "busy"}, "LTC588"),
        ({"element": "draft", "on": "kim", "reason": "busy"}, "LTC588"),
        ({"element": "draft", "on": "customer", "reason": " "}, "LTC529"),
        ({"element": "draft", "on": "customer", "reason": "x", "by": "bo"}, "LTC515"),
        ({"element": "atb", "on": "customer", "reason": "x", "by": "bo"}, "LTC586"),
        ({"element": "offer", "on": "customer", "reason": "x"}, "LTC510"),
    ],
)
def test_no_clock_is_stopped_for_anything_else(told, fields: dict[str, str], code: str) -> None:
    assert told().send(p.StartWaiting, **{"by": "sam", **fields}) == (code,)


def test_waiting_ends_with_the_work_and_by_who_said_it(told) -> None:
    s = told()
    s.send(p.StartWaiting, "sam", element="draft", on="customer", reason="x")
    assert s.send(p.StartWaiting, "sam", element="draft", on="customer", reason="x") == ("LTC586",)
    assert s.send(p.EndWaiting, "bo", element="draft") == ("LTC515",)
    assert s.finish("draft") == ()
    assert s.send(p.EndWaiting, "sam", element="draft") == ("LTC586",)


def test_a_gate_that_a_broken_promise_opens_again_has_its_time_from_that_midnight(told) -> None:
    s = told()
    s.finish("draft")
    s.finish("ask")
    s.vote("atb", "bo", verdict="conditional", days=1)
    assert "atb" not in {x.id for x in p.due(s.process, s.state, MONDAY + timedelta(days=1, hours=14.9))}
    condition = thing(s, "atb.1.1", 2, 2)
    assert (condition.overdue, condition.due) == (True, datetime(2026, 3, 4, tzinfo=UTC))
    atb = thing(s, "atb", 2, 2)
    assert (atb.since, str(atb.used), atb.round) == (datetime(2026, 3, 4, tzinfo=UTC), "2h", 2)
    assert tick(s, 3, 2) == ["atb.1.1 due", "atb 50%", "atb.1.1 overdue 1d", "atb due"]
    s.vote("atb", "bo")
    assert [type(x).__name__ for x in s.answer.events] == ["GateReopened", "VoteCast", "GateDecided"]
    assert s.state.clocks["atb"].round == 3


def test_another_date_begins_the_ladder_of_a_condition_anew(told) -> None:
    s = told()
    s.finish("draft")
    s.vote("atb", "bo", verdict="conditional", days=1)
    assert "atb.1.1 due" in tick(s, 2)
    s.send(p.RedateCondition, "bo", condition="atb.1.1", due=s.day(1), reason="late")
    assert not thing(s, "atb.1.1", 2.5).rungs
    assert "atb.1.1 due" in tick(s, 5)


def test_the_days_of_conditions_are_those_of_the_calendar(told) -> None:
    s = told(bid(calendar="CN"))
    s.finish("draft")
    s.vote("atb", "bo", verdict="conditional", days=1)
    assert s.state.time_zone == "Asia/Shanghai"
    assert thing(s, "atb.1.1", 3).due == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert not p.Progress(s.process, s.state, datetime(2026, 3, 3, 16, tzinfo=UTC)).passed("atb")
    assert p.Progress(s.process, s.state, datetime(2026, 3, 3, 15, 59, tzinfo=UTC)).passed("atb")


def test_those_who_are_told_find_it_on_their_list_until_it_is_done(told) -> None:
    s = told()
    tick(s, 3, 2)
    items = p.worklist(s.process, s.state, "cai", at=s.now)
    assert [(x.action, x.id, x.roles, x.due) for x in items] == [
        ("escalated", "draft", ("boss", "ceo"), MONDAY + timedelta(days=2, hours=9))
    ]
    assert ("escalated", "draft") in s.todo("sam")
    assert s.finish("draft") == ()
    assert ("escalated", "draft") not in s.todo("cai") + s.todo("sam")


def test_where_nobody_wears_the_role_who_leads_the_project_is_told(told) -> None:
    s = told(bid(escalation=[{"share": "0.5", "tell": "board"}]), {**TEAM, "board": []})
    tick(s, 1)
    assert s.todo("bea") == [("escalated", "draft")]
    s.finish("draft")
    lacking = next(x for x in p.due(s.process, s.state, s.now) if x.kind == "role")
    assert (lacking.id, lacking.element, lacking.people) == ("board", "atb", ("bea", "cai"))


def test_why_says_who_is_waited_for_and_what_is_late(told) -> None:
    s = told()
    tick(s, 3)
    assert p.why(s.process, s.state, "draft", at=s.now)[0].because.en == "overdue since 2026-03-03"
    s.send(p.StartWaiting, "sam", element="draft", on="customer", reason="price")
    assert p.why(s.process, s.state, "draft", at=s.now)[0].because.en == "waits for customer since 2026-03-05: price"
    assert "等待 customer" in p.why(s.process, s.state, "draft", at=s.now)[0].because.zh


def test_a_record_from_before_clocks_counts_from_its_last_event_and_in_utc(told) -> None:
    s = told(bid(calendar="CN"))
    s.at(0, 1).begin("draft")
    old = [attrs.evolve(x, clocks=()) for x in s.project.log]
    old[0] = attrs.evolve(old[0], time_zone="UTC") if isinstance(old[0], ProjectStarted) else old[0]
    state = p.replay(old)
    assert state.time_zone == "UTC"
    (draft,) = (x for x in p.due(s.process, state, MONDAY + timedelta(days=1)) if x.id == "draft")
    assert draft.since == MONDAY + timedelta(hours=1)
    command = p.AddNote(text="x", by="sam", at=MONDAY + timedelta(days=1))
    events = p.decide(s.process, state, command).events
    assert [type(x).__name__ for x in events] == ["TimePassed", "NoteAdded"]
    after = p.replay(events, state)
    (later,) = (x for x in p.due(s.process, after, MONDAY + timedelta(days=1)) if x.id == "draft")
    assert later == draft


def test_nothing_is_due_before_the_start_or_after_the_end(told) -> None:
    s = told()
    assert p.due(s.process, p.NOTHING, MONDAY) == ()
    s.send(p.CloseProject, "bea", outcome="lost", reason="price")
    assert p.due(s.process, s.state, MONDAY + timedelta(days=9)) == ()
    assert tick(s, 9) == []
    assert s.answer.reasons[0].code == "LTC502"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"share": "0.5"}, {"tell": "x"}, {"share": "0", "tell": "x"}, {"share": "0.5", "used": "1d", "tell": "x"},
     {"used": "0d", "tell": "x"}, {"share": "x", "tell": "x"}, {"share": "0.5", "tell": []}, {"when": 1, "tell": "x"}],
)  # fmt: skip
def test_what_is_no_rung_is_refused(wrong: dict[str, Any]) -> None:
    from ltcflow.errors import InvalidValue

    with pytest.raises(InvalidValue):
        b.activity("draft", escalation=[wrong])
    with pytest.raises(InvalidValue):
        b.activity("draft", escalation=wrong)
    assert Rung(share=1, tell="x").key == "100%"


def test_what_opens_behind_a_boundary_a_milestone_or_a_skipped_step_has_its_time_from_then(told) -> None:
    far = b.activity("far", time_limit="1d", after=["near"])
    near = b.activity("near", when="big", time_limit="1d")
    choice = [b.activity("road", time_limit="1d"), b.activity("rail", time_limit="1d")]
    stages = [
        b.stage("one", activities=[b.activity("draft")]),
        b.stage("two", order="choice", activities=choice),
        b.stage("three", after=["reached"], activities=[near, far]),
    ]
    milestones = [b.milestone("reached", after=["two"])]
    process = b.process("bid", facts={"big": b.yes_no()}, stages=stages, milestones=milestones)
    s = told(process, {})
    s.record(big=False)

    def running() -> set[str]:
        return {x.id for x in p.due(s.process, s.state, s.now) if not x.paused}

    assert running() == set()
    s.finish("draft")
    assert running() == {"road", "rail"}
    s.finish("rail")
    assert running() == {"far"}
    assert [name for name, clock in s.state.clocks.items() if clock.since is not None] == ["far"]
    s.record(big=True)
    assert running() == {"near"}
    assert next(x for x in p.due(s.process, s.state, s.now) if x.id == "far").paused == "shut"
