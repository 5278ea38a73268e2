"""Readiness, `why` and work lists: what is missing, who owes it, when it will be there; and what one can do now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.process import Process
from ltcflow.projects import HoldProject, Outlook, RaiseRisk, readiness, why, worklist

TEAM = {"seller": ["sam", "sue"], "boss": "bea", "board": ["ann", "bo"], "finance": "fay"}


def process() -> Process:
    return b.process(
        "bid_project",
        title={"zh": "投标", "en": "Bid"},
        facts=[
            _fact("amount", b.money("CNY"), "finance"),
            _fact("margin", b.percent(), "finance"),
            _fact("grade", b.choice("A", "B")),
        ],
        roles={"seller": "Seller", "boss": "Boss", "board": "Board", "finance": "Finance", "empty": "Nobody"},
        deliverables=[b.deliverable("offer", title="Offer", fields=["price"])],
        stages=[
            b.stage(
                "bid",
                activities=[
                    b.activity("solution", title="Solution", raci={"R": "seller", "A": "boss"}, outputs=["offer"]),
                    b.activity("pricing", raci={"A": "boss"}),
                    b.activity("financing", raci={"R": "finance"}, when="amount >= 10_000_000"),
                ],
                gates=[
                    b.gate(
                        "atb",
                        title="Authorise",
                        decided_by={"roles": ["board"], "rule": {"quorum": 2}},
                        criteria=[b.delivered("offer"), b.fact("margin >= 0.15"), b.risk("high", 0, owner="boss")],
                    )
                ],
            ),
            b.stage("sign", activities=[b.activity("contract", raci={"R": "empty", "A": "boss"})]),
        ],
        milestones=[
            b.milestone("sent", title="Sent", after=["atb"]),
            b.milestone("signed", after=["contract"], criteria=[b.fact("grade == 'A'")]),
        ],
    )


def _fact(name: str, kind: object, owner: str = "") -> object:
    from ltcflow.conditions import Fact

    return Fact(name, kind, owner=owner)


@pytest.fixture
def s(story):
    return story(process(), team=TEAM)


def items(s, element: str, **options: object):
    answer = readiness(process(), s.state, element, at=s.now, **options)
    return {(m.kind, m.id): m for m in answer.missing}


# -- readiness -----------------------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_named_with_its_kind(s) -> None:
    s.send(RaiseRisk, risk="fx", level="critical")
    kinds = [kind for kind, _, _ in s.missing("sent")]
    assert sorted(set(kinds)) == ["activity", "deliverable", "fact", "gate", "milestone", "risk"]
    assert ("fact", "amount", True) in s.missing("sent"), "whether financing is to be done depends on it"
    assert not any("contract" in item for item in s.missing("sent")), "what comes later is not named"


def test_each_missing_thing_has_its_owners_by_duty_and_by_person(s) -> None:
    missing = items(s, "sent")
    owners = {key: (item.roles, item.people) for key, item in missing.items()}
    assert owners["activity", "solution"] == (("seller",), ("sam", "sue"))
    assert owners["activity", "pricing"] == (("boss",), ("bea",)), "A answers where nobody has R"
    assert owners["gate", "atb"] == (("board",), ("ann", "bo"))
    assert owners["deliverable", "offer"] == (("seller",), ("sam", "sue"))
    assert owners["fact", "amount"] == (("finance",), ("fay",))


def test_what_can_be_done_today_is_told_from_what_waits(s) -> None:
    missing = items(s, "sent")
    assert [key for key, item in missing.items() if item.now and key[0] == "activity"] == [("activity", "solution")]
    assert missing["activity", "pricing"].waits_for == ("solution",)
    assert not missing["deliverable", "offer"].now
    s.begin("solution")
    assert items(s, "sent")["deliverable", "offer"].now


def test_criticality_float_and_forecast_come_from_the_plan(s) -> None:
    finish = datetime(2026, 3, 20, 9, tzinfo=UTC)
    outlook = {
        "solution": Outlook(True, 0, finish),
        "pricing": Outlook(False, 480, finish),
        "sent": Outlook(finish=finish),
    }
    missing = items(s, "sent", outlook=outlook)
    solution, pricing, atb = (
        missing[key] for key in (("activity", "solution"), ("activity", "pricing"), ("gate", "atb"))
    )
    assert (solution.critical, solution.total_float, solution.forecast) == (True, 0, finish)
    assert (pricing.critical, pricing.total_float) == (False, 480)
    assert (atb.critical, atb.total_float, atb.forecast) == (False, None, None)
    assert readiness(process(), s.state, "sent", at=s.now, outlook=outlook).forecast == finish


def test_a_gate_shows_whose_vote_is_missing(s) -> None:
    s.record(margin="0.2", amount="1")
    s.finish("solution", "pricing")
    s.submit("offer", price="1")
    assert items(s, "sent")["gate", "atb"].now
    s.vote("atb", "ann")
    assert items(s, "sent")["gate", "atb"].people == ("bo",)
    s.vote("atb", "bo")
    assert s.missing("sent") == []
    assert readiness(process(), s.state, "sent", at=s.now).ready


def test_a_milestone_can_wait_for_a_fact_alone(s) -> None:
    s.record(margin="0.2", amount="1")
    s.finish("solution", "pricing")
    s.submit("offer", price="1")
    s.vote("atb", "ann", "bo")
    s.finish("contract")
    assert s.missing("signed") == [("fact", "grade", True)]
    s.record(grade="B")
    assert [kind for kind, _, _ in s.missing("signed")] == ["fact"]
    s.record(grade="A")
    assert s.missing("signed") == []


def test_a_role_that_nobody_wears_is_missing(story) -> None:
    s = story(process(), team={"seller": "sam", "boss": "bea"})
    assert ("role", "board", True) in s.missing("sent")


@pytest.mark.parametrize("name", ["snet", "offer", "amount", ""])
def test_what_cannot_be_ready_is_an_error_with_a_suggestion(s, name: str) -> None:
    with pytest.raises(UnknownName):
        readiness(process(), s.state, name, at=s.now)


# -- work that is only asked for by a criterion --------------------------------------------------------------------


def spanning() -> Process:
    weekly = b.activity("weekly", raci={"R": "seller"}, every="1w", outputs=["report"])
    gate = b.gate("ok", decided_by="board", criteria=[b.delivered("report")])
    return b.process(
        "p",
        roles={"seller": "S", "board": "B"},
        deliverables=[b.deliverable("report")],
        stages=[b.stage("one", activities=[weekly, b.activity("a")]), b.stage("two", gates=[gate])],
    )


def test_a_paper_from_spanning_work_names_the_work(story) -> None:
    """Found by law 10: the report was missing, could not be handed in, and nothing said why."""
    s = story(spanning())
    s.finish("a")
    assert s.missing("ok") == [("deliverable", "report", False), ("activity", "weekly", True), ("gate", "ok", False)]
    s.begin("weekly")
    assert ("deliverable", "report", True) in s.missing("ok")
    s.submit("report")
    assert s.vote("ok", "board.1") == ()


def test_spanning_work_that_is_skipped_counts_as_done(story) -> None:
    """Found by law 10: the gate waited for it, it for the end of its stage, and that for the gate."""
    weekly = b.activity("weekly", every="1w", when="not signed")
    gate = b.gate("ok", decided_by="board", criteria=[b.fact("signed"), b.done("weekly")])
    stage = b.stage("one", activities=[weekly, b.activity("a", after=[])], gates=[gate])
    s = story(
        b.process("p", facts={"signed": b.yes_no()}, roles={"board": "B"}, stages=[stage]), facts={"signed": True}
    )
    s.finish("a")
    assert s.vote("ok", "board.1") == ()


def test_a_criterion_on_work_elsewhere_names_that_work(story) -> None:
    gate = b.gate("ok", after=[], decided_by="board", criteria=[b.done("other")])
    stages = [
        b.stage("one", gates=[gate]),
        b.stage("two", after=[], activities=[b.activity("first"), b.activity("other")]),
    ]
    s = story(b.process("p", roles={"board": "B"}, stages=stages))
    assert s.missing("ok") == [("activity", "other", False), ("gate", "ok", False)]
    assert [link.id for link in why(s.process, s.state, "ok", at=s.now)] == ["ok", "other", "first"]
    s.finish("first")
    assert s.missing("ok") == [("activity", "other", True), ("gate", "ok", False)]


# -- why -----------------------------------------------------------------------------------------------------------


def test_why_is_the_shortest_chain_to_what_can_be_done_today(s) -> None:
    chain = why(process(), s.state, "sent", at=s.now)
    assert (chain[0].id, chain[-1].now) == ("sent", True)
    assert [link.now for link in chain[:-1]] == [False] * (len(chain) - 1)
    assert [link.id for link in chain] == ["sent", "atb", "financing", "pricing", "solution"]


def test_why_of_what_can_be_done_is_itself_and_of_what_is_done_nothing(s) -> None:
    (link,) = why(process(), s.state, "solution", at=s.now)
    assert (link.id, link.kind, link.people, link.now) == ("solution", "activity", ("sam", "sue"), True)
    s.finish("solution")
    assert why(process(), s.state, "solution", at=s.now) == ()


# -- work lists ----------------------------------------------------------------------------------------------------


def test_a_work_list_holds_what_one_can_do_now(s) -> None:
    assert s.todo("sam") == [("begin", "solution")]
    s.begin("solution", by="sue")
    assert s.todo("sam") == [("finish", "solution"), ("submit", "offer")]
    assert ("vote", "atb") not in s.todo("ann")
    s.submit("offer", price="1")
    s.finish("solution", "pricing")
    s.record(margin="0.2", amount="1")
    assert s.todo("ann") == [("vote", "atb")]
    s.vote("atb", "ann")
    assert (s.todo("ann"), s.todo("bo")) == ([], [("vote", "atb")])


def test_a_work_list_says_in_which_role(s) -> None:
    (item,) = (i for i in worklist(process(), s.state, "sam", at=s.now) if i.action == "begin")
    assert (item.project, item.roles, item.title.en) == ("acme", ("seller",), "Solution")


def test_work_whose_r_nobody_wears_is_offered_to_a_and_work_without_duties_to_everybody(story) -> None:
    """Found by law 10: such work stood on nobody's list."""
    activities = [b.activity("contract", raci={"R": "empty", "A": "boss"}), b.activity("free", after=[])]
    process = b.process(
        "p", roles={"boss": "B", "empty": "E", "other": "O"}, stages=[b.stage("s", activities=activities)]
    )
    s = story(process, team={"boss": "bea", "other": "oz"})
    assert s.todo("bea") == [("begin", "contract"), ("begin", "free")]
    assert s.todo("oz") == [("begin", "free")]


def test_a_delegate_has_the_vote_on_the_list(s) -> None:
    s.record(margin="0.2", amount="1")
    s.finish("solution", "pricing")
    s.submit("offer", price="1")
    s.delegate("atb", "ann", "zoe")
    assert s.todo("zoe") == [("vote", "atb")]
    assert ("vote", "atb") not in s.todo("ann")


def test_there_is_nothing_to_do_while_a_project_rests(s) -> None:
    s.send(HoldProject, "ann", reason="budget")
    assert s.todo("sam") == []
