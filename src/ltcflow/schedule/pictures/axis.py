"""The time axis of a chart: days to x, ticks of months, weeks or days, free days in grey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property

import attrs

from ltcflow.labels import Lang
from ltcflow.schedule.pictures.svg import RULE, tag, text
from ltcflow.worktime import Calendar

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_SHADED = 3.0
"""Free days are shaded where a day is at least so wide."""


@attrs.frozen(kw_only=True)
class Axis:
    """Maps moments to x.

    Attributes:
        first, days: the first day shown and how many there are. left, wide: where the axis lies.
    """

    first: date
    days: int
    left: float
    wide: float
    calendar: Calendar
    lang: Lang

    @classmethod
    def over(
        cls, start: datetime, finish: datetime, *, left: float, wide: float, calendar: Calendar, lang: Lang
    ) -> Axis:
        """Return the axis from the day of *start* to the day after *finish*."""
        days = max((finish.date() - start.date()).days + 1, 1)
        spare = max(1, days // 40)
        room = (date.max - start.date()).days
        return cls(first=start.date(), days=min(days + spare, room), left=left, wide=wide, calendar=calendar, lang=lang)

    @cached_property
    def step(self) -> float:
        """How wide one day is."""
        return self.wide / max(self.days, 1)

    def x(self, moment: datetime) -> float:
        """Return where *moment* (on its own clock) lies; never outside of the axis."""
        days = (moment.date() - self.first).days + (moment.hour * 60 + moment.minute) / 1440
        return self.left + min(max(days, 0.0), float(self.days)) * self.step

    def _dates(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.days))

    def shades(self, top: float, bottom: float) -> Iterator[str]:
        """Yield the free days as grey bands, where there is room for them."""
        if self.step < _SHADED:
            return
        for day in self._dates():
            if not self.calendar.shifts_on(day):
                x = self.left + (day - self.first).days * self.step
                yield tag("rect", x=x, y=top, width=self.step, height=bottom - top, fill="#f2f4f7")

    def ticks(self, top: float, bottom: float) -> Iterator[str]:
        """Yield the months, and below them weeks or days, with their lines."""
        yield from self._months(top, bottom)
        if self.step >= 16:
            yield from self._below(top, bottom, every=1)
        elif self.step >= 3.2:
            yield from self._below(top, bottom, every=7)

    def _months(self, top: float, bottom: float) -> Iterator[str]:
        last = -1e9
        for day in self._dates():
            if day != self.first and day.day != 1:
                continue
            x = self.left + (day - self.first).days * self.step
            yield tag("line", x1=x, x2=x, y1=top, y2=bottom, stroke=RULE, stroke_width=1.2)
            name = f"{day.year}-{day.month:02}" if self.lang == "zh" else f"{_MONTHS[day.month - 1]} {day.year}"
            if x - last > 62 and self.left + self.wide - x > 40:
                yield text(x + 3, top + 12, name, cls="small strong")
                last = x

    def _below(self, top: float, bottom: float, *, every: int) -> Iterator[str]:
        for day in self._dates():
            if every == 7 and day.weekday() != 0:
                continue
            x = self.left + (day - self.first).days * self.step
            yield tag("line", x1=x, x2=x, y1=top + 16, y2=bottom, stroke=RULE, stroke_width=0.6)
            if every * self.step >= 15:
                yield text(x + 2, top + 26, day.day, cls="small faint")
