"""Deciding on who stands in for whom: delegations of authority, substitutes of a role, absences; and who may assign."""

from __future__ import annotations

from datetime import date

from ltcflow.names import ElementId, RoleId
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.away import Delegation
from ltcflow.projects.criteria import people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import barred, no, refuse, unknown
from ltcflow.projects.separation import barred_by
from ltcflow.projects.standins import delegations_of, number_of, substitutes_at_work
from ltcflow.projects.work import past
from ltcflow.roles import Person


def delegate_authority(progress: Progress, command: c.DelegateAuthority) -> Accepted | Refused:
    """Give one's authority at gates to somebody else for some days."""
    today = progress.today
    since = command.since if command.since is not None else today
    reasons = [*_scope(progress, command), *_days(since, command.until, today)]
    mine = () if reasons else _authority(progress, command, today)
    if not reasons and not mine:
        problem = f"{command.by} judges nothing in this scope, and has nothing to hand on."
        problem_zh = f"{command.by} 在该范围内没有表决权,也没有可转委托的权限。"
        remedy, remedy_zh = "Name gates and roles in which you decide.", "请写明自己参与决策的关口和角色。"
        reasons.append(no("LTC535", "", problem, remedy, problem_zh, remedy_zh))
    if command.to == command.by:
        problem, problem_zh = f"{command.by} cannot delegate to themselves.", f"{command.by} 不能委托给自己。"
        reasons.append(no("LTC531", "", problem, "Name somebody else.", problem_zh, "请另选他人。"))
    roles = progress.process.roles_by_id
    for role in mine:
        for person in (command.to, command.by):
            other = barred_by(progress.process, progress.state, person, role)
            if other is not None:
                reasons.append(barred(role, person, role, other, roles, "judge"))
    if reasons:
        return refuse(*reasons)
    number = 1 + max((number_of(name) for name in progress.state.delegations), default=0)
    event = e.AuthorityDelegated(
        by=command.by,
        at=command.at,
        delegation=f"delegation.{number}",
        to=command.to,
        since=since,
        until=command.until,
        gates=command.gates,
        roles=command.roles,
        onward=command.onward,
    )
    return Accepted(events=(event,))


def _scope(progress: Progress, command: c.DelegateAuthority) -> list[Reason]:
    gates = [gate.id for gate in progress.process.gates()]
    roles = progress.process.roles_by_id
    found = [unknown("gate", name, gates) for name in command.gates if name not in gates]
    return found + [unknown("role", name, roles) for name in command.roles if name not in roles]


def _days(since: date, until: date, today: date) -> list[Reason]:
    if until < today:
        return [past("")]
    if until < since:
        problem = f"It would end on {until}, before it begins on {since}."
        problem_zh = f"结束日期 {until} 早于开始日期 {since}。"
        return [no("LTC541", "", problem, "Give a later last day.", problem_zh, "请给出更晚的结束日期。")]
    return []


def _authority(progress: Progress, command: c.DelegateAuthority, today: date) -> tuple[RoleId, ...]:
    """The roles in scope in which *by* judges a gate in scope: their own, or given to them to hand on."""
    gates = [g for g in progress.process.gates() if not command.gates or g.id in command.gates]
    pairs = ((gate.id, role) for gate in gates for role in gate.voting if not command.roles or role in command.roles)
    return tuple(dict.fromkeys(role for gate, role in pairs if command.by in _may_give(progress, gate, role, today)))


def _may_give(progress: Progress, gate: ElementId, role: RoleId, today: date) -> set[Person]:
    """Who judges *gate* in *role*, and whoever was given that to hand on, over any number of steps."""
    todo = list(progress.state.team.people(role))
    found = set(todo)
    while todo:
        for lent in delegations_of(progress.state, todo.pop(), today):
            if lent.onward and lent.covers(gate, role) and lent.to not in found:
                found.add(lent.to)
                todo.append(lent.to)
    return found


def revoke(progress: Progress, command: c.RevokeDelegation) -> Accepted | Refused:
    """Take a delegation back: who gave it, or who may assign roles. Votes cast under it count all the same."""
    known = progress.state.delegations
    found = known.get(command.delegation)
    if found is None or found.revoked or found.until < progress.today:
        names = sorted(d.id for d in known.values() if not d.revoked)
        return refuse(unknown("valid delegation", command.delegation, names, code="LTC534"))
    reasons = [] if command.by == found.by else _not_theirs(progress, command.by, found)
    if reasons:
        return refuse(*reasons)
    event = e.DelegationRevoked(by=command.by, at=command.at, delegation=found.id, reason=command.reason)
    return Accepted(events=(event,))


