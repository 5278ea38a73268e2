"""Deciding on hand-overs and lessons: one side offers, the other accepts or rejects, and nobody signs for both."""

from __future__ import annotations

from typing import assert_never

from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as e
from ltcflow.projects.register.entitled import leading_roles
from ltcflow.projects.register.handovers import Handover
from ltcflow.projects.register.package import overtaken, package
from ltcflow.stages import Milestone, Stage

HandoverCommand = c.OfferHandover | c.AcceptHandover | c.RejectHandover | c.RecordLesson | c.RecordPayment


def on_handovers(progress: Progress, command: HandoverCommand) -> Accepted | Refused:
    """Decide on one command about hand-overs or lessons."""
    match command:
        case c.OfferHandover():
            return _offer(progress, command)
        case c.AcceptHandover():
            return _accept(progress, command)
        case c.RejectHandover():
            return _reject(progress, command)
        case c.RecordLesson():
            return _lesson(progress, command)
        case c.RecordPayment():
            return _payment(progress, command)
        case _:
            assert_never(command)


def _offer(progress: Progress, command: c.OfferHandover) -> Accepted | Refused:
    reasons = [*_stage(progress, command.stage), *_free(progress, command.handover), *_sides(progress, command)]
    if reasons:
        return refuse(*reasons)
    found = package(progress, command.stage)
    event = e.HandoverOffered(
        by=command.by,
        at=command.at,
        handover=command.handover,
        to=command.to,
        stage=command.stage,
        package=found.fingerprint,
        missing=tuple(piece.key for piece in found.missing),
        note=command.note,
    )
    return Accepted(events=(event,))


def _stage(progress: Progress, name: str) -> list[Reason]:
    if not name or isinstance(progress.process.find(name), Stage):
        return []
    return [unknown("stage", name, (stage.id for stage in progress.process.stages))]


def _free(progress: Progress, name: str) -> list[Reason]:
    known = progress.state.handovers.get(name)
    if name.strip() and (known is None or not known.binding):
        return []
    if known is None:
        problem, remedy = "The hand-over has no id.", "Give it one."
        return [no("LTC591", "", problem, remedy, "移交没有编号。", "请给出编号。")]
    word, zh = ("accepted", "已接收") if known.accepted is not None else ("on offer", "待接收")
    problem, remedy = f"Hand-over '{name[:100]}' is {word} already.", "Give another id."
    return [no("LTC591", "", problem, remedy, f"移交 {name[:100]} {zh}。", "请另给编号。")]


def _sides(progress: Progress, command: c.OfferHandover) -> list[Reason]:
    """Why the giver may not give, or the receiver not take: those who lead give, and nobody stands on both sides."""
    process, team = progress.process, progress.state.team
    leaders = people_of(team, leading_roles(process))
    reasons: list[Reason] = []
    if leaders and command.by not in leaders:
        names = ", ".join(leaders)
        problem, remedy = f"{command.by} may not hand this project over.", f"Ask {names}."
        reasons.append(no("LTC515", "", problem, remedy, f"{command.by} 无权移交本项目。", f"请找 {names}。"))
    first = tuple(role.id for role in process.roles if role.first_responsible)
    if command.to == command.by or command.to in people_of(team, first):
        problem = f"{command.to} stands on the giving side and cannot receive."
        remedy = "Name somebody of the team that takes over."
        reasons.append(
            no("LTC592", "", problem, remedy, f"{command.to} 属于移交方，不能接收。", "请指定接收团队的人员。")
        )
    return reasons


def _on_offer(progress: Progress, command: c.AcceptHandover | c.RejectHandover) -> Handover | Reason:
    """The hand-over that *command* is about, or why nobody, or not this person, can answer it."""
    found = progress.state.handovers.get(command.handover)
    if found is None or found.standing != "offered":
        known = sorted(one.id for one in progress.state.handovers.values() if one.standing == "offered")
        return unknown("hand-over on offer", command.handover, known, code="LTC593")
    if command.by != found.receiver:
        problem = f"Only {found.receiver} can answer hand-over '{found.id[:100]}'."
        problem_zh = f"移交 {found.id[:100]} 只能由 {found.receiver} 答复。"
        remedy = "Nobody signs for the other side; offer it to another receiver if need be."
        return no("LTC594", "", problem, remedy, problem_zh, "任何人不得代对方签字；如有需要，请改向他人移交。")
    return found


def _accept(progress: Progress, command: c.AcceptHandover) -> Accepted | Refused:
    found = _on_offer(progress, command)
    if isinstance(found, Reason):
        return refuse(found)
    worse = overtaken(progress, found)
    if worse:
        names = ", ".join(worse[:8])
        problem = f"The package is worse than the one offered: {names} missing now."
        problem_zh = f"移交包已不如提出之时，现缺：{names}。"
        return refuse(no("LTC595", "", problem, "Have it offered again.", problem_zh, "请移交方重新提出。"))
    now = package(progress, found.stage)
    event = e.HandoverAccepted(
        by=command.by,
        at=command.at,
        handover=found.id,
        package=now.fingerprint,
        missing=tuple(piece.key for piece in now.missing),
        note=command.note,
    )
    return Accepted(events=(event,))


def _reject(progress: Progress, command: c.RejectHandover) -> Accepted | Refused:
    found = _on_offer(progress, command)
    reasons = [found] if isinstance(found, Reason) else []
    if not command.reason.strip():
        reasons.append(needs_reason("", "Rejecting a hand-over", "拒绝移交"))
    if reasons:
        return refuse(*reasons)
    event = e.HandoverRejected(by=command.by, at=command.at, handover=command.handover, reason=command.reason)
    return Accepted(events=(event,))


def _lesson(progress: Progress, command: c.RecordLesson) -> Accepted | Refused:
    reasons = _stage(progress, command.stage)
    if not command.text.strip():
        reasons.append(needs_reason("", "A lesson (its text)", "经验教训（内容）"))
    if reasons:
        return refuse(*reasons)
    event = e.LessonRecorded(by=command.by, at=command.at, text=command.text, stage=command.stage, tags=command.tags)
    return Accepted(events=(event,))


def _payment(progress: Progress, command: c.RecordPayment) -> Accepted | Refused:
    name, number = command.milestone, command.number
    milestone = progress.process.find(name)
    if not isinstance(milestone, Milestone):
        return refuse(unknown("milestone", name, (one.id for one in progress.process.milestones)))
    count = len(milestone.payments)
    if not 1 <= number <= count or (name, number) in progress.state.paid:
        problem = f"Milestone '{name}' has no instalment {number} that is still to come."
        problem_zh = f"里程碑 {name} 没有尚未到账的第 {number} 笔分期。"
        remedy, remedy_zh = f"It declares {count}; each comes once.", f"共声明 {count} 笔，每笔只到账一次。"
        return refuse(no("LTC596", name, problem, remedy, problem_zh, remedy_zh))
    event = e.PaymentReceived(by=command.by, at=command.at, milestone=name, number=number, note=command.note)
    return Accepted(events=(event,))
