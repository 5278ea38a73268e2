"""Laws of the condition language, against an independent oracle."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

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
    check_condition,
    compile_condition,
)

FACTS = {
    f.id: f
    for f in (
        Fact("amount", MoneyType("CNY")),
        Fact("成本", MoneyType("CNY")),
        Fact("n", NumberType()),
        Fact("毛利率", PercentType()),
        Fact("grade", ChoiceType(("A", "B", "丙"))),
        Fact("won", YesNoType()),
        Fact("note", TextType()),
        Fact("due", DateType()),
    )
}

# A generated expression is (source, oracle): the oracle maps values to bool, Fraction, str, date, or None for unknown.
Oracle: TypeAlias = Any
Expr: TypeAlias = tuple[str, Oracle]

small = st.integers(-4, 4)
literals = st.one_of(small.map(str), st.sampled_from(("0.5", "1.25", "2.", ".5", "1_0", "1e1")))


def _literal(text: str) -> Expr:
    value = Fraction(Decimal(text.replace("_", "")))
    return (f"({text})" if text.startswith("-") else text), (lambda values: value)


def _read(name: str) -> Expr:
    def oracle(values: Mapping[str, Any]) -> Any:
        value = values.get(name)
        if isinstance(value, Money):
            return Fraction(value.amount)
        return Fraction(value) if isinstance(value, Decimal) else value

    return name, oracle


def _arith(left: Expr, sign: str, right: Expr) -> Expr:
    def oracle(values: Mapping[str, Any]) -> Any:
        a, b = left[1](values), right[1](values)
        if a is None or b is None or (sign == "/" and b == 0):
            return None
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[sign]()

    return f"({left[0]} {sign} {right[0]})", oracle


def _compare(left: Expr, sign: str, right: Expr) -> Expr:
    def oracle(values: Mapping[str, Any]) -> Any:
        a, b = left[1](values), right[1](values)
        if a is None or b is None:
            return None
        return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]

    return f"{left[0]} {sign} {right[0]}", oracle


def _logic(left: Expr, word: str, right: Expr) -> Expr:
    """Kleene by numbers: no = 0, unknown = 1/2, yes = 1; and = min, or = max."""

    def oracle(values: Mapping[str, Any]) -> Any:
        a, b = ({None: 1, True: 2, False: 0}[side[1](values)] for side in (left, right))
        return {0: False, 1: None, 2: True}[min(a, b) if word == "and" else max(a, b)]

    return f"({left[0]} {word} {right[0]})", oracle


def _negate(part: Expr) -> Expr:
    return f"(not {part[0]})", lambda values: {None: None, True: False, False: True}[part[1](values)]


def _if(test: Expr, yes: Expr, no: Expr) -> Expr:
    def oracle(values: Mapping[str, Any]) -> Any:
        if test[1](values) is None:
            return yes[1](values) if yes[1](values) == no[1](values) else None
        return yes[1](values) if test[1](values) else no[1](values)

    return f"({yes[0]} if {test[0]} else {no[0]})", oracle


def _pick(name: str, left: Expr, right: Expr) -> Expr:
    def oracle(values: Mapping[str, Any]) -> Any:
        a, b = left[1](values), right[1](values)
        return None if a is None or b is None else (min if name == "min" else max)(a, b)

    return f"{name}({left[0]}, {right[0]})", oracle


signs = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
reads_number = st.sampled_from(("n", "毛利率")).map(_read)
# sums always hold a fact, so that no comparison is constant; + - * stay exact, a quotient appears at the top only
sums = st.recursive(
    reads_number,
    lambda inner: st.one_of(
        st.builds(_arith, inner, st.sampled_from("+-*"), st.one_of(inner, literals.map(_literal))),
        st.builds(_arith, literals.map(_literal), st.sampled_from("+-*"), inner),
        st.builds(_pick, st.sampled_from(("min", "max")), inner, literals.map(_literal)),
    ),
    max_leaves=4,
)
quotients = st.builds(_arith, reads_number, st.just("/"), reads_number)
_texts = {"grade": ("A", "B", "丙"), "note": ("x", "它", "A")}


def _text_atom(name: str, sign: str, option: int) -> Expr:
    text = _texts[name][option]
    quoted = repr(text)
    left = _read(name)
    if sign in ("==", "!="):
        return _compare(left, sign, (quoted, lambda values: text))
    answers = {"in": lambda v: v in (text, "B"), "not in": lambda v: v not in (text, "B")}
    source = f"{name} {sign} ({quoted}, 'B')"
    return source, lambda values: None if left[1](values) is None else answers[sign](left[1](values))


def _date_atom(sign: str, day: int) -> Expr:
    date = datetime.date(2026, 2, 26) + datetime.timedelta(days=day)
    return _compare(_read("due"), sign, (f'date("{date}")', lambda values: date))


def _days_atom(sign: str, days: int) -> Expr:
    start = datetime.date(2026, 2, 26)

    def oracle(values: Mapping[str, Any]) -> Any:
        return None if values.get("due") is None else Fraction((values["due"] - start).days)

    return _compare((f'days(date("{start}"), due)', oracle), sign, _literal(str(days)))


_known = st.sampled_from(tuple(FACTS)).map(lambda f: (f"known({f})", lambda v: v.get(f) is not None))
atoms = st.one_of(
    st.builds(_compare, sums, signs, st.one_of(sums, literals.map(_literal))),
    st.builds(_compare, quotients, signs, literals.map(_literal)),
    st.builds(_compare, st.just(_read("amount")), signs, st.one_of(literals.map(_literal), st.just(_read("成本")))),
    st.builds(
        _text_atom, st.sampled_from(tuple(_texts)), st.sampled_from(("==", "!=", "in", "not in")), st.integers(0, 2)
    ),
    st.builds(_date_atom, signs, st.integers(0, 4)),
    st.builds(_days_atom, signs, st.integers(-1, 4)),
    st.just(_read("won")),
)


def _grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(_logic, inner, st.sampled_from(("and", "or")), inner),
        st.builds(_negate, inner),
        st.builds(_if, inner, inner, inner),
    )


monotone = st.recursive(atoms, _grow, max_leaves=6)
expressions = st.recursive(st.one_of(atoms, _known), _grow, max_leaves=6)
numbers = st.decimals(-4, 4, places=2) | small.map(Decimal)
values_of_all = st.fixed_dictionaries(
    {},
    optional={
        "amount": numbers.map(lambda a: Money(a, "CNY")),
        "成本": numbers.map(lambda a: Money(a, "CNY")),
        "n": numbers,
        "毛利率": numbers,
        "grade": st.sampled_from(("A", "B", "丙")),
        "won": st.booleans(),
        "note": st.sampled_from(("x", "它", "A", "other")),
        "due": st.dates(datetime.date(2026, 2, 24), datetime.date(2026, 3, 3)),
    },
)
TRUTH = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}


@given(expressions, values_of_all)
@settings(max_examples=400, deadline=None)
def test_evaluate_agrees_with_the_oracle(expression: Expr, values: Mapping[str, Any]) -> None:
    source, oracle = expression
    condition = compile_condition(source, FACTS)
    expected = TRUTH[oracle(values)]
    assert condition.evaluate(values) is expected
    assert condition.explain(values).truth is expected


@given(monotone, values_of_all, st.data())
@settings(max_examples=200, deadline=None)
def test_knowing_more_never_flips_a_known_result(
    expression: Expr, values: Mapping[str, Any], data: st.DataObject
) -> None:
    condition = compile_condition(expression[0], FACTS)
    kept = data.draw(st.sets(st.sampled_from(sorted(values)))) if values else set()
    before = condition.evaluate({k: values[k] for k in kept})
    assert before in (Truth.UNKNOWN, condition.evaluate(values))


@given(monotone, values_of_all)
@settings(max_examples=200, deadline=None)
def test_only_missing_facts_can_settle_an_unknown_result(expression: Expr, values: Mapping[str, Any]) -> None:
    condition = compile_condition(expression[0], FACTS)
    missing = condition.missing(values)
    assert missing <= condition.facts - set(values)
    if condition.evaluate(values) is not Truth.UNKNOWN:
        assert missing == frozenset()
    others = {f: v for f, v in _SOME.items() if f not in values and f not in missing}
    assert condition.evaluate({**values, **others}) in (condition.evaluate(values),)


_SOME: dict[str, Any] = {
    "amount": Money(1, "CNY"),
    "成本": Money(2, "CNY"),
    "n": Decimal(1),
    "毛利率": Decimal("0.5"),
    "grade": "A",
    "won": True,
    "note": "x",
    "due": datetime.date(2026, 3, 1),
}


@given(expressions, values_of_all)
@settings(max_examples=100, deadline=None)
def test_a_condition_is_a_value_and_explains_itself_in_both_languages(
    expression: Expr, values: Mapping[str, Any]
) -> None:
    condition = compile_condition(expression[0], FACTS)
    again = pickle.loads(pickle.dumps(condition))
    assert (again, hash(again), again.facts) == (condition, hash(condition), condition.facts)
    assert again.evaluate(values) is condition.evaluate(values)
    explanation = condition.explain(values)
    assert pickle.loads(pickle.dumps(explanation)) == explanation
    assert {s.fact for s in explanation.seen} == condition.facts
    assert explanation.text("en").count("\n") == explanation.text("zh").count("\n")


garbage = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.decimals(),
    st.lists(st.none()),
    st.dates(),
    st.datetimes(),
)


@given(expressions, st.dictionaries(st.sampled_from(tuple(FACTS)), garbage))
@settings(max_examples=150, deadline=None)
def test_values_that_do_not_fit_never_raise(expression: Expr, values: Mapping[str, Any]) -> None:
    condition = compile_condition(expression[0], FACTS)
    assert condition.evaluate(values) in TRUTH.values()
    assert condition.explain(values).text()
    condition.missing(values)


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered(source: str) -> None:
    _well_formed(source)


_pieces = st.sampled_from(
    [
        *FACTS,
        *"()[]{},.=<>!+-*/%'\"#\\:;@~^&|`$?，（）＝≥“”。、　\n\t\x00\u200b",
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "known",
        "money",
        "date",
        "days",
        "min",
        "lambda",
        "f'",
        "1_0",
        "1e9",
        "0x1",
        "万",
        "且",
        "True",
        "None",
        "==",
        ">=",
    ]
)


@given(st.lists(_pieces, max_size=25).map(" ".join) | st.lists(_pieces, max_size=25).map("".join))
@settings(max_examples=500, deadline=None)
def test_any_mixture_of_words_and_signs_is_answered(source: str) -> None:
    _well_formed(source)


def _well_formed(source: str) -> None:
    problems = check_condition(source, FACTS)
    for problem in problems:
        assert "LTC150" <= problem.code <= "LTC179"
        assert 0 <= problem.column <= len(source)
        assert 0 <= problem.column + problem.length <= len(source)
        assert problem.problem
        assert problem.remedy
        assert problem.problem_zh
        assert problem.remedy_zh
    assert list(problems) == sorted(problems, key=lambda p: (p.column, p.code, p.problem))
    if not problems:
        assert compile_condition(source, FACTS).evaluate({}) in TRUTH.values()
