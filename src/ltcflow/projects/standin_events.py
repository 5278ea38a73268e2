"""Events about who stands in for whom: authority handed on, substitutes, absences."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import attrs

from ltcflow.names import ElementId, RoleId
from ltcflow.projects.base import Event
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class StandInEvent(Event):
    """What these events share: the rules of gates and work stay as they are, the people behind them change."""


@attrs.frozen(kw_only=True)
class AuthorityDelegated(StandInEvent):
    """*by* lets *to* judge gates in their place, from *since* to *until*, both days included.

    *gates*, *roles*: what it is limited to; (): any. *onward*: *to* may hand it on, once more or more often.
    """

    delegation: str
    to: Person
    since: date
    until: date
    gates: tuple[ElementId, ...] = ()
    roles: tuple[RoleId, ...] = ()
    onward: bool = False


@attrs.frozen(kw_only=True)
class DelegationRevoked(StandInEvent):
    delegation: str
    reason: str = ""


@attrs.frozen(kw_only=True)
class SubstitutesNamed(StandInEvent):
    """*people* stand in, in this order, for who wears *role* and is absent; nobody: there are none any more."""

    role: RoleId
    people: tuple[Person, ...]


@attrs.frozen(kw_only=True)
class AbsenceDeclared(StandInEvent):
    """*person* is away from *since* to *until*, both days included."""

    person: Person
    since: date
    until: date
    note: str = ""


@attrs.frozen(kw_only=True)
class AbsenceEnded(StandInEvent):
    """*person* is back: what was declared of days to come is void."""

    person: Person


AnyStandInEvent: TypeAlias = AuthorityDelegated | DelegationRevoked | SubstitutesNamed | AbsenceDeclared | AbsenceEnded
