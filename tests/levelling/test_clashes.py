"""Clashes of several projects over shared people: laws against a minute-by-minute count, and stories."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.levelling import Clash, clashes, engagements, level
from ltcflow.worktime import calendar, is_working, minutes_between

LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROLES = {"solution": "Solution", "legal": "Legal"}
PEOPLE = ["li.wei", "zhang.min", "chen.jie"]
DAYS = calendar("weekdays")


def process_of(*days: str, role: str = "solution", **fields: Any) -> Process:
    """Return a process of parallel activities a0, a1, ... for one role."""
    steps = [b.activity(f"a{i}", duration=d, raci={"R": role}, **fields) for i, d in enumerate(days)]
    return b.process("offer", roles=ROLES, stages=[b.stage("bid", order="parallel", activities=steps)])


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw one to three projects with teams of one or several wearers."""
    plans: dict[str, Any] = {}
    teams: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        days = draw(st.lists(st.sampled_from(["1d", "2d", "5h", "0d", "1ed"]), min_size=1, max_size=3))
        process = process_of(*days, role=draw(st.sampled_from(sorted(ROLES))))
        start = draw(st.sampled_from(["2026-03-02", "2026-03-03T11:00", "2026-03-06"]))
        plans[f"p{number}"] = (process, plan(process, start=start))
        teams[f"p{number}"] = {r: draw(st.permutations(PEOPLE))[: draw(st.integers(1, 3))] for r in ROLES}
    return plans, teams


@given(portfolios())
@LAWS
def test_clashes_are_exactly_the_pairs_that_overlap(portfolio: tuple[dict[str, Any], dict[str, Any]]) -> None:
    plans, teams = portfolio
    everything = engagements(plans, teams=teams)
    pairs = [
        (one, other)
        for one, other in combinations(everything, 2)
        if one.person == other.person and max(one.start, other.start) < min(one.finish, other.finish)
    ]
    found = clashes(plans, teams=teams)
    assert len(found) == len(pairs)
    for clash in found:
        assert (clash.first, clash.second) in pairs or (clash.second, clash.first) in pairs
        assert clash.first.start <= clash.second.start == clash.start < clash.finish
        assert clash.finish == min(clash.first.finish, clash.second.finish)


@given(portfolios())
@LAWS
def test_the_first_possible_shift_is_the_first(portfolio: tuple[dict[str, Any], dict[str, Any]]) -> None:
    plans, teams = portfolio
    everything = engagements(plans, teams=teams)
    for clash in clashes(plans, teams=teams):
        others = [e for e in everything if e.person == clash.person and e != clash.second]
        moment = clash.second.start
        while True:  # half an hour after half an hour: every start and finish drawn here is at one
            begin, end = clash.second.at(moment)
            if not any(begin < other.finish and other.start < end for other in others):
                break
            moment += timedelta(minutes=30)
        assert clash.possible == begin
        assert clash.shift.minutes == minutes_between(DAYS, clash.second.start, begin)
        assert is_working(DAYS, clash.possible)


@given(portfolios())
@LAWS
def test_each_role_of_each_activity_has_somebody(portfolio: tuple[dict[str, Any], dict[str, Any]]) -> None:
    plans, teams = portfolio
    found = {(e.project, e.activity): e for e in engagements(plans, teams=teams)}
    for project, (process, made) in plans.items():
        for activity in process.activities():
            if made[activity.id].duration.minutes:
                one = found[project, activity.id]
                assert one.roles == activity.raci.responsible
                assert one.person in teams[project][one.roles[0]]
            else:
                assert (project, activity.id) not in found


def test_two_projects_want_the_same_expert() -> None:
    process = process_of("3d")
    plans = {"acme": (process, plan(process, start="2026-03-02")), "beta": (process, plan(process, start="2026-03-04"))}
    team = {"solution": "li.wei"}
    (clash,) = clashes(plans, teams={"acme": team, "beta": team})
    assert (clash.person, clash.first.project, clash.second.project) == ("li.wei", "acme", "beta")
    assert (clash.start.isoformat(), clash.finish.isoformat()) == (
        "2026-03-04T09:00:00+00:00",
        "2026-03-04T18:00:00+00:00",
    )
    assert (clash.possible.isoformat(), str(clash.shift), clash.harmless) == ("2026-03-05T09:00:00+00:00", "1d", False)
    assert "li.wei is needed by acme/a0 and beta/a0" in str(clash)
    assert "项目完工" in clash.text("zh")
    both = {"solution": ["li.wei", "zhang.min"]}
    assert clashes(plans, teams={"acme": team, "beta": both}) == ()
    assert clashes(plans, teams={"acme": team}) == ()
    assert clashes(plans) == ()


