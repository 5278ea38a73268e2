"""The shipped processes as values: two languages, nothing invented, sound; and the catalog that reads them on use."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from ltcflow.catalog import Catalog, UnknownProcess, entries, load_entry, loaders
from ltcflow.checks import RULES, check
from ltcflow.definition import dumps, loads
from ltcflow.errors import UnknownName
from ltcflow.findings import DefinitionError, Finding, Severity, errors_of
from ltcflow.labels import Label, has_cjk
from ltcflow.process import Process, RuleLevel, RuleSetting
from ltcflow.schedule import plan
from ltcflow.stages import FactHolds, RiskLimit

NAMES = sorted(entries())


@pytest.fixture(params=NAMES)
def process(request: pytest.FixtureRequest) -> Process:
    return load_entry(request.param)


def labels_in(value: Any, path: str) -> Iterator[tuple[str, Label]]:
    """Yield every label inside a value, with the way to it."""
    if isinstance(value, Label):
        yield path, value
    elif attrs.has(type(value)):
        name = getattr(value, "id", type(value).__name__)
        for field in attrs.fields(type(value)):
            yield from labels_in(getattr(value, field.name), f"{path}.{name}.{field.name}")
    elif isinstance(value, tuple):
        for item in value:
            yield from labels_in(item, path)


def test_every_text_is_there_in_both_languages(process: Process) -> None:
    halves = [path for path, label in labels_in(process, "") if bool(label.zh) != bool(label.en)]
    terms = {".project_director.aliases"}  # "PD" is the word of the text in both languages
    assert [path for path in halves if not path.endswith(tuple(terms))] == []
    assert [path for path, label in labels_in(process, "") if has_cjk(label.en)] == []
    statements = (*process.measures, *process.principles)
    titled = (process, *process.elements(), *process.roles, *process.facts, *statements)
    assert [t.id for t in titled if not (t.title.zh and t.title.en)] == []
    described = [*process.activities(), *process.gates()]
    assert [e.id for e in described if not (e.what.zh and e.what.en)] == []
    assert [s.id for s in process.stages if not (s.purpose.zh and s.purpose.en)] == []


def test_the_gaps_of_the_text_are_said(process: Process) -> None:
    assert process.gaps
    assert process.source is not None
    assert process.source.lines


def test_nothing_is_invented(process: Process) -> None:
    """The text gives no duration, money, share, vote count or threshold but zero, so neither does the catalog."""
    assert [a.id for a in process.activities() if a.duration is not None] == []
    assert [g.id for g in process.gates() if g.lead_time.minutes or g.decided_by.quorum] == []
    assert [m.id for m in process.milestones if m.payments] == []
    criteria = [criterion for gate in process.gates() for criterion in gate.criteria]
    assert [c for c in criteria if isinstance(c, RiskLimit)] == []
    numbers = {c for c in "".join(c.expression for c in criteria if isinstance(c, FactHolds)) if c.isdigit()}
    assert numbers <= {"0"}


def test_the_id_of_a_process_is_the_name_of_its_file(process: Process) -> None:
    assert process.id in entries()
    assert entries()[process.id].name == f"{process.id}.yaml"


def test_somebody_named_is_sponsor_somebody_is_first_responsible_and_each_activity_has_one_a(process: Process) -> None:
    assert [(r.body, r.external, r.at_most) for r in process.roles if r.sponsor] == [(False, False, 1)]
    assert sum(role.first_responsible for role in process.roles) == 1
    assert {len(e.raci.accountable) for e in (*process.activities(), *process.gates())} == {1}


def test_every_gate_has_criteria_and_a_body_and_every_stage_of_work_a_control_point(process: Process) -> None:
    assert [g.id for g in process.gates() if not g.criteria or not g.decided_by.roles] == []
    assert process.milestones


def test_every_deliverable_comes_out_of_an_activity_and_every_role_has_a_part(process: Process) -> None:
    out = {name for activity in process.activities() for name in activity.outputs}
    assert {d.id for d in process.deliverables} == out
    duties = {role for e in (*process.activities(), *process.gates()) for _, role in e.raci.pairs()}
    duties |= {role for gate in process.gates() for role in gate.decided_by.roles}
    assert {role.id for role in process.roles} == duties


def test_a_shipped_process_survives_pickling(process: Process) -> None:
    assert pickle.loads(pickle.dumps(process)) == process


def test_names_are_known_without_reading_anything() -> None:
    def fail() -> Process:
        raise AssertionError("read too early")

    catalog = Catalog({"first": fail, "second": fail})
    assert list(catalog) == ["first", "second"]
    assert len(catalog) == 2
    assert "first" in catalog
    assert "third" not in catalog
    assert repr(catalog) == "Catalog(first, second)"


def test_a_process_is_read_once() -> None:
    reads = []

    def load() -> Process:
        reads.append(1)
        return Process(id="bid")

    catalog = Catalog({"bid": load})
    assert catalog["bid"] is catalog["bid"]
    assert catalog.get("bid") is catalog["bid"]
    assert len(reads) == 1


def test_a_broken_file_breaks_only_itself() -> None:
    def broken() -> Process:
        raise DefinitionError(findings=[Finding(code="LTC106", where="", problem="is not YAML.", remedy="Mend it.")])

    catalog = Catalog({"broken": broken, **loaders()})
    assert catalog[NAMES[0]].id == NAMES[0]
    for _ in range(2):
        with pytest.raises(DefinitionError):
            catalog["broken"]
    assert catalog[NAMES[1]].id == NAMES[1]


@pytest.mark.parametrize("ask", [load_entry, Catalog(loaders()).__getitem__])
def test_an_unknown_process_suggests_the_nearest(ask: Any) -> None:
    with pytest.raises(UnknownProcess) as caught:
        ask("huawei_manage_sale_project")
    error = caught.value
    assert isinstance(error, UnknownName)
    assert isinstance(error, KeyError)
    assert (error.code, error.kind, error.value) == ("LTC201", "process", "huawei_manage_sale_project")
    assert str(error).endswith("Did you mean 'huawei_manage_sales_project'?")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert Catalog(loaders()).get("nothing") is None


def test_importing_the_catalog_reads_no_definition_and_no_yaml() -> None:
    code = "import sys; from ltcflow.catalog import entries; entries(); sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


DEMANDED = {"LTC310", "LTC311", "LTC312", "LTC313", "LTC314", "LTC315", "LTC316", "LTC317", "LTC324", "LTC333"}


LEFT_OPEN = {
    "LTC326",  # what the text leaves open
    "LTC328",  # a stage that the text names without saying what is done in it
    "LTC332",  # a principle that the text leaves to people
    "LTC334",  # a measure of the process as a whole, not of one project
}


def test_a_shipped_process_is_sound_and_open_only_where_the_text_is(process: Process) -> None:
    findings = check(process)
    assert [str(f) for f in findings if f.code not in LEFT_OPEN] == []
    assert {f.severity for f in findings} <= {Severity.INFO}
    assert sum(f.code == "LTC326" for f in findings) == len(process.gaps)


def test_a_stage_that_the_text_only_names_has_a_gap(process: Process) -> None:
    empty = [stage for stage in process.stages if not stage.activities and not stage.gates]
    assert len(empty) <= len(process.gaps)
    assert process.id in NAMED_ONLY or not empty


NAMED_ONLY = {
    "marketing_project_management",
    "presales_opportunity_nine_phase",
    "project_sales_seven_step",
    "sales_project_four_phase",
}
"""Processes of which the text names stages without content."""


def test_a_shipped_process_promotes_what_the_text_demands_and_switches_nothing_off(process: Process) -> None:
    assert {rule.code for rule in process.rules if rule.level is RuleLevel.ERROR} >= DEMANDED
    assert [rule.code for rule in process.rules if rule.level is not RuleLevel.ERROR] == []


def test_a_shipped_process_passes_with_every_rule_promoted(process: Process) -> None:
    codes = [code for code, rule in RULES.items() if not rule.fixed and code not in LEFT_OPEN]
    strict = attrs.evolve(process, rules=[RuleSetting(code, RuleLevel.ERROR) for code in codes])
    assert errors_of(check(strict)) == ()


def test_the_promoted_rules_bite(process: Process) -> None:
    """Without its sponsor, its criteria or an A, the same process cannot be started."""
    roles = [attrs.evolve(role, sponsor=False) for role in process.roles]
    stages = [
        attrs.evolve(
            stage,
            gates=[attrs.evolve(gate, criteria=()) for gate in stage.gates],
            activities=[attrs.evolve(a, raci={"R": a.raci.responsible}) for a in stage.activities],
        )
        for stage in process.stages
    ]
    worse = attrs.evolve(process, roles=roles, stages=stages)
    assert {f.code for f in errors_of(check(worse))} >= {"LTC310", "LTC312", "LTC314"} - (
        set() if any(process.gates()) else {"LTC314"}
    )


def test_a_shipped_process_is_read_back_from_what_is_written(process: Process) -> None:
    assert loads(dumps(process)) == process


def test_the_first_gate_check_stands_beside_the_critical_path() -> None:
    sales = load_entry("huawei_manage_sales_project")
    made = plan(sales, start="2026-03-02", calendar="CN", default_duration="2d")
    assert made.critical_path[:2] == ("validate_opportunity", "project_analysis")
    assert made["ati_gate"].critical
    assert not made["opportunity_validation"].critical
    assert all(row.assumed for row in made.rows if row.kind == "activity" and not row.spans)
