"""What the numbers of a simulation mean: working minutes of the project, or moments to the microsecond.

Where all is working time on one calendar and nothing holds a date, working minutes tell every date. Elapsed time, dates
that were given and calendars of their own lead to moments between two shifts too; then samples are kept as moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import attrs
import numpy as np

from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.limits import Limits
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.flow import Mask
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.progress import Progress
from ltcflow.worktime import OutsideTime

NEVER = 2**62
"""The number at which an element finishes that is never reached."""
TICKS = 60_000_000
"""Microseconds in a minute."""
_TICK = timedelta(microseconds=1)


@attrs.frozen
class WorkScale:
    """Numbers are working minutes of the project."""

    clock: ProjectClock

    def moment(self, number: int) -> datetime:
        """Return when *number* is."""
        return self.clock.ending(number)

    def until(self, moment: datetime) -> int:
        """Return the last number that is not after *moment*."""
        return self.clock.done_at(moment) if moment >= self.clock.ending(0) else -NEVER

    def minutes(self, numbers: Minutes) -> Minutes:
        """Return the working minutes done at each of *numbers*; `NEVER` stays."""
        return numbers


@attrs.frozen
class ClockScale:
    """Numbers are microseconds since the project began."""

    clock: ProjectClock
    hours: Hours

    def moment(self, number: int) -> datetime:
        """Return when *number* is. Raises: OutsideTime."""
        try:
            return self.clock.local(self.clock.origin.astimezone(UTC) + number * _TICK)
        except OverflowError as error:
            problem = "the date lies outside the years 1 to 9999."
            raise OutsideTime(calendar=self.clock.calendar.id, problem=problem) from error

    def until(self, moment: datetime) -> int:
        """Return the last number that is not after *moment*."""
        return ticks(self.clock, moment)

    def minutes(self, numbers: Minutes) -> Minutes:
        """Return the working minutes done at each of *numbers*; `NEVER` stays."""
        there = numbers < NEVER
        return np.where(there, self.hours.minute(np.where(there, numbers, 0) // TICKS), NEVER)


Scale: TypeAlias = WorkScale | ClockScale


def ticks(clock: ProjectClock, moment: datetime) -> int:
    """Return the microseconds from the start of the project to *moment*."""
    return (moment.astimezone(UTC) - clock.origin.astimezone(UTC)) // _TICK


class Dating:
    """From working minutes to moments, for arrays: what `ltcflow.schedule.moments.Moments` does for one plan.

    Args:
        finished, started: the actual moments of what has happened, by node, in ticks.
    """

    def __init__(
        self, model: Model, clock: ProjectClock, hours: Hours, limits: Limits, progress: Progress | None
    ) -> None:
        self.model, self.clock, self.hours, self.limits = model, clock, hours, limits
        self.now = None if progress is None else ticks(clock, progress.data_date)
        self.finished, self.started = actual(model, clock, progress)
        self.into: list[list[int]] = [[] for _ in model.nodes]
        for at, link in enumerate(model.links if model.mixed or limits.moments else ()):
            self.into[link.target].append(at)
        self.asked = {number: ticks(clock, moment) for number, moment in limits.moments.items()}

    def __call__(self, start: Minutes, end: Minutes, lengths: Minutes) -> tuple[Minutes, Minutes]:
        """Return when each node starts and finishes, in ticks, given both in working minutes ``[node, lane]``."""
        begin, finish = np.empty_like(start), np.empty_like(end)
        for node, length in enumerate(self.model.lengths):
            np.multiply(self.hours.begins(start[node]), TICKS, out=begin[node])
            if length.elapsed:
                np.add(begin[node], lengths[node] * TICKS, out=finish[node])
            else:
                np.multiply(self.hours.ends(end[node]), TICKS, out=finish[node])
            empty = lengths[node] == 0
            if empty.any():
                at = self._instant(node, start[node], begin, finish)
                begin[node][empty] = finish[node][empty] = at[empty]
            overrule(node, begin, finish, self.finished, self.started)
        return begin, finish

    def _instant(self, node: int, start: Minutes, begin: Minutes, finish: Minutes) -> Minutes:
        """Return when a node of no length stands: not before what it waits for nor before the data date."""
        at: Minutes = self.hours.ends(start) * TICKS
        latest = np.maximum(at, self.hours.begins(start) * TICKS)
        for number in self.into[node]:
            _, _, kind, (minutes, elapsed) = link = self.model.links[number]
            if elapsed or not minutes:
                event = (finish if kind in ("FS", "FF") else begin)[link.source]
                np.maximum(at, event + minutes * TICKS, out=at)
        if self.now is not None and self.model.nodes[node].element is not None:
            at = np.where(start == self.model.not_before[node], np.maximum(at, self.now), at)
        if node in self.asked:
            held = _equal(start, self.limits.starts_from.get(node)) | _equal(start, self.limits.ends_from.get(node))
            at = np.where(held, np.maximum(at, self.asked[node]), at)
        return np.minimum(at, latest)


def _equal(start: Minutes, number: int | None) -> Mask:
    return np.zeros(len(start), dtype=bool) if number is None else start == number


def actual(model: Model, clock: ProjectClock, progress: Progress | None) -> tuple[dict[int, int], dict[int, int]]:
    """Return the actual finishes and starts of what has happened, by node, in ticks."""
    if progress is None:
        return {}, {}
    tables = (progress.finished, progress.started)
    found = ({model.number(name): ticks(clock, moment) for name, moment in table.items()} for table in tables)
    finished, started = found
    return finished, started


def overrule(
    node: int, begin: Minutes, finish: Minutes, finished: Mapping[int, int], started: Mapping[int, int]
) -> None:
    """Put the actual dates of *node* in place of those that were computed."""
    if node in finished:
        finish[node] = finished[node]
    if node in started:
        begin[node] = started[node]
    if node in finished or node in started:
        np.minimum(begin[node], finish[node], out=begin[node])
