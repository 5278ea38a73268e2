"""Who is asked about a gate now: the rows of its approval matrix in force, their rules, and who votes by them."""

from __future__ import annotations

import attrs

from ltcflow.projects.matrix import matrix_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.standins import StandIns, stand_ins
from ltcflow.projects.state import GateState
from ltcflow.projects.votes import Rules, Tally, Voter, tally, voters
from ltcflow.stages import DecisionRule, Gate


@attrs.frozen(kw_only=True)
class Panel:
    """Who decides a gate in one round: the keys of the rows in force, their rules, and who votes."""

    rows: tuple[str, ...]
    rules: tuple[DecisionRule, ...]
    stand_ins: StandIns
    voters: tuple[Voter, ...]
    round: GateState


def panel(progress: Progress, gate: Gate, round_: GateState | None = None) -> Panel:
    """Return who decides *gate* now, in the round that a vote falls into unless another is given.

    Cost: O(rules * people * roles); the conditions of an approval matrix are evaluated once.
    """
    state = progress.gate_round(gate.id) if round_ is None else round_
    rows, rules = rows_and_rules(progress, gate, state)
    found = stand_ins(progress.process, progress.state, gate.id, rules, state, progress.at)
    everybody = voters(rules, progress.state.team, state, found)
    return Panel(rows=rows, rules=rules, stand_ins=found, voters=everybody, round=state)


def rows_and_rules(
    progress: Progress, gate: Gate, state: GateState
) -> tuple[tuple[str, ...], tuple[DecisionRule, ...]]:
    """Return the rows of the approval matrix of *gate* in force, and their rules; its one rule without a matrix."""
    if not gate.approval_matrix:
        return (), (gate.decided_by,)
    matrix = matrix_of(progress.process, gate)
    rows = matrix.in_force(progress.state.facts, state)
    return rows, matrix.rules(rows)


def standing(progress: Progress, gate: Gate, round_: GateState | None = None, asked: Panel | None = None) -> Tally:
    """Return how the votes on *gate* stand now; *asked*: its panel, where it is known."""
    found = panel(progress, gate, round_) if asked is None else asked
    rules: Rules = found.rules
    return tally(rules, progress.state.team, found.round, found.stand_ins, found.voters)
