"""Levelling several projects at once over the roles and people they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.roles import Person, Team, TeamLike
from ltcflow.schedule.inputs import Inputs
from ltcflow.schedule.levelling.answer import Answer
from ltcflow.schedule.levelling.clashing import Plans, process_and_plan, teams_of
from ltcflow.schedule.levelling.joint import Joint
from ltcflow.schedule.levelling.level import AtWork, check_at_work
from ltcflow.schedule.levelling.levelled import LevelledPlan
from ltcflow.schedule.levelling.load import Load, person_loads, role_loads
from ltcflow.schedule.levelling.people import Crew, crew, numbers_of, people_of
from ltcflow.schedule.levelling.placing import Ledger, Placed
from ltcflow.schedule.levelling.project import Levelling, settle
from ltcflow.worktime import WorkDuration

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class LevelledTogether(Mapping[str, LevelledPlan]):
    """The levelled plans of several projects, by project, the one of the highest priority first, then by id.

    Attributes:
        plans: (project, levelled plan) pairs; priorities: of each project, in the same order.
        loads: of each role that is scarce in one of the projects, by role; people: of each person who is named.
    """

    plans: tuple[tuple[str, LevelledPlan], ...]
    priorities: tuple[int, ...]
    loads: tuple[Load, ...]
    people: tuple[Load, ...]

    @property
    def delay(self) -> WorkDuration:
        """The sum of the delays of all projects."""
        return WorkDuration(sum(plan.delay.minutes for _, plan in self.plans))

    def load(self, of: str) -> Load:
        """Return the load of one role or one person.

        Raises:
            UnknownName: neither is scarce here.
        """
        for load in (*self.loads, *self.people):
            if load.of == of:
                return load
        known = [load.of for load in (*self.loads, *self.people)]
        raise UnknownName(kind="scarce role or person", value=str(of), known=known)

    @cached_property
    def _by_project(self) -> dict[str, LevelledPlan]:
        return dict(self.plans)

    def __getitem__(self, project: str) -> LevelledPlan:
        found = self._by_project.get(project)
        if found is None:
            raise UnknownName(kind="project", value=str(project), known=self._by_project)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_project)

    def __len__(self) -> int:
        return len(self._by_project)

    def __contains__(self, project: object) -> bool:
        return project in self._by_project


def level_together(
    plans: Plans,
    *,
    capacities: Mapping[RoleId, int] = _NOTHING,
    experts: Mapping[RoleId, Person | Iterable[Person]] = _NOTHING,
    teams: Mapping[str, TeamLike] | None = None,
    priorities: Mapping[str, int] = _NOTHING,
    at_work: Mapping[str, AtWork] = _NOTHING,
    seed: int = 0,
    schedules: int | None = None,
) -> LevelledTogether:
    """Return the plans of several projects in which nobody is needed in more places at once than there are people.

    Roles are the same in all projects when their ids are, people when their names are. A project of higher priority
    gets its people first, as if those below were not there, but for the work that they have begun: that keeps its
    people. Among projects of one priority the sum of their delays is made small; the order in which they are given
    does not matter. Projects that share nobody get the plans that `level` gives each alone.

    Args:
        plans: by project its plan, of `plan`, `plan_back`, `forecast` or `level`, or (process, plan) as for `clashes`:
            what it was made from (start, calendar, durations, constraints, progress, ...) counts here too.
        capacities: by role, how many there are for all projects together. ``at_most`` of a role holds for each project.
        experts: by role, who can wear it, in every project that has the role.
        teams: by project, who wears which role there; stronger than *experts*. A person of a team may fill several
            roles of one activity.
        priorities: by project a whole number, the larger the more important; 0 where none is given.
        at_work: by project, who is at work on what has begun, as for `level`.
        seed, schedules: of the search for each project, as for `level`.
    Returns:
        Levelled plans by project, and the load of roles and people. What waits for people that another project holds
        says so: ``held_by`` has "project/element". A plan's ``bound`` is that of the project alone.
    Raises:
        UnknownName: a role that no process declares; a team, priority or person at work of a project without a plan.
        InvalidValue: as `level`; a plan that does not know what it was made from; a priority that is no whole number.
        ImpossibleWithPeople: constraints that no schedule tried keeps with the people there are.
    Cost: that of `level` for each project, and where projects share people about 50 to 70 schedules of them all.

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan
        >>> step = b.activity("draft", duration="3d", raci={"R": "legal"})
        >>> offer = b.process("offer", roles={"legal": "Legal"}, stages=[b.stage("bid", activities=[step])])
        >>> both = {name: plan(offer, start="2026-03-02") for name in ("acme", "beta")}
        >>> levelled = level_together(both, capacities={"legal": 1}, priorities={"beta": 1})
        >>> [(name, one.finish.date().isoformat(), str(one.delay)) for name, one in levelled.items()]
        [('beta', '2026-03-04', '0d'), ('acme', '2026-03-09', '3d')]
        >>> levelled["acme"]["draft"].wait.held_by, levelled.load("legal").peak
        (('beta/draft',), 1)
    """
    made = {name: _inputs(name, plans[name]) for name in sorted(plans)}
    ranks = _priorities(priorities, made)
    shared, named = numbers_of(capacities), people_of(experts)
    _check_roles((*shared, *named), [inputs.process for inputs, _ in made.values()])
    members = teams_of(plans, teams)
    _check_projects("at_work", at_work, made)
    projects: dict[str, Levelling] = {}
    for name, (inputs, start) in made.items():
        try:
            scarce = _crew(inputs.process, shared, named, members.get(name))
            going_on = check_at_work(inputs.process, inputs.progress, at_work.get(name, {}), scarce)
            projects[name] = Levelling(inputs, start, scarce, at_work=going_on, name=name)
        except InvalidValue as error:
            field = f"{name}: {error.field}"
            raise InvalidValue(field=field, value=error.value, problem=error.problem, remedy=error.remedy) from error
    answers = {name: project.solve(seed, schedules, None) for name, project in projects.items()}
    ledger, placed = Ledger(shared), dict[str, Placed]()
    settle([(-ranks[name], project) for name, project in projects.items()], ledger)
    for rank in sorted(set(ranks.values()), reverse=True):
        for group in _groups({n: projects[n] for n in projects if ranks[n] == rank}, shared):
            placed |= _place(group, answers, ledger, seed)
    return _result(projects, ranks, placed, answers, ledger)


def _place(
    group: Mapping[str, Levelling], answers: Mapping[str, Answer], ledger: Ledger, seed: int
) -> dict[str, Placed]:
    """Return a group of projects placed; *ledger* holds their people then."""
    if len(group) == 1:
        ((name, project),) = group.items()
        beside = [held for held in ledger.held if held.project != name]
        others = {key for held in beside for key in _keys(held.roles, held.people, ledger.shared)}
        more = not others.isdisjoint(_wanted(project, ledger.shared))
        found, after = project.best(answers[name], ledger, seed, more=more)
        placed = {name: found}
    else:
        placed, after = Joint(group, answers, ledger, seed).best()
    ledger.become(after)
    for name, project in group.items():
        project.put_late(placed[name], ledger)
    return placed


def _result(
    projects: Mapping[str, Levelling],
    ranks: Mapping[str, int],
    placed: Mapping[str, Placed],
    answers: Mapping[str, Answer],
    ledger: Ledger,
) -> LevelledTogether:
    order = sorted(projects, key=lambda name: (-ranks[name], name))
    plans = tuple((name, projects[name].plan(placed[name], answers[name])) for name in order)
    counts: dict[RoleId, int | None] = {}
    everybody: set[Person] = set()
    for project in projects.values():
        for role in project.scarce.roles:
            everybody.update(project.scarce.named(role))
            people = {person for other in projects.values() for person in _named(other.scarce, role)}
            counts[role] = ledger.shared.get(role, len(people) or None)
    clock = projects[min(projects)].clock if projects else None
    return LevelledTogether(
        plans=plans,
        priorities=tuple(ranks[name] for name in order),
        loads=role_loads(ledger.held, counts, clock) if clock else (),
        people=person_loads(ledger.held, everybody, clock) if clock else (),
    )


def _named(scarce: Crew, role: RoleId) -> tuple[Person, ...]:
    return scarce.named(role) if role in scarce.roles else ()


def _inputs(name: str, given: object) -> tuple[Inputs, Any]:
    """Return what the plan of one project was made from, and when the project begins."""
    process, made = process_and_plan(name, given)
    unlimited = made.unlimited if isinstance(made, LevelledPlan) else made
    inputs = unlimited.inputs
    if inputs is None or inputs.process != process:
        raise InvalidValue(
            field=f"plans[{name}]",
            value=f"{unlimited.process} {unlimited.version}",
            problem=f"is not known to be planned from {process.id} {process.version}.",
            remedy="Give the plan that plan, forecast or level returned for this process.",
        )
    return inputs, unlimited.start


def _crew(
    process: Process, shared: Mapping[RoleId, int], named: Mapping[RoleId, Sequence[Person]], team: Team | None
) -> Crew:
    """Return who is scarce in one project."""
    declared = {role.id for role in process.roles}
    people = {role: who for role, who in named.items() if role in declared}
    if team is not None:
        people |= {role: team.people(role) for role in declared if team.people(role)}
    counts = {role: number for role, number in shared.items() if role in declared}
    return crew(process, counts, people, shared=True, many_hats=team is not None)


def _check_roles(roles: Iterable[RoleId], processes: Sequence[Process]) -> None:
    known = sorted({role.id for process in processes for role in process.roles})
    for role in roles:
        if role not in known:
            raise UnknownName(kind="role in any of these processes", value=str(role), known=known)


def _check_projects(field: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    if not isinstance(given, Mapping):
        remedy = "Give a mapping by project, such as {'acme': ...}."
        raise InvalidValue(field=field, value=repr(given), problem="is no mapping.", remedy=remedy)
    for name in given:
        if name not in known:
            raise UnknownName(kind="project with a plan", value=str(name), known=known)


def _priorities(given: Mapping[str, int], known: Iterable[str]) -> dict[str, int]:
    _check_projects("priorities", given, known)
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int):
            remedy = "Use whole numbers; the larger, the more important."
            raise InvalidValue(field=f"priorities[{name}]", value=repr(value), problem="is none.", remedy=remedy)
    return {name: given.get(name, 0) for name in known}


def _groups(projects: Mapping[str, Levelling], shared: Mapping[RoleId, int]) -> Iterator[dict[str, Levelling]]:
    """Yield the sets of projects that shared people connect, by the smallest id in each."""
    left = {name: _wanted(project, shared) for name, project in projects.items()}
    while left:
        first = min(left)
        keys, group = left.pop(first), [first]
        grown = True
        while grown:
            more = [name for name, others in left.items() if not keys.isdisjoint(others)]
            group += more
            keys = keys.union(*(left.pop(name) for name in more))
            grown = bool(more)
        yield {name: projects[name] for name in sorted(group)}


def _wanted(project: Levelling, shared: Mapping[RoleId, int]) -> frozenset[tuple[str, str]]:
    """Return the roles and people that a project may need and others too."""
    roles = {role for wanted in project.placing.wanted for role in wanted}
    people = {person for role in roles for person in project.scarce.named(role)}
    return frozenset(_keys(roles, people, shared))


def _keys(roles: Iterable[RoleId], people: Iterable[Person], shared: Mapping[RoleId, int]) -> Iterator[tuple[str, str]]:
    yield from (("role", role) for role in roles if role in shared)
    yield from (("person", person) for person in people)
