"""Deciding on the ledger of promises: recorded, traced, kept, let go; and on the clauses of the contract."""

from __future__ import annotations

from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as e
from ltcflow.projects.register.commitments import Commitment
from ltcflow.projects.register.entitled import may_decide
from ltcflow.stages import Activity, Deliverable, Gate, Milestone

CommitmentCommand = c.RecordCommitment | c.RecordClause | c.TraceCommitment | c.FulfilCommitment | c.WithdrawCommitment


def on_commitments(progress: Progress, command: CommitmentCommand) -> Accepted | Refused:
    """Decide on one command about the ledger."""
    if isinstance(command, c.RecordCommitment):
        return _record(progress, command)
    if isinstance(command, c.RecordClause):
        return _clause(progress, command)
    found = progress.state.commitments.get(command.commitment)
    if found is None or not found.open:
        names = sorted(one.id for one in progress.state.commitments.values() if one.open)
        return refuse(unknown("open promise", command.commitment, names, code="LTC575"))
    match command:
        case c.TraceCommitment():
            return _trace(progress, found, command)
        case c.FulfilCommitment():
            return _fulfil(progress, found, command)
        case c.WithdrawCommitment():
            reasons = may_decide(progress, command.by, "let a promise go", "撤销承诺")
            if not command.reason.strip():
                reasons.append(needs_reason("", "Letting a promise go", "撤销承诺"))
            if reasons:
                return refuse(*reasons)
            event = e.CommitmentWithdrawn(by=command.by, at=command.at, commitment=found.id, reason=command.reason)
            return Accepted(events=(event,))


def _record(progress: Progress, command: c.RecordCommitment) -> Accepted | Refused:
    reasons = _new("promise", "承诺", command.commitment, command.commitment in progress.state.commitments)
    if not command.text.strip():
        reasons.append(needs_reason("", "A promise (its text)", "承诺（内容）"))
    if command.source and progress.process.find(command.source) is None:
        reasons.append(unknown("element", command.source, (one.id for one in progress.process.elements())))
    if reasons:
        return refuse(*reasons)
    event = e.CommitmentRecorded(
        by=command.by,
        at=command.at,
        commitment=command.commitment,
        text=command.text,
        to=command.to,
        made_by=command.made_by,
        value=command.value,
        source=command.source,
    )
    return Accepted(events=(event,))


def _clause(progress: Progress, command: c.RecordClause) -> Accepted | Refused:
    reasons = _new("clause", "条款", command.clause, command.clause in progress.state.clauses)
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.ClauseRecorded(by=command.by, at=command.at, clause=command.clause, text=command.text),))


def _new(kind: str, kind_zh: str, name: str, known: bool) -> list[Reason]:
    if name.strip() and not known:
        return []
    problem, remedy = f"There is a {kind} '{name}' on the ledger already.", "Give another id."
    if not name.strip():
        problem, remedy = f"The {kind} has no id.", "Give it one."
    return [no("LTC575", "", problem, remedy, f"{kind_zh} {name!r} 已登记或没有编号。", "请另给编号。")]


def _trace(progress: Progress, found: Commitment, command: c.TraceCommitment) -> Accepted | Refused:
    process, clauses = progress.process, progress.state.clauses
    reasons: list[Reason] = []
    if command.clause and command.clause not in clauses:
        reasons.append(unknown("clause", command.clause, sorted(clauses), code="LTC575"))
    if command.activity and not isinstance(process.find(command.activity), Activity):
        reasons.append(unknown("activity", command.activity, (a.id for a in process.activities())))
    if command.acceptance and not _accepts(progress, command.acceptance):
        kinds = (Deliverable, Gate, Milestone)
        names = (one.id for one in process.elements() if isinstance(one, kinds))
        reasons.append(unknown("deliverable, gate, milestone or criterion", command.acceptance, names))
    if not (command.clause or command.activity or command.acceptance):
        problem, remedy = "The trace names nothing.", "Name a clause, an activity or what accepts it."
        remedy_zh = "请给出条款、活动或验收依据。"
        reasons.append(no("LTC575", "", problem, remedy, "追溯没有指明任何内容。", remedy_zh))
    if reasons:
        return refuse(*reasons)
    event = e.CommitmentTraced(
        by=command.by,
        at=command.at,
        commitment=found.id,
        clause=command.clause,
        activity=command.activity,
        acceptance=command.acceptance,
    )
    return Accepted(events=(event,))


def _accepts(progress: Progress, name: str) -> bool:
    element, _, key = name.partition("/")
    found = progress.process.find(element)
    if key:
        return any(key == known for known, _ in progress.compiled.criteria.get(element, ()))
    return isinstance(found, Deliverable | Gate | Milestone)


def _fulfil(progress: Progress, found: Commitment, command: c.FulfilCommitment) -> Accepted | Refused:
    if found.activity and not progress.ended(progress.position(found.activity)):
        name = found.activity
        problem, remedy = f"Promise '{found.id}' waits for '{name}', which delivers it.", f"Finish '{name}' first."
        problem_zh, remedy_zh = f"承诺 {found.id} 由 {name} 交付，而它尚未完成。", f"请先完成 {name}。"
        return refuse(no("LTC512", name, problem, remedy, problem_zh, remedy_zh))
    event = e.CommitmentFulfilled(by=command.by, at=command.at, commitment=found.id, note=command.note)
    return Accepted(events=(event,))
