"""Deciding on gates: votes, and what an outcome brings about."""

from __future__ import annotations

from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, CriterionAnswer, Reason, Refused
from ltcflow.projects.criteria import judge_all
from ltcflow.projects.matrix import matrix_of
from ltcflow.projects.panel import Panel, panel, rows_and_rules
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import barred, needs_reason, no, refuse, unknown
from ltcflow.projects.separation import pairs_barred
from ltcflow.projects.standins import StandIn
from ltcflow.projects.state import GateState
from ltcflow.projects.votes import Voter
from ltcflow.projects.work import applies, blocking
from ltcflow.roles import Person, SeparationKind
from ltcflow.stages import Activity, Gate, Verdict


def find_gate(progress: Progress, name: str) -> Gate | Refused:
    gate = progress.process.find(name)
    if isinstance(gate, Gate):
        return gate
    return refuse(unknown("gate", name, (g.id for g in progress.process.gates())))


def vote(progress: Progress, command: c.CastVote) -> Accepted | Refused:
    """Judge a gate; `ltcflow.projects.settling` decides it when the vote completes the rule."""
    gate = find_gate(progress, command.gate)
    if isinstance(gate, Refused):
        return gate
    answers = judge_all(progress, gate.id)
    asked = panel(progress, gate)
    voter = next((v for v in asked.voters if v.person == command.by), None)
    reasons = [*_open(progress, gate), *_voter(progress, gate, asked, voter, command)]
    reasons += _verdict(progress, gate, command)
    if command.verdict.passes:
        reasons += [_unmet(gate.id, answer) for answer in answers if not answer.satisfied]
    if reasons or voter is None:
        return refuse(*reasons, explanation=answers)
    cast = _cast(progress, gate, asked, voter, command, answers)
    return Accepted(events=(*reopening(progress, gate, command), cast), explanation=answers)


def reopening(progress: Progress, gate: Gate, command: c.Command) -> tuple[e.AnyEvent, ...]:
    """Return the event that opens *gate* again when a condition of its conditional go is overdue."""
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


def _voter(progress: Progress, gate: Gate, asked: Panel, voter: Voter | None, command: c.CastVote) -> list[Reason]:
    """Why *by* may not judge *gate*."""
    by, state = command.by, asked.round
    if (to := dict(state.delegated).get(by)) is not None:
        return [_given(gate.id, by, StandIn(to, "given"))]
    if voter is None and (one := next((s for (held, _), s in asked.stand_ins.items() if held == by), None)) is not None:
        return [_given(gate.id, by, one)]
    if voter is None:
        entitled = ", ".join(v.person for v in asked.voters)
        roles = ", ".join(dict.fromkeys(role for rule in asked.rules for role in rule.roles))
        problem = f"{by} wears none of the roles that decide '{gate.id}' ({roles})."
        remedy = f"Ask {entitled}." if entitled else f"Assign somebody to {roles}."
        problem_zh = f"{by} 不担任决策 {gate.id} 的角色({roles})。"
        return [no("LTC523", gate.id, problem, remedy, problem_zh, f"请找 {entitled or '先任命 ' + roles}。")]
    if any(vote.by == by for vote in state.votes):
        problem, remedy = f"{by} has voted on '{gate.id}'.", "Wait for the others; a vote counts once a round."
        return [no("LTC524", gate.id, problem, remedy, f"{by} 已对 {gate.id} 表决。", "请等待其他人;每轮一票。")]
    return separated(progress, gate, voter)


def _given(gate: ElementId, holder: Person, one: StandIn) -> Reason:
    """*holder* does not judge *gate*: *one* does in their place."""
    to = one.person
    if one.by == "substitute":
        problem = f"{holder} is absent; {to} judges '{gate}' instead."
        problem_zh = f"{holder} 不在岗,由 {to} 代为对 {gate} 表决。"
        remedy, remedy_zh = f"Ask {to}, or end the absence.", f"请找 {to},或结束缺勤。"
    elif one.by in ("given", "voted"):
        problem = f"{holder} has given the vote on '{gate}' to {to}."
        problem_zh = f"{holder} 已将 {gate} 的表决委托给 {to}。"
        remedy, remedy_zh = f"Ask {to}.", f"请找 {to}。"
    else:
        problem = f"{holder} has delegated the authority to judge '{gate}' to {to} ({one.by})."
        problem_zh = f"{holder} 已将对 {gate} 表决的权限委托给 {to}({one.by})。"
        remedy, remedy_zh = f"Ask {to}, or revoke {one.by}.", f"请找 {to},或撤销委托 {one.by}。"
    return no("LTC524", gate, problem, remedy, problem_zh, remedy_zh)


