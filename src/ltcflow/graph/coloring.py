"""How few colours a small graph needs: exact where a bounded search proves it (Brelaz 1979)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Neighbours: TypeAlias = Mapping[int, frozenset[int]]

MOST_STEPS = 20_000
"""How many partial colourings are tried before the bounds are returned as they are."""


def colour_bounds(neighbours: Neighbours) -> tuple[int, int]:
    """Return (fewest, enough): no colouring has less than *fewest* colours, and one has *enough*.

    Args:
        neighbours: for each node, those it must differ from; symmetric, no node among its own.
    Returns:
        Twice the chromatic number when it was proved; always for up to about 40 nodes in practice.
    Cost: bounded by MOST_STEPS partial colourings of O(nodes) each.

    Example:
        >>> colour_bounds({0: frozenset({1, 2}), 1: frozenset({0, 2}), 2: frozenset({0, 1}), 3: frozenset()})
        (3, 3)
    """
    lower, upper = 0, 0
    for part in _parts(neighbours):
        low, high = _Search({i: neighbours[i] for i in part}).bounds()
        lower, upper = max(lower, low), max(upper, high)
    return lower, upper


def _parts(neighbours: Neighbours) -> list[list[int]]:
    """The connected parts: each is coloured by itself."""
    seen: set[int] = set()
    parts: list[list[int]] = []
    for root in neighbours:
        if root in seen:
            continue
        seen.add(root)
        part = [root]
        for i in part:
            fresh = sorted(neighbours[i] - seen)
            seen.update(fresh)
            part += fresh
        parts.append(part)
    return parts


def _clique(neighbours: Neighbours) -> int:
    """The size of a large clique, found greedily from every node: a lower bound."""
    best = 0
    by_degree = sorted(neighbours, key=lambda i: (-len(neighbours[i]), i))
    for start in by_degree[:200]:
        size, candidates = 1, set(neighbours[start])
        while candidates:
            i = max(candidates, key=lambda c: (len(neighbours[c] & candidates), -c))
            candidates &= neighbours[i]
            size += 1
        best = max(best, size)
    return best


class _Search:
    """Tries colourings of one connected part, most constrained node first, without recursion deeper than its nodes."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.neighbours = neighbours
        self.colours: dict[int, int] = {}
        self.lower = _clique(neighbours)
        self.best = self._greedy()
        self.steps = 0

    def bounds(self) -> tuple[int, int]:
        """Return what is proved: (fewest, enough)."""
        if self.lower == self.best or len(self.neighbours) > 200:
            return self.lower, self.best
        self.colours = {}
        self._extend(0)
        return (self.best if self.steps <= MOST_STEPS else self.lower), self.best

    def _next(self) -> int | None:
        """The uncoloured node with the most colours around it."""
        left = [i for i in self.neighbours if i not in self.colours]
        return max(left, key=lambda i: (len(self._around(i)), len(self.neighbours[i]), -i)) if left else None

    def _around(self, i: int) -> set[int]:
        return {self.colours[j] for j in self.neighbours[i] if j in self.colours}

    def _greedy(self) -> int:
        used = 0
        while (i := self._next()) is not None:
            around = self._around(i)
            self.colours[i] = next(c for c in range(len(self.neighbours)) if c not in around)
            used = max(used, self.colours[i] + 1)
        return used

    def _extend(self, used: int) -> None:
        self.steps += 1
        if used >= self.best or self.steps > MOST_STEPS or self.best == self.lower:
            return
        i = self._next()
        if i is None:
            self.best = used
            return
        around = self._around(i)
        for colour in range(min(used + 1, self.best - 1)):
            if colour not in around:
                self.colours[i] = colour
                self._extend(max(used, colour + 1))
                del self.colours[i]
