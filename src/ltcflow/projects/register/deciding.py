"""Deciding on the registers: which command is decided where, and the revocation of an early start."""

from __future__ import annotations

from typing import assert_never

from ltcflow.projects.answers import Accepted, Refused
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as e
from ltcflow.projects.register.change_decisions import on_changes
from ltcflow.projects.register.commitment_decisions import on_commitments
from ltcflow.projects.register.handover_decisions import on_handovers
from ltcflow.projects.register.risk_decisions import on_risks
from ltcflow.projects.work import may_approve_early


def on_register(progress: Progress, command: c.AnyRegisterCommand) -> Accepted | Refused:
    """Decide on one command about a register."""
    match command:
        case (
            c.RaiseRisk()
            | c.UpdateRisk()
            | c.AnswerRisk()
            | c.PlanRiskAction()
            | c.FinishRiskAction()
            | c.HandOverRisk()
            | c.CloseRisk()
        ):
            return on_risks(progress, command)
        case c.RequestChange() | c.AssessChange() | c.DecideChange() | c.ImplementChange():
            return on_changes(progress, command)
        case (
            c.RecordCommitment()
            | c.RecordClause()
            | c.TraceCommitment()
            | c.FulfilCommitment()
            | c.WithdrawCommitment()
        ):
            return on_commitments(progress, command)
        case c.OfferHandover() | c.AcceptHandover() | c.RejectHandover() | c.RecordLesson() | c.RecordPayment():
            return on_handovers(progress, command)
        case c.RevokeEarlyStart():
            return _revoke(progress, command)
        case _:
            assert_never(command)


def _revoke(progress: Progress, command: c.RevokeEarlyStart) -> Accepted | Refused:
    """Take back an early start: by those who may approve one, or by who approved it."""
    name, state = command.activity, progress.state
    condition = state.early.get(name)
    if condition is None:
        known = ", ".join(sorted(state.early))
        problem, problem_zh = f"No early start of '{name[:100]}' is approved.", f"{name[:100]} 没有获批的提前启动。"
        remedy, remedy_zh = f"Approved: {known or 'none'}.", f"已批准的：{known or '无'}。"
        return refuse(no("LTC585", "", problem, remedy, problem_zh, remedy_zh))
    approval = state.approvals.get(condition)
    own = approval is not None and approval.by == command.by
    reasons = [] if own else may_approve_early(progress, progress.position(name), command.by)
    if not command.reason.strip():
        reasons.append(needs_reason(name, "Taking back an early start", "撤销提前启动"))
    if reasons:
        return refuse(*reasons)
    event = e.EarlyStartRevoked(by=command.by, at=command.at, activity=name, reason=command.reason)
    return Accepted(events=(event,))
