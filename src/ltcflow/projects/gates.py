"""Deciding on gates: votes, delegation, waivers, conditions, and what an outcome brings about."""

from __future__ import annotations

from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, CriterionAnswer, Reason, Refused
from ltcflow.projects.criteria import judge_all, people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.state import GateState, Obligation
from ltcflow.projects.votes import Voter, tally, voters
from ltcflow.projects.work import applies, blocking, past
from ltcflow.roles import Person, clashes
from ltcflow.stages import Gate, Verdict


def _find_gate(progress: Progress, name: str) -> Gate | Refused:
    gate = progress.process.find(name)
    if isinstance(gate, Gate):
        return gate
    return refuse(unknown("gate", name, (g.id for g in progress.process.gates())))


def vote(progress: Progress, command: c.CastVote) -> Accepted | Refused:
    """Judge a gate; the vote that completes the rule decides it."""
    gate = _find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    answers = judge_all(progress, gate.id)
    state = progress.state.gate(gate.id)
    reopened = _reopening(progress, gate, command)
    if reopened:
        state = GateState(round=state.round + 1, waived=state.waived)
    voter = next((v for v in voters(gate.decided_by, progress.state.team, state) if v.person == command.by), None)
    reasons = [*_open(progress, gate), *_voter(progress, gate, state, voter, command)]
    reasons += _verdict(progress, gate, command)
    if command.verdict.passes:
        reasons += [_unmet(gate.id, answer) for answer in answers if not answer.satisfied]
    if reasons or voter is None:
        return refuse(*reasons, explanation=answers)
    cast = _cast(progress, gate, voter, command, answers)
    votes = GateState(state.round, (*state.votes, cast), state.delegated, state.waived)
    outcome = tally(gate.decided_by, progress.state.team, votes).verdict
    events: tuple[e.AnyEvent, ...] = (*reopened, cast)
    if outcome is not None:
        events += decided(progress, gate, votes, outcome, command)
    return Accepted(events=events, explanation=answers)


def _reopening(progress: Progress, gate: Gate, command: c.Command) -> tuple[e.AnyEvent, ...]:
    state = progress.state.gate(gate.id)
    breach = progress.breach(gate.id) if state.verdict is not None and state.verdict.passes else None
    if breach is None:
        return ()
    return (e.GateReopened(by=command.by, at=command.at, gate=gate.id, condition=breach.id),)


def _open(progress: Progress, gate: Gate) -> list[Reason]:
    """Why *gate* cannot be judged now."""
    i = progress.position(gate.id)
    if progress.passed(gate.id):
        problem, remedy = f"'{gate.id}' has been passed.", "A passed gate is judged again only after a recycle."
        return [no("LTC521", gate.id, problem, remedy, f"{gate.id} 已经通过。", "只有退回后才会重新决策。")]
    reasons = applies(progress, i)
    left = sorted(blocking(progress, i))
    if left:
        names = ", ".join(left)
        problem, remedy = f"'{gate.id}' is not open yet: it waits for {names}.", f"Finish {names} first."
        reasons.append(
            no("LTC520", gate.id, problem, remedy, f"{gate.id} 尚未开放:等待 {names}。", f"请先完成 {names}。")
        )
    for obligation in progress.shut_by(gate.id):
        problem = f"'{gate.id}' stays shut: condition '{obligation.id}' of '{obligation.gate}' is not met."
        remedy = f"Let {obligation.owner} meet it, or let those who decide '{obligation.gate}' give it another date."
        problem_zh = f"{gate.id} 保持关闭:{obligation.gate} 的条件 {obligation.id} 未满足。"
        remedy_zh = f"请 {obligation.owner} 满足该条件,或由 {obligation.gate} 的决策人改期。"
        reasons.append(no("LTC522", gate.id, problem, remedy, problem_zh, remedy_zh))
    return reasons


