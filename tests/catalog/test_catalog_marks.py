"""What was read into the text is marked in the file: `inferred: true`, or a note that says what is inferred.

Measured against the distilled reading in tests/data/seed. The parts of the lead to cash have no reading of their own:
they are measured against every reading that has an element of the same id in one of their lines, against the lines
that give the duties of a role, and against the deliverables that are read from one of their lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from ltcflow.catalog import entries, load_entry
from ltcflow.conditions.facts import ChoiceType
from ltcflow.labels import Source
from ltcflow.process import Process
from ltcflow.stages import Activity

SEEDS: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent.parent / "data" / "seed").glob("*.yaml"))
}
COMPOSED = sorted(set(entries()) - set(SEEDS))

DUTIES = {
    "project_director": "496-503",
    "project_owner": "504-505",
    "account_responsible": "506-515",
    "solution_responsible": "516-524",
    "fulfilment_responsible": "525-530",
    "sales_project_admin_qa": "533-535",
}
"""The lines of the text that give the duties of a role."""

RENAMED = {"sales_project_five_phase": {"risk_management_execution"}}
"""Ids of ours for what bears in the reading an id that something else bears as well; the note says so."""

KEYS = ("roles", "gates", "milestones", "deliverables", "loops", "measures", "rules")


def marked(source: Source | None) -> bool:
    return source is not None and (source.inferred or "inferred" in source.note)


def numbers(lines: tuple[str, ...]) -> set[int]:
    ranges = [part.partition("-") for part in lines]
    return {line for first, _, last in ranges for line in range(int(first), int(last or first) + 1)}


def steps(seed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what has actors in the reading: activities, gates and loops."""
    for stage in seed["stages"]:
        yield from stage["activities"]
    yield from seed["gates"]
    yield from seed.get("loops", ())


def declared(seed: dict[str, Any]) -> set[str]:
    ids = {stage["id"] for stage in seed["stages"]} | {step["id"] for step in steps(seed)}
    return ids | {item["id"] for key in KEYS for item in seed.get(key, ())} | RENAMED.get(seed["process"], set())


Given = tuple[set[str], set[str]]
"""Who does it and what it leaves behind, as far as the text says."""


def given(seed: dict[str, Any]) -> dict[str, Given]:
    return {step["id"]: (set(step.get("by", ())), set(step.get("outputs", ()))) for step in steps(seed)}


def given_by_all(process: Process) -> dict[str, Given]:
    """The same for a process that was composed of several texts."""
    found: dict[str, Given] = {}
    sources = {a.id: a.source for a in process.activities()} | {g.id: g.source for g in process.gates()}
    for name, said in sources.items():
        assert said is not None
        lines = numbers(said.lines)
        near = [s for seed in SEEDS.values() for s in steps(seed) if s["id"] == name and s["line"] in lines]
        by = {role for step in near for role in step.get("by", ())}
        by |= {role for role, duties in DUTIES.items() if numbers((duties,)) & lines}
        outputs = {output for step in near for output in step.get("outputs", ())}
        for deliverable in process.deliverables:
            source = deliverable.source
            if source is not None and not source.inferred and numbers(source.lines) & lines:
                outputs.add(deliverable.id)
        found[name] = (by, outputs)
    return found


def unmarked(process: Process, text: dict[str, Given]) -> list[str]:
    """Return the steps that say more than *text* without a mark."""
    found = []
    for activity in process.activities():
        by, outputs = text.get(activity.id, (set(), set()))
        added = {*activity.raci.responsible, *activity.raci.accountable} - by | set(activity.outputs) - outputs
        if added and not marked(activity.source):
            found.append(activity.id)
    for gate in process.gates():
        by, _ = text.get(gate.id, (set(), set()))
        if set(gate.decided_by.roles) - by and not marked(gate.source):
            found.append(gate.id)
    return found


@pytest.mark.parametrize("name", SEEDS)
def test_who_does_it_and_what_it_leaves_behind_is_of_the_text_or_marked(name: str) -> None:
    assert unmarked(load_entry(name), given(SEEDS[name])) == []


@pytest.mark.parametrize("name", COMPOSED)
def test_the_same_holds_for_what_is_composed_of_several_texts(name: str) -> None:
    process = load_entry(name)
    assert unmarked(process, given_by_all(process)) == []


@pytest.mark.parametrize("name", SEEDS)
def test_what_the_reading_does_not_have_is_inferred(name: str) -> None:
    process, known = load_entry(name), declared(SEEDS[name])
    sources = [(element.id, element.source) for element in process.elements()]
    sources += [(role.id, role.source) for role in process.roles]
    sources += [(measure.id, measure.source) for measure in process.measures]
    sources += [(principle.id, principle.source) for principle in process.principles]
    unsaid = [own for own, source in sources if own not in known and not (source and source.inferred)]
    assert unsaid == []


def bare(activity: Activity) -> Activity:
    return attrs.evolve(activity, source=Source(lines=("1",)))


def test_a_lost_mark_would_be_noticed() -> None:
    """The measure itself: without its notes a process is found wanting, and only where it says more than the text."""
    process = load_entry("sales_project_walkthrough")
    stages = tuple(attrs.evolve(s, activities=tuple(map(bare, s.activities))) for s in process.stages)
    lacking = unmarked(attrs.evolve(process, stages=stages), given(SEEDS[process.id]))
    assert {"research_customer", "repeat_business"} <= set(lacking) < {a.id for a in process.activities()}


@pytest.mark.parametrize("name", sorted(entries()))
def test_letters_of_grades_are_said_to_be_ours(name: str) -> None:
    process = load_entry(name)
    told = [gap for gap in process.gaps if "letters of the grades" in gap.en and "字母" in gap.zh]
    assert bool(told) is any(isinstance(fact.type, ChoiceType) for fact in process.facts)
