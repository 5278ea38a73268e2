"""LTC310, 312, 313, 316, 317, 321, 323, 333, 337: who sponsors, who answers, who decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC310": (
        "roles: {company: {en: The company, body: true, sponsor: true}}\n",
        ("body: true", "at_most: 1"),
        "roles.company",
        "is the sponsor, but is a body",
        ("company",),
    ),
    "LTC312": (
        "roles: {seller: S, boss: B}\nstages: [{stage: bid, activities: [{activity: price, raci: {R: seller}}]}]\n",
        ("{R: seller}", "{R: seller, A: boss}"),
        "stages.bid.activities.price.raci",
        "nobody is accountable",
        (),
    ),
    "LTC313": (
        """
roles: {team: {en: Sales team, body: true}}
stages: [{stage: bid, activities: [{activity: price, raci: {A: team}}]}]
""",
        (", body: true", ""),
        "stages.bid.activities.price.raci.A[0]",
        "a body ('team')",
        ("team",),
    ),
    "LTC316": (
        """
roles: {boss: {en: Boss, first_responsible: true}, seller: {en: Seller, first_responsible: true}}
""",
        ("Seller, first_responsible: true", "Seller"),
        "roles.seller",
        "beside 'boss'",
        ("boss", "seller"),
    ),
    "LTC317": (
        """
roles: {boss: B, seller: S}
stages:
  - stage: bid
    activities: [{activity: price, raci: {R: seller, A: boss}}]
    gates: [{gate: atb, kind: decision, decided_by: [boss, seller], criteria: [{done: price}]}]
""",
        ("A: boss", "A: seller"),
        "stages.bid.gates.atb.decided_by",
        "('boss', 'seller')",
        ("boss", "seller"),
    ),
    "LTC321": (
        """
roles: {seller: S, customer: {en: Customer, external: true}}
stages: [{stage: bid, activities: [{activity: price, raci: {R: seller, A: customer}}]}]
""",
        ("{R: seller, A: customer}", "{R: customer, A: customer}"),
        "stages.bid.activities.price.raci.A[0]",
        "'customer', from outside the company, is accountable for the work of 'seller'",
        ("customer", "seller"),
    ),
    "LTC323": (
        """
roles: {seller: S, guest: G}
separation_of_duties: [[seller, guest]]
stages: [{stage: bid, activities: [{activity: price, raci: {A: seller}}]}]
""",
        ("{A: seller}", "{A: seller, I: guest}"),
        "roles.guest",
        "neither a duty nor a vote",
        ("guest",),
    ),
    "LTC337": (
        "roles: {seller: S, board: B}\nseparation_of_duties: [[seller]]\n",
        ("[seller]", "[seller, board]"),
        "separation_of_duties[0]",
        "keeps nobody apart: it names 'seller' alone",
        ("seller",),
    ),
    "LTC333": (
        """