def _voter(progress: Progress, gate: Gate, state: GateState, voter: Voter | None, command: c.CastVote) -> list[Reason]:
    """Why *by* may not judge *gate*."""
    by = command.by
    if any(by == gave for gave, _ in state.delegated):
        to = dict(state.delegated)[by]
        problem, remedy = f"{by} has given the vote on '{gate.id}' to {to}.", f"Ask {to}."
        return [no("LTC524", gate.id, problem, remedy, f"{by} 已将 {gate.id} 的表决委托给 {to}。", f"请找 {to}。")]
    if voter is None:
        entitled = ", ".join(v.person for v in voters(gate.decided_by, progress.state.team, state))
        roles = ", ".join(gate.decided_by.roles)
        problem = f"{by} wears none of the roles that decide '{gate.id}' ({roles})."
        remedy = f"Ask {entitled}." if entitled else f"Assign somebody to {roles}."
        problem_zh = f"{by} 不担任决策 {gate.id} 的角色({roles})。"
        return [no("LTC523", gate.id, problem, remedy, problem_zh, f"请找 {entitled or '先任命 ' + roles}。")]
    if any(vote.by == by for vote in state.votes):
        problem, remedy = f"{by} has voted on '{gate.id}'.", "Wait for the others; a vote counts once a round."
        return [no("LTC524", gate.id, problem, remedy, f"{by} 已对 {gate.id} 表决。", "请等待其他人;每轮一票。")]
    return _separated(progress, gate, voter)


def _separated(progress: Progress, gate: Gate, voter: Voter) -> list[Reason]:
    """Separation of duties: nobody judges in a role what they did, or decided to do, in a role separated from it."""
    separation = progress.process.separation_of_duties
    if not separation:
        return []
    worn = set(progress.state.team.roles(voter.person))
    acted = {role for (_, person), role in progress.state.did.items() if person == voter.person and role}
    reasons = []
    for roles in separation:
        if voter.role not in roles:
            continue
        other = next((r for r in roles if r != voter.role and (r in acted or r in worn)), None)
        if other is not None:
            problem = f"{voter.person} wears or wore '{other}', which is separated from '{voter.role}'."
            problem_zh = f"{voter.person} 担任或曾担任 {other},与 {voter.role} 职责分离。"
            remedy, remedy_zh = f"Let somebody else judge '{gate.id}'.", f"请由他人对 {gate.id} 表决。"
            reasons.append(no("LTC525", gate.id, problem, remedy, problem_zh, remedy_zh))
    return reasons


def _verdict(progress: Progress, gate: Gate, command: c.CastVote) -> list[Reason]:
    """Why the verdict itself cannot be given."""
    reasons: list[Reason] = []
    verdict, gate_id = command.verdict, gate.id
    if verdict is Verdict.RECYCLE and not gate.recycle_to:
        problem, remedy = f"'{gate_id}' does not say where a recycle leads.", "Vote hold or stop, or mend the process."
        reasons.append(no("LTC527", gate_id, problem, remedy, f"{gate_id} 未声明退回目标。", "请改投 hold 或 stop。"))
    if verdict is Verdict.CONDITIONAL and not _gates_to_come(progress, gate):
        problem = f"'{gate_id}' is the last gate: no later gate could see to the conditions."
        problem_zh = f"{gate_id} 是最后一个关口,没有后续关口可以把关条件。"
        reasons.append(no("LTC527", gate_id, problem, "Vote go, hold or stop.", problem_zh, "请投 go、hold 或 stop。"))
    dated = command.conditions and all(p.due >= command.at.date() and p.text.strip() for p in command.conditions)
    if (verdict is Verdict.CONDITIONAL and not dated) or (verdict is not Verdict.CONDITIONAL and command.conditions):
        problem = "A conditional go names its conditions, each with an owner and a date to come; no other verdict does."
        remedy = "Give conditions=[{'text': ..., 'owner': ..., 'due': ...}] with 'conditional' only."
        problem_zh = "有条件通过必须列出条件、责任人和未来的日期;其他结论不带条件。"
        remedy_zh = "仅在 conditional 时给出 conditions=[{'text':..., 'owner':..., 'due':...}]。"
        reasons.append(no("LTC528", gate_id, problem, remedy, problem_zh, remedy_zh))
    if not verdict.passes and not command.reason.strip():
        reasons.append(needs_reason(gate_id, f"The verdict {verdict.value}", f"结论 {verdict.value} "))
    return reasons


