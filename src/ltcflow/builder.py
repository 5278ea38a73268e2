"""Declare a process in Python, in the words of the definition file.

Example:
    >>> from ltcflow import builder as b
    >>> bid = b.process(
    ...     "bid_project",
    ...     title={"zh": "投标项目", "en": "Bid project"},
    ...     facts={"gross_margin": b.percent(), "amount": b.money("CNY")},
    ...     roles={"account_responsible": {"zh": "客户责任人", "abbreviation": "AR"}, "decision_team": "决策团队"},
    ...     stages=[
    ...         b.stage(
    ...             "bid",
    ...             activities=[
    ...                 b.activity("solution", duration="5d", raci={"A": "account_responsible"}),
    ...                 b.activity("financing", when="amount >= 10_000_000", after=[b.after("solution", "SS", "1d")]),
    ...             ],
    ...             gates=[
    ...                 b.gate(
    ...                     "atb",
    ...                     decided_by={"roles": ["decision_team"], "rule": {"quorum": 2}},
    ...                     criteria=[b.done("solution"), b.fact("gross_margin >= 0.15")],
    ...                     recycle_to="solution",
    ...                 )
    ...             ],
    ...         )
    ...     ],
    ...     milestones=[b.milestone("bid_sent", after=["atb"])],
    ... )
    >>> [activity.id for activity in bid.activities()]
    ['solution', 'financing']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

import attrs

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    FactType,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
)
from ltcflow.errors import UnknownName
from ltcflow.labels import Label
from ltcflow.process import Process, RuleSetting
from ltcflow.roles import LabelLike, Role
from ltcflow.stages import (
    Activity,
    Deliverable,
    Delivered,
    Dependency,
    Done,
    FactHolds,
    Gate,
    Measure,
    Milestone,
    PluginCriterion,
    Principle,
    RiskLevel,
    RiskLimit,
    Stage,
)
from ltcflow.worktime import ZERO, DeclaredCalendar, DurationLike

RoleLike: TypeAlias = Role | LabelLike | Mapping[str, Any]
RuleLike: TypeAlias = str | Mapping[str, str]
CalendarLike: TypeAlias = DeclaredCalendar | str | Mapping[str, Any]


def money(currency: str) -> MoneyType:
    """A fact that is an amount of money in *currency* (three letters, ISO 4217)."""
    return MoneyType(currency)


def percent() -> PercentType:
    """A fact that is a share: 0.15 is 15 %."""
    return PercentType()


def choice(*of: str) -> ChoiceType:
    """A fact that is one of the options *of*."""
    return ChoiceType(of)


def number(unit: str = "") -> NumberType:
    """A fact that is a number, perhaps with a unit."""
    return NumberType(unit)


def date() -> DateType:
    """A fact that is a calendar date."""
    return DateType()


def text() -> TextType:
    """A fact that is a text."""
    return TextType()


def yes_no() -> YesNoType:
    """A fact that is true or false."""
    return YesNoType()


def after(on: str, type: str = "FS", lag: DurationLike = ZERO) -> Dependency:
    """A dependency on the element *on*: type FS, SS, FF or SF, with a lag or (negative) lead."""
    return Dependency(on, type, lag)


def done(element: str, **options: Any) -> Done:
    """The criterion that *element* is done; options: id, title, mandatory, remembers, owner."""
    return Done(element=element, **options)


def delivered(deliverable: str, **options: Any) -> Delivered:
    """The criterion that *deliverable* has been submitted; options as for `done`."""
    return Delivered(deliverable=deliverable, **options)


def fact(expression: str, **options: Any) -> FactHolds:
    """The criterion that a condition over the facts holds; options as for `done`."""
    return FactHolds(expression=expression, **options)


def risk(open_at_least: RiskLevel | str = "high", allowed: int = 0, **options: Any) -> RiskLimit:
    """The criterion that at most *allowed* open risks are at least that heavy; options as for `done`."""
    return RiskLimit(open_at_least=open_at_least, allowed=allowed, **options)


def plugin(name: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> PluginCriterion:
    """The criterion *name* of an installed plugin, with its parameters; options as for `done`."""
    return PluginCriterion(name=name, parameters=parameters or {}, **options)


T = TypeVar("T")
_AS_IN_THE_FILE = {"out": "outputs", "in_": "inputs"}


def _made(kind: type[T], **fields: Any) -> T:
    """Make a *kind* of *fields*, called as in the file or as there; what is neither is answered by the nearest."""
    known = [field.name for field in attrs.fields(cast(Any, kind)) if field.init]
    named = {_AS_IN_THE_FILE.get(name, name): value for name, value in fields.items()}
    for name in named:
        if name not in known:
            raise UnknownName(kind=f"field of {kind.__name__}", value=name, known=known)
    return kind(**named)


def activity(id: str, **fields: Any) -> Activity:
    """An `Activity`; fields as there (``out`` and ``in_`` for outputs and inputs, as in the file)."""
    return _made(Activity, id=id, **fields)


def gate(id: str, **fields: Any) -> Gate:
    """A `Gate`; fields as there."""
    return _made(Gate, id=id, **fields)


def stage(id: str, **fields: Any) -> Stage:
    """A `Stage`; fields as there."""
    return _made(Stage, id=id, **fields)


def milestone(id: str, **fields: Any) -> Milestone:
    """A `Milestone`; fields as there."""
    return _made(Milestone, id=id, **fields)


def deliverable(id: str, **fields: Any) -> Deliverable:
    """A `Deliverable`; fields as there."""
    return _made(Deliverable, id=id, **fields)


def measure(id: str, title: LabelLike = "", **fields: Any) -> Measure:
    """A `Measure`; fields as there."""
    return _made(Measure, id=id, title=title, **fields)


def principle(id: str, title: LabelLike = "", **fields: Any) -> Principle:
    """A `Principle`; fields as there."""
    return _made(Principle, id=id, title=title, **fields)


def role(id: str, title: LabelLike = "", **fields: Any) -> Role:
    """A `Role`; fields as there."""
    return _made(Role, id=id, title=title, **fields)


def _as_role(id: str, value: RoleLike) -> Role:
    if isinstance(value, Role):
        return value if value.id == id else attrs.evolve(value, id=id)
    if isinstance(value, str | Label):
        return Role(id=id, title=value)
    fields: dict[str, Any] = dict(value)
    title = Label(zh=fields.pop("zh", ""), en=fields.pop("en", ""))
    return _made(Role, id=id, title=fields.pop("title", title), **fields)


def calendar(id: str, title: LabelLike = "", **fields: Any) -> DeclaredCalendar:
    """A calendar of a process: base, hours, closed, open, open_hours and time_zone, as in `DeclaredCalendar`."""
    return _made(DeclaredCalendar, id=id, title=title, **fields)


def _as_calendar(id: str, value: CalendarLike) -> DeclaredCalendar:
    if isinstance(value, DeclaredCalendar):
        return value if value.id == id else attrs.evolve(value, id=id)
    fields: dict[str, Any] = {"base": value} if isinstance(value, str) else dict(value)
    title = Label(zh=fields.pop("zh", ""), en=fields.pop("en", ""))
    return calendar(id, fields.pop("title", title), **fields)


def _as_rule(code: str, value: RuleLike) -> RuleSetting:
    return RuleSetting(code, value) if isinstance(value, str) else RuleSetting(code, "off", value["off"])


def process(
    id: str,
    *,
    facts: Mapping[str, FactType | Fact] | Iterable[Fact] = (),
    roles: Mapping[str, RoleLike] | Iterable[Role] = (),
    deliverables: Mapping[str, LabelLike] | Iterable[Deliverable] = (),
    stages: Iterable[Stage] = (),
    milestones: Iterable[Milestone] = (),
    rules: Mapping[str, RuleLike] | Iterable[RuleSetting] = (),
    calendars: Mapping[str, CalendarLike] | Iterable[DeclaredCalendar] = (),
    **fields: Any,
) -> Process:
    """A `Process`, its parts given as in the definition file.

    Args:
        facts: types (or `Fact` values) by id.
        roles: titles, mappings with zh/en and the fields of `Role`, or `Role` values, by id.
        deliverables: titles by id, or `Deliverable` values.
        rules: "error", "warning" or {"off": reason} by code.
        calendars: by id the name of its base, a mapping with the fields of `DeclaredCalendar`, or such a value.
        fields: version, title, purpose, separation_of_duties and the other fields of `Process`.
    Raises:
        InvalidValue: a field cannot hold its value. What is merely unsound is left to `ltcflow.check`.
    """
    if isinstance(facts, Mapping):
        facts = [f if isinstance(f, Fact) else Fact(id=name, type=f) for name, f in facts.items()]
    if isinstance(roles, Mapping):
        roles = [_as_role(name, value) for name, value in roles.items()]
    if isinstance(deliverables, Mapping):
        deliverables = [Deliverable(id=name, title=title) for name, title in deliverables.items()]
    if isinstance(rules, Mapping):
        rules = [_as_rule(code, value) for code, value in rules.items()]
    if isinstance(calendars, Mapping):
        calendars = [_as_calendar(name, value) for name, value in calendars.items()]
    return _made(
        Process,
        id=id,
        facts=facts,
        roles=roles,
        deliverables=deliverables,
        stages=stages,
        milestones=milestones,
        rules=rules,
        calendars=calendars,
        **fields,
    )
