"""Several projects levelled at once over shared roles and people: laws counted by the minute, and stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.schedule import forecast, plan
from ltcflow.schedule.levelling import (
    ImpossibleWithPeople,
    LevelledPlan,
    LevelledTogether,
    clashes,
    level,
    level_together,
)
from ltcflow.worktime import Calendar, calendar

LAWS = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
PEOPLE = ["li.wei", "zhang.min", "chen.jie"]
START = "2026-03-02"
ZERO = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EARLY = Calendar(id="early", time_zone="Asia/Shanghai", hours={"mon-sat": "08:00-12:00"})


@st.composite
def projects(draw: st.DrawFn, roles: tuple[str, ...] = ("sales", "legal"), ahead: str = "p") -> dict[str, Any]:
    """Draw the plans of one to three projects: own start, calendar, links, sometimes running already."""
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        steps, ids = [], []
        for i in range(draw(st.integers(1, 4))):
            after = draw(st.lists(st.sampled_from(ids), max_size=1)) if ids else []
            raci = {"R": draw(st.lists(st.sampled_from(roles), min_size=1, max_size=2, unique=True))}
            length = draw(st.sampled_from(["2h", "5h", "1d", "7eh"]))
            steps.append(b.activity(f"a{i}", duration=length, raci=raci, after=after))
            ids.append(f"a{i}")
        stage = b.stage("s", order="parallel", activities=steps)
        process = b.process(f"process_{ahead}{number}", roles=dict.fromkeys(roles, "Role"), stages=[stage])
        days = draw(st.sampled_from([calendar("weekdays"), EARLY]))
        if draw(st.integers(0, 2)):
            found[f"{ahead}{number}"] = plan(
                process, start=draw(st.sampled_from([START, "2026-03-03T10:00"])), calendar=days
            )
        else:
            begun = {"a0": datetime(2026, 3, 2, 9 + draw(st.integers(0, 3)), tzinfo=UTC)}
            found[f"{ahead}{number}"] = forecast(
                process, start=START, calendar=days, data_date="2026-03-03T10:00", started=begun, finished={}
            )
    return found


@st.composite
def limits(draw: st.DrawFn) -> dict[str, Any]:
    numbers = {"sales": draw(st.integers(1, 2)), "legal": 1}
    named = {"sales": draw(st.permutations(PEOPLE))[:2], "legal": draw(st.permutations(PEOPLE))[:2]}
    return draw(st.sampled_from([{"capacities": numbers}, {"experts": named}, {"capacities": {"sales": 1}}]))


def together(plans: dict[str, Any], **options: Any) -> LevelledTogether:
    found = level_together(plans, schedules=40, **options)
    note(sketch(found))
    return found


def sketch(found: LevelledTogether) -> str:
    """Return plans in few words, for a failing law."""
    return "\n".join(
        f"{name}/{r.id} {r.works_from:%d %H:%M} {r.finish:%d %H:%M %Z} {r.roles} {r.people} {r.started} {r.wait}"
        for name, one in found.items()
        for r in one.values()
    )


@given(projects(), limits(), st.data())
@LAWS
def test_no_minute_of_all_projects_needs_more_people_than_there_are(
    plans: dict[str, Any], given_limits: dict[str, Any], data: Any
) -> None:
    ranks = {name: data.draw(st.integers(0, 1)) for name in plans}
    found = together(plans, priorities=ranks, **given_limits)
    numbers = {r: len(p) for r, p in given_limits.get("experts", {}).items()} | given_limits.get("capacities", {})
    roles: dict[tuple[str, int], int] = {}
    people: set[tuple[str, int]] = set()
    for one in found.values():
        for row in one.values():
            for minute in range((row.works_from - ZERO) // MINUTE, (row.finish - ZERO) // MINUTE):
                for role in row.roles:
                    roles[role, minute] = roles.get((role, minute), 0) + 1
                for _, person in row.people:
                    assert (person, minute) not in people, f"{person} in two places"
                    people.add((person, minute))
    assert all(number <= numbers[role] for (role, _), number in roles.items())
    for load in found.loads:
        mine = {minute: number for (role, minute), number in roles.items() if role == load.of}
        assert load.peak == max(mine.values(), default=0)
        assert load.capacity == numbers.get(load.of)
        spans = ((span, (span.start - ZERO) // MINUTE, (span.finish - ZERO) // MINUTE) for span in load.spans)
        assert {m: span.busy for span, since, until in spans for m in range(since, until)} == mine
    for load in found.people:
        assert load.peak <= 1
        assert sum((s.finish - s.start) // MINUTE for s in load.spans) == sum(who == load.of for who, _ in people)
    if "experts" in given_limits:
        assert clashes(found) == ()


@given(projects(), limits(), st.data())
@LAWS
def test_the_order_of_declaration_does_not_matter(
    plans: dict[str, Any], given_limits: dict[str, Any], data: Any
) -> None:
    order = data.draw(st.permutations(sorted(plans)))
    assert together(plans, **given_limits) == together({name: plans[name] for name in order}, **given_limits)


@given(projects(roles=("sales", "legal"), ahead="p"), projects(roles=("finance",), ahead="q"), limits())
@LAWS
def test_projects_that_share_nobody_are_as_each_alone(
    plans: dict[str, Any], others: dict[str, Any], given_limits: dict[str, Any]
) -> None:
    first, *_ = others
    one = {first: others[first]}
    more = {"capacities": {**given_limits.get("capacities", {}), "finance": 1}}
    found = together(plans | one, **{**given_limits, **more})
    assert {name: found[name] for name in plans} == dict(together(plans, **given_limits))
    assert found[first] == together(one, capacities={"finance": 1})[first] == alone(others[first], {"finance": 1})


def alone(made: Any, capacities: dict[str, int]) -> LevelledPlan:
    """Return what `level` makes of the arguments of a plan."""
    inputs = made.inputs
    happened = inputs.progress
    progress = {"data_date": happened.data_date, "started": happened.started} if happened else {}
    return level(
        inputs.process, start=inputs.start, calendar=inputs.calendar, capacities=capacities, schedules=40, **progress
    )


@given(projects(), limits())
@LAWS
def test_with_people_enough_each_is_its_plan(plans: dict[str, Any], given_limits: dict[str, Any]) -> None:
    found = together(plans, capacities={"sales": 20, "legal": 20})
    for name, one in found.items():
        for row in plans[name].rows:
            assert (one[row.id].start, one[row.id].finish) == (row.early_start, row.early_finish)
        assert (one.finish, one.unlimited, one.waiting) == (plans[name].finish, plans[name], ())
    limited = together(plans, **given_limits)
    assert all(one.delay.minutes >= 0 for one in limited.values())
    assert limited.delay.minutes == sum(one.delay.minutes for one in limited.values())


@given(projects(), limits())
@LAWS
def test_what_is_above_knows_nothing_of_what_is_below(plans: dict[str, Any], given_limits: dict[str, Any]) -> None:
    """Only work that has begun keeps its people against a project of higher priority."""
    first, *others = sorted(plans)
    plans = {first: plans[first]} | {name: plans[name] for name in others if plans[name].inputs.progress is None}
    found = together(plans, priorities={first: 1}, **given_limits)
    assert found[first] == together({first: plans[first]}, **given_limits)[first]
    assert next(iter(found)) == first


@given(
    st.lists(st.tuples(st.lists(st.integers(1, 3), min_size=1, max_size=2), st.integers(0, 3)), min_size=2, max_size=3)
)
@LAWS
def test_the_sum_of_delays_is_the_least_of_all_orders_of_tiny_cases(cases: list[tuple[list[int], int]]) -> None:
    """One lawyer for chains of activities that begin on some day: every order is tried on a line of days."""
    plans = {f"p{n}": plan(chain(days), start=f"2026-03-0{2 + since}") for n, (days, since) in enumerate(cases)}
    found = together(plans, capacities={"legal": 1})
    turns = [n for n, (days, _) in enumerate(cases) for _ in days]
    assert found.delay.minutes == 480 * min(delays(order, cases) for order in set(permutations(turns)))


def chain(days: list[int]) -> Process:
    steps = [b.activity(f"a{i}", duration=f"{d}d", raci={"R": "legal"}) for i, d in enumerate(days)]
    return b.process("chain", roles={"legal": "Legal"}, stages=[b.stage("s", activities=steps)])


def delays(order: Any, cases: list[tuple[list[int], int]]) -> int:
    """Return the sum of delays when activities get their lawyer in this order, each on the first days that are free."""
    taken: set[int] = set()
    ends, left = [since for _, since in cases], [list(days) for days, _ in cases]
    for project in order:
        length, at = left[project].pop(0), ends[project]
        while not taken.isdisjoint(range(at, at + length)):
            at += 1
        taken |= set(range(at, at + length))
        ends[project] = at + length
    return sum(end - since - sum(days) for end, (days, since) in zip(ends, cases, strict=True))


def test_priorities_decide_who_waits_and_the_wait_names_the_other_project() -> None:
    plans = {name: plan(chain([3]), start=START) for name in ("acme", "beta", "cola")}
    found = ltc.level_together(plans, capacities={"legal": 1}, priorities={"beta": 2, "cola": 1})
    assert list(found) == ["beta", "cola", "acme"]
    assert [str(one.delay) for one in found.values()] == ["0d", "3d", "6d"]
    wait = found["acme"]["a0"].wait
    assert wait is not None
    assert (wait.held_by, wait.roles, wait.minutes) == (("beta/a0", "cola/a0"), ("legal",), 6 * 480) or (
        wait.held_by == ("cola/a0",)
    )
    assert "busy with cola/a0" in found["acme"]["a0"].why()
    load = found.load("legal")
    assert [(span.by, span.busy) for span in load.spans] == [
        ((("beta", "a0"),), 1),
        ((("cola", "a0"),), 1),
        ((("acme", "a0"),), 1),
    ]
    assert load.at(datetime(2026, 3, 3, 12, tzinfo=UTC)) == 1
    assert load.at(datetime(2026, 2, 3, 12, tzinfo=UTC)) == 0
    assert (found.priorities, len(found), "acme" in found, "dora" in found) == ((2, 1, 0), 3, True, False)


def test_open_work_of_a_lesser_project_keeps_its_people() -> None:
    begun = {"a0": datetime(2026, 3, 2, 9, tzinfo=UTC)}
    running = forecast(chain([3]), start=START, data_date="2026-03-03", started=begun, finished={})
    plans = {"minor": running, "major": plan(chain([2]), start="2026-03-03")}
    found = level_together(plans, capacities={"legal": 1}, priorities={"major": 9})
    assert (str(found["minor"].delay), found["minor"].finish.date().isoformat()) == ("0d", "2026-03-04")
    assert found["major"]["a0"].start.date().isoformat() == "2026-03-05"


def test_a_named_expert_is_shared_across_roles_and_projects() -> None:
    step = b.activity("terms", duration="2d", raci={"R": "counsel"})
    other = b.process("other", roles={"counsel": "Counsel"}, stages=[b.stage("s", activities=[step])])
    plans = {"acme": plan(chain([3]), start=START), "beta": plan(other, start=START)}
    found = level_together(plans, experts={"legal": ["li.wei"], "counsel": ["li.wei", "zhang.min"]})
    assert str(found.delay) == "0d"
    assert found["beta"]["terms"].people == (("counsel", "zhang.min"),)
    found = level_together(plans, experts={"legal": ["li.wei"], "counsel": ["li.wei"]})
    assert str(found.delay) == "2d"
    assert found.load("li.wei").peak == 1
    assert clashes(found) == ()


def test_teams_name_the_people_of_each_project_and_one_person_may_wear_two_hats() -> None:
    step = b.activity("terms", duration="2d", raci={"R": ["legal", "sales"]})
    both = b.process("both", roles={"legal": "Legal", "sales": "Sales"}, stages=[b.stage("s", activities=[step])])
    plans = {"acme": plan(both, start=START), "beta": plan(both, start=START), "cola": plan(both, start=START)}
    teams = {
        "acme": {"legal": "li.wei", "sales": "li.wei"},
        "beta": {"legal": "li.wei", "sales": "zhang.min"},
        "cola": {"legal": "chen.jie"},
    }
    found = level_together(plans, teams=teams)
    assert found["acme"]["terms"].people == (("legal", "li.wei"), ("sales", "li.wei"))
    assert found["cola"]["terms"].people == (("legal", "chen.jie"),)
    assert sorted(str(one.delay) for one in found.values()) == ["0d", "0d", "2d"]
    assert clashes(found, teams=teams) == ()
    assert clashes(plans, teams=teams) != ()


def test_at_most_of_a_role_holds_for_each_project() -> None:
    steps = [b.activity(n, duration="1d", raci={"R": "legal"}) for n in ("a", "b")]
    role = b.role("legal", "Legal", at_most=1)
    process = b.process("p", roles=[role], stages=[b.stage("s", order="parallel", activities=steps)])
    plans = {"x": plan(process, start=START), "y": plan(process, start=START)}
    found = level_together(plans)
    assert [str(one.duration) for one in found.values()] == ["2d", "2d"]
    assert (found.load("legal").peak, found.load("legal").capacity) == (2, None)
    assert level_together(plans, capacities={"legal": 5}).delay == found.delay
    assert str(level_together(plans, capacities={"legal": 1}).delay) in ("3d", "4d")


def test_a_date_of_one_project_is_kept_before_delays_count() -> None:
    plans = {
        "acme": plan(chain([1]), start=START),
        "beta": plan(chain([3]), start=START, constraints={"a0": "finish_no_later 2026-03-04"}),
    }
    assert str(level_together(plans, capacities={"legal": 1})["acme"].delay) == "3d"
    with pytest.raises(ImpossibleWithPeople, match=r"LTC462: beta: a0: finish_no_later 2026-03-04") as caught:
        level_together(plans, capacities={"legal": 1}, priorities={"acme": 1})
    assert (caught.value.project, caught.value.roles) == ("beta", ("legal",))
    assert "以现有人员" in caught.value.problem_zh


ONE = {"acme": plan(chain([1]), start=START)}
BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"capacities": {"lawyer": 1}}, UnknownName, "no role in any of these processes 'lawyer'"),
    ({"experts": {"lawyer": "li.wei"}}, UnknownName, "no role in any of these processes 'lawyer'"),
    ({"capacities": {"legal": 0}}, InvalidValue, "acme: capacities[legal]"),
    ({"capacities": {"legal": -1}}, InvalidValue, "is not a number of people"),
    ({"capacities": {"legal": float("nan")}}, InvalidValue, "is not a number of people"),
    ({"experts": {"legal": []}}, InvalidValue, "names nobody"),
    ({"priorities": {"acm": 1}}, UnknownName, "Did you mean 'acme'"),
    ({"priorities": {"acme": float("nan")}}, InvalidValue, "whole numbers"),
    ({"priorities": {"acme": True}}, InvalidValue, "whole numbers"),
    ({"priorities": ["acme"]}, InvalidValue, "is no mapping"),
    ({"teams": {"acm": {}}}, UnknownName, "Did you mean 'acme'"),
    ({"at_work": {"acm": {}}}, UnknownName, "Did you mean 'acme'"),
    ({"at_work": {"acme": {"a0": {"legal": "li.wei"}}}}, UnknownName, "has begun"),
    ({"seed": "x"}, InvalidValue, "seed"),
]


@pytest.mark.parametrize(("options", "error", "words"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_named_with_a_remedy(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        level_together(ONE, **options)
    assert words in str(caught.value)


def test_what_is_no_plan_is_named() -> None:
    for wrong in (chain([1]), "2026", (chain([1]), "x")):
        with pytest.raises(InvalidValue, match="is no plan that knows its process"):
            level_together({"acme": wrong})
    with pytest.raises(InvalidValue, match="is not known to be planned from"):
        level_together({"acme": (chain([2]), ONE["acme"])})
    with pytest.raises(UnknownName, match="Did you mean 'acme'"):
        level_together(ONE)["acm"]
    with pytest.raises(UnknownName, match="no scarce role or person 'legal'"):
        level_together(ONE).load("legal")
    with pytest.raises(InvalidValue, match="has no time zone"):
        level_together(ONE, capacities={"legal": 1}).load("legal").at(datetime(2026, 3, 2))  # noqa: DTZ001
    assert (len(level_together({})), level_together({}).loads) == (0, ())
