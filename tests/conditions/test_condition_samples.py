"""Representative values reach every combination of results that any values reach."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    Money,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    Truth,
    YesNoType,
    coerce,
    compile_condition,
    is_exhaustive,
    representatives,
    sample_space,
    witness_text,
)

FACTS = {
    f.id: f
    for f in (
        Fact("amount", MoneyType("CNY")),
        Fact("limit", MoneyType("CNY")),
        Fact("margin", PercentType()),
        Fact("n", NumberType()),
        Fact("grade", ChoiceType(("A", "B", "C"))),
        Fact("tier", ChoiceType(("A", "B", "C"))),
        Fact("won", YesNoType()),
        Fact("note", TextType()),
        Fact("due", DateType()),
        Fact("signed", DateType()),
    )
}
signs = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
tenths = st.integers(-20, 20).map(lambda i: str(Decimal(i) / 10))
days = st.integers(0, 6).map(lambda i: datetime.date(2026, 3, 1 + i))
atoms = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(("amount", "margin", "n")), signs, tenths),
    st.builds("{2} {1} {0}".format, st.sampled_from(("amount", "margin", "n")), signs, tenths),
    st.builds("{} < n <= {}".format, tenths, tenths),
    st.builds('due {} date("{}")'.format, signs, days),
    st.builds("grade {} '{}'".format, st.sampled_from(("==", "!=")), st.sampled_from("ABC")),
    st.builds("note in ('{}', '{}')".format, st.sampled_from("xyz"), st.sampled_from("xyz")),
    st.sampled_from(("won", "grade == tier", "won == (n > 1)")),
)
conditions = st.lists(
    st.recursive(
        atoms,
        lambda i: st.one_of(
            st.builds("({} and {})".format, i, i), st.builds("({} or {})".format, i, i), st.builds("(not {})".format, i)
        ),
        max_leaves=3,
    ),
    min_size=1,
    max_size=3,
)
number = st.decimals(-3, 3, places=2)
assignments = st.fixed_dictionaries(
    {
        "amount": number.map(lambda a: Money(a, "CNY")),
        "margin": number,
        "n": number,
        "grade": st.sampled_from("ABC"),
        "tier": st.sampled_from("ABC"),
        "won": st.booleans(),
        "note": st.sampled_from(("x", "y", "z", "", "w")),
        "due": st.dates(datetime.date(2026, 2, 26), datetime.date(2026, 3, 10)),
    }
)


@given(conditions, st.lists(assignments, min_size=5, max_size=10))
@settings(max_examples=150, deadline=None)
def test_every_reachable_combination_of_results_has_a_representative(
    sources: list[str], tried: list[Mapping[str, Any]]
) -> None:
    compiled = [compile_condition(s, FACTS) for s in sources]
    space = sample_space(compiled, FACTS, limit=10_000_000)
    if space.size > 5_000:
        return
    assert space.exhaustive
    reached = {tuple(c.evaluate(row) for c in compiled) for row in space.rows()}
    assert {tuple(c.evaluate(values) for c in compiled) for values in tried} <= reached


@given(st.lists(st.builds("n {} {}".format, signs, tenths), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_no_point_and_no_gap_between_constants_is_left_out(sources: list[str]) -> None:
    compiled = [compile_condition(s, FACTS) for s in sources]
    reached = {tuple(c.evaluate(row) for c in compiled) for row in representatives(compiled, FACTS)}
    grid = [{"n": Decimal(i) / 20} for i in range(-45, 46)]  # each constant, and a value in each gap between two
    assert {tuple(c.evaluate(row) for c in compiled) for row in grid} == reached


@given(conditions, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_rows_are_legal_distinct_complete_and_thinned_in_the_same_way(sources: list[str], limit: int) -> None:
    compiled = [compile_condition(s, FACTS) for s in sources]
    read = frozenset().union(*(c.facts for c in compiled))
    rows = list(representatives(compiled, FACTS, limit))
    assert rows == list(representatives(compiled, FACTS, limit))
    assert len(rows) == min(limit, sample_space(compiled, FACTS).size)
    assert len({tuple(sorted(map(str, row.items()))) for row in rows}) == len(rows)
    for row in rows:
        assert row.keys() == read
        assert all(coerce(FACTS[f], v) == v for f, v in row.items())
        assert all(c.evaluate(row) is not Truth.UNKNOWN for c in compiled)
    assert is_exhaustive(compiled, FACTS, limit) == (len(rows) == sample_space(compiled, FACTS).size)


def _reached(source: str) -> set[Truth]:
    condition = compile_condition(source, FACTS)
    return {condition.evaluate(row) for row in representatives([condition], FACTS)}


def test_sums_and_comparisons_of_facts_are_sampled_but_not_called_exhaustive() -> None:
    both = {Truth.TRUE, Truth.FALSE}
    for source in (
        "amount < limit",
        "amount == limit",
        "amount > limit + 500",
        "amount * margin > 100_000",
        "amount / 2 == 5_000",
        "n * 3 - 1 == 5",
        "days(signed, due) == 30",
        "days(signed, due) > 45",
        "(amount if grade == 'A' else 0) >= 7",
        "max(n, 3) == 12",
    ):
        assert _reached(source) >= both, source
        assert not is_exhaustive([compile_condition(source, FACTS)], FACTS), source


def test_asking_whether_a_fact_is_known_also_tries_it_unknown() -> None:
    condition = compile_condition("known(n) and n > 3", FACTS)
    rows = list(representatives([condition], FACTS))
    assert [row for row in rows if "n" not in row] == [{}]
    assert {condition.evaluate(row) for row in rows} == {Truth.TRUE, Truth.FALSE}


def test_a_witness_reads_like_a_sentence() -> None:
    rules = [compile_condition(s, FACTS) for s in ("amount >= 10_000_000", "grade == 'C'", "margin >= 0.15")]
    row = next(r for r in representatives(rules, FACTS) if [c.evaluate(r).value for c in rules] == ["no", "yes", "no"])
    assert witness_text(row, FACTS) == ("amount = 9_999_999 CNY", "margin = 14%", "grade = 'C'")


def test_no_condition_has_one_empty_representative() -> None:
    assert list(representatives([], FACTS)) == [{}]
