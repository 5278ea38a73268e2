"""Plugins while a project runs: what fails keeps gates shut, loses no event, and is seen in readiness."""

from __future__ import annotations

import logging
import threading
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Truth
from ltcflow.plugins import Committed, Extensions, collect
from ltcflow.process import Process
from ltcflow.projects import CriterionContext, Judgement, Reason
from ltcflow.projects.register import commands as r
from ltcflow.stores import MemoryStore

Make = Callable[..., types.ModuleType]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROLES: dict[str, Any] = {"lead": {"en": "Lead", "sponsor": True, "first_responsible": True}, "board": "决策团队"}


def bid() -> Process:
    """One activity, one gate that a plugin's criterion keeps, one more gate behind it."""
    return b.process(
        "bid",
        facts={"amount": b.money("CNY")},
        roles=ROLES,
        deliverables={"offer_document": "标书"},
        stages=[
            b.stage(
                "prepare",
                activities=[b.activity("offer", duration="3d", raci={"R": "lead", "A": "lead"})],
                gates=[
                    b.gate(
                        "atb",
                        decided_by={"roles": ["board"], "rule": "any"},
                        criteria=[b.done("offer"), b.plugin("acme.credit", {"limit": 5}, owner="lead")],
                        recycle_to="offer",
                        raci={"A": "lead"},
                    )
                ],
            ),
            b.stage(
                "contract",
                activities=[b.activity("negotiate", duration="2d", raci={"R": "lead", "A": "lead"})],
                gates=[
                    b.gate(
                        "atc",
                        decided_by={"roles": ["board"], "rule": "any"},
                        criteria=[b.done("negotiate")],
                        raci={"A": "lead"},
                    )
                ],
            ),
        ],
        milestones=[b.milestone("bid_sent", after=["atb"], payments=[{"share": 1}])],
    )


TEAM = {"lead": "li.wei", "board": ["chen.jie", "wang.fang"]}


def at_the_gate(extensions: Extensions) -> ltc.Workspace:
    ws = ltc.Workspace.open("memory:", extensions=extensions)
    assert ws.start(bid(), project="acme", team=TEAM, at=AT).accepted
    assert ws.finish("acme", "offer", by="li.wei", at=AT).accepted
    return ws


def credit(truth: Truth) -> Callable[[CriterionContext], Judgement]:
    return lambda context: Judgement(truth=truth)


def budget(wrong: str) -> float:
    """Little time for what hangs anyway, plenty for all else: the machine may be busy."""
    return 0.3 if wrong == "hangs" else 30.0


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


# -- criteria ----------------------------------------------------------------------------------------------------------


def test_a_criterion_that_is_met_lets_the_gate_pass(plugin: Make) -> None:
    ws = at_the_gate(collect([plugin("acme", ltcflow_criteria={"acme.credit": credit(Truth.TRUE)})]))
    assert ws.vote("acme", "atb", by="chen.jie", verdict="go", at=AT).accepted
    assert ws.readiness("acme", "bid_sent", at=AT).ready


@pytest.mark.parametrize(
    "wrong", ["raises", "exits", "hangs", "answers True", "answers a coroutine", "is not installed"]
)
@pytest.mark.parametrize("verdict", ["go", "conditional"])
def test_a_criterion_that_gives_no_answer_leaves_the_gate_unknown_and_shut(
    plugin: Make, release: threading.Event, wrong: str, verdict: str
) -> None:
    async def later() -> Judgement:
        return Judgement(truth=Truth.TRUE)

    def judge(context: CriterionContext) -> Any:
        match wrong:
            case "raises":
                raise ValueError("the credit service is down")
            case "exits":
                raise SystemExit(0)
            case "hangs":
                release.wait()
            case "answers True":
                return True
            case "answers a coroutine":
                return later()
        return Judgement(truth=Truth.TRUE)

    name = "acme.other" if wrong == "is not installed" else "acme.credit"
    ws = at_the_gate(collect([plugin("acme", ltcflow_criteria={name: judge})], strict=True, budget=budget(wrong)))
    conditions = [{"text": "ask", "owner": "li.wei", "due": "2026-04-01"}] if verdict == "conditional" else []
    answer = ws.vote("acme", "atb", by="chen.jie", verdict=verdict, conditions=conditions, at=AT)
    assert isinstance(answer, ltc.Refused)
    (reason,) = answer.reasons
    assert (reason.code, reason.criterion and reason.criterion.truth) == ("LTC526", Truth.UNKNOWN)
    assert ws.state("acme").gate("atb").verdict is None
    assert ws.state("acme").gate("atb").votes == ()

    missing = {item.kind: item for item in ws.readiness("acme", "bid_sent", at=AT).missing}
    entry = missing["plugin"]
    assert (entry.id, entry.element, entry.people) == ("acme.credit", "atb", ("li.wei",))
    assert "plugin" in entry.note.en
    if wrong != "is not installed":
        assert entry.note.en.startswith("Ask the maintainer of plugin 'acme' to mend criterion acme.credit: it ")
        assert entry.note.zh.startswith("请联系插件 'acme' 的维护者修复")
    assert [link.id for link in ws.why("acme", "bid_sent", at=AT)][-1] == "acme.credit"


