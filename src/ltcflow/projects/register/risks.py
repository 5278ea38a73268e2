"""Risks: what the register of a project holds of each, and how its events change it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.conditions import Money
from ltcflow.projects.register import events as e
from ltcflow.projects.register.responses import Response
from ltcflow.roles import Person
from ltcflow.stages import RiskLevel


@attrs.frozen
class RiskAction:
    """Something that somebody does about a risk; *done* is None until it is."""

    number: int
    text: str
    owner: str
    due: date
    done: datetime | None = None


@attrs.frozen
class Risk:
    """A risk on the register.

    Attributes:
        level: how heavy it is. probability, impact: steps of the scale of the process; 0: not rated.
        opportunity: it would do good. cause, what, effect: because of what, what might happen, what would follow.
        money: what it would cost (an opportunity: bring) if it happened. trigger: when it may show itself first.
        response, actions: what is done about it. left: probability and impact after that; (0, 0): not said.
        handed_to: who owns it beyond the end of the project. closed: it is over, because of *reason*.
        raised, raised_by, closed_at: when, by whom; None in states made by hand.
    """

    id: str
    level: RiskLevel
    title: str = ""
    owner: str = ""
    closed: bool = False
    probability: int = 0
    impact: int = 0
    opportunity: bool = False
    cause: str = ""
    what: str = ""
    effect: str = ""
    money: Money | None = None
    trigger: date | None = None
    response: Response | None = None
    left: tuple[int, int] = (0, 0)
    actions: tuple[RiskAction, ...] = ()
    handed_to: str = ""
    reason: str = ""
    raised: datetime | None = None
    raised_by: Person = ""
    closed_at: datetime | None = None

    @property
    def score(self) -> int:
        """Probability times impact, in steps; 0 when it is not rated."""
        return self.probability * self.impact

    @property
    def pending(self) -> bool:
        """True while the project has to see to it: neither closed nor handed over."""
        return not self.closed and not self.handed_to

    @property
    def standing(self) -> str:
        """closed, handed_over, answered (there is a response) or open."""
        if self.closed:
            return "closed"
        if self.handed_to:
            return "handed_over"
        return "open" if self.response is None else "answered"


Risks: TypeAlias = "HashTrieMap[str, Risk]"
RiskEvent: TypeAlias = (
    e.RiskRaised
    | e.RiskUpdated
    | e.RiskAnswered
    | e.RiskActionPlanned
    | e.RiskActionDone
    | e.RiskHandedOver
    | e.RiskClosed
)


def risks_after(risks: Risks, event: RiskEvent) -> Risks:
    """Return the risks after *event*; one about a risk that is not there changes nothing."""
    if isinstance(event, e.RiskRaised):
        return risks.insert(event.risk, _raised(event))
    old = risks.get(event.risk)
    if old is None:
        return risks
    match event:
        case e.RiskUpdated():
            new = _updated(old, event)
        case e.RiskAnswered():
            new = attrs.evolve(old, response=event.response, left=(event.probability, event.impact))
        case e.RiskActionPlanned():
            action = RiskAction(event.action, event.text, event.owner, event.due)
            new = attrs.evolve(old, actions=(*old.actions, action))
        case e.RiskActionDone():
            actions = (attrs.evolve(a, done=event.at) if a.number == event.action else a for a in old.actions)
            new = attrs.evolve(old, actions=tuple(actions))
        case e.RiskHandedOver():
            new = attrs.evolve(old, handed_to=event.to, owner=event.to)
        case e.RiskClosed():
            new = attrs.evolve(old, closed=True, reason=event.reason, closed_at=event.at)
    return risks.insert(event.risk, new)


def _raised(event: e.RiskRaised) -> Risk:
    return Risk(
        event.risk,
        event.level,
        event.title,
        event.owner,
        probability=event.probability,
        impact=event.impact,
        opportunity=event.opportunity,
        cause=event.cause,
        what=event.what,
        effect=event.effect,
        money=event.money,
        trigger=event.trigger,
        raised=event.at,
        raised_by=event.by,
    )


def _updated(old: Risk, event: e.RiskUpdated) -> Risk:
    return attrs.evolve(
        old,
        level=event.level,
        owner=event.owner or old.owner,
        probability=event.probability or old.probability,
        impact=event.impact or old.impact,
        money=old.money if event.money is None else event.money,
        trigger=old.trigger if event.trigger is None else event.trigger,
    )
