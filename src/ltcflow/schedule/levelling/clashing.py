"""Who is needed in several places at once: the plans of several projects over the people they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, duties_of
from ltcflow.roles import Person, Team, TeamLike, as_team
from ltcflow.schedule.levelling.levelled import LevelledPlan
from ltcflow.schedule.rows import Plan
from ltcflow.stages import Activity
from ltcflow.worktime import Calendar, WorkDuration, add_minutes, minutes_between, next_working

AnyPlan: TypeAlias = Plan | LevelledPlan
Plans: TypeAlias = Mapping[str, AnyPlan | tuple[Process, AnyPlan]]


@attrs.frozen(kw_only=True)
class Engagement:
    """One person needed by one activity of one project, from *start* to *finish*.

    Attributes:
        roles: the hats worn for it.
        duration: how long it takes; float: how long it can wait without moving the finish of its project.
        calendar: the one its working time counts on.
    """

    person: Person
    project: str
    activity: ElementId
    roles: tuple[RoleId, ...]
    start: datetime
    finish: datetime
    duration: WorkDuration
    float: WorkDuration
    calendar: Calendar = attrs.field(repr=False)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its start and finish in UTC, where they compare exactly."""
        return self.start.astimezone(UTC), self.finish.astimezone(UTC)

    def at(self, moment: datetime) -> tuple[datetime, datetime]:
        """Return its start and finish when it begins at *moment* or as soon after as people work."""
        begin = next_working(self.calendar, moment)
        if self.duration.elapsed:
            end = begin.astimezone(UTC) + timedelta(minutes=self.duration.minutes)
            return begin, end.astimezone(self.calendar.zone)
        return begin, add_minutes(self.calendar, begin, self.duration.minutes)


@attrs.frozen(kw_only=True)
class Clash:
    """One person needed in two places at once.

    Attributes:
        person: who; first, second: the two engagements, *second* the one that begins later (of two that begin together
            the one with more float).
        start, finish: the time in which both need the person.
        possible: the first moment, from its own start on, at which *second* could be done without any clash of this
            person; it goes on from there without interruption.
        shift: working time from the start of *second* to *possible*.
        harmless: the shift is within the float of *second*: the finish of its project does not move.
    """

    person: Person
    first: Engagement
    second: Engagement
    start: datetime
    finish: datetime
    possible: datetime
    shift: WorkDuration
    harmless: bool

    def text(self, lang: str = "en") -> str:
        """Return the clash in one sentence, in English or Chinese ("zh")."""
        one, other = (f"{e.project}/{e.activity}" for e in (self.first, self.second))
        since, until, when = (t.isoformat(timespec="minutes") for t in (self.start, self.finish, self.possible))
        if lang.startswith("zh"):
            effect = "不影响项目完工" if self.harmless else "将推迟项目完工"
            return (
                f"{self.person} 在 {since} 至 {until} 须同时参加 {one} 与 {other}；后者最早可移至 {when}（{effect}）。"
            )
        effect = "its project still finishes in time" if self.harmless else "its project finishes later"
        return (
            f"{self.person} is needed by {one} and {other} from {since} to {until}; "
            f"the latter could begin on {when} ({effect})."
        )

    def __str__(self) -> str:
        return self.text()


def clashes(
    plans: Plans,
    *,
    teams: Mapping[str, TeamLike] | None = None,
) -> tuple[Clash, ...]:
    """Return where people are needed in several places at once, over all projects of *plans* and inside each.

    An activity needs one wearer of each role that is responsible for it (R), for as long as it runs. Where a levelled
    plan names who does it, that counts; otherwise the team does: of several wearers the first who is free is taken, in
    the order of starts, so that only what nobody else could do is a clash. What runs along a stage and what is done
    needs nobody.

    Args:
        plans: by project its plan (of `plan`, `forecast`, `level` or `level_together`), or its process and its plan.
        teams: by project, who wears which role; a project without a team, and without names in its plan, needs nobody.
    Returns:
        Clashes of two engagements each, by person and time; () when everybody is needed in one place at a time.
    Raises:
        UnknownName: a team of a project that has no plan. InvalidValue: a plan of another process, something that is
            no plan.
    Cost: O(n log n + n * m) for n engagements, each beside m others of the same person at the same time.

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan
        >>> step = b.activity("draft", duration="3d", raci={"R": "solution"})
        >>> offer = b.process("offer", roles={"solution": "Solution"}, stages=[b.stage("bid", activities=[step])])
        >>> both = {"acme": (offer, plan(offer, start="2026-03-02")), "beta": (offer, plan(offer, start="2026-03-04"))}
        >>> for clash in clashes(both, teams={"acme": {"solution": "li.wei"}, "beta": {"solution": "li.wei"}}):
        ...     print(clash)  # doctest: +NORMALIZE_WHITESPACE
        li.wei is needed by acme/draft and beta/draft from 2026-03-04T09:00+00:00 to 2026-03-04T18:00+00:00;
        the latter could begin on 2026-03-05T09:00+00:00 (its project finishes later).
    """
    by_person: dict[Person, list[Engagement]] = {}
    for engagement in engagements(plans, teams=teams):
        by_person.setdefault(engagement.person, []).append(engagement)
    return tuple(clash for person in sorted(by_person) for clash in _of_one(by_person[person]))


