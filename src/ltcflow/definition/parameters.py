"""The parameters of plugin criteria as plain data that a file can hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ltcflow.definition.nodes import MOST_DIGITS
from ltcflow.errors import InvalidValue
from ltcflow.stages import Parameters

DEEPEST = 30


def plain_parameters(value: Parameters, depth: int = 0) -> dict[str, Any]:
    """Return *value* as dicts and lists.

    Raises:
        InvalidValue: a name is there twice, a number has more than 1,000 digits, or it nests deeper than 30.
    """
    if depth > DEEPEST:
        raise _bad("a mapping", f"nests deeper than {DEEPEST} levels.", "Flatten it.")
    names = [name for name, _ in value.items]
    if len(set(names)) < len(names):
        raise _bad(repr(names), "has a name twice.", "Remove one of them.")
    return {name: _plain(item, depth + 1) for name, item in value.items}


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, Parameters):
        return plain_parameters(value, depth)
    if isinstance(value, tuple):
        if depth > DEEPEST:
            raise _bad("a list", f"nests deeper than {DEEPEST} levels.", "Flatten it.")
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS:
        raise _bad("a whole number", f"has more than {MOST_DIGITS} digits.", "Use a smaller one.")
    if isinstance(value, Decimal):
        return _decimal(value)
    return value


def _decimal(value: Decimal) -> Decimal:
    parts = value.as_tuple()
    exponent = parts.exponent
    if not isinstance(exponent, int) or len(parts.digits) > MOST_DIGITS or abs(value.adjusted()) >= MOST_DIGITS:
        raise _bad("a number", "is not finite or too large.", "Use a smaller one.")
    return value


def _bad(value: str, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field="with", value=value, problem=problem, remedy=remedy)
