"""Deciding on the project as a whole: its start, its team, its rests and its end."""

from __future__ import annotations

import attrs

from ltcflow.checks import check
from ltcflow.errors import UnknownName
from ltcflow.findings import errors_of
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, time_zone_of
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import people_of
from ltcflow.projects.delegating import may_assign
from ltcflow.projects.panel import panel
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.register.entitled import leading_roles
from ltcflow.projects.register.risk_decisions import open_at_end
from ltcflow.projects.separation import pairs_barred
from ltcflow.projects.state import GateState
from ltcflow.projects.work import typed_facts
from ltcflow.roles import Person, Team, clashes


def start(process: Process, command: c.StartProject) -> Accepted | Refused:
    """Begin a project: on a process without errors, with a team that separation of duties allows."""
    errors = errors_of(check(process))
    if errors:
        problem = f"Process '{process.id}' has {len(errors)} errors; the first: {errors[0]}"
        problem_zh = f"流程 {process.id} 有 {len(errors)} 个错误,第一个:{errors[0].text('zh')}"
        return refuse(
            no("LTC504", process.id, problem, "Mend them (ltcflow check).", problem_zh, "请先修正(ltcflow check)。")
        )
    values, reasons = typed_facts(process, command.facts)
    for role, people in command.team:
        reasons += _wearers(process, role, people)
    reasons += _clashes(process, command.team)
    reasons += [_sponsor(role.id) for role in process.roles if role.sponsor and not command.team.people(role.id)]
    if reasons:
        return refuse(*reasons)
    event = e.ProjectStarted(
        by=command.by,
        at=command.at,
        project=command.project,
        title=command.title,
        process=process.id,
        version=process.version,
        definition=command.definition,
        team=command.team,
        facts=tuple(values.items()),
        time_zone=command.time_zone or _zone(process),
    )
    return Accepted(events=(event,))


def _zone(process: Process) -> str:
    """The zone of the calendar of *process*; UTC where only a plugin would know it (a workspace asks it before)."""
    try:
        return time_zone_of(process)
    except UnknownName:
        return "UTC"


def _sponsor(role: RoleId) -> Reason:
    problem, remedy = (
        f"The sponsor's role '{role}' needs exactly one named human being.",
        f"Name one person for '{role}'.",
    )
    return no("LTC553", role, problem, remedy, f"发起人角色 {role} 必须具体落实到一个人。", f"请为 {role} 指定一个人。")


def _wearers(process: Process, role_id: RoleId, people: tuple[Person, ...]) -> list[Reason]:
    role = process.roles_by_id.get(role_id)
    if role is None:
        return [unknown("role", role_id, process.roles_by_id)]
    if role.sponsor and len(people) != 1:
        return [_sponsor(role_id)]
    if role.at_most is not None and len(people) > role.at_most:
        problem = f"'{role_id}' is worn by at most {role.at_most} people; {len(people)} are named."
        problem_zh = f"{role_id} 最多由 {role.at_most} 人担任,现指定了 {len(people)} 人。"
        return [no("LTC550", role_id, problem, "Name fewer.", problem_zh, "请减少人数。")]
    return []


def _clashes(process: Process, team: Team) -> list[Reason]:
    reasons = []
    for person, role, other in clashes(team, process.separation_of_duties):
        problem = f"{person} cannot wear '{role}' and '{other}' in one project."
        problem_zh = f"{person} 不能在同一项目中同时担任 {role} 与 {other}。"
        remedy, remedy_zh = "Let somebody else wear one of them.", "请由他人担任其中之一。"
        reasons.append(no("LTC525", role, problem, remedy, problem_zh, remedy_zh))
    for roles in process.binding_of_duties:
        filled = [role for role in roles if team.people(role)]
        for role in filled[1:]:
            if set(team.people(role)) != set(team.people(filled[0])):
                problem = f"'{filled[0]}' and '{role}' must be worn by the same people."
                problem_zh = f"{filled[0]} 与 {role} 必须由相同的人担任。"
                reasons.append(no("LTC550", role, problem, "Name the same people.", problem_zh, "请指定相同的人。"))
    return reasons


def assign(progress: Progress, command: c.AssignRole) -> Accepted | Refused:
    """Change who wears a role."""
    process = progress.process
    reasons = [*may_assign(progress, command.by), *_wearers(process, command.role, command.people)]
    if not reasons:
        team = progress.state.team.with_role(command.role, command.people)
        reasons = [*_clashes(process, team), *_stand_ins(progress, team)]
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.RoleAssigned(by=command.by, at=command.at, role=command.role, people=command.people),))


