"""Lists of parts: a part of the wrong kind is refused where it is given, not where it is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ltcflow.errors import InvalidValue

T = TypeVar("T")


def only(values: Iterable[T], kinds: tuple[type[object], ...], field: str, word: str) -> tuple[T, ...]:
    """Return *values* as a tuple when each is of one of *kinds*.

    Args:
        field, word: what the list is called, and how one of its parts is made (``b.activity("draft")``).
    Raises:
        InvalidValue: one is of another kind, or *values* is no list.

    Example:
        >>> only(["draft"], (int,), "activities", 'b.activity("draft")')
        Traceback (most recent call last):
        ...
        ltcflow.errors.InvalidValue: LTC202: activities[0]: 'draft': is a str. Write b.activity("draft").
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidValue(field=field, value=repr(values), problem="is no list.", remedy=f"Write [{word}].")
    kept = tuple(values)
    for i, value in enumerate(kept):
        if not isinstance(value, kinds):
            kind = type(value).__name__
            raise InvalidValue(
                field=f"{field}[{i}]", value=repr(value), problem=f"is a {kind}.", remedy=f"Write {word}."
            )
    return kept
