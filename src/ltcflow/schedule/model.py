"""The network of a process as the kernels want it: nodes numbered in order, lengths, links, earliest starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ltcflow.graph import Network, NodeKind, Origin
from ltcflow.names import ElementId
from ltcflow.schedule.cpm import LinkType, Schedule
from ltcflow.schedule.elapsed import Length, MixedLink
from ltcflow.stages import DependencyType
from ltcflow.worktime import WorkDuration

_KIND: Mapping[DependencyType, LinkType] = {
    DependencyType.FS: "FS",
    DependencyType.SS: "SS",
    DependencyType.FF: "FF",
    DependencyType.SF: "SF",
}
_NONE = Length(0)


class Instants(NamedTuple):
    """Early and late (start, finish) of each node in minutes of the clock since the project began."""

    early: list[tuple[int, int]]
    late: list[tuple[int, int]]


class Solved(NamedTuple):
    """Early and late dates of every node, and what drives it.

    Attributes:
        schedule: in working minutes of the project's calendar.
        drivers: numbers of the nodes that drive each node.
        instants: the same dates on the clock where several calendars count; else None.
        shifted: nodes that were put as late as possible, later than what they wait for would have them.
        lengths: to show, where the model's own have been made instants.
    """

    schedule: Schedule
    drivers: list[list[int]]
    instants: Instants | None = None
    shifted: frozenset[int] = frozenset()
    lengths: list[Length] | None = None

    @property
    def finishes(self) -> list[int]:
        """When each node finishes, in numbers that compare exactly."""
        return self.schedule.early_finish if self.instants is None else [end for _, end in self.instants.early]


class Model:
    """Nodes 0, 1, ... in topological order.

    Attributes:
        nodes: each node; positions: where it stands in the network; numbers: the inverse of that.
        off: what does not take place: it has no length and no lags.
        lengths, links: what the kernels take.
        not_before, ends_from: earliest starts and, of some, finishes, from progress.
    """

    def __init__(
        self, network: Network, by_element: Mapping[ElementId, WorkDuration], skipped: frozenset[ElementId]
    ) -> None:
        self.network = network
        self.skipped = skipped
        self.positions = network.order
        self.nodes = [network.nodes[position] for position in network.order]
        self.numbers = {position: number for number, position in enumerate(network.order)}
        self.off = [self._is_off(position) for position in network.order]
        lengths = (by_element.get(network.nodes[position].id) for position in network.order)
        self.lengths = [_NONE if length is None else Length(length.minutes, length.elapsed) for length in lengths]
        self.not_before = [0] * len(self.lengths)
        self.ends_from: dict[int, int] = {}
        self.links: list[MixedLink] = []
        for source, position in enumerate(network.order):
            for edge in network.outgoing[position]:
                target = self.numbers[edge.target]
                ends = edge.type in (DependencyType.FF, DependencyType.SF)
                if edge.origin is Origin.SPAN or (ends and network.nodes[edge.target].kind is NodeKind.SPAN):
                    continue
                lag = _NONE if self.off[source] or self.off[target] else Length(edge.lag.minutes, edge.lag.elapsed)
                self.links.append(MixedLink(source, target, _KIND[edge.type], lag))

    def _is_off(self, position: int) -> bool:
        node = self.network.nodes[position]
        boundary = node.kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH)
        return (node.stage if boundary else node.id) in self.skipped

    def number(self, node: str) -> int:
        """Return the number of the node called *node*."""
        return self.numbers[self.network.index[node]]

    @property
    def mixed(self) -> bool:
        """True when a length or a lag counts elapsed time."""
        return any(length.elapsed for length in self.lengths) or any(link.lag.elapsed for link in self.links)

    def loose(self) -> set[int]:
        """Return the spans that only spans of the same kind wait for: they hold nothing up, not even the finish."""
        followed = {number for number, node in enumerate(self.nodes) if node.kind is not NodeKind.SPAN}
        for link in reversed(self.links):
            if link.target in followed:
                followed.add(link.source)
        return set(range(len(self.nodes))) - followed
