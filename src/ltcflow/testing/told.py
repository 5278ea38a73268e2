"""What a log tells, read naively: an oracle for the invariants of a project that shares nothing with what decides.

It keeps plain dicts, asks the network of the process what waits for what, and finds out what has ended by going over
all nodes until nothing changes any more. Slow and plain on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import attrs

from ltcflow.conditions import FactValue, Truth, compile_condition
from ltcflow.graph import NodeKind, network
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.projects.commands import Closing
from ltcflow.projects.criteria import CriterionContext, Judges
from ltcflow.projects.state import Risk, Submission
from ltcflow.roles import Person, Team
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Delivered,
    DependencyType,
    Done,
    FactHolds,
    Gate,
    Milestone,
    RiskLevel,
    RiskLimit,
    Stage,
    StageOrder,
    Verdict,
    criterion_keys,
)


@attrs.define
class ToldWork:
    """An activity in its present round."""

    early: bool
    done: bool = False


@attrs.define
class ToldGate:
    """A gate in its present round: votes that nothing struck out, delegations, waivers, and how it was decided."""

    votes: list[e.VoteCast] = attrs.Factory(list)
    delegated: dict[Person, Person] = attrs.Factory(dict)
    waived: set[str] = attrs.Factory(set)
    verdict: Verdict | None = None


@attrs.define
class ToldPromise:
    """A condition of a conditional go that is not met."""

    gate: ElementId
    due: date
    redated: bool = False


def day(at: datetime) -> date:
    """Return the day of *at*: days are counted in UTC, wherever the command came from."""
    return at.astimezone(UTC).date()


class Told:
    """What the events so far say about one project running on *process*."""

    def __init__(self, process: Process, judges: Judges) -> None:
        self.process, self.judges = process, judges
        self.net = network(process)
        self.standing = "unborn"
        self.closing: tuple[Closing, str] | None = None
        self.project = ""
        self.team: dict[RoleId, tuple[Person, ...]] = {}
        self.facts: dict[str, FactValue] = {}
        self.work: dict[ElementId, ToldWork] = {}
        self.early: set[ElementId] = set()
        self.papers: dict[ElementId, Submission] = {}
        self.gates: dict[ElementId, ToldGate] = {}
        self.promises: dict[str, ToldPromise] = {}
        self.risks: dict[str, RiskLevel] = {}
        self.remembered: set[tuple[ElementId, str]] = set()
        self.acted: set[tuple[Person, RoleId]] = set()

    def gate(self, name: ElementId) -> ToldGate:
        return self.gates.setdefault(name, ToldGate())

    def tell(self, event: e.AnyEvent) -> None:
        """Take in one event."""
        match event:
            case e.ProjectStarted():
                self.standing, self.project = "running", event.project
                self.team, self.facts = dict(event.team), dict(event.facts)
            case e.RoleAssigned():
                self.team[event.role] = event.people
            case e.FactsRecorded():
                self.facts.update(event.facts)
            case e.ActivityStarted():
                self.work[event.activity] = ToldWork(event.early)
                self.acted.add((event.by, event.role))
            case e.ActivityFinished():
                self.work[event.activity].done = True
                self.acted.add((event.by, event.role))
            case e.DeliverableSubmitted():
                self.papers[event.deliverable] = Submission(event.at, event.by, event.fields, event.missing)
            case e.EarlyStartApproved():
                self.early.add(event.activity)
            case e.RiskRaised() | e.RiskUpdated():
                self.risks[event.risk] = event.level
            case e.RiskClosed():
                del self.risks[event.risk]
            case e.ProjectHeld():
                self.standing = "held"
            case e.ProjectResumed():
                self.standing = "running"
            case e.ProjectClosed():
                self.standing, self.closing = "closed", (event.outcome, event.reason)
            case e.ProjectReopened():
                self.standing, self.closing = "running", None
                for gate in self.gates.values():
                    if gate.verdict is Verdict.STOP:
                        gate.votes, gate.delegated, gate.verdict = [], {}, None
            case _:
                self._of_gate(event)

    def _of_gate(self, event: e.AnyEvent) -> None:
        match event:
            case e.VoteCast():
                self.gate(event.gate).votes.append(event)
                self.acted.add((event.by, event.role))
            case e.VoteLapsed():
                gate = self.gate(event.gate)
                gate.votes = [v for v in gate.votes if v.by != event.voter]
            case e.VoteDelegated():
                self.gate(event.gate).delegated[event.by] = event.to
            case e.CriterionWaived():
                self.gate(event.gate).waived.add(event.criterion)
            case e.GateReopened():
                gate = self.gate(event.gate)
                gate.votes, gate.delegated, gate.verdict = [], {}, None
            case e.GateDecided():
                self._decided(event)
            case e.ConditionWasMet():
                self.promises.pop(event.condition, None)
            case e.ConditionRedated():
                if event.condition in self.promises:
                    promise = self.promises[event.condition]
                    promise.due, promise.redated = event.due, True

    def _decided(self, event: e.GateDecided) -> None:
        gate = self.gate(event.gate)
        self._forget({event.gate})
        if event.verdict is Verdict.RECYCLE:
            reached = self.behind(event.gate)
            for name in reached:
                self.work.pop(name, None)
                self.early.discard(name)
                element = self.process.find(name)
                for paper in element.outputs if isinstance(element, Activity) else ():
                    self.papers.pop(paper, None)
                if name in self.gates:
                    self.gates[name] = ToldGate()
            self._forget(reached)
        elif event.verdict is Verdict.HOLD:
            gate.votes, gate.delegated = [], {}
        else:
            gate.verdict = event.verdict
            self.promises.update({name: ToldPromise(event.gate, promise.due) for name, promise in event.conditions})

    def _forget(self, gates: set[ElementId]) -> None:
        self.promises = {name: p for name, p in self.promises.items() if p.gate not in gates}

    def behind(self, gate: ElementId) -> set[ElementId]:
        """Return the ids of what a recycle of *gate* opens again: its target and everything that waits for that."""
        target = self.process.gate(gate).recycle_to
        todo = [i for i, node in enumerate(self.net.nodes) if node.id in (target, f"{target}.start")]
        seen: set[int] = set()
        while todo:
            i = todo.pop()
            if i not in seen:
                seen.add(i)
                todo += [edge.target for edge in self.net.edges if edge.source == i]
        return {self.net.nodes[i].id for i in seen}

    def applies(self, i: int) -> Truth:
        """Say whether node *i* is to be done under the facts told so far."""
        node = self.net.nodes[i]
        truth = Truth.TRUE
        if isinstance(node.element, Activity | Gate | Milestone):
            stage = self.process.find(node.stage)
            for when in (node.element.when, stage.when if isinstance(stage, Stage) else ""):
                if when:
                    truth &= compile_condition(when, self.process.facts_by_id).evaluate(self.facts)
        return truth

    def left_out(self, i: int) -> bool:
        node = self.net.nodes[i]
        stage = self.process.find(node.stage)
        if node.kind is not NodeKind.ACTIVITY or not isinstance(stage, Stage) or stage.order is not StageOrder.CHOICE:
            return False
        steps = [a.id for a in stage.activities if not a.spans]
        done = sum(1 for s in steps if s in self.work and self.work[s].done)
        there = sum(1 for s in steps if self.applies(self.net.index[s]) is not Truth.FALSE)
        return node.id not in self.work and done >= min(stage.at_least, there)

    def overdue(self, gate: ElementId, at: datetime) -> bool:
        return any(p.gate == gate and p.due < day(at) for p in self.promises.values())

    def passed(self, gate: ElementId, at: datetime) -> bool:
        told = self.gates.get(gate)
        return told is not None and told.verdict is not None and told.verdict.passes and not self.overdue(gate, at)

    def there(self, at: datetime) -> Picture:
        """Find out what has begun and what has ended, by going over all nodes until nothing changes."""
        return Picture(self, at)

    def criteria(self, element: ElementId) -> tuple[tuple[str, AnyCriterion], ...]:
        found = self.process.find(element)
        criteria = found.criteria if isinstance(found, Gate | Milestone) else ()
        return tuple(zip(criterion_keys(criteria), criteria, strict=True))

    def voters(self, gate: Gate) -> dict[Person, set[RoleId]]:
        """Return who votes on *gate*, with the roles each of them speaks for."""
        rule, delegated = gate.decided_by, self.gate(gate.id).delegated
        found: dict[Person, set[RoleId]] = {}
        for role in {*rule.roles, *rule.veto, *([rule.chair] if rule.chair else [])}:
            for person in self.team.get(role, ()):
                found.setdefault(delegated.get(person, person), set()).add(role)
        return found

    def counted(self, gate: Gate) -> list[e.VoteCast]:
        """Return the votes whose voters still speak for the role they voted in."""
        voters = self.voters(gate)
        return [v for v in self.gate(gate.id).votes if v.role in voters.get(v.by, set())]


class Picture:
    """What has begun and ended at one moment."""

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
                return (work is not None and work.done) or self.ended[self.told.net.index[f"{node.stage}.finish"]]
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
        shut = any(not p.redated or p.due < day(self.at) for p in owed)
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
                return sum(level in heavy for level in told.risks.values()) <= criterion.allowed
            case _:
                function = told.judges.get(criterion.name)
                return function is not None and function(self._context(element, criterion.parameters.as_dict())).truth

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
            risks=tuple(Risk(name, level) for name, level in sorted(told.risks.items())),
            team=team,
        )
