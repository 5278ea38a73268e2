"""Commands about who stands in for whom: authority handed on, substitutes, absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

import attrs

from ltcflow.projects.base import Command, as_day, as_text
from ltcflow.roles import Person, check_person


def _people(value: Person | Iterable[Person]) -> tuple[Person, ...]:
    people = (value,) if isinstance(value, str) else tuple(value)
    return tuple(dict.fromkeys(check_person(p) for p in people))


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(as_text(name) for name in ((value,) if isinstance(value, str) else value)))


def _day_or_none(value: date | str | None) -> date | None:
    return None if value is None else as_day(value)


@attrs.frozen(kw_only=True)
class DelegateAuthority(Command):
    """Let *to* judge gates in the place of *by* until a day, from now or from *since* on.

    Attributes:
        since, until: the first and the last day, both included; days of the time zone of the project.
        gates, roles: only these gates, only in these roles; (): any.
        onward: *to* may hand it on.
    """

    to: Person = attrs.field(converter=check_person)
    until: date = attrs.field(converter=as_day)
    since: date | None = attrs.field(default=None, converter=_day_or_none)
    gates: tuple[str, ...] = attrs.field(default=(), converter=_names)
    roles: tuple[str, ...] = attrs.field(default=(), converter=_names)
    onward: bool = False


@attrs.frozen(kw_only=True)
class RevokeDelegation(Command):
    """Take a delegation back, by its id."""

    delegation: str = attrs.field(converter=as_text)
    reason: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class NameSubstitutes(Command):
    """Name who stands in for the wearers of *role* while they are absent, in this order."""

    role: str
    people: tuple[Person, ...] = attrs.field(converter=_people)


@attrs.frozen(kw_only=True)
class DeclareAbsence(Command):
    """Say that *person* is away, from *since* (left out: today) to *until*, both days included."""

    person: Person = attrs.field(converter=check_person)
    until: date = attrs.field(converter=as_day)
    since: date | None = attrs.field(default=None, converter=_day_or_none)
    note: str = attrs.field(default="", converter=as_text)


@attrs.frozen(kw_only=True)
class EndAbsence(Command):
    """Say that *person* is back."""

    person: Person = attrs.field(converter=check_person)


AnyStandInCommand: TypeAlias = DelegateAuthority | RevokeDelegation | NameSubstitutes | DeclareAbsence | EndAbsence
