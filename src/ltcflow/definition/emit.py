"""Plain data to YAML or JSON text: block style, short things on one line, quotes only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs

from ltcflow.definition.nodes import resolve
from ltcflow.errors import InvalidValue
from ltcflow.labels import width

WIDEST = 110
"""Columns that a line in flow style ({...}, [...]) may take."""
LONGEST_KEY = 200

_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_HALF = re.compile("[\ud800-\udfff]")
_NAMES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_PLAIN_FIRST = re.compile(r"[^\W]|-[0-9]|[(（《【“]")


@attrs.frozen
class Flow:
    """Data to be written on one line where it fits."""

    data: Any


def quoted(text: str) -> str:
    """Return *text* in double quotes, good for YAML and JSON; unusual characters escaped.

    Raises:
        InvalidValue: it has half a character (a lone surrogate), which no file can hold.
    """
    if _HALF.search(text):
        raise InvalidValue(
            field="text", value=ascii(text), problem="has half a character.", remedy="Remove the lone surrogate."
        )
    return '"' + _ESCAPED.sub(lambda m: _NAMES.get(m[0]) or f"\\u{ord(m[0]):04x}", text) + '"'


def _other_in_yaml_1_1(text: str) -> bool:
    """Say whether an older reader of YAML takes the plain *text* for something else (``no``, ``12:30``)."""
    from yaml.resolver import Resolver

    if text.lower() in ("y", "n", "=", "<<"):
        return True
    resolvers = Resolver.yaml_implicit_resolvers
    return any(rule.match(text) for _, rule in (*resolvers.get(text[0], ()), *resolvers.get(None, ())))


def scalar(value: object, *, flow: bool = False) -> str:
    """Return one value as YAML: plain where that is safe for every reader of YAML, else in double quotes.

    Example:
        >>> [scalar(v) for v in ("no", "1.0", "5d", "投标", "a: b", True, None, 3)]
        ['"no"', '"1.0"', '5d', '投标', '"a: b"', 'true', 'null', '3']
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return decimal_text(value)
        case str():
            return value if _plain(value, flow) else quoted(value)
        case _:
            raise TypeError(type(value).__name__)


def decimal_text(value: Decimal) -> str:
    """Return a decimal that reads back as a decimal, digit by digit."""
    text = str(value)
    if "." in text:
        return text
    mantissa, mark, exponent = text.partition("E")
    return f"{mantissa}.0{mark}{exponent}"


def _plain(text: str, flow: bool) -> bool:
    if not text or not _PLAIN_FIRST.match(text) or text != text.strip() or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    if flow and any(c in ",?[]{}:#\"'" for c in text):
        return False
    return resolve(text) == text and not _other_in_yaml_1_1(text)


def flow_text(data: Any) -> str:
    """Return *data* on one line."""
    match data:
        case Flow():
            return flow_text(data.data)
        case dict():
            return "{" + ", ".join(f"{scalar(k, flow=True)}: {flow_text(v)}" for k, v in data.items()) + "}"
        case list():
            return "[" + ", ".join(flow_text(v) for v in data) + "]"
        case _:
            return scalar(data, flow=True)


def yaml_text(data: dict[str, Any]) -> str:
    """Return *data* (dicts, lists, `Flow`, texts, numbers, true and false, nothing) as YAML in block style."""
    return "".join(f"{line}\n" for line in _block(data, 0))


def _block(data: Any, indent: int) -> Iterator[str]:
    """Yield the lines of a non-empty dict or list."""
    pad = " " * indent
    if isinstance(data, dict):
        for key, value in data.items():
            name = scalar(key)
            if len(name) > LONGEST_KEY:
                yield f"{pad}? {name}"
                name = ""
            yield from _entry(f"{pad}{name}:", value, indent)
    else:
        for value in data:
            value = _unwrapped(value, indent + 2)
            if isinstance(value, dict | list) and value:
                lines = _block(value, indent + 2)
                yield f"{pad}- {next(lines)[indent + 2 :]}"
                yield from lines
            else:
                yield from _entry(f"{pad}-", value, indent)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    value = _unwrapped(value, width(head) + 1)
    if isinstance(value, dict | list) and value:
        yield head
        yield from _block(value, indent + 2)
    elif isinstance(value, str) and _literal(value):
        yield f"{head} |-"
        yield from (f"{' ' * (indent + 2)}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{head} {flow_text(value) if isinstance(value, dict | list | Flow) else scalar(value)}"


def _unwrapped(value: Any, column: int) -> Any:
    """Return what `Flow` holds when it does not fit on one line, else *value*."""
    if isinstance(value, Flow) and value.data:
        long_key = isinstance(value.data, dict) and any(len(k) > LONGEST_KEY for k in value.data)
        if long_key or column + width(flow_text(value)) > WIDEST:
            return value.data
    return value


def _literal(text: str) -> bool:
    """Say whether *text* is several lines that can be written as they are, below ``|-``."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0][0].isspace()
        and all(line == line.rstrip() and line.isprintable() for line in lines)
    )


def json_text(data: dict[str, Any]) -> str:
    """Return *data* as JSON, decimals digit by digit."""
    return _json(data, 0) + "\n"


def _json(data: Any, indent: int) -> str:
    pad = "  " * (indent + 1)
    match data:
        case Flow():
            return _json(data.data, indent)
        case dict() if data:
            body = ",\n".join(f"{pad}{quoted(k)}: {_json(v, indent + 1)}" for k, v in data.items())
            return "{\n" + body + "\n" + pad[2:] + "}"
        case list() if data:
            return "[\n" + ",\n".join(f"{pad}{_json(v, indent + 1)}" for v in data) + "\n" + pad[2:] + "]"
        case str():
            return quoted(data)
        case dict() | list():
            return json.dumps(data)
        case _:
            return scalar(data)