def engagements(plans: Plans, *, teams: Mapping[str, TeamLike] | None = None) -> tuple[Engagement, ...]:
    """Return who is needed where and when, in the order of starts; the arguments are those of `clashes`."""
    known = teams_of(plans, teams)
    wanted = [
        (needed, named, known.get(project, Team()))
        for project, given in plans.items()
        for needed, named in _needed(project, *process_and_plan(project, given))
    ]
    busy: dict[Person, list[Engagement]] = {}
    found: list[Engagement] = []
    for needed, named, team in sorted(wanted, key=lambda w: (w[0].span, w[0].project)):
        for person, roles in _who(needed, named, team, busy).items():
            one = attrs.evolve(needed, person=person, roles=tuple(roles))
            busy.setdefault(person, []).append(one)
            found.append(one)
    return tuple(found)


def teams_of(plans: Plans, teams: Mapping[str, TeamLike] | None) -> dict[str, Team]:
    """Return the team of each project that has one. Raises: UnknownName for a project without a plan."""
    for project in teams or {}:
        if project not in plans:
            raise UnknownName(kind="project with a plan", value=str(project), known=plans)
    return {project: as_team(team) for project, team in (teams or {}).items()}


def process_and_plan(project: str, given: object) -> tuple[Process, AnyPlan]:
    """Return the process and the plan of one project, given as a plan or as both.

    Raises:
        InvalidValue: neither, or a plan that does not know its process.
    """
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], Process):
        process, made = given
        if isinstance(made, Plan | LevelledPlan):
            return process, made
    made = given
    inputs = (
        made.unlimited.inputs if isinstance(made, LevelledPlan) else made.inputs if isinstance(made, Plan) else None
    )
    if not isinstance(made, Plan | LevelledPlan) or inputs is None:
        raise InvalidValue(
            field=f"plans[{project}]",
            value=type(given).__name__,
            problem="is no plan that knows its process.",
            remedy="Give what plan, forecast, level or level_together returned, or (process, plan).",
        )
    return inputs.process, made


def _needed(project: str, process: Process, made: AnyPlan) -> Iterator[tuple[Engagement, dict[RoleId, Person]]]:
    """Yield the activities of one plan that need people, with whom a levelled plan names for which role."""
    unlimited = made.unlimited if isinstance(made, LevelledPlan) else made
    if (unlimited.process, unlimited.version) != (process.id, process.version):
        raise InvalidValue(
            field=f"plans[{project}]",
            value=f"{unlimited.process} {unlimited.version}",
            problem=f"is not planned from {process.id} {process.version}.",
            remedy="Give the process that the plan was made from.",
        )
    for row in unlimited.rows:
        element = process.find(row.id)
        if not isinstance(element, Activity) or row.spans or row.skipped or row.done or not row.duration.minutes:
            continue
        one = Engagement(
            person="",
            project=project,
            activity=row.id,
            roles=duties_of(element).responsible,
            start=row.early_start,
            finish=row.early_finish,
            duration=row.duration,
            float=row.total_float,
            calendar=made.calendar,
        )
        yield (_levelled(one, made), dict(made[row.id].people)) if isinstance(made, LevelledPlan) else (one, {})


def _levelled(one: Engagement, made: LevelledPlan) -> Engagement:
    """Return an engagement where the levelled plan has it; its float is what the links leave to the later finish."""
    row = made[one.activity]
    left = WorkDuration(max(0, row.total_float.minutes))
    return attrs.evolve(one, start=row.works_from, finish=row.finish, float=left)


def _who(
    needed: Engagement, named: Mapping[RoleId, Person], team: Team, busy: Mapping[Person, Sequence[Engagement]]
) -> dict[Person, list[RoleId]]:
    """Return who does an activity, and in which roles: whom the plan names, else of several the first who is free."""
    found: dict[Person, list[RoleId]] = {}
    for role in needed.roles:
        people = (named[role],) if role in named else team.people(role)
        if people:
            free = (p for p in people if not any(_overlap(needed, other) for other in busy.get(p, ())))
            found.setdefault(next(free, people[0]), []).append(role)
    return found


def _overlap(one: Engagement, other: Engagement) -> bool:
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _of_one(engaged: Iterable[Engagement]) -> Iterator[Clash]:
    """Yield the clashes of one person."""
    mine = sorted(engaged, key=lambda e: (e.span[0], e.float.minutes, e.span[1]))
    running: list[Engagement] = []
    for second in mine:
        running = [first for first in running if _overlap(first, second)]
        for first in running:
            possible = _possible(second, [other for other in mine if other is not second])
            shift = WorkDuration(max(0, minutes_between(second.calendar, second.start, possible)))
            yield Clash(
                person=second.person,
                first=first,
                second=second,
                start=second.start,
                finish=min(first.finish, second.finish, key=lambda t: t.astimezone(UTC)),
                possible=possible,
                shift=shift,
                harmless=shift.minutes <= second.float.minutes,
            )
        running.append(second)


def _possible(moved: Engagement, others: Sequence[Engagement]) -> datetime:
    """Return the first moment from its start on at which *moved* overlaps none of *others*."""
    spans = sorted(other.span for other in others)
    begin, end = moved.at(moved.start)
    for since, until in spans:
        if since < end.astimezone(UTC) and begin.astimezone(UTC) < until:
            begin, end = moved.at(until.astimezone(moved.calendar.zone))
    return begin
