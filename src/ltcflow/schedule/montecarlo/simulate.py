"""Simulating a project: many runs with drawn durations, gate outcomes and wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import attrs
import numpy as np

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.constraint import Constraints, Moment
from ltcflow.schedule.inputs import NOTHING
from ltcflow.schedule.montecarlo.drivers import Drivers, read_drivers
from ltcflow.schedule.montecarlo.experiment import BATCH, Experiment
from ltcflow.schedule.montecarlo.framing import frame, read_shapes
from ltcflow.schedule.montecarlo.outcomes import GateOdds, WinOdds, read_odds, read_rounds, read_wins
from ltcflow.schedule.montecarlo.results import GateRecord, Simulation, as_precision
from ltcflow.schedule.montecarlo.shapes import UncertainLike
from ltcflow.schedule.montecarlo.statistics import quantile_interval, share_of
from ltcflow.schedule.planning import forecasting, inputs_of
from ltcflow.schedule.progress import Progress, Rule, check_rule
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.selection import Choices, Facts
from ltcflow.worktime import Calendar, CalendarLike, DurationLike

_NONE: Mapping[str, Any] = MappingProxyType({})
_MOST_SAMPLES = 10_000_000


def simulate(
    process: Process,
    *,
    start: Moment,
    seed: int,
    samples: int = 10_000,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, UncertainLike] = NOTHING,
    default_duration: UncertainLike | None = None,
    shape: Literal["pert", "triangular"] = "pert",
    facts: Facts = NOTHING,
    choices: Choices = NOTHING,
    outcomes: GateOdds = _NONE,
    holds: Mapping[ElementId, UncertainLike] = _NONE,
    rounds: int = 3,
    win_probability: WinOdds = None,
    drivers: Drivers = _NONE,
    precision: DurationLike | None = None,
    keep: Iterable[ElementId] | None = None,
    chunk: int | None = None,
    data_date: Moment | None = None,
    finished: Mapping[ElementId, datetime] = _NONE,
    started: Mapping[ElementId, datetime] = _NONE,
    remaining: Mapping[ElementId, DurationLike] = _NONE,
    progress: Rule = "retained",
    constraints: Constraints = NOTHING,
    deadlines: Mapping[ElementId, Moment] = NOTHING,
    finish: Moment | None = None,
    today: Moment | None = None,
    calendars: Mapping[str, CalendarLike] = NOTHING,
    lag_calendar: str = "predecessor",
) -> Simulation:
    """Return how a project may go: when it and each of its elements finish, what matters, and whether it is won.

    Each sample draws every uncertain duration, the outcomes of gates and the wins, and is then dated as `plan` dates
    it. What is drawn for an element depends on *seed* and its id alone: neither the order of declaration nor the size
    of chunks changes an answer, and two simulations with one seed differ only where their processes do.

    Args:
        start, calendar, facts, choices: as for `plan`.
        seed: a whole number of 0 or more; the same seed gives the same answer (PCG64).
        samples: how many to draw; with *precision*, at most.
        durations: stronger than the process: what `plan` takes, or `pert`, `triangular`, `empirical`.
        default_duration: for activities that nobody estimated; None: they count as zero. Both are reported.
        shape: how three-point estimates without a shape of their own are read.
        outcomes: by gate the probabilities of its outcomes: go, conditional, hold, recycle, stop; they add up to 1.
            A recycle does everything from the gate's ``recycle_to`` to the gate again, with new durations, the gates in
            between passing; a hold waits and decides again; a stop loses the project. Other gates pass, as in a plan.
        holds: how long a hold of a gate takes.
        rounds: the most holds and recycles of one gate in one sample; the decision after them is one of the others.
        win_probability: the probability that the project is not lost when an element ends, by element, or one for the
            whole project. Nothing is assumed: left out, only a stop loses a project.
        drivers: by name, ``{"elements": [...], "correlation": 0.6}``: durations that are long or short together.
        precision: stop as soon as half the width of the 95 % interval of P80 of the finish is at most this long;
            looked at every 1,000 samples.
        keep: elements whose distributions are kept; None: all.
        chunk: samples drawn at a time; no answer depends on it.
        data_date, finished, started, remaining, progress: of a running project, as for `forecast`.
        constraints: as for `plan`, in every sample. One that asks for something not later, and that a sample cannot
            keep, is no error: `Simulation.kept` says how likely it is kept.
        deadlines, finish: as for `plan`; `Simulation.met` says how likely they are met.
        today, calendars, lag_calendar: as for `plan`.
    Returns:
        A `Simulation`: distributions by element, `finish`, `win`, `influences`, `merge_bias`, the plan beside it.
    Raises:
        UnknownName: a gate, element, outcome or fact that is not declared.
        InvalidValue: probabilities that do not add up to 1, a correlation out of range, estimates out of order, more
            than 1 GiB to keep.
        DefinitionError, FactValueError, OutsideTime: as `plan`.
    Cost: O((elements + dependencies) * samples); 10,000 samples of 200 activities take about 20 ms once everything is
        put together. Memory: 8 bytes per sample for each kept element and uncertain duration, and 96 MB of scratch.

    Example:
        >>> from ltcflow import builder as b
        >>> draft = b.activity("draft", duration={"optimistic": "2d", "likely": "3d", "pessimistic": "10d"})
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=[draft], gates=[b.gate("atb")])])
        >>> s = simulate(offer, start="2026-03-02", seed=7, outcomes={"atb": {"go": 0.8, "stop": 0.2}})
        >>> s.plan.finish.date().isoformat(), s.finish.p80.date().isoformat()
        ('2026-03-05', '2026-03-09')
        >>> s.win.low < 0.8 < s.win.high
        True
        >>> s.criticality("draft")
        1.0
    """
    _check(seed, samples)
    shapes = read_shapes(process, durations, default_duration, shape)
    inputs = inputs_of(
        process,
        calendar,
        start=start,
        finish=finish,
        today=today,
        durations=shapes.means(),
        default_duration=shapes.mean_default(),
        facts=facts,
        choices=choices,
        constraints=constraints,
        deadlines=deadlines,
        calendars=calendars,
        lag_calendar=lag_calendar,
    )
    happened = _happened(process, inputs.calendar, data_date, finished, started, remaining, progress)
    setup, beside = frame(attrs.evolve(inputs, progress=happened), shapes, seed)
    setup = attrs.evolve(
        setup,
        odds=[odds for odds in read_odds(process, outcomes, holds) if odds.gate not in finished],
        wins={name: p for name, p in read_wins(process, win_probability).items() if name not in finished},
        drivers=read_drivers(process, drivers),
        rounds=read_rounds(rounds),
    )
    experiment = Experiment(setup, None if keep is None else tuple(keep))
    return run(experiment, beside, samples, chunk, as_precision(precision))


def _happened(
    process: Process,
    days: Calendar,
    data_date: Moment | None,
    finished: Mapping[ElementId, datetime],
    started: Mapping[ElementId, datetime],
    remaining: Mapping[ElementId, DurationLike],
    rule: Rule,
) -> Progress | None:
    """Return what has happened of the project; None when it has not begun."""
    if data_date is not None:
        return forecasting(process, days, data_date, finished, started, remaining, rule)
    check_rule(rule)
    if finished or started or remaining:
        problem, remedy = "is missing, but something has happened.", "Say up to when: data_date=..."
        raise InvalidValue(field="data_date", value="None", problem=problem, remedy=remedy)
    return None


class _Samples:
    """The samples of an experiment that are kept, filled chunk by chunk."""

    def __init__(self, experiment: Experiment, samples: int) -> None:
        self.experiment = experiment
        self.finishes = np.empty((len(experiment.kept), samples), dtype=np.int64)
        self.lengths = np.empty((len(experiment.uncertain), samples), dtype=np.int64)
        self.last, self.ends = np.empty((2, samples), dtype=np.int64)
        self.lost, self.clean = np.zeros(samples, dtype=bool), np.ones(samples, dtype=bool)
        self.critical = np.zeros(len(experiment.names), dtype=np.int64)

    def draw(self, low: int, high: int) -> None:
        """Draw the samples from *low* to *high*."""
        experiment, part = self.experiment, slice(low, high)
        drawn = experiment.draw(high - low)
        for row, (_, how) in enumerate(experiment.kept):
            self.finishes[row, part] = how.of(drawn.begin, drawn.finish)
        for row, (_, number) in enumerate(experiment.uncertain):
            self.lengths[row, part] = drawn.lengths[number]
        self.last[part] = drawn.ends
        self.ends[part] = np.maximum(experiment.flows.scale.minutes(drawn.ends), 0)
        self.lost[part], self.clean[part] = drawn.lost, drawn.clean
        self.critical += drawn.critical

    def half_width(self, count: int) -> float:
        """Return half the width of the 95 % interval of P80 of the finish, of the first *count* samples."""
        ends = self.ends[:count][~self.lost[:count]]
        if not len(ends):
            return float("inf")
        low, high = quantile_interval(len(ends), 0.8)
        found = np.partition(ends, (low, high))
        return float(found[high] - found[low]) / 2


def run(experiment: Experiment, beside: Plan, samples: int, chunk: int | None, precision: int | None) -> Simulation:
    """Draw the samples of an experiment, in chunks, until there are enough."""
    experiment.check_memory(samples)
    size, drawn = experiment.chunk(chunk), _Samples(experiment, samples)
    low, precise = 0, precision is None
    while low < samples and not (precise and precision is not None):
        limit = samples if precision is None else min(samples, (low // BATCH + 1) * BATCH)
        high = min(low + size, limit)
        drawn.draw(low, high)
        low = high
        precise = precision is None or (high == limit and drawn.half_width(high) <= precision)
    return _simulation(experiment, beside, drawn, low, precise)


def _simulation(experiment: Experiment, beside: Plan, drawn: _Samples, count: int, precise: bool) -> Simulation:
    """Return the first *count* samples as a simulation."""
    kept, met = experiment.promises(count)
    drawn.critical[list(experiment.flows.happened[0])] = 0
    return Simulation(
        plan=beside,
        seed=experiment.setup.seed,
        samples=count,
        precise=precise,
        gates=_records(experiment, count),
        passing=_passing(experiment),
        may_lose=bool(experiment.wins) or any(gate.odds.may_stop for gate in experiment.gates),
        kept=kept,
        met=met,
        scale=experiment.flows.scale,
        elements=tuple(name for name, _ in experiment.kept),
        finishes=_still(drawn.finishes[:, :count]),
        last=_still(drawn.last[:count]),
        ends=_still(drawn.ends[:count]),
        lost=_still(drawn.lost[:count]),
        clean=_still(drawn.clean[:count]),
        uncertain=tuple(name for name, _ in experiment.uncertain),
        lengths=_still(drawn.lengths[:, :count]),
        critical=tuple((experiment.setup.model.nodes[n].id, int(drawn.critical[n])) for n in experiment.counted),
    )


def _still(values: Any) -> Any:
    """Return an array that nobody can write to."""
    values.flags.writeable = False
    return values


def _records(experiment: Experiment, samples: int) -> tuple[GateRecord, ...]:
    return tuple(
        GateRecord(
            gate=gate.odds.gate,
            holds=int(gate.counts[0]) / samples,
            recycles=int(gate.counts[1]) / samples,
            stopped=share_of(int(gate.counts[2]), samples),
        )
        for gate in experiment.gates
    )


def _passing(experiment: Experiment) -> tuple[ElementId, ...]:
    model, known = experiment.setup.model, {odds.gate for odds in experiment.setup.odds}
    return tuple(
        node.id
        for node in model.network.nodes
        if node.kind is NodeKind.GATE and node.id not in known and node.id not in model.skipped
    )


def _check(seed: int, samples: int) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        remedy = "Give a whole number of 0 or more, such as 2026."
        raise InvalidValue(field="seed", value=repr(seed), problem="is no seed.", remedy=remedy)
    if isinstance(samples, bool) or not isinstance(samples, int) or not 1 <= samples <= _MOST_SAMPLES:
        remedy = f"Give a whole number from 1 to {_MOST_SAMPLES}."
        raise InvalidValue(field="samples", value=repr(samples), problem="is no number of samples.", remedy=remedy)
