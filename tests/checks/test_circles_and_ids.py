"""LTC210 to 213, 216, 220: nothing waits for itself, no id means two things, every way back leads back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from ltcflow.checks import check
from ltcflow.definition import loads
from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC210": (
        """
stages:
  - stage: bid
    activities: [{activity: ask, after: [answer]}, {activity: answer, after: [ask]}]
""",
        ("ask, after: [answer]", "ask, after: []"),
        "stages.bid.activities.ask.after",
        "ask -> answer -> ask",
        ("ask", "answer", "ask"),
    ),
    "LTC211": (
        """
stages: [{stage: bid, activities: [{activity: contract}]}]
deliverables: {contract: {en: Contract}}
""",
        ("activity: contract", "activity: contract_signing"),
        "deliverables.contract",
        "'contract', which an activity has",
        ("stages.bid.activities.contract", "deliverables.contract"),
    ),
    "LTC212": (
        "stages: [{stage: bid, activities: [{activity: plan}, {activity: price, after: [price]}]}]\n",
        ("after: [price]", "after: [plan]"),
        "stages.bid.activities.price.after[0]",
        "waits for itself",
        ("price", "price"),
    ),
    "LTC213": (
        """
stages:
  - stage: bid
    activities: [{activity: weekly, every: 1w}, {activity: sum_up, after: [weekly]}]
""",
        ("after: [weekly]", "after: [{activity: weekly, type: SS}]"),
        "stages.bid.activities.sum_up.after[0]",
        "'weekly', which runs until the stage 'bid' ends, but that end waits for 'sum_up'",
        ("sum_up", "bid.finish", "sum_up"),
    ),
    "LTC216": (
        "stages: [{stage: bid, activities: [{activity: watch, continuous: true}, {activity: report, every: 1w}]}]\n",
        ("{activity: report, every: 1w}", "{activity: report}"),
        "stages.bid.activities",
        "ends the moment it begins",
        ("watch", "report"),
    ),
    "LTC220": (
        """
roles: {board: {en: Board}}
stages:
  - {stage: bid, activities: [{activity: price}], gates: [{gate: atb, decided_by: board, recycle_to: sign}]}
  - {stage: contract, activities: [{activity: sign}]}
