"""LTC315, 322, 335: law before signature, delivery and the departments before the bid."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC315": (
        """
roles: {seller: S, lawyer: {en: Lawyer, legal: true}}
stages:
  - stage: contract
    activities: [{activity: contract_signing, raci: {A: seller}}, {activity: review, raci: {A: lawyer}, after: []}]
""",
        ("contract_signing, raci", "contract_signing, after: [review], raci"),
        "stages.contract.activities.contract_signing",
        "nothing before it is reviewed by 'lawyer'",
        ("contract_signing",),
    ),
    "LTC322": (
        """
roles: {seller: S, delivery_manager: D}
stages:
  - stage: bidding
    activities: [{activity: write_bid, raci: {A: seller}}, {activity: roll_out, raci: {A: delivery_manager}}]
""",
        ("write_bid, raci: {A: seller}", "write_bid, raci: {A: seller, C: delivery_manager}"),
        "stages.bidding.activities.write_bid",
        "none of 'delivery_manager' has a hand in it",
        ("write_bid",),
    ),
    "LTC335": (
        """
roles: {seller: {en: S, department: Sales}, buyer: {en: B, department: Purchasing}}
stages:
  - stage: bidding
    activities: [{activity: write_bid, raci: {A: seller}}, {activity: order_parts, raci: {A: buyer}}]
""",
        ("write_bid, raci: {A: seller}", "write_bid, raci: {A: seller, C: buyer}"),
        "stages.bidding.activities.write_bid",
        "without Purchasing, which has work to do later ('buyer')",
        ("Purchasing", "buyer"),
    ),
}
LAW = """
facts: {{big: {{type: yes_no}}}}
roles: {{seller: S, lawyer: {{en: L, legal: true}}}}
stages:
  - stage: contract
    activities: [{}]
    gates: [{}]
"""


def law(activities: str, gates: str = "") -> str:
    return LAW.format(activities, gates)


@pytest.mark.parametrize(
    "review",
    [
        "{activity: review, raci: {R: lawyer}}, {activity: sign_contract}",
        "{activity: review, raci: {A: lawyer}}, {activity: sign_contract}",
        "{activity: review, raci: {C: lawyer}}, {activity: sign_contract}",
        "{activity: sign_contract, after: [g]}",
    ],
)
def test_who_does_answers_advises_or_votes_before_the_signature_has_reviewed_it(review: str, findings: Found) -> None:
    gate = "{gate: g, after: [], decided_by: lawyer, criteria: [{risk: {}}]}"
    assert findings("LTC315", law(review, gate if "g]" in review else "")) == ()


@pytest.mark.parametrize(
    ("review", "says"),
    [
        ("{activity: review, raci: {I: lawyer}}, {activity: sign_contract}", "nothing before it is reviewed"),
        ("{activity: sign_contract, raci: {C: lawyer}}", "nothing before it is reviewed"),
        ("{activity: review, raci: {A: lawyer}, when: big}, {activity: sign_contract}", "when big = no"),
    ],
)
def test_to_be_informed_to_sign_or_to_be_skipped_is_no_review(review: str, says: str, findings: Found) -> None:
    (found,) = findings("LTC315", law(review))
    assert says in found.problem


@pytest.mark.parametrize(("kind", "fires"), [("FS", 0), ("SS", 1), ("FF", 1), ("SF", 1)])
def test_the_review_has_ended_before_the_signature_begins(kind: str, fires: int, findings: Found) -> None:
    sign = f"{{activity: sign_contract, after: [{{activity: review, type: {kind}}}]}}"
    assert len(findings("LTC315", law(f"{{activity: review, raci: {{A: lawyer}}}}, {sign}"))) == fires


def test_a_review_that_applies_whenever_the_signature_does_is_enough(findings: Found) -> None:
    same = "{activity: review, raci: {A: lawyer}, when: big}, {activity: sign_contract, when: big}"
    assert findings("LTC315", law(same)) == ()
    two = "{activity: r1, raci: {A: lawyer}, when: big}, {activity: r2, raci: {A: lawyer}, when: not big}"
    assert findings("LTC315", law(f"{two}, {{activity: sign_contract}}")) == ()


def test_without_a_legal_role_the_finding_says_so(findings: Found) -> None:
    text = "stages: [{stage: s, activities: [{activity: 签约, title: 签约}]}]\n"
    (found,) = findings("LTC315", text)
    assert "no role is marked legal: true" in found.problem


def test_a_milestone_of_the_signature_is_judged_only_where_no_activity_signs(findings: Found) -> None:
    milestone = "milestones: {contract_signed: {after: [AFTER]}}\n"
    alone = law("{activity: talk}") + milestone.replace("AFTER", "talk")
    assert [f.where for f in findings("LTC315", alone)] == ["milestones.contract_signed"]
    both = law("{activity: sign_contract}") + milestone.replace("AFTER", "sign_contract")
    assert [f.where for f in findings("LTC315", both)] == ["stages.contract.activities.sign_contract"]


def test_where_nobody_bids_nobody_must_be_heard(findings: Found) -> None:
    text = CASES["LTC322"][0].replace("bidding", "offering").replace("write_bid", "write_offer")
    assert findings("LTC322", text) == ()
    other = CASES["LTC335"][0].replace("bidding", "offering").replace("write_bid", "write_offer")
    assert findings("LTC335", other) == ()


def test_a_bid_without_any_role_of_delivery_is_found(findings: Found) -> None:
    (found,) = findings("LTC322", "roles: {s: S}\nstages: [{stage: a, activities: [{activity: 投标, raci: {A: s}}]}]\n")
    assert "no role for delivery is declared" in found.problem


def test_to_be_heard_before_the_bid_is_as_good_as_in_it(findings: Found) -> None:
    for code, role in (("LTC322", "delivery_manager"), ("LTC335", "buyer")):
        text = CASES[code][0].replace("activities: [", f"activities: [{{activity: plan, raci: {{C: {role}}}}}, ")
        assert findings(code, text) == ()


@pytest.mark.parametrize(
    ("old", "new"), [("raci: {A: buyer}", "raci: {I: buyer}"), ("B, department", "B, external: true, department")]
)
def test_departments_without_work_or_outside_the_company_need_not_be_heard(old: str, new: str, findings: Found) -> None:
    assert findings("LTC335", CASES["LTC335"][0].replace(old, new)) == ()
