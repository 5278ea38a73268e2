"""LTC150 to LTC161: each problem of a condition is found where the condition stands, with its column."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.checks import check
from ltcflow.definition import locate, read
from ltcflow.findings import Finding

FACTS = "facts: {amount: {type: money, currency: CNY}, grade: {type: choice, of: [A, B]}, margin: {type: percent}}\n"
WHERE = "stages.bid.activities.price.when"
DEEP = f"{'(' * 31}amount > 5{')' * 31}"


def text(when: str) -> str:
    return f"{FACTS}stages:\n  - stage: bid\n    activities:\n      - activity: price\n        when: {when!r}\n"


def case(wrong: str, right: str, says: str) -> tuple[str, tuple[str, str], str, str, tuple[str, ...]]:
    return text(wrong), (f"when: {wrong!r}", f"when: {right!r}"), WHERE, says, (wrong,)


CASES = {
    "LTC150": case("amount >=", "amount >= 5", "column 10: "),
    "LTC151": case("amount.real > 5", "amount > 5", "column 7: "),
    "LTC152": case("amuont > 5", "amount > 5", "'amuont'"),
    "LTC153": case("amount > margin", "amount > 5", "column 10: "),
    "LTC154": case('amount > money(5, "USD")', 'amount > money(5, "CNY")', "USD"),
    "LTC155": case("grade == 'C'", "grade == 'B'", "'C'"),
    "LTC156": case("amount + 5", "amount > 5", "column 1: "),
    "LTC157": case(DEEP, DEEP[1:-1], "30"),
    "LTC158": case("margin > 15", "margin > 0.15", "column 10: "),
    "LTC159": case("5 > 3", "amount > 3", "column 1: "),
    "LTC160": case("known(5) or amount > 5", "known(amount) or amount > 5", "column 7: "),
    "LTC161": case("amount ＞ 5", "amount > 5", "＞"),
}
PLACES = {
    "stages.bid.when": "stages: [{stage: bid, when: amuont > 5}]",
    "stages.bid.activities.price.when": "stages: [{stage: bid, activities: [{activity: price, when: amuont > 5}]}]",
    "stages.bid.gates.atb.when": "stages: [{stage: bid, gates: [{gate: atb, when: amuont > 5}]}]",
    "stages.bid.gates.atb.criteria[1]": (
        "stages: [{stage: bid, gates: [{gate: atb, criteria: [{risk: {}}, {fact: amuont > 5}]}]}]"
    ),
    "stages.bid.succeeded_when[0]": "stages: [{stage: bid, succeeded_when: [{fact: amuont > 5}]}]",
    "milestones.signed.when": "milestones: {signed: {when: amuont > 5}}",
    "milestones.signed.criteria[0]": "milestones: {signed: {criteria: [{fact: amuont > 5}]}}",
    "measures.size.target": "measures: {size: {target: amuont > 5}}",
}


@pytest.mark.parametrize("where", PLACES)
def test_a_condition_is_read_wherever_it_stands(where: str) -> None:
    whole = f"ltcflow: 1\nprocess: example\n{FACTS}{PLACES[where]}\n"
    reading = read(whole, "example.yaml")
    assert reading.process is not None
    (found,) = locate([f for f in check(reading.process) if f.code == "LTC152"], reading)
    assert found.where == where
    assert whole.split("\n")[found.line - 1][found.column - 1 :].startswith("amuont")


def test_one_condition_may_have_several_problems_each_at_its_column(
    findings: Callable[[str, str], tuple[Finding, ...]],
) -> None:
    both = text("amuont > 5 and gradee == 'A'")
    assert [f.column for f in findings("LTC152", both)] == [1, 16]
