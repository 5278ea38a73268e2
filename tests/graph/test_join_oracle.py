"""Joins that wait for ever, against a simulator that runs small processes to their end under every fact assignment.

The simulator knows nothing of components, cases or proofs: it begins, finishes, delivers and passes whatever can be,
until nothing moves any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.conditions import FactValue, Truth, compile_condition, witness_text
from ltcflow.graph import NodeKind, network, soundness
from ltcflow.process import Process
from ltcflow.stages import Activity, AnyCriterion, Delivered, DependencyType, Done, FactHolds, Gate, Milestone, Stage

FACTS = {"grade": b.choice("A", "B", "C"), "rush": b.yes_no(), "size": b.number()}
EVERYTHING: list[dict[str, FactValue]] = [
    {"grade": grade, "rush": rush, "size": Decimal(size)}
    for grade, rush, size in product("ABC", (True, False), (9, 10, 11))
]
WHENS = [
    "",
    "",
    "",
    "grade == 'A'",
    "grade != 'A'",
    "grade in ('A', 'B')",
    "rush",
    "not rush",
    "size >= 10",
    "size < 10",
]
CONDITIONS = ["grade == 'A'", "grade == 'C'", "not rush", "size > 10", "rush and size >= 10"]


class Simulator:
    """Runs one process under one assignment until nothing moves."""

    def __init__(self, process: Process, values: Mapping[str, FactValue]) -> None:
        self.process, self.values, self.net = process, values, network(process)
        self.begun: set[str] = set()
        self.ended: set[str] = set()
        moved = True
        while moved:
            moved = sum(self.begin(node.id) or self.end(node.id) for node in self.net.nodes) > 0

    def truth(self, source: str) -> Truth:
        return compile_condition(source, self.process.facts_by_id).evaluate(self.values) if source else Truth.TRUE

    def skipped(self, name: str) -> bool:
        element = self.process.find(name)
        stage = self.process.stage_of(name)
        whens = [getattr(element, "when", ""), stage.when if stage else ""]
        return any(self.truth(when) is Truth.FALSE for when in whens)

    def edges(self, name: str, to_begin: bool) -> bool:
        starts = (DependencyType.FS, DependencyType.SS)
        for edge in self.net.incoming[self.net.index[name]]:
            source = self.net.nodes[edge.source]
            if source.kind is NodeKind.SPAN and name.endswith(".finish"):
                continue
            if (edge.type in starts) is to_begin:
                of_end = edge.type in (DependencyType.FS, DependencyType.FF)
                if source.id not in (self.ended if of_end else self.begun):
                    return False
        return True

    def begin(self, name: str) -> bool:
        if name in self.begun or not self.edges(name, True):
            return False
        self.begun.add(name)
        return True

    def end(self, name: str) -> bool:
        if name in self.ended or name not in self.begun or not self.edges(name, False):
            return False
        node = self.net.nodes[self.net.index[name]]
        if node.kind is NodeKind.SPAN and f"{node.stage}.finish" not in self.ended:
            return False
        if isinstance(node.element, Gate | Milestone) and not self.skipped(name):
            criteria = node.element.criteria
        else:
            criteria = ()
        if not self.pass_all(criteria):
            return False
        self.ended.add(name)
        return True

    def pass_all(self, criteria: tuple[AnyCriterion, ...]) -> bool:
        facts = [c for c in criteria if isinstance(c, FactHolds)]
        if any(self.truth(c.expression) is not Truth.TRUE for c in facts):
            return True  # it waits for better facts, not for ever
        return all(self.met(c) for c in criteria)

    def met(self, criterion: AnyCriterion) -> bool:
        if isinstance(criterion, Done):
            name = criterion.element
            ends = f"{name}.finish" if isinstance(self.process.find(name), Stage) else name
            return self.skipped(name) or ends in self.ended
        if isinstance(criterion, Delivered):
            makers = [a.id for a in self.process.activities() if criterion.deliverable in a.outputs]
            return not makers or any(not self.skipped(a) and a in self.begun for a in makers)
        return True

    @property
    def stuck(self) -> bool:
        if len(self.ended) < len(self.net.nodes):
            return True
        stages = [s for s in self.process.stages if not self.skipped(s.id)]
        return not all(self.pass_all(s.succeeded_when) for s in stages)


@st.composite
def small_processes(draw: st.DrawFn) -> Process:
    """Processes of up to three stages that may well be unsound."""
    sizes = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=3))
    activities = [f"a{s}{i}" for s, (n, _) in enumerate(sizes) for i in range(n)]
    gates = [f"g{s}{i}" for s, (_, n) in enumerate(sizes) for i in range(n)]
    stages = [f"s{s}" for s in range(len(sizes))]
    milestones = [f"m{i}" for i in range(draw(st.integers(0, 1)))]
    names = [*activities, *gates, *stages, *milestones]
    when = st.sampled_from(WHENS)

    def criteria() -> list[AnyCriterion]:
        kinds = [
            st.builds(b.delivered, st.sampled_from(["d0", "d1"])),
            st.builds(b.done, st.sampled_from(names)),
            st.builds(b.fact, st.sampled_from(CONDITIONS)),
        ]
        return draw(st.lists(st.one_of(kinds), max_size=2))

    def after(among: list[str]) -> list[Any] | None:
        if not among or draw(st.integers(0, 2)):
            return None
        one = st.builds(b.after, st.sampled_from(among), st.sampled_from(["FS", "FS", "SS", "FF", "SF"]))
        return draw(st.lists(one, max_size=2))

    made = []
    for s, (n, g) in enumerate(sizes):
        inside, before = [], [x for x in [*activities, *gates] if int(x[1]) < s]
        for i in range(n):
            own = [f"a{s}{j}" for j in range(i)]
            out = draw(st.lists(st.sampled_from(["d0", "d1"]), max_size=1))
            spans = draw(st.integers(0, 7)) == 0
            inside.append(
                b.activity(f"a{s}{i}", when=draw(when), outputs=out, after=after([*before, *own]), continuous=spans)
            )
        doors = [
            b.gate(
                f"g{s}{i}", when=draw(when), criteria=criteria(), after=after([*before, *activities]), decided_by="r"
            )
            for i in range(g)
        ]
        succeeded = criteria() if draw(st.integers(0, 3)) == 0 else []
        stage_when = draw(when) if draw(st.booleans()) else ""
        order = draw(st.sampled_from(["sequence", "parallel"]))
        made.append(
            b.stage(f"s{s}", activities=inside, gates=doors, when=stage_when, succeeded_when=succeeded, order=order)
        )
    goals = [
        b.milestone(m, after=after([*activities, *gates]) or (), criteria=criteria(), when=draw(when))
        for m in milestones
    ]
    return b.process(
        "p", facts=FACTS, roles={"r": "R"}, deliverables={"d0": "D", "d1": "E"}, stages=made, milestones=goals
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_processes())
def test_a_finding_exists_exactly_when_some_facts_leave_a_project_stuck(process: Process) -> None:
    assume(network(process).acyclic)
    stuck = [values for values in EVERYTHING if Simulator(process, values).stuck]
    found = [f for f in soundness(process) if f.code == "LTC217"]
    event(f"stuck: {bool(stuck)}, under all facts: {len(stuck) == len(EVERYTHING)}")
    assert bool(found) == bool(stuck)
    facts = process.facts_by_id
    for finding in found:
        told = {line for line in finding.witness if " = " in line}
        fitting = [v for v in stuck if told <= set(witness_text(v, facts))]
        assert fitting, (finding, "its witness is not one")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_processes())
def test_the_facts_of_a_witness_are_enough(process: Process) -> None:
    """Without fact criteria, whatever the other facts are: the project is stuck."""
    assume(network(process).acyclic)
    assume(not any(isinstance(c, FactHolds) for g in process.gates() for c in g.criteria))
    assume(not any(isinstance(c, FactHolds) for m in process.milestones for c in m.criteria))
    assume(not any(isinstance(c, FactHolds) for s in process.stages for c in s.succeeded_when))
    found = [f for f in soundness(process) if f.code == "LTC217"]
    stuck = [set(witness_text(v, process.facts_by_id)) for v in EVERYTHING if Simulator(process, v).stuck]
    everything = [set(witness_text(v, process.facts_by_id)) for v in EVERYTHING]
    for finding in found:
        told = {line for line in finding.witness if " = " in line}
        assert all(v in stuck for v in everything if told <= v)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_processes())
def test_fact_criteria_are_contradictory_exactly_when_no_assignment_meets_them(process: Process) -> None:
    wrong = {f.where.partition(".criteria")[0].rpartition(".")[2] for f in soundness(process) if f.code == "LTC218"}
    for element in [*process.gates(), *process.milestones]:
        stage = process.stage_of(element.id)
        whens = [w for w in (element.when, stage.when if stage else "") if w]
        facts = [c.expression for c in element.criteria if isinstance(c, FactHolds)]

        def can(sources: list[str]) -> bool:
            compiled = [compile_condition(source, process.facts_by_id) for source in sources]
            return any(all(c.evaluate(v) is Truth.TRUE for c in compiled) for v in EVERYTHING)

        assert (element.id in wrong) == (can(whens) and not can([*whens, *facts]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(small_processes())
def test_an_element_never_applies_exactly_when_no_assignment_lets_it(process: Process) -> None:
    found = {f.where.removesuffix(".when").rpartition(".")[2] for f in soundness(process) if f.code == "LTC214"}
    elements: list[Activity | Gate | Milestone] = [*process.activities(), *process.gates(), *process.milestones]
    dead_stages = {s.id for s in process.stages if all(Simulator(process, v).skipped(s.id) for v in EVERYTHING)}
    for element in elements:
        stage = process.stage_of(element.id)
        if element.when and (stage is None or stage.id not in dead_stages):
            simulators = (Simulator(process, values) for values in EVERYTHING)
            assert (element.id in found) == all(sim.skipped(element.id) for sim in simulators)
