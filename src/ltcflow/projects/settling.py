"""What an accepted command brings about: votes that lapse, gates that are decided, criteria that are remembered."""

from __future__ import annotations

import attrs

from ltcflow.conditions import Truth
from ltcflow.process import Process
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted
from ltcflow.projects.compiled import compiled
from ltcflow.projects.criteria import Judges, judge, judge_all
from ltcflow.projects.gates import decided
from ltcflow.projects.matrix import matrix_of
from ltcflow.projects.panel import Panel, panel, standing
from ltcflow.projects.progress import Progress
from ltcflow.projects.register.events import HandoverOffered
from ltcflow.projects.register.package import overtaken
from ltcflow.projects.running import switches_now, switches_until
from ltcflow.projects.separation import pairs_barred
from ltcflow.projects.state import GateState, ProjectState, Standing, replay
from ltcflow.projects.votes import counted
from ltcflow.stages import Gate, PluginCriterion, Verdict

_TRUST = {"FALSE": 0, "UNKNOWN": 1, "TRUE": 2}


def settle(process: Process, before: ProjectState, command: c.AnyCommand, answer: Accepted, judges: Judges) -> Accepted:
    """Return *answer* with everything that follows from it at once, in the same moment and by the same person."""
    if compiled(process).timed:
        answer = _with_time_passed(process, before, command, answer, judges)
    settling = _Settling(process, before, command, answer.events, judges)
    if isinstance(command, c.RecordFacts):
        settling.outgrown()
    while any(settling.gate(name) for name in settling.voted()):
        pass  # one decision may let votes elsewhere lapse, or complete them
    settling.handed_over()
    settling.remember()
    settling.switch()
    return answer if settling.events is answer.events else attrs.evolve(answer, events=settling.events)


def _with_time_passed(
    process: Process, before: ProjectState, command: c.AnyCommand, answer: Accepted, judges: Judges
) -> Accepted:
    """Return *answer* after the clocks that time alone has switched since the last event."""
    switches = switches_until(process, before, command.at, judges)
    if not switches:
        return answer
    passed = e.TimePassed(by=command.by, at=command.at, clocks=switches)
    return attrs.evolve(answer, events=(passed, *answer.events))


