"""Process: the immutable, versioned declaration of how a company takes a lead to money, and look-ups in it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeAlias

import attrs

from ltcflow.conditions import Fact
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, FactId, RoleId, element_id, element_ids
from ltcflow.process.registers import NO_REGISTERS, Registers
from ltcflow.roles import NO_DUTIES, LabelLike, Raci, Role, SeparationRule, as_separation_rules
from ltcflow.stages import Activity, Deliverable, Gate, Measure, Milestone, Principle, Stage
from ltcflow.stages.escalation import Rung, as_ladder
from ltcflow.stages.parts import only
from ltcflow.worktime import DeclaredCalendar

Element: TypeAlias = Stage | Activity | Gate | Milestone | Deliverable
Node: TypeAlias = Activity | Gate | Milestone
"""An element that can be done, decided or reached."""


class RuleLevel(enum.Enum):
    """What a definition makes of a rule of `ltcflow.checks`."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


def _level(value: RuleLevel | str) -> RuleLevel:
    try:
        return RuleLevel(value)
    except ValueError:
        raise InvalidValue(
            field="rules", value=repr(value), problem="is not a level.", remedy="Use error, warning, or {off: reason}."
        ) from None


def _reason(instance: RuleSetting, _attribute: object, value: str) -> None:
    if (instance.level is RuleLevel.OFF) != bool(value.strip()):
        raise InvalidValue(
            field="rules",
            value=repr(value),
            problem="does not fit: a rule is switched off with a reason, and only then has one.",
            remedy=f"Write {instance.code}: {{off: why}}.",
        )


@attrs.frozen
class RuleSetting:
    """Promotes the rule *code* to an error, demotes it to a warning, or switches it off with a reason.

    Example:
        >>> RuleSetting("LTC322", "off", "no tender business").level
        <RuleLevel.OFF: 'off'>
    """

    code: str
    level: RuleLevel = attrs.field(converter=_level)
    reason: str = attrs.field(default="", validator=_reason)


