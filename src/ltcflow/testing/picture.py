"""What has begun and what has ended at one moment, found by going over all nodes until nothing changes any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ltcflow.conditions import Truth, compile_condition
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.projects.criteria import CriterionContext
from ltcflow.projects.state import Risk
from ltcflow.roles import Team
from ltcflow.stages import (
    AnyCriterion,
    Delivered,
    DependencyType,
    Done,
    FactHolds,
    Gate,
    PluginCriterion,
    RiskLevel,
    RiskLimit,
)
from ltcflow.testing.told import Told, day


class Picture:
    """What has begun and ended at one moment; `Picture.of` keeps the last one."""

    @classmethod
    def of(cls, told: Told, at: datetime) -> Picture:
        """Return the picture of *told* as of *at*."""
        told.moment = at
        if told.seen is None or told.seen[0] != at:
            told.seen = (at, cls(told, at))
        return told.seen[1]

    def __init__(self, told: Told, at: datetime) -> None:
        self.told, self.at = told, at
        nodes = told.net.nodes
        self.begun = [False] * len(nodes)
        self.ended = [False] * len(nodes)
        self.waits: list[list[tuple[int, bool, bool]]] = [[] for _ in nodes]
        for edge in told.net.edges:
            spans = nodes[edge.source].kind is NodeKind.SPAN and nodes[edge.target].kind is NodeKind.STAGE_FINISH
            if not spans:
                of_end = edge.type in (DependencyType.FS, DependencyType.FF)
                to_end = edge.type in (DependencyType.FF, DependencyType.SF)
                self.waits[edge.target].append((edge.source, of_end, to_end))
        before: tuple[list[bool], list[bool]] | None = None
        while before != (self.begun, self.ended):
            before = (list(self.begun), list(self.ended))
            for i in range(len(nodes)):
                self.begun[i] = self._begun(i)
                self.ended[i] = self._ended(i)

    def at_node(self, element: ElementId) -> int:
        index = self.told.net.index
        return index[element] if element in index else index[f"{element}.finish"]

    def may_begin(self, i: int) -> bool:
        """Say whether all that the beginning of node *i* waits for is there."""
        return all(self.ended[j] if end else self.begun[j] for j, end, to_end in self.waits[i] if not to_end)

    def may_end(self, i: int) -> bool:
        """Say whether all that the end of node *i* waits for is there (its beginning aside)."""
        return all(self.ended[j] if end else self.begun[j] for j, end, to_end in self.waits[i] if to_end)

    def complete(self, i: int) -> bool:
        return self.may_begin(i) and self.may_end(i) and all(self.ended[j] for j in self._whole(i))

    def _whole(self, i: int) -> list[int]:
        """What must have ended before the whole: the steps of a stage, the steps a gate judges, all of a process."""
        nodes, node = self.told.net.nodes, self.told.net.nodes[i]
        steps = (NodeKind.ACTIVITY, NodeKind.GATE)
        if node.kind is NodeKind.STAGE_FINISH:
            return [j for j, other in enumerate(nodes) if other.stage == node.stage and other.kind in steps]
        if node.kind is NodeKind.GATE and isinstance(node.element, Gate) and node.element.after is None:
            behind = self.told.net.descendants(i)
            inside = [j for j, other in enumerate(nodes) if other.stage == node.stage and other.kind in steps]
            return [j for j in inside if j < i and j not in behind]
        if node.kind is NodeKind.FINISH:
            ends = (NodeKind.STAGE_FINISH, NodeKind.MILESTONE)
            return [j for j, other in enumerate(nodes) if other.kind in ends]
        return []

    def _not_to_do(self, i: int) -> bool:
        return self.told.applies(i) is Truth.FALSE or self.told.left_out(i)

    def _begun(self, i: int) -> bool:
        node = self.told.net.nodes[i]
        if node.kind is NodeKind.ACTIVITY:
            work = self.told.work.get(node.id)
            if work is not None:
                return not work.early or self.may_begin(i)
            return self._not_to_do(i) and self.may_begin(i)
        if node.kind is NodeKind.GATE and self.told.passed(node.id, self.at):
            return True
        return self.may_begin(i)

    def _ended(self, i: int) -> bool:
        node = self.told.net.nodes[i]
        match node.kind:
            case NodeKind.ACTIVITY:
                work = self.told.work.get(node.id)
                if work is not None and work.done:
                    return not work.early or self.complete(i)
                return self._not_to_do(i) and self.complete(i)
            case NodeKind.SPAN:
                work = self.told.work.get(node.id)
                done = (work is not None and work.done) or (self._not_to_do(i) and self.complete(i))
                return done or self.ended[self.told.net.index[f"{node.stage}.finish"]]
            case NodeKind.GATE:
                skipped = self.told.applies(i) is Truth.FALSE
                return self.told.passed(node.id, self.at) or (skipped and self.complete(i))
            case NodeKind.MILESTONE:
                good = self.told.applies(i) is Truth.FALSE
                if self.told.applies(i) is Truth.TRUE:
                    good = all(self.satisfied(node.id, key, c) for key, c in self.told.criteria(node.id))
                return good and self.complete(i)
            case _:
                return self.complete(i)

    def open(self, gate: Gate) -> bool:
        """Say whether *gate* can be judged: not passed, to be done, everything before it there, nothing owed."""
        told, i = self.told, self.told.net.index[gate.id]
        earlier = {told.net.nodes[j].id for j in told.net.ancestors(i)}
        owed = [p for p in told.promises.values() if p.gate in earlier]
        shut = any(not p.redated or p.due < day(self.at, told.zone) for p in owed)
        ready = told.applies(i) is Truth.TRUE and self.complete(i)
        return ready and not shut and not told.passed(gate.id, self.at)

    def satisfied(self, element: ElementId, key: str, criterion: AnyCriterion) -> bool:
        """Say whether a criterion is met, remembered or waived."""
        if key in self.told.gate(element).waived:
            return True
        if criterion.remembers and (element, key) in self.told.remembered:
            return True
        return self.met(element, criterion)

    def met(self, element: ElementId, criterion: AnyCriterion) -> bool:
        """Say whether a criterion is met now."""
        told = self.told
        match criterion:
            case Done():
                return self.ended[self.at_node(criterion.element)]
            case Delivered():
                paper = told.papers.get(criterion.deliverable)
                return paper is not None and not paper.missing
            case FactHolds():
                condition = compile_condition(criterion.expression, told.process.facts_by_id)
                return condition.evaluate(told.facts) is Truth.TRUE
            case RiskLimit():
                levels = list(RiskLevel)
                heavy = levels[levels.index(criterion.open_at_least) :]
                threats = [risk for risk in told.risks.values() if not risk.opportunity]
                return sum(risk.level in heavy for risk in threats) <= criterion.allowed
            case _:
                return self._plugin(element, criterion)

    def _plugin(self, element: ElementId, criterion: PluginCriterion) -> bool:
        function = self.told.judges.get(criterion.name)
        if function is None:
            return False
        try:
            return function(self._context(element, criterion.parameters.as_dict())).truth is Truth.TRUE
        except Exception:  # a plugin that fails does not let a gate pass
            return False

    def _context(self, element: ElementId, parameters: Mapping[str, object]) -> CriterionContext:
        told = self.told
        team = Team(tuple(sorted((role, people) for role, people in told.team.items() if people)))
        return CriterionContext(
            project=told.project,
            process=told.process.id,
            element=element,
            parameters=parameters,
            facts=dict(told.facts),
            delivered=dict(told.papers),
            risks=tuple(
                Risk(name, risk.level, opportunity=risk.opportunity) for name, risk in sorted(told.risks.items())
            ),
            team=team,
        )
