"""The problem of scarce people as a value: activities, what waits for what, and renewable resources.

This is the resource-constrained project scheduling problem with minimal time lags (PS | temp | Cmax; Brucker et al.
1999, Neumann, Schwindt and Zimmermann 2003): each activity takes a whole number of units of time without interruption
and holds some units of each resource while it runs; at no time may a resource be held beyond its capacity; the last
finish (the makespan) is to be as early as possible. The unit of time is the caller's: a day, an hour, a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import gcd
from typing import Any

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.schedule.cpm import Link
from ltcflow.schedule.levelling.net import Net, build, circle

_LARGEST = 10**12
_TYPES = ("FS", "SS", "FF", "SF")


def _whole(field: str, value: object, *, least: int | None = 0) -> int:
    """Return *value* when it is a whole number that is not below *least* and can be computed with."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise InvalidValue(
            field=field, value=repr(value), problem="is not a whole number.", remedy="Use an int of at most 1e12."
        )
    if least is not None and value < least:
        raise InvalidValue(field=field, value=repr(value), problem="is negative.", remedy="Use 0 or more.")
    return value


def _numbers(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


def _rows(values: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in values)


def _links(values: Iterable[Link]) -> tuple[Link, ...]:
    return tuple((source, target, kind, lag) for source, target, kind, lag in values)


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


def _each(_instance: object, attribute: attrs.Attribute[Any], values: Sequence[int]) -> None:
    for number, value in enumerate(values):
        _whole(f"{attribute.name}[{number}]", value)


@attrs.frozen(kw_only=True)
class Problem:
    """Activities 0, 1, ... with durations, links and demands, and resources 0, 1, ... with capacities.

    Attributes:
        durations: units of time of each activity, 0 or more.
        links: (source, target, type, lag): FS, SS, FF or SF with a minimal lag in units of time, negative for a lead;
            no circles. Activities may be numbered in any order.
        capacities: units of each resource; demands: for each activity what it holds of each resource while it runs.
        not_before: earliest start of each activity; () for 0.
        names, resources: what activities and resources are called in messages; () for their numbers.
    Raises:
        InvalidValue: negative or broken numbers, a demand above its capacity, a circle (which is shown), sizes that
            do not fit.

    Example:
        >>> two = Problem(durations=[3, 2], capacities=[1], demands=[[1], [1]])
        >>> two.horizon, two.unit()
        (5, 1)
    """

    durations: tuple[int, ...] = attrs.field(converter=_numbers, validator=_each)
    links: tuple[Link, ...] = attrs.field(default=(), converter=_links)
    capacities: tuple[int, ...] = attrs.field(default=(), converter=_numbers, validator=_each)
    demands: tuple[tuple[int, ...], ...] = attrs.field(default=(), converter=_rows)
    not_before: tuple[int, ...] = attrs.field(default=(), converter=_numbers, validator=_each)
    names: tuple[str, ...] = attrs.field(default=(), converter=_names)
    resources: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        self._check_sizes()
        self._check_links()
        self._check_demands()
        around = circle(len(self.durations), self.links)
        if around:
            raise InvalidValue(
                field="links",
                value=" -> ".join(self.name(i) for i in around),
                problem="is a circle, so none of these activities can start.",
                remedy="Remove one of these links.",
            )

    def _check_sizes(self) -> None:
        count, kinds = len(self.durations), len(self.capacities)
        for field, found, wanted in (
            ("not_before", len(self.not_before), count),
            ("names", len(self.names), count),
            ("resources", len(self.resources), kinds),
            ("demands", len(self.demands), count),
        ):
            if found != wanted and (found or (field == "demands" and kinds)):
                remedy = f"Give {wanted}, one for each {'resource' if field == 'resources' else 'activity'}."
                raise InvalidValue(field=field, value=str(found), problem="is not the right number.", remedy=remedy)

    def _check_links(self) -> None:
        count = len(self.durations)
        for number, (source, target, kind, lag) in enumerate(self.links):
            field = f"links[{number}]"
            for end in (source, target):
                if isinstance(end, bool) or not isinstance(end, int) or not 0 <= end < count:
                    remedy = f"Use the numbers 0 to {count - 1}."
                    raise InvalidValue(field=field, value=repr(end), problem="is no activity.", remedy=remedy)
            if kind not in _TYPES:
                remedy = "Use FS, SS, FF or SF."
                raise InvalidValue(field=field, value=repr(kind), problem="is no type of link.", remedy=remedy)
            _whole(field, lag, least=None)

    def _check_demands(self) -> None:
        for activity, row in enumerate(self.demands):
            if len(row) != len(self.capacities):
                remedy = f"Give {len(self.capacities)} numbers, one for each resource."
                raise InvalidValue(
                    field=f"demands[{activity}]", value=repr(row), problem="does not fit.", remedy=remedy
                )
            for resource, (demand, capacity) in enumerate(zip(row, self.capacities, strict=True)):
                field = f"demand of {self.name(activity)} on {self.resource(resource)}"
                if _whole(field, demand) > capacity:
                    raise InvalidValue(
                        field=field,
                        value=str(demand),
                        problem=f"is above the capacity of {capacity}, so it can never run.",
                        remedy="Raise the capacity, or split the activity.",
                    )

    def __len__(self) -> int:
        return len(self.durations)

    def name(self, activity: int) -> str:
        """Return what *activity* is called."""
        return self.names[activity] if self.names else f"activity {activity}"

    def resource(self, number: int) -> str:
        """Return what resource *number* is called."""
        return self.resources[number] if self.resources else f"resource {number}"

    @cached_property
    def net(self) -> Net:
        """The problem as the kernels read it."""
        return build(self.durations, self.links, self.capacities, self.demands, self.not_before)

    @property
    def horizon(self) -> int:
        """A makespan that can always be kept: every activity after every other."""
        waits = sum(max(0, lag) for _, _, _, lag in self.links)
        return max(self.not_before, default=0) + sum(self.durations) + waits

    def unit(self) -> int:
        """Return the greatest number that divides every duration, lag and earliest start; 1 where all are 0.

        Example:
            >>> Problem(durations=[480, 960], links=[(0, 1, "FS", 240)]).unit()
            240
        """
        return gcd(*self.durations, *(lag for *_, lag in self.links), *self.not_before) or 1

    def in_units(self, unit: int) -> Problem:
        """Return the problem with *unit* as the unit of time; *unit* divides every duration, lag and earliest start."""
        return attrs.evolve(
            self,
            durations=[d // unit for d in self.durations],
            links=[(i, j, kind, lag // unit) for i, j, kind, lag in self.links],
            not_before=[t // unit for t in self.not_before],
        )
