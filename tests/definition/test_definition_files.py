"""Valid and invalid definition files against reader, schema and writer: tests/data/definitions."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ltcflow.definition import CODES, dumps, fingerprint, load, loads, read_file, schema
from ltcflow.definition.compose import compose
from ltcflow.definition.nodes import ListNode, MapNode, Node, Odd
from ltcflow.definition.report import Report
from ltcflow.labels import has_cjk
from ltcflow.process import Process
from ltcflow.stages import Parameters, PluginCriterion

DATA = Path(__file__).parent.parent / "data" / "definitions"
VALID = sorted((DATA / "valid").iterdir())
INVALID = sorted((DATA / "invalid").iterdir())
VALIDATOR = jsonschema.Draft202012Validator(schema())
STRUCTURAL = {"LTC111", "LTC112", "LTC113", "LTC114", "LTC118", "LTC119", "LTC121"}
IN_SCHEMA_TOO = {"keys", "types", "words", "values", "future", "other_file"}


def plain(node: Node) -> Any:
    """Return a node as JSON data, as an editor sees the file."""
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    if isinstance(node, MapNode):
        return {key.text: plain(value) for key, value in node.entries}
    value = node.value
    return float(value) if isinstance(value, Decimal) else float("nan") if isinstance(value, Odd) else value


def data_of(path: Path) -> Any:
    node = compose(path.read_text(encoding="utf-8"), Report("x"))
    assert node is not None
    return plain(node)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.name)
def test_a_valid_file_is_read_and_satisfies_the_schema(path: Path) -> None:
    process = load(path)
    assert [e.message for e in VALIDATOR.iter_errors(data_of(path))] == []
    assert loads(dumps(process)) == process
    assert fingerprint(loads(dumps(process))) == fingerprint(process)


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_an_invalid_file_gives_every_finding_at_its_place(path: Path) -> None:
    reading = read_file(path)
    wanted = re.findall(r"# expect (LTC\d+) (\d+):(\d+) (\S+)", path.read_text(encoding="utf-8"))
    found = [(f.code, str(f.line), str(f.column), f.where) for f in reading.findings]
    assert sorted(found) == sorted(wanted)
    assert reading.process is None


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_every_finding_speaks_english_and_chinese(path: Path) -> None:
    for finding in read_file(path).findings:
        assert finding.code in CODES
        assert {finding.problem[-1], finding.remedy[-1]} <= {".", "?"}, finding
        assert has_cjk(finding.problem_zh), finding
        assert has_cjk(finding.remedy_zh), finding
        assert "不符合要求(" not in finding.problem_zh, "the model's sentence has no Chinese yet"
        assert "请改正(" not in finding.remedy_zh, "the model's sentence has no Chinese yet"


@pytest.mark.parametrize("path", [p for p in INVALID if p.stem in IN_SCHEMA_TOO], ids=lambda p: p.stem)
def test_the_schema_refuses_what_the_reader_calls_structure(path: Path) -> None:
    """Each structural finding has an error of the schema under the same key of the file."""
    errors = {"/".join(map(str, e.absolute_path)) for e in _leaves(VALIDATOR.iter_errors(data_of(path)))}
    assert errors
    for finding in read_file(path).findings:
        if finding.code in STRUCTURAL:
            steps = re.split(r"[.\[]", finding.where)
            assert any(e.split("/")[0] == steps[0] for e in errors) or ("" in errors and len(steps) == 1), finding


def _leaves(errors: Any) -> Any:
    for error in errors:
        yield error
        yield from _leaves(error.context or ())


def test_every_single_structural_mistake_is_refused_by_the_schema_alone() -> None:
    base = {"ltcflow": 1, "process": "x"}
    stage = {"stage": "bid"}
    gate = {"gate": "atb"}
    mistakes: list[dict[str, Any]] = [
        {"stagess": []},
        {"ltcflow": 2},
        {"ltcflow": "1"},
        {"process": "Bid Project"},
        {"process": "if"},
        {"version": 1.2},
        {"version": " "},
        {"title": ["a"]},
        {"title": {"de": "a"}},
        {"facts": {"a": {"type": "money"}}},
        {"facts": {"a": {"type": "date", "unit": "d"}}},
        {"facts": {"a": None}},
        {"roles": {"a": {"title": "A", "zh": "B"}}},
        {"roles": {"A b": "A"}},
        {"roles": {"a": {"at_most": 0}}},
        {"roles": {"a": {"role": "a"}}},
        {"roles": [{"zh": "a"}]},
        {"separation_of_duties": ["a"]},
        {"stages": [{}]},
        {"stages": [{**stage, "order": "x"}]},
        {"stages": [{**stage, "after": [{"type": "FS"}]}]},
        {"stages": [{**stage, "after": [{"activity": "a", "gate": "b"}]}]},
        {"stages": [{**stage, "after": {"activity": "a"}}]},
        {"stages": [{**stage, "activities": [{"activity": "a", "duration": "5"}]}]},
        {"stages": [{**stage, "activities": [{"activity": "a", "duration": "-5d"}]}]},
        {"stages": [{**stage, "activities": [{"activity": "a", "duration": {"likely": "5d"}}]}]},
        {"stages": [{**stage, "activities": [{"activity": "a", "every": "0d"}]}]},
        {"stages": [{**stage, "activities": [{"activity": "a", "raci": {"X": "a"}}]}]},
        {"stages": [{**stage, "gates": [{**gate, "criteria": [{}]}]}]},
        {"stages": [{**stage, "gates": [{**gate, "criteria": [{"done": "a", "fact": "b"}]}]}]},
        {"stages": [{**stage, "gates": [{**gate, "criteria": [{"done": "a", "with": {}}]}]}]},
        {"stages": [{**stage, "gates": [{**gate, "decided_by": {"rule": "all"}}]}]},
        {"stages": [{**stage, "gates": [{**gate, "decided_by": {"roles": [], "rule": {"any": True, "all": True}}}]}]},
        {"stages": [{**stage, "gates": [{**gate, "decided_by": {"roles": [], "rule": {"any": False}}}]}]},
        {"milestones": {"m": {"payments": [{"share": 2}]}}},
        {"milestones": {"m": {"payments": [{"share": 0.5, "currency": "CNY"}]}}},
        {"milestones": {"m": {"payments": [{"amount": 5}]}}},
        {"rules": {"LTC310": "off"}},
        {"rules": {"LTC310": {}}},
        {"source": {"lines": [True]}},
    ]
    assert VALIDATOR.is_valid(base)
    for mistake in mistakes:
        assert not VALIDATOR.is_valid({**base, **mistake}), mistake
        with pytest.raises(Exception, match="LTC100"):
            loads(json.dumps({**base, **mistake}))


def test_the_words_of_yaml_1_1_stay_texts() -> None:
    process = load(DATA / "valid" / "yaml_1_2.yaml")
    assert (process.version, process.title.en, process.family, process.calendar) == ("012", "no", "12:30", "2026-03-02")
    assert process.fact("colour").type.of == ("yes", "no", "on", "off", "1_000")  # type: ignore[union-attr] # a choice
    assert process.activity("a").what == process.stage("one").purpose
    assert process.stage("one").purpose.en == "First line.\n  Second line."
    assert process.activity("b").raci.responsible == ("seller",)


def test_json_is_read_as_it_is() -> None:
    process = load(DATA / "valid" / "as_json.json")
    assert (process.title.zh, process.purpose.en) == ("\U0001f600 投标", "a/b")
    (criterion,) = process.gate("atb").criteria
    assert isinstance(criterion, PluginCriterion)
    assert criterion.parameters == Parameters((("n", Decimal("1.50")), ("e", Decimal(1000))))


def test_numbers_are_exact_and_absence_differs_from_nothing() -> None:
    process = load(DATA / "valid" / "bid_project.yaml")
    share = process.milestone("signed").payments[0].share
    assert (share, str(share)) == (Decimal("0.3"), "0.3")
    assert process.activity("legal_review").after == ()
    assert process.activity("solution").after is None
    assert isinstance(process, Process)
