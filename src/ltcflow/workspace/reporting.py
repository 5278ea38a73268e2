"""Reports that a workspace writes from its records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ltcflow import projects as p
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.worktime import CalendarLike, DurationLike, as_calendar

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.report.pages import Page
    from ltcflow.steering.expecting import Terms


class _Records(Protocol):
    """What of a workspace is needed here."""

    @property
    def extensions(self) -> Extensions: ...
    def projects(self) -> tuple[str, ...]: ...
    def process(self, project: str) -> Process: ...
    def log(self, project: str) -> tuple[p.AnyEvent, ...]: ...
    def _now(self) -> datetime: ...


class Reporting:
    """The reports of a `Workspace`."""

    def weekly(
        self: _Records,
        project: str | Iterable[str] | None = None,
        *,
        lang: Lang = "en",
        at: datetime | None = None,
        since: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
    ) -> Page:
        """Return the weekly report, written from the record: what moved, what slipped and why, what is to be decided.

        Args:
            project: one project; several ids, or None for all: a page with a line for each that had begun at *at*.
            lang: "en" or "zh".
            at: the end of the week; now, unless given. What was recorded later is not looked at.
            since: its beginning; seven days before, unless given.
            calendar: to forecast with, a plugin's by its name too; left out, the process's own or "weekdays".
            default_duration: for what nobody has estimated; without it, what hangs on that has no dates.
        Returns:
            A page: ``.markdown``, ``.html``, and ``.about``, the `Weekly` (or a tuple of them) it was written from.
        Raises:
            UnknownName: there is no such project. InvalidValue: *since* is not before *at*; the one project had not
            begun at *at*.
        Cost: reads the whole log of each project, and two forecasts.
        """
        from ltcflow.report.portfolio import portfolio_page
        from ltcflow.report.weekly import weekly_page
        from ltcflow.steering.weekly import weekly

        moment, terms = at or self._now(), terms_of(self, calendar, default_duration)
        if isinstance(project, str):
            process = self.process(project)
            return weekly_page(weekly(process, self.log(project), at=moment, since=since, terms=terms), process, lang)
        names = self.projects() if project is None else tuple(project)
        logs = ((self.process(name), self.log(name)) for name in names)
        found = [
            (weekly(process, log, at=moment, since=since, terms=terms), process)
            for process, log in logs
            if log[0].at <= moment
        ]
        return portfolio_page(found, lang)


def terms_of(ws: _Records, calendar: CalendarLike | None, default_duration: DurationLike | None) -> Terms:
    from ltcflow.steering.expecting import Terms

    extensions = ws.extensions
    return Terms(
        calendar=calendar or "" if calendar is None or isinstance(calendar, str) else as_calendar(calendar),
        named=extensions.calendar,
        default_duration=default_duration,
        judges=extensions.judges,
    )
