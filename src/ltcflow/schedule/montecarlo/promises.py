"""What was asked for and how likely it is kept: constraints that ask for something not later, deadlines."""

from __future__ import annotations

from datetime import datetime

import attrs
import numpy as np

from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.schedule.constraint import Constraint
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.statistics import Share
from ltcflow.stages import Activity, Gate


@attrs.frozen
class Kept:
    """How likely a constraint that asks for something not later (or not at another time) is kept.

    Attributes:
        element: what is held; constraint: to what; share: the probability; samples that are lost before count as not
            kept.
    """

    element: ElementId
    constraint: Constraint
    share: Share


@attrs.frozen
class Met:
    """How likely a deadline is met.

    Attributes:
        element: what it is for; "" for the project.
        deadline: when it should be finished; share: the probability; samples that are lost before count as not met.
    """

    element: ElementId
    deadline: datetime
    share: Share


@attrs.frozen
class Shown:
    """When an element is finished, as a plan shows it.

    Attributes:
        nodes: the last of their finishes counts; least: not before this number.
        begun: not before the first of their starts.
    """

    nodes: tuple[int, ...]
    least: int | None = None
    begun: tuple[int, ...] = ()

    def of(self, begin: Minutes, finish: Minutes) -> Minutes:
        """Return the finish in each lane, given start and finish of all nodes ``[node, lane]``."""
        found: Minutes = finish[self.nodes[0]]
        for node in self.nodes[1:]:
            found = np.maximum(found, finish[node])
        if self.begun:
            found = np.maximum(found, begin[list(self.begun)].min(axis=0))
        return found if self.least is None else np.maximum(found, self.least)


def shown(
    model: Model, exact: bool, finished: dict[int, int], started: dict[int, int]
) -> list[tuple[ElementId, Shown]]:
    """Return how the finish of each element that takes place follows from its nodes, in the order of the network.

    Args:
        exact: numbers are moments: a step without length may stand between two shifts, later than its stage ends.
        finished, started: actual dates by node.
    """
    found: list[tuple[ElementId, Shown]] = []
    numbers = {node.id: number for number, node in enumerate(model.nodes)}
    exact = exact or any(link.lag.minutes < 0 for link in model.links)
    for node in model.network.nodes:
        number = numbers[node.id]
        if node.element is None or model.off[number]:
            continue
        if node.kind is NodeKind.STAGE_FINISH:
            steps, spans = _inside(model, node.stage) if exact else ((), ())
            begun = tuple(span for span in spans if span in started or span in finished)
            over = bool(steps) and all(step in finished for step in steps)
            nodes = steps if over else (number, *steps)
            found.append((node.stage, Shown(nodes, begun=() if steps else begun)))
        elif node.kind is NodeKind.SPAN:
            end = number if number in finished else numbers[f"{node.stage}.finish"]
            found.append((node.id, Shown((end,), started.get(number))))
        elif node.kind is not NodeKind.STAGE_START:
            found.append((node.id, Shown((number,))))
    return found


def _inside(model: Model, stage: ElementId) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the steps and the spans of *stage* that take place."""
    declared = model.network.process.stage(stage)
    elements: tuple[Activity | Gate, ...] = (*declared.activities, *declared.gates)
    there = [element for element in elements if element.id not in model.skipped]
    spans = {element.id for element in there if isinstance(element, Activity) and element.spans}
    steps = tuple(model.number(element.id) for element in there if element.id not in spans)
    return steps, tuple(model.number(name) for name in spans)
