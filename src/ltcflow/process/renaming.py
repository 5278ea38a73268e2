"""Rename elements and roles of a process, everywhere they are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.names import check_id
from ltcflow.process.value import Process
from ltcflow.roles import Raci, Role, SeparationKind, SeparationRule
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    DecisionRule,
    Delivered,
    Dependency,
    Done,
    Gate,
    Milestone,
    Principle,
    Rung,
    Stage,
)

Names = Mapping[str, str]
T = TypeVar("T", Stage, Activity, Gate)


def rename(process: Process, elements: Names = {}, *, roles: Names = {}) -> Process:  # noqa: B006 -- never changed
    """Return *process* with some elements and roles called otherwise, in every place that names them.

    Args:
        elements: new id by old id, of stages, activities, gates, milestones and deliverables.
        roles: new id by old id, of roles.
    Raises:
        UnknownName: an old id is not declared.
        InvalidValue: a new id is no id, or two things would share one.
    Cost: O(elements).

    Example:
        >>> from ltcflow import builder as b
        >>> bid = b.process("bid", stages=[b.stage("offer", activities=[b.activity("draft"), b.activity("send")])])
        >>> [a.id for a in rename(bid, {"draft": "write"}).activities()]
        ['write', 'send']
    """
    known = [element.id for element in process.elements()]
    hats = [role.id for role in process.roles]
    _check("element", elements, known)
    _check("role", roles, hats)
    return _Renamer(elements, roles, frozenset(known)).process(process)


def prefixed(process: Process, prefix: str) -> Process:
    """Return *process* with *prefix* before the id of every stage, activity, gate and milestone.

    Deliverables keep their ids: they are what one part hands to the next. So do roles and facts.

    Example:
        >>> from ltcflow import builder as b
        >>> prefixed(b.process("bid", stages=[b.stage("offer")]), "north_").stages[0].id
        'north_offer'
    """
    papers = {d.id for d in process.deliverables}
    return rename(process, {e.id: f"{prefix}{e.id}" for e in process.elements() if e.id not in papers})


def _check(kind: str, names: Names, known: list[str]) -> None:
    for old, new in names.items():
        if old not in known:
            raise UnknownName(kind=kind, value=old, known=known)
        check_id(new)
    bearers: dict[str, set[str]] = {}
    for name in known:
        bearers.setdefault(names.get(name, name), set()).add(name)
    twice = next((new for new, old in bearers.items() if len(old) > 1), None)
    if twice is not None:
        raise InvalidValue(
            field="names", value=repr(twice), problem="would name two things.", remedy="Choose another id."
        )


class _Renamer:
    def __init__(self, elements: Names, roles: Names, known: frozenset[str]) -> None:
        self.elements, self.roles, self.known = elements, roles, known

    def element(self, name: str) -> str:
        return self.elements.get(name, name)

    def role(self, name: str) -> str:
        return self.roles.get(name, name)

    def role_ids(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.role(name) for name in names)

    def after(self, value: tuple[Dependency, ...] | None) -> tuple[Dependency, ...] | None:
        return None if value is None else tuple(attrs.evolve(d, on=self.element(d.on)) for d in value)

    def criteria(self, values: tuple[AnyCriterion, ...]) -> tuple[AnyCriterion, ...]:
        return tuple(self.criterion(value) for value in values)

    def criterion(self, value: AnyCriterion) -> AnyCriterion:
        changes: dict[str, Any] = {"owner": self.role(value.owner)} if value.owner else {}
        if isinstance(value, Done):
            changes["element"] = self.element(value.element)
        elif isinstance(value, Delivered):
            changes["deliverable"] = self.element(value.deliverable)
        return attrs.evolve(value, **changes) if changes else value

    def raci(self, value: Raci) -> Raci:
        return Raci(
            responsible=self.role_ids(value.responsible),
            accountable=self.role_ids(value.accountable),
            consulted=self.role_ids(value.consulted),
            informed=self.role_ids(value.informed),
        )

    def rule(self, value: DecisionRule) -> DecisionRule:
        return attrs.evolve(
            value,
            roles=self.role_ids(value.roles),
            veto=self.role_ids(value.veto),
            chair=self.role(value.chair) if value.chair else "",
            weights={self.role(role): weight for role, weight in value.weights},
        )

    def ladder(self, value: tuple[Rung, ...] | None) -> tuple[Rung, ...] | None:
        return None if value is None else tuple(attrs.evolve(rung, tell=self.role_ids(rung.tell)) for rung in value)

    def named(self, value: T, **changes: Any) -> T:
        return attrs.evolve(value, id=self.element(value.id), after=self.after(value.after), **changes)

    def papers(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.element(name) for name in names)

    def stage(self, value: Stage) -> Stage:
        return self.named(
            value,
            entered_when=self.element(value.entered_when) if value.entered_when else "",
            succeeded_when=self.criteria(value.succeeded_when),
            activities=[
                self.named(
                    a,
                    raci=self.raci(a.raci),
                    inputs=self.papers(a.inputs),
                    outputs=self.papers(a.outputs),
                    escalation=self.ladder(a.escalation),
                )
                for a in value.activities
            ],
            gates=[self.gate(gate) for gate in value.gates],
        )

    def gate(self, value: Gate) -> Gate:
        return self.named(
            value,
            decided_by=self.rule(value.decided_by),
            approval_matrix=[attrs.evolve(r, decided_by=self.rule(r.decided_by)) for r in value.approval_matrix],
            criteria=self.criteria(value.criteria),
            recycle_to=self.element(value.recycle_to) if value.recycle_to else "",
            raci=self.raci(value.raci),
            inputs=self.papers(value.inputs),
            escalation=self.ladder(value.escalation),
        )

    def milestone(self, value: Milestone) -> Milestone:
        return attrs.evolve(
            value,
            id=self.element(value.id),
            after=self.after(value.after) or (),
            criteria=self.criteria(value.criteria),
        )

    def hat(self, value: Role) -> Role:
        return attrs.evolve(value, id=self.role(value.id))

    def principle(self, value: Principle) -> Principle:
        def both(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(self.element(name) if name in self.known else self.role(name) for name in names)

        return attrs.evolve(value, applies_to=both(value.applies_to), kept_by=both(value.kept_by))

    def separation(self, rule: SeparationRule) -> SeparationRule:
        if rule.kind is SeparationKind.DYNAMIC:
            return attrs.evolve(rule, names=self.role_ids(rule.names))
        return attrs.evolve(rule, names=[self.element(name) for name in rule.names])

    def process(self, value: Process) -> Process:
        return attrs.evolve(
            value,
            facts=[attrs.evolve(f, owner=self.role(f.owner)) if f.owner else f for f in value.facts],
            roles=[self.hat(role) for role in value.roles],
            separation_of_duties=[self.role_ids(roles) for roles in value.separation_of_duties],
            binding_of_duties=[self.role_ids(roles) for roles in value.binding_of_duties],
            separation_rules=[self.separation(rule) for rule in value.separation_rules],
            assigned_by=self.role_ids(value.assigned_by),
            deliverables=[attrs.evolve(d, id=self.element(d.id)) for d in value.deliverables],
            stages=[self.stage(stage) for stage in value.stages],
            milestones=[self.milestone(milestone) for milestone in value.milestones],
            principles=[self.principle(p) for p in value.principles],
            escalation=self.ladder(value.escalation) or (),
            registers=attrs.evolve(
                value.registers, changes_decided_by=self.role_ids(value.registers.changes_decided_by)
            ),
        )
