"""Escalation: who is told when the time limit of an activity or gate is used up to some part, or overrun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import RoleId, element_id, element_ids
from ltcflow.worktime import DurationLike, WorkDuration, as_duration

_REMEDY = "Write {share: 0.8, tell: role}, {used: 4d, tell: role} or {overdue: 1d, tell: role}."


def _roles(value: str | Iterable[str]) -> tuple[RoleId, ...]:
    return (element_id(value),) if isinstance(value, str) else tuple(dict.fromkeys(element_ids(value)))


def _share(value: Decimal | int | str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        share = Decimal(value) if isinstance(value, Decimal | int | str) and not isinstance(value, bool) else None
    except ArithmeticError:
        share = None
    if share is None or not share.is_finite() or not 0 < share <= 1000:
        raise InvalidValue(
            field="share", value=repr(value), problem="is no share of a time limit.", remedy='Write "0.8" for 80 %.'
        )
    return share


def _stretch(value: DurationLike | None) -> WorkDuration | None:
    return None if value is None else as_duration(value)


def longer_than_zero(_instance: object, attribute: attrs.Attribute[Any], value: WorkDuration | None) -> None:
    """Validate that a duration, when it is given, is longer than zero."""
    if value is not None and value.minutes <= 0:
        raise InvalidValue(
            field=attribute.name, value=str(value), problem="is not longer than zero.", remedy="Use 2d or so."
        )


def as_limit(value: DurationLike | None) -> WorkDuration | None:
    """Return *value* as a time limit (converter for attrs fields); None for none."""
    return _stretch(value)


@attrs.frozen(kw_only=True)
class Rung:
    """One rung of an escalation ladder: how much of the time limit is used, and who is told then.

    Attributes:
        share: of the limit (0.8 is 80 %). used: time used. overdue: time used beyond the limit. Exactly one is given.
        tell: the roles that are told.

    Example:
        >>> rung = Rung(share="0.8", tell="sales_director")
        >>> rung.minutes(WorkDuration.parse("5d")), rung.key
        (1920, '80%')
    """

    share: Decimal | None = attrs.field(default=None, converter=_share)
    used: WorkDuration | None = attrs.field(default=None, converter=_stretch, validator=longer_than_zero)
    overdue: WorkDuration | None = attrs.field(default=None, converter=_stretch, validator=longer_than_zero)
    tell: tuple[RoleId, ...] = attrs.field(converter=_roles)

    def __attrs_post_init__(self) -> None:
        if sum(part is not None for part in (self.share, self.used, self.overdue)) != 1 or not self.tell:
            raise InvalidValue(field="escalation", value=repr(self), problem="is no rung of a ladder.", remedy=_REMEDY)

    @property
    def key(self) -> str:
        """What the rung is called in the record: ``80%``, ``used 4d`` or ``overdue 1d``."""
        if self.share is not None:
            percent = format((self.share * 100).normalize(), "f")
            return f"{percent}%"
        return f"used {self.used}" if self.used is not None else f"overdue {self.overdue}"

    @property
    def span(self) -> WorkDuration | None:
        """The duration it names; None for a share."""
        return self.used if self.used is not None else self.overdue

    def minutes(self, limit: WorkDuration) -> int:
        """Return after how many minutes under *limit* the rung is reached; a share is rounded up to the minute."""
        if self.share is not None:
            return int((self.share * limit.minutes).to_integral_value(ROUND_CEILING))
        return self.used.minutes if self.used is not None else limit.minutes + (self.overdue or limit).minutes


RungLike: TypeAlias = Rung | Mapping[str, Any]
LadderLike: TypeAlias = Iterable[RungLike]


def as_rung(value: RungLike) -> Rung:
    """Return *value* as a rung: itself, or made of a mapping as in a definition file.

    Raises:
        InvalidValue: it is neither.
    """
    if isinstance(value, Rung):
        return value
    known = {"share", "used", "overdue", "tell"}
    if not isinstance(value, Mapping) or not known >= set(value) or "tell" not in value:
        raise InvalidValue(
            field="escalation", value=repr(value)[:120], problem="is no rung of a ladder.", remedy=_REMEDY
        )
    return Rung(**value)


def as_ladder(values: LadderLike) -> tuple[Rung, ...]:
    """Return *values* as an escalation ladder.

    Example:
        >>> [rung.key for rung in as_ladder([{"share": "0.5", "tell": "seller"}, {"overdue": "1d", "tell": "boss"}])]
        ['50%', 'overdue 1d']
    """
    if isinstance(values, str | Mapping | Rung) or not isinstance(values, Iterable):
        raise InvalidValue(
            field="escalation",
            value=repr(values)[:120],
            problem="is no list of rungs.",
            remedy=f"{_REMEDY[:-1]} in [].",
        )
    return tuple(as_rung(value) for value in values)


def ladder_or_default(values: LadderLike | None) -> tuple[Rung, ...] | None:
    """Return *values* as a ladder (converter for attrs fields); None: that of the process."""
    return None if values is None else as_ladder(values)
