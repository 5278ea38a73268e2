"""Who is told what to do, and who may halt or end a project: nobody who owes something is left without a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.process import Process

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = {"sponsor": "zhang.min", "seller": "li.wei", "writer": "wang.fang", "customer": "zhou", "legal": "sun.li"}


def bid() -> Process:
    return b.process(
        "bid",
        facts={"margin": b.percent(), "tender": b.yes_no()},
        roles={
            "sponsor": b.role("sponsor", "Sponsor", sponsor=True),
            "seller": b.role("seller", "Seller", first_responsible=True),
            "writer": "Writer",
            "legal": "Legal",
            "customer": b.role("customer", "Customer", external=True),
        },
        deliverables={"offer": "Offer"},
        stages=[
            b.stage(
                "s",
                activities=[
                    b.activity("write", outputs=["offer"], raci={"R": "writer", "A": "seller"}),
                    b.activity("publish", when="tender", after=["write"], raci={"R": "writer", "A": "seller"}),
                ],
                gates=[
                    b.gate(
                        "release",
                        decided_by=["legal", "customer"],
                        after=["write"],
                        criteria=[b.delivered("offer"), b.fact("margin >= 0.15", owner="seller")],
                    )
                ],
            )
        ],
    )


def opened() -> ltc.Workspace:
    ticks = iter(range(1000))
    process = bid()
    owned = [ltc.builder.process("x", facts={"tender": b.yes_no()}).facts[0]]
    facts = [f for f in process.facts if f.id != "tender"]
    import attrs

    process = attrs.evolve(process, facts=[*facts, attrs.evolve(owned[0], owner="seller")])
    ws = ltc.Workspace.open("memory:", clock=lambda: AT + timedelta(minutes=next(ticks)))
    assert ws.start(process, project="x", title="X", by="li.wei", team=TEAM).accepted
    return ws


def offered(ws: ltc.Workspace, person: str) -> list[tuple[str, str]]:
    return [(item.action, item.id) for item in ws.worklist(person)]


def test_facts_and_papers_that_a_gate_asks_for_are_on_the_list_of_who_owes_them() -> None:
    ws = opened()
    assert offered(ws, "li.wei") == []
    assert ws.finish("x", "write", by="wang.fang").accepted
    assert ("record", "margin") in offered(ws, "li.wei")
    assert ("submit", "offer") in offered(ws, "wang.fang")
    assert offered(ws, "sun.li") == [("vote", "release")]
    assert ws.submit("x", "offer", by="wang.fang").accepted
    assert ws.record("x", by="li.wei", facts={"margin": "12%"}).accepted
    assert ("record", "margin >= 0.15") in offered(ws, "li.wei"), "known, but not as the gate asks"
    assert ("submit", "offer") not in offered(ws, "wang.fang")


def test_a_fact_that_says_whether_something_is_to_be_done_is_asked_of_its_owner_when_its_turn_has_come() -> None:
    ws = opened()
    assert ("record", "tender") not in offered(ws, "li.wei")
    assert ws.finish("x", "write", by="wang.fang").accepted
    assert ("record", "tender") in offered(ws, "li.wei")
    assert ws.record("x", by="li.wei", facts={"tender": True}).accepted
    assert ("record", "tender") not in offered(ws, "li.wei")
    assert ("begin", "publish") in offered(ws, "wang.fang")


def test_a_list_names_everything_once() -> None:
    ws = opened()
    assert ws.finish("x", "write", by="wang.fang").accepted
    for person in TEAM.values():
        found = offered(ws, person)
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("person", ["zhou", "wang.fang", "stranger"])
def test_who_does_not_lead_neither_halts_nor_ends_the_project(person: str) -> None:
    ws = opened()
    told = [
        ws.hold("x", by=person, reason="x"),
        ws.end("x", "cancelled", by=person, reason="x"),
    ]
    assert ws.hold("x", by="zhang.min", reason="budget").accepted
    told.append(ws.resume("x", by=person))
    assert ws.resume("x", by="li.wei").accepted
    assert ws.end("x", "lost", by="li.wei", reason="price").accepted
    told.append(ws.reopen("x", by=person, reason="x"))
    for answer in told:
        assert not answer.accepted
        assert "LTC515" in {reason.code for reason in answer.reasons}
        assert "zhou" not in str(answer.reasons[0]).partition("Ask")[2], "nobody from outside is to be asked"
    assert ws.reopen("x", by="sun.li", reason="they came back").accepted
