"""What a leader asks of a running project, from its record: where its time went, what is left to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.names import ElementId
from ltcflow.workspace.standing import Records

if TYPE_CHECKING:
    from ltcflow.projects.approvals import Approvals
    from ltcflow.projects.commands import FactsLike
    from ltcflow.schedule import Plan
    from ltcflow.steering.lagged import LagReport
    from ltcflow.steering.path import Path
    from ltcflow.worktime import CalendarLike, DurationLike


class _Records(Records, Protocol):
    """What of a workspace is needed here."""

    def log(self, project: str) -> tuple[p.AnyEvent, ...]: ...
    def plan(self, project: str, **options: Any) -> Plan: ...


class Steering:
    """The questions about where a project lost its time, and what it must still do, that a `Workspace` answers."""

    def lag(self: _Records, project: str, *, at: datetime | None = None, since: datetime | None = None) -> LagReport:
        """Return where the time of *project* went: waiting and working by element, role and person, who waits for whom.

        Args:
            at: as of which moment; the workspace's clock unless given.
            since: count only the time from then on.
        Raises:
            As `ltcflow.lag`; UnknownName where there is no such project.
        """
        from ltcflow.steering.lag import lag

        extensions = self.extensions
        return lag(
            self.process(project),
            self.log(project),
            at=at or self._now(),
            since=since,
            calendars=extensions.calendar,
            judges=extensions.judges,
        )

    def path_to(
        self: _Records,
        project: str,
        milestone: ElementId,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
        **options: Any,
    ) -> Path:
        """Return the smallest set of open items that must be done before *milestone* of *project* is reached.

        Args:
            milestone: also a gate, an activity or a stage.
            calendar, default_duration, options: as for `plan`; without *default_duration* a project with a missing
                duration has no dates and no floats here: durations are never invented.
        Raises:
            As `ltcflow.path_to`; UnknownName where there is no such project.
        """
        from ltcflow.steering.path import path_to

        moment = at or self._now()
        plan = self.plan(project, at=moment, calendar=calendar, default_duration=default_duration, **options)
        known = default_duration is not None or not any(row.assumed for row in plan.rows)
        state, judges = self.state(project), self.extensions.judges
        return path_to(self.process(project), state, milestone, at=moment, plan=plan if known else None, judges=judges)

    def approvals(
        self: _Records, project: str, gate: ElementId, *, facts: FactsLike = (), at: datetime | None = None
    ) -> Approvals:
        """Say who will be asked at *gate* of *project*, and which smallest change of a fact changes that list.

        Args:
            facts: what to suppose besides, or instead of, what is recorded; nothing of it is written.
        Raises:
            As `ltcflow.approvals`; UnknownName where there is no such project.
        """
        from ltcflow.projects.approvals import approvals

        judges, moment = self.extensions.judges, at or self._now()
        return approvals(self.process(project), self.state(project), gate, at=moment, facts=facts, judges=judges)
