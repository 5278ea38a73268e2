"""Two plans side by side: what moved, came, went, became critical."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from ltcflow.names import ElementId
from ltcflow.worktime import ZERO, Calendar, WorkDuration, minutes_between

if TYPE_CHECKING:
    from datetime import datetime

    from ltcflow.schedule.rows import Plan, Row


@attrs.frozen(kw_only=True)
class Change:
    """How one element differs between two plans.

    Attributes:
        before, after: its row in each; None where it is not in that plan.
        start, finish: shift of the early dates in working time, positive when later; float: change of the total float.
        duration: change of the duration, where both are of one kind.
    """

    id: ElementId
    before: Row | None
    after: Row | None
    start: WorkDuration = ZERO
    finish: WorkDuration = ZERO
    duration: WorkDuration = ZERO
    float: WorkDuration = ZERO

    @property
    def became_critical(self) -> bool:
        """True when it is critical now and was not."""
        return self.after is not None and self.after.critical and not (self.before and self.before.critical)

    @property
    def ceased_critical(self) -> bool:
        """True when it was critical and is no longer."""
        return self.before is not None and self.before.critical and not (self.after and self.after.critical)

    def __str__(self) -> str:
        shifts = (("duration", self.duration), ("start", self.start), ("finish", self.finish), ("float", self.float))
        said = [f"{name} {'+' if by.minutes > 0 else ''}{by}" for name, by in shifts if by]
        there, here = _there(self.before), _there(self.after)
        if there != here:
            said.insert(0, "comes" if here else "goes")
        if self.became_critical or self.ceased_critical:
            said.append("critical" if self.became_critical else "no longer critical")
        return f"{self.id}: {', '.join(said) or 'changed'}"


def compare(one: Plan, other: Plan) -> tuple[Change, ...]:
    """Return one `Change` per element that differs, in the order of *one*, then what only *other* has."""
    found: list[Change] = []
    for name in dict.fromkeys((*one, *other)):
        before, after = one.get(name), other.get(name)
        if before != after:
            found.append(_change(name, before, after, one.calendar))
    return tuple(found)


def _change(name: ElementId, before: Row | None, after: Row | None, days: Calendar) -> Change:
    if before is None or after is None:
        return Change(id=name, before=before, after=after)
    shifts: Mapping[str, WorkDuration] = {
        "start": _shift(days, before.early_start, after.early_start),
        "finish": _shift(days, before.early_finish, after.early_finish),
        "float": WorkDuration(after.total_float.minutes - before.total_float.minutes),
    }
    kind = after.duration.elapsed
    if kind is before.duration.elapsed:
        shifts = {**shifts, "duration": WorkDuration(after.duration.minutes - before.duration.minutes, elapsed=kind)}
    return Change(id=name, before=before, after=after, **shifts)


def _shift(days: Calendar, before: datetime, after: datetime) -> WorkDuration:
    return WorkDuration(minutes_between(days, before, after))


def _there(row: Row | None) -> bool:
    return row is not None and not row.skipped
