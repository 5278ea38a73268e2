"""Making the rows of a plan from a solved model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.process import Node, kind_of
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.limits import Limits
from ltcflow.schedule.model import Model, Solved
from ltcflow.schedule.moments import Moments
from ltcflow.schedule.paths import driving_elements, driving_links, on_longest_paths
from ltcflow.schedule.progress import Progress
from ltcflow.schedule.rows import Row
from ltcflow.stages import Activity, Gate, Stage
from ltcflow.worktime import ZERO, WorkDuration

_ON_PATHS = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)
_ELEMENTS = (*_ON_PATHS, NodeKind.SPAN)


class Marks(NamedTuple):
    """What rows say besides dates: what was assumed, deadlines, from when on it is too late, calendars of their own."""

    assumed: frozenset[ElementId] = frozenset()
    deadlines: Mapping[ElementId, datetime] = MappingProxyType({})
    today: datetime | None = None
    calendars: Mapping[ElementId, str] = MappingProxyType({})


class RowMaker:
    """Makes the rows of a solved model.

    Attributes:
        links: driving links, for the longest paths of the plan.
        moments: when everything is.
        schedule: the same in working minutes.
    """

    def __init__(
        self, model: Model, solved: Solved, clock: ProjectClock, progress: Progress | None, limits: Limits, marks: Marks
    ) -> None:
        self.model, self.clock, self.marks = model, clock, marks
        self.finished = progress.finished if progress else {}
        self.started = progress.started if progress else {}
        self.schedule = solved.schedule
        self.several = solved.instants is not None
        self.lengths = solved.lengths or model.lengths
        self.moments = Moments(model, solved, clock, progress, limits)
        there = [
            node.id if node.kind in _ELEMENTS and not off else ""
            for node, off in zip(model.nodes, model.off, strict=True)
        ]
        named = [
            name if node.kind in _ON_PATHS and name not in self.finished else ""
            for name, node in zip(there, model.nodes, strict=True)
        ]
        spans = frozenset(i for i, node in enumerate(model.nodes) if node.kind is NodeKind.SPAN)
        self.links = driving_links(solved, named, spans)
        self.critical = on_longest_paths(self.links)
        self.driving = driving_elements(solved.drivers, there)

    def rows(self) -> Iterator[Row]:
        """Yield the rows in declared order."""
        process = self.model.network.process
        for stage in process.stages:
            elements: tuple[Activity | Gate, ...] = (*stage.activities, *stage.gates)
            inside = [self._element(element) for element in elements]
            yield self._stage(stage, inside)
            yield from inside
        for milestone in process.milestones:
            yield self._element(milestone)

    def _element(self, element: Node) -> Row:
        number = self.model.number(element.id)
        if isinstance(element, Activity) and element.spans and not self.model.off[number]:
            return self._span(element, number)
        early, late, schedule = self.moments.early[number], self.moments.late[number], self.schedule
        minutes, elapsed = self.lengths[number]
        done, off = element.id in self.finished, self.model.off[number]
        return Row(
            id=element.id,
            kind=kind_of(element),
            title=element.title,
            stage=self.model.nodes[number].stage,
            early_start=early[0],
            early_finish=early[1],
            late_start=late[0],
            late_finish=late[1],
            duration=WorkDuration(minutes, elapsed=elapsed),
            total_float=ZERO if done else WorkDuration(schedule.total_float[number]),
            free_float=ZERO if done else WorkDuration(schedule.free_float[number]),
            critical=number in self.critical and not done and not off,
            assumed=element.id in self.marks.assumed,
            driving=() if done else self.driving[number],
            skipped=off,
            spans=isinstance(element, Activity) and element.spans,
            every=element.every if isinstance(element, Activity) else None,
            started=done or element.id in self.started,
            done=done,
            deadline=self.marks.deadlines.get(element.id),
            too_late=self._too_late(late[0], minutes, off or done or element.id in self.started),
            calendar=self.marks.calendars.get(element.id, ""),
        )

    def _too_late(self, late_start: datetime, minutes: int, is_over: bool) -> bool:
        """Say whether an element should have begun before today; one without length may wait over the night."""
        if self.marks.today is None or is_over:
            return False
        late = late_start if minutes else self.clock.beginning(self.clock.done_at(late_start))
        return late.astimezone(UTC) < self.marks.today.astimezone(UTC)

    def _span(self, element: Activity, number: int) -> Row:
        """Return the row of a hammock: from its own start to the end of its stage, with the floats of that end."""
        stage = self.model.nodes[number].stage
        end = self.model.number(f"{stage}.finish")
        schedule, done, begun = self.schedule, element.id in self.finished, element.id in self.started
        minutes = max(schedule.early_start[end] - schedule.early_start[number], 0)
        start, finish = self.moments.early[number]
        if minutes and not begun and not self.several:
            start = self.clock.beginning(schedule.early_start[number])
        if not done:
            finish = max(start, self.moments.early[end][1]) if begun or minutes else self.moments.early[end][1]
            start = min(start, finish)
        total = ZERO if done else WorkDuration(schedule.total_float[end])
        late = start
        if total and not begun:
            late = self.clock.beginning(schedule.early_start[number] + total.minutes)
            late = max(start, late) if total.minutes > 0 else late
        last = finish if done else self.moments.late[end][1]
        last = last if total.minutes < 0 else max(late, finish, last)
        return Row(
            id=element.id,
            kind=kind_of(element),
            title=element.title,
            stage=stage,
            early_start=start,
            early_finish=finish,
            late_start=min(late, last),
            late_finish=last,
            duration=WorkDuration(minutes),
            total_float=total,
            free_float=ZERO if done else WorkDuration(schedule.free_float[end]),
            driving=() if done else self.driving[number],
            spans=True,
            every=element.every,
            occurrences=_occurrences(element.every, minutes, start, finish),
            started=done or begun,
            done=done,
            deadline=self.marks.deadlines.get(element.id),
        )

    def _stage(self, stage: Stage, inside: Sequence[Row]) -> Row:
        """Return the row of a stage: the span of its boundaries, as critical as what is in it."""
        start, end = self.model.number(f"{stage.id}.start"), self.model.number(f"{stage.id}.finish")
        schedule, off = self.schedule, self.model.off[start]
        steps = [row for row in inside if not row.skipped and not row.spans]
        begun = [row.early_start for row in inside if row.started]
        ends = [row.early_finish for row in steps]
        done, fixed = bool(steps) and all(row.done for row in steps), bool(begun)
        minutes = max(schedule.early_start[end] - schedule.early_start[start], 0)
        early_start = min(begun) if begun else self._stage_begins(start, minutes, steps)
        early_finish = max(ends if done else [self.moments.early[end][1], *ends])
        open_steps = [row for row in steps if not row.done]
        waits = schedule.total_float[end if fixed else start]
        total = min([waits, *(row.total_float.minutes for row in open_steps)])
        late_start = early_start if fixed or not waits else self._stage_begins_late(start, minutes, early_start)
        last = early_finish if done else self.moments.late[end][1]
        last = last if schedule.total_float[end] < 0 else max(early_finish, last)
        return Row(
            id=stage.id,
            kind=kind_of(stage),
            title=stage.title,
            early_start=early_start,
            early_finish=max(early_start, early_finish),
            late_start=late_start,
            late_finish=max(late_start, last),
            duration=WorkDuration(minutes),
            total_float=ZERO if done else WorkDuration(total),
            free_float=ZERO if done else WorkDuration(schedule.free_float[end]),
            critical=any(row.critical for row in open_steps) or (not steps and not off and start in self.critical),
            assumed=any(row.assumed for row in inside),
            driving=() if fixed else self.driving[start],
            skipped=off,
            started=fixed,
            done=done,
            deadline=self.marks.deadlines.get(stage.id),
            too_late=self._too_late(late_start, minutes, off or fixed),
        )

    def _stage_begins(self, start: int, minutes: int, steps: Sequence[Row]) -> datetime:
        if not minutes:
            return self.moments.early[start][0]
        begins = self.clock.beginning(self.schedule.early_start[start])
        return min([begins, *(row.early_start for row in steps)]) if self.several else begins

    def _stage_begins_late(self, start: int, minutes: int, early: datetime) -> datetime:
        late = self.schedule.late_start[start]
        begins = self.clock.beginning(late) if minutes else self.clock.ending(late)
        begins = self.moments.late[start][0] if self.several else begins
        return max(early, begins) if self.schedule.total_float[start] > 0 else begins


def _occurrences(every: WorkDuration | None, minutes: int, start: datetime, finish: datetime) -> int:
    """Return how often an activity that recurs every so long begins from *start*, before *finish*, at least once."""
    if every is None:
        return 0
    if every.elapsed:
        minutes = (finish.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1)
    return max(1, -(-minutes // every.minutes))
