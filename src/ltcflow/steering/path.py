"""The way to a milestone: the smallest set of open items that must be done before it is reached."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge_all, people_of
from ltcflow.projects.due import leading
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import can_be_done, locate, owners_of, who_owes
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate
from ltcflow.steering.needs import Item, Needs, needs
from ltcflow.worktime import WorkDuration

if TYPE_CHECKING:
    from ltcflow.schedule import Plan
    from ltcflow.schedule.rows import Row


@attrs.frozen(kw_only=True)
class Step:
    """One item on the way.

    Attributes:
        action: finish or begin (an activity), decide (a gate), record (a fact), submit (a deliverable), meet (a
            condition), assign (a role), close (a risk), satisfy (a plugin's criterion), resume or reopen (the project).
        kind, id: what. element: what asks for it; itself for activities and gates.
        roles, people: whose it is. now: it can be done today. waits_for: the items on the way that come first.
        critical: it lies on the chain that makes the milestone as late as it is planned.
        total_float: how long it can wait without moving the milestone or the finish of the project.
        start, finish: when it is planned; None without a plan, and for what no plan knows.
    """

    action: str
    kind: str
    id: str
    element: ElementId
    title: Label = NO_LABEL
    roles: tuple[RoleId, ...] = ()
    people: tuple[Person, ...] = ()
    now: bool = False
    waits_for: tuple[str, ...] = ()
    critical: bool = False
    total_float: WorkDuration | None = None
    start: datetime | None = None
    finish: datetime | None = None


@attrs.frozen(kw_only=True)
class Path:
    """The way to a milestone, gate, stage or activity.

    Attributes:
        reached: nothing is to be done. steps: in an order in which they can be done, what is critical first.
        forecast: when the milestone is reached as planned; None without a plan, and once it is reached.
        critical_path: the ids of the chain that makes it as late as that: of those on the way, in order.
    """

    element: ElementId
    reached: bool
    steps: tuple[Step, ...] = ()
    forecast: datetime | None = None
    critical_path: tuple[ElementId, ...] = ()

    @property
    def now(self) -> tuple[Step, ...]:
        """What can be done today."""
        return tuple(step for step in self.steps if step.now)


def path_to(
    process: Process,
    state: ProjectState,
    milestone: ElementId,
    *,
    at: datetime,
    plan: Plan | None = None,
    judges: Judges = NO_JUDGES,
) -> Path:
    """Return the smallest set of open items that must be done before *milestone* is reached.

    `ltcflow.projects.readiness` names everything before a milestone that has not ended; this names what is enough: of a
    choice only as many as are needed, an activity whose beginning alone is waited for only to be begun, a deliverable
    without the end of what it comes from. Doing these items and no others reaches it; without any one of them it is not
    reached. What a fact may still switch off counts as taking place; a criterion that could be waived counts as needed;
    a gate counts as passed by its next decision, without conditions, also where somebody has voted otherwise.

    Args:
        milestone: also a gate, an activity or a stage (its end).
        at: the moment the question is asked.
        plan: of the project from where it stands (`forecast`), for dates, float and what is critical.
    Returns:
        Steps in an order in which they can be done: among those that wait for nothing more, what is critical comes
        first, then what has the least float, then what is planned to start first.
    Raises:
        UnknownName: *milestone* is not declared, or is a deliverable.
    Cost: as readiness for each combination of choices, at most some hundred of them, and one plan.

    Example:
        >>> from datetime import UTC
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, StartProject, decide, replay
        >>> calls = [b.activity("fair"), b.activity("advert")]
        >>> find = b.stage("find", order="choice", at_least=1, activities=calls)
        >>> bid = b.process("bid", stages=[find], milestones=[b.milestone("found", after=["find"])])
        >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> state = replay(decide(bid, NOTHING, StartProject(project="acme", by="li.wei", at=monday)).events)
        >>> [(step.action, step.id) for step in path_to(bid, state, "found", at=monday).steps]
        [('finish', 'fair')]
    """
    progress = Progress(process, state, at, judges)
    target = locate(progress, milestone)
    if progress.ended(target):
        return Path(element=milestone, reached=True)
    found = needs(progress, target)
    dated = _measured(plan, milestone)
    chain = _driving(dated, milestone)
    steps = {item: _step(progress, found, item, dated, frozenset(chain)) for item in found.waits}
    row = dated.get(milestone) if dated is not None else None
    on_the_way = {step.element for step in steps.values()}
    return Path(
        element=milestone,
        reached=False,
        steps=tuple(_ordered(progress, found, steps)),
        forecast=row.early_finish if row is not None else None,
        critical_path=tuple(name for name in chain if name in on_the_way),
    )


def _measured(plan: Plan | None, milestone: ElementId) -> Plan | None:
    """Return *plan* with its floats measured against the milestone too: it should not be later than it is planned."""
    row = plan.get(milestone) if plan is not None else None
    if plan is None or row is None or plan.inputs is None or row.kind == "stage":
        return plan
    return plan.with_(deadlines={milestone: row.early_finish})


def _driving(plan: Plan | None, milestone: ElementId) -> tuple[ElementId, ...]:
    """Return the chain of driving elements that ends with *milestone*, first things first, without what is done."""
    chain: list[ElementId] = []
    at: ElementId | None = milestone
    while plan is not None and at is not None and at not in chain:
        row: Row | None = plan.get(at)
        if row is None or row.done:
            break
        chain.append(at)
        if row.kind == "stage":
            inside = [r for r in plan.rows if r.stage == at and r.early_finish == row.early_finish and not r.skipped]
            at = next((r.id for r in inside if r.kind != "milestone" and not r.spans), None)
        else:
            at = row.driving[0] if row.driving else None
    return tuple(reversed(chain))


def _step(progress: Progress, found: Needs, item: Item, plan: Plan | None, critical: frozenset[str]) -> Step:
    element = found.asked[item]
    roles, people = _whose(progress, item, element)
    row: Row | None = plan.get(item.id) if plan is not None and item.kind in ("activity", "gate") else None
    planned = row is not None and not row.skipped
    return Step(
        action=item.action,
        kind=item.kind,
        id=item.id,
        element=element,
        title=_title(progress, item),
        roles=roles,
        people=people,
        now=not found.waits[item] and _now(progress, item),
        waits_for=tuple(sorted({other.id for other in _nearest(found, item)})),
        critical=item.id in critical or (row is None and element in critical),
        total_float=row.total_float if row is not None and planned else None,
        start=row.early_start if row is not None and planned else None,
        finish=row.early_finish if row is not None and planned else None,
    )


def _nearest(found: Needs, item: Item) -> Iterator[Item]:
    """Yield the items that *item* waits for and that no other of these waits for in turn."""
    waits = found.waits[item]
    behind = frozenset[Item]().union(*(found.waits[other] for other in waits))
    return (other for other in waits if other not in behind or item in found.waits[other])


def _now(progress: Progress, item: Item) -> bool:
    return item.kind not in ("activity", "gate") or can_be_done(progress, progress.position(item.id))


def _title(progress: Progress, item: Item) -> Label:
    process, state = progress.process, progress.state
    if item.kind == "condition":
        return Label(en=state.obligations[item.id].text)
    if item.kind == "risk":
        return Label(en=state.risks[item.id].title or item.id)
    found = process.find(item.id) or process.roles_by_id.get(item.id) or process.facts_by_id.get(item.id)
    return found.title if found is not None else NO_LABEL


def _whose(progress: Progress, item: Item, element: ElementId) -> tuple[tuple[RoleId, ...], tuple[Person, ...]]:
    """Return whose *item* is, by role and by name."""
    process, team = progress.process, progress.state.team
    found = process.find(item.id) if item.kind in ("activity", "gate") else None
    if isinstance(found, Activity | Gate):
        return who_owes(progress, found)
    if item.kind == "condition":
        owner = progress.state.obligations[item.id].owner
        return (owner,) if owner in process.roles_by_id else (), owners_of(progress, owner)
    if item.kind in ("role", "project"):
        return leading(process), people_of(team, leading(process))
    fact = process.facts_by_id.get(item.id) if item.kind == "fact" else None
    if fact is not None and fact.owner:
        return (fact.owner,), team.people(fact.owner)
    for answer in judge_all(progress, element):
        if not answer.satisfied and (answer.subject == item.id or answer.kind == item.kind):
            return answer.roles, answer.people
    return (), ()


def _ordered(progress: Progress, found: Needs, steps: Mapping[Item, Step]) -> Iterator[Step]:
    """Yield the steps so that each comes after those it waits for; among those that are free the most urgent first."""
    rank = {node.id: number for number, node in enumerate(progress.nodes)}
    waiting = {item: set(found.waits[item]) for item in steps}
    queue: list[tuple[tuple[object, ...], Item]] = []

    def push(item: Item) -> None:
        step = steps[item]
        slack = step.total_float.minutes if step.total_float is not None else 0
        start = step.start.timestamp() if step.start is not None else 0.0
        heapq.heappush(queue, ((not step.critical, slack, start, rank.get(step.element, 0), item), item))

    for item in [item for item, waits in waiting.items() if not waits]:
        push(item)
        del waiting[item]
    while queue or waiting:
        if not queue:  # two that wait for each other: one of them is begun first
            item = min(waiting, key=lambda item: (len(waiting[item]), rank.get(steps[item].element, 0), item))
            del waiting[item]
            push(item)
        item = heapq.heappop(queue)[1]
        yield steps[item]
        for other in [other for other, waits in waiting.items() if item in waits]:
            waiting[other].discard(item)
            if not waiting[other]:
                del waiting[other]
                push(other)
