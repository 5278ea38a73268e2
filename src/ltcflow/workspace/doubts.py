"""Commands whose commit is in doubt: the same command again, on the same workspace, is never recorded twice."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from ltcflow import projects as p
from ltcflow.stores import CommitInDoubt, EventStore

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@attrs.frozen
class Doubt:
    """A command that was accepted, and the record that says whether it was kept."""

    command: p.AnyCommand
    answer: p.Accepted
    number: int
    hash: str


class Doubts:
    """What is in doubt, at most one command for each project."""

    def __init__(self) -> None:
        self._open: dict[str, Doubt] = {}

    def note(self, project: str, command: p.AnyCommand, answer: p.Accepted, error: CommitInDoubt) -> None:
        """Keep in mind that *command* was accepted, and perhaps recorded."""
        self._open[project] = Doubt(_timeless(command), answer, error.number, error.hash)

    def settled(self, project: str, command: p.AnyCommand, store: EventStore) -> Doubt | None:
        """Return what was in doubt when *command* is the same, given at whatever time, and the store has it.

        The next command for *project* settles the doubt, whatever it is.
        """
        doubt = self._open.get(project)
        if doubt is None:
            return None
        there = doubt.command == _timeless(command) and any(
            record.hash == doubt.hash for record in store.read(project, doubt.number - 1)[:1]
        )
        self._open.pop(project, None)
        return doubt if there else None


def _timeless(command: p.AnyCommand) -> p.AnyCommand:
    """Return *command* as it would be at any time."""
    return attrs.evolve(command, at=_ANY_TIME)
