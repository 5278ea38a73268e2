"""Laws of the graph, with networkx and brute force as oracles."""

from __future__ import annotations

from itertools import pairwise, product

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.graph import graph, network, people_bounds, people_needed, soundness
from ltcflow.graph.coloring import colour_bounds
from ltcflow.graph.components import components, shortest_cycle
from ltcflow.process import Process

NAMES = [f"a{i}" for i in range(7)]


@st.composite
def tangled(draw: st.DrawFn) -> Process:
    """Two stages whose activities wait for anything at all; gates that recycle to anything at all."""
    anything = st.sampled_from([*NAMES, "g0", "g1", "s0", "s1", "m"])
    after = st.none() | st.lists(st.builds(b.after, anything, st.sampled_from(["FS", "SS", "FF", "SF"])), max_size=2)
    stages = []
    for s, names in enumerate((NAMES[:4], NAMES[4:])):
        activities = [b.activity(n, after=draw(after), continuous=draw(st.integers(0, 9)) == 0) for n in names]
        gate = b.gate(f"g{s}", recycle_to=draw(anything | st.just("")), after=draw(after), decided_by="r")
        order = draw(st.sampled_from(["sequence", "parallel"]))
        stages.append(b.stage(f"s{s}", activities=activities, gates=[gate], order=order, after=draw(after)))
    milestone = b.milestone("m", after=draw(after) or ())
    return b.process("p", roles={"r": "R"}, stages=stages, milestones=[milestone])


def _knots(view: nx.DiGraph, gate: str) -> list[list[str]]:
    """The circles that *gate* lies on or behind: there nothing is before anything, and LTC210 says so."""
    before = {gate, *nx.ancestors(view, gate)}
    return [sorted(part) for part in nx.strongly_connected_components(view) if part & before]


def order_only(process: Process) -> nx.DiGraph:
    made = nx.DiGraph()
    view = graph(process).nx
    made.add_nodes_from(view)
    made.add_edges_from((u, v) for u, v, kind in view.edges(data="kind") if kind == "order")
    return made


@settings(max_examples=150, deadline=None)
@given(tangled())
def test_a_circle_is_found_exactly_when_there_is_one(process: Process) -> None:
    found = [f for f in soundness(process) if f.code in ("LTC210", "LTC212", "LTC213")]
    assert bool(found) == (not nx.is_directed_acyclic_graph(order_only(process)))
    assert bool(found) == (not network(process).acyclic)


@settings(max_examples=150, deadline=None)
@given(tangled())
def test_the_witness_of_a_circle_is_a_circle_of_the_graph(process: Process) -> None:
    view = order_only(process)
    for finding in soundness(process):
        if finding.code == "LTC210":
            assert finding.witness[0] == finding.witness[-1]
            assert all(view.has_edge(u, v) for u, v in pairwise(finding.witness))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), max_size=3), min_size=7, max_size=7))
def test_components_and_shortest_cycles_are_those_of_networkx(nexts: list[list[int]]) -> None:
    view = nx.DiGraph((i, j) for i, others in enumerate(nexts) for j in others)
    view.add_nodes_from(range(7))
    knots = components(nexts)
    assert sorted(knots) == sorted(tuple(sorted(c)) for c in nx.strongly_connected_components(view))
    place = {i: k for k, members in enumerate(knots) for i in members}
    assert all(place[j] <= place[i] for i, others in enumerate(nexts) for j in others)
    for members in knots:
        cycles = list(nx.simple_cycles(view.subgraph(members)))
        found = shortest_cycle(nexts, members)
        assert len(found) == min(map(len, cycles), default=0)
        assert all(view.has_edge(u, v) for u, v in zip(found, (*found[1:], *found[:1]), strict=True))


@settings(max_examples=150, deadline=None)
@given(tangled())
def test_a_recycle_is_refused_exactly_when_it_does_not_lead_to_an_ancestor(process: Process) -> None:
    view = order_only(process)
    found = {f.where for f in soundness(process) if f.code == "LTC220"}
    for stage in process.stages:
        for gate in stage.gates:
            target = gate.recycle_to if gate.recycle_to in view else f"{gate.recycle_to}.start"
            circling = any(len(part) > 1 or view.has_edge(*part * 2) for part in _knots(view, gate.id))
            back = not gate.recycle_to or target in nx.ancestors(view, gate.id) or circling
            assert (f"stages.{stage.id}.gates.{gate.id}.recycle_to" in found) == (not back)


