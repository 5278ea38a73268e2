"""Separation of duties beyond hats that exclude each other: by what people do, not by what they wear."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import element_ids


class SeparationKind(enum.Enum):
    """What a rule keeps apart (the terms are those of Simon and Zurko, 1997).

    * dynamic: one person may wear the roles together, and acts in one of them only in one project.
    * history: one person acts on one of the steps only in one project: whoever made it does not approve it.
    * operational: no one person takes all of the steps: a critical chain needs two people at least.
    """

    DYNAMIC = "dynamic"
    HISTORY = "history"
    OPERATIONAL = "operational"


def _kind(value: SeparationKind | str) -> SeparationKind:
    try:
        return SeparationKind(value)
    except ValueError:
        raise InvalidValue(
            field="separation_rules",
            value=repr(value)[:80],
            problem="is not a kind of separation.",
            remedy="Use dynamic, history or operational.",
        ) from None


def _names(value: Iterable[str]) -> tuple[str, ...]:
    return element_ids(value)


def _two(instance: SeparationRule, _attribute: object, value: tuple[str, ...]) -> None:
    if len(set(value)) < 2 or len(set(value)) < len(value):
        raise InvalidValue(
            field=instance.kind.value,
            value=", ".join(value)[:120],
            problem="keeps nothing apart.",
            remedy="Name two or more, each once.",
        )


@attrs.frozen
class SeparationRule:
    """One rule of separation: *kind*, and *names* of roles (dynamic) or of activities and gates (the other kinds).

    Example:
        >>> SeparationRule("history", ["make_offer", "approve_offer"]).kind
        <SeparationKind.HISTORY: 'history'>
    """

    kind: SeparationKind = attrs.field(converter=_kind)
    names: tuple[str, ...] = attrs.field(converter=_names, validator=_two)


SeparationLike: TypeAlias = SeparationRule | Mapping[str, Iterable[str]]


def as_separation_rules(values: Iterable[SeparationLike]) -> tuple[SeparationRule, ...]:
    """Return *values* as rules: `SeparationRule` values, or mappings of one kind to its names."""
    made: list[SeparationRule] = []
    for value in values:
        if isinstance(value, SeparationRule):
            made.append(value)
        else:
            made += [SeparationRule(kind, names) for kind, names in value.items()]
    return tuple(made)
