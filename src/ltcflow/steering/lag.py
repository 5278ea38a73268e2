"""Lag: where the time of a project went: waiting and working at each activity, gate and role, and who waits for whom.

Between two events, and between the midnights at which the date of a condition passes, nothing changes. So the record is
walked from stretch to stretch; in each, every activity and gate that is open is in exactly one of four ways:

* waiting: an activity that can be begun and is not; a gate that can be judged and has no vote that counts;
* working: an activity that was begun and is not finished; a gate from its first vote to its decision;
* outside: somebody outside is waited for (`StartWaiting`);
* held: the project is on hold.

What has not its turn yet is in none. Time is working time, by the calendar that the time limit of the element counts
on; a moment counts as the whole minute it lies in, so minutes add up over any cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

import attrs

from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, calendar_of, kind_of, resolve_calendar
from ltcflow.projects import events as e
from ltcflow.projects.compiled import compiled
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.fitting import stranger
from ltcflow.projects.panel import panel
from ltcflow.projects.progress import Progress
from ltcflow.projects.running import midnights, open_now
from ltcflow.projects.state import NOTHING, ProjectState, Standing, apply
from ltcflow.projects.votes import counted
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate
from ltcflow.steering.holding import acting, missing_votes, to_do, waiting_pairs
from ltcflow.steering.lagged import ElementTime, LagReport, Spent, VoteTime, WaitedFor, totals
from ltcflow.worktime import Calendar, Named, WorkDuration, calendar, minutes_between

Stretch = tuple[datetime, datetime]
Key = TypeVar("Key")
WAYS = ("waiting", "working", "outside", "held")


def lag(
    process: Process,
    events: Iterable[e.AnyEvent],
    *,
    at: datetime,
    since: datetime | None = None,
    calendars: Named = calendar,
    judges: Judges = NO_JUDGES,
) -> LagReport:
    """Return where the time of a project went, from its log.

    Args:
        events: all of its events, oldest first; those after *at* are left out of account.
        at: the moment the question is asked, also one of the past.
        since: count only the time from then on; None: from its beginning.
        calendars: finds a calendar that the process does not declare, such as `Extensions.calendar`.
        judges: the criteria of plugins.
    Returns:
        Working minutes by element and round, by vote, by role and by person, and who waited for whom.
    Raises:
        UnknownName: there is no calendar of a name that is needed.
        InvalidValue: *at* or *since* has no time zone.
    Cost: O(stretches of time * elements), about 20 us for each that is not done.

    Example:
        >>> from datetime import timedelta
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, FinishActivity, StartActivity, StartProject, decide, replay
        >>> steps = [b.activity("draft", raci={"R": "seller"}), b.activity("check", raci={"R": "legal"})]
        >>> roles = {"seller": "销售", "legal": "法务"}
        >>> bid = b.process("bid", roles=roles, stages=[b.stage("offer", activities=steps)])
        >>> monday, log = datetime(2026, 3, 2, 9, tzinfo=UTC), []
        >>> for command in (
        ...     StartProject(project="acme", by="li.wei", at=monday, team={"seller": "li.wei", "legal": "wu.min"}),
        ...     StartActivity(activity="draft", by="li.wei", at=monday + timedelta(days=1)),
        ...     FinishActivity(activity="draft", by="li.wei", at=monday + timedelta(days=3)),
        ... ):
        ...     log += decide(bid, replay(log), command).events
        >>> found = lag(bid, log, at=monday + timedelta(days=4))
        >>> [(item.element, str(item.waiting), str(item.working)) for item in found.elements]
        [('draft', '1d', '2d'), ('check', '1d', '0d')]
        >>> [(wait.role, wait.on, str(wait.time), wait.now) for wait in found.waits]
        [('legal', 'seller', '3d', ())]
    """
    until = at.astimezone(UTC)
    watch = _Watch(process, judges, until, since)
    state = watch.walk(x for x in events if isinstance(x, e.ProjectStarted) or not stranger(process, x))
    return _Reading(process, calendars, watch, state).report()


@attrs.define
class _Turn:
    """One round of an element: when it could be begun or judged, was begun, and ended."""

    allowed: datetime
    begun: datetime | None = None
    ended: datetime | None = None
    outcome: str = ""
    seen: bool = False


class _Watch:
    """Walks a log and notes the stretches of each way, vote and wait, from *since* to *until*."""

    def __init__(self, process: Process, judges: Judges, until: datetime, since: datetime | None) -> None:
        self.process, self.judges, self.until = process, judges, until
        self.since = since.astimezone(UTC) if since is not None else datetime.min.replace(tzinfo=UTC)
        self.rounds: dict[ElementId, int] = {}
        self.turns: dict[tuple[ElementId, int], _Turn] = {}
        self.ways: dict[tuple[ElementId, int, str, tuple[RoleId, ...], tuple[Person, ...]], list[Stretch]] = {}
        self.votes: dict[tuple[ElementId, int, RoleId, Person], list[Stretch]] = {}
        self.cast: dict[tuple[ElementId, int, RoleId, Person], e.VoteCast] = {}
        self.pairs: dict[tuple[RoleId, RoleId, ElementId, str], list[Stretch]] = {}
        self.pairs_now: set[tuple[RoleId, RoleId, ElementId, str]] = set()

    def walk(self, events: Iterable[e.AnyEvent]) -> ProjectState:
        """Go through *events* up to the end of the window, and through the time after the last of them."""
        state = NOTHING
        for event in events:
            if event.at > self.until:
                break
            if state.version and event.at > state.at:
                self.time(state, event.at.astimezone(UTC))
            state = apply(state, event)
            self.happened(state, event)
        if state.version:
            self.time(state, self.until)
        return state

    def happened(self, state: ProjectState, event: e.AnyEvent) -> None:
        """Note what *event* began or ended."""
        if isinstance(event, e.ActivityStarted):
            self.turn(event.activity, event.at).begun = event.at
        elif isinstance(event, e.VoteCast):
            turn = self.turn(event.gate, event.at)
            turn.begun = turn.begun or event.at
            self.cast[(event.gate, self.rounds.get(event.gate, 1), event.role, event.by)] = event
        elif isinstance(event, e.ActivityFinished):
            turn = self.turn(event.activity, event.at)
            turn.begun = turn.begun or event.at
            self.over(event.activity, event.at, "finished")
        elif isinstance(event, e.GateDecided):
            self.turn(event.gate, event.at)
            self.over(event.gate, event.at, event.verdict.value)
            for name in event.reopened:
                self.over(name, event.at, "reopened")

    def turn(self, name: ElementId, at: datetime) -> _Turn:
        """Return the present round of *name*, open since *at* unless it is known."""
        found = self.turns.setdefault((name, self.rounds.get(name, 1)), _Turn(at.astimezone(UTC)))
        found.seen = found.seen or at >= self.since
        return found

    def over(self, name: ElementId, at: datetime, outcome: str) -> None:
        """End the present round of *name*, if there is any."""
        number = self.rounds.get(name, 1)
        turn = self.turns.get((name, number))
        if turn is not None:
            turn.ended, turn.outcome = at, outcome
            self.rounds[name] = number + 1

    def time(self, state: ProjectState, until: datetime) -> None:
        """Note how *state* stood from its last event to *until*."""
        if state.standing not in (Standing.RUNNING, Standing.HELD):
            self.pairs_now = set()
            return
        start = state.at.astimezone(UTC)
        for a, b in pairwise((start, *midnights(state, start, until), until)):
            progress = Progress(self.process, state, a, self.judges)
            self.opened(progress, (a, b))
            self.pairs_now = waiting_pairs(progress)
            for pair in self.pairs_now:
                self.note(self.pairs, pair, (a, b))

    def opened(self, progress: Progress, stretch: Stretch) -> None:
        """Note every activity and gate that is open during *stretch*."""
        held = progress.state.standing is Standing.HELD
        for i, node in enumerate(progress.nodes):
            element = node.element
            if not isinstance(element, Activity | Gate) or not to_do(progress, i) or not open_now(progress, i):
                continue
            turn, number = self.turn(element.id, stretch[0]), self.rounds.get(element.id, 1)
            turn.seen = turn.seen or stretch[1] > self.since
            holder = acting(progress, i)
            outside = element.id in progress.state.waiting
            way = "held" if held else "outside" if outside else _way(progress, element)
            self.note(self.ways, (element.id, number, way, holder.roles, holder.people), stretch)
            if isinstance(element, Gate) and way in ("waiting", "working"):
                for voter in missing_votes(progress, element):
                    self.note(self.votes, (element.id, number, voter.role, voter.person), stretch)

    def note(self, table: dict[Key, list[Stretch]], key: Key, stretch: Stretch) -> None:
        """Add what of *stretch* lies in the window; one that goes on from the last becomes part of it."""
        start, end = max(stretch[0], self.since), min(stretch[1], self.until)
        if start >= end:
            return
        found = table.setdefault(key, [])
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))


def _way(progress: Progress, element: Activity | Gate) -> str:
    """Return "working" where *element* was begun, else "waiting"."""
    if isinstance(element, Activity):
        return "working" if element.id in progress.state.work else "waiting"
    asked = panel(progress, element)
    return "working" if counted(asked.voters, asked.round) else "waiting"


class _Reading:
    """Turns stretches into working minutes."""

    def __init__(self, process: Process, calendars: Named, watch: _Watch, state: ProjectState) -> None:
        self.process, self.watch, self.state = process, watch, state
        steps: tuple[Activity | Gate, ...] = (*process.activities(), *process.gates())
        names = {step.id: calendar_of(process, step) for step in steps}
        found = {name: resolve_calendar(process, name, named=calendars) for name in {*names.values(), ""}}
        self.days: dict[ElementId, Calendar] = {element: found[name] for element, name in names.items()}
        self.main = found[""]

    def minutes(self, days: Calendar, stretches: Iterable[Stretch]) -> WorkDuration:
        """Return the whole minutes between the beginnings and ends, each counted since the project began."""
        origin = self.state.started
        ends = ((minutes_between(days, origin, a), minutes_between(days, origin, b)) for a, b in stretches)
        return WorkDuration(sum(b - a for a, b in ends))

    def report(self) -> LagReport:
        state, watch = self.state, self.watch
        spent = [
            Spent(name, number, way, roles, people, self.minutes(self.days[name], stretches))
            for (name, number, way, roles, people), stretches in watch.ways.items()
        ]
        votes = tuple(self.votes())
        roles, people = totals(spent, votes)
        return LagReport(
            project=state.project,
            since=max(watch.since, state.started.astimezone(UTC)),
            until=watch.until,
            elements=tuple(self.elements(spent)),
            votes=votes,
            roles=roles,
            people=people,
            waits=self.waits(),
        )

    def elements(self, spent: Sequence[Spent]) -> Iterator[ElementTime]:
        order = {node.id: i for i, node in enumerate(compiled(self.process).network.nodes)}
        for (name, number), turn in sorted(self.watch.turns.items(), key=lambda item: (order[item[0][0]], item[0][1])):
            element = self.process.element(name)
            if not turn.seen or not isinstance(element, Activity | Gate) or getattr(element, "spans", False):
                continue
            mine = [one for one in spent if (one.element, one.round) == (name, number)]
            time = {way: WorkDuration(sum(one.time.minutes for one in mine if one.way == way)) for way in WAYS}
            yield ElementTime(
                element=name,
                kind=kind_of(element),
                title=element.title,
                round=number,
                roles=tuple(dict.fromkeys(role for one in mine for role in one.roles)),
                people=tuple(dict.fromkeys(person for one in mine for person in one.people)),
                allowed=turn.allowed,
                begun=turn.begun,
                ended=turn.ended,
                outcome=turn.outcome,
                **time,
            )

    def votes(self) -> Iterator[VoteTime]:
        cast = self.watch.cast
        for key in dict.fromkeys((*self.watch.votes, *cast)):
            gate, number, role, person = key
            vote = cast.get(key)
            if key in self.watch.votes or (vote is not None and vote.at >= self.watch.since):
                yield VoteTime(
                    gate=gate,
                    round=number,
                    role=role,
                    person=person,
                    time=self.minutes(self.days[gate], self.watch.votes.get(key, ())),
                    cast=vote.at if vote is not None else None,
                    verdict=vote.verdict if vote is not None else None,
                )

    def waits(self) -> tuple[WaitedFor, ...]:
        """Return who waited for whom, longest first. What goes on at the same time for the same two is counted once."""
        now, tables = self.watch.pairs_now, self.watch.pairs
        pairs = dict.fromkeys((a, b) for a, b, _, _ in (*tables, *sorted(now)))
        found = []
        for a, b in pairs:
            mine = [(key, stretches) for key, stretches in tables.items() if key[:2] == (a, b)]
            things: dict[str, list[Stretch]] = {}
            for key, stretches in mine:
                things.setdefault(key[3], []).extend(stretches)
            over = [(thing, self.minutes(self.main, union(some))) for thing, some in things.items()]
            found.append(
                WaitedFor(
                    role=a,
                    on=b,
                    time=self.minutes(self.main, union(one for _, some in mine for one in some)),
                    over=tuple(sorted(over, key=lambda item: (-item[1].minutes, item[0]))),
                    held_up=tuple(dict.fromkeys(key[2] for key, _ in mine)),
                    now=tuple(sorted({thing for x, y, _, thing in now if (x, y) == (a, b)})),
                )
            )
        found = [wait for wait in found if wait.time.minutes or wait.now]
        return tuple(sorted(found, key=lambda wait: (-wait.time.minutes, wait.role, wait.on)))


def union(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the time that lies in one of *stretches*, as stretches in order that do not touch.

    Example:
        >>> one, two, four, nine = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 4, 9))
        >>> union([(two, nine), (one, four)]) == ((one, nine),)
        True
    """
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
