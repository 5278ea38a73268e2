"""Soundness: somebody decides each gate under every facts, and rules of separation leave enough people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ltcflow.conditions import Condition, Truth
from ltcflow.findings import Finding
from ltcflow.graph.cases import Values, cases, condition_of, holds, satisfy, smaller, spoken, whens_of
from ltcflow.graph.duties import capacity
from ltcflow.graph.places import place_of
from ltcflow.graph.rule import listed, say
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.roles import SeparationKind
from ltcflow.stages import Activity, Gate


def _rows(process: Process, gate: Gate) -> list[tuple[int, Condition]]:
    """The rows of the approval matrix whose conditions can be used, with their numbers."""
    found = ((i, condition_of(process, row.when)) for i, row in enumerate(gate.approval_matrix))
    return [(i, condition) for i, condition in found if condition is not None]


def matrix_gaps(process: Process) -> Iterator[Finding]:
    """LTC227: facts under which no row of an approval matrix applies, and nobody else decides the gate."""
    for gate in process.gates():
        rows = [condition for _, condition in _rows(process, gate)]
        if gate.decided_by.voting or not gate.approval_matrix or len(rows) < len(gate.approval_matrix):
            continue
        whens = whens_of(process, gate)

        def gap(values: Values, whens: tuple[Condition, ...] = whens, rows: list[Condition] = rows) -> bool:
            return holds(whens, values) is Truth.TRUE and all(r.evaluate(values) is Truth.FALSE for r in rows)

        witness = next((row for row in cases(process, [*whens, *rows]).rows if gap(row)), None)
        while witness is not None and (fewer := next(filter(gap, smaller(witness)), None)) is not None:
            witness = fewer
        if witness is not None:
            facts = spoken(process, witness)
            yield say(
                "LTC227",
                place_of(process, gate.id, "approval_matrix"),
                (
                    f"no row applies when {', '.join(facts)}, so nobody decides then.",
                    "Add a row for that case, or say in decided_by who decides otherwise.",
                ),
                (
                    f"当 {','.join(facts)} 时没有任何一行适用,无人决策。",
                    "为该情形增加一行,或用 decided_by 写明其余情形由谁决策。",
                ),
                facts,
            )


def matrix_rows(process: Process) -> Iterator[Finding]:
    """LTC345: a row of an approval matrix that never applies, or that applies together with another."""
    yield from _idle(process)
    yield from _overlaps(process)


def _overlaps(process: Process) -> Iterator[Finding]:
    """Two rows that apply together under some facts, with different deciders."""
    for gate in process.gates():
        whens = whens_of(process, gate)
        for (i, one), (j, other) in combinations(_rows(process, gate), 2):
            if gate.approval_matrix[i].decided_by == gate.approval_matrix[j].decided_by:
                continue
            found = satisfy(process, [*whens, one, other]).values
            if found is not None:
                facts = spoken(process, found)
                yield say(
                    "LTC345",
                    place_of(process, gate.id, f"approval_matrix[{j}]"),
                    (
                        f"applies together with row {i + 1} when {', '.join(facts)}: both must agree then.",
                        "Set them apart, or switch this rule off with a reason where that is meant.",
                    ),
                    (
                        f"当 {','.join(facts)} 时与第 {i + 1} 行同时适用,须两者都同意。",
                        "请区分两行的条件;若有意如此,请注明原因并关闭本规则。",
                    ),
                    facts,
                )


def _idle(process: Process) -> Iterator[Finding]:
    """A row that never applies where the gate takes place."""
    for gate in process.gates():
        whens = whens_of(process, gate)
        for i, condition in _rows(process, gate):
            found = satisfy(process, [*whens, condition])
            if found.values is None and found.proved:
                yield say(
                    "LTC345",
                    place_of(process, gate.id, f"approval_matrix[{i}]"),
                    (f"never applies: {condition.source} cannot be true here.", "Mend its condition, or remove it."),
                    (f"永远不适用:此处 {condition.source} 不可能成立。", "请修改条件或删除该行。"),
                    (condition.source,),
                )


def steps_apart(process: Process) -> Iterator[Finding]:
    """LTC228: a rule of separation over steps that asks for more people than can wear their roles."""
    for i, rule in enumerate(process.separation_rules):
        if rule.kind is SeparationKind.DYNAMIC:
            continue
        roles = [_doers(process, name) for name in rule.names]
        needed = len(rule.names) if rule.kind is SeparationKind.HISTORY else 2
        if not all(roles):
            continue
        most, limits = capacity(process, tuple(dict.fromkeys(role for each in roles for role in each)))
        if most is None or not 0 < most < needed:
            continue
        yield say(
            "LTC228",
            f"separation_rules[{i}]",
            (
                f"needs {needed} people for {listed(rule.names)}, but no more than {most} can do them "
                f"({', '.join(limits)}).",
                "Give the steps to more roles, or raise at_most.",
            ),
            (
                f"{listed(rule.names)} 需要 {needed} 人,但最多只有 {most} 人可以办理({', '.join(limits)})。",
                "请让更多角色参与这些步骤,或提高 at_most。",
            ),
            limits,
        )


def _doers(process: Process, name: str) -> tuple[RoleId, ...]:
    element = process.find(name)
    if isinstance(element, Gate):
        return element.voting
    return (*element.raci.responsible, *element.raci.accountable) if isinstance(element, Activity) else ()
