"""Statements about a whole process: what is measured, and what must always be kept."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, FactId, element_id, element_ids


def _fact_or_none(value: str) -> FactId:
    return element_id(value) if value else ""


def _ids(values: str | Iterable[str]) -> tuple[ElementId, ...]:
    return (element_id(values),) if isinstance(values, str) else tuple(dict.fromkeys(element_ids(values)))


def _keepers(values: str | Iterable[str]) -> tuple[str, ...]:
    given = (values,) if isinstance(values, str) else tuple(values)
    for value in given:
        if not isinstance(value, str) or not value.strip() or len(value) > 100:
            raise InvalidValue(
                field="kept_by",
                value=repr(value)[:80],
                problem="is neither an id nor a code.",
                remedy="Write the id of an element, or the code of a rule such as LTC310.",
            )
    return tuple(dict.fromkeys(value.strip() for value in given))


@attrs.frozen(kw_only=True)
class Measure:
    """Something by which projects or the process are judged (a KPI).

    Attributes:
        id, title, what: its name, and what it says, in words. Ids of measures are a namespace of their own.
        fact: the fact of a project that holds its value; "" when nothing in a project does.
        target: condition over the facts that is true when the measure is as it should be; "" for none.
        source: where the text says so.

    Example:
        >>> Measure(id="gross_margin", title="Gross margin", fact="gross_margin", target="gross_margin >= 0.15").fact
        'gross_margin'
    """

    id: str = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    what: Label = attrs.field(default=NO_LABEL, converter=as_label)
    fact: FactId = attrs.field(default="", converter=_fact_or_none)
    target: str = ""
    source: Source | None = None


@attrs.frozen(kw_only=True)
class Principle:
    """A rule that the text lays down for everybody, in words, and what in the declaration sees to it.

    (The keys ``rules`` of a definition are something else: the level of each rule of `ltcflow.check`.)

    Attributes:
        id, title: its name, and the rule itself. Ids of principles are a namespace of their own.
        applies_to: the elements it is about; () for the whole process.
        kept_by: what sees to it: ids of activities, gates, milestones, deliverables, or codes of rules (``LTC310``);
            () when people alone do.
        mandatory: a hard rule: tailoring may not drop it.
        source: where the text says so.

    Example:
        >>> Principle(id="named_sponsor", title="The sponsor is a named person.", kept_by="LTC310").kept_by
        ('LTC310',)
    """

    id: str = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    applies_to: tuple[ElementId, ...] = attrs.field(default=(), converter=_ids)
    kept_by: tuple[str, ...] = attrs.field(default=(), converter=_keepers)
    mandatory: bool = False
    source: Source | None = None
