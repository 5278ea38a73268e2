"""Deciding on risks: raising, judging, answering, acting, handing over, closing."""

from __future__ import annotations

from ltcflow.process import Process
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as e
from ltcflow.projects.register.responses import responses
from ltcflow.projects.register.risks import Risk
from ltcflow.projects.work import past
from ltcflow.stages import RiskLevel

RiskCommand = (
    c.RaiseRisk | c.UpdateRisk | c.AnswerRisk | c.PlanRiskAction | c.FinishRiskAction | c.HandOverRisk | c.CloseRisk
)


def on_risks(progress: Progress, command: RiskCommand) -> Accepted | Refused:
    """Decide on one command about a risk."""
    if isinstance(command, c.RaiseRisk):
        return _raise(progress, command)
    found = progress.state.risks.get(command.risk)
    if found is None or found.closed:
        names = sorted(risk.id for risk in progress.state.risks.values() if not risk.closed)
        return refuse(unknown("open risk", command.risk, names, code="LTC570"))
    match command:
        case c.UpdateRisk():
            return _update(progress, found, command)
        case c.AnswerRisk():
            return _answer(progress, found, command)
        case c.PlanRiskAction():
            return _plan(progress, found, command)
        case c.FinishRiskAction():
            return _finish(found, command)
        case c.HandOverRisk():
            event = e.RiskHandedOver(by=command.by, at=command.at, risk=found.id, to=command.to, note=command.note)
            return Accepted(events=(event,))
        case c.CloseRisk():
            return Accepted(events=(e.RiskClosed(by=command.by, at=command.at, risk=found.id, reason=command.reason),))


def _raise(progress: Progress, command: c.RaiseRisk) -> Accepted | Refused:
    if not command.risk.strip() or command.risk in progress.state.risks:
        problem, remedy = f"Risk '{command.risk}' is on the register already.", "Update it, or give another id."
        if not command.risk.strip():
            problem, remedy = "The risk has no id.", "Give it one."
        return refuse(
            no("LTC570", "", problem, remedy, f"风险 {command.risk!r} 已登记或没有编号。", "请更新它，或另给编号。")
        )
    level = _rated(progress.process, command.level, command.probability, command.impact)
    if isinstance(level, Reason):
        return refuse(level)
    event = e.RiskRaised(
        by=command.by,
        at=command.at,
        risk=command.risk,
        level=level,
        title=command.title,
        owner=command.owner,
        probability=command.probability,
        impact=command.impact,
        opportunity=command.opportunity,
        cause=command.cause,
        what=command.what,
        effect=command.effect,
        money=command.money,
        trigger=command.trigger,
    )
    return Accepted(events=(event,))


def _update(progress: Progress, risk: Risk, command: c.UpdateRisk) -> Accepted | Refused:
    level: RiskLevel | Reason = risk.level
    if command.level is not None or command.probability or command.impact:
        steps = (command.probability or risk.probability, command.impact or risk.impact)
        level = _rated(progress.process, command.level, *steps)
    if isinstance(level, Reason):
        return refuse(level)
    event = e.RiskUpdated(
        by=command.by,
        at=command.at,
        risk=risk.id,
        level=level,
        owner=command.owner,
        note=command.note,
        probability=command.probability,
        impact=command.impact,
        money=command.money,
        trigger=command.trigger,
    )
    return Accepted(events=(event,))


