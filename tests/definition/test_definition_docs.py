"""The documents on definition files say what the table says: every key, type and default; every example is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ltcflow.definition import CODES, loads, schema
from ltcflow.definition.grammar import PROCESS
from ltcflow.definition.records import Either, Key, ListOf, Named, Record
from ltcflow.definition.shapes import Data, Flag, Ident, LabelText, Number, Span, Word
from ltcflow.definition.worktimes import Formed, Week

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference" / "definition-file.md"
HOW_TO = ROOT / "docs" / "how-to" / "write-a-process.md"


def records(shape: Any = PROCESS) -> Iterator[Record]:
    """Yield every record of the file format, each before those inside it."""
    if isinstance(shape, Record):
        yield shape
        for key in shape.keys:
            yield from records(key.shape)
    elif isinstance(shape, Either):
        for option in shape.shapes:
            yield from records(option)
    elif isinstance(shape, ListOf):
        yield from records(shape.item)
    elif isinstance(shape, Named):
        yield from records(shape.record)


def type_of(shape: Any) -> str:
    """Return the type of a key, as the reference prints it."""
    match shape:
        case Record():
            return f"[{shape.name}](#{shape.name.replace('_', '-')})"
        case Either():
            return " or ".join(dict.fromkeys(type_of(option) for option in shape.shapes))
        case ListOf():
            item = type_of(shape.item)
            return f"{item}, or a list" if shape.one else f"list of {item}"
        case Named():
            short = f" or {type_of(shape.short)}" if shape.short is not None else ""
            return f"mapping from {'ids' if shape.ids else 'codes'} to {type_of(shape.record)}{short}"
        case Week():
            return "mapping from weekdays to shifts"
        case Formed():
            return shape.noun
        case Word():
            return ", ".join(f"`{word}`" for word in shape.words)
        case Number():
            return "whole number" if shape.whole else "number"
        case Ident():
            return "id"
        case Span():
            return "duration"
        case LabelText():
            return "label"
        case Flag():
            return "`true`" if shape.only else "`true` or `false`"
        case Data():
            return "plain data"
        case _:
            return "text"


def row(key: Key) -> str:
    default = "**required**" if key.required else f"`{json.dumps(key.default)}`" if key.default is not None else ""
    return f"| `{key.name}` | {type_of(key.shape)} | {default} | {key.doc} |"


def table(record: Record) -> str:
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *map(row, record.keys)])


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.S | re.M)


@pytest.mark.parametrize("record", {r.name: r for r in records()}.values(), ids=lambda r: r.name)
def test_the_reference_has_the_table_of_every_record(record: Record) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"## {record.name}\n" in text
    assert table(record) in text, table(record)


def test_every_code_of_reading_is_explained() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for code, meaning in CODES.items():
        assert f"| {code} | {meaning} |" in text


@pytest.mark.parametrize("path", [REFERENCE, HOW_TO], ids=lambda p: p.stem)
def test_every_whole_example_is_read(path: Path) -> None:
    whole = [block for block in blocks(path, "yaml") if block.startswith("ltcflow: 1")]
    assert whole
    for block in whole:
        assert loads(block).id


def test_every_part_of_an_example_is_yaml_of_known_keys() -> None:
    known = {key for definition in (schema(), *schema()["$defs"].values()) for key in definition.get("properties", ())}
    for path in (REFERENCE, HOW_TO):
        for block in blocks(path, "yaml"):
            for key in re.findall(r"^(?:- )?([a-z_]+):(?: |$)", block, re.M):
                assert key in known, key
