"""Stories: a project goes through each shipped process from its first activity to its end, and every door holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import ltcflow as ltc
from ltcflow.catalog import entries, load_entry
from ltcflow.conditions import ChoiceType, DateType, MoneyType, NumberType, PercentType, TextType, YesNoType
from ltcflow.process import Process
from ltcflow.stages import StageOrder

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
VALUES: dict[type, object] = {
    MoneyType: "12,000,000",
    PercentType: "18%",
    NumberType: "5",
    DateType: "2026-06-30",
    TextType: "as agreed",
    YesNoType: True,
}
"""A value of each type under which every condition of the shipped processes holds; of a choice the first option."""


def team_of(process: Process) -> dict[str, list[str]]:
    """One person per role, two per body, nobody with two hats."""
    return {role.id: [f"{role.id}.{i}" for i in range(2 if role.body else 1)] for role in process.roles}


def known(process: Process) -> dict[str, object]:
    return {f.id: f.type.of[0] if isinstance(f.type, ChoiceType) else VALUES[type(f.type)] for f in process.facts}


def filled(process: Process, deliverable: str) -> dict[str, str]:
    return {field.id: "as agreed" for field in process.deliverable(deliverable).fields}


def started(process: Process, **facts: object) -> tuple[ltc.Workspace, dict[str, list[str]]]:
    ticks = iter(range(1_000_000))
    ws = ltc.Workspace.open("memory:", clock=lambda: AT + timedelta(minutes=next(ticks)))
    team = team_of(process)
    assert ws.start(process, project="acme", title="Acme", team=team).accepted
    leader = next(team[role.id][0] for role in process.roles if role.first_responsible)
    for name, value in facts.items():  # each by who owns it
        owner = process.facts_by_id[name].owner
        assert ws.record("acme", by=team[owner][0] if owner else leader, facts={name: value}).accepted
    return ws, team


def run_to_the_end(ws: ltc.Workspace, team: dict[str, list[str]], *, papers: bool = True) -> list[str]:
    """Do whatever anybody's work list offers, until it offers nothing; return what was done, in order.

    Args:
        papers: hand in what each finished activity leaves behind.
    """
    process = ws.process("acme")
    people = [person for worn in team.values() for person in worn]
    done: list[str] = []
    moved = True
    while moved:
        moved = False
        for person in people:
            for item in ws.worklist(person):
                if item.action == "vote":
                    answer = ws.vote("acme", item.id, by=person, verdict="go")
                elif item.action in ("begin", "finish"):
                    answer = ws.finish("acme", item.id, by=person)
                else:
                    continue
                if answer.accepted:
                    moved = True
                    done.append(item.id)
                    outputs = process.activity(item.id).outputs if item.action != "vote" and papers else ()
                    for name in outputs:
                        assert ws.submit("acme", name, by=person, fields=filled(process, name)).accepted
    return done


@pytest.mark.parametrize("name", sorted(entries()))
def test_a_project_reaches_the_end(name: str) -> None:
    process = load_entry(name)
    ws, team = started(process, **known(process))
    done = run_to_the_end(ws, team)
    assert {g.id for g in process.gates()} <= set(done)
    for stage in process.stages:
        steps = {a.id for a in stage.activities if not a.spans}
        assert len(steps & set(done)) >= (stage.at_least if stage.order is StageOrder.CHOICE else len(steps))
    assert all(ws.readiness("acme", milestone.id).ready for milestone in process.milestones)
    leader = next(team[role.id][0] for role in process.roles if role.first_responsible)
    assert ws.end("acme", "completed", by=leader).accepted
    assert ws.verify("acme") == ()


@pytest.mark.parametrize("name", sorted(entries()))
def test_no_gate_is_passed_without_what_it_asks_for(name: str) -> None:
    """Without facts and papers a project comes to its first unmet gate, which says what is missing, and no further."""
    process = load_entry(name)
    ws, team = started(process)
    done = run_to_the_end(ws, team, papers=False)
    asking = [g for g in process.gates() if any(type(c).__name__ in ("FactHolds", "Delivered") for c in g.criteria)]
    assert not {g.id for g in asking} & set(done)
    last = process.milestones[-1]
    missing = ws.readiness("acme", last.id).missing
    assert not ws.readiness("acme", last.id).ready
    assert {item.kind for item in missing if item.now} & {"fact", "deliverable"}


def test_an_early_start_is_asked_for_only_where_somebody_wants_one() -> None:
    process = ltc.catalog["huawei_manage_sales_project"]
    ws, team = started(process, **{**known(process), "early_start_requested": False})
    assert "early_start_approval" not in run_to_the_end(ws, team)
    assert ws.end("acme", "completed", by=team["project_director"][0]).accepted
