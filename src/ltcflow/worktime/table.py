"""The table of a calendar: its worked stretches with prefix sums, made year by year when a year is first asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ltcflow.worktime.calendars import Calendar, OutsideTime
from ltcflow.worktime.hours import Shift
from ltcflow.worktime.spans import FIRST, LAST, worked, year_start

_YEARS_KEPT = 64
_CHANGES = range(1800, 2100)
"""The years for which the time zone database lists changes of the clock one by one (1835 to 2087). Before them every
zone keeps its mean solar time, after them its last rule: two such years that begin on the same weekday and are equally
long have the same work, but for holidays."""


class Year(NamedTuple):
    """The worked stretches of one year (UTC) in microseconds since 1970, and its work before and after each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    after: list[int]


def _summed(starts: list[int], ends: list[int]) -> Year:
    made, done = Year(starts, ends, [], []), 0
    for start, end in zip(starts, ends, strict=True):
        made.before.append(done)
        done += end - start
        made.after.append(done)
    return made


class Table:
    """What the arithmetic reads of one calendar.

    A position counts work from a fixed moment: the beginning of the first year asked for. The positions of the years'
    beginnings are prefix sums over a run of years that grows at both ends, each year once.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.name = calendar.id
        self.zone = calendar.zone
        self.hours = calendar.hours
        make_up = calendar.make_up_shifts
        self.special: dict[int, tuple[Shift, ...]] = {day.toordinal(): () for day in calendar.holidays}
        for day in calendar.working_days:
            self.special[day.toordinal()] = calendar.hours[day.weekday()] or make_up
        changed = (*calendar.holidays, *calendar.working_days)
        self.eventful = frozenset(year for day in changed for year in (day.year - 1, day.year, day.year + 1))
        self.worked_years = (min(self.eventful), max(self.eventful)) if not any(self.hours) else (FIRST, LAST)
        self.years: dict[int, Year] = {}
        self.alike: dict[tuple[bool, int, int], tuple[int, Year]] = {}
        self.low = 0
        self.sums: list[int] = []

    def year(self, year: int) -> Year:
        """Return the worked stretches of *year*; the last 64 years asked for are kept."""
        found = self.years.get(year)
        if found is None:
            if not FIRST <= year <= LAST:
                raise self.outside()
            if len(self.years) >= _YEARS_KEPT:
                del self.years[next(iter(self.years))]
            found = self.years[year] = self._made(year)
        return found

    def _made(self, year: int) -> Year:
        if not self.worked_years[0] <= year <= self.worked_years[1]:
            return Year([], [], [], [])
        pattern = self._pattern(year)
        if pattern is None:
            return _summed(*worked(self.zone, self.hours, self.special, year))
        first, made = pattern
        later = year_start(year) - year_start(first)
        return made._replace(starts=[at + later for at in made.starts], ends=[at + later for at in made.ends])

    def _pattern(self, year: int) -> tuple[int, Year] | None:
        """Return the first year made that is like *year* day by day, and its stretches; None where none can be."""
        if year in _CHANGES or year in self.eventful:
            return None
        kind = (year < _CHANGES.start, date(year, 1, 1).weekday(), year_start(year + 1) - year_start(year))
        if kind not in self.alike:
            self.alike[kind] = year, _summed(*worked(self.zone, self.hours, self.special, year))
        return self.alike[kind]

    def _work_in(self, year: int) -> int:
        """Return the work of *year*, without keeping its stretches where it is one of many alike."""
        pattern = self._pattern(year) if year not in self.years and any(self.hours) else None
        after = (self.year(year) if pattern is None else pattern[1]).after
        return after[-1] if after else 0

    def work_before(self, year: int) -> int:
        """Return the position of the beginning of *year* (1 to 10000). Cost: O(1) once the run of years has it."""
        if not self.sums:
            self.low, self.sums = min(year, LAST), [0]
        while self.low + len(self.sums) <= year:
            self.sums.append(self.sums[-1] + self._work_in(self.low + len(self.sums) - 1))
        if self.low > year:
            below = [self.sums[0]]
            for earlier in range(self.low - 1, year - 1, -1):
                below.append(below[-1] - self._work_in(earlier))
            self.low, self.sums = year, below[:0:-1] + self.sums
        return self.sums[year - self.low]

    def position(self, at: int, year: int) -> int:
        """Return the position of the instant *at*, which lies in *year*."""
        table = self.year(year)
        i = bisect_right(table.starts, at) - 1
        done = 0 if i < 0 else table.before[i] + min(at, table.ends[i]) - table.starts[i]
        return self.work_before(year) + done

    def earliest(self, position: int) -> int:
        """Return the first instant at which *position* is reached (an end of work)."""
        year = self.year_of(position - 1)
        table, done = self.year(year), position - self.work_before(year)
        i = bisect_left(table.after, done)
        return table.starts[i] + done - table.before[i]

    def latest(self, position: int) -> int:
        """Return the last instant at which *position* holds (a beginning of work)."""
        year = self.year_of(position)
        table, done = self.year(year), position - self.work_before(year)
        i = bisect_right(table.after, done)
        return table.starts[i] + done - table.before[i]

    def year_of(self, position: int) -> int:
        """Return the year in which the work after *position* is done."""
        while self.sums[-1] <= position:
            year = self.low + len(self.sums)
            if year > self.worked_years[1] + 1:
                raise self.outside(after=True)
            self.work_before(year)
        while self.sums[0] > position:
            if self.low <= self.worked_years[0]:
                raise self.outside(after=False)
            self.work_before(self.low - 1)
        return self.low + bisect_right(self.sums, position) - 1

    def outside(self, after: bool | None = None) -> OutsideTime:
        """Return the error for what lies outside time, or outside the only days that have work."""
        if after is None or any(self.hours):
            return OutsideTime(calendar=self.name, problem="the date lies outside the years 1 to 9999.")
        where = f"after {self.worked_years[1]}" if after else f"before {self.worked_years[0]}"
        return OutsideTime(
            calendar=self.name,
            problem=f"it has no working time {where}: no weekday has a shift, only single working days do.",
            remedy="Give a weekday hours, or add working days.",
        )


@lru_cache(maxsize=64)
def table_of(calendar: Calendar) -> Table:
    """Return the table of *calendar*; those of the last 64 calendars are kept."""
    return Table(calendar)
