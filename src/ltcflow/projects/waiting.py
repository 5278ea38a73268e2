"""Deciding on time: who outside is waited for, and recording what has fallen due."""

from __future__ import annotations

from ltcflow.names import ElementId
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import people_of
from ltcflow.projects.due import DUE, Due, Reached, due
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import needs_reason, no, refuse, unknown
from ltcflow.projects.running import open_now
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate
from ltcflow.worktime import Named, calendar


def start_waiting(progress: Progress, command: c.StartWaiting) -> Accepted | Refused:
    """Let the clock of an activity or gate stand still while somebody outside is waited for."""
    element = _find(progress, command.element)
    if isinstance(element, Refused):
        return element
    name = element.id
    reasons = _may(progress, element, command.by)
    if name in progress.state.waiting:
        problem, problem_zh = f"'{name}' waits for somebody outside already.", f"{name} 已在等待外部。"
        reasons.append(no("LTC586", name, problem, "Nothing is left to do.", problem_zh, "无需再做。"))
    elif not open_now(progress, progress.position(name)):
        problem, problem_zh = (
            f"'{name}' cannot be worked on now, so its time does not run.",
            f"{name} 现在无法进行,未在计时。",
        )
        remedy, remedy_zh = "Say it once it can be begun or judged.", "请在它可以开始或表决后再登记。"
        reasons.append(no("LTC586", name, problem, remedy, problem_zh, remedy_zh))
    reasons += _outside(progress, name, command.on)
    if not command.reason.strip():
        reasons.append(needs_reason(name, "Waiting", "等待"))
    if reasons:
        return refuse(*reasons)
    event = e.WaitingStarted(by=command.by, at=command.at, element=name, on=command.on, reason=command.reason)
    return Accepted(events=(event,))


def end_waiting(progress: Progress, command: c.EndWaiting) -> Accepted | Refused:
    """Let the clock go on."""
    element = _find(progress, command.element)
    if isinstance(element, Refused):
        return element
    name = element.id
    waiting = progress.state.waiting.get(name)
    if waiting is None:
        known = ", ".join(sorted(progress.state.waiting))
        problem, problem_zh = f"'{name}' waits for nobody outside.", f"{name} 没有在等待外部。"
        remedy = f"Waiting are: {known}." if known else "Nothing is left to do."
        remedy_zh = f"正在等待的是:{known}。" if known else "无需再做。"
        return refuse(no("LTC586", name, problem, remedy, problem_zh, remedy_zh))
    reasons = _may(progress, element, command.by) if command.by != waiting.by else []
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.WaitingEnded(by=command.by, at=command.at, element=name, note=command.note),))


def _find(progress: Progress, name: str) -> Activity | Gate | Refused:
    found = progress.process.find(name)
    if isinstance(found, Activity | Gate):
        return found
    known = (*(a.id for a in progress.process.activities()), *(g.id for g in progress.process.gates()))
    return refuse(unknown("activity or gate", name, known))


def _may(progress: Progress, element: Activity | Gate, by: Person) -> list[Reason]:
    """Stopping a clock is for those who do the work or answer for it; where nobody is named, for everybody."""
    deciding = element.voting if isinstance(element, Gate) else ()
    people = people_of(progress.state.team, (*element.raci.responsible, *element.raci.accountable, *deciding))
    if not people or by in people:
        return []
    names = ", ".join(people)
    problem, problem_zh = f"{by} has no duty on '{element.id}'.", f"{by} 对 {element.id} 没有职责。"
    return [no("LTC515", element.id, problem, f"Ask {names}.", problem_zh, f"请找 {names}。")]


def _outside(progress: Progress, name: ElementId, on: str) -> list[Reason]:
    """Only for somebody outside the company does time stand still: waiting inside is what the time limit is about."""
    roles = progress.process.roles_by_id
    outside = [role.id for role in roles.values() if role.external]
    if on in outside or (not outside and on.strip() and on not in roles):
        return []
    shown = on if len(on) <= 100 else f"{on[:97]}..."
    problem = f"Time does not stand still for '{shown}': that is nobody outside the company."
    remedy = f"Name one of {', '.join(outside[:8])}." if outside else "Name who outside is waited for."
    problem_zh = f"等待 {shown} 不能停止计时:它不是公司外部的一方。"
    remedy_zh = f"请指明外部角色之一:{'、'.join(outside[:8])}。" if outside else "请指明在等待外部的哪一方。"
    return [no("LTC588", name, problem, remedy, problem_zh, remedy_zh)]


def tick(progress: Progress, command: c.Tick, calendars: Named = calendar) -> Accepted | Refused:
    """Record what has fallen due and was not told yet: each rung once in each round, in the order of the moments."""
    things = due(progress.process, progress.state, command.at, calendars=calendars, judges=progress.judges)
    news = [(rung, thing) for thing in things for rung in thing.rungs if not rung.told]
    if not news:
        problem, problem_zh = "Nothing more has fallen due.", "没有新的到期事项。"
        return refuse(no("LTC587", "", problem, "Nothing is left to do.", problem_zh, "无需再做。"))
    news.sort(key=lambda pair: (pair[0].moment, pair[1].kind, pair[1].id))
    return Accepted(events=tuple(_event(command, thing, rung) for rung, thing in news))


def _event(command: c.Tick, thing: Due, rung: Reached) -> e.FellDue | e.Escalated:
    by, at, kind, name, number = command.by, command.at, thing.kind, thing.id, thing.round
    moment, tell = rung.moment, rung.tell
    if rung.rung == DUE:
        return e.FellDue(by=by, at=at, kind=kind, subject=name, round=number, tell=tell, fell_due=moment)
    key = rung.rung
    return e.Escalated(by=by, at=at, kind=kind, subject=name, round=number, rung=key, tell=tell, fell_due=moment)
