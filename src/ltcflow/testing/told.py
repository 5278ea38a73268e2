"""What a log tells, read naively: an oracle for the invariants of a project that shares nothing with what decides.

It keeps plain dicts, asks the network of the process what waits for what, and finds out what has ended by going over
all nodes until nothing changes any more. Slow and plain on purpose.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs

from ltcflow.conditions import FactValue, Truth, compile_condition
from ltcflow.graph import NodeKind, network
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.projects.commands import Closing
from ltcflow.projects.criteria import Judges
from ltcflow.projects.register import events as r
from ltcflow.projects.state import Submission
from ltcflow.roles import Person
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Gate,
    Milestone,
    RiskLevel,
    Stage,
    StageOrder,
    Verdict,
    criterion_keys,
)
from ltcflow.testing.asked import voters_of

if TYPE_CHECKING:
    from ltcflow.testing.picture import Picture


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
    rows: tuple[str, ...] = ()


@attrs.define
class ToldPromise:
    """A condition of a conditional go that is not met."""

    gate: ElementId
    due: date
    redated: bool = False


@attrs.define
class ToldEarly:
    """An approved early start: the id, the date and the state of its condition."""

    condition: str
    due: date
    met: bool = False


@attrs.define
class ToldRisk:
    """A risk that is not closed."""

    level: RiskLevel
    opportunity: bool = False
    handed_over: bool = False


@lru_cache(maxsize=1024)
def day(at: datetime, zone: str = "UTC") -> date:
    """Return the day of *at* in *zone*: the latest date that its wall clock has shown by then, day after day."""
    known = at.astimezone(UTC)
    quarter = known.replace(minute=known.minute // 15 * 15, second=0, microsecond=0)
    earlier = (quarter - timedelta(minutes=minutes) for minutes in range(0, 26 * 60, 15))
    return max(moment.astimezone(ZoneInfo(zone)).date() for moment in (known, *earlier))


def rung_of(event: e.FellDue | e.Escalated) -> tuple[str, str, int, str]:
    """Return what *event* is about: nothing is told twice of the same."""
    return event.kind, event.subject, event.round, event.rung if isinstance(event, e.Escalated) else "due"


class Told:
    """What the events so far say about one project running on *process*."""

    def __init__(self, process: Process, judges: Judges) -> None:
        self.process, self.judges = process, judges
        self.net = network(process)
        self.standing = "unborn"
        self.closing: tuple[Closing, str] | None = None
        self.project, self.zone = "", "UTC"
        self.team: dict[RoleId, tuple[Person, ...]] = {}
        self.facts: dict[str, FactValue] = {}
        self.work: dict[ElementId, ToldWork] = {}
        self.early: dict[ElementId, ToldEarly] = {}
        self.papers: dict[ElementId, Submission] = {}
        self.gates: dict[ElementId, ToldGate] = {}
        self.promises: dict[str, ToldPromise] = {}
        self.risks: dict[str, ToldRisk] = {}
        self.remembered: set[tuple[ElementId, str]] = set()
        self.waiting: set[ElementId] = set()
        self.rungs: set[tuple[str, str, int, str]] = set()
        self.acted: set[tuple[Person, RoleId]] = set()
        self.took: set[tuple[ElementId, Person]] = set()
        self.starter = ""
        self.delegations: list[e.AuthorityDelegated] = []
        self.revoked: set[str] = set()
        self.absences: list[e.AbsenceDeclared] = []
        self.substitutes: dict[RoleId, tuple[Person, ...]] = {}
        self.moment = datetime.min.replace(tzinfo=UTC)
        self.seen: tuple[datetime, Picture] | None = None

    def gate(self, name: ElementId) -> ToldGate:
        """Return how gate *name* stands."""
        return self.gates.setdefault(name, ToldGate())

    def tell(self, event: e.AnyEvent) -> None:
        """Take in one event."""
        self.seen, self.moment = None, event.at
        match event:
            case e.ProjectStarted():
                self.standing, self.project, self.starter = "running", event.project, event.by
                self.zone = event.time_zone
                self.team, self.facts = dict(event.team), dict(event.facts)
            case e.RoleAssigned():
                self.team[event.role] = event.people
            case e.FactsRecorded():
                self.facts.update(event.facts)
            case e.ActivityStarted():
                self.work[event.activity] = ToldWork(event.early)
                self.acted.add((event.by, event.role))
                self.took.add((event.activity, event.by))
            case e.ActivityFinished():
                self.waiting.discard(event.activity)
                self.work[event.activity].done = True
                self.acted.add((event.by, event.role))
                self.took.add((event.activity, event.by))
            case e.DeliverableSubmitted():
                self.papers[event.deliverable] = Submission(event.at, event.by, event.fields, event.missing)
            case e.EarlyStartApproved():
                self.early[event.activity] = ToldEarly(event.condition, event.due)
                self._another_date(event.condition)
            case e.RegisterEvent():
                self._registered(event)
            case e.ProjectHeld() | e.ProjectResumed():
                self.standing = "held" if isinstance(event, e.ProjectHeld) else "running"
            case e.ProjectClosed():
                self.standing, self.closing = "closed", (event.outcome, event.reason)
            case e.ProjectReopened():
                self.standing, self.closing = "running", None
                for gate in self.gates.values():
                    if gate.verdict is Verdict.STOP:
                        gate.votes, gate.delegated, gate.verdict = [], {}, None
            case e.StandInEvent():
                self._of_people(event)
            case _:
                self._of_gate(event)

    def _of_people(self, event: e.AnyStandInEvent) -> None:
        match event:
            case e.AuthorityDelegated():
                self.delegations.append(event)
            case e.DelegationRevoked():
                self.revoked.add(event.delegation)
            case e.SubstitutesNamed():
                self.substitutes[event.role] = event.people
            case e.AbsenceDeclared():
                self.absences.append(event)
            case e.AbsenceEnded():
                over = day(event.at, self.zone)
                self.absences = [a for a in self.absences if a.person != event.person or a.until < over]

    def remember(self, now: Picture) -> None:
        """Take note of every remembering criterion that is met now."""
        judged: list[Gate | Milestone | Stage] = [*self.process.gates(), *self.process.milestones, *self.process.stages]
        for element in judged:
            for key, criterion in self.criteria(element.id):
                if criterion.remembers and (element.id, key) not in self.remembered and now.met(element.id, criterion):
                    self.remembered.add((element.id, key))
                    self.seen = None

    def _registered(self, event: e.AnyRegisterEvent) -> None:
        match event:
            case r.RiskRaised():
                self.risks[event.risk] = ToldRisk(event.level, event.opportunity)
            case r.RiskUpdated():
                self.risks[event.risk].level = event.level
            case r.RiskHandedOver():
                self.risks[event.risk].handed_over = True
            case r.RiskClosed():
                del self.risks[event.risk]
            case r.EarlyStartRevoked():
                del self.early[event.activity]

    def _of_gate(self, event: e.AnyEvent) -> None:
        match event:
            case e.WaitingStarted():
                self.waiting.add(event.element)
            case e.WaitingEnded():
                self.waiting.remove(event.element)
            case e.FellDue() | e.Escalated():
                self.rungs.add(rung_of(event))
            case e.VoteCast():
                self.gate(event.gate).votes.append(event)
                for person in [event.by, event.instead_of][: 1 + bool(event.instead_of)]:
                    self.acted.update((person, role) for role in (event.role, *event.roles))
                    self.took.add((event.gate, person))
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
                self._of_early(event)
            case e.ConditionRedated():
                self._another_date(event.condition)
                self._of_early(event)
                if event.condition in self.promises:
                    promise = self.promises[event.condition]
                    promise.due, promise.redated = event.due, True

    def _decided(self, event: e.GateDecided) -> None:
        gate = self.gate(event.gate)
        self.waiting.discard(event.gate)
        self._forget({event.gate})
        if event.verdict is Verdict.RECYCLE:
            reached = self.behind(event.gate)
            for name in reached:
                self.work.pop(name, None)
                self.early.pop(name, None)
                element = self.process.find(name)
                for paper in element.outputs if isinstance(element, Activity) else ():
                    self.papers.pop(paper, None)
                if name in self.gates:
                    self.gates[name] = ToldGate()
            self._forget(reached)
            self.waiting -= reached
            self.remembered = {(name, key) for name, key in self.remembered if not reached & {name, f"{name}.finish"}}
        elif event.verdict is Verdict.HOLD:
            gate.votes, gate.delegated = [], {}
        else:
            gate.verdict, gate.rows = event.verdict, event.rows
            self.promises.update({name: ToldPromise(event.gate, promise.due) for name, promise in event.conditions})

    def _of_early(self, event: e.ConditionWasMet | e.ConditionRedated) -> None:
        for early in self.early.values():
            if early.condition == event.condition and isinstance(event, e.ConditionRedated):
                early.due = event.due
            elif early.condition == event.condition:
                early.met = True

    def may_begin_early(self, activity: ElementId, at: datetime) -> bool:
        """Say whether *activity* may begin before what it waits for: until the date of its condition, or once met."""
        early = self.early.get(activity)
        return early is not None and (early.met or early.due >= day(at, self.zone))

    def _another_date(self, condition: str) -> None:
        self.rungs = {rung for rung in self.rungs if rung[1] != condition}

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
        return any(p.gate == gate and p.due < day(at, self.zone) for p in self.promises.values())

    def passed(self, gate: ElementId, at: datetime) -> bool:
        told = self.gates.get(gate)
        return told is not None and told.verdict is not None and told.verdict.passes and not self.overdue(gate, at)

    def criteria(self, element: ElementId) -> tuple[tuple[str, AnyCriterion], ...]:
        """Return the criteria of a gate, milestone or stage, with their keys."""
        found = self.process.find(element)
        criteria = found.criteria if isinstance(found, Gate | Milestone) else ()
        criteria = found.succeeded_when if isinstance(found, Stage) else criteria
        return tuple(zip(criterion_keys(criteria), criteria, strict=True))

    def voters(self, gate: Gate, *, again: bool = False) -> dict[Person, set[RoleId]]:
        """Return who votes on *gate*, with the roles each of them speaks for; *again*: in a round to come."""
        return voters_of(self, gate, day(self.moment, self.zone), again=again)

    def counted(self, gate: Gate) -> list[e.VoteCast]:
        """Return the votes whose voters still speak for the role they voted in."""
        voters = self.voters(gate)
        return [v for v in self.gate(gate.id).votes if v.role in voters.get(v.by, set())]
