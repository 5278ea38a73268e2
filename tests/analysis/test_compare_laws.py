"""Laws of comparing two processes, over random ones; the alias table; and two stories."""

from __future__ import annotations

from itertools import pairwise, permutations

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.analysis import CONCEPTS, Comparison, compare, concept_of, find_concept
from ltcflow.analysis.compare import KINDS, _longest_rising
from ltcflow.analysis.vocabulary import fold
from ltcflow.errors import UnknownName
from ltcflow.labels import Label
from ltcflow.process import Process, rename
from ltcflow.testing.declarations import processes

laws = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
small = processes(stages=3, activities=3, sound=False)


def named(process: Process) -> Process:
    """The same process with a title of its own for everything, alike to no other."""
    words = {e.id: Label(en=f"{chr(97 + i // 26)}{chr(97 + i % 26)}q" * 2) for i, e in enumerate(process.elements())}
    stages = [
        attrs.evolve(
            stage,
            title=words[stage.id],
            activities=[attrs.evolve(a, title=words[a.id]) for a in stage.activities],
            gates=[attrs.evolve(g, title=words[g.id]) for g in stage.gates],
        )
        for stage in process.stages
    ]
    return attrs.evolve(
        process,
        stages=stages,
        milestones=[attrs.evolve(m, title=words[m.id]) for m in process.milestones],
        deliverables=[attrs.evolve(d, title=words[d.id]) for d in process.deliverables],
        roles=[attrs.evolve(r, title=f"Role {r.id}") for r in process.roles],
    )


def unique(process: Process) -> bool:
    names = [e.id for e in process.elements()]
    return len(set(names)) == len(names)


def pairs(found: Comparison) -> set[tuple[str, str, str]]:
    return {(m.kind, m.mine, m.reference) for m in found.matches}


@laws
@given(small)
def test_a_process_is_the_same_as_itself(process: Process) -> None:
    found = compare(process, process)
    assert found.same
    assert {m.reason for m in found.matches} == {"id"}
    assert all(m.mine == m.reference for m in found.matches)


@laws
@given(small, small)
def test_swapping_the_two_swaps_missing_and_extra(one: Process, other: Process) -> None:
    there, back = compare(one, other), compare(other, one)
    assert set(there.missing) == set(back.extra)
    assert set(there.extra) == set(back.missing)
    assert pairs(there) == {(kind, mine, reference) for kind, reference, mine in pairs(back)}
    assert {m.kind for m in there.moved} == {m.kind for m in back.moved}


@laws
@given(small, small)
def test_everything_is_matched_once_or_told_as_missing_or_extra(one: Process, other: Process) -> None:
    found = compare(one, other)
    ours = [(m.kind, m.mine) for m in found.matches]
    theirs = [(m.kind, m.reference) for m in found.matches]
    for keys, rest, process in ((ours, found.extra, one), (theirs, found.missing, other)):
        everything = {(type(e).__name__.lower(), e.id) for e in process.elements()}
        everything |= {("role", role.id) for role in process.roles}
        assert len(set(keys)) == len(keys)
        assert set(keys) | set(rest) == everything
        assert not set(keys) & set(rest)


@laws
@given(small)
def test_other_ids_do_not_hide_what_has_the_same_name(process: Process) -> None:
    mine = named(process)
    assume(unique(mine))
    found = compare(
        rename(mine, {e.id: f"z_{e.id}" for e in mine.elements()}, roles={r.id: f"z_{r.id}" for r in mine.roles}), mine
    )
    assert found.same
    assert {m.reason for m in found.matches} == {"label"}
    assert all(m.mine == f"z_{m.reference}" for m in found.matches)


@laws
@given(small, st.data())
def test_what_is_left_out_is_exactly_what_is_missing(process: Process, data: st.DataObject) -> None:
    whole = named(process)
    assume(unique(whole))
    stage = data.draw(st.sampled_from(whole.stages))
    gone = data.draw(st.sampled_from(stage.activities))
    kept = attrs.evolve(stage, activities=[a for a in stage.activities if a is not gone])
    less = attrs.evolve(whole, stages=[kept if s is stage else s for s in whole.stages])
    found = compare(less, whole)
    assert found.missing == (("activity", gone.id),)
    assert found.extra == ()


@given(st.permutations(range(7)))
def test_the_fewest_steps_that_moved_are_told(order: list[int]) -> None:
    """Oracle: the longest rising subsequence by brute force; the rest has moved, and every one of them is told."""
    reference = chain(list(range(7)))
    found = compare(chain(order), reference)
    best = max(len(kept) for kept in rising(order))
    assert len([m for m in found.moved if m.kind == "activity"]) == 7 - best
    for moved in found.moved:
        at, there = order.index(int(moved.mine[1:])), int(moved.mine[1:])
        assert set(moved.now_before) == {f"a{x}" for x in order[at + 1 :] if x < there}
        assert set(moved.now_after) == {f"a{x}" for x in order[:at] if x > there}


def rising(order: list[int]) -> list[list[int]]:
    """Every strictly rising subsequence, by brute force."""
    runs = [[x for i, x in enumerate(order) if mask >> i & 1] for mask in range(1 << len(order))]
    return [run for run in runs if all(x < y for x, y in pairwise(run))]


