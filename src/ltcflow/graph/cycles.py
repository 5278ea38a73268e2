"""Soundness: nothing may wait for itself, directly or in a circle, and a recycle must lead back."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.findings import Finding
from ltcflow.graph.components import components, shortest_cycle
from ltcflow.graph.network import Network, NodeKind, network
from ltcflow.graph.places import place_of
from ltcflow.graph.rule import say
from ltcflow.graph.view import shortest_path
from ltcflow.process import Element, Process
from ltcflow.stages import Activity, Deliverable, Dependency, DependencyType, Gate, Milestone, Stage

_OF_END = (DependencyType.FS, DependencyType.FF)


def own_waits(process: Process) -> Iterator[tuple[Stage | Activity | Gate | Milestone, int, Dependency, Stage | None]]:
    """Yield each dependency of an element on itself (None) or on the end of its own stage (that stage)."""
    for element in process.elements():
        if isinstance(element, Deliverable):
            continue
        stage = element if isinstance(element, Stage) else process.stage_of(element.id)
        for i, dependency in enumerate(element.after or ()):
            if dependency.on == element.id:
                if not isinstance(element, Stage) or dependency.type is not DependencyType.SF:
                    yield element, i, dependency, None  # that a stage finishes after its start is always so
            elif stage is not None and dependency.type in _OF_END:
                other = process.find(dependency.on)
                spans = isinstance(other, Activity) and other.spans and process.stage_of(other.id) == stage
                if dependency.on == stage.id or spans:
                    yield element, i, dependency, stage


def cycles(process: Process) -> Iterator[Finding]:
    """LTC210: elements that wait for each other in a circle; the shortest circle of each knot is the witness."""
    net = network(process)
    nexts = _without_own(process, net)
    for members in components(nexts):
        if len(members) < 2:
            continue
        found = shortest_cycle(nexts, members)
        circle = [net.nodes[i].id for i in found]
        way = " -> ".join((*circle, circle[0]))
        yield say(
            "LTC210",
            _closing(process, net.nodes[found[0]].element),
            (f"waits for itself in a circle: {way}.", "Remove one of these dependencies, or make it a recycle."),
            (f"形成循环等待:{way}。", "去掉其中一个依赖,或改用评审门的 recycle_to 表示返工。"),
            (*circle, circle[0]),
        )


def _closing(process: Process, first: Element | None) -> str:
    """What closes a circle: its *first* node waits for a later one, and only a written `after` waits backwards."""
    assert first is not None  # nothing comes before the start of a process, nothing after its finish
    return place_of(process, first.id, "after")


def self_waits(process: Process) -> Iterator[Finding]:
    """LTC212: an element that waits for itself."""
    for element, i, _, stage in own_waits(process):
        if stage is None:
            yield say(
                "LTC212",
                place_of(process, element.id, f"after[{i}]"),
                ("waits for itself, so it can never begin.", "Remove this dependency."),
                ("等待自身,永远无法开始。", "删除该依赖。"),
                (element.id, element.id),
            )


def waits_for_own_stage(process: Process) -> Iterator[Finding]:
    """LTC213: an element that waits for the end of its own stage, or of what runs along that stage."""
    for element, i, dependency, stage in own_waits(process):
        if stage is None:
            continue
        what = f"'{dependency.on}'"
        runs = "" if dependency.on == stage.id else f", which runs until the stage '{stage.id}' ends"
        runs_zh = "" if dependency.on == stage.id else f"(它持续到阶段 {stage.id} 结束)"
        yield say(
            "LTC213",
            place_of(process, element.id, f"after[{i}]"),
            (
                f"waits for the end of {what}{runs}, but that end waits for '{element.id}'.",
                "Wait for its start (type SS), or move this element behind the stage.",
            ),
            (
                f"等待 {what}{runs_zh} 结束,而该阶段又要等 {element.id} 结束。",
                "改为等待其开始(type: SS),或把该元素移到该阶段之后。",
            ),
            (element.id, f"{stage.id}.finish", element.id),
        )


def _without_own(process: Process, net: Network) -> list[list[int]]:
    """The network's edges without those that LTC212 and LTC213 report."""
    dropped: set[tuple[int, int]] = set()
    for element, _, dependency, stage in own_waits(process):
        start = dependency.type is DependencyType.FS
        if stage is not None:
            own = f"{element.id}.{'start' if start else 'finish'}" if isinstance(element, Stage) else element.id
            dropped.add((net.index[f"{stage.id}.finish"], net.index[own]))
        elif isinstance(element, Stage) and start:
            dropped.add((net.index[f"{element.id}.finish"], net.index[f"{element.id}.start"]))
    nexts: list[list[int]] = [[] for _ in net.nodes]
    for edge in net.edges:
        if edge.source != edge.target and (edge.source, edge.target) not in dropped:
            nexts[edge.source].append(edge.target)
    return nexts


def knots(process: Process) -> frozenset[tuple[int, int]]:
    """Return the edges (source, target) that lie on a circle; without them the network is acyclic."""
    net = network(process)
    if net.acyclic:
        return frozenset()
    nexts: list[list[int]] = [[] for _ in net.nodes]
    for edge in net.edges:
        nexts[edge.source].append(edge.target)
    knot = {i: number for number, members in enumerate(components(nexts)) for i in members}
    return frozenset((e.source, e.target) for e in net.edges if knot[e.source] == knot[e.target])


def recycles(process: Process) -> Iterator[Finding]:
    """LTC220: a gate that sends the project back to something that does not come before it."""
    net = network(process)
    settled = set(net.order)
    for source, target in net.recycles:
        if target in net.ancestors(source) or source not in settled:
            continue  # on or behind a circle nothing is before anything: LTC210 says so
        gate, aim = net.nodes[source].element, net.nodes[target]
        if not isinstance(gate, Gate):
            continue  # its id is declared twice: LTC211
        way = [net.nodes[i].id for i in shortest_path(net, source, target)]
        if way and aim.kind is not NodeKind.SPAN and target != source:
            why, why_zh = f"comes after it ({' -> '.join(way)})", f"在它之后({' -> '.join(way)})"
        elif target == source:
            why, why_zh = "is the gate itself", "就是它自己"
        else:
            why, why_zh = "is not on any way that leads to it", "不在通向它的路径上"
        yield say(
            "LTC220",
            place_of(process, gate.id, "recycle_to"),
            (f"sends the project back to '{gate.recycle_to}', which {why}.", _earlier(net, source)[0]),
            (f"退回到 {gate.recycle_to},但它{why_zh}。", _earlier(net, source)[1]),
            way or (gate.id, gate.recycle_to),
        )


def _earlier(net: Network, gate: int) -> tuple[str, str]:
    """What to write instead: the steps nearest before the gate."""
    kinds = (NodeKind.ACTIVITY, NodeKind.GATE)
    before = [net.nodes[i].id for i in sorted(net.ancestors(gate), reverse=True) if net.nodes[i].kind in kinds][:3]
    if not before:
        return "Remove recycle_to: nothing comes before this gate.", "该门之前没有任何元素,请删除 recycle_to。"
    return (
        f"Name something before it, such as {' or '.join(map(repr, before))}.",
        f"请写它之前的元素,如 {'、'.join(before)}。",
    )
