"""Deciding on change requests: asked for, assessed, approved or rejected, implemented."""

from __future__ import annotations

from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as e
from ltcflow.projects.register.changes import Change, ChangeStanding
from ltcflow.projects.register.entitled import may_decide
from ltcflow.stages import Activity
from ltcflow.worktime import as_duration

ChangeCommand = c.RequestChange | c.AssessChange | c.DecideChange | c.ImplementChange


def on_changes(progress: Progress, command: ChangeCommand) -> Accepted | Refused:
    """Decide on one command about a change request."""
    if isinstance(command, c.RequestChange):
        return _request(progress, command)
    found = progress.state.changes.get(command.change)
    if found is None:
        names = sorted(progress.state.changes)
        return refuse(unknown("change request", command.change, names, code="LTC573"))
    match command:
        case c.AssessChange():
            return _assess(progress, found, command)
        case c.DecideChange():
            return _decide(progress, found, command)
        case c.ImplementChange():
            if found.standing is not ChangeStanding.APPROVED:
                return refuse(_not_now(found, "be implemented", "实施", "Let it be approved first.", "请先批准。"))
            event = e.ChangeImplemented(by=command.by, at=command.at, change=found.id, note=command.note)
            return Accepted(events=(event,))


def _request(progress: Progress, command: c.RequestChange) -> Accepted | Refused:
    name = command.change
    reasons = _effects(progress, command)
    if not name.strip() or name in progress.state.changes:
        problem, remedy = f"Change request '{name}' is on the register already.", "Give another id."
        if not name.strip():
            problem, remedy = "The change request has no id.", "Give it one."
        reasons.append(no("LTC573", "", problem, remedy, f"变更请求 {name!r} 已登记或没有编号。", "请另给编号。"))
    if reasons:
        return refuse(*reasons)
    event = e.ChangeRequested(
        by=command.by,
        at=command.at,
        change=name,
        title=command.title,
        side=command.side,
        asked_by=command.asked_by,
        times=command.times,
        cost=command.cost,
        price=command.price,
    )
    return Accepted(events=(event,))


def _assess(progress: Progress, found: Change, command: c.AssessChange) -> Accepted | Refused:
    reasons = _effects(progress, command)
    if not found.standing.pending:
        reasons.append(_not_now(found, "be assessed", "评估", "Ask for another change.", "请另提变更请求。"))
    if reasons:
        return refuse(*reasons)
    event = e.ChangeAssessed(
        by=command.by,
        at=command.at,
        change=found.id,
        times=command.times,
        cost=command.cost,
        price=command.price,
        note=command.note,
    )
    return Accepted(events=(event,))


def _decide(progress: Progress, found: Change, command: c.DecideChange) -> Accepted | Refused:
    reasons = may_decide(progress, command.by, "decide change requests", "决定变更请求")
    if not found.standing.pending:
        reasons.append(_not_now(found, "be decided", "决定", "Ask for another change.", "请另提变更请求。"))
    elif command.approve and found.standing is not ChangeStanding.ASSESSED:
        reasons.append(_not_now(found, "be approved", "批准", "Let somebody assess it first.", "请先评估。"))
    if not command.approve and not command.reason.strip():
        reasons.append(needs_reason("", "A rejection", "拒绝变更"))
    if reasons:
        return refuse(*reasons)
    event = e.ChangeDecided(
        by=command.by, at=command.at, change=found.id, approved=command.approve, reason=command.reason
    )
    return Accepted(events=(event,))


_STANDINGS = {
    ChangeStanding.REQUESTED: ("asked for", "已提出"),
    ChangeStanding.ASSESSED: ("assessed", "已评估"),
    ChangeStanding.APPROVED: ("approved", "已批准"),
    ChangeStanding.REJECTED: ("rejected", "已拒绝"),
    ChangeStanding.IMPLEMENTED: ("implemented", "已实施"),
}


def _not_now(found: Change, verb: str, verb_zh: str, remedy: str, remedy_zh: str) -> Reason:
    stands, stands_zh = _STANDINGS[found.standing]
    problem = f"Change request '{found.id}' is {stands}; it cannot {verb} now."
    return no("LTC574", "", problem, remedy, f"变更请求 {found.id} {stands_zh}，现在不能{verb_zh}。", remedy_zh)


def _effects(progress: Progress, command: c.RequestChange | c.AssessChange) -> list[Reason]:
    """Return what is wrong with the working times: of no activity of the process, or in another kind of time."""
    reasons: list[Reason] = []
    for name, time in command.times:
        activity = progress.process.find(name)
        if not isinstance(activity, Activity):
            reasons.append(unknown("activity", name, (a.id for a in progress.process.activities())))
            continue
        elapsed = activity.duration is not None and activity.duration.likely.elapsed
        if as_duration(time).elapsed != elapsed:
            kind, kind_zh = ("elapsed", "日历时间") if elapsed else ("working", "工作时间")
            problem = f"'{name}' is estimated in {kind} time, and {time} is not."
            problem_zh = f"{name} 按{kind_zh}估算，而 {time} 不是。"
            remedy, remedy_zh = f"Give the added time of '{name}' in {kind} time.", f"请按{kind_zh}给出。"
            reasons.append(no("LTC574", name, problem, remedy, problem_zh, remedy_zh))
    return reasons