def chain(order: list[int]) -> Process:
    steps = [b.activity(f"a{i}", title="abcdefg"[i] * 5) for i in order]
    return b.process("p", stages=[b.stage("s", activities=steps)])


@given(st.lists(st.integers(0, 9), max_size=8))
def test_the_longest_rising_run_is_longest(values: list[int]) -> None:
    kept = [values[i] for i in sorted(_longest_rising(values))]
    assert all(x < y for x, y in pairwise(kept))
    assert len(kept) == max(len(run) for run in rising(values))


def test_steps_in_parallel_have_no_order_to_be_moved_in() -> None:
    one = b.process("p", stages=[b.stage("s", order="parallel", activities=[b.activity("x"), b.activity("y")])])
    other = b.process("p", stages=[b.stage("s", order="parallel", activities=[b.activity("y"), b.activity("x")])])
    assert compare(one, other).same


def test_a_company_beside_the_reference_is_told_what_it_does_otherwise() -> None:
    reference = ltc.catalog["huawei_manage_sales_project"]
    mine = b.process(
        "acme",
        roles={"pd": b.role("pd", "PD"), "clerk": "Clerk"},
        stages=[
            b.stage("plan_it", title="销售项目策划", activities=[b.activity("talk", title={"zh": "制定项目沟通计划"})]),
            b.stage("middle", title="Watch"),
            b.stage(
                "finish_it",
                title="销售项目关闭",
                activities=[b.activity("party", title="Party")],
                gates=[b.gate("invest", title="Authorise to invest", decided_by="pd")],
            ),
        ],
    )
    found = compare(mine, reference)
    reasons = {(m.kind, m.mine): (m.reference, m.reason) for m in found.matches}
    assert reasons["stage", "plan_it"] == ("planning", "label")
    assert reasons["stage", "middle"] == ("monitoring", "position")
    assert reasons["activity", "talk"] == ("communication_plan", "label")
    assert reasons["gate", "invest"] == ("ati_gate", "concept")
    assert reasons["role", "pd"] == ("project_director", "label")
    assert found.extra_of("activity") == ("party",)
    assert found.extra_of("role") == ("clerk",)
    assert "opportunity_validation" in found.missing_of("gate")
    assert found.counterpart("gate", "invest") == "ati_gate"
    assert found.counterpart("gate", "nothing") == ""
    assert next(m for m in found.matches if m.mine == "invest").why == Label("同为ATI决策", "both are: ATI decision")


def test_a_stage_that_comes_earlier_than_in_the_reference_is_moved() -> None:
    reference = b.process("r", stages=[b.stage("sell"), b.stage("check_law"), b.stage("sign")])
    mine = b.process("m", stages=[b.stage("sell"), b.stage("sign"), b.stage("check_law")])
    (moved,) = compare(mine, reference).moved
    assert moved.kind == "stage"
    assert (moved.mine, moved.now_before, moved.now_after) in (
        ("sign", ("check_law",), ()),
        ("check_law", (), ("sign",)),
    )


def test_no_term_belongs_to_two_concepts() -> None:
    for one, other in permutations(CONCEPTS, 2):
        assert not {*map(fold, one.terms)} & {*map(fold, other.terms)}, (one.id, other.id)
    assert len({c.id for c in CONCEPTS}) == len(CONCEPTS)
    assert all(c.title.zh and c.title.en and c.what.zh and c.what.en for c in CONCEPTS)


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda c: c.id)
def test_a_concept_is_known_by_each_of_its_terms(concept: object) -> None:
    assert isinstance(concept, type(CONCEPTS[0]))
    for term in (concept.id, *concept.terms):
        assert find_concept(term.upper()) is concept
    for term in concept.terms:
        assert concept_of(f"  {term} ") is concept


def test_the_four_meanings_of_initiation_are_four_concepts() -> None:
    words = {"预立项决策评审": "pre_initiation", "项目定级沟通": "grading", "ATI决策": "ati", "立项": "initiation"}
    assert {word: found.id for word in words if (found := concept_of(word))} == words
    assert concept_of("项目启动") is None
    assert concept_of("upgrade the satin curtain") is None


@pytest.mark.parametrize(
    "text", ["制定回款计划", "成立项目组", "Plan the collection", "Prepare the initiation", "预立项申请", "投标准备"]
)
def test_planning_something_is_not_the_thing(text: str) -> None:
    assert concept_of(text) is None


def test_two_managers_are_not_one_role_and_two_lonely_stages_are_not_one_stage() -> None:
    one = b.process("a", roles={"s": "Sales manager", "t": "Sales team"}, stages=[b.stage("x", title="Collect")])
    two = b.process("b", roles={"p": "Project manager", "d": "Decision team"}, stages=[b.stage("y", title="Research")])
    assert compare(one, two).matches == ()


def test_an_unknown_term_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        find_concept("final acceptence")
    assert "Did you mean 'final acceptance'" in str(caught.value)


def test_kinds_are_those_of_the_model() -> None:
    assert KINDS == ("stage", "activity", "gate", "milestone", "deliverable", "role")
