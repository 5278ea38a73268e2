"""LTC110: whatever names something declared elsewhere names it right, and the right kind of thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.checks import check
from ltcflow.definition import loads
from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC110": (
        """
stages:
  - stage: bid
    activities: [{activity: survey}, {activity: price, after: [survay]}]
""",
        ("survay", "survey"),
        "stages.bid.activities.price.after[0]",
        "'survay'",
        ("survay",),
    ),
}
WHOLE = """
facts: {margin: {type: percent, owner: ROLE1}}
roles: {seller: {en: Seller}, boss: {en: Boss}}
separation_of_duties: [[seller, ROLE2]]
binding_of_duties: [[ROLE3]]
deliverables: {offer: {en: Offer}}
stages:
  - stage: bid
    entered_when: MILESTONE1
    succeeded_when: [{delivered: PAPER1, owner: ROLE4}]
    activities:
      - {activity: price, out: PAPER2}
      - activity: check
        in: PAPER3
        after: [STEP1]
        raci: {R: [seller, ROLE5], A: ROLE6, C: ROLE7, I: ROLE8}
    gates:
      - gate: atb
        in: [PAPER4]
        after: [price, STEP2]
        raci: {C: ROLE9}
        decided_by: {roles: [boss, ROLE10], rule: {quorum: 1, veto: [ROLE11]}}
        criteria: [{done: STEP3}, {delivered: PAPER5}, {fact: margin > 0.1, owner: ROLE12}]
        recycle_to: STEP4
  - stage: sign
    after: [STEP5]
    gates:
      - {gate: chaired, decided_by: {roles: boss, rule: {chair: ROLE13}}}
milestones:
  won: {after: [STEP6], criteria: [{done: STEP7}]}
measures: {size: {fact: FACT1}}
principles: {fair: {applies_to: [ROLE14], kept_by: [STEP8]}}
"""
RIGHT = {"ROLE": "seller", "STEP": "price", "PAPER": "offer", "MILESTONE": "won", "FACT": "margin"}
WHERE = {
    "ROLE1": "facts.margin.owner",
    "ROLE2": "separation_of_duties[0][1]",
    "ROLE3": "binding_of_duties[0][0]",
    "ROLE4": "stages.bid.succeeded_when[0].owner",
    "ROLE5": "stages.bid.activities.check.raci.R[1]",
    "ROLE6": "stages.bid.activities.check.raci.A[0]",
    "ROLE7": "stages.bid.activities.check.raci.C[0]",
    "ROLE8": "stages.bid.activities.check.raci.I[0]",
    "ROLE9": "stages.bid.gates.atb.raci.C[0]",
    "ROLE10": "stages.bid.gates.atb.decided_by.roles[1]",
    "ROLE11": "stages.bid.gates.atb.decided_by.rule.veto[0]",
    "ROLE12": "stages.bid.gates.atb.criteria[2].owner",
    "ROLE13": "stages.sign.gates.chaired.decided_by.rule.chair",
    "ROLE14": "principles.fair.applies_to[0]",
    "STEP1": "stages.bid.activities.check.after[0]",
    "STEP2": "stages.bid.gates.atb.after[1]",
    "STEP3": "stages.bid.gates.atb.criteria[0]",
    "STEP4": "stages.bid.gates.atb.recycle_to",
    "STEP5": "stages.sign.after[0]",
    "STEP6": "milestones.won.after[0]",
    "STEP7": "milestones.won.criteria[0]",
    "STEP8": "principles.fair.kept_by[0]",
    "PAPER1": "stages.bid.succeeded_when[0]",
    "PAPER2": "stages.bid.activities.price.out[0]",
    "PAPER3": "stages.bid.activities.check.in[0]",
    "PAPER4": "stages.bid.gates.atb.in[0]",
    "PAPER5": "stages.bid.gates.atb.criteria[1]",
    "MILESTONE1": "stages.bid.entered_when",
    "FACT1": "measures.size.fact",
}


def filled(wrong: str = "", name: str = "") -> str:
    """Return WHOLE with right names everywhere; with *name* in the place of *wrong*."""
    text = WHOLE
    for place in sorted(WHERE, key=len, reverse=True):
        right = RIGHT[place.rstrip("0123456789")]
        text = text.replace(place, name if place == wrong else right)
    return text


def test_the_process_with_every_kind_of_reference_is_right(findings: Found) -> None:
    assert findings("LTC110", filled()) == ()


@pytest.mark.parametrize("place", WHERE)
def test_a_name_that_is_not_declared_is_found_in_every_place(place: str, findings: Found) -> None:
    right = RIGHT[place.rstrip("0123456789")]
    (found,) = findings("LTC110", filled(place, f"{right}x"))
    assert found.where == WHERE[place]
    assert found.problem.startswith(f"names '{right}x', but no ")
    assert found.remedy == f"Did you mean '{right}'?"
    assert found.witness == (f"{right}x",)


@pytest.mark.parametrize("place", [p for p in WHERE if p not in ("ROLE14", "STEP8")])
def test_a_name_of_another_kind_of_thing_is_found_in_every_place(place: str, findings: Found) -> None:
    other = "margin" if not place.startswith("FACT") else "seller"
    kind = "fact" if other == "margin" else "role"
    (found,) = findings("LTC110", filled(place, other))
    assert found.where == WHERE[place]
    assert f"names '{other}', which is a {kind}, not " in found.problem


def test_without_a_near_name_the_declared_ones_are_shown(findings: Found) -> None:
    (found,) = findings("LTC110", filled("PAPER1", "zzz"))
    assert found.remedy == "Declare it, or remove it here. Declared: offer."


def test_every_wrong_name_is_its_own_finding() -> None:
    text = "ltcflow: 1\nprocess: p\nstages: [{stage: bid, activities: [{activity: a, after: [x, y], in: [x]}]}]\n"
    found = [f for f in check(loads(text)) if f.code == "LTC110"]
    assert [f.where.rpartition(".")[2] for f in found] == ["after[0]", "after[1]", "in[0]"]
