"""The seven patterns of separation of duties, each with what it forbids and the nearest thing that it lets pass."""

from __future__ import annotations

from typing import Any

import pytest

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.process import Process

TEAM = {"buyer": ["ann", "bo"], "payer": ["bo", "cy"], "board": ["di", "ann"], "legal": ["lou"], "chief": ["ed"]}
ROLES = ("buyer", "payer", "board", "legal", "chief")


def purchase(**rules: Any) -> Process:
    """Order, receive and pay something, each by its role, and a gate at the end."""
    steps = [
        b.activity("order", raci={"R": "buyer"}),
        b.activity("receive", raci={"R": ["buyer", "payer"]}, after=["order"]),
        b.activity("pay", raci={"R": "payer"}, after=["receive"]),
    ]
    close = b.gate("close", after=["pay"], decided_by={"roles": ["board", "legal"], "rule": {"quorum": 1}})
    return b.process(
        "purchase", roles={r: r for r in ROLES}, stages=[b.stage("buy", activities=steps, gates=[close])], **rules
    )


def test_1_static_two_hats_never_go_together(story) -> None:
    process = purchase(separation_of_duties=[["buyer", "chief"]])
    s = story(process, team=TEAM)
    assert s.assign("chief", "ann") == ("LTC525",)
    assert s.assign("chief", "zoe") == ()


def test_1_static_a_hat_put_off_bars_still(story) -> None:
    s = story(purchase(separation_of_duties=[["buyer", "board"]]), team={**TEAM, "board": ["di"]})
    s.finish("order", by="ann")
    s.finish("receive", "pay", by="bo")
    s.assign("buyer", "bo")
    assert s.assign("board", "di", "ann") == ()
    assert s.vote("close", "ann") == ("LTC525",)
    assert s.vote("close", "di") == ()


def test_2_dynamic_two_hats_are_worn_together_and_one_is_used(story) -> None:
    process = purchase(separation_rules=[{"dynamic": ["buyer", "payer"]}])
    s = story(process, team=TEAM)  # bo wears both
    assert s.finish("order", by="bo") == ()
    assert s.finish("receive", by="ann") == ()
    assert s.finish("pay", by="bo") == ("LTC525",)
    assert s.finish("pay", by="cy") == ()


def test_3_history_who_made_it_does_not_approve_it(story) -> None:
    s = story(purchase(separation_rules=[{"history": ["order", "close"]}]), team=TEAM)
    s.finish("order", by="ann")
    s.finish("receive", "pay", by="bo")
    assert s.vote("close", "ann") == ("LTC525",)
    assert s.vote("close", "di") == ()


def test_3_history_works_in_either_order_and_survives_a_change_of_hats(story) -> None:
    s = story(purchase(separation_rules=[{"history": ["order", "pay"]}]), team=TEAM)
    s.finish("order", by="ann")
    s.assign("payer", "ann")
    s.finish("receive", by="ann")
    assert s.finish("pay", by="ann") == ("LTC525",)
    s.assign("payer", "cy")
    assert s.finish("pay", by="cy") == ()


def test_4_operational_no_one_person_takes_the_whole_chain(story) -> None:
    s = story(purchase(separation_rules=[{"operational": ["order", "receive", "pay"]}]), team=TEAM)
    assert s.finish("order", "receive", by="bo") == ()
    assert s.finish("pay", by="bo") == ("LTC525",)
    assert s.finish("pay", by="cy") == ()


def test_4_operational_lets_one_person_take_all_but_one(story) -> None:
    s = story(purchase(separation_rules=[{"operational": ["order", "receive", "pay"]}]), team=TEAM)
    assert s.finish("order", by="bo") == ()
    assert s.finish("receive", by="cy") == ()
    assert s.finish("pay", by="bo") == ()


@pytest.mark.parametrize("maker", ["ann", "zoe"])
def test_5_over_delegates_the_past_of_both_counts(story, maker: str) -> None:
    """Nobody gets round a rule by sending somebody else, nor by being sent."""
    process = purchase(separation_rules=[{"history": ["order", "close"]}])
    s = story(process, team={**TEAM, "buyer": ["ann", "zoe"], "board": ["ann"]})
    s.finish("order", by=maker)
    s.finish("receive", "pay", by="bo")
    assert s.send(p.DelegateAuthority, "ann", to="zoe", until=s.day(9), gates="close") == ()
    assert s.vote("close", "zoe") in {("LTC523",), ("LTC524",), ("LTC525",)}
    assert s.vote("close", "lou") == ()


def test_5_over_delegates_what_is_done_in_a_place_is_done_by_both(story) -> None:
    process = purchase(separation_rules=[{"history": ["close", "settle"]}])
    settle = b.stage("end", activities=[b.activity("settle", raci={"R": "chief"})])
    process = b.process(
        "purchase", roles={r: r for r in ROLES}, stages=[*process.stages, settle],
        separation_rules=process.separation_rules,
    )  # fmt: skip
    s = story(process, team={**TEAM, "chief": ["zoe", "di", "ed"]})
    s.finish("order", by="ann")
    s.finish("receive", "pay", by="bo")
    assert s.send(p.DelegateAuthority, "di", to="zoe", until=s.day(9)) == ()
    assert s.vote("close", "zoe") == ()
    assert s.finish("settle", by="zoe") == ("LTC525",)
    assert s.finish("settle", by="di") == ("LTC525",)
    assert s.finish("settle", by="ed") == ()


def test_6_over_role_overlap_who_speaks_for_two_separated_roles_judges_in_neither(story) -> None:
    s = story(purchase(separation_rules=[{"dynamic": ["board", "legal"]}]), team={**TEAM, "legal": ["di"]})
    s.finish("order", by="ann")
    s.finish("receive", "pay", by="bo")
    assert s.vote("close", "di") == ("LTC525",)
    assert s.vote("close", "ann") == ()


def test_6_over_role_overlap_a_vote_counts_as_an_act_in_every_role_it_speaks_for(story) -> None:
    steps = [b.activity("sign", raci={"R": "chief"})]
    more = purchase(separation_rules=[{"dynamic": ["legal", "chief"]}])
    process = b.process(
        "purchase", roles={r: r for r in ROLES}, stages=[*more.stages, b.stage("end", activities=steps)],
        separation_rules=more.separation_rules,
    )  # fmt: skip
    s = story(process, team={**TEAM, "legal": ["di"], "chief": ["di", "ed"]})
    s.finish("order", by="ann")
    s.finish("receive", "pay", by="bo")
    assert s.vote("close", "di") == ()  # first as board, and as legal all the same
    assert s.finish("sign", by="di") == ("LTC525",)
    assert s.finish("sign", by="ed") == ()


def test_7_binding_of_duties_the_same_people_wear_both(story) -> None:
    s = story(purchase(binding_of_duties=[["legal", "chief"]]), team={**TEAM, "legal": ["ed"]})
    assert s.assign("chief", "zoe") == ("LTC550",)
    assert s.assign("chief", "ed") == ()


def test_a_refusal_names_the_step_that_bars_in_both_languages(story) -> None:
    s = story(purchase(separation_rules=[{"history": ["order", "pay"]}]), team=TEAM)
    s.finish("order", "receive", by="bo")
    assert s.finish("pay", by="bo") == ("LTC525",)
    (reason,) = s.answer.reasons
    assert str(reason) == "LTC525: bo took 'order', which is kept apart from 'pay'. Let somebody else do 'pay'."
    assert "bo 已经办 order" in reason.text("zh")