class _Settling:
    """The events so far, and the state after them."""

    def __init__(
        self,
        process: Process,
        before: ProjectState,
        command: c.AnyCommand,
        events: tuple[e.AnyEvent, ...],
        judges: Judges,
    ) -> None:
        self.process, self.command, self.judges = process, command, judges
        self.events, self.before = events, before
        self.after: ProjectState | None = None
        self.now: Progress | None = None

    @property
    def state(self) -> ProjectState:
        """The state after the events; worked out when it is first asked for, which most commands never do."""
        if self.after is None:
            self.after = replay(self.events, self.before)
        return self.after

    def progress(self) -> Progress:
        if self.now is None:
            self.now = Progress(self.process, self.state, self.command.at, self.judges)
        return self.now

    def add(self, events: tuple[e.AnyEvent, ...]) -> None:
        self.events, self.after, self.now = self.events + events, replay(events, self.state), None

    def voted(self) -> list[str]:
        """The gates with votes and no outcome."""
        if self.after is None and not any(isinstance(event, e.VoteCast) for event in self.events):
            return _undecided(self.before) and _undecided(self.state)  # only a vote makes more of them
        return _undecided(self.state)

    def outgrown(self) -> None:
        """Open each passed gate again whose approval matrix now asks for more than it was decided by."""
        if not any(gate.rows for gate in self.before.gates.values()):
            return
        for name, gate in sorted(self.state.gates.items()):
            if gate.verdict is not None and gate.verdict.passes and gate.rows:
                matrix = matrix_of(self.process, self.process.gate(name))
                worse = matrix.worse(gate.rows, matrix.applying(self.state.facts))
                if worse:
                    self.add((e.GateReopened(by=self.command.by, at=self.command.at, gate=name, limit=worse),))

    def handed_over(self) -> None:
        """Let hand-overs lapse whose package got worse than the one they are bound to."""
        if not len(self.before.handovers) and not any(isinstance(event, HandoverOffered) for event in self.events):
            return
        for name, found in sorted(self.state.handovers.items()):
            if found.binding and (worse := overtaken(self.progress(), found)):
                by, at = self.command.by, self.command.at
                self.add((e.HandoverLapsed(by=by, at=at, handover=name, because=worse),))

    def gate(self, name: str) -> bool:
        """Let votes on gate *name* lapse, decide it when those left complete its rule; say whether it was decided."""
        gate, state = self.process.gate(name), self.state.gate(name)
        if not state.votes or state.verdict is not None:
            return False
        asked = panel(self.progress(), gate, state)
        lapsed = self._lapsed(gate, asked)
        if lapsed:
            self.add(lapsed)
            state = self.state.gate(name)
            asked = panel(self.progress(), gate, state)
        progress = self.progress()
        outcome = standing(progress, gate, asked=asked).verdict if state.votes else None
        if outcome is None or self.state.standing is not Standing.RUNNING:
            return False
        if not progress.gate_open(progress.position(name)):
            return False
        if outcome.passes and not all(answer.satisfied for answer in judge_all(progress, name)):
            return False
        self.add(decided(progress, gate, state, outcome, self.command))
        return True

    def _lapsed(self, gate: Gate, asked: Panel) -> tuple[e.VoteLapsed, ...]:
        state = asked.round
        valid, speaks = counted(asked.voters, state), {voter.person: voter.roles for voter in asked.voters}
        found = []
        for vote in state.votes:
            because: tuple[str, ...] = (f"role:{vote.role}",)
            if vote in valid:
                barred = pairs_barred(self.process, self.state, vote.by, vote.roles or speaks[vote.by], gate.id)
                because = tuple(f"separation:{other}" for _, other in barred) or self._worse(gate, state, vote)
            if gate.approval_matrix and vote.verdict.passes:
                outgrown = matrix_of(self.process, gate).worse(vote.rows, asked.rows)
                because = (*because, *(f"row:{key}" for key in outgrown))
            if because:
                found.append(
                    e.VoteLapsed(
                        by=self.command.by,
                        at=self.command.at,
                        gate=gate.id,
                        voter=vote.by,
                        because=", ".join(because),
                    )
                )
        return tuple(found)

    def _worse(self, gate: Gate, state: GateState, vote: e.VoteCast) -> tuple[str, ...]:
        """What *vote*, when it is for passing, was cast on and stands worse now.

        A plugin is asked again only when the gate is decided.
        """
        if not vote.verdict.passes:
            return ()
        waived, basis, progress = {key for key, _ in state.waived}, dict(vote.basis), self.progress()
        worse = [
            key
            for key, criterion in progress.compiled.criteria.get(gate.id, ())
            if key in basis and key not in waived and not isinstance(criterion, PluginCriterion)
            if _TRUST[judge(progress, gate.id, key, criterion).truth.name] < _TRUST[basis[key]]
        ]
        late = [p.due for p in vote.conditions if p.due < progress.today]
        if vote.verdict is Verdict.CONDITIONAL and late:
            worse.append(f"due:{min(late)}")
        return tuple(worse)

    def remember(self) -> None:
        """Note on the last event each remembering criterion that is met for the first time."""
        remembering = compiled(self.process).remembering
        if not remembering:
            return
        known = self.state.remembered
        met = tuple(
            (element, key)
            for element, key, criterion in remembering
            if (element, key) not in known and judge(self.progress(), element, key, criterion).truth is Truth.TRUE
        )
        if met:
            self.events = (*self.events[:-1], attrs.evolve(self.events[-1], remembered=met))

    def switch(self) -> None:
        """Note on the last event which clocks it starts and stops."""
        if not compiled(self.process).timed:
            return
        switches = switches_now(self.progress(), self.events)
        if switches:
            self.events = (*self.events[:-1], attrs.evolve(self.events[-1], clocks=switches))


def _undecided(state: ProjectState) -> list[str]:
    """The gates with votes and no outcome."""
    gates = state.gates
    return sorted(name for name, gate in gates.items() if gate.votes and gate.verdict is None) if len(gates) else []
