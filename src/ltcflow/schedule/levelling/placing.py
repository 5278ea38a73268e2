"""Placing the nodes of projects one by one: the serial scheme with lags, durations and calendars of every kind.

The search works on whole working minutes, in which an elapsed lag has no fixed length. Here each node is placed
exactly, in the order the search found: as early as its links, the numbers of its roles and the people by name allow.
Who is held is kept in a ledger, in minutes of UTC, so that several projects can share it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import attrs

from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.schedule.levelling.axes import Axis, Room
from ltcflow.schedule.levelling.people import Crew
from ltcflow.schedule.model import Model

_NOBODY: Mapping[RoleId, Person] = MappingProxyType({})
_LATE = 2**61


class Held(NamedTuple):
    """People held by one node of one project from one minute of UTC to another."""

    project: str
    node: int
    element: ElementId
    start: int
    end: int
    roles: tuple[RoleId, ...]
    people: tuple[Person, ...]


@attrs.frozen(kw_only=True)
class Wait:
    """Why an element starts later than what it waits for allows: everybody who could do it is held by something else.

    Attributes:
        roles: the roles that lacked somebody; people: those of them who are known by name.
        held_by: the elements that held them just before it starts, of another project as "project/element".
        minutes: working minutes from the moment it could have started to its start.
    """

    roles: tuple[RoleId, ...]
    people: tuple[Person, ...]
    held_by: tuple[ElementId, ...]
    minutes: int


@attrs.define
class Placed:
    """Where every node of one project stands, in numbers of its axis.

    Attributes:
        start, end: of each node; could: when its links alone would have let it start.
        held: who is held by which node; waits: why nodes started later than they could, once that was explained.
    """

    start: list[int]
    end: list[int]
    could: list[int]
    held: dict[int, Held] = attrs.field(factory=dict)
    waits: dict[int, Wait] = attrs.field(factory=dict)

    def copy(self) -> Placed:
        """Return the same, to go on from without changing this one."""
        return Placed([*self.start], [*self.end], [*self.could], {**self.held}, {**self.waits})


@attrs.define
class Ledger:
    """Who is held when, by all projects that share people.

    Attributes:
        shared: by role, how many there are for all projects together.
        held: in the order of placing; by_start: the same by start, for `beside`; longest: of them all.
    """

    shared: Mapping[RoleId, int] = attrs.field(factory=dict)
    held: list[Held] = attrs.field(factory=list)

    by_start: list[tuple[int, int, Held]] = attrs.field(factory=list)
    longest: int = 0

    def copy(self) -> Ledger:
        """Return a ledger that can be written to without changing this one."""
        return Ledger(self.shared, [*self.held], [*self.by_start], self.longest)

    def become(self, other: Ledger) -> None:
        """Take over what *other* holds."""
        self.held, self.by_start, self.longest = other.held, other.by_start, other.longest

    def add(self, held: Held) -> None:
        """Hold people."""
        self.held.append(held)
        insort(self.by_start, (held.start, len(self.by_start), held))
        self.longest = max(self.longest, held.end - held.start)

    def remove(self, held: Held) -> None:
        """Let people go."""
        self.held.remove(held)
        self.by_start = [entry for entry in self.by_start if entry[2] != held]

    def beside(self, start: int, end: int) -> list[Held]:
        """Return what is held at some minute from *start* to *end*. Cost: O(what begins near that)."""
        near = range(bisect_left(self.by_start, (start - self.longest,)), bisect_left(self.by_start, (end,)))
        return [held for _, _, held in (self.by_start[at] for at in near) if start < held.end]

    def lacking(self, project: str, roles: Sequence[RoleId], crew: Crew, beside: Sequence[Held]) -> list[RoleId]:
        """Return those of *roles* of which *beside* leaves nobody, in the project or in all of them."""
        mine = [held for held in beside if held.project == project]
        return [
            role
            for role in roles
            if _most(role, mine) >= crew.number(role)
            or (role in self.shared and _most(role, beside) >= self.shared[role])
        ]


class Placing:
    """One project: its model, its axis, who is scarce in it, and what each node wants.

    Args:
        wanted: the scarce roles that each node needs.
        at_work: who is at work already, by node and role.
    """

    def __init__(
        self,
        model: Model,
        axis: Axis,
        scarce: Crew,
        wanted: Sequence[tuple[RoleId, ...]],
        *,
        project: str = "",
        at_work: Mapping[int, Mapping[RoleId, Person]] | None = None,
    ) -> None:
        self.model, self.axis, self.scarce, self.project = model, axis, scarce, project
        self.wanted = [roles if length.minutes else () for roles, length in zip(wanted, model.lengths, strict=True)]
        self.at_work = at_work or {}
        self.engaged: frozenset[Person] = frozenset()  # at work somewhere: others go first while that is settled

    def empty(self) -> Placed:
        """Return a project of which nothing has been placed."""
        count = len(self.model.nodes)
        return Placed([0] * count, [0] * count, [0] * count)

    def place(self, order: Iterable[int], ledger: Ledger, placed: Placed) -> Placed:
        """Place every node of *order* as early as possible after those before it, and return *placed*.

        Cost: O(nodes * held^2) at worst.
        """
        for node in order:
            self.put(node, placed, ledger)
        return placed

    def put(self, node: int, placed: Placed, ledger: Ledger) -> None:
        """Place one node after those it waits for."""
        room = self.axis.room(node, placed.start, placed.end)
        start, end = self.axis.place(node, room, -_LATE)
        placed.could[node] = start
        if self.wanted[node]:
            start, end = self._hold(node, room, (start, end), placed, ledger)
        placed.start[node], placed.end[node] = start, end

    def _hold(self, node: int, room: Room, first: tuple[int, int], placed: Placed, ledger: Ledger) -> tuple[int, int]:
        since = self.axis.span(node, *first)[0]
        ends = {held.end for held in ledger.held if held.end > since}
        tried = -_LATE
        for minute in (since, *sorted(ends)):
            start, end = first if minute == since else self.axis.place(node, room, self.axis.number(minute))
            if start > tried and self.take(node, start, end, placed, ledger):
                return start, end
            tried = max(tried, start)
        raise AssertionError("after everything else somebody is free")

    def take(self, node: int, start: int, end: int, placed: Placed, ledger: Ledger) -> bool:
        """Hold people for a node from *start* to *end*; False when somebody is lacking."""
        since, until = self.axis.span(node, start, end)
        beside, roles = ledger.beside(since, until), self.wanted[node]
        if ledger.lacking(self.project, roles, self.scarce, beside):
            return False
        people = self._free(node, beside)
        if people is None:
            return False
        held = Held(self.project, node, self.model.nodes[node].id, since, until, roles, people)
        placed.held[node] = held
        ledger.add(held)
        return True

    def _free(self, node: int, beside: Sequence[Held]) -> tuple[Person, ...] | None:
        """Return who of the named roles of a node is free beside that, whoever is at work on it already going on."""
        busy = {person for held in beside for person in held.people}
        fixed = self.at_work.get(node, _NOBODY)
        named = [role for role in self.wanted[node] if self.scarce.named(role)]
        if not busy.isdisjoint(fixed.values()):
            return None
        roles, engaged = [role for role in named if role not in fixed], self.engaged.difference(fixed.values())
        others = self.scarce.fill(roles, busy | engaged, fixed.values())
        if others is None and engaged:
            others = self.scarce.fill(roles, busy, fixed.values())
        if others is None:
            return None
        left = iter(others)
        return tuple(fixed[role] if role in fixed else next(left) for role in named)

    def explain(self, placed: Placed, ledger: Ledger) -> None:
        """Say why nodes did not start when their links would have let them: by what was placed before them."""
        for node, held in placed.held.items():
            if placed.start[node] > placed.could[node]:
                placed.waits[node] = self._wait(node, placed, ledger, ledger.held[: ledger.held.index(held)])

    def _wait(self, node: int, placed: Placed, ledger: Ledger, earlier: list[Held]) -> Wait:
        """Return what kept *node* from starting one minute earlier."""
        at, could = placed.start[node], placed.could[node]
        span = self.axis.span(node, *self.axis.place(node, Room(could, None), self.axis.before(node, at)))
        beside = [held for held in earlier if held.start < span[1] and span[0] < held.end]
        roles = ledger.lacking(self.project, self.wanted[node], self.scarce, beside) or self._busy(node, beside)
        could_do = {person for role in roles for person in self.scarce.named(role)}
        lacking = [h for h in beside if not set(roles).isdisjoint(h.roles) or not could_do.isdisjoint(h.people)]
        return Wait(
            roles=tuple(roles),
            people=tuple(dict.fromkeys(p for h in lacking for p in h.people if p in could_do)),
            held_by=tuple(dict.fromkeys(self._said(h) for h in lacking)),
            minutes=self.axis.working(at) - self.axis.working(could),
        )

    def _busy(self, node: int, beside: Sequence[Held]) -> list[RoleId]:
        """Return the roles of a node all of whose people are busy; all named ones where people only are too few."""
        busy = {person for held in beside for person in held.people}
        named = [role for role in self.wanted[node] if self.scarce.named(role)]
        return [role for role in named if busy >= {*self.scarce.named(role)}] or named

    def _said(self, held: Held) -> str:
        return held.element if held.project == self.project else f"{held.project}/{held.element}"


def _most(role: RoleId, beside: Sequence[Held]) -> int:
    """Return how often *role* is held at the busiest moment."""
    changes = sorted(change for held in beside if role in held.roles for change in ((held.start, 1), (held.end, -1)))
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
