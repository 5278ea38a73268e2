"""Plan and its rows: when each element of one project can and must happen, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import attrs

from ltcflow.errors import UnknownName
from ltcflow.findings import Finding
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.schedule.cpm import critical_paths
from ltcflow.worktime import ZERO, Calendar, WorkDuration, add_minutes, next_working


@attrs.frozen(kw_only=True)
class Row:
    """One element in a plan. Dates are aware, in the calendar's zone; durations and floats are working minutes.

    Attributes:
        id, kind, title, stage: which element it is: a stage, activity, gate or milestone.
        early_start, early_finish: the earliest it can be; actual dates where it has begun or is done.
        late_start, late_finish: the latest it may be without moving the finish of the project.
        duration: how long it takes, what remains of it once it has begun; elapsed where it was declared so.
        total_float: how long it can wait without moving the finish of the project.
        free_float: how long it can wait without moving any other element or the finish.
        critical: it lies on a longest path; its delay is the project's delay.
        assumed: its duration, or that it takes place at all, was assumed.
        driving: the elements that hold its early start where it is.
        skipped: it does not take place; its dates are those of the moment it would have been passed.
        spans: it runs along its stage (continuous or recurring): it ends with the stage, never holds it up, is never
            critical, and has the floats of the stage's end.
        every, occurrences: for a recurring activity, the interval and how often it comes.
        started, done: progress.
    """

    id: ElementId
    kind: str
    title: Label = NO_LABEL
    stage: ElementId = ""
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    duration: WorkDuration
    total_float: WorkDuration
    free_float: WorkDuration
    critical: bool = False
    assumed: bool = False
    driving: tuple[ElementId, ...] = ()
    skipped: bool = False
    spans: bool = False
    every: WorkDuration | None = None
    occurrences: int = 0
    started: bool = False
    done: bool = False


@attrs.frozen(kw_only=True)
class DrivingLinks:
    """The driving links of a plan as positions, for walking its longest paths lazily.

    Attributes:
        names: id of the element at each position; "" for boundaries and what is left out of paths.
        drivers: positions that drive each position, the most telling first.
        ends: where longest paths end.
    """

    names: tuple[ElementId, ...] = ()
    drivers: tuple[tuple[int, ...], ...] = ()
    ends: tuple[int, ...] = ()


@attrs.frozen(kw_only=True)
class Plan(Mapping[str, Row]):
    """When a project runs: a mapping from element ids to rows, in declared order.

    Attributes:
        process, version: what was planned.
        calendar: the calendar its dates are read on.
        start, finish: aware moments, in the calendar's zone.
        duration: working time from start to finish.
        rows: of stages, activities, gates and milestones, in declared order.
        critical_path: ids of one longest path, start to finish: activities, gates and milestones; without what is done.
        findings: what was assumed or cannot be known; never errors.
        links: the driving links, for `critical_paths`.
    """

    process: ElementId
    version: str
    calendar: Calendar
    start: datetime
    finish: datetime
    duration: WorkDuration
    rows: tuple[Row, ...]
    critical_path: tuple[ElementId, ...]
    findings: tuple[Finding, ...] = ()
    links: DrivingLinks = attrs.field(default=DrivingLinks(), repr=False)

    @cached_property
    def _by_id(self) -> dict[ElementId, Row]:
        return {row.id: row for row in self.rows}

    def __getitem__(self, element: str) -> Row:
        found = self._by_id.get(element)
        if found is None:
            raise UnknownName(kind="element in the plan", value=str(element), known=self._by_id)
        return found

    def __iter__(self) -> Iterator[ElementId]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, element: object) -> bool:
        return element in self._by_id

    def get(self, element: str, default: Any = None) -> Any:
        """Return the row of *element*, or *default*."""
        return self._by_id.get(element, default)

    def critical_paths(self, limit: int | None = None) -> Iterator[tuple[ElementId, ...]]:
        """Yield the longest paths one by one, each from its first to its last element, `critical_path` first.

        Args:
            limit: at most so many; None: all, of which there may be exponentially many: take what you need.
        """
        seen: set[tuple[ElementId, ...]] = set()
        for path in critical_paths(self.links.drivers, self.links.ends):
            if limit is not None and len(seen) >= limit:
                return
            named = tuple(self.links.names[i] for i in path if self.links.names[i])
            if named and named not in seen:
                seen.add(named)
                yield named

    def occurrences(self, element: ElementId) -> Iterator[datetime]:
        """Yield the moments at which a recurring activity comes, as planned early; nothing for any other element.

        Raises:
            UnknownName: no such element in the plan.
        """
        row = self[element]
        moment, every = row.early_start, row.every or ZERO
        for number in range(row.occurrences):
            if every.elapsed:
                moment = row.early_start.astimezone(UTC) + number * timedelta(minutes=every.minutes)
            elif number:
                moment = add_minutes(self.calendar, row.early_start, number * every.minutes)
            yield next_working(self.calendar, moment)
