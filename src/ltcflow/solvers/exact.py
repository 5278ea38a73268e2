"""Proof by constraint programming: OR-Tools CP-SAT, the extra ``optimize``, warm-started by the core's search.

Activities are intervals of fixed length, each resource one cumulative constraint, the last finish is minimised. The
model counts in the greatest common unit of all durations and lags, never in minutes: the solver's effort grows with the
number of times it can tell apart.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

import attrs

from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.schedule.levelling.answer import Answer, answer_of, search
from ltcflow.schedule.levelling.kernels import installed
from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.levelling.rules import Times, times
from ltcflow.schedule.levelling.verify import verified
from ltcflow.solvers.islands import search_islands

_BROKEN = ("9.15.6755",)
_BEFORE, _BETWEEN = 0.1, 0.85
"""Shares of the time: the solver first, which proves what is easy, then the compiled search in most of what is left."""


class MissingExtra(LtcflowError):
    """An optional library is needed and not there. Attributes: library, extra, problem."""

    code = "LTC461"
    library: str
    extra: str
    problem: str

    def __init__(self, *, library: str, extra: str, problem: str = "is not installed.") -> None:
        super().__init__(
            f"{library} {problem} Install it with: pip install 'ltcflow[{extra}]'",
            library=library,
            extra=extra,
            problem=problem,
        )


def cp_model() -> Any:
    """Return the module of CP-SAT.

    Raises:
        MissingExtra: OR-Tools is not installed, or in a version that is known to give wrong or late answers.
    """
    try:
        tools = import_module("ortools")
        found = import_module("ortools.sat.python.cp_model")
    except ImportError as error:
        raise MissingExtra(library="OR-Tools", extra="optimize") from error
    version = str(getattr(tools, "__version__", ""))
    if version in _BROKEN:
        raise MissingExtra(library="OR-Tools", extra="optimize", problem=f"{version} has a regression.")
    return found


def optimise(
    problem: Problem,
    *,
    seconds: float = 10.0,
    workers: int = 2,
    warm_start: Answer | None = None,
    seed: int = 0,
    required: bool = False,
) -> Answer:
    """Return a schedule at least as good as its warm start, with a bound and whether it is proved.

    CP-SAT goes first and proves what is easy. Where numba is installed too (the extra ``fast``) most of what is left
    goes to the genetic search, compiled, one population per worker, and the rest to CP-SAT again; else all to CP-SAT.

    Args:
        seconds: at most so long in the solver.
        workers: threads of solver and search. One worker with one seed is reproducible where it ends before its time;
            several are not.
        warm_start: a schedule to begin with; None: that of `search`. A proved one is returned as it is.
        required: True: raise where OR-Tools is not installed, instead of returning the warm start with a note.
    Raises:
        MissingExtra: *required*, and OR-Tools is not there.
        InvalidValue: no time, no workers.
        InfeasibleSchedule: a warm start of another problem.
    Cost: the search for a warm start, then up to *seconds*; compiling takes some five of them once on a machine.

    Example:
        >>> p = Problem(durations=[480, 480, 960], capacities=[2], demands=[[1], [1], [2]])
        >>> best = optimise(p, seconds=5, workers=1)
        >>> best.makespan, best.proved
        (1440, True)
    """
    _check(seconds, workers)
    first = search(problem, seed=seed) if warm_start is None else warm_start
    verified(problem, first.starts)
    if first.proved:
        return first
    try:
        module = cp_model()
    except MissingExtra as missing:
        if required:
            raise
        return attrs.evolve(first, note=f"Not proved: {missing}")
    until = time.perf_counter() + seconds
    if installed():
        first = _solved(module, problem, first, seconds * _BEFORE, workers, seed)
        first = _searched(problem, first, (until - time.perf_counter()) * _BETWEEN, workers, seed)
    return _solved(module, problem, first, until - time.perf_counter(), workers, seed)


def _solved(module: Any, problem: Problem, first: Answer, seconds: float, workers: int, seed: int) -> Answer:
    """Return *first*, or what CP-SAT makes of it."""
    if first.proved or seconds <= 0:
        return first
    unit = problem.unit()
    small = problem.in_units(unit)
    model = _Model(module, small, bound=-(-first.bound // unit), best=first.makespan // unit)
    model.hint([start // unit for start in first.starts])
    return model.answer(problem, unit, first, model.solver(seconds, workers, seed))


def _searched(problem: Problem, first: Answer, seconds: float, workers: int, seed: int) -> Answer:
    """Return *first*, or what the compiled search makes of it."""
    if first.proved:
        return first
    better = search_islands(problem.net, first.starts, seconds=seconds, threads=workers, seed=seed, bound=first.bound)
    if better is None:
        return first
    return answer_of(problem, better, method="genetic search, compiled", bound=first.bound, schedules=first.schedules)


def _seconds(_instance: object, _attribute: attrs.Attribute[float], value: float) -> None:
    _check(value, 1)


def _workers(_instance: object, _attribute: attrs.Attribute[int], value: int) -> None:
    _check(1, value)


@attrs.frozen(kw_only=True)
class OrTools:
    """`optimise` as the ``solver=`` of `ltcflow.level`: so many *seconds* on so many threads (*workers*).

    Raises:
        InvalidValue: no time, no workers.

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule.levelling import level
        >>> steps = [b.activity(name, duration="1d", raci={"R": "legal"}, after=[]) for name in ("nda", "terms")]
        >>> bid = b.process("bid", roles={"legal": "Legal"}, stages=[b.stage("papers", activities=steps)])
        >>> levelled = level(bid, start="2026-03-02", capacities={"legal": 1}, solver=OrTools(seconds=5))
        >>> str(levelled.duration), levelled.proved
        ('2d', True)
    """

    seconds: float = attrs.field(default=10.0, validator=_seconds)
    workers: int = attrs.field(default=2, validator=_workers)

    def __call__(self, problem: Problem, first: Answer, seed: int, /) -> Answer:
        """Return what `optimise` makes of *first*."""
        return optimise(problem, seconds=self.seconds, workers=self.workers, warm_start=first, seed=seed)


def _check(seconds: float, workers: int) -> None:
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not number or not 0 < seconds <= 1e7:
        raise InvalidValue(field="seconds", value=repr(seconds), problem="is no time.", remedy="Use more than 0.")
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 1024:
        raise InvalidValue(field="workers", value=repr(workers), problem="is no number of threads.", remedy="Use 1+.")


class _Model:
    """The problem as constraints."""

    def __init__(self, module: Any, problem: Problem, *, bound: int, best: int) -> None:
        self.module, self.problem, self.model = module, problem, module.CpModel()
        window: Times = times(problem.net)
        late = [at + best - window.finish for at in window.late]
        self.starts = [self.model.new_int_var(first, last, "") for first, last in zip(window.early, late, strict=True)]
        self.end = self.model.new_int_var(bound, best, "")
        for start, duration in zip(self.starts, problem.durations, strict=True):
            self.model.add(self.end >= start + duration)
        for j, into in enumerate(problem.net.before):
            for i, weight in into:
                self.model.add(self.starts[j] >= self.starts[i] + weight)
        for resource, capacity in enumerate(problem.capacities):
            self._hold(resource, capacity)
        self.model.minimize(self.end)

    def _hold(self, resource: int, capacity: int) -> None:
        used = [
            (self.starts[i], duration, self.problem.demands[i][resource])
            for i, duration in enumerate(self.problem.durations)
            if duration and self.problem.demands[i][resource]
        ]
        if sum(demand for *_, demand in used) <= capacity:
            return
        intervals = [self.model.new_fixed_size_interval_var(start, duration, "") for start, duration, _ in used]
        if all(2 * demand > capacity for *_, demand in used):
            self.model.add_no_overlap(intervals)
        else:
            self.model.add_cumulative(intervals, [demand for *_, demand in used], capacity)

    def hint(self, starts: list[int]) -> None:
        """Give the solver a schedule to begin with."""
        for variable, start in zip(self.starts, starts, strict=True):
            self.model.add_hint(variable, start)
        ends = [start + d for start, d in zip(starts, self.problem.durations, strict=True)]
        self.model.add_hint(self.end, max(ends, default=0))

    def solver(self, seconds: float, workers: int, seed: int) -> Any:
        """Return a solver that has run."""
        solver = self.module.CpSolver()
        solver.parameters.max_time_in_seconds = float(seconds)
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed % (1 << 31)
        solver.status = solver.solve(self.model)
        return solver

    def answer(self, problem: Problem, unit: int, first: Answer, solver: Any) -> Answer:
        """Return what the solver found, or the first answer with the solver's bound when that is no worse."""
        solved = solver.status in (self.module.OPTIMAL, self.module.FEASIBLE)
        bound = max(first.bound, unit * round(solver.best_objective_bound)) if solved else first.bound
        starts = [unit * solver.value(start) for start in self.starts] if solved else list(first.starts)
        found = answer_of(problem, starts, method="CP-SAT", bound=bound, schedules=first.schedules)
        if found.makespan < first.makespan:
            return found
        return attrs.evolve(first, bound=bound, method=f"{first.method}, bound by CP-SAT")
