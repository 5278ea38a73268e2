"""The arithmetic on working time over whole arrays: a million additions in some 20 ms.

The only module of this package that needs numpy. Moments are ``datetime64`` in UTC, as numpy and pandas have them;
the wall clock of the calendar's zone counts all the same. The answers are those of `add_minutes` and
`minutes_between`, moment for moment.

How: the worked stretches of the years concerned stand in arrays with their prefix sums. The stretch of a moment is
found in O(1): time is cut into buckets no longer than the shortest distance between two beginnings, so a bucket tells
the stretch but for one comparison; likewise with positions on the way back. Chunks keep what lies in between inside the
cache. Memory: two arrays as large as the result, and about 1 MB per 25 years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ltcflow.errors import InvalidValue
from ltcflow.worktime.arithmetic import instant, split
from ltcflow.worktime.calendars import Calendar
from ltcflow.worktime.spans import EPOCH, FIRST, LAST, MINUTE, ONE, year_start
from ltcflow.worktime.table import Table, table_of

Ints: TypeAlias = NDArray[np.int64]
Moments: TypeAlias = NDArray[np.datetime64]
MomentsLike: TypeAlias = datetime | np.datetime64 | ArrayLike

_CHUNK = 1 << 15
_MOST_CELLS = 1 << 18
_NEVER = np.iinfo(np.int64).max
_WIDEST = 400
"""Most years that stand in arrays at once; moments further apart are worked through one such window at a time."""
_LONGEST = year_start(LAST + 1) // MINUTE - year_start(FIRST) // MINUTE
"""Minutes from the first to the last moment of time; more lead outside it, and less cannot overflow 64 bits."""


class _Lookup:
    """The index of the last of ascending *marks* at or before a value in [marks[0], *end*), in O(1).

    Where the marks lie on a grid that is not too fine, a cell of it tells the index; else a cell and a comparison.
    """

    def __init__(self, marks: Ints, end: int) -> None:
        gaps = np.diff(marks)
        gaps = gaps[gaps > 0]
        grid = int(np.gcd.reduce(gaps[1:])) if len(gaps) > 1 else 0
        span = end - int(marks[0])
        if grid and span // grid < _MOST_CELLS:
            self.step, self.low = grid, int(marks[-1]) - (int(marks[-1] - marks[0]) // grid + 1) * grid
        else:
            self.step, self.low = max(int(gaps.min(initial=span)), span // _MOST_CELLS, 1), int(marks[0])
        edges = self.low + np.arange((end - self.low) // self.step + 2, dtype=np.int64) * self.step
        self.first: NDArray[np.intp] = np.maximum(np.searchsorted(marks, edges, side="right") - 1, 0)
        self.following = np.append(marks[1:], _NEVER)
        lasts = np.searchsorted(marks, edges + self.step - 1, side="right") - 1
        self.rounds = int((lasts - self.first).max())

    def __call__(self, values: Ints) -> NDArray[np.intp]:
        found: NDArray[np.intp] = self.first.take((values - self.low) // self.step)
        for _ in range(self.rounds):
            found += self.following.take(found) <= values
        return found


class _Arrays:
    """The worked stretches of the years from *low* to *high* as arrays, with positions as the table counts them.

    The first stretch has no length: it stands for the time before work first begins.
    """

    def __init__(self, table: Table, low: int, high: int) -> None:
        self.low, self.high = low, high
        starts, lengths = [year_start(low)], [0]
        for year in range(low, high + 1):
            row = table.year(year)
            starts += row.starts
            lengths += [end - start for start, end in zip(row.starts, row.ends, strict=True)]
        marks, self.after = np.array(starts, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)
        self.after += table.work_before(low)
        before = self.after - np.array(lengths, dtype=np.int64)
        self.shift = marks - before
        self.stretch_at = _Lookup(marks, year_start(high + 1))
        self.stretch_of = _Lookup(before[1:], table.work_before(high + 1)) if len(starts) > 1 else None
        self.shift_of = self.shift[1:]

    def positions(self, at: Ints) -> Ints:
        """Return the positions of instants in these years."""
        stretch = self.stretch_at(at)
        done: Ints = at - self.shift.take(stretch)
        return np.minimum(done, self.after.take(stretch), out=done)

    def instants(self, work: Ints, goals: Ints) -> Ints:
        """Return the instants of positions *goals*, each in the stretch that does the work after position *work*."""
        assert self.stretch_of is not None, "asked for work in years that have none"
        return goals + self.shift_of.take(self.stretch_of(work))


_kept: WeakKeyDictionary[Table, _Arrays] = WeakKeyDictionary()
"""The arrays of each table that is still kept: their positions are those of that very table, not of its calendar."""


def _arrays(table: Table, low: int, high: int) -> _Arrays:
    """Return arrays that hold the years from *low* to *high*; the last made are kept, and grow."""
    found = _kept.get(table)
    if found is not None and found.low <= low and high <= found.high:
        return found
    if found is not None and max(high, found.high) - min(low, found.low) < _WIDEST:
        low, high = min(low, found.low), max(high, found.high)
    made = _kept[table] = _Arrays(table, low, high)
    return made


def add_minutes_many(calendar: Calendar, start: MomentsLike, minutes: ArrayLike) -> Moments:
    """Return the moments at which *minutes* of working time after *start* have been done: `add_minutes` on arrays.

    Args:
        start: an aware datetime, a list of them, or ``datetime64`` (in UTC) of any shape and unit.
        minutes: whole numbers, negative ones count back; broadcast against *start*.
    Returns:
        ``datetime64[us]`` in UTC, of the common shape.
    Raises:
        InvalidValue: a datetime without a time zone, moments missing (NaT), minutes that are not whole numbers.
        OutsideTime: an answer lies outside the years 1 to 9999, or the calendar has no working time there.
    Cost: about 20 ns per element; 1 ms per year between the first and the last moment, the first time.

    Example:
        >>> import numpy as np
        >>> from ltcflow.worktime import calendar, parse_start
        >>> add_minutes_many(calendar("CN"), parse_start("2026-09-30", "CN"), [480, 481]).astype("datetime64[m]")
        array(['2026-09-30T10:00', '2026-10-08T01:01'], dtype='datetime64[m]')
    """
    table = table_of(calendar)
    at, added = _instants(calendar, start), _whole(table, minutes)
    shape = np.broadcast_shapes(at.shape, added.shape)
    goals = np.broadcast_to(_positions(table, at.reshape(-1)).reshape(at.shape), shape).reshape(-1)
    added = np.broadcast_to(added, shape).reshape(-1)
    if added.all():
        out = _reached(table, goals, added)
    else:
        moving = added != 0
        out = np.broadcast_to(at, shape).flatten()
        out[moving] = _reached(table, goals[moving], added[moving])
    return out.reshape(shape).view("datetime64[us]")


def _reached(table: Table, begun: Ints, added: Ints) -> Ints:
    """Return the instants at which *added* minutes (nowhere 0) after the positions *begun* are done."""
    out = np.empty(begun.size, dtype=np.int64)
    if not out.size:
        return out
    least, most = _NEVER, -_NEVER
    for part in _chunks(out.size):
        goal = np.multiply(added[part], MINUTE, out=out[part])
        goal += begun[part]
        work = goal - (added[part] > 0)
        least, most = min(least, int(work.min())), max(most, int(work.max()))
    windows = _windows(table.year_of(least), table.year_of(most))
    goals, works = (out, out) if len(windows) == 1 else (out.copy(), out - (added > 0))
    for window, pick in _picks(works, windows, table.work_before):
        goal = goals[pick]
        out[pick] = _arrays(table, *window).instants(goal - (added[pick] > 0), goal)
    instant(table, int(out.min()))
    instant(table, int(out.max()))
    return out


def minutes_between_many(calendar: Calendar, start: MomentsLike, end: MomentsLike) -> Ints:
    """Return the whole working minutes from *start* to *end*, negative where *end* is earlier: on arrays.

    Args:
        start, end: aware datetimes, or ``datetime64`` (in UTC) of any shape and unit; broadcast against each other.
    Returns:
        int64 of the common shape.
    Raises:
        As `add_minutes_many`.
    Cost: about 20 ns per element; 1 ms per year between the first and the last moment, the first time.

    Example:
        >>> import numpy as np
        >>> from ltcflow.worktime import calendar
        >>> days = np.array(["2026-10-01", "2026-10-09"], dtype="datetime64[D]")
        >>> minutes_between_many(calendar("CN"), np.datetime64("2026-09-30"), days)
        array([480, 960])
    """
    table = table_of(calendar)
    one, other = _instants(calendar, start), _instants(calendar, end)
    shape = np.broadcast_shapes(one.shape, other.shape)
    first, last = (np.broadcast_to(_positions(table, at.reshape(-1)).reshape(at.shape), shape).reshape(-1)
                   for at in (one, other))  # fmt: skip
    out = np.empty(first.size, dtype=np.int64)
    for part in _chunks(out.size):
        work = np.subtract(last[part], first[part], out=out[part])
        work += (work < 0) * (MINUTE - 1)
        work //= MINUTE
    return out.reshape(shape)


def published_many(calendar: Calendar, start: MomentsLike, end: MomentsLike) -> NDArray[np.bool_]:
    """Say for each pair whether every year from *start* to *end* is published (see `Calendar.unpublished`).

    Example:
        >>> from ltcflow.worktime import add_minutes_many, calendar, parse_start
        >>> start = parse_start("2026-11-02", "CN")
        >>> published_many(calendar("CN"), start, add_minutes_many(calendar("CN"), start, [480, 480 * 60]))
        array([ True, False])
    """
    first, last = np.broadcast_arrays(_instants(calendar, start), _instants(calendar, end))
    if not calendar.known_years or not first.size:
        return np.ones(first.shape, dtype=bool)
    low, high = np.minimum(first, last), np.maximum(first, last)
    table = table_of(calendar)
    years = range(instant(table, int(low.min())).year, instant(table, int(high.max())).year + 1)
    begins = np.array([split(calendar, datetime(y, 1, 1, tzinfo=table.zone))[1] for y in years[1:]], dtype=np.int64)
    unknown = np.cumsum([0, *(not calendar.is_published(year) for year in years)])
    of_low, of_high = (np.searchsorted(begins, moments, side="right") for moments in (low, high))
    known: NDArray[np.bool_] = unknown[of_low] == unknown[of_high + 1]
    return known


def _positions(table: Table, at: Ints) -> Ints:
    """Return the positions of instants, a flat array."""
    out = np.empty(at.size, dtype=np.int64)
    if not at.size:
        return out
    for window, pick in _picks(at, _windows(_year(at.min()), _year(at.max())), year_start):
        out[pick] = _arrays(table, *window).positions(at[pick])
    return out


def _windows(low: int, high: int) -> list[tuple[int, int]]:
    return [(first, min(first + _WIDEST - 1, high)) for first in range(low, high + 1, _WIDEST)]


def _picks(
    values: Ints, windows: list[tuple[int, int]], bound: Callable[[int], int]
) -> Iterator[tuple[tuple[int, int], slice | NDArray[np.intp]]]:
    """Yield chunks of *values* with the window each lies in; *bound* says the value at which a year begins."""
    if len(windows) == 1:
        for part in _chunks(values.size):
            yield windows[0], part
        return
    for low, high in windows:
        inside = np.flatnonzero((bound(low) <= values) & (values < bound(high + 1)))
        for part in _chunks(inside.size):
            yield (low, high), inside[part]


def _chunks(size: int) -> Iterator[slice]:
    for first in range(0, size, _CHUNK):
        yield slice(first, min(first + _CHUNK, size))


def _year(at: np.int64) -> int:
    return (EPOCH + int(at) * ONE).year


def _instants(calendar: Calendar, moments: MomentsLike) -> Ints:
    """Return moments as microseconds since 1970 (UTC)."""
    table = table_of(calendar)
    if isinstance(moments, datetime):
        return np.array(split(calendar, moments)[1], dtype=np.int64)
    given = np.asarray(moments)
    if given.dtype == object:
        made = [split(calendar, moment)[1] for moment in given.reshape(-1)]
        return np.array(made, dtype=np.int64).reshape(given.shape)
    if given.dtype.kind != "M":
        raise _bad("time", given, "are no moments.", "Give datetime64 in UTC, or datetimes with a time zone.")
    if not given.size:
        return np.empty(given.shape, dtype=np.int64)
    least, most = given.min(), given.max()
    if np.isnat(least):
        raise _bad("time", given, "has missing moments (NaT).", "Leave them out.")
    first, last = (int(moment.astype("datetime64[s]").astype(np.int64)) * 10**6 for moment in (least, most))
    if first < year_start(FIRST) or last >= year_start(LAST + 1):
        raise table.outside()
    instant(table, first)
    instant(table, last)
    at: Ints = given.astype("datetime64[us]", copy=False).view(np.int64)
    return at


def _whole(table: Table, minutes: ArrayLike) -> Ints:
    given = np.asarray(minutes)
    if given.dtype.kind not in "iu":
        raise _bad("minutes", given, "are not whole numbers.", "Round them: 'np.rint(minutes).astype(int)'.")
    if given.size and (int(given.max()) > _LONGEST or int(given.min()) < -_LONGEST):
        raise table.outside()
    return given.astype(np.int64, copy=False)


def _bad(field: str, value: NDArray[np.generic], problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=f"array of {value.dtype}", problem=problem, remedy=remedy)
