"""What a million working-minute additions cost, beside bisection, numpy and pandas, in one run.

    .venv/bin/python benchmarks/bench_calendar.py [additions]

The calendar is China's: holidays, make-up working days, 09:00-12:00 and 13:00-18:00. Every way gets the same moments of
2020 to 2025 and the same minutes, up to two years of work, and must give the same answers. The bisect loop is the usual
one in pure Python: prefix sums over the shifts, one `bisect` for where a moment stands and one for where it leads, on
whole minutes, without datetimes. numpy's busdays know whole days only, so the loop they stand beside adds days. pandas'
`CustomBusinessHour` knows hours; it is timed on a few and scaled. Medians of five rounds; nothing fails here.
"""

from __future__ import annotations

import sys
import time
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median

import numpy as np

from ltcflow.worktime import Calendar, add_minutes, add_minutes_many, calendar, minutes_between_many
from ltcflow.worktime.table import table_of

ROUNDS = 5
FIRST, LAST = 2019, 2029


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of *work* over *rounds* calls."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


class Bisecting:
    """The peer: shifts as minutes since 1970, the work before each, and two bisections per addition."""

    def __init__(self, days: Calendar) -> None:
        self.starts: list[int] = []
        self.before: list[int] = []
        self.lengths: list[int] = []
        done, day = 0, date(FIRST, 1, 1)
        while day.year <= LAST:
            midnight = int((datetime(day.year, day.month, day.day, tzinfo=days.zone)).timestamp()) // 60
            for start, end in days.shifts_on(day):
                self.starts.append(midnight + start)
                self.before.append(done)
                self.lengths.append(end - start)
                done += end - start
            day += timedelta(days=1)

    def add_all(self, moments: list[int], minutes: list[int]) -> list[int]:
        starts, before, lengths = self.starts, self.before, self.lengths
        reached = []
        for moment, work in zip(moments, minutes, strict=True):
            i = bisect_right(starts, moment) - 1
            goal = before[i] + min(moment - starts[i], lengths[i]) + work
            j = bisect_left(before, goal) - 1
            reached.append(starts[j] + goal - before[j])
        return reached

    def add_to(self, moment: int, minutes: list[int]) -> list[int]:
        starts, before = self.starts, self.before
        i = bisect_right(starts, moment) - 1
        done = before[i] + min(moment - starts[i], self.lengths[i])
        reached = []
        for work in minutes:
            goal = done + work
            j = bisect_left(before, goal) - 1
            reached.append(starts[j] + goal - before[j])
        return reached

    def between_all(self, moments: list[int], ends: list[int]) -> list[int]:
        starts, before, lengths = self.starts, self.before, self.lengths
        counted = []
        for moment, end in zip(moments, ends, strict=True):
            i, j = bisect_right(starts, moment) - 1, bisect_right(starts, end) - 1
            done = before[j] + min(end - starts[j], lengths[j])
            counted.append(done - before[i] - min(moment - starts[i], lengths[i]))
        return counted


def busdays(days: Calendar, moments: np.ndarray, count: np.ndarray) -> Callable[[], np.ndarray]:
    """Return the addition of whole days by numpy's busdays, which know no make-up working days."""
    free = np.array([day for day in days.holidays if day not in days.working_days], dtype="datetime64[D]")
    known = np.busdaycalendar(holidays=free)
    first = moments.astype("datetime64[D]")
    return lambda: np.busday_offset(first, count, roll="forward", busdaycal=known)


def pandas_seconds(moments: np.ndarray, minutes: np.ndarray, total: int) -> float | None:
    """Return the time of *total* additions of whole hours by pandas, measured on a few; None without pandas."""
    try:
        import pandas as pd
    except ImportError:
        return None
    few = 200
    hours = [pd.offsets.CustomBusinessHour(n=int(m) // 60, start=["09:00", "13:00"], end=["12:00", "18:00"])
             for m in minutes[:few]]  # fmt: skip
    stamps = [pd.Timestamp(t) for t in moments[:few]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seconds(lambda: [t + h for t, h in zip(stamps, hours, strict=True)], 1) / few * total


def show(name: str, taken: float, total: int, base: float) -> None:
    print(f"  {name:<44} {taken * 1e3:12.1f} ms {taken / total * 1e9:10.1f} ns each {base / taken:9.3g} x")


def main(total: int) -> None:
    dice, china = np.random.default_rng(7), calendar("CN")
    moments = np.datetime64("2020-01-01", "m") + dice.integers(0, 5 * 365 * 1440, total).astype("timedelta64[m]")
    minutes = dice.integers(1, 2 * 250 * 480, total)
    as_ints, as_minutes = moments.astype(np.int64).tolist(), minutes.tolist()
    peer = Bisecting(china)
    stamps = moments.astype("datetime64[us]")
    reached = add_minutes_many(china, stamps, minutes)
    assert reached.astype("datetime64[m]").astype(np.int64).tolist() == peer.add_all(as_ints, as_minutes)
    assert (minutes_between_many(china, stamps, reached) == minutes).all()

    start = datetime(2024, 3, 1, 9, tzinfo=UTC)
    begin, ends = int(start.timestamp()) // 60, peer.add_all(as_ints, as_minutes)
    assert add_minutes_many(china, start, minutes).astype("M8[m]").astype(np.int64).tolist() == peer.add_to(
        begin, as_minutes
    )
    print(f"{total:,} additions of 1 minute to 2 years of work, calendar CN (ratio: faster than its bisect loop)")
    loop = seconds(lambda: peer.add_all(as_ints, as_minutes))
    show("bisect loop, a start for each", loop, total, loop)
    show("add_minutes_many, a start for each", seconds(lambda: add_minutes_many(china, stamps, minutes)), total, loop)
    base = seconds(lambda: peer.add_to(begin, as_minutes))
    show("bisect loop, one start", base, total, base)
    show("add_minutes_many, one start", seconds(lambda: add_minutes_many(china, start, minutes)), total, base)
    base = seconds(lambda: peer.between_all(as_ints, ends))
    show("bisect loop, minutes between", base, total, base)
    show("minutes_between_many", seconds(lambda: minutes_between_many(china, stamps, reached)), total, base)
    print("others, against the first loop")
    few = min(total, 20_000)
    one_by_one = [(t.replace(tzinfo=UTC), m) for t, m in zip(stamps[:few].tolist(), as_minutes, strict=False)]
    single = seconds(lambda: [add_minutes(china, t, m) for t, m in one_by_one], 3) / few * total
    show("add_minutes, one by one, with datetimes", single, total, loop)
    show("numpy busday_offset (days only)", seconds(busdays(china, moments, minutes // 480)), total, loop)
    frame = pandas_seconds(moments, minutes, total)
    if frame is not None:
        show("pandas CustomBusinessHour (scaled from 200)", frame, total, loop)

    print("the table of one year, made when it is first needed")
    for name in ("CN", "DE", "US-CA"):
        days = calendar(name)
        table_of.cache_clear()
        taken = seconds(lambda days=days: [table_of(days).year(year) for year in range(2030, 2050)], 1) / 20
        print(f"  {name:<44} {taken * 1e3:12.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
