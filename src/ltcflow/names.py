"""Ids: what elements, roles and facts are called inside a process.

An id is ``snake_case`` in any script: lower-case letters, digits and underscores, first a letter, NFKC-normalised, at
most 100 characters (``ati_gate``, ``投标``). Facts are read inside conditions, so their ids must not be words of the
condition language.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

from ltcflow.errors import InvalidValue

ElementId: TypeAlias = str
"""Id of a stage, activity, gate, milestone or deliverable: one namespace per process."""
RoleId: TypeAlias = str
FactId: TypeAlias = str

LONGEST = 100
RESERVED = frozenset(keyword.kwlist) | {"true", "false", "null", "yes", "no", "on", "off"}


def is_id(value: str) -> bool:
    """Say whether *value* can be an id.

    Example:
        >>> [is_id(v) for v in ("ati_gate", "投标", "Site Survey", "2nd", "_x", "if")]
        [True, True, False, False, False, False]
    """
    return (
        0 < len(value) <= LONGEST
        and value.isidentifier()
        and not value.startswith("_")
        and value == value.lower()
        and value == unicodedata.normalize("NFKC", value)
        and value not in RESERVED
    )


def suggest_id(value: str) -> str:
    """Return the id nearest to *value*, for a remedy ("Site Survey" -> "site_survey"); "" when none can be made."""
    text = unicodedata.normalize("NFKC", value[: LONGEST * 2]).lower()
    text = "".join(c if c.isalnum() or c == "_" else "_" for c in text)
    while "__" in text:
        text = text.replace("__", "_")
    text = text.strip("_")[:LONGEST]
    if text and not is_id(text):
        text = f"x_{text}"[:LONGEST]
    return text if is_id(text) else ""


def check_id(value: object, field: str = "id") -> str:
    """Return *value* when it is an id.

    Raises:
        InvalidValue: it is not; the remedy says what to write instead.
    """
    if isinstance(value, str) and is_id(value):
        return value
    suggestion = suggest_id(value) if isinstance(value, str) else ""
    remedy = f"Write {suggestion!r}." if suggestion else "Write lower-case letters, digits and underscores."
    raise InvalidValue(field=field, value=repr(value), problem="is not a snake_case id.", remedy=remedy)


def element_id(value: str) -> ElementId:
    """Converter for attrs fields that hold one id."""
    return check_id(value)


def element_ids(values: Iterable[str]) -> tuple[ElementId, ...]:
    """Converter for attrs fields that hold several ids; a bare string is refused, not spelt out letter by letter."""
    if isinstance(values, str):
        raise InvalidValue(field="ids", value=repr(values), problem="is one string.", remedy=f"Write [{values!r}].")
    return tuple(check_id(v) for v in values)
