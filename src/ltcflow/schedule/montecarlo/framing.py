"""What a simulation begins with: the deterministic plan beside it, and the setup of its experiment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.findings import Finding, Severity, in_order
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.conflicts import ImpossibleConstraints
from ltcflow.schedule.inputs import Inputs
from ltcflow.schedule.montecarlo.experiment import Setup
from ltcflow.schedule.montecarlo.shapes import Uncertain, UncertainLike, as_uncertain
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.working import Making, making_of
from ltcflow.worktime import WorkDuration, parse_start

_NO_GATES: Mapping[str, float] = {}


@attrs.frozen
class Shapes:
    """The shapes of estimates by element, and that of what nobody estimated (None: zero)."""

    known: Mapping[ElementId, Uncertain]
    default: Uncertain | None

    def means(self) -> dict[ElementId, WorkDuration]:
        """Return the mean of each."""
        return {name: _mean(shape) for name, shape in self.known.items()}

    def mean_default(self) -> WorkDuration | None:
        """Return the mean of what nobody estimated."""
        return None if self.default is None else _mean(self.default)

    def of(self, name: ElementId) -> Uncertain | None:
        """Return the shape of one element."""
        return self.known.get(name, self.default)


def _mean(shape: Uncertain) -> WorkDuration:
    return WorkDuration(shape.mean_minutes(), elapsed=shape.elapsed)


def read_shapes(
    process: Process,
    durations: Mapping[ElementId, UncertainLike],
    default: UncertainLike | None,
    kind: Literal["pert", "triangular"],
) -> Shapes:
    """Return the shapes of what *process* estimates and of *durations*, which are stronger."""
    if kind not in ("pert", "triangular"):
        raise InvalidValue(field="shape", value=str(kind), problem="is no shape.", remedy="Use pert or triangular.")
    known = {a.id: as_uncertain(a.duration, kind) for a in process.activities() if a.duration and not a.spans}
    known |= {gate.id: as_uncertain(gate.lead_time) for gate in process.gates()}
    known |= {name: as_uncertain(value, kind) for name, value in durations.items()}
    return Shapes(known, None if default is None else as_uncertain(default, kind))


def frame(inputs: Inputs, shapes: Shapes, seed: int) -> tuple[Setup, Plan]:
    """Return the setup of an experiment without gates, wins and drivers, and the deterministic plan beside it.

    Args:
        inputs: those of the plan, with the means of *shapes* for durations.
    Raises:
        As `ltcflow.schedule.plan`, but constraints that the means do not keep are a finding.
    """
    assert inputs.start is not None
    making = making_of(inputs)
    beside, conflict = making.plan_anyway(parse_start(inputs.start, inputs.calendar))
    if conflict is not None:
        findings = in_order((*beside.findings, _unkept(conflict)))
        beside = attrs.evolve(beside, findings=findings)
    by_element, progress = making.known.by_element, inputs.progress
    setup = Setup(
        model=making.model,
        times=making.times,
        shapes={name: shape for name in by_element if (shape := shapes.of(name)) is not None},
        gone=frozenset() if progress is None else frozenset((*progress.finished, *_left(making))),
        spent=_spent(making),
        odds=(),
        wins=_NO_GATES,
        drivers={},
        rounds=0,
        seed=seed,
        limits=making.limits,
        bounds=making.wanted.bounds,
        deadlines=_deadlines(making),
        progress=progress,
    )
    return setup, beside


def _left(making: Making) -> set[ElementId]:
    """Return what has begun and of which is known how much is left."""
    progress = making.inputs.progress
    return set() if progress is None else progress.started.keys() & progress.remaining.keys()


def _spent(making: Making) -> dict[ElementId, int]:
    """Return the work behind what has begun, in minutes."""
    progress = making.inputs.progress
    if progress is None:
        return {}
    begun = [name for name in progress.started if name not in progress.finished and name in making.known.by_element]
    return {
        name: max(making.times.worked(making.model.number(name), progress.started[name], progress.data_date), 0)
        for name in begun
    }


def _deadlines(making: Making) -> dict[ElementId, datetime]:
    found = dict(making.wanted.deadlines)
    if making.wanted_finish is not None:
        found[""] = making.wanted_finish
    return found


def _unkept(conflict: ImpossibleConstraints) -> Finding:
    last, others = conflict.constraints[-1], ", ".join(conflict.constraints[:-1])
    after, after_zh = (f" with {others}", f"在 {others} 之下") if others else ("", "")
    return Finding(
        code="LTC412",
        severity=Severity.WARNING,
        where="constraints",
        problem=f"{last!r} is not kept when everything takes its mean{after}: the earliest is {conflict.earliest}.",
        remedy="Look at `kept` for how likely it is kept; move the date, or shorten the work before it.",
        problem_zh=f"{after_zh}各项均取平均工期时，无法满足“{last}”：最早为 {conflict.earliest}。",
        remedy_zh="请查看 `kept` 中满足的概率；或调整该日期，或缩短其前的工作。",
        witness=conflict.way,
    )
