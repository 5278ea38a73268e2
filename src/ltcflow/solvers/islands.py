"""The compiled genetic search on several threads, for as long as it pays: populations that grow apart, then meet.

Each thread lets one population after the other live until it no longer gets better; the best of a few of them then
found one more. Needs numba (the extra ``ltcflow[fast]``); `ltcflow.schedule.levelling.search` is the same without it,
and the one whose answer depends on nothing but its seed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ltcflow.schedule.levelling import kernels
from ltcflow.schedule.levelling.generate import makespan
from ltcflow.schedule.levelling.kernels import Arrays, Ints, arrays_of
from ltcflow.schedule.levelling.net import Net, mirrored
from ltcflow.schedule.levelling.rules import times
from ltcflow.schedule.levelling.search import by_time

SIZE = 300
"""How many orders of a population survive a generation; twice as many are judged."""
ROUNDS = 10
"""Generations between two looks at the clock."""
PATIENCE = 6
"""How often in a row a population may be looked at without having become better."""
ELITE = 80
"""How many of each population meet those of the others."""
FAMILIES = 3
"""How many populations grow apart before they meet."""
CYCLES = 4
"""After so many meetings in a row without a better schedule a thread gives up."""
_NEVER = 1 << 62


class Task(NamedTuple):
    """What every thread works on."""

    net: Arrays
    mirror: Arrays
    latest: Ints
    first: Ints
    bound: int
    until: float


class Island:
    """One population after the other, on one thread."""

    def __init__(self, task: Task, starts: Sequence[int], length: int, seed: int) -> None:
        count = len(starts)
        self.task, self.kept, self.evolve = task, 0, kernels.compiled()
        self.best = np.array([*starts, length], dtype=np.int64)
        self.dice = np.array([1 + seed % (kernels.PRIME - 1)], dtype=np.int64)
        self.people = np.zeros((2 * SIZE, count), dtype=np.int64)
        self.worth = np.zeros((2 * SIZE, 2), dtype=np.int64)
        self.elite: list[tuple[Ints, Ints]] = []

    @property
    def over(self) -> bool:
        """True when nothing better is possible or the time is up."""
        return int(self.best[-1]) <= self.task.bound or time.perf_counter() >= self.task.until

    def run(self) -> None:
        """Search until the time is up, the bound is reached or nothing has become better for long."""
        stale, length = 0, int(self.best[-1])
        self.found(self.task.first, self.best)
        while not self.over and stale < CYCLES:
            for _ in range(FAMILIES):
                self.live()
                self.elite.append((self.people[:ELITE].copy(), self.worth[:ELITE].copy()))
                self.kept = 0
            self.meet()
            self.live()
            self.kept = 0
            stale = 0 if self.best[-1] < length else stale + 1
            length = int(self.best[-1])

    def found(self, order: Ints, best: Ints) -> None:
        """Let the next population begin with *order*."""
        self.people[0], self.kept = order, 1
        self.worth[0] = best[-1], best[:-1].sum()

    def live(self) -> None:
        """Let a population live until it has not become better for a while."""
        task, stale, last = self.task, 0, (_NEVER, 0)
        while not self.over and stale < PATIENCE:
            self.kept = self.evolve(
                task.net, task.mirror, task.latest, self.dice, self.people, self.worth, self.best, self.kept,
                task.bound, ROUNDS,
            )  # fmt: skip
            now = int(self.worth[0, 0]), int(self.worth[0, 1])
            stale = 0 if now < last else stale + 1
            last = now

    def meet(self) -> None:
        """Let the best of the last populations found the next one."""
        people, worth = (np.concatenate(parts) for parts in zip(*self.elite, strict=True))
        order = np.lexsort((worth[:, 1], worth[:, 0]))
        self.kept = len(order)
        self.people[: self.kept], self.worth[: self.kept] = people[order], worth[order]
        self.elite.clear()


def search_islands(
    net: Net, starts: Sequence[int], *, seconds: float, threads: int, seed: int, bound: int
) -> list[int] | None:
    """Return better starts than *starts* when they are found in *seconds*; None when not, or where this cannot run.

    It cannot run without numba, with leads or earliest starts, or with more resources than fit 62 bits.
    """
    began = time.perf_counter()
    if not starts or not kernels.installed() or not kernels.suits(net):
        return None
    first = np.array(by_time(net, starts), dtype=np.int64)
    latest = np.array(times(net).late, dtype=np.int64)
    task = Task(arrays_of(net), arrays_of(mirrored(net)), latest, first, bound, began + seconds)
    length = makespan(net, starts)
    islands = [Island(task, starts, length, seed * 1009 + 7919 * number + 1) for number in range(threads)]
    others = [threading.Thread(target=island.run) for island in islands[1:]]
    for thread in others:
        thread.start()
    islands[0].run()
    for thread in others:
        thread.join()
    best = min(islands, key=lambda island: int(island.best[-1])).best
    return [int(at) for at in best[:-1]] if best[-1] < length else None
