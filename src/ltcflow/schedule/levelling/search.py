"""Better schedules: forward-backward improvement, and a genetic search over activity lists.

Forward-backward improvement (justification): shift every activity as far right as it goes, the last first, then as far
left, the first first; where every link is finish-to-start the makespan never grows (Li and Willis 1992; Valls,
Ballestin and Quintanilla 2005). The genetic search is Hartmann's (1998) over activity lists, with two-point crossover
and, as often, one that keeps a stretch of time of one parent whole (as Debels and Vanhoucke 2007 do), each child
improved so before it is judged. It draws from a seeded generator of its own, so that one seed always gives
one answer, on every machine and Python.

An order places an activity after what it waits for. Where a lead allows a successor to begin first, a better schedule
may do just that, and only the solver of `ltcflow.solvers` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ltcflow.errors import InvalidValue
from ltcflow.schedule.levelling.generate import makespan, parallel, serial
from ltcflow.schedule.levelling.net import Net, in_order, mirrored
from ltcflow.schedule.levelling.rules import RULES, times

_MASK = (1 << 64) - 1


class Dice:
    """A linear congruential generator of 64 bits (Knuth's MMIX), its high bits used."""

    def __init__(self, seed: int) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise InvalidValue(field="seed", value=repr(seed), problem="is not a whole number.", remedy="Use an int.")
        self.state = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & _MASK
        for _ in range(4):
            self.below(2)

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to *bound* - 1."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & _MASK
        return ((self.state >> 32) * bound) >> 32

    def unit(self) -> float:
        """Return a number from 0 to below 1."""
        return self.below(1 << 30) / (1 << 30)


def by_time(net: Net, at: Sequence[int]) -> list[int]:
    """Return the activities by *at*, where each has its start in a schedule; equal ones in topological order."""
    if net.upright:
        return sorted(net.order, key=at.__getitem__)
    return by_priority(net, at)


def by_priority(net: Net, keys: Sequence[float]) -> list[int]:
    """Return the activities so that each comes after what it waits for, otherwise the smallest key first."""
    place = [0] * len(keys)
    for number, activity in enumerate(sorted(net.order, key=keys.__getitem__)):
        place[activity] = number
    return in_order(net.before, net.after, place)


def in_series(net: Net, priority: Sequence[float]) -> list[int]:
    """Return the schedule of the serial scheme that goes by *priority*, smallest first."""
    return serial(net, by_priority(net, priority))


class Improver:
    """Forward-backward improvement on one net, and on its mirror image."""

    def __init__(self, net: Net) -> None:
        self.net, self.mirror = net, mirrored(net)

    def once(self, start: Sequence[int]) -> list[int]:
        """Return *start* justified to the right and back to the left."""
        ends = [-at - d for at, d in zip(start, self.net.durations, strict=True)]
        back = serial(self.mirror, by_time(self.mirror, ends))
        right = [-at - d for at, d in zip(back, self.net.durations, strict=True)]
        return serial(self.net, by_time(self.net, right))

    def until_stable(self, start: list[int], rounds: int = 20) -> tuple[list[int], int]:
        """Return the best of repeated justifications, at most *rounds* of them, and how many were made."""
        length = makespan(self.net, start)
        for done in range(1, rounds + 1):
            better = self.once(start)
            found = makespan(self.net, better)
            if found >= length:
                return start, done
            start, length = better, found
        return start, rounds


class Found(NamedTuple):
    """A schedule of the search: starts, makespan, and how many schedules were generated for it."""

    start: list[int]
    makespan: int
    schedules: int


class _One(NamedTuple):
    makespan: int
    spread: int
    sequence: list[int]
    start: list[int]


class Genetic:
    """The population and its operators."""

    def __init__(self, net: Net, seed: int, *, size: int, budget: int, bound: int) -> None:
        self.net, self.improver, self.dice = net, Improver(net), Dice(seed)
        self.size, self.budget, self.bound, self.made = size, budget, bound, 0
        self.best: _One | None = None
        self.direct = [{i for i, _ in into} for into in net.before]
        self.latest = times(net).late

    @property
    def over(self) -> bool:
        """True when the budget is used up or nothing better is possible."""
        return self.made >= self.budget or (self.best is not None and self.best.makespan <= self.bound)

    def keep(self, start: list[int], *, fresh: bool) -> _One:
        """Improve *start* and return it as a member; *fresh*: it was generated for this."""
        first = makespan(self.net, start)
        better = self.improver.once(start)
        self.made += 2 + fresh
        length = makespan(self.net, better)
        if length > first:
            better, length = start, first
        one = _One(length, sum(better), by_time(self.net, better), better)
        if self.best is None or one[:2] < self.best[:2]:
            self.best = one
        return one

    def first(self) -> list[_One]:
        """Return the first population: each rule once in both schemes, the rest by regret-biased sampling on LFT."""
        found: list[_One] = []
        for priorities in (RULES[name](self.net) for name in ("LFT", "LST", "MTS", "GRPW")):
            for start in (parallel(self.net, priorities), in_series(self.net, priorities)):
                found.append(self.keep(start, fresh=True))
                if self.over:
                    return found
        while len(found) < 2 * self.size and not self.over:
            found.append(self.sampled(parallel))
        return found

    def sampled(self, scheme: Callable[[Net, Sequence[float]], list[int]]) -> _One:
        """Return a schedule by latest starts with noise: regret-biased random sampling (Kolisch 1996) in short."""
        spread = max(self.latest, default=0) - min(self.latest, default=0) + 1
        width = spread * (0.05 + 0.25 * self.dice.unit())
        noisy = [at + width * self.dice.unit() for at in self.latest]
        return self.keep(scheme(self.net, noisy), fresh=True)

    def cross(self, mother: Sequence[int], father: Sequence[int]) -> list[int]:
        """Return a child, in one of two ways: Hartmann's two points, or a stretch of the mother kept whole."""
        count = len(mother)
        if self.dice.below(2):
            low, high = sorted((self.dice.below(count + 1), self.dice.below(count + 1)))
            head = mother[:low]
            taken = set(head)
            middle = [i for i in father if i not in taken][: high - low]
            taken.update(middle)
            return [*head, *middle, *(i for i in mother if i not in taken)]
        length = int(count * (0.25 + 0.5 * self.dice.unit()))
        low = self.dice.below(count - length + 1)
        first, kept = set(mother[:low]), mother[low : low + length]
        last = set(mother[low + length :])
        return [*(i for i in father if i in first), *kept, *(i for i in father if i in last)]

    def mutate(self, sequence: list[int]) -> list[int]:
        """Swap a few neighbours that do not wait for each other."""
        count = len(sequence)
        for _ in range(max(1, count // 20)):
            at = self.dice.below(count - 1) if count > 1 else 0
            if count > 1 and sequence[at] not in self.direct[sequence[at + 1]]:
                sequence[at], sequence[at + 1] = sequence[at + 1], sequence[at]
        return sequence

    def pick(self, people: Sequence[_One]) -> _One:
        """Return the better of two."""
        drawn = (people[self.dice.below(len(people))] for _ in range(2))
        return min(drawn, key=lambda p: p[:2])

    def survivors(self, people: Sequence[_One]) -> list[_One]:
        """Return the best, no two of them with the same makespan and the same sum of starts."""
        return sorted({one[:2]: one for one in people}.values(), key=lambda p: p[:2])[: self.size]

    def run(self) -> Found:
        """Return the best schedule found within the budget."""
        people = self.survivors(self.first())
        while not self.over:
            children = [self.sampled(in_series) for _ in range(2)] if len(people) < 2 else []
            while len(people) > 1 and len(children) < self.size and not self.over:
                child = self.mutate(self.cross(self.pick(people).sequence, self.pick(people).sequence))
                children.append(self.keep(serial(self.net, child), fresh=True))
            people = self.survivors([*people, *children])
        if self.best is None:
            return Found([], 0, self.made)
        return Found(self.best.start, self.best.makespan, self.made)
