"""What must have ended or begun before something begins or ends, as a running project sees it."""

from __future__ import annotations

from collections.abc import Iterable

from ltcflow.graph import Network, NodeKind, network
from ltcflow.graph.waits import waits
from ltcflow.names import ElementId
from ltcflow.process import Process

STEPS = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)


class Order:
    """The order of work of one process; answers are remembered.

    Start-to-start and the other types count as what they are: that two steps begin together does not mean that the one
    has ended before the other. Criteria (a gate that asks for another) count as waiting; lags and leads do not.
    """

    def __init__(self, process: Process) -> None:
        self.net: Network = network(process)
        self.graph = waits(process)
        self.steps: tuple[ElementId, ...] = tuple(n.id for n in self.net.nodes if n.kind in STEPS)
        self._past: dict[int, frozenset[int]] = {}

    def begins(self, name: str) -> int:
        """Return the event that *name* (a step, or a stage) begins."""
        at = self.net.index.get(name)
        return 2 * (at if at is not None else self.net.index[f"{name}.start"])

    def ends(self, name: str) -> int:
        """Return the event that *name* ends."""
        at = self.net.index.get(name)
        return 2 * (at if at is not None else self.net.index[f"{name}.finish"]) + 1

    def past(self, event: int) -> frozenset[int]:
        """Return every event before *event*. Cost: O(events + waits) the first time."""
        known = self._past.get(event)
        if known is None:
            known = self._past[event] = self.graph.past(event)
        return known

    def ended_before(self, event: int, names: Iterable[ElementId] | None = None) -> list[ElementId]:
        """Return the steps (of *names*, where given) that have ended before *event*, in declared order."""
        past = self.past(event)
        return [name for name in (self.steps if names is None else names) if self.ends(name) in past]
