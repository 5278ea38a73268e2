"""The questions a workspace answers about the people of all its projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.roles import Person

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.schedule import Plan
    from ltcflow.schedule.levelling import Clash, LevelledTogether
    from ltcflow.workspace.kept import Kept


class _Records(Protocol):
    """What of a workspace is needed here."""

    _kept: Kept

    @property
    def extensions(self) -> Extensions: ...
    def projects(self) -> tuple[str, ...]: ...
    def state(self, project: str) -> p.ProjectState: ...
    def process(self, project: str) -> Process: ...
    def plan(self, project: str, **options: Any) -> Plan: ...
    def _now(self) -> datetime: ...


class Sharing:
    """What a `Workspace` says about several projects at once."""

    def worklist(self: _Records, person: Person, *, at: datetime | None = None) -> tuple[p.WorkItem, ...]:
        """Return what *person* can do now, over all projects, by project.

        Cost: some 0.3 ms for each project; only logs that moved since the last call are read.
        """
        moment, judges, kept = at or self._now(), self.extensions.judges, self._kept
        states = [known.state for known in kept.each(self.projects())]
        return tuple(
            item
            for state in states
            for item in p.worklist(kept.process(state.definition), state, person, at=moment, judges=judges)
        )

    def clashes(
        self: _Records, *, projects: Iterable[str] | None = None, at: datetime | None = None, **options: Any
    ) -> tuple[Clash, ...]:
        """Return where people of the teams are needed in several places at once, from where projects stand at *at*.

        Args:
            projects: which ones; left out, all that are running (not held, not closed).
            options: further arguments of `plan` for each of them, such as default_duration.
        Raises:
            UnknownName: there is no such project; else as `plan`.
        """
        from ltcflow.schedule.levelling import clashes

        names = _running(self, projects)
        plans = {name: self.plan(name, at=at, **options) for name in names}
        return clashes(plans, teams={name: self.state(name).team for name in names})

    def level_together(
        self: _Records,
        *,
        capacities: Mapping[RoleId, int] | None = None,
        experts: Mapping[RoleId, Person | Iterable[Person]] | None = None,
        priorities: Mapping[str, int] | None = None,
        projects: Iterable[str] | None = None,
        at: datetime | None = None,
        seed: int = 0,
        schedules: int | None = None,
        **options: Any,
    ) -> LevelledTogether:
        """Return the plans of several projects that their people can keep, from where projects stand at *at*.

        Whoever began what is in progress goes on with it.

        Args:
            capacities, experts: for all projects together; left out both, those who wear the roles in each team.
            priorities: by project, the larger the more important; 0 where none is given.
            projects: which ones; left out, all that are running (not held, not closed).
            seed, schedules: of the search.
            options: further arguments of `plan` for each of them, such as default_duration.
        Raises:
            UnknownName: there is no such project; else as `ltcflow.level_together`.
        """
        from ltcflow.projects.engaged import people_at_work
        from ltcflow.schedule.levelling import level_together

        names = _running(self, projects)
        states = {name: self.state(name) for name in names}
        by_team = capacities is None and experts is None
        return level_together(
            {name: self.plan(name, at=at, **options) for name in names},
            capacities=capacities or {},
            experts=experts or {},
            teams={name: state.team for name, state in states.items()} if by_team else None,
            priorities=priorities or {},
            at_work={name: people_at_work(self.process(name), states[name]) for name in names} if by_team else {},
            seed=seed,
            schedules=schedules,
        )


def _running(records: _Records, projects: Iterable[str] | None) -> tuple[str, ...]:
    if projects is not None:
        return tuple(dict.fromkeys((projects,) if isinstance(projects, str) else projects))
    names = records.projects()
    known = zip(names, records._kept.each(names), strict=True)
    return tuple(name for name, found in known if found.state.standing is p.Standing.RUNNING)
