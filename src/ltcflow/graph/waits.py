"""What each beginning, each end and each criterion waits for: one graph of "all of these" and "one of these".

Every node of the network becomes two events, its beginning and its end. A criterion is a node of its own: ``done``
waits for the end of its element, ``delivered`` for the beginning of one of the activities that leave it behind.
What has criteria (a gate, a milestone, the success of a stage) is a `Holder`: its end waits for all its criteria.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import attrs

from ltcflow.conditions import Condition
from ltcflow.graph.cases import condition_of, whens_of
from ltcflow.graph.cycles import knots
from ltcflow.graph.network import Network, NodeKind, network
from ltcflow.graph.places import place_of
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Deliverable,
    Delivered,
    DependencyType,
    Done,
    FactHolds,
    Gate,
    Milestone,
    RiskLimit,
    Stage,
)


@attrs.frozen
class Way:
    """One way to meet a criterion: *event* happens, which needs *element* not to be skipped by *whens*."""

    element: ElementId
    event: int
    whens: tuple[Condition, ...]


@attrs.frozen(eq=False, kw_only=True)
class Wish:
    """A criterion that waits for something: any one of *ways*; a skipped element counts as done, not as delivered."""

    number: int
    criterion: Done | Delivered
    where: str
    ways: tuple[Way, ...]

    @property
    def skippable(self) -> bool:
        """True when a skipped element meets it."""
        return isinstance(self.criterion, Done)


@attrs.frozen(eq=False, kw_only=True)
class Holder:
    """What has criteria: its id, the event they hold up, when it applies, and its criteria by kind."""

    element: ElementId
    event: int
    success: bool
    whens: tuple[Condition, ...]
    facts: tuple[tuple[str, Condition], ...]
    risks: tuple[tuple[str, RiskLimit], ...]
    wishes: tuple[Wish, ...]


@attrs.frozen(eq=False, kw_only=True)
class Waits:
    """The whole graph: *before* lists, per number, what it waits for: events, then successes of stages, then wishes."""

    names: tuple[ElementId, ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    holders: tuple[Holder, ...]

    def past(self, event: int) -> frozenset[int]:
        """Return every event that must have happened before *event*; where one of several will do, none is counted.

        Cost: O(events + waits).
        """
        several = {w.number for h in self.holders for w in h.wishes if len(w.ways) > 1}
        seen: set[int] = set()
        stack = [event]
        while stack:
            i = stack.pop()
            for other in self.before[i] if i not in several else ():
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return frozenset(seen - {event})

    def way(self, first: int, last: int) -> tuple[ElementId, ...]:
        """Return the ids along a shortest way from *first* to *last*, each once in a row; () when there is none."""
        came = {first: first}
        queue = deque([first])
        while queue and last not in came:
            i = queue.popleft()
            for other in self.after[i]:
                if other not in came:
                    came[other] = i
                    queue.append(other)
        if last not in came:
            return ()
        back = [last]
        while back[-1] != first:
            back.append(came[back[-1]])
        names = [self.names[i] for i in reversed(back) if self.names[i]]
        return tuple(name for i, name in enumerate(names) if i == 0 or names[i - 1] != name)


@lru_cache(maxsize=256)
def waits(process: Process) -> Waits:
    """Return what waits for what in *process*, criteria included; circles of the network are cut (LTC210 has them)."""
    return _Builder(process).build()


class _Builder:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.net: Network = network(process)
        self.before: list[list[int]] = [[] for _ in range(2 * len(self.net.nodes))]
        self.names: list[ElementId] = [node.id for node in self.net.nodes for _ in range(2)]
        self.holders: list[Holder] = []
        self.producers: dict[ElementId, list[Activity]] = {}
        for activity in process.activities():
            for deliverable in activity.outputs:
                self.producers.setdefault(deliverable, []).append(activity)

    def build(self) -> Waits:
        self._events()
        for stage in self.process.stages:
            for gate in stage.gates:
                self._hold(gate, gate.criteria, "criteria")
            if stage.succeeded_when:
                self._hold(stage, stage.succeeded_when, "succeeded_when")
        for milestone in self.process.milestones:
            self._hold(milestone, milestone.criteria, "criteria")
        after: list[list[int]] = [[] for _ in self.before]
        for i, waited in enumerate(self.before):
            for other in waited:
                after[other].append(i)
        return Waits(
            names=tuple(self.names),
            before=tuple(tuple(waited) for waited in self.before),
            after=tuple(tuple(others) for others in after),
            holders=tuple(self.holders),
        )

    def _events(self) -> None:
        cut = knots(self.process)
        kinds = [node.kind for node in self.net.nodes]
        for i, node in enumerate(self.net.nodes):
            self.before[2 * i + 1].append(2 * i)
            if node.kind is NodeKind.SPAN:  # ends with its stage
                self.before[2 * i + 1].append(2 * self.net.index[f"{node.stage}.finish"] + 1)
        for edge in self.net.edges:
            held_up = kinds[edge.source] is not NodeKind.SPAN or kinds[edge.target] is not NodeKind.STAGE_FINISH
            if held_up and (edge.source, edge.target) not in cut:
                of_end = edge.type in (DependencyType.FS, DependencyType.FF)
                to_end = edge.type in (DependencyType.FF, DependencyType.SF)
                self.before[2 * edge.target + to_end].append(2 * edge.source + of_end)

    def _hold(self, element: Gate | Milestone | Stage, criteria: tuple[AnyCriterion, ...], field: str) -> None:
        if self.process.find(element.id) is not element:
            return  # declared twice: LTC211
        if isinstance(element, Stage):
            event = len(self.before)
            self.before.append([2 * self.net.index[f"{element.id}.start"]])
            self.names.append("")
            whens = tuple(c for c in (condition_of(self.process, element.when),) if c is not None)
        else:
            event = 2 * self.net.index[element.id] + 1
            whens = whens_of(self.process, element)
        facts: list[tuple[str, Condition]] = []
        risks: list[tuple[str, RiskLimit]] = []
        wishes: list[Wish] = []
        for i, criterion in enumerate(criteria):
            where = place_of(self.process, element.id, f"{field}[{i}]")
            if isinstance(criterion, FactHolds):
                condition = condition_of(self.process, criterion.expression)
                if condition is not None:
                    facts.append((where, condition))
            elif isinstance(criterion, RiskLimit):
                risks.append((where, criterion))
            elif isinstance(criterion, Done | Delivered):
                wish = self._wish(criterion, where)
                if wish is not None:
                    wishes.append(wish)
                    self.before[event].append(wish.number)
        self.holders.append(
            Holder(
                element=element.id,
                event=event,
                success=isinstance(element, Stage),
                whens=whens,
                facts=tuple(facts),
                risks=tuple(risks),
                wishes=tuple(wishes),
            )
        )

    def _wish(self, criterion: Done | Delivered, where: str) -> Wish | None:
        """The node of a criterion; None where it can always be met, or where what it names is not declared."""
        ways = self._done(criterion) if isinstance(criterion, Done) else self._delivered(criterion)
        if not ways:
            return None
        number = len(self.before)
        self.before.append([way.event for way in ways])
        self.names.append("")
        return Wish(number=number, criterion=criterion, where=where, ways=ways)

    def _done(self, criterion: Done) -> tuple[Way, ...]:
        element = self.process.find(criterion.element)
        match element:
            case Stage():
                whens = tuple(c for c in (condition_of(self.process, element.when),) if c is not None)
                return (Way(element.id, 2 * self.net.index[f"{element.id}.finish"] + 1, whens),)
            case Activity() | Gate() | Milestone():
                return (Way(element.id, 2 * self.net.index[element.id] + 1, whens_of(self.process, element)),)
            case _:
                return ()

    def _delivered(self, criterion: Delivered) -> tuple[Way, ...]:
        if not isinstance(self.process.find(criterion.deliverable), Deliverable):
            return ()
        makers = [a for a in self.producers.get(criterion.deliverable, ()) if a.id in self.net.index]
        return tuple(Way(a.id, 2 * self.net.index[a.id], whens_of(self.process, a)) for a in makers)
