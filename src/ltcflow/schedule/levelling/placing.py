"""Placing the nodes of a process on its own clock, one by one: the serial scheme with lags and durations of both kinds.

The search works on whole working minutes, in which an elapsed lag has no fixed length. Here each node is placed
exactly, in the order the search found: as early as its links, the numbers of its roles and the people by name allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.elapsed import MixedLink, Steps
from ltcflow.schedule.levelling.people import Crew, fill
from ltcflow.schedule.model import Model


class Held(NamedTuple):
    """People held from one working minute to another by one node."""

    node: int
    start: int
    end: int
    roles: tuple[RoleId, ...]
    people: tuple[Person, ...]


@attrs.frozen(kw_only=True)
class Wait:
    """Why an element starts later than what it waits for allows: everybody who could do it is held by something else.

    Attributes:
        roles: the roles that lacked somebody; people: those of them who are known by name.
        held_by: the elements that held them just before it starts.
        minutes: working minutes from the moment it could have started to its start.
    """

    roles: tuple[RoleId, ...]
    people: tuple[Person, ...]
    held_by: tuple[ElementId, ...]
    minutes: int


@attrs.define
class Placed:
    """Where every node stands, in working minutes.

    Attributes:
        start, end: of each node; could: when its links alone would have let it start.
        held: who is held when, in the order of placing.
    """

    start: list[int]
    end: list[int]
    could: list[int]
    held: list[Held] = attrs.field(factory=list)


class Placing:
    """One model, its links by target, and who is scarce."""

    def __init__(self, model: Model, clock: ProjectClock, scarce: Crew, wanted: Sequence[tuple[RoleId, ...]]) -> None:
        self.model, self.scarce, self.wanted = model, scarce, wanted
        self.steps = Steps(model.lengths, clock)
        self.into: list[list[MixedLink]] = [[] for _ in model.nodes]
        for link in model.links:
            self.into[link.target].append(link)

    def place(self, order: Sequence[int]) -> Placed:
        """Return every node of *order*, each placed as early as possible after those before it.

        Cost: O(nodes * held) steps on the clock at worst.
        """
        start = list(self.model.not_before)
        placed = Placed(start, [0] * len(start), [0] * len(start))
        for node in order:
            bounds = (self.steps.bound(link, placed.start, placed.end) for link in self.into[node])
            at = placed.could[node] = max([start[node], *bounds])
            if self.wanted[node] and self.model.lengths[node].minutes:
                at = self._hold(node, at, placed)
            placed.start[node], placed.end[node] = at, self.steps.finish(node, at)
        return placed

    def _hold(self, node: int, earliest: int, placed: Placed) -> int:
        roles = self.wanted[node]
        ends = {held.end for held in placed.held if held.end > earliest and not set(roles).isdisjoint(self._of(held))}
        for at in sorted({earliest, *ends}):
            end = self.steps.finish(node, at)
            people = self.free(node, at, end, placed)
            if people is not None:
                placed.held.append(Held(node, at, end, roles, people))
                return at
        raise AssertionError("after everything else somebody is free")

    def _of(self, held: Held) -> Iterator[RoleId]:
        """Yield the roles that what is held could fill."""
        yield from held.roles
        for person in held.people:
            yield from (role for role in self.scarce.roles if person in self.scarce.named(role))

    def free(self, node: int, start: int, end: int, placed: Placed) -> tuple[Person, ...] | None:
        """Return who of the named roles of *node* is free from *start* to *end*; None when somebody is lacking."""
        beside = [held for held in placed.held if held.node != node and held.start < end and start < held.end]
        roles = self.wanted[node]
        if any(_most(role, beside) >= self.scarce.number(role) for role in roles):
            return None
        busy = {person for held in beside for person in held.people}
        return fill([role for role in roles if self.scarce.named(role)], self.scarce, busy)

    def wait(self, node: int, placed: Placed) -> Wait | None:
        """Return why *node* did not start one minute earlier although its links allow it; None where they do not."""
        at, could = placed.start[node], placed.could[node]
        if at <= could:
            return None
        end = self.steps.finish(node, at - 1)
        beside = [held for held in placed.held if held.node != node and held.start < end and at - 1 < held.end]
        roles = [role for role in self.wanted[node] if _most(role, beside) >= self.scarce.number(role)]
        if not roles:
            busy = {person for held in beside for person in held.people}
            roles = [
                role for role in self.wanted[node] if self.scarce.named(role) and busy >= {*self.scarce.named(role)}
            ]
            roles = roles or [role for role in self.wanted[node] if self.scarce.named(role)]
        could_do = {person for role in roles for person in self.scarce.named(role)}
        lacking = [h for h in beside if not set(roles).isdisjoint(h.roles) or not could_do.isdisjoint(h.people)]
        return Wait(
            roles=tuple(roles),
            people=tuple(dict.fromkeys(p for h in lacking for p in h.people if p in could_do)),
            held_by=tuple(dict.fromkeys(self.model.nodes[h.node].id for h in lacking)),
            minutes=at - could,
        )


def _most(role: RoleId, beside: Sequence[Held]) -> int:
    """Return how often *role* is held at the busiest moment."""
    changes = sorted(change for held in beside if role in held.roles for change in ((held.start, 1), (held.end, -1)))
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
