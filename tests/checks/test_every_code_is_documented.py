"""Every code has a section on the page of findings that says what it means, an example that triggers it, a test."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from ltcflow.checks import CODES, RULES, check
from ltcflow.conditions import problems
from ltcflow.definition import CODES as READER_CODES
from ltcflow.definition import read
from ltcflow.findings import Finding
from ltcflow.graph import SOUNDNESS
from ltcflow.labels import has_cjk
from ltcflow.steering.promise_ledger import CODES as LEDGER_CODES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
SECTIONS = {m[1]: m[0] for m in re.finditer(r"^### (LTC\d{3})\b.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)}
CONDITION_CODES = sorted({v for v in vars(problems).values() if isinstance(v, str) and re.fullmatch(r"LTC\d{3}", v)})
SCHEDULE = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src" / "ltcflow" / "schedule").rglob("*.py"))
PLAN_CODES = sorted(set(re.findall(r'(?:code=|MISSED = )"(LTC4\d\d)"', SCHEDULE)))
"""Findings of plans; the errors among these codes stand on the page of errors."""
EVERY_CODE = sorted({*CODES, *SOUNDNESS, *CONDITION_CODES, *READER_CODES, *PLAN_CODES, *LEDGER_CODES})
NO_YAML = {"LTC101", "LTC102", "LTC104", "LTC122", "LTC219", *PLAN_CODES, *LEDGER_CODES}
"""What no text of a few lines can show: the example is a program."""


def example(code: str) -> tuple[str, str]:
    """Return the language and the text of the example of *code*."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", SECTIONS[code], re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{code} has {len(found)} examples"
    return found[0][0], found[0][1]


def test_the_table_has_every_code_of_soundness_and_of_the_condition_language() -> None:
    assert set(SOUNDNESS) <= set(RULES)
    assert set(CONDITION_CODES) == {code for code in RULES if "LTC150" <= code <= "LTC179"}
    assert [rule.code for rule in RULES.values()] == list(CODES) == sorted(CODES)
    assert list(READER_CODES) == sorted(READER_CODES)
    assert not set(READER_CODES) & set(CODES)


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_code_has_a_section(code: str) -> None:
    assert code in SECTIONS, f"docs/reference/findings.md has no section '### {code}: ...'"


def test_no_section_is_about_a_code_that_is_gone() -> None:
    assert set(SECTIONS) <= set(EVERY_CODE)


def test_the_sections_stand_in_the_order_of_their_codes() -> None:
    chapters = [re.findall(r"^### (.*?):", chapter, re.MULTILINE) for chapter in re.split(r"^## ", PAGE, flags=re.M)]
    assert all(codes == sorted(codes) for codes in chapters)
    assert sorted(code for codes in chapters for code in codes) == sorted(SECTIONS)


@pytest.mark.parametrize("code", CODES)
def test_a_section_says_what_the_rule_says(code: str) -> None:
    rule, section = RULES[code], SECTIONS[code]
    assert section.startswith(f"### {code}: {rule.title.en}\n")
    assert f"{rule.title.zh}. Severity: **{rule.severity.value}**." in section
    assert f"*Why:* {rule.why.en}\n" in section
    assert "*To mend:* " in section
    assert ("Cannot be switched off." in section) == rule.fixed


@pytest.mark.parametrize("code", READER_CODES)
def test_a_section_on_reading_says_what_the_reader_says(code: str) -> None:
    title, zh, meaning, why, *_ = (part for part in SECTIONS[code].split("\n") if part)
    assert title.startswith(f"### {code}: ")
    assert zh.endswith(". Severity: **error**. Cannot be switched off.")
    assert has_cjk(zh)
    assert meaning.startswith(READER_CODES[code])
    assert why.startswith("*Why:* ")
    assert "\n*To mend:* " in SECTIONS[code]


@pytest.mark.parametrize("code", EVERY_CODE)
def test_the_example_of_a_section_triggers_the_code(code: str) -> None:
    """```yaml is cut (two lines stand before it in the file), ```text is a whole file, ```python prints the code."""
    language, text = example(code)
    assert (language == "python") == (code in NO_YAML)
    if language == "python":
        assert code in printed(code, text)
        return
    whole = text if language == "text" else f"ltcflow: 1\nprocess: example\n{text}"
    codes = {finding.code for finding in findings_of(whole, code)}
    assert code in codes, codes


def findings_of(text: str, code: str) -> tuple[Finding, ...]:
    reading = read(text, "example.yaml")
    if code in READER_CODES:
        return reading.findings
    assert reading.process is not None, [str(f) for f in reading.findings]
    return check(reading.process)


def printed(code: str, text: str) -> str:
    """Return what the program *text* says it prints, after running it."""
    names: dict[str, object] = {}
    exec("from ltcflow.definition import read, read_file", names)
    test = doctest.DocTestParser().get_doctest(text, names, code, None, None)
    assert doctest.DocTestRunner().run(test).failed == 0
    return "".join(step.want for step in test.examples)


@pytest.mark.parametrize("code", READER_CODES)
def test_the_example_of_a_section_on_reading_shows_its_code_alone(code: str) -> None:
    language, text = example(code)
    if language == "python":
        return
    whole = text if language == "text" else f"ltcflow: 1\nprocess: example\n{text}"
    assert {finding.code for finding in read(whole).findings} == {code}


@pytest.mark.parametrize("code", EVERY_CODE)
def test_a_code_is_named_by_a_test(code: str) -> None:
    tests = (p for p in (ROOT / "tests").rglob("test_*.py") if p.name != Path(__file__).name)
    assert any(code in path.read_text(encoding="utf-8") for path in tests), f"no test names {code}"


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_one_function_that_says_its_code(code: str) -> None:
    assert (RULES[code].function.__doc__ or "").startswith(f"{code}: ")
    assert len({rule.function for rule in RULES.values()}) == len(RULES)
