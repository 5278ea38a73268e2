"""The network of a process: what waits for what, made explicit once, as plain tuples.

Everything that plans or runs a project reads this; the networkx view (`ProcessGraph.nx`) is made from it on demand.

How a declaration becomes a network:

* Each stage has two boundary nodes, ``<stage>.start`` and ``<stage>.finish``; the process has ``@start``, ``@finish``.
* A stage waits for the stage listed before it, or for what its ``after`` says (``()``: only for ``@start``).
* In a stage in sequence an activity waits for the one listed before it, or for what its ``after`` says. Activities that
  span the stage (continuous, recurring) are passed over: nothing waits for them by listing.
* A gate without ``after`` waits for every activity of its stage that does not itself wait for the gate, and for the
  gates listed before it.
* Waiting for a stage means its finish (FS, FF) or its start (SS, SF); waiting for the end of a spanning activity means
  waiting for the finish of its stage.
* Every element waits at least for the start of its stage, and its stage's finish waits for it.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import pairwise

import attrs

from ltcflow.names import ElementId
from ltcflow.process import Element, Process
from ltcflow.stages import Activity, Dependency, DependencyType, Gate, Milestone, Stage, StageOrder
from ltcflow.worktime import ZERO, WorkDuration

START = "@start"
FINISH = "@finish"
_FROM_FINISH = (DependencyType.FS, DependencyType.FF)
_TO_START = (DependencyType.FS, DependencyType.SS)


class NodeKind(enum.Enum):
    """What a node of the network stands for."""

    START = "start"
    FINISH = "finish"
    STAGE_START = "stage_start"
    STAGE_FINISH = "stage_finish"
    ACTIVITY = "activity"
    SPAN = "span"
    GATE = "gate"
    MILESTONE = "milestone"


class Origin(enum.Enum):
    """Why an edge is there."""

    AFTER = "after"  # declared
    LISTED = "listed"  # by the listed order
    BOUNDARY = "boundary"  # start and finish of stages and of the process
    SPAN = "span"  # a spanning activity ends with its stage; it never holds the stage up


@attrs.frozen
class NetworkNode:
    """One node: an activity, gate or milestone (its id), or a boundary (``<stage>.start``, ``@finish``)."""

    id: str
    kind: NodeKind
    element: Element | None = None
    stage: ElementId = ""


@attrs.frozen
class NetworkEdge:
    """*target* waits for *source* (positions in `Network.nodes`)."""

    source: int
    target: int
    type: DependencyType = DependencyType.FS
    lag: WorkDuration = ZERO
    origin: Origin = Origin.BOUNDARY


@attrs.frozen(kw_only=True, eq=False)
class Network:
    """Nodes and edges of one process.

    Attributes:
        nodes: in declared order; boundaries around what they bound.
        edges: every "waits for", without recycles, in the order they were found.
        recycles: (gate, target) positions of the ways back.
        unresolved: (waiting id, dependency) of each dependency on something that is not declared.
    """

    process: Process
    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
    recycles: tuple[tuple[int, int], ...]
    unresolved: tuple[tuple[ElementId, Dependency], ...]

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each node by id (do not change it)."""
        return {node.id: i for i, node in enumerate(self.nodes)}

    @cached_property
    def incoming(self) -> tuple[tuple[NetworkEdge, ...], ...]:
        """The edges into each node."""
        lists: list[list[NetworkEdge]] = [[] for _ in self.nodes]
        for edge in self.edges:
            lists[edge.target].append(edge)
        return tuple(tuple(edges) for edges in lists)

    @cached_property
    def outgoing(self) -> tuple[tuple[NetworkEdge, ...], ...]:
        """The edges out of each node."""
        lists: list[list[NetworkEdge]] = [[] for _ in self.nodes]
        for edge in self.edges:
            lists[edge.source].append(edge)
        return tuple(tuple(edges) for edges in lists)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Positions so that each node comes after what it waits for (Kahn 1962), ties by declared order.

        Nodes on a cycle, and those behind one, are left out: the network is acyclic exactly when all are there.
        """
        waiting = [len(edges) for edges in self.incoming]
        ready = deque(i for i, count in enumerate(waiting) if count == 0)
        done: list[int] = []
        while ready:
            i = ready.popleft()
            done.append(i)
            for edge in self.outgoing[i]:
                waiting[edge.target] -= 1
                if waiting[edge.target] == 0:
                    ready.append(edge.target)
        return tuple(done)

    @property
    def acyclic(self) -> bool:
        """True when nothing waits for itself."""
        return len(self.order) == len(self.nodes)

    def position(self, element: str) -> int | None:
        """Return where *element* stands: a stage by its start; None for what is no node (deliverables)."""
        found = self.index.get(element)
        return found if found is not None else self.index.get(f"{element}.start")

    def descendants(self, start: int) -> frozenset[int]:
        """Return every node that waits for *start*, near or far, without *start* itself. Cost: O(nodes + edges)."""
        return self._reach(start, forward=True)

    def ancestors(self, start: int) -> frozenset[int]:
        """Return every node that *start* waits for, near or far, without *start* itself. Cost: O(nodes + edges)."""
        return self._reach(start, forward=False)

    def _reach(self, start: int, *, forward: bool) -> frozenset[int]:
        seen: set[int] = set()
        stack = [start]
        while stack:
            i = stack.pop()
            nexts = (e.target for e in self.outgoing[i]) if forward else (e.source for e in self.incoming[i])
            for other in nexts:
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return frozenset(seen - {start})


@lru_cache(maxsize=512)
def network(process: Process) -> Network:
    """Return the network of *process*. Pure and cached. Cost: O(elements + dependencies) and one search per gate."""
    return _Builder(process).build()


class _Builder:
    """Collects nodes, then edges in layers: what is declared, what is listed, gates' defaults, boundaries."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.nodes: list[NetworkNode] = []
        self.at: dict[str, int] = {}
        self.edges: dict[tuple[int, int, DependencyType, WorkDuration], NetworkEdge] = {}
        self.next: dict[int, list[NetworkEdge]] = {}
        self.before: dict[int, list[NetworkEdge]] = {}
        self.unresolved: list[tuple[ElementId, Dependency]] = []

    def build(self) -> Network:
        self._add_nodes()
        for element in self.process.elements():
            self._declared(element)
        for stage in self.process.stages:
            self._listed(stage)
        for stage in self.process.stages:
            for gate in stage.gates:
                if gate.after is None:
                    self._default_gate(stage, gate)
        self._stage_order()
        for stage in self.process.stages:
            self._inside(stage)
        self._outside()
        return Network(
            process=self.process,
            nodes=tuple(self.nodes),
            edges=tuple(self.edges.values()),
            recycles=tuple(self._recycles()),
            unresolved=tuple(self.unresolved),
        )

    def _node(self, node: NetworkNode) -> None:
        if node.id not in self.at:
            self.at[node.id] = len(self.nodes)
            self.nodes.append(node)

    def _add_nodes(self) -> None:
        self._node(NetworkNode(START, NodeKind.START))
        for stage in self.process.stages:
            self._node(NetworkNode(f"{stage.id}.start", NodeKind.STAGE_START, stage, stage.id))
            for activity in stage.activities:
                kind = NodeKind.SPAN if activity.spans else NodeKind.ACTIVITY
                self._node(NetworkNode(activity.id, kind, activity, stage.id))
            for gate in stage.gates:
                self._node(NetworkNode(gate.id, NodeKind.GATE, gate, stage.id))
            self._node(NetworkNode(f"{stage.id}.finish", NodeKind.STAGE_FINISH, stage, stage.id))
        for milestone in self.process.milestones:
            self._node(NetworkNode(milestone.id, NodeKind.MILESTONE, milestone))
        self._node(NetworkNode(FINISH, NodeKind.FINISH))

    def _edge(
        self,
        source: int,
        target: int,
        origin: Origin,
        kind: DependencyType = DependencyType.FS,
        lag: WorkDuration = ZERO,
    ) -> None:
        key = (source, target, kind, lag)
        if key not in self.edges:
            edge = self.edges[key] = NetworkEdge(source, target, kind, lag, origin)
            self.next.setdefault(source, []).append(edge)
            self.before.setdefault(target, []).append(edge)

    def _source_of(self, dependency: Dependency) -> int | None:
        """Where a dependency starts: a node, a stage's boundary, or the finish of the stage that a span ends with."""
        ends = dependency.type in _FROM_FINISH
        at = self.at.get(dependency.on)
        if at is None:
            return self.at.get(f"{dependency.on}.{'finish' if ends else 'start'}")
        node = self.nodes[at]
        return self.at[f"{node.stage}.finish"] if node.kind is NodeKind.SPAN and ends else at

    def _target_of(self, element: Element, dependency: Dependency) -> int:
        if isinstance(element, Stage):
            return self.at[f"{element.id}.{'start' if dependency.type in _TO_START else 'finish'}"]
        return self.at[element.id]

    def _declared(self, element: Element) -> None:
        if not isinstance(element, Activity | Gate | Milestone | Stage):
            return
        for dependency in element.after or ():
            source = self._source_of(dependency)
            if source is None:
                self.unresolved.append((element.id, dependency))
            else:
                target = self._target_of(element, dependency)
                self._edge(source, target, Origin.AFTER, dependency.type, dependency.lag)

    def _listed(self, stage: Stage) -> None:
        if stage.order is not StageOrder.SEQUENCE:
            return
        steps = [a for a in stage.activities if not a.spans]
        for previous, activity in pairwise(steps):
            if activity.after is None and activity.id != previous.id:
                self._edge(self.at[previous.id], self.at[activity.id], Origin.LISTED)

    def _default_gate(self, stage: Stage, gate: Gate) -> None:
        at = self.at[gate.id]
        behind = self._behind(at)
        earlier = stage.gates[: stage.gates.index(gate)]
        steps: tuple[Activity | Gate, ...] = (*(a for a in stage.activities if not a.spans), *earlier)
        before = [self.at[e.id] for e in steps]
        chosen = [i for i in dict.fromkeys(before) if i not in behind and i != at]
        for i in chosen:
            if not any(e.target in chosen and _holds(e, _FROM_FINISH) for e in self.next.get(i, ())):
                self._edge(i, at, Origin.LISTED)

    def _behind(self, start: int) -> set[int]:
        seen: set[int] = set()
        stack = [start]
        while stack:
            for edge in self.next.get(stack.pop(), ()):
                if edge.target not in seen:
                    seen.add(edge.target)
                    stack.append(edge.target)
        return seen

    def _stage_order(self) -> None:
        for previous, stage in pairwise(self.process.stages):
            if stage.after is None and previous.id != stage.id:
                self._edge(self.at[f"{previous.id}.finish"], self.at[f"{stage.id}.start"], Origin.LISTED)

    def _inside(self, stage: Stage) -> None:
        start, finish = self.at[f"{stage.id}.start"], self.at[f"{stage.id}.finish"]
        steps = False
        elements: tuple[Activity | Gate, ...] = (*stage.activities, *stage.gates)
        for element in elements:
            at = self.at[element.id]
            if self.nodes[at].stage != stage.id:
                continue  # the id is declared twice: the first one counts, a finding says so
            if not any(self._in(stage, e.source) and _holds(e, _TO_START) for e in self.before.get(at, ())):
                self._edge(start, at, Origin.BOUNDARY)
            if self.nodes[at].kind is NodeKind.SPAN:
                self._edge(at, finish, Origin.SPAN)
                continue
            steps = True
            if not any(self._in(stage, e.target) and _holds(e, _FROM_FINISH) for e in self.next.get(at, ())):
                self._edge(at, finish, Origin.BOUNDARY)
        if not steps:
            self._edge(start, finish, Origin.BOUNDARY)

    def _in(self, stage: Stage, i: int) -> bool:
        """True when node *i* is a step of *stage*: waiting for it implies waiting for the stage's boundary."""
        node = self.nodes[i]
        return node.stage == stage.id and node.kind in (NodeKind.ACTIVITY, NodeKind.GATE)

    def _outside(self) -> None:
        first, last = self.at[START], self.at[FINISH]
        for i, node in enumerate(self.nodes):
            if node.kind in (NodeKind.STAGE_START, NodeKind.MILESTONE) and not any(
                _holds(e, _TO_START) for e in self.before.get(i, ())
            ):
                self._edge(first, i, Origin.BOUNDARY)
            if node.kind in (NodeKind.STAGE_FINISH, NodeKind.MILESTONE) and not any(
                _holds(e, _FROM_FINISH) and not self._only_starts(e.target) for e in self.next.get(i, ())
            ):
                self._edge(i, last, Origin.BOUNDARY)
        if not self.process.stages and not self.process.milestones:
            self._edge(first, last, Origin.BOUNDARY)

    def _only_starts(self, target: int) -> bool:
        """True for a spanning activity: that it waits for something holds up nothing else."""
        return self.nodes[target].kind is NodeKind.SPAN

    def _recycles(self) -> Iterator[tuple[int, int]]:
        for gate in self.process.gates():
            target = self.at.get(gate.recycle_to, self.at.get(f"{gate.recycle_to}.start"))
            if gate.recycle_to and target is not None:
                yield self.at[gate.id], target


def _holds(edge: NetworkEdge, kinds: Iterable[DependencyType]) -> bool:
    """True when the edge is of one of *kinds* without a lead: the later event cannot come before the earlier one."""
    return edge.type in kinds and edge.lag.minutes >= 0
