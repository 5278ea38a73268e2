"""The end of a project: what is handed over with it, who is released when, and whether it can be closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects.engaged import people_at_work
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import who_owes
from ltcflow.projects.register.handovers import Handover
from ltcflow.projects.register.package import Package, package
from ltcflow.projects.state import ProjectState, Standing
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate, Milestone
from ltcflow.stages.stage import Payment
from ltcflow.steering.expecting import DEFAULT, Expecting, Terms, expecting


@attrs.frozen(kw_only=True)
class Step:
    """Work that is left: when it is expected to begin and to end; None where that is not known."""

    element: ElementId
    kind: str
    title: Label = NO_LABEL
    start: datetime | None = None
    finish: datetime | None = None
    people: tuple[Person, ...] = ()


@attrs.frozen(kw_only=True)
class Instalment:
    """Money that has not come: the *number*-th payment of a milestone, and whether that is reached."""

    milestone: ElementId
    title: Label = NO_LABEL
    number: int
    payment: Payment
    reached: bool


@attrs.frozen(kw_only=True)
class Handing:
    """What a team receives at the end of a stage, or of the project, and how it was signed for.

    Attributes:
        package: what it holds and what is missing. handovers: those of this stage, the oldest first.
        team: who wears which role. ahead: the work that is left after it. outstanding: the money that has not come.
    """

    project: str
    title: str
    at: datetime
    time_zone: str
    package: Package
    handovers: tuple[Handover, ...] = ()
    team: tuple[tuple[RoleId, tuple[Person, ...]], ...] = ()
    ahead: tuple[Step, ...] = ()
    outstanding: tuple[Instalment, ...] = ()

    @property
    def signed(self) -> Handover | None:
        """The hand-over that was accepted and still binds, the last where there are several."""
        return next((one for one in reversed(self.handovers) if one.standing == "accepted"), None)

    @property
    def changed(self) -> bool:
        """True when it was signed for, and holds something else now (nothing worse: that lets a signature lapse)."""
        return self.signed is not None and self.signed.package != self.package.fingerprint


@attrs.frozen(kw_only=True)
class Release:
    """When a person is free of a project.

    Attributes:
        elements: what still needs them; none: they are free. at_work: what they have begun and not finished.
        until: when the last of it is expected to end; None where that is not known, or they are free.
    """

    person: Person
    roles: tuple[RoleId, ...] = ()
    elements: tuple[ElementId, ...] = ()
    at_work: tuple[ElementId, ...] = ()
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Open:
    """Something that stands in the way of closing.

    Attributes:
        kind: activity, gate, deliverable, fact, condition, risk, change, commitment, payment, handover or lesson.
        id: which; "" for a hand-over or lesson that is not there at all. owes: who sees to it.
    """

    kind: str
    id: str = ""
    title: Label = NO_LABEL
    owes: tuple[Person, ...] = ()


@attrs.frozen(kw_only=True)
class CloseOut:
    """Whether a project can be closed with nothing left behind: *missing* is empty exactly when it is ready."""

    project: str
    title: str
    at: datetime
    time_zone: str
    standing: Standing
    missing: tuple[Open, ...] = ()
    releases: tuple[Release, ...] = ()
    lessons: int = 0

    @property
    def ready(self) -> bool:
        """True when nothing is missing."""
        return not self.missing


def handing(
    process: Process, state: ProjectState, at: datetime, stage: ElementId = "", terms: Terms = DEFAULT
) -> Handing:
    """Return what is handed over at the end of *stage*, or ("") of the project, and what is missing in it.

    Raises:
        UnknownName: *stage* is not declared; as `ltcflow.forecast`.
    Cost: one forecast.
    """
    now = expecting(process, state, at, terms)
    found = package(now.progress, stage)
    inside = {piece.id for piece in found.pieces if piece.kind in ("activity", "gate")}
    signed = (one for one in state.handovers.values() if one.stage == stage)
    return Handing(
        project=state.project,
        title=state.title,
        at=now.at,
        time_zone=state.time_zone,
        package=found,
        handovers=tuple(sorted(signed, key=lambda one: (one.offered, one.id))),
        team=tuple((role, people) for role, people in state.team if people),
        ahead=tuple(step for step in left(now) if not stage or step.element not in inside),
        outstanding=outstanding(now.progress),
    )


def left(now: Expecting) -> tuple[Step, ...]:
    """Return the activities and gates that take place and have not ended, in declared order."""
    return tuple(_left(now))


def _left(now: Expecting) -> Iterator[Step]:
    progress = now.progress
    if progress.state.standing is Standing.CLOSED:
        return
    for i, node in enumerate(progress.nodes):
        element = node.element
        if node.kind not in (NodeKind.ACTIVITY, NodeKind.GATE) or not isinstance(element, Activity | Gate):
            continue
        if progress.ended(i) or progress.applies(i) is Truth.FALSE or progress.left_out(i):
            continue
        row, (roles, people) = now.row(node.id), who_owes(progress, element)
        yield Step(
            element=node.id,
            kind=node.kind.value,
            title=element.title,
            start=row.early_start if row is not None else None,
            finish=row.early_finish if row is not None else None,
            people=people or roles,
        )


def outstanding(progress: Progress) -> tuple[Instalment, ...]:
    """Return the instalments of milestones that take place and whose money has not come, as declared."""
    found = []
    for i, node in enumerate(progress.nodes):
        if isinstance(node.element, Milestone) and not progress.skipped(i):
            for number, payment in enumerate(node.element.payments, 1):
                if (node.id, number) not in progress.state.paid:
                    found.append(
                        Instalment(
                            milestone=node.id,
                            title=node.element.title,
                            number=number,
                            payment=payment,
                            reached=progress.ended(i),
                        )
                    )
    return tuple(found)


def releases(now: Expecting) -> tuple[Release, ...]:
    """Return for everybody of the team when they are free of the project, those who are free first, then by name.

    After the end of a project nobody is engaged.
    """
    state, steps = now.state, left(now)
    at_work = people_at_work(now.progress.process, state)
    people = dict.fromkeys(person for _, worn in state.team for person in worn)
    found = []
    for person in sorted(people):
        needed = [step for step in steps if person in step.people]
        busy = tuple(sorted(name for name, doing in at_work.items() if person in doing.values()))
        ends = [step.finish for step in needed]
        known = [end for end in ends if end is not None]
        found.append(
            Release(
                person=person,
                roles=state.team.roles(person),
                elements=tuple(step.element for step in needed),
                at_work=busy,
                until=max(known) if known and len(known) == len(ends) else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (bool(one.elements), one.until is None, one.until or now.at)))


def closeout(process: Process, state: ProjectState, at: datetime, terms: Terms = DEFAULT) -> CloseOut:
    """Say what is missing before a project can be closed with nothing left behind.

    That is: all work, papers and facts; conditions met, risks closed or handed over, changes made, commitments kept or
    let go; the money of every instalment; an accepted hand-over of the whole project; a lesson. A project that was
    closed is asked the same: closing does not make anything come.

    Raises:
        As `ltcflow.forecast`. Cost: one forecast.
    """
    now = expecting(process, state, at, terms)
    return CloseOut(
        project=state.project,
        title=state.title,
        at=now.at,
        time_zone=state.time_zone,
        standing=state.standing,
        missing=tuple(_missing(now.progress)),
        releases=releases(now),
        lessons=len(state.lessons),
    )


def _missing(progress: Progress) -> Iterator[Open]:
    state = progress.state
    for piece in package(progress).missing:
        if piece.kind != "commitment":
            yield Open(kind=piece.kind, id=piece.id, title=piece.title, owes=piece.owes)
    for change in sorted(state.changes.values(), key=lambda one: one.id):
        if change.standing.value == "approved":
            yield Open(kind="change", id=change.id, title=Label(en=change.title), owes=(change.requested_by,))
    for one in sorted(state.commitments.values(), key=lambda one: one.id):
        if one.open:
            yield Open(kind="commitment", id=one.id, title=Label(en=one.text), owes=(one.made_by or one.recorded_by,))
    for money in outstanding(progress):
        yield Open(kind="payment", id=f"{money.milestone}.{money.number}", title=money.title)
    if not any(one.stage == "" and one.standing == "accepted" for one in state.handovers.values()):
        offered = (one for one in state.handovers.values() if one.stage == "" and one.standing == "offered")
        yield Open(kind="handover", owes=tuple(one.receiver for one in offered))
    if not state.lessons:
        yield Open(kind="lesson")