def _rated(process: Process, level: RiskLevel | None, probability: int, impact: int) -> RiskLevel | Reason:
    """Return how heavy a risk is: as the scale says of its steps, else as it was said; a reason where that is amiss."""
    scale = process.registers.risk_scale
    most, least = len(scale.probabilities), scale.impacts
    if not probability and not impact:
        if level is not None:
            return level
        problem, problem_zh = "Nothing says how heavy the risk is.", "未说明风险有多重。"
    elif not scale.has(probability, impact):
        problem = f"Probability {probability} and impact {impact} are no steps of the scale."
        problem_zh = f"概率 {probability}、影响 {impact} 不在风险量表上。"
    else:
        found = scale.level(probability, impact)
        if level is None or level is found:
            return found
        problem = f"Probability {probability} times impact {impact} is {found.value} on the scale, not {level.value}."
        problem_zh = f"概率 {probability} 乘影响 {impact} 在量表上为“{found.label.zh}”，而不是“{level.label.zh}”。"
    remedy = f"Give a probability from 1 to {most} and an impact from 1 to {least}, or a level for a risk without them."
    remedy_zh = f"请给出概率（1 至 {most}）与影响（1 至 {least}）；没有评分的风险可只给级别。"
    return no("LTC571", "", problem, remedy, problem_zh, remedy_zh)


def _answer(progress: Progress, risk: Risk, command: c.AnswerRisk) -> Accepted | Refused:
    reasons: list[Reason] = []
    fitting = responses(risk.opportunity)
    if command.response not in fitting:
        kind, kind_zh = ("an opportunity", "机会") if risk.opportunity else ("a threat", "威胁")
        names = ", ".join(response.value for response in fitting)
        problem = f"'{command.response.value}' is no response to {kind}, which '{risk.id}' is."
        problem_zh = f"{command.response.value} 不适用于{kind_zh} {risk.id}。"
        reasons.append(no("LTC571", "", problem, f"Use {names}.", problem_zh, f"请用 {names}。"))
    if command.probability or command.impact:
        level = _rated(progress.process, None, command.probability, command.impact)
        reasons += [level] if isinstance(level, Reason) else []
    if reasons:
        return refuse(*reasons)
    event = e.RiskAnswered(
        by=command.by,
        at=command.at,
        risk=risk.id,
        response=command.response,
        probability=command.probability,
        impact=command.impact,
        note=command.note,
    )
    return Accepted(events=(event,))


def _plan(progress: Progress, risk: Risk, command: c.PlanRiskAction) -> Accepted | Refused:
    reasons: list[Reason] = []
    if not command.text.strip():
        reasons.append(needs_reason("", "An action (its text)", "应对措施（内容）"))
    if command.due < progress.today:
        reasons.append(past(""))
    if reasons:
        return refuse(*reasons)
    event = e.RiskActionPlanned(
        by=command.by,
        at=command.at,
        risk=risk.id,
        action=len(risk.actions) + 1,
        text=command.text,
        owner=command.owner,
        due=command.due,
    )
    return Accepted(events=(event,))


def _finish(risk: Risk, command: c.FinishRiskAction) -> Accepted | Refused:
    left = [str(action.number) for action in risk.actions if action.done is None]
    if str(command.action) not in left:
        problem = f"Risk '{risk.id}' has no action {command.action} that is left to do."
        problem_zh = f"风险 {risk.id} 没有未完成的应对措施 {command.action}。"
        names = ", ".join(left) or "none"
        remedy, remedy_zh = f"Left to do: {names}.", f"未完成的：{names if left else '无'}。"
        return refuse(no("LTC570", "", problem, remedy, problem_zh, remedy_zh))
    event = e.RiskActionDone(by=command.by, at=command.at, risk=risk.id, action=command.action, note=command.note)
    return Accepted(events=(event,))


def open_at_end(progress: Progress) -> list[Reason]:
    """Return why a project may not end well: risks neither closed nor handed over, unless the process lets it."""
    if progress.process.registers.end_with_open_risks:
        return []
    left = sorted(risk.id for risk in progress.state.risks.values() if risk.pending)
    if not left:
        return []
    names = ", ".join(left[:10])
    problem, problem_zh = f"Risks are open: {names}.", f"尚有未关闭的风险：{names}。"
    remedy = "Close each, or hand it over to somebody who goes on with it."
    remedy_zh = "请逐一关闭，或移交给后续责任人。"
    return [no("LTC572", "", problem, remedy, problem_zh, remedy_zh)]
