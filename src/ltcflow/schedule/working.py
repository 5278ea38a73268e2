"""How a plan comes about: from its inputs over a solved network to its rows and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import attrs

from ltcflow.findings import DefinitionError, Finding, Severity, errors_of, in_order
from ltcflow.graph import Network, network
from ltcflow.graph.network import START
from ltcflow.graph.places import place_of
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.calendars import own_calendars
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.conflicts import ImpossibleConstraints, broken, error_of, shortest
from ltcflow.schedule.constraint import named, parse_end
from ltcflow.schedule.inputs import Inputs
from ltcflow.schedule.lengths import Lengths, lengths
from ltcflow.schedule.limits import Limits, Wanted, place_limits
from ltcflow.schedule.making import Marks, RowMaker
from ltcflow.schedule.model import Model, Solved
from ltcflow.schedule.moments import Moments
from ltcflow.schedule.obstacles import unplannable, unpublished
from ltcflow.schedule.progress import apply, out_of_sequence, overtakings
from ltcflow.schedule.rows import Plan, Row
from ltcflow.schedule.selection import Selection, select
from ltcflow.schedule.several import SeveralCalendars
from ltcflow.schedule.solving import OneCalendar
from ltcflow.worktime import WorkDuration, parse_start

MISSED = "LTC408"
"""The finding of a deadline or a wanted finish that is not kept."""
_FURTHEST = 1 << 14
"""Working minutes (about 34 days) that a start is moved back at most for elapsed time that ends in free time."""


def make(inputs: Inputs) -> Plan:
    """Return the plan of *inputs*. Raises: as `ltcflow.schedule.plan`."""
    making = making_of(inputs)
    if inputs.start is not None:
        return making.plan(parse_start(inputs.start, inputs.calendar))
    return _latest(making)


def making_of(inputs: Inputs) -> Making:
    """Return the steps from *inputs* to a plan. Raises: DefinitionError where they lead to none."""
    selection = select(inputs.process, dict(inputs.facts), dict(inputs.choices))
    if inputs.progress is not None:
        selection = selection.without(inputs.progress.happened)
    waits = network(inputs.process)
    wrong = (*unplannable(waits), *errors_of(selection.findings))
    if wrong:
        raise DefinitionError(findings=in_order(wrong))
    known = lengths(inputs.process, selection, dict(inputs.durations), inputs.default_duration)
    return Making(inputs, selection, waits, known)


def _latest(making: Making) -> Plan:
    """Return the plan that starts as late as its wanted finish and deadlines allow.

    The backward pass tells the start. Where elapsed time counts on one calendar, it counts the evening and the next
    morning as one, so a start that turns out late on the clock is moved back until it is in time (bisection: an earlier
    start never finishes later).
    """
    clock, minute, exact = making.latest_start()
    first = made = making.plan(clock.beginning(minute))
    good, bad, step = minute, minute, 1
    while not exact and _misses(made) and step <= _FURTHEST:
        good, bad, step = minute - step, good, 2 * step
        made = making.plan(clock.beginning(good))
    if _misses(made):
        return first
    while bad - good > 1:
        middle = (good + bad) // 2
        tried = making.plan(clock.beginning(middle))
        good, bad, made = (good, middle, made) if _misses(tried) else (middle, bad, tried)
    return made


def _misses(plan: Plan) -> bool:
    return any(finding.code == MISSED for finding in plan.findings)


class Making:
    """The steps from inputs to a plan, in order; each leaves what the next one needs."""

    def __init__(self, inputs: Inputs, selection: Selection, waits: Network, known: Lengths) -> None:
        self.inputs, self.selection, self.waits, self.known = inputs, selection, waits, known
        self.days = inputs.calendar
        own = own_calendars(inputs.process, dict(inputs.calendars))
        self.own = {name: days for name, days in own.items() if name not in selection.skipped and days != self.days}

    def plan(self, start: datetime) -> Plan:
        """Return the plan of a project that begins at *start*."""
        self.solve(start)
        return self._made(self.solved)

    def plan_anyway(self, start: datetime) -> tuple[Plan, ImpossibleConstraints | None]:
        """Return the plan of a project that begins at *start*, and what it does not keep of its constraints."""
        self._solve(start)
        return self._made(self.solved), self._conflict()

    def held_back(self, starts: Mapping[int, int]) -> Plan:
        """Return the plan in which nodes begin at *starts* (numbers of the axis) at the earliest; `solve` was called.

        Nothing is put late in it, and whether constraints that ask for something not later are kept is not judged.
        """
        limits = attrs.evolve(self.limits, starts_from={**self.limits.starts_from, **starts}, late=frozenset())
        return self._made(self.times.solve(limits))

    def _made(self, solved: Solved) -> Plan:
        """Return what was solved as a plan."""
        inputs, clock, progress = self.inputs, self.clock, self.inputs.progress
        today = progress.data_date if progress else None
        if inputs.today is not None:
            today = named("today", parse_start, inputs.today, self.days)
        calendars = {name: own.id for name, own in self.own.items()}
        marks = Marks(self.known.assumed | self.selection.assumed, self.wanted.deadlines, today, calendars)
        maker = RowMaker(self.model, solved, clock, progress, self.limits, marks)
        rows = tuple(maker.rows())
        finish = maker.moments.finish
        made = Plan(
            process=inputs.process.id,
            version=inputs.process.version,
            calendar=self.days,
            start=clock.origin,
            finish=finish,
            duration=WorkDuration(max(clock.done_at(finish), 0)),
            rows=rows,
            critical_path=(),
            links=maker.links,
            wanted_finish=self.wanted_finish,
            inputs=inputs,
        )
        used = dict.fromkeys((self.days, *self.own.values()))
        doubts = (finding for days in used for finding in unpublished(days, clock.origin, finish))
        findings = (*self._findings(), *_late(inputs.process, made), *doubts)
        return attrs.evolve(made, critical_path=next(made.critical_paths(1), ()), findings=in_order(findings))

    def solve(self, start: datetime) -> None:
        """Solve the model of a project that begins at *start*. Raises: ImpossibleConstraints."""
        self._solve(start)
        conflict = self._conflict()
        if conflict is not None:
            raise conflict

    def _solve(self, start: datetime) -> None:
        inputs, progress = self.inputs, self.inputs.progress
        self.clock = clock = ProjectClock(self.days, start)
        self.model = Model(self.waits, self.known.by_element, self.selection.skipped)
        self.times = times = self._times(self.model, clock)
        self.early: dict[ElementId, tuple[str, ...]] = {}
        if progress is not None:
            self.early = out_of_sequence(self.waits, self.selection.skipped, progress)
            apply(self.model, progress, times, frozenset(self.early))
        self.wanted = self._placed(times)
        self.wanted_finish = None if inputs.finish is None else named("finish", parse_end, inputs.finish, self.days)
        until = None if self.wanted_finish is None else times.floor(self.wanted_finish)
        self.unbound = limits = Limits(due=self.wanted.due, late=self.wanted.late, finish=until)
        bounds = self.wanted.bounds
        self.limits = limits.with_bounds(bounds) if bounds else limits
        self.solved: Solved = times.solve(self.limits)

    def _conflict(self) -> ImpossibleConstraints | None:
        """Return the constraints that cannot be kept together, or None."""
        bounds = self.wanted.bounds
        if not bounds or not broken(bounds, self.solved):
            return None
        conflict = shortest(self.model, bounds, self.unbound, self.times.solve)
        return None if conflict is None else error_of(conflict, self._early_dates)

    def _times(self, model: Model, clock: ProjectClock) -> OneCalendar | SeveralCalendars:
        if self.own:
            return SeveralCalendars(model, clock, self.own, self.inputs.lag_calendar)
        return OneCalendar(model, clock)

    def _placed(self, times: OneCalendar | SeveralCalendars) -> Wanted:
        inputs, progress = self.inputs, self.inputs.progress
        return place_limits(
            self.model,
            times,
            self.days,
            inputs.constraints,
            inputs.deadlines,
            finished=progress.finished if progress else (),
            started=progress.started if progress else (),
        )

    def _early_dates(self, solved: Solved, node: int) -> tuple[datetime, datetime]:
        return Moments(self.model, solved, self.clock, self.inputs.progress).early[node]

    def latest_start(self) -> tuple[ProjectClock, int, bool]:
        """Return when the project must start at the latest, by a pass back from the wanted finish and the deadlines.

        Returns:
            A clock, a working minute of it, and whether that is exact on the clock.
        """
        finish = self.inputs.finish if self.inputs.finish is not None else ""
        end = named("finish", parse_end, finish, self.days)
        clock = ProjectClock(self.days, end)
        self.model = model = Model(self.waits, self.known.by_element, self.selection.skipped)
        times = self._times(model, clock)
        wanted = self._placed(times)
        limits = Limits(due=wanted.due, finish=times.floor(end))
        uppers = [bound._replace(lower=None) for bound in wanted.bounds]
        solved = times.solve(limits.with_bounds(uppers))
        minute = times.latest_opening(solved, model.number(START))
        return clock, minute, isinstance(times, SeveralCalendars)

    def _findings(self) -> Iterator[Finding]:
        yield from self.selection.findings
        yield from self.known.findings
        yield from self.wanted.findings
        if self.inputs.progress is not None:
            yield from overtakings(self.waits, self.early, self.inputs.progress)


def _late(process: Process, plan: Plan) -> Iterator[Finding]:
    """Yield what is too late: deadlines and a wanted finish that are missed, elements that should have begun."""
    for row in plan.rows:
        if row.deadline is not None and not row.skipped and _after(row.early_finish, row.deadline):
            yield _missed(place_of(process, row.id), row, row.early_finish, row.deadline)
    if plan.wanted_finish is not None and _after(plan.finish, plan.wanted_finish):
        yield _missed("finish", None, plan.finish, plan.wanted_finish)
    if plan.too_late:
        yield _too_late(plan.too_late)


def _after(one: datetime, other: datetime) -> bool:
    return one.astimezone(UTC) > other.astimezone(UTC)


def _said(deadline: datetime) -> str:
    """Return a deadline as people write it: the end of a day by that day."""
    midnight = (deadline.hour, deadline.minute) == (0, 0)
    return (deadline - timedelta(days=1)).date().isoformat() if midnight else deadline.isoformat(timespec="minutes")


def _missed(where: str, row: Row | None, finish: datetime, deadline: datetime) -> Finding:
    done = row is not None and row.done
    planned, wanted = finish.isoformat(timespec="minutes"), _said(deadline)
    verb, verb_zh = ("finished on", "已于") if done else ("finishes on", "预计于")
    return Finding(
        code=MISSED,
        severity=Severity.WARNING,
        where=where,
        problem=f"{verb} {planned}, after its deadline {wanted}.",
        remedy="Shorten or overlap what drives it, begin earlier, or move the deadline.",
        problem_zh=f"{verb_zh} {planned} 完成，晚于期限 {wanted}。",
        remedy_zh="请压缩或搭接决定其日期的工作，提前开始，或调整期限。",
        witness=() if row is None else (row.id, *row.driving),
    )


def _too_late(names: tuple[ElementId, ...]) -> Finding:
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return Finding(
        code="LTC411",
        severity=Severity.WARNING,
        where="plan",
        problem=f"{len(names)} of the elements should have begun already: {shown}.",
        remedy="Begin them at once, shorten what follows, or move the dates they serve.",
        problem_zh=f"{len(names)} 个元素本应已经开始：{shown}。",
        remedy_zh="请立即开始，压缩后续工作，或调整所服务的日期。",
        witness=names,
    )
