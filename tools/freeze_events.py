"""Freeze the events that are new: python tools/freeze_events.py. What was frozen before is never changed.

A record is read for as long as somebody keeps it, so each kind of event in each version is kept in tests/data/logs:

* fields.json: of each kind and version its fields, their types and defaults;
* NNN-full.jsonl, NNN-least.jsonl: exported projects that hold each kind, once for every value of an enum, with every
  field set, and with the needed ones only; demo.jsonl: a real story with the definition it ran on;
* the .state.json beside each: what the log adds up to. It is no record: --states writes all of them anew, when `apply`
  was changed on purpose.

tests/projects/test_frozen_events.py fails when events can no longer be read as they were, and when some are not frozen.
"""

from __future__ import annotations

import contextlib
import enum
import io
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, get_type_hints

import attrs

import ltcflow as ltc
from ltcflow import projects as p
from ltcflow.conditions import Money
from ltcflow.projects import codec
from ltcflow.projects.events import ProjectStarted
from ltcflow.projects.snapshots import state_to_data
from ltcflow.roles import as_team
from ltcflow.stores import Draft, MemoryStore, canonical_json

LOGS = Path(__file__).parent.parent / "tests" / "data" / "logs"
COMMAND = "python tools/freeze_events.py"
AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
PROJECT = "frozen-投标"
b = ltc.builder
STAGE = b.stage("do", activities=[b.activity("offer", outputs=["paper"])], gates=[b.gate("atb", decided_by="boss")])
BID = b.process(
    "bid",
    roles={"boss": "老板", "seller": "销售"},
    deliverables={"paper": "标书"},
    stages=[STAGE],
    milestones=[b.milestone("signed", after=["atb"], payments=[{"share": "0.3"}, {"share": "0.7"}])],
)
PROMISE = p.Promise("the letter is there", "李伟", date(2026, 4, 30))
FACTS = (("amount", Money(Decimal("5000000.50"), "CNY")), ("due", date(2026, 6, 30)), ("grade", '甲 "A"'))
SAMPLES: dict[str, Any] = {
    "str": "文本 text",
    "bool": True,
    "int": 2,
    "date": date(2026, 5, 31),
    "datetime": AT,
    "Decimal": Decimal("0.150"),
    "Money": Money(Decimal("5000000.50"), "CNY"),
    "Team": as_team({"boss": ("zhang.min",), "seller": ("li.wei", "何平")}),
    "Facts": (*FACTS, ("margin", Decimal("0.150")), ("tender", False)),
    "tuple[str, ...]": ("li.wei", "何平"),
    "tuple[Promise, ...]": (PROMISE,),
    "tuple[tuple[str, str], ...]": (("offer", "fact:margin >= 0.2"),),
    "tuple[tuple[str, datetime, bool], ...]": (("offer", AT, True), ("offer", AT + timedelta(hours=1), False)),
    "tuple[tuple[str, Promise], ...]": (("offer.1.1", PROMISE),),
}
"""A value of each type of field; for an enum, all of them."""
NAMED: dict[str, Any] = {
    "project": PROJECT, "definition": ltc.fingerprint(BID), "process": "bid", "time_zone": "Asia/Shanghai",
    "activity": "offer", "gate": "atb", "element": "offer", "condition": "offer.1.1", "deliverable": "paper",
    "role": "seller", "risk": "fx", "kind": "activity", "subject": "offer",
    "reopened": ("offer", "atb"), "resubmit": ("paper",), "source": "offer",
    "gates": ("atb",), "change": "cr-1", "times": (("offer", "5d"),), "commitment": "promise-1", "clause": "7.2",
    "stage": "do", "milestone": "signed", "handover": "h-1",
}  # fmt: skip
"""Values of fields that say what an event is about, so that the events of a log belong together."""
Table = dict[str, list[str]]


def fields_of(kind: str) -> Table:
    """Return of each field of *kind* its type and, where it has one, its default."""
    found: Table = {}
    for field in attrs.fields(codec.KINDS[kind]):
        if field.name not in ("by", "at"):
            default = [] if field.default is attrs.NOTHING else [repr(field.default)]
            found[field.name] = [codec._NAMES.sub("str", str(field.type)), *default]
    return found


