"""Hand-overs and lessons: what the register holds of each, and how its events change it."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.names import ElementId
from ltcflow.projects.register import events as e
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class Handover:
    """A hand-over from one side to the other.

    Attributes:
        stage: what ends with it; "" for the whole project. giver, receiver: who gives and who is to take it over.
        package: the fingerprint of the package it is bound to, as offered or as accepted. missing: what was missing
            in it then, by key.
        offered, accepted, rejected, lapsed: when; None: not. reason: of the rejection. worse: what let it lapse.
    """

    id: str
    stage: ElementId = ""
    giver: Person
    receiver: Person
    package: str
    missing: tuple[str, ...] = ()
    offered: datetime
    accepted: datetime | None = None
    rejected: datetime | None = None
    lapsed: datetime | None = None
    reason: str = ""
    worse: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """offered, accepted, rejected, or lapsed: the package got worse than the one it was bound to."""
        if self.lapsed is not None:
            return "lapsed"
        if self.rejected is not None:
            return "rejected"
        return "offered" if self.accepted is None else "accepted"

    @property
    def binding(self) -> bool:
        """True while it is on offer or accepted."""
        return self.standing in ("offered", "accepted")


@attrs.frozen(kw_only=True)
class Lesson:
    """What was learned. *stage*: what it is about; *tags*: words to find it by; *by*, *at*: who recorded it, when."""

    text: str
    stage: ElementId = ""
    tags: tuple[str, ...] = ()
    by: Person
    at: datetime


Handovers: TypeAlias = "HashTrieMap[str, Handover]"
HandoverEvent: TypeAlias = e.HandoverOffered | e.HandoverAccepted | e.HandoverRejected | e.HandoverLapsed


def handovers_after(handovers: Handovers, event: HandoverEvent) -> Handovers:
    """Return the hand-overs after *event*; one about a hand-over that is not there changes nothing."""
    if isinstance(event, e.HandoverOffered):
        new = Handover(
            id=event.handover,
            stage=event.stage,
            giver=event.by,
            receiver=event.to,
            package=event.package,
            missing=event.missing,
            offered=event.at,
        )
        return handovers.insert(new.id, new)
    old = handovers.get(event.handover)
    if old is None:
        return handovers
    match event:
        case e.HandoverAccepted():
            new = attrs.evolve(old, accepted=event.at, package=event.package, missing=event.missing)
        case e.HandoverRejected():
            new = attrs.evolve(old, rejected=event.at, reason=event.reason)
        case e.HandoverLapsed():
            new = attrs.evolve(old, lapsed=event.at, worse=event.because)
    return handovers.insert(new.id, new)
