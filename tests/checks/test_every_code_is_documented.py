"""Every code has a section on the page of findings that says what the code says, an example that triggers it, a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ltcflow.checks import CODES, RULES, check
from ltcflow.conditions import problems
from ltcflow.definition import CODES as READER_CODES
from ltcflow.definition import read
from ltcflow.graph import SOUNDNESS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
SECTIONS = {m[1]: m[0] for m in re.finditer(r"^### (LTC\d{3})\b.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)}
CONDITION_CODES = sorted({v for v in vars(problems).values() if isinstance(v, str) and re.fullmatch(r"LTC\d{3}", v)})
EVERY_CODE = sorted({*CODES, *SOUNDNESS, *CONDITION_CODES, *READER_CODES})


def test_the_table_has_every_code_of_soundness_and_of_the_condition_language() -> None:
    assert set(SOUNDNESS) <= set(RULES)
    assert set(CONDITION_CODES) == {code for code in RULES if "LTC150" <= code <= "LTC179"}
    assert [rule.code for rule in RULES.values()] == list(CODES) == sorted(CODES)


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_code_has_a_section(code: str) -> None:
    assert code in SECTIONS, f"docs/reference/findings.md has no section '### {code}: ...'"


def test_no_section_is_about_a_code_that_is_gone() -> None:
    assert set(SECTIONS) <= set(EVERY_CODE)


@pytest.mark.parametrize("code", CODES)
def test_a_section_says_what_the_rule_says(code: str) -> None:
    rule, section = RULES[code], SECTIONS[code]
    assert section.startswith(f"### {code}: {rule.title.en}\n")
    assert f"{rule.title.zh}. Severity: **{rule.severity.value}**." in section
    assert f"*Why:* {rule.why.en}\n" in section
    assert "*To mend:* " in section
    assert ("Cannot be switched off." in section) == rule.fixed


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_section_triggers_the_code(code: str) -> None:
    found = re.search(r"```(yaml|text)\n(.*?)```", SECTIONS[code], re.DOTALL)
    assert found is not None
    if found[1] == "text":
        assert code in ("LTC157", "LTC219"), "an example in YAML can be tried"
        return
    reading = read(f"ltcflow: 1\nprocess: example\n{found[2]}", "example.yaml")
    assert reading.process is not None, [str(f) for f in reading.findings]
    findings = [f for f in check(reading.process) if f.code == code]
    assert findings, [str(f) for f in check(reading.process)]


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_code_is_named_by_a_test(code: str) -> None:
    tests = (p for p in (ROOT / "tests").rglob("test_*.py") if p.name != Path(__file__).name)
    assert any(code in path.read_text(encoding="utf-8") for path in tests), f"no test names {code}"


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_one_function_that_says_its_code(code: str) -> None:
    assert (RULES[code].function.__doc__ or "").startswith(f"{code}: ")
    assert len({rule.function for rule in RULES.values()}) == len(RULES)
