"""What moved: the events of a stretch of time, each told once, and the milestones that were reached by them.

A stretch is open at its beginning and closed at its end: (since, at]. So stretches that adjoin tell nothing twice and
leave nothing out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import get_args

import attrs

from ltcflow.conditions import FactValue
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId, FactId
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.progress import Progress
from ltcflow.projects.register import events as r
from ltcflow.projects.state import ProjectState, Standing, apply

OTHER = "project"
"""The topic of what has none of its own."""
TOPICS: Mapping[type[e.Event], str] = MappingProxyType(
    {
        e.ActivityStarted: "work",
        e.ActivityFinished: "work",
        e.DeliverableSubmitted: "work",
        e.EarlyStartApproved: "work",
        e.VoteCast: "gates",
        e.VoteLapsed: "gates",
        e.VoteDelegated: "gates",
        e.GateDecided: "gates",
        e.GateReopened: "gates",
        e.CriterionWaived: "gates",
        e.ConditionWasMet: "conditions",
        e.ConditionRedated: "conditions",
        e.FactsRecorded: "facts",
        r.RiskRaised: "risks",
        r.RiskUpdated: "risks",
        r.RiskAnswered: "risks",
        r.RiskActionPlanned: "risks",
        r.RiskActionDone: "risks",
        r.RiskHandedOver: "risks",
        r.RiskClosed: "risks",
        r.ChangeRequested: "changes",
        r.ChangeAssessed: "changes",
        r.ChangeDecided: "changes",
        r.ChangeImplemented: "changes",
        r.CommitmentRecorded: "promises",
        r.CommitmentTraced: "promises",
        r.CommitmentFulfilled: "promises",
        r.CommitmentWithdrawn: "promises",
        r.ClauseRecorded: "promises",
        r.EarlyStartRevoked: "work",
        e.RoleAssigned: "people",
        **dict.fromkeys(get_args(e.AnyStandInEvent), "people"),
        r.HandoverOffered: "handovers",
        r.HandoverAccepted: "handovers",
        r.HandoverRejected: "handovers",
        r.HandoverLapsed: "handovers",
        r.LessonRecorded: "notes",
        r.PaymentReceived: "facts",
        e.WaitingStarted: "time",
        e.WaitingEnded: "time",
        e.FellDue: "time",
        e.Escalated: "time",
        e.TimePassed: "",
        e.NoteAdded: "notes",
    }
)
"""Under which topic a report tells each kind of event; "": not told, for it says nothing that anybody did or asked.

(`TimePassed` only switches clocks; that a condition is past its date is told by `FellDue`, and where conditions are
listed.) Kinds that are not here are told under `OTHER`.
"""
ORDER = (
    "project",
    "gates",
    "work",
    "conditions",
    "facts",
    "changes",
    "promises",
    "handovers",
    "risks",
    "people",
    "time",
    "notes",
)
"""The topics in the order of a report; others follow by name."""


@attrs.frozen(kw_only=True)
class Moved:
    """One thing that happened.

    Attributes:
        topic: one of `ORDER`. at: when.
        events: what the record says of it: one event, or the start and the finish of an activity at one moment.
        was: of recorded facts, the value each had before, as far as it had one.
    """

    topic: str
    at: datetime
    events: tuple[e.AnyEvent, ...]
    was: tuple[tuple[FactId, FactValue], ...] = ()


@attrs.frozen(kw_only=True)
class Reached:
    """A milestone that was reached, or (*lost*) that is open again after it was reached."""

    milestone: ElementId
    at: datetime
    lost: bool = False


def topic_of(event: e.AnyEvent) -> str:
    """Return the topic under which *event* is told; "" when it is not told."""
    return TOPICS.get(type(event), OTHER)


def moved(log: Sequence[e.AnyEvent], state: ProjectState) -> tuple[Moved, ...]:
    """Return what the events of *log* tell, by topic, then in order: each once, but those of topic "".

    Args:
        state: what the record added up to before them.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow.projects import NOTHING
        >>> day = datetime(2026, 3, 2, tzinfo=UTC)
        >>> log = [e.NoteAdded(by="li.wei", at=day, text="!"), e.ActivityStarted(by="li.wei", at=day, activity="bid")]
        >>> [(one.topic, len(one.events)) for one in moved(log, NOTHING)]
        [('work', 1), ('notes', 1)]
    """
    found: list[Moved] = []
    for event in log:
        if topic := topic_of(event):
            last = found[-1] if found else None
            if last is not None and _one_moment(last, event):
                found[-1] = attrs.evolve(last, events=(*last.events, event))
            else:
                found.append(Moved(topic=topic, at=event.at, events=(event,), was=_before(event, state)))
        state = apply(state, event)
    rank = {topic: number for number, topic in enumerate(ORDER)}
    return tuple(sorted(found, key=lambda one: (rank.get(one.topic, len(ORDER)), one.topic)))


def _one_moment(last: Moved, event: e.AnyEvent) -> bool:
    """True where *event* finishes at once what the only event of *last* began."""
    begun = last.events[-1]
    return (
        isinstance(event, e.ActivityFinished)
        and isinstance(begun, e.ActivityStarted)
        and len(last.events) == 1
        and (begun.activity, begun.at, begun.by) == (event.activity, event.at, event.by)
    )


def _before(event: e.AnyEvent, state: ProjectState) -> tuple[tuple[FactId, FactValue], ...]:
    if not isinstance(event, e.FactsRecorded):
        return ()
    return tuple((name, state.facts[name]) for name, _ in event.facts if name in state.facts)


def reached(
    process: Process, log: Sequence[e.AnyEvent], state: ProjectState, judges: Judges = NO_JUDGES
) -> tuple[Reached, ...]:
    """Return the milestones that the events of *log* reached or opened again, in order of time.

    Args:
        state: what the record added up to before them.
    Cost: O(moments * elements).
    """
    return tuple(_reached(process, log, state, judges))


def _reached(process: Process, log: Sequence[e.AnyEvent], state: ProjectState, judges: Judges) -> Iterator[Reached]:
    known = _milestones(process, state, judges)
    for at, events in groupby(log, key=lambda event: event.at):
        for event in events:
            state = apply(state, event)
        now = _milestones(process, state, judges)
        for name, there in now.items():
            if there != known.get(name, False):
                yield Reached(milestone=name, at=at, lost=not there)
        known = now


def _milestones(process: Process, state: ProjectState, judges: Judges) -> dict[ElementId, bool]:
    """Which milestones are reached, as of the last event; those that do not take place are none."""
    if state.standing is Standing.UNBORN:
        return {}
    progress = Progress(process, state, state.at, judges)
    places = ((i, node) for i, node in enumerate(progress.nodes) if node.kind is NodeKind.MILESTONE)
    return {node.id: progress.ended(i) and not progress.skipped(i) for i, node in places}
