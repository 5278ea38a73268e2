"""Change requests: what the register holds of each, how its events change it, and what they add up to."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.projects.register import events as e
from ltcflow.projects.register.sums import Sums, added
from ltcflow.roles import Person
from ltcflow.worktime import WorkDuration, as_duration


class ChangeStanding(enum.Enum):
    """Where a change request stands."""

    REQUESTED = "requested"
    ASSESSED = "assessed"
    APPROVED = "approved"
    REJECTED = "rejected"
    IMPLEMENTED = "implemented"

    @property
    def pending(self) -> bool:
        """True until it is decided."""
        return self in (ChangeStanding.REQUESTED, ChangeStanding.ASSESSED)

    @property
    def approved(self) -> bool:
        """True once it is approved, and when it is implemented."""
        return self in (ChangeStanding.APPROVED, ChangeStanding.IMPLEMENTED)


@attrs.frozen(kw_only=True)
class Change:
    """A change request.

    Attributes:
        title, side, asked_by: what is to be changed, who wants it (customer or us), by name.
        times: working time added by activity. cost, price: added to what it costs us, to what the customer pays.
        standing: where it stands. requested, assessed, decided, implemented: when; None: not yet.
        decided_by, reason: who decided it, and why.
    """

    id: str
    title: str = ""
    side: str = "customer"
    asked_by: str = ""
    times: tuple[tuple[ElementId, WorkDuration], ...] = ()
    cost: Money | None = None
    price: Money | None = None
    standing: ChangeStanding = ChangeStanding.REQUESTED
    requested: datetime
    requested_by: Person = ""
    assessed: datetime | None = None
    decided: datetime | None = None
    decided_by: Person = ""
    reason: str = ""
    implemented: datetime | None = None


Changes: TypeAlias = "HashTrieMap[str, Change]"
ChangeEvent: TypeAlias = e.ChangeRequested | e.ChangeAssessed | e.ChangeDecided | e.ChangeImplemented


def changes_after(changes: Changes, event: ChangeEvent) -> Changes:
    """Return the change requests after *event*; one about a request that is not there changes nothing."""
    if isinstance(event, e.ChangeRequested):
        new = Change(
            id=event.change,
            title=event.title,
            side=event.side,
            asked_by=event.asked_by,
            times=_times(event.times),
            cost=event.cost,
            price=event.price,
            requested=event.at,
            requested_by=event.by,
        )
        return changes.insert(event.change, new)
    old = changes.get(event.change)
    if old is None:
        return changes
    match event:
        case e.ChangeAssessed():
            new = attrs.evolve(
                old,
                standing=ChangeStanding.ASSESSED,
                times=_times(event.times),
                cost=event.cost,
                price=event.price,
                assessed=event.at,
            )
        case e.ChangeDecided():
            standing = ChangeStanding.APPROVED if event.approved else ChangeStanding.REJECTED
            new = attrs.evolve(old, standing=standing, decided=event.at, decided_by=event.by, reason=event.reason)
        case e.ChangeImplemented():
            new = attrs.evolve(old, standing=ChangeStanding.IMPLEMENTED, implemented=event.at)
    return changes.insert(event.change, new)


def _times(times: Iterable[tuple[str, str]]) -> tuple[tuple[ElementId, WorkDuration], ...]:
    """Return *times* as durations, without what is none: events have happened, and `apply` refuses nothing."""
    found = []
    for name, time in times:
        try:
            found.append((name, as_duration(time)))
        except InvalidValue:
            continue
    return tuple(found)


@attrs.frozen(kw_only=True)
class ChangeEffect:
    """What some changes do together: working time by activity, cost and price by currency; sorted, without zeros."""

    count: int = 0
    times: tuple[tuple[ElementId, WorkDuration], ...] = ()
    cost: Sums = ()
    price: Sums = ()

    @property
    def margin(self) -> Sums:
        """What they add to the margin: price less cost, by currency."""
        return added([*self.price, *(-amount for amount in self.cost)])


def effect_of(changes: Iterable[Change]) -> ChangeEffect:
    """Return what *changes* do together, in whatever order they come. Money is exact."""
    chosen = tuple(changes)
    times: dict[ElementId, int] = {}
    elapsed: dict[ElementId, bool] = {}
    for change in chosen:
        for name, time in change.times:
            times[name] = times.get(name, 0) + time.minutes
            elapsed[name] = time.elapsed
    return ChangeEffect(
        count=len(chosen),
        times=tuple((name, WorkDuration(times[name], elapsed[name])) for name in sorted(times) if times[name]),
        cost=added(change.cost for change in chosen),
        price=added(change.price for change in chosen),
    )


def pending_effect(changes: Changes) -> ChangeEffect:
    """Return what the requests that are not decided would do together."""
    return effect_of(change for change in changes.values() if change.standing.pending)


def approved_effect(changes: Changes) -> ChangeEffect:
    """Return what the approved changes do together, those implemented included."""
    return effect_of(change for change in changes.values() if change.standing.approved)
