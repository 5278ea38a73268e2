"""Stories of who stands in for whom: authority handed on, substitutes, absences; and who may record and assign."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Fact
from ltcflow.process import Process

TEAM = {"boss": "bea", "seller": ["sam", "sue"], "board": ["ann", "bo"], "legal": ["lou"]}


def bid(**more: Any) -> Process:
    gates = [
        b.gate("atb", after=["solution"], decided_by={"roles": ["board", "legal"], "rule": "all"}),
        b.gate("atc", after=["atb"], decided_by=["board"]),
    ]
    return b.process(
        "bid",
        facts=[Fact(id="lawful", type=b.yes_no(), owner="legal"), Fact(id="amount", type=b.number())],
        roles=[b.role("boss", sponsor=True), *(b.role(r) for r in ("seller", "board", "legal"))],
        stages=[b.stage("bid", activities=[b.activity("solution", raci={"R": "seller"})], gates=gates)],
        **more,
    )


@pytest.fixture
def at_atb(story) -> Any:
    def begin(**more: Any) -> Any:
        s = story(bid(**more), team=TEAM)
        assert s.finish("solution", by="sam") == ()
        return s

    return begin


def lend(s: Any, by: str, to: str, **fields: Any) -> tuple[str, ...]:
    return s.send(p.DelegateAuthority, by, to=to, **{"until": s.day(5), **fields})


def away(s: Any, person: str, days: int = 5, by: str = "", **fields: Any) -> tuple[str, ...]:
    return s.send(p.DeclareAbsence, by or person, person=person, until=s.day(days), **fields)


def test_a_delegate_judges_instead_and_the_holder_no_more(at_atb) -> None:
    s = at_atb()
    assert lend(s, "ann", "zoe") == ()
    assert s.todo("zoe") == [("vote", "atb")]
    assert s.todo("ann") == []
    assert s.vote("atb", "ann") == ("LTC524",)
    assert s.vote("atb", "zoe", "bo", "lou") == ()
    assert s.passed("atb")
    vote = s.state.gate("atb").votes[0]
    assert (vote.by, vote.instead_of, vote.role) == ("zoe", "ann", "board")


@pytest.mark.parametrize(("days", "who"), [(0, "ann"), (1, "zoe"), (3, "zoe"), (4, "ann")])
def test_it_holds_from_the_first_day_to_the_last(at_atb, days: int, who: str) -> None:
    s = at_atb()
    assert lend(s, "ann", "zoe", since=s.day(1), until=s.day(3)) == ()
    s.wait(days)
    assert s.vote("atb", "zoe" if who == "ann" else "ann") != ()
    assert s.vote("atb", who) == ()


@pytest.mark.parametrize(
    ("scope", "covered"),
    [({"gates": ["atb"]}, True), ({"gates": ["atc"]}, False), ({"roles": ["board"]}, True)],
)
def test_it_covers_the_gates_and_roles_it_names(at_atb, scope: dict[str, Any], covered: bool) -> None:
    s = at_atb()
    assert lend(s, "ann", "zoe", **scope) == ()
    assert (("vote", "atb") in s.todo("zoe")) is covered
    assert (("vote", "atb") in s.todo("ann")) is not covered


def test_a_role_outside_of_the_scope_stays_with_the_holder(at_atb) -> None:
    s = at_atb()
    assert lend(s, "ann", "zoe", roles=["legal"]) == ("LTC535",)
    s.assign("legal", "ann")
    assert lend(s, "ann", "zoe", roles=["legal"]) == ()
    assert s.todo("zoe") == s.todo("ann") == [("vote", "atb")]
    assert s.vote("atb", "zoe", "ann", "bo") == ()
    assert [v.role for v in s.state.gate("atb").votes] == ["legal", "board", "board"]


def test_the_latest_of_two_delegations_holds(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe")
    lend(s, "ann", "yan")
    assert s.vote("atb", "zoe") == ("LTC523",)
    s.send(p.RevokeDelegation, "ann", delegation="delegation.2")
    assert s.vote("atb", "zoe") == ()


def test_one_step_is_all_unless_it_may_be_handed_on(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe")
    assert lend(s, "zoe", "yan") == ("LTC535",)
    lend(s, "ann", "zoe", onward=True)
    assert lend(s, "zoe", "yan") == ()
    assert s.todo("yan") == [("vote", "atb")]
    assert s.todo("zoe") == []


def test_a_circle_of_delegations_ends_with_its_last(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe", onward=True)
    lend(s, "zoe", "yan", onward=True)
    assert lend(s, "yan", "zoe", onward=True) == ()
    assert [person for person in ("ann", "zoe", "yan") if s.todo(person)] == ["yan"]


def test_a_vote_counts_on_when_its_delegation_has_ended(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe", until=s.day(1))
    s.vote("atb", "zoe")
    s.send(p.RevokeDelegation, "ann", delegation="delegation.1", reason="back")
    assert s.todo("ann") == []
    s.wait(4)
    assert s.vote("atb", "ann") == ("LTC524",)
    assert s.vote("atb", "bo", "lou") == ()
    assert s.passed("atb")


def test_nobody_stands_in_for_two_people_at_once(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe")
    lend(s, "bo", "zoe")
    assert [person for person in ("ann", "bo", "zoe") if s.todo(person)] == ["bo", "zoe"]
    assert s.vote("atb", "zoe", "bo", "lou") == ()


def test_whoever_judges_anyway_stands_in_for_nobody(at_atb) -> None:
    s = at_atb()
    assert lend(s, "ann", "bo") == ()
    assert [person for person in ("ann", "bo") if s.todo(person)] == ["ann", "bo"]


def test_substitutes_in_their_order_while_the_wearer_is_away(at_atb) -> None:
    s = at_atb()
    assert s.send(p.NameSubstitutes, "bea", role="board", people=["xia", "yan"]) == ()
    assert s.todo("xia") == []
    away(s, "ann", 2)
    assert s.todo("xia") == [("vote", "atb")]
    away(s, "xia", 1)
    assert (s.todo("xia"), s.todo("yan")) == ([], [("vote", "atb")])
    s.send(p.EndAbsence, "xia", person="xia")
    assert s.vote("atb", "xia") == ()
    s.wait(3)
    assert s.todo("ann") == []
    assert s.vote("atb", "bo", "lou") == ()


def test_without_a_substitute_the_authority_stays(at_atb) -> None:
    s = at_atb()
    away(s, "ann")
    assert s.todo("ann") == [("vote", "atb")]
    assert s.vote("atb", "ann", "bo", "lou") == ()


def test_substitutes_work_when_everybody_of_a_role_is_away(story) -> None:
    s = story(bid(), team=TEAM)
    s.send(p.NameSubstitutes, "bea", role="seller", people=["tom"])
    away(s, "sam")
    assert s.finish("solution", by="tom") == ("LTC515",)
    away(s, "sue")
    assert s.finish("solution", by="tom") == ()
    assert s.state.did["solution", "tom"] == "seller"


def test_an_absence_is_for_oneself_or_for_who_leads(at_atb) -> None:
    s = at_atb()
    assert away(s, "ann", by="bo") == ("LTC515",)
    assert away(s, "ann", by="bea") == ()
    assert away(s, "nobody.here", by="bea") == ("LTC550",)
    assert s.send(p.EndAbsence, "bo", person="ann") == ("LTC515",)
    assert s.send(p.EndAbsence, "ann", person="bo") == ("LTC534",)
    assert s.send(p.DeclareAbsence, "ann", person="ann", since=s.day(3), until=s.day(2)) == ("LTC541",)


def test_a_delegation_is_revoked_by_who_gave_it(at_atb) -> None:
    s = at_atb()
    lend(s, "ann", "zoe")
    assert s.send(p.RevokeDelegation, "bo", delegation="delegation.1") == ("LTC515",)
    assert s.send(p.RevokeDelegation, "ann", delegation="delegation.2") == ("LTC534",)
    assert s.send(p.RevokeDelegation, "ann", delegation="delegation.1") == ()


def test_days_are_those_of_the_zone_of_the_project(story) -> None:
    """At 17:00 UTC it is the next day in Shanghai."""
    process = attrs.evolve(bid(), calendar="CN")
    s = story(process, team=TEAM)
    s.finish("solution", by="sam")
    lend(s, "ann", "zoe", until=s.now.date())
    s.now = s.now.replace(hour=15, minute=50)
    assert s.todo("zoe") == [("vote", "atb")]
    s.now = s.now.replace(hour=16, minute=1)
    assert s.todo("zoe") == []


def test_facts_are_recorded_by_who_wears_the_role_of_their_owner(story) -> None:
    s = story(bid(), team=TEAM)
    assert s.send(p.RecordFacts, "sam", facts={"lawful": True, "amount": 5}) == ("LTC532",)
    assert s.send(p.RecordFacts, "sam", facts={"amount": 5}) == ()
    assert s.send(p.RecordFacts, "lou", facts={"lawful": True}) == ()
    s.assign("legal")
    assert s.send(p.RecordFacts, "sam", facts={"lawful": False}) == ()


def test_the_team_is_changed_by_who_wears_a_role_of_assigned_by(story) -> None:
    s = story(bid(assigned_by="boss"), team=TEAM)
    assert s.send(p.AssignRole, "sam", role="legal", people=["lin"]) == ("LTC533",)
    assert s.send(p.NameSubstitutes, "sam", role="legal", people=["lin"]) == ("LTC533",)
    assert s.send(p.AssignRole, "bea", role="legal", people=["lin"]) == ()


def test_while_nobody_wears_it_who_began_the_project_assigns(story) -> None:
    s = story(bid(assigned_by="legal"), team={**TEAM, "legal": []})
    assert s.send(p.AssignRole, "sam", role="legal", people=["lin"]) == ("LTC533",)
    assert s.send(p.AssignRole, "li.wei", role="legal", people=["lin"]) == ()
