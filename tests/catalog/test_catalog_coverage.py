"""Every element that the text declares is in the shipped catalog, or its absence is explained here.

The distilled reading is in tests/data/seed; where LTCFLOW_REFERENCE names the folder of the full reading, the same is
asked of that.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from ltcflow.catalog import entries, load_entry
from ltcflow.graph.network import network
from ltcflow.labels import Source
from ltcflow.process import Process, kind_of
from ltcflow.stages import Activity, StageOrder

SEED = Path(__file__).parent.parent / "data" / "seed"
PROCESSES = sorted(path.stem for path in SEED.glob("*.yaml"))
REFERENCE = os.environ.get("LTCFLOW_REFERENCE", "")

KINDS = {"check": "review"}
"""The text's kinds of gates that the model calls otherwise: a check is a review of what was found."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(process, id) of what the catalog leaves out on purpose, with the reason."""

RENAMED = {("sales_project_five_phase", "execution", "risk_management"): "risk_management_execution"}
"""(process, stage, id) of what bears an id in the reading that something else bears as well."""

LINKED = {("ltc_level1_activity_map", "equipment_arrival_acceptance"): "equipment_arrival_gate"}
"""Gates that belong to an activity without the reading saying so."""


SIDE_BY_SIDE = {("sales_project_five_phase", "planning"), ("sales_project_five_phase", "execution")}
"""(process, stage) whose activities run side by side; the reading says so in words, not by tracks."""

EARLIER = {
    ("project_oriented_sales_nine_step", "legal_coordination", "sign"): "T1: law is asked before the signature",
}
"""(process, activity, other) where the activity comes before the one that the text prints before it, and why."""


def distilled() -> Iterator[dict[str, Any]]:
    for name in PROCESSES:
        yield yaml.safe_load((SEED / f"{name}.yaml").read_text(encoding="utf-8"))


def full() -> Iterator[dict[str, Any]]:
    """Yield the shipped processes as the full reading has them; nothing when it is not on this machine."""
    path = Path(REFERENCE) / "seed_catalog.yaml" if REFERENCE else None
    if path is None or not path.is_file():
        return
    for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["processes"]:
        if seed["id"] in entries():
            named = {name for track in seed["parallel_tracks"] for name in track.get("tracks", ())}
            for stage in seed["stages"]:
                for activity in stage.setdefault("activities", []):
                    activity["id"] = RENAMED.get((seed["id"], stage["id"], activity["id"]), activity["id"])
                    activity["parallel"] = "track" in activity or activity["id"] in named
                    activity["parallel"] |= (seed["id"], stage["id"]) in SIDE_BY_SIDE
            yield seed


def readings() -> list[Any]:
    found = [pytest.param(seed, id=f"distilled-{seed['process']}") for seed in distilled()]
    if REFERENCE:
        found += [pytest.param({**seed, "process": seed["id"]}, id=f"full-{seed['id']}") for seed in full()]
    else:
        skip = pytest.mark.skip(reason="reference material is not on this machine (LTCFLOW_REFERENCE is not set)")
        found.append(pytest.param({}, id="full", marks=skip))
    return found


def activities_of(seed: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(stage["id"], activity) for stage in seed["stages"] for activity in stage["activities"]]


