"""Work lists: what one person can do in a project now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import attrs

from ltcflow.conditions import Truth
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects.absent import absent
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge_all, people_of
from ltcflow.projects.due import DUE, hears
from ltcflow.projects.panel import panel
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import named, owners_of
from ltcflow.projects.standins import substitutes_at_work
from ltcflow.projects.state import ProjectState, Standing
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class WorkItem:
    """Something a person can do now.

    Attributes:
        action: begin or finish (an activity), submit (a deliverable), record (a fact), vote (at a gate), meet (a
            condition), escalated (what is late, and one was told to see to it), absent (the sponsor is away, for those
            who lead; *id* is who). id: what; element: what it is for.
        due: of a condition its day, of what is late the moment it reached the rung that was told, of an absence its
            last day.
        instead_of: in whose place, for who stands in for somebody. stand_ins: who stands in for an absent sponsor.
    """

    project: str
    action: str
    id: str
    element: ElementId
    title: Label = NO_LABEL
    roles: tuple[RoleId, ...] = ()
    due: datetime | None = None
    instead_of: tuple[Person, ...] = ()
    stand_ins: tuple[Person, ...] = ()


def worklist(
    process: Process, state: ProjectState, person: Person, *, at: datetime, judges: Judges = NO_JUDGES
) -> tuple[WorkItem, ...]:
    """Return what *person* can do in this project now, in declared order; conditions with their dates first.

    An activity is offered to those who wear an R role on it; where nobody does, to those who wear an A role; where
    nobody does either, to everybody in the team. A gate is offered to those whose vote is missing, a deliverable to
    those who may hand it in, while the work on it is in progress or once a gate asks for it, a fact to those who can
    supply it, once a gate asks for it or nobody can tell without it whether something is to be done.
    """
    progress = Progress(process, state, at, judges)
    if state.standing is not Standing.RUNNING:
        return ()
    team, instead = state.team, _in_place(progress, person)
    mine = {*state.team.roles(person), *instead}
    items: list[WorkItem] = []
    for o in sorted(state.obligations.values(), key=lambda o: (o.due, o.id)):
        if o.met is None and person in owners_of(progress, o.owner):
            due = datetime(o.due.year, o.due.month, o.due.day, tzinfo=at.tzinfo)
            title = Label(en=o.text)
            owed = _item(state, "meet", o.id, title, (), o.gate or o.activity)
            items.append(attrs.evolve(owed, due=due))
    for activity in progress.open_activities():
        duties = next((d for d in (activity.raci.responsible, activity.raci.accountable) if people_of(team, d)), ())
        roles = tuple(r for r in duties if r in mine)
        if (roles or not duties) and not activity.spans:
            action = "finish" if activity.id in state.work else "begin"
            item = _item(state, action, activity.id, activity.title, roles)
            items.append(attrs.evolve(item, instead_of=instead.get(roles[0], ()) if roles else ()))
            handed = (d for d in activity.outputs if d not in state.delivered and action == "finish")
            items += [_item(state, "submit", d, process.deliverable(d).title, roles, activity.id) for d in handed]
    for gate in progress.open_gates():
        asked = panel(progress, gate)
        voter = next((v for v in asked.voters if v.person == person), None)
        if voter is not None and not any(v.by == person for v in asked.round.votes):
            item = _item(state, "vote", gate.id, gate.title, (voter.role,))
            items.append(attrs.evolve(item, instead_of=(voter.instead_of,) if voter.instead_of else ()))
        items += _asked_for(progress, gate.id, person)
    items += _untold(progress, mine)
    items += _late(progress, person)
    items += _sponsor_away(progress, person)
    once: dict[tuple[str, str], WorkItem] = {}
    for item in items:
        once.setdefault((item.action, item.id), item)
    return tuple(once.values())


def _in_place(progress: Progress, person: Person) -> dict[RoleId, tuple[Person, ...]]:
    """The roles whose work *person* does as a substitute today, and in whose place."""
    state = progress.state
    roles = state.substitutes.roles(person) if len(state.absences) else ()
    return {r: state.team.people(r) for r in roles if person in substitutes_at_work(state, r, progress.at)}


def _sponsor_away(progress: Progress, person: Person) -> Iterator[WorkItem]:
    """The sponsor's absence, for those who answer first and for who stands in: nobody goes on as if they were there."""
    away = [one for one in absent(progress.process, progress.state, progress.at) if one.sponsor]
    first = [role.id for role in progress.process.roles if role.first_responsible]
    for one in away:
        if person in (*people_of(progress.state.team, tuple(first)), *one.people):
            role = next(r for r in progress.process.roles if r.sponsor and r.id in one.roles)
            item = _item(progress.state, "absent", one.person, role.title, (role.id,))
            last = datetime(one.until.year, one.until.month, one.until.day, tzinfo=progress.at.tzinfo)
            yield attrs.evolve(item, due=last, stand_ins=one.people)


def _late(progress: Progress, person: Person) -> Iterator[WorkItem]:
    """What *person* was told of beyond those who owe it: activities, gates and conditions that are not done."""
    state, process = progress.state, progress.process
    things = [(name, name, clock.told, title_of(process, name)) for name, clock in state.clocks.items() if clock.told]
    for o in state.obligations.values() if len(state.obligations) else ():
        if o.told and o.met is None:
            things.append((o.id, o.gate or o.activity, o.told, Label(en=o.text)))
    for name, element, told, title in sorted(things, key=lambda thing: thing[0]):
        mine = [one for one in told if one.rung != DUE and person in hears(process, state.team, one.tell)]
        if mine:
            roles = tuple(role for role in mine[-1].tell if role in process.roles_by_id)
            item = _item(state, "escalated", name, title, roles, element)
            yield attrs.evolve(item, due=mine[-1].due)


def title_of(process: Process, name: ElementId) -> Label:
    """Return the title of the element *name*; none where a later declaration does not have it."""
    element = process.find(name)
    return element.title if element is not None else NO_LABEL


def _asked_for(progress: Progress, gate: ElementId, person: Person) -> Iterator[WorkItem]:
    """Facts and deliverables that an open gate asks for and *person* can supply."""
    for answer in judge_all(progress, gate):
        if answer.satisfied or person not in answer.people:
            continue
        if answer.kind == "fact":
            yield _item(progress.state, "record", named(progress, answer), answer.title, answer.roles, gate)
        elif answer.kind == "delivered":
            title = answer.title or progress.process.deliverable(answer.subject).title
            yield _item(progress.state, "submit", answer.subject, title, answer.roles, gate)


def _untold(progress: Progress, mine: Collection[RoleId]) -> Iterator[WorkItem]:
    """Facts that say whether something is to be done that could begin now."""
    facts = progress.process.facts_by_id
    for i, node in enumerate(progress.nodes):
        if progress.applies(i) is Truth.UNKNOWN and progress.may_begin(i):
            for name in sorted(progress.missing_facts(i)):
                if facts[name].owner in mine:
                    yield _item(progress.state, "record", name, facts[name].title, (facts[name].owner,), node.id)


def _item(
    state: ProjectState, action: str, id: str, title: Label, roles: tuple[RoleId, ...], element: ElementId = ""
) -> WorkItem:
    return WorkItem(project=state.project, action=action, id=id, element=element or id, title=title, roles=roles)
