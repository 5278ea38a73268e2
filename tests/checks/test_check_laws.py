"""Laws of `ltcflow.check` for every process, sound or not: it answers, always the same, in order, and to the point."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from functools import _lru_cache_wrapper
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.checks import RULES, check
from ltcflow.definition import dumps, read
from ltcflow.findings import Finding, Severity
from ltcflow.labels import has_cjk
from ltcflow.process import Process, RuleSetting
from ltcflow.stages import Activity, Deliverable, Dependency, Done, Gate
from ltcflow.testing.declarations import processes

LAW = settings(max_examples=60, deadline=None)


@st.composite
def broken(draw: st.DrawFn) -> Process:
    """Drafts with up to four things put wrong: names, circles, ids, conditions, duties, settings."""
    process = draw(processes(sound=False))
    for _ in range(draw(st.integers(0, 4))):
        process = draw(st.sampled_from(HARM))(draw, process)
    return process


def names_of(process: Process) -> list[str]:
    return [*(e.id for e in process.elements()), *(r.id for r in process.roles), "nobody"]


def a_name(draw: st.DrawFn, process: Process) -> str:
    return draw(st.sampled_from(names_of(process)))


def changed(draw: st.DrawFn, process: Process, activity: dict[str, Any], gate: dict[str, Any]) -> Process:
    """Return *process* with the fields of one activity or gate changed."""
    stage = draw(st.sampled_from(process.stages))
    elements: list[Activity | Gate] = [*stage.activities, *stage.gates]
    one = draw(st.sampled_from(elements))
    made = attrs.evolve(one, **(activity if isinstance(one, Activity) else gate))
    parts = [made if e is one else e for e in (*stage.activities, *stage.gates)]
    mended = attrs.evolve(
        stage,
        activities=[e for e in parts if isinstance(e, Activity)],
        gates=[e for e in parts if isinstance(e, Gate)],
    )
    return attrs.evolve(process, stages=[mended if s is stage else s for s in process.stages])


def waits(draw: st.DrawFn, process: Process) -> Process:
    after = {"after": [Dependency(a_name(draw, process), draw(st.sampled_from(["FS", "SS", "FF", "SF"])))]}
    return changed(draw, process, after, after)


def asks(draw: st.DrawFn, process: Process) -> Process:
    name = a_name(draw, process)
    return changed(draw, process, {"inputs": [name]}, {"criteria": [Done(element=name)], "recycle_to": name})


def renames(draw: st.DrawFn, process: Process) -> Process:
    name = {"id": a_name(draw, process)}
    return changed(draw, process, name, name)


def conditions(draw: st.DrawFn, process: Process) -> Process:
    text = {"when": draw(st.sampled_from(["amount >", "nothing", "grade == 'D'", "visits < 0 and visits > 0"]))}
    return changed(draw, process, text, text)


def silences(draw: st.DrawFn, process: Process) -> Process:
    return changed(draw, process, {"raci": {}}, {"decided_by": a_name(draw, process), "criteria": []})


def separates(draw: st.DrawFn, process: Process) -> Process:
    sets = st.lists(st.sampled_from(names_of(process)), max_size=3)
    return attrs.evolve(process, separation_of_duties=[draw(sets)], binding_of_duties=[draw(sets)])


def repeats(draw: st.DrawFn, process: Process) -> Process:
    return attrs.evolve(process, stages=[*process.stages, draw(st.sampled_from(process.stages))])


def sets_rules(draw: st.DrawFn, process: Process) -> Process:
    codes = draw(st.lists(st.sampled_from([*RULES, "LTC399", "ACME01"]), max_size=3))
    level = draw(st.sampled_from(["error", "warning", "off"]))
    return attrs.evolve(process, rules=[RuleSetting(code, level, "why" * (level == "off")) for code in codes])


HARM = (waits, asks, renames, conditions, silences, separates, repeats, sets_rules)


def place(finding: Finding) -> tuple[str, int, str, str]:
    return finding.where, finding.column, finding.code, finding.problem


def forget() -> None:
    """Empty every cache of ltcflow, so that what is asked again is worked out again."""
    for name, module in list(sys.modules.items()):
        for value in list(vars(module).values()) if name.startswith("ltcflow") else ():
            if isinstance(value, _lru_cache_wrapper):
                value.cache_clear()


@LAW
@given(processes(sound=False) | broken())
def test_it_answers_for_every_draft_always_the_same_and_in_order(process: Process) -> None:
    findings = check(process)
    assert list(map(place, findings)) == sorted(map(place, findings))
    assert len(set(findings)) == len(findings)
    forget()
    assert check(pickle.loads(pickle.dumps(process))) == findings


@LAW
@given(broken())
def test_every_finding_is_of_a_rule_and_says_what_to_do_in_both_languages(process: Process) -> None:
    levels = {rule.code: Severity(rule.level.value) for rule in reversed(process.rules) if rule.level.value != "off"}
    off = {rule.code for rule in process.rules if rule.level.value == "off"}
    for finding in check(process):
        rule = RULES[finding.code]
        wanted = rule.severity if rule.fixed else levels.get(finding.code, rule.severity)
        assert finding.severity is wanted
        assert rule.fixed or finding.code not in off
        assert finding.problem.strip()
        assert finding.remedy.strip()
        assert has_cjk(finding.problem_zh)
        assert has_cjk(finding.remedy_zh)
        assert str(finding).isprintable()


@LAW
@given(broken())
def test_every_finding_has_a_place_in_the_file(process: Process) -> None:
    """Written out and read back, the process gives the same findings, each at a line of the file."""
    reading = read(dumps(process), "example.yaml")
    assert reading.process == process
    for finding in check(process):
        spot = reading.places.nearest(finding.where)
        assert spot is not None
        assert (
            spot.where == finding.where
            or finding.where.startswith((f"{spot.where}.", f"{spot.where}["))
            or (spot.where == "process")
        )


@LAW
@given(broken(), st.data())
def test_a_rule_is_judged_by_itself(process: Process, data: st.DataObject) -> None:
    """What a rule finds does not hang on which rules were asked before it."""
    rule = data.draw(st.sampled_from(list(RULES.values())))
    before = rule.findings(process)
    forget()
    assert rule.findings(pickle.loads(pickle.dumps(process))) == before


PROGRAM = """
import json, sys
from ltcflow import catalog, check, loads
for text in json.load(sys.stdin):
    print(*check(loads(text)), sep="\\n")
for name in sorted(catalog):
    print(*check(catalog[name]), sep="\\n")
"""


def test_it_says_the_same_in_every_run_of_python(cases: Mapping[str, Any]) -> None:
    two = "roles: {ann: {legal: true}, bob: {legal: true}, cid: {legal: true}}\nmilestones: {contract_signed: }\n"
    texts = [f"ltcflow: 1\nprocess: example\n{text}" for text in (two, *(case.wrong for case in cases.values()))]
    said = set()
    for seed in ("0", "1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(texts),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1


@LAW
@given(broken())
def test_a_circle_is_blamed_on_a_dependency_that_was_written(process: Process) -> None:
    findings = check(process)
    if not any(f.code == "LTC211" for f in findings):
        for finding in findings:
            if finding.code == "LTC210":
                path, _, field = finding.where.rpartition(".")
                element = process.element(path.rpartition(".")[2])
                assert field == "after"
                assert not isinstance(element, Deliverable)
                assert element.after
