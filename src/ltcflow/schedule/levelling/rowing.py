"""The rows of a levelled plan: from working minutes to dates, and what drives each element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.process import Process, kind_of
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.levelling.levelled import LevelledRow
from ltcflow.schedule.levelling.placing import Placed, Placing
from ltcflow.schedule.rows import Plan, Row
from ltcflow.stages import Activity, Stage
from ltcflow.worktime import WorkDuration

_ELEMENTS = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE, NodeKind.SPAN)


class Rowing:
    """Makes the rows of placed nodes.

    Attributes:
        finish: when the last element finishes; minutes: the same in working minutes.
    """

    def __init__(self, unlimited: Plan, placing: Placing, placed: Placed, clock: ProjectClock) -> None:
        self.unlimited, self.placing, self.placed, self.clock = unlimited, placing, placed, clock
        self.model = placing.model
        self.spans: list[tuple[datetime, datetime]] = []
        for number, into in enumerate(placing.into):
            self.spans.append(self._moments(number, into))
        steps = [n for n, node in enumerate(self.model.nodes) if node.kind is not NodeKind.SPAN]
        self.finish = max((self.spans[n][1] for n in steps), default=clock.origin)
        self.minutes = max((placed.end[n] for n in steps), default=0)
        self.held = {held.node: held for held in placed.held}
        self.elements = [
            node.id if node.kind in _ELEMENTS and not off else ""
            for node, off in zip(self.model.nodes, self.model.off, strict=True)
        ]
        self.driving = self._driving()

    def _moments(self, number: int, into: Sequence[MixedLink]) -> tuple[datetime, datetime]:
        start, end = self.placed.start[number], self.placed.end[number]
        minutes, elapsed = self.model.lengths[number]
        if minutes:
            begin = self.clock.beginning(start)
            return begin, self._later(begin, minutes) if elapsed else self.clock.ending(end)
        latest = max(self.clock.ending(start), self.clock.beginning(start))
        arrivals = [at for at in map(self._arrival, into) if at is not None]
        at = min(max([self.clock.ending(start), *arrivals]), latest)
        return at, at

    def _later(self, moment: datetime, minutes: int) -> datetime:
        return self.clock.local(moment.astimezone(UTC) + timedelta(minutes=minutes))

    def _arrival(self, link: MixedLink) -> datetime | None:
        """Return the very moment a link leads to, where working minutes do not tell it."""
        if not self.model.mixed:
            return None
        moment = self.spans[link.source][1 if link.type in ("FS", "FF") else 0]
        minutes, elapsed = link.lag
        if elapsed:
            return self._later(moment, minutes)
        return None if minutes else moment

    def _driving(self) -> list[tuple[ElementId, ...]]:
        """Return for each node the elements whose links hold its start, looking through boundaries."""
        found: list[tuple[ElementId, ...]] = []
        for number, into in enumerate(self.placing.into):
            here: dict[ElementId, None] = {}
            for link in into if self.placed.start[number] == self.placed.could[number] else ():
                if self.placing.steps.bound(link, self.placed.start, self.placed.end) == self.placed.start[number]:
                    name = self.elements[link.source]
                    here.update(dict.fromkeys((name,) if name else found[link.source]))
            found.append(tuple(here))
        return found

    def rows(self) -> Iterator[LevelledRow]:
        """Yield the rows in declared order, as in the plan without limits."""
        process = self.model.network.process
        for row in self.unlimited.rows:
            yield self._row(process, row)

    def _row(self, process: Process, row: Row) -> LevelledRow:
        element = process.element(row.id)
        if isinstance(element, Stage):
            first, last = self.model.number(f"{row.id}.start"), self.model.number(f"{row.id}.finish")
        else:
            first = last = self.model.number(row.id)
        start, finish = self.spans[first][0], self.spans[last][1]
        minutes = self.placed.start[last] - self.placed.start[first]
        if isinstance(element, Activity) and element.spans:
            last = self.model.number(f"{row.stage}.finish")
            minutes = max(0, self.placed.start[last] - self.placed.start[first])
            finish = self.spans[last][1]
        if minutes:
            start = max(start, self.clock.beginning(self.placed.start[first]))
            finish = max(start, finish)
        held = self.held.get(first)
        named = [role for role in held.roles if self.placing.scarce.named(role)] if held else []
        late = self.placed.start[first] - self.clock.done_at(row.early_start)
        return LevelledRow(
            id=row.id,
            kind=kind_of(element),
            title=row.title,
            stage=row.stage,
            start=min(start, finish),
            finish=finish,
            duration=WorkDuration(minutes) if first != last else row.duration,
            roles=held.roles if held else (),
            people=tuple(zip(named, held.people, strict=True)) if held else (),
            shift=WorkDuration(max(0, late)),
            wait=self.placing.wait(first, self.placed),
            driving=self.driving[first],
            skipped=row.skipped,
        )
