"""Rules about deliverables: who leaves them behind, who reads them, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ltcflow.conditions import Condition, FactValue, Truth
from ltcflow.findings import Finding
from ltcflow.graph import Network, NodeKind, network, place_of
from ltcflow.graph.cases import cases, condition_of, holds, whens_of
from ltcflow.graph.rule import listed, say
from ltcflow.process import Process
from ltcflow.stages import Activity, Delivered, Gate, Milestone, Stage, StageOrder


def _producers(process: Process) -> dict[str, list[Activity]]:
    found: dict[str, list[Activity]] = {}
    for activity in process.activities():
        for name in activity.outputs:
            found.setdefault(name, []).append(activity)
    return found


def _readers(process: Process) -> Iterator[tuple[str, Activity | Gate, str]]:
    """Yield (deliverable, reader, place) of everything that is read."""
    for element in process.elements():
        if isinstance(element, Activity | Gate):
            for i, name in enumerate(element.inputs):
                yield name, element, place_of(process, element.id, f"in[{i}]")


def _wanted(process: Process) -> Iterator[tuple[str, str]]:
    """Yield (deliverable, place) of everything a criterion asks for."""
    return ((name, place) for _, name, place in _asked(process))


def _asked(process: Process) -> Iterator[tuple[Gate | Milestone | Stage, str, str]]:
    """Yield (what has the criterion, deliverable, place) of everything a criterion asks for."""
    for element in process.elements():
        if isinstance(element, Gate | Milestone):
            field, criteria = "criteria", element.criteria
        elif isinstance(element, Stage):
            field, criteria = "succeeded_when", element.succeeded_when
        else:
            continue
        for i, criterion in enumerate(criteria):
            if isinstance(criterion, Delivered):
                yield element, criterion.deliverable, place_of(process, element.id, f"{field}[{i}]")


def read_before_made(process: Process) -> Iterator[Finding]:
    """LTC318: nothing is read before somebody can have left it behind."""
    net, producers = network(process), _producers(process)
    for name, reader, place in _readers(process):
        makers = producers.get(name, [])
        if not makers or reader in makers:
            continue
        before = net.ancestors(net.index[reader.id])
        if not any(_begun(net, maker, reader) in before for maker in makers):
            yield say(
                "LTC318",
                place,
                (
                    f"reads '{name}', but {listed(m.id for m in makers)}, which makes it, does not come before.",
                    "Let the reader wait for it, or read something else.",
                ),
                (
                    f"需要 {name},但产出它的 {listed(m.id for m in makers)} 在它之后或与它并行。",
                    "请让它等待产出者。",
                ),
                (reader.id, *(m.id for m in makers)),
            )


def _begun(net: Network, maker: Activity, reader: Activity | Gate) -> int:
    """The node that must lie before a reader: the maker, or the start of the stage that it runs along."""
    node = net.nodes[net.index[maker.id]]
    return net.index[f"{node.stage}.start"] if node.kind is NodeKind.SPAN else net.index[maker.id]


def made_by_nobody(process: Process) -> Iterator[Finding]:
    """LTC319: what is read or asked for is left behind by some activity."""
    producers, declared = _producers(process), {d.id for d in process.deliverables}
    first: dict[str, str] = {}
    for name, _, place in _readers(process):
        first.setdefault(name, place)
    for name, place in _wanted(process):
        first.setdefault(name, place)
    for name, place in first.items():
        if name in declared and name not in producers:
            yield say(
                "LTC319",
                f"deliverables.{name}",
                (
                    f"is needed ({place}), but no activity leaves it behind: it may be handed in at any time.",
                    "Name it under 'out' of an activity, unless it comes from outside.",
                ),
                (f"被使用({place}),但没有活动产出它,可随时提交。", "请写入某个活动的 out;若来自外部则无需处理。"),
                (name,),
            )


def left_out_by_choice(process: Process) -> Iterator[Finding]:
    """LTC329: what a criterion asks for is left behind whatever is chosen, under all facts."""
    producers = _producers(process)
    for asker, name, place in _asked(process):
        makers = producers.get(name, [])
        stages = {stage.id: stage for a in makers if (stage := process.stage_of(a.id)) is not None}
        if makers and _may_be_left_out(process, asker, tuple(stages.values()), makers):
            where, where_zh = listed(stages), "、".join(stages)
            yield say(
                "LTC329",
                place,
                (
                    f"asks for '{name}', but {listed(m.id for m in makers)}, which makes it, "
                    f"need not be chosen in {where}.",
                    "Let every option leave it behind, or take its maker out of the choice, or raise at_least.",
                ),
                (
                    f"需要 {name},但产出它的 {listed(m.id for m in makers)} 在阶段 {where_zh} 中可以不选。",
                    "让每个可选活动都产出它,或把产出它的活动移出该阶段,或提高 at_least。",
                ),
                (name, *(m.id for m in makers)),
            )


def _may_be_left_out(
    process: Process, asker: Gate | Milestone | Stage, stages: Sequence[Stage], makers: Sequence[Activity]
) -> bool:
    """True where under some facts *asker* applies and all *stages* are choices that can do without *makers*."""
    if any(s.order is not StageOrder.CHOICE or any(a.spans and a in makers for a in s.activities) for s in stages):
        return False
    own = (condition_of(process, asker.when),) if isinstance(asker, Stage) else whens_of(process, asker)
    above = tuple(c for c in (*own, *(condition_of(process, s.when) for s in stages)) if c is not None)
    steps = {a.id: condition_of(process, a.when) for s in stages for a in s.activities if not a.spans}
    asked = tuple(dict.fromkeys((*above, *(c for c in steps.values() if c is not None))))
    return any(
        holds(above, row) is Truth.TRUE and all(_without(stage, makers, steps, row) for stage in stages)
        for row in cases(process, asked).rows
    )


def _without(
    stage: Stage, makers: Sequence[Activity], steps: Mapping[str, Condition | None], values: Mapping[str, FactValue]
) -> bool:
    """True where enough of the activities that apply under *values* are none of *makers*."""
    apply = [a for a in stage.activities if a.id in steps and _applies(steps[a.id], values)]
    return sum(a not in makers for a in apply) >= min(stage.at_least, len(apply))


def _applies(when: Condition | None, values: Mapping[str, FactValue]) -> bool:
    return when is None or when.evaluate(values) is Truth.TRUE


def unused(process: Process) -> Iterator[Finding]:
    """LTC327: every declared deliverable is left behind, read or asked for."""
    used = {*_producers(process), *(name for name, _, _ in _readers(process)), *(name for name, _ in _wanted(process))}
    for deliverable in process.deliverables:
        if deliverable.id not in used:
            yield say(
                "LTC327",
                f"deliverables.{deliverable.id}",
                ("is declared, but nothing leaves it behind, reads it or asks for it.", "Use it, or remove it."),
                ("已声明,但没有任何活动产出、读取或要求它。", "请使用它,或删除声明。"),
                (deliverable.id,),
            )
