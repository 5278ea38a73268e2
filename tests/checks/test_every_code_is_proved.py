"""Every code of `ltcflow.check`: it fires on a wrong process, not on the nearest right one, and weighs what it should.

The cases stand in the modules beside this one, each in its ``CASES``: code -> (wrong text, (what to replace, by what),
where, words of the problem, witness).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from ltcflow import builder as b
from ltcflow.checks import CODES, RULES, check
from ltcflow.definition import read
from ltcflow.findings import Finding, Severity
from ltcflow.labels import has_cjk
from ltcflow.process import Process, RuleSetting

NO_FILE = {"LTC219"}
"""No file can say it: `test_joins_and_votes` builds it in Python."""
FROM_FILE = [code for code in CODES if code not in NO_FILE]
FIXED = [code for code in FROM_FILE if RULES[code].fixed]
FREE = [code for code in FROM_FILE if not RULES[code].fixed]
Found = Callable[[str, str], tuple[Finding, ...]]
Cases = Mapping[str, Any]


def process_of(text: str) -> Process:
    reading = read(f"ltcflow: 1\nprocess: example\n{text}", "example.yaml")
    assert reading.process is not None, [str(f) for f in reading.findings]
    return reading.process


def set_to(process: Process, code: str, level: str, reason: str = "") -> Process:
    others = [rule for rule in process.rules if rule.code != code]
    return attrs.evolve(process, rules=[*others, RuleSetting(code, level, reason)])


def of(code: str, process: Process) -> list[Finding]:
    return [f for f in check(process) if f.code == code]


def test_every_code_has_a_case(cases: Cases) -> None:
    assert sorted(cases) == FROM_FILE


@pytest.mark.parametrize("code", FROM_FILE)
def test_it_fires_on_a_wrong_process(code: str, cases: Cases, findings: Found) -> None:
    case = cases[code]
    (found,) = findings(code, case.wrong)
    assert found.where == case.where
    assert found.severity is RULES[code].severity
    assert case.says in found.problem
    assert found.witness == case.witness


@pytest.mark.parametrize("code", FROM_FILE)
def test_it_says_what_to_do_in_english_and_chinese(code: str, cases: Cases, findings: Found) -> None:
    (found,) = findings(code, cases[code].wrong)
    assert {found.problem[-1], found.remedy[-1]} <= {".", "?", ")"}
    assert has_cjk(found.problem_zh)
    assert has_cjk(found.remedy_zh)
    assert str(found).isprintable()


@pytest.mark.parametrize("code", FROM_FILE)
def test_it_does_not_fire_on_the_nearest_right_process(code: str, cases: Cases, findings: Found) -> None:
    assert findings(code, cases[code].right) == ()


@pytest.mark.parametrize("code", FIXED)
def test_the_smallest_change_that_mends_an_error_brings_no_other_error(code: str, cases: Cases) -> None:
    right = check(process_of(cases[code].right))
    assert [f for f in right if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("code", FIXED)
@pytest.mark.parametrize("level", ["off", "warning"])
def test_what_always_holds_is_neither_switched_off_nor_demoted(code: str, level: str, cases: Cases) -> None:
    process = set_to(process_of(cases[code].wrong), code, level, "we know" * (level == "off"))
    assert [f.severity for f in of(code, process)] == [Severity.ERROR]
    assert f"rules.{code}" in {f.where for f in of("LTC301", process)}


@pytest.mark.parametrize("code", FIXED)
def test_to_call_an_error_an_error_is_no_fault(code: str, cases: Cases) -> None:
    process = set_to(process_of(cases[code].wrong), code, "error")
    assert [f.severity for f in of(code, process)] == [Severity.ERROR]
    assert f"rules.{code}" not in {f.where for f in of("LTC301", process)}


@pytest.mark.parametrize("code", FREE)
@pytest.mark.parametrize("level", ["error", "warning"])
def test_a_rule_of_the_domain_takes_the_level_it_is_given(code: str, level: str, cases: Cases) -> None:
    before = of(code, process_of(cases[code].wrong))
    after = of(code, set_to(process_of(cases[code].wrong), code, level))
    assert after == [attrs.evolve(f, severity=Severity(level)) for f in before]


@pytest.mark.parametrize("code", FREE)
def test_a_rule_of_the_domain_is_switched_off_with_a_reason(code: str, cases: Cases) -> None:
    process = process_of(cases[code].wrong)
    off = set_to(process, code, "off", "agreed with the board")
    assert of(code, off) == []
    assert {f for f in check(process) if f.code not in (code, "LTC336")} == {
        f for f in check(off) if f.code not in (code, "LTC336")
    }


def test_a_promoted_rule_stands_in_the_way_of_a_project(cases: Cases) -> None:
    process = process_of(cases["LTC312"].wrong)
    assert not [f for f in check(process) if f.severity is Severity.ERROR]
    assert [f.code for f in check(set_to(process, "LTC312", "error")) if f.severity is Severity.ERROR] == ["LTC312"]


def test_the_findings_of_plugins_follow_the_settings_as_well() -> None:
    def no_draft(process: Process) -> list[Finding]:
        return [Finding(code="ACME01", where="stages", problem="is a draft.", remedy="Finish it.")]

    process = b.process("example")
    assert [f.severity for f in check(process, [no_draft]) if f.code == "ACME01"] == [Severity.ERROR]
    off = set_to(process, "ACME01", "off", "not here")
    assert not [f for f in check(off, [no_draft]) if f.code in ("ACME01", "LTC300")]
    warned = set_to(process, "ACME01", "warning")
    assert [f.severity for f in check(warned, [no_draft]) if f.code == "ACME01"] == [Severity.WARNING]
