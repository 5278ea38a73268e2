"""What may happen at gates and on the way to a win: probabilities as arguments, never invented."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import attrs
import numpy as np

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.montecarlo.shapes import Floats, Uncertain, UncertainLike, as_uncertain
from ltcflow.stages import Activity, Gate, Milestone, Stage, Verdict

Probability: TypeAlias = float
GateOdds: TypeAlias = Mapping[ElementId, Mapping[str, Probability]]
WinOdds: TypeAlias = "Mapping[ElementId, Probability] | Probability | None"
ROUNDS = 3
_MOST_ROUNDS = 20
_ORDER = (Verdict.GO, Verdict.CONDITIONAL, Verdict.STOP, Verdict.HOLD, Verdict.RECYCLE)
FINAL = 3
"""The first three outcomes of `_ORDER` end a gate; the others lead to another decision."""
CLOSE = 1e-9


@attrs.frozen(kw_only=True)
class Odds:
    """How one gate may come out.

    Attributes:
        gate: its id; target: where a recycle goes back to, "" when none can come.
        open, closed: rising sums of the probabilities of go, conditional, stop, hold, recycle; *closed* for the last
            decision, which is final.
        hold: how long a hold takes, None when none can come.
    """

    gate: ElementId
    target: ElementId = ""
    open: tuple[float, ...] = ()
    closed: tuple[float, ...] = ()
    hold: Uncertain | None = None

    @property
    def may_stop(self) -> bool:
        """True when it can end the project."""
        return self.open[2] > self.open[1]

    @property
    def may_repeat(self) -> bool:
        """True when a hold or a recycle can come."""
        return self.open[2] < 1


def read_odds(process: Process, outcomes: GateOdds, holds: Mapping[ElementId, UncertainLike]) -> tuple[Odds, ...]:
    """Return the odds of each gate of *outcomes*.

    Raises:
        UnknownName: something that is no gate, or no outcome.
        InvalidValue: no probabilities, or ones that do not add up to 1; a recycle at a gate that offers none; a hold
            without a length; a gate that is never left.
    """
    for name in (*outcomes, *holds):
        process.gate(name)
    for name in holds:
        if name not in outcomes:
            raise _bad(f"holds[{name}]", name, "is for a gate without outcomes.", "Give outcomes for it too.")
    return tuple(_odds(process.gate(name), given, holds.get(name)) for name, given in outcomes.items())


def _odds(gate: Gate, given: Mapping[str, Probability], hold: UncertainLike | None) -> Odds:
    field = f"outcomes[{gate.id}]"
    if not isinstance(given, Mapping):
        raise _bad(field, given, "gives no probabilities.", "Write {'go': 0.8, 'stop': 0.2}.")
    words = {verdict.value: verdict for verdict in _ORDER}
    chances = dict.fromkeys(_ORDER, 0.0)
    for word, value in given.items():
        key = word.value if isinstance(word, Verdict) else word
        if key not in words:
            raise UnknownName(kind="outcome of a gate", value=str(key), known=words)
        chances[words[key]] = probability(f"{field}[{key}]", value)
    total = sum(chances.values())
    if abs(total - 1) > CLOSE:
        raise _bad(field, f"{total:.12g}", "is what the probabilities add up to.", "Make them add up to 1.")
    if chances[Verdict.RECYCLE] and not gate.recycle_to:
        raise _bad(field, "recycle", "is offered by no recycle_to.", "Declare recycle_to at the gate, or leave it out.")
    if chances[Verdict.HOLD] and hold is None:
        raise _bad(field, "hold", "has no length.", f"Say how long: holds={{{gate.id!r}: '10d'}}.")
    final = sum(chances[verdict] for verdict in _ORDER[:FINAL])
    if not final:
        raise _bad(field, dict(given), "never ends.", "Give go, conditional or stop some probability.")
    rising = np.cumsum([chances[verdict] for verdict in _ORDER])
    last = np.cumsum([chances[verdict] / final for verdict in _ORDER[:FINAL]])
    return Odds(
        gate=gate.id,
        target=gate.recycle_to if chances[Verdict.RECYCLE] else "",
        open=tuple(np.append(rising[:-1], 1.0).tolist()),
        closed=(*np.append(last[:-1], 1.0).tolist(), 1.0, 1.0),
        hold=as_uncertain(hold) if hold is not None and chances[Verdict.HOLD] else None,
    )


def read_wins(process: Process, given: WinOdds) -> Mapping[ElementId, Probability]:
    """Return the probability that the project survives each element; "" stands for its very end.

    Raises:
        UnknownName: something that is no stage, activity, gate or milestone.
        InvalidValue: no probability.
    """
    if given is None:
        return MappingProxyType({})
    if not isinstance(given, Mapping):
        return MappingProxyType({"": probability("win_probability", given)})
    found: dict[ElementId, Probability] = {}
    for name, value in given.items():
        element = process.element(name)
        if not isinstance(element, Stage | Activity | Gate | Milestone) or getattr(element, "spans", False):
            remedy = "Name a stage, an activity that is a step, a gate or a milestone."
            raise _bad("win_probability", name, "never ends by itself.", remedy)
        found[name] = probability(f"win_probability[{name}]", value)
    return MappingProxyType(found)


def read_rounds(value: int) -> int:
    """Return *value* as the most repeats of a gate."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_ROUNDS:
        raise _bad("rounds", value, "is no number of repeats.", f"Give a whole number from 0 to {_MOST_ROUNDS}.")
    return value


def probability(field: str, value: object) -> float:
    """Return *value* when it is a number from 0 to 1. Raises InvalidValue."""
    number = float(value) if isinstance(value, int | float | np.floating) and not isinstance(value, bool) else -1.0
    if not 0 <= number <= 1:
        raise _bad(field, value, "is no probability.", "Give a number from 0 to 1.")
    return number


def sums(values: tuple[float, ...]) -> Floats:
    """Return rising sums as an array."""
    return np.array(values, dtype=np.float64)


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=str(value), problem=problem, remedy=remedy)
