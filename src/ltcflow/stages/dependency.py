"""Dependencies: what waits for what, and how (finish-to-start, start-to-start, finish-to-finish, start-to-finish)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId, element_id
from ltcflow.worktime import ZERO, DurationLike, WorkDuration, as_duration


class DependencyType(enum.Enum):
    """The four precedence types of the precedence diagramming method (PMBOK, 6.3)."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


def _type(value: DependencyType | str) -> DependencyType:
    try:
        return DependencyType(value)
    except ValueError:
        raise InvalidValue(
            field="type", value=repr(value), problem="is not a dependency type.", remedy="Use FS, SS, FF or SF."
        ) from None


@attrs.frozen
class Dependency:
    """Waits for *on*: type FS unless said otherwise, with a lag (or a negative lag: a lead).

    Attributes:
        on: id of the activity, gate, stage or milestone that is waited for.
        type: finish-to-start, start-to-start, finish-to-finish or start-to-finish.
        lag: working time, or elapsed time (``2ed``), that passes in between.

    Example:
        >>> Dependency("solution", "SS", "1d").lag.minutes
        480
    """

    on: ElementId = attrs.field(converter=element_id)
    type: DependencyType = attrs.field(default=DependencyType.FS, converter=_type)
    lag: WorkDuration = attrs.field(default=ZERO, converter=as_duration)


DependencyLike: TypeAlias = Dependency | str | Mapping[str, str]
_TARGETS = ("on", "activity", "gate", "stage", "milestone")


def as_dependency(value: DependencyLike) -> Dependency:
    """Return *value* as a dependency: an id, or ``{"activity": id, "type": "SS", "lag": "1d"}``.

    The key that names the element may be activity, gate, stage, milestone or ``on``.
    """
    if isinstance(value, Dependency):
        return value
    if isinstance(value, str):
        return Dependency(value)
    if not isinstance(value, Mapping):
        wrote = f"[{value.id!r}]" if hasattr(value, "id") else "['draft'] or [b.after('draft', 'SS', '1d')]"
        kind = type(value).__name__
        raise InvalidValue(field="after", value=repr(value), problem=f"is a {kind}.", remedy=f"Write {wrote}.")
    named = [key for key in _TARGETS if key in value]
    unknown = [key for key in value if key not in (*_TARGETS, "type", "lag")]
    if len(named) != 1 or unknown:
        raise InvalidValue(
            field="after",
            value=repr(dict(value)),
            problem="is not a dependency.",
            remedy="Write {activity: id, type: FS, lag: 1d}.",
        )
    lag: DurationLike = value.get("lag", ZERO)
    return Dependency(value[named[0]], value.get("type", "FS"), lag)


def dependencies(values: Iterable[DependencyLike]) -> tuple[Dependency, ...]:
    """Return each of *values* as a dependency; a bare string counts as one id."""
    return (Dependency(values),) if isinstance(values, str) else tuple(as_dependency(v) for v in values)


def dependencies_or_listed(values: Iterable[DependencyLike] | None) -> tuple[Dependency, ...] | None:
    """Return *values* as dependencies; None stays None and means "as listed"."""
    return None if values is None else dependencies(values)
