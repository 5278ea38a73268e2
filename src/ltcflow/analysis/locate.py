"""Location: in which stage a project is that did not start in this process, and what is still to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ltcflow.analysis.order import Order
from ltcflow.conditions import FactValue, Truth, coerce
from ltcflow.errors import UnknownName
from ltcflow.graph.cases import condition_of, holds, whens_of
from ltcflow.labels import Label
from ltcflow.names import ElementId
from ltcflow.process import Process, kind_of
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Deliverable,
    Delivered,
    Done,
    FactHolds,
    Gate,
    Milestone,
    Stage,
    StageOrder,
)


@attrs.frozen(kw_only=True)
class Evidence:
    """One thing that is known about the project, and what it shows.

    Attributes:
        kind: finished, delivered or fact.
        id: what was given: an element, a deliverable, or the condition that holds.
        element: what it shows to be done; "" when nothing can be concluded from it.
        before: elements that must have been done before that, and are not known to be: taken as done because of it.
        alone: nothing else that is known stands as late as this does, and much is taken as done for it alone.
    """

    kind: str
    id: str
    element: ElementId
    before: tuple[ElementId, ...]
    alone: bool = False


@attrs.frozen(kw_only=True)
class Candidate:
    """How well one stage explains what is known.

    Attributes:
        stage, title: which stage.
        ahead: elements known to be done that come after the stage: they speak against it.
        behind: elements that should be done before the stage, but are neither known nor implied to be.
        inside: elements of the stage known to be done: they speak for it.
        remaining: steps of the stage still to do.
    """

    stage: ElementId
    title: Label
    ahead: tuple[ElementId, ...]
    behind: tuple[ElementId, ...]
    inside: tuple[ElementId, ...]
    remaining: tuple[ElementId, ...]


@attrs.frozen(kw_only=True)
class Todo:
    """One step that is still to do; *now*: everything it waits for is done."""

    kind: str
    id: ElementId
    title: Label
    stage: ElementId
    now: bool


@attrs.frozen(kw_only=True)
class Location:
    """Where a project stands.

    Attributes:
        stage: the most likely stage; "" when no stage has anything left to do.
        candidates: every stage that may be, best first: the first is `stage`.
        open_stages: stages that have something to do now; several where tracks run in parallel.
        evidence: what each given thing shows, in the order given.
        done: what is known or implied to be done. skipped: what the facts rule out, or a choice left out.
        todo: what is still to do, in the order of work.
    """

    stage: ElementId
    candidates: tuple[Candidate, ...]
    open_stages: tuple[ElementId, ...]
    evidence: tuple[Evidence, ...]
    done: tuple[ElementId, ...]
    skipped: tuple[ElementId, ...]
    todo: tuple[Todo, ...]


def locate(
    process: Process,
    *,
    finished: Iterable[str] = (),
    delivered: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
) -> Location:
    """Say in which stage of *process* a project stands that ran outside of it, with the evidence, and what is left.

    Nothing starts before what it waits for, so a thing that is done shows that everything it waited for is done. Work
    along a stage shows that the stage has begun. Of a choice, what is not known to be done is left out once enough is.
    A deliverable shows that the first activity that leaves it behind is done; a fact that makes every criterion of a
    stage's success true shows that the stage has succeeded. Stages are ranked by what speaks against them: first by
    how many done elements come after the stage, then by how many before it are neither known nor implied to be done;
    of equals the first one with work left. Nothing is weighed by guess: no probabilities go in.

    Args:
        finished: activities done, gates passed, milestones reached, stages ended.
        delivered: deliverables that exist.
        facts: values by fact id; they also say which conditional elements are skipped.
    Raises:
        UnknownName: something is not declared; the nearest is suggested.
        FactValueError: a value that its fact cannot have.
    Cost: O(given * elements).

    Example:
        >>> from ltcflow import builder as b
        >>> bid = b.process("bid", deliverables={"offer": "Offer"}, stages=[
        ...     b.stage("prepare", activities=[b.activity("analyse"), b.activity("write", outputs=["offer"])]),
        ...     b.stage("win", activities=[b.activity("negotiate"), b.activity("sign")])])
        >>> where = locate(bid, delivered=["offer"])
        >>> where.stage, where.evidence[0].before, [step.id for step in where.todo]
        ('win', ('analyse',), ['negotiate', 'sign'])
    """
    values = {name: coerce(process.fact(name), value) for name, value in (facts or {}).items() if value is not None}
    return _Locating(process, values, tuple(dict.fromkeys(finished)), tuple(dict.fromkeys(delivered))).location()


class _Locating:
    def __init__(
        self, process: Process, values: Mapping[str, FactValue], finished: tuple[str, ...], delivered: tuple[str, ...]
    ) -> None:
        self.process, self.values, self.delivered = process, values, delivered
        self.order = Order(process)
        self.happened = set(finished)
        self.skipped = self._skipped()
        self.steps = [name for name in self.order.steps if name not in self.skipped]
        self.shown = [*map(self._finished, finished), *map(self._delivered, delivered), *self._facts()]
        self.known = {e.element: None for e in self.shown if e.element}
        events = {event for e in self.shown for event in self._events(e)}
        self.implied = {event for event in events for event in (event, *self.order.past(event))}
        self._leave_out()
        self.done = {name for name in self.steps if name in self.known or self.order.ends(name) in self.implied}

    def location(self) -> Location:
        candidates = sorted(map(self._candidate, self._stages()), key=self._rank)
        todo = self._todo()
        return Location(
            stage=candidates[0].stage if candidates and any(step.stage for step in todo) else "",
            candidates=tuple(candidates),
            open_stages=tuple(dict.fromkeys(step.stage for step in todo if step.now and step.stage)),
            evidence=tuple(self._alone()),
            done=tuple(name for name in self.steps if name in self.done),
            skipped=tuple(e.id for e in self.process.elements() if e.id in self.skipped),
            todo=todo,
        )

    def _skipped(self) -> set[ElementId]:
        """What the facts rule out; what has happened all the same is not ruled out."""
        skipped: set[ElementId] = set()
        for element in self.process.elements():
            if isinstance(element, Activity | Gate | Milestone) and element.id not in self.happened:
                whens = whens_of(self.process, element)
                if whens and holds(whens, self.values) is Truth.FALSE:
                    skipped.add(element.id)
        return skipped

    def _leave_out(self) -> None:
        """Of a choice, what is not known to be done is left out once enough is, or the stage has ended."""
        for stage in self.process.stages:
            if stage.order is not StageOrder.CHOICE:
                continue
            offered = [a.id for a in stage.activities if a.id in self.steps]
            chosen = [name for name in offered if name in self.known]
            if len(chosen) >= min(stage.at_least, len(offered)) or self.order.ends(stage.id) in self.implied:
                left = {name for name in offered if name not in chosen}
                self.skipped |= left
                self.steps = [name for name in self.steps if name not in left]

    def _stages(self) -> list[Stage]:
        stages = {stage.id: stage for stage in self.process.stages}
        return [s for s in stages.values() if not self._off(s)]

    def _off(self, stage: Stage) -> bool:
        condition = condition_of(self.process, stage.when)
        return condition is not None and condition.evaluate(self.values) is Truth.FALSE

    def _past(self, element: ElementId) -> list[ElementId]:
        """The steps that must have ended before *element* has."""
        return self.order.ended_before(self.order.ends(element), self.steps) if element else []

    def _evidence(self, kind: str, given: str, element: ElementId) -> Evidence:
        return Evidence(kind=kind, id=given, element=element, before=tuple(self._past(element)))

    def _events(self, evidence: Evidence) -> list[int]:
        """What *evidence* shows to have happened: an end; of work along a stage, that the stage has begun."""
        if evidence.element:
            return [self.order.ends(evidence.element)]
        stage = self.process.stage_of(evidence.id) if evidence.kind == "finished" else None
        return [self.order.begins(stage.id)] if stage is not None else []

    def _finished(self, name: str) -> Evidence:
        element = self.process.find(name)
        if element is None or isinstance(element, Deliverable):
            steps = [e.id for e in self.process.elements() if not isinstance(e, Deliverable)]
            raise UnknownName(kind="activity, gate, milestone or stage", value=name, known=steps)
        spans = isinstance(element, Activity) and element.spans
        found = self._evidence("finished", name, "" if spans else name)
        before = tuple(n for event in self._events(found) for n in self.order.ended_before(event, self.steps))
        return attrs.evolve(found, before=before) if spans else found

    def _delivered(self, name: str) -> Evidence:
        self.process.deliverable(name)
        makers = [a.id for a in self.process.activities() if name in a.outputs and a.id in self.steps]
        first = min(makers, key=lambda maker: len(self._past(maker)), default="")
        return self._evidence("delivered", name, first)

    def _facts(self) -> list[Evidence]:
        """Stages whose success the facts and deliverables show."""
        found = []
        for stage in self.process.stages:
            criteria = stage.succeeded_when
            shown = [c for c in criteria if isinstance(c, FactHolds)]
            if shown and all(self._met(criterion) for criterion in criteria):
                text = " and ".join(c.expression for c in shown)
                found.append(self._evidence("fact", text, stage.id))
        return found

    def _met(self, criterion: AnyCriterion) -> bool:
        match criterion:
            case FactHolds():
                condition = condition_of(self.process, criterion.expression)
                return condition is not None and condition.evaluate(self.values) is Truth.TRUE
            case Delivered():
                return criterion.deliverable in self.delivered
            case Done():
                return True  # shown by the facts of the same stage, or not at all
            case _:
                return False

    def _candidate(self, stage: Stage) -> Candidate:
        order = self.order
        start, finish = order.begins(stage.id), order.ends(stage.id)
        steps = [name for name in self.steps if self._stage_of(name) == stage.id]
        behind = [name for name in order.ended_before(start, self.steps) if name not in self.done]
        ahead = [name for name in self.known if name == stage.id or finish in order.past(order.begins(name))]
        return Candidate(
            stage=stage.id,
            title=stage.title,
            ahead=tuple(ahead),
            behind=tuple(behind),
            inside=tuple(name for name in steps if name in self.known),
            remaining=tuple(name for name in steps if name not in self.done),
        )

    def _stage_of(self, name: ElementId) -> ElementId:
        stage = self.process.stage_of(name)
        return stage.id if stage is not None else ""

    def _rank(self, candidate: Candidate) -> tuple[int, int, bool, int]:
        order = [stage.id for stage in self.process.stages]
        finished = not candidate.remaining
        return len(candidate.ahead), len(candidate.behind), finished, order.index(candidate.stage)

    def _todo(self) -> tuple[Todo, ...]:
        found = []
        net, kept = self.order.net, set(self.steps)
        names = [net.nodes[i].id for i in net.order]
        for name in (name for name in names if name in kept and name not in self.done):
            element = self.process.element(name)
            waits = [n for n in self.order.ended_before(self.order.begins(name), self.steps) if n not in self.done]
            found.append(
                Todo(kind=kind_of(element), id=name, title=element.title, stage=self._stage_of(name), now=not waits)
            )
        return tuple(found)

    def _alone(self) -> list[Evidence]:
        """Mark what alone makes more than itself look done: a slip there would move the whole answer."""
        pasts = [{e.element, *e.before} for e in self.shown]
        marked = []
        for i, evidence in enumerate(self.shown):
            others = {name for j, past in enumerate(pasts) if j != i for name in past}
            new = [name for name in evidence.before if name not in others]
            before = tuple(n for n in evidence.before if n not in self.known and n in self.done)
            alone = len(self.shown) > 1 and evidence.element not in others and len(new) > 1
            marked.append(attrs.evolve(evidence, before=before, alone=alone))
        return marked