def frozen_fields() -> dict[str, dict[str, Table]]:
    """Return what is frozen: kind -> version -> field -> type and default."""
    file = LOGS / "fields.json"
    found: dict[str, dict[str, Table]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def problems(
    frozen: Mapping[str, Mapping[str, Table]], now: Mapping[str, Table], versions: Mapping[str, int]
) -> Iterator[str]:
    """Say which old events would no longer be read as they were written, and what the developer is to do."""
    for kind, of_version in frozen.items():
        if kind not in now:
            yield f"{kind}: is gone or renamed, and old records hold it. Keep its class and its name in AnyEvent."
            continue
        last, writes = max(map(int, of_version)), versions[kind]
        if last > writes:
            yield f"{kind}: version {last} was frozen, and {writes} is written: put its upcast back into UPCASTS."
        old = of_version.get(str(versions[kind]), {})
        for name, (was, *default) in old.items():
            yield from _changed(f"{kind}.{name}", [was, *default], now[kind].get(name), _bump(kind, writes))
        for name in now[kind].keys() - old.keys() if old else ():
            if len(now[kind][name]) == 1:
                problem = "is new and has no default, and old records do not hold it. Give it a default, or:"
                yield f"{kind}.{name}: {problem} {_bump(kind, writes)}"


def _changed(where: str, was: list[str], now: list[str] | None, remedy: str) -> Iterator[str]:
    if now is None:
        yield f"{where}: is gone or renamed, and old records hold it. {remedy}"
    elif now[0] != was[0]:
        yield f"{where}: was {was[0]} and is {now[0]}. {remedy}"
    elif was[1:] and now != was:
        what = f"is {now[1]}" if now[1:] else "is gone"
        yield f"{where}: its default was {was[1]} and {what}; records leave defaults out. {remedy}"


def _bump(kind: str, version: int) -> str:
    return (
        f"Make a new version: add ({kind!r}, {version}) to UPCASTS in src/ltcflow/projects/codec.py, a function from "
        f"the payload of version {version} to the next; then run '{COMMAND}'."
    )


def new_kinds(frozen: Mapping[str, Mapping[str, Table]]) -> tuple[str, ...]:
    """Return the kinds that have a version or a field that is not frozen."""
    return tuple(
        kind
        for kind in codec.KINDS
        if fields_of(kind).keys() - frozen.get(kind, {}).get(str(codec.VERSIONS[kind]), {}).keys()
        or str(codec.VERSIONS[kind]) not in frozen.get(kind, {})
    )


def samples(kind: str, *, full: bool) -> Iterator[p.AnyEvent]:
    """Yield events of *kind*: one for each value of its enums, with every field or with those that have no default."""
    made, choices, hints = {}, {}, get_type_hints(codec.KINDS[kind])
    for field in attrs.fields(codec.KINDS[kind]):
        if field.name in ("by", "at") or not (full or field.default is attrs.NOTHING):
            continue
        text = codec._NAMES.sub("str", str(field.type)).removesuffix(" | None")
        declared = hints[field.name]
        if isinstance(declared, type) and issubclass(declared, enum.Enum):
            choices[field.name] = list(declared)
        elif field.name in NAMED and isinstance(NAMED[field.name], str) == (text == "str"):
            made[field.name] = NAMED[field.name]
        elif text in SAMPLES:
            made[field.name] = SAMPLES[text]
        else:
            raise SystemExit(f"{kind}.{field.name} is {text}: add such a value to SAMPLES in {__file__}.")
    for n in range(max(map(len, choices.values()), default=1)):
        chosen = {name: values[n % len(values)] for name, values in choices.items()}
        yield codec.KINDS[kind](by="li.wei", at=AT, **made, **chosen)


def log_of(kinds: tuple[str, ...], *, full: bool) -> bytes:
    """Return an exported project that holds *kinds*, forwards and backwards: each comes behind each other."""
    events = [event for kind in ("ProjectStarted", *kinds, *reversed(kinds)) for event in samples(kind, full=full)]
    events = [e for n, e in enumerate(events) if n == 0 or not isinstance(e, ProjectStarted)]
    drafts = [
        Draft(kind=type(e).__name__, at=AT + timedelta(minutes=n), by=e.by, data=canonical_json(p.event_to_data(e)))
        for n, e in enumerate(events)
    ]
    store = MemoryStore()
    store.save_definition(ltc.fingerprint(BID), ltc.dumps(BID))
    store.append(PROJECT, drafts, expected=0)
    return ltc.Workspace(store).export_project(PROJECT)


def demo() -> bytes:
    """Return the story of ``ltcflow demo``, exported."""
    from ltcflow.cli.demo_teller import run
    from ltcflow.cli.options import Voice

    with contextlib.redirect_stdout(io.StringIO()):
        told = run(Voice("en"))
    return told.ws.export_project("acme-5g")


def summary(log: bytes) -> str:
    """Return what a log adds up to, as text: its last state, and a digest of the state after each event.

    Raises:
        SystemExit: it cannot be read.
    """
    ws = ltc.Workspace(MemoryStore())
    done = ws.import_project(log)
    if done.findings:
        raise SystemExit("\n".join(map(str, done.findings)))
    state, after = p.NOTHING, []
    for event in ws.log(done.project):
        state = p.apply(state, event)
        after.append(sha256(canonical_json(state_to_data(state)).encode()).hexdigest()[:12])
    return json.dumps({"after": after, "state": state_to_data(state)}, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    LOGS.mkdir(exist_ok=True)
    frozen = frozen_fields()
    found = list(problems(frozen, {kind: fields_of(kind) for kind in codec.KINDS}, codec.VERSIONS))
    if found:
        print(*found, sep="\n")
        return 1
    if not (LOGS / "demo.jsonl").exists():
        (LOGS / "demo.jsonl").write_bytes(demo())
    if kinds := new_kinds(frozen):
        number = 1 + len(list(LOGS.glob("*-full.jsonl")))
        logs = {name: log_of(kinds, full=name == "full") for name in ("full", "least")}
        for name, log in logs.items():
            with open(LOGS / f"{number:03}-{name}.jsonl", "xb") as new:
                new.write(log)
        for kind in kinds:
            of_version = frozen.setdefault(kind, {})
            of_version.setdefault(str(codec.VERSIONS[kind]), {}).update(fields_of(kind))
        text = json.dumps(frozen, indent=1, sort_keys=True)
        (LOGS / "fields.json").write_text(text + "\n", encoding="utf-8")
    for file in sorted(LOGS.glob("*.jsonl")):
        state = file.with_suffix(".state.json")
        if not state.exists() or "--states" in arguments:
            state.write_text(summary(file.read_bytes()), encoding="utf-8")
    print("frozen:", ", ".join(kinds) or "nothing new")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
