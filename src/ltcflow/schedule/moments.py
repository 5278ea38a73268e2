"""The moments of a solved model: from working minutes to dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from ltcflow.graph import NodeKind
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.limits import NO_LIMITS, Limits
from ltcflow.schedule.model import Model, Solved
from ltcflow.schedule.progress import Progress

Span: TypeAlias = tuple[datetime, datetime]


class Moments:
    """When each node starts and finishes, at the earliest and at the latest.

    Work begins at the beginning of a shift and ends at the end of one. What takes no time stands where that which it
    waited for ended. What has begun keeps its actual start, what is done its actual dates.

    Attributes:
        early, late: (start, finish) of each node.
        finish: when the last of them finishes; what runs along a stage does not count.
    """

    def __init__(
        self,
        model: Model,
        solved: Solved,
        clock: ProjectClock,
        progress: Progress | None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.model, self.schedule, self.clock, self.progress = model, solved.schedule, clock, progress
        self.instants, self.limits = solved.instants, limits
        self.early: list[Span] = []
        incoming: list[list[int]] = [[] for _ in model.nodes]
        for at, link in enumerate(model.links if model.mixed or limits.moments else ()):
            incoming[link.target].append(at)
        for number, links in enumerate(incoming):
            self.early.append(self._early(number, links))
        self.late = [self._late(number) for number in range(len(model.nodes))]
        steps = (early for early, node in zip(self.early, model.nodes, strict=True) if node.kind is not NodeKind.SPAN)
        self.finish = max((finish for _, finish in steps), default=clock.origin)

    def _early(self, number: int, links: Sequence[int]) -> Span:
        name, progress = self.model.nodes[number].id, self.progress
        if self.instants is not None:
            begin, end = map(self.clock.moment, self.instants.early[number])
        else:
            begin, end = self._moments(number, self.schedule.early_start[number], self.schedule.early_finish[number])
        if self.instants is None and not self.model.lengths[number].minutes:
            begin = end = self._instant(number, end, links)
        if progress is None:
            return begin, end
        if name in progress.finished:
            end = self.clock.local(progress.finished[name])
        if name in progress.started:
            begin = self.clock.local(progress.started[name])
        return min(begin, end), end

    def _instant(self, number: int, end: datetime, links: Sequence[int]) -> datetime:
        """Return when a node of no length stands: not before what it waits for nor before the data date."""
        start, node = self.schedule.early_start[number], self.model.nodes[number]
        latest = max(end, self.clock.beginning(start))
        arrivals = [at for at in map(self._arrival, links) if at is not None]
        if self.progress is not None and node.element is not None and start == self.model.not_before[number]:
            arrivals.append(self.clock.local(self.progress.data_date))
        asked = self.limits.moments.get(number)
        if asked is not None and start in (self.limits.starts_from.get(number), self.limits.ends_from.get(number)):
            arrivals.append(self.clock.local(asked))
        return min(max([end, *arrivals]), latest)

    def _arrival(self, at: int) -> datetime | None:
        """Return the very moment a link leads to, where working minutes do not tell it."""
        link = self.model.links[at]
        moment = self.early[link.source][1 if link.type in ("FS", "FF") else 0]
        minutes, elapsed = link.lag
        if elapsed:
            return self.clock.later(moment, minutes)
        return None if minutes else moment

    def _late(self, number: int) -> Span:
        early_start, early_finish = self.early[number]
        name, progress = self.model.nodes[number].id, self.progress
        if progress is not None and name in progress.finished:
            return early_start, early_finish
        if self.instants is not None:
            begin, end = map(self.clock.moment, self.instants.late[number])
        else:
            begin, end = self._moments(number, self.schedule.late_start[number], self.schedule.late_finish[number])
        has_float = self.schedule.total_float[number] >= 0
        if progress is not None and name in progress.started:
            begin = early_start
        elif has_float:
            begin = max(begin, early_start)
        return begin, max(end, early_finish) if has_float else max(end, begin)

    def _moments(self, number: int, start: int, finish: int) -> Span:
        minutes, elapsed = self.model.lengths[number]
        if not minutes:
            return self.clock.ending(start), self.clock.ending(start)
        begin = self.clock.beginning(start)
        if elapsed:
            return begin, self.clock.later(begin, minutes)
        return begin, self.clock.ending(finish)
