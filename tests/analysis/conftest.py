"""An oracle for the order of work, from the edges of the network alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.graph import NodeKind, network
from ltcflow.process import Process
from ltcflow.stages import Delivered, Done, Gate, Milestone

Event = tuple[str, str]
SIDES = {"FS": ("end", "begin"), "SS": ("begin", "begin"), "FF": ("end", "end"), "SF": ("begin", "end")}


@pytest.fixture(scope="session")
def before() -> Callable[[Process, Event], set[Event]]:
    """What must have happened before an event (a node begins or ends)."""
    return events_before


def events_before(process: Process, event: Event) -> set[Event]:
    """Every event before *event*, by a plain search over all pairs."""
    net = network(process)
    names = [node.id for node in net.nodes]
    links = {((name, "begin"), (name, "end")) for name in names}
    for edge in net.edges:
        one, other = SIDES[edge.type.value]
        if net.nodes[edge.target].kind is not NodeKind.SPAN or other == "begin":
            links.add(((names[edge.source], one), (names[edge.target], other)))
    for element in process.elements():
        if isinstance(element, Gate | Milestone):
            links |= {(asked, (element.id, "end")) for asked in _asked(process, element)}
    found: set[Event] = set()
    stack = [event]
    while stack:
        at = stack.pop()
        for source, target in links:
            if target == at and source not in found:
                found.add(source)
                stack.append(source)
    return found - {event}


def _asked(process: Process, element: Gate | Milestone) -> list[Event]:
    asked: list[Event] = []
    names = {node.id for node in network(process).nodes}
    for criterion in element.criteria:
        if isinstance(criterion, Done):
            name = criterion.element
            asked.append((name if name in names else f"{name}.finish", "end"))
        elif isinstance(criterion, Delivered):
            makers = [a.id for a in process.activities() if criterion.deliverable in a.outputs]
            if len(makers) == 1:
                asked.append((makers[0], "begin"))
    return asked
