"""Whether every name in a declaration is declared, and is the kind of thing its place wants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ltcflow.errors import did_you_mean
from ltcflow.findings import Finding
from ltcflow.graph import place_of
from ltcflow.graph.rule import say
from ltcflow.names import is_id
from ltcflow.process import Process, duties_of, kind_of
from ltcflow.roles import SeparationKind
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    DecisionRule,
    Deliverable,
    Delivered,
    Done,
    Gate,
    Milestone,
    Rung,
    Stage,
)

_STEPS = ("activity", "gate", "stage", "milestone")
_KIND_ZH = {
    "activity": "活动",
    "gate": "评审门",
    "stage": "阶段",
    "milestone": "里程碑",
    "deliverable": "交付件",
    "role": "角色",
    "fact": "事实",
}
_A = {"activity": "an activity"}


@attrs.frozen
class Reference:
    """The name *value* at *where*, which must be declared as one of *kinds*."""

    where: str
    value: str
    kinds: tuple[str, ...]


def references(process: Process) -> Iterator[Reference]:
    """Yield every name that *process* uses for something declared elsewhere in it, in declared order."""
    for fact in process.facts:
        if fact.owner:
            yield Reference(f"facts.{fact.id}.owner", fact.owner, ("role",))
    for field, sets in (
        ("separation_of_duties", process.separation_of_duties),
        ("binding_of_duties", process.binding_of_duties),
    ):
        for i, roles in enumerate(sets):
            for j, role in enumerate(roles):
                yield Reference(f"{field}[{i}][{j}]", role, ("role",))
    for i, rule in enumerate(process.separation_rules):
        kinds = ("role",) if rule.kind is SeparationKind.DYNAMIC else ("activity", "gate")
        for j, name in enumerate(rule.names):
            yield Reference(f"separation_rules[{i}].{rule.kind.value}[{j}]", name, kinds)
    for i, role in enumerate(process.assigned_by):
        yield Reference(f"assigned_by[{i}]", role, ("role",))
    for element in process.elements():
        place = place_of(process, element.id)
        yield from _duties(place, element)
        if isinstance(element, Deliverable):
            continue
        for i, dependency in enumerate(element.after or ()):
            yield Reference(f"{place}.after[{i}]", dependency.on, _STEPS)
        if isinstance(element, Activity):
            yield from _papers(place, "out", element.outputs)
        if isinstance(element, Activity | Gate):
            yield from _papers(place, "in", element.inputs)
            yield from _ladder(f"{place}.escalation", element.escalation or ())
        if isinstance(element, Gate):
            yield from _gate(place, element)
        if isinstance(element, Gate | Milestone):
            yield from _criteria(f"{place}.criteria", element.criteria)
        if isinstance(element, Stage):
            if element.entered_when:
                yield Reference(f"{place}.entered_when", element.entered_when, ("milestone",))
            yield from _criteria(f"{place}.succeeded_when", element.succeeded_when)
    yield from _ladder("escalation", process.escalation)
    for i, role in enumerate(process.registers.changes_decided_by):
        yield Reference(f"registers.changes_decided_by[{i}]", role, ("role",))
    yield from _statements(process)


def _ladder(place: str, rungs: Iterable[Rung]) -> Iterator[Reference]:
    for i, rung in enumerate(rungs):
        for j, role in enumerate(rung.tell):
            yield Reference(f"{place}[{i}].tell[{j}]", role, ("role",))


def _statements(process: Process) -> Iterator[Reference]:
    for measure in process.measures:
        if measure.fact:
            yield Reference(f"measures.{measure.id}.fact", measure.fact, ("fact",))
    for principle in process.principles:
        place = f"principles.{principle.id}"
        for i, name in enumerate(principle.applies_to):
            yield Reference(f"{place}.applies_to[{i}]", name, (*_STEPS, "deliverable", "role"))
        for i, name in enumerate(principle.kept_by):
            if is_id(name):
                yield Reference(f"{place}.kept_by[{i}]", name, (*_STEPS, "deliverable", "role", "fact"))


def _duties(place: str, element: Stage | Activity | Gate | Milestone | Deliverable) -> Iterator[Reference]:
    raci = duties_of(element)
    count: dict[str, int] = {}
    for letter, role in raci.pairs():
        yield Reference(f"{place}.raci.{letter}[{count.get(letter, 0)}]", role, ("role",))
        count[letter] = count.get(letter, 0) + 1


def _papers(place: str, field: str, names: Iterable[str]) -> Iterator[Reference]:
    for i, name in enumerate(names):
        yield Reference(f"{place}.{field}[{i}]", name, ("deliverable",))


def _decided(place: str, rule: DecisionRule) -> Iterator[Reference]:
    for i, role in enumerate(rule.roles):
        yield Reference(f"{place}.decided_by.roles[{i}]", role, ("role",))
    for i, role in enumerate(rule.veto):
        yield Reference(f"{place}.decided_by.rule.veto[{i}]", role, ("role",))
    if rule.chair:
        yield Reference(f"{place}.decided_by.rule.chair", rule.chair, ("role",))
    for role, _ in rule.weights:
        yield Reference(f"{place}.decided_by.rule.weights.{role}", role, ("role",))


def _gate(place: str, gate: Gate) -> Iterator[Reference]:
    yield from _decided(place, gate.decided_by)
    for i, row in enumerate(gate.approval_matrix):
        yield from _decided(f"{place}.approval_matrix[{i}]", row.decided_by)
    if gate.recycle_to:
        yield Reference(f"{place}.recycle_to", gate.recycle_to, _STEPS)


def _criteria(place: str, criteria: Iterable[AnyCriterion]) -> Iterator[Reference]:
    for i, criterion in enumerate(criteria):
        if isinstance(criterion, Done):
            yield Reference(f"{place}[{i}]", criterion.element, _STEPS)
        elif isinstance(criterion, Delivered):
            yield Reference(f"{place}[{i}]", criterion.deliverable, ("deliverable",))
        if criterion.owner:
            yield Reference(f"{place}[{i}].owner", criterion.owner, ("role",))


def unknown_references(process: Process) -> Iterator[Finding]:
    """LTC110: a name that is not declared, or that names another kind of thing than its place wants."""
    declared = _declared(process)
    for reference in references(process):
        if not any(reference.value in declared[kind] for kind in reference.kinds):
            yield _unknown(reference, declared)


def _declared(process: Process) -> dict[str, dict[str, None]]:
    declared: dict[str, dict[str, None]] = {kind: {} for kind in _KIND_ZH}
    for element in process.elements():
        declared[kind_of(element)][element.id] = None
    declared["role"] = dict.fromkeys(role.id for role in process.roles)
    declared["fact"] = dict.fromkeys(fact.id for fact in process.facts)
    return declared


def _unknown(reference: Reference, declared: dict[str, dict[str, None]]) -> Finding:
    kinds, kinds_zh = " or ".join(reference.kinds), "或".join(_KIND_ZH[kind] for kind in reference.kinds)
    other = next((kind for kind in declared if reference.value in declared[kind]), "")
    known = [name for kind in reference.kinds for name in declared[kind]]
    near = did_you_mean(reference.value, known)
    if other:
        problem = f"names '{reference.value}', which is {_A.get(other, f'a {other}')}, not {_a(kinds)}."
        problem_zh = f"{reference.value} 是{_KIND_ZH[other]},这里需要{kinds_zh}。"
    else:
        problem = f"names '{reference.value}', but no {kinds} is declared with this id."
        problem_zh = f"{reference.value} 未声明为{kinds_zh}。"
    if near:
        remedy = f"Did you mean {' or '.join(map(repr, near))}?"
        remedy_zh = f"是否想写 {' 或 '.join(near)}?"
    else:
        some = f" Declared: {', '.join(known[:5])}{', ...' if len(known) > 5 else ''}." if known else ""
        remedy = f"Declare it, or remove it here.{some}"
        remedy_zh = f"请声明它,或在此处删除。{f'已声明:{chr(12289).join(known[:5])}。' if known else ''}"
    return say("LTC110", reference.where, (problem, remedy), (problem_zh, remedy_zh), (reference.value,))


def _a(kinds: str) -> str:
    return _A.get(kinds, f"an {kinds}" if kinds.startswith("activity") else f"a {kinds}")
