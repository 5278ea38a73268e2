"""What a workspace says of the people whom its running projects share, against the functions that it calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.projects.engaged import people_at_work
from ltcflow.schedule.levelling import clashes, level_together

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
STEPS = [
    b.activity("draft", duration="3d", raci={"R": ["writer", "seller"]}),
    b.activity("price", duration="2d", raci={"R": ["seller"]}),
]
BID = b.process(
    "bid",
    roles={"writer": "Writer", "seller": "Seller"},
    stages=[b.stage("do", order="parallel", activities=STEPS)],
)
PEOPLE = ["li.wei", "zhang.min", "chen.jie"]


def running(*teams: dict[str, list[str]]) -> ltc.Workspace:
    """Return a workspace with one project for each team: p0, p1, ..."""
    ws = ltc.Workspace.open("memory:", clock=lambda: MONDAY)
    for number, team in enumerate(teams):
        assert ws.start(BID, project=f"p{number}", by="boss", team=team).accepted
    return ws


@st.composite
def teams(draw: st.DrawFn) -> list[dict[str, list[str]]]:
    some = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True)
    return draw(st.lists(st.fixed_dictionaries({"writer": some, "seller": some}), min_size=1, max_size=3))


@settings(max_examples=20, deadline=None)
@given(teams(), st.booleans())
def test_levelled_together_nobody_of_the_teams_is_in_two_places(members: list[dict[str, list[str]]], go: bool) -> None:
    ws = running(*members)
    at = MONDAY + timedelta(hours=2)
    if go:
        assert ws.begin("p0", "draft", by=members[0]["writer"][0], at=at).accepted
    found = ws.level_together(at=at, schedules=40)
    assert sorted(found) == list(ws.projects())
    plans = {name: ws.plan(name, at=at) for name in ws.projects()}
    states = {name: ws.state(name) for name in plans}
    assert ws.clashes(at=at) == clashes(plans, teams={name: state.team for name, state in states.items()})
    assert clashes(found) == ()
    assert all(load.peak <= 1 for load in found.people)
    for name, state in states.items():
        for row in found[name].values():
            assert all(person in state.team.people(role) for role, person in row.people)
    if go:
        assert dict(found["p0"]["draft"].people)["writer"] == members[0]["writer"][0]
        assert found["p0"]["draft"].wait is None
    who = {"p0": people_at_work(BID, states["p0"])}
    alone = level_together({"p0": plans["p0"]}, teams={"p0": states["p0"].team}, at_work=who, schedules=40)
    assert ws.level_together(projects="p0", at=at, schedules=40) == alone


def test_only_running_projects_count_unless_they_are_named() -> None:
    team = {"writer": ["li.wei"], "seller": ["li.wei"]}
    ws = running(team, team, team)
    assert len(ws.clashes()) == 15
    assert ws.execute("p2", ltc.projects.HoldProject(by="boss", at=MONDAY, reason="waiting")).accepted
    assert list(ws.level_together(priorities={"p1": 1})) == ["p1", "p0"]
    assert {clash.second.project for clash in ws.clashes()} == {"p0", "p1"}
    assert list(ws.level_together(projects=["p2", "p0"])) == ["p0", "p2"]
    with pytest.raises(UnknownName, match="no project 'p9'"):
        ws.clashes(projects=["p9"])
    with pytest.raises(UnknownName, match="Known: p0, p1"):
        ws.level_together(priorities={"q": 1})
    counted = ws.level_together(capacities={"seller": 1})
    assert (counted.load("seller").peak, counted["p0"]["draft"].people) == (1, ())
    assert ltc.Workspace.open("memory:").level_together().plans == ()


def test_who_began_it_is_at_work_where_the_team_says_in_which_role() -> None:
    ws = running({"writer": ["zhang.min"], "seller": ["li.wei", "zhang.min"]})
    assert ws.begin("p0", "draft", by="zhang.min").accepted
    assert ws.begin("p0", "price", by="li.wei").accepted
    assert people_at_work(BID, ws.state("p0")) == {"draft": {"writer": "zhang.min"}, "price": {"seller": "li.wei"}}
    levelled = ws.level("p0")
    assert levelled["price"].people == (("seller", "li.wei"),)
    assert dict(levelled["draft"].people) == {"writer": "zhang.min", "seller": "zhang.min"}
    assert (levelled["draft"].wait, levelled["price"].wait) == (None, None)
    assert ws.finish("p0", "draft", by="zhang.min").accepted
    assert people_at_work(BID, ws.state("p0")) == {"price": {"seller": "li.wei"}}
