"""Rules about control: points where the project is judged, on what, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ltcflow.conditions import Truth
from ltcflow.findings import Finding
from ltcflow.graph import network, place_of
from ltcflow.graph.cases import Values, condition_of, smaller, spoken
from ltcflow.graph.reach import choice_counts
from ltcflow.graph.rule import say
from ltcflow.graph.view import shortest_path
from ltcflow.process import Process
from ltcflow.stages import GateKind, Stage, StageOrder

_JUDGING = (GateKind.REVIEW, GateKind.DECISION, GateKind.ACCEPTANCE)


def control_points(process: Process) -> Iterator[Finding]:
    """LTC311: every process has at least one milestone or control-point gate."""
    if not process.milestones and not any(gate.control_point for gate in process.gates()):
        yield say(
            "LTC311",
            "process",
            (
                "has no control point: neither a milestone nor a gate.",
                "Declare a milestone or gate.",
            ),
            ("没有控制点:既无里程碑,也无作为控制点的评审门。", "请声明里程碑或评审门。"),
        )


def gate_criteria(process: Process) -> Iterator[Finding]:
    """LTC314: every gate says on what it passes."""
    for gate in process.gates():
        if not gate.criteria:
            yield say(
                "LTC314",
                place_of(process, gate.id, "criteria"),
                (
                    "has no criteria: nobody knows what it passes on.",
                    "Add criteria: done, delivered, fact, risk.",
                ),
                ("没有判据,无法说明凭什么通过。", "请增加判据:done、delivered、fact、risk 或 plugin。"),
            )


def way_back(process: Process) -> Iterator[Finding]:
    """LTC320: a gate that judges work (review, decision, acceptance) offers a way back to mend it."""
    for gate in process.gates():
        if not gate.recycle_to and gate.kind in _JUDGING:
            yield say(
                "LTC320",
                place_of(process, gate.id, "recycle_to"),
                ("cannot send the work back: there is no recycle_to.", "Name the element that rework begins with."),
                ("无法退回返工:没有 recycle_to。", "请写返工从哪个元素开始。"),
            )


def choice_in_every_case(process: Process) -> Iterator[Finding]:
    """LTC330: a choice can be made in full whatever the facts are."""
    for stage in process.stages:
        conditional = any(condition_of(process, a.when) is not None for a in stage.activities)
        if stage.order is not StageOrder.CHOICE or not conditional:
            continue
        counts, _ = choice_counts(process, stage)
        if not counts or max(n for n, _ in counts) < stage.at_least:
            continue  # never: LTC215
        least, values = min(counts, key=lambda pair: pair[0])
        if least < stage.at_least:
            values = _fewest(process, stage, values, least)
            facts = spoken(process, values)
            yield say(
                "LTC330",
                place_of(process, stage.id, "at_least"),
                (
                    f"asks for {stage.at_least} activities, but only {least} apply when {', '.join(facts)}; "
                    "the stage then ends with fewer.",
                    "Add an activity without a condition, or lower at_least.",
                ),
                (
                    f"要求至少 {stage.at_least} 项活动,但当 {', '.join(facts)} 时只有 {least} 项适用,阶段会提前结束。",
                    "增加无条件的活动,或降低 at_least。",
                ),
                facts,
            )


def _fewest(process: Process, stage: Stage, values: Values, least: int) -> Values:
    """Leave facts out as long as certainly no more than *least* activities apply."""
    above = condition_of(process, stage.when)
    own = [condition_of(process, a.when) for a in stage.activities if not a.spans]
    for fewer in smaller(values):
        possible = sum(c is None or c.evaluate(fewer) is not Truth.FALSE for c in own)
        if possible == least and (above is None or above.evaluate(fewer) is Truth.TRUE):
            return _fewest(process, stage, fewer, least)
    return values


def entry_before_end(process: Process) -> Iterator[Finding]:
    """LTC338: the milestone that marks a stage as entered does not wait for the end of that stage."""
    net = network(process)
    for stage in process.stages:
        at, finish = net.index.get(stage.entered_when), net.index[f"{stage.id}.finish"]
        if at is None or finish not in net.ancestors(at):
            continue
        way = tuple(net.nodes[i].id for i in shortest_path(net, finish, at))
        yield say(
            "LTC338",
            place_of(process, stage.id, "entered_when"),
            (
                f"'{stage.entered_when}' comes only after the stage has ended ({' -> '.join(way)}).",
                "Name a milestone that the first activities of the stage lead to.",
            ),
            (
                f"{stage.entered_when} 要等该阶段结束之后才能达成({' -> '.join(way)})。",
                "请写该阶段开始后不久就能达成的里程碑。",
            ),
            way,
        )


def instalments(process: Process) -> Iterator[Finding]:
    """LTC331: the instalments that are due in every project do not exceed the contract."""
    shares = [(m.id, p.share) for m in process.milestones if not m.when for p in m.payments if p.share is not None]
    total = sum((share for _, share in shares), Decimal(0))
    if total > 1:
        parts = " + ".join(f"{share.normalize():f}" for _, share in shares)
        yield say(
            "LTC331",
            "milestones",
            (f"make {total.normalize():%} of the contract due ({parts}).", "Let the shares add up to 1 at most."),
            (f"各里程碑的付款比例合计为 {total.normalize():%}({parts}),超过合同金额。", "各比例之和不应超过 1。"),
            tuple(dict.fromkeys(name for name, _ in shares)),
        )
