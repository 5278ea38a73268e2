"""`decide`: what a command does to a project. Pure: the same process, state and command give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol, assert_never

from ltcflow.process import Process
from ltcflow.projects import commands as c
from ltcflow.projects import concessions, delegating, gates, life, waiting, work
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import no, refuse
from ltcflow.projects.register.deciding import on_register
from ltcflow.projects.settling import settle
from ltcflow.projects.state import ProjectState, Standing
from ltcflow.worktime import Named, calendar

_ALWAYS = (c.AddNote,)
_OF_TIME = (c.EndWaiting, c.Tick)
_AT_REST = (
    *(c.AssignRole, c.RecordFacts, *c.REGISTER, c.MeetCondition, c.RedateCondition),
    *(c.DelegateAuthority, c.RevokeDelegation, c.NameSubstitutes, c.DeclareAbsence, c.EndAbsence),
)
_AT_WORK = (
    c.StartActivity,
    c.FinishActivity,
    c.SubmitDeliverable,
    c.CastVote,
    c.DelegateVote,
    c.WaiveCriterion,
    c.ApproveEarlyStart,
    c.HoldProject,
    c.StartWaiting,
)
ALLOWED: Mapping[Standing, frozenset[type[c.Command]]] = MappingProxyType(
    {
        Standing.UNBORN: frozenset({c.StartProject}),
        Standing.RUNNING: frozenset({*_ALWAYS, *_AT_REST, *_OF_TIME, *_AT_WORK, c.CloseProject}),
        Standing.HELD: frozenset({*_ALWAYS, *_AT_REST, *_OF_TIME, c.ResumeProject, c.CloseProject}),
        Standing.CLOSED: frozenset({c.ReopenProject}),
    }
)
"""Which commands a project takes in which standing."""


class Policy(Protocol):
    """May refuse any command: a pure function that returns reasons, none when it has nothing against it."""

    def __call__(self, process: Process, state: ProjectState, command: c.AnyCommand, /) -> Iterable[Reason]: ...


def decide(
    process: Process,
    state: ProjectState,
    command: c.AnyCommand,
    *,
    judges: Judges = NO_JUDGES,
    policies: tuple[tuple[str, Policy], ...] = (),
    calendars: Named = calendar,
) -> Accepted | Refused:
    """Say what *command* does to a project.

    Args:
        process: the declaration the project runs on.
        state: what its record adds up to (`replay`); `NOTHING` before it has begun.
        judges: criteria of plugins, by name.
        policies: (name, policy) of each plugin that may refuse commands; all are asked, all their reasons given.
        calendars: finds the calendars that the process does not declare, for `Tick`; such as `Extensions.calendar`.
    Returns:
        Accepted with the events to record, or Refused with every reason; a refused command changes nothing.
    Cost: independent of the length of the log; about 10 to 30 us without plugins.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, StartProject, decide
        >>> bid = b.process("bid", stages=[b.stage("prepare", activities=[b.activity("solution")])])
        >>> now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> answer = decide(bid, NOTHING, StartProject(project="acme", by="li.wei", at=now))
        >>> answer.accepted, type(answer.events[0]).__name__
        (True, 'ProjectStarted')
    """
    reasons = _before(process, state, command)
    if reasons:
        return refuse(*reasons)
    if isinstance(command, c.StartProject):
        answer = life.start(process, command)
    elif isinstance(command, c.Tick):
        answer = waiting.tick(Progress(process, state, command.at, judges), command, calendars)
    else:
        answer = _dispatch(Progress(process, state, command.at, judges), command)
    refused = [reason for name, policy in policies for reason in _ask(name, policy, process, state, command)]
    if refused:
        mine = answer.reasons if isinstance(answer, Refused) else ()
        return refuse(*mine, *refused, explanation=answer.explanation)
    return answer if isinstance(answer, Refused) else settle(process, state, command, answer, judges)


def _before(process: Process, state: ProjectState, command: c.AnyCommand) -> list[Reason]:
    reasons: list[Reason] = []
    standing = state.standing
    if type(command) not in ALLOWED[standing]:
        reasons.append(_not_now(standing, command))
    if command.at < state.at and standing is not Standing.UNBORN:
        problem = f"The command is of {command.at.isoformat()}, the last event of {state.at.isoformat()}."
        remedy = "Give a later time; the record never runs backwards."
        problem_zh = f"命令时间 {command.at.isoformat()} 早于最后事件 {state.at.isoformat()}。"
        reasons.append(no("LTC503", "", problem, remedy, problem_zh, "请给出更晚的时间;记录不可倒流。"))
    if standing is not Standing.UNBORN and state.process != process.id:
        problem = f"The project runs on process '{state.process}', not on '{process.id}'."
        problem_zh = f"项目运行在流程 {state.process} 上,而不是 {process.id}。"
        reasons.append(no("LTC500", "", problem, "Hand in the right process.", problem_zh, "请使用正确的流程。"))
    return reasons


def _not_now(standing: Standing, command: c.AnyCommand) -> Reason:
    name = type(command).__name__
    match standing:
        case Standing.UNBORN:
            return no("LTC500", "", "There is no such project.", "Start it first.", "没有这个项目。", "请先启动它。")
        case Standing.CLOSED:
            problem, remedy = f"The project is closed; it takes no {name}.", "Reopen it first, with a reason."
            return no("LTC502", "", problem, remedy, f"项目已关闭,不接受 {name}。", "请先说明理由重新打开。")
        case _ if isinstance(command, c.StartProject):
            problem, remedy = "The project has been started.", "Choose another id for another project."
            return no("LTC501", "", problem, remedy, "项目已启动。", "新项目请另选编号。")
        case Standing.HELD:
            problem, remedy = f"The project is on hold; it takes no {name}.", "Resume it first."
            return no("LTC502", "", problem, remedy, f"项目已暂停,不接受 {name}。", "请先恢复项目。")
        case _:
            problem, remedy = f"The project is running; it takes no {name}.", "There is nothing to do."
            return no("LTC502", "", problem, remedy, f"项目正在运行,不接受 {name}。", "无需操作。")


def _dispatch(progress: Progress, command: c.AnyCommand) -> Accepted | Refused:
    """One line per command."""
    match command:
        case c.FinishActivity():
            return work.finish(progress, command)
        case c.StartActivity():
            return work.begin(progress, command)
        case c.CastVote():
            return gates.vote(progress, command)
        case c.SubmitDeliverable():
            return work.submit(progress, command)
        case c.RecordFacts():
            return work.record(progress, command)
        case c.ApproveEarlyStart():
            return work.approve_early(progress, command)
        case c.DelegateVote():
            return concessions.delegate(progress, command)
        case c.WaiveCriterion():
            return concessions.waive(progress, command)
        case c.MeetCondition():
            return concessions.meet(progress, command)
        case c.RedateCondition():
            return concessions.redate(progress, command)
        case c.AssignRole():
            return life.assign(progress, command)
        case c.HoldProject():
            return life.hold(progress, command)
        case c.ResumeProject():
            return life.resume(progress, command)
        case c.CloseProject():
            return life.close(progress, command)
        case c.ReopenProject():
            return life.reopen(progress, command)
        case c.StartWaiting():
            return waiting.start_waiting(progress, command)
        case c.EndWaiting():
            return waiting.end_waiting(progress, command)
        case c.Tick():
            return waiting.tick(progress, command)
        case c.AddNote():
            return life.note(progress, command)
        case c.DelegateAuthority():
            return delegating.delegate_authority(progress, command)
        case c.RevokeDelegation():
            return delegating.revoke(progress, command)
        case c.NameSubstitutes():
            return delegating.name_substitutes(progress, command)
        case c.DeclareAbsence():
            return delegating.declare_absence(progress, command)
        case c.EndAbsence():
            return delegating.end_absence(progress, command)
        case c.StartProject():
            return life.start(progress.process, command)
        case c.RegisterCommand():
            return on_register(progress, command)
        case _:
            assert_never(command)


def _ask(name: str, policy: Policy, process: Process, state: ProjectState, command: c.AnyCommand) -> tuple[Reason, ...]:
    """Ask one policy; one that fails refuses, by name: fail closed."""
    try:
        reasons = tuple(policy(process, state, command))
        wrong = next((r for r in reasons if not isinstance(r, Reason)), None)
        problem = f"returned {type(wrong).__name__} instead of a Reason" if wrong is not None else ""
    except Exception as error:  # whatever a plugin does wrong must not let a command through
        reasons, problem = (), f"failed: {type(error).__name__}: {error}"[:300]
    if not problem:
        return reasons
    remedy, remedy_zh = f"Ask the maintainer of '{name}' to mend it.", f"请 {name} 的维护者修复。"
    return (no("LTC590", "", f"Policy '{name}' {problem}.", remedy, f"策略 {name} 出错:{problem}。", remedy_zh),)
