"""The problem that the search solves for one project: whole working minutes, from the model of its plan."""

from __future__ import annotations

from collections.abc import Sequence

from ltcflow.names import RoleId
from ltcflow.schedule.elapsed import Length
from ltcflow.schedule.levelling.axes import Axis
from ltcflow.schedule.levelling.people import Crew
from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.solving import OneCalendar
from ltcflow.schedule.working import Making
from ltcflow.worktime import Calendar

_WEEK = 7 * 1440


class Modelling:
    """The problem of a solved plan.

    Elapsed time, and work on a calendar of its own, is counted at the rate of a usual week of the project's calendar.

    Attributes:
        problem: in working minutes of the project's calendar, *offset* of them before its start.
        exact: nothing had to be counted at a rate: what bounds the problem bounds the plan.
        plain: exact, and there is nothing that the problem does not know of: dates to be kept, work that has begun.
    """

    def __init__(self, making: Making, axis: Axis, scarce: Crew, wanted: Sequence[tuple[RoleId, ...]]) -> None:
        self.making, self.axis, self.model = making, axis, making.model
        self.exact = isinstance(making.times, OneCalendar) and not self.model.mixed
        uppers = any(bound.upper is not None for bound in making.wanted.bounds)
        self.plain = self.exact and not uppers and not making.wanted.late and making.inputs.progress is None
        self.week = _week(making.days)
        loose, count = self.model.loose(), len(self.model.nodes)
        durations = [self._duration(number) for number in range(count)]
        least = [0 if number in loose else self._least(number, durations[number]) for number in range(count)]
        self.offset = max(0, -min(least, default=0))
        pools = scarce.pools()
        self.problem = Problem(
            durations=durations,
            links=[(i, j, kind, self._lag(lag)) for i, j, kind, lag in self.model.links if j not in loose],
            capacities=[number for _, number in pools],
            demands=[[scarce.demand(roles, pool) for pool, _ in pools] for roles in wanted],
            not_before=[at + self.offset for at in least],
            names=[node.id for node in self.model.nodes],
            resources=[" or ".join(roles) for roles, _ in pools],
        )

    def _duration(self, number: int) -> int:
        length = self.model.lengths[number]
        if isinstance(self.making.times, OneCalendar):
            return self._lag(length)
        if number in self.making.times.pinned:
            start = self.model.not_before[number]
            return self.axis.working(start + length.minutes) - self.axis.working(start)
        own = self.making.own.get(self.model.nodes[number].id)
        if own is None or length.elapsed:
            return self._lag(length)
        return -(-length.minutes * self.week // _week(own))

    def _lag(self, length: Length) -> int:
        return -(-length.minutes * self.week // _WEEK) if length.elapsed else length.minutes

    def _least(self, number: int, duration: int) -> int:
        """Return the earliest start that progress and constraints leave to a node."""
        limits, axis = self.making.limits, self.axis
        starts = [axis.working(self.model.not_before[number])]
        if number in limits.starts_from:
            starts.append(axis.working(limits.starts_from[number]))
        for table in (self.model.ends_from, limits.ends_from):
            if number in table:
                starts.append(axis.working(table[number]) - duration)
        return max(starts)


def _week(days: Calendar) -> int:
    return sum(end - start for day in days.hours for start, end in day)
