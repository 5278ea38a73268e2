"""Levelling a process: the plan that the people there are can keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, duties_of
from ltcflow.roles import Person, TeamLike, as_team
from ltcflow.schedule.constraint import Constraints, Moment
from ltcflow.schedule.levelling.answer import Solver
from ltcflow.schedule.levelling.levelled import LevelledPlan
from ltcflow.schedule.levelling.people import Crew, crew, people_of
from ltcflow.schedule.levelling.placing import Ledger
from ltcflow.schedule.levelling.project import Levelling, settle
from ltcflow.schedule.planning import forecasting, inputs_of
from ltcflow.schedule.progress import Progress, Rule
from ltcflow.schedule.selection import Choices, Facts
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import CalendarLike, DurationLike, parse_start

_NOTHING: Mapping[str, Any] = MappingProxyType({})
AtWork = Mapping[ElementId, Mapping[RoleId, Person]]


def level(
    process: Process,
    *,
    start: Moment,
    capacities: Mapping[RoleId, int] = _NOTHING,
    experts: Mapping[RoleId, Person | Iterable[Person]] = _NOTHING,
    team: TeamLike | None = None,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = _NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = _NOTHING,
    choices: Choices = _NOTHING,
    constraints: Constraints = _NOTHING,
    deadlines: Mapping[ElementId, Moment] = _NOTHING,
    finish: Moment | None = None,
    calendars: Mapping[str, CalendarLike] = _NOTHING,
    lag_calendar: str = "predecessor",
    data_date: Moment | None = None,
    finished: Mapping[ElementId, datetime] = _NOTHING,
    started: Mapping[ElementId, datetime] = _NOTHING,
    remaining: Mapping[ElementId, DurationLike] = _NOTHING,
    progress: Rule = "retained",
    at_work: AtWork = _NOTHING,
    seed: int = 0,
    schedules: int | None = None,
    solver: Solver | None = None,
) -> LevelledPlan:
    """Return the plan of *process* in which nobody is needed in more places at once than there are people.

    Each activity holds one wearer of each scarce role that is responsible for it (R in its RACI) from its start to its
    finish. What runs along a stage holds nobody, nor do gates and milestones; all links, lags, lead times, stages,
    calendars and constraints are kept as in `ltcflow.schedule.plan`. Work that has begun goes on before anything else
    gets its people, the oldest first.

    Args:
        start, calendar, durations, default_duration, facts, choices, calendars, lag_calendar: as for
            `ltcflow.schedule.plan`. An activity counts on its own calendar, else on that of the role that does it.
        constraints: as for `plan`. Where several schedules are possible, one that keeps what asks for something not
            later is looked for. What should be as late as possible is as late as people are free, too.
        deadlines, finish: measured and reported (``deadlines`` of the answer, its findings), never enforced; of
            schedules that finish together the one with the least lateness is taken.
        data_date, finished, started, remaining, progress: as for `ltcflow.schedule.forecast`. What is done needs
            nobody any more; nothing else begins before the data date.
        at_work: who is at work on what has begun, by activity and role: they go on with it.
        capacities: by role, how many may wear it at the same time; by default ``at_most`` of the role. A role with
            neither is never scarce.
        experts: by role, who can wear it, by name. Somebody may be named for several roles, but does one activity at a
            time and wears one hat in it.
        team: who wears which role in the project: experts of the roles that *experts* does not name. A person may fill
            several roles of one activity then, where there are no others.
        seed, schedules: of the search (`ltcflow.schedule.levelling.search`); the same ones give the same plan.
        solver: looks for something better than the search found, and for the proof, such as
            ``ltcflow.OrTools(seconds=10, workers=2)`` (extra ``optimize``); None: the search alone. Where OR-Tools is
            not installed, or cannot express what is asked for, the plan is that of schedule generation and its note
            says so.
    Raises:
        DefinitionError, UnknownName, InvalidValue, FactValueError, ImpossibleConstraints, OutsideTime: as
            `ltcflow.schedule.plan`.
        UnknownName: a role that the process does not declare; an activity at work that has not begun.
        InvalidValue: a role that an activity needs has nobody, or fewer people than hats; progress without a data date.
        ImpossibleWithPeople: constraints that no schedule tried keeps with the people there are.
    Cost: that of two plans and of the search: about 0.2 s for 40 activities.

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
        >>> first = level(offer, start="2026-03-02", capacities={"solution": 1}, deadlines={"price": "2026-03-04"})
        >>> [(one.element, str(one.late), str(one.without_limits)) for one in first.deadlines]
        [('price', '0d', '0d')]
    """
    members = {} if team is None else {role: people for role, people in as_team(team) if people}
    scarce = crew(process, capacities, {**members, **people_of(experts)}, many_hats=team is not None)
    inputs = inputs_of(
        process,
        calendar,
        start=start,
        finish=finish,
        durations=durations,
        default_duration=default_duration,
        facts=facts,
        choices=choices,
        constraints=constraints,
        deadlines=deadlines,
        calendars=calendars,
        lag_calendar=lag_calendar,
    )
    if data_date is not None:
        happened = forecasting(process, inputs.calendar, data_date, finished, started, remaining, progress)
        inputs = attrs.evolve(inputs, progress=happened)
    elif finished or started or remaining:
        remedy = "Give data_date: the day up to which progress is known."
        raise InvalidValue(field="data_date", value="None", problem="is needed with progress.", remedy=remedy)
    going_on = check_at_work(process, inputs.progress, at_work, scarce)
    project = Levelling(inputs, parse_start(start, inputs.calendar), scarce, at_work=going_on)
    answer, ledger = project.solve(seed, schedules, solver), Ledger()
    settle([(0, project)], ledger)
    placed, ledger = project.best(answer, ledger, seed)
    project.put_late(placed, ledger)
    return project.plan(placed, answer)


def check_at_work(process: Process, progress: Progress | None, at_work: AtWork, scarce: Crew) -> AtWork:
    """Return *at_work* when it names people who can do what has begun.

    Raises:
        UnknownName: an activity that has not begun or is done. InvalidValue: a role that it does not need by name, a
            person who is none of its experts, one person twice.
    """
    if not isinstance(at_work, Mapping) or not all(isinstance(who, Mapping) for who in at_work.values()):
        remedy = "Give people by activity and role, such as {'draft': {'solution': 'li.wei'}}."
        raise InvalidValue(field="at_work", value=repr(at_work), problem="is no such mapping.", remedy=remedy)
    open_now = [name for name in progress.started if name not in progress.finished] if progress else []
    for name, who in at_work.items():
        if name not in open_now:
            raise UnknownName(kind="activity that has begun and is not done", value=str(name), known=open_now)
        for role, person in who.items():
            problem = _unfit(process, name, role, person, scarce)
            if problem:
                remedy = "Name one of its experts, in a role that is responsible for it, or leave it out."
                raise InvalidValue(field=f"at_work[{name}]", value=f"{role}: {person}", problem=problem, remedy=remedy)
        if len(set(who.values())) < len(who) and not scarce.many_hats:
            remedy = "Name a different person for each role."
            value = ", ".join(map(str, who.values()))
            raise InvalidValue(field=f"at_work[{name}]", value=value, problem="wears two hats.", remedy=remedy)
    return at_work


def _unfit(process: Process, name: ElementId, role: RoleId, person: Person, scarce: Crew) -> str:
    if role not in duties_of(process.activity(name)).responsible:
        return f"is not responsible for {name!r}."
    if role not in scarce.roles or not scarce.named(role):
        return "is not known by name: it has no experts."
    return "" if person in scarce.named(role) else "is none of its experts."
