"""Laws of putting processes together, and of renaming, over random processes; and what happens when parts clash."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.checks import check
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import DefinitionError, errors_of
from ltcflow.graph import network
from ltcflow.labels import Source
from ltcflow.process import COMPOSITION_CODES, Process, compose, ladder_of, limit_of, prefixed, rename, side_by_side
from ltcflow.stages import Activity, Gate, Milestone, Stage
from ltcflow.testing.declarations import processes

laws = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
small = processes(stages=2, activities=3)


@st.composite
def parts(draw: st.DrawFn, count: int = 2) -> tuple[Process, ...]:
    """Sound processes that share roles and facts but no element."""
    return tuple(_apart(draw(small), i) for i in range(count))


def _apart(process: Process, number: int) -> Process:
    named = prefixed(process, f"p{number}_")
    papers = {d.id: f"p{number}_{d.id}" for d in process.deliverables}
    roles = [attrs.evolve(role, sponsor=False, at_most=None) for role in process.roles]  # a limit of one part binds all
    return attrs.evolve(rename(named, papers), id=f"part_{number}", calendar="", roles=roles)


def nameless(process: Process) -> Process:
    return attrs.evolve(process, id="same", title="")


def steps(process: Process) -> list[Activity | Gate | Milestone]:
    work = [a for a in process.activities() if not a.spans]
    return [*work, *process.gates(), *process.milestones]


@laws
@given(parts(3))
def test_composition_is_associative(three: tuple[Process, ...]) -> None:
    a, b_, c = three
    assert nameless((a >> b_) >> c) == nameless(a >> (b_ >> c)) == nameless(compose(a, b_, c))
    assert nameless((a | b_) | c) == nameless(a | (b_ | c)) == nameless(side_by_side(a, b_, c))


@laws
@given(parts(2))
def test_nothing_of_the_second_part_begins_before_everything_of_the_first_has_ended(two: tuple[Process, ...]) -> None:
    a, b_ = two
    net = network(a >> b_)
    for later in steps(b_):
        before = {net.nodes[i].id for i in net.ancestors(net.index[later.id])}
        assert {step.id for step in steps(a)} <= before


@laws
@given(parts(2))
def test_parts_side_by_side_do_not_wait_for_each_other(two: tuple[Process, ...]) -> None:
    a, b_ = two
    net = network(a | b_)
    own = {step.id for step in steps(a)}
    for step in steps(b_):
        assert not own & {net.nodes[i].id for i in net.ancestors(net.index[step.id])}


@laws
@given(parts(2))
def test_what_waits_for_what_inside_a_part_stays_as_it_was(two: tuple[Process, ...]) -> None:
    for whole in (two[0] >> two[1], two[0] | two[1]):
        net = network(whole)
        for part in two:
            alone = network(part)
            names = {step.id for step in steps(part)}
            for step in steps(part):
                inside = {alone.nodes[i].id for i in alone.ancestors(alone.index[step.id])}
                now = {net.nodes[i].id for i in net.ancestors(net.index[step.id])}
                assert inside & names == now & names


@laws
@given(parts(2))
def test_sound_parts_make_a_sound_whole(two: tuple[Process, ...]) -> None:
    for whole in (two[0] >> two[1], two[0] | two[1]):
        assert errors_of(check(whole)) == ()


@laws
@given(small, st.data())
def test_renaming_there_and_back_changes_nothing(process: Process, data: st.DataObject) -> None:
    names = [e.id for e in process.elements()]
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True))
    roles = data.draw(st.lists(st.sampled_from([r.id for r in process.roles]), unique=True))
    there = {name: f"new_{name}" for name in chosen}
    hats = {name: f"hat_{name}" for name in roles}
    renamed = rename(process, there, roles=hats)
    back = rename(renamed, {new: old for old, new in there.items()}, roles={new: old for old, new in hats.items()})
    assert back == process
    assert not {e.id for e in renamed.elements()} & set(chosen)
    assert [f.code for f in check(renamed)] == [f.code for f in check(process)] or sorted(
        f.code for f in check(renamed)
    ) == sorted(f.code for f in check(process))


@laws
@given(small)
def test_a_renamed_process_names_nothing_that_is_not_declared(process: Process) -> None:
    renamed = rename(
        process, {e.id: f"x_{e.id}" for e in process.elements()}, roles={r.id: f"y_{r.id}" for r in process.roles}
    )
    assert [f for f in check(renamed) if f.code == "LTC110"] == []


def sell() -> Process:
    return b.process(
        "sell",
        title={"zh": "销售", "en": "Sell"},
        facts={"amount": b.money("CNY")},
        roles={"seller": b.role("seller", "Seller", duties=["Sells."]), "customer": {"zh": "客户", "external": True}},
        deliverables={"contract": "合同"},
        stages=[b.stage("bid", activities=[b.activity("sign", outputs=["contract"])]), b.stage("late", after=())],
        milestones=[b.milestone("signed", after=["sign"])],
        rules={"LTC310": "error", "LTC322": {"off": "no tender"}},
    )


def collect(**changes: object) -> Process:
    made = b.process(
        "collect",
        title={"zh": "回款", "en": "Collect"},
        facts={"amount": b.money("CNY")},
        roles={"seller": b.role("seller", "Verkäufer", duties=["Reminds."], at_most=1), "finance": "财务"},
        deliverables=[b.deliverable("contract", title="Contract", fields=["terms"])],
        stages=[b.stage("invoice", activities=[b.activity("bill", inputs=["contract"])]), b.stage("remind")],
        rules={"LTC310": "warning", "LTC322": "warning"},
    )
    return attrs.evolve(made, **changes)  # type: ignore[arg-type]  # -- the fields a test wants otherwise


def test_what_has_one_id_is_one_and_keeps_what_all_parts_say() -> None:
    whole = sell() >> collect()
    assert (whole.id, whole.title.zh, whole.title.en) == ("sell_then_collect", "销售 → 回款", "Sell → Collect")
    seller = whole.role("seller")
    assert [duty.en for duty in seller.duties] == ["Sells.", "Reminds."]
    assert (seller.title.en, [alias.en for alias in seller.aliases], seller.at_most) == ("Seller", ["Verkäufer"], 1)
    assert [d.on for d in whole.stage("invoice").after or ()] == ["bid", "late", "signed"]
    assert whole.stage("remind").after is None
    assert [field.id for field in whole.deliverable("contract").fields] == ["terms"]
    assert {rule.code: rule.level.value for rule in whole.rules} == {"LTC310": "error", "LTC322": "warning"}
    off = attrs.evolve(sell(), id="more", stages=[b.stage("more")], milestones=[])
    assert {r.code: r.level.value for r in (sell() >> off).rules} == {"LTC310": "error", "LTC322": "off"}
    alone = [r.code for r in (sell() >> collect(rules=())).rules]
    assert alone == ["LTC310"], "what one part switches off is not silenced in the other"
    assert len(whole.facts) == 1


def test_the_source_names_the_lines_of_all_parts_and_a_note_that_all_share() -> None:
    one = attrs.evolve(sell(), source=Source(lines=["1-9", "12"], note="ours"))
    other = collect(source=Source(lines=["12", "20"], inferred=True, note="ours"))
    assert (one >> other).source == Source(lines=["1-9", "12", "20"], inferred=True, note="ours")
    assert (one | collect(source=Source(lines=["12"]))).source == Source(lines=["1-9", "12"])
    assert (sell() >> collect()).source is None
    assert (sell() >> other).source == other.source


def test_an_empty_title_is_no_title() -> None:
    nothing = {"zh": "", "en": ""}
    assert compose(sell(), title=nothing, purpose=nothing) == sell()
    assert compose(sell(), collect(), title=nothing).title.en == "Sell → Collect"


def test_a_part_without_stages_lets_the_next_one_wait_for_what_was_before_it() -> None:
    whole = compose(sell(), b.process("nothing"), collect())
    assert [d.on for d in whole.stage("invoice").after or ()] == ["bid", "late", "signed"]


def test_every_clash_of_parts_is_told_at_once() -> None:
    other = collect(
        facts=b.process("f", facts={"amount": b.money("EUR")}).facts,
        roles=[b.role("customer", "Customer")],
        stages=[b.stage("bid"), b.stage("contract")],
        deliverables=(),
    )
    with pytest.raises(DefinitionError) as caught:
        compose(sell(), other)
    assert [(f.code, f.where) for f in caught.value.findings] == [
        ("LTC131", "bid"),
        ("LTC131", "contract"),
        ("LTC130", "facts.amount"),
        ("LTC130", "roles.customer"),
    ]
    assert {f.code for f in caught.value.findings} == set(COMPOSITION_CODES)
    assert all(f.remedy and f.problem_zh and f.remedy_zh for f in caught.value.findings)
    stage, paper = caught.value.findings[:2]
    assert stage.remedy == (
        "Rename one before: rename(collect, {'bid': 'collect_bid'}); or all of it: prefixed(collect, 'collect_')."
    )
    assert paper.problem == "is a deliverable of 'sell' and a stage of 'collect'."


def test_the_remedies_for_a_clash_help() -> None:
    one = b.process("one", stages=[b.stage("bid", activities=[b.activity("sign", outputs=["contract"])])])
    one = attrs.evolve(one, deliverables=b.process("d", deliverables={"contract": "合同"}).deliverables)
    other = b.process("other", stages=[b.stage("offer", activities=[b.activity("sign")])])
    with pytest.raises(DefinitionError) as caught:
        one >> other
    assert caught.value.findings[0].problem == "is an activity of 'one' and an activity of 'other'."
    assert (one >> rename(other, {"sign": "other_sign"})).activity("other_sign")
    assert (one >> prefixed(other, "other_")).activity("other_sign")


def test_measures_of_one_id_must_be_read_from_the_same_fact() -> None:
    one = attrs.evolve(sell(), measures=[b.measure("margin", "Margin", fact="amount")])
    same = collect(measures=[b.measure("margin", "Marge", fact="amount")])
    assert [m.title.en for m in (one >> same).measures] == ["Margin"]
    with pytest.raises(DefinitionError) as caught:
        one >> collect(measures=[b.measure("margin", "Margin")])  # type: ignore[unused-ignore]
    assert [f.where for f in caught.value.findings] == ["measures.margin"]


def test_two_calendars_do_not_go_together() -> None:
    one = attrs.evolve(sell(), calendar="CN")
    assert (one >> collect()).calendar == "CN"
    with pytest.raises(DefinitionError) as caught:
        one >> collect(calendar="weekdays")
    assert [f.where for f in caught.value.findings] == ["calendar"]


def test_a_role_and_an_element_of_one_id_are_renamed_apart() -> None:
    both = attrs.evolve(
        sell(),
        roles=[*sell().roles, b.role("bid", "Bid")],
        principles=[b.principle("p", "P", applies_to=["bid", "seller"])],
    )
    assert rename(both, roles={"bid": "hat"}).principles[0].applies_to == ("bid", "seller")
    assert rename(both, {"bid": "seller_"}, roles={"seller": "law"}).principles[0].applies_to == ("seller_", "law")


def test_only_processes_go_together() -> None:
    with pytest.raises(TypeError):
        sell() >> "collect"  # type: ignore[operator]
    with pytest.raises(TypeError):
        sell() | None  # type: ignore[operator]
    with pytest.raises(InvalidValue):
        compose()
    assert compose(sell(), id="x", title="X", version="2").id == "x"


def test_renaming_says_what_is_wrong() -> None:
    with pytest.raises(UnknownName) as caught:
        rename(sell(), {"bidd": "offer"})
    assert "Did you mean 'bid'" in str(caught.value)
    with pytest.raises(InvalidValue):
        rename(sell(), {"bid": "Site Survey"})
    with pytest.raises(InvalidValue):
        rename(sell(), {"bid": "late"})
    assert rename(sell(), {"bid": "late", "late": "bid"}).stages[0].id == "late"


def test_composition_is_public() -> None:
    assert ltc.compose is compose
    assert isinstance(ltc.side_by_side(sell(), collect()).stages[2], Stage)


@laws
@given(parts(2), st.sampled_from(["|", ">>"]))
def test_every_part_keeps_its_time_limits_and_ladders(two: tuple[Process, ...], sign: str) -> None:
    whole = two[0] | two[1] if sign == "|" else two[0] >> two[1]
    for part in two:
        for element in (*part.activities(), *part.gates()):
            found = whole.element(element.id)
            assert isinstance(found, Activity | Gate)
            if limit_of(element) is not None:
                assert ladder_of(whole, found) == ladder_of(part, element)
            assert limit_of(found) == limit_of(element)
