"""Places of a process in its file, and the findings of a check led back to them."""

from __future__ import annotations

import pickle
import re

import attrs
import pytest

from ltcflow.definition import Places, Reading, locate, read
from ltcflow.definition.places import parents
from ltcflow.findings import Finding, Severity

TEXT = """\
ltcflow: 1
process: bid_project
version: "1.2"
calendar: CN
facts:
  amount: {type: money, currency: CNY}
roles: {seller: Seller}
separation_of_duties:
  - [seller, legal]
deliverables: {contract: Contract}
stages:
  - stage: bid
    when: 'amount > x'
    activities:
      - activity: solution
        after: [survay, {gate: nowhere, type: SS}]
        raci:
          R: nobody
      - title: Financing
        activity: financing
        after: survay
        when: >-
          amount
          > y
    gates:
      - gate: atb
        criteria:
          - done: solution
          - title: Margin
            fact: "amount > z"
milestones:
  signed:
    after: [atb]
rules:
  LTC310: error
"""

PLACES = {
    "process": "bid_project",
    "version": '"1.2"',
    "calendar": "CN",
    "facts.amount": "amount: {",
    "facts.amount.currency": "CNY}",
    "roles.seller": "seller: S",
    "separation_of_duties[0]": "[seller, legal",
    "separation_of_duties[0][1]": "legal]",
    "deliverables.contract": "contract: C",
    "stages": "stages:",
    "stages.bid": "bid\n",
    "stages.bid.when": "'amount > x'",
    "stages.bid.activities.solution": "solution\n        after",
    "stages.bid.activities.solution.after": "[survay",
    "stages.bid.activities.solution.after[0]": "survay, {",
    "stages.bid.activities.solution.after[1]": "nowhere",
    "stages.bid.activities.solution.raci": "raci:",
    "stages.bid.activities.solution.raci.R": "nobody",
    "stages.bid.activities.solution.raci.R[0]": "nobody",
    "stages.bid.activities.financing": "financing\n",
    "stages.bid.activities.financing.title": "Financing",
    "stages.bid.activities.financing.after[0]": "survay\n",
    "stages.bid.gates.atb.criteria[0]": "solution\n          - title",
    "stages.bid.gates.atb.criteria[1]": '"amount > z"',
    "stages.bid.gates.atb.criteria[1].fact": '"amount > z"',
    "milestones.signed": "signed:",
    "milestones.signed.after[0]": "atb]",
    "rules.LTC310": "LTC310",
}


@pytest.fixture(name="reading")
def _reading() -> Reading:
    reading = read(TEXT, "bid.yaml")
    assert reading.findings == ()
    assert reading.process is not None
    return reading


def finding(where: str, column: int = 0) -> Finding:
    return Finding(code="LTC110", where=where, problem="is wrong.", remedy="Mend it.", column=column)


@pytest.mark.parametrize("where", PLACES)
def test_a_path_leads_to_its_text(reading: Reading, where: str) -> None:
    file, line, column = reading.places[where]
    assert file == "bid.yaml"
    rest = "\n".join([TEXT.split("\n")[line - 1][column - 1 :], *TEXT.split("\n")[line:]])
    assert rest.startswith(PLACES[where]), rest[:40]


def test_findings_get_the_place_of_their_path_or_of_the_nearest_above(reading: Reading) -> None:
    exact, child, unknown, top = locate(
        [finding("roles.seller"), finding("roles.seller.sponsor"), finding("stages.bid.gates[7].x"), finding("")],
        reading,
    )
    assert (exact.file, exact.line, exact.column) == ("bid.yaml", 7, 9)
    assert (child.line, child.column) == (7, 9)
    assert (unknown.line, unknown.column) == (25, 5)
    assert (top.line, top.column) == (2, 10)


def test_a_column_of_a_condition_becomes_a_column_of_the_file(reading: Reading) -> None:
    where = {"stages.bid.when": (13, "x'"), "stages.bid.gates.atb.criteria[1]": (30, 'z"')}
    for path, (line, text) in where.items():
        found = locate([finding(path, column=10)], reading)[0]
        assert (found.line, TEXT.split("\n")[line - 1][found.column - 1 :]) == (line, text)
    folded = locate([finding("stages.bid.activities.financing.when", column=10)], reading)[0]
    assert (folded.line, folded.column) == (22, 15)


def test_a_quoted_text_with_escapes_gets_the_place_of_the_text() -> None:
    reading = read('ltcflow: 1\nprocess: a\nmilestones: {m: {when: "\\u0061 > x"}}\n', "a.yaml")
    found = locate([finding("milestones.m.when", column=5)], reading)[0]
    assert (found.line, found.column) == (3, 24)


def test_a_finding_with_a_line_is_left_alone(reading: Reading) -> None:
    given = attrs.evolve(finding("stages"), file="other.yaml", line=3, column=4, severity=Severity.WARNING)
    assert locate([given], reading) == (given,)


def test_a_reading_is_a_value(reading: Reading) -> None:
    again = pickle.loads(pickle.dumps(reading))
    assert again == reading == read(TEXT, "bid.yaml")
    assert hash(again) == hash(reading)
    assert again.places["process"] == reading.places["process"]
    assert isinstance(reading.places, Places)


def test_parents_of_a_path_end() -> None:
    assert list(parents("a.b[0].c")) == ["a.b[0].c", "a.b[0]", "a.b", "a"]
    assert list(parents("a[x].[")) != []
    assert list(parents("")) == []


def test_every_place_is_inside_the_text(reading: Reading) -> None:
    lines = TEXT.split("\n")
    for where, (_, line, column) in reading.places.items():
        assert re.match(r"\S", lines[line - 1][column - 1 :]), where
