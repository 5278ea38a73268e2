"""Where a project stands, as a value: stage by stage, what is done, in progress, open and waiting, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs

from ltcflow.conditions import FactValue, Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, FactId, RoleId
from ltcflow.process import Process
from ltcflow.projects import (
    Absent,
    AnyEvent,
    Closing,
    CriterionAnswer,
    Progress,
    ProjectState,
    Standing,
    absent,
    judge_all,
)
from ltcflow.projects.clocks import Told
from ltcflow.projects.events import VoteCast
from ltcflow.projects.panel import standing as decided_so_far
from ltcflow.projects.state import Obligation, Risk
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate, Milestone, Verdict
from ltcflow.stages.stage import Payment
from ltcflow.steering.risk_register import ranked


@attrs.frozen(kw_only=True)
class ElementStatus:
    """How one activity, gate or milestone stands.

    Attributes:
        standing: done, in_progress, open (it can be done now), waiting, skipped, left_out (of a choice), unknown
            (whether it takes place depends on a fact that is not known), alongside (runs along its stage).
        waits_for: what it waits for directly, by id; a stage stands for all of it.
        early: it was begun under an approved early start.
        verdict, round, votes: of a gate; *votes* are those that count in this round.
        missing_votes, unfilled: who may still vote, and roles that must be heard and that nobody wears.
        unmet: criteria that are not met and not waived.
        missing_facts: facts that must be known first.
        payments: the instalments that a milestone makes due.
        waiting_for, waiting_since, waiting_reason: who outside is waited for.
        told: what was told of its time limit in this round, by `Workspace.tick`.
    """

    id: ElementId
    kind: str
    title: Label = NO_LABEL
    standing: str
    by: Person = ""
    started: datetime | None = None
    finished: datetime | None = None
    early: bool = False
    waits_for: tuple[ElementId, ...] = ()
    verdict: Verdict | None = None
    round: int = 0
    votes: tuple[VoteCast, ...] = ()
    missing_votes: tuple[Person, ...] = ()
    unfilled: tuple[RoleId, ...] = ()
    unmet: tuple[CriterionAnswer, ...] = ()
    missing_facts: tuple[FactId, ...] = ()
    payments: tuple[Payment, ...] = ()
    waiting_for: str = ""
    waiting_since: datetime | None = None
    waiting_reason: str = ""
    told: tuple[Told, ...] = ()


@attrs.frozen(kw_only=True)
class StageStatus:
    """How one stage stands: done, in_progress (it has begun), waiting or skipped; its elements in declared order.

    *unmet* holds criteria of its success that are not met, once it has begun.
    """

    id: ElementId
    title: Label = NO_LABEL
    standing: str
    waits_for: tuple[ElementId, ...] = ()
    unmet: tuple[CriterionAnswer, ...] = ()
    elements: tuple[ElementStatus, ...] = ()


@attrs.frozen(kw_only=True)
class OpenCondition:
    """A condition that somebody still has to meet: of a conditional go (*gate*) or of an early start (*activity*)."""

    id: str
    text: str
    owner: str
    due: date
    overdue: bool
    gate: ElementId = ""
    activity: ElementId = ""
    told: tuple[Told, ...] = ()


@attrs.frozen(kw_only=True)
class Status:
    """Where one project stands at one moment.

    Attributes:
        at: the moment the question was asked; *events*, *last_at*: how many events there are, and when the last was.
        last: the last event, where it was handed in.
        conditions: open ones, the most urgent first. early_starts: activities that may begin early, with the condition.
        risks: open ones, the heaviest first.
        absent: who with a role is away, the sponsor first, and who stands in.
    """

    project: str
    title: str
    process: ElementId
    version: str
    standing: Standing
    closing: Closing | None
    reason: str
    at: datetime
    started: datetime
    events: int
    last_at: datetime
    last: AnyEvent | None
    stages: tuple[StageStatus, ...]
    milestones: tuple[ElementStatus, ...]
    conditions: tuple[OpenCondition, ...]
    early_starts: tuple[tuple[ElementId, str], ...]
    risks: tuple[Risk, ...]
    facts: tuple[tuple[FactId, FactValue], ...]
    absent: tuple[Absent, ...] = ()


def status(process: Process, state: ProjectState, progress: Progress, *, last: AnyEvent | None = None) -> Status:
    """Return where a project stands.

    Args:
        progress: made from the same process and state, for the moment and with the judges that are meant.
        last: the last event of its record, to be told.
    Cost: O(elements + dependencies + criteria).
    """
    milestones = (n.id for n in progress.nodes if n.kind is NodeKind.MILESTONE)
    return Status(
        project=state.project,
        title=state.title,
        process=process.id,
        version=process.version,
        standing=state.standing,
        closing=state.closing,
        reason=state.reason,
        at=progress.at,
        started=state.started,
        events=state.version,
        last_at=state.at,
        last=last,
        stages=tuple(_stage(progress, i) for i, n in enumerate(progress.nodes) if n.kind is NodeKind.STAGE_START),
        milestones=tuple(_element(progress, progress.position(name)) for name in milestones),
        conditions=_conditions(state, progress),
        early_starts=tuple(sorted(state.early.items())),
        risks=tuple(found.risk for found in ranked(state.risks.values(), process.registers.risk_scale)),
        facts=tuple((fact.id, state.facts[fact.id]) for fact in process.facts if fact.id in state.facts),
        absent=absent(process, state, progress.at),
    )


def _conditions(state: ProjectState, progress: Progress) -> tuple[OpenCondition, ...]:
    today = progress.today
    unmet = (o for o in state.obligations.values() if o.met is None)
    return tuple(_condition(o, overdue=o.due < today) for o in sorted(unmet, key=lambda o: (o.due, o.id)))


def _condition(obligation: Obligation, *, overdue: bool) -> OpenCondition:
    return OpenCondition(
        id=obligation.id,
        text=obligation.text,
        owner=obligation.owner,
        due=obligation.due,
        overdue=overdue,
        gate=obligation.gate,
        activity=obligation.activity,
        told=obligation.told,
    )


def _stage(progress: Progress, start: int) -> StageStatus:
    stage = progress.process.stage(progress.nodes[start].stage)
    steps = (NodeKind.ACTIVITY, NodeKind.SPAN, NodeKind.GATE)
    nodes = enumerate(progress.nodes)
    inside = tuple(_element(progress, i) for i, n in nodes if n.stage == stage.id and n.kind in steps)
    ended = progress.ended(progress.position(stage.id))
    begun = progress.may_begin(start) or any(e.started is not None or e.verdict is not None for e in inside)
    if inside and all(e.standing == "skipped" for e in inside if e.standing != "alongside") and ended:
        standing = "skipped"
    else:
        standing = "done" if ended else "in_progress" if begun else "waiting"
    return StageStatus(
        id=stage.id,
        title=stage.title,
        standing=standing,
        waits_for=_names(progress, progress.waits_to_begin(start), "") if standing == "waiting" else (),
        unmet=_unmet(progress, stage.id) if begun else (),
        elements=inside,
    )


def _unmet(progress: Progress, element: ElementId) -> tuple[CriterionAnswer, ...]:
    return tuple(answer for answer in judge_all(progress, element) if not answer.satisfied)


def _names(progress: Progress, positions: tuple[int, ...], own_stage: ElementId) -> tuple[ElementId, ...]:
    """Ids of what is waited for: a boundary stands for its stage; the start of the own stage goes without saying."""
    found: dict[ElementId, None] = {}
    for i in positions:
        node = progress.nodes[i]
        if node.element is not None and not (node.kind is NodeKind.STAGE_START and node.stage == own_stage):
            found[node.element.id] = None
    return tuple(found)


def _element(progress: Progress, i: int) -> ElementStatus:
    node = progress.nodes[i]
    element = node.element
    assert element is not None
    kind = "activity" if node.kind is NodeKind.SPAN else node.kind.value
    waits = _names(progress, (*progress.waits_to_begin(i), *progress.waits_to_end(i)), node.stage)
    found = ElementStatus(
        id=node.id,
        kind=kind,
        title=element.title,
        standing="waiting",
        waits_for=waits,
        missing_facts=tuple(sorted(progress.missing_facts(i))) if progress.applies(i) is Truth.UNKNOWN else (),
        payments=element.payments if isinstance(element, Milestone) else (),
        **_time(progress, node.id),
    )
    if isinstance(element, Gate):
        return _gate(progress, i, element, found)
    if isinstance(element, Activity):
        return _activity(progress, i, found)
    if progress.ended(i) or progress.skipped(i):
        return attrs.evolve(found, standing="skipped" if progress.skipped(i) else "done", waits_for=())
    return attrs.evolve(found, unmet=_unmet(progress, node.id))


def _time(progress: Progress, name: ElementId) -> dict[str, Any]:
    waiting, clock = progress.state.waiting.get(name), progress.state.clocks.get(name)
    found: dict[str, Any] = {"told": clock.told} if clock is not None else {}
    if waiting is not None:
        found |= {"waiting_for": waiting.on, "waiting_since": waiting.since, "waiting_reason": waiting.reason}
    return found


def _activity(progress: Progress, i: int, found: ElementStatus) -> ElementStatus:
    work = progress.state.work.get(found.id)
    if work is not None:
        done = work.finished is not None
        return attrs.evolve(
            found,
            standing="done" if done else "in_progress",
            by=work.finished_by or work.started_by,
            started=work.started,
            finished=work.finished,
            early=work.early,
            waits_for=() if done else found.waits_for,
        )
    standing = _unbegun(progress, i)
    return attrs.evolve(found, standing=standing, waits_for=found.waits_for if standing in _WAITING else ())


_WAITING = ("waiting", "unknown", "open")


def _unbegun(progress: Progress, i: int) -> str:
    if progress.skipped(i):
        return "skipped"
    if progress.applies(i) is Truth.UNKNOWN:
        return "unknown"
    if progress.left_out(i):
        return "left_out"
    if progress.nodes[i].kind is NodeKind.SPAN:
        return "done" if progress.ended(i) else "alongside"
    return "open" if progress.can_begin(i) else "waiting"


def _gate(progress: Progress, i: int, gate: Gate, found: ElementStatus) -> ElementStatus:
    state = progress.state.gate(gate.id)
    found = attrs.evolve(found, round=state.round, verdict=state.verdict, votes=state.votes, finished=state.decided)
    if progress.passed(gate.id):
        return attrs.evolve(found, standing="done", waits_for=())
    standing = _unbegun_gate(progress, i)
    if standing == "skipped":
        return attrs.evolve(found, standing=standing, waits_for=())
    votes = decided_so_far(progress, gate, state)
    shut = tuple(obligation.id for obligation in progress.shut_by(gate.id))
    return attrs.evolve(
        found,
        standing=standing,
        waits_for=(*found.waits_for, *shut),
        missing_votes=votes.missing,
        unfilled=votes.unfilled,
        unmet=_unmet(progress, gate.id) if standing == "open" or state.votes else (),
    )


def _unbegun_gate(progress: Progress, i: int) -> str:
    if progress.skipped(i):
        return "skipped"
    if progress.applies(i) is Truth.UNKNOWN:
        return "unknown"
    return "open" if progress.gate_open(i) else "waiting"
