"""Working minutes to instants and back, for arrays: the shifts of a project as a table."""

from __future__ import annotations

import numpy as np

from ltcflow.schedule.elapsed import WorkClock
from ltcflow.schedule.lanes import Minutes

_LONGEST = 1 << 17


class Hours:
    """A clock of working minutes over arrays; shifts are looked up once, as far as they are needed.

    Attributes:
        first: the earliest working minute that may be asked for.
    Cost: about 30 us per shift the first time, then a bisection per number.
    """

    def __init__(self, clock: WorkClock, first: int) -> None:
        self.clock, self.first = clock, first
        self._before, self._zero = clock.ends(first), clock.ends(0)
        self._minutes: list[int] = []
        self._instants: list[int] = []
        self._next, self._guesses = first, [240, 300]
        self._table()

    def begins(self, minutes: Minutes) -> Minutes:
        """Return the last instant at each of *minutes*: where work begins."""
        self._reach(minute=int(minutes.max(initial=self.first)))
        at = np.searchsorted(self.minutes, minutes, side="right") - 1
        np.maximum(at, 0, out=at)
        found: Minutes = self.instants[at] + minutes - self.minutes[at]
        return found

    def ends(self, minutes: Minutes) -> Minutes:
        """Return the first instant at each of *minutes*: where work ends."""
        self._reach(minute=int(minutes.max(initial=self.first)))
        at = np.searchsorted(self.minutes, minutes, side="left") - 1
        found = self.instants[np.maximum(at, 0)] + minutes - self.minutes[np.maximum(at, 0)]
        found = np.where(at < 0, self._before, found)
        return np.where(minutes == 0, self._zero, found) if self.first < 0 else found

    def minute(self, instants: Minutes) -> Minutes:
        """Return the working minutes done at each of *instants*."""
        self._reach(instant=int(instants.max(initial=self._instants[0])))
        at = np.searchsorted(self.instants, instants, side="right") - 1
        np.maximum(at, 0, out=at)
        done = self.minutes[at] + np.minimum(instants - self.instants[at], self.minutes[at + 1] - self.minutes[at])
        found: Minutes = np.maximum(done, self.first)
        return found

    def _reach(self, *, minute: int | None = None, instant: int | None = None) -> None:
        grown = False
        while (minute is not None and self._minutes[-2] <= minute) or (
            instant is not None and self._instants[-2] <= instant
        ):
            self._grow()
            grown = True
        if grown:
            self._table(grow=False)

    def _grow(self) -> None:
        """Add the next shift."""
        begin = self.clock.begins(self._next)
        length = next((g for g in self._guesses if self._is_shift(begin, g)), 0) or self._measure(begin)
        self._guesses = [length, *(g for g in self._guesses if g != length)][:6]
        self._minutes.append(self._next)
        self._instants.append(begin)
        self._next += length

    def _is_shift(self, begin: int, length: int) -> bool:
        after = self._next + length
        return self.clock.ends(after) == begin + length and self.clock.begins(after) != begin + length

    def _measure(self, begin: int) -> int:
        low, high = 1, _LONGEST
        while low < high:
            middle = (low + high + 1) // 2
            if self.clock.ends(self._next + middle) == begin + middle:
                low = middle
            else:
                high = middle - 1
        return low

    def _table(self, *, grow: bool = True) -> None:
        while grow and len(self._minutes) < 3:
            self._grow()
        self.minutes = np.array(self._minutes, dtype=np.int64)
        self.instants = np.array(self._instants, dtype=np.int64)
