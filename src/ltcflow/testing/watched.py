"""`Watched`: a project under watch. It decides commands and holds each answer against the ten invariants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ltcflow.definition import dumps
from ltcflow.process import Process
from ltcflow.projects import (
    NOTHING,
    Accepted,
    AnyCommand,
    AnyEvent,
    Policy,
    ProjectState,
    Refused,
    apply,
    decide,
)
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.testing import invariants as i
from ltcflow.testing.picture import Picture
from ltcflow.testing.told import Told

Policies = tuple[tuple[str, Policy], ...]


class Watched:
    """One project under watch: what it is, what it did, and what its log tells.

    Attributes:
        process, judges, policies: what it runs on, as `ltcflow.projects.decide` takes them.
        state: as `apply` makes it; log: every event, oldest first; commands: every command that was sent.
        told: the naive reading of the log.
    """

    def __init__(self, process: Process, judges: Judges = NO_JUDGES, policies: Policies = ()) -> None:
        self.process, self.judges, self.policies = process, judges, policies
        self.state: ProjectState = NOTHING
        self.log: list[AnyEvent] = []
        self.commands: list[AnyCommand] = []
        self.told = Told(process, judges)
        self._looked = -1

    def send(self, command: AnyCommand) -> Accepted | Refused:
        """Decide on *command*, apply what happened, and hold the answer against the invariants.

        Raises:
            AssertionError: an invariant is broken; the message starts with its number.
        """
        answer = self._decide(command)
        self.commands.append(command)
        assert answer == self._decide(command), f"1: another answer to {command}"
        if isinstance(answer, Refused):
            i.explains_itself(answer)
            return answer
        assert answer.events, f"accepted, but nothing happened: {command}"
        i.stays_closed(self.told, command)
        for event in answer.events:
            self._happens(event)
        self.told.remember(self.now())
        i.agrees(self.told, self.state)
        i.comes_to_a_decision(self.now())
        return answer

    def _decide(self, command: AnyCommand) -> Accepted | Refused:
        return decide(self.process, self.state, command, judges=self.judges, policies=self.policies)

    def _happens(self, event: AnyEvent) -> None:
        now = self.now(event.at)
        i.keeps_order(now, event)
        i.passes_rightly(now, event)
        i.acts_lawfully(now, event)
        i.binds_conditions(now, event)
        i.ends_with_reason(now, event)
        i.runs_forward(self.log, event)
        i.tells_once(now, event)
        i.survives_the_record(event)
        self.state = apply(self.state, event)
        self.told.tell(event)
        self.log.append(event)

    def __repr__(self) -> str:
        """What a failing law shows: the declaration and what was sent."""
        sent = "".join(f"{command}\n" for command in self.commands)
        return f"{dumps(self.process)}\n{sent}"

    def now(self, at: datetime | None = None) -> Picture:
        """Return what has begun and ended as of *at* (of the last event)."""
        return Picture.of(self.told, at if at is not None else self.state.at)

    def look(self, at: datetime | None = None) -> None:
        """Hold the state against the invariants that need no command, as of *at*, and as of the dates of conditions.

        Raises:
            AssertionError: an invariant is broken.
        """
        if at is None and self._looked == self.state.version:
            return  # nothing happened since
        self._looked = self.state.version
        now = self.now(at)
        i.replays(self.log, self.state)
        i.is_ready_when_it_says_so(now, self.state)
        i.reopens_overdue(now, self.state)
        zone = ZoneInfo(self.told.zone)
        for promise in self.told.promises.values():
            for moment in (_midnight(promise.due, zone), _midnight(promise.due + timedelta(days=1), zone)):
                if moment > now.at:
                    i.reopens_overdue(self.now(moment), self.state)

    def retold(self) -> Iterator[tuple[Picture, AnyEvent]]:
        """Yield every event of the log with the picture just before it."""
        return retell(self.process, self.log, self.judges)


def _midnight(of: date, zone: ZoneInfo) -> datetime:
    return datetime(of.year, of.month, of.day, tzinfo=zone)


def retell(process: Process, log: Iterable[AnyEvent], judges: Judges = NO_JUDGES) -> Iterator[tuple[Picture, AnyEvent]]:
    """Yield every event of *log* with the picture just before it: for laws about one kind of event."""
    told = Told(process, judges)
    for event in log:
        yield Picture.of(told, event.at), event
        told.tell(event)
        told.remember(Picture.of(told, event.at))
