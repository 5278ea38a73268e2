"""The network of a process as the kernels want it: nodes numbered in order, lengths, links, earliest starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import attrs

from ltcflow.graph import Network, NodeKind, Origin
from ltcflow.names import ElementId
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.cpm import Link, LinkType, Schedule, driving, solve, weigh
from ltcflow.schedule.elapsed import Length, MixedLink, solve_mixed
from ltcflow.stages import DependencyType
from ltcflow.worktime import WorkDuration

_KIND: Mapping[DependencyType, LinkType] = {
    DependencyType.FS: "FS",
    DependencyType.SS: "SS",
    DependencyType.FF: "FF",
    DependencyType.SF: "SF",
}
_NONE = Length(0)


@attrs.frozen(kw_only=True)
class Progress:
    """What has happened by *data_date*: actual starts and finishes of activities, gates and milestones.

    Attributes:
        remaining: work left in what has begun; by default its duration less the working time since it began.
    """

    finished: Mapping[ElementId, datetime]
    started: Mapping[ElementId, datetime]
    data_date: datetime
    remaining: Mapping[ElementId, WorkDuration] = attrs.field(factory=dict)


class Solved(NamedTuple):
    """Early and late dates of every node, and the nodes that drive it."""

    schedule: Schedule
    drivers: list[list[int]]


class Model:
    """Nodes 0, 1, ... in topological order.

    Attributes:
        nodes: each node; positions: where it stands in the network; numbers: the inverse of that.
        lengths, links, not_before: what the kernels take; what does not take place has no length and no lags.
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

    def apply(self, progress: Progress, clock: ProjectClock) -> None:
        """Fix what is done, keep what has begun, and let nothing else begin before the data date (retained logic).

        What is done stands at its actual dates, whatever it should have waited for. The rest of what has begun waits
        for its predecessors like anything else; what may begin with it counts from its actual start.
        """
        now = clock.after(progress.data_date)
        fixed: set[int] = set()
        begun: dict[int, int] = {}
        touched = {s.id for s in map(self.network.process.stage_of, (*progress.finished, *progress.started)) if s}
        for number, node in enumerate(self.nodes):
            if node.id in progress.finished:
                fixed.add(number)
                self._fix(number, progress, clock)
            elif node.id in progress.started:
                begun[number] = clock.after(progress.started[node.id])
                self._remains(number, progress, clock)
                self.not_before[number] = now
            elif node.element is not None and not self.off[number]:
                if node.kind is NodeKind.STAGE_FINISH or (node.kind is NodeKind.STAGE_START and node.stage in touched):
                    continue
                self.not_before[number] = now
        self.links = [link for link in self.links if link.target not in fixed and not self._counted(link, begun, clock)]

    def _fix(self, number: int, progress: Progress, clock: ProjectClock) -> None:
        name = self.nodes[number].id
        finish = clock.done_at(progress.finished[name])
        start = clock.done_at(progress.started[name]) if name in progress.started else None
        length = self.lengths[number]
        if start is None:
            start = finish if length.elapsed else finish - length.minutes
        self.not_before[number] = min(start, finish)
        self.lengths[number] = Length(finish - min(start, finish))

    def _remains(self, number: int, progress: Progress, clock: ProjectClock) -> None:
        name = self.nodes[number].id
        length = self.lengths[number]
        left = progress.remaining.get(name)
        if left is not None:
            self.lengths[number] = Length(left.minutes, left.elapsed)
            return
        began = progress.started[name]
        if length.elapsed:
            done = clock.instant(progress.data_date) - clock.instant(began)
        else:
            done = clock.done_at(progress.data_date) - clock.done_at(began)
        self.lengths[number] = Length(min(max(length.minutes - done, 0), length.minutes), length.elapsed)

    def _counted(self, link: MixedLink, begun: Mapping[int, int], clock: ProjectClock) -> bool:
        """Turn a link from an actual start into an earliest start; say whether it was one."""
        if link.source not in begun or link.type not in ("SS", "SF"):
            return False
        if link.type == "SS" and link.target in begun:
            return True
        minutes, elapsed = link.lag
        at = begun[link.source]
        at = clock.minute(clock.begins(at) + minutes) if elapsed else at + minutes
        if link.type == "SF":
            length = self.lengths[link.target]
            at = clock.minute(clock.ends(at) - length.minutes) if length.elapsed else at - length.minutes
        self.not_before[link.target] = max(self.not_before[link.target], at)
        return True

    @property
    def mixed(self) -> bool:
        """True when a length or a lag counts elapsed time."""
        return any(length.elapsed for length in self.lengths) or any(link.lag.elapsed for link in self.links)

    def solve(self, clock: ProjectClock) -> Solved:
        """Return early and late dates of every node, and what drives it."""
        if self.mixed:
            return Solved(*solve_mixed(self.lengths, self.links, clock, not_before=self.not_before))
        durations = [length.minutes for length in self.lengths]
        links: Sequence[Link] = [(source, target, kind, lag.minutes) for source, target, kind, lag in self.links]
        weighted = weigh(durations, links)
        schedule = solve(durations, weighted, not_before=self.not_before)
        return Solved(schedule, driving(weighted, schedule.early_start))
