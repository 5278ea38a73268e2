"""Which facts make which conditions come out how: the assignments that the proofs of soundness go through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from ltcflow.conditions import (
    Condition,
    ConditionError,
    FactValue,
    Truth,
    compile_condition,
    sample_space,
    witness_text,
)
from ltcflow.process import Process
from ltcflow.stages import Activity, Gate, Milestone

Values: TypeAlias = Mapping[str, FactValue]

MOST_CASES = 4096
"""How many assignments one proof looks at; beyond that a finding says that it is no proof."""


def condition_of(process: Process, source: str) -> Condition | None:
    """Return the compiled condition, or None for "" and for one that cannot be used (`ltcflow.check` reports that)."""
    if not source:
        return None
    try:
        return compile_condition(source, process.facts_by_id)
    except ConditionError:
        return None


def whens_of(process: Process, element: Activity | Gate | Milestone) -> tuple[Condition, ...]:
    """Return the usable conditions under which *element* applies: its own and its stage's."""
    stage = process.stage_of(element.id)
    sources = (stage.when if stage is not None else "", element.when)
    return tuple(c for c in (condition_of(process, source) for source in sources) if c is not None)


def holds(conditions: Iterable[Condition], values: Values) -> Truth:
    """Return whether all of *conditions* hold (Kleene's "and")."""
    truth = Truth.TRUE
    for condition in conditions:
        truth = truth & condition.evaluate(values)
    return truth


def groups(conditions: Iterable[Condition]) -> tuple[tuple[Condition, ...], ...]:
    """Return *conditions* in groups that share no fact: what one group says has no bearing on another."""
    made: list[tuple[set[str], list[Condition]]] = []
    for condition in dict.fromkeys(conditions):
        names, members = set(condition.facts), [condition]
        rest: list[tuple[set[str], list[Condition]]] = []
        for other_names, others in made:
            if names & other_names:
                names |= other_names
                members = [*others, *members]
            else:
                rest.append((other_names, others))
        made = [*rest, (names, members)]
    return tuple(tuple(members) for _, members in made)


def related(conditions: Iterable[Condition], to: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return those of *conditions* that share a fact with one of *to*, directly or through others of *conditions*."""
    wanted, kept = {name for c in to for name in c.facts}, set(dict.fromkeys(to))
    pool = [c for c in dict.fromkeys(conditions) if c not in kept]
    found: list[Condition] = []
    while True:
        near = [c for c in pool if c.facts & wanted]
        if not near:
            return tuple(found)
        found += near
        pool = [c for c in pool if c not in near]
        wanted |= {name for c in near for name in c.facts}


@attrs.frozen
class Cases:
    """The assignments to look at for some conditions; *proved*: they show everything that any assignment shows."""

    rows: tuple[Values, ...]
    proved: bool


def cases(process: Process, conditions: Sequence[Condition], limit: int = MOST_CASES) -> Cases:
    """Return the assignments of all facts that *conditions* read: representative ones, at most *limit*."""
    space = sample_space(conditions, process.facts_by_id, limit)
    return Cases(tuple(space.rows()), space.exhaustive)


@attrs.frozen
class Satisfied:
    """Whether some conditions can hold together: *values* under which they do, or None; *proved*: None is certain."""

    values: Values | None
    proved: bool = True


def satisfy(process: Process, conditions: Iterable[Condition]) -> Satisfied:
    """Say whether all of *conditions* can be true at once. Cost: one look at each case of each group."""
    values: dict[str, FactValue] = {}
    for group in groups(conditions):
        found = cases(process, group)
        row = next((row for row in found.rows if holds(group, row) is Truth.TRUE), None)
        if row is None:
            return Satisfied(None, found.proved)
        values.update(row)
    return Satisfied(values)


def smaller(values: Values) -> Iterator[dict[str, FactValue]]:
    """Yield *values* with one fact left out, for each fact."""
    for name in values:
        yield {key: value for key, value in values.items() if key != name}


def spoken(process: Process, values: Values) -> tuple[str, ...]:
    """Return *values* for people: ("grade = 'C'",)."""
    return witness_text(values, process.facts_by_id)
