"""LTC318, 319, 327, 329: deliverables are made, read in order, and used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ltcflow import projects as p
from ltcflow.definition import loads
from ltcflow.findings import Finding
from ltcflow.roles import as_team

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC318": (
        """
deliverables: {book: {en: Solution}}
stages:
  - stage: bid
    activities: [{activity: price, in: book}, {activity: solution, out: book, after: []}]
""",
        ("price, in: book", "price, in: book, after: [solution]"),
        "stages.bid.activities.price.in[0]",
        "reads 'book', but 'solution', which makes it, does not come before",
        ("price", "solution"),
    ),
    "LTC319": (
        """
roles: {board: B}
deliverables: {request: {en: Request}}
stages:
  - stage: bid
    activities: [{activity: receive}]
    gates: [{gate: atb, decided_by: board, criteria: [{delivered: request}]}]
""",
        ("activity: receive", "activity: receive, out: request"),
        "deliverables.request",
        "(stages.bid.gates.atb.criteria[0])",
        ("request",),
    ),
    "LTC329": (
        """
roles: {board: B}
deliverables: {offer: {en: Offer}}
stages:
  - {stage: approach, order: choice, activities: [{activity: write, out: offer}, {activity: visit}]}
  - {stage: decide, gates: [{gate: atb, decided_by: board, criteria: [{delivered: offer}]}]}
""",
        ("activity: visit", "activity: visit, out: offer"),
        "stages.decide.gates.atb.criteria[0]",
        "asks for 'offer', but 'write', which makes it, need not be chosen in 'approach'",
        ("offer", "write"),
    ),
    "LTC327": (
        """