""",
        ("recycle_to: sign", "recycle_to: price"),
        "stages.bid.gates.atb.recycle_to",
        "'sign', which comes after it (atb -> bid.finish -> contract.start -> sign)",
        ("atb", "bid.finish", "contract.start", "sign"),
    ),
}


@pytest.mark.parametrize(
    ("text", "where", "circle"),
    [
        ("stages: [{stage: one, after: two}, {stage: two}]", "stages.one.after", "one.start"),
        ("milestones: {a: {after: [b]}, b: {after: [c]}, c: {after: [a]}}", "milestones.a.after", "a"),
        (
            "stages: [{stage: one, activities: [{activity: a}], after: two}, {stage: two, gates: [{gate: b}]}]",
            "stages.one.after",
            "one.start",
        ),
        (
            "stages: [{stage: one, after: [atb], activities: [{activity: a}], gates: [{gate: atb}]}]",
            "stages.one.after",
            "one.start",
        ),
        (
            "stages: [{stage: one, gates: [{gate: atb, after: [two]}]}, {stage: two, activities: [{activity: b}]}]",
            "stages.one.gates.atb.after",
            "atb",
        ),
    ],
)
def test_a_circle_is_blamed_on_what_was_written_to_close_it(
    text: str, where: str, circle: str, findings: Found
) -> None:
    (found,) = findings("LTC210", f"{text}\n")
    assert found.where == where
    assert found.witness[0] == found.witness[-1] == circle


def test_each_knot_is_found_once_with_its_shortest_circle(findings: Found) -> None:
    knots = "{activity: a, after: [c, b]}, {activity: b, after: [a]}, {activity: c, after: [b]}"
    more = "{activity: x, after: [y]}, {activity: y, after: [x]}"
    found = findings("LTC210", f"stages: [{{stage: s, order: parallel, activities: [{knots}, {more}]}}]\n")
    assert [f.witness for f in found] == [("a", "b", "a"), ("x", "y", "x")]


def test_a_way_back_of_a_gate_closes_no_circle(findings: Found) -> None:
    gate = "{gate: g, decided_by: r, recycle_to: a}"
    text = f"roles: {{r: R}}\nstages: [{{stage: s, activities: [{{activity: a}}], gates: [{gate}]}}]\n"
    assert findings("LTC210", text) == findings("LTC220", text) == ()


@pytest.mark.parametrize(
    ("text", "where", "twice"),
    [
        ("roles: [{role: a}, {role: a}]", "roles[1]", "a role has already (roles[0])"),
        ("facts: [{fact: a, type: date}, {fact: a, type: text}]", "facts[1]", "a fact has already (facts[0])"),
        ("stages: [{stage: a}, {stage: b}, {stage: a}]", "stages[2]", "a stage has already (stages[0])"),
        (
            "stages: [{stage: s, activities: [{activity: a}, {activity: a}]}]",
            "stages.s.activities[1]",
            "an activity has already (stages.s.activities[0])",
        ),
        (
            "stages: [{stage: s, gates: [{gate: a}]}, {stage: t, gates: [{gate: a}]}]",
            "stages.t.gates.a",
            "a gate has already (stages.s.gates.a)",
        ),
        ("milestones: [{milestone: a}, {milestone: a}]", "milestones[1]", "a milestone has already (milestones[0])"),
        ("stages: [{stage: a}]\nmilestones: {a: }", "milestones.a", "a stage has already (stages.a)"),
        ("measures: [{measure: a}, {measure: a}]", "measures[1]", "a measure has already (measures[0])"),
        ("principles: [{principle: a}, {principle: a}]", "principles[1]", "a principle has already (principles[0])"),
        (
            "milestones: {m: {criteria: [{risk: {}, id: a}, {done: m, id: a}]}}",
            "milestones.m.criteria[1]",
            "a criterion has already (milestones.m.criteria[0])",
        ),
        (
            "stages: [{stage: s, gates: [{gate: g, criteria: [{risk: {}, id: a}, {risk: {}, id: a}]}]}]",
            "stages.s.gates.g.criteria[1]",
            "a criterion has already (stages.s.gates.g.criteria[0])",
        ),
        (
            "stages: [{stage: s, succeeded_when: [{risk: {}, id: a}, {risk: {}, id: a}]}]",
            "stages.s.succeeded_when[1]",
            "a criterion has already (stages.s.succeeded_when[0])",
        ),
    ],
)
def test_an_id_given_twice_is_found_where_it_stands_the_second_time(
    text: str, where: str, twice: str, findings: Found
) -> None:
    (found,) = findings("LTC211", f"{text}\n")
    assert found.where == where
    assert twice in found.problem
    assert found.witness[1] == where


KINDS = {
    "stage": ("stages", "{stage: x, activities: [{activity: a}]}"),
    "activity": ("stages", "{stage: s, activities: [{activity: b}, {activity: x, every: 1w, out: p}]}"),
    "gate": ("stages", "{stage: t, activities: [{activity: c}], gates: [{gate: x, decided_by: r, recycle_to: c}]}"),
    "way back to itself": ("stages", "{stage: u, gates: [{gate: x, decided_by: r, recycle_to: x}]}"),
    "milestone": ("milestones", "{milestone: x, after: [x], criteria: [{done: x}]}"),
    "deliverable": ("deliverables", "{deliverable: x}"),
}


@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
def test_two_things_of_any_kind_with_one_id_are_found_and_break_nothing(one: str, other: str) -> None:
    lists: dict[str, list[str]] = {}
    for kind in (one, other):
        lists.setdefault(KINDS[kind][0], []).append(KINDS[kind][1])
    text = "".join(f"{name}: [{', '.join(parts)}]\n" for name, parts in lists.items())
    process = loads(f"ltcflow: 1\nprocess: example\nroles: {{r: R}}\n{text}")
    assert [f.where for f in check(process) if f.code == "LTC211" and "'x'" in f.problem] != []


def test_criteria_of_two_gates_may_share_an_id(findings: Found) -> None:
    gates = ", ".join(f"{{gate: {name}, criteria: [{{risk: {{}}, id: margin}}]}}" for name in ("margin", "other"))
    assert findings("LTC211", f"stages: [{{stage: s, gates: [{gates}]}}]\n") == ()


def test_roles_and_facts_and_elements_may_share_an_id(findings: Found) -> None:
    others = "roles: {bid: B}\nmeasures: {bid: B}\nprinciples: {bid: B}\n"
    assert findings("LTC211", f"facts: {{bid: {{type: date}}}}\nstages: [{{stage: bid}}]\n{others}") == ()


@pytest.mark.parametrize(("kind", "fires"), [("FS", 1), ("SS", 1), ("FF", 0), ("SF", 0)])
def test_a_stage_of_spans_may_end_with_the_stage_it_watches(kind: str, fires: int, findings: Found) -> None:
    watch = f"{{stage: watch, after: [{{stage: bid, type: {kind}}}], activities: [{{activity: w, every: 1w}}]}}"
    assert len(findings("LTC216", f"stages: [{{stage: bid, activities: [{{activity: a}}]}}, {watch}]\n")) == fires


@pytest.mark.parametrize("kind", ["FS", "FF"])
def test_an_element_cannot_wait_for_the_end_of_its_stage_but_for_its_start(kind: str, findings: Found) -> None:
    text = "stages: [{{stage: bid, activities: [{{activity: a, after: [{{stage: bid, type: {}}}]}}]}}]\n"
    assert [f.where for f in findings("LTC213", text.format(kind))] == ["stages.bid.activities.a.after[0]"]
    assert findings("LTC213", text.format("SS")) == ()
    assert findings("LTC210", text.format(kind)) == ()


def test_a_stage_of_spans_with_a_gate_has_a_step(findings: Found) -> None:
    gates = "gates: [{gate: g, decided_by: r}]"
    text = f"roles: {{r: R}}\nstages: [{{stage: s, activities: [{{activity: a, every: 1d}}], {gates}}}]\n"
    assert findings("LTC216", text) == ()
    assert findings("LTC216", "stages: [{stage: s}]\n") == ()
    watched = "stages: [{stage: s, activities: [{activity: a}]}, {stage: w, after: [%s], activities: [%s]}]\n"
    held, watch = "{stage: s, type: SS}, {stage: s, type: FF}", "{activity: b, continuous: true}"
    assert findings("LTC216", watched % (held, watch)) == ()
    assert len(findings("LTC216", watched % ("{stage: s, type: SS}", watch))) == 1


@pytest.mark.parametrize(
    ("aim", "says"),
    [("g", "is the gate itself"), ("m", "is not on any way that leads to it"), ("late", "comes after it")],
)
def test_a_recycle_leads_back(aim: str, says: str, findings: Found) -> None:
    text = f"""
