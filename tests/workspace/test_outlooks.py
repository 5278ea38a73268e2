"""What lies ahead of a project in a workspace, against the functions it calls; the value of a contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue
from ltcflow.schedule.contract import contract_value

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
STEPS = [
    b.activity("draft", duration={"optimistic": "2d", "likely": "3d", "pessimistic": "9d"}),
    b.activity("build", duration="5d"),
    b.activity("extra", duration="5d", when="big"),
]
MILESTONES = [
    b.milestone("sent", after=["draft"], payments=[{"share": "0.4", "due": "5d"}]),
    b.milestone("done", after=["build"], payments=[{"share": "0.5", "due": "30ed"}]),
    b.milestone("added", after=["extra"], when="big", payments=[{"share": "0.1"}]),
]
SUPPLY = b.process(
    "supply",
    facts={"amount": b.money("CNY"), "big": b.yes_no()},
    stages=[b.stage("do", activities=STEPS)],
    milestones=MILESTONES,
)


def begun(facts: dict[str, object]) -> ltc.Workspace:
    ws = ltc.Workspace.open("memory:", clock=lambda: MONDAY)
    assert ws.start(SUPPLY, project="acme", by="li.wei", facts=facts).accepted
    return ws


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 3), st.booleans())
def test_cash_of_a_project_adds_up_whatever_has_happened(cents: int, days: int, simulated: bool) -> None:
    value = ltc.Money(cents, "CNY") * "0.01"
    ws, at = begun({"big": "no", "amount": str(value.amount)}), MONDAY + timedelta(days=days)
    if days > 1:
        assert ws.finish("acme", "draft", by="li.wei", at=at).accepted
    drawn = {"seed": 4, "samples": 50} if simulated else {}
    found = ws.cash("acme", at=at, **drawn)  # type: ignore[arg-type]  # a seed or nothing
    assert found.contract == value
    assert sum(month.expected.amount for month in found.months) + found.uncovered.amount == value.amount
    assert [item.id for item in found.instalments] == ["sent[0]", "done[0]"]
    if days > 1:
        assert (
            found["sent[0]"].planned
            == ltc.cash(ws.plan("acme", at=at), SUPPLY, contract_value=value)["sent[0]"].planned
        )


def test_why_unpaid_asks_for_what_takes_place_and_leads_where_why_does() -> None:
    ws = begun({"big": "no", "amount": 1000})
    found = ws.why_unpaid("acme")
    assert [(item.instalment.id, item.chain) for item in found] == [
        ("sent[0]", ws.why("acme", "sent")),
        ("done[0]", ws.why("acme", "done")),
    ]
    assert ws.finish("acme", "draft", by="li.wei").accepted
    sent = ws.why_unpaid("acme", contract_value="500 CNY", at=MONDAY + timedelta(days=30))[0]
    assert (str(sent.instalment.amount), sent.chain, sent.overdue) == ("200 CNY", (), True)
    assert len(begun({"big": "yes", "amount": 1000}).why_unpaid("acme", contract_value=ltc.Money(900, "CNY"))) == 3


@given(st.integers(0, 10**12), st.sampled_from(["{} CNY", "CNY {}", "{}", "cny {}", " {} "]))
def test_a_contract_is_read_as_a_fact_would_be(amount: int, form: str) -> None:
    wanted = ltc.Money(amount, "CNY")
    assert contract_value(SUPPLY, {}, form.format(f"{amount:,}")) == wanted
    assert contract_value(SUPPLY, {"amount": amount}) == contract_value(SUPPLY, {"amount": amount}, "amount") == wanted
    assert contract_value(SUPPLY, {}, wanted) is wanted


def test_a_contract_nobody_can_know_is_refused_with_what_to_do() -> None:
    nothing = b.process("p", stages=[b.stage("s", activities=[b.activity("a")])])
    two = b.process("p", facts={"x": b.money("CNY"), "y": b.money("USD")})
    for process, given_, said in ((nothing, None, "none"), (two, None, "x, y"), (two, "5", "has no currency")):
        with pytest.raises(InvalidValue, match=said):
            contract_value(process, {}, given_)
    with pytest.raises(InvalidValue, match="not known yet"):
        contract_value(SUPPLY, {})
    with pytest.raises(ltc.UnknownName, match="Did you mean 'amount'"):
        contract_value(SUPPLY, {}, "amuont")
    assert str(contract_value(two, {}, "5 USD")) == "5 USD"


def test_level_keeps_a_project_to_its_team_from_where_it_stands() -> None:
    one = {"duration": "2d", "raci": {"R": "writer"}, "after": []}
    steps = [
        b.activity("draft", **one),
        b.activity("price", **one),
        b.activity("check", duration="1d", raci={"R": "boss"}),
    ]
    process = b.process("offer", roles={"writer": "Writer", "boss": "Boss"}, stages=[b.stage("do", activities=steps)])
    ws = ltc.Workspace.open("memory:", clock=lambda: MONDAY)
    assert ws.start(process, project="acme", by="li.wei", team={"writer": "li.wei", "boss": "qi"}).accepted
    found = ws.level("acme")
    assert (str(found.duration), str(found.unlimited.duration)) == ("4d", "3d")
    assert {person for row in found.rows for _, person in row.people} == {"li.wei", "qi"}
    assert str(ws.level("acme", capacities={"writer": 2}).delay) == "0d"
    assert ws.finish("acme", "draft", by="li.wei").accepted
    rest = ws.level("acme", experts={"writer": "wu"}, deadlines={"price": "2026-03-03"})
    assert (rest["draft"].done, dict(rest["price"].people), rest.deadlines[0].kept) == (True, {"writer": "wu"}, True)
    with pytest.raises(ltc.UnknownName, match="acme"):
        ws.level("acmee")


def test_what_is_recorded_as_paid_is_not_unpaid() -> None:
    ws = begun({"big": "no", "amount": 1000})
    assert ws.finish("acme", "draft", by="li.wei").accepted
    assert ws.record_payment("acme", "sent", number=1, by="li.wei").accepted
    assert [item.instalment.id for item in ws.why_unpaid("acme")] == ["done[0]"]
