"""Criteria: what a gate passes on. Each is a value; what it means for a project is judged in `ltcflow.projects`."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, as_label
from ltcflow.names import ElementId, RoleId, element_id
from ltcflow.stages.parts import only

Frozen: TypeAlias = "str | int | Decimal | bool | tuple[Any, ...] | Parameters | None"


def _exact(value: Any) -> Any:
    """Return what two parameters are compared by: true differs from 1, and false from 0."""
    if isinstance(value, tuple):
        return tuple(_exact(item) for item in value)
    return ("yes/no", value) if isinstance(value, bool) else (value,)


@attrs.frozen
class Parameters:
    """Named values for a plugin's criterion: an immutable mapping, in the order it was written.

    Example:
        >>> freeze({"limit": 5_000_000, "over": [1, 2]}).as_dict()
        {'limit': 5000000, 'over': [1, 2]}
    """

    items: tuple[tuple[str, Frozen], ...] = attrs.field(default=(), eq=_exact)

    def as_dict(self) -> dict[str, Any]:
        """Return the values as plain dicts and lists."""
        return {key: thaw(value) for key, value in self.items}

    def __bool__(self) -> bool:
        return bool(self.items)


def freeze(value: Mapping[str, Any] | Parameters) -> Parameters:
    """Return *value* (plain data: mappings, lists, text, whole numbers, Decimal, yes/no, nothing) frozen.

    Raises:
        InvalidValue: a value of another type, a key that is no text, or a number that is not finite.
    """
    if isinstance(value, Parameters):
        return value
    return Parameters(tuple((_key(key), _freeze_value(item)) for key, item in value.items()))


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise InvalidValue(field="with", value=repr(key), problem="is not a text key.", remedy="Put the key in quotes.")


def _freeze_value(value: Any) -> Frozen:
    if isinstance(value, Mapping | Parameters):
        return freeze(value)
    if isinstance(value, list | tuple):
        return tuple(_freeze_value(v) for v in value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, Decimal) and value.is_finite()):
        return value
    raise InvalidValue(
        field="with", value=repr(value)[:80], problem="is not plain data.", remedy="Use text, numbers, lists, yes/no."
    )


def thaw(value: Frozen) -> Any:
    """Return a frozen value as plain data: the inverse of `freeze` for one value."""
    if isinstance(value, Parameters):
        return value.as_dict()
    return [thaw(v) for v in value] if isinstance(value, tuple) else value


class RiskLevel(enum.Enum):
    """How heavy a risk is (probability times impact, in words)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(RiskLevel).index(self)

    @property
    def label(self) -> Label:
        """The level in Chinese and in English."""
        return Label(zh=("低", "中", "高", "严重")[self.rank], en=self.value)


def _level(value: RiskLevel | str) -> RiskLevel:
    try:
        return RiskLevel(value)
    except ValueError:
        raise InvalidValue(
            field="open_at_least",
            value=repr(value),
            problem="is not a risk level.",
            remedy="Use low, medium, high or critical.",
        ) from None


def _owner(value: RoleId) -> RoleId:
    return element_id(value) if value else ""


def _criterion_id(value: str) -> str:
    return element_id(value) if value else ""


@attrs.frozen(kw_only=True)
class Criterion:
    """What all criteria share.

    Attributes:
        id: name of the criterion inside its gate; "" makes `criterion_keys` name it.
        title: what it asks, in words.
        mandatory: nobody may waive it, and tailoring may not drop or weaken it.
        remembers: once met it stays met; otherwise it must hold at the moment of the decision.
        owner: role that can see to it; "" leaves it to the duties of what it names.
    """

    id: str = attrs.field(default="", converter=_criterion_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    mandatory: bool = False
    remembers: bool = False
    owner: RoleId = attrs.field(default="", converter=_owner)


@attrs.frozen(kw_only=True)
class Done(Criterion):
    """An activity is finished, a gate passed, a milestone reached or a stage ended; skipped counts as met."""

    element: ElementId = attrs.field(converter=element_id)


@attrs.frozen(kw_only=True)
class Delivered(Criterion):
    """A deliverable has been submitted with all its required fields."""

    deliverable: ElementId = attrs.field(converter=element_id)


@attrs.frozen(kw_only=True)
class FactHolds(Criterion):
    """A condition over the facts of the project is true; unknown facts leave it unknown, which does not pass."""

    expression: str


def _allowed(_instance: object, _attribute: object, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidValue(
            field="allowed", value=repr(value)[:80], problem="is not a number of risks.", remedy="Use 0 or more."
        )


@attrs.frozen(kw_only=True)
class RiskLimit(Criterion):
    """No more than *allowed* open risks are as heavy as *open_at_least* or heavier."""

    open_at_least: RiskLevel = attrs.field(default=RiskLevel.HIGH, converter=_level)
    allowed: int = attrs.field(default=0, validator=_allowed)


@attrs.frozen(kw_only=True)
class PluginCriterion(Criterion):
    """A criterion that an installed plugin judges, such as ``acme.credit_limit``, with its parameters."""

    name: str
    parameters: Parameters = attrs.field(default=Parameters(), converter=freeze)


AnyCriterion: TypeAlias = Done | Delivered | FactHolds | RiskLimit | PluginCriterion


def criteria_only(values: Iterable[AnyCriterion]) -> tuple[AnyCriterion, ...]:
    """Return *values* when all are criteria (converter for attrs fields; InvalidValue otherwise)."""
    kinds = (Done, Delivered, FactHolds, RiskLimit, PluginCriterion)
    return only(values, kinds, "criteria", 'b.done("draft") or b.fact("margin > 0")')


def criterion_kind(criterion: AnyCriterion) -> str:
    """Return the word that the definition file uses: done, delivered, fact, risk or plugin."""
    match criterion:
        case Done():
            return "done"
        case Delivered():
            return "delivered"
        case FactHolds():
            return "fact"
        case RiskLimit():
            return "risk"
        case PluginCriterion():
            return "plugin"


def criterion_subject(criterion: AnyCriterion) -> str:
    """Return what a criterion is about, in one text (an id, an expression, a plugin's name)."""
    match criterion:
        case Done():
            return criterion.element
        case Delivered():
            return criterion.deliverable
        case FactHolds():
            return criterion.expression
        case RiskLimit():
            return f"{criterion.open_at_least.value}<={criterion.allowed}"
        case PluginCriterion():
            return criterion.name


def criterion_keys(criteria: Iterable[AnyCriterion]) -> tuple[str, ...]:
    """Return one key per criterion, unique in *criteria*: its id, else ``kind:subject``, numbered when repeated.

    Example:
        >>> criterion_keys((Done(element="solution"), FactHolds(expression="margin > 0", id="margin")))
        ('done:solution', 'margin')
    """
    keys: list[str] = []
    for criterion in criteria:
        key = wanted = criterion.id or f"{criterion_kind(criterion)}:{criterion_subject(criterion)}"
        number = 2
        while key in keys:
            key, number = f"{wanted}#{number}", number + 1
        keys.append(key)
    return tuple(keys)
