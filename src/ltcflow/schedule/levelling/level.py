"""Levelling a process: the plan that the people there are can keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind, network
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.roles import Person
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.constraint import Moment
from ltcflow.schedule.lengths import lengths
from ltcflow.schedule.levelling.answer import Answer, search
from ltcflow.schedule.levelling.exact import optimise
from ltcflow.schedule.levelling.generate import serial
from ltcflow.schedule.levelling.levelled import LevelledPlan
from ltcflow.schedule.levelling.people import Crew, crew, needs
from ltcflow.schedule.levelling.placing import Placed, Placing
from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.levelling.rowing import Rowing
from ltcflow.schedule.levelling.search import by_time
from ltcflow.schedule.model import Model
from ltcflow.schedule.planning import plan
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.selection import Choices, Facts, select
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import Calendar, CalendarLike, DurationLike, WorkDuration, parse_start

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_WEEK = 7 * 1440


def level(
    process: Process,
    *,
    start: Moment,
    capacities: Mapping[RoleId, int] = _NOTHING,
    experts: Mapping[RoleId, Person | Iterable[Person]] = _NOTHING,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = _NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = _NOTHING,
    choices: Choices = _NOTHING,
    seed: int = 0,
    schedules: int | None = None,
    seconds: float | None = None,
    workers: int = 2,
) -> LevelledPlan:
    """Return the plan of *process* in which nobody is needed in more places at once than there are people.

    Each activity holds one wearer of each scarce role that is responsible for it (R in its RACI) from its start to its
    finish. What runs along a stage holds nobody, nor do gates and milestones; all links, lags, lead times and stages
    are kept as in `ltcflow.schedule.plan`.

    Args:
        start, calendar, durations, default_duration, facts, choices: as for `ltcflow.schedule.plan`.
        capacities: by role, how many may wear it at the same time; by default ``at_most`` of the role. A role with
            neither is never scarce.
        experts: by role, who can wear it, by name. Somebody may be named for several roles, but does one activity at a
            time and wears one hat in it.
        seed, schedules: of the search (`ltcflow.schedule.levelling.search`); the same ones give the same plan.
        seconds: look for a proof with OR-Tools so long (extra ``optimize``); None: the search alone. Where it is not
            installed, the plan is that of the search and says so in its note.
        workers: threads of OR-Tools.
    Raises:
        DefinitionError, UnknownName, InvalidValue, FactValueError, OutsideTime: as `ltcflow.schedule.plan`.
        UnknownName: a role that the process does not declare.
        InvalidValue: a role that an activity needs has nobody, or fewer people than hats; elements with a calendar of
            their own.
    Cost: that of a plan and of the search: about 0.2 s for 40 activities.

    Example:
        >>> from ltcflow import builder as b
        >>> steps = [
        ...     b.activity("draft", duration="3d", raci={"R": "solution"}),
        ...     b.activity("price", duration="2d", raci={"R": "solution"}, after=[]),
        ... ]
        >>> offer = b.process("offer", roles={"solution": "Solution"}, stages=[b.stage("bid", activities=steps)])
        >>> levelled = level(offer, start="2026-03-02", capacities={"solution": 1})
        >>> str(levelled.duration), str(levelled.delay), levelled.proved
        ('5d', '2d', True)
        >>> waiting = levelled[levelled.waiting[0]]
        >>> waiting.id, waiting.start.isoformat(), waiting.wait.held_by
        ('price', '2026-03-05T09:00:00+00:00', ('draft',))
    """
    scarce = crew(process, capacities, experts)
    roles = needs(process, scarce)
    wishes: dict[str, Any] = {"durations": durations, "default_duration": default_duration, "facts": facts}
    unlimited = plan(process, start=start, calendar=calendar, choices=choices, **wishes)
    _check_calendars(unlimited)
    selection = select(process, facts, choices)
    known = lengths(process, selection, durations, default_duration)
    model = Model(network(process), known.by_element, selection.skipped)
    clock = ProjectClock(unlimited.calendar, parse_start(start, unlimited.calendar))
    wanted = [() if off else roles.get(node.id, ()) for node, off in zip(model.nodes, model.off, strict=True)]
    problem = _problem(model, unlimited.calendar, scarce, wanted)
    answer = search(problem, seed=seed, schedules=schedules)
    if seconds is not None:
        answer = optimise(problem, seconds=seconds, workers=workers, warm_start=answer, seed=seed)
    placing = Placing(model, clock, scarce, wanted)
    order = by_time(problem.net, serial(problem.net, by_time(problem.net, answer.starts)))
    loose = loose_spans(model)
    placed = placing.place([*(n for n in order if n not in loose), *sorted(loose)])
    return _plan(unlimited, model, placing, placed, answer, clock)


def _check_calendars(unlimited: Plan) -> None:
    """Refuse what would give wrong dates: elements that count on a calendar of their own."""
    other = next((row for row in unlimited.rows if row.calendar), None)
    if other is not None:
        raise InvalidValue(
            field="calendar",
            value=f"{other.id}: {other.calendar}",
            problem="is not the calendar of the plan, and levelling knows only one.",
            remedy="Level a process whose elements and roles have no calendar of their own.",
        )


def _plan(
    unlimited: Plan, model: Model, placing: Placing, placed: Placed, answer: Answer, clock: ProjectClock
) -> LevelledPlan:
    rowing = Rowing(unlimited, placing, placed, clock)
    least = unlimited.duration.minutes
    return LevelledPlan(
        unlimited=unlimited,
        start=unlimited.start,
        finish=rowing.finish,
        duration=WorkDuration(rowing.minutes),
        bound=WorkDuration(least if model.mixed else max(least, answer.bound)),
        method=answer.method,
        note=answer.note,
        rows=tuple(rowing.rows()),
    )


def _problem(model: Model, days: Calendar, scarce: Crew, wanted: Sequence[tuple[RoleId, ...]]) -> Problem:
    """Return the problem that the search solves: in working minutes, elapsed time at the rate of a usual week."""
    week = sum(end - start for day in days.hours for start, end in day)
    pools = scarce.pools()

    def working(minutes: int, elapsed: bool) -> int:
        return -(-minutes * week // _WEEK) if elapsed else minutes

    durations = [working(*length) for length in model.lengths]
    loose = loose_spans(model)
    return Problem(
        durations=durations,
        links=[(i, j, kind, working(*lag)) for i, j, kind, lag in model.links if j not in loose],
        capacities=[number for _, number in pools],
        demands=[[sum(role in roles for role in wanted[n]) for roles, _ in pools] for n in range(len(durations))],
        not_before=[0 if number in loose else least for number, least in enumerate(model.not_before)],
        names=[node.id for node in model.nodes],
        resources=[" or ".join(roles) for roles, _ in pools],
    )


def loose_spans(model: Model) -> frozenset[int]:
    """Return the spans that only spans wait for: they hold nothing up, not even the finish."""
    followed = {number for number, node in enumerate(model.nodes) if node.kind is not NodeKind.SPAN}
    for link in reversed(model.links):
        if link.target in followed:
            followed.add(link.source)
    return frozenset(range(len(model.nodes))) - followed
