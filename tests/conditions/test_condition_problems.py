"""What is wrong with a condition: the code, the place in characters, and the remedy; and hostile sources."""

from __future__ import annotations

import decimal
import pickle
import sys
import time
import warnings

import pytest

from ltcflow.conditions import (
    ChoiceType,
    ConditionError,
    DateType,
    Fact,
    Money,
    MoneyType,
    NumberType,
    PercentType,
    Problem,
    Truth,
    YesNoType,
    check_condition,
    coerce,
    compile_condition,
    representatives,
)

FACTS = {
    f.id: f
    for f in (
        Fact("amount", MoneyType("CNY")),
        Fact("cost", MoneyType("USD")),
        Fact("金额", MoneyType("CNY")),
        Fact("毛利率", PercentType()),
        Fact("等级", ChoiceType(("甲", "乙", "战略客户"))),
        Fact("grade", ChoiceType(("A", "B"))),
        Fact("n", NumberType()),
        Fact("hours", NumberType("h")),
        Fact("pieces", NumberType("pcs")),
        Fact("won", YesNoType()),
        Fact("due", DateType()),
    )
}

# source, then for each problem: its code and the very characters it points at
POINTED: list[tuple[str, list[tuple[str, str]]]] = [
    ("金额 > 5 and 毛利 > 0.15", [("LTC152", "毛利")]),
    ("等级 == '丙' or 金额 > '多'", [("LTC155", "'丙'"), ("LTC153", "'多'")]),
    ("毛利率 >= 15 and 等级 in ('甲', '乙', '丁')", [("LTC158", "15"), ("LTC155", "'丁'")]),
    ("金额 > cost", [("LTC154", "cost")]),
    ("金额 > money(5, 'USD')", [("LTC154", "money(5, 'USD')")]),
    ("金额 ≥ 1000万 且 等级 ＝ “甲”", [("LTC161", c) for c in ("≥", "1000万", "且", "＝", "“甲”")]),
    ("（金额＞５）", [("LTC161", c) for c in ("（", "＞", "５", "）")]),
    ("毛利率 >= 15%", [("LTC161", "15%")]),
    ("毛利率 >= １５％", [("LTC161", "１５％")]),
    ("金额 > 1,000,000", [("LTC161", ","), ("LTC161", ",")]),
    ("金额 > 1，000", [("LTC161", "，")]),
    ("金额 = 5", [("LTC161", "=")]),
    ("金额 => 5", [("LTC161", "=>")]),
    ("金额 > 5 && won", [("LTC161", "&&")]),
    ("等级 > '甲'", [("LTC153", "等级 > '甲'")]),
    ("等级 == '甲' or '乙'", [("LTC156", "'乙'")]),
    ("金额 + 毛利率 > 5", [("LTC153", "毛利率")]),
    ("金额 and won", [("LTC156", "金额")]),
    ("金额", [("LTC156", "金额")]),
    ("'金额' == '金额'", [("LTC159", "'金额' == '金额'")]),
    ("won or True", [("LTC159", "True")]),
    ("等级 == '甲' and len(等级) > 1", [("LTC151", "len")]),
    ("金额.实数 > 5", [("LTC151", ".实数")]),
    ("金额[0] > 5", [("LTC151", "[0]")]),
    ("金额 ** 2 > 5", [("LTC151", "金额 ** 2")]),
    ("等级 is None", [("LTC151", "等级 is None")]),
    ("金额 == None", [("LTC151", "None")]),
    ("金额 > 5 # 很大", [("LTC151", "#")]),
    ("金额 > 0x1F", [("LTC151", "0x1F")]),
    ("金额 > 5\u200b", [("LTC151", "\u200b")]),
    ("金额 > '5\\u4e00'", [("LTC151", "'5\\u4e00'"), ("LTC153", "'5\\u4e00'")]),
    ("等级 in ('甲' '乙')", [("LTC150", "'乙'")]),
    ("等级 == '甲", [("LTC150", "'")]),
    ("(金额 > 5", [("LTC150", "(")]),
    ("金额 > 5)", [("LTC150", ")")]),
    ("金额 > 5 金额", [("LTC150", "金")]),
    ("金额 >=", [("LTC150", "")]),
    ("", [("LTC150", "")]),
    ("due > '2026-03-02'", [("LTC153", "'2026-03-02'")]),
    ("due > date('2026-02-30')", [("LTC160", "'2026-02-30'")]),
    ("known(5)", [("LTC160", "5")]),
    ("min(金额) > 5", [("LTC160", "min(金额)")]),
    ("n / (1 - 1) > 5", [("LTC158", "1 - 1")]),
    ("n > 1" + "0" * 40, [("LTC158", "1" + "0" * 40)]),
    ("hours > pieces", [("LTC153", "pieces")]),
    ("金额 > 5 and\n  毛利 > 0.15", [("LTC152", "毛利")]),
]


