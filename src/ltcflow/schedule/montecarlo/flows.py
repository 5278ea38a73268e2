"""Which flow a simulation needs: the fast one of working time, or one that knows elapsed time, dates and calendars."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from ltcflow.graph import NodeKind
from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.limits import Bound, Limits
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.flow import Flow, Limiting, Mask, Passed, WorkingFlow
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.montecarlo.mixedflow import MixedFlow
from ltcflow.schedule.montecarlo.outcomes import Odds
from ltcflow.schedule.montecarlo.ownflow import MARGIN, Own, OwnFlow
from ltcflow.schedule.montecarlo.scales import TICKS, ClockScale, Dating, Scale, WorkScale, actual, overrule
from ltcflow.schedule.progress import Progress
from ltcflow.schedule.several import SeveralCalendars
from ltcflow.schedule.solving import OneCalendar

Times = OneCalendar | SeveralCalendars
_TO_FINISH = ("FF", "SF")


class Flows:
    """Makes the flows of one experiment, and dates what went through them.

    Args:
        odds: of the gates that take place; drawn: numbers of the nodes whose lengths vary.
    Attributes:
        exact: True where samples are kept as moments, not as working minutes.
        scale: what the numbers of samples mean.
    """

    def __init__(
        self,
        model: Model,
        times: Times,
        limits: Limits,
        bounds: Sequence[Bound],
        progress: Progress | None,
        odds: Sequence[Odds],
        drawn: Collection[int],
    ) -> None:
        self.model, self.times, self.limits, self.bounds, self.drawn = model, times, limits, bounds, drawn
        self.loose, self.clock = model.loose(), times.clock
        self.deciding = {model.number(one.gate) for one in odds if one.may_repeat}
        self.mixed = model.mixed or any(one.hold is not None and one.hold.elapsed for one in odds)
        self.own: Own | None = None
        first = min([0, *model.not_before])
        if isinstance(times, SeveralCalendars):
            self.own = Own(times, first)
        self.hours = self.own.project if self.own is not None else Hours(self.clock, first - MARGIN)
        held = bool(limits.starts_from or limits.ends_from or limits.late)
        self.exact = self.own is not None or self.mixed or held or progress is not None
        self.scale: Scale = ClockScale(self.clock, self.hours) if self.exact else WorkScale(self.clock)
        self.happened = actual(model, self.clock, progress)
        self.spans: Mask = np.array([node.kind is NodeKind.SPAN for node in model.nodes], dtype=bool)
        self._dating = None
        if self.exact and self.own is None:
            self._dating = Dating(model, self.clock, self.hours, limits, progress)

    def whole(self) -> Flow:
        """Return the flow through all nodes."""
        model, limits = self.model, self.limits
        least = [0 if node in self.loose else at for node, at in enumerate(model.not_before)]
        for node, at in limits.starts_from.items():
            least[node] = max(least[node], at)
        ends_from = {**model.ends_from}
        for node, at in limits.ends_from.items():
            ends_from[node] = max(at, ends_from.get(node, at))
        nodes = range(len(model.nodes))
        if self.own is None and not self.mixed and not limits.late and not self._varying(ends_from):
            for node, at in ends_from.items():
                least[node] = max(least[node], at - model.lengths[node].minutes)
            return WorkingFlow(len(nodes), self._inside(nodes), least)
        limiting = Limiting(
            least, ends_from, limits.starts_until, limits.ends_until, limits.due, limits.late, limits.finish
        )
        return self._exact(nodes, limiting)

    def part(self, nodes: Sequence[int]) -> Flow:
        """Return the flow through *nodes* (in order), along the links that stay among them."""
        least = [0] * len(nodes)
        if self.own is None and not self.mixed:
            return WorkingFlow(len(nodes), self._inside(nodes), least)
        return self._exact(nodes, Limiting(least))

    def _varying(self, ends_from: Collection[int]) -> bool:
        """Say whether a finish that is held has no fixed start: its length varies, or a gate is decided again."""
        held = {*ends_from, *(link.target for link in self.model.links if link.type in _TO_FINISH)}
        return not {*ends_from}.isdisjoint(self.drawn) or not held.isdisjoint(self.deciding)

    def _exact(self, nodes: Sequence[int], limiting: Limiting) -> Flow:
        inside = self._inside(nodes)
        spans = self.spans[list(nodes)]
        if self.own is not None:
            bounds = self.bounds if len(nodes) == len(self.model.nodes) else ()
            lags = [self.own.lag(nodes[link.source], nodes[link.target]) for link in inside]
            return OwnFlow(self.own, nodes, inside, lags, limiting, bounds, spans)
        return MixedFlow([self.model.lengths[node] for node in nodes], inside, limiting, self.hours, spans)

    def _inside(self, nodes: Sequence[int]) -> list[MixedLink]:
        at = {node: place for place, node in enumerate(nodes)}
        return [
            link._replace(source=at[link.source], target=at[link.target])
            for link in self.model.links
            if link.source in at and link.target in at and link.target not in self.loose
        ]

    def taken(self, node: int) -> int:
        """Return the length of a node in minutes of its own kind, also where it is done."""
        length = self.model.lengths[node].minutes
        if isinstance(self.times, SeveralCalendars) and node in self.times.pinned:
            own, start = self.times.own[node], self.model.not_before[node]
            return own.position(start + length) - own.position(start)
        return length

    def dated(self, passed: Passed, lengths: Minutes) -> tuple[Minutes, Minutes, Minutes]:
        """Return when nodes start and finish and when lanes end, in numbers of the scale."""
        if not self.exact:
            return passed.start, passed.end, passed.ends
        for node in self.loose & {*self.happened[0], *self.happened[1]}:
            passed.start[node] = self.model.not_before[node]
            passed.end[node] = passed.start[node] + lengths[node]
        if self._dating is not None:
            begin, finish = self._dating(passed.start, passed.end, lengths)
        else:
            begin, finish = passed.start * TICKS, passed.end * TICKS
            for node in {*self.happened[0], *self.happened[1]}:
                overrule(node, begin, finish, *self.happened)
        return begin, finish, finish[~self.spans].max(axis=0)

    def on_time(self, flow: Flow, bound: Bound, passed: Passed, lengths: Minutes) -> Mask:
        """Say in which lanes a constraint that holds up is kept."""
        event = (passed.end if bound.constraint.kind.at_finish else passed.start)[bound.node]
        until: int | Minutes = bound.upper or 0
        if isinstance(flow, OwnFlow) and not bound.constraint.kind.at_finish:
            until = flow.until(bound, lengths, int(event.max()))
        found: Mask = event <= until
        return found
