"""Readiness: what is still missing for a milestone, who owes it, when it will be there.

Everything here is derived from the same `Progress` that decides commands: readiness can never say "ready" where a
milestone could not be reached, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Element, Process, kind_of
from ltcflow.projects.absent import Absent, absent
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge_all, people_of
from ltcflow.projects.panel import panel, rows_and_rules, standing
from ltcflow.projects.progress import Progress
from ltcflow.projects.standins import substitutes_at_work
from ltcflow.projects.state import Obligation, ProjectState
from ltcflow.projects.success import StageSuccess, successes
from ltcflow.roles import Person
from ltcflow.stages import Activity, Deliverable, Gate, Milestone, Stage
from ltcflow.stages.stage import Payment

if TYPE_CHECKING:
    from ltcflow.schedule.constraint import Moment
    from ltcflow.schedule.montecarlo import Share, Simulation


@attrs.frozen
class Outlook:
    """What a plan says of one element: whether it is critical, its total float in working minutes, its finish."""

    critical: bool = False
    total_float: int | None = None
    finish: datetime | None = None


NO_OUTLOOK: Mapping[ElementId, Outlook] = MappingProxyType({})
UNPLANNED = Outlook()


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
        payments: the instalments that a milestone makes due.
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
    payments: tuple[Payment, ...] = ()


@attrs.frozen(kw_only=True)
class Readiness:
    """What is still missing for one element: *missing* is empty exactly when *ready*.

    Attributes:
        without_success: stages before it that the project has left behind without their success; they hold nothing
            up, and are never silent.
        simulation: what was handed in to say how likely it is there by a date.
        absent: the sponsor, and others who owe something of it, as far as they are away today, and who stands in.
    """

    element: ElementId
    ready: bool
    missing: tuple[Missing, ...]
    forecast: datetime | None = None
    without_success: tuple[StageSuccess, ...] = ()
    simulation: Simulation | None = attrs.field(default=None, eq=False, repr=False)
    absent: tuple[Absent, ...] = ()

    def probability_by(self, moment: Moment) -> Share:
        """Return the probability that the element is there by *moment* (a day counts to its end): 1 once it is.

        Raises:
            InvalidValue: not ready, and no simulation was handed in; no date.
            UnknownName: the simulation does not know the element.
        """
        from ltcflow.schedule.montecarlo import Share, probability_by

        if self.ready:
            return Share(1.0, 1.0, 1.0)
        if self.simulation is None:
            problem, remedy = "was not handed in.", "Simulate the project: readiness(..., simulation=ws.simulate(...))."
            raise InvalidValue(field="simulation", value="None", problem=problem, remedy=remedy)
        return probability_by(self.simulation, self.element, moment)


def readiness(
    process: Process,
    state: ProjectState,
    milestone: ElementId,
    *,
    at: datetime,
    outlook: Mapping[ElementId, Outlook] = NO_OUTLOOK,
    judges: Judges = NO_JUDGES,
    simulation: Simulation | None = None,
) -> Readiness:
    """Say what is still missing before *milestone* (or a gate, stage or activity) is there.

    Args:
        at: the moment the question is asked (conditions have dates).
        outlook: what a plan says of each element; without it, float and forecast stay empty.
        simulation: of the project from where it stands, for `Readiness.probability_by`.
    Returns:
        Missing things in the order of waiting, each once; none when it is ready. A later element is never named. An
        activity that spans its stage lacks what the stage lacks.
    Raises:
        UnknownName: *milestone* is not declared, or is a deliverable.
    Cost: O(elements + dependencies).
    """
    progress = Progress(process, state, at, judges)
    target = locate(progress, milestone)
    net = progress.compiled.network
    wanted = {target, *net.ancestors(target)}
    if (whole := spanned(progress, target)) is not None:
        wanted |= {whole, *net.ancestors(whole)}
    stages = {net.nodes[i].stage for i in wanted if net.nodes[i].kind is NodeKind.STAGE_FINISH}
    left = tuple(stage for stage in successes(progress, stages) if stage.left_behind)
    if progress.ended(target):
        return Readiness(element=milestone, ready=True, missing=(), without_success=left)
    missing: list[Missing] = []
    for i in net.order:
        if i in wanted and net.nodes[i].element is not None and not progress.ended(i):
            missing += missing_at(progress, i, outlook)
    forecast = outlook.get(milestone, UNPLANNED).finish
    things = tuple(dict.fromkeys(missing))
    return Readiness(
        element=milestone,
        ready=False,
        missing=things,
        forecast=forecast,
        without_success=left,
        simulation=simulation,
        absent=_absent(progress, things),
    )


def _absent(progress: Progress, missing: tuple[Missing, ...]) -> tuple[Absent, ...]:
    """The sponsor while away, and whoever is away of those who owe one of *missing* or whose place is taken in it."""
    people = {person for thing in missing for person in thing.people}
    roles = {role for thing in missing for role in thing.roles}
    everybody = absent(progress.process, progress.state, progress.at)
    return tuple(a for a in everybody if a.sponsor or a.person in people or not roles.isdisjoint(a.roles))


def spanned(progress: Progress, i: int) -> int | None:
    """Return the node that ends the stage which the activity at node *i* spans; None: it spans nothing."""
    node = progress.nodes[i]
    if node.kind is not NodeKind.SPAN or progress.skipped(i):
        return None
    return progress.compiled.network.index[f"{node.stage}.finish"]


def locate(progress: Progress, element: ElementId) -> int:
    """Return the node of a milestone, gate, activity or stage (its finish); UnknownName for anything else."""
    found = progress.process.element(element)
    if isinstance(found, Deliverable):
        progress.process.milestone(element)  # raises, with the milestones as suggestions
    return progress.position(element)


def missing_at(progress: Progress, i: int, outlook: Mapping[ElementId, Outlook]) -> list[Missing]:
    """What is missing at one node that has not ended."""
    node = progress.nodes[i]
    element = node.element
    if isinstance(element, Stage) or element is None or progress.skipped(i) or progress.left_out(i):
        return []
    if node.kind is NodeKind.SPAN:
        return []
    facts = [_fact_missing(progress, name, node.id) for name in sorted(progress.missing_facts(i))]
    criteria = [m for a in judge_all(progress, node.id) for m in _criterion_missing(progress, node.id, a, outlook)]
    look = outlook.get(node.id, UNPLANNED)
    work = progress.state.work.get(node.id)
    done = work is not None and work.finished is not None  # it began early: what it waits for is missing, not itself
    own = [] if done or (isinstance(element, Milestone) and criteria) else [own_missing(progress, i, look)]
    conditions = [
        Missing(
            kind="condition", id=o.id, element=node.id, people=owners_of(progress, o.owner), now=True,
            note=Label(zh=f"{o.text}(截至 {o.due})", en=f"{o.text} (by {o.due})"),
        )
        for o in (_owed(progress, node.id) if isinstance(element, Gate) else ())
    ]  # fmt: skip
    roles = [_role_missing(node.id, role) for role in unfilled(progress, element)]
    return [*facts, *conditions, *criteria, *roles, *own]


def _owed(progress: Progress, gate: ElementId) -> tuple[Obligation, ...]:
    """The conditions that keep *gate* shut, and those of its own conditional go that are overdue."""
    passed, today = progress.state.gate(gate).verdict is not None, progress.today
    own = (o for o in progress.open_conditions(gate) if passed and o.due < today)
    return (*progress.shut_by(gate), *own)


def owners_of(progress: Progress, owner: str) -> tuple[Person, ...]:
    return progress.state.team.people(owner) or (owner,)


def unfilled(progress: Progress, element: object) -> tuple[RoleId, ...]:
    """Return the roles without which the gate *element* cannot be decided and that nobody wears."""
    if not isinstance(element, Gate):
        return ()
    team, (_, rules) = progress.state.team, rows_and_rules(progress, element, progress.gate_round(element.id))
    found = standing(progress, element).unfilled
    vacant = (role for rule in rules if not any(team.people(role) for role in rule.roles) for role in rule.roles)
    return found or tuple(dict.fromkeys(vacant))


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
            id=named(progress, answer),
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
            own = own_missing(progress, i, outlook.get(name, UNPLANNED))
            yield attrs.evolve(own, element=element, note=answer.remedy)


def named(progress: Progress, answer: CriterionAnswer) -> str:
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


def own_missing(progress: Progress, i: int, look: Outlook) -> Missing:
    """Return node *i* itself (an activity, gate or milestone) as something missing."""
    node = progress.nodes[i]
    element = node.element
    assert isinstance(element, Activity | Gate | Milestone | Stage)
    roles, people = who_owes(progress, element)
    return Missing(
        kind=kind_of(element),
        id=element.id,
        element=element.id,
        title=element.title,
        roles=roles,
        people=people,
        now=can_be_done(progress, i),
        waits_for=nearest_open(progress, i),
        critical=look.critical,
        total_float=look.total_float,
        forecast=look.finish,
        payments=element.payments if isinstance(element, Milestone) else (),
    )


def who_owes(progress: Progress, element: Element) -> tuple[tuple[RoleId, ...], tuple[Person, ...]]:
    """Return the roles and people who owe *element*: who does it, or who has yet to vote on it."""
    team = progress.state.team
    if isinstance(element, Activity):
        roles = element.raci.responsible or element.raci.accountable
        instead = (p for role in roles for p in substitutes_at_work(progress.state, role, progress.at))
        return roles, tuple(dict.fromkeys((*people_of(team, roles), *instead)))
    if isinstance(element, Gate):
        asked = panel(progress, element)
        roles = tuple(dict.fromkeys(role for rule in asked.rules for role in rule.roles))
        return roles, standing(progress, element, asked=asked).missing
    return (), ()


def can_be_done(progress: Progress, i: int) -> bool:
    """Say whether somebody can begin, finish or judge node *i* today (a gate: with every criterion met)."""
    element = progress.nodes[i].element
    if isinstance(element, Activity):
        return progress.can_begin(i) or progress.can_finish(i)
    if isinstance(element, Gate):
        return progress.gate_open(i) and all(a.satisfied for a in judge_all(progress, element.id))
    return False


def nearest_open(progress: Progress, i: int) -> tuple[ElementId, ...]:
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
