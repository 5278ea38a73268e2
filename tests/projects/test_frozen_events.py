"""Records of every earlier day are still read: each kind of event in each version is kept in tests/data/logs.

When a test here fails, an event was changed so that old records could no longer be read as they were written, or one is
not frozen yet: ``python tools/freeze_events.py`` says which, and freezes what is new.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import ltcflow as ltc
from ltcflow import projects as p
from ltcflow.projects import codec
from ltcflow.projects import events as e
from ltcflow.projects.snapshots import state_from_data
from ltcflow.stores import MemoryStore

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("freeze_events", ROOT / "tools" / "freeze_events.py")
assert SPEC is not None
assert SPEC.loader is not None
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)
LOGS = sorted(tool.LOGS.glob("*.jsonl"))
FROZEN = tool.frozen_fields()
NOW = {kind: tool.fields_of(kind) for kind in codec.KINDS}
AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_old_events_can_be_read_as_they_were_written() -> None:
    found = list(tool.problems(FROZEN, NOW, codec.VERSIONS))
    assert not found, "\n".join(["", *found])


def test_every_event_is_frozen() -> None:
    assert not tool.new_kinds(FROZEN), f"new kinds, versions or fields: run '{tool.COMMAND}' and commit tests/data/logs"


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_a_frozen_log_is_read_and_adds_up_to_what_it_did(log: Path) -> None:
    ws = ltc.Workspace(MemoryStore())
    done = ws.import_project(log.read_bytes(), file=log.name)
    assert done.findings == ()
    assert ws.export_project(done.project) == log.read_bytes()
    then, now = (
        json.loads(log.with_suffix(".state.json").read_text("utf-8")),
        json.loads(tool.summary(log.read_bytes())),
    )
    first = next((n for n, (a, b) in enumerate(zip(then["after"], now["after"], strict=True), 1) if a != b), 0)
    events = ws.log(done.project)
    assert not first, f"'apply' makes another state of event {first}, {type(events[first - 1]).__name__}, than it did"
    assert now["state"] == then["state"]
    assert ws.state(done.project) == state_from_data(then["state"])


def test_the_frozen_logs_hold_every_version_of_every_kind_with_every_field() -> None:
    held: dict[tuple[str, str], set[str]] = {}
    for log in LOGS:
        for line in log.read_text("utf-8").splitlines()[1:-1]:
            record = json.loads(line)
            data = json.loads(record["data"])
            held.setdefault((record["kind"], str(data.pop("v"))), set()).update(data)
    wanted = {(kind, n): set(fields) for kind, of_version in FROZEN.items() for n, fields in of_version.items()}
    missing = {where: fields - held.get(where, set()) for where, fields in wanted.items()}
    assert not {where: fields for where, fields in missing.items() if fields}


def test_freezing_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = {file: file.read_bytes() for file in tool.LOGS.iterdir()}
    assert tool.main([]) == 0
    assert capsys.readouterr().out == "frozen: nothing new\n"
    assert {file: file.read_bytes() for file in tool.LOGS.iterdir()} == before


WORK = {"ActivityStarted": {"activity": ["str"], "role": ["str", "''"], "early": ["bool", "False"]}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({**WORK["ActivityStarted"], "note": ["str", "''"]}, ""),
        ({**WORK["ActivityStarted"], "note": ["str"]}, "ActivityStarted.note: is new and has no default"),
        ({"activity": ["str"], "role": ["str", "''"]}, "ActivityStarted.early: is gone or renamed"),
        ({**WORK["ActivityStarted"], "early": ["str", "''"]}, "ActivityStarted.early: was bool and is str."),
        ({**WORK["ActivityStarted"], "role": ["str", "'x'"]}, "ActivityStarted.role: its default was '' and is 'x';"),
        ({**WORK["ActivityStarted"], "role": ["str"]}, "ActivityStarted.role: its default was '' and is gone;"),
        ({**WORK["ActivityStarted"], "activity": ["str", "''"]}, ""),
    ],
)
def test_a_change_that_breaks_old_records_is_named_with_what_to_do(fields: dict[str, list[str]], said: str) -> None:
    frozen = {"ActivityStarted": {"1": WORK["ActivityStarted"]}}
    found = list(tool.problems(frozen, {"ActivityStarted": fields}, {"ActivityStarted": 1}))
    assert [line[: len(said)] for line in found] == ([said] if said else [])
    assert all("add ('ActivityStarted', 1) to UPCASTS in src/ltcflow/projects/codec.py" in line for line in found)
    assert list(tool.problems(frozen, {"ActivityStarted": fields}, {"ActivityStarted": 2})) == []


def test_a_kind_or_a_version_that_is_gone_is_named() -> None:
    assert "Keep its class" in next(tool.problems({"Gone": {"1": {}}}, NOW, codec.VERSIONS))
    frozen = {"ActivityStarted": {"1": {}, "2": {}}}
    assert "put its upcast back" in next(tool.problems(frozen, NOW, codec.VERSIONS))


def test_upcasts_lead_without_a_gap_to_the_version_that_is_written() -> None:
    for kind in codec.KINDS:
        assert sorted(n for of, n in codec.UPCASTS if of == kind) == list(range(1, codec.VERSIONS[kind]))
    assert {kind for kind, _ in codec.UPCASTS} <= set(codec.KINDS)


@pytest.fixture
def third_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the field of an activity had been called task at first, and work later."""

    def renamed(old: str, new: str) -> Any:
        return lambda data: {new if name == old else name: value for name, value in data.items()}

    upcasts = {("ActivityStarted", 1): renamed("task", "work"), ("ActivityStarted", 2): renamed("work", "activity")}
    monkeypatch.setattr(codec, "UPCASTS", MappingProxyType(upcasts))
    monkeypatch.setattr(codec, "VERSIONS", MappingProxyType({**codec.VERSIONS, "ActivityStarted": 3}))


@pytest.mark.usefixtures("third_version")
def test_a_payload_of_an_earlier_version_becomes_the_event_of_today() -> None:
    event = e.ActivityStarted(by="ann", at=AT, activity="visit", role="seller")
    for data in (
        {"v": 1, "task": "visit", "role": "seller"},
        {"v": 2, "work": "visit", "role": "seller"},
        {"v": 3, "activity": "visit", "role": "seller"},
    ):
        assert p.event_from_data("ActivityStarted", "ann", AT, data) == event
    assert p.event_to_data(event) == {"v": 3, "activity": "visit", "role": "seller"}
    assert p.event_to_data(e.NoteAdded(by="ann", at=AT, text="x"))["v"] == 1
    for data in ({"v": 4, "activity": "visit"}, {"v": 1, "effort": "visit"}, {"v": 2, "task": "visit"}):
        with pytest.raises(p.UnreadableEvent):
            p.event_from_data("ActivityStarted", "ann", AT, data)