@settings(max_examples=100, deadline=None)
@given(tangled(), st.data())
def test_questions_of_the_graph_are_answered_as_networkx_does(process: Process, data: st.DataObject) -> None:
    view, whole = order_only(process), graph(process)
    first, last = (data.draw(st.sampled_from(whole.nodes)) for _ in range(2))
    assert whole.ancestors(last) == nx.ancestors(view, last)
    assert whole.descendants(first) == nx.descendants(view, first)
    way = whole.path(first, last)
    assert bool(way) == nx.has_path(view, first, last)
    if way:
        assert (way[0], way[-1]) == (first, last)
        assert len(way) == 1 + nx.shortest_path_length(view, first, last)
        assert all(view.has_edge(u, v) for u, v in pairwise(way))


@settings(max_examples=60, deadline=None)
@given(tangled())
def test_every_node_is_on_a_way_from_start_to_finish(process: Process) -> None:
    view = order_only(process)
    if nx.is_directed_acyclic_graph(view):
        assert nx.descendants(view, "@start") | {"@start"} == set(view)
        assert nx.ancestors(view, "@finish") | {"@finish"} == set(view)


ROLES = "abcdef"
PAIRS = st.lists(st.lists(st.sampled_from(ROLES), min_size=2, max_size=3, unique=True), max_size=6)


@settings(max_examples=200, deadline=None)
@given(PAIRS, st.lists(st.lists(st.sampled_from(ROLES), min_size=2, max_size=2, unique=True), max_size=2))
def test_people_needed_is_the_fewest_that_brute_force_finds(apart: list[list[str]], bound: list[list[str]]) -> None:
    process = b.process("p", roles=dict.fromkeys(ROLES, "R"), separation_of_duties=apart, binding_of_duties=bound)
    impossible = [f for f in soundness(process) if f.code == "LTC224"]

    def fits(wearer: dict[str, int]) -> bool:
        return all(len({wearer[r] for r in roles}) == len(roles) for roles in apart) and all(
            len({wearer[r] for r in roles}) == 1 for roles in bound
        )

    sizes = [
        len(set(people))
        for people in product(range(4), repeat=len(ROLES))
        if fits(dict(zip(ROLES, people, strict=True)))
    ]
    if impossible:
        assert not sizes
    elif sizes:
        assert people_needed(process) == min(sizes)
        assert people_bounds(process) == (min(sizes), min(sizes))
    else:
        assert people_needed(process) > 4


def test_bounds_of_a_large_conflict_graph_hold() -> None:
    ring = {i: frozenset({(i - 1) % 501, (i + 1) % 501}) for i in range(501)}
    fewest, enough = colour_bounds(ring)
    assert (fewest, enough) == (2, 3)
    assert colour_bounds({}) == (0, 0)


def test_the_networkx_view_carries_elements_types_lags_and_ways_back() -> None:
    work = [b.activity("draft"), b.activity("send", after=[b.after("draft", "SS", "1d")])]
    gate = b.gate("ok", decided_by="r", recycle_to="draft")
    process = b.process("p", roles={"r": "R"}, stages=[b.stage("offer", activities=work, gates=[gate])])
    view = graph(process)
    assert view is graph(process)
    assert view.nx is view.nx
    assert view.nx.nodes["draft"] == {"kind": "activity", "element": work[0], "stage": "offer"}
    edge = view.nx.get_edge_data("draft", "send")[0]
    assert (edge["kind"], edge["type"], edge["lag"].minutes, edge["origin"]) == ("order", "SS", 480, "after")
    assert [d["kind"] for d in view.nx.get_edge_data("ok", "draft").values()] == ["recycle"]


def test_an_unknown_node_suggests_the_nearest() -> None:
    process = b.process("p", stages=[b.stage("offer", activities=[b.activity("draft")])])
    with pytest.raises(UnknownName, match="Did you mean 'draft'"):
        graph(process).ancestors("draf")
    assert graph(process).descendants("offer") == {"draft", "offer.finish", "@finish"}
