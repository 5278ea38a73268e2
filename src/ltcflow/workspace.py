"""Workspace: the only place where time, storage, plugins and the core meet. It decides nothing by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import attrs

from ltcflow import projects as p
from ltcflow.definition import dumps, fingerprint, loads
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName
from ltcflow.findings import Finding
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.commands import FactsLike, PromiseLike
from ltcflow.projects.readiness import NO_OUTLOOK
from ltcflow.roles import Person, Team, TeamLike, as_team
from ltcflow.stages import RiskLevel, Verdict
from ltcflow.stores import Draft, EventStore, Record, StaleProject, StoreCorrupt, canonical_json, open_store, verify

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.schedule import Plan
    from ltcflow.worktime import CalendarLike, DurationLike

Clock = Callable[[], datetime]
C = TypeVar("C", bound=p.Command)
ATTEMPTS = 20
"""How often a command is decided anew when others keep writing to the same project in between."""
_MOST_CACHED = 4096
NO_TEAM = Team()


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock of a workspace unless another is given."""
    return datetime.now(UTC)


@attrs.frozen
class Known:
    """What a workspace remembers of a project between commands; the store's head says whether it is still true."""

    number: int
    hash: str
    state: p.ProjectState


class Workspace:
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

    def __init__(self, store: EventStore, *, extensions: Extensions | None = None, clock: Clock = utc_now) -> None:
        self.store = store
        self.clock = clock
        self._extensions = extensions
        self._known: dict[str, Known] = {}
        self._processes: dict[str, Process] = {}
        self._lock = threading.RLock()

    @classmethod
    def open(cls, url: str = "memory:", *, clock: Clock = utc_now, extensions: Extensions | None = None) -> Workspace:
        """Open the store at *url* ("memory:", "sqlite:///sales.db", or the path of a file).

        Args:
            clock: gives the present moment (aware); only asked where a call names no ``at``.
            extensions: what plugins add; left out, the built-in plugin and the installed ones.
        Raises:
            StoreError: the store cannot be opened; the message says why and what to do.
        """
        return cls(open_store(url), extensions=extensions, clock=clock)

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
        known = self._current(project)
        if known.number == 0:
            raise UnknownName(kind="project", value=project, known=self.projects())
        return known.state

    def process(self, project: str) -> Process:
        """Return the declaration *project* was started on, exactly as it was then."""
        return self._process(self.state(project).definition)

    def log(self, project: str) -> tuple[p.AnyEvent, ...]:
        """Return every event of *project*, oldest first."""
        self.state(project)
        return tuple(_event(record) for record in self.store.read(project))

    def verify(self, project: str | None = None) -> tuple[Finding, ...]:
        """Return a finding for the first broken link of the record of *project* (or of each project); () is sound."""
        names = self.projects() if project is None else (project,)
        return tuple(finding for name in names for finding in verify(self.store, name))

    def readiness(
        self,
        project: str,
        milestone: ElementId,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
    ) -> p.Readiness:
        """Say what is missing for *milestone*, who owes it, and when it will be there.

        Args:
            calendar: to plan with; left out, the process's own or "weekdays".
            default_duration: for what nobody has estimated; without it a project with a missing duration has no
                forecast: durations are never invented.
        """
        state, process, moment = self.state(project), self.process(project), at or self.clock()
        outlook: Mapping[ElementId, p.Outlook] = NO_OUTLOOK
        plan = self.plan(project, at=moment, calendar=calendar, default_duration=default_duration)
        if not any(row.assumed for row in plan.rows) or default_duration is not None:
            outlook = {
                row.id: p.Outlook(row.critical, row.total_float.minutes, row.early_finish)
                for row in plan.rows
                if not row.skipped
            }
        return p.readiness(process, state, milestone, at=moment, outlook=outlook, judges=self.extensions.judges)

    def plan(
        self,
        project: str,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        durations: Mapping[ElementId, DurationLike] | None = None,
        default_duration: DurationLike | None = None,
    ) -> Plan:
        """Forecast *project* from where it stands at *at*: what is done keeps its dates, the rest follows."""
        from ltcflow.schedule import forecast

        state, process, moment = self.state(project), self.process(project), at or self.clock()
        return forecast(
            process,
            start=state.started,
            calendar=calendar or process.calendar or "weekdays",
            durations=durations or {},
            default_duration=default_duration,
            facts=dict(state.facts.items()),
            started={name: work.started for name, work in state.work.items()},
            finished=p.actual_finishes(state),
            data_date=max(moment, state.at),
        )

    def why(self, project: str, element: ElementId, *, at: datetime | None = None) -> tuple[p.Link, ...]:
        """Return the shortest chain from *element* to what can be done today; () when it has ended."""
        state, moment = self.state(project), at or self.clock()
        return p.why(self.process(project), state, element, at=moment, judges=self.extensions.judges)

    def worklist(self, person: Person, *, at: datetime | None = None) -> tuple[p.WorkItem, ...]:
        """Return what *person* can do now, over all projects, by project."""
        moment, judges = at or self.clock(), self.extensions.judges
        return tuple(
            item
            for name in self.projects()
            for item in p.worklist(self.process(name), self.state(name), person, at=moment, judges=judges)
        )

    def preview(self, project: str, command: p.AnyCommand) -> p.Accepted | p.Refused:
        """Say what *command* would do, and write nothing."""
        state = self.state(project)
        return self._decide(self._process(state.definition), state, command)

    # -- writing ---------------------------------------------------------------------------------------------------

    def execute(self, project: str, command: p.AnyCommand) -> p.Accepted | p.Refused:
        """Decide *command* for *project*; record its events when it is accepted.

        Two writers at once are put in order: the later one is decided again on what the earlier one did.

        Raises:
            UnknownName: there is no such project (`start` it first).
            StaleProject: others wrote in between, again and again; nothing was written.
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
            by: who begins it; left out, the one person of *team* in the first responsible's role, else the sponsor's.
        Raises:
            InvalidValue: nobody is named.
        """
        members = as_team(team)
        who = by or _leader(process, members)

        def command(moment: datetime) -> p.AnyCommand:
            hash = fingerprint(process)
            return p.StartProject(
                by=who, at=moment, project=project, title=title, team=members, facts=facts, definition=hash
            )

        return self._execute(project, process, command, at)

    def _do(
        self, project: str, kind: type[C], by: Person, at: datetime | None, **fields: Any
    ) -> p.Accepted | p.Refused:
        make: Callable[[datetime], Any] = lambda moment: kind(by=by, at=moment, **fields)  # noqa: E731  # a name for mypy
        return self._execute(project, None, make, at)

    def begin(self, project: str, activity: ElementId, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Begin an activity."""
        return self._do(project, p.StartActivity, by, at, activity=activity)

    def finish(self, project: str, activity: ElementId, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Finish an activity; one that nobody began is begun at the same moment."""
        return self._do(project, p.FinishActivity, by, at, activity=activity)

    def submit(
        self,
        project: str,
        deliverable: ElementId,
        *,
        by: Person,
        fields: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> p.Answer:
        """Hand in a deliverable with the content of its fields."""
        return self._do(project, p.SubmitDeliverable, by, at, deliverable=deliverable, fields=fields or {})

    def record(self, project: str, *, by: Person, facts: FactsLike, at: datetime | None = None) -> p.Answer:
        """Record facts."""
        return self._do(project, p.RecordFacts, by, at, facts=facts)

    def vote(
        self,
        project: str,
        gate: ElementId,
        *,
        by: Person,
        verdict: Verdict | str,
        conditions: Iterable[PromiseLike] = (),
        reason: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Judge a gate: go, conditional (with conditions), hold, recycle or stop (with a reason)."""
        promises = tuple(conditions)
        return self._do(project, p.CastVote, by, at, gate=gate, verdict=verdict, conditions=promises, reason=reason)

    def delegate(
        self, project: str, gate: ElementId, *, by: Person, to: Person, at: datetime | None = None
    ) -> p.Answer:
        """Give one's vote on a gate to somebody else."""
        return self._do(project, p.DelegateVote, by, at, gate=gate, to=to)

    def waive(
        self, project: str, gate: ElementId, criterion: str, *, by: Person, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Let a gate do without one of its criteria."""
        return self._do(project, p.WaiveCriterion, by, at, gate=gate, criterion=criterion, reason=reason)

    def meet(self, project: str, condition: str, *, by: Person, note: str = "", at: datetime | None = None) -> p.Answer:
        """Say that a condition is met."""
        return self._do(project, p.MeetCondition, by, at, condition=condition, note=note)

    def redate(
        self, project: str, condition: str, *, by: Person, due: date | str, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Give an unmet condition another date."""
        return self._do(project, p.RedateCondition, by, at, condition=condition, due=due, reason=reason)

    def assign(
        self, project: str, role: str, people: Person | Iterable[Person], *, by: Person, at: datetime | None = None
    ) -> p.Answer:
        """Let exactly *people* wear *role*."""
        return self._do(project, p.AssignRole, by, at, role=role, people=people)

    def raise_risk(
        self,
        project: str,
        risk: str,
        *,
        by: Person,
        level: RiskLevel | str,
        title: str = "",
        owner: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Put a risk on the register."""
        return self._do(project, p.RaiseRisk, by, at, risk=risk, level=level, title=title, owner=owner)

    def close_risk(
        self, project: str, risk: str, *, by: Person, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Close an open risk."""
        return self._do(project, p.CloseRisk, by, at, risk=risk, reason=reason)

    def hold(self, project: str, *, by: Person, reason: str, at: datetime | None = None) -> p.Answer:
        """Let the project rest."""
        return self._do(project, p.HoldProject, by, at, reason=reason)

    def resume(self, project: str, *, by: Person, reason: str = "", at: datetime | None = None) -> p.Answer:
        """Take up a resting project again."""
        return self._do(project, p.ResumeProject, by, at, reason=reason)

    def end(
        self, project: str, outcome: p.Closing | str, *, by: Person, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """End the project: won, completed, lost or cancelled."""
        return self._do(project, p.CloseProject, by, at, outcome=outcome, reason=reason)

    def reopen(self, project: str, *, by: Person, reason: str, at: datetime | None = None) -> p.Answer:
        """Open a closed project again."""
        return self._do(project, p.ReopenProject, by, at, reason=reason)

    def approve_early_start(
        self,
        project: str,
        activity: ElementId,
        *,
        by: Person,
        condition: str,
        due: date | str,
        at: datetime | None = None,
    ) -> p.Answer:
        """Let an activity start before what it waits for, on a condition."""
        return self._do(project, p.ApproveEarlyStart, by, at, activity=activity, condition=condition, due=due)

    def note(self, project: str, text: str, *, by: Person, at: datetime | None = None) -> p.Answer:
        """Leave a note on the record."""
        return self._do(project, p.AddNote, by, at, text=text)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _execute(
        self, project: str, process: Process | None, make: Callable[[datetime], p.AnyCommand], at: datetime | None
    ) -> p.Accepted | p.Refused:
        for attempt in range(ATTEMPTS):
            known = self._current(project)
            if process is None and known.number == 0:
                raise UnknownName(kind="project", value=project, known=self.projects())
            command = make(at if at is not None else max(self.clock(), known.state.at))
            declared = self._process(known.state.definition) if known.number else process
            assert declared is not None
            answer = self._decide(declared, known.state, command)
            if isinstance(answer, p.Refused):
                return answer
            if process is not None:
                self._keep_definition(process, fingerprint(process))
            try:
                self._commit(project, known, answer)
            except StaleProject:
                if attempt == ATTEMPTS - 1:
                    raise
                continue
            return answer
        raise AssertionError("the last attempt returns or raises")

    def _decide(self, process: Process, state: p.ProjectState, command: p.AnyCommand) -> p.Accepted | p.Refused:
        extensions = self.extensions
        return p.decide(process, state, command, judges=extensions.judges, policies=extensions.policies)

    def _commit(self, project: str, known: Known, answer: p.Accepted) -> None:
        drafts = [
            Draft(kind=type(event).__name__, at=event.at, by=event.by, data=canonical_json(p.event_to_data(event)))
            for event in answer.events
        ]
        records = self.store.append(project, drafts, expected=known.number)
        state = p.replay(answer.events, known.state)
        self._remember(project, Known(records[-1].number, records[-1].hash, state))
        if self.extensions.listeners:
            from ltcflow.plugins import notify

            notify(self.extensions, project=project, events=answer.events, number=records[-1].number)

    def _remember(self, project: str, known: Known) -> None:
        with self._lock:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            self._known[project] = known

    def _current(self, project: str) -> Known:
        number, hash = self.store.head(project)
        known = self._known.get(project)
        if known is not None and (known.number, known.hash) == (number, hash):
            return known
        base = known if known is not None and known.number < number else Known(0, "", p.NOTHING)
        records = self.store.read(project, after=base.number)
        if base.number and records and records[0].previous != base.hash:
            base, records = Known(0, "", p.NOTHING), self.store.read(project)
        state = p.replay((_event(record) for record in records), base.state)
        last = records[-1] if records else None
        found = Known(last.number, last.hash, state) if last is not None else base
        self._remember(project, found)
        return found

    def _keep_definition(self, process: Process, hash: str) -> None:
        if hash not in self._processes:
            self.store.save_definition(hash, dumps(process))
            self._processes[hash] = process

    def _process(self, hash: str) -> Process:
        known = self._processes.get(hash)
        if known is None:
            try:
                known = loads(self.store.definition(hash), name=f"definition {hash[:12]}")
            except LtcflowError as error:
                raise _unreadable(hash) from error
            if fingerprint(known) != hash:
                raise _unreadable(hash)
            self._processes[hash] = known
        return known


def _unreadable(hash: str) -> StoreCorrupt:
    return StoreCorrupt(
        store=f"definition {hash[:12]}",
        problem="the definition a project runs on is missing, changed or unreadable.",
        remedy="Restore the store from a backup; the project's own log is not touched.",
    )


def _event(record: Record) -> p.AnyEvent:
    return p.event_from_data(record.kind, record.by, record.at, json.loads(record.data))


def _leader(process: Process, team: Team) -> Person:
    for wanted in ("first_responsible", "sponsor"):
        people = [person for role in process.roles if getattr(role, wanted) for person in team.people(role.id)]
        if len(people) == 1:
            return people[0]
    raise InvalidValue(field="by", value="''", problem="Nobody is named.", remedy="Say who begins the project: by=...")
