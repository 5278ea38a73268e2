"""Commands: what somebody wishes to happen in a project. Each names who wishes it and when."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue
from ltcflow.projects.base import Command as Command
from ltcflow.projects.base import as_day as _date
from ltcflow.projects.base import as_money as _money
from ltcflow.projects.base import as_text as _text
from ltcflow.projects.base import aware as aware
from ltcflow.projects.register.commands import REGISTER as REGISTER
from ltcflow.projects.register.commands import AnyRegisterCommand as AnyRegisterCommand
from ltcflow.projects.register.commands import CloseRisk as CloseRisk
from ltcflow.projects.register.commands import RaiseRisk as RaiseRisk
from ltcflow.projects.register.commands import RegisterCommand as RegisterCommand
from ltcflow.projects.register.commands import UpdateRisk as UpdateRisk
from ltcflow.projects.standin_commands import AnyStandInCommand as AnyStandInCommand
from ltcflow.projects.standin_commands import DeclareAbsence as DeclareAbsence
from ltcflow.projects.standin_commands import DelegateAuthority as DelegateAuthority
from ltcflow.projects.standin_commands import EndAbsence as EndAbsence
from ltcflow.projects.standin_commands import NameSubstitutes as NameSubstitutes
from ltcflow.projects.standin_commands import RevokeDelegation as RevokeDelegation
from ltcflow.roles import Person, Team, as_team, check_person
from ltcflow.stages import Verdict, as_verdict
from ltcflow.worktime.calendars import as_zone

RawValue: TypeAlias = Money | Decimal | int | float | str | bool | date
RawFacts: TypeAlias = tuple[tuple[str, RawValue], ...]
FactsLike: TypeAlias = "Mapping[str, RawValue] | Iterable[tuple[str, RawValue]]"


def _facts(values: FactsLike) -> RawFacts:
    pairs = values.items() if isinstance(values, Mapping) else values
    return tuple((_text(name), value) for name, value in pairs)


def _people(value: Person | Iterable[Person]) -> tuple[Person, ...]:
    people = (value,) if isinstance(value, str) else tuple(value)
    return tuple(dict.fromkeys(check_person(p) for p in people))


def _fields(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = values.items() if isinstance(values, Mapping) else values
    return tuple((_text(key), _text(value if isinstance(value, str) else str(value))) for key, value in pairs)


def _zone(value: str) -> str:
    return as_zone(value) if value != "" else ""


class Closing(enum.Enum):
    """How a project ended."""

    WON = "won"
    LOST = "lost"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


def _closing(value: Closing | str) -> Closing:
    try:
        return Closing(value)
    except ValueError:
        raise InvalidValue(
            field="outcome",
            value=repr(value),
            problem="is not an ending.",
            remedy="Use won, lost, cancelled, completed.",
        ) from None


@attrs.frozen
class Promise:
    """What a conditional go obliges somebody to do by a date (a Condition of the gate).

    Attributes:
        text: what is to be done. owner: the person or role that does it. due: the last day.
    """

    text: str = attrs.field(converter=_text)
    owner: str = attrs.field(converter=check_person)
    due: date = attrs.field(converter=_date)


PromiseLike: TypeAlias = "Promise | Mapping[str, Any]"


def _promises(values: Iterable[PromiseLike]) -> tuple[Promise, ...]:
    return tuple(v if isinstance(v, Promise) else Promise(**v) for v in values)


@attrs.frozen(kw_only=True)
class StartProject(Command):
    """Begin a project on a process.

    Attributes:
        definition: the fingerprint of that process.
        time_zone: IANA name of the zone whose days the project's dates are; "": that of the process's calendar.
    """

    project: str = attrs.field(converter=_text)
    title: str = attrs.field(default="", converter=_text)
    team: Team = attrs.field(default=Team(), converter=as_team)
    facts: RawFacts = attrs.field(default=(), converter=_facts)
    definition: str = ""
    time_zone: str = attrs.field(default="", converter=_zone)


@attrs.frozen(kw_only=True)
class AssignRole(Command):
    """Let exactly *people* wear *role*; nobody leaves it open."""

    role: str
    people: tuple[Person, ...] = attrs.field(converter=_people)


@attrs.frozen(kw_only=True)
class RecordFacts(Command):
    """Record what is now known."""

    facts: RawFacts = attrs.field(converter=_facts)


@attrs.frozen(kw_only=True)
class StartActivity(Command):
    """Begin an activity."""

    activity: str


@attrs.frozen(kw_only=True)
class FinishActivity(Command):
    """Finish an activity; one that was not begun is begun at the same moment."""

    activity: str


@attrs.frozen(kw_only=True)
class SubmitDeliverable(Command):
    """Hand in a deliverable with the content of its fields."""

    deliverable: str
    fields: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_fields)


@attrs.frozen(kw_only=True)
class CastVote(Command):
    """Judge a gate: go, conditional (with conditions), hold, recycle or stop (with a reason)."""

    gate: str
    verdict: Verdict = attrs.field(converter=as_verdict)
    conditions: tuple[Promise, ...] = attrs.field(default=(), converter=_promises)
    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class DelegateVote(Command):
    """Let *to* judge a gate in the place of *by*."""

    gate: str
    to: Person = attrs.field(converter=check_person)


@attrs.frozen(kw_only=True)
class MeetCondition(Command):
    """Say that a condition of a conditional go, or of an early start, is met."""

    condition: str
    note: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class RedateCondition(Command):
    """Give an unmet condition another date: a decision of those who may decide its gate."""

    condition: str
    due: date = attrs.field(converter=_date)
    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class WaiveCriterion(Command):
    """Let a gate pass without one of its criteria; *criterion* is its key."""

    gate: str
    criterion: str
    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class HoldProject(Command):
    """Let the project rest."""

    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class ResumeProject(Command):
    """Take up a resting project again."""

    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class CloseProject(Command):
    """End the project: won or completed when everything has ended; lost or cancelled with a reason."""

    outcome: Closing = attrs.field(converter=_closing)
    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class ReopenProject(Command):
    """Open a closed project again, with a reason."""

    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class ApproveEarlyStart(Command):
    """Let an activity start before what it waits for, on a condition that stays open until it is met.

    Attributes:
        daily_cost: what a working day of it is expected to cost. daily_limit, limit: the most that may be spent by
            working day, and in all, before the condition is met. None: not laid down.
    """

    activity: str
    condition: str = attrs.field(converter=_text)
    due: date = attrs.field(converter=_date)
    daily_cost: Money | None = attrs.field(default=None, converter=_money)
    daily_limit: Money | None = attrs.field(default=None, converter=_money)
    limit: Money | None = attrs.field(default=None, converter=_money)


@attrs.frozen(kw_only=True)
class StartWaiting(Command):
    """Say that an activity or gate waits for *on*, somebody outside the company: its clock stands still."""

    element: str
    on: str = attrs.field(default="", converter=_text)
    reason: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class EndWaiting(Command):
    """Say that what an activity or gate waited for has come: its clock goes on."""

    element: str
    note: str = attrs.field(default="", converter=_text)


@attrs.frozen(kw_only=True)
class Tick(Command):
    """Record what has fallen due by *at* and was not told yet; see `ltcflow.projects.due`."""


@attrs.frozen(kw_only=True)
class AddNote(Command):
    """Leave a note on the record."""

    text: str = attrs.field(converter=_text)


AnyCommand: TypeAlias = (
    StartProject
    | AssignRole
    | RecordFacts
    | StartActivity
    | FinishActivity
    | SubmitDeliverable
    | CastVote
    | DelegateVote
    | MeetCondition
    | RedateCondition
    | WaiveCriterion
    | HoldProject
    | ResumeProject
    | CloseProject
    | ReopenProject
    | ApproveEarlyStart
    | StartWaiting
    | EndWaiting
    | Tick
    | AddNote
    | AnyRegisterCommand
    | AnyStandInCommand
)
