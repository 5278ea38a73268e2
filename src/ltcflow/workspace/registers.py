"""What a workspace says of the registers of a project: risks, change requests, promises, early starts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.process import resolve_calendar
from ltcflow.workspace.standing import Records
from ltcflow.worktime import CalendarLike, as_calendar

if TYPE_CHECKING:
    from ltcflow.projects.register.early import EarlyStart
    from ltcflow.schedule import Plan
    from ltcflow.steering.change_register import ChangeRegister
    from ltcflow.steering.promise_ledger import PromiseLedger
    from ltcflow.steering.risk_register import RiskRegister


class _Records(Records, Protocol):
    """What of a workspace is needed here."""

    def plan(self, project: str, **options: Any) -> Plan: ...


class Registers:
    """The questions about registers that a `Workspace` answers; each raises UnknownName for an unknown project."""

    def risks(self: _Records, project: str, *, at: datetime | None = None) -> RiskRegister:
        """Return the risk register of *project*: ranked, as a matrix, in money; and what is closed."""
        from ltcflow.steering.risk_register import risk_register

        return risk_register(self.process(project), self.state(project), at or self._now())

    def changes(self: _Records, project: str, *, at: datetime | None = None, **options: Any) -> ChangeRegister:
        """Return the change requests of *project*, with what each does to its plan and margin.

        Args:
            options: arguments of `plan`, such as default_duration, durations and calendar.
        """
        from ltcflow.steering.change_register import change_register

        return change_register(self.state(project).changes.values(), self.plan(project, at=at, **options))

    def promises(self: _Records, project: str, *, at: datetime | None = None) -> PromiseLedger:
        """Return the ledger of promises of *project*, each traced from its clause over delivery to acceptance."""
        from ltcflow.steering.promise_ledger import promise_ledger

        progress = p.Progress(self.process(project), self.state(project), at or self._now(), self.extensions.judges)
        return promise_ledger(progress)

    def early_starts(
        self: _Records, project: str, *, at: datetime | None = None, calendar: CalendarLike | None = None
    ) -> tuple[EarlyStart, ...]:
        """Return the early starts of *project*, with what was spent under each by working day.

        Args:
            calendar: whose working days and zone count; left out, the process's own or "weekdays".
        """
        from ltcflow.projects.register.early import early_starts

        if calendar is None or isinstance(calendar, str):
            days = resolve_calendar(self.process(project), calendar or "", named=self.extensions.calendar)
        else:
            days = as_calendar(calendar)
        return early_starts(self.state(project), at or self._now(), days)
