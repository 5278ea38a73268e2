"""Stories of work: order, conditions, choices, deliverables, early starts."""

from __future__ import annotations

import pytest

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.projects import ApproveEarlyStart, MeetCondition, RaiseRisk, RedateCondition

SELLER = {"R": "seller"}


def one_stage(*activities: object, gates: tuple[object, ...] = (), **fields: object) -> Process:
    stage = {key: fields.pop(key) for key in ("order", "at_least") if key in fields}
    return b.process(
        "p",
        facts={"amount": b.number(), "grade": b.choice("A", "B")},
        roles={"seller": "Seller", "boss": "Boss", "board": "Board"},
        deliverables=[b.deliverable("offer", fields=["price"]), b.deliverable("memo")],
        stages=[b.stage("bid", activities=activities, gates=gates, **stage)],
        **fields,
    )


def steps(*names: str, **options: object) -> list[object]:
    return [b.activity(name, raci=SELLER, **options) for name in names]


def test_activities_follow_their_order_and_a_refusal_names_what_is_waited_for(story) -> None:
    s = story(one_stage(*steps("first", "second", "third")))
    assert s.finish("third") == ("LTC512",)
    assert "waits for" in s.answer.reasons[0].problem
    assert s.finish("first", "second", "third") == ()


def test_an_activity_is_begun_and_finished_once(story) -> None:
    s = story(one_stage(*steps("first", "second")))
    assert s.begin("first") == ()
    assert s.begin("first") == ("LTC511",)
    assert s.finish("first") == ()
    assert s.finish("first") == ("LTC511",)
    assert s.begin("first") == ("LTC511",)


def test_what_is_finished_without_a_start_is_begun_at_the_same_moment(story) -> None:
    s = story(one_stage(*steps("first")))
    s.finish("first")
    assert s.events == ["ActivityStarted", "ActivityFinished"]
    assert s.state.work["first"].started == s.state.work["first"].finished


@pytest.mark.parametrize("name", ["frist", "", "没有", "x" * 5_000, "bid", "seller", "first "])
def test_what_is_no_activity_is_refused_with_the_nearest_names(story, name: str) -> None:
    s = story(one_stage(*steps("first")))
    assert s.finish(name, by="seller.1") == ("LTC510",)
    assert name != "frist" or "'first'" in s.answer.reasons[0].remedy
    assert len(s.answer.reasons[0].text()) < 500


@pytest.mark.parametrize(
    ("kind", "begin_too_early", "end_too_early"),
    [("FS", True, True), ("SS", True, True), ("FF", False, True), ("SF", False, True)],
)
def test_the_four_kinds_of_dependency(story, kind: str, begin_too_early: bool, end_too_early: bool) -> None:
    s = story(one_stage(*steps("a"), b.activity("z", raci=SELLER, after=[b.after("a", kind)])))
    assert (s.begin("z") != ()) == begin_too_early
    assert (s.finish("z") != ()) == end_too_early
    s.begin("a")
    if kind in ("SS", "SF"):
        assert s.finish("z") == ()
    else:
        assert s.finish("z") == ("LTC512",)
        assert s.finish("a", "z") == ()


def test_an_activity_whose_condition_is_false_is_skipped_and_blocks_nothing(story) -> None:
    s = story(one_stage(*steps("a"), *steps("big", when="amount >= 10"), *steps("z")))
    s.finish("a")
    assert s.finish("big") == ("LTC514",)
    assert s.answer.reasons[0].remedy == "Record amount first."
    assert s.finish("z") == ("LTC512",)
    s.record(amount=9)
    assert s.finish("big") == ("LTC513",)
    assert s.finish("z") == ()


def test_work_that_new_facts_bring_back_has_to_be_done_before_the_end(story) -> None:
    """Found by law 9: the gate and the stage looked only at what stands right before them."""
    gate = b.gate("ok", decided_by="board")
    s = story(one_stage(*steps("big", when="amount >= 10"), *steps("z"), gates=(gate,)), facts={"amount": 1})
    s.finish("z")
    s.record(amount=20)
    assert s.vote("ok", "board.1") == ("LTC520",)
    assert s.missing("bid") == [("activity", "big", True), ("gate", "ok", False)]
    s.finish("big")
    assert s.vote("ok", "board.1") == ()
    assert s.missing("bid") == []


def test_a_choice_ends_with_enough_of_its_activities(story) -> None:
    after = b.stage("after", activities=steps("z"))
    process = one_stage(*steps("a", "b", "c"), order="choice", at_least=2)
    s = story(b.process("p", roles={"seller": "S"}, stages=[*process.stages, after]))
    s.finish("a")
    assert s.finish("z") == ("LTC512",)
    s.finish("c")
    assert s.finish("b") == ("LTC516",)
    assert s.finish("z") == ()


def test_only_those_with_a_duty_do_an_activity(story) -> None:
    s = story(one_stage(b.activity("a", raci={"R": "seller", "A": "boss"}), b.activity("z")))
    assert s.finish("a", by="board.1") == ("LTC515",)
    assert "seller.1, boss.1" in s.answer.reasons[0].remedy
    assert s.begin("a", by="boss.1") == ()
    assert s.finish("a", by="seller.1") == ()
    assert s.finish("z", by="anybody") == (), "nobody has a duty on it"


