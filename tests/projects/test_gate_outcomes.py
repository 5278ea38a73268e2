"""Stories of what gates ask for and bring about: criteria, conditions with dates, recycle, hold, stop."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from ltcflow import builder as b
from ltcflow.conditions import Truth
from ltcflow.process import Process
from ltcflow.projects import (
    CastVote,
    CloseRisk,
    Judgement,
    MeetCondition,
    RaiseRisk,
    RedateCondition,
    ReopenProject,
    ResumeProject,
    UpdateRisk,
)

TEAM = {"seller": "sam", "board": ["ann", "bo"], "legal": "lou"}


def two_gates(*criteria: object, rule: object = "any", second: tuple[object, ...] = (), **fields: object) -> Process:
    """Bid, gate atb, sign, gate atc: criteria on atb."""
    first = b.gate(
        "atb", decided_by={"roles": ["board"], "rule": rule}, criteria=criteria, recycle_to="solution", lead_time="1d"
    )
    last = b.gate("atc", decided_by={"roles": ["board"], "rule": "any"}, criteria=second, recycle_to="bid")
    return b.process(
        "bid_project",
        facts={"margin": b.percent(), "amount": b.money("CNY"), "signed": b.yes_no()},
        roles={"seller": "Seller", "board": "Board", "legal": "Legal"},
        deliverables=[b.deliverable("offer", fields=["price", "scope"]), b.deliverable("contract")],
        stages=[
            b.stage(
                "bid",
                activities=[
                    b.activity("solution", raci={"R": "seller"}, outputs=["offer"]),
                    b.activity("pricing", raci={"R": "seller"}),
                ],
                gates=[first],
            ),
            b.stage("contract_stage", activities=[b.activity("sign", raci={"A": "seller"})], gates=[last]),
        ],
        milestones=[b.milestone("won", after=["atc"])],
        **fields,
    )


@pytest.fixture
def at_atb(story):
    """A story that has come to the first gate."""

    def begin(*criteria: object, **options: object):
        told = story(two_gates(*criteria, **options), team=TEAM)
        assert told.finish("solution", "pricing") == ()
        return told

    return begin


# -- criteria ------------------------------------------------------------------------------------------------------


def test_an_unmet_criterion_says_what_was_seen_what_is_needed_and_who_can_see_to_it(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15", owner="seller"))
    assert s.vote("atb", "ann") == ("LTC526",)
    answer = s.answer.reasons[0].criterion
    assert (answer.truth.name, answer.needed.en, answer.people) == ("UNKNOWN", "margin >= 0.15", ("sam",))
    s.record(margin="12%")
    assert s.vote("atb", "ann") == ("LTC526",)
    assert s.answer.explanation[0].truth.name == "FALSE"
    s.record(margin="15%")
    assert s.vote("atb", "ann") == ()
    assert s.answer.explanation[0].satisfied


def test_a_criterion_holds_back_go_and_conditional_but_no_other_verdict(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15"))
    assert s.vote("atb", "ann", days=3, verdict="conditional") == ("LTC526",)
    assert s.vote("atb", "ann", verdict="hold") == ()


def test_every_unmet_criterion_is_named_at_once(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15"), b.delivered("offer"), b.risk("high", 0), b.fact("signed"))
    s.send(RaiseRisk, risk="fx", level="critical")
    assert s.vote("atb", "ann") == ("LTC526",) * 4
    assert [r.criterion.kind for r in s.answer.reasons] == ["fact", "delivered", "risk", "fact"]


def test_a_deliverable_counts_with_all_its_fields(at_atb) -> None:
    s = at_atb(b.delivered("offer"))
    s.submit("offer", price="10")
    assert s.vote("atb", "ann") == ("LTC526",)
    assert "scope" in s.answer.reasons[0].problem
    s.submit("offer", price="10", scope="all")
    assert s.vote("atb", "ann") == ()


def test_a_risk_limit_counts_open_risks_that_are_heavy_enough(at_atb) -> None:
    s = at_atb(b.risk("high", 1))
    for name, level in (("r1", "high"), ("r2", "medium"), ("r3", "low")):
        s.send(RaiseRisk, risk=name, level=level)
    s.send(UpdateRisk, risk="r2", level="critical")
    assert s.vote("atb", "ann") == ("LTC526",)
    assert "r1, r2" in s.answer.reasons[0].problem
    s.send(CloseRisk, risk="r1", reason="hedged")
    assert s.vote("atb", "ann") == ()


def test_a_criterion_that_must_hold_is_judged_at_the_decision(at_atb) -> None:
    s = at_atb(b.fact("signed"))
    s.record(signed=True)
    s.record(signed=False)
    assert s.vote("atb", "ann") == ("LTC526",)


def test_a_criterion_that_remembers_stays_met(at_atb) -> None:
    s = at_atb(b.fact("signed", remembers=True))
    s.record(signed=True)
    assert s.answer.events[0].remembered == (("atb", "fact:signed"),)
    s.record(signed=False)
    assert s.vote("atb", "ann") == ()


def test_what_a_project_starts_with_is_remembered(story) -> None:
    """Found by law 3: facts of the start were not looked at."""
    s = story(two_gates(b.fact("signed", remembers=True)), team=TEAM, facts={"signed": True})
    s.record(signed=False)
    s.finish("solution", "pricing")
    assert s.vote("atb", "ann") == ()


def test_a_criterion_of_any_kind_remembers(at_atb) -> None:
    """Found by law 3: only conditions over facts were remembered."""
    s = at_atb(b.risk("high", 0, remembers=True), b.delivered("offer", remembers=True))
    s.submit("offer", price="10", scope="all")
    s.submit("offer", price="10")
    s.send(RaiseRisk, risk="fx", level="critical")
    assert s.vote("atb", "ann") == ()


def test_a_waiver_takes_a_voter_a_reason_and_a_criterion_that_may_be_waived(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15", id="margin"), b.fact("signed", id="order", mandatory=True))
    assert s.waive("atb", "margin", by="sam") == ("LTC523",)
    assert s.waive("atb", "margin", by="ann", reason=" ") == ("LTC529",)
    assert s.waive("atb", "order", by="ann") == ("LTC543",)
    assert s.waive("atb", "profit", by="ann") == ("LTC510",)
    assert s.waive("atb", "margin", by="ann") == ()
    assert s.waive("atb", "margin", by="bo") == ("LTC543",)
    s.record(signed=True)
    assert s.vote("atb", "ann") == ()
    assert [a.waived for a in s.answer.explanation] == [True, False]


def test_a_plugin_that_says_only_no_is_put_into_words(story) -> None:
    """Found by the state machine: the refusal said nothing."""
    gate = b.gate("ok", decided_by="board", criteria=[b.plugin("acme.credit")])
    process = b.process("p", roles={"board": "B"}, stages=[b.stage("s", gates=[gate])])
    s = story(process, judges={"acme.credit": lambda _context: Judgement(truth=Truth.FALSE)})
    assert s.vote("ok", "board.1") == ("LTC526",)
    assert s.answer.reasons[0].problem == "'ok' needs: 'acme.credit' is met; seen: not met."
    assert s.answer.reasons[0].remedy == "See to what 'acme.credit' asks for."


@pytest.mark.parametrize("answer", [ZeroDivisionError("down"), True, None])
def test_a_plugin_that_fails_leaves_its_criterion_unknown_by_name(story, answer: object) -> None:
    def judge(_context: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    gate = b.gate("ok", decided_by="board", criteria=[b.plugin("acme.credit")])
    process = b.process("p", roles={"board": "B"}, stages=[b.stage("s", gates=[gate])])
    for judges in ({"acme.credit": judge}, {}):
        s = story(process, judges=judges)
        assert s.vote("ok", "board.1") == ("LTC526",)
        assert s.answer.reasons[0].criterion.truth is Truth.UNKNOWN
        assert "acme.credit" in s.answer.reasons[0].problem


# -- votes and the facts they were cast on -------------------------------------------------------------------------


def test_a_vote_keeps_the_facts_it_was_cast_on(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15"), rule="all")
    s.record(margin="0.2", signed=True)
    s.vote("atb", "ann")
    assert dict(s.answer.events[0].facts) == {"margin": s.state.facts["margin"]}
    assert dict(s.answer.events[0].basis) == {"fact:margin >= 0.15": "TRUE"}


def test_a_vote_lapses_when_its_facts_get_worse_and_not_when_they_stay_good(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15"), rule="all")
    s.record(margin="0.2")
    s.vote("atb", "ann")
    s.record(margin="0.16")
    assert s.events == ["FactsRecorded"]
    s.record(margin="0.14")
    assert s.events == ["FactsRecorded", "VoteLapsed"]
    assert (s.answer.events[1].voter, s.answer.events[1].because) == ("ann", "fact:margin >= 0.15")
    s.record(margin="0.3")
    s.vote("atb", "bo")
    assert not s.passed("atb"), "ann has to vote again"
    assert s.vote("atb", "ann") == ()
    assert s.passed("atb")


def test_a_vote_lapses_when_a_risk_is_raised_or_a_paper_withdrawn(at_atb) -> None:
    """Found by law 10: papers and other work were not part of what a vote was bound to."""
    s = at_atb(b.risk("high", 0), b.delivered("offer"), rule="all")
    s.submit("offer", price="10", scope="all")
    s.vote("atb", "ann")
    s.send(RaiseRisk, risk="fx", level="high")
    assert s.events == ["RiskRaised", "VoteLapsed"]
    s.send(CloseRisk, risk="fx")
    s.vote("atb", "ann")
    s.submit("offer", price="11")
    assert s.events == ["DeliverableSubmitted", "VoteLapsed"]


def test_a_vote_against_does_not_lapse_and_neither_does_one_on_a_waived_criterion(at_atb) -> None:
    s = at_atb(b.fact("margin >= 0.15", id="margin"), rule="all")
    s.record(margin="0.2")
    s.waive("atb", "margin", by="ann")
    s.vote("atb", "ann")
    s.record(margin="0.1")
    assert s.events == ["FactsRecorded"]
    s.vote("atb", "bo", verdict="hold")
    assert s.state.standing.value == "held"


def test_a_conditional_vote_whose_date_has_passed_lapses(at_atb) -> None:
    """Found by law 6: the gate passed on a condition that was overdue at once."""
    s = at_atb(rule="all")
    s.vote("atb", "ann", verdict="conditional", days=1)
    s.wait(2)
    s.vote("atb", "bo")
    assert s.events == ["VoteCast", "VoteLapsed"]
    assert s.answer.events[1].because.startswith("due:")
    assert s.vote("atb", "ann", verdict="conditional", days=1) == ()
    assert s.passed("atb")


# -- conditional go ------------------------------------------------------------------------------------------------


def test_a_conditional_go_needs_conditions_with_dates_to_come(at_atb) -> None:
    s = at_atb()
    assert s.vote("atb", "ann", verdict="conditional") == ("LTC528",)
    assert s.vote("atb", "ann", verdict="conditional", days=-1) == ("LTC528",)
    assert s.vote("atb", "ann", verdict="go", days=3) == ("LTC528",)
    assert s.vote("atb", "ann", verdict="conditional", days=0) == ()
    assert s.owed() == ["atb.1.1"]


def test_a_condition_keeps_the_next_gate_shut_until_it_is_met(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.finish("sign")
    assert s.vote("atc", "ann") == ("LTC522",)
    assert ("condition", "atb.1.1", True) in s.missing("won")
    assert ("meet", "atb.1.1") in s.todo("ann")
    assert s.send(MeetCondition, "sam", condition="atb.1.1") == ("LTC515",)
    assert s.send(MeetCondition, "ann", condition="atb.1.1", note="received") == ()
    assert s.send(MeetCondition, "ann", condition="atb.1.1") == ("LTC540",)
    assert s.vote("atc", "ann") == ()


def test_a_condition_is_due_by_the_end_of_its_day(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.wait(3)
    assert s.passed("atb")
    s.wait(1)
    assert not s.passed("atb")


def test_a_condition_past_its_date_opens_its_gate_again(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.wait(4)
    assert s.begin("sign") == ("LTC512",)
    assert {("gate", "atb", True), ("condition", "atb.1.1", True)} <= set(s.missing("won"))
    assert ("vote", "atb") in s.todo("ann")
    assert s.vote("atb", "ann") == ()
    assert s.events == ["TimePassed", "GateReopened", "VoteCast", "GateDecided"]
    assert s.owed() == []
    assert s.begin("sign") == ()


def test_a_condition_met_too_late_leaves_its_gate_open_until_it_is_decided_again(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.wait(9)
    assert s.send(MeetCondition, "ann", condition="atb.1.1") == ()
    assert not s.passed("atb")
    assert s.vote("atb", "ann") == ()
    assert s.passed("atb")


@pytest.mark.parametrize("verdict", ["go", "hold", "recycle", "stop"])
def test_whatever_comes_of_judging_again_settles_the_old_conditions(at_atb, verdict: str) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=1)
    s.wait(3)
    s.vote("atb", "ann", verdict=verdict)
    assert s.owed() == []


def test_another_date_is_for_those_who_decide_the_gate_with_a_reason_and_to_come(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    common = {"condition": "atb.1.1", "reason": "supplier is late"}
    assert s.send(RedateCondition, "sam", due=s.day(9), **common) == ("LTC523",)
    assert s.send(RedateCondition, "ann", due=s.day(-1), **common) == ("LTC541",)
    assert s.send(RedateCondition, "ann", due=s.day(9), condition="atb.1.1") == ("LTC529",)
    assert s.send(RedateCondition, "ann", due=s.day(9), condition="atb.1.9", reason="?") == ("LTC540",)
    assert s.send(RedateCondition, "ann", due=s.day(9), **common) == ()


def test_a_redated_condition_lets_the_next_gate_open_until_its_new_date(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.finish("sign")
    s.wait(5)
    s.send(RedateCondition, "ann", condition="atb.1.1", due=s.day(7), reason="supplier is late")
    assert s.passed("atb")
    s.wait(8)
    assert s.vote("atc", "ann") != (), "found by law 3: an overdue condition kept the next gate open"
    s.send(RedateCondition, "ann", condition="atb.1.1", due=s.day(1), reason="once more")
    assert s.vote("atc", "ann") == ()


def test_a_conditional_go_is_not_offered_where_no_gate_is_to_come(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann")
    s.finish("sign")
    assert s.vote("atc", "ann", verdict="conditional", days=3) == ("LTC527",)


def test_a_conditional_go_is_not_offered_when_the_later_gates_have_been_passed(at_atb) -> None:
    """Found by law 6: nobody would have seen to the conditions."""
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=3)
    s.finish("sign")
    s.send(RedateCondition, "ann", condition="atb.1.1", due=s.day(9), reason="late")
    s.vote("atc", "ann")
    s.wait(20)
    assert s.vote("atb", "ann", verdict="conditional", days=3) == ("LTC527",)
    assert s.vote("atb", "ann") == ()


def test_days_are_counted_in_one_time_zone(at_atb) -> None:
    """Found by law 6: the day of a command was read in the zone it came from, and so a gate could close again."""
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=0)
    beijing = timezone(timedelta(hours=8))
    late = s.now.astimezone(beijing).replace(hour=1) + timedelta(days=1)  # still the day before in UTC
    answer = s.project.send(CastVote(gate="atb", verdict="stop", reason="x", by="ann", at=late))
    assert "LTC521" in [reason.code for reason in answer.reasons]


def test_votes_given_away_after_a_date_has_passed_count_in_the_new_round(at_atb) -> None:
    """Found by law 6: the re-opening forgot them, and then nobody could vote."""
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=1)
    s.wait(3)
    assert s.delegate("atb", "ann", "zoe") == ()
    assert s.events == ["TimePassed", "GateReopened", "VoteDelegated"]
    assert s.vote("atb", "zoe") == ()


# -- recycle, hold, stop -------------------------------------------------------------------------------------------


def test_recycle_opens_its_target_and_everything_behind_it_again(at_atb) -> None:
    s = at_atb(b.delivered("offer"), rule="all")
    s.submit("offer", price="1", scope="all")
    s.vote("atb", "ann")
    assert s.vote("atb", "bo", verdict="recycle", reason="too dear") == ()
    decided = s.answer.events[1]
    assert decided.reopened == ("solution", "pricing", "atb"), "what never began is not opened again"
    assert decided.resubmit == ("offer",)
    assert s.done() == set()
    assert s.state.gate("atb").votes == ()
    assert s.finish("pricing") == ("LTC512",)
    s.finish("solution", "pricing")
    assert s.vote("atb", "ann") == ("LTC526",), "the offer is to be handed in again"
    s.submit("offer", price="1", scope="all")
    s.vote("atb", "ann")
    assert not s.passed("atb"), "the votes of the first round do not count"


def test_recycle_from_a_later_gate_opens_the_gates_before_it(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=9)
    s.finish("sign")
    s.send(MeetCondition, "ann", condition="atb.1.1")
    s.vote("atc", "ann", verdict="recycle")
    assert s.done() == set()
    assert not s.passed("atb")
    s.finish("solution", "pricing")
    s.vote("atb", "ann", verdict="conditional", days=9)
    assert s.owed() == ["atb.2.1"], "conditions of the new round have names of their own"


def test_recycle_drops_the_open_conditions_of_the_gates_behind_it(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="conditional", days=9)
    s.finish("sign")
    s.send(RedateCondition, "ann", condition="atb.1.1", due=s.day(20), reason="late")
    s.vote("atc", "ann", verdict="recycle")
    assert s.owed() == []


def test_recycle_is_not_offered_where_the_gate_says_no_way_back(story) -> None:
    gate = b.gate("ok", decided_by="board")
    s = story(b.process("p", roles={"board": "Board"}, stages=[b.stage("one", gates=[gate])]), team={"board": "ann"})
    assert s.vote("ok", "ann", verdict="recycle") == ("LTC527",)


def test_every_verdict_but_go_takes_a_reason(at_atb) -> None:
    s = at_atb()
    for verdict in ("hold", "recycle", "stop"):
        assert s.vote("atb", "ann", verdict=verdict, reason="  ") == ("LTC529",)


def test_hold_rests_the_project_and_resume_takes_it_up_with_a_new_round(at_atb) -> None:
    s = at_atb(rule="all")
    s.vote("atb", "ann")
    s.vote("atb", "bo", verdict="hold", reason="budget")
    assert s.events == ["VoteCast", "GateDecided", "ProjectHeld"]
    assert (s.state.standing.value, s.state.reason) == ("held", "budget")
    assert s.finish("sign") == ("LTC502",)
    assert s.vote("atb", "ann") == ("LTC502",)
    assert s.record(margin="0.2") == (), "facts may come in while the project rests"
    assert s.todo("ann") == []
    assert s.send(ResumeProject, "ann", reason="budget is there") == ()
    s.vote("atb", "ann")
    assert not s.passed("atb")
    s.vote("atb", "bo")
    assert s.passed("atb")


def test_stop_closes_the_project(at_atb) -> None:
    s = at_atb()
    s.vote("atb", "ann", verdict="stop", reason="no budget")
    assert s.events == ["VoteCast", "GateDecided", "ProjectClosed"]
    assert (s.state.closing.value, s.state.reason) == ("cancelled", "no budget")


def test_a_project_that_a_gate_stopped_can_be_judged_again_once_reopened(at_atb) -> None:
    """Found by law 10: the old votes stood, and nobody could vote again."""
    s = at_atb()
    s.vote("atb", "ann", verdict="stop", reason="no budget")
    assert s.send(ReopenProject, "ann", reason="the customer is back") == ()
    assert s.vote("atb", "ann") == ()
    assert s.passed("atb")


def test_a_decision_that_changes_work_elsewhere_lets_votes_there_lapse(story) -> None:
    """Found by law 5: a vote outlived the work it was cast on, because another gate's recycle opened that again."""
    both = [
        b.gate("one", after=["work"], decided_by="board", recycle_to="work"),
        b.gate("two", after=["other"], decided_by={"roles": ["board", "legal"]}, criteria=[b.done("work")]),
    ]
    activities = [b.activity("work", after=[]), b.activity("other", after=[])]
    process = b.process(
        "p", roles={"board": "B", "legal": "L"}, stages=[b.stage("s", activities=activities, gates=both)]
    )
    s = story(process, team={"board": "ann", "legal": "lou"})
    s.finish("work", "other")
    s.vote("two", "ann")
    s.vote("one", "ann", verdict="recycle")
    assert s.events == ["VoteCast", "GateDecided", "VoteLapsed"]
