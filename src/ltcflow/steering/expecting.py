"""What was to be expected of a project at a moment: its forecast from what the record said then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property

import attrs

from ltcflow.names import ElementId
from ltcflow.process import Process, resolve_calendar
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.days import day
from ltcflow.projects.progress import Progress, choices_made
from ltcflow.projects.readiness import Outlook
from ltcflow.projects.state import ProjectState, Standing, actual_finishes
from ltcflow.schedule import Plan, forecast
from ltcflow.schedule.calendars import calendars_named
from ltcflow.schedule.rows import Row
from ltcflow.worktime import Calendar, DurationLike, Named, WorkDuration, used_minutes
from ltcflow.worktime import calendar as shipped


@attrs.frozen(kw_only=True)
class Terms:
    """How a project is forecast.

    Attributes:
        calendar: its name; "" for that of the process, else "weekdays". named: finds what the process does not declare.
        default_duration: for what nobody has estimated. judges: the criteria of plugins.
    """

    calendar: str | Calendar = ""
    named: Named = attrs.field(default=shipped, eq=False)
    default_duration: DurationLike | None = None
    judges: Judges = attrs.field(default=NO_JUDGES, eq=False)


DEFAULT = Terms()


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Expecting:
    """One state of a project, asked at one moment, with its forecast.

    Attributes:
        plan: None where there is nothing left to expect: the project is closed.
    """

    progress: Progress
    plan: Plan | None = None
    default: bool = False

    @property
    def state(self) -> ProjectState:
        """What the record said."""
        return self.progress.state

    @property
    def at(self) -> datetime:
        """When."""
        return self.progress.at

    @cached_property
    def unestimated(self) -> tuple[ElementId, ...]:
        """What is not done and has no estimate, or of which it is not known whether it takes place; in order."""
        if self.plan is None or self.default:
            return ()
        return tuple(row.id for row in self.plan.rows if row.assumed and not row.done and row.kind != "stage")

    @cached_property
    def _vague(self) -> frozenset[ElementId]:
        """The elements whose dates hang on something that is not estimated."""
        net, assumed = self.progress.compiled.network, set(self.unestimated)
        if not assumed:
            return frozenset()
        return frozenset(
            node.id for i, node in enumerate(net.nodes) if assumed & {net.nodes[j].id for j in (i, *net.ancestors(i))}
        )

    def row(self, element: ElementId) -> Row | None:
        """Return what the forecast says of *element*, where it takes place and nothing is assumed for its dates."""
        row = self.plan[element] if self.plan is not None and element in self.plan else None
        if row is None or row.skipped or (not row.done and element in self._vague):
            return None
        return row

    @property
    def finish(self) -> datetime | None:
        """When the project is expected to end; None where that is not known."""
        return None if self.plan is None or self.unestimated else self.plan.finish

    @property
    def outlooks(self) -> Mapping[ElementId, Outlook]:
        """What the forecast says of each element that has known dates."""
        rows = (row for r in (self.plan.rows if self.plan is not None else ()) if (row := self.row(r.id)) is not None)
        return {row.id: Outlook(row.critical, row.total_float.minutes, row.early_finish) for row in rows}

    def day(self, moment: datetime) -> date:
        """Return the day of *moment* in the time zone of the project."""
        return day(moment, self.state.time_zone)

    def later(self, was: datetime, now: datetime) -> WorkDuration | None:
        """Return by how much working time *now* is later than *was*; None where it is no later day, or no working time.

        Daylight between two days counts: what ends at another hour of the same day has not slipped.
        """
        if self.plan is None or self.day(now) <= self.day(was):
            return None
        minutes = used_minutes(self.plan.calendar, [(was, now)])
        return WorkDuration(minutes) if minutes else None


def expecting(process: Process, state: ProjectState, at: datetime, terms: Terms = DEFAULT) -> Expecting:
    """Return what is to be expected of a project that stands at *state*, as of *at* (never before its last event).

    Raises:
        UnknownName: a calendar that is needed is not known; else as `ltcflow.forecast`.
    Cost: one forecast.
    """
    moment = max(at, state.at).astimezone(UTC)
    progress = Progress(process, state, moment, terms.judges)
    if state.standing not in (Standing.RUNNING, Standing.HELD):
        return Expecting(progress=progress)
    days = terms.calendar
    plan = forecast(
        process,
        start=state.started,
        data_date=moment,
        calendar=resolve_calendar(process, days, named=terms.named) if isinstance(days, str) else days,
        calendars=calendars_named(process, terms.named),
        facts=dict(state.facts.items()),
        choices=choices_made(progress),
        started={name: work.started for name, work in state.work.items()},
        finished=actual_finishes(state),
        default_duration=terms.default_duration,
    )
    return Expecting(progress=progress, plan=plan, default=terms.default_duration is not None)
