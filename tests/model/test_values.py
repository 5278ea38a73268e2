"""The values of the model: frozen all the way down, hashable, picklable, and refusing what they cannot hold."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcflow
from ltcflow import builder as b
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName, did_you_mean
from ltcflow.findings import DefinitionError, Finding, in_order
from ltcflow.labels import Label, as_label, pad, width
from ltcflow.names import LONGEST, is_id, suggest_id
from ltcflow.process import Process, RuleSetting
from ltcflow.roles import as_raci, as_team, clashes
from ltcflow.stages import (
    Activity,
    Delivered,
    Dependency,
    Done,
    Payment,
    Stage,
    Verdict,
    as_estimate,
    as_fields,
    criterion_keys,
    decided_by,
    freeze,
)
from ltcflow.worktime import WorkDuration


def full_process() -> Process:
    """A process that uses every kind of element and field."""
    return b.process(
        "bid_project",
        version="1.2",
        title={"zh": "投标项目", "en": "Bid project"},
        facts={"amount": b.money("CNY"), "毛利率": b.percent(), "grade": b.choice("A", "B"), "tender": b.yes_no()},
        roles={
            "ar": {"zh": "客户责任人", "abbreviation": "AR", "duties": ["Answers for the customer."]},
            "team": {"en": "Decision team", "body": True, "at_most": 5},
            "owner": {"en": "Owner", "sponsor": True},
        },
        separation_of_duties=[["ar", "team"]],
        deliverables=[b.deliverable("contract", title="合同", fields={"goal": "目标", "scope": "范围"})],
        stages=[
            b.stage(
                "bid",
                order="sequence",
                activities=[
                    b.activity(
                        "solution",
                        duration={"optimistic": "3d", "likely": "5d", "pessimistic": "12d"},
                        raci={"R": ["ar"], "A": "ar", "I": ["owner"]},
                        outputs=["contract"],
                    ),
                    b.activity("financing", when="amount >= 10_000_000", after=[b.after("solution", "SS", "1d")]),
                    b.activity("weekly_report", every="1w"),
                ],
                gates=[
                    b.gate(
                        "atb",
                        decided_by={"roles": ["team"], "rule": {"quorum": 2, "veto": ["owner"]}},
                        criteria=[
                            b.done("solution"),
                            b.delivered("contract", mandatory=True),
                            b.fact("毛利率 >= 0.15", id="margin"),
                            b.risk("high"),
                            b.plugin("acme.credit_limit", {"limit": 5_000_000, "over": [1, {"x": None}]}),
                        ],
                        recycle_to="solution",
                        lead_time="2d",
                    )
                ],
            )
        ],
        milestones=[b.milestone("signed", after=["atb"], payments=[{"share": 0.3, "due": "30ed"}])],
        rules={"LTC311": "error", "LTC322": {"off": "no tender business"}},
    )


def values_in(value: Any) -> Iterator[Any]:
    """Every value inside *value*, itself included."""
    yield value
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from values_in(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from values_in(item)


def test_a_process_holds_no_list_dict_or_set_at_any_depth() -> None:
    inside = list(values_in(full_process()))
    assert len(inside) > 150
    assert not [v for v in inside if isinstance(v, list | dict | set)]


def test_a_process_is_hashable_picklable_and_equal_to_its_copies() -> None:
    process = full_process()
    for copied in (pickle.loads(pickle.dumps(process)), copy.deepcopy(process), full_process()):
        assert copied == process
        assert hash(copied) == hash(process)


def test_looking_up_does_not_change_equality_or_pickling() -> None:
    process = full_process()
    before = pickle.dumps(full_process())
    assert process.activity("solution").id == "solution"
    assert process.stage_of("atb") is process.stages[0]
    assert process == full_process()
    assert pickle.loads(pickle.dumps(process)) == pickle.loads(before)


def test_every_value_refuses_to_be_changed() -> None:
    for value in values_in(full_process()):
        if attrs.has(type(value)) and attrs.fields(type(value)):
            first = attrs.fields(type(value))[0].name
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(value, first, None)


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("activity", "solutoin", "solution"),
        ("gate", "atbb", "atb"),
        ("role", "owmer", "owner"),
        ("fact", "amuont", "amount"),
    ],
)
def test_unknown_names_suggest_the_nearest(kind: str, name: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        getattr(full_process(), kind)(name)
    assert (caught.value.code, caught.value.kind, caught.value.value) == ("LTC201", kind, name)
    assert f"Did you mean {near!r}" in str(caught.value)


def test_a_gate_is_no_activity() -> None:
    with pytest.raises(UnknownName):
        full_process().activity("atb")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Activity(id="Site Survey"),
        lambda: Activity(id=7),  # type: ignore[arg-type]  # on purpose
        lambda: Activity(id="a", duration="3 days"),
        lambda: Activity(id="a", duration="-3d"),
        lambda: Activity(id="a", duration={"optimistic": "5d", "likely": "3d", "pessimistic": "9d"}),
        lambda: Activity(id="a", duration={"optimistic": "1d", "likely": "2ed", "pessimistic": "9d"}),
        lambda: Activity(id="a", duration={"likely": "3d"}),
        lambda: Activity(id="a", every="0d"),
        lambda: Activity(id="a", raci={"X": "ar"}),
        lambda: Dependency("a", "XX"),
        lambda: Stage(id="s", order="random"),
        lambda: Stage(id="s", at_least=2),
        lambda: Stage(id="s", order="choice", at_least=0),
        lambda: Payment(),
        lambda: Payment(share="1.5"),
        lambda: Payment(share="0.3", amount="5", currency="CNY"),
        lambda: Payment(amount="5"),
        lambda: Payment(share="NaN"),
        lambda: decided_by({"roles": ["a"], "rule": {"quorum": 0}}),
        lambda: decided_by({"roles": ["a"], "rule": {"quorum": 2, "chair": "a"}}),
        lambda: decided_by({"roles": ["a"], "rule": {"any": False}}),
        lambda: decided_by({"rule": "any"}),
        lambda: decided_by({"roles": ["a"], "rule": "most"}),
        lambda: freeze({"a": object()}),
        lambda: freeze({"a": float("nan")}),
        lambda: as_fields(["goal", "goal"]),
        lambda: as_label({"fr": "bonjour"}),
        lambda: RuleSetting("LTC310", "off"),
        lambda: RuleSetting("LTC310", "error", "because"),
        lambda: as_team({"ar": " "}),
        lambda: b.risk("enormous"),
        lambda: b.process("p", version=""),
        lambda: WorkDuration.parse("1d 2eh"),
        lambda: WorkDuration.parse("9" * 400 + "d"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_with_a_remedy(make: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.problem
    assert caught.value.remedy
    assert isinstance(caught.value, ValueError)


@given(st.integers(-(10**9), 10**9), st.booleans())
def test_a_duration_reads_back_from_its_text(minutes: int, elapsed: bool) -> None:
    duration = WorkDuration(minutes, elapsed)
    back = WorkDuration.parse(str(duration))
    assert back.minutes == minutes
    assert back.elapsed == elapsed or (minutes == 0 and not back.minutes)


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_the_expected_duration_lies_between_the_points(a: int, b_: int, c: int) -> None:
    low, mid, high = sorted((a, b_, c))
    names = ("optimistic", "likely", "pessimistic")
    estimate = as_estimate(dict(zip(names, (f"{low}min", f"{mid}min", f"{high}min"), strict=True)))
    assert low <= estimate.expected_minutes() <= high
    assert abs(6 * estimate.expected_minutes() - (low + 4 * mid + high)) <= 3


@given(st.text(max_size=150))
def test_a_suggested_id_is_an_id(text: str) -> None:
    suggestion = suggest_id(text)
    assert suggestion == "" or is_id(suggestion)
    assert len(suggestion) <= LONGEST


@given(st.text(max_size=30), st.integers(0, 60))
def test_padding_reaches_the_width_and_cuts_nothing(text: str, columns: int) -> None:
    padded = pad(text, columns)
    assert padded.startswith(text)
    assert width(padded) == max(columns, width(text))


def test_labels_fall_back_to_the_other_language() -> None:
    assert Label(zh="投标").text("en") == "投标"
    assert as_label("Bid") == Label(en="Bid")
    assert as_label("投标 Bid") == Label(zh="投标 Bid")
    assert not Label()


def test_criterion_keys_are_unique_even_when_criteria_repeat() -> None:
    criteria = (Done(element="a"), Done(element="a"), Delivered(deliverable="a"), Done(element="x", id="k"))
    assert criterion_keys(criteria) == ("done:a", "done:a#2", "delivered:a", "k")


def test_the_heavier_verdict_takes_precedence() -> None:
    order = ["stop", "recycle", "hold", "conditional", "go"]
    assert sorted(order, key=lambda word: -Verdict(word).weight) == order
    assert [Verdict(word).passes for word in order] == [False, False, False, True, True]


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from(["p", "q", "r"]), max_size=3)),
    st.lists(st.lists(st.sampled_from("abcd"), min_size=2, max_size=3, unique=True), max_size=3),
)
def test_clashes_are_exactly_the_people_in_two_separated_roles(
    worn: dict[str, list[str]], separation: list[list[str]]
) -> None:
    found = {(person, frozenset((one, two))) for person, one, two in clashes(as_team(worn), separation)}
    naive = {
        (person, frozenset((one, two)))
        for roles in separation
        for one in roles
        for two in roles
        for person in "pqr"
        if one != two and person in worn.get(one, ()) and person in worn.get(two, ())
    }
    assert found == naive


def test_a_team_names_each_person_once_and_forgets_empty_roles() -> None:
    team = as_team({"ar": ["li", "li"], "sr": []})
    assert team.people("ar") == ("li",)
    assert len(team) == 1
    assert team.with_role("ar", ()).people("ar") == ()


def test_raci_reads_one_role_or_several() -> None:
    raci = as_raci({"R": ["a", "b"], "A": "a"})
    assert raci.letters("a") == ("R", "A")
    assert list(raci.pairs()) == [("R", "a"), ("R", "b"), ("A", "a")]


def test_findings_come_in_order_and_once() -> None:
    one = Finding(code="LTC110", where="b", problem="p", remedy="r")
    two = Finding(code="LTC100", where="b", problem="p", remedy="r", problem_zh="问题", remedy_zh="处理")
    three = Finding(code="LTC300", where="a", problem="p", remedy="r")
    assert in_order([one, two, three, one]) == (three, two, one)
    assert two.text("zh") == "LTC100: b: 问题 处理"
    assert "2 problems" in str(DefinitionError(findings=[one, two]))


def all_errors() -> list[type[LtcflowError]]:
    for module in pkgutil.walk_packages(ltcflow.__path__, "ltcflow."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    found: list[type[LtcflowError]] = []
    todo = [LtcflowError]
    while todo:
        kind = todo.pop()
        found.append(kind)
        todo += kind.__subclasses__()
    return [kind for kind in found if kind is not LtcflowError and kind.__module__.startswith("ltcflow")]


def test_every_error_has_its_own_code() -> None:
    codes = [kind.code for kind in all_errors() if "code" in vars(kind)]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 6 and code.startswith("LTC") and code[3:].isdigit() for code in codes)


def test_errors_survive_pickling() -> None:
    for error in (
        UnknownName(kind="stage", value="bidd", known=("bid",)),
        InvalidValue(field="f", value="v", problem="p.", remedy="r."),
        DefinitionError(findings=[Finding(code="LTC110", where="b", problem="p", remedy="r")]),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.facts, type(again)) == (str(error), error.facts, type(error))


def test_did_you_mean_is_bounded_for_huge_names() -> None:
    assert did_you_mean("x" * 100_000, ["bid"]) == ()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: b.activity("x", outptus=["y"]), "Did you mean 'outputs'"),
        (lambda: b.role("x", sponser=True), "Did you mean 'sponsor'"),
        (lambda: b.process("x", roles={"r": {"en": "R", "sponser": True}}), "Did you mean 'sponsor'"),
        (lambda: b.process("x", stage=[]), "Did you mean 'stages'"),
        (lambda: b.activity("x", after=[b.activity("q")]), "Write ['q']."),
        (lambda: b.gate("x", criteria=["done: q"]), "criteria[0]: 'done: q': is a str."),
        (lambda: b.stage("x", activities=["q"]), 'Write b.activity("draft").'),
        (lambda: b.stage("x", activities=[{"activity": "q"}]), "is a dict."),
        (lambda: b.stage("x", gates=b.gate("g")), "is no list."),
        (lambda: b.process("x", stages=[b.activity("q")]), 'is a Activity. Write b.stage("bid").'),
        (lambda: b.process("x", milestones="m"), "is no list."),
    ],
)
def test_the_builder_says_what_is_wrong_where_it_is_written(make: Any, told: str) -> None:
    with pytest.raises(LtcflowError) as caught:
        make()
    assert told in str(caught.value)


def test_the_builder_takes_the_words_of_the_file() -> None:
    made = b.activity("x", out=["offer"], in_="needs")
    assert (made.outputs, made.inputs) == (("offer",), ("needs",))
