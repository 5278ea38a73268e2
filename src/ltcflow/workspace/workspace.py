"""Workspace: the only place where time, storage, plugins and the core meet. It decides nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ltcflow import projects as p
from ltcflow.definition import fingerprint
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.commands import FactsLike
from ltcflow.projects.readiness import NO_OUTLOOK
from ltcflow.roles import Person, Team, TeamLike, as_team
from ltcflow.stores import CommitInDoubt, Draft, EventStore, StaleProject, canonical_json, open_store, verify
from ltcflow.stores.canonical import check_new_project
from ltcflow.workspace.calls import Make
from ltcflow.workspace.doubts import Doubts
from ltcflow.workspace.ending import Ending
from ltcflow.workspace.exchange import Exchange
from ltcflow.workspace.kept import Kept, Known, event_of
from ltcflow.workspace.outlooks import Outlooks
from ltcflow.workspace.register_calls import RegisterCalls
from ltcflow.workspace.registers import Registers
from ltcflow.workspace.reporting import Reporting
from ltcflow.workspace.sharing import Sharing
from ltcflow.workspace.snapshots import Snapshots
from ltcflow.workspace.standing import standing
from ltcflow.workspace.steering import Steering
from ltcflow.workspace.timing import Timing

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.schedule import Plan
    from ltcflow.schedule.montecarlo import Simulation
    from ltcflow.worktime import CalendarLike, DurationLike

Clock = Callable[[], datetime]
ATTEMPTS = 20
"""How often a command is decided anew when others keep writing to the same project in between."""
NO_TEAM = Team()


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock of a workspace unless another is given."""
    return datetime.now(UTC)


