"""Placing projects of the same priority over the people they share: orders merged, and the best kept.

Each project brings an order of its own; orders are merged by a rule, and the merged one is placed in series (the
multi-project serial scheme; rules as compared by Kurtulus and Davis 1982 and Lova and Tormos 2001). Nothing depends on
the order in which the projects were declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import permutations

from ltcflow.schedule.levelling.answer import Answer
from ltcflow.schedule.levelling.axes import utc_minute
from ltcflow.schedule.levelling.placing import Ledger, Placed
from ltcflow.schedule.levelling.project import Levelling
from ltcflow.schedule.levelling.search import Dice

_SAMPLES = 40
_PERMUTED = 4
"""Up to so many projects are tried one after the other in every order."""

Order = tuple[list[int], Sequence[float]]
"""The nodes of one project in an order, and for each node the key by which orders are merged."""


class Joint:
    """Projects of one priority that share people.

    Args:
        projects: by id, in the order of ids; answers: to the problem of each alone.
        ledger: who is held already by projects of higher priority.
    """

    def __init__(
        self, projects: Mapping[str, Levelling], answers: Mapping[str, Answer], ledger: Ledger, seed: int
    ) -> None:
        self.projects, self.answers, self.ledger, self.seed = projects, answers, ledger, seed
        self.alone = {
            name: project.placing.place(project.order(answers[name].starts), ledger.copy(), project.settled.copy())
            for name, project in projects.items()
        }

    def best(self) -> tuple[dict[str, Placed], Ledger]:
        """Return the best placing found: constraints kept, then the least sum of delays, then the least single delay.

        Raises:
            ImpossibleWithPeople: no order tried keeps the constraints of one of the projects.
        """
        found: tuple[tuple[int, ...], dict[str, Placed], Ledger] | None = None
        tried = 0
        for orders in self._orders():
            ledger = self.ledger.copy()
            placed = self._place(orders, ledger)
            tried += 1
            score = self._score(placed)
            if found is None or score < found[0]:
                found = score, placed, ledger
        assert found is not None
        for name, project in self.projects.items():
            project.check(found[1][name], tried)
            project.placing.explain(found[1][name], found[2])
        return found[1], found[2]

    def _place(self, orders: Mapping[str, Order], ledger: Ledger) -> dict[str, Placed]:
        """Return every node of every project placed, the smallest key first, each project in its own order."""
        placed = {name: project.settled.copy() for name, project in self.projects.items()}
        heads = [(keys[order[0]], name, 0) for name, (order, keys) in orders.items() if order]
        heapify(heads)
        while heads:
            _, name, at = heads[0]
            order, keys = orders[name]
            self.projects[name].placing.put(order[at], placed[name], ledger)
            if at + 1 < len(order):
                heapreplace(heads, (keys[order[at + 1]], name, at + 1))
            else:
                heappop(heads)
        return placed

    def _score(self, placed: Mapping[str, Placed]) -> tuple[int, ...]:
        scores = [self.projects[name].score(one) for name, one in placed.items()]
        delays = [
            finish - self.projects[name].finish(self.alone[name])
            for name, (_, finish, _) in zip(placed, scores, strict=True)
        ]
        excess, late = sum(score[0] for score in scores), sum(score[2] for score in scores)
        return excess, sum(delays), max(delays), late

    def _orders(self) -> Iterator[Mapping[str, Order]]:
        """Yield merged orders: by the starts of each alone, by latest finishes, one project after the other, drawn."""
        yield _with_keys(
            {n: project.order(self.answers[n].starts) for n, project in self.projects.items()},
            {n: self._starts(n) for n in self.projects},
        )
        late = {n: self._late(n) for n in self.projects}
        urgent = {n: project.first_begun(late[n]) for n, project in self.projects.items()}
        yield _with_keys(urgent, late)
        for names in self._sequences():
            yield _with_keys(
                {n: self.projects[n].order(self.answers[n].starts) for n in names},
                {n: [place] * len(late[n]) for place, n in enumerate(names)},
            )
        dice = Dice(self.seed)
        for _ in range(_SAMPLES):
            width = 1 + max(max(keys) - min(keys) for keys in late.values())
            noisy = {n: [at + width * dice.unit() * dice.unit() for at in keys] for n, keys in late.items()}
            yield _with_keys({n: project.first_begun(noisy[n]) for n, project in self.projects.items()}, noisy)

    def _sequences(self) -> Iterator[tuple[str, ...]]:
        """Yield projects one after the other: in every order where they are few, else each first, then the shortest."""
        names = tuple(sorted(self.projects, key=lambda n: (self.projects[n].unlimited.duration.minutes, n)))
        if len(names) <= _PERMUTED:
            yield from permutations(names)
            return
        yield names
        yield names[::-1]
        for first in names:
            yield (first, *(name for name in names if name != first))

    def _starts(self, name: str) -> list[int]:
        axis = self.projects[name].axis
        return [axis.span(node, at, at)[0] for node, at in enumerate(self.alone[name].start)]

    def _late(self, name: str) -> list[int]:
        project = self.projects[name]
        _, finishes = project.latest(max(self.alone[name].end, default=0))
        return [utc_minute(project.clock.ending(at)) for at in finishes]


def _with_keys(orders: Mapping[str, list[int]], keys: Mapping[str, Sequence[float]]) -> dict[str, Order]:
    return {name: (order, keys[name]) for name, order in orders.items()}