roles: {{r: R}}
stages:
  - {{stage: s, activities: [{{activity: a}}], gates: [{{gate: g, decided_by: r, recycle_to: {aim}}}]}}
  - {{stage: t, activities: [{{activity: late}}]}}
milestones: {{m: {{after: [a]}}}}
"""
    (found,) = findings("LTC220", text)
    assert says in found.problem
    assert found.remedy == "Name something before it, such as 'a'."


@pytest.mark.parametrize("aim", ["a", "s"])
def test_a_recycle_may_lead_to_an_activity_or_to_the_start_of_the_own_stage(aim: str, findings: Found) -> None:
    gate = f"{{gate: g, decided_by: r, recycle_to: {aim}}}"
    text = f"roles: {{r: R}}\nstages: [{{stage: s, activities: [{{activity: a}}], gates: [{gate}]}}]\n"
    assert findings("LTC220", text) == ()


@pytest.mark.parametrize("kind", ["FS", "FF"])
def test_a_stage_cannot_wait_for_the_end_of_what_runs_along_it(kind: str, findings: Found) -> None:
    wait = f"after: [{{activity: weekly, type: {kind}}}]"
    text = f"stages: [{{stage: bid, {wait}, activities: [{{activity: weekly, every: 1w}}, {{activity: a}}]}}]\n"
    (found,) = findings("LTC213", text)
    assert found.where == "stages.bid.after[0]"
    assert "'weekly', which runs until the stage 'bid' ends" in found.problem
    assert findings("LTC210", text) == findings("LTC212", text) == ()


@pytest.mark.parametrize(("kind", "fires"), [("FS", 1), ("SS", 1), ("FF", 1), ("SF", 0)])
def test_only_that_a_stage_ends_after_its_own_start_goes_without_saying(kind: str, fires: int, findings: Found) -> None:
    stage = f"stages: [{{stage: s, after: [{{stage: s, type: {kind}}}], activities: [{{activity: a}}]}}]\n"
    assert len(findings("LTC212", stage)) == fires
    activity = f"stages: [{{stage: s, activities: [{{activity: a, after: [{{activity: a, type: {kind}}}]}}]}}]\n"
    assert len(findings("LTC212", activity)) == 1