deliverables: {contract: {en: Contract}}
stages: [{stage: bid, activities: [{activity: sign}]}]
""",
        ("activity: sign", "activity: sign, out: contract"),
        "deliverables.contract",
        "nothing leaves it behind",
        ("contract",),
    ),
}
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = {"seller": "li.wei", "board": "chen.jie"}
HEAD = "roles: {r: R}\ndeliverables: {book: B}\n"


@pytest.mark.parametrize(
    "use",
    [
        "stages: [{stage: s, activities: [{activity: a, in: book}]}]",
        "stages: [{stage: s, gates: [{gate: g, decided_by: r, in: [book]}]}]",
        "stages: [{stage: s, gates: [{gate: g, decided_by: r, criteria: [{delivered: book}]}]}]",
        "stages: [{stage: s, succeeded_when: [{delivered: book}]}]",
        "milestones: {m: {criteria: [{delivered: book}]}}",
    ],
)
def test_whatever_needs_a_deliverable_uses_it_and_wants_a_maker(use: str, findings: Found) -> None:
    assert findings("LTC327", f"{HEAD}{use}\n") == ()
    assert [f.witness for f in findings("LTC319", f"{HEAD}{use}\n")] == [("book",)]


def test_a_deliverable_that_is_needed_twice_and_made_by_nobody_is_told_once(findings: Found) -> None:
    twice = "stages: [{stage: s, activities: [{activity: a, in: book}, {activity: b, in: book}]}]\n"
    assert len(findings("LTC319", HEAD + twice)) == 1


def test_one_of_several_makers_before_the_reader_is_enough(findings: Found) -> None:
    one = "{activity: a, out: book}, {activity: b, in: book}, {activity: c, out: book}"
    assert findings("LTC318", f"{HEAD}stages: [{{stage: s, activities: [{one}]}}]\n") == ()


def test_who_reads_what_he_makes_himself_is_not_early(findings: Found) -> None:
    assert (
        findings("LTC318", f"{HEAD}stages: [{{stage: s, activities: [{{activity: a, in: book, out: book}}]}}]\n") == ()
    )


def test_a_maker_that_runs_along_a_stage_has_made_it_once_the_stage_has_begun(findings: Found) -> None:
    spans = "{activity: a, every: 1w, out: book}"
    assert findings("LTC318", f"{HEAD}stages: [{{stage: s, activities: [{spans}, {{activity: b, in: book}}]}}]\n") == ()
    earlier = (
        f"[{{stage: s, activities: [{{activity: b, in: book}}]}}, {{stage: t, activities: [{spans}, {{activity: c}}]}}]"
    )
    assert len(findings("LTC318", f"{HEAD}stages: {earlier}\n")) == 1


def test_a_gate_that_reads_its_material_too_early_is_found(findings: Found) -> None:
    gate = "gates: [{gate: g, decided_by: r, in: book, after: []}]"
    text = f"{HEAD}stages: [{{stage: s, activities: [{{activity: a, out: book}}], {gate}}}]\n"
    assert [f.where for f in findings("LTC318", text)] == ["stages.s.gates.g.in[0]"]
    assert findings("LTC318", text.replace(", after: []", "")) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order: choice", "order: choice, at_least: 2"),
        ("order: choice", "order: parallel"),
        ("write, out: offer", "write, out: offer, every: 1w"),
        ("{activity: visit}", "{activity: visit, continuous: true}"),
        ("{stage: decide,", "{stage: decide, activities: [{activity: mend, out: offer}],"),
    ],
)
def test_what_no_choice_can_leave_out_is_certain(old: str, new: str, findings: Found) -> None:
    assert findings("LTC329", CASES["LTC329"][0].replace(old, new)) == ()


def test_makers_in_several_choices_may_all_be_left_out(findings: Found) -> None:
    stage = "{stage: more, order: choice, activities: [{activity: edit, out: offer}, {activity: wait}]}"
    text = CASES["LTC329"][0].replace("  - {stage: decide", f"  - {stage}\n  - {{stage: decide")
    (found,) = findings("LTC329", text)
    assert found.witness == ("offer", "write", "edit")


def test_a_choice_that_facts_make_leaves_nothing_out(findings: Found) -> None:
    """Whenever the gate applies, only the maker can be chosen; without these conditions that is not certain."""
    text = CASES["LTC329"][0].replace("deliverables:", "facts: {tender: {type: yes_no}}\ndeliverables:")
    bound = text.replace("out: offer}", "out: offer, when: tender}").replace("visit}", "visit, when: not tender}")
    gated = bound.replace("gate: atb,", "gate: atb, when: tender,")
    assert findings("LTC329", gated) == ()
    assert len(findings("LTC329", bound)) == 1
    assert len(findings("LTC329", gated.replace("visit, when: not tender", "visit"))) == 1


def test_a_project_would_wait_for_ever_for_what_its_team_did_not_choose() -> None:
    """The story that LTC329 keeps from beginning: the dead end, had the project been started all the same."""
    team = "raci: {A: seller}"
    text = CASES["LTC329"][0].replace("board: B", "board: B, seller: S").replace("visit}", f"visit, {team}}}")
    text = text.replace("out: offer}", f"out: offer, {team}}}")
    process = loads(f"ltcflow: 1\nprocess: p\n{text}")
    refused = p.decide(process, p.NOTHING, p.StartProject(project="acme", team=TEAM, by="li.wei", at=AT))
    assert isinstance(refused, p.Refused)
    assert "LTC329" in refused.reasons[0].problem
    begun = p.ProjectState(project="acme", process="p", standing=p.Standing.RUNNING, team=as_team(TEAM))
    done = p.decide(process, begun, p.FinishActivity(activity="visit", by="li.wei", at=AT))
    assert isinstance(done, p.Accepted)
    state = p.replay(done.events, begun)
    for command in (
        p.CastVote(gate="atb", verdict="go", by="chen.jie", at=AT),
        p.StartActivity(activity="write", by="li.wei", at=AT),
        p.SubmitDeliverable(deliverable="offer", by="li.wei", at=AT),
    ):
        assert isinstance(p.decide(process, state, command), p.Refused)
