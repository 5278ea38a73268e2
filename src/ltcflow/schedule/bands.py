"""Cash from a simulation: expected money by month, and what is there with 50 and 80 %."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

import attrs
import numpy as np

from ltcflow.schedule.cash import Book, Expected, Month, due_moment, month_of
from ltcflow.schedule.instalments import Instalment
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.results import NEVER, Simulation
from ltcflow.schedule.montecarlo.statistics import quantile_index


def expect(
    book: Book, found: Sequence[Instalment], planned: Sequence[datetime], simulation: Simulation
) -> tuple[list[Expected], list[Month]]:
    """Return the instalments with their dates, and the months with their bands."""
    rows = [simulation.numbers_of(i.milestone) for i in found]
    dating = [_dating(simulation, i) for i in found]
    expected = [
        _expected(i, at, minutes, date) for i, at, minutes, date in zip(found, planned, rows, dating, strict=True)
    ]
    spans = [_span(minutes, date) for minutes, date in zip(rows, dating, strict=True)]
    known = [span for span in spans if span is not None]
    if not known:
        return expected, []
    first, last = min(low for low, _ in known), max(high for _, high in known)
    count, lanes = last - first + 1, simulation.samples
    sums = [Fraction(0)] * count
    money = np.zeros((count, lanes), dtype=np.int64)
    every = np.arange(lanes)
    for units, minutes, date in zip(book.units, rows, dating, strict=True):
        month = np.searchsorted(_ends_of_months(minutes, date, first, count), minutes, side="left")
        there = minutes < NEVER
        money[month[there], every[there]] += units
        for place, hits in enumerate(np.bincount(month[there], minlength=count).tolist()):
            sums[place] += Fraction(units * hits, lanes)
    rising = np.sort(np.cumsum(money, axis=0), axis=1)
    halves, likely = (rising[:, _at_least(lanes, p)].tolist() for p in (0.5, 0.8))
    return expected, book.months(first, sums, halves, likely)


def _dating(simulation: Simulation, instalment: Instalment) -> Callable[[int], datetime]:
    scale = simulation.scale
    return lambda number: due_moment(scale.clock.calendar, scale.moment(number), instalment.due)


def _expected(instalment: Instalment, planned: datetime, minutes: Minutes, date: Callable[[int], datetime]) -> Expected:
    there = np.sort(minutes[minutes < NEVER])
    dates = [date(int(there[quantile_index(len(there), p)])) if len(there) else None for p in (0.5, 0.8)]
    return Expected(
        **attrs.asdict(instalment, recurse=False),
        planned=planned,
        p50=dates[0],
        p80=dates[1],
        probability=len(there) / len(minutes),
    )


def _span(minutes: Minutes, date: Callable[[int], datetime]) -> tuple[int, int] | None:
    """Return the first and the last month in which it is paid; None when it never is."""
    there = minutes[minutes < NEVER]
    return (month_of(date(int(there.min()))), month_of(date(int(there.max())))) if len(there) else None


def _ends_of_months(minutes: Minutes, date: Callable[[int], datetime], first: int, count: int) -> list[int]:
    """Return of each month the last minute at which the milestone may be reached to be paid in it."""
    there = minutes[minutes < NEVER]
    if not len(there):
        return [-1] * count
    low, high = int(there.min()), int(there.max())
    ends: list[int] = []
    for month in range(first, first + count):
        a, b = low - 1, high
        while a < b:
            middle = (a + b + 1) // 2
            a, b = (middle, b) if month_of(date(middle)) <= month else (a, middle - 1)
        ends.append(a)
    return ends


def _at_least(lanes: int, p: float) -> int:
    """Return which of *lanes* rising sums is reached or exceeded with a share of at least *p*."""
    return min(int(lanes * (1 - p) + 1e-9), lanes - 1)
