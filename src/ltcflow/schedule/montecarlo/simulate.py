"""Simulating a project: many runs with drawn durations, gate outcomes and wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import attrs
import numpy as np

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind, network
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.calendars import own_calendars
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.constraint import Moment
from ltcflow.schedule.inputs import NOTHING
from ltcflow.schedule.lengths import lengths
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.drivers import Drivers, read_drivers
from ltcflow.schedule.montecarlo.experiment import BATCH, Experiment, Setup
from ltcflow.schedule.montecarlo.outcomes import GateOdds, WinOdds, read_odds, read_rounds, read_wins
from ltcflow.schedule.montecarlo.results import GateRecord, Simulation, as_precision
from ltcflow.schedule.montecarlo.shapes import Uncertain, UncertainLike, as_uncertain
from ltcflow.schedule.montecarlo.statistics import quantile_interval, share_of
from ltcflow.schedule.planning import forecast, plan
from ltcflow.schedule.progress import Progress, apply
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.selection import Choices, Facts, select
from ltcflow.schedule.solving import OneCalendar
from ltcflow.worktime import CalendarLike, DurationLike, WorkDuration, as_duration, parse_start

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
        data_date, finished, started, remaining: of a running project, as for `forecast`.
    Returns:
        A `Simulation`: distributions by element, `finish`, `win`, `influences`, `merge_bias`, the plan beside it.
    Raises:
        UnknownName: a gate, element, outcome or fact that is not declared.
        InvalidValue: probabilities that do not add up to 1, a correlation out of range, estimates out of order, more
            than 1 GiB to keep, an activity or role with a calendar of its own.
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
    frame = _Frame(process, start, calendar, data_date, finished, started, remaining)
    shapes = _shapes(process, durations, default_duration, shape)
    setup, beside = frame.setup(shapes, facts, choices, seed)
    setup = attrs.evolve(
        setup,
        odds=[odds for odds in read_odds(process, outcomes, holds) if odds.gate not in finished],
        wins={name: p for name, p in read_wins(process, win_probability).items() if name not in finished},
        drivers=read_drivers(process, drivers),
        rounds=read_rounds(rounds),
    )
    experiment = Experiment(setup, None if keep is None else tuple(keep))
    return run(experiment, beside, samples, chunk, as_precision(precision))


@attrs.frozen
class _Shapes:
    """The shapes of estimates by element, and that of what nobody estimated (None: zero)."""

    known: Mapping[ElementId, Uncertain]
    default: Uncertain | None

    def means(self) -> dict[ElementId, WorkDuration]:
        return {name: _mean(shape) for name, shape in self.known.items()}

    def of(self, name: ElementId) -> Uncertain | None:
        return self.known.get(name, self.default)


def _mean(shape: Uncertain) -> WorkDuration:
    return WorkDuration(shape.mean_minutes(), elapsed=shape.elapsed)


def _shapes(
    process: Process,
    durations: Mapping[ElementId, UncertainLike],
    default: UncertainLike | None,
    kind: Literal["pert", "triangular"],
) -> _Shapes:
    if kind not in ("pert", "triangular"):
        raise InvalidValue(field="shape", value=str(kind), problem="is no shape.", remedy="Use pert or triangular.")
    known = {a.id: as_uncertain(a.duration, kind) for a in process.activities() if a.duration and not a.spans}
    known |= {gate.id: as_uncertain(gate.lead_time) for gate in process.gates()}
    known |= {name: as_uncertain(value, kind) for name, value in durations.items()}
    return _Shapes(known, None if default is None else as_uncertain(default, kind))


@attrs.frozen
class _Frame:
    """When the project starts and what has happened of it."""

    process: Process
    start: Moment
    calendar: CalendarLike | None
    data_date: Moment | None
    finished: Mapping[ElementId, datetime]
    started: Mapping[ElementId, datetime]
    remaining: Mapping[ElementId, DurationLike]

    def setup(self, shapes: _Shapes, facts: Facts, choices: Choices, seed: int) -> tuple[Setup, Plan]:
        """Return the frame of the experiment and the deterministic plan beside it."""
        process, means = self.process, shapes.means()
        default = None if shapes.default is None else _mean(shapes.default)
        beside = self._plan(means, default, facts, choices)
        selection = select(process, facts, choices)
        progress = self._progress(beside)
        _check_calendars(process, beside, selection.skipped)
        if progress is not None:
            selection = selection.without(progress.happened)
        by_element = lengths(process, selection, means, default).by_element
        model = Model(network(process), by_element, selection.skipped)
        clock = ProjectClock(beside.calendar, parse_start(self.start, beside.calendar))
        if progress is not None:
            apply(model, progress, OneCalendar(model, clock))
        gone = {*self.finished, *(name for name in self.started if name in self.remaining)}
        drawn = {name: shape for name in by_element if name not in gone and (shape := shapes.of(name)) is not None}
        spent = {
            name: by_element[name].minutes - model.lengths[model.number(name)].minutes
            for name in self.started
            if name in drawn
        }
        setup = Setup(
            model=model, clock=clock, shapes=drawn, spent=spent, odds=(), wins=_NONE, drivers=_NONE, rounds=0, seed=seed
        )
        return setup, beside

    def _plan(
        self, means: Mapping[ElementId, WorkDuration], default: WorkDuration | None, facts: Facts, choices: Choices
    ) -> Plan:
        shared: dict[str, Any] = {
            "start": self.start,
            "calendar": self.calendar,
            "durations": means,
            "default_duration": default,
            "facts": facts,
            "choices": choices,
        }
        if self.data_date is None:
            if self.finished or self.started or self.remaining:
                problem, remedy = "is missing, but something has happened.", "Say up to when: data_date=..."
                raise InvalidValue(field="data_date", value="None", problem=problem, remedy=remedy)
            return plan(self.process, **shared)
        happened: dict[str, Any] = {"finished": self.finished, "started": self.started, "remaining": self.remaining}
        return forecast(self.process, data_date=self.data_date, **happened, **shared)

    def _progress(self, beside: Plan) -> Progress | None:
        if self.data_date is None:
            return None
        return Progress(
            finished=self.finished,
            started=self.started,
            data_date=parse_start(self.data_date, beside.calendar),
            remaining={name: as_duration(left) for name, left in self.remaining.items()},
        )


def run(experiment: Experiment, beside: Plan, samples: int, chunk: int | None, precision: int | None) -> Simulation:
    """Draw the samples of an experiment, in chunks, until there are enough."""
    experiment.check_memory(samples)
    size, kept = experiment.chunk(chunk), [number for _, number in experiment.kept]
    finishes = np.empty((len(kept), samples), dtype=np.int64)
    lengths_drawn = np.empty((len(experiment.uncertain), samples), dtype=np.int64)
    ends, counts = np.empty(samples, dtype=np.int64), np.zeros(len(experiment.names), dtype=np.int64)
    lost, clean = np.zeros(samples, dtype=bool), np.ones(samples, dtype=bool)
    low, precise = 0, precision is None
    while low < samples:
        limit = samples if precision is None else min(samples, (low // BATCH + 1) * BATCH)
        high = min(low + size, limit)
        drawn = experiment.draw(high - low)
        for row, number in enumerate(kept):
            finishes[row, low:high] = drawn.passed.end[number]
        for row, (_, number) in enumerate(experiment.uncertain):
            lengths_drawn[row, low:high] = drawn.lengths[number]
        ends[low:high], lost[low:high], clean[low:high] = drawn.passed.ends, drawn.lost, drawn.clean
        counts += drawn.passed.critical
        low = high
        if precision is not None and high == limit and _half_width(ends[:high][~lost[:high]]) <= precision:
            precise = True
            break
    return Simulation(
        plan=beside,
        seed=experiment.setup.seed,
        samples=low,
        precise=precise,
        gates=_records(experiment, low),
        passing=_passing(experiment),
        may_lose=bool(experiment.wins) or any(gate.odds.may_stop for gate in experiment.gates),
        clock=experiment.setup.clock,
        kept=tuple(name for name, _ in experiment.kept),
        finishes=_still(finishes[:, :low]),
        ends=_still(ends[:low]),
        lost=_still(lost[:low]),
        clean=_still(clean[:low]),
        uncertain=tuple(name for name, _ in experiment.uncertain),
        lengths=_still(lengths_drawn[:, :low]),
        critical=tuple((experiment.setup.model.nodes[n].id, int(counts[n])) for n in experiment.counted),
    )


def _still(values: Any) -> Any:
    """Return an array that nobody can write to."""
    values.flags.writeable = False
    return values


def _half_width(ends: Any) -> float:
    if not len(ends):
        return float("inf")
    low, high = quantile_interval(len(ends), 0.8)
    found = np.partition(ends, (low, high))
    return float(found[high] - found[low]) / 2


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


def _check_calendars(process: Process, beside: Plan, skipped: frozenset[ElementId]) -> None:
    """Raise InvalidValue when something that is planned works on a calendar of its own."""
    for name, own in own_calendars(process, {}).items():
        if name not in skipped and own != beside.calendar:
            problem = f"works on the calendar {own.id!r}, but a simulation counts on one calendar."
            remedy = "Simulate a copy without calendars of single activities and roles, or leave it to `plan`."
            raise InvalidValue(field="calendar", value=name, problem=problem, remedy=remedy)


def _check(seed: int, samples: int) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        remedy = "Give a whole number of 0 or more, such as 2026."
        raise InvalidValue(field="seed", value=repr(seed), problem="is no seed.", remedy=remedy)
    if isinstance(samples, bool) or not isinstance(samples, int) or not 1 <= samples <= _MOST_SAMPLES:
        remedy = f"Give a whole number from 1 to {_MOST_SAMPLES}."
        raise InvalidValue(field="samples", value=repr(samples), problem="is no number of samples.", remedy=remedy)
