"""What lies ahead: decisions and who must vote on them, conditions, who is waited for, the next milestones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import attrs

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.criteria import judge_all
from ltcflow.projects.due import Due
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import Missing, owners_of, readiness, unfilled, who_owes
from ltcflow.projects.register.changes import Change
from ltcflow.projects.state import Standing
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate, Milestone
from ltcflow.stages.stage import Payment
from ltcflow.steering.expecting import Expecting


@attrs.frozen(kw_only=True)
class Decision:
    """A gate that is to be decided.

    Attributes:
        people: who has yet to vote. roles: those that must be heard and that nobody wears.
        unmet: criteria that keep it from passing.
        since: since when it can be judged. expected: when it can be, where it cannot yet.
        due: when its time limit ends; overdue: that moment has come.
        latest: when it must be decided lest the end of the project comes later, where that is known.
    """

    gate: ElementId
    title: Label = NO_LABEL
    people: tuple[Person, ...] = ()
    roles: tuple[RoleId, ...] = ()
    unmet: tuple[CriterionAnswer, ...] = ()
    since: datetime | None = None
    expected: datetime | None = None
    due: datetime | None = None
    overdue: bool = False
    latest: datetime | None = None


@attrs.frozen(kw_only=True)
class Owed:
    """An unmet condition of a gate that was passed, or of an early start."""

    id: str
    text: str
    people: tuple[Person, ...]
    due: date
    overdue: bool
    gate: ElementId = ""
    activity: ElementId = ""


@attrs.frozen(kw_only=True)
class Pending:
    """An activity or gate for which somebody outside is waited for."""

    element: ElementId
    on: str
    reason: str
    since: datetime


@attrs.frozen(kw_only=True)
class Ahead:
    """A milestone that is not reached yet.

    Attributes:
        was, forecast: when it was expected at the beginning of the stretch, and is now; None where that is not known.
        missing: what is missing for it, in the order of waiting.
    """

    milestone: ElementId
    title: Label = NO_LABEL
    payments: tuple[Payment, ...] = ()
    was: datetime | None = None
    forecast: datetime | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def now(self) -> tuple[Missing, ...]:
        """What of it somebody can see to today."""
        return tuple(thing for thing in self.missing if thing.now)


def decisions(after: Expecting, due: Iterable[Due]) -> tuple[Decision, ...]:
    """Return the gates that can be judged now, in declared order; none of a project that does not run."""
    if after.state.standing is not Standing.RUNNING:
        return ()
    clocks = {one.id: one for one in due if one.kind == "gate"}
    return tuple(_decision(after, gate, clocks.get(gate.id)) for gate in after.progress.open_gates())


def coming(after: Expecting, ahead: timedelta) -> tuple[Decision, ...]:
    """Return the gates that cannot be judged yet, and are expected to be within *ahead*, the first first."""
    if after.state.standing is not Standing.RUNNING:
        return ()
    found = []
    for i, node in enumerate(after.progress.nodes):
        row = after.row(node.id) if isinstance(node.element, Gate) else None
        if row is None or after.progress.ended(i) or after.progress.gate_open(i):
            continue
        if row.early_start <= after.at + ahead and isinstance(node.element, Gate):
            found.append(attrs.evolve(_decision(after, node.element, None), expected=row.early_start, unmet=()))
    return tuple(sorted(found, key=lambda one: one.expected or after.at))


def _decision(after: Expecting, gate: Gate, clock: Due | None) -> Decision:
    progress, row = after.progress, after.row(gate.id)
    _, people = who_owes(progress, gate)
    return Decision(
        gate=gate.id,
        title=gate.title,
        people=people,
        roles=unfilled(progress, gate),
        unmet=tuple(answer for answer in judge_all(progress, gate.id) if not answer.satisfied),
        since=clock.since if clock is not None else None,
        due=clock.due if clock is not None else None,
        overdue=clock is not None and clock.overdue,
        latest=row.late_finish if row is not None and after.finish is not None else None,
    )


def owed(after: Expecting) -> tuple[Owed, ...]:
    """Return the unmet conditions, the most urgent first; none of a closed project."""
    if after.state.standing is Standing.CLOSED:
        return ()
    today = after.progress.today
    unmet = sorted((o for o in after.state.obligations.values() if o.met is None), key=lambda o: (o.due, o.id))
    return tuple(
        Owed(
            id=o.id,
            text=o.text,
            people=owners_of(after.progress, o.owner),
            due=o.due,
            overdue=o.due < today,
            gate=o.gate,
            activity=o.activity,
        )
        for o in unmet
    )


def pending(after: Expecting) -> tuple[Pending, ...]:
    """Return for whom outside something waits now, the longest first; none of a closed project."""
    if after.state.standing is Standing.CLOSED:
        return ()
    found = [Pending(element=n, on=w.on, reason=w.reason, since=w.since) for n, w in after.state.waiting.items()]
    return tuple(sorted(found, key=lambda one: (one.since, one.element)))


def undecided(after: Expecting) -> tuple[Change, ...]:
    """Return the change requests that are not decided, the oldest first; none of a closed project."""
    if after.state.standing is Standing.CLOSED:
        return ()
    found = (change for change in after.state.changes.values() if change.standing.pending)
    return tuple(sorted(found, key=lambda change: (change.requested, change.id)))


def ahead(before: Expecting, after: Expecting) -> tuple[Ahead, ...]:
    """Return the milestones that are not reached, the next first: by forecast, then as declared.

    None of a closed project, and none that do not take place. Cost: O(milestones * elements).
    """
    if after.state.standing is Standing.CLOSED:
        return ()
    progress, outlooks = after.progress, after.outlooks
    found = []
    for i, node in enumerate(progress.nodes):
        if node.kind is not NodeKind.MILESTONE or progress.ended(i) or progress.skipped(i):
            continue
        assert isinstance(node.element, Milestone)
        was, now = before.row(node.id), after.row(node.id)
        ready = readiness(
            progress.process, progress.state, node.id, at=progress.at, outlook=outlooks, judges=progress.judges
        )
        found.append(
            Ahead(
                milestone=node.id,
                title=node.element.title,
                payments=node.element.payments,
                was=was.early_finish if was is not None else None,
                forecast=now.early_finish if now is not None else None,
                missing=tuple(thing for thing in ready.missing if (thing.kind, thing.id) != ("milestone", node.id)),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.forecast is None, one.forecast or after.at)))


def counts(progress: Progress) -> tuple[int, int]:
    """Return how many activities and gates have ended, and how many there are of those that take place."""
    places = [
        i
        for i, node in enumerate(progress.nodes)
        if isinstance(node.element, Activity | Gate)
        and node.kind is not NodeKind.SPAN
        and progress.applies(i) is not Truth.FALSE
        and not progress.left_out(i)
    ]
    return sum(1 for i in places if progress.ended(i)), len(places)


def under_way(after: Expecting) -> tuple[ElementId, ...]:
    """Return the stages that may have begun and have not ended, in declared order; none of a closed project."""
    if after.state.standing is Standing.CLOSED:
        return ()
    progress = after.progress
    starts = ((i, node.stage) for i, node in enumerate(progress.nodes) if node.kind is NodeKind.STAGE_START)
    return tuple(
        name
        for i, name in starts
        if progress.may_begin(i) and not progress.skipped(i) and not progress.ended(progress.position(name))
    )
