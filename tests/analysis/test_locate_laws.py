"""Laws of locating a project in a process it did not start in, and stories."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.analysis import Location, locate
from ltcflow.conditions import FactValueError
from ltcflow.errors import UnknownName
from ltcflow.graph import NodeKind, network
from ltcflow.process import Process
from ltcflow.stages import StageOrder
from ltcflow.testing.declarations import processes

laws = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
small = processes(stages=3, activities=3)


def steps(process: Process) -> list[str]:
    kinds = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)
    net = network(process)
    return [net.nodes[i].id for i in net.order if net.nodes[i].kind in kinds]


Before = Callable[[Process, tuple[str, str]], set[tuple[str, str]]]


def past(before: Before, process: Process, name: str, side: str = "end") -> set[str]:
    return {n for n, s in before(process, (name, side)) if s == "end" and n != name} & set(steps(process))


def without_choices(process: Process) -> bool:
    return all(stage.order is not StageOrder.CHOICE for stage in process.stages)


@laws
@given(process=small, data=st.data())
def test_done_is_what_was_told_and_everything_before_it(before: Before, process: Process, data: st.DataObject) -> None:
    assume(without_choices(process))
    told = data.draw(st.lists(st.sampled_from(steps(process)), unique=True))
    found = locate(process, finished=told)
    wanted = {*told, *(earlier for name in told for earlier in past(before, process, name))}
    assert set(found.done) == wanted
    assert {step.id for step in found.todo} == set(steps(process)) - wanted
    assert {step.id for step in found.todo if step.now} == {
        name for name in steps(process) if name not in wanted and past(before, process, name, "begin") <= wanted
    }


@laws
@given(small, st.data())
def test_a_project_that_keeps_to_the_order_has_nothing_against_its_stage(process: Process, data: st.DataObject) -> None:
    """The first steps of any order of work: the stage found is contradicted by nothing, and has work left."""
    order = steps(process)
    found = locate(process, finished=order[: data.draw(st.integers(0, len(order)))])
    if found.stage:
        best = found.candidates[0]
        assert (best.ahead, best.stage) == ((), found.stage)
        if best.behind == ():
            assert best.remaining or all(not c.remaining or c.ahead or c.behind for c in found.candidates)


@laws
@given(small, st.data())
def test_more_evidence_never_leaves_more_to_do(process: Process, data: st.DataObject) -> None:
    told = data.draw(st.lists(st.sampled_from(steps(process)), unique=True))
    more = [*told, data.draw(st.sampled_from(steps(process)))]
    before, after = locate(process, finished=told), locate(process, finished=more)
    assert {s.id for s in after.todo} <= {s.id for s in before.todo}


@laws
@given(small, st.data())
def test_the_order_in_which_things_are_told_does_not_count(process: Process, data: st.DataObject) -> None:
    told = data.draw(st.lists(st.sampled_from(steps(process)), unique=True))
    other = data.draw(st.permutations(told))
    one, two = locate(process, finished=told), locate(process, finished=other)
    assert (one.stage, one.candidates, one.todo) == (two.stage, two.candidates, two.todo) or one.stage == two.stage


@laws
@given(small)
def test_a_project_of_which_everything_is_done_is_in_no_stage(process: Process) -> None:
    found = locate(process, finished=steps(process))
    assert (found.stage, found.todo, found.open_stages) == ("", (), ())


def bid() -> Process:
    return b.process(
        "bid",
        facts={"amount": b.money("CNY"), "committed": b.yes_no()},
        deliverables={"offer": "Offer", "contract": "Contract", "notes": "Notes"},
        stages=[
            b.stage(
                "prepare",
                activities=[
                    b.activity("analyse"),
                    b.activity("finance", when="amount >= 10_000_000"),
                    b.activity("write", outputs=["offer"]),
                    b.activity("watch", continuous=True),
                ],
                succeeded_when=[b.fact("committed"), b.done("write")],
            ),
            b.stage("win", activities=[b.activity("negotiate"), b.activity("sign", outputs=["contract"])]),
            b.stage("deliver", activities=[b.activity("install"), b.activity("accept")]),
            b.stage("close", activities=[b.activity("archive")]),
        ],
        milestones=[b.milestone("signed", after=["sign"])],
    )


def where(**given: object) -> Location:
    return locate(bid(), **given)  # type: ignore[arg-type]  # -- the three kinds of evidence


def test_nothing_known_means_the_first_stage() -> None:
    found = where()
    assert (found.stage, found.open_stages, found.evidence) == ("prepare", ("prepare",), ())
    assert [step.id for step in found.todo if step.now] == ["analyse"]


def test_a_signed_contract_means_that_delivery_is_next() -> None:
    found = where(delivered=["contract"])
    assert found.stage == "deliver"
    (evidence,) = found.evidence
    assert (evidence.kind, evidence.element, evidence.alone) == ("delivered", "sign", False)
    assert evidence.before == ("analyse", "finance", "write", "negotiate")
    assert [step.id for step in found.todo] == ["signed", "install", "accept", "archive"]


def test_facts_rule_out_what_they_skip_and_show_success() -> None:
    found = where(facts={"amount": "1,000,000", "committed": True})
    assert found.skipped == ("finance",)
    assert found.stage == "win"
    assert [(e.kind, e.id, e.element) for e in found.evidence] == [("fact", "committed", "prepare")]
    assert where(facts={"committed": False}).stage == "prepare"


def test_a_slip_is_shown_as_standing_alone() -> None:
    found = where(finished=["analyse", "archive"])
    assert found.stage == ""
    late = next(e for e in found.evidence if e.id == "archive")
    assert late.alone
    assert "install" in late.before
    assert not next(e for e in found.evidence if e.id == "analyse").alone
    prepare = next(c for c in found.candidates if c.stage == "prepare")
    assert prepare.ahead == ("archive",)


def test_what_shows_nothing_is_kept_as_evidence_of_nothing() -> None:
    found = where(finished=["watch"], delivered=["notes"])
    assert [(e.id, e.element) for e in found.evidence] == [("watch", ""), ("notes", "")]
    assert found.stage == "prepare"


def test_stages_and_milestones_may_be_told() -> None:
    assert where(finished=["win"]).stage == "deliver"
    assert where(finished=["signed"]).stage == "deliver"


def test_what_is_not_declared_suggests_the_nearest() -> None:
    for told, near in (({"finished": ["sing"]}, "sign"), ({"delivered": ["contrac"]}, "contract")):
        with pytest.raises(UnknownName) as caught:
            locate(bid(), **told)
        assert f"Did you mean {near!r}" in str(caught.value)
    with pytest.raises(UnknownName):
        locate(bid(), finished=["offer"])
    with pytest.raises(UnknownName):
        where(facts={"amuont": 1})
    with pytest.raises(FactValueError):
        where(facts={"amount": "a lot"})


def test_a_project_is_located_in_a_shipped_process() -> None:
    found = locate(
        ltc.catalog["ltc_level1_activity_map"], finished=["project_filing"], delivered=["marketing_plan_doc"]
    )
    assert found.stage == "delivery_planning"
    assert len(found.open_stages) == 1


def test_steps_that_begin_together_do_not_show_each_others_end() -> None:
    both = b.stage("s", activities=[b.activity("a1"), b.activity("a2", after=[b.after("a1", "SS")]), b.activity("a3")])
    found = locate(b.process("p", stages=[both]), finished=["a2"])
    assert found.done == ("a2",)
    assert [step.id for step in found.todo if step.now] == ["a1", "a3"]


def choosing(at_least: int = 1) -> Process:
    offered = [b.activity("a1"), b.activity("a2"), b.activity("a3")]
    choice = b.stage("s1", order="choice", at_least=at_least, activities=offered)
    return b.process("p", stages=[choice, b.stage("s2", activities=[b.activity("b1"), b.activity("b2")])])


def test_a_choice_is_over_once_enough_is_done() -> None:
    found = locate(choosing(), finished=["a1"])
    assert (found.stage, [step.id for step in found.todo]) == ("s2", ["b1", "b2"])
    assert found.skipped == ("a2", "a3")
    assert locate(choosing(2), finished=["a1"]).stage == "s1"


def test_what_comes_after_a_choice_does_not_show_that_all_of_it_was_done() -> None:
    found = locate(choosing(), finished=["b1"])
    assert (found.done, [step.id for step in found.todo]) == (("b1",), ["b2"])


def test_what_has_happened_is_not_ruled_out_by_facts() -> None:
    found = where(finished=["finance"], facts={"amount": "1,000,000"})
    assert "finance" in found.done
    assert found.skipped == ()


def test_work_along_a_stage_shows_that_the_stage_has_begun() -> None:
    stages = [
        b.stage("s1", activities=[b.activity("a")]),
        b.stage("s2", activities=[b.activity("watch", continuous=True), b.activity("b")]),
    ]
    found = locate(b.process("p", stages=stages), finished=["watch"])
    assert (found.stage, found.done, found.evidence[0].before) == ("s2", ("a",), ("a",))


def test_a_long_process_is_located_in_a_moment() -> None:
    """400 steps in a row, all told: a search for each pair would take minutes (no time is asserted)."""
    long = b.process("p", stages=[b.stage("s", activities=[b.activity(f"a{i}") for i in range(400)])])
    assert [step.id for step in locate(long, finished=[f"a{i}" for i in range(399)]).todo] == ["a399"]