def _not_theirs(progress: Progress, by: Person, found: Delegation) -> list[Reason]:
    if progress.process.assigned_by and not may_assign(progress, by):
        return []
    problem, problem_zh = (
        f"'{found.id}' was given by {found.by}, not by {by}.",
        f"{found.id} 由 {found.by} 授出,不是 {by}。",
    )
    return [no("LTC515", "", problem, f"Ask {found.by}.", problem_zh, f"请找 {found.by}。")]


def may_assign(progress: Progress, by: Person) -> list[Reason]:
    """Why *by* may not say who wears which role; () where the process does not say who may.

    Those who wear a role of ``assigned_by`` may, and their substitutes; while nobody wears one, who began the project.
    """
    named, state = progress.process.assigned_by, progress.state
    if not named:
        return []
    people = people_of(state.team, named) or tuple(filter(None, (state.started_by,)))
    if not people or by in people or any(by in substitutes_at_work(state, role, progress.at) for role in named):
        return []
    names = ", ".join(people)
    problem, remedy = f"{by} may not change the team of this project.", f"Ask {names}."
    return [no("LTC533", "", problem, remedy, f"{by} 无权调整本项目的团队。", f"请找 {names}。")]


def name_substitutes(progress: Progress, command: c.NameSubstitutes) -> Accepted | Refused:
    """Say who stands in for the wearers of a role while they are absent."""
    roles = progress.process.roles_by_id
    if command.role not in roles:
        return refuse(unknown("role", command.role, roles))
    reasons = may_assign(progress, command.by)
    for person in command.people:
        if person in progress.state.team.people(command.role):
            problem, problem_zh = f"{person} wears '{command.role}' already.", f"{person} 已担任 {command.role}。"
            remedy, remedy_zh = "Name somebody else.", "请另选他人。"
            reasons.append(no("LTC550", command.role, problem, remedy, problem_zh, remedy_zh))
        other = barred_by(progress.process, progress.state, person, command.role)
        if other is not None:
            reasons.append(barred(command.role, person, command.role, other, roles, "do"))
    if reasons:
        return refuse(*reasons)
    event = e.SubstitutesNamed(by=command.by, at=command.at, role=command.role, people=command.people)
    return Accepted(events=(event,))


def declare_absence(progress: Progress, command: c.DeclareAbsence) -> Accepted | Refused:
    """Say that somebody is away for some days."""
    today = progress.today
    since = command.since if command.since is not None else today
    reasons = [*_takes_part(progress, command.person), *_of_others(progress, command.by, command.person)]
    reasons += _days(since, command.until, today)
    if reasons:
        return refuse(*reasons)
    event = e.AbsenceDeclared(
        by=command.by, at=command.at, person=command.person, since=since, until=command.until, note=command.note
    )
    return Accepted(events=(event,))


def end_absence(progress: Progress, command: c.EndAbsence) -> Accepted | Refused:
    """Say that somebody is back."""
    known = progress.state.absences
    today = progress.today
    away = sorted(person for person, found in known.items() if any(a.until >= today for a in found))
    if command.person not in away:
        return refuse(unknown("absence of", command.person, away, code="LTC534"))
    reasons = _of_others(progress, command.by, command.person)
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.AbsenceEnded(by=command.by, at=command.at, person=command.person),))


def _takes_part(progress: Progress, person: Person) -> list[Reason]:
    state = progress.state
    lent = any(d.to == person for d in state.delegations.values())
    if state.team.roles(person) or state.substitutes.roles(person) or lent:
        return []
    problem, problem_zh = f"{person} takes no part in this project.", f"{person} 不参与本项目。"
    remedy, remedy_zh = "Name somebody of its team.", "请写明团队中的人员。"
    return [no("LTC550", "", problem, remedy, problem_zh, remedy_zh)]


def _of_others(progress: Progress, by: Person, person: Person) -> list[Reason]:
    """An absence is declared by who is away, or by those who may assign roles; without a word on that, who leads."""
    if by == person:
        return []
    if progress.process.assigned_by:
        return may_assign(progress, by)
    leaders = tuple(r.id for r in progress.process.roles if r.sponsor or r.first_responsible)
    people = people_of(progress.state.team, leaders)
    if by in people:
        return []
    names = ", ".join(dict.fromkeys((person, *people)))
    problem, remedy = f"{by} may not say whether {person} is away.", f"Ask {names}."
    return [no("LTC515", "", problem, remedy, f"{by} 无权声明 {person} 的缺勤。", f"请找 {names}。")]
