"""What lies ahead of a project: its money, what stands before each instalment, the plan that its people can keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.conditions import Money
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, resolve_calendar
from ltcflow.projects.engaged import people_at_work
from ltcflow.roles import Person
from ltcflow.workspace.standing import Records, standing
from ltcflow.worktime import CalendarLike

if TYPE_CHECKING:
    from ltcflow.projects.unpaid import Unpaid
    from ltcflow.schedule import Plan
    from ltcflow.schedule.cash import Cash
    from ltcflow.schedule.instalments import WithheldLike
    from ltcflow.schedule.levelling import LevelledPlan
    from ltcflow.schedule.montecarlo import Simulation


class _Records(Records, Protocol):
    """What of a workspace is needed here."""

    def plan(self, project: str, **options: Any) -> Plan: ...
    def simulate(self, project: str, *, seed: int, **options: Any) -> Simulation: ...


class Outlooks:
    """The questions about what lies ahead that a `Workspace` answers, besides its plan and simulation."""

    def cash(
        self: _Records,
        project: str,
        *,
        contract_value: Money | str | None = None,
        seed: int | None = None,
        at: datetime | None = None,
        retention: WithheldLike = None,
        holdback: WithheldLike = None,
        places: int = 2,
        **options: Any,
    ) -> Cash:
        """Say when the money of *project* comes, from where it stands at *at*.

        Args:
            contract_value: money, "1_000_000 CNY", or the id of a fact; left out, the only fact that is money.
            seed: simulate with it, for months with P50 and P80; None: the dates of the plan.
            retention, holdback, places: as for `ltcflow.cash`.
            options: further arguments of `simulate` or `plan`, such as default_duration, outcomes and calendar.
        Raises:
            As `ltcflow.cash` and `contract_value`; UnknownName where there is no such project.
        """
        from ltcflow.schedule import contract
        from ltcflow.schedule.cash import cash

        value = contract.contract_value(self.process(project), dict(self.state(project).facts.items()), contract_value)
        timing = (
            self.plan(project, at=at, **options)
            if seed is None
            else self.simulate(project, seed=seed, at=at, **options)
        )
        terms: Mapping[str, Any] = {"retention": retention, "holdback": holdback, "places": places}
        return cash(timing, self.process(project), contract_value=value, **terms)

    def why_unpaid(
        self: _Records,
        project: str,
        *,
        contract_value: Money | str | None = None,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        retention: WithheldLike = None,
        holdback: WithheldLike = None,
        places: int = 2,
    ) -> tuple[Unpaid, ...]:
        """Return for each instalment of *project* what stands between today and its payment.

        Args:
            contract_value, retention, holdback, places: as for `cash`.
            calendar: on which due dates in working time are counted; left out, the process's own or "weekdays".
        Returns:
            In declared order, with the chain to what can be done today, or the day the instalment is due. Milestones
            that do not take place ask for nothing.
        Raises:
            As `contract_value` and `ltcflow.schedule.instalments.instalments`.
        """
        from ltcflow.projects.unpaid import why_unpaid
        from ltcflow.schedule import contract
        from ltcflow.schedule.instalments import instalments

        state, process, moment = self.state(project), self.process(project), at or self._now()
        value = contract.contract_value(process, dict(state.facts.items()), contract_value)
        judges, named = self.extensions.judges, self.extensions.calendar
        progress = p.Progress(process, state, moment, judges)
        terms: Mapping[str, Any] = {"retention": retention, "holdback": holdback, "places": places}
        found = instalments(process, value, planned=_taking_place(progress), **terms)
        if calendar is None or isinstance(calendar, str):
            calendar = resolve_calendar(process, calendar or "", named=named)
        return why_unpaid(process, state, found, at=moment, calendar=calendar, judges=judges)

    def level(
        self: _Records,
        project: str,
        *,
        capacities: Mapping[RoleId, int] | None = None,
        experts: Mapping[RoleId, Person | Iterable[Person]] | None = None,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        **options: Any,
    ) -> LevelledPlan:
        """Return the plan of *project* from where it stands at *at* in which nobody is needed in two places at once.

        Args:
            capacities: by role, how many may wear it at the same time.
            experts: by role, who can wear it; left out, those who wear it in the team, where no capacity is given:
                whoever began what is in progress goes on with it, and one person may fill several roles of an activity.
            options: further arguments of `ltcflow.level`, such as durations, deadlines, constraints and seed.
        Raises:
            As `ltcflow.level`; UnknownName where there is no such project.
        """
        from ltcflow.schedule.levelling import level

        state, process = self.state(project), self.process(project)
        return level(
            process,
            capacities=capacities or {},
            experts=experts or {},
            team=None if experts is not None else _wearers(state, capacities or {}),
            at_work=_at_work(process, state, capacities or {}) if experts is None else {},
            **standing(self, project, at, calendar, options.pop("calendars", {})),
            **options,
        )


def _at_work(
    process: Process, state: p.ProjectState, capacities: Mapping[RoleId, int]
) -> dict[ElementId, dict[RoleId, Person]]:
    known = people_at_work(process, state)
    return {name: who for name, who in known.items() if not any(role in capacities for role in who)}


def _wearers(state: p.ProjectState, capacities: Mapping[RoleId, int]) -> dict[RoleId, tuple[Person, ...]]:
    return {role: people for role, people in state.team if people and role not in capacities}


def _taking_place(progress: p.Progress) -> tuple[ElementId, ...]:
    milestones = (milestone.id for milestone in progress.process.milestones)
    return tuple(name for name in milestones if not progress.skipped(progress.position(name)))