@pytest.mark.parametrize(
    ("source", "expected"), POINTED, ids=[s[:30].encode("unicode_escape").decode() for s, _ in POINTED]
)
def test_every_problem_points_at_the_offending_characters(source: str, expected: list[tuple[str, str]]) -> None:
    problems = check_condition(source, FACTS)
    assert [(p.code, source[p.column : p.column + p.length]) for p in problems] == expected
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, FACTS)
    assert caught.value.problems == problems
    assert pickle.loads(pickle.dumps(caught.value)).problems == problems


@pytest.mark.parametrize(
    ("source", "remedy", "remedy_zh"),
    [
        ("amuont > 5", "Did you mean 'amount'?", "是否想写 'amount'?"),
        ("等级 == '战咯客户'", "Did you mean '战略客户'?", "是否想写 '战略客户'?"),
        ("金额 ≥ 5", "Write >=.", "请写 >=。"),
        ("金额 > 1.5亿", "Write 150_000_000.", "请写 150_000_000。"),
        ("毛利率 > 12.5%", "Write 0.125.", "请写 0.125。"),
        ("amount > n", 'Write money(n, "CNY").', '请写 money(n, "CNY")。'),
        ("due > '2026-03-02'", 'Write date("2026-03-02").', '请写 date("2026-03-02")。'),
        ("won == true", "Write True.", "请写 True。"),
    ],
)
def test_the_remedy_says_what_to_write(source: str, remedy: str, remedy_zh: str) -> None:
    (problem,) = check_condition(source, FACTS)
    assert (problem.remedy, problem.remedy_zh) == (remedy, remedy_zh)


ACCEPTED = [
    "amount >= 10_000_000 and grade == 'A'",
    "金额 >= 5 and 等级 in ('甲', '乙')",
    "等级 not in ['甲']",
    "等级 in {'甲'}",
    "amount >= money(10_000_000, 'CNY')",
    "amount * 毛利率 > 100_000",
    "amount / 金额 > 0.5",
    "amount - 金额 > -5",
    "min(amount, 金额, 5) > 3",
    "5 < amount <= 10",
    "won if n > 3 else not won",
    "(amount if won else 0) > 5",
    "days(date('2026-01-01'), due) >= 30",
    "known(amount) and not known(due)",
    "won == (n > 3)",
    "  n > 3  ",
    "n > 1\n and n < 5",
    "ｎ > 3",
    "n == 0.1",
    "+n > -n",
]


@pytest.mark.parametrize("source", ACCEPTED, ids=[s.encode("unicode_escape").decode() for s in ACCEPTED])
def test_what_the_language_has(source: str) -> None:
    assert check_condition(source, FACTS) == ()


def test_numbers_are_read_from_the_source_not_through_floats() -> None:
    big = compile_condition("n == 0.1000000000000000055511151231", FACTS)
    assert big.evaluate({"n": "0.1000000000000000055511151231"}) is Truth.TRUE
    assert big.evaluate({"n": "0.1"}) is Truth.FALSE
    assert compile_condition("n == 0.1 + 0.2", FACTS).evaluate({"n": "0.3"}) is Truth.TRUE


def test_a_division_by_zero_is_unknown_and_says_so() -> None:
    rule = compile_condition("amount / n >= 5", FACTS)
    explanation = rule.explain({"amount": Money(10, "CNY"), "n": 0})
    assert explanation.truth is Truth.UNKNOWN
    assert (explanation.note, explanation.note_zh) == ("division by zero", "除数为零")
    assert explanation.text() == (
        "unknown: amount / n >= 5 (amount is 10 CNY, n is 0, compared with 5 CNY, division by zero)"
    )
    assert explanation.text("zh") == "未知:amount / n >= 5(amount 为 10 CNY,n 为 0,比较值 5 CNY,除数为零)"


