"""The genetic search over arrays, compiled with numba where it is installed (the extra ``ltcflow[fast]``).

The same schemes and operators as in `ltcflow.schedule.levelling.generate` and `.search`, some thirty times as fast: the
functions below are plain Python over arrays, so that they can be tested without numba, and they hold no lock while they
run compiled. Random numbers are those of Park and Miller's generator (1988, multiplier 48271), kept by the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import FunctionType
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ltcflow.schedule.levelling.net import Net

Ints: TypeAlias = NDArray[np.int64]
PRIME = 2147483647
_FACTOR = 48271
_NEVER = 1 << 62
_PACKED = 62


class Arrays(NamedTuple):
    """A net as arrays; the links into activity j are ``source[first[j]:first[j + 1]]`` with their weights."""

    durations: Ints
    first: Ints
    source: Ints
    weight: Ints
    demand: Ints
    least: Ints
    rank: Ints
    bits: Ints
    """What is free, and the guard bits."""


def arrays_of(net: Net) -> Arrays:
    """Return *net* as arrays."""
    first = np.cumsum([0, *map(len, net.before)], dtype=np.int64)
    arcs = [arc for into in net.before for arc in into]
    return Arrays(
        np.array(net.durations, dtype=np.int64),
        first,
        np.array([source for source, _ in arcs], dtype=np.int64),
        np.array([weight for _, weight in arcs], dtype=np.int64),
        np.array(net.demand, dtype=np.int64),
        np.array(net.least, dtype=np.int64),
        np.array(net.rank, dtype=np.int64),
        np.array([net.free, net.guards], dtype=np.int64),
    )


def suits(net: Net) -> bool:
    """Say whether *net* fits: what is free in 62 bits, no weight negative, no earliest start, times that add up."""
    whole = sum(net.durations) + sum(weight for into in net.before for _, weight in into)
    return net.upright and not any(net.least) and net.free.bit_length() <= _PACKED and whole < 1 << 40


def installed() -> bool:
    """Say whether numba can be imported."""
    return find_spec("numba") is not None


@lru_cache(maxsize=1)
def compiled() -> Callable[..., int]:
    """Return `evolve`, compiled: five seconds the first time on a machine, then read from numba's cache on disk."""
    numba: Any = import_module("numba")
    try:
        return _compiled(numba, cache=True)
    except RuntimeError:  # nowhere to keep it
        return _compiled(numba, cache=False)


def _compiled(numba: Any, *, cache: bool) -> Callable[..., int]:
    made: dict[str, Any] = {}
    for part in (
        below,
        gap_at,
        cut,
        serial,
        by_keys,
        justified,
        sample,
        two_points,
        stretch,
        swap,
        judged,
        born,
        ranked,
        evolve,
    ):
        source: Any = part
        bound = FunctionType(source.__code__, {**source.__globals__, **made}, source.__name__)
        made[part.__name__] = numba.njit(nogil=True, boundscheck=False, cache=cache)(bound)
    return made["evolve"]  # type: ignore[no-any-return]  # numba has no types


def below(dice: Ints, bound: int) -> int:
    """Return a whole number from 0 to *bound* - 1."""
    dice[0] = dice[0] * _FACTOR % PRIME
    return dice[0] * bound // PRIME  # type: ignore[no-any-return]  # an int64


def gap_at(times: Ints, count: int, t: int) -> int:
    """Return the number of the last of *count* breakpoints at or before *t*."""
    low, high = 0, count - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if times[middle] <= t:
            low = middle
        else:
            high = middle - 1
    return low


def cut(times: Ints, free: Ints, count: int, place: int, t: int) -> None:
    """Put a breakpoint at *t* before number *place*; as much is free after it as was before."""
    for at in range(count, place, -1):
        times[at], free[at] = times[at - 1], free[at - 1]
    times[place], free[place] = t, free[place - 1]