roles: {owner: {en: Owner, sponsor: true}}
stages: [{stage: bid, activities: [{activity: price, raci: {I: owner}}]}]
""",
        ("{I: owner}", "{C: owner}"),
        "roles.owner",
        "takes no part",
        ("owner",),
    ),
}


def test_without_a_sponsor_or_first_responsible_person_the_roles_are_to_blame(findings: Found) -> None:
    for code in ("LTC310", "LTC316"):
        assert [f.where for f in findings(code, "roles: {seller: S}\n")] == ["roles"]


def test_a_sponsor_from_outside_is_no_sponsor(findings: Found) -> None:
    (found,) = findings("LTC310", "roles: {customer: {en: C, sponsor: true, external: true}}\n")
    assert "outside the company" in found.problem


@pytest.mark.parametrize(("mark", "says"), [("body", "is a body"), ("external", "is outside the company")])
def test_the_first_responsible_person_is_a_person_of_the_company(mark: str, says: str, findings: Found) -> None:
    (found,) = findings("LTC316", f"roles: {{team: {{en: T, first_responsible: true, {mark}: true}}}}\n")
    assert (found.where, found.witness) == ("roles.team", ("team",))
    assert says in found.problem


def test_one_person_sponsors(findings: Found) -> None:
    text = "roles: {boss: {en: B, sponsor: true}, owner: {en: O, sponsor: true}}\n"
    (found,) = findings("LTC310", text)
    assert (found.where, found.witness) == ("roles.owner", ("boss", "owner"))
    assert "beside 'boss'" in found.problem


def test_several_accountable_roles_are_named(findings: Found) -> None:
    text = "roles: {a: A, b: B}\nstages: [{stage: s, activities: [{activity: x, raci: {A: [a, b]}}]}]\n"
    (found,) = findings("LTC312", text)
    assert found.problem == "2 roles are accountable for it ('a', 'b'), so none is."
    assert found.witness == ("a", "b")


def test_the_responsible_role_is_suggested_as_the_accountable_one(findings: Found) -> None:
    (found,) = findings("LTC312", CASES["LTC312"][0])
    assert found.remedy == "Give exactly one role the duty A, such as 'seller'."


@pytest.mark.parametrize(("kind", "fires"), [("decision", 1), ("approval", 1), ("review", 0), ("acceptance", 0)])
def test_a_review_may_be_the_teams_own(kind: str, fires: int, findings: Found) -> None:
    assert len(findings("LTC317", CASES["LTC317"][0].replace("decision", kind))) == fires


def test_one_voter_from_outside_the_team_is_enough(findings: Found) -> None:
    text = CASES["LTC317"][0].replace("boss: B,", "boss: B, board: R,").replace("[boss, seller]", "[boss, board]")
    assert findings("LTC317", text) == ()
    veto = CASES["LTC317"][0].replace("boss: B,", "boss: B, board: R,")
    veto = veto.replace("[boss, seller]", "{roles: [boss, seller], rule: {veto: [board]}}")
    assert findings("LTC317", veto) == ()


def test_the_customer_may_answer_for_what_the_customer_does(findings: Found) -> None:
    text = "roles: {c: {en: C, external: true}}\nstages: [{stage: s, activities: [{activity: x, raci: {A: c}}]}]\n"
    assert findings("LTC321", text) == ()


def test_an_empty_set_and_a_set_that_binds_one_role_are_found_with_what_was_meant(findings: Found) -> None:
    found = findings("LTC337", "roles: {a: A, b: B}\nbinding_of_duties: [[], [a], [b]]\n")
    assert [f.where for f in found] == ["binding_of_duties[0]", "binding_of_duties[1]", "binding_of_duties[2]"]
    assert found[0].problem == "binds nobody together: it names no role."
    assert all("as in [a, b]" in f.remedy for f in found)


@pytest.mark.parametrize(
    "use",
    [
        "stages: [{stage: s, gates: [{gate: g, decided_by: a}]}]",
        "stages: [{stage: s, gates: [{gate: g, decided_by: {roles: [], rule: {veto: [a]}}}]}]",
        "stages: [{stage: s, gates: [{gate: g, criteria: [{risk: {}, owner: a}]}]}]",
        "facts: {n: {type: number, owner: a}}",
        "stages: [{stage: s, activities: [{activity: x, raci: {I: a}}]}]",
    ],
)
def test_a_duty_a_vote_a_criterion_or_a_fact_gives_a_role_something_to_do(use: str, findings: Found) -> None:
    assert findings("LTC323", f"roles: {{a: A}}\n{use}\n") == ()


@pytest.mark.parametrize("rule", ["owner", "{roles: [], rule: {veto: [owner]}}", "{roles: [], rule: {chair: owner}}"])
def test_a_sponsor_with_a_vote_takes_part(rule: str, findings: Found) -> None:
    gate = f"stages: [{{stage: s, gates: [{{gate: g, decided_by: {rule}}}]}}]"
    assert findings("LTC333", f"roles: {{owner: {{en: O, sponsor: true}}}}\n{gate}\n") == ()