def test_only_the_branch_that_counts_is_missing() -> None:
    rule = compile_condition("(amount if won else 金额) > 5 or n > 3", FACTS)
    assert rule.missing({}) == {"won", "amount", "金额", "n"}
    assert rule.missing({"won": True}) == {"amount", "n"}
    assert rule.missing({"won": False}) == {"金额", "n"}
    assert rule.missing({"won": False, "n": 4}) == frozenset()


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("grade == 'A'", {"grade": "Z"}),
        ("grade != 'A'", {"grade": 5}),
        ("amount > 5", {"amount": Money(9, "USD")}),
        ("amount > 5", {"amount": float("nan")}),
        ("n > 5", {"n": decimal.Decimal("sNaN")}),
        ("n > 5", {"n": decimal.Decimal("Infinity")}),
        ("n > 5", {"n": True}),
        ("won", {"won": 1}),
        ("due > date('2026-01-01')", {"due": "tomorrow"}),
        ("known(grade)", {"grade": "Z"}),
    ],
)
def test_a_value_that_does_not_fit_is_not_known(source: str, values: dict[str, object]) -> None:
    rule = compile_condition(source, FACTS)
    assert rule.evaluate(values) is (Truth.FALSE if source.startswith("known") else Truth.UNKNOWN)
    assert rule.explain(values).seen[0].value is None


def test_values_as_people_write_them_are_read() -> None:
    rule = compile_condition("amount >= 10 and 毛利率 >= 0.15 and due > date('2026-01-01')", FACTS)
    assert rule.evaluate({"amount": "CNY 10", "毛利率": "15%", "due": "2026-01-02"}) is Truth.TRUE


def test_a_result_beyond_all_bounds_is_unknown() -> None:
    factor = " * ".join(["n"] * 45)
    rule = compile_condition(f"{factor} > 5", FACTS)
    assert rule.evaluate({"n": 10**29}) is Truth.UNKNOWN
    assert "beyond all bounds" in rule.explain({"n": 10**29}).text()


