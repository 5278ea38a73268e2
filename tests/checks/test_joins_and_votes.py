"""LTC214, 215, 217 to 219, 221 to 239: nothing waits for ever, every gate can be decided, every team can be found."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from ltcflow import builder as b
from ltcflow.checks import check
from ltcflow.findings import Finding, Severity
from ltcflow.graph import soundness

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC214": (
        """
facts: {grade: {type: choice, of: [A, B, C]}}
stages: [{stage: bid, when: grade == 'A', activities: [{activity: light, when: grade == 'C'}]}]
""",
        ("grade == 'C'", "grade != 'C'"),
        "stages.bid.activities.light.when",
        "(grade == 'C') together with its stage's (grade == 'A')",
        ("grade == 'C'", "grade == 'A'"),
    ),
    "LTC215": (
        """
stages:
  - {stage: bid, order: choice, at_least: 3, activities: [{activity: price}, {activity: quality}]}
""",
        ("at_least: 3", "at_least: 2"),
        "stages.bid.at_least",
        "asks for 3 of its activities, but only 2",
        ("price", "quality"),
    ),
    "LTC217": (
        """
facts: {grade: {type: choice, of: [A, B, C]}}
roles: {board: {en: Board}}
deliverables: {sheet: {en: Price sheet}}
stages:
  - stage: bid
    order: parallel
    activities: [{activity: full, when: grade == 'A', out: sheet}, {activity: quick, when: grade == 'B', out: sheet}]
    gates: [{gate: atb, decided_by: board, criteria: [{delivered: sheet}]}]
""",
        ("grade == 'B'", "grade != 'A'"),
        "stages.bid.gates.atb.criteria[0]",
        "'sheet' when grade = 'C': 'full', 'quick', which would leave it behind, are skipped then",
        ("grade = 'C'", "full", "quick"),
    ),
    "LTC218": (
        """
facts: {amount: {type: money, currency: CNY}}
roles: {board: {en: Board}}
stages:
  - stage: bid
    gates: [{gate: small, when: amount < 100, decided_by: board, criteria: [{fact: amount >= 500}]}]
""",
        ("amount >= 500", "amount >= 50"),
        "stages.bid.gates.small.criteria[0]",
        "where it applies (amount < 100): amount >= 500",
        ("amount >= 500", "amount < 100", "amount = 99 CNY"),
    ),
    "LTC221": (
        "roles: {board: {en: Board}}\nstages: [{stage: bid, gates: [{gate: atb, raci: {R: board}}]}]\n",
        ("raci: {R: board}", "decided_by: board"),
        "stages.bid.gates.atb.decided_by",
        "names no role that decides it",
        (),
    ),
    "LTC223": (
        """
roles: {boss: {en: Boss, at_most: 1}, deputy: {en: Deputy, at_most: 1}}
stages: [{stage: bid, gates: [{gate: atb, decided_by: {roles: [boss, deputy], rule: {quorum: 3}}}]}]
""",
        ("quorum: 3", "quorum: 2"),
        "stages.bid.gates.atb.decided_by",
        "needs 3 votes, but no more than 2 can be cast (boss: 1, deputy: 1)",
        ("boss: 1", "deputy: 1"),
    ),
    "LTC224": (
        """
roles: {seller: {en: Seller}, lead: {en: Lead}, board: {en: Board}}
separation_of_duties: [[seller, board]]
binding_of_duties: [[seller, lead], [lead, board]]
""",
        (", [lead, board]]", "]"),
        "separation_of_duties[0]",
        "seller = lead = board",
        ("seller", "lead", "board"),
    ),
    "LTC227": (
        """
facts: {amount: {type: money, currency: CNY}}
roles: {seller: {en: Seller}, ceo: {en: CEO}}
stages:
  - stage: bid
    gates:
      - gate: price
        approval_matrix:
          - {when: amount < 1_000_000, decided_by: seller}
          - {when: amount > 1_000_000, decided_by: ceo}
""",
        ("amount > 1_000_000", "amount >= 1_000_000"),
        "stages.bid.gates.price.approval_matrix",
        "no row applies when amount = 1_000_000 CNY",
        ("amount = 1_000_000 CNY",),
    ),
    "LTC228": (
        """
roles: {clerk: {en: Clerk, at_most: 1}, boss: {en: Boss}}
separation_rules: [{operational: [order, pay]}]
stages: [{stage: buy, activities: [{activity: order, raci: {R: clerk}}, {activity: pay, raci: {R: clerk}}]}]
""",
        ("activity: pay, raci: {R: clerk}", "activity: pay, raci: {R: boss}"),
        "separation_rules[0]",
        "needs 2 people for 'order', 'pay', but no more than 1 can do them (clerk: 1)",
        ("clerk: 1",),
    ),
    "LTC345": (
        """
facts: {amount: {type: money, currency: CNY}}
roles: {seller: {en: Seller}, ceo: {en: CEO}}
stages:
  - stage: bid
    gates:
      - gate: price
        approval_matrix:
          - {when: amount <= 1_000_000, decided_by: seller}
          - {when: amount >= 1_000_000, decided_by: ceo}
""",
        ("amount >= 1_000_000", "amount > 1_000_000"),
        "stages.bid.gates.price.approval_matrix[1]",
        "applies together with row 1 when amount = 1_000_000 CNY",
        ("amount = 1_000_000 CNY",),
    ),
    "LTC225": (
        "roles: {seller: {en: Seller}, buyer: {en: Buyer}}\nseparation_of_duties: [[seller, seller]]\n",
        ("[seller, seller]", "[seller, buyer]"),
        "separation_of_duties[0]",
        "'seller' twice",
        ("seller", "seller"),
    ),
    "LTC239": (
        """
