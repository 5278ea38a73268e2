"""Deciding on what goes with a gate: votes given away, criteria waived, conditions met or given another date."""

from __future__ import annotations

import attrs

from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import people_of
from ltcflow.projects.gates import find_gate, reopening, separated
from ltcflow.projects.panel import panel
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.state import Obligation
from ltcflow.projects.work import may_approve_early, past
from ltcflow.roles import Person
from ltcflow.stages import Gate


def delegate(progress: Progress, command: c.DelegateVote) -> Accepted | Refused:
    """Give one's vote on a gate to somebody who has none and whom separation of duties does not bar."""
    gate = find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    asked = panel(progress, gate)
    state, entitled = asked.round, asked.voters
    mine = next((v for v in entitled if v.person == command.by), None)
    stands_in = any(command.by == one.person for one in asked.stand_ins.values())
    if mine is None or stands_in or any(v.by == command.by for v in state.votes):
        names = ", ".join(v.person for v in entitled) or "nobody"
        problem, remedy = f"{command.by} has no vote on '{gate.id}' to give away.", f"Voters are: {names}."
        return refuse(
            no("LTC523", gate.id, problem, remedy, f"{command.by} 没有可委托的表决权。", f"有表决权的是:{names}。")
        )
    if any(command.to == v.person for v in entitled) or any(command.to == gave for gave, _ in state.delegated):
        problem, remedy = f"{command.to} judges '{gate.id}' already; nobody votes twice.", "Name somebody else."
        return refuse(
            no(
                "LTC531",
                gate.id,
                problem,
                remedy,
                f"{command.to} 已有 {gate.id} 的表决权,不可一人两票。",
                "请另选他人。",
            )
        )
    reasons = separated(progress, gate, attrs.evolve(mine, person=command.to, instead_of=command.by))
    if reasons:
        return refuse(*reasons)
    given = e.VoteDelegated(by=command.by, at=command.at, gate=gate.id, to=command.to)
    return Accepted(events=(*reopening(progress, gate, command), given))


def waive(progress: Progress, command: c.WaiveCriterion) -> Accepted | Refused:
    """Let a gate do without a criterion: by those who decide it, with a reason."""
    gate = find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    pairs = dict(progress.compiled.criteria.get(gate.id, ()))
    if command.criterion not in pairs:
        return refuse(unknown("criterion", command.criterion, pairs))
    state = progress.gate_round(gate.id)
    reasons = _may_decide(progress, gate, command.by)
    gone = any(command.criterion == key for key, _ in state.waived)
    if pairs[command.criterion].mandatory or gone or state.verdict is not None:
        why, why_zh = ("is mandatory", "为强制判据") if pairs[command.criterion].mandatory else ("is settled", "已了结")
        problem, remedy = f"'{command.criterion}' {why}.", "Meet it." if not gone else "Nothing is left to do."
        reasons.append(
            no(
                "LTC543",
                gate.id,
                problem,
                remedy,
                f"{command.criterion} {why_zh}。",
                "请满足它。" if not gone else "无需再做。",
            )
        )
    if not command.reason.strip():
        reasons.append(needs_reason(gate.id, "A waiver", "豁免"))
    if reasons:
        return refuse(*reasons)
    event = e.CriterionWaived(
        by=command.by, at=command.at, gate=gate.id, criterion=command.criterion, reason=command.reason
    )
    return Accepted(events=(*reopening(progress, gate, command), event))


def _may_decide(progress: Progress, gate: Gate, by: Person) -> list[Reason]:
    asked = panel(progress, gate)
    roles = tuple(dict.fromkeys(role for rule in asked.rules for role in (*rule.roles, *rule.veto)))
    people = people_of(progress.state.team, roles)
    if by in people or any(by == one.person for (_, role), one in asked.stand_ins.items() if role in roles):
        return []
    names = ", ".join(people) or ", ".join(roles)
    problem, remedy = f"{by} does not decide '{gate.id}'.", f"Ask {names}."
    return [no("LTC523", gate.id, problem, remedy, f"{by} 不是 {gate.id} 的决策人。", f"请找 {names}。")]


def _find_condition(progress: Progress, name: str) -> Obligation | Refused:
    found = progress.state.obligations.get(name)
    if found is not None and found.met is None:
        return found
    open_ones = [o.id for o in progress.state.obligations.values() if o.met is None]
    return refuse(unknown("open condition", name, sorted(open_ones), code="LTC540"))


def meet(progress: Progress, command: c.MeetCondition) -> Accepted | Refused:
    """Meet a condition: by its owner (or a wearer of the owning role), or by those who decide its gate.

    Past its date its gate is open again, and stays so: what was decided on a promise that was broken is decided anew.
    """
    found = _find_condition(progress, command.condition)
    if isinstance(found, Refused):
        return found
    team = progress.state.team
    owners = team.people(found.owner) or (found.owner,)
    gate = progress.process.find(found.gate) if found.gate else None
    deciders = isinstance(gate, Gate) and not _may_decide(progress, gate, command.by)
    if command.by not in owners and not deciders:
        names = ", ".join(owners)
        problem, remedy = f"Condition '{found.id}' is owed by {names}, not by {command.by}.", f"Ask {names}."
        return refuse(
            no(
                "LTC515",
                found.gate or found.activity,
                problem,
                remedy,
                f"条件 {found.id} 由 {names} 负责。",
                f"请找 {names}。",
            )
        )
    event = e.ConditionWasMet(by=command.by, at=command.at, condition=found.id, note=command.note)
    late = found.due < progress.today
    reopened = reopening(progress, gate, command) if isinstance(gate, Gate) and late else ()
    return Accepted(events=(*reopened, event))


def redate(progress: Progress, command: c.RedateCondition) -> Accepted | Refused:
    """Give an unmet condition another date: by those who decide its gate, or who may approve the early start."""
    found = _find_condition(progress, command.condition)
    if isinstance(found, Refused):
        return found
    gate = progress.process.find(found.gate) if found.gate else None
    if isinstance(gate, Gate):
        reasons = _may_decide(progress, gate, command.by)
    else:
        reasons = _may_approve(progress, found, command.by)
    if command.due < progress.today:
        reasons.append(past(found.gate or found.activity))
    if not command.reason.strip():
        reasons.append(needs_reason(found.gate or found.activity, "Another date", "改期"))
    if reasons:
        return refuse(*reasons)
    event = e.ConditionRedated(by=command.by, at=command.at, condition=found.id, due=command.due, reason=command.reason)
    return Accepted(events=(event,))


def _may_approve(progress: Progress, found: Obligation, by: Person) -> list[Reason]:
    approver = by == found.owner
    return [] if approver else may_approve_early(progress, progress.position(found.activity), by)
