"""Random sound processes: everything a declaration can say, put together so that a project can be run to its end."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from ltcflow.checks import check
from ltcflow.conditions import ChoiceType, DateType, Fact, MoneyType, NumberType, PercentType, YesNoType
from ltcflow.findings import errors_of
from ltcflow.graph import network
from ltcflow.labels import Label
from ltcflow.process import NO_REGISTERS, Process, Registers, RiskScale
from ltcflow.roles import Raci, Role
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    AuthorityLimit,
    DecisionRule,
    Deliverable,
    Delivered,
    Dependency,
    DependencyType,
    Done,
    Duration,
    FactHolds,
    Gate,
    GateKind,
    Milestone,
    Payment,
    RiskLevel,
    RiskLimit,
    RuleKind,
    Rung,
    Stage,
    StageOrder,
)
from ltcflow.worktime import DeclaredCalendar, WorkDuration

FACTS = (
    Fact("amount", MoneyType("CNY"), owner="seller"),
    Fact("grade", ChoiceType(("A", "B", "C"))),
    Fact("gross_margin", PercentType()),
    Fact("signed", YesNoType()),
    Fact("visits", NumberType()),
    Fact("deadline", DateType()),
)
"""The facts that random processes read."""
WHENS = (
    "amount >= 10_000_000",
    "grade == 'A'",
    "grade in ('B', 'C')",
    "not signed",
    "visits > 3 or grade == 'C'",
    "amount < 5_000_000 and not signed",
)
"""Conditions under which an element is done; they may be false."""
CRITERIA = ("gross_margin >= 0.15", "signed", "visits >= 2", "known(amount)", "grade != 'C' or visits > 5")
"""Conditions that gates and milestones ask for: one set of facts makes all of them true."""
AUTHORITY = ("amount <= 5_000_000", "amount > 5_000_000", "amount >= 10_000_000", "grade == 'C'", "visits > 3")
"""Conditions of the rows of approval matrices."""
ROLES = ("seller", "solution", "board", "法务", "finance", "customer")
_TITLES = ("", "投标", "Bid", "报价 & Offer", "x" * 60)
_MINUTES = (0, 240, 480, 2400)


@st.composite
def labels(draw: st.DrawFn) -> Label:
    """Bilingual labels, either side of which may be missing."""
    return Label(zh=draw(st.sampled_from(_TITLES)), en=draw(st.sampled_from(_TITLES)))


@st.composite
def estimates(draw: st.DrawFn) -> Duration | None:
    """Durations: missing, fixed or three-point, working or elapsed."""
    points = sorted(draw(st.lists(st.sampled_from(_MINUTES), min_size=1, max_size=3)))
    elapsed = draw(st.booleans())
    if len(points) < 2:
        return None if elapsed else Duration(*[WorkDuration(points[0])] * 3)
    low, high = WorkDuration(points[0], elapsed), WorkDuration(points[-1], elapsed)
    return Duration(low, WorkDuration(points[len(points) // 2], elapsed), high)


LIMITS = tuple(WorkDuration(*parts) for parts in ((1,), (60,), (480,), (1440,), (90, True), (2880, True)))
"""Time limits that are used up soon."""
CALENDARS = ("", "", "weekdays", "CN", "shifts")
"""Calendars of random processes; ``shifts`` is declared: nights in Newfoundland."""
SHIFTS = DeclaredCalendar(id="shifts", time_zone="America/St_Johns", hours={"sun-thu": ["22:30-06:15"]})


SCALES = (
    RiskScale(),
    RiskScale(probabilities=("0.2", "0.8"), impacts=2, medium=2, high=3, critical=4),
    RiskScale(impacts=10, critical=30),
)
"""Scales of risks, with few steps and with many."""


@st.composite
def registers(draw: st.DrawFn, roles: tuple[str, ...]) -> Registers:
    """What a process lays down for its registers; mostly nothing."""
    if draw(st.booleans()):
        return NO_REGISTERS
    return Registers(
        risk_scale=draw(st.sampled_from(SCALES)),
        changes_decided_by=draw(st.lists(st.sampled_from(roles), max_size=2, unique=True)),
        end_with_open_risks=draw(st.booleans()),
    )


@st.composite
def ladders(draw: st.DrawFn, roles: tuple[str, ...]) -> tuple[Rung, ...]:
    """Escalation ladders over *roles*, in order or not."""
    told = st.lists(st.sampled_from(roles), min_size=1, max_size=2, unique=True)
    kinds: tuple[dict[str, Any], ...] = (
        {"share": "0.5"},
        {"share": "1"},
        {"used": WorkDuration(30)},
        {"overdue": WorkDuration(1)},
        {"overdue": WorkDuration(960)},
    )
    return tuple(Rung(tell=draw(told), **draw(st.sampled_from(kinds))) for _ in range(draw(st.integers(0, 3))))


@st.composite
def decision_rules(draw: st.DrawFn, roles: tuple[str, ...]) -> DecisionRule:
    """Rules of all kinds over *roles*, perhaps with a veto or a chair outside of the voting roles."""
    named = tuple(draw(st.lists(st.sampled_from(roles), min_size=1, max_size=2, unique=True)))
    kind = draw(st.sampled_from(RuleKind))
    veto = (draw(st.sampled_from(roles)),) if draw(st.integers(0, 3)) == 0 else ()
    return DecisionRule(
        roles=named,
        kind=kind,
        quorum=draw(st.integers(1, 3)) if kind is RuleKind.QUORUM else 0,
        chair=draw(st.sampled_from(roles)) if kind is RuleKind.CHAIR else "",
        veto=veto,
        weighted=draw(st.integers(1, 4)) if kind is RuleKind.WEIGHTED else 0,
        weights={draw(st.sampled_from(named)): draw(st.integers(1, 3))} if kind is RuleKind.WEIGHTED else {},
    )


@st.composite
def processes(draw: st.DrawFn, *, stages: int = 3, activities: int = 4, sound: bool = True) -> Process:
    """Random processes with every kind of element, dependency, rule and criterion.

    Args:
        stages, activities: the most stages, and activities per stage.
        sound: True: only processes in which `ltcflow.check` finds no error.

    They have stages in sequence and in parallel tracks, activities in sequence, in parallel and by choice, running
    along a stage, with conditions; all four dependency types with lags and leads; gates of every rule with quorum, veto
    and chair, recycles to what lies before them; criteria of every built-in kind; milestones, deliverables with
    required fields; separation of duties. They shrink to one stage with one activity.
    """
    process = draw(_drafts(stages, activities))
    if sound:
        assume(not errors_of(check(process)))
    return process


@st.composite
def _drafts(draw: st.DrawFn, stages: int, activities: int) -> Process:
    maker = _Maker(draw, activities)
    made = [maker.stage(number) for number in range(draw(st.integers(1, stages)))]
    milestones = [maker.milestone(number) for number in range(draw(st.integers(0, 2)))]
    aside = draw(st.lists(st.sampled_from(maker.roles), max_size=2, unique=True))
    separated = draw(st.lists(st.sampled_from(maker.roles), max_size=2, unique=True))
    process = Process(
        id="random_process",
        title=draw(labels()),
        facts=FACTS,
        roles=[_role(role, draw) for role in maker.roles],
        separation_of_duties=[separated] if len(separated) == 2 else [],
        separation_rules=[{"dynamic": aside}] if len(aside) == 2 and maker.rarely() else [],
        assigned_by=maker.some(list(maker.roles), 1) if maker.rarely(3) else (),
        deliverables=maker.deliverables,
        stages=made,
        milestones=milestones,
        calendar=draw(st.sampled_from(CALENDARS)),
        calendars=[SHIFTS],
        escalation=draw(ladders(maker.roles)),
        registers=draw(registers(maker.roles)),
    )
    return _with_ways_back(draw, process)


def _role(role: str, draw: st.DrawFn) -> Role:
    sponsor = role == "board" and draw(st.booleans())
    return Role(
        id=role,
        title=draw(labels()),
        sponsor=sponsor,
        external=role == "customer",
        at_most=3 if role == "finance" else 1 if role == "board" and sponsor else None,
    )


def _with_ways_back(draw: st.DrawFn, process: Process) -> Process:
    """Let some gates recycle to something that lies before them."""
    net = network(process)
    stages = []
    for stage in process.stages:
        gates = []
        for gate in stage.gates:
            before = [n for i in sorted(net.ancestors(net.index[gate.id])) if (n := net.nodes[i]).element is not None]
            names = list(dict.fromkeys(n.element.id for n in before if n.element is not None and "finish" not in n.id))
            back = draw(st.sampled_from(["", *names])) if names else ""
            gates.append(attrs.evolve(gate, recycle_to=back))
        stages.append(attrs.evolve(stage, gates=gates))
    return attrs.evolve(process, stages=stages)


class _Maker:
    """Makes the parts of one process; remembers what later parts may refer to."""

    def __init__(self, draw: st.DrawFn, activities: int) -> None:
        self.draw = draw
        self.most = activities
        self.roles = ROLES[: draw(st.integers(2, len(ROLES)))]
        self.earlier: list[str] = []
        self.stages: list[str] = []
        self.deliverables: list[Deliverable] = []
        self.certain: list[str] = []

    def limits(self) -> dict[str, Any]:
        """A time limit, perhaps with a ladder of its own; mostly none."""
        if not self.rarely(2):
            return {}
        ladder = self.draw(ladders(self.roles)) if self.rarely(2) else None
        return {"time_limit": self.draw(st.sampled_from(LIMITS)), "escalation": ladder}

    def some(self, items: list[str], most: int = 2) -> list[str]:
        return self.draw(st.lists(st.sampled_from(items), max_size=most, unique=True)) if items else []

    def rarely(self, one_in: int = 4) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def when(self) -> str:
        return self.draw(st.sampled_from(WHENS)) if self.rarely(5) else ""

    def dependencies(self, on: list[str]) -> list[Dependency]:
        kind = st.sampled_from([DependencyType.FS, DependencyType.FS, *DependencyType])
        lag = st.sampled_from([WorkDuration(0), WorkDuration(480), WorkDuration(-480), WorkDuration(2880, True)])
        return [Dependency(name, self.draw(kind), self.draw(lag)) for name in self.some(on)]

    def raci(self) -> Raci:
        one = st.sampled_from(self.roles)
        responsible = self.draw(st.lists(one, max_size=2, unique=True))
        return Raci(responsible=responsible, accountable=[self.draw(one)] if not self.rarely() else [])

    def stage(self, number: int) -> Stage:
        name = self.draw(st.sampled_from([f"stage_{number}", f"阶段{number}"]))
        order = self.draw(st.sampled_from([StageOrder.SEQUENCE, *StageOrder]))
        when = self.when()
        before = list(self.earlier)
        activities = self.activities(number, conditional=bool(when), chosen=order is StageOrder.CHOICE)
        steps = sum(not a.spans for a in activities)
        gates = [
            self.gate(number, i, [a.id for a in activities]) for i in range(self.draw(st.sampled_from([1, 0, 1, 2])))
        ]
        if gates and self.rarely():
            activities.append(Activity(id=f"s{number}_last", after=[gates[0].id], raci=self.raci()))
        self.earlier += [*(a.id for a in activities), *(g.id for g in gates)]
        after: list[Dependency] | None = None
        if self.rarely(3):
            after = self.dependencies([*self.stages, *before])
        self.stages.append(name)
        self.earlier.append(name)
        most = max(1, steps)
        return Stage(
            id=name,
            title=self.draw(labels()),
            order=order,
            at_least=self.draw(st.integers(1, most)) if order is StageOrder.CHOICE else 1,
            activities=activities,
            gates=gates,
            after=after,
            when=when,
            succeeded_when=[Done(element=activities[0].id)] if self.rarely() else [],
        )

    def activities(self, number: int, *, conditional: bool, chosen: bool) -> list[Activity]:
        made: list[Activity] = []
        for i in range(self.draw(st.integers(1, self.most))):
            name = self.draw(st.sampled_from([f"s{number}_a{i}", f"活动{number}_{i}"]))
            when, spans = self.when(), self.rarely(6)
            after: list[Dependency] | None = None
            if self.rarely(3):
                after = self.dependencies([*(a.id for a in made), *self.earlier])
            made.append(
                Activity(
                    id=name,
                    title=self.draw(labels()),
                    duration=self.draw(estimates()),
                    raci=self.raci(),
                    after=after,
                    when=when,
                    **self.limits(),
                    continuous=spans and i % 2 == 0,
                    every=WorkDuration(2400) if spans and i % 2 else None,
                    outputs=self.outputs(number, i, certain=not (when or conditional), chosen=chosen),
                )
            )
        return made

    def outputs(self, number: int, i: int, *, certain: bool, chosen: bool) -> list[str]:
        if not self.rarely(3):
            return []
        name = f"paper_{number}_{i}"
        fields = self.draw(st.lists(st.sampled_from(["goal", "范围"]), max_size=2, unique=True))
        self.deliverables.append(Deliverable(id=name, title=self.draw(labels()), fields=fields))
        if not chosen and (certain or self.rarely()):
            self.certain.append(name)
        return [name]

    def gate(self, number: int, i: int, inside: list[str]) -> Gate:
        name = f"gate_{number}_{i}"
        after = self.dependencies([*inside, *self.earlier]) if self.rarely() else None
        return Gate(
            id=name,
            title=self.draw(labels()),
            kind=self.draw(st.sampled_from(GateKind)),
            decided_by=self.draw(decision_rules(self.roles)),
            approval_matrix=self.matrix() if self.rarely(3) else [],
            criteria=self.criteria([*inside, *self.earlier, *self.stages], most=3),
            after=after,
            when=self.when(),
            raci=self.raci(),
            **self.limits(),
        )

    def matrix(self) -> list[AuthorityLimit]:
        """Rows of an approval matrix: steps of a ladder, rows beside it, rows that overlap."""
        conditions = self.draw(st.lists(st.sampled_from(AUTHORITY), min_size=1, max_size=3, unique=True))
        rules = decision_rules(self.roles)
        return [AuthorityLimit(when=when, decided_by=self.draw(rules)) for when in conditions]

    def milestone(self, number: int) -> Milestone:
        return Milestone(
            id=f"milestone_{number}",
            title=self.draw(labels()),
            after=self.dependencies(self.earlier),
            criteria=self.criteria(self.earlier, most=2),
            when=self.when(),
            payments=[Payment(share="0.3", due="30ed")] if self.rarely() else [],
        )

    def criteria(self, done: list[str], most: int) -> list[AnyCriterion]:
        made: list[AnyCriterion] = []
        for _ in range(self.draw(st.integers(0, most))):
            shared: dict[str, Any] = {"remembers": self.rarely(), "mandatory": self.rarely()}
            kind = self.draw(st.sampled_from(["done", "fact", "risk", "delivered"]))
            if kind == "done" and done:
                made.append(Done(element=self.draw(st.sampled_from(done)), **shared))
            elif kind == "delivered" and self.certain:
                made.append(Delivered(deliverable=self.draw(st.sampled_from(self.certain)), **shared))
            elif kind == "risk":
                level = self.draw(st.sampled_from([RiskLevel.HIGH, RiskLevel.CRITICAL]))
                made.append(RiskLimit(open_at_least=level, allowed=self.draw(st.integers(0, 1)), **shared))
            else:
                made.append(FactHolds(expression=self.draw(st.sampled_from(CRITERIA)), **shared))
        return made