def _gates_to_come(progress: Progress, gate: Gate) -> bool:
    later = progress.compiled.later_gates.get(gate.id, ())
    return any(not progress.skipped(progress.position(g)) for g in later)


def _unmet(gate: ElementId, answer: CriterionAnswer) -> Reason:
    problem = f"'{gate}' needs: {answer.needed.text('en')}; seen: {answer.seen.text('en')}."
    problem_zh = f"{gate} 要求:{answer.needed.text('zh')};实际:{answer.seen.text('zh')}。"
    remedy, remedy_zh = answer.remedy.text("en"), answer.remedy.text("zh")
    if answer.people:
        remedy = f"{remedy.removesuffix('.')} ({', '.join(answer.people)})."
        remedy_zh = f"{remedy_zh.removesuffix('。')}({'、'.join(answer.people)})。"
    return no("LTC526", gate, problem, remedy, problem_zh, remedy_zh, answer)


def _cast(
    progress: Progress, gate: Gate, voter: Voter, command: c.CastVote, answers: tuple[CriterionAnswer, ...]
) -> e.VoteCast:
    read = {f for c_ in gate.criteria for f in _facts_of(progress, c_)}
    facts = progress.state.facts
    return e.VoteCast(
        by=command.by,
        at=command.at,
        gate=gate.id,
        role=voter.role,
        verdict=command.verdict,
        instead_of=voter.instead_of,
        conditions=command.conditions,
        reason=command.reason,
        basis=tuple((answer.key, answer.truth.name) for answer in answers),
        facts=tuple((name, facts[name]) for name in sorted(read) if name in facts),
    )


def _facts_of(progress: Progress, criterion: object) -> frozenset[str]:
    expression = getattr(criterion, "expression", None)
    return progress.compiled.conditions[expression].facts if expression is not None else frozenset()


def decided(
    progress: Progress, gate: Gate, votes: GateState, verdict: Verdict, command: c.Command
) -> tuple[e.AnyEvent, ...]:
    """Return the events that an outcome brings about."""
    by, at = command.by, command.at
    reason = next((v.reason for v in votes.votes if v.verdict is verdict and v.reason), "")
    promises: tuple[tuple[str, c.Promise], ...] = ()
    reopened: tuple[ElementId, ...] = ()
    if verdict is Verdict.CONDITIONAL:
        listed = [p for v in votes.votes for p in v.conditions]
        promises = tuple(
            (f"{gate.id}.{votes.round}.{number}", promise) for number, promise in enumerate(listed, start=1)
        )
    if verdict is Verdict.RECYCLE:
        reopened = _reopened(progress, gate)
    outcome = e.GateDecided(
        by=by,
        at=at,
        gate=gate.id,
        verdict=verdict,
        conditions=promises,
        reopened=reopened,
        resubmit=_resubmit(progress, reopened),
        reason=reason,
    )
    if verdict is Verdict.HOLD:
        return (outcome, e.ProjectHeld(by=by, at=at, reason=reason, gate=gate.id))
    if verdict is Verdict.STOP:
        return (
            outcome,
            e.ProjectClosed(by=by, at=at, outcome=c.Closing.CANCELLED, reason=reason or f"stop: {gate.id}"),
        )
    return (outcome,)


def _reopened(progress: Progress, gate: Gate) -> tuple[ElementId, ...]:
    """The target of a recycle and everything behind it, in declared order."""
    net = progress.compiled.network
    target = net.position(gate.recycle_to)
    if target is None:
        return ()
    kinds = (NodeKind.ACTIVITY, NodeKind.SPAN, NodeKind.GATE)
    return tuple(net.nodes[i].id for i in sorted({target, *net.descendants(target)}) if net.nodes[i].kind in kinds)


def _resubmit(progress: Progress, reopened: tuple[ElementId, ...]) -> tuple[ElementId, ...]:
    outputs = (d for a in progress.process.activities() if a.id in reopened for d in a.outputs)
    return tuple(d for d in dict.fromkeys(outputs) if d in progress.state.delivered)


