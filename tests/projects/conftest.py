"""`story`: a project told in short words; under watch, so that every story is held against the ten invariants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ltcflow import projects as p
from ltcflow.process import Process
from ltcflow.testing import Watched


class Story:
    """One project. Each call sends a command a minute later and returns the codes it was refused with: () is accepted.

    ``by`` left out is somebody who has the duty, or the first of the team. `answer` is the last answer.
    """

    def __init__(self, process: Process, team: Any = None, facts: Any = (), judges: Any = p.criteria.NO_JUDGES) -> None:
        self.process, self.now = process, datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.project = Watched(process, judges)
        team = team if team is not None else {role.id: f"{role.id}.1" for role in process.roles}
        self.answer = self.project.send(
            p.StartProject(project="acme", team=team, facts=facts, by="li.wei", at=self.now)
        )
        assert self.answer.accepted, self.answer

    @property
    def state(self) -> p.ProjectState:
        return self.project.state

    @property
    def events(self) -> list[str]:
        """The kinds of the events of the last answer."""
        return [type(event).__name__ for event in self.answer.events]

    def send(self, kind: type, by: str | None = None, **fields: Any) -> tuple[str, ...]:
        self.now += timedelta(minutes=1)
        who = by if by is not None else self._somebody(fields)
        self.answer = self.project.send(kind(by=who, at=self.now, **fields))
        self.project.look()
        return () if self.answer.accepted else tuple(reason.code for reason in self.answer.reasons)

    def _somebody(self, fields: dict[str, Any]) -> str:
        """Somebody with a duty on the activity, or on those that leave the deliverable behind."""
        found = [a for a in self.process.activities() if a.id == fields.get("activity")]
        found += [a for a in self.process.activities() if fields.get("deliverable") in a.outputs]
        roles = [fact.owner for fact in self.process.facts if fact.id in fields.get("facts", ())]
        roles += [role for a in found for role in (*a.raci.responsible, *a.raci.accountable)]
        everybody = [person for _, people in self.state.team for person in people]
        return next(iter([*(x for role in roles for x in self.state.team.people(role)), *everybody, "li.wei"]))

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)
        self.project.look(self.now)

    def day(self, days: int) -> date:
        """The day that many days from now."""
        return (self.now + timedelta(days=days)).date()

    def begin(self, activity: str, by: str | None = None) -> tuple[str, ...]:
        return self.send(p.StartActivity, by, activity=activity)

    def finish(self, *activities: str, by: str | None = None) -> tuple[str, ...]:
        codes: tuple[str, ...] = ()
        for activity in activities:
            codes += self.send(p.FinishActivity, by, activity=activity)
        return codes

    def submit(self, deliverable: str, by: str | None = None, **fields: str) -> tuple[str, ...]:
        return self.send(p.SubmitDeliverable, by, deliverable=deliverable, fields=fields)

    def record(self, **facts: Any) -> tuple[str, ...]:
        return self.send(p.RecordFacts, facts=facts)

    def vote(
        self, gate: str, *by: str, verdict: str = "go", days: int | None = None, reason: str = ""
    ) -> tuple[str, ...]:
        """Everybody of *by* votes alike; *days*: on a condition due then, owed by the role of the first wearer."""
        codes: tuple[str, ...] = ()
        promises = [{"text": "bank guarantee", "owner": by[0], "due": self.day(days)}] if days is not None else []
        for person in by:
            codes += self.send(
                p.CastVote, person, gate=gate, verdict=verdict, conditions=promises, reason=reason or "because"
            )
        return codes

    def delegate(self, gate: str, by: str, to: str) -> tuple[str, ...]:
        return self.send(p.DelegateVote, by, gate=gate, to=to)

    def waive(self, gate: str, criterion: str, by: str, reason: str = "agreed") -> tuple[str, ...]:
        return self.send(p.WaiveCriterion, by, gate=gate, criterion=criterion, reason=reason)

    def assign(self, role: str, *people: str) -> tuple[str, ...]:
        return self.send(p.AssignRole, role=role, people=people)

    def passed(self, gate: str) -> bool:
        """Say whether *gate* counts as passed now."""
        return p.Progress(self.process, self.state, self.now, self.project.judges).passed(gate)

    def owed(self) -> list[str]:
        """The open conditions."""
        return sorted(o.id for o in self.state.obligations.values() if o.met is None)

    def done(self) -> set[str]:
        """The activities that are finished."""
        return {name for name, work in self.state.work.items() if work.finished is not None}

    def missing(self, element: str, **options: Any) -> list[tuple[str, str, bool]]:
        """What is missing for *element*: (kind, id, can be seen to now)."""
        answer = p.readiness(self.process, self.state, element, at=self.now, judges=self.project.judges, **options)
        return [(m.kind, m.id, m.now) for m in answer.missing]

    def todo(self, person: str) -> list[tuple[str, str]]:
        """The work list of *person*: (action, id)."""
        return [(i.action, i.id) for i in p.worklist(self.process, self.state, person, at=self.now)]


@pytest.fixture
def story() -> type[Story]:
    return Story