HOSTILE = {
    "deep brackets": "(" * 100_000,
    "closed deep brackets": "(" * 900 + "n" + ")" * 900,
    "deep brackets of all kinds": "([{" * 600,
    "many minus": "-" * 1_990 + "n",
    "many not": "not " * 490 + "won",
    "many and": " and ".join(["won"] * 300),
    "long sum": "+".join(["n"] * 900) + " > 3",
    "long list": "n in (" + ",".join(["1"] * 900) + ")",
    "NUL": "n > 3\x00",
    "only NUL": "\x00" * 2_000,
    "huge integer": "n > " + "9" * 5_000,
    "huge integer within the limit": "n > " + "9" * 1_900,
    "huge exponent": "n > 1e999999999999999999",
    "power tower": "9**9**9**9 > n",
    "surrogate": "n > 3 and '\ud800' == n",
    "long name": "x" * 1_990 + " > 3",
    "megabytes": "n > 3 and " * 1_000_000,
    "literal compared by is": "1 is 1",
    "escape": "'\\d' == n",
    "number runs into word": "1if won else 2 > n",
    "nested conditionals": "won if won else " * 110 + "won",
    "code": "__import__('os').system('true')",
    "walrus": "(n := 5) > 3",
    "right-to-left": "n > \u202e3",
    "combining marks": "n" + "\u0301" * 1_900 + " > 3",
    "quotes": "'" * 1_999,
    "smart quotes": "“" * 1_999,
    "percent signs": "15%" * 600,
    "full width": "（" * 1_999,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources_are_answered_quickly(name: str) -> None:
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problems = check_condition(HOSTILE[name], FACTS)
    assert time.perf_counter() - started < 1
    assert problems
    assert len(problems) <= 30
    assert all(len(p.problem) + len(p.remedy) < 500 for p in problems)
    with pytest.raises(ConditionError) as caught:
        compile_condition(HOSTILE[name], FACTS)
    assert len(str(caught.value)) < 20_000


def test_a_source_that_is_no_text_is_a_problem() -> None:
    for source in (None, 5, b"n > 3", True):
        (problem,) = check_condition(source, FACTS)  # type: ignore[arg-type] # YAML gives what it gives
        assert problem.code == "LTC150"
        with pytest.raises(ConditionError):
            compile_condition(source, FACTS)  # type: ignore[arg-type] # as above


def test_the_deepest_allowed_condition_works_under_a_deep_caller() -> None:
    source = "(" * 30 + "n" + ")" * 30 + " > 3"
    chain = " + ".join(["n"] * 55) + " > 3"

    def dig(depth: int) -> None:
        if depth:
            dig(depth - 1)
            return
        for text in (source, chain):
            rule = compile_condition(text, FACTS)
            assert rule.evaluate({"n": 1}) is not Truth.UNKNOWN
            assert rule.explain({"n": 1}).text()

    dig(sys.getrecursionlimit() // 3)


def test_a_tree_too_deep_for_the_parser_is_a_problem() -> None:
    def dig(depth: int) -> tuple[Problem, ...]:
        return dig(depth - 1) if depth else check_condition("-" * 1_980 + "n > 3", FACTS)

    assert [p.code for p in dig(sys.getrecursionlimit() * 3 // 5)] == ["LTC157"]


def test_the_caller_s_decimal_context_changes_nothing() -> None:
    strict = decimal.Context(prec=1, traps=[decimal.Inexact, decimal.Rounded, decimal.Overflow])
    with decimal.localcontext(strict):
        rule = compile_condition("amount * 毛利率 / 3 - 0.25 > 1.125 and 毛利率 < 1234e-4", FACTS)
        values = {"amount": coerce(FACTS["amount"], "1,234.56"), "毛利率": coerce(FACTS["毛利率"], "12.3%")}
        assert rule.evaluate(values) is Truth.TRUE
        assert rule.explain(values).text()
        assert check_condition("毛利率 > 12.34% and n > 12.34万", FACTS)
        assert len(list(representatives([rule], FACTS))) > 2
        assert Money("1234.56", "CNY") * "1.25" == Money("1543.2", "CNY")


def test_the_same_condition_is_compiled_once() -> None:
    first = compile_condition("n > 3", FACTS)
    assert compile_condition("n > 3", dict(FACTS)) is first
    other = compile_condition("n > 3", {"n": Fact("n", PercentType())})
    assert other != first
    assert len({first, other, compile_condition("n > 4", FACTS)}) == 3


def test_one_comparison_takes_a_microsecond_or_two() -> None:
    rule, values = compile_condition("amount >= 10_000_000", FACTS), {"amount": Money(5, "CNY")}
    best = min(_seconds(lambda: [rule.evaluate(values) for _ in range(2_000)]) for _ in range(5))
    empty = min(_seconds(lambda: [None for _ in range(2_000)]) for _ in range(5))
    assert best - empty < 2_000 * 5e-6


def _seconds(work: object) -> float:
    started = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - started


MEANT = [
    ("grade == A", "Write 'A': an option stands in quotes.", "grade == 'A'"),
    ("b == grade", "Write 'B': an option stands in quotes.", "'B' == grade"),
    ("等级 == 甲", "Write '甲': an option stands in quotes.", "等级 == '甲'"),
    ("grade in (A, 'B')", "Write 'A': an option stands in quotes.", "grade in ('A', 'B')"),
    ("grade != Z", "Options stand in quotes: 'A', 'B'.", "grade != 'B'"),
    ("due > 2026-01-01", 'Write date("2026-01-01").', 'due > date("2026-01-01")'),
    ("2026-10-08 <= due", 'Write date("2026-10-08").', 'date("2026-10-08") <= due'),
    ("due > 2026-10-12", 'Write date("2026-10-12").', 'due > date("2026-10-12")'),
    ("due > '2026/1/2'", 'Write date("2026-01-02").', 'due > date("2026-01-02")'),
    ("due > 20260102", 'Write date("2026-01-02").', 'due > date("2026-01-02")'),
    ("due > 2026年1月2日", 'Write date("2026-01-02").', 'due > date("2026-01-02")'),
    ("due > 7", 'Write a date as date("2026-03-02").', 'due > date("2026-03-02")'),
]


@pytest.mark.parametrize(("source", "remedy", "right"), MEANT, ids=[source for source, *_ in MEANT])
def test_what_lacks_quotes_or_its_date_is_answered_by_what_to_write(source: str, remedy: str, right: str) -> None:
    (problem,) = check_condition(source, FACTS)
    assert problem.remedy == remedy
    assert "请" in problem.remedy_zh or "选项" in problem.remedy_zh or "日期" in problem.remedy_zh
    assert check_condition(right, FACTS) == ()


def test_a_difference_of_numbers_is_no_day_and_a_name_like_a_fact_is_no_option() -> None:
    assert check_condition("n > 2026-10-12", FACTS) == ()
    assert check_condition("n > 2026/10/12", FACTS) == ()
    assert [p.remedy for p in check_condition("grade == grad", FACTS)] == ["Did you mean 'grade'?"]
    assert [p.code for p in check_condition("due > 2026-02-30", FACTS)] == ["LTC153", "LTC161"]