def delegate(progress: Progress, command: c.DelegateVote) -> Accepted | Refused:
    """Give one's vote on a gate to somebody who has none and whom separation of duties does not bar."""
    gate = _find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    team, state = progress.state.team, progress.state.gate(gate.id)
    entitled = voters(gate.decided_by, team, state)
    mine = next((v for v in entitled if v.person == command.by and not v.instead_of), None)
    if mine is None or any(v.by == command.by for v in state.votes):
        names = ", ".join(v.person for v in entitled) or "nobody"
        problem, remedy = f"{command.by} has no vote on '{gate.id}' to give away.", f"Voters are: {names}."
        return refuse(
            no("LTC523", gate.id, problem, remedy, f"{command.by} 没有可委托的表决权。", f"有表决权的是:{names}。")
        )
    if any(command.to in (v.person, v.instead_of) for v in entitled):
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
    barred = clashes(
        team.with_role(mine.role, (*team.people(mine.role), command.to)), progress.process.separation_of_duties
    )
    reasons = _separated(progress, gate, Voter(command.to, mine.role)) if not barred else []
    for person, role, other in barred:
        problem = f"{person} would act as '{role}' and '{other}', which are separated."
        problem_zh = f"{person} 将同时行使相互分离的 {role} 与 {other}。"
        reasons.append(no("LTC525", gate.id, problem, "Name somebody else.", problem_zh, "请另选他人。"))
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.VoteDelegated(by=command.by, at=command.at, gate=gate.id, to=command.to),))


def waive(progress: Progress, command: c.WaiveCriterion) -> Accepted | Refused:
    """Let a gate do without a criterion: by those who decide it, with a reason."""
    gate = _find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    pairs = dict(progress.compiled.criteria.get(gate.id, ()))
    if command.criterion not in pairs:
        return refuse(unknown("criterion", command.criterion, pairs))
    state = progress.state.gate(gate.id)
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
    return Accepted(events=(event,))


def _may_decide(progress: Progress, gate: Gate, by: Person) -> list[Reason]:
    people = people_of(progress.state.team, (*gate.decided_by.roles, *gate.decided_by.veto))
    if by in people:
        return []
    names = ", ".join(people) or ", ".join(gate.decided_by.roles)
    problem, remedy = f"{by} does not decide '{gate.id}'.", f"Ask {names}."
    return [no("LTC523", gate.id, problem, remedy, f"{by} 不是 {gate.id} 的决策人。", f"请找 {names}。")]


def _find_condition(progress: Progress, name: str) -> Obligation | Refused:
    found = progress.state.obligations.get(name)
    if found is not None and found.met is None:
        return found
    open_ones = [o.id for o in progress.state.obligations.values() if o.met is None]
    return refuse(unknown("open condition", name, sorted(open_ones), code="LTC540"))


def meet(progress: Progress, command: c.MeetCondition) -> Accepted | Refused:
    """Meet a condition: by its owner (or a wearer of the owning role), or by those who decide its gate."""
    found = _find_condition(progress, command.condition)
    if isinstance(found, Refused):
        return found
    team = progress.state.team
    owners = team.people(found.owner) or (found.owner,)
    gate = progress.process.find(found.gate) if found.gate else None
    deciders = people_of(team, gate.decided_by.roles) if isinstance(gate, Gate) else ()
    if command.by not in (*owners, *deciders):
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
    return Accepted(events=(event,))


def redate(progress: Progress, command: c.RedateCondition) -> Accepted | Refused:
    """Give an unmet condition another date."""
    found = _find_condition(progress, command.condition)
    if isinstance(found, Refused):
        return found
    gate = progress.process.find(found.gate) if found.gate else None
    reasons = _may_decide(progress, gate, command.by) if isinstance(gate, Gate) else []
    if command.due < command.at.date():
        reasons.append(past(found.gate or found.activity))
    if not command.reason.strip():
        reasons.append(needs_reason(found.gate or found.activity, "Another date", "改期"))
    if reasons:
        return refuse(*reasons)
    event = e.ConditionRedated(by=command.by, at=command.at, condition=found.id, due=command.due, reason=command.reason)
    return Accepted(events=(event,))
