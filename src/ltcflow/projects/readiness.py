"""Readiness: what is still missing for a milestone, who owes it, when it will be there; and why.

Everything here is derived from the same `Progress` that decides commands: readiness can never say "ready" where a
milestone could not be reached, nor the other way round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Element, Process, kind_of
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge_all, people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.state import Obligation, ProjectState, day
from ltcflow.projects.votes import tally
from ltcflow.roles import Person
from ltcflow.stages import Activity, Deliverable, Gate, Milestone, Stage


@attrs.frozen
class Outlook:
    """What a plan says of one element: whether it is critical, its total float in working minutes, its finish."""

    critical: bool = False
    total_float: int | None = None
    finish: datetime | None = None


NO_OUTLOOK: Mapping[ElementId, Outlook] = MappingProxyType({})
_UNPLANNED = Outlook()


@attrs.frozen(kw_only=True)
class Missing:
    """One thing that is still missing.

    Attributes:
        kind: activity, gate, milestone, stage, deliverable, fact, risk, plugin, condition or role.
        id: the element, fact, risk level, plugin's criterion, condition or role.
        element: the element it is missing for (itself, for activities, gates and milestones).
        roles, people: who owes it, by duty and by name.
        now: somebody can see to it today; otherwise *waits_for* says what comes first.
        critical, total_float, forecast: from the plan that was handed in; total float in working minutes.
        note: what to do or what was seen.
    """

    kind: str
    id: str
    element: ElementId
    title: Label = NO_LABEL
    roles: tuple[RoleId, ...] = ()
    people: tuple[Person, ...] = ()
    now: bool = False
    waits_for: tuple[ElementId, ...] = ()
    critical: bool = False
    total_float: int | None = None
    forecast: datetime | None = None
    note: Label = NO_LABEL


@attrs.frozen(kw_only=True)
class Readiness:
    """What is still missing for one element: *missing* is empty exactly when *ready*."""

    element: ElementId
    ready: bool
    missing: tuple[Missing, ...]
    forecast: datetime | None = None


@attrs.frozen(kw_only=True)
class Link:
    """One link of a chain of waiting: *id* is not there because of the next link; the last can be done today."""

    id: str
    kind: str
    title: Label = NO_LABEL
    people: tuple[Person, ...] = ()
    now: bool = False
    because: Label = NO_LABEL


def readiness(
    process: Process,
    state: ProjectState,
    milestone: ElementId,
    *,
    at: datetime,
    outlook: Mapping[ElementId, Outlook] = NO_OUTLOOK,
    judges: Judges = NO_JUDGES,
) -> Readiness:
    """Say what is still missing before *milestone* (or a gate, stage or activity) is there.

    Args:
        at: the moment the question is asked (conditions have dates).
        outlook: what a plan says of each element; without it, float and forecast stay empty.
    Returns:
        Missing things in the order of waiting, each once; none when it is ready. A later element is never named.
    Raises:
        UnknownName: *milestone* is not declared, or is a deliverable.
    Cost: O(elements + dependencies).
    """
    progress = Progress(process, state, at, judges)
    target = locate(progress, milestone)
    if progress.ended(target):
        return Readiness(element=milestone, ready=True, missing=())
    net = progress.compiled.network
    wanted = {target, *net.ancestors(target)}
    missing: list[Missing] = []
    for i in net.order:
        if i in wanted and net.nodes[i].element is not None and not progress.ended(i):
            missing += _missing_at(progress, i, outlook)
    forecast = outlook.get(milestone, _UNPLANNED).finish
    return Readiness(element=milestone, ready=False, missing=tuple(dict.fromkeys(missing)), forecast=forecast)


def locate(progress: Progress, element: ElementId) -> int:
    """Return the node of a milestone, gate, activity or stage (its finish); UnknownName for anything else."""
    found = progress.process.element(element)
    if isinstance(found, Deliverable):
        progress.process.milestone(element)  # raises, with the milestones as suggestions
    return progress.position(element)


def _missing_at(progress: Progress, i: int, outlook: Mapping[ElementId, Outlook]) -> list[Missing]:
    """What is missing at one node that has not ended."""
    node = progress.nodes[i]
    element = node.element
    if isinstance(element, Stage) or element is None or progress.skipped(i) or progress.left_out(i):
        return []
    if node.kind is NodeKind.SPAN:
        return []
    facts = [_fact_missing(progress, name, node.id) for name in sorted(progress.missing_facts(i))]
    criteria = [m for a in judge_all(progress, node.id) for m in _criterion_missing(progress, node.id, a, outlook)]
    look = outlook.get(node.id, _UNPLANNED)
    work = progress.state.work.get(node.id)
    done = work is not None and work.finished is not None  # it began early: what it waits for is missing, not itself
    own = [] if done or (isinstance(element, Milestone) and criteria) else [_own(progress, i, look)]
    conditions = [
        Missing(
            kind="condition", id=o.id, element=node.id, people=owners_of(progress, o.owner), now=True,
            note=Label(zh=f"{o.text}(截至 {o.due})", en=f"{o.text} (by {o.due})"),
        )
        for o in (_owed(progress, node.id) if isinstance(element, Gate) else ())
    ]  # fmt: skip
    roles = [_role_missing(node.id, role) for role in _unfilled(progress, element)]
    return [*facts, *conditions, *criteria, *roles, *own]


def _owed(progress: Progress, gate: ElementId) -> tuple[Obligation, ...]:
    """The conditions that keep *gate* shut, and those of its own conditional go that are overdue."""
    passed, today = progress.state.gate(gate).verdict is not None, day(progress.at)
    own = (o for o in progress.open_conditions(gate) if passed and o.due < today)
    return (*progress.shut_by(gate), *own)


def owners_of(progress: Progress, owner: str) -> tuple[Person, ...]:
    return progress.state.team.people(owner) or (owner,)


def _unfilled(progress: Progress, element: object) -> tuple[RoleId, ...]:
    if not isinstance(element, Gate):
        return ()
    team, rule = progress.state.team, element.decided_by
    found = tally(rule, team, progress.gate_round(element.id)).unfilled
    return found if found or any(team.people(role) for role in rule.roles) else rule.roles


def _role_missing(element: ElementId, role: RoleId) -> Missing:
    note = Label(zh=f"请任命 {role}。", en=f"Assign somebody to '{role}'.")
    return Missing(kind="role", id=role, element=element, roles=(role,), now=True, note=note)


def _fact_missing(progress: Progress, name: str, element: ElementId) -> Missing:
    fact = progress.process.facts_by_id[name]
    roles = (fact.owner,) if fact.owner else ()
    note = Label(zh=f"记录 {name}。", en=f"Record {name}.")
    people = people_of(progress.state.team, roles)
    return Missing(
        kind="fact", id=name, element=element, title=fact.title, roles=roles, people=people, now=True, note=note
    )


def _criterion_missing(
    progress: Progress, element: ElementId, answer: CriterionAnswer, outlook: Mapping[ElementId, Outlook]
) -> Iterator[Missing]:
    """A criterion that is not met, and the work it asks for unless that is named anyway."""
    if answer.satisfied:
        return
    if answer.kind == "done":
        asked: tuple[ElementId, ...] = (answer.subject,)
    else:
        producers = progress.compiled.producers.get(answer.subject, ()) if answer.kind == "delivered" else ()
        begun = any(a.id in progress.state.work for a in producers)
        asked = () if begun else tuple(a.id for a in producers)
        subject = progress.process.find(answer.subject)
        yield Missing(
            kind={"delivered": "deliverable"}.get(answer.kind, answer.kind),
            id=_named(progress, answer),
            element=element,
            title=answer.title or (subject.title if subject is not None else NO_LABEL),
            roles=answer.roles,
            people=answer.people,
            now=not asked,
            waits_for=asked,
            note=answer.remedy,
        )
    for name in asked:
        i = progress.position(name)
        if not (_named_anyway(progress, i, element) or progress.skipped(i) or progress.left_out(i)):
            own = _own(progress, i, outlook.get(name, _UNPLANNED))
            yield attrs.evolve(own, element=element, note=answer.remedy)


def _named(progress: Progress, answer: CriterionAnswer) -> str:
    """What is missing, by name: the one fact that nobody recorded, else the condition; else what is asked for."""
    if answer.kind != "fact":
        return answer.subject
    facts = progress.compiled.conditions[answer.subject].facts
    absent = [name for name in facts if name not in progress.state.facts]
    return absent[0] if len(absent) == len(facts) == 1 else answer.subject


def _named_anyway(progress: Progress, i: int, other: ElementId) -> bool:
    """True when *other* waits for node *i*, which makes it an entry of its own; nothing waits for what spans."""
    before = progress.compiled.network.ancestors(progress.position(other))
    return i in before and progress.nodes[i].kind is not NodeKind.SPAN


def _own(progress: Progress, i: int, look: Outlook) -> Missing:
    node = progress.nodes[i]
    element = node.element
    assert isinstance(element, Activity | Gate | Milestone | Stage)
    roles, people = _who(progress, element)
    return Missing(
        kind=kind_of(element),
        id=element.id,
        element=element.id,
        title=element.title,
        roles=roles,
        people=people,
        now=can_be_done(progress, i),
        waits_for=_nearest(progress, i),
        critical=look.critical,
        total_float=look.total_float,
        forecast=look.finish,
    )


def _who(progress: Progress, element: Element) -> tuple[tuple[RoleId, ...], tuple[Person, ...]]:
    team = progress.state.team
    if isinstance(element, Activity):
        roles = element.raci.responsible or element.raci.accountable
        return roles, people_of(team, roles)
    if isinstance(element, Gate):
        waiting = tally(element.decided_by, team, progress.gate_round(element.id)).missing
        return element.decided_by.roles, waiting
    return (), ()


def can_be_done(progress: Progress, i: int) -> bool:
    """Say whether somebody can begin, finish or judge node *i* today (a gate: with every criterion met)."""
    element = progress.nodes[i].element
    if isinstance(element, Activity):
        return progress.can_begin(i) or progress.can_finish(i)
    if isinstance(element, Gate):
        return progress.gate_open(i) and all(a.satisfied for a in judge_all(progress, element.id))
    return False


def _nearest(progress: Progress, i: int) -> tuple[ElementId, ...]:
    """The nearest elements not ended that node *i* waits for, boundaries looked through, in declared order."""
    found: set[int] = set()
    seen: set[int] = set()
    stack = [i]
    while stack:
        at = stack.pop()
        for other in (*progress.waits_to_begin(at), *progress.waits_to_end(at)):
            if other not in seen:
                seen.add(other)
                transparent = progress.nodes[other].kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH)
                if transparent or progress.skipped(other) or progress.left_out(other):
                    stack.append(other)
                else:
                    found.add(other)
    return tuple(progress.nodes[j].id for j in sorted(found))


def why(
    process: Process, state: ProjectState, element: ElementId, *, at: datetime, judges: Judges = NO_JUDGES
) -> tuple[Link, ...]:
    """Return the shortest chain from *element* to something that can be done today; () when it has ended.

    Each link is not there because of the next; the last one can be done now (an activity, a vote, a missing fact, a
    deliverable, a condition). Cost: O(elements + dependencies).

    Raises:
        UnknownName: *element* is not declared, or is a deliverable.
    """
    progress = Progress(process, state, at, judges)
    target = locate(progress, element)
    if progress.ended(target):
        return ()
    came: dict[int, int | None] = {target: None}
    queue = deque([target])
    last: tuple[int, Missing | None] = (target, None)
    while queue:
        i = queue.popleft()
        item = _doable(progress, i)
        if item is not None:
            last = (i, item)
            break
        last = (i, None)
        for other in (*progress.waits_to_begin(i), *progress.waits_to_end(i), *_judged_by(progress, i)):
            if other not in came:
                came[other] = i
                queue.append(other)
    return _chain(progress, came, last, element)


def _judged_by(progress: Progress, i: int) -> Iterable[int]:
    """The elements that unmet ``done:`` criteria of node *i* ask for."""
    for answer in judge_all(progress, progress.nodes[i].id):
        if answer.kind == "done" and not answer.satisfied:
            yield progress.position(answer.subject)


def _doable(progress: Progress, i: int) -> Missing | None:
    """What can be done today at node *i*, or None."""
    node = progress.nodes[i]
    if not isinstance(node.element, Activity | Gate | Milestone) or node.kind is NodeKind.SPAN:
        return None
    reachable = progress.unblocked(i) if not isinstance(node.element, Activity) else progress.may_begin(i)
    if not reachable and node.id not in progress.state.early and node.id not in progress.state.work:
        return None
    if can_be_done(progress, i):
        return _own(progress, i, _UNPLANNED)
    here = [m for m in _missing_at(progress, i, NO_OUTLOOK) if m.now]
    return here[0] if here else None


def _chain(
    progress: Progress, came: Mapping[int, int | None], last: tuple[int, Missing | None], element: ElementId
) -> tuple[Link, ...]:
    path: list[int] = []
    at: int | None = last[0]
    while at is not None:
        path.append(at)
        at = came[at]
    links = [_link(progress, i) for i in reversed(path) if _shown(progress, i) or len(path) == 1]
    item = last[1]
    if item is not None and (not links or links[-1].id != item.id):
        links.append(
            Link(id=item.id, kind=item.kind, title=item.title, people=item.people, now=True, because=item.note)
        )
    if not links or links[0].id != element:
        found = progress.process.element(element)
        links.insert(0, Link(id=element, kind=type(found).__name__.lower(), title=found.title))
    return tuple(links)


def _shown(progress: Progress, i: int) -> bool:
    node = progress.nodes[i]
    boundary = node.kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH)
    return node.element is not None and not boundary and not progress.skipped(i)


def _link(progress: Progress, i: int) -> Link:
    node = progress.nodes[i]
    element = node.element
    people: tuple[Person, ...] = ()
    if isinstance(element, Activity | Gate | Milestone):
        people = _who(progress, element)[1]
    kind = "stage" if isinstance(element, Stage) else node.kind.value
    name = element.id if element is not None else node.id
    title = element.title if element is not None else NO_LABEL
    truth = progress.applies(i)
    because = (
        Label(zh="取决于未知事实", en="depends on a fact that is not known") if truth is Truth.UNKNOWN else NO_LABEL
    )
    return Link(id=name, kind=kind, title=title, people=people, now=can_be_done(progress, i), because=because)
