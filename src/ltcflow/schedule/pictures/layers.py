"""Layers: where the nodes of a directed acyclic graph stand in a drawing, left to right."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

_SWEEPS = 8


@attrs.frozen
class Layout:
    """Where nodes stand, (rank, row) with rows from 0, and the edges that are drawn."""

    places: dict[str, tuple[int, float]]
    edges: tuple[tuple[str, str], ...]


def lay_out(order: Sequence[str], edges: Sequence[tuple[str, str]], wanted: Collection[str]) -> Layout:
    """Return ranks by the longest way from a source, rows by the median of the neighbours.

    Args:
        order: every node, each after those before it. edges: (before, after).
        wanted: nodes that must be drawn; others are drawn only where they save arrows (many in, many out).
    Cost: O(nodes + edges) per sweep.

    Example:
        >>> found = lay_out("abxcd", [("a", "x"), ("b", "x"), ("x", "c"), ("x", "d")], "abcd")
        >>> found.places["x"][0], len(found.edges)
        (1, 4)
        >>> lay_out("axb", [("a", "x"), ("x", "b")], "ab").edges
        (('a', 'b'),)
    """
    kept, drawn = _contract(list(order), list(dict.fromkeys(edges)), set(wanted))
    before: dict[str, list[str]] = {name: [] for name in kept}
    after: dict[str, list[str]] = {name: [] for name in kept}
    for one, other in drawn:
        before[other].append(one)
        after[one].append(other)
    ranks: dict[str, int] = {}
    for name in kept:
        ranks[name] = 1 + max((ranks[b] for b in before[name]), default=-1)
    layers: list[list[str]] = [[] for _ in range(1 + max(ranks.values(), default=0))]
    for name in kept:
        layers[ranks[name]].append(name)
    _sweep(layers, before, after)
    most = max((len(layer) for layer in layers), default=0)
    places = {
        name: (rank, i + (most - len(layer)) / 2) for rank, layer in enumerate(layers) for i, name in enumerate(layer)
    }
    return Layout(places, tuple(drawn))


def _contract(
    order: list[str], edges: list[tuple[str, str]], wanted: set[str]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Take out every node that is not wanted and does not gather many edges into few."""
    kept = list(order)
    for name in order:
        if name in wanted:
            continue
        sources = [a for a, b in edges if b == name]
        targets = [b for a, b in edges if a == name]
        if len(sources) > 1 and len(targets) > 1:
            continue
        rest = [edge for edge in edges if name not in edge]
        edges = list(dict.fromkeys([*rest, *((a, b) for a in sources for b in targets)]))
        kept.remove(name)
    return kept, edges


def _sweep(layers: list[list[str]], before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Order each layer by where its neighbours stand, forwards and back (barycentres)."""
    for turn in range(_SWEEPS):
        near = before if turn % 2 == 0 else after
        for layer in layers if turn % 2 == 0 else reversed(layers):
            middle = {n: (i + 0.5) / len(other) for other in layers for i, n in enumerate(other)}
            now = {name: i for i, name in enumerate(layer)}
            layer.sort(
                key=lambda name: (
                    sum(middle[n] for n in near[name]) / len(near[name]) if near[name] else middle[name],
                    now[name],
                )
            )
