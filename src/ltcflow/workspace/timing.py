"""Time in a workspace: what is due over all projects, and recording what fell due, by any number of schedulers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import attrs

from ltcflow import projects as p
from ltcflow.errors import LtcflowError
from ltcflow.roles import Person
from ltcflow.stores import StaleProject, StoreCorrupt, StoreError

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.workspace.kept import Kept

SCHEDULER = "scheduler"
"""Who records what fell due, unless told otherwise."""
_NOTHING_NEW = "LTC587"


@attrs.frozen(kw_only=True)
class Ticked:
    """What one run of `Workspace.tick` did in one project.

    Attributes:
        events: what was recorded. reasons: why a policy refused it. error: why the project could not be seen to.
    """

    project: str
    events: tuple[p.AnyEvent, ...] = ()
    reasons: tuple[p.Reason, ...] = ()
    error: LtcflowError | None = attrs.field(default=None, eq=False)


class _Records(Protocol):
    """What of a workspace is needed here."""

    _kept: Kept

    @property
    def extensions(self) -> Extensions: ...
    def projects(self) -> tuple[str, ...]: ...
    def state(self, project: str) -> p.ProjectState: ...
    def _now(self) -> datetime: ...
    def _tick(self, project: str, now: datetime | None, by: Person) -> p.Answer: ...


class Timing:
    """The calls of a `Workspace` that are about time."""

    def due(self: _Records, project: str | None = None, *, at: datetime | None = None) -> tuple[p.Due, ...]:
        """Return what has a time limit or a date and is not done, of *project* or of all, first what falls due first.

        Nothing is recorded: `tick` does that.

        Raises:
            UnknownName: there is no such project, or a calendar that is needed is not known.
        """
        moment, extensions, kept = at or self._now(), self.extensions, self._kept
        every = [known.state for known in kept.each(self.projects())] if project is None else [self.state(project)]
        found = [
            item
            for state in every
            for item in p.due(
                kept.process(state.definition),
                state,
                moment,
                calendars=extensions.calendar,
                judges=extensions.judges,
            )
        ]
        return tuple(sorted(found, key=lambda item: (item.due is None, item.due or moment, item.project)))

    def tick(
        self: _Records, now: datetime | None = None, *, project: str | None = None, by: Person = SCHEDULER
    ) -> tuple[Ticked, ...]:
        """Record what has fallen due by *now* in *project*, or in all, and was not told yet.

        Each time limit, date of a condition and rung of a ladder is recorded once in each round of its element, however
        often this is called and by however many threads, processes or computers at once. After a long sleep all that
        was missed is recorded, in the order in which it fell due; the events are of *now* (never before the last event
        of their project) and carry the moment at which it fell due.

        Args:
            now: the workspace's clock unless given.
            by: who is named in the record.
        Returns:
            One entry for each project where something was recorded, was refused by a policy, or went wrong: one project
            that cannot be read does not keep the others waiting.
        Raises:
            StoreError: the store as a whole failed. UnknownName: there is no such *project*.
        """
        names = self.projects() if project is None else (project,)
        return tuple(ticked for name in names for ticked in _ticked(self, name, now, by, alone=project is not None))


def _ticked(ws: _Records, name: str, now: datetime | None, by: Person, *, alone: bool) -> Iterator[Ticked]:
    try:
        answer = ws._tick(name, now, by)
    except LtcflowError as error:
        whole = isinstance(error, StoreError) and not isinstance(error, StoreCorrupt)
        if alone or (whole and not isinstance(error, StaleProject)):
            raise
        yield Ticked(project=name, error=error)
        return
    if answer.accepted:
        yield Ticked(project=name, events=answer.events)
    elif others := tuple(reason for reason in answer.reasons if not _to_be_expected(reason)):
        yield Ticked(project=name, reasons=others)


def _to_be_expected(reason: p.Reason) -> bool:
    """True where nothing is new, or the project is closed: no news."""
    return reason.code in (_NOTHING_NEW, "LTC502")
