"""Solving a problem: by rules, by search, by proof; the answer says how good it is."""

from __future__ import annotations

from math import isqrt
from typing import Literal, Protocol, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.schedule.levelling.bounds import lower_bound
from ltcflow.schedule.levelling.generate import makespan, parallel, serial
from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.levelling.rules import rule
from ltcflow.schedule.levelling.search import Genetic, by_priority, by_time
from ltcflow.schedule.levelling.verify import verified

Scheme: TypeAlias = Literal["serial", "parallel"]
_MOST = 10_000_000


@attrs.frozen(kw_only=True)
class Answer:
    """A schedule that an independent judge has found feasible, and how good it is.

    Attributes:
        starts: start of each activity, in the problem's units of time.
        makespan: the last finish; bound: no schedule has an earlier one.
        proved: True when nothing better exists: the bound is reached.
        method: what made it, such as "genetic search".
        schedules: how many schedules were generated on the way.
        note: what else there is to say, such as that an exact solver is not installed; "" for nothing.
    """

    starts: tuple[int, ...]
    makespan: int
    bound: int
    method: str
    schedules: int = 1
    note: str = ""

    @property
    def proved(self) -> bool:
        """True when nothing better exists."""
        return self.makespan <= self.bound

    @property
    def gap(self) -> float:
        """How much shorter a better schedule could be at most, as a share of the makespan: 0.0 when proved."""
        return max(0, self.makespan - self.bound) / self.makespan if self.makespan else 0.0


class Solver(Protocol):
    """Makes something better of the answer of the search, or proves it; `ltcflow.solvers.OrTools` is one."""

    def __call__(self, problem: Problem, first: Answer, seed: int, /) -> Answer: ...


def answer_of(
    problem: Problem, starts: list[int], *, method: str, bound: int, schedules: int = 1, note: str = ""
) -> Answer:
    """Return *starts*, verified, as an answer."""
    return Answer(
        starts=verified(problem, starts),
        makespan=makespan(problem.net, starts),
        bound=bound,
        method=method,
        schedules=schedules,
        note=note,
    )


def generate(problem: Problem, *, priority: str = "LFT", scheme: Scheme = "parallel") -> Answer:
    """Return the schedule that one priority rule gives in one scheme.

    Args:
        priority: LFT, LST, MTS, GRPW, MSLK or SPT, see `ltcflow.schedule.levelling.rules`.
        scheme: "serial" (Kelley 1963) or "parallel" (Kolisch 1996).
    Raises:
        UnknownName: no such rule. InvalidValue: no such scheme.
    Cost: about 0.2 ms for 120 activities, and the bound.

    Example:
        >>> p = Problem(durations=[1, 3, 2], links=[(0, 2, "FS", 0)], capacities=[1], demands=[[1], [1], [0]])
        >>> generate(p, priority="LFT").starts, generate(p, priority="SPT", scheme="serial").makespan
        ((0, 1, 1), 4)
    """
    keys = rule(priority)(problem.net)
    if scheme == "serial":
        starts = serial(problem.net, by_priority(problem.net, keys))
    elif scheme == "parallel":
        starts = parallel(problem.net, keys)
        if not problem.net.upright:  # with leads, what becomes possible late may belong earlier
            starts = serial(problem.net, by_time(problem.net, starts))
    else:
        raise InvalidValue(
            field="scheme", value=repr(scheme), problem="is no scheme.", remedy="Use 'serial' or 'parallel'."
        )
    return answer_of(problem, starts, method=f"{scheme} scheme, {priority.upper()}", bound=lower_bound(problem))


def search(problem: Problem, *, seed: int = 0, schedules: int | None = None, population: int | None = None) -> Answer:
    """Return the best schedule of a genetic search with forward-backward improvement.

    One seed gives one answer everywhere: the effort is counted in schedules, not in seconds.

    Args:
        seed: any whole number.
        schedules: how many schedules to generate at most; None: 2,000. It stops early when the bound is reached.
        population: how many schedules compete; None: 40, and more for a longer search.
    Raises:
        InvalidValue: a seed that is no whole number, fewer than one schedule, fewer than two in the population.
    Cost: about 0.15 ms for each schedule of 120 activities. On the instances j120 of PSPLIB 5,000 schedules come within
        2.5 % of the best known makespans (`benchmarks/bench_rcpsp.py`).

    Example:
        >>> p = Problem(durations=[2, 2, 3, 3], capacities=[2], demands=[[1], [1], [1], [1]])
        >>> found = search(p, seed=1)
        >>> found.makespan, found.proved, found.gap
        (5, True, 0.0)
    """
    budget = 2000 if schedules is None else _count("schedules", schedules, 1)
    size = max(40, isqrt(budget // 3)) if population is None else _count("population", population, 2)
    bound = lower_bound(problem)
    genetic = Genetic(problem.net, seed, size=size, budget=budget, bound=bound)
    found = genetic.run()
    return answer_of(problem, found.start, method="genetic search", bound=bound, schedules=found.schedules)


def _count(field: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
        remedy = f"Use a whole number from {least} to {_MOST:,}."
        raise InvalidValue(field=field, value=repr(value), problem="is no such number.", remedy=remedy)
    return value
