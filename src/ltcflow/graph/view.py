"""The process as a graph to ask questions of, and as a networkx graph for those who want to do more with it."""

from __future__ import annotations

from collections import deque
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import attrs

from ltcflow.errors import UnknownName
from ltcflow.graph.network import Network, network
from ltcflow.process import Process

if TYPE_CHECKING:
    import networkx


@attrs.frozen(eq=False, repr=False)
class ProcessGraph:
    """What waits for what in one process. Made by `graph`.

    Attributes:
        process: the declaration.
        network: the same as plain tuples; what plans and runs a project reads this.

    Example:
        >>> from ltcflow import builder as b
        >>> bid = b.process("bid", stages=[b.stage("offer", activities=[b.activity("draft"), b.activity("send")])])
        >>> graph(bid).path("draft", "@finish")
        ('draft', 'send', 'offer.finish', '@finish')
    """

    process: Process
    network: Network

    def __repr__(self) -> str:
        return f"ProcessGraph({self.process.id!r}, {len(self.nodes)} nodes)"

    @property
    def nodes(self) -> tuple[str, ...]:
        """The ids of all nodes: ``@start``, ``<stage>.start``, activities, gates, ..., milestones, ``@finish``."""
        return tuple(node.id for node in self.network.nodes)

    def ancestors(self, element: str) -> frozenset[str]:
        """Return the id of everything *element* waits for, near or far; a stage counts by its start.

        Raises:
            UnknownName: no node has this id.
        Cost: O(nodes + edges).
        """
        return self._ids(self.network.ancestors(self._position(element)))

    def descendants(self, element: str) -> frozenset[str]:
        """Return the id of everything that waits for *element*, near or far; a stage counts by its start.

        Raises:
            UnknownName: no node has this id.
        Cost: O(nodes + edges).
        """
        return self._ids(self.network.descendants(self._position(element)))

    def path(self, first: str, last: str) -> tuple[str, ...]:
        """Return the ids along a shortest way from *first* to *last*, both included; () when there is none.

        Only what waits for what counts, not the ways back of recycles.

        Raises:
            UnknownName: no node has one of the ids.
        Cost: O(nodes + edges).
        """
        found = shortest_path(self.network, self._position(first), self._position(last))
        return tuple(self.network.nodes[i].id for i in found)

    @cached_property
    def nx(self) -> networkx.MultiDiGraph[str]:
        """The graph for networkx; made once, on demand. Do not change it.

        Nodes are ids with the attributes ``kind`` (text, see `NodeKind`), ``element`` (the typed element or None) and
        ``stage`` (its id or ""). Edges have ``kind`` ("order" or "recycle"), ``type`` ("FS", "SS", "FF", "SF"; "" for
        a recycle), ``lag`` (WorkDuration) and ``origin`` (why it is there). Without recycles it is acyclic in a sound
        process.
        """
        import networkx

        from ltcflow.worktime import ZERO

        made: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=self.process.id)
        nodes = self.network.nodes
        for node in nodes:
            made.add_node(node.id, kind=node.kind.value, element=node.element, stage=node.stage)
        for e in self.network.edges:
            made.add_edge(
                nodes[e.source].id,
                nodes[e.target].id,
                kind="order",
                type=e.type.value,
                lag=e.lag,
                origin=e.origin.value,
            )
        for source, target in self.network.recycles:
            made.add_edge(nodes[source].id, nodes[target].id, kind="recycle", type="", lag=ZERO, origin="recycle")
        return made

    def _position(self, element: str) -> int:
        found = self.network.position(element)
        if found is None:
            raise UnknownName(kind="node", value=element, known=self.nodes)
        return found

    def _ids(self, positions: frozenset[int]) -> frozenset[str]:
        return frozenset(self.network.nodes[i].id for i in positions)


@lru_cache(maxsize=512)
def graph(process: Process) -> ProcessGraph:
    """Return the graph of *process*. Pure and cached.

    Cost: that of `network`; networkx is imported and filled only when ``.nx`` is asked for.
    """
    return ProcessGraph(process, network(process))


def shortest_path(net: Network, first: int, last: int) -> tuple[int, ...]:
    """Return the positions along a shortest way from *first* to *last*; () when there is none.

    Cost: O(nodes + edges), breadth first.
    """
    came: dict[int, int] = {first: first}
    queue = deque([first])
    while queue and last not in came:
        i = queue.popleft()
        for edge in net.outgoing[i]:
            if edge.target not in came:
                came[edge.target] = i
                queue.append(edge.target)
    if last not in came:
        return ()
    way = [last]
    while way[-1] != first:
        way.append(came[way[-1]])
    return tuple(reversed(way))
