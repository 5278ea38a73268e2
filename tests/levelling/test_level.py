"""Levelled plans: laws for processes drawn at random, stories with dates worked out by hand, and bad input."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import DefinitionError
from ltcflow.graph import NodeKind, network
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.levelling import Answer, InfeasibleSchedule, LevelledPlan, LevelledRow, Problem, level
from ltcflow.solvers import MissingExtra, OrTools
from ltcflow.solvers.exact import cp_model
from ltcflow.stages import Activity
from ltcflow.worktime import add_minutes, calendar, minutes_between

LAWS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
START = "2026-09-24"
CN = calendar("CN")
ROLES = {"sales": "Sales", "solution": "Solution", "legal": "Legal"}
PEOPLE = ["li.wei", "zhang.min", "chen.jie"]


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """Draw a process of one to three stages whose activities need up to two of three roles."""
    ids: list[str] = []

    def after() -> list[object] | None:
        if not ids or draw(st.booleans()):
            return None
        sources = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
        kinds, lags = ["FS", "FS", "SS", "FF", "SF"], ["0d", "0d", "1d", "-4h", "2ed", "-10eh"]
        return [b.after(i, draw(st.sampled_from(kinds)), draw(st.sampled_from(lags))) for i in sources]

    stages = []
    for s in range(draw(st.integers(1, 3))):
        inside = []
        for a in range(draw(st.integers(0, 4))):
            fields: dict[str, Any] = {"duration": draw(st.sampled_from(["0d", "1d", "3d", "5h", "2ed", "30eh"]))}
            fields["raci"] = {"R": draw(st.lists(st.sampled_from(sorted(ROLES)), max_size=2, unique=True))}
            if draw(st.integers(0, 5)) == 0:
                fields |= draw(st.sampled_from([{"continuous": True}, {"every": "1d"}]))
            inside.append(b.activity(f"a{s}{a}", after=after(), **fields))
            ids.append(f"a{s}{a}")
        gates = []
        if draw(st.booleans()):
            gates = [b.gate(f"g{s}", lead_time=draw(st.sampled_from(["0d", "2d"])))]
            ids.append(f"g{s}")
        order = draw(st.sampled_from(["sequence", "parallel", "parallel"]))
        waits = draw(st.sampled_from([None, []]))
        stages.append(b.stage(f"s{s}", order=order, activities=inside, gates=gates, after=waits))
    reached = [b.milestone("m", after=[draw(st.sampled_from(ids))])] if ids else []
    return b.process("drawn", roles=ROLES, stages=stages, milestones=reached)


@st.composite
def limits(draw: st.DrawFn) -> dict[str, Any]:
    """Draw numbers of people for some roles, names for others; enough for every single activity."""
    numbers = {role: draw(st.integers(1, 2)) for role in draw(st.sets(st.sampled_from(sorted(ROLES))))}
    named = {role: draw(st.permutations(PEOPLE))[: draw(st.integers(2, 3))] for role in ROLES if role not in numbers}
    return {"capacities": numbers, "experts": named}


def quick(process: Process, **options: Any) -> LevelledPlan:
    levelled = level(process, start=START, calendar=CN, schedules=60, **options)
    note(sketch(levelled))
    return levelled


def sketch(levelled: LevelledPlan) -> str:
    """Return a plan in few words, for a failing law."""
    free = levelled.unlimited
    return "\n".join(
        f"{r.id} {r.start:%d %H:%M} {r.finish:%d %H:%M} free {free[r.id].early_start:%d %H:%M} "
        f"{free[r.id].early_finish:%d %H:%M} {r.duration} {free[r.id].duration} {r.roles} {r.people} {r.wait}"
        for r in levelled.values()
    )


def acyclic(process: Process) -> bool:
    return network(process).acyclic


def working(row: LevelledRow) -> bool:
    return row.start < row.finish and not row.skipped


@given(processes().filter(acyclic), limits())
@LAWS
def test_nobody_is_in_two_places_and_no_role_is_worn_too_often(process: Process, given_limits: dict[str, Any]) -> None:
    levelled = quick(process, **given_limits)
    numbers = {r: len(p) for r, p in given_limits["experts"].items()} | given_limits["capacities"]
    held = [row for row in levelled.values() if row.roles and working(row)]
    for row in held:
        beside = [other for other in held if other.start <= row.start < other.finish]
        if minutes_between(CN, row.start, row.finish):
            for role in row.roles:
                assert sum(role in other.roles for other in beside) <= numbers[role]
            people = [person for other in beside for _, person in other.people]
            assert len(people) == len(set(people)), "one person, one place, one hat"
        assert {role for role, _ in row.people} == {role for role in row.roles if role in given_limits["experts"]}
        for role, person in row.people:
            assert person in given_limits["experts"][role]


@given(processes().filter(acyclic), limits())
@LAWS
def test_every_role_of_every_activity_is_filled(process: Process, given_limits: dict[str, Any]) -> None:
    levelled = quick(process, **given_limits)
    for row in levelled.values():
        element = process.find(row.id)
        if isinstance(element, Activity) and not element.spans and row.duration.minutes:
            assert row.roles == element.raci.responsible
        else:
            assert row.roles == ()


@given(processes().filter(acyclic), limits())
@LAWS
def test_links_are_kept(process: Process, given_limits: dict[str, Any]) -> None:
    levelled = quick(process, **given_limits)
    for edge, source, target in element_edges(process):
        one, other = levelled[source], levelled[target]
        first = one.finish if edge.type.value in ("FS", "FF") else one.start
        second = other.finish if edge.type.value in ("FF", "SF") else other.start
        if edge.lag.elapsed:
            least = first.astimezone(UTC) + timedelta(minutes=edge.lag.minutes)
            assert minutes_between(CN, least, second) >= 0
        else:
            assert minutes_between(CN, first, second) >= edge.lag.minutes


def element_edges(process: Process) -> Iterator[tuple[Any, str, str]]:
    waits = network(process)
    steps = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)
    for edge in waits.edges:
        source, target = waits.nodes[edge.source], waits.nodes[edge.target]
        if source.kind in steps and target.kind in steps:
            yield edge, source.id, target.id


@given(processes().filter(acyclic))
@LAWS
def test_with_people_enough_the_dates_are_those_of_the_plan(process: Process) -> None:
    levelled = quick(process, capacities=dict.fromkeys(ROLES, 50))
    free = plan(process, start=START, calendar=CN)
    assert levelled.unlimited == free
    for row in free.rows:
        here = levelled[row.id]
        assert (row.id, here.start, here.finish) == (row.id, row.early_start, row.early_finish)
        assert (here.wait, str(here.shift), here.duration) == (None, "0d", row.duration) or not row.duration
    assert (levelled.finish, levelled.duration, levelled.proved) == (free.finish, free.duration, True)
    assert levelled.waiting == ()


@given(processes().filter(acyclic), limits())
@LAWS
def test_nothing_is_earlier_than_with_people_enough(process: Process, given_limits: dict[str, Any]) -> None:
    levelled = quick(process, **given_limits)
    for row in levelled.unlimited.rows:
        assert levelled[row.id].start >= row.early_start
        assert levelled[row.id].finish >= row.early_finish
    assert levelled.delay.minutes >= 0
    assert levelled.bound.minutes <= levelled.duration.minutes
    assert levelled == quick(process, **given_limits)


@given(processes().filter(acyclic), limits())
@LAWS
def test_what_waits_says_for_whom_and_could_not_begin_one_minute_earlier(
    process: Process, given_limits: dict[str, Any]
) -> None:
    levelled = quick(process, **given_limits)
    for name in levelled.waiting:
        row = levelled[name]
        wait = row.wait
        assert wait is not None
        assert wait.minutes > 0
        assert wait.held_by
        assert set(wait.roles) <= set(row.roles)
        assert row.driving == ()
        before = add_minutes(CN, row.start, -1)
        others = [levelled[other] for other in wait.held_by]
        assert all(other.start < row.finish and before < other.finish for other in others)
        assert "Waits" in row.why()
        assert "等待" in row.why("zh")


def offer(*, parallel: bool = True, at_most: int | None = None, **more: Any) -> Process:
    """Return a process of three pieces of work for one role, 3, 2 and 1 days, then a gate and the signature."""
    names = {"draft": "3d", "price": "2d", "review": "1d"}
    steps = [b.activity(name, duration=d, raci={"R": "solution"}) for name, d in names.items()]
    role = b.role("solution", "Solution", at_most=at_most)
    bid = b.stage(
        "bid", order="parallel" if parallel else "sequence", activities=steps, gates=[b.gate("atb", lead_time="1d")]
    )
    return b.process(
        "offer", roles=[role, *more.get("roles", ())], stages=[bid], milestones=[b.milestone("signed", after=["atb"])]
    )


def test_one_expert_does_one_thing_after_the_other() -> None:
    levelled = level(offer(), start="2026-03-02", capacities={"solution": 1})
    assert (str(levelled.unlimited.duration), str(levelled.duration), str(levelled.delay)) == ("4d", "7d", "3d")
    assert (levelled.proved, levelled.gap, str(levelled.bound)) == (True, 0.0, "7d")
    assert levelled.finish.isoformat() == "2026-03-10T18:00:00+00:00"
    assert levelled["atb"].start.isoformat() == "2026-03-10T09:00:00+00:00"
    assert levelled["signed"].start == levelled.finish
    assert levelled["bid"].start.isoformat() == "2026-03-02T09:00:00+00:00"
    assert levelled["bid"].finish == levelled.finish
    second = levelled[levelled.waiting[0]]
    assert second.wait is not None
    assert second.wait.roles == ("solution",)
    assert levelled["atb"].driving
    assert levelled["atb"].why().startswith("Moves 3d with ")
    assert levelled["atb"].why("zh").startswith("随 ")


def test_a_wait_counts_from_when_the_links_would_let_it_start() -> None:
    steps = [
        b.activity("prepare", duration="1d"),
        b.activity("draft", duration="3d", raci={"R": "solution"}, after=["prepare"]),
        b.activity("price", duration="3d", raci={"R": "solution"}, after=["prepare"]),
    ]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=steps)])
    levelled = level(process, start="2026-03-02", capacities={"solution": 1})
    (name,) = levelled.waiting
    assert levelled[name].wait is not None
    assert (levelled[name].wait.minutes, str(levelled[name].shift)) == (3 * 480, "3d")


def test_two_experts_by_name() -> None:
    levelled = level(offer(), start="2026-03-02", experts={"solution": ["li.wei", "zhang.min"]})
    assert str(levelled.duration) == "4d"
    assert {person for row in levelled.values() for _, person in row.people} == {"li.wei", "zhang.min"}
    assert levelled.proved


def test_at_most_of_a_role_is_its_number() -> None:
    assert str(level(offer(at_most=1), start="2026-03-02").duration) == "7d"
    assert str(level(offer(), start="2026-03-02").duration) == "4d"
    assert str(level(offer(at_most=2), start="2026-03-02", experts={"solution": PEOPLE}).duration) == "4d"


def test_one_person_with_two_hats_is_in_one_place() -> None:
    steps = [
        b.activity("draft", duration="3d", raci={"R": "solution"}),
        b.activity("clauses", duration="2d", raci={"R": "legal"}),
    ]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", order="parallel", activities=steps)])
    both = level(process, start="2026-03-02", experts={"solution": ["li.wei"], "legal": ["li.wei"]})
    assert (str(both.duration), both.proved) == ("5d", True)
    last = both[both.waiting[0]]
    assert last.wait is not None
    assert last.wait.people == ("li.wei",)
    helped = level(process, start="2026-03-02", experts={"solution": ["li.wei"], "legal": ["li.wei", "chen.jie"]})
    assert (str(helped.duration), helped["clauses"].people) == ("3d", (("legal", "chen.jie"),))


def test_what_runs_along_a_stage_and_what_is_skipped_hold_nobody() -> None:
    steps = [
        b.activity("draft", duration="3d", raci={"R": "solution"}),
        b.activity("watch", continuous=True, raci={"R": "solution"}),
        b.activity("finance", duration="2d", raci={"R": "solution"}, after=[], when="big"),
    ]
    process = b.process("offer", roles=ROLES, facts={"big": b.yes_no()}, stages=[b.stage("bid", activities=steps)])
    small = level(process, start="2026-03-02", capacities={"solution": 1}, facts={"big": False})
    assert (str(small.duration), small["finance"].skipped, small["watch"].roles) == ("3d", True, ())
    assert small["watch"].finish == small["draft"].finish
    large = level(process, start="2026-03-02", capacities={"solution": 1}, facts={"big": True})
    assert str(large.duration) == "5d"


def test_what_runs_along_a_stage_moves_neither_the_finish_nor_the_bound() -> None:
    steps = [
        b.activity("draft", duration="3d", raci={"R": "solution"}),
        b.activity("watch", continuous=True, after=[b.after("draft", "FS", "9d")]),
    ]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=steps)])
    levelled = level(process, start="2026-03-02", capacities={"solution": 1})
    assert (str(levelled.duration), str(levelled.bound), levelled.proved) == ("3d", "3d", True)


def test_a_shipped_process_is_levelled() -> None:
    process = ltc.catalog["huawei_manage_sales_project"]
    alone = {role.id: 1 for role in process.roles}
    levelled = level(process, start="2026-03-02", calendar=CN, default_duration="2d", capacities=alone, schedules=200)
    assert levelled.duration.minutes >= levelled.unlimited.duration.minutes
    assert set(levelled) == set(levelled.unlimited)
    assert levelled.process == process.id
    assert levelled.calendar == CN
    assert levelled.findings == levelled.unlimited.findings
    with pytest.raises(UnknownName, match="Did you mean"):
        levelled[levelled.rows[-1].id + "x"]


def test_with_a_solver_a_levelled_plan_is_proved() -> None:
    levelled = level(offer(), start="2026-03-02", capacities={"solution": 1}, solver=OrTools(seconds=10))
    assert str(levelled.duration) == "7d"
    try:
        cp_model()
    except MissingExtra:
        assert "pip install 'ltcflow[optimize]'" in levelled.note
    else:
        assert (levelled.proved, levelled.note) == (True, "")


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"capacities": {"solutions": 1}}, UnknownName, "Did you mean 'solution'"),
    ({"experts": {"lawyer": "li.wei"}}, UnknownName, "no role 'lawyer'"),
    ({"capacities": {"solution": 0}}, InvalidValue, "leaves nobody for 'draft'"),
    ({"capacities": {"solution": -1}}, InvalidValue, "is not a number of people"),
    ({"capacities": {"solution": True}}, InvalidValue, "is not a number of people"),
    ({"capacities": {"solution": 1.5}}, InvalidValue, "is not a number of people"),
    ({"capacities": {"solution": 2}, "experts": {"solution": ["li.wei"]}}, InvalidValue, "more than the 1 named"),
    ({"capacities": {"solution": 9}}, InvalidValue, "more than the 8 that the process allows"),
    ({"experts": {"solution": []}}, InvalidValue, "names nobody"),
    ({"experts": {"solution": [" "]}}, InvalidValue, "does not name a person"),
    ({"seed": "x"}, InvalidValue, "seed"),
    ({"schedules": 0}, InvalidValue, "schedules"),
    ({"capacities": {"solution": 1}, "solver": 10}, InvalidValue, "is no solver"),
    ({"durations": {"drafts": "1d"}}, UnknownName, "Did you mean 'draft'"),
]


@pytest.mark.parametrize(("options", "error", "words"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_named_with_a_remedy(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        level(offer(at_most=8), start="2026-03-02", **options)
    assert words in str(caught.value)


def test_a_solver_without_time_is_named_and_a_wrong_one_is_not_believed() -> None:
    one = {"solution": 1}
    for seconds in (0, float("nan")):
        with pytest.raises(InvalidValue, match="is no time"):
            level(offer(at_most=8), start="2026-03-02", capacities=one, solver=OrTools(seconds=seconds))

    def wishful(problem: Problem, first: Answer, seed: int, /) -> Answer:
        return attrs.evolve(first, starts=(0,) * len(problem), makespan=0)

    with pytest.raises(InfeasibleSchedule, match="LTC460"):
        level(offer(at_most=8), start="2026-03-02", capacities=one, solver=wishful)


def test_more_hats_than_people_is_named() -> None:
    step = b.activity("draft", duration="3d", raci={"R": ["solution", "legal"]})
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=[step])])
    with pytest.raises(InvalidValue, match="needs 2 different people: solution, legal"):
        level(process, start="2026-03-02", experts={"solution": "li.wei", "legal": "li.wei"})


def test_a_circle_is_a_finding() -> None:
    steps = [b.activity("draft", after=["price"]), b.activity("price", after=["draft"])]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=steps)])
    with pytest.raises(DefinitionError, match="LTC405"):
        level(process, start="2026-03-02", capacities={"solution": 1})


def test_elapsed_time_is_kept_exactly() -> None:
    steps = [
        b.activity("pour", duration="1d", raci={"R": "solution"}),
        b.activity("cure", duration="3ed", after=["pour"]),
        b.activity("test", duration="1d", raci={"R": "solution"}, after=["cure"]),
        b.activity("report", duration="2d", raci={"R": "solution"}, after=[]),
    ]
    process = b.process("site", roles=ROLES, stages=[b.stage("build", activities=steps)])
    levelled = level(process, start="2026-03-06", capacities={"solution": 1})
    assert levelled["cure"].finish - levelled["cure"].start == timedelta(days=3)
    poured = datetime(2026, 3, 6, 18, tzinfo=UTC)
    assert levelled["pour"].finish == poured
    assert levelled["report"].start.isoformat() == "2026-03-09T09:00:00+00:00"
    assert levelled["test"].start.isoformat() == "2026-03-12T09:00:00+00:00"
