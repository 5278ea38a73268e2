"""The JSON Schema of definition files, made from the same table as the reader.

What the reader accepts, the schema accepts. What it cannot say: a key given twice, aliases and tags; that three
points are in order and in one kind of time; that ``at_least`` needs ``order: choice``; that options and fields
differ; that the steps of a scale of risks rise; the finer points of ids (Unicode normal form, words of other scripts
in lower case), of durations (whole minutes, one kind of unit), of numbers (at most 30 digits), of shifts and days
(overlaps, the 31st of June, zones that do not exist); and everything that `ltcflow.check` judges.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ltcflow.definition.grammar import PROCESS, VERSION
from ltcflow.definition.records import Either, Key, ListOf, Named, NotWith, OneOf, OnlyWith, Record, Rule
from ltcflow.definition.shapes import Data, Flag, Ident, LabelText, Number, Span, Text, Word
from ltcflow.definition.worktimes import Formed, Week
from ltcflow.names import LONGEST, RESERVED
from ltcflow.worktime.hours import WEEKDAYS

Json = dict[str, Any]

ID_PATTERN = r"^[^\x00-\x60\x7b-\xa9][^\x00-\x2f\x3a-\x5e\x60\x7b-\xa9]*$"
DURATION_PATTERN = r"^\s*[-+]?\s*([0-9]{1,9}(\.[0-9]{1,6})?\s*(emin|em|eh|ed|ew|min|m|h|d|w)\s*)+$"


def schema() -> Json:
    """Return the JSON Schema (2020-12) of definition files, for editors and other tools.

    Example:
        >>> sorted(schema()["$defs"])[:3], schema()["required"]
        (['activity', 'authority_limit', 'calendar'], ['ltcflow', 'process'])
    """
    definitions: Json = {
        "id": {"type": "string", "pattern": ID_PATTERN, "maxLength": LONGEST, "not": {"enum": sorted(RESERVED)}},
        "duration": {
            "type": "string",
            "pattern": DURATION_PATTERN,
            "description": "Numbers with units: min, h, d (8 h), w (5 d); with an e in front elapsed time: eh, ed, ew.",
        },
        "label": {
            "description": "A text, or a text in Chinese and in English.",
            "anyOf": [{"type": "string"}, _closed({"zh": {"type": "string"}, "en": {"type": "string"}})],
        },
        "data": {"description": "Plain data."},
    }
    root = _record(PROCESS, definitions)
    root["properties"]["ltcflow"] = {"const": VERSION, "description": root["properties"]["ltcflow"]["description"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://ltcflow.invalid/schema/{VERSION}",
        "title": "ltcflow process definition",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _closed(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _shape(shape: Any, definitions: Json) -> Json:
    """Return the schema of one shape; records go to *definitions*."""
    match shape:
        case Record():
            return _defined(shape.name, shape, definitions)
        case Either():
            return {"anyOf": [_shape(option, definitions) for option in shape.shapes]}
        case ListOf():
            many = {"type": "array", "items": _shape(shape.item, definitions)}
            return {"anyOf": [_alone(shape.item), many]} if shape.one else many
        case Named():
            return _named(shape, definitions)
        case Ident():
            return _ref("id")
        case LabelText():
            return _ref("label")
        case Data():
            return {"type": "object"} if shape.names else _ref("data")
        case Week():
            return _week(shape, definitions)
        case Flag():
            return {"const": shape.only} if shape.only is not None else {"type": "boolean"}
        case _:
            return _simple(shape)


def _alone(item: Any) -> Json:
    """Return the schema of the one text that may stand for a list of *item*."""
    if isinstance(item, Formed):
        return _simple(item)
    options = item.shapes if isinstance(item, Either) else (item,)
    return _ref("id") if any(isinstance(option, Ident) for option in options) else {"type": "string"}


def _week(shape: Week, definitions: Json) -> Json:
    day = f"({'|'.join(WEEKDAYS)})"
    shifts = {f"^{day}(-{day})?$": _shape(shape.day, definitions)}
    return {"type": "object", "patternProperties": shifts, "additionalProperties": False}


def _span(least: int | None) -> Json:
    """Return the schema of a duration of *least* minutes (None: leads are allowed)."""
    excluded = {None: None, 0: r"^\s*-.*[1-9]"}.get(least, r"^\s*-.*[1-9]|^[^1-9]*$")
    return _ref("duration") if excluded is None else {**_ref("duration"), "not": {"pattern": excluded}}


def _simple(shape: Word | Span | Text | Number) -> Json:
    match shape:
        case Word():
            return {"enum": list(shape.words)}
        case Span():
            return _span(shape.least)
        case Number():
            bounds = {"minimum": shape.least, "exclusiveMinimum": shape.above, "maximum": shape.most}
            return {
                "type": "integer" if shape.whole else "number",
                **{k: v for k, v in bounds.items() if v is not None},
            }
        case Formed():
            return {"type": "string", "pattern": shape.pattern}
        case Text():
            found: Json = {"type": list(shape.json_types)} if len(shape.json_types) > 1 else {"type": "string"}
            if shape.longest is not None:
                found["maxLength"] = shape.longest
            return found if shape.may_be_empty else {**found, "pattern": r"\S"}


def _defined(name: str, record: Record, definitions: Json, given: bool = False) -> Json:
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _record(record, definitions, given)
    return _ref(name)


def _named(shape: Named, definitions: Json) -> Json:
    record = shape.record
    entries = [_defined(record.name, record, definitions, True), *([{"type": "null"}] if _may_be_null(record) else [])]
    if shape.short is not None:
        entries.insert(0, _shape(shape.short, definitions))
    mapping: Json = {"type": "object", "additionalProperties": {"anyOf": entries}}
    if shape.ids:
        mapping["propertyNames"] = _ref("id")
    listing = {"type": "array", "items": _defined(f"listed_{record.name}", record, definitions)}
    return {"anyOf": [mapping, listing]}


def _may_be_null(record: Record) -> bool:
    """Say whether nothing at all may stand after the id: no other key is needed."""
    needed = any(key.required and key.name != record.id_key for key in record.keys)
    return not needed and not any(isinstance(rule, OneOf) and rule.needed for rule in record.rules)


def _record(record: Record, definitions: Json, given: bool = False) -> Json:
    keys = [key for key in record.keys if not given or key.name != record.id_key]
    found: Json = {
        "description": record.doc,
        **_closed({key.name: _key(key, definitions) for key in keys}),
        "required": [key.name for key in keys if key.required],
    }
    rules = [_rule(rule) for rule in record.rules]
    return {**found, "allOf": rules} if rules else found


def _key(key: Key, definitions: Json) -> Json:
    found = {**_shape(key.shape, definitions), "description": key.doc}
    return found if key.default in (None, "") else {**found, "default": key.default}


def _has(names: Iterable[str]) -> list[Json]:
    return [{"required": [name]} for name in names]


def _rule(rule: Rule) -> Json:
    match rule:
        case OneOf():
            exactly: Json = {"oneOf": _has(rule.keys)}
            return exactly if rule.needed else {"oneOf": [*_has(rule.keys), {"not": {"anyOf": _has(rule.keys)}}]}
        case NotWith():
            return {"not": {"required": [rule.key], "anyOf": _has(rule.others)}}
        case OnlyWith():
            fits: Json = {"required": [rule.other]}
            if rule.value is not None:
                fits["properties"] = {rule.other: {"const": rule.value}}
            only = {"if": {"required": [rule.key]}, "then": fits}
            return {"allOf": [only, {"if": fits, "then": {"required": [rule.key]}}]} if rule.back else only
