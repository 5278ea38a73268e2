"""Facts: reading values into their types, and the way to JSON and back."""

from __future__ import annotations

import datetime
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    FactType,
    FactValueError,
    Money,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
    coerce,
    fact_from_data,
    fact_to_data,
)
from ltcflow.errors import InvalidValue, LtcflowError

AMOUNT, SHARE = Fact("amount", MoneyType("CNY")), Fact("gross_margin", PercentType())
GRADE, COUNT = Fact("grade", ChoiceType(("A", "B", "甲级"))), Fact("count", NumberType("pcs"))
DAY, NOTE, WON = Fact("deadline", DateType()), Fact("备注", TextType()), Fact("won", YesNoType())
ALL = (AMOUNT, SHARE, GRADE, COUNT, DAY, NOTE, WON)

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
TYPED: dict[str, st.SearchStrategy[Any]] = {
    "amount": numbers.map(lambda n: Money(n, "CNY")),
    "gross_margin": st.decimals(-10, 10, places=4),
    "grade": st.sampled_from(("A", "B", "甲级")),
    "count": numbers,
    "deadline": st.dates(),
    "备注": st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=50),
    "won": st.booleans(),
}
fact_and_value = st.sampled_from(ALL).flatmap(lambda f: st.tuples(st.just(f), TYPED[f.id]))
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**200, max_value=10**250).map(lambda n: n**20),
    st.floats(),
    st.decimals(),
    st.text(max_size=30),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(("amount", "currency")), st.text(max_size=5)),
    st.sampled_from(("15%", "CNY 5", "5 USD", "1,000", "1_0", "yes", "否", "2026-03-02", "nan", "1e400", "9" * 5000)),
)


@given(fact_and_value)
def test_the_way_to_json_and_back_is_exact(pair: tuple[Fact, Any]) -> None:
    fact, value = pair
    value = coerce(fact, value)
    back = fact_from_data(fact, json.loads(json.dumps(fact_to_data(value))))
    assert back == value
    assert repr(back) == repr(value)
    assert type(back) is type(value)


@given(st.sampled_from(ALL), anything)
def test_any_value_is_read_or_refused_and_reading_twice_changes_nothing(fact: Fact, value: Any) -> None:
    read = _read_or_refusal(fact, value)
    if isinstance(read, FactValueError):
        assert read.fact == fact.id
        assert all((read.problem, read.remedy, read.problem_zh, read.remedy_zh))
        assert len(str(read)) < 500
    else:
        assert coerce(fact, read) == read
        assert type(read) in (Money, Decimal, str, bool, datetime.date)


def _read_or_refusal(fact: Fact, value: Any) -> Any:
    try:
        return coerce(fact, value)
    except FactValueError as refusal:
        return refusal


@pytest.mark.parametrize(
    ("fact", "value", "read"),
    [
        (AMOUNT, "CNY 1,000,000", Money(1_000_000, "CNY")),
        (AMOUNT, "1_000_000 CNY", Money(1_000_000, "CNY")),
        (AMOUNT, 0.1, Money("0.1", "CNY")),
        (AMOUNT, {"amount": "3.50", "currency": "CNY"}, Money("3.50", "CNY")),
        (SHARE, "15%", Decimal("0.15")),
        (SHARE, "12.5 %", Decimal("0.125")),
        (SHARE, "１５％", Decimal("0.15")),
        (SHARE, 0.15, Decimal("0.15")),
        (GRADE, "甲级", "甲级"),
        (COUNT, "1,234.5", Decimal("1234.5")),
        (COUNT, "-7", Decimal(-7)),
        (DAY, "2026-03-02", datetime.date(2026, 3, 2)),
        (WON, "yes", True),
        (WON, "否", False),
    ],
)
def test_values_as_people_write_them(fact: Fact, value: object, read: object) -> None:
    assert coerce(fact, value) == read


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (AMOUNT, "USD 5"),
        (AMOUNT, Money(5, "USD")),
        (AMOUNT, "1,00"),
        (AMOUNT, True),
        (COUNT, True),
        (COUNT, float("nan")),
        (COUNT, float("inf")),
        (COUNT, 10**31),
        pytest.param(COUNT, 10**6000, id="huge"),
        (COUNT, "9" * 31),
        (COUNT, "1e99"),
        (COUNT, Decimal("sNaN")),
        (COUNT, "15%"),
        (COUNT, ""),
        (SHARE, 15),
        (GRADE, "D"),
        (GRADE, 1),
        (DAY, datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)),
        (DAY, "20260302"),
        (DAY, "2026-02-30"),
        (NOTE, "\x00"),
        (NOTE, "\ud800"),
        (NOTE, "x" * 10_001),
        (WON, 1),
        (WON, "maybe"),
    ],
)
def test_what_does_not_fit_is_refused(fact: Fact, value: object) -> None:
    with pytest.raises(FactValueError) as caught:
        coerce(fact, value)
    assert caught.value.code == "LTC203"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.fact, again.value, again.problem, again.remedy) == (
        caught.value.fact,
        caught.value.value,
        caught.value.problem,
        caught.value.remedy,
    )


def test_a_misspelt_option_suggests_the_nearest() -> None:
    with pytest.raises(FactValueError, match="Did you mean 'strategic'"):
        coerce(Fact("kind", ChoiceType(("strategic", "volume"))), "strategik")


def test_a_percent_beyond_1000_says_what_is_meant() -> None:
    with pytest.raises(FactValueError, match=r"Write 0\.15 if 15 % is meant"):
        coerce(SHARE, 15)


@given(numbers, numbers)
def test_money_is_ordered_and_added_like_its_amounts(a: Decimal, b: Decimal) -> None:
    left, right = Money(a, "CNY"), Money(b, "CNY")
    assert (left < right, left <= right, left == right) == (a < b, a <= b, a == b)
    assert left + right - right == left
    assert (left * 3).amount == a + a + a
    assert (3 * left) == left * 3


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__ge__"])
def test_two_currencies_never_meet(operation: str) -> None:
    with pytest.raises(InvalidValue, match="two currencies"):
        getattr(Money(1, "CNY"), operation)(Money(1, "USD"))


def test_facts_are_values() -> None:
    assert len({*ALL, *pickle.loads(pickle.dumps(ALL))}) == len(ALL)
    assert len({hash(f) for f in ALL}) == len(ALL)


@pytest.mark.parametrize(
    "build",
    [
        lambda: MoneyType("yuan"),
        lambda: ChoiceType(()),
        lambda: ChoiceType(("A", "A")),
        lambda: ChoiceType("AB"),  # type: ignore[arg-type] # one text is not a list of texts
        lambda: Fact("Gross Margin", PercentType()),
        lambda: Fact("amount", "money"),  # type: ignore[arg-type] # a text is not a type
        lambda: Money("nan", "CNY"),
    ],
)
def test_malformed_declarations_are_refused(build: Any) -> None:
    with pytest.raises(LtcflowError):
        build()


@given(st.sampled_from([f.type for f in ALL]), anything)
def test_data_of_the_wrong_shape_is_refused_not_misread(kind: FactType, data: Any) -> None:
    try:
        value = fact_from_data(kind, data)
    except FactValueError:
        return
    assert fact_from_data(kind, fact_to_data(value)) == value
