"""What a leader asks of a running project, from its record: where its time went."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ltcflow import projects as p
from ltcflow.workspace.standing import Records

if TYPE_CHECKING:
    from ltcflow.steering.lagged import LagReport


class _Records(Records, Protocol):
    """What of a workspace is needed here."""

    def log(self, project: str) -> tuple[p.AnyEvent, ...]: ...


class Steering:
    """The questions about where a project lost its time that a `Workspace` answers."""

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
