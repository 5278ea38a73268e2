"""Where a running project stands, as plans, simulations and levelled plans take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.process import Process, resolve_calendar
from ltcflow.worktime import CalendarLike

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions


class Records(Protocol):
    """What of a workspace is needed here."""

    @property
    def extensions(self) -> Extensions: ...
    def state(self, project: str) -> p.ProjectState: ...
    def process(self, project: str) -> Process: ...
    def _now(self) -> datetime: ...


def standing(
    records: Records,
    project: str,
    at: datetime | None,
    calendar: CalendarLike | None,
    calendars: Mapping[str, CalendarLike],
) -> dict[str, Any]:
    """Return what the record of *project* says at *at* as keyword arguments of `ltcflow.forecast` and its like.

    Args:
        at: None for now. calendar: also a plugin's by its name; None for the process's own or "weekdays".
        calendars: by name or role, besides those that the process names and plugins have.
    """
    from ltcflow.schedule.calendars import calendars_named

    state, process, moment = records.state(project), records.process(project), at or records._now()
    named = records.extensions.calendar
    if calendar is None or isinstance(calendar, str):
        calendar = resolve_calendar(process, calendar or "", named=named)
    return {
        "start": state.started,
        "calendar": calendar,
        "calendars": {**calendars_named(process, named), **calendars},
        "facts": dict(state.facts.items()),
        "choices": p.choices_made(p.Progress(process, state, moment)),
        "started": {name: work.started for name, work in state.work.items()},
        "finished": p.actual_finishes(state),
        "data_date": max(moment, state.at),
    }
