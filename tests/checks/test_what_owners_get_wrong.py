"""What owners of a process get wrong, and the clear answer that they get: from the reader, or from `ltcflow.check`."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from ltcflow.checks import check
from ltcflow.definition import locate, read
from ltcflow.findings import Finding


class Slip(NamedTuple):
    """A wrong text, the code of the finding, the text at its place, words of it."""

    text: str
    code: str
    at: str
    says: tuple[str, ...]


READING = {
    "several ids in one text": Slip(
        "stages: [{stage: s, activities: [{activity: c, after: 'a, b'}]}]",
        "LTC115",
        "'a, b'",
        ("'a, b' is not a snake_case id", "Write [a, b]."),
    ),
    "several ids with the comma of a Chinese keyboard": Slip(
        "stages: [{stage: s, gates: [{gate: g, decided_by: 董事会、法务}]}]",
        "LTC115",
        "董事会",
        ("Write [董事会, 法务].",),
    ),
    "a full-width colon behind a key": Slip(
        "stages：\n  - stage: bid\n", "LTC106", "：", ("Write the colon as ':' with a space behind it.",)
    ),
    "a full-width colon further down": Slip(
        "stages:\n  - stage: bid\n    activities：\n      - activity: a\n", "LTC106", "：", ("Write the colon as ':'",)
    ),
    "a full-width colon in braces": Slip("stages: [{stage：bid}]", "LTC111", "stage：", ("Write the colon as ':'",)),
    "a full-width colon in a list": Slip("stages:\n  - stage：bid", "LTC113", "stage：", ("Write the colon as ':'",)),
    "a comma in a text in braces": Slip(
        "title: {zh: 总结经验,并改进, en: Lessons}",
        "LTC111",
        "并改进",
        ("A comma ends a text inside braces.", "quotes"),
    ),
    "a number with commas in braces": Slip(
        "stages: [{stage: s, when: amount > 1,000}]", "LTC111", "000", ("A comma ends a text inside braces.", "quotes")
    ),
    "a key without its value in braces": Slip(
        "stages: [{stage: s, binding}]", "LTC111", "binding", ("A comma ends a text inside braces.",)
    ),
    "gates beside the stages": Slip("gates: [{gate: atb}]", "LTC111", "gates", ("Put 'gates' inside stages.",)),
    "a duration on a stage": Slip(
        "stages: [{stage: s, duration: 5d}]", "LTC111", "duration", ("Put 'duration' inside activities.",)
    ),
    "a quorum beside the rule": Slip(
        "stages: [{stage: s, gates: [{gate: g, decided_by: {roles: r, quorum: 2}}]}]",
        "LTC111",
        "quorum",
        ("Put 'quorum' inside rule.",),
    ),
    "a key in the singular": Slip("role: {seller: S}", "LTC111", "role", ("Did you mean 'roles'",)),
    "a misspelt key": Slip("stagess: []", "LTC111", "stagess", ("Did you mean 'stages'?",)),
    "roles as a list of texts": Slip("roles: [seller]", "LTC113", "seller", ("should be a role",)),
    "one criterion without its list": Slip(
        "milestones: {m: {criteria: {done: a}}}", "LTC113", "{done", ("a list of criteria", "[{done: solution}]")
    ),
    "thirty per cent as a text": Slip("milestones: {m: {payments: [{share: 30%}]}}", "LTC113", "30%", ("0.3",)),
    "a duration in words": Slip(
        "stages: [{stage: s, activities: [{activity: a, duration: 两周}]}]", "LTC116", "两周", ("3d, 4h, 1w",)
    ),
    "off without a reason": Slip("rules: {LTC310: off}", "LTC114", "off", ('Write {off: "why"}',)),
    "yes for true": Slip("roles: {a: {body: yes}}", "LTC113", "yes", ("should be true or false",)),
    "at_least on a sequence": Slip("stages: [{stage: s, at_least: 2}]", "LTC120", "2", ("only with order: choice",)),
}
ROLES = "roles: {board: B, seller: S, lawyer: {en: L, legal: true}}\n"
JUDGING = {
    "the same stage again": Slip(
        "stages:\n  - {stage: bid}\n  - {stage: bid}  # again\n",
        "LTC211",
        "bid}  # again",
        ("'bid'", "a stage has already"),
    ),
    "the same gate in two stages": Slip(
        "stages:\n  - {stage: a, gates: [{gate: atb}]}\n  - {stage: b, gates: [{gate: atb}]}  # again\n",
        "LTC211",
        "atb}]}  # again",
        ("stages.a.gates.atb",),
    ),
    "a stage that waits for its own gate": Slip(
        "stages: [{stage: bid, after: [atb], gates: [{gate: atb}]}]",
        "LTC210",
        "[atb]",
        ("bid.start -> atb -> bid.start",),
    ),
    "two stages that wait for each other": Slip(
        "stages: [{stage: one, after: two, activities: [{activity: a}]}, {stage: two}]", "LTC210", "two", ("one.start",)
    ),
    "milestones that wait for each other": Slip(
        "milestones: {a: {after: [b]}, b: {after: [a]}}", "LTC210", "[b]", ("a -> b -> a",)
    ),
    "a milestone that asks for itself": Slip(
        "milestones: {a: {criteria: [{done: a}]}}", "LTC217", "a}]", ("waits for ever for itself",)
    ),
    "a gate that asks for the end of its stage": Slip(
        "stages: [{stage: s, gates: [{gate: g, criteria: [{done: s}]}]}]",
        "LTC217",
        "s}]",
        ("'s' comes only after 'g'",),
    ),
    "a gate for the papers of work that is skipped": Slip(
        "facts: {big: {type: yes_no}}\ndeliverables: {offer: O}\n"
        "stages: [{stage: s, activities: [{activity: a, when: big, out: offer}],"
        " gates: [{gate: g, when: not big, criteria: [{delivered: offer}]}]}]",
        "LTC217",
        "offer}]}]",
        ("for 'offer' when big = no", "'a', which would leave it behind, is skipped then"),
    ),
    "a contract signed before the lawyers read it": Slip(
        "stages: [{stage: s, activities: [{activity: sign_contract}, {activity: review, raci: {A: lawyer}}]}]",
        "LTC315",
        "sign_contract",
        ("signs a contract without a legal review", "'lawyer'"),
    ),
    "a criterion for a paper that is not declared": Slip(
        "milestones: {m: {criteria: [{delivered: contrct}]}}\ndeliverables: {contract: C}",
        "LTC110",
        "contrct",
        ("'contrct'", "Did you mean 'contract'?"),
    ),
    "a choice of three out of two": Slip(
        "stages: [{stage: s, order: choice, at_least: 3, activities: [{activity: a}, {activity: b}]}]",
        "LTC215",
        "3",
        ("asks for 3", "only 2", "Write at_least: 2"),
    ),
    "a recycle to what comes later": Slip(
        "stages: [{stage: s, activities: [{activity: a}], gates: [{gate: g, recycle_to: b}]},"
        " {stage: t, activities: [{activity: b}]}]",
        "LTC220",
        "b}]",
        ("'b', which comes after it", "such as 'a'"),
    ),
    "a gate decided by a role of another name": Slip(
        "stages: [{stage: s, gates: [{gate: g, decided_by: bord}]}]", "LTC110", "bord", ("Did you mean 'board'?",)
    ),
    "a condition in the language of the office": Slip(
        "facts: {margin: {type: percent}}\nstages: [{stage: s, when: margin >= 15%}]", "LTC161", "15%", ("Write 0.15.",)
    ),
    "duties kept apart one by one": Slip(
        "separation_of_duties: [[seller], [board]]", "LTC337", "[seller]", ("keeps nobody apart", "[seller, board]")
    ),
    "an entry that comes after the exit": Slip(
        "stages: [{stage: s, entered_when: m, activities: [{activity: a}]}]\nmilestones: {m: {after: [s]}}",
        "LTC338",
        "m, act",
        ("'m' comes only after the stage has ended",),
    ),
}


def found(slip: Slip, findings: tuple[Finding, ...], whole: str) -> None:
    """Assert that one finding with the code stands where the slip is and says what it should."""
    mine = [f for f in findings if f.code == slip.code]
    assert mine, [str(f) for f in findings]
    first = mine[0]
    rest = whole.split("\n")[first.line - 1][first.column - 1 :]
    assert rest.startswith(slip.at), rest
    for words in slip.says:
        assert words in f"{first.problem} {first.remedy}", str(first)
    assert first.problem_zh
    assert first.remedy_zh


@pytest.mark.parametrize("name", READING)
def test_a_slip_of_the_pen_is_found_by_the_reader(name: str) -> None:
    slip = READING[name]
    whole = f"ltcflow: 1\nprocess: example\n{slip.text}"
    reading = read(whole, "example.yaml")
    assert reading.process is None
    found(slip, reading.findings, whole)


@pytest.mark.parametrize("name", JUDGING)
def test_a_slip_of_the_mind_is_found_by_the_checks(name: str) -> None:
    slip = JUDGING[name]
    whole = f"ltcflow: 1\nprocess: example\n{ROLES}{slip.text}"
    reading = read(whole, "example.yaml")
    assert reading.process is not None, [str(f) for f in reading.findings]
    found(slip, locate(check(reading.process), reading), whole)