def declared(seed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (kind, id) of everything that the reading declares."""
    for stage in seed["stages"]:
        yield "stage", stage["id"]
        for activity in stage["activities"]:
            yield "activity", activity["id"]
    for kind in ("role", "gate", "milestone", "deliverable"):
        for item in seed.get(f"{kind}s", ()):
            yield kind, item["id"]
    for kind, key in (("loop", "loops"), ("measure", "measures"), ("principle", "rules")):
        for item in seed.get(key, ()):
            yield kind, item["id"]


def missing(process: Process, seed: dict[str, Any]) -> list[str]:
    """Return what *seed* declares and *process* does not have, each as "kind id"."""
    roles = {role.id for role in process.roles}
    there = {(kind_of(element), element.id) for element in process.elements()} | {("role", role) for role in roles}
    there |= {("measure", m.id) for m in process.measures} | {("principle", p.id) for p in process.principles}
    there |= {("loop", a.id) for a in process.activities()} | {("loop", g.id) for g in process.gates() if g.recycle_to}
    wanted = [pair for pair in declared(seed) if (seed["process"], pair[1]) not in EXCEPTIONS]
    return [f"{kind} {name}" for kind, name in wanted if (kind, name) not in there]


@pytest.mark.parametrize("seed", readings())
def test_every_declared_element_is_there(seed: dict[str, Any]) -> None:
    assert missing(load_entry(seed["process"]), seed) == []


def test_an_absence_would_be_noticed() -> None:
    """The measure itself: a process without its last stage lacks exactly that stage and what is in it."""
    import attrs

    seed = next(seed for seed in distilled() if seed["process"] == "huawei_manage_sales_project")
    whole = load_entry(seed["process"])
    lacking = missing(attrs.evolve(whole, stages=whole.stages[:-1], milestones=()), seed)
    assert [name.split()[1] for name in lacking] == [
        "closing",
        "project_summary",
        "project_handover",
        "release_people",
        "financial_assessment",
        "quality_assessment",
        "initiation_prepared",
        "kickoff_complete",
    ]


def test_every_exception_is_needed_and_has_a_reason() -> None:
    everything = {(seed["process"], name) for seed in distilled() for _, name in declared(seed)}
    assert set(EXCEPTIONS) <= everything
    for process, earlier, later in EARLIER:
        net = network(load_entry(process))
        assert net.index[earlier] in net.ancestors(net.index[later])
    assert all(len(reason.split()) > 3 for reason in EXCEPTIONS.values())


@pytest.mark.parametrize("seed", readings())
def test_stages_and_activities_stand_in_the_order_of_the_text(seed: dict[str, Any]) -> None:
    process = load_entry(seed["process"])
    assert [stage.id for stage in process.stages] == [stage["id"] for stage in seed["stages"]]
    for stage, wanted in zip(process.stages, seed["stages"], strict=True):
        ids = [activity["id"] for activity in wanted["activities"]]
        assert [activity.id for activity in stage.activities if activity.id in ids] == ids


@pytest.mark.parametrize("seed", readings())
def test_what_the_text_draws_in_parallel_is_parallel_and_the_rest_waits_in_order(seed: dict[str, Any]) -> None:
    net = network(load_entry(seed["process"]))
    for stage in seed["stages"]:
        steps = [a for a in stage["activities"] if not (a.get("continuous") or a.get("recurring"))]
        if stage.get("selection"):
            assert load_entry(seed["process"]).stage(stage["id"]).order is StageOrder.CHOICE
            continue
        groups: list[list[dict[str, Any]]] = []
        for step in steps:
            if step.get("parallel") and groups and groups[-1][0].get("parallel"):
                groups[-1].append(step)
            else:
                groups.append([step])
        for group in groups:
            for step in group:
                near = {net.nodes[i].id for i in net.ancestors(net.index[step["id"]])}
                assert not near & {other["id"] for other in group}
        for earlier, later in pairwise(groups):
            for step in later:
                near = {net.nodes[i].id for i in net.ancestors(net.index[step["id"]])}
                before = {o["id"] for o in earlier if (seed["process"], step["id"], o["id"]) not in EARLIER}
                assert before <= near, f"{step['id']} does not wait for what is before it"


@pytest.mark.parametrize("seed", readings())
def test_continuous_and_recurring_work_spans_its_stage(seed: dict[str, Any]) -> None:
    process = load_entry(seed["process"])
    for _, item in [*activities_of(seed), *(("", loop) for loop in seed.get("loops", ()))]:
        activity = process.find(item["id"])
        if item.get("recurring") == "weekly":
            assert str(process.activity(item["id"]).every) == "5d", "five working days are a week"
        elif item.get("continuous") or (item.get("recurring") and not item.get("gate")):
            assert isinstance(activity, Activity)
            assert activity.spans
    steps = {i["id"] for _, i in activities_of(seed) if not (i.get("continuous") or i.get("recurring"))}
    assert not {activity.id for activity in process.activities() if activity.spans} & steps


@pytest.mark.parametrize("seed", readings())
def test_gates_are_of_the_kind_and_in_the_stage_that_the_text_says(seed: dict[str, Any]) -> None:
    process = load_entry(seed["process"])
    for wanted in seed["gates"]:
        if (seed["process"], wanted["id"]) in EXCEPTIONS:
            continue
        gate = process.gate(wanted["id"])
        stage = process.stage_of(gate.id)
        assert gate.kind.value == KINDS.get(wanted["kind"], wanted["kind"])
        assert stage is not None
        assert stage.id == wanted.get("stage", stage.id)
        assert set(wanted.get("by", ())) <= set(gate.decided_by.roles)


@pytest.mark.parametrize("seed", readings())
def test_an_activity_that_is_drawn_as_a_gate_leads_to_that_gate(seed: dict[str, Any]) -> None:
    process = load_entry(seed["process"])
    net = network(process)
    for _, wanted in activities_of(seed):
        gate = wanted.get("gate") or LINKED.get((seed["process"], wanted["id"]))
        if gate:
            assert net.index[wanted["id"]] in net.ancestors(net.index[gate])


@pytest.mark.parametrize("seed", readings())
def test_actors_and_deliverables_named_by_the_text_are_kept(seed: dict[str, Any]) -> None:
    process = load_entry(seed["process"])
    for _, wanted in activities_of(seed):
        activity = process.activity(wanted["id"])
        assert set(wanted.get("by", ())) <= {*activity.raci.responsible, *activity.raci.accountable}
        assert set(wanted.get("outputs", ())) <= set(activity.outputs)
    for role in seed["roles"]:
        assert process.role(role["id"]).external is bool(role.get("external"))


def term(text: str) -> str:
    """Return a Chinese term without blanks, in today's characters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("旳", "的").replace("榘", "矩")


def covers(lines: tuple[str, ...], line: int) -> bool:
    ranges = [part.partition("-") for part in lines]
    return any(int(first) <= line <= int(last or first) for first, _, last in ranges)


@pytest.mark.parametrize("seed", readings())
def test_every_element_says_which_line_it_was_read_from(seed: dict[str, Any]) -> None:
    """The line of the reading is among the lines of the element; some lines are printed twice in the text."""
    process = load_entry(seed["process"])
    lines = [(name, kind, item["line"]) for kind, name, item in named_items(seed)]
    for name, item_kind, line in lines:
        if (seed["process"], name) in EXCEPTIONS:
            continue
        source = source_of(process, name, item_kind)
        assert source is not None
        assert covers(source.lines, line) or source.inferred, f"{name}: line {line} is not among {source.lines}"


def named_items(seed: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _, activity in activities_of(seed):
        yield "activities", activity["id"], activity
    for key in ("roles", "gates", "milestones", "deliverables", "loops", "measures", "rules"):
        for item in seed.get(key, ()):
            yield key, item["id"], item


def source_of(process: Process, name: str, kind: str) -> Source | None:
    if kind == "roles":
        return process.role(name).source
    if kind in ("measures", "rules"):
        statements = process.measures if kind == "measures" else process.principles
        return next(s.source for s in statements if s.id == name)
    return process.element(name).source


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="reference material is not on this machine (LTCFLOW_REFERENCE is not set)")
def test_the_distilled_reading_is_the_full_one() -> None:
    pairs = {seed["id"]: set(declared({**seed, "process": seed["id"]})) for seed in full()}
    assert {seed["process"]: set(declared(seed)) for seed in distilled()} == pairs


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="reference material is not on this machine (LTCFLOW_REFERENCE is not set)")
def test_no_sentence_is_copied_and_chinese_titles_are_those_of_the_text() -> None:
    for seed in full():
        process = load_entry(seed["id"])
        for stage in seed["stages"]:
            for wanted in (stage, *stage["activities"]):
                name = term(wanted.get("inferred_name", wanted["zh"]))
                title = term(process.element(wanted["id"]).title.zh)
                assert title in name or name in title
        phrases = [d for role in seed["roles"] for d in role.get("responsible_for", ()) if len(d.split()) > 5]
        own = [text for role in process.roles for duty in role.duties for text in (duty.en, duty.zh)]
        own += [text for p in process.principles for text in (p.title.en, p.title.zh)]
        described = (*process.activities(), *process.gates(), *process.measures)
        own += [text for e in described for text in (e.what.en, e.what.zh)]
        own += [text for s in process.stages for text in (s.purpose.en, s.purpose.zh)]
        phrases += [item["en"] for item in seed["rules"]]
        phrases += [a["what"] for _, a in activities_of(seed) if "what" in a and len(a["what"].split()) > 5]
        assert not {p.lower().strip(".") for p in phrases} & {t.lower().strip(".") for t in own}
        source = Path(REFERENCE, "000_442220e0c624ccce.txt").read_text(encoding="utf-8").replace(" ", "")
        assert [t for t in own if len(t) > 10 and t.strip("。").replace(" ", "") in source] == []
