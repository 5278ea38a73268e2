"""What is due: time limits and dates of a project at one moment, as a pure function of process, state and moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import attrs

from ltcflow.conditions import Truth
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, calendar_of, doing, kind_of, ladder_of, limit_of, resolve_calendar
from ltcflow.projects.clocks import UNUSED, Clock, Clocks, Told, switched
from ltcflow.projects.criteria import NO_JUDGES, Judges, people_of
from ltcflow.projects.days import ends
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import owners_of, unfilled
from ltcflow.projects.running import open_now, switches_until
from ltcflow.projects.state import Obligation, ProjectState, Standing
from ltcflow.roles import Person, Team
from ltcflow.stages import Activity, Gate
from ltcflow.worktime import ZERO, Calendar, Named, WorkDuration, calendar, moment_left, moment_used, used_minutes

Stretch = tuple[datetime, datetime]
Step = tuple[int, str, tuple[str, ...]]
DUE = "due"
"""The rung that every ladder has: the limit itself, or the end of the day of a condition."""


@attrs.frozen(kw_only=True)
class Reached:
    """A rung that was reached.

    Attributes:
        rung: `DUE`, or the key of a declared rung. tell: the roles (or people) that are to be told.
        moment: when it was reached, in UTC. told: it stands in the record already.
    """

    rung: str
    tell: tuple[str, ...]
    moment: datetime
    told: bool = False


@attrs.frozen(kw_only=True)
class Due:
    """One thing with a limit or a date that is not done.

    Attributes:
        kind: activity, gate, condition, or role (nobody wears a role that something open with a time limit needs).
        id: of the activity, gate, condition or role. element: what it is about.
        roles, people: who owes it, by role and by name.
        round: of the element's clock: a recycle begins another.
        since: since when it is open in this round; of a condition, when its day ended; None: not yet.
        limit: its time limit; None for conditions and roles. used: the time used, in whole minutes.
        paused: "" while its time runs, else held (the project is), waiting (for somebody outside) or shut (it cannot
            be done for the moment). waiting_for: who outside is waited for.
        due: when it falls due if nothing holds it up from now on, or when it did; None while it is paused.
        overdue: that moment has come.
        rungs: what was reached of its ladder, in order.
    """

    project: str
    kind: str
    id: str
    element: ElementId
    title: Label = NO_LABEL
    roles: tuple[RoleId, ...] = ()
    people: tuple[Person, ...] = ()
    round: int = 1
    since: datetime | None = None
    limit: WorkDuration | None = None
    used: WorkDuration = ZERO
    paused: str = ""
    waiting_for: str = ""
    due: datetime | None = None
    overdue: bool = False
    rungs: tuple[Reached, ...] = ()

    @property
    def rung(self) -> str:
        """The last rung reached; "" for none."""
        return self.rungs[-1].rung if self.rungs else ""


def due(
    process: Process,
    state: ProjectState,
    at: datetime,
    *,
    calendars: Named = calendar,
    judges: Judges = NO_JUDGES,
) -> tuple[Due, ...]:
    """Return everything of a project that has a limit or a date and is not done, as of *at*.

    The time of an activity runs from when it can be begun until it is finished, that of a gate while it can be judged,
    in the working time of its calendar (its own, that of the first role that does it and has one, that of the process,
    else "weekdays"); it stands still while the project is on hold and while somebody outside is waited for. A condition
    falls due when its day is over in the time zone of the project; what the ladder of the process says of time
    ``overdue`` counts from then.

    Args:
        at: not before the last event; an earlier moment counts as that.
        calendars: finds a calendar that the process does not declare, such as `Extensions.calendar`.
    Returns:
        First what falls due first; what is paused last; () of a project that is closed or was never begun.
    Raises:
        UnknownName: there is no calendar of a name that is needed.
    Cost: O(elements with a time limit + conditions), about 30 us for each that is open.

    Example:
        >>> from datetime import timedelta
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, StartProject, decide, replay
        >>> draft = b.activity("draft", time_limit="2d", escalation=[{"share": "0.5", "tell": "boss"}])
        >>> bid = b.process("bid", roles={"boss": "总监"}, stages=[b.stage("offer", activities=[draft])])
        >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> state = replay(decide(bid, NOTHING, StartProject(project="acme", by="li.wei", at=monday)).events)
        >>> (item,) = due(bid, state, monday + timedelta(days=1, hours=2))
        >>> item.id, str(item.used), item.rung, item.due.isoformat()
        ('draft', '1d 2h', '50%', '2026-03-03T18:00:00+00:00')
    """
    if state.standing not in (Standing.RUNNING, Standing.HELD):
        return ()
    now = max(at, state.at).astimezone(UTC)
    clocks = switched(state.clocks, switches_until(process, state, now, judges))
    reading = _Reading(Progress(process, state, now, judges), clocks, calendars)
    found = [item for i in reading.progress.compiled.timed for item in reading.element(i)]
    found += [reading.condition(o) for o in state.obligations.values() if o.met is None]
    return tuple(sorted(found, key=lambda item: (item.due is None, item.due or now, item.kind, item.id)))


def leading(process: Process) -> tuple[RoleId, ...]:
    """Return the roles that answer where nobody else does: the first responsible's, then the sponsor's."""
    first = [role.id for role in process.roles if role.first_responsible]
    return tuple(dict.fromkeys((*first, *(role.id for role in process.roles if role.sponsor))))


def hears(process: Process, team: Team, tell: Iterable[str]) -> tuple[Person, ...]:
    """Return the people that *tell* (roles, or people) means; who leads the project, where nobody wears those roles."""
    people: dict[Person, None] = {}
    for name in tell:
        worn = team.people(name) if name in process.roles_by_id else (name,)
        people |= dict.fromkeys(worn)
    return tuple(people) or people_of(team, leading(process))


def owing(process: Process, element: Activity | Gate) -> tuple[RoleId, ...]:
    """Return the roles inside the company that owe *element*: those that do it, else the accountable, else who leads.

    Where somebody outside does it, the customer say, those inside who answer for it are told that it is late.
    """
    for roles in (doing(element), element.raci.accountable):
        known = (process.roles_by_id.get(role) for role in roles)
        inside = tuple(role.id for role in known if role is not None and not role.external)
        if inside:
            return inside
    return leading(process)


class _Reading:
    """What the clocks say at one moment."""

    def __init__(self, progress: Progress, clocks: Clocks, calendars: Named) -> None:
        self.progress, self.clocks, self.calendars = progress, clocks, calendars
        self.process, self.state = progress.process, progress.state

    def element(self, i: int) -> Iterator[Due]:
        """Yield what is due of the activity or gate at node *i*, and the roles it lacks."""
        element, progress = self.progress.nodes[i].element, self.progress
        assert isinstance(element, Activity | Gate)
        clock, limit = self.clocks.get(element.id, UNUSED), limit_of(element)
        if not clock.used or limit is None or progress.applies(i) is not Truth.TRUE or progress.left_out(i):
            return
        days = None if limit.elapsed else self.calendar(calendar_of(self.process, element))
        stretches, roles = clock.stretches(progress.at), owing(self.process, element)
        ladder = [(limit.minutes, DUE, roles)]
        ladder += [(rung.minutes(limit), rung.key, rung.tell) for rung in ladder_of(self.process, element)]
        rungs = _reached(days, stretches, ladder, clock.told)
        fallen = next((rung.moment for rung in rungs if rung.rung == DUE), None)
        if fallen is None and clock.since is not None:
            fallen = moment_left(days, stretches, limit.minutes, progress.at)
        waiting = self.state.waiting.get(element.id)
        yield Due(
            project=self.state.project,
            kind=kind_of(element),
            id=element.id,
            element=element.id,
            title=element.title,
            roles=roles,
            people=hears(self.process, self.state.team, roles),
            round=clock.round,
            since=stretches[0][0],
            limit=limit,
            used=WorkDuration(used_minutes(days, stretches), elapsed=limit.elapsed),
            paused=self.paused(clock, element.id),
            waiting_for=waiting.on if waiting is not None else "",
            due=fallen,
            overdue=any(rung.rung == DUE for rung in rungs),
            rungs=rungs,
        )
        if open_now(progress, i):
            yield from (self.unfilled(element, role, stretches[0][0]) for role in unfilled(progress, element))

    def paused(self, clock: Clock, name: ElementId) -> str:
        if clock.since is not None:
            return ""
        if self.state.standing is Standing.HELD:
            return "held"
        return "waiting" if name in self.state.waiting else "shut"

    def unfilled(self, element: Activity | Gate, role: RoleId, since: datetime) -> Due:
        roles = leading(self.process)
        found = self.process.roles_by_id.get(role)
        return Due(
            project=self.state.project,
            kind="role",
            id=role,
            element=element.id,
            title=found.title if found is not None else NO_LABEL,
            roles=roles,
            people=people_of(self.state.team, roles),
            since=since,
            due=since,
            overdue=True,
        )

    def condition(self, owed: Obligation) -> Due:
        """Return what is due of an unmet condition."""
        fallen, now = ends(owed.due, self.state.time_zone), self.progress.at
        late = [(rung.overdue.minutes, rung) for rung in self.process.escalation if rung.overdue is not None]
        rungs: tuple[Reached, ...] = ()
        if fallen <= now:
            told = any(told.rung == DUE for told in owed.told)
            rungs = (Reached(rung=DUE, tell=(owed.owner,), moment=fallen, told=told),)
            for minutes, rung in sorted(late, key=lambda pair: pair[0]):
                days = (
                    None if rung.overdue is not None and rung.overdue.elapsed else self.calendar(self.process.calendar)
                )
                rungs += _reached(days, [(fallen, now)], [(minutes, rung.key, rung.tell)], owed.told)
        return Due(
            project=self.state.project,
            kind="condition",
            id=owed.id,
            element=owed.gate or owed.activity,
            title=Label(en=owed.text),
            roles=(owed.owner,) if owed.owner in self.process.roles_by_id else (),
            people=owners_of(self.progress, owed.owner),
            since=fallen if fallen <= now else None,
            due=fallen,
            overdue=fallen <= now,
            rungs=rungs,
        )

    def calendar(self, name: str) -> Calendar:
        return resolve_calendar(self.process, name, named=self.calendars)


def _reached(
    days: Calendar | None, stretches: Sequence[Stretch], ladder: Iterable[Step], told: Iterable[Told]
) -> tuple[Reached, ...]:
    """Return the steps of *ladder* that *stretches* have reached, in order."""
    known = {one.rung for one in told}
    found: dict[str, Reached] = {}
    for minutes, rung, tell in sorted(ladder, key=lambda step: step[0]):
        moment = moment_used(days, stretches, minutes)
        if moment is None:
            break
        found.setdefault(rung, Reached(rung=rung, tell=tell, moment=moment, told=rung in known))
    return tuple(found.values())
