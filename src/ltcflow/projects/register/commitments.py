"""The ledger of promises: each commitment, its trace to contract, delivery and acceptance; the contract's clauses."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.conditions import Money
from ltcflow.names import ElementId
from ltcflow.projects.register import events as e
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class Commitment:
    """A promise on the ledger.

    Attributes:
        text: what was promised. to, made_by: to whom, and who promised it. value: what it is worth.
        source: the element in which it was promised.
        clause, activity, acceptance: where it stands in the contract, what delivers it, by what it is accepted.
        fulfilled, withdrawn: when it was kept or let go; None: not. reason: of the withdrawal.
    """

    id: str
    text: str
    to: str = ""
    made_by: str = ""
    value: Money | None = None
    source: ElementId = ""
    clause: str = ""
    activity: ElementId = ""
    acceptance: str = ""
    recorded: datetime
    recorded_by: Person = ""
    fulfilled: datetime | None = None
    withdrawn: datetime | None = None
    reason: str = ""

    @property
    def open(self) -> bool:
        """True until it is kept or let go."""
        return self.fulfilled is None and self.withdrawn is None

    @property
    def traced(self) -> bool:
        """True when it stands in the contract, something delivers it, and something accepts it."""
        return bool(self.clause and self.activity and self.acceptance)

    @property
    def standing(self) -> str:
        """fulfilled, withdrawn, traced or untraced."""
        if self.withdrawn is not None:
            return "withdrawn"
        if self.fulfilled is not None:
            return "fulfilled"
        return "traced" if self.traced else "untraced"


@attrs.frozen
class Clause:
    """A clause of the contract."""

    id: str
    text: str = ""


Commitments: TypeAlias = "HashTrieMap[str, Commitment]"
Clauses: TypeAlias = "HashTrieMap[str, Clause]"
CommitmentEvent: TypeAlias = e.CommitmentRecorded | e.CommitmentTraced | e.CommitmentFulfilled | e.CommitmentWithdrawn


def commitments_after(commitments: Commitments, event: CommitmentEvent) -> Commitments:
    """Return the ledger after *event*; one about a promise that is not there changes nothing."""
    if isinstance(event, e.CommitmentRecorded):
        new = Commitment(
            id=event.commitment,
            text=event.text,
            to=event.to,
            made_by=event.made_by,
            value=event.value,
            source=event.source,
            recorded=event.at,
            recorded_by=event.by,
        )
        return commitments.insert(event.commitment, new)
    old = commitments.get(event.commitment)
    if old is None:
        return commitments
    match event:
        case e.CommitmentTraced():
            new = attrs.evolve(
                old,
                clause=event.clause or old.clause,
                activity=event.activity or old.activity,
                acceptance=event.acceptance or old.acceptance,
            )
        case e.CommitmentFulfilled():
            new = attrs.evolve(old, fulfilled=event.at)
        case e.CommitmentWithdrawn():
            new = attrs.evolve(old, withdrawn=event.at, reason=event.reason)
    return commitments.insert(event.commitment, new)