def test_a_verdict_that_passes_nothing_needs_no_answer(plugin: Make) -> None:
    def fail(context: CriterionContext) -> Judgement:
        raise ValueError

    ws = at_the_gate(collect([plugin("acme", ltcflow_criteria={"acme.credit": fail})]))
    assert ws.vote("acme", "atb", by="chen.jie", verdict="recycle", reason="do it again", at=AT).accepted


def test_a_failing_criterion_can_be_waived_on_the_record(plugin: Make) -> None:
    ws = at_the_gate(collect([plugin("acme", ltcflow_criteria={"acme.credit": lambda context: 1 / 0})]))
    waived = ws.waive("acme", "atb", "plugin:acme.credit", by="chen.jie", reason="service is down", at=AT)
    assert waived.accepted
    assert ws.vote("acme", "atb", by="wang.fang", verdict="go", at=AT).accepted


def test_a_criterion_sees_the_project_and_cannot_change_it(plugin: Make) -> None:
    seen: list[CriterionContext] = []

    def look(context: CriterionContext) -> Judgement:
        seen.append(context)
        context.parameters["limit"] = 0  # type: ignore[index] # a copy of its own
        with pytest.raises(TypeError):
            context.facts["amount"] = 1  # type: ignore[index]
        with pytest.raises(AttributeError):
            context.element = "other"  # type: ignore[misc]
        return Judgement(truth=Truth.TRUE)

    ws = at_the_gate(collect([plugin("acme", ltcflow_criteria={"acme.credit": look})]))
    assert ws.record("acme", by="li.wei", facts={"amount": 10}, at=AT).accepted
    assert ws.vote("acme", "atb", by="chen.jie", verdict="go", at=AT).accepted
    last = seen[-1]
    assert (last.project, last.process, last.element) == ("acme", "bid", "atb")
    assert str(last.facts["amount"]) == "10 CNY"
    assert last.team.people("board") == ("chen.jie", "wang.fang")
    assert ws.process("acme") == bid()


# -- policies ----------------------------------------------------------------------------------------------------------

