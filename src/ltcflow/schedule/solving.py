"""Solving a model whose elements all count on one calendar: whole working minutes of the project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.cpm import Link, Schedule, driving, solve, weigh
from ltcflow.schedule.elapsed import Length, MixedLink, Steps, solve_mixed
from ltcflow.schedule.limits import NO_LIMITS, Limits
from ltcflow.schedule.model import Model, Solved


class OneCalendar:
    """Times of a project in which everybody works on one calendar: numbers are its working minutes."""

    def __init__(self, model: Model, clock: ProjectClock) -> None:
        self.model, self.clock = model, clock
        self.steps = Steps(model.lengths, clock)

    def ceil(self, moment: datetime, /) -> int:
        """Return the first working minute that begins at *moment* or later."""
        return self.clock.after(moment)

    def floor(self, moment: datetime, /) -> int:
        """Return the working minutes done at *moment*."""
        return self.clock.done_at(moment)

    def start_by(self, number: int, moment: datetime, /) -> int:
        """Return the working minutes done at *moment*."""
        return self.clock.done_at(moment)

    def pin(self, number: int, start: int | None, finish: int) -> None:
        """Fix a node that is done; where its start is not known, it is counted back."""
        length = self.model.lengths[number]
        if start is None:
            start = finish if length.elapsed else finish - length.minutes
        self.model.not_before[number] = min(start, finish)
        self.model.lengths[number] = Length(finish - min(start, finish))

    def worked(self, number: int, began: datetime, until: datetime) -> int:
        """Return the minutes of its own kind that node *number* has behind it."""
        if self.model.lengths[number].elapsed:
            return self.clock.begins(self.clock.after(until)) - self.clock.instant(began)
        return self.clock.done_at(until) - self.clock.done_at(began)

    def after_start(self, link: MixedLink, start: int) -> int:
        """Return the event that *link* asks for when its source began at *start*."""
        minutes, elapsed = link.lag
        return self.clock.minute(self.clock.begins(start) + minutes) if elapsed else start + minutes

    def latest_opening(self, solved: Solved, number: int) -> int:
        """Return the working minute at which the project can begin so that node *number* begins at its latest."""
        return solved.schedule.late_start[number]

    def solve(self, limits: Limits = NO_LIMITS) -> Solved:
        """Return early and late dates of every node, and what drives it.

        A span that nothing begins after is dated last, so that it holds nothing up, not even the finish.
        """
        model, steps = self.model, self.steps
        loose = model.loose()
        links = [link for link in model.links if link.target not in loose] if loose else model.links
        not_before = [0 if n in loose else least for n, least in enumerate(model.not_before)]
        for table in (model.ends_from, limits.ends_from):
            for number, at in table.items():
                not_before[number] = max(not_before[number], steps.earliest_start(number, at))
        for number, at in limits.starts_from.items():
            not_before[number] = max(not_before[number], at)
        hard = dict(limits.starts_until)
        for number, at in limits.ends_until.items():
            last = steps.latest_start(number, at)
            hard[number] = min(last, hard.get(number, last))
        not_after = dict(hard)
        for number, at in limits.due.items():
            last = steps.latest_start(number, at)
            not_after[number] = min(last, not_after.get(number, last))
        solved = self._pass(links, not_before, not_after, limits.finish)
        if limits.late:
            solved = _put_late(solved, steps, links, limits.late, hard)
        if limits.finish is not None or hard:
            solved = solved._replace(schedule=_free(solved.schedule, steps, links, hard))
        if loose:
            self._date(loose, solved)
        return solved

    def _pass(
        self, links: Sequence[MixedLink], not_before: list[int], not_after: dict[int, int], finish: int | None
    ) -> Solved:
        if self.model.mixed:
            lengths, clock = self.model.lengths, self.clock
            return Solved(
                *solve_mixed(lengths, links, clock, not_before=not_before, finish=finish, not_after=not_after)
            )
        durations = [length.minutes for length in self.model.lengths]
        plain: Sequence[Link] = [(source, target, kind, lag.minutes) for source, target, kind, lag in links]
        weighted = weigh(durations, plain)
        schedule = solve(durations, weighted, not_before=not_before, finish=finish, not_after=not_after)
        return Solved(schedule, driving(weighted, schedule.early_start))

    def _date(self, loose: set[int], solved: Solved) -> None:
        start, finish = solved.schedule.early_start, solved.schedule.early_finish
        for number in sorted(loose):
            into = [link for link in self.model.links if link.target == number]
            bounds = [self.steps.bound(link, start, finish) for link in into]
            start[number] = finish[number] = max([self.model.not_before[number], *bounds])
            drivers = (link.source for link, at in zip(into, bounds, strict=True) if at == start[number])
            solved.drivers[number][:] = dict.fromkeys(drivers)


def _free(schedule: Schedule, steps: Steps, links: Sequence[MixedLink], hard: dict[int, int]) -> Schedule:
    """Return *schedule* with the free floats of its early dates: not measured against a finish that was asked for."""
    start, end = schedule.early_start, schedule.early_finish
    last = max(end, default=0)
    limit = [min(steps.latest_start(i, last), hard.get(i, last)) for i in range(len(start))]
    for link in links:
        limit[link.source] = min(limit[link.source], steps.bound_back(link, start, end))
    return schedule._replace(free_float=[at - s for at, s in zip(limit, start, strict=True)])


def _put_late(
    solved: Solved, steps: Steps, links: Sequence[MixedLink], late: frozenset[int], hard: dict[int, int]
) -> Solved:
    """Put the nodes *late* as late as nothing else moves (zero free float), the last ones first.

    What drives what stays as the links have it: being put late makes nothing drive its successors.
    """
    schedule = solved.schedule
    start, end = [*schedule.early_start], [*schedule.early_finish]
    last = max(end, default=0)
    outgoing: dict[int, list[MixedLink]] = {number: [] for number in late}
    for link in links:
        if link.source in late:
            outgoing[link.source].append(link)
    for i in sorted(late, reverse=True):
        limits = [steps.latest_start(i, last), hard.get(i, last), max(schedule.late_start[i], start[i])]
        at = min([*limits, *(steps.bound_back(link, start, end) for link in outgoing[i])])
        at = steps.ending_by(i, at)
        if at > start[i]:
            start[i], end[i] = at, steps.finish(i, at)
    shifted = frozenset(i for i in late if start[i] != schedule.early_start[i])
    drivers = [[] if i in shifted else before for i, before in enumerate(solved.drivers)]
    total = [at - s for at, s in zip(schedule.late_start, start, strict=True)]
    moved = schedule._replace(early_start=start, early_finish=end, total_float=total)
    return solved._replace(schedule=_free(moved, steps, links, hard), drivers=drivers, shifted=shifted)
