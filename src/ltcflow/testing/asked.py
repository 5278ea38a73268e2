"""Who is asked about a gate, read naively from what a log tells: the oracle for delegations, absences and matrices.

It goes through plain lists of events and shares nothing with what decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from ltcflow.conditions import Truth, compile_condition, sample_space
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.roles import Person, SeparationKind
from ltcflow.stages import DecisionRule, Gate

if TYPE_CHECKING:
    from ltcflow.testing.told import Told


def rows_of(told: Told, gate: Gate) -> list[str]:
    """Return the conditions of the rows of the matrix that apply (or may), "*" for `decided_by`: in listed order."""
    if not gate.approval_matrix:
        return []
    truths = [compile_condition(r.when, told.process.facts_by_id).evaluate(told.facts) for r in gate.approval_matrix]
    keys = [row.id or row.when for row in gate.approval_matrix]
    found = [key for key, truth in zip(keys, truths, strict=True) if truth is not Truth.FALSE]
    base = gate.decided_by.voting and Truth.TRUE not in truths
    return ["*", *found] if base else found


@lru_cache(maxsize=256)
def _steps(process: Process, gate: Gate) -> frozenset[tuple[str, str]]:
    """Return (lower, higher) rows that no values of the facts make true together: tried out one by one."""
    rows = [(row.id or row.when, compile_condition(row.when, process.facts_by_id)) for row in gate.approval_matrix]
    found = {("*", key) for key, _ in rows}
    for i, (low, one) in enumerate(rows):
        for high, other in rows[i + 1 :]:
            space = sample_space([one, other], process.facts_by_id)
            both = any(one.evaluate(r) is other.evaluate(r) is Truth.TRUE for r in space.rows())
            if space.exhaustive and not both:
                found.add((low, high))
    return frozenset(found)


def outgrown(told: Told, gate: Gate, then: tuple[str, ...]) -> list[str]:
    """Return the rows that apply now, did not *then*, and are no step down from one that did and is gone."""
    now, steps = rows_of(told, gate), _steps(told.process, gate)
    gone = set(then) - set(now)
    return [row for row in now if row not in then and not any((row, high) in steps for high in gone)]


def rules_of(told: Told, gate: Gate) -> list[DecisionRule]:
    """Return the rules by which *gate* is decided now."""
    if not gate.approval_matrix:
        return [gate.decided_by]
    now, votes = rows_of(told, gate), told.gate(gate.id).votes
    then = list(votes[-1].rows) if votes else now
    if not outgrown(told, gate, tuple(then)):
        new = [row for row in now if row not in then]
        steps = _steps(told.process, gate)
        now = [r for r in now if r in then] + [r for r in then if r not in now and any((n, r) in steps for n in new)]
    by_row = {"*": gate.decided_by, **{row.id or row.when: row.decided_by for row in gate.approval_matrix}}
    return [rule for row, rule in by_row.items() if row in now]


def away(told: Told, person: Person, today: date) -> bool:
    """Say whether somebody is declared absent."""
    return any(a.person == person and a.since <= today <= a.until for a in told.absences)


def voters_of(told: Told, gate: Gate, today: date, *, again: bool = False) -> dict[Person, set[RoleId]]:
    """Return who votes on *gate* on a day, with the roles each speaks for; *again*: in a round to come."""
    state = told.gate(gate.id)
    given = {} if again else state.delegated
    votes = [] if again else state.votes
    roles = list(dict.fromkeys(role for rule in rules_of(told, gate) for role in rule.voting))
    seats = [(person, role) for role in roles for person in told.team.get(role, ())]
    holders = {person for person, _ in seats}
    sits: dict[tuple[Person, RoleId], Person] = {}
    for person, role in seats:
        if person in given:
            sits[person, role] = given[person]
        for vote in votes:
            if vote.instead_of == person and role in (*vote.roles, vote.role):
                sits[person, role] = vote.by
    speaks_for: dict[Person, Person] = {}
    for (person, _), other in sits.items():
        speaks_for.setdefault(other, person)
    own = {vote.by for vote in votes if not vote.instead_of}
    for person, role in seats:
        if (person, role) in sits or person in own or person in given:
            continue
        for other in _offers(told, gate, person, role, today):
            free = other not in holders and other != person and speaks_for.get(other, person) == person
            clean = not barred(told, other, role, gate.id) and not barred(told, person, role, gate.id)
            if free and clean and not away(told, other, today):
                sits[person, role] = other
                speaks_for[other] = person
                break
    found: dict[Person, set[RoleId]] = {}
    for person, role in seats:
        found.setdefault(sits.get((person, role), person), set()).add(role)
    return found


def _offers(told: Told, gate: Gate, person: Person, role: RoleId, today: date) -> Iterator[Person]:
    for delegation in _valid(told, gate, person, role, today):
        yield from _handed_on(told, gate, delegation, role, today, [person])
    if away(told, person, today):
        yield from told.substitutes.get(role, ())


def _handed_on(
    told: Told, gate: Gate, one: e.AuthorityDelegated, role: RoleId, today: date, way: list[Person]
) -> Iterator[Person]:
    if one.onward:
        for further in _valid(told, gate, one.to, role, today):
            if further.to not in [*way, one.to]:
                yield from _handed_on(told, gate, further, role, today, [*way, one.to])
    yield one.to


def _valid(told: Told, gate: Gate, person: Person, role: RoleId, today: date) -> list[e.AuthorityDelegated]:
    return [
        d
        for d in reversed(told.delegations)
        if d.by == person and d.since <= today <= d.until and d.delegation not in told.revoked
        if (not d.gates or gate.id in d.gates) and (not d.roles or role in d.roles)
    ]


def barred(told: Told, person: Person, role: RoleId, step: str) -> bool:
    """Say whether separation of duties keeps *person* from acting as *role* on *step*."""
    acted = {other for who, other in told.acted if who == person}
    worn = {other for other, people in told.team.items() if person in people}
    for roles in told.process.separation_of_duties:
        if role in roles and (acted | worn) & set(roles) - {role}:
            return True
    for rule in told.process.separation_rules:
        names = set(rule.names)
        took = {name for name, who in told.took if who == person}
        if rule.kind is SeparationKind.DYNAMIC and role in names and acted & names - {role}:
            return True
        if rule.kind is SeparationKind.HISTORY and step in names and took & names - {step}:
            return True
        if rule.kind is SeparationKind.OPERATIONAL and step in names and names - {step} <= took:
            return True
    return False


def stands_in_at_work(told: Told, person: Person, role: RoleId, today: date) -> bool:
    """Say whether *person* does the work of *role* as a substitute: everybody who wears it is away."""
    worn = told.team.get(role, ())
    there = not away(told, person, today)
    return there and person in told.substitutes.get(role, ()) and bool(worn) and all(away(told, p, today) for p in worn)
