"""Stories of a project as a whole: start, team, rest, end, reopening."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.projects import (
    ALLOWED,
    NOTHING,
    AddNote,
    CloseProject,
    Command,
    FinishActivity,
    HoldProject,
    Reason,
    RecordFacts,
    Refused,
    ReopenProject,
    ResumeProject,
    Standing,
    StartProject,
    decide,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def led(**fields: object) -> Process:
    roles = [
        b.role("director", "Director", sponsor=True),
        b.role("owner", "Owner", first_responsible=True),
        b.role("sales", "Sales", at_most=2),
        b.role("twin", "Twin"),
    ]
    stages = [b.stage("bid", activities=[b.activity("a", raci={"R": "sales"}), b.activity("z", raci={"R": "sales"})])]
    return b.process("led", roles=roles, stages=stages, facts={"amount": b.number()}, **fields)


TEAM = {"director": "dora", "owner": "otto", "sales": "sam"}


@pytest.fixture
def s(story):
    return story(led(), team=TEAM)


def codes(answer: object) -> list[str]:
    return [reason.code for reason in answer.reasons] if isinstance(answer, Refused) else []


def start(process: Process | None = None, **fields: object) -> list[str]:
    command = StartProject(**{"project": "acme", "team": TEAM, "by": "otto", "at": AT, **fields})
    return codes(decide(process if process is not None else led(), NOTHING, command))


# -- start and team ------------------------------------------------------------------------------------------------


def test_a_start_is_checked_as_a_whole() -> None:
    team = {"sales": ["x", "y", "z"], "pilot": "p"}
    assert sorted(start(team=team, facts={"amuont": 1, "amount": "many"})) == [
        "LTC510", "LTC550", "LTC553", "LTC560", "LTC560",
    ]  # fmt: skip


def test_a_process_with_errors_is_not_started() -> None:
    broken = b.process("broken", stages=[b.stage("s", gates=[b.gate("g")])])
    assert start(broken, team={}) == ["LTC504"]


def test_the_sponsor_is_one_named_human_being(s) -> None:
    assert start(team={"sales": "sam"}) == ["LTC553"]
    assert start(team={"director": ["a", "b"]}) == ["LTC553"]
    assert s.assign("director") == ("LTC553",)
    assert s.assign("director", "dan") == ()


def test_no_more_people_wear_a_role_than_it_says(s) -> None:
    assert s.assign("sales", "a", "b", "c") == ("LTC550",)
    assert s.assign("sales", "a", "b") == ()
    assert s.assign("pilot", "p") == ("LTC510",)
    assert s.assign("sales") == ()


def test_roles_bound_together_are_worn_by_the_same_people(story) -> None:
    process = led(binding_of_duties=[["sales", "twin"]])
    assert start(process, team={**TEAM, "twin": "tim"}) == ["LTC550"]
    s = story(process, team={**TEAM, "twin": "sam"})
    assert s.assign("sales", "sue") == ("LTC550",)
    s.assign("twin")
    assert s.assign("sales", "sue") == ()


def test_a_project_is_started_once(s) -> None:
    assert s.send(StartProject, "otto", project="acme", team=TEAM) == ("LTC501",)


def test_nothing_can_be_done_with_a_project_that_has_not_begun() -> None:
    assert codes(decide(led(), NOTHING, FinishActivity(activity="a", by="sam", at=AT))) == ["LTC500"]


def test_a_project_stays_on_its_process(s) -> None:
    other = b.process("other", stages=[b.stage("bid", activities=[b.activity("a")])])
    answer = decide(other, s.state, FinishActivity(activity="a", by="sam", at=s.now))
    assert "LTC500" in codes(answer)


def test_time_never_runs_backwards_in_any_zone(s) -> None:
    from datetime import timezone

    late = s.now.astimezone(timezone(timedelta(hours=8)))
    assert codes(s.project.send(AddNote(text="now", by="sam", at=late))) == []
    early = (s.now - timedelta(seconds=1)).astimezone(timezone(timedelta(hours=14)))
    assert codes(s.project.send(AddNote(text="then", by="sam", at=early))) == ["LTC503"]


# -- rest and end --------------------------------------------------------------------------------------------------


def test_hold_takes_a_reason_and_resume_takes_it_up(s) -> None:
    assert s.send(HoldProject, "dora") == ("LTC529",)
    assert s.send(ResumeProject, "dora") == ("LTC502",)
    assert s.send(HoldProject, "dora", reason="budget") == ()
    assert s.send(HoldProject, "dora", reason="again") == ("LTC502",)
    assert s.finish("a") == ("LTC502",)
    assert s.send(AddNote, text="asked again") == ()
    assert s.send(ResumeProject, "otto") == ()
    assert s.finish("a") == ()


@pytest.mark.parametrize("outcome", ["won", "completed"])
def test_a_project_is_won_or_completed_when_nothing_is_left(s, outcome: str) -> None:
    assert s.send(CloseProject, "dora", outcome=outcome) == ("LTC580",)
    assert "a, z" in s.answer.reasons[0].problem
    s.finish("a", "z")
    assert s.send(CloseProject, "dora", outcome=outcome) == ()
    assert (s.state.standing, s.state.closing.value) == (Standing.CLOSED, outcome)


@pytest.mark.parametrize("outcome", ["lost", "cancelled"])
def test_a_project_is_lost_or_cancelled_at_any_time_with_a_reason(s, outcome: str) -> None:
    assert s.send(CloseProject, "otto", outcome=outcome) == ("LTC529",)
    assert s.send(CloseProject, "otto", outcome=outcome, reason=" ") == ("LTC529",)
    assert s.send(CloseProject, "otto", outcome=outcome, reason="price") == ()
    assert (s.state.closing.value, s.state.reason) == (outcome, "price")


def test_ending_and_reopening_is_for_those_who_lead(s) -> None:
    assert s.send(CloseProject, "sam", outcome="lost", reason="price") == ("LTC515",)
    s.send(CloseProject, "dora", outcome="lost", reason="price")
    assert s.send(ReopenProject, "sam", reason="please") == ("LTC515",)


def test_a_closed_project_takes_nothing_but_a_reopening(s) -> None:
    s.send(CloseProject, "dora", outcome="lost", reason="price")
    assert s.finish("a") == ("LTC502",)
    assert s.send(AddNote, text="?") == ("LTC502",)
    assert s.send(StartProject, project="acme", team=TEAM) == ("LTC502",)
    assert s.send(ReopenProject, "dora") == ("LTC529",)
    assert s.send(ReopenProject, "dora", reason="the customer is back") == ()
    assert (s.state.standing, s.state.closing) == (Standing.RUNNING, None)
    assert s.finish("a") == ()


def test_what_was_done_before_the_end_is_there_after_a_reopening(s) -> None:
    s.finish("a")
    s.record(amount=5)
    s.send(CloseProject, "dora", outcome="cancelled", reason="budget")
    s.send(ReopenProject, "dora", reason="budget is there")
    assert s.done() == {"a"}
    assert s.finish("z") == ()


def test_a_note_has_a_text(s) -> None:
    assert s.send(AddNote, text=" ") == ("LTC529",)
    assert s.send(AddNote, text="called the customer") == ()


def test_the_table_of_standings_knows_every_command() -> None:
    from typing import get_args

    from ltcflow.projects import AnyCommand

    assert frozenset[type[Command]]().union(*ALLOWED.values()) == set(get_args(AnyCommand))


# -- policies ------------------------------------------------------------------------------------------------------


def forbids(_process: object, _state: object, command: object):
    if isinstance(command, RecordFacts):
        yield Reason(
            code="ACME1", problem="Not today.", remedy="Tomorrow.", problem_zh="今天不行。", remedy_zh="明天。"
        )


def breaks(_process: object, _state: object, _command: object):
    raise ZeroDivisionError("boom")


def forgets(_process: object, _state: object, _command: object):
    return ["no"]


def test_a_policy_may_refuse_and_its_reasons_join_the_others(s) -> None:
    command = RecordFacts(facts={"amuont": 1}, by="sam", at=s.now)
    answer = decide(s.process, s.state, command, policies=(("acme", forbids),))
    assert codes(answer) == ["LTC560", "ACME1"]
    fine = AddNote(text="x", by="sam", at=s.now)
    assert decide(s.process, s.state, fine, policies=(("acme", forbids),)).accepted


@pytest.mark.parametrize(
    ("policy", "said"), [(breaks, "ZeroDivisionError: boom"), (forgets, "str instead of a Reason")]
)
def test_a_policy_that_fails_refuses_by_name(s, policy: object, said: str) -> None:
    answer = decide(s.process, s.state, AddNote(text="x", by="sam", at=s.now), policies=(("acme", policy),))
    assert codes(answer) == ["LTC590"]
    assert "'acme'" in answer.reasons[0].problem
    assert said in answer.reasons[0].problem
