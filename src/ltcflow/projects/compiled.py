"""What running a project needs of its process, worked out once per process: conditions, criteria, producers."""

from __future__ import annotations

from functools import cached_property, lru_cache

import attrs

from ltcflow.conditions import Condition, compile_condition
from ltcflow.graph import Network, NodeKind, network
from ltcflow.names import ElementId
from ltcflow.process import Process, limit_of
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    DependencyType,
    FactHolds,
    Gate,
    Milestone,
    Stage,
    StageOrder,
    criterion_keys,
)


@attrs.frozen(kw_only=True, eq=False)
class Compiled:
    """A process made ready to be run; see `compiled`.

    Attributes:
        starts: per node, what its beginning waits for: (node, needs its end).
        ends: per node, what its end waits for.
        wholes: per node, what belongs to it and must have ended before it has: the steps of a stage, the steps a gate
            judges, the stages and milestones of the process. Mostly implied by what it waits for; not when facts bring
            back an element that was skipped, or when something began early.
        whens: per node, the conditions of itself and its stage.
    """

    process: Process
    network: Network
    starts: tuple[tuple[tuple[int, bool], ...], ...]
    ends: tuple[tuple[tuple[int, bool], ...], ...]
    wholes: tuple[tuple[int, ...], ...]
    whens: tuple[tuple[Condition, ...], ...]
    choices: tuple[ElementId, ...]

    @cached_property
    def criteria(self) -> dict[ElementId, tuple[tuple[str, AnyCriterion], ...]]:
        """The criteria of each gate, milestone and stage (``succeeded_when``), with their keys."""
        found: dict[ElementId, tuple[tuple[str, AnyCriterion], ...]] = {}
        for element in self.process.elements():
            criteria: tuple[AnyCriterion, ...] = ()
            if isinstance(element, Gate | Milestone):
                criteria = element.criteria
            elif isinstance(element, Stage):
                criteria = element.succeeded_when
            if criteria:
                found[element.id] = tuple(zip(criterion_keys(criteria), criteria, strict=True))
        return found

    @cached_property
    def conditions(self) -> dict[str, Condition]:
        """The compiled condition of each ``fact:`` criterion, by its source."""
        facts = self.process.facts_by_id
        return {
            criterion.expression: compile_condition(criterion.expression, facts)
            for pairs in self.criteria.values()
            for _, criterion in pairs
            if isinstance(criterion, FactHolds)
        }

    @cached_property
    def remembering(self) -> tuple[tuple[ElementId, str, AnyCriterion], ...]:
        """Every criterion that remembers: (element, key, criterion)."""
        return tuple(
            (element, key, criterion)
            for element, pairs in self.criteria.items()
            for key, criterion in pairs
            if criterion.remembers
        )

    @cached_property
    def producers(self) -> dict[ElementId, tuple[Activity, ...]]:
        """The activities that leave each deliverable behind."""
        found: dict[ElementId, list[Activity]] = {}
        for activity in self.process.activities():
            for deliverable in activity.outputs:
                found.setdefault(deliverable, []).append(activity)
        return {deliverable: tuple(activities) for deliverable, activities in found.items()}

    @cached_property
    def timed(self) -> tuple[int, ...]:
        """The nodes of the activities and gates that have a time limit."""
        elements = ((i, node.element) for i, node in enumerate(self.network.nodes))
        return tuple(i for i, e in elements if isinstance(e, Activity | Gate) and limit_of(e) is not None)

    @cached_property
    def judged_milestones(self) -> bool:
        """True when a milestone has criteria: then nearly anything may open what waits for it."""
        return any(milestone.criteria for milestone in self.process.milestones)

    @cached_property
    def _timed_by(self) -> dict[ElementId, tuple[int, ...]]:
        return {}

    def timed_by(self, activity: ElementId) -> tuple[int, ...]:
        """Return the nodes with a time limit that can open or shut when *activity* begins or ends.

        That is itself, its stage where that is a choice, and what waits for it: directly, or behind what may count as
        ended of itself (boundaries, milestones, what can be skipped or left out). Remembered, per activity.
        """
        known = self._timed_by.get(activity)
        if known is None:
            net = self.network
            i = net.index[activity]
            stage, finish = net.nodes[i].stage, (NodeKind.STAGE_FINISH, NodeKind.GATE)
            todo = [j for j, n in enumerate(net.nodes) if n.stage == stage and (n.kind in finish or self._loose(j))]
            seen, todo = {i, *todo}, [i, *todo]
            while todo:
                for edge in net.outgoing[todo.pop()]:
                    if edge.target not in seen:
                        seen.add(edge.target)
                        todo += [edge.target] * self._loose(edge.target)
            known = self._timed_by[activity] = tuple(j for j in self.timed if j in seen)
        return known

    def _loose(self, i: int) -> bool:
        """Say whether node *i* may count as ended though nobody finished or decided it."""
        node = self.network.nodes[i]
        work = node.kind in (NodeKind.ACTIVITY, NodeKind.GATE)
        return not work or bool(self.whens[i]) or node.stage in self.choices

    @cached_property
    def later_gates(self) -> dict[ElementId, tuple[ElementId, ...]]:
        """The gates that wait for each gate, near or far."""
        nodes = self.network.nodes
        return {
            nodes[i].id: tuple(
                nodes[j].id for j in sorted(self.network.descendants(i)) if nodes[j].kind is NodeKind.GATE
            )
            for i in range(len(nodes))
            if nodes[i].kind is NodeKind.GATE
        }

    @cached_property
    def earlier_gates(self) -> dict[ElementId, tuple[ElementId, ...]]:
        """The gates that each gate waits for, near or far."""
        found: dict[ElementId, tuple[ElementId, ...]] = {}
        for gate, later in self.later_gates.items():
            for other in later:
                found[other] = (*found.get(other, ()), gate)
        return found


