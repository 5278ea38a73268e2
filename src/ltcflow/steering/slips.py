"""What slipped, and why: the forecast at the end of a stretch of time against that at its beginning.

The reason is read from the record: who was waited for, which gate held the project or sent it back, what began late or
took longer, who was told. What has no reason of its own was pushed by what it waits for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import attrs

from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.process import kind_of
from ltcflow.projects import events as e
from ltcflow.projects.criteria import judge_all, people_of
from ltcflow.projects.due import Due
from ltcflow.projects.readiness import owners_of, who_owes
from ltcflow.projects.state import Standing
from ltcflow.schedule.rows import Row
from ltcflow.stages import Activity, Gate, Milestone, Verdict
from ltcflow.steering.expecting import Expecting
from ltcflow.worktime import WorkDuration

NOWHERE: Mapping[ElementId, datetime] = MappingProxyType({})
_BOUNDARIES = (NodeKind.STAGE_START, NodeKind.STAGE_FINISH)


@attrs.frozen(kw_only=True)
class Cause:
    """Why something slipped.

    Attributes:
        kind: recycled, gate_held or reopened (by *element*, a gate), waiting (for *who*), held (the project was), shut
            (by a condition that *who* owes), not_begun, started_late, overrun (it takes longer), took_longer,
            undecided (*who* has not voted), unmet (criteria of the gate, by
            their keys in *text*), decided_late, escalated (*who* was told), pushed (by *element*), plan
            (facts, choices or estimates are others).
        text: what somebody wrote of it. at: when it happened, or since when.
    """

    kind: str
    element: ElementId = ""
    who: tuple[str, ...] = ()
    text: str = ""
    at: datetime | None = None


@attrs.frozen(kw_only=True)
class Slip:
    """An activity, gate or milestone that comes later than was to be expected at the beginning.

    Attributes:
        was: when it was expected, or (*limit*) when its time limit ended.
        now: when it was done, or is expected; None where that is not known.
        delay: the working time between; None where it is not known.
        done: it is done. causes: its own reasons first; never none.
    """

    element: ElementId
    kind: str
    title: Label = NO_LABEL
    was: datetime
    now: datetime | None = None
    delay: WorkDuration | None = None
    limit: bool = False
    done: bool = False
    causes: tuple[Cause, ...]

    @property
    def pushed(self) -> bool:
        """True when nothing held it but what it waits for."""
        return all(cause.kind == "pushed" for cause in self.causes)


def slips(
    before: Expecting,
    after: Expecting,
    log: Sequence[e.AnyEvent],
    due: Iterable[Due] = (),
    there: Mapping[ElementId, datetime] = NOWHERE,
) -> tuple[Slip, ...]:
    """Return what slipped between *before* and *after*, in declared order.

    An element slipped when the day of its finish is a later one, by some working time; where its dates are not known,
    when its time limit ended in between.

    Args:
        log: the events in between. due: what is due at the end.
        there: when the milestones that were reached in between were.
    Cost: O(elements * events).
    """
    late = {row.id: (was.early_finish, row, delay) for was, row, delay in _later(before, after, there)}
    reading = _Reading(before, after, log, late.keys())
    found = {
        name: Slip(
            element=name,
            kind=row.kind,
            title=row.title,
            was=was,
            now=row.early_finish,
            delay=delay,
            done=row.done,
            causes=reading.causes(row),
        )
        for name, (was, row, delay) in late.items()
    }
    for slip in _limits(before, after, log, due, reading):
        found.setdefault(slip.element, slip)
    order = {node.id: i for i, node in enumerate(after.progress.nodes)}
    return tuple(sorted(found.values(), key=lambda slip: order.get(slip.element, 0)))


def _later(
    before: Expecting, after: Expecting, there: Mapping[ElementId, datetime]
) -> Iterator[tuple[Row, Row, WorkDuration]]:
    for row in after.plan.rows if after.plan is not None else ():
        was, now = before.row(row.id), after.row(row.id)
        if was is None or now is None or row.kind == "stage" or row.spans:
            continue
        if row.kind == "milestone" and after.progress.ended(after.progress.position(row.id)):
            if row.id not in there:
                continue
            now = attrs.evolve(now, early_start=there[row.id], early_finish=there[row.id], done=True)
        delay = after.later(was.early_finish, now.early_finish)
        if delay is not None:
            yield was, now, delay


def _limits(
    before: Expecting, after: Expecting, log: Sequence[e.AnyEvent], due: Iterable[Due], reading: _Reading
) -> Iterator[Slip]:
    """What passed its time limit in between, by the clock now, or as it was told."""
    fallen = {one.id: one.due for one in due if one.kind in ("activity", "gate") and one.overdue}
    for event in log:
        if isinstance(event, e.FellDue) and event.kind in ("activity", "gate"):
            fallen.setdefault(event.subject, event.fell_due)
    for name, moment in fallen.items():
        element = after.progress.process.find(name)
        if moment is None or not before.at < moment <= after.at or not isinstance(element, Activity | Gate):
            continue
        done = after.progress.ended(after.progress.position(name))
        causes = reading.own(name, None) or (Cause(kind="overrun", who=reading.owing(name)),)
        yield Slip(
            element=name,
            kind=kind_of(element),
            title=element.title,
            was=moment,
            now=reading.done_at(name) if done else None,
            limit=True,
            done=done,
            causes=causes,
        )


class _Reading:
    """The record of a stretch of time, read for reasons."""

    def __init__(
        self, before: Expecting, after: Expecting, log: Sequence[e.AnyEvent], late: Iterable[ElementId]
    ) -> None:
        self.before, self.after, self.log, self.late = before, after, log, frozenset(late)
        self.state, self.progress = after.state, after.progress

    def causes(self, row: Row) -> tuple[Cause, ...]:
        """Return why *row* is later: never nothing."""
        own = self.own(row.id, self.before.row(row.id))
        pushed = tuple(Cause(kind="pushed", element=name) for name in self.pushers(row.id))
        if own or pushed:
            return (*own, *pushed)
        return (self.held() if not row.done else ()) or (Cause(kind="plan"),)

    def pushers(self, name: ElementId) -> tuple[ElementId, ...]:
        """The late elements that *name* had to wait for, looked for through stages and what does not take place."""
        plan, net = self.after.plan, self.progress.compiled.network
        if plan is None or name not in plan:
            return ()
        found: dict[ElementId, None] = {}
        seen: set[str] = {name}
        todo = list(plan[name].driving) or self.nearest(name)
        while todo:
            other = todo.pop(0)
            if other in seen:
                continue
            seen.add(other)
            node = net.nodes[net.index[other] if other in net.index else net.index[f"{other}.finish"]]
            if node.id in self.late:
                found[node.id] = None
            elif node.kind in _BOUNDARIES or (node.id in plan and plan[node.id].skipped):
                todo += self.nearest(node.id)
            elif node.id in plan and not plan[node.id].done:
                todo += plan[node.id].driving
        return tuple(found)

    def nearest(self, name: str) -> list[str]:
        """What *name* waits for directly, by node."""
        net = self.progress.compiled.network
        return [net.nodes[edge.source].id for edge in net.incoming[net.index[name]]]

    def free(self, name: ElementId, was: datetime) -> datetime:
        """When nothing held *name* any more that was late, *was* at the earliest."""
        plan = self.after.plan
        ends = [plan[other].early_finish for other in self.pushers(name)] if plan is not None else []
        return max([was, *ends])

    def own(self, name: ElementId, was: Row | None) -> tuple[Cause, ...]:
        """What the record says of *name* itself."""
        element = self.progress.process.find(name)
        told = [*self.sent_back(name), *self.waiting(name)]
        if isinstance(element, Gate):
            told += self.gate(element, was)
        elif isinstance(element, Activity):
            told += self.activity(element, was)
        elif isinstance(element, Milestone):
            told = []
        if not told:
            return ()
        return (*told, *self.told(name))

    def sent_back(self, name: ElementId) -> Iterator[Cause]:
        for event in self.log:
            if isinstance(event, e.GateDecided):
                if event.verdict is Verdict.RECYCLE and (name in event.reopened or name == event.gate):
                    yield Cause(kind="recycled", element=event.gate, text=event.reason, at=event.at)
                elif event.verdict is Verdict.HOLD and event.gate == name:
                    yield Cause(kind="gate_held", element=name, text=event.reason, at=event.at)
            elif isinstance(event, e.GateReopened) and event.gate == name:
                yield Cause(kind="reopened", element=name, text=event.condition, at=event.at)

    def waiting(self, name: ElementId) -> Iterator[Cause]:
        before = self.before.state.waiting.get(name)
        if before is not None:
            yield Cause(kind="waiting", who=(before.on,), text=before.reason, at=before.since)
        for event in self.log:
            if isinstance(event, e.WaitingStarted) and event.element == name:
                yield Cause(kind="waiting", who=(event.on,), text=event.reason, at=event.at)

    def activity(self, activity: Activity, was: Row | None) -> Iterator[Cause]:
        name, work = activity.id, self.state.work.get(activity.id)
        if work is None:
            if self.progress.can_begin(self.progress.position(name)) and name not in self.state.waiting:
                yield from self.idle("not_begun", name, was.early_start if was is not None else None)
        elif was is not None and not was.started and self.after.later(self.free(name, was.early_start), work.started):
            yield Cause(kind="started_late", who=(work.started_by,), at=work.started)
        elif self.stretched(name, was) and not any(True for _ in self.waiting(name)):
            if work.finished is None:
                yield Cause(kind="overrun", who=(work.started_by,), at=work.started)
            else:
                yield Cause(kind="took_longer", who=(work.finished_by,), at=work.finished)

    def idle(self, kind: str, name: ElementId, was: datetime | None) -> Iterator[Cause]:
        """That nobody did what could be done, or that the project rested."""
        if self.state.standing is not Standing.RUNNING:
            yield from self.held()
        elif was is None or self.after.later(self.free(name, was), self.after.at):
            yield Cause(kind=kind, who=self.owing(name), at=was)

    def stretched(self, name: ElementId, was: Row | None) -> bool:
        """True where *name* is later by more days than what it waited for."""
        plan = self.after.plan
        if was is None or plan is None:
            return True
        return self.days(name) > max((self.days(other) for other in self.pushers(name)), default=0)

    def days(self, name: ElementId) -> int:
        was, now = self.before.row(name), self.after.row(name)
        return (now.early_finish - was.early_finish).days if was is not None and now is not None else 0

    def gate(self, gate: Gate, was: Row | None) -> Iterator[Cause]:
        finish = was.early_finish if was is not None else None
        if self.progress.passed(gate.id):
            decided = self.state.gate(gate.id).decided
            if decided is not None and (finish is None or self.after.later(self.free(gate.id, finish), decided)):
                yield Cause(kind="decided_late", at=decided)
            return
        for owed in self.progress.shut_by(gate.id):
            yield Cause(kind="shut", who=owners_of(self.progress, owed.owner), text=owed.text, element=owed.gate)
        if not self.progress.gate_open(self.progress.position(gate.id)):
            return
        unmet = [answer.key for answer in judge_all(self.progress, gate.id) if not answer.satisfied]
        if unmet:
            yield Cause(kind="unmet", element=gate.id, text=", ".join(unmet))
        else:
            yield from self.idle("undecided", gate.id, finish)

    def held(self) -> tuple[Cause, ...]:
        """That the project rested, where it did."""
        for event in self.log:
            if isinstance(event, e.ProjectHeld):
                return (Cause(kind="held", element=event.gate, text=event.reason, at=event.at),)
        if self.before.state.standing is Standing.HELD:
            return (Cause(kind="held", text=self.before.state.reason),)
        return ()

    def told(self, name: ElementId) -> Iterator[Cause]:
        """Who was told of it last."""
        told = [event for event in self.log if isinstance(event, e.Escalated | e.FellDue) and event.subject == name]
        for event in told[-1:]:
            yield Cause(kind="escalated", who=event.tell, at=event.fell_due)

    def owing(self, name: ElementId) -> tuple[str, ...]:
        element = self.progress.process.find(name)
        if not isinstance(element, Activity | Gate):
            return ()
        roles, people = who_owes(self.progress, element)
        return people or people_of(self.state.team, roles) or roles

    def done_at(self, name: ElementId) -> datetime | None:
        work = self.state.work.get(name)
        return work.finished if work is not None else self.state.gate(name).decided
