"""Planning a process, and planning the rest of a running project again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import DefinitionError, errors_of, in_order
from ltcflow.graph import network
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.lengths import lengths
from ltcflow.schedule.making import RowMaker
from ltcflow.schedule.model import Model, Progress
from ltcflow.schedule.obstacles import unplannable, unpublished
from ltcflow.schedule.rows import Plan
from ltcflow.schedule.selection import Choices, Facts, select
from ltcflow.stages import Activity, Gate, Milestone
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import (
    Calendar,
    CalendarLike,
    DurationLike,
    WorkDuration,
    as_calendar,
    as_duration,
    parse_start,
)

_NOTHING: Mapping[str, str] = MappingProxyType({})
Moment = str | date | datetime


@attrs.frozen(kw_only=True, eq=False)
class _Wishes:
    """The arguments that `plan` and `forecast` share."""

    start: Moment
    calendar: Calendar
    durations: Mapping[ElementId, EstimateLike]
    default_duration: DurationLike | None
    facts: Facts
    choices: Choices


def plan(
    process: Process,
    *,
    start: Moment,
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = _NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = _NOTHING,
    choices: Choices = _NOTHING,
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
    Returns:
        A `Plan`: rows by element id, critical paths, finish, findings (warnings).
    Raises:
        DefinitionError: elements that wait for each other or for something undeclared, conditions that cannot be read.
        UnknownName, InvalidValue, FactValueError: an argument that does not fit the process.
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
    wishes = _Wishes(
        start=start,
        calendar=_calendar(process, calendar),
        durations=durations,
        default_duration=default_duration,
        facts=facts,
        choices=choices,
    )
    return _make(process, wishes)


def forecast(
    process: Process,
    *,
    start: Moment,
    data_date: Moment,
    finished: Mapping[ElementId, datetime],
    started: Mapping[ElementId, datetime] = MappingProxyType({}),
    remaining: Mapping[ElementId, DurationLike] = MappingProxyType({}),
    calendar: CalendarLike | None = None,
    durations: Mapping[ElementId, EstimateLike] = _NOTHING,
    default_duration: DurationLike | None = None,
    facts: Facts = _NOTHING,
    choices: Choices = _NOTHING,
) -> Plan:
    """Return the plan of a running project: what has happened as it was, the rest as it can be from *data_date* on.

    What is done stands at its actual dates. What has begun keeps its start, and what remains of it follows the data
    date and its predecessors (retained logic, AACE 29R-03). Nothing else begins before the data date.

    Args:
        start: when the project started.
        finished, started: actual moments of activities, gates and milestones.
        remaining: work left in what has begun; by default its duration less the working time since it began.
        calendar, durations, default_duration, facts, choices: as for `plan`.
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
    now = parse_start(data_date, days)
    for kind, moments in (("finished", finished), ("started", started)):
        for name, moment in moments.items():
            _check_actual(process, kind, name, moment, now)
    progress = Progress(
        finished=dict(finished),
        started=dict(started),
        data_date=now,
        remaining={name: as_duration(left) for name, left in remaining.items()},
    )
    wishes = _Wishes(
        start=start,
        calendar=days,
        durations=durations,
        default_duration=default_duration,
        facts=facts,
        choices=choices,
    )
    return _make(process, wishes, progress)


def _make(process: Process, wishes: _Wishes, progress: Progress | None = None) -> Plan:
    selection = select(process, wishes.facts, wishes.choices)
    if progress is not None:
        selection = selection.without(frozenset((*progress.finished, *progress.started)))
    waits = network(process)
    wrong = (*unplannable(waits), *errors_of(selection.findings))
    if wrong:
        raise DefinitionError(findings=in_order(wrong))
    known = lengths(process, selection, wishes.durations, wishes.default_duration)
    days = wishes.calendar
    clock = ProjectClock(days, parse_start(wishes.start, days))
    model = Model(waits, known.by_element, selection.skipped)
    if progress is not None:
        model.apply(progress, clock)
    maker = RowMaker(model, clock, progress, known.assumed | selection.assumed)
    finish = maker.moments.finish
    findings = (*selection.findings, *known.findings, *unpublished(days, clock.origin, finish))
    made = Plan(
        process=process.id,
        version=process.version,
        calendar=days,
        start=clock.origin,
        finish=finish,
        duration=WorkDuration(max(maker.schedule.finish, 0)),
        rows=tuple(maker.rows()),
        critical_path=(),
        findings=in_order(findings),
        links=maker.links,
    )
    return attrs.evolve(made, critical_path=next(made.critical_paths(1), ()))


def _calendar(process: Process, calendar: CalendarLike | None) -> Calendar:
    return as_calendar(calendar if calendar is not None else process.calendar or "weekdays")


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