def _stand_ins(progress: Progress, team: Team) -> list[Reason]:
    """Who stands in for somebody at a gate that is not decided, and *team* would bar from that."""
    process, before = progress.process, progress.state
    after = Progress(process, attrs.evolve(before, team=team), progress.at, progress.judges)
    reasons = []
    for name, gate in before.gates.items() if process.separation_of_duties else ():
        if gate.delegated and gate.verdict is None:
            known, now = (_barred(each, name, gate) for each in (progress, after))
            reasons += [_judging(name, *clash) for clash in now if clash not in known]
    return reasons


def _barred(progress: Progress, name: ElementId, gate: GateState) -> list[tuple[Person, RoleId, RoleId]]:
    """Return (stand-in, role they speak for at gate *name*, role that bars them from it)."""
    process, state = progress.process, progress.state
    found = (v for v in panel(progress, process.gate(name), gate).voters if v.instead_of)
    return [(v.person, *pair) for v in found for pair in pairs_barred(process, state, v.person, v.roles)]


def _judging(gate: ElementId, person: Person, role: RoleId, other: RoleId) -> Reason:
    problem = f"{person} judges '{gate}' for another as '{role}', which is separated from '{other}'."
    problem_zh = f"{person} 受托以 {role} 对 {gate} 表决,与 {other} 职责分离。"
    remedy, remedy_zh = f"Name somebody else, or let '{gate}' be decided first.", f"请另选他人,或先决定 {gate}。"
    return no("LTC525", gate, problem, remedy, problem_zh, remedy_zh)


def _lead(progress: Progress, by: Person, what: str, what_zh: str) -> list[Reason]:
    """Halting, ending and reopening is for the sponsor, the first responsible person and who decides at gates.

    Never for somebody who only wears roles from outside the company; for everybody where nobody of these is named.
    """
    people = people_of(progress.state.team, leading_roles(progress.process))
    if not people or by in people:
        return []
    names = ", ".join(people)
    return [
        no(
            "LTC515",
            "",
            f"{by} may not {what} the project.",
            f"Ask {names}.",
            f"{by} 无权{what_zh}项目。",
            f"请找 {names}。",
        )
    ]


def hold(progress: Progress, command: c.HoldProject) -> Accepted | Refused:
    """Let the project rest, with a reason."""
    reasons = _lead(progress, command.by, "hold", "暂停")
    if not command.reason.strip():
        reasons.append(needs_reason("", "A hold", "暂停"))
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.ProjectHeld(by=command.by, at=command.at, reason=command.reason),))


def resume(progress: Progress, command: c.ResumeProject) -> Accepted | Refused:
    """Take up a resting project again."""
    reasons = _lead(progress, command.by, "resume", "恢复")
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.ProjectResumed(by=command.by, at=command.at, reason=command.reason),))


def close(progress: Progress, command: c.CloseProject) -> Accepted | Refused:
    """End the project."""
    reasons = _lead(progress, command.by, "close", "关闭")
    if command.outcome in (c.Closing.LOST, c.Closing.CANCELLED):
        if not command.reason.strip():
            reasons.append(needs_reason("", f"Closing as {command.outcome.value}", f"以 {command.outcome.value} 关闭"))
    elif not progress.finished():
        left = ", ".join(_left(progress)[:10])
        problem = f"A project is {command.outcome.value} when everything has ended; left: {left}."
        problem_zh = f"全部结束后才能以 {command.outcome.value} 关闭;尚余:{left}。"
        reasons.append(
            no(
                "LTC580",
                "",
                problem,
                "Finish what is left, or close as lost or cancelled.",
                problem_zh,
                "请完成剩余工作,或以 lost/cancelled 关闭。",
            )
        )
    if command.outcome in (c.Closing.WON, c.Closing.COMPLETED):
        reasons += open_at_end(progress)
    if reasons:
        return refuse(*reasons)
    event = e.ProjectClosed(by=command.by, at=command.at, outcome=command.outcome, reason=command.reason)
    return Accepted(events=(event,))


def _left(progress: Progress) -> list[str]:
    nodes = progress.nodes
    return [n.id for i, n in enumerate(nodes) if n.element is not None and "." not in n.id and not progress.ended(i)]


def reopen(progress: Progress, command: c.ReopenProject) -> Accepted | Refused:
    """Open a closed project again, with a reason."""
    reasons = _lead(progress, command.by, "reopen", "重新打开")
    if not command.reason.strip():
        reasons.append(needs_reason("", "Reopening", "重新打开"))
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.ProjectReopened(by=command.by, at=command.at, reason=command.reason),))


def note(_progress: Progress, command: c.AddNote) -> Accepted | Refused:
    """Leave a note."""
    if not command.text.strip():
        return refuse(needs_reason("", "A note (its text)", "备注(内容)"))
    return Accepted(events=(e.NoteAdded(by=command.by, at=command.at, text=command.text),))