STEPS: tuple[p.AnyCommand, ...] = (
    p.StartProject(by="li.wei", at=AT, project="acme", team=TEAM, definition=ltc.fingerprint(bid())),
    p.AddNote(by="li.wei", at=AT, text="we begin"),
    p.RecordFacts(by="li.wei", at=AT, facts={"amount": 10}),
    p.AssignRole(by="li.wei", at=AT, role="board", people=["chen.jie", "wang.fang", "zhao.lei"]),
    p.RaiseRisk(by="li.wei", at=AT, risk="price", level="high"),
    p.UpdateRisk(by="li.wei", at=AT, risk="price", level="low"),
    r.AnswerRisk(by="li.wei", at=AT, risk="price", response="mitigate"),
    r.PlanRiskAction(by="li.wei", at=AT, risk="price", text="another supplier", owner="li.wei", due="2026-04-01"),
    r.FinishRiskAction(by="li.wei", at=AT, risk="price", action=1),
    r.HandOverRisk(by="li.wei", at=AT, risk="price", to="sun.li"),
    p.CloseRisk(by="li.wei", at=AT, risk="price", reason="gone"),
    p.HoldProject(by="li.wei", at=AT, reason="holidays"),
    p.ResumeProject(by="li.wei", at=AT),
    p.StartActivity(by="li.wei", at=AT, activity="offer"),
    p.SubmitDeliverable(by="li.wei", at=AT, deliverable="offer_document"),
    p.FinishActivity(by="li.wei", at=AT, activity="offer"),
    p.ApproveEarlyStart(by="wang.fang", at=AT, activity="negotiate", condition="at our own risk", due="2026-04-01"),
    p.WaiveCriterion(by="chen.jie", at=AT, gate="atb", criterion="plugin:acme.credit", reason="no service"),
    p.DelegateVote(by="chen.jie", at=AT, gate="atb", to="sun.li"),
    p.CastVote(
        by="wang.fang",
        at=AT,
        gate="atb",
        verdict="conditional",
        conditions=[{"text": "a guarantee", "owner": "li.wei", "due": "2026-04-01"}],
    ),
    p.RedateCondition(by="wang.fang", at=AT, condition="atb.1.1", due="2026-05-01", reason="the bank is slow"),
    p.MeetCondition(by="li.wei", at=AT, condition="atb.1.1"),
    p.CloseProject(by="li.wei", at=AT, outcome="lost", reason="too dear"),
    p.ReopenProject(by="li.wei", at=AT, reason="they called again"),
    p.StartWaiting(by="li.wei", at=AT, element="negotiate", on="the bank", reason="no answer"),
    p.EndWaiting(by="li.wei", at=AT, element="negotiate"),
    r.RequestChange(by="li.wei", at=AT, change="sites", title="two more sites"),
    r.AssessChange(by="li.wei", at=AT, change="sites", price="5 CNY"),
    r.DecideChange(by="wang.fang", at=AT, change="sites", approve=True),
    r.ImplementChange(by="li.wei", at=AT, change="sites"),
    r.RecordClause(by="li.wei", at=AT, clause="7"),
    r.RecordCommitment(by="li.wei", at=AT, commitment="warranty", text="three years"),
    r.TraceCommitment(by="li.wei", at=AT, commitment="warranty", clause="7", activity="offer", acceptance="atb"),
    r.FulfilCommitment(by="li.wei", at=AT, commitment="warranty"),
    r.RecordCommitment(by="li.wei", at=AT, commitment="training", text="a week"),
    r.WithdrawCommitment(by="wang.fang", at=AT, commitment="training", reason="agreed"),
    r.OfferHandover(by="li.wei", at=AT, handover="delivery", to="sun.li", stage="prepare"),
    r.RejectHandover(by="sun.li", at=AT, handover="delivery", reason="no plan yet"),
    r.OfferHandover(by="li.wei", at=AT, handover="delivery_again", to="sun.li", stage="prepare"),
    r.AcceptHandover(by="sun.li", at=AT, handover="delivery_again"),
    r.RecordPayment(by="li.wei", at=AT, milestone="bid_sent"),
    r.RecordLesson(by="li.wei", at=AT, text="call earlier"),
    p.NameSubstitutes(by="li.wei", at=AT, role="board", people=["qian.yu"]),
    p.DeclareAbsence(by="wang.fang", at=AT, person="wang.fang", until="2026-04-01"),
    p.EndAbsence(by="wang.fang", at=AT, person="wang.fang"),
    p.DelegateAuthority(by="wang.fang", at=AT, to="qian.yu", until="2026-04-01"),
    p.RevokeDelegation(by="wang.fang", at=AT, delegation="delegation.1"),
    p.Tick(by="scheduler", at=AT.replace(year=AT.year + 1)),
    r.RevokeEarlyStart(by="wang.fang", at=AT.replace(year=AT.year + 1), activity="negotiate", reason="they hesitate"),
)


def test_the_steps_are_every_command_there_is() -> None:
    assert {type(step) for step in STEPS} == set(get_args(p.AnyCommand))


def test_a_policy_can_refuse_any_command(plugin: Make) -> None:
    """Each command that a project would take is refused first, with the policy's own reason, and taken without it."""
    asked: list[p.AnyCommand] = []

    def never(process: Process, state: p.ProjectState, command: p.AnyCommand) -> Iterator[Reason]:
        asked.append(command)
        yield Reason(code="ACME1", problem="Never.", remedy="Ask.", problem_zh="不可。", remedy_zh="请询问。")

    policies = collect([plugin("acme", ltcflow_policies=[never])], strict=True).policies
    process, state = bid(), p.NOTHING
    for step in STEPS:
        refused = p.decide(process, state, step, policies=policies)
        assert isinstance(refused, p.Refused), step
        assert [str(reason) for reason in refused.reasons] == ["ACME1: Never. Ask."], step
        taken = p.decide(process, state, step)
        assert isinstance(taken, p.Accepted), (step, taken)
        state = p.replay(taken.events, state)
    assert asked == list(STEPS)


def test_what_a_policy_refuses_is_not_written(plugin: Make) -> None:
    def never(process: Process, state: p.ProjectState, command: p.AnyCommand) -> list[Reason]:
        return [Reason(code="ACME1", problem="Never.", remedy="", problem_zh="不可。", remedy_zh="")]

    store = MemoryStore()
    guarded = ltc.Workspace(store, extensions=collect([plugin("acme", ltcflow_policies=[never])]))
    assert not guarded.start(bid(), project="acme", team=TEAM, at=AT).accepted
    assert store.head("acme")[0] == 0
    free = ltc.Workspace(store, extensions=Extensions())
    assert free.start(bid(), project="acme", team=TEAM, at=AT).accepted
    before = store.head("acme")
    assert not guarded.finish("acme", "offer", by="li.wei", at=AT).accepted
    assert not guarded.preview("acme", p.AddNote(by="li.wei", at=AT, text="hm")).accepted
    assert store.head("acme") == before


