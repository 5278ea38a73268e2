"""The way to a milestone, by brute force: its items are enough, none can be left out, and no fewer would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import comb

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.process import Process
from ltcflow.stages import Verdict
from ltcflow.steering.path import Path
from ltcflow.testing import Watched, runs
from ltcflow.testing.playing import good_facts

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
Wish = tuple[str, str]
STEPS = ("begin", "finish", "decide")


def law(count: int) -> settings:
    slow = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    examples = max(1, count * settings.default.max_examples // 100)
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def commands(process: Process, state: p.ProjectState, wish: Wish, by: str, at: datetime) -> Iterator[p.AnyCommand]:
    """What a person does about one item."""
    action, name = wish
    match action:
        case "begin":
            yield p.StartActivity(activity=name, by=by, at=at)
        case "finish":
            yield p.FinishActivity(activity=name, by=by, at=at)
            yield p.StartActivity(activity=name, by=by, at=at)
        case "decide":
            yield p.CastVote(gate=name, verdict=Verdict.GO, by=by, at=at)
        case "submit":
            fields = {field.id: "done" for field in process.deliverable(name).fields}
            yield p.SubmitDeliverable(deliverable=name, fields=fields, by=by, at=at)
        case "meet":
            yield p.MeetCondition(condition=name, by=by, at=at)
        case "close":
            yield p.CloseRisk(risk=name, reason="gone", by=by, at=at)
        case "assign":
            yield p.AssignRole(role=name, people=[f"{name}.new"], by=by, at=at)
        case "record":
            yield p.RecordFacts(facts=good_facts(process), by=by, at=at)
        case "resume":
            yield p.ResumeProject(by=by, at=at)
        case "reopen":
            yield p.ReopenProject(reason="to go on", by=by, at=at)


def done(process: Process, state: p.ProjectState, wishes: Iterable[Wish]) -> p.ProjectState:
    """Do whatever of *wishes* can be done, by anybody, until nothing more can."""
    left, at, moved = list(wishes), state.at, True
    delegates = [person for gate in state.gates.values() for _, person in gate.delegated]
    delegates += [one.to for one in state.delegations.values()]
    delegates += [person for _, people in state.substitutes for person in people]
    while moved:
        moved = False
        for wish in list(left):
            for by in dict.fromkeys((*(w for _, worn in state.team for w in worn), *delegates, "somebody")):
                for command in commands(process, state, wish, by, at):
                    answer = p.decide(process, state, command)
                    if answer.accepted and wish in left:
                        state, moved = p.replay(answer.events, state), True
                        if wish[0] not in STEPS:  # once is enough; what can be done again and again never ends
                            left.remove(wish)
    return state


def reached(process: Process, state: p.ProjectState, target: str, wishes: Iterable[Wish]) -> bool:
    return p.readiness(process, done(process, state, wishes), target, at=state.at).ready


def everything(process: Process, state: p.ProjectState) -> list[Wish]:
    steps = [a.id for a in process.activities() if not a.spans]
    wishes = [("finish", name) for name in steps] + [("begin", name) for name in steps]
    return [*wishes, *(("decide", g.id) for g in process.gates())]


def around(process: Process, state: p.ProjectState) -> list[Wish]:
    """What is no step: papers, conditions, risks, roles, facts."""
    found = [("submit", d.id) for d in process.deliverables] + [("meet", o) for o in state.obligations]
    found += [("close", risk) for risk in state.risks]
    return [("resume", "x"), ("reopen", "x"), *found]


def wishes_of(path: Path) -> list[Wish]:
    return [(step.action, step.id) for step in path.steps]


def targets(process: Process) -> list[str]:
    return [*(m.id for m in process.milestones), *(g.id for g in process.gates()), *(s.id for s in process.stages)]


def known(project: Watched) -> p.ProjectState:
    """The state with every fact as criteria want it: what facts switch on or off is not in question here."""
    process, state = project.process, project.state
    if state.standing is p.Standing.RUNNING and process.facts:
        answer = p.decide(process, state, p.RecordFacts(facts=good_facts(process), by="li.wei", at=state.at))
        state = p.replay(answer.events, state) if answer.accepted else state
    return state


@law(12)
@given(runs(most=12), st.data())
def test_its_items_are_enough_and_none_can_be_left_out(project: Watched, data: st.DataObject) -> None:
    process, state = project.process, known(project)
    target = data.draw(st.sampled_from(targets(process)))
    path = ltc.path_to(process, state, target, at=state.at)
    assert path.reached == p.readiness(process, state, target, at=state.at).ready == (not path.steps)
    assert len({(step.action, step.id) for step in path.steps}) == len(path.steps)
    mine = wishes_of(path)
    hopeless = any(step.action in ("record", "assign", "satisfy") for step in path.steps)
    open_votes = [vote for gate in state.gates.values() if gate.verdict is None for vote in gate.votes]
    otherwise = any(vote.verdict is not Verdict.GO for vote in open_votes)
    assume(not hopeless and not otherwise)  # a hold or a condition that was voted for may come with the next vote
    assert reached(process, state, target, mine), mine
    for wish in mine:
        assert not reached(process, state, target, [x for x in mine if x != wish]), wish


@st.composite
def small(draw: st.DrawFn) -> tuple[Process, p.ProjectState]:
    """Up to three stages of up to three steps, with every kind of link, choices, papers; some of it done."""
    stages, names = [], list[str]()
    for s in range(draw(st.integers(1, 2))):
        order = draw(st.sampled_from(["sequence", "parallel", "choice", "choice"]))
        steps = []
        for i in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from(["FS", "SS", "FF", "SF"]))
            link = [{"activity": draw(st.sampled_from(names)), "type": kind}] if names and draw(st.booleans()) else None
            after = {} if order == "choice" or link is None else {"after": link}
            name = f"s{s}a{i}"
            steps.append(b.activity(name, out=["paper"] if draw(st.integers(0, 3)) == 2 else [], **after))
            names.append(name)
        gates = [b.gate(f"g{s}", decided_by="board", criteria=[b.delivered("paper")] * draw(st.integers(0, 1)))]
        least = {"at_least": draw(st.integers(1, len(steps)))} if order == "choice" else {}
        with_gate = gates if draw(st.booleans()) else []
        stages.append(b.stage(f"s{s}", order=order, activities=steps, gates=with_gate, **least))
    marks = [b.milestone(f"m{i}", after=[draw(st.sampled_from(names))]) for i in range(2)]
    process = b.process(
        "small", roles={"board": "决策团队"}, deliverables={"paper": "文件"}, stages=stages, milestones=marks
    )
    assume(not [x for x in ltc.check(process) if x.severity.value == "error"])
    begin = p.StartProject(project="x", by="li.wei", at=MONDAY, team={"board": "bea"})
    state = p.replay(p.decide(process, p.NOTHING, begin).events)  # type: ignore[union-attr]
    some = draw(st.lists(st.sampled_from(everything(process, state)), max_size=2))
    return process, done(process, state, some)


@law(40)
@given(small(), st.data())
def test_no_fewer_would_do(drawn: tuple[Process, p.ProjectState], data: st.DataObject) -> None:
    process, state = drawn
    target = data.draw(st.sampled_from([*targets(process), *(a.id for a in process.activities())]))
    path = ltc.path_to(process, state, target, at=state.at)
    mine, others = wishes_of(path), around(process, state)
    assert reached(process, state, target, mine)
    count = sum(action in STEPS for action, _ in mine)
    universe = [x for x in everything(process, state) if x[1] not in state.work or x[0] == "finish"]
    assume(count and comb(len(universe), count - 1) <= 120)
    for fewer in combinations(universe, count - 1):
        assert not reached(process, state, target, [*fewer, *others]), (fewer, mine)


@law(10)
@given(runs(most=8), st.data())
def test_each_step_comes_after_what_it_waits_for(project: Watched, data: st.DataObject) -> None:
    process, state = project.process, project.state
    target = data.draw(st.sampled_from(targets(process)))
    facts, done = dict(state.facts.items()), p.actual_finishes(state)
    started = {name: work.started for name, work in state.work.items()}
    dates = {"start": state.started, "data_date": state.at, "finished": done, "started": started}
    plan = ltc.forecast(process, facts=facts, default_duration="1d", **dates)  # type: ignore[arg-type]  # by name
    bare = ltc.path_to(process, state, target, at=state.at)
    path = ltc.path_to(process, state, target, at=state.at, plan=plan)
    assert {(x.action, x.id) for x in path.steps} == {(x.action, x.id) for x in bare.steps}
    before: set[str] = set()
    for step in path.steps:
        mutual = {x.id for x in path.steps if step.id in x.waits_for}
        assert {*step.waits_for} - mutual <= before, step
        before.add(step.id)


# -- stories ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ws() -> Iterator[ltc.Workspace]:
    find = b.stage(
        "find",
        order="choice",
        at_least=1,
        activities=[b.activity("fair", duration="5d"), b.activity("advert", duration="2d")],
    )
    bid = b.stage(
        "bid",
        order="parallel",
        activities=[
            b.activity("draft", raci={"R": "seller"}, duration="3d"),
            b.activity("price", raci={"R": "finance"}, duration="1d"),
            b.activity("plan", raci={"R": "seller"}, duration="1d", after=[{"activity": "draft", "type": "SS"}]),
        ],
        gates=[b.gate("atb", decided_by="board", lead_time="1d", criteria=[b.fact("margin >= 0.15", owner="finance")])],
    )
    marks = [b.milestone("planned", after=["plan"]), b.milestone("offered", after=["atb"])]
    process = b.process(
        "sell",
        calendar="weekdays",
        roles={"seller": "销售", "finance": "财务", "board": "决策团队"},
        facts={"margin": b.percent()},
        stages=[find, bid],
        milestones=marks,
    )
    with ltc.Workspace.open("memory:", clock=lambda: MONDAY) as ws:
        team = {"seller": "sam", "finance": "fay", "board": "bea"}
        assert ws.start(process, project="acme", team=team, by="sam").accepted
        yield ws


def test_a_story_of_the_way_to_an_offer(ws: ltc.Workspace) -> None:
    path = ws.path_to("acme", "offered", default_duration="1d")
    assert [(x.action, x.id, x.critical) for x in path.steps] == [
        ("record", "margin", True),
        ("finish", "fair", True),
        ("finish", "draft", True),
        ("finish", "price", False),
        ("finish", "plan", False),
        ("decide", "atb", True),
    ]
    assert path.critical_path == ("fair", "draft", "atb")
    by = {x.id: x for x in path.steps}
    assert (by["price"].people, str(by["price"].total_float), by["price"].waits_for) == (("fay",), "2d", ("fair",))
    assert by["margin"].people == ("fay",)
    assert (path.forecast, by["atb"].start) == (datetime(2026, 3, 12, 18, tzinfo=UTC), by["atb"].start)
    assert [x.id for x in path.now] == ["margin", "fair"]
    assert ws.finish("acme", "advert", by="sam", at=MONDAY + timedelta(hours=1)).accepted
    later = ws.path_to("acme", "offered", at=MONDAY + timedelta(hours=1))
    assert [x.id for x in later.steps] == ["margin", "draft", "price", "plan", "atb"]
    assert later.critical_path == ("draft", "atb")


def test_what_is_only_to_be_begun_is_only_begun(ws: ltc.Workspace) -> None:
    path = ws.path_to("acme", "planned")
    assert [(x.action, x.id) for x in path.steps] == [("finish", "fair"), ("begin", "draft"), ("finish", "plan")]


def test_a_project_on_hold_is_taken_up_first(ws: ltc.Workspace) -> None:
    assert ws.hold("acme", by="bea", reason="no budget").accepted
    first, *rest = ws.path_to("acme", "planned").steps
    assert (first.action, first.kind, first.now) == ("resume", "project", True)
    assert not any(step.now for step in rest)


@pytest.mark.parametrize("resting", [False, True])
def test_a_gate_whose_condition_is_past_its_date_is_decided_anew(resting: bool) -> None:
    """To meet the condition late is not enough: what was decided on a broken promise stays open."""
    gates = [b.gate("first", decided_by="boss", after=[]), b.gate("last", decided_by="boss", after=["first"])]
    process = b.process("two", roles={"boss": "总监"}, stages=[b.stage("decide", gates=gates)])
    with ltc.Workspace.open("memory:") as ws:
        ws.start(process, project="acme", team={"boss": "bea"}, by="bea", at=MONDAY)
        promise = {"text": "bond", "owner": "boss", "due": "2026-03-03"}
        later = MONDAY + timedelta(days=5)
        assert ws.vote("acme", "first", by="bea", verdict="conditional", conditions=[promise], at=MONDAY).accepted
        if resting:
            assert ws.hold("acme", by="bea", reason="holidays", at=MONDAY).accepted
        steps = [(step.action, step.id) for step in ws.path_to("acme", "last", at=later).steps]
        assert steps == [*([("resume", "acme")] * resting), ("decide", "first"), ("decide", "last")]
        for call in (*(["resume"] * resting), "meet"):
            done = (
                ws.meet("acme", "first.1.1", by="bea", at=later)
                if call == "meet"
                else ws.resume("acme", by="bea", at=later)
            )
            assert done.accepted, done
        assert [step.id for step in ws.path_to("acme", "first", at=later).steps] == ["first"]
