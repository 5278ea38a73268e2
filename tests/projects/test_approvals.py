"""Laws of the approval preview: who is asked, and the smallest change that changes it, against trying every value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Fact, FactValueError, Money, Truth
from ltcflow.errors import UnknownName
from ltcflow.process import Process
from ltcflow.projects.approvals import Approvals, approvals

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "amount > 1": lambda a, g, m: a > 1,
    "amount >= 1": lambda a, g, m: a >= 1,
    "amount < 2.5": lambda a, g, m: a < Decimal("2.5"),
    "amount == 2": lambda a, g, m: a == 2,
    "amount > 2 and grade == 'C'": lambda a, g, m: a > 2 and g == "C",
    "grade != 'A'": lambda a, g, m: g != "A",
    "margin < 0.02": lambda a, g, m: m < Decimal("0.02"),
    "margin >= 0.0105 or amount <= 0.5": lambda a, g, m: m >= Decimal("0.0105") or a <= Decimal("0.5"),
}
AMOUNTS = [Decimal(n) / 100 for n in range(-20, 300)]
MARGINS = [Decimal(n) / 10_000 for n in range(80, 220)]
GRADES = ["A", "B", "C"]
GRID: dict[str, list[Any]] = {"amount": AMOUNTS, "grade": GRADES, "margin": MARGINS}


def gated(conditions: list[str], when: str = "") -> Process:
    rows = [{"when": text, "decided_by": f"r{i}"} for i, text in enumerate(conditions)]
    return b.process(
        "p",
        facts=[
            Fact(id="amount", type=b.money("CNY")),
            Fact(id="grade", type=b.choice(*GRADES)),
            Fact(id="margin", type=b.percent()),
        ],
        roles={"base": "Base", **{f"r{i}": f"R{i}" for i in range(len(conditions))}},
        stages=[b.stage("s", gates=[b.gate("g", decided_by="base", approval_matrix=rows, when=when)])],
    )


def begun(process: Process, *commands: p.AnyCommand) -> p.ProjectState:
    team = {role.id: f"p.{role.id}" for role in process.roles}
    state = p.NOTHING
    for command in (p.StartProject(project="x", team=team, by="p.base", at=NOW), *commands):
        answer = p.decide(process, state, command)
        assert answer.accepted, answer
        state = p.replay(answer.events, state)
    return state


conditions_of = st.lists(st.sampled_from(sorted(PLAIN)), min_size=1, max_size=3, unique=True)
values_of = st.fixed_dictionaries(
    {
        "amount": st.sampled_from(AMOUNTS[1:-1]),
        "grade": st.sampled_from(GRADES),
        "margin": st.sampled_from(MARGINS[1:-1]),
    }
)
whens = st.sampled_from(["", "", "amount >= 1", "grade != 'A'"])


def asked_by_hand(conditions: list[str], when: str, values: dict[str, Any]) -> frozenset[str]:
    world = values["amount"], values["grade"], values["margin"]
    if when and not PLAIN[when](*world):
        return frozenset()
    found = [f"p.r{i}" for i, text in enumerate(conditions) if PLAIN[text](*world)]
    return frozenset(found or ["p.base"])


def raw(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "amount": Money(values["amount"], "CNY")}


def bare(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


def preview(process: Process, values: dict[str, Any]) -> Approvals:
    return approvals(process, begun(process), "g", at=NOW, facts=raw(values))


@given(conditions=conditions_of, when=whens, values=values_of)
@settings(max_examples=80)
def test_it_asks_whom_the_rows_name(conditions: list[str], when: str, values: dict[str, Any]) -> None:
    found = preview(gated(conditions, when), values)
    assert {one.person for one in found.asked} == asked_by_hand(conditions, when, values)
    assert (found.applies is Truth.FALSE) == (when != "" and not found.asked)


@given(conditions=conditions_of, when=whens, values=values_of)
@settings(max_examples=60)
def test_no_smaller_change_of_a_fact_changes_the_list(conditions: list[str], when: str, values: dict[str, Any]) -> None:
    """The oracle tries every cent, every basis point and every option."""
    before = asked_by_hand(conditions, when, values)
    expected: set[tuple[str, Any, frozenset[str]]] = set()
    for name, line in GRID.items():
        other = [(v, asked_by_hand(conditions, when, {**values, name: v})) for v in line]
        changes = [(v, people) for v, people in other if people != before]
        if name != "grade":
            up = [pair for pair in changes if pair[0] > values[name]][:1]
            down = [pair for pair in changes if pair[0] < values[name]][-1:]
            changes = up + down
        expected |= {(name, v, people) for v, people in changes}
    found = preview(gated(conditions, when), values).turns
    seen = {(t.fact, bare(t.value), (before | set(t.added)) - set(t.removed)) for t in found}
    assert seen == expected
    assert all(turn.proved for turn in found)


@given(conditions=conditions_of, when=whens, values=values_of)
@settings(max_examples=40)
def test_doing_what_a_turn_says_asks_whom_it_says(conditions: list[str], when: str, values: dict[str, Any]) -> None:
    process = gated(conditions, when)
    before = preview(process, values)
    for turn in before.turns:
        after = preview(process, {**values, turn.fact: bare(turn.value)})
        people = {one.person for one in before.asked}
        assert {one.person for one in after.asked} == (people | set(turn.added)) - set(turn.removed)
        assert after.rows == turn.rows


@given(
    conditions=conditions_of,
    values=values_of,
    away=st.sets(st.sampled_from(["base", "r0", "r1"])),
    lent=st.sets(st.sampled_from(["base", "r0"])),
)
@settings(max_examples=40)
def test_stand_ins_are_asked_in_the_place_of_who_lent_or_is_away(
    conditions: list[str], values: dict[str, Any], away: set[str], lent: set[str]
) -> None:
    process = gated(conditions)
    there = {role.id for role in process.roles}
    until, commands = NOW.date() + timedelta(days=5), []
    for role in sorted(there):
        commands.append(p.NameSubstitutes(role=role, people=[f"s.{role}"], by="p.base", at=NOW))
    for role in sorted(away & there):
        commands.append(p.DeclareAbsence(person=f"p.{role}", until=until, by=f"p.{role}", at=NOW))
    for role in sorted(lent & there):
        commands.append(p.DelegateAuthority(to=f"d.{role}", until=until, by=f"p.{role}", at=NOW))
    found = approvals(process, begun(process, *commands), "g", at=NOW, facts=raw(values))
    roles = [person.removeprefix("p.") for person in asked_by_hand(conditions, "", values)]
    expected = {f"d.{r}" if r in lent else f"s.{r}" if r in away else f"p.{r}" for r in roles}
    assert {one.person for one in found.asked} == expected
    for one in found.asked:
        kind = "substitute" if one.person[0] == "s" else "delegation" if one.person[0] == "d" else ""
        assert one.by.partition(".")[0] == kind
        assert one.instead_of == (f"p.{one.roles[0]}" if kind else "")
    later = approvals(process, begun(process, *commands), "g", at=NOW + timedelta(days=6), facts=raw(values))
    assert {one.person for one in later.asked} == {f"p.{r}" for r in roles}


def test_the_preview_is_what_happens(story) -> None:
    s = story(gated(["amount > 1", "grade != 'A'"]), facts={"amount": "2 CNY", "grade": "B", "margin": "1%"})
    found = approvals(s.process, s.state, "g", at=s.now)
    for one in found.asked:
        assert s.vote("g", one.person) == ()
    assert s.passed("g")
    assert [one.person for one in found.asked] == ["r0.1", "r1.1"]
    assert [one.rows for one in found.asked] == [("amount > 1",), ("grade != 'A'",)]


def test_unknown_facts_ask_everybody_and_each_way_to_know_them_is_shown() -> None:
    process = gated(["amount > 1", "amount > 2 and grade == 'C'"])
    found = approvals(process, begun(process), "g", at=NOW, facts={"grade": "C"})
    assert found.unknown == ("amount",)
    assert [one.person for one in found.asked] == ["p.base", "p.r0", "p.r1"]
    turns = [(str(t.value), t.higher, t.removed) for t in found.turns if t.fact == "amount"]
    assert turns[0] == ("0.99 CNY", None, ("p.r0", "p.r1"))
    assert ("2.01 CNY", None, ("p.base",)) in turns


def test_who_voted_and_who_is_barred_is_said(story) -> None:
    steps = [b.activity("make", raci={"R": "board"})]
    gate = b.gate("g", decided_by={"roles": ["board", "legal"], "rule": "all"})
    process = b.process(
        "p", roles={"board": "Board", "legal": "Legal"}, separation_rules=[{"history": ["make", "g"]}],
        stages=[b.stage("s", activities=steps, gates=[gate])],
    )  # fmt: skip
    s = story(process, team={"board": ["ann", "bo"], "legal": []})
    s.finish("make", by="ann")
    s.vote("g", "bo")
    found = approvals(process, s.state, "g", at=s.now)
    assert [(one.person, one.voted, [r.code for r in one.barred]) for one in found.asked] == [
        ("ann", False, ["LTC525"]),
        ("bo", True, []),
    ]
    assert found.unfilled == ("legal",)
    assert found.turns == ()


def test_a_fact_compared_with_another_is_not_proved() -> None:
    process = b.process(
        "p",
        facts={"amount": b.number(), "cost": b.number()},
        roles={"base": "Base", "cfo": "CFO"},
        stages=[
            b.stage(
                "s",
                gates=[
                    b.gate(
                        "g", decided_by="base", approval_matrix=[{"when": "amount < cost + 10", "decided_by": "cfo"}]
                    )
                ],
            )
        ],
    )
    found = approvals(process, begun(process), "g", at=NOW, facts={"amount": 100, "cost": 1})
    assert found.turns
    assert not any(turn.proved for turn in found.turns)


def test_dates_turn_by_days() -> None:
    row = {"when": "due > date('2026-06-30')", "decided_by": "cfo"}
    process = b.process(
        "p", facts={"due": b.date()}, roles={"base": "Base", "cfo": "CFO"},
        stages=[b.stage("s", gates=[b.gate("g", decided_by="base", approval_matrix=[row])])],
    )  # fmt: skip
    found = approvals(process, begun(process), "g", at=NOW, facts={"due": date(2026, 1, 1)})
    assert [(t.value, t.higher, t.added) for t in found.turns] == [(date(2026, 7, 1), True, ("p.cfo",))]


def test_mistakes_are_named() -> None:
    process = gated(["amount > 1"])
    with pytest.raises(UnknownName, match="no fact 'amuont'"):
        approvals(process, begun(process), "g", at=NOW, facts={"amuont": 1})
    with pytest.raises(FactValueError):
        approvals(process, begun(process), "g", at=NOW, facts={"amount": "much"})
    with pytest.raises(UnknownName):
        approvals(process, begun(process), "no", at=NOW)