def separated(progress: Progress, gate: Gate, voter: Voter) -> list[Reason]:
    """Separation of duties: nobody judges in a role, their own or another's, who wears or acted in a separated one.

    A delegate is barred as the holder would be: by their own past, and by that of the holder.
    """
    process, state = progress.process, progress.state
    remedy, remedy_zh = f"Let somebody else judge '{gate.id}'.", f"请由他人对 {gate.id} 表决。"
    reasons = []
    worn = state.team.roles(voter.instead_of) if voter.instead_of else ()
    for person, roles in ((voter.person, voter.roles), (voter.instead_of, [r for r in voter.roles if r in worn])):
        for role, other in pairs_barred(process, state, person, roles, gate.id) if person else ():
            reasons.append(barred(gate.id, person, role, other, process.roles_by_id, "judge"))
    for rule in process.separation_rules:
        both = [role for role in voter.roles if role in rule.names and rule.kind is SeparationKind.DYNAMIC]
        if len(both) > 1:
            problem = f"{voter.person} would judge '{gate.id}' as {' and '.join(both)}, which are kept apart."
            problem_zh = f"{voter.person} 将同时以 {'、'.join(both)} 对 {gate.id} 表决,而它们职责分离。"
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
        problem = f"'{gate_id}' is the last gate: no gate to come could see to the conditions."
        problem_zh = f"{gate_id} 是最后一个关口,没有后续关口可以把关条件。"
        reasons.append(no("LTC527", gate_id, problem, "Vote go, hold or stop.", problem_zh, "请投 go、hold 或 stop。"))
    dated = command.conditions and all(p.due >= progress.today and p.text.strip() for p in command.conditions)
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
    return any(not progress.skipped(progress.position(g)) and not progress.passed(g) for g in later)


def _unmet(gate: ElementId, answer: CriterionAnswer) -> Reason:
    problem = f"'{gate}' needs: {answer.needed.text('en')}; seen: {answer.seen.text('en')}."
    problem_zh = f"{gate} 要求:{answer.needed.text('zh')};实际:{answer.seen.text('zh')}。"
    remedy, remedy_zh = answer.remedy.text("en"), answer.remedy.text("zh")
    if answer.people:
        remedy = f"{remedy.removesuffix('.')} ({', '.join(answer.people)})."
        remedy_zh = f"{remedy_zh.removesuffix('。')}({'、'.join(answer.people)})。"
    return no("LTC526", gate, problem, remedy, problem_zh, remedy_zh, answer)


def _cast(
    progress: Progress,
    gate: Gate,
    asked: Panel,
    voter: Voter,
    command: c.CastVote,
    answers: tuple[CriterionAnswer, ...],
) -> e.VoteCast:
    read = {f for c_ in gate.criteria for f in _facts_of(progress, c_)}
    if gate.approval_matrix:
        read.update(matrix_of(progress.process, gate).facts)
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
        rows=asked.rows,
        roles=voter.roles if len(voter.roles) > 1 else (),
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
    resubmit: tuple[ElementId, ...] = ()
    forgotten: tuple[tuple[ElementId, str], ...] = ()
    if verdict is Verdict.CONDITIONAL:
        listed = [p for v in votes.votes for p in v.conditions]
        promises = tuple(
            (f"{gate.id}.{votes.round}.{number}", promise) for number, promise in enumerate(listed, start=1)
        )
    if verdict is Verdict.RECYCLE:
        reopened, resubmit = _reopened(progress, gate), _resubmit(progress, gate)
        forgotten = _forgotten(progress, gate)
    outcome = e.GateDecided(
        by=by,
        at=at,
        gate=gate.id,
        verdict=verdict,
        conditions=promises,
        reopened=reopened,
        resubmit=resubmit,
        forgotten=forgotten,
        reason=reason,
        rows=rows_and_rules(progress, gate, votes)[0],
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
    """What had begun or been decided of the target of a recycle and everything behind it, in declared order."""
    kinds = (NodeKind.ACTIVITY, NodeKind.SPAN, NodeKind.GATE)
    names = (progress.nodes[i].id for i in _behind(progress, gate) if progress.nodes[i].kind in kinds)
    return tuple(name for name in names if _touched(progress, name))


def _touched(progress: Progress, element: ElementId) -> bool:
    """Say whether anything happened at *element* that a recycle undoes."""
    state = progress.state
    gate = state.gate(element)
    decided = gate.verdict is not None or gate.votes or gate.delegated or gate.waived
    owed = any(True for _ in progress.open_conditions(element))
    clock = state.clocks.get(element)
    ran = element in state.waiting or (clock is not None and clock.used)
    return element in state.work or element in state.early or bool(decided) or owed or ran


def _behind(progress: Progress, gate: Gate) -> list[int]:
    """The node of the target of a recycle and every node behind it."""
    net = progress.compiled.network
    target = net.position(gate.recycle_to)
    return [] if target is None else sorted({target, *net.descendants(target)})


def _forgotten(progress: Progress, gate: Gate) -> tuple[tuple[ElementId, str], ...]:
    """What was remembered of the gates, milestones and stages (by their ends) that a recycle opens again."""
    nodes = [progress.nodes[i] for i in _behind(progress, gate)] if len(progress.state.remembered) else []
    names = {node.stage if node.kind is NodeKind.STAGE_FINISH else node.id for node in nodes}
    return tuple(sorted(pair for pair in progress.state.remembered if pair[0] in names))


def _resubmit(progress: Progress, gate: Gate) -> tuple[ElementId, ...]:
    """The deliverables that what lies behind the target of a recycle leaves behind, and that were handed in."""
    behind = (progress.nodes[i].element for i in _behind(progress, gate))
    outputs = (d for element in behind if isinstance(element, Activity) for d in element.outputs)
    return tuple(d for d in dict.fromkeys(outputs) if d in progress.state.delivered)
