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
from ltcflow.schedule.elapsed import Length, MixedLink, Steps, solve_mixed
from ltcflow.stages import DependencyType
from ltcflow.worktime import WorkDuration

_KIND: Mapping[DependencyType, LinkType] = {
    DependencyType.FS: "FS",
    DependencyType.SS: "SS",
    DependencyType.FF: "FF",
    DependencyType.SF: "SF",
}
_NONE = Length(0)
_ELEMENTS = (NodeKind.ACTIVITY, NodeKind.SPAN, NodeKind.GATE, NodeKind.MILESTONE)


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
        waiting = self._waiting(progress)
        for number, node in enumerate(self.nodes):
            if node.id in progress.finished:
                fixed.add(number)
                self._fix(number, progress, clock)
            elif node.id in progress.started:
                begun[number] = clock.after(progress.started[node.id])
                self._remains(number, progress, clock, now)
                self.not_before[number] = now
            elif node.id in waiting:
                self.not_before[number] = now
        self.links = [link for link in self.links if link.target not in fixed and not self._counted(link, begun, clock)]

    def _waiting(self, progress: Progress) -> set[str]:
        """Return the nodes that begin after the data date: elements, and the starts of stages whose steps all do."""
        happened = {*progress.finished, *progress.started}
        off = {node.id for node, is_off in zip(self.nodes, self.off, strict=True) if is_off}
        waiting = {node.id for node in self.nodes if node.kind in _ELEMENTS} - happened - off
        for stage in self.network.process.stages:
            inside = {*(a.id for a in stage.activities if not a.spans), *(gate.id for gate in stage.gates)} - off
            if inside and inside <= waiting:
                waiting.add(f"{stage.id}.start")
        return waiting

    def _fix(self, number: int, progress: Progress, clock: ProjectClock) -> None:
        name = self.nodes[number].id
        finish = clock.done_at(progress.finished[name])
        start = clock.done_at(progress.started[name]) if name in progress.started else None
        length = self.lengths[number]
        if start is None:
            start = finish if length.elapsed else finish - length.minutes
        self.not_before[number] = min(start, finish)
        self.lengths[number] = Length(finish - min(start, finish))

    def _remains(self, number: int, progress: Progress, clock: ProjectClock, now: int) -> None:
        name = self.nodes[number].id
        length = self.lengths[number]
        left = progress.remaining.get(name)
        if left is not None:
            self.lengths[number] = Length(left.minutes, left.elapsed)
            return
        began = progress.started[name]
        if length.elapsed:
            done = clock.begins(now) - clock.instant(began)
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
        """Return early and late dates of every node, and what drives it.

        A span that nothing begins after is dated last, so that it holds nothing up, not even the finish.
        """
        loose = self._loose()
        links = [link for link in self.links if link.target not in loose]
        not_before = [0 if number in loose else least for number, least in enumerate(self.not_before)]
        if self.mixed:
            solved = Solved(*solve_mixed(self.lengths, links, clock, not_before=not_before))
        else:
            durations = [length.minutes for length in self.lengths]
            plain: Sequence[Link] = [(source, target, kind, lag.minutes) for source, target, kind, lag in links]
            weighted = weigh(durations, plain)
            schedule = solve(durations, weighted, not_before=not_before)
            solved = Solved(schedule, driving(weighted, schedule.early_start))
        if loose:
            self._date(loose, solved, clock)
        return solved

    def _loose(self) -> set[int]:
        """Return the spans that only spans of the same kind wait for."""
        followed = {number for number, node in enumerate(self.nodes) if node.kind is not NodeKind.SPAN}
        for link in reversed(self.links):
            if link.target in followed:
                followed.add(link.source)
        return set(range(len(self.nodes))) - followed

    def _date(self, loose: set[int], solved: Solved, clock: ProjectClock) -> None:
        steps = Steps(self.lengths, clock)
        start, finish = solved.schedule.early_start, solved.schedule.early_finish
        for number in sorted(loose):
            into = [link for link in self.links if link.target == number]
            bounds = [steps.bound(link, start, finish) for link in into]
            start[number] = finish[number] = max([self.not_before[number], *bounds])
            drivers = (link.source for link, at in zip(into, bounds, strict=True) if at == start[number])
            solved.drivers[number][:] = dict.fromkeys(drivers)