def test_a_shift_within_the_float_is_harmless() -> None:
    short = b.process(
        "short",
        roles=ROLES,
        stages=[
            b.stage(
                "bid",
                order="parallel",
                activities=[
                    b.activity("mine", duration="1d", raci={"R": "solution"}),
                    b.activity("theirs", duration="5d", raci={"R": "legal"}),
                ],
            )
        ],
    )
    other = process_of("2d")
    plans = {"a": (other, plan(other, start="2026-03-02")), "b": (short, plan(short, start="2026-03-02"))}
    team = {"solution": "li.wei"}
    (clash,) = clashes(plans, teams={"a": team, "b": team})
    assert (clash.first.activity, clash.second.activity) == ("a0", "mine")
    assert (str(clash.second.float), str(clash.shift), clash.harmless) == ("4d", "2d", True)
    assert "still finishes in time" in str(clash)
    assert "不影响" in clash.text("zh")


def test_one_after_the_other_is_no_clash() -> None:
    early, late = process_of("2h"), process_of("1h")
    plans = {
        "a": (early, plan(early, start="2026-03-02T09:00")),
        "b": (late, plan(late, start="2026-03-02T11:00")),
        "c": (late, plan(late, start="2026-03-02T11:00")),
    }
    one, two = {"solution": "li.wei"}, {"solution": ["li.wei", "zhang.min"]}
    assert clashes({name: plans[name] for name in "ab"}, teams={"a": one, "b": one}) == ()
    taken = {e.project: e.person for e in engagements(plans, teams={"a": one, "b": two, "c": two})}
    assert taken == {"a": "li.wei", "b": "li.wei", "c": "zhang.min"}


def test_a_shift_of_exactly_the_float_is_harmless() -> None:
    inside = [
        b.activity("mine", duration="2d", raci={"R": "solution"}),
        b.activity("theirs", duration="4d", raci={"R": "legal"}),
    ]
    process = b.process("other", roles=ROLES, stages=[b.stage("bid", order="parallel", activities=inside)])
    first = process_of("2d")
    plans = {"x": (first, plan(first, start="2026-03-02")), "y": (process, plan(process, start="2026-03-02"))}
    (clash,) = clashes(plans, teams={name: {"solution": "li.wei"} for name in plans})
    assert (clash.second.activity, str(clash.second.float), str(clash.shift)) == ("mine", "2d", "2d")
    assert clash.harmless


def test_names_of_a_levelled_plan_count_and_it_has_no_clash_of_its_own() -> None:
    process = process_of("3d", "2d", "1d")
    rough = {"acme": (process, plan(process, start="2026-03-02"))}
    team = {"acme": {"solution": "li.wei"}}
    assert len(clashes(rough, teams=team)) == 3
    levelled = level(process, start="2026-03-02", experts={"solution": ["li.wei"]})
    assert clashes({"acme": (process, levelled)}) == ()
    assert clashes({"acme": (process, levelled)}, teams=team) == ()
    again = {"acme": (process, levelled), "beta": (process, levelled)}
    assert len(clashes(again)) == 3
    assert all(isinstance(clash, Clash) for clash in clashes(again))
    assert all(str(clash.second.float) == "0d" for clash in clashes(again) if clash.second.finish == levelled.finish)


def test_what_is_done_needs_nobody() -> None:
    from datetime import UTC, datetime

    from ltcflow.schedule import forecast

    process = process_of("1d", "1d")
    done = {"a0": datetime(2026, 3, 2, 18, tzinfo=UTC)}
    made = forecast(process, start="2026-03-02", data_date="2026-03-03", finished=done)
    assert [e.activity for e in engagements({"x": (process, made)}, teams={"x": {"solution": "li.wei"}})] == ["a1"]


def test_bad_input_is_named() -> None:
    process = process_of("1d")
    made = plan(process, start="2026-03-02")
    with pytest.raises(UnknownName, match=r"no project with a plan 'acm' here. Did you mean 'acme'"):
        clashes({"acme": (process, made)}, teams={"acm": {"solution": "li.wei"}})
    with pytest.raises(InvalidValue, match="is not planned from other"):
        clashes({"acme": (b.process("other"), made)})
    with pytest.raises(InvalidValue, match="does not name a person"):
        clashes({"acme": (process, made)}, teams={"acme": {"solution": " "}})