def serial(net: Arrays, sequence: Ints, start: Ints, times: Ints, free: Ints) -> int:
    """Place the activities of *sequence* one by one as early as possible; return the makespan (see `generate.serial`).

    Args:
        start: is filled. times, free: room for two breakpoints per activity and two more.
    """
    guards, count, last_finish = net.bits[1], 2, 0
    times[0], times[1] = 0, _NEVER
    free[0] = free[1] = net.bits[0]
    for j in sequence:
        t = net.least[j]
        for arc in range(net.first[j], net.first[j + 1]):
            t = max(t, start[net.source[arc]] + net.weight[arc])
        demand = net.demand[j]
        if demand:
            k = last = gap_at(times, count, t)
            end = t + net.durations[j]
            while True:
                fits = (free[last] - demand) & guards == guards
                last += 1
                if not fits:
                    t, k = times[last], last
                    end = t + net.durations[j]
                elif times[last] >= end:
                    break
            if times[last] != end:
                cut(times, free, count, last, end)
                count += 1
            if times[k] != t:
                k += 1
                last += 1
                cut(times, free, count, k, t)
                count += 1
            for at in range(k, last):
                free[at] -= demand
        start[j] = t
        last_finish = max(last_finish, t + net.durations[j])
    return last_finish


def by_keys(keys: Ints, order: Ints) -> None:
    """Sort *order*, which is nearly sorted as a rule, by the keys of what it names (insertion sort)."""
    for at in range(1, len(order)):
        moving = order[at]
        key = keys[moving]
        while at and keys[order[at - 1]] > key:
            order[at] = order[at - 1]
            at -= 1
        order[at] = moving


