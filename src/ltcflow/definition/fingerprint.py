"""The fingerprint of a process: a hash of everything it says, whatever file or code it came from."""

from __future__ import annotations

import enum
import hashlib
import json
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import attrs

from ltcflow.process import Process
from ltcflow.stages import Parameters

_FORMAT = "ltcflow process 1"


@lru_cache(maxsize=64)
def fingerprint(process: Process) -> str:
    """Return the SHA-256 of everything *process* says: 64 hexadecimal digits.

    Every field counts, texts, roles and the calendar too; formatting, key order within an element and comments of the
    file do not. Two processes have the same fingerprint exactly when they are equal. Fields that have their default
    are left out of what is hashed, so a later version of ltcflow that adds a field keeps the fingerprints of today.

    Cost: about 10 us per element, once per process value.

    Example:
        >>> from ltcflow.definition import loads
        >>> a = loads("{ltcflow: 1, process: bid, stages: [{stage: offer}]}")
        >>> b = loads("ltcflow: 1\\nprocess: bid\\nversion: '1.0'   # the default\\nstages:\\n- stage: offer\\n")
        >>> fingerprint(a) == fingerprint(b), fingerprint(a) == fingerprint(attrs.evolve(a, version="1.1"))
        (True, False)
    """
    text = json.dumps([_FORMAT, _canonical(process)], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(value: Any) -> Any:
    """Return *value* as JSON data from which it could be told again; numbers that are equal look equal."""
    match value:
        case None | str():
            return value
        case enum.Enum():
            return value.value
        case Parameters():
            return {"": "Parameters", "items": [[name, _parameter(item)] for name, item in value.items]}
        case date():
            return {"": "date", "on": value.isoformat()}
        case tuple():
            return [_canonical(item) for item in value]
        case int() | Decimal():
            return {"#": _number(value)}
        case _:
            return {"": type(value).__name__, **_fields(value)}


def _fields(value: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        item = getattr(value, field.name)
        if field.default is attrs.NOTHING or item != field.default:
            fields[field.name] = _canonical(item)
    return fields


def _parameter(value: Any) -> Any:
    """Return a parameter; true and false differ from 1 and 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return [_parameter(item) for item in value]
    return _canonical(value)


def _number(value: int | Decimal) -> str:
    """Return a number in one way only: digits without zeros at the end, and an exponent."""
    sign, digits, exponent = Decimal(value).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    if not isinstance(exponent, int) or not short:
        return "0" if not short else str(value)
    return f"{'-' if sign else ''}{short}e{exponent + len(text) - len(short)}"
