"""Every code of a refusal is triggered here at least once: a code without an example fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Fact
from ltcflow.process import Process
from ltcflow.projects.register import commands as r

TEAM = {"boss": "bea", "seller": "sam", "board": ["ann", "bo"], "legal": "lou", "duo": ["x", "y"]}


def process() -> Process:
    activities = [
        b.activity("solution", raci={"R": "seller"}, outputs=["offer"]),
        b.activity("financing", raci={"R": "seller"}, when="amount >= 10", after=["solution"]),
        b.activity("pricing", raci={"R": "seller"}, after=["solution"]),
    ]
    criteria = [b.fact("margin > 0", id="margin"), b.risk("high", 0, id="risks", mandatory=True)]
    atb = b.gate("atb", after=["pricing"], decided_by={"roles": ["board"], "rule": "any"}, criteria=criteria)
    last = b.gate("atc", decided_by={"roles": ["board"]})
    choice = [b.activity(name, raci={"R": "seller"}) for name in ("road", "rail")]
    return b.process(
        "bid_project",
        facts={
            "amount": b.number(),
            "margin": b.percent(),
            "lawful": Fact(id="lawful", type=b.yes_no(), owner="legal"),
        },
        roles=[
            b.role("boss", sponsor=True),
            *(b.role(r) for r in ("seller", "board", "legal")),
            b.role("duo", at_most=2),
        ],
        separation_of_duties=[["seller", "board"]],
        deliverables=[b.deliverable("offer", fields=["price"])],
        milestones=[b.milestone("paid", after=["ship"], payments=[{"share": "1", "due": "30d"}])],
        stages=[
            b.stage("bid", activities=activities, gates=[atb]),
            b.stage("ship", order="choice", activities=choice, gates=[last]),
        ],
    )


def at_atb(s: Any) -> None:
    s.record(margin="0.2", amount=1)
    assert s.finish("solution", "pricing") == ()


def conditional(s: Any) -> None:
    at_atb(s)
    assert s.vote("atb", "ann", verdict="conditional", days=3) == ()


def unborn(s: Any) -> tuple[str, ...]:
    command = p.FinishActivity(activity="solution", by="sam", at=s.now)
    return tuple(r.code for r in p.decide(s.process, p.NOTHING, command).reasons)


def closed(s: Any) -> tuple[str, ...]:
    s.send(p.CloseProject, "bea", outcome="lost", reason="price")
    return s.finish("solution")


def past(s: Any) -> tuple[str, ...]:
    s.wait(-1)
    return s.finish("solution")


def broken(s: Any) -> tuple[str, ...]:
    wrong = b.process("wrong", stages=[b.stage("s", gates=[b.gate("g")])])
    command = p.StartProject(project="acme", by="sam", at=s.now)
    return tuple(r.code for r in p.decide(wrong, p.NOTHING, command).reasons)


def again(s: Any) -> tuple[str, ...]:
    s.finish("solution")
    return s.finish("solution")


def skipped(s: Any) -> tuple[str, ...]:
    s.record(amount=1)
    s.finish("solution")
    return s.finish("financing")


def untold(s: Any) -> tuple[str, ...]:
    s.finish("solution")
    return s.finish("financing")


def chosen(s: Any) -> tuple[str, ...]:
    at_atb(s)
    s.vote("atb", "ann")
    s.finish("road")
    s.vote("atc", "ann")
    return s.finish("rail")


def decided(s: Any) -> tuple[str, ...]:
    at_atb(s)
    s.vote("atb", "ann")
    return s.vote("atb", "bo")


def shut(s: Any) -> tuple[str, ...]:
    conditional(s)
    s.finish("road")
    return s.vote("atc", "ann")


def stranger(s: Any) -> tuple[str, ...]:
    at_atb(s)
    return s.vote("atb", "lou")


def twice(s: Any) -> tuple[str, ...]:
    at_atb(s)
    s.vote("atb", "ann")
    s.finish("road")
    s.vote("atc", "ann")
    return s.vote("atc", "ann")


def unmet(s: Any) -> tuple[str, ...]:
    at_atb(s)
    s.record(margin="-0.1")
    return s.vote("atb", "ann")


def no_way_back(s: Any) -> tuple[str, ...]:
    at_atb(s)
    return s.vote("atb", "ann", verdict="recycle")


def undated(s: Any) -> tuple[str, ...]:
    at_atb(s)
    return s.vote("atb", "ann", verdict="conditional")


def unreasoned(s: Any) -> tuple[str, ...]:
    return s.send(p.HoldProject, "bea", reason=" ")


def redated_into_the_past(s: Any) -> tuple[str, ...]:
    conditional(s)
    return s.send(p.RedateCondition, "ann", condition="atb.1.1", due=s.day(-2), reason="late")


def needless(s: Any) -> tuple[str, ...]:
    return s.send(p.ApproveEarlyStart, "bea", activity="solution", condition="order", due=s.day(1))


def risky(s: Any) -> tuple[str, ...]:
    s.send(p.RaiseRisk, risk="fx", level="low")
    return s.send(p.CloseProject, "bea", outcome="won")


def unassessed(s: Any) -> tuple[str, ...]:
    assert s.send(r.RequestChange, change="more", times={"solution": "2d"}) == ()
    return s.send(r.DecideChange, "bea", change="more", approve=True)


def refused_by_policy(s: Any) -> tuple[str, ...]:
    def policy(*_: object) -> object:
        raise ZeroDivisionError

    command = p.AddNote(text="x", by="sam", at=s.now)
    return tuple(r.code for r in p.decide(s.process, s.state, command, policies=(("acme", policy),)).reasons)


def somebody_elses_fact(s: Any) -> tuple[str, ...]:
    return s.send(p.RecordFacts, "sam", facts={"lawful": True})


def not_in_charge_of_the_team(s: Any) -> tuple[str, ...]:
    kept = attrs.evolve(s.process, assigned_by=["boss"])
    command = p.AssignRole(role="legal", people=["zoe"], by="sam", at=s.now)
    return tuple(r.code for r in p.decide(kept, s.state, command).reasons)


def revoked_twice(s: Any) -> tuple[str, ...]:
    assert s.send(p.DelegateAuthority, "ann", to="zoe", until=s.day(3)) == ()
    assert s.send(p.RevokeDelegation, "ann", delegation="delegation.1") == ()
    return s.send(p.RevokeDelegation, "ann", delegation="delegation.1")


def offered(s: Any) -> tuple[str, ...]:
    codes: tuple[str, ...] = s.send(r.OfferHandover, "bea", handover="h", to="dana")
    return codes


def overtaken_by_time(s: Any) -> tuple[str, ...]:
    """The date of a condition passes: its gate is open again, which nobody had to do anything for."""
    conditional(s)
    offered(s)
    s.wait(5)
    codes: tuple[str, ...] = s.send(r.AcceptHandover, "dana", handover="h")
    return codes


EXAMPLES: dict[str, Callable[[Any], tuple[str, ...]]] = {
    "LTC500": unborn,
    "LTC501": lambda s: s.send(p.StartProject, project="acme"),
    "LTC502": closed,
    "LTC503": past,
    "LTC504": broken,
    "LTC510": lambda s: s.finish("solutoin"),
    "LTC511": again,
    "LTC512": lambda s: s.finish("pricing"),
    "LTC513": skipped,
    "LTC514": untold,
    "LTC515": lambda s: s.finish("solution", by="ann"),
    "LTC516": chosen,
    "LTC520": lambda s: s.vote("atb", "ann"),
    "LTC521": decided,
    "LTC522": shut,
    "LTC523": stranger,
    "LTC524": twice,
    "LTC525": lambda s: s.assign("board", "sam"),
    "LTC526": unmet,
    "LTC527": no_way_back,
    "LTC528": undated,
    "LTC529": unreasoned,
    "LTC531": lambda s: s.delegate("atb", "ann", "bo"),
    "LTC532": somebody_elses_fact,
    "LTC533": not_in_charge_of_the_team,
    "LTC534": revoked_twice,
    "LTC535": lambda s: s.send(p.DelegateAuthority, "sam", to="zoe", until=s.day(3)),
    "LTC540": lambda s: s.send(p.MeetCondition, condition="atb.1.1"),
    "LTC541": redated_into_the_past,
    "LTC543": lambda s: s.waive("atb", "risks", by="ann"),
    "LTC550": lambda s: s.assign("duo", "x", "y", "z"),
    "LTC553": lambda s: s.assign("boss"),
    "LTC560": lambda s: s.record(amount="much"),
    "LTC561": lambda s: s.submit("offer", by="sam"),
    "LTC562": lambda s: [s.begin("solution"), s.submit("offer", cost="1")][1],
    "LTC570": lambda s: s.send(p.CloseRisk, risk="fx"),
    "LTC571": lambda s: s.send(r.RaiseRisk, risk="fx", probability=6, impact=1),
    "LTC572": risky,
    "LTC573": lambda s: s.send(r.ImplementChange, change="more"),
    "LTC574": unassessed,
    "LTC575": lambda s: s.send(r.FulfilCommitment, commitment="warranty"),
    "LTC580": lambda s: s.send(p.CloseProject, "bea", outcome="won"),
    "LTC585": needless,
    "LTC586": lambda s: s.send(p.EndWaiting, "sam", element="solution"),
    "LTC587": lambda s: s.send(p.Tick, "clockwork"),
    "LTC588": lambda s: s.send(p.StartWaiting, "sam", element="solution", on="boss", reason="busy"),
    "LTC590": refused_by_policy,
    "LTC591": lambda s: [offered(s), offered(s)][1],
    "LTC592": lambda s: s.send(r.OfferHandover, "bea", handover="h", to="bea"),
    "LTC593": lambda s: s.send(r.AcceptHandover, "dana", handover="h"),
    "LTC594": lambda s: [offered(s), s.send(r.AcceptHandover, "bea", handover="h")][1],
    "LTC595": overtaken_by_time,
    "LTC596": lambda s: s.send(r.RecordPayment, "sam", milestone="paid", number=2),
}


@pytest.mark.parametrize("code", sorted(p.REASONS))
def test_every_code_has_an_example(story, code: str) -> None:
    assert code in EXAMPLES, f"{code} ({p.REASONS[code]}) is triggered by no example: add one, or drop the code"
    s = story(process(), team=TEAM)
    before = s.state
    codes = EXAMPLES[code](s)
    assert code in codes
    assert s.state.version >= before.version


def test_no_example_is_left_over() -> None:
    assert set(EXAMPLES) == set(p.REASONS)


def test_every_code_in_the_source_is_a_documented_one() -> None:
    import re
    from pathlib import Path

    source = "".join(path.read_text(encoding="utf-8") for path in Path(p.__file__).parent.rglob("*.py"))
    assert set(re.findall(r"\bLTC5\d\d\b", source)) - {"LTC505"} == set(p.REASONS)