def justified(net: Arrays, mirror: Arrays, start: Ints, sequence: Ints, other: Ints, times: Ints, free: Ints) -> int:
    """Shift *start*, which goes by *sequence*, as far right as it goes, then as far left; return the makespan.

    Args:
        other: room for a number per activity. start and sequence are changed to the new ones.
    """
    count = len(start)
    for j in range(count):
        other[j] = -(start[j] + net.durations[j]) * count + mirror.rank[j]
    for at in range(count // 2):
        sequence[at], sequence[count - 1 - at] = sequence[count - 1 - at], sequence[at]
    by_keys(other, sequence)
    serial(mirror, sequence, start, times, free)
    for j in range(count):
        other[j] = -(start[j] + net.durations[j]) * count + net.rank[j]
    for at in range(count // 2):
        sequence[at], sequence[count - 1 - at] = sequence[count - 1 - at], sequence[at]
    by_keys(other, sequence)
    return serial(net, sequence, start, times, free)


def sample(net: Arrays, after: Arrays, latest: Ints, dice: Ints, sequence: Ints, waiting: Ints, ready: Ints) -> None:
    """Fill *sequence* with a random order: each time the most urgent of a few that may follow."""
    size, placed, count = 0, 0, len(sequence)
    contest = 2 + below(dice, 3)
    for j in range(count):
        waiting[j] = net.first[j + 1] - net.first[j]
        if not waiting[j]:
            ready[size] = j
            size += 1
    while size:
        pick = below(dice, size)
        for _ in range(contest):
            rival = below(dice, size)
            if latest[ready[rival]] < latest[ready[pick]]:
                pick = rival
        j = ready[pick]
        size -= 1
        ready[pick] = ready[size]
        sequence[placed] = j
        placed += 1
        for arc in range(after.first[j], after.first[j + 1]):
            k = after.source[arc]
            waiting[k] -= 1
            if not waiting[k]:
                ready[size] = k
                size += 1


def two_points(mother: Ints, father: Ints, low: int, high: int, child: Ints, taken: Ints) -> None:
    """Fill *child*: the mother up to *low*, the father's order up to *high*, the mother's again (Hartmann 1998)."""
    taken[:] = 0
    for at in range(low):
        child[at] = mother[at]
        taken[mother[at]] = 1
    at = low
    for j in father:
        if at == high:
            break
        if not taken[j]:
            child[at] = j
            taken[j] = 1
            at += 1
    for j in mother:
        if not taken[j]:
            child[at] = j
            at += 1


def stretch(mother: Ints, father: Ints, low: int, high: int, child: Ints, taken: Ints) -> None:
    """Fill *child*: the mother's order from *low* to *high*, before and after it the father's (Debels, Vanhoucke)."""
    for at in range(len(mother)):
        taken[mother[at]] = 0 if at < low else (1 if at < high else 2)
    first, last = 0, high
    for j in father:
        if taken[j] == 0:
            child[first] = j
            first += 1
        elif taken[j] == 2:
            child[last] = j
            last += 1
    for at in range(low, high):
        child[at] = mother[at]


def swap(net: Arrays, dice: Ints, child: Ints, times: int) -> None:
    """Swap so many neighbours of *child* that do not wait for each other."""
    for _ in range(times):
        at = below(dice, len(child) - 1)
        i, j = child[at], child[at + 1]
        apart = True
        for arc in range(net.first[j], net.first[j + 1]):
            apart = apart and net.source[arc] != i
        if apart:
            child[at], child[at + 1] = j, i


def judged(net: Arrays, mirror: Arrays, child: Ints, start: Ints, room: Ints, worth: Ints) -> None:
    """Improve *child* forward and back: its order stays in *child*, its starts in *start*, how good it is in *worth*.

    Args:
        room: 7 rows of as many numbers as there are activities and two more.
        worth: the makespan and the sum of starts.
    """
    count = len(child)
    other, sequence, keys, times, free = room[0, :count], room[1, :count], room[2, :count], room[3], room[5]
    best = serial(net, child, start, times, free)
    for j in range(count):
        other[j] = start[j]
        keys[j] = start[j] * count + net.rank[j]
    by_keys(keys, child)
    for at in range(count):
        sequence[at] = child[at]
    length = justified(net, mirror, other, sequence, keys, times, free)
    if length <= best:
        best = length
        for j in range(count):
            start[j] = other[j]
            keys[j] = start[j] * count + net.rank[j]
            child[j] = sequence[j]
        by_keys(keys, child)
    worth[0], worth[1] = best, 0
    for j in range(count):
        worth[1] += start[j]


def born(net: Arrays, dice: Ints, people: Ints, row: int, taken: Ints) -> None:
    """Put a child of two of the better half into *row*."""
    count, half = people.shape[1], people.shape[0] // 2
    mother = min(below(dice, half), below(dice, half))
    father = min(below(dice, half), below(dice, half))
    if below(dice, 2):
        low, high = below(dice, count + 1), below(dice, count + 1)
        two_points(people[mother], people[father], min(low, high), max(low, high), people[row], taken)
    else:
        length = count // 4 + below(dice, count // 2 + 1)
        low = below(dice, count - length + 1)
        stretch(people[mother], people[father], low, low + length, people[row], taken)
    if count > 1 and below(dice, 2):
        swap(net, dice, people[row], 1 + below(dice, 1 + count // 20))


def ranked(people: Ints, worth: Ints, order: Ints, spare: Ints) -> int:
    """Sort the rows by worth, each worth once first; return how many are different."""
    rows, count = people.shape
    keys = spare[0]
    for row in range(rows):
        order[row], keys[row] = row, worth[row, 0] * (1 << 40) + worth[row, 1]
    by_keys(keys, order)
    kept = 0
    for at in range(rows):
        row = order[at]
        if not kept or keys[row] != keys[order[kept - 1]]:
            order[at], order[kept] = order[kept], row
            kept += 1
    for column in range(count):
        for at in range(rows):
            spare[1, at] = people[order[at], column]
        for at in range(rows):
            people[at, column] = spare[1, at]
    for column in range(2):
        for at in range(rows):
            spare[1, at] = worth[order[at], column]
        for at in range(rows):
            worth[at, column] = spare[1, at]
    return kept


def evolve(
    net: Arrays,
    mirror: Arrays,
    latest: Ints,
    dice: Ints,
    people: Ints,
    worth: Ints,
    best: Ints,
    kept: int,
    bound: int,
    rounds: int,
) -> int:
    """Let a population live for so many *rounds*; return how many of its orders are different in the end.

    Args:
        latest: start of each activity without scarcity. dice: the state of the generator, 1 to 2147483646.
        people: one order per row, the better half survives. kept: how many are different; the rest is drawn anew.
        worth: makespan and sum of starts of each row. best: the starts of the best schedule so far, then its makespan.
        bound: stop once a schedule is as short.
    """
    rows, count = people.shape
    start, room, order = np.empty(count, np.int64), np.empty((7, 2 * count + 2), np.int64), np.empty(rows, np.int64)
    spare = np.empty((2, rows), np.int64)
    for _ in range(rounds):
        first = not kept
        for row in range(min(kept, rows // 2), rows):
            if first or row < rows // 2:
                sample(net, mirror, latest, dice, people[row], room[0], room[1])
            else:
                born(net, dice, people, row, room[0])
            judged(net, mirror, people[row], start, room, worth[row])
            if worth[row, 0] < best[count]:
                for j in range(count):
                    best[j] = start[j]
                best[count] = worth[row, 0]
                if best[count] <= bound:
                    return kept
        kept = ranked(people, worth, order, spare)
    return kept
