"""Planning a process, planning it backwards from a date, and planning the rest of a running project again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.graph import network
from ltcflow.names import ElementId
from ltcflow.process import Process, resolve_calendar
from ltcflow.schedule.constraint import Constraints, Moment
from ltcflow.schedule.inputs import NOTHING, Inputs
from ltcflow.schedule.progress import Progress, Rule, check_rule
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.selection import Choices, Facts
from ltcflow.schedule.working import make
from ltcflow.stages import Activity, Gate, Milestone
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import Calendar, CalendarLike, DurationLike, as_calendar, as_duration, parse_start

_NO_MOMENTS: Mapping[ElementId, datetime] = MappingProxyType({})
_OF_PROGRESS = ("data_date", "finished", "started", "remaining", "progress")


def plan(
    process: Process,
    *,
    start: Moment,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = NOTHING,
    choices: Choices = NOTHING,
    constraints: Constraints = NOTHING,
    deadlines: Mapping[ElementId, Moment] = NOTHING,
    finish: Moment | None = None,
    today: Moment | None = None,
    calendars: Mapping[str, CalendarLike] = NOTHING,
    lag_calendar: str = "predecessor",
) -> Plan:
    """Return when each element of *process* can and must happen, what is critical and how much float the rest has.

    The critical path method on whole working minutes; dates are read off the calendar. A stage begins when what it
    waits for has ended and ends when its last element has. What a condition switches off is left out, and what waited
    for it waits for what it would have waited for.

    Args:
        start: "2026-03-02" (its first working minute), "2026-03-02T10:00", a date or a datetime.
        calendar: a `Calendar` or the name of one; by default that of the process, else "weekdays".
        durations: stronger than the process: "3d", or a mapping with optimistic, likely and pessimistic.
        default_duration: for activities that nobody estimated; None: they count as zero. Both are reported.
        facts: what is known about the project; conditions that need more are reported, their elements planned.
        choices: for stages of choice the activities chosen; by default the first ones listed, which is reported.
        constraints: by element, one or several of the eight kinds: "start_no_earlier 2026-03-10", "must_finish
            2026-06-30", "as_late_as_possible", or `Constraint` values. A day means its first working minute for a
            start, its end for a finish.
        deadlines: by element, when it should be finished: measured (negative float) and reported, never enforced.
        finish: when the project should be finished; late dates and floats are measured against it.
        today: what should have begun before is flagged ``too_late`` and reported.
        calendars: by id of an activity, gate or role its calendar; stronger than ``calendar`` in the process. A
            calendar that the process names may be given here under that name.
        lag_calendar: whose working time lags count, where calendars differ: "predecessor", "successor", "project".
    Returns:
        A `Plan`: rows by element id, critical paths, finish, findings (warnings).
    Raises:
        DefinitionError: elements that wait for each other or for something undeclared, conditions that cannot be read.
        UnknownName, InvalidValue, FactValueError: an argument that does not fit the process.
        ImpossibleConstraints: constraints that contradict each other or the network; the shortest set is named.
        OutsideTime: the plan reaches beyond the year 9999.
    Cost: about 2 ms for 40 activities; a country's calendar takes about 0.1 s the first time.

    Example:
        >>> from ltcflow import builder as b
        >>> steps = [b.activity("draft", duration="3d"), b.activity("price", duration="1d", after=[])]
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=steps, gates=[b.gate("atb")])])
        >>> p = plan(offer, start="2026-03-05")
        >>> p.critical_path, p.finish.isoformat()
        (('draft', 'atb'), '2026-03-09T18:00:00+00:00')
        >>> str(p["price"].total_float), p["price"].critical, p["atb"].driving
        ('2d', False, ('draft',))
    """
    return make(
        Inputs(
            process=process,
            calendar=_calendar(process, calendar),
            start=start,
            finish=finish,
            today=today,
            durations=durations,
            default_duration=default_duration,
            facts=facts,
            choices=choices,
            constraints=constraints,
            deadlines=deadlines,
            calendars=calendars,
            lag_calendar=lag_calendar,
        )
    )


def plan_back(
    process: Process,
    *,
    finish: Moment,
    today: Moment | None = None,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = NOTHING,
    choices: Choices = NOTHING,
    constraints: Constraints = NOTHING,
    deadlines: Mapping[ElementId, Moment] = NOTHING,
    calendars: Mapping[str, CalendarLike] = NOTHING,
    lag_calendar: str = "predecessor",
) -> Plan:
    """Return the plan that starts as late as *finish* (the end of a tender, say) and every deadline allow.

    The pass backwards from *finish* gives the latest date of everything and so the latest start of the project; from
    there the plan is made as `plan` does. What must have begun before *today* is flagged ``too_late``.

    Args:
        finish: "2026-06-30" (its end) or a moment.
        today: the day from which "too late" is judged; None: nothing is flagged.
        others: as for `plan`.
    Returns:
        A `Plan` whose ``start`` is the latest possible one; ``late_start`` and ``late_finish`` of its rows the latest
        dates.
    Raises:
        As `plan`.
    Cost: twice that of a plan.

    Example:
        >>> from ltcflow import builder as b
        >>> steps = [b.activity("draft", duration="3d"), b.activity("price", duration="1d")]
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=steps)])
        >>> p = plan_back(offer, finish="2026-06-30", today="2026-06-26")
        >>> p.start.isoformat(), p.finish.isoformat(), p.too_late
        ('2026-06-25T09:00:00+00:00', '2026-06-30T18:00:00+00:00', ('draft',))
    """
    return make(
        Inputs(
            process=process,
            calendar=_calendar(process, calendar),
            finish=finish,
            today=today,
            durations=durations,
            default_duration=default_duration,
            facts=facts,
            choices=choices,
            constraints=constraints,
            deadlines=deadlines,
            calendars=calendars,
            lag_calendar=lag_calendar,
        )
    )


def forecast(
    process: Process,
    *,
    start: Moment,
    data_date: Moment,
    finished: Mapping[ElementId, datetime],
    started: Mapping[ElementId, datetime] = _NO_MOMENTS,
    remaining: Mapping[ElementId, DurationLike] = NOTHING,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = NOTHING,
    choices: Choices = NOTHING,
    constraints: Constraints = NOTHING,
    deadlines: Mapping[ElementId, Moment] = NOTHING,
    finish: Moment | None = None,
    calendars: Mapping[str, CalendarLike] = NOTHING,
    lag_calendar: str = "predecessor",
    progress: Rule = "retained",
) -> Plan:
    """Return the plan of a running project: what has happened as it was, the rest as it can be from *data_date* on.

    What is done stands at its actual dates. What has begun keeps its start, and what remains of it follows the data
    date and its predecessors (retained logic, AACE 29R-03). Nothing else begins before the data date. What happened out
    of sequence is reported.

    Args:
        start: when the project started.
        finished, started: actual moments of activities, gates and milestones.
        remaining: work left in what has begun; by default its duration less the working time since it began.
        progress: what has begun out of sequence waits for its predecessors ("retained") or goes on ("override").
        others: as for `plan`; constraints on what is done, and on the start of what has begun, no longer count.
    Raises:
        As `plan`; InvalidValue too where an actual moment has no time zone or lies after the data date.
    Cost: as `plan`.

    Example:
        >>> from datetime import datetime, UTC
        >>> from ltcflow import builder as b
        >>> steps = [b.activity("draft", duration="3d"), b.activity("price", duration="1d")]
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=steps)])
        >>> drafted = {"draft": datetime(2026, 3, 6, 12, tzinfo=UTC)}
        >>> late = forecast(offer, start="2026-03-02", data_date="2026-03-09", finished=drafted)
        >>> late["price"].early_finish.isoformat(), late["draft"].done, late.critical_path
        ('2026-03-09T18:00:00+00:00', True, ('price',))
    """
    days = _calendar(process, calendar)
    return make(
        Inputs(
            process=process,
            calendar=days,
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
            progress=forecasting(process, days, data_date, finished, started, remaining, progress),
        )
    )


def again(inputs: Inputs | None, changes: Mapping[str, Any]) -> Plan:
    """Return the plan of *inputs* with *changes*, arguments of `plan` or `forecast` by name.

    Raises:
        InvalidValue: no inputs are known, or an argument is none; else as `plan`.
    """
    if inputs is None:
        raise InvalidValue(
            field="plan",
            value="with_",
            problem="does not know what it was made from.",
            remedy="Use a plan that plan, plan_back or forecast returned.",
        )
    known = {field.name for field in attrs.fields(Inputs)} - {"process", "progress"}
    of_progress = {name: changes[name] for name in _OF_PROGRESS if name in changes}
    rest = {name: value for name, value in changes.items() if name not in of_progress}
    for name in rest:
        if name not in known:
            raise UnknownName(kind="argument of a plan", value=name, known=(*known, *_OF_PROGRESS))
    if "calendar" in rest:
        rest["calendar"] = _calendar(inputs.process, rest["calendar"])
    changed = inputs.changed(rest)
    if of_progress:
        changed = attrs.evolve(changed, progress=_changed_progress(changed, of_progress))
    return make(changed)


def _changed_progress(inputs: Inputs, changes: Mapping[str, Any]) -> Progress:
    old = inputs.progress
    if old is None and "data_date" not in changes:
        raise InvalidValue(
            field="data_date", value="None", problem="is needed with progress.", remedy="Give data_date too."
        )
    tables: dict[str, Any] = {}
    for name in ("finished", "started", "remaining"):
        both = {**(getattr(old, name) if old else {}), **changes.get(name, {})}
        tables[name] = {key: value for key, value in both.items() if value is not None}
    return forecasting(
        inputs.process,
        inputs.calendar,
        changes["data_date"] if "data_date" in changes or old is None else old.data_date,
        tables["finished"],
        tables["started"],
        tables["remaining"],
        changes.get("progress", old.rule if old else "retained"),
    )


def forecasting(
    process: Process,
    days: Calendar,
    data_date: Moment,
    finished: Mapping[ElementId, datetime],
    started: Mapping[ElementId, datetime],
    remaining: Mapping[ElementId, DurationLike],
    rule: Rule,
) -> Progress:
    """Return what has happened by *data_date*, checked. Raises: as `forecast`."""
    now = parse_start(data_date, days)
    check_rule(rule)
    for kind, moments in (("finished", finished), ("started", started)):
        for name, moment in moments.items():
            _check_actual(process, kind, name, moment, now)
    return Progress(
        finished=dict(finished),
        started=dict(started),
        data_date=now,
        remaining={name: as_duration(left) for name, left in remaining.items()},
        rule=rule,
    )


def inputs_of(process: Process, calendar: CalendarLike | None, **arguments: Any) -> Inputs:
    """Return the arguments of a plan as one value; *calendar* as for `plan`."""
    return Inputs(process=process, calendar=_calendar(process, calendar), **arguments)


def _calendar(process: Process, calendar: CalendarLike | None) -> Calendar:
    return (
        resolve_calendar(process, calendar or "")
        if calendar is None or isinstance(calendar, str)
        else as_calendar(calendar)
    )


def _check_actual(process: Process, kind: str, name: ElementId, moment: datetime, now: datetime) -> None:
    if not isinstance(process.find(name), Activity | Gate | Milestone):
        known = (node.id for node in network(process).nodes if isinstance(node.element, Activity | Gate | Milestone))
        raise UnknownName(kind="activity, gate or milestone", value=name, known=known)
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise InvalidValue(
            field=f"{kind}[{name}]", value=repr(moment), problem="has no time zone.", remedy="Give an aware datetime."
        )
    if moment > now:
        raise InvalidValue(
            field=f"{kind}[{name}]",
            value=moment.isoformat(),
            problem=f"lies after the data date {now.isoformat()}.",
            remedy="Use a later data date.",
        )
