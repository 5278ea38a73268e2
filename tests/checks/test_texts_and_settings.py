"""LTC300, 301, 324 to 328, 332, 334, 336: settings that count, texts that are there, statements that are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.checks import CODES, RULES
from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC300": ("rules: {LTC399: error}\n", ("LTC399", "LTC311"), "rules.LTC399", "no rule LTC399", ("LTC399",)),
    "LTC301": (
        "rules: {LTC217: {off: we know}}\n",
        ("LTC217", "LTC311"),
        "rules.LTC217",
        "LTC217 (A join waits for ever) cannot be demoted or switched off",
        ("LTC217",),
    ),
    "LTC324": ("title: {en: Bid}\n", ("{en: Bid}", "{en: Bid, zh: 投标}"), "process", "no Chinese title", ()),
    "LTC325": (
        """
facts: {amount: {type: money, currency: CNY}}
stages: [{stage: bid, activities: [{activity: price}]}]
""",
        ("activity: price", "activity: price, when: amount > 5"),
        "facts.amount",
        "no condition reads it",
        ("amount",),
    ),
    "LTC326": ("gaps: [Who negotiates?]\n", ("[Who negotiates?]", "[]"), "gaps[0]", "left open: Who negotiates?", ()),
    "LTC328": (
        "stages: [{stage: bid, activities: []}]\n",
        ("[]", "[{activity: price}]"),
        "stages.bid",
        "neither activities nor gates",
        ("bid",),
    ),
    "LTC332": (
        "principles: {fair: {en: Fair, kept_by: []}}\n",
        ("[]", "LTC315"),
        "principles.fair",
        "nothing in the process sees to it",
        ("fair",),
    ),
    "LTC334": (
        "facts: {margin: {type: percent}}\nmeasures: {profit: {en: Profit}}\n",
        ("{en: Profit}", "{en: Profit, fact: margin}"),
        "measures.profit",
        "no fact of a project holds its value",
        ("profit",),
    ),
    "LTC336": (
        "principles: {early: {en: Early, kept_by: LTC322}}\nrules: {LTC322: {off: no tenders}}\n",
        ("{off: no tenders}", "error"),
        "principles.early.kept_by[0]",
        "relies on LTC322, which this process switches off (no tenders)",
        ("LTC322",),
    ),
}


@pytest.mark.parametrize("code", ["LTC31", "ltc310", "310", "LTC1", "LTC1234"])
def test_a_misspelt_code_is_found_with_the_nearest_ones(code: str, findings: Found) -> None:
    (found,) = findings("LTC300", f'rules: {{"{code}": error}}\n')
    assert found.where == f"rules.{code}"
    assert "Did you mean LTC3" in found.remedy or "docs/reference/findings.md" in found.remedy


@pytest.mark.parametrize("code", ["ACME01", "credit", "X-310"])
def test_codes_of_other_makers_are_left_to_them(code: str, findings: Found) -> None:
    assert findings("LTC300", f"rules: {{{code}: error}}\n") == ()


@pytest.mark.parametrize("code", CODES)
def test_exactly_the_errors_are_fixed(code: str, findings: Found) -> None:
    fixed = RULES[code].fixed
    assert fixed == (RULES[code].severity.value == "error")
    for level in ("warning", "{off: why}"):
        assert len(findings("LTC301", f"rules: {{{code}: {level}}}\n")) == (fixed and code != "LTC301")
    assert findings("LTC301", f"rules: {{{code}: error}}\n") == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("roles: {seller: 销售}", "roles.seller"),
        ("stages: [{stage: bid, title: Bid}]", "stages.bid"),
        ("stages: [{stage: bid, activities: [{activity: a, title: A}]}]", "stages.bid.activities.a"),
        ("stages: [{stage: bid, gates: [{gate: a, title: A}]}]", "stages.bid.gates.a"),
        ("milestones: {signed: {title: 签约}}", "milestones.signed"),
        ("deliverables: {offer: 报价}", "deliverables.offer"),
        ("measures: {margin: 毛利}", "measures.margin"),
        ("principles: {fair: Fair}", "principles.fair"),
    ],
)
def test_everything_people_see_has_a_title_in_both_languages(text: str, where: str, findings: Found) -> None:
    found = {f.where: f for f in findings("LTC324", f"{text}\n")}
    missing = "English" if any(c >= "\u4e00" for c in text) else "Chinese"
    assert found[where].problem == f"has no {missing} title."
    assert found["process"].problem == "has no Chinese and no English title."


@pytest.mark.parametrize(
    "use",
    [
        "stages: [{stage: s, when: n > 5}]",
        "stages: [{stage: s, gates: [{gate: g, criteria: [{fact: n > 5}]}]}]",
        "stages: [{stage: s, succeeded_when: [{fact: n > 5}]}]",
        "milestones: {m: {when: n > 5}}",
        "measures: {m: {target: n > 5}}",
        "measures: {m: {fact: n}}",
        "stages: [{stage: s, when: n > }]",
    ],
)
def test_whatever_reads_a_fact_uses_it_even_a_condition_with_a_mistake(use: str, findings: Found) -> None:
    assert findings("LTC325", f"facts: {{n: {{type: number}}}}\n{use}\n") == ()


def test_a_fact_that_must_be_given_is_kept_for_the_record(findings: Found) -> None:
    assert findings("LTC325", "facts: {n: {type: number, mandatory: true}}\n") == ()


def test_each_gap_is_on_show(findings: Found) -> None:
    assert [f.where for f in findings("LTC326", "gaps: [a, b]\n")] == ["gaps[0]", "gaps[1]"]


def test_a_stage_with_a_gate_alone_is_not_empty(findings: Found) -> None:
    assert findings("LTC328", "stages: [{stage: s, gates: [{gate: g}]}]\n") == ()


def test_a_principle_may_be_kept_by_an_element_and_a_measure_by_a_target(findings: Found) -> None:
    text = "stages: [{stage: s, activities: [{activity: a}]}]\nprinciples: {fair: {kept_by: [a]}}\n"
    assert findings("LTC332", text) == findings("LTC336", text) == ()
    assert findings("LTC334", "facts: {n: {type: number}}\nmeasures: {m: {target: n > 5}}\n") == ()


def test_a_principle_kept_by_a_rule_that_does_not_exist_is_found(findings: Found) -> None:
    text = "principles: {fair: {kept_by: [LTC399, LTC315, ACME01]}}\n"
    assert [f.witness for f in findings("LTC336", text)] == [("LTC399",)]
