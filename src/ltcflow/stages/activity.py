"""Activities: the pieces of work of a stage; deliverables: what they leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, element_id, element_ids
from ltcflow.roles import NO_DUTIES, LabelLike, Raci, as_raci
from ltcflow.stages.dependency import Dependency, dependencies_or_listed
from ltcflow.stages.escalation import Rung, as_limit, ladder_or_default, longer_than_zero
from ltcflow.stages.estimate import Duration, estimate_or_missing
from ltcflow.worktime import DurationLike, WorkDuration, as_duration


def _ids(values: str | Iterable[str]) -> tuple[ElementId, ...]:
    return (element_id(values),) if isinstance(values, str) else tuple(dict.fromkeys(element_ids(values)))


def _every(value: DurationLike | None) -> WorkDuration | None:
    return None if value is None else as_duration(value)


def _positive(_instance: object, _attribute: object, value: WorkDuration | None) -> None:
    if value is not None and value.minutes <= 0:
        raise InvalidValue(field="every", value=str(value), problem="is not longer than zero.", remedy="Use 1w or so.")


@attrs.frozen(kw_only=True)
class Activity:
    """One piece of work.

    Attributes:
        id, title, what: its name, and what is done, in words.
        duration: how long it takes; None: nobody has estimated it.
        raci: which roles are responsible, accountable, consulted, informed.
        after: what it waits for besides its stage; None: the activity listed before it (in a sequence); () nothing.
        when: condition over the facts; when false the activity is skipped and blocks nothing.
        continuous: runs along its stage and ends with it; nothing waits for it.
        every: recurs at this interval along its stage; nothing waits for it.
        inputs, outputs: deliverables it reads and leaves behind.
        calendar: name of the calendar its time counts on; "": that of the roles that do it, else the project's.
        time_limit: how long it may take from the moment it can be begun; None: no limit.
        escalation: who is told as the limit is used up; None: the ladder of the process; (): nobody but who does it.
        mandatory: tailoring may not drop or weaken it.
        source: where the text says so.

    Example:
        >>> Activity(id="solution", duration="5d", raci={"A": "account_responsible"}).duration.expected_minutes()
        2400
    """

    id: ElementId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    what: Label = attrs.field(default=NO_LABEL, converter=as_label)
    duration: Duration | None = attrs.field(default=None, converter=estimate_or_missing)
    raci: Raci = attrs.field(default=NO_DUTIES, converter=as_raci)
    after: tuple[Dependency, ...] | None = attrs.field(default=None, converter=dependencies_or_listed)
    when: str = ""
    continuous: bool = False
    every: WorkDuration | None = attrs.field(default=None, converter=_every, validator=_positive)
    inputs: tuple[ElementId, ...] = attrs.field(default=(), converter=_ids)
    outputs: tuple[ElementId, ...] = attrs.field(default=(), converter=_ids)
    calendar: str = ""
    time_limit: WorkDuration | None = attrs.field(default=None, converter=as_limit, validator=longer_than_zero)
    escalation: tuple[Rung, ...] | None = attrs.field(default=None, converter=ladder_or_default)
    mandatory: bool = False
    source: Source | None = None

    @property
    def spans(self) -> bool:
        """True when it runs along its stage (continuous or recurring) instead of being a step of it."""
        return self.continuous or self.every is not None


@attrs.frozen
class RequiredField:
    """A field that a deliverable must fill in.

    Example:
        >>> as_fields(["goal", "scope"])[0].id
        'goal'
    """

    id: str = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)


FieldsLike: TypeAlias = "Iterable[RequiredField | str] | Mapping[str, LabelLike]"


def as_fields(values: FieldsLike) -> tuple[RequiredField, ...]:
    """Return *values* as required fields: ids, or a mapping of ids to titles; repeated ids are refused."""
    if isinstance(values, str):
        raise InvalidValue(field="fields", value=repr(values), problem="is one text.", remedy=f"Write [{values}].")
    if isinstance(values, Mapping):
        fields = tuple(RequiredField(key, as_label(title)) for key, title in values.items())
    else:
        fields = tuple(v if isinstance(v, RequiredField) else RequiredField(v) for v in values)
    names = [f.id for f in fields]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise InvalidValue(field="fields", value=repr(twice), problem="is there twice.", remedy="Remove one of them.")
    return fields


@attrs.frozen(kw_only=True)
class Deliverable:
    """A document or thing an activity leaves behind, with the fields it must fill in."""

    id: ElementId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    fields: tuple[RequiredField, ...] = attrs.field(default=(), converter=as_fields)
    mandatory: bool = False
    source: Source | None = None