def _facts(values: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(values)


def _roles(values: Iterable[Role]) -> tuple[Role, ...]:
    return tuple(values)


def _stages(values: Iterable[Stage]) -> tuple[Stage, ...]:
    return only(values, (Stage,), "stages", 'b.stage("bid")')


def _milestones(values: Iterable[Milestone]) -> tuple[Milestone, ...]:
    return only(values, (Milestone,), "milestones", 'b.milestone("signed")')


def _measures(values: Iterable[Measure]) -> tuple[Measure, ...]:
    return tuple(values)


def _principles(values: Iterable[Principle]) -> tuple[Principle, ...]:
    return tuple(values)


def _deliverables(values: Iterable[Deliverable]) -> tuple[Deliverable, ...]:
    return tuple(values)


def _calendars(values: Iterable[DeclaredCalendar]) -> tuple[DeclaredCalendar, ...]:
    return tuple(values)


def _rules(values: Iterable[RuleSetting]) -> tuple[RuleSetting, ...]:
    return tuple(sorted(values, key=lambda rule: rule.code))


def _role_sets(values: Iterable[Iterable[RoleId]]) -> tuple[tuple[RoleId, ...], ...]:
    return tuple(element_ids(roles) for roles in values)


def _role_set(value: RoleId | Iterable[RoleId]) -> tuple[RoleId, ...]:
    return element_ids((value,) if isinstance(value, str) else value)


def _labels(values: Iterable[LabelLike]) -> tuple[Label, ...]:
    return tuple(as_label(v) for v in values)


def _version(value: str) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= 100:
        return value.strip()
    raise InvalidValue(field="version", value=repr(value), problem="is not a text.", remedy='Write "1.0", in quotes.')


@attrs.frozen(kw_only=True, cache_hash=True)
class Process:
    """The declaration of one process. Frozen all the way down; equal when every field is equal.

    Attributes:
        id, version, title, purpose, scope: what it is called, what it is for, where it applies.
        facts: typed values that are known about a project.
        roles: the hats.
        separation_of_duties: sets of roles that one person may never wear together in one project.
        binding_of_duties: sets of roles that one and the same person must wear.
        separation_rules: what one person may not do together in one project, whatever they wear.
        assigned_by: roles whose wearers change who wears which role; (): anybody may.
        deliverables: documents and things, with their required fields.
        stages: in their listed order, with activities and gates inside.
        milestones: moments that must be true.
        measures: by what projects and the process are judged.
        principles: what the text lays down for everybody, in words.
        rules: rules of `ltcflow.checks` promoted, demoted or switched off.
        calendar: name of the calendar it is planned with unless told otherwise; "" for none.
        calendars: calendars of its own, each derived from another by name; see `resolve_calendar`.
        escalation: who is told as the time limits of its activities and gates are used up, unless these say otherwise.
        registers: the scale of risks, who decides change requests, whether it may end with open risks.
        gaps: what the text it was made from leaves open.
    """

    id: ElementId = attrs.field(converter=element_id)
    version: str = attrs.field(default="1.0", converter=_version)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    purpose: Label = attrs.field(default=NO_LABEL, converter=as_label)
    scope: Label = attrs.field(default=NO_LABEL, converter=as_label)
    family: str = ""
    facts: tuple[Fact, ...] = attrs.field(default=(), converter=_facts)
    roles: tuple[Role, ...] = attrs.field(default=(), converter=_roles)
    separation_of_duties: tuple[tuple[RoleId, ...], ...] = attrs.field(default=(), converter=_role_sets)
    binding_of_duties: tuple[tuple[RoleId, ...], ...] = attrs.field(default=(), converter=_role_sets)
    separation_rules: tuple[SeparationRule, ...] = attrs.field(default=(), converter=as_separation_rules)
    assigned_by: tuple[RoleId, ...] = attrs.field(default=(), converter=_role_set)
    deliverables: tuple[Deliverable, ...] = attrs.field(default=(), converter=_deliverables)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages)
    milestones: tuple[Milestone, ...] = attrs.field(default=(), converter=_milestones)
    measures: tuple[Measure, ...] = attrs.field(default=(), converter=_measures)
    principles: tuple[Principle, ...] = attrs.field(default=(), converter=_principles)
    rules: tuple[RuleSetting, ...] = attrs.field(default=(), converter=_rules)
    calendar: str = ""
    calendars: tuple[DeclaredCalendar, ...] = attrs.field(default=(), converter=_calendars)
    escalation: tuple[Rung, ...] = attrs.field(default=(), converter=as_ladder)
    registers: Registers = NO_REGISTERS
    gaps: tuple[Label, ...] = attrs.field(default=(), converter=_labels)
    source: Source | None = None

    @cached_property
    def _index(self) -> dict[ElementId, Element]:
        index: dict[ElementId, Element] = {}
        for element in self.elements():
            index.setdefault(element.id, element)
        return index

    @cached_property
    def _stage_of(self) -> dict[ElementId, Stage]:
        found: dict[ElementId, Stage] = {}
        for stage in self.stages:
            elements: tuple[Activity | Gate, ...] = (*stage.activities, *stage.gates)
            for element in elements:
                found.setdefault(element.id, stage)
        return found

    @cached_property
    def facts_by_id(self) -> dict[FactId, Fact]:
        """The declared facts by id (do not change it)."""
        return {fact.id: fact for fact in reversed(self.facts)}

    @cached_property
    def roles_by_id(self) -> dict[RoleId, Role]:
        """The declared roles by id (do not change it)."""
        return {role.id: role for role in reversed(self.roles)}

    def elements(self) -> Iterator[Element]:
        """Yield every element in declared order: each stage, its activities, its gates; milestones; deliverables."""
        for stage in self.stages:
            yield stage
            yield from stage.activities
            yield from stage.gates
        yield from self.milestones
        yield from self.deliverables

    def activities(self) -> Iterator[Activity]:
        """Yield every activity in declared order."""
        for stage in self.stages:
            yield from stage.activities

    def gates(self) -> Iterator[Gate]:
        """Yield every gate in declared order."""
        for stage in self.stages:
            yield from stage.gates

    def find(self, name: str) -> Element | None:
        """Return the element called *name*, or None. Cost: O(1) after the first call."""
        return self._index.get(name)

    def element(self, name: str) -> Element:
        """Return the element called *name*.

        Raises:
            UnknownName: there is none; the nearest ids are suggested.
        """
        found = self._index.get(name)
        if found is None:
            raise UnknownName(kind="element", value=name, known=self._index)
        return found

    def activity(self, name: str) -> Activity:
        """Return the activity called *name* (UnknownName otherwise)."""
        found = self._index.get(name)
        if not isinstance(found, Activity):
            raise UnknownName(kind="activity", value=name, known=(a.id for a in self.activities()))
        return found

    def gate(self, name: str) -> Gate:
        """Return the gate called *name* (UnknownName otherwise)."""
        found = self._index.get(name)
        if not isinstance(found, Gate):
            raise UnknownName(kind="gate", value=name, known=(g.id for g in self.gates()))
        return found

    def stage(self, name: str) -> Stage:
        """Return the stage called *name* (UnknownName otherwise)."""
        found = self._index.get(name)
        if not isinstance(found, Stage):
            raise UnknownName(kind="stage", value=name, known=(s.id for s in self.stages))
        return found

    def milestone(self, name: str) -> Milestone:
        """Return the milestone called *name* (UnknownName otherwise)."""
        found = self._index.get(name)
        if not isinstance(found, Milestone):
            raise UnknownName(kind="milestone", value=name, known=(m.id for m in self.milestones))
        return found

    def deliverable(self, name: str) -> Deliverable:
        """Return the deliverable called *name* (UnknownName otherwise)."""
        found = self._index.get(name)
        if not isinstance(found, Deliverable):
            raise UnknownName(kind="deliverable", value=name, known=(d.id for d in self.deliverables))
        return found

    def role(self, name: str) -> Role:
        """Return the role called *name* (UnknownName otherwise)."""
        found = self.roles_by_id.get(name)
        if found is None:
            raise UnknownName(kind="role", value=name, known=(r.id for r in self.roles))
        return found

    def fact(self, name: str) -> Fact:
        """Return the fact called *name* (UnknownName otherwise)."""
        found = self.facts_by_id.get(name)
        if found is None:
            raise UnknownName(kind="fact", value=name, known=(f.id for f in self.facts))
        return found

    def __rshift__(self, other: Process) -> Process:
        """Return the process that runs *other* after this one: `compose` of the two."""
        from ltcflow.process.composition import compose

        return compose(self, other) if isinstance(other, Process) else NotImplemented

    def __or__(self, other: Process) -> Process:
        """Return the process that runs *other* beside this one: `side_by_side` of the two."""
        from ltcflow.process.composition import side_by_side

        return side_by_side(self, other) if isinstance(other, Process) else NotImplemented

    def stage_of(self, name: ElementId) -> Stage | None:
        """Return the stage that holds the activity or gate *name*; None for milestones, stages and deliverables."""
        return self._stage_of.get(name)


def kind_of(element: Element) -> str:
    """Return the word for what *element* is: stage, activity, gate, milestone or deliverable."""
    return type(element).__name__.lower()


def duties_of(element: Element) -> Raci:
    """Return the R/A/C/I of *element*; stages, milestones and deliverables have none of their own."""
    return element.raci if isinstance(element, Activity | Gate) else NO_DUTIES