def test_a_deliverable_comes_from_work_that_was_begun(story) -> None:
    s = story(one_stage(b.activity("a", raci=SELLER, outputs=["offer"])))
    assert s.submit("offer", price="1") == ("LTC561",)
    s.begin("a")
    assert s.submit("offer", by="boss.1", price="1") == ("LTC515",)
    assert s.submit("offer", prize="1") == ("LTC562",)
    assert "'price'" in s.answer.reasons[0].remedy
    assert s.submit("letter") == ("LTC510",)
    assert s.submit("offer", price=" ") == ()
    assert s.answer.events[0].missing == ("price",)
    assert s.submit("memo", by="anybody", anything="goes") == (), "nobody makes it, and it has no fields"


def test_facts_are_checked_against_their_types(story) -> None:
    s = story(one_stage(*steps("a")))
    assert s.record(amuont=1) == ("LTC560",)
    assert "'amount'" in s.answer.reasons[0].remedy
    assert s.record(amount="many", grade="C") == ("LTC560", "LTC560")
    assert s.record() == ("LTC560",)
    assert s.record(amount="12", grade="A") == ()


# -- early starts --------------------------------------------------------------------------------------------------


def gated() -> Process:
    gate = b.gate("atb", after=["a"], decided_by="board", recycle_to="a")
    return one_stage(
        *steps("a"),
        b.activity("deliver", raci=SELLER, after=["atb"]),
        b.activity("bill", raci=SELLER, after=["deliver"]),
        gates=(gate,),
        milestones=[b.milestone("paid", after=["bill"])],
    )


def approve(s, by: str = "board.1", activity: str = "deliver", condition: str = "order in writing", days: int = 3):
    return s.send(ApproveEarlyStart, by, activity=activity, condition=condition, due=s.day(days))


def test_an_early_start_is_approved_by_those_who_decide_what_it_waits_for(story) -> None:
    s = story(gated())
    assert approve(s, by="seller.1") == ("LTC523",)
    assert approve(s, activity="delivr") == ("LTC510",)
    assert approve(s, condition=" ") == ("LTC529",)
    assert approve(s, days=-1) == ("LTC541",)
    assert approve(s, activity="a") == ("LTC585",)
    assert approve(s) == ()
    assert approve(s) == ("LTC585",)


def test_an_early_start_stays_visible_until_its_condition_is_met(story) -> None:
    s = story(gated())
    approve(s)
    assert s.begin("deliver") == ()
    assert s.answer.events[0].early
    assert s.owed() == ["early.deliver.1"]
    assert ("meet", "early.deliver.1") in s.todo("board.1")
    assert s.send(MeetCondition, "seller.1", condition="early.deliver.1") == ("LTC515",)
    assert s.send(MeetCondition, "board.1", condition="early.deliver.1") == ()
    assert s.owed() == []
    assert s.state.work["deliver"].early


def test_an_early_start_opens_nothing_behind_it(story) -> None:
    """Found by law 2: whatever followed an early start went past the gate it had not waited for."""
    s = story(gated())
    approve(s)
    assert s.finish("deliver") == ()
    assert s.finish("bill") == ("LTC512",)
    assert s.missing("deliver") == [("activity", "a", True), ("gate", "atb", False)]
    assert [item[1] for item in s.missing("paid")] == ["a", "atb", "bill", "paid"]
    s.finish("a")
    s.vote("atb", "board.1")
    assert s.finish("bill") == ()
    assert s.missing("paid") == []


def test_an_early_start_that_came_to_be_on_time_is_not_marked_early(story) -> None:
    s = story(gated())
    approve(s)
    s.finish("a")
    s.vote("atb", "board.1")
    s.begin("deliver")
    assert not s.answer.events[0].early


def test_the_condition_of_an_early_start_is_redated_by_those_who_may_approve_it(story) -> None:
    """Found by the stories: anybody could."""
    s = story(gated())
    approve(s)
    common = {"condition": "early.deliver.1", "due": s.day(9), "reason": "customer is slow"}
    assert s.send(RedateCondition, "seller.1", **common) == ("LTC523",)
    assert s.send(RedateCondition, "board.1", **common) == ()


def test_a_recycle_takes_an_early_start_back(story) -> None:
    s = story(gated())
    approve(s)
    s.finish("deliver")
    s.finish("a")
    s.vote("atb", "board.1", verdict="recycle")
    assert (s.done(), s.owed(), dict(s.state.early.items())) == (set(), [], {})
    assert s.begin("deliver") == ("LTC512",)
    assert approve(s) == ()


def test_risks_have_ids_and_are_open_or_closed(story) -> None:
    from ltcflow.projects import CloseRisk, UpdateRisk

    s = story(one_stage(*steps("a")))
    assert s.send(RaiseRisk, risk=" ", level="high") == ("LTC570",)
    assert s.send(RaiseRisk, risk="fx", level="high", owner="li.wei") == ()
    assert s.send(RaiseRisk, risk="fx", level="low") == ("LTC570",)
    assert s.send(UpdateRisk, risk="fy", level="low") == ("LTC570",)
    assert s.send(UpdateRisk, risk="fx", level="low") == ()
    assert (s.state.risks["fx"].owner, s.state.risks["fx"].level.value) == ("li.wei", "low")
    assert s.send(CloseRisk, risk="fx", reason="hedged") == ()
    assert s.send(CloseRisk, risk="fx") == ("LTC570",)