_MOST = 256
_at_hand: dict[int, tuple[Process, Compiled]] = {}


def compiled(process: Process) -> Compiled:
    """Return *process* made ready to be run. Pure and cached. Cost: O(elements + dependencies), once.

    The very same process is found by its identity: two that are equal would be compared field by field, each time.

    Raises:
        ConditionError: a condition of the process cannot be used (`ltcflow.check` says so before).
    """
    found = _at_hand.get(id(process))
    if found is not None and found[0] is process:
        return found[1]
    made = _compiled(process)
    if len(_at_hand) >= _MOST:
        _at_hand.clear()
    _at_hand[id(process)] = (process, made)
    return made


@lru_cache(maxsize=_MOST)
def _compiled(process: Process) -> Compiled:
    net = network(process)
    starts: list[list[tuple[int, bool]]] = [[] for _ in net.nodes]
    ends: list[list[tuple[int, bool]]] = [[] for _ in net.nodes]
    for edge in net.edges:
        if edge.source != edge.target and not _spans(net, edge.source, edge.target):
            of_end = edge.type in (DependencyType.FS, DependencyType.FF)
            lists = starts if edge.type in (DependencyType.FS, DependencyType.SS) else ends
            lists[edge.target].append((edge.source, of_end))
    return Compiled(
        process=process,
        network=net,
        starts=tuple(tuple(dict.fromkeys(waits)) for waits in starts),
        ends=tuple(tuple(dict.fromkeys(waits)) for waits in ends),
        wholes=tuple(_whole(net, i) for i in range(len(net.nodes))),
        whens=tuple(_whens(process, net, i) for i in range(len(net.nodes))),
        choices=tuple(s.id for s in process.stages if s.order is StageOrder.CHOICE),
    )


def _spans(net: Network, source: int, target: int) -> bool:
    """True for the edge from a spanning activity to its stage's finish: it holds nothing up."""
    return net.nodes[source].kind is NodeKind.SPAN and net.nodes[target].kind is NodeKind.STAGE_FINISH


def _whole(net: Network, i: int) -> tuple[int, ...]:
    node, element = net.nodes[i], net.nodes[i].element
    steps = [
        j for j, n in enumerate(net.nodes) if n.stage == node.stage and n.kind in (NodeKind.ACTIVITY, NodeKind.GATE)
    ]
    match node.kind:
        case NodeKind.FINISH:
            ends = (NodeKind.STAGE_FINISH, NodeKind.MILESTONE)
            return tuple(j for j, n in enumerate(net.nodes) if n.kind in ends)
        case NodeKind.STAGE_FINISH:
            return tuple(steps)
        case NodeKind.GATE if isinstance(element, Gate) and element.after is None:
            behind = net.descendants(i)
            return tuple(j for j in steps if j < i and j not in behind)
        case _:
            return ()


def _whens(process: Process, net: Network, i: int) -> tuple[Condition, ...]:
    node = net.nodes[i]
    element = node.element
    if not isinstance(element, Activity | Gate | Milestone):
        return ()
    stage = process.find(node.stage)
    sources = (stage.when if isinstance(stage, Stage) else "", element.when)
    return tuple(compile_condition(source, process.facts_by_id) for source in sources if source)