class Workspace(RegisterCalls, Ending, Outlooks, Registers, Reporting, Sharing, Steering, Timing, Exchange):
    """Runs projects on a store.

    Example:
        >>> import ltcflow as ltc
        >>> b = ltc.builder
        >>> bid = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])
        >>> with ltc.Workspace.open("memory:") as ws:
        ...     _ = ws.start(bid, project="acme", title="Acme", by="li.wei")
        ...     ws.finish("acme", "offer", by="li.wei").accepted
        True
    """

    def __init__(
        self,
        store: EventStore,
        *,
        extensions: Extensions | None = None,
        clock: Clock = utc_now,
        snapshots: str | PathLike[str] | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self._extensions = extensions
        self._kept = Kept(store, None if snapshots is None else Snapshots(snapshots, store.describe().location))
        self._doubts = Doubts()

    @classmethod
    def open(
        cls,
        url: str = "memory:",
        *,
        clock: Clock = utc_now,
        extensions: Extensions | None = None,
        snapshots: str | PathLike[str] | None = None,
    ) -> Workspace:
        """Open the store at *url* ("memory:", "sqlite:///sales.db", "postgresql://...", or the path of a file).

        Args:
            clock: gives the present moment (aware); only asked where a call names no ``at``.
            extensions: what plugins add; left out, the built-in plugin and the installed ones.
            snapshots: a folder for states of long logs, to look at them faster; it may be deleted at any time.
        Raises:
            StoreError: the store cannot be opened; the message says why and what to do.
        """
        return cls(open_store(url), extensions=extensions, clock=clock, snapshots=snapshots)

    @property
    def extensions(self) -> Extensions:
        """What the plugins add."""
        if self._extensions is None:
            from ltcflow.plugins import default_extensions

            self._extensions = default_extensions()
        return self._extensions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self.store.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def projects(self) -> tuple[str, ...]:
        """Return the ids of all projects, sorted."""
        return tuple(sorted(self.store.projects()))

    def state(self, project: str) -> p.ProjectState:
        """Return what the record of *project* adds up to.

        Raises:
            UnknownName: there is no such project; the nearest ids are suggested.
        """
        known = self._kept.current(self._kept.named(project))
        if known.number == 0:
            raise UnknownName(kind="project", value=project, known=self.projects())
        return known.state

    def process(self, project: str) -> Process:
        """Return the declaration *project* was started on, exactly as it was then."""
        return self._kept.process(self.state(project).definition)

    def log(self, project: str) -> tuple[p.AnyEvent, ...]:
        """Return every event of *project*, oldest first."""
        self.state(project)
        return tuple(event_of(record) for record in self.store.read(self._kept.named(project)))

    def verify(self, project: str | None = None) -> tuple[Finding, ...]:
        """Return what is wrong with the record of *project* (or of each project); () is sound.

        The first broken link of a log is a finding; where all links hold, so is every definition that the project
        was put on and that the store no longer has as it was. A project whose log is gone is known by its head.
        """
        every = sorted({*self.store.projects(), *self.store.heads()}) if project is None else ()
        names = every if project is None else (self._kept.named(project),)
        return tuple(finding for name in names for finding in self._findings(name))

    def _findings(self, project: str) -> tuple[Finding, ...]:
        return verify(self.store, project) or self._kept.verify_definitions(project)

    def readiness(
        self,
        project: str,
        milestone: ElementId,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
        simulation: Simulation | None = None,
    ) -> p.Readiness:
        """Say what is missing for *milestone*, who owes it, and when it will be there.

        Args:
            calendar: to plan with, a plugin's by its name too; left out, the process's own or "weekdays".
            default_duration: for what nobody has estimated; without it a project with a missing duration has no
                forecast: durations are never invented.
            simulation: what `simulate` found, for ``readiness(...).probability_by("2026-06-30")``.
        """
        state, process, moment = self.state(project), self.process(project), at or self._now()
        outlook: Mapping[ElementId, p.Outlook] = NO_OUTLOOK
        plan = self.plan(project, at=moment, calendar=calendar, default_duration=default_duration)
        if not any(row.assumed for row in plan.rows) or default_duration is not None:
            outlook = {
                row.id: p.Outlook(row.critical, row.total_float.minutes, row.early_finish)
                for row in plan.rows
                if not row.skipped
            }
        judges = self.extensions.judges
        return p.readiness(process, state, milestone, at=moment, outlook=outlook, judges=judges, simulation=simulation)

    def plan(
        self,
        project: str,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        durations: Mapping[ElementId, DurationLike] | None = None,
        default_duration: DurationLike | None = None,
        **options: Any,
    ) -> Plan:
        """Forecast *project* from where it stands at *at*: what is done keeps its dates, the rest follows.

        Args:
            options: further arguments of `ltcflow.schedule.forecast`, such as deadlines, constraints and finish.
        """
        from ltcflow.schedule import forecast

        stands = standing(self, project, at, calendar, options.pop("calendars", {}))
        return forecast(
            self.process(project), durations=durations or {}, default_duration=default_duration, **stands, **options
        )

    def simulate(
        self,
        project: str,
        *,
        seed: int,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        **options: Any,
    ) -> Simulation:
        """Simulate *project* from where it stands at *at*: what is done keeps its dates, the rest is drawn.

        Args:
            options: further arguments of `ltcflow.simulate`, such as durations, constraints, outcomes and samples.
        """
        from ltcflow.schedule.montecarlo import simulate

        stands = standing(self, project, at, calendar, options.pop("calendars", {}))
        return simulate(self.process(project), seed=seed, **stands, **options)

    def why(self, project: str, element: ElementId, *, at: datetime | None = None) -> tuple[p.Link, ...]:
        """Return the shortest chain from *element* to what can be done today; () when it has ended."""
        state, moment = self.state(project), at or self._now()
        return p.why(self.process(project), state, element, at=moment, judges=self.extensions.judges)

    def preview(self, project: str, command: p.AnyCommand) -> p.Accepted | p.Refused:
        """Say what *command* would do, and write nothing."""
        state = self.state(project)
        return self._decide(self._kept.process(state.definition), state, command)

    # -- writing ---------------------------------------------------------------------------------------------------

    def execute(self, project: str, command: p.AnyCommand) -> p.Accepted | p.Refused:
        """Decide *command* for *project*; record its events when it is accepted.

        Two writers at once are put in order: the later one is decided again on what the earlier one did.

        Raises:
            UnknownName: there is no such project (`start` it first).
            StaleProject: others wrote in between, again and again; nothing was written.
            CommitInDoubt: the connection was lost while it was recorded. The same command again, on this workspace, is
                recorded once: it returns the answer when the record is there, and else is decided anew.
            StoreError: the store failed; nothing was written.
        """
        if isinstance(command, p.StartProject):
            raise InvalidValue(
                field="command", value="StartProject", problem="needs its process.", remedy="Call start(process, ...)."
            )
        return self._execute(project, None, lambda _at: command, command.at)

    def start(
        self,
        process: Process,
        *,
        project: str,
        title: str = "",
        team: TeamLike = NO_TEAM,
        facts: FactsLike = (),
        by: Person = "",
        at: datetime | None = None,
    ) -> p.Accepted | p.Refused:
        """Begin *project* on *process*.

        Args:
            project: its id, 1 to 200 characters that can be seen, no blanks around them; kept in NFC.
            by: who begins it; left out, the one person of *team* in the first responsible's role, else the sponsor's.
        Raises:
            InvalidValue: nobody is named, or *project* is no such id.
        """
        name = check_new_project(project)
        members = as_team(team)
        who = by or _leader(process, members)

        def command(moment: datetime) -> p.AnyCommand:
            hash, zone = fingerprint(process), self._zone(process)
            return p.StartProject(
                by=who, at=moment, project=name, title=title, team=members, facts=facts, definition=hash, time_zone=zone
            )

        return self._execute(name, process, command, at)

    def _send(self, project: str, make: Make, at: datetime | None) -> p.Answer:
        return self._execute(project, None, make, at)

    def _tick(self, project: str, now: datetime | None, by: Person) -> p.Answer:
        return self._execute(project, None, lambda at: p.Tick(by=by, at=at), None, now=now)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        """Return what the clock says, when it is a moment."""
        now = self.clock()
        if not isinstance(now, datetime) or now.utcoffset() is None:
            raise InvalidValue(
                field="clock",
                value=repr(now)[:80],
                problem="is what the clock of the workspace gave, and is no datetime with a time zone.",
                remedy="Give a clock such as lambda: datetime.now(UTC).",
            )
        return now

    def _zone(self, process: Process) -> str:
        """Return the zone of the calendar of *process*; "" where none is found: the core then takes UTC."""
        from ltcflow.process import time_zone_of

        try:
            return time_zone_of(process, named=self.extensions.calendar)
        except UnknownName:
            return ""

    def _execute(
        self,
        project: str,
        process: Process | None,
        make: Callable[[datetime], p.AnyCommand],
        at: datetime | None,
        *,
        now: datetime | None = None,
    ) -> p.Accepted | p.Refused:
        """Decide and record. *at* is the time of the command; without it *now*, or the clock, but no earlier event."""
        project = self._kept.named(project)
        for attempt in range(ATTEMPTS):
            known = self._kept.current(project, sure=True)
            if process is None and known.number == 0:
                raise UnknownName(kind="project", value=project, known=self.projects())
            command = make(at if at is not None else max(now or self._now(), known.state.at))
            if (done := self._doubts.settled(project, command, self.store)) is not None:
                self._tell(project, done.answer, done.number)
                return done.answer
            declared = self._kept.process(known.state.definition) if known.number else process
            assert declared is not None
            answer = self._decide(declared, known.state, command)
            if isinstance(answer, p.Refused):
                return answer
            if process is not None:
                self._kept.keep_definition(process, fingerprint(process))
            try:
                self._commit(project, known, answer)
            except CommitInDoubt as error:
                self._doubts.note(project, command, answer, error)
                raise
            except StaleProject:
                if attempt == ATTEMPTS - 1:
                    raise
                continue
            return answer
        raise AssertionError("the last attempt returns or raises")

    def _decide(self, process: Process, state: p.ProjectState, command: p.AnyCommand) -> p.Accepted | p.Refused:
        extensions = self.extensions
        return p.decide(
            process,
            state,
            command,
            judges=extensions.judges,
            policies=extensions.policies,
            calendars=extensions.calendar,
        )

    def _commit(self, project: str, known: Known, answer: p.Accepted) -> None:
        drafts = [
            Draft(kind=type(event).__name__, at=event.at, by=event.by, data=canonical_json(p.event_to_data(event)))
            for event in answer.events
        ]
        records = self.store.append(project, drafts, expected=known.number)
        state = p.replay(answer.events, known.state)
        self._kept.remember(project, Known(records[-1].number, records[-1].hash, state))
        self._tell(project, answer, records[-1].number)

    def _tell(self, project: str, answer: p.Accepted, number: int) -> None:
        """Tell the plugins that listen."""
        if self.extensions.listeners:
            from ltcflow.plugins import notify

            notify(self.extensions, project=project, events=answer.events, number=number)


def _leader(process: Process, team: Team) -> Person:
    for wanted in ("first_responsible", "sponsor"):
        people = [person for role in process.roles if getattr(role, wanted) for person in team.people(role.id)]
        if len(people) == 1:
            return people[0]
    raise InvalidValue(field="by", value="''", problem="Nobody is named.", remedy="Say who begins the project: by=...")
