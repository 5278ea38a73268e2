"""Plan and its rows: when each element of one project can and must happen, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.schedule.comparing import Change, compare
from ltcflow.schedule.inputs import Inputs
from ltcflow.worktime import ZERO, Calendar, DurationLike, WorkDuration, add_minutes, as_duration, next_working


@attrs.frozen(kw_only=True)
class Row:
    """One element in a plan. Dates are aware, in the calendar's zone; durations and floats are working minutes.

    Attributes:
        id, kind, title, stage: which element it is: a stage, activity, gate or milestone.
        early_start, early_finish: the earliest it can be; actual dates where it has begun or is done.
        late_start, late_finish: the latest it may be without moving the finish of the project (the wanted finish where
            there is one) and without missing a deadline or breaking a constraint.
        duration: how long it takes, what remains of it once it has begun; elapsed where it was declared so.
        total_float: how long it can wait until then, in working time; negative where that has passed already. Free
            time is one moment to it: a deadline missed by a weekend alone (elapsed time) leaves it at zero or above.
        free_float: how long it can wait without moving any other element or the finish.
        critical: it lies on a longest path: the chain of driving elements that makes the plan as long as it is. A stage
            is critical when a step or gate in it is; its total float is the least of those in it that are not done.
        assumed: its duration, or that it takes place at all, was assumed.
        driving: the elements that hold its early start where it is.
        skipped: it does not take place; its dates are those of the moment it would have been passed.
        spans: it runs along its stage (continuous or recurring): it ends with the stage, never holds it up, is never
            critical, and has the floats of the stage's end.
        every, occurrences: for a recurring activity, the interval and how often it comes.
        started, done: progress.
        deadline: when it should be finished.
        too_late: it has not begun, and should have before the day that was asked about (*today*, the data date).
        calendar: id of the calendar it counts its working time on, where that is not the plan's.
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
    deadline: datetime | None = None
    too_late: bool = False
    calendar: str = ""

    @property
    def interfering_float(self) -> WorkDuration:
        """Total less free float: how much of its float it takes from others when used.

        Negative where a deadline or a wanted finish leaves less time than the elements that follow do.

        Source: Kerzner, Project Management; Practice Standard for Scheduling (PMI).
        """
        return WorkDuration(self.total_float.minutes - self.free_float.minutes)


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
        wanted_finish: when it should be finished; late dates and total floats are measured against it.
        duration: working time from start to finish.
        rows: of stages, activities, gates and milestones, in declared order.
        critical_path: ids of one longest path, start to finish: activities, gates and milestones; without what is done.
        findings: what was assumed or cannot be known, deadlines missed; never errors.
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
    wanted_finish: datetime | None = None
    _inputs: Inputs | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def inputs(self) -> Inputs | None:
        """What the plan was made from; None where that is not known."""
        return self._inputs

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

    @property
    def zero_float(self) -> tuple[ElementId, ...]:
        """Ids of the steps and milestones without float, in declared order: total float of zero or less, not yet done.

        The other reading of "critical" beside `critical_path`. With one calendar, working time and no dates asked for,
        both name the same; a constraint, a deadline or elapsed time makes them differ.
        """
        return tuple(row.id for row in self._open() if row.total_float.minutes <= 0)

    def near_critical(self, within: DurationLike = "2d", beyond: DurationLike = ZERO) -> tuple[ElementId, ...]:
        """Return the ids of what is next to become critical, least total float first.

        Args:
            within: total float up to this, working time.
            beyond: total float above this, so that bands join: ``near_critical("5d", beyond="2d")``.
        Raises:
            InvalidValue: no duration.

        Example:
            >>> from ltcflow import builder as b
            >>> from ltcflow.schedule import plan
            >>> steps = [b.activity("draft", duration="3d"), b.activity("price", duration="2d", after=[])]
            >>> offer = plan(b.process("offer", stages=[b.stage("bid", activities=steps)]), start="2026-03-02")
            >>> offer.near_critical(within="2d"), offer.near_critical("5d", beyond="2d"), offer.zero_float
            (('price',), (), ('draft',))
        """
        most, least = as_duration(within).minutes, as_duration(beyond).minutes
        inside = (row for row in self._open() if not row.critical and least < row.total_float.minutes <= most)
        return tuple(row.id for row in sorted(inside, key=lambda row: row.total_float.minutes))

    @property
    def too_late(self) -> tuple[ElementId, ...]:
        """Ids of what should have begun already, in declared order."""
        return tuple(row.id for row in self._open() if row.too_late)

    def _open(self) -> Iterator[Row]:
        return (row for row in self.rows if not (row.kind == "stage" or row.spans or row.skipped or row.done))

    def with_(self, **changes: Any) -> Plan:
        """Return the plan that *changes* would give; this one stays as it is.

        Args:
            changes: arguments of `plan` (or of `forecast`: data_date, finished, started, remaining, progress) by name.
                Mappings (durations, facts, choices, constraints, deadlines, calendars, ...) are merged into those the
                plan was made with, an entry of None is taken out; other arguments are replaced.
        Raises:
            InvalidValue: an argument that is none, or a plan that was not made by this package; else as `plan`.
        Cost: that of a plan. Nothing is gained by computing less: the network is remembered anyway, and the passes
            over it take a hundredth of the time that the dates and rows do (``benchmarks/bench_what_if.py``).

        Example:
            >>> from ltcflow import builder as b
            >>> from ltcflow.schedule import plan
            >>> offer = b.process("offer", stages=[b.stage("bid", activities=[b.activity("draft", duration="3d")])])
            >>> before = plan(offer, start="2026-03-02")
            >>> after = before.with_(durations={"draft": "5d"})
            >>> after.finish.isoformat(), [str(change) for change in before.compare(after)]
            ('2026-03-06T18:00:00+00:00', ['bid: duration +2d, finish +2d', 'draft: duration +2d, finish +2d'])
        """
        from ltcflow.schedule.planning import again

        return again(self._inputs, changes)

    def compare(self, other: Plan) -> tuple[Change, ...]:
        """Return what is different in *other*: one `Change` per element that moved, came or went, in declared order.

        Shifts are working time on this plan's calendar, positive where *other* is later or longer.
        """
        return compare(self, other)

    def gantt(self, **options: Any) -> str:
        """Return the Gantt chart as SVG text; options (lang, today, title, width, arrows) as for `pictures.gantt`."""
        from ltcflow.schedule.pictures import gantt

        return gantt(self, **options)

    def network(self, **options: Any) -> str:
        """Return the network diagram as SVG text; options (lang, title) as for `pictures.network_diagram`.

        Raises:
            InvalidValue: the plan was not made by this package.
        """
        from ltcflow.schedule.pictures import network_diagram

        if self._inputs is None:
            remedy = "Call network_diagram(plan, process)."
            raise InvalidValue(field="plan", value=self.process, problem="does not know its process.", remedy=remedy)
        return network_diagram(self, self._inputs.process, **options)

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """What a notebook shows: the Gantt chart; where it shows no pictures, what the plan is in a line."""
        path = " -> ".join(self.critical_path)
        text = f"Plan of {self.process} {self.version}: {self.start:%Y-%m-%d} to {self.finish:%Y-%m-%d}, {path}"
        return {"image/svg+xml": self.gantt(), "text/plain": text}

    def critical_paths(self, limit: int | None = None) -> Iterator[tuple[ElementId, ...]]:
        """Yield the longest paths one by one, each from its first to its last element, `critical_path` first.

        No path is the beginning or the end of another one.

        Args:
            limit: at most so many; None: all, of which there may be exponentially many: take what you need.
        """
        from ltcflow.schedule.paths import complete_paths

        return islice(complete_paths(self.links), limit)

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
