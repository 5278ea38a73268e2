"""What drives what: longest paths, critical nodes, and the elements behind boundaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ltcflow.names import ElementId
from ltcflow.schedule.cpm import critical_paths, last_nodes
from ltcflow.schedule.model import Solved
from ltcflow.schedule.rows import DrivingLinks


def driving_links(solved: Solved, names: Sequence[ElementId], spans: frozenset[int]) -> DrivingLinks:
    """Return the driving links of a solved model, at each node first the driver that ends the path of most elements.

    Args:
        names: id of each node that belongs on a path; "" for boundaries, spans, what is done or skipped.
        spans: nodes of what runs along a stage, at which no path ends; nor does one at what was put late.
    """
    depth: list[int] = []
    drivers: list[tuple[int, ...]] = []
    for number, before in enumerate(solved.drivers):
        drivers.append(tuple(sorted(before, key=lambda i: -depth[i])))
        depth.append(bool(names[number]) + max((depth[i] for i in before), default=0))
    ends = last_nodes(solved.drivers, solved.finishes, besides=spans | solved.shifted)
    return DrivingLinks(names=tuple(names), drivers=tuple(drivers), ends=tuple(sorted(ends, key=lambda i: -depth[i])))


def on_longest_paths(links: DrivingLinks) -> frozenset[int]:
    """Return every node on a longest path."""
    seen, stack = set(links.ends), list(links.ends)
    while stack:
        for number in links.drivers[stack.pop()]:
            if number not in seen:
                seen.add(number)
                stack.append(number)
    return frozenset(seen)


def complete_paths(links: DrivingLinks) -> Iterator[tuple[ElementId, ...]]:
    """Yield the longest paths by the elements on them, the one of most elements first; none begins or ends another.

    A driving link that leads around an element through boundaries alone would give a path that ends (or begins) in the
    middle of another one: a path ends only at what no further element follows.
    """
    ahead = driving_elements(links.drivers, links.names)
    numbers = {name: number for number, name in enumerate(links.names) if name}
    drivers = [[numbers[name] for name in before] for before in ahead]
    ends: dict[int, None] = {}
    for end in links.ends:
        ends.update(dict.fromkeys([end] if links.names[end] else drivers[end]))
    followed, stack = set[int](), list(ends)
    while stack:
        for number in drivers[stack.pop()]:
            if number not in followed:
                followed.add(number)
                stack.append(number)
    for path in critical_paths(drivers, [end for end in ends if end not in followed]):
        yield tuple(links.names[number] for number in path)


def driving_elements(drivers: Sequence[Sequence[int]], elements: Sequence[ElementId]) -> list[tuple[ElementId, ...]]:
    """Return for each node the elements that drive it, looking through boundaries and what does not take place.

    Args:
        drivers: of each node, by lower numbers.
        elements: id of each node that is an element which takes place, else "".
    """
    found: list[tuple[ElementId, ...]] = []
    for before in drivers:
        here: dict[ElementId, None] = {}
        for number in before:
            here.update(dict.fromkeys((elements[number],) if elements[number] else found[number]))
        found.append(tuple(here))
    return found