def test_all_reasons_of_all_policies_are_given_after_those_of_the_project(plugin: Make) -> None:
    def refuse(code: str) -> Any:
        def policy(process: Process, state: p.ProjectState, command: p.AnyCommand) -> list[Reason]:
            return [Reason(code=code, problem="No.", remedy="", problem_zh="不。", remedy_zh="")]

        return policy

    first = plugin("first", priority=-1, ltcflow_policies=[refuse("ONE")])
    second = plugin("second", ltcflow_policies=[refuse("TWO")])
    ws = ltc.Workspace.open("memory:", extensions=Extensions())
    ws.start(bid(), project="acme", team=TEAM, at=AT)
    state = ws.state("acme")
    command = p.FinishActivity(by="li.wei", at=AT, activity="negotiate")
    answer = p.decide(bid(), state, command, policies=collect([second, first]).policies)
    assert isinstance(answer, p.Refused)
    codes = [reason.code for reason in answer.reasons]
    assert codes == ["LTC512", "ONE", "TWO"]


@pytest.mark.parametrize("wrong", ["raises", "exits", "hangs", "answers 3", "answers text", "raises half way"])
def test_a_policy_that_fails_refuses_by_name(plugin: Make, release: threading.Event, wrong: str) -> None:
    def half(*_: object) -> Iterator[Reason]:
        yield from ()
        raise ValueError("half way")

    def policy(process: Process, state: p.ProjectState, command: p.AnyCommand) -> Any:
        match wrong:
            case "raises":
                raise ValueError("no connection")
            case "exits":
                raise SystemExit(0)
            case "hangs":
                release.wait()
            case "answers 3":
                return 3
            case "answers text":
                return ["no"]
            case "raises half way":
                return half()
        return ()

    found = collect([plugin("acme", ltcflow_policies=[policy])], strict=True, budget=budget(wrong))
    ws = ltc.Workspace.open("memory:", extensions=found)
    answer = ws.start(bid(), project="acme", team=TEAM, at=AT)
    assert isinstance(answer, ltc.Refused)
    (reason,) = answer.reasons
    assert reason.code == "LTC590"
    assert "Policy 'acme.policy' failed" in reason.problem
    assert reason.remedy == "Ask the maintainer of 'acme.policy' to mend it."
    assert ws.projects() == ()


# -- listeners ---------------------------------------------------------------------------------------------------------


def test_listeners_are_told_after_each_commit_and_never_of_a_refusal(plugin: Make) -> None:
    store = MemoryStore()
    told: list[tuple[Committed, int]] = []

    def listen(context: Committed) -> None:
        told.append((context, store.head("acme")[0]))

    ws = ltc.Workspace(store, extensions=collect([plugin("acme", ltcflow_listeners=[listen])]))
    assert not ws.start(bid(), project="acme", team={"lead": "nobody", "boardd": "x"}, at=AT).accepted
    assert ws.start(bid(), project="acme", team=TEAM, at=AT).accepted
    assert not ws.finish("acme", "negotiate", by="li.wei", at=AT).accepted
    assert ws.finish("acme", "offer", by="li.wei", at=AT).accepted
    heard = [context for context, _ in told]
    assert [event for context in heard for event in context.events] == list(ws.log("acme"))
    assert [context.number for context in heard] == [1, 3]
    assert all(context.number == on_record for context, on_record in told)


@pytest.mark.parametrize("wrong", ["raises", "exits", "hangs", "is async"])
def test_a_listener_that_fails_loses_no_event_and_keeps_no_other_from_hearing_it(
    plugin: Make, release: threading.Event, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    heard: list[Committed] = []

    async def later() -> None: ...

    def fail(context: Committed) -> Any:
        match wrong:
            case "raises":
                raise ValueError("no mail server")
            case "exits":
                raise SystemExit(3)
            case "hangs":
                release.wait()
            case "is async":
                return later()
        return None

    before, after = (
        plugin("before", priority=-1, ltcflow_listeners=[heard.append]),
        plugin("late", priority=1, ltcflow_listeners=[heard.append]),
    )
    found = collect(
        [plugin("acme", ltcflow_listeners=[fail]), before, after],
        strict=True,
        budget=budget(wrong),
    )
    ws = ltc.Workspace.open("memory:", extensions=found)
    with caplog.at_level(logging.WARNING, logger="ltcflow.plugins"):
        assert ws.start(bid(), project="acme", team=TEAM, at=AT).accepted
        assert ws.finish("acme", "offer", by="li.wei", at=AT).accepted
    assert len(ws.log("acme")) == 3
    assert ws.verify("acme") == ()
    assert [context.number for context in heard] == [1, 1, 3, 3]
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("acme[1]: LTC73")
    assert second.startswith("acme[3]: LTC73")
    assert "Plugin 'acme': listener acme.fail " in first
