"""The approval matrix of a gate: which of its rows apply under the facts, and whether the terms got worse.

* A row applies when its condition is true, and also while nobody knows whether it is: unknown facts never make the
  rule milder. Where no row is true, ``decided_by`` of the gate applies as well, as the lowest authority.
* Rows are listed from the lowest authority to the highest. Two rows that can never apply together are steps of one
  ladder. A row that applies now and did not when a vote was cast makes the terms worse, unless it is a step down: from
  a row of its ladder that is listed later and applied then.
* Where votes stand and the terms only got better, those who were asked stay asked: what the higher authority has
  begun to judge need not be judged again by the lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

import attrs

from ltcflow.conditions import Condition, FactValue, Truth, compile_condition
from ltcflow.graph.cases import satisfy
from ltcflow.process import Process
from ltcflow.projects.state import GateState
from ltcflow.stages import DecisionRule, Gate, limit_keys

OTHERWISE = "*"
"""The key of ``decided_by`` among the rows of a gate that has an approval matrix."""
Values: TypeAlias = Mapping[str, FactValue]


@attrs.frozen(eq=False)
class Row:
    """One row: its key, its condition (None: where no other row is true) and who decides then."""

    key: str
    condition: Condition | None
    rule: DecisionRule


@attrs.frozen(kw_only=True, eq=False)
class Matrix:
    """The rows of one gate, lowest authority first.

    Attributes:
        ladder: (lower, higher) keys of rows that can never apply together.
        facts: every fact the conditions read, sorted.
    """

    rows: tuple[Row, ...]
    ladder: frozenset[tuple[str, str]]
    facts: tuple[str, ...]

    def truths(self, values: Values) -> dict[str, Truth]:
        """Return for each row whether it applies under *values*: true, false, or unknown."""
        found: dict[str, Truth] = {}
        some = Truth.FALSE
        for row in self.rows:
            if row.condition is not None:
                found[row.key] = row.condition.evaluate(values)
                some = some | found[row.key]
        return {row.key: ~some if row.condition is None else found[row.key] for row in self.rows}

    def applying(self, values: Values) -> tuple[str, ...]:
        """Return the keys of the rows that apply under *values*, those among them that only may."""
        return tuple(key for key, truth in self.truths(values).items() if truth is not Truth.FALSE)

    def worse(self, then: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
        """Return the rows of *now* that make the terms worse than *then*: new, and no step down."""
        before, after = tuple(then), tuple(now)
        gone = [key for key in before if key not in after]
        return tuple(key for key in after if key not in before and not any((key, left) in self.ladder for left in gone))

    def in_force(self, values: Values, gate: GateState) -> tuple[str, ...]:
        """Return the keys of the rows by which *gate* is decided: those that apply, or a higher one voted on."""
        now = self.applying(values)
        then = gate.votes[-1].rows if gate.votes else ()
        if not then or then == now or self.worse(then, now):
            return now
        new = [key for key in now if key not in then]
        kept = {key for key in now if key in then}
        kept |= {left for left in then if left not in now and any((key, left) in self.ladder for key in new)}
        return tuple(row.key for row in self.rows if row.key in kept)

    def rules(self, keys: Iterable[str]) -> tuple[DecisionRule, ...]:
        """Return the rules of the rows called *keys*."""
        wanted = set(keys)
        return tuple(row.rule for row in self.rows if row.key in wanted)


@lru_cache(maxsize=1024)
def matrix_of(process: Process, gate: Gate) -> Matrix:
    """Return the approval matrix of *gate*, made ready. Pure and cached. Cost: O(rows^2) proofs, once.

    Raises:
        ConditionError: a condition cannot be used (`ltcflow.check` says so before).
    """
    facts = process.facts_by_id
    keys = limit_keys(gate.approval_matrix)
    named = zip(keys, gate.approval_matrix, strict=True)
    rows = [Row(key, compile_condition(row.when, facts), row.decided_by) for key, row in named]
    ladder = {
        (low.key, high.key)
        for i, low in enumerate(rows)
        for high in rows[i + 1 :]
        if _never_both(process, low.condition, high.condition)
    }
    if gate.decided_by.voting:
        ladder |= {(OTHERWISE, row.key) for row in rows}
        rows.insert(0, Row(OTHERWISE, None, gate.decided_by))
    read = {name for row in rows if row.condition is not None for name in row.condition.facts}
    return Matrix(rows=tuple(rows), ladder=frozenset(ladder), facts=tuple(sorted(read)))


def _never_both(process: Process, one: Condition | None, other: Condition | None) -> bool:
    found = satisfy(process, [c for c in (one, other) if c is not None])
    return found.values is None and found.proved
