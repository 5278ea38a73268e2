"""What all wishes for a project share, and the wishes for who stands in for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects import (
    AnyCommand,
    DeclareAbsence,
    DelegateAuthority,
    EndAbsence,
    NameSubstitutes,
    ProjectState,
    RevokeDelegation,
)
from ltcflow.roles import Person
from ltcflow.stages import Gate
from ltcflow.testing.playing import BEGINNING

STRANGERS = ("nobody", "王伟", "O'Neil; DROP", "p" * 200, "😀")
ABSURD = ("", "no_such", "没有的要素", "x" * 5_000, "a.b", "\u202eevil", "gate_0_0 ")
"""Ids that no process declares."""
_ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11)))


@st.composite
def moments(draw: st.DrawFn, state: ProjectState) -> datetime:
    """Moments to send a command at: soon after the last event, in any time zone; sometimes days later."""
    step = draw(st.sampled_from([1, 0, 1, 60, 60, 600, 60 * 24, 60 * 24 * 9]))
    return (max(state.at, BEGINNING) + timedelta(minutes=step)).astimezone(draw(st.sampled_from(_ZONES)))


class Wishing:
    """One state of one project, of which to wish: mostly sensible, one in *absurd* nonsense."""

    def __init__(self, process: Process, state: ProjectState, absurd: int = 8) -> None:
        self.process, self.state, self.absurd, self.mad = process, state, absurd, False
        self.everybody = sorted({p for _, people in state.team for p in people}) or ["li.wei"]

    def common(self, draw: st.DrawFn, people: list[Person]) -> dict[str, Any]:
        crowd = [*self.everybody, *STRANGERS] if self.odd(draw) else people or self.everybody
        at = draw(moments(self.state))
        return {"by": draw(st.sampled_from(crowd)), "at": at - timedelta(days=1) if self.odd(draw) else at}

    def odd(self, draw: st.DrawFn) -> bool:
        """Say whether something about a command is to be nonsense."""
        return self.mad and draw(st.booleans())

    def one(self, draw: st.DrawFn, known: list[str]) -> str:
        if not known or self.odd(draw):
            return draw(st.sampled_from(ABSURD))
        return draw(st.sampled_from(known))

    def people(self, roles: tuple[RoleId, ...]) -> list[Person]:
        return [person for role in roles for person in self.state.team.people(role)]

    def day(self, draw: st.DrawFn) -> date:
        today = max(self.state.at, BEGINNING).date()
        return today + timedelta(days=-1 if self.odd(draw) else draw(st.sampled_from([1, 1, 0, 5, 30])))

    def deciders(self, gates: list[Gate]) -> list[Person]:
        """Who wears a role that votes on one of *gates*."""
        return [p for g in gates for p in self.people(g.voting)]


class StandInWishes(Wishing):
    """Strategies for authority handed on, substitutes and absences."""

    def authority(self, draw: st.DrawFn) -> AnyCommand:
        gates, roles = [g.id for g in self.process.gates()], [r.id for r in self.process.roles]
        until = self.day(draw)
        return DelegateAuthority(
            to=draw(st.sampled_from([*self.everybody, "new.one", "stand.in"])),
            since=draw(st.sampled_from([None, None, until - timedelta(days=2)])),
            until=until,
            gates=[self.one(draw, gates)] if draw(st.integers(0, 3)) == 0 else [],
            roles=[self.one(draw, roles)] if draw(st.integers(0, 3)) == 0 else [],
            onward=draw(st.booleans()),
            **self.common(draw, [*self.deciders(list(self.process.gates())), "stand.in"]),
        )

    def recall(self, draw: st.DrawFn) -> AnyCommand:
        known = [d for d in self.state.delegations.values() if not d.revoked]
        name = self.one(draw, [d.id for d in known])
        return RevokeDelegation(delegation=name, **self.common(draw, [d.by for d in known if d.id == name]))

    def substitutes(self, draw: st.DrawFn) -> AnyCommand:
        role = self.one(draw, [r.id for r in self.process.roles])
        people = draw(st.lists(st.sampled_from([*self.everybody, "stand.in", "new.one"]), max_size=2))
        return NameSubstitutes(role=role, people=people, **self.common(draw, self.people(self.process.assigned_by)))

    def absence(self, draw: st.DrawFn) -> AnyCommand:
        person = draw(st.sampled_from([*self.everybody, "stand.in"]))
        return DeclareAbsence(person=person, until=self.day(draw), **self.common(draw, [person]))

    def back(self, draw: st.DrawFn) -> AnyCommand:
        person = draw(st.sampled_from([who for who, found in self.state.absences.items() if found] or ["nobody"]))
        return EndAbsence(person=person, **self.common(draw, [person]))
