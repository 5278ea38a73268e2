"""How far a project is: what has ended, what may begin, what is skipped, and what each thing waits for.

One `Progress` is made per question. It works out only what is asked for and remembers it, so the cost of a command
does not depend on the length of the log and hardly on the size of the process.

* *Skipped*: the ``when`` of the element or of its stage is false. *Left out*: an activity of a choice that nobody began
  when enough others are done. Both are transparent: they count as ended as soon as what they wait for has ended.
* An activity that began early counts as begun, and as ended, once what it waits for is there: it opens nothing before.
* A spanning activity counts as begun when its stage has, and as ended when its stage has, or it is finished or skipped.
* A gate has ended when it was passed and no condition of its conditional go is past its date.
* A milestone has ended when what it waits for has and its criteria hold.
* Lags are a matter of the plan; the record does not enforce them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.compiled import Compiled, compiled
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge
from ltcflow.projects.days import day
from ltcflow.projects.state import GateState, Obligation, ProjectState
from ltcflow.stages import Activity, Gate, Stage, StageOrder

_DEEP = 150


class Progress:
    """What can be said about one state of a project at one moment. Not thread-safe; make a new one per question."""

    def __init__(self, process: Process, state: ProjectState, at: datetime, judges: Judges = NO_JUDGES) -> None:
        self.process = process
        self.state = state
        self.at = at
        self.judges = judges
        self.compiled: Compiled = compiled(process)
        self.nodes = self.compiled.network.nodes
        self._when: dict[int, Truth] = {}
        self._ended: dict[int, bool] = {}
        self._depth = 0

    @cached_property
    def today(self) -> date:
        """The day that *at* belongs to, in the time zone of the project."""
        return day(self.at, self.state.time_zone)

    def position(self, element: ElementId) -> int:
        """Return the node of *element* (a stage by its finish)."""
        index = self.compiled.network.index
        at = index.get(element)
        return at if at is not None else index[f"{element}.finish"]

    def applies(self, i: int) -> Truth:
        """Say whether node *i* is to be done: FALSE means skipped, UNKNOWN that a fact is missing."""
        whens = self.compiled.whens[i]
        if not whens:
            return Truth.TRUE
        known = self._when.get(i)
        if known is None:
            known = Truth.TRUE
            for when in whens:
                known = known & when.evaluate(self.state.facts)
            self._when[i] = known
        return known

    def missing_facts(self, i: int) -> frozenset[str]:
        """Return the facts that must be known before it is known whether node *i* is to be done."""
        facts = self.state.facts
        return frozenset().union(*(when.missing(facts) for when in self.compiled.whens[i]))

    def skipped(self, i: int) -> bool:
        """True when node *i* is not to be done; what was finished before stays done."""
        return self.applies(i) is Truth.FALSE

    def left_out(self, i: int) -> bool:
        """True for an activity of a choice that nobody began, when enough others are done."""
        node = self.nodes[i]
        if not self.compiled.choices or node.kind is not NodeKind.ACTIVITY or node.stage not in self.compiled.choices:
            return False
        if node.id in self.state.work:
            return False
        stage = self.process.stage(node.stage)
        return self.chosen(stage) >= self.wanted(stage)

    def chosen(self, stage: Stage) -> int:
        """Return how many activities of a choice are done."""
        works = (self.state.work.get(a.id) for a in stage.activities if not a.spans)
        return sum(1 for work in works if work is not None and work.finished is not None)

    def wanted(self, stage: Stage) -> int:
        """Return how many activities of a choice must be done: *at_least*, or as many as are not skipped."""
        if stage.order is not StageOrder.CHOICE:
            return 0
        steps = [a for a in stage.activities if not a.spans]
        return min(stage.at_least, sum(not self.skipped(self.position(a.id)) for a in steps))

    def ended(self, i: int) -> bool:
        """Say whether node *i* has ended, as far as others that wait for it are concerned."""
        known = self._ended.get(i)
        if known is None:
            if self._depth > _DEEP:
                self._sweep()
                return self._ended[i]
            self._depth += 1
            self._ended[i] = False  # what waits for itself never ends; `check` names such a process beforehand
            known = self._ended[i] = self._has_ended(i)
            self._depth -= 1
        return known

    def _sweep(self) -> None:
        """Settle every node in the order of waiting: then no question goes deep."""
        self._depth = 0
        self._ended.clear()
        for i in self.compiled.network.order:
            self.ended(i)

    def _has_ended(self, i: int) -> bool:
        node = self.nodes[i]
        match node.kind:
            case NodeKind.ACTIVITY:
                work = self.state.work.get(node.id)
                if work is not None and work.finished is not None:
                    return not work.early or self.unblocked(i)
                return (self.skipped(i) or self.left_out(i)) and self.unblocked(i)
            case NodeKind.SPAN:
                work = self.state.work.get(node.id)
                if (work is not None and work.finished is not None) or (self.skipped(i) and self.unblocked(i)):
                    return True
                return self.ended(self.compiled.network.index[f"{node.stage}.finish"])
            case NodeKind.GATE:
                return self.passed(node.id) or (self.skipped(i) and self.unblocked(i))
            case NodeKind.MILESTONE:
                return self.unblocked(i) and (self.skipped(i) or self._criteria_hold(i))
            case _:
                return self.unblocked(i)

    def _criteria_hold(self, i: int) -> bool:
        if self.applies(i) is Truth.UNKNOWN:
            return False
        pairs = self.compiled.criteria.get(self.nodes[i].id, ())
        return all(judge(self, self.nodes[i].id, key, criterion).satisfied for key, criterion in pairs)

    def begun(self, i: int) -> bool:
        """Say whether node *i* has begun, as far as others that wait for its beginning are concerned."""
        node = self.nodes[i]
        if node.kind is NodeKind.ACTIVITY:
            work = self.state.work.get(node.id)
            if work is not None:
                return not work.early or self.may_begin(i)
            return (self.skipped(i) or self.left_out(i)) and self.may_begin(i)
        if node.kind is NodeKind.GATE and self.passed(node.id):
            return True
        return self.may_begin(i)

    def may_begin(self, i: int) -> bool:
        """Say whether nothing that the beginning of node *i* waits for is missing."""
        return all(self._there(wait) for wait in self.compiled.starts[i])

    def unblocked(self, i: int) -> bool:
        """Say whether nothing that the beginning or the end of node *i* waits for is missing."""
        return (
            self.may_begin(i)
            and all(self._there(wait) for wait in self.compiled.ends[i])
            and all(self.ended(j) for j in self.compiled.wholes[i])
        )

    def _there(self, wait: tuple[int, bool]) -> bool:
        other, of_end = wait
        return self.ended(other) if of_end else self.begun(other)

    def waits_to_begin(self, i: int) -> tuple[int, ...]:
        """Return the nodes that the beginning of node *i* still waits for."""
        return tuple(wait[0] for wait in self.compiled.starts[i] if not self._there(wait))

    def waits_to_end(self, i: int) -> tuple[int, ...]:
        """Return the nodes that only the end of node *i* still waits for; parts of it, when nothing else is missing."""
        waits = tuple(wait[0] for wait in self.compiled.ends[i] if not self._there(wait))
        if waits or not self.compiled.wholes[i] or not self.may_begin(i):
            return waits
        return tuple(j for j in self.compiled.wholes[i] if not self.ended(j))

    def passed(self, gate: ElementId) -> bool:
        """Say whether *gate* was passed and nothing opened it again."""
        verdict = self.state.gate(gate).verdict
        return verdict is not None and verdict.passes and self.breach(gate) is None

    def breach(self, gate: ElementId) -> Obligation | None:
        """Return an unmet condition of the conditional go of *gate* that is past its date, or None."""
        return next((o for o in self.open_conditions(gate) if o.due < self.today), None)

    def gate_round(self, gate: ElementId) -> GateState:
        """Return how *gate* stands in the round that a vote now falls into: an overdue condition begins another."""
        state = self.state.gate(gate)
        if state.verdict is None or not state.verdict.passes or self.breach(gate) is None:
            return state
        return GateState(round=state.round + 1, waived=state.waived)

    def open_conditions(self, gate: ElementId) -> Iterator[Obligation]:
        """Yield the unmet conditions of the conditional go of *gate*."""
        if len(self.state.obligations):
            for obligation in self.state.obligations.values():
                if obligation.gate == gate and obligation.met is None:
                    yield obligation

    def shut_by(self, gate: ElementId) -> tuple[Obligation, ...]:
        """Return the conditions of earlier gates that keep *gate* shut: unmet, and without another date to come."""
        if not len(self.state.obligations):
            return ()
        earlier, today = self.compiled.earlier_gates.get(gate, ()), self.today
        return tuple(o for g in earlier for o in self.open_conditions(g) if not o.redated or o.due < today)

    def gate_open(self, i: int) -> bool:
        """Say whether the gate at node *i* can be judged now."""
        gate = self.nodes[i].id
        return not self.passed(gate) and self.applies(i) is Truth.TRUE and self.unblocked(i) and not self.shut_by(gate)

    def can_begin(self, i: int) -> bool:
        """Say whether the activity at node *i* can be begun now (by order, conditions, or an approved early start)."""
        node = self.nodes[i]
        if node.id in self.state.work or self.applies(i) is not Truth.TRUE or self.choice_closed(i):
            return False
        return self.may_begin_early(node.id) or self.may_begin(i)

    def may_begin_early(self, activity: ElementId) -> bool:
        """Say whether *activity* may begin before what it waits for: approved, and its condition met or not overdue."""
        condition = self.state.early.get(activity)
        if condition is None:
            return False
        owed = self.state.obligations.get(condition)
        return owed is None or owed.met is not None or owed.due >= self.today

    def choice_closed(self, i: int) -> bool:
        """Say whether a choice is over for an activity nobody began: its stage has ended or something behind began."""
        if not self.left_out(i):
            return False
        targets = [edge.target for edge in self.compiled.network.outgoing[i]]
        return any(self._recorded(t) for t in targets) or self.ended(
            self.compiled.network.index[f"{self.nodes[i].stage}.finish"]
        )

    def _recorded(self, i: int) -> bool:
        node = self.nodes[i]
        gate = self.state.gates.get(node.id)
        return node.id in self.state.work or (gate is not None and bool(gate.votes or gate.verdict))

    def finished(self) -> bool:
        """Say whether the whole process has ended."""
        return self.ended(len(self.nodes) - 1)

    def open_activities(self) -> Iterator[Activity]:
        """Yield every activity that can be begun or finished now, in declared order."""
        for i, node in enumerate(self.nodes):
            if isinstance(node.element, Activity) and (self.can_begin(i) or self.can_finish(i)):
                yield node.element

    def can_finish(self, i: int) -> bool:
        """Say whether the activity at node *i* is in progress and can be finished now."""
        work = self.state.work.get(self.nodes[i].id)
        return work is not None and work.finished is None and not self.waits_to_end(i)

    def open_gates(self) -> Iterator[Gate]:
        """Yield every gate that can be judged now, in declared order."""
        for i, node in enumerate(self.nodes):
            if isinstance(node.element, Gate) and self.gate_open(i):
                yield node.element


def choices_made(progress: Progress) -> dict[ElementId, tuple[ElementId, ...]]:
    """Return, per stage of choice that was begun, the activities to plan with: those begun, then others as listed."""
    found: dict[ElementId, tuple[ElementId, ...]] = {}
    for name in progress.compiled.choices:
        stage = progress.process.stage(name)
        steps = [a.id for a in stage.activities if not a.spans]
        begun = [step for step in steps if step in progress.state.work]
        if begun:
            others = [s for s in steps if s not in begun]
            others.sort(key=lambda step: progress.skipped(progress.position(step)))
            found[name] = (*begun, *others[: max(0, stage.at_least - len(begun))])
    return found