facts: {price: {type: money, currency: CNY}, budget: {type: money, currency: CNY}}
roles: {board: {en: Board}}
deliverables: {offer: {en: Offer}}
stages:
  - stage: bid
    activities:
      - {activity: plain, when: price <= budget, out: offer}
      - {activity: special, when: price > budget, out: offer}
    gates: [{gate: atb, decided_by: board, criteria: [{delivered: offer}]}]
""",
        ("when: price <= budget, out", "out"),
        "stages.bid.gates.atb.criteria[0]",
        "no fault was found",
        (),
    ),
}


def test_a_limit_below_zero_is_found_in_values_that_no_validator_saw() -> None:
    """LTC219: neither a file nor the builder lets it through."""
    with attrs.validators.disabled():
        limits = [b.risk(allowed=allowed) for allowed in (-1, 0)]
    process = b.process("example", milestones=[b.milestone("signed", criteria=limits)])
    (found,) = [f for f in check(process) if f.code == "LTC219"]
    assert (found.where, found.severity) == ("milestones.signed.criteria[0]", Severity.ERROR)
    assert (found.witness, "-1" in found.problem, bool(found.remedy)) == (("-1",), True, True)
    off = attrs.evolve(process, rules=b.process("x", rules={"LTC219": {"off": "why not"}}).rules)
    assert [f.where for f in check(off) if f.code in ("LTC219", "LTC301")] == [found.where, "rules.LTC219"]


def test_a_choice_counts_what_can_apply_at_once_and_no_spans(findings: Found) -> None:
    head = "facts: {rush: {type: yes_no}}\nstages: [{stage: s, order: choice, at_least: 2, activities: ["
    never = "{activity: a, when: rush}, {activity: b, when: not rush}]}]\n"
    assert "only 1 can apply at once" in findings("LTC215", head + never)[0].problem
    assert findings("LTC215", head + "{activity: a}, {activity: b, when: rush}]}]\n") == ()
    spans = findings("LTC215", head + "{activity: a}, {activity: b, continuous: true}]}]\n")
    assert [f.witness for f in spans] == [("a",)]


@pytest.mark.parametrize(
    ("criteria", "says"),
    [
        ("g: {criteria: [{done: g}]}", "for itself"),
        ("g: {criteria: [{done: late}]}, late: {after: [g]}", "'late' comes only after 'g' (g -> late)"),
    ],
)
def test_a_join_that_asks_for_what_comes_after_it_waits_for_ever(criteria: str, says: str, findings: Found) -> None:
    (found,) = findings("LTC217", f"milestones: {{{criteria}}}\n")
    assert found.where == "milestones.g.criteria[0]"
    assert says in found.problem


def test_criteria_that_hold_each_other_up_are_both_named(findings: Found) -> None:
    found = findings("LTC217", "milestones: {a: {criteria: [{done: b}]}, b: {criteria: [{done: a}]}}\n")
    assert [f.where for f in found] == ["milestones.a.criteria[0]", "milestones.b.criteria[0]"]


def test_what_is_skipped_counts_as_done_but_delivers_nothing(findings: Found) -> None:
    head = "facts: {rush: {type: yes_no}}\nroles: {r: R}\ndeliverables: {offer: O}\n"
    work = "activities: [{{activity: a, when: rush, out: offer}}]"
    stage = f"stages: [{{{{stage: s, {work}, gates: [{{{{gate: g, decided_by: r, criteria: [{{}}]}}}}]}}}}]\n"
    assert findings("LTC217", head + stage.format("{done: a}")) == ()
    assert [f.witness for f in findings("LTC217", head + stage.format("{delivered: offer}"))] == [("rush = no", "a")]


def test_the_fewest_criteria_that_clash_are_shown(findings: Found) -> None:
    facts = "facts: {n: {type: number}, grade: {type: choice, of: [A, B]}}\n"
    text = "milestones: {m: {criteria: [{fact: n > 5}, {fact: grade == 'A'}, {fact: n < 3}]}}\n"
    (found,) = findings("LTC218", facts + text)
    assert found.witness == ("n > 5", "n < 3")
    assert "contradict each other: n > 5 and n < 3" in found.problem


@pytest.mark.parametrize(
    ("rule", "fires"),
    [
        ("nobody", True),
        ("[r, nobody]", False),
        ("{roles: [r], rule: {chair: nobody}}", True),
        ("{roles: [nobody], rule: {chair: r}}", False),
        ("{roles: [nobody], rule: {any: true, veto: [r]}}", False),
    ],
)
def test_a_gate_needs_one_declared_voter_and_a_declared_chair(rule: str, fires: bool, findings: Found) -> None:
    found = findings("LTC221", f"roles: {{r: R}}\nstages: [{{stage: s, gates: [{{gate: g, decided_by: {rule}}}]}}]\n")
    assert len(found) == fires
    assert all("not declared" in f.problem and "'nobody'" in f.problem for f in found)


def test_roles_bound_to_one_person_have_one_vote(findings: Found) -> None:
    roles = "roles: {a: A, b: B, c: C}\n"
    gate = "stages: [{stage: s, gates: [{gate: g, decided_by: {roles: [a, b], rule: {quorum: 2}}}]}]\n"
    assert findings("LTC223", roles + gate) == ()
    (found,) = findings("LTC223", f"{roles}binding_of_duties: [[a, c], [c, b]]\n{gate}")
    assert found.witness == ("a = b = c: 1",)


def test_a_proof_needs_no_apology_and_an_unproved_join_is_no_error() -> None:
    plain = b.process("p", stages=[b.stage("s", activities=[b.activity("a")])])
    assert soundness(plain) == ()
    assert [f for f in check(plain) if f.code == "LTC239"] == []
