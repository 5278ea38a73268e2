"""LTC311, 314, 320, 330, 331, 338: points of control, what they judge, and what follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC311": (
        """
roles: {board: B}
stages: [{stage: bid, gates: [{gate: atb, decided_by: board, control_point: false}]}]
""",
        ("control_point: false", "control_point: true"),
        "process",
        "neither a milestone nor a gate",
        (),
    ),
    "LTC314": (
        "roles: {board: B}\nstages: [{stage: bid, gates: [{gate: atb, decided_by: board, criteria: []}]}]\n",
        ("criteria: []", "criteria: [{risk: {}}]"),
        "stages.bid.gates.atb.criteria",
        "has no criteria",
        (),
    ),
    "LTC320": (
        """
roles: {board: B}
stages:
  - {stage: bid, activities: [{activity: price}], gates: [{gate: atb, kind: review, decided_by: board}]}
""",
        ("kind: review", "kind: review, recycle_to: price"),
        "stages.bid.gates.atb.recycle_to",
        "no recycle_to",
        (),
    ),
    "LTC330": (
        """
facts: {rush: {type: yes_no}, grade: {type: choice, of: [A, B]}}
stages:
  - stage: bid
    order: choice
    at_least: 2
    activities:
      - activity: price
      - {activity: quality, when: not rush}
      - {activity: visit, when: "not rush and grade == 'A'"}
""",
        ("when: not rush}", "when: rush or grade == 'B'}"),
        "stages.bid.at_least",
        "asks for 2 activities, but only 1 apply when rush = yes",
        ("rush = yes",),
    ),
    "LTC338": (
        """
stages:
  - {stage: survey, entered_when: known, activities: [{activity: visit}, {activity: report}]}
  - {stage: bid, activities: [{activity: price}]}
milestones: {known: {after: [price]}}
""",
        ("after: [price]", "after: [visit]"),
        "stages.survey.entered_when",
        "'known' comes only after the stage has ended",
        ("survey.finish", "bid.start", "price", "known"),
    ),
    "LTC331": (
        """
milestones:
  signed: {payments: [{share: 0.6, due: 30ed}]}
  accepted: {payments: [{share: 0.3, due: 30ed}, {share: 0.11}]}
""",
        ("0.11", "0.10"),
        "milestones",
        "101% of the contract due (0.6 + 0.3 + 0.11)",
        ("signed", "accepted"),
    ),
}


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("stages: [{stage: bid, activities: [{activity: a}]}]", 1),
        ("milestones: {signed: }", 0),
        ("roles: {r: R}\nstages: [{stage: bid, gates: [{gate: g, decided_by: r}]}]", 0),
    ],
)
def test_a_milestone_or_a_gate_is_a_control_point(text: str, fires: int, findings: Found) -> None:
    assert len(findings("LTC311", f"{text}\n")) == fires


@pytest.mark.parametrize(
    ("kind", "fires"), [("review", 1), ("decision", 1), ("acceptance", 1), ("approval", 0), ("readiness", 0)]
)
def test_who_judges_work_can_send_it_back(kind: str, fires: int, findings: Found) -> None:
    assert len(findings("LTC320", CASES["LTC320"][0].replace("review", kind))) == fires


def test_a_choice_that_can_never_be_made_is_not_told_twice(findings: Found) -> None:
    text = CASES["LTC330"][0].replace("at_least: 2", "at_least: 4")
    assert len(findings("LTC215", text)) == 1
    assert findings("LTC330", text) == ()


def test_a_choice_is_judged_only_where_its_stage_applies(findings: Found) -> None:
    text = CASES["LTC330"][0].replace("order: choice", "order: choice\n    when: not rush")
    assert findings("LTC330", text.replace(" and grade == 'A'", "")) == ()


def test_instalments_that_may_not_fall_due_and_amounts_do_not_count(findings: Found) -> None:
    base = "facts: {big: {type: yes_no}}\nmilestones: {a: {payments: [{share: 0.9}]}, b: {PAY}}\n"
    assert len(findings("LTC331", base.replace("PAY", "payments: [{share: 0.2}]"))) == 1
    assert findings("LTC331", base.replace("PAY", "when: big, payments: [{share: 0.2}]")) == ()
    assert findings("LTC331", base.replace("PAY", "payments: [{amount: 5, currency: CNY}]")) == ()


def test_shares_are_added_exactly(findings: Found) -> None:
    tenths = ", ".join(["{share: 0.1}"] * 10)
    assert findings("LTC331", f"milestones: {{a: {{payments: [{tenths}]}}}}\n") == ()
