"""The ten invariants of a project, judged by what its log tells and by nothing else.

`Watched` sends commands and holds each answer against the invariants; a breach is an `AssertionError` that names the
invariant. It is what the laws in ``tests/projects`` and `ltcflow.testing.ProjectMachine` are made of.

1. Replaying the log gives the live state; the same commands give the same log.
2. Nothing starts before what it waits for, except under an approved early start.
3. No gate passes without its quorum, against a veto, or with an unmet, unwaived criterion.
4. Nobody votes twice, for a role they do not hold, or against separation of duties.
5. After a recycle everything downstream is open again and earlier votes no longer count.
6. An unmet condition of a conditional go re-opens its gate once its date has passed.
7. A closed project accepts only a reopening; a loss has a reason.
8. Event times never run backwards.
9. Readiness is ready exactly when the milestone can be reached with no further work.
10. A project that keeps finishing what is offered reaches the end (see `ltcflow.testing.play`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ltcflow.conditions import Truth
from ltcflow.process import Process
from ltcflow.projects import (
    NOTHING,
    REASONS,
    Accepted,
    AnyCommand,
    AnyEvent,
    CastVote,
    Closing,
    FinishActivity,
    Progress,
    ProjectState,
    Refused,
    ReopenProject,
    apply,
    decide,
    event_from_data,
    event_to_data,
    readiness,
    replay,
    why,
)
from ltcflow.projects import events as e
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.roles import Person
from ltcflow.stages import Gate, RuleKind, Verdict
from ltcflow.testing.told import Picture, Told, day


class Watched:
    """One project under watch: its state, its log, and what the log tells.

    Attributes:
        process, state, log: as they are; the log is flat. told: the naive reading of the log.
        commands: every command that was sent, in order.
    """

    def __init__(self, process: Process, judges: Judges = NO_JUDGES) -> None:
        self.process, self.judges = process, judges
        self.state: ProjectState = NOTHING
        self.log: list[AnyEvent] = []
        self.commands: list[AnyCommand] = []
        self.told = Told(process, judges)

    def send(self, command: AnyCommand) -> Accepted | Refused:
        """Decide on *command*, apply what happened, and hold the answer against the invariants.

        Raises:
            AssertionError: an invariant is broken; the message says which and by what.
        """
        before = self.state
        answer = decide(self.process, before, command, judges=self.judges)
        self.commands.append(command)
        assert answer == decide(self.process, before, command, judges=self.judges), f"1: another answer to {command}"
        if isinstance(answer, Refused):
            self._refused(command, answer)
            return answer
        assert answer.events, f"accepted, but nothing happened: {command}"
        self._taken(command)
        for event in answer.events:
            self._may_happen(event)
            self.state = apply(self.state, event)
            self.told.tell(event)
            self.log.append(event)
            self._round_trip(event)
        self._remember(answer.events[-1].at)
        self._agrees(answer.events[-1].at)
        return answer

    def look(self, at: datetime) -> None:
        """Hold the state against the invariants that need no command, as of *at*."""
        assert replay(self.log) == self.state, "1: replaying the log gives another state"
        self._overdue(at)
        self._readiness(at)

    def _refused(self, command: AnyCommand, answer: Refused) -> None:
        assert answer.events == ()
        for reason in answer.reasons:
            assert reason.code in REASONS, f"{reason.code} is no documented reason"
            texts = (reason.problem, reason.remedy, reason.problem_zh, reason.remedy_zh)
            assert all(text.strip() for text in texts), f"{reason.code} does not say all it should: {texts}"
            assert reason.problem_zh != reason.problem, f"{reason.code} is not in Chinese: {reason.problem}"
            assert len(reason.text()) < 3_000, f"{reason.code} repeats what it was sent: {len(reason.text())}"
        assert not isinstance(command, ReopenProject) or not command.reason.strip() or len(answer.reasons) > 0

    def _taken(self, command: AnyCommand) -> None:
        standing = self.told.standing
        assert standing != "closed" or isinstance(command, ReopenProject), f"7: a closed project took {command}"
        started = isinstance(command, FinishActivity | CastVote)
        assert standing == "running" or not started, f"7: a {standing} project took {command}"

    def _round_trip(self, event: AnyEvent) -> None:
        back = event_from_data(type(event).__name__, event.by, event.at, event_to_data(event))
        assert back == event, f"the record changes {event}"

    def _may_happen(self, event: AnyEvent) -> None:
        last = self.log[-1].at if self.log else event.at
        assert event.at.astimezone(UTC) >= last.astimezone(UTC), f"8: {event.at} comes after {last}"
        match event:
            case e.ActivityStarted() | e.ActivityFinished():
                self._work(event)
            case e.VoteCast():
                self._vote(event)
            case e.GateDecided():
                self._decision(event)
            case e.ProjectClosed():
                lost = event.outcome in (Closing.LOST, Closing.CANCELLED)
                assert event.reason.strip() or not lost, "7: a loss without a reason"
                picture = self.told.there(event.at)
                assert lost or picture.ended[-1], f"7: closed as {event.outcome.value} with work left"
            case _:
                pass

    def _work(self, event: e.ActivityStarted | e.ActivityFinished) -> None:
        told, name = self.told, event.activity
        i, picture = told.net.index[name], told.there(event.at)
        if isinstance(event, e.ActivityFinished):
            assert name in told.work and not told.work[name].done, f"2: {name} is finished twice or not begun"
            assert picture.may_end(i), f"2: {name} ends before what it waits for"
        else:
            assert name not in told.work, f"2: {name} begins twice"
            assert picture.may_begin(i) or (event.early and name in told.early), f"2: {name} begins too early"
            assert told.applies(i) is Truth.TRUE, f"2: {name} begins although it is skipped or a fact is missing"
        self._separated(event.by, event.role, f"{name} is done")
        duties = told.process.activity(name).raci
        holders = {p for role in (*duties.responsible, *duties.accountable) for p in told.team.get(role, ())}
        assert not holders or event.by in holders, f"4: {event.by} has no duty on {name}"

    def _separated(self, person: Person, role: str, what: str) -> None:
        for roles in self.process.separation_of_duties:
            if role in roles:
                others = {other for other in roles if other != role}
                acted = {other for who, other in self.told.acted if who == person}
                assert not others & acted, f"4: {what} by {person} against separation of duties"

    def _vote(self, event: e.VoteCast) -> None:
        told, gate = self.told, self.process.gate(event.gate)
        voters = told.voters(gate)
        assert told.there(event.at).open(gate), f"3: a vote on {gate.id}, which is not open"
        assert event.role in voters.get(event.by, set()), f"4: {event.by} votes on {gate.id} without the role"
        assert event.by not in told.gate(gate.id).delegated, f"4: {event.by} gave the vote on {gate.id} away"
        assert all(v.by != event.by for v in told.gate(gate.id).votes), f"4: {event.by} votes twice on {gate.id}"
        for role in voters[event.by]:
            self._separated(event.by, role, f"{gate.id} is judged")
            worn = {other for other, people in told.team.items() if event.by in people}
            for roles in self.process.separation_of_duties:
                clash = role in roles and any(other in roles and other != role for other in worn)
                assert not clash, f"4: {event.by} judges {gate.id} and wears a separated role"
        assert event.verdict.passes or event.reason.strip(), f"3: {event.verdict.value} on {gate.id} without a reason"

    def _decision(self, event: e.GateDecided) -> None:
        told, gate = self.told, self.process.gate(event.gate)
        counted = told.counted(gate)
        assert counted, f"3: {gate.id} is decided without a vote"
        picture = told.there(event.at)
        assert picture.open(gate), f"3: {gate.id} is decided although it is not open"
        assert bool(event.conditions) == (event.verdict is Verdict.CONDITIONAL), f"6: conditions of {gate.id}"
        if event.verdict.passes:
            self._pass(gate, counted, picture)
            for key, criterion in told.criteria(gate.id):
                assert picture.satisfied(gate.id, key, criterion), f"3: {gate.id} passes without {key}"
        if event.verdict is Verdict.CONDITIONAL:
            later = {told.net.nodes[j].id for j in told.net.descendants(told.net.index[gate.id])}
            left = [g.id for g in self.process.gates() if g.id in later and not told.passed(g.id, event.at)]
            assert left, f"6: {gate.id} passes with conditions, and no gate is left to see to them"

    def _pass(self, gate: Gate, counted: list[e.VoteCast], picture: Picture) -> None:
        """Count the votes of a gate that passed."""
        rule, voters = gate.decided_by, self.told.voters(gate)
        good = [v for v in counted if v.verdict.passes]
        for vote in counted:
            vetoes = voters[vote.by] & set(rule.veto)
            assert vote.verdict.passes or not vetoes, f"3: {gate.id} passes against the veto of {vote.by}"
        for role in rule.veto:
            assert any(role in voters[v.by] for v in good), f"3: {gate.id} passes, and {role} was not heard"
        match rule.kind:
            case RuleKind.ANY:
                assert good, f"3: {gate.id} passes without a vote for it"
            case RuleKind.ALL:
                assert {v.by for v in good} == set(voters), f"3: {gate.id} passes without all"
                filled = all(self.told.team.get(role) for role in rule.roles)
                assert filled, f"3: {gate.id} passes, and a role has nobody"
            case RuleKind.QUORUM:
                assert len(good) == len(counted) >= rule.quorum, f"3: {gate.id} passes without its quorum"
            case RuleKind.MAJORITY:
                assert 2 * len(good) > len(voters), f"3: {gate.id} passes without a majority"
            case RuleKind.CHAIR:
                assert any(rule.chair in voters[v.by] for v in good), f"3: {gate.id} passes without its chair"

    def _remember(self, at: datetime) -> None:
        """Take note of every remembering criterion that is met now."""
        picture = self.told.there(at)
        for element in (*self.process.gates(), *self.process.milestones):
            for key, criterion in self.told.criteria(element.id):
                if criterion.remembers and picture.met(element.id, criterion):
                    self.told.remembered.add((element.id, key))

    def _agrees(self, at: datetime) -> None:
        """Hold the live state against the naive one; after a recycle this is the fifth invariant."""
        told, state = self.told, self.state
        done = {name: work.finished is not None for name, work in state.work.items()}
        assert done == {name: work.done for name, work in told.work.items()}, "5: other work than the log tells"
        assert dict(state.delivered.items()) == told.papers, "5: other deliverables than the log tells"
        assert set(state.early) == told.early, "5: other early starts than the log tells"
        assert set(state.remembered) == told.remembered, "3: other remembered criteria than the log tells"
        assert state.standing.value == told.standing
        for gate in self.process.gates():
            seen, real = told.gate(gate.id), state.gate(gate.id)
            assert list(real.votes) == seen.votes, f"5: other votes on {gate.id} than the log tells"
            assert real.verdict is seen.verdict, f"5: {gate.id} stands otherwise than the log tells"
            assert {key for key, _ in real.waived} == seen.waived, f"5: other waivers on {gate.id}"
        open_ones = {o.id: o.due for o in state.obligations.values() if o.gate and o.met is None}
        assert open_ones == {name: p.due for name, p in told.promises.items()}, "6: other conditions than the log tells"
        self._decides(at)

    def _decides(self, at: datetime) -> None:
        """No gate is left undecided when everybody has voted, it is open and nothing stands against it."""
        told, picture = self.told, self.told.there(at)
        for gate in self.process.gates() if told.standing == "running" else ():
            voters, counted = told.voters(gate), told.counted(gate)
            if not voters or {v.by for v in counted} != set(voters) or not picture.open(gate):
                continue
            rule = gate.decided_by
            filled = all(told.team.get(r) for r in (*rule.roles, *rule.veto, *([rule.chair] if rule.chair else [])))
            good = all(picture.satisfied(gate.id, key, c) for key, c in told.criteria(gate.id))
            enough = rule.kind is not RuleKind.QUORUM or len(counted) >= rule.quorum
            assert not (filled and good and enough), f"10: everybody has voted on {gate.id}, and nothing came of it"

    def _overdue(self, at: datetime) -> None:
        """Hold the gates with an unmet condition past its date against the sixth invariant."""
        late = max((p.due for p in self.told.promises.values()), default=day(at)) + timedelta(days=1)
        then = max(at, datetime(late.year, late.month, late.day, 1, tzinfo=UTC))
        for moment in (at, then):
            progress = Progress(self.process, self.state, moment, self.judges)
            for gate in self.process.gates():
                passed = self.told.passed(gate.id, moment)
                assert progress.passed(gate.id) == passed, f"6: {gate.id} counts as passed: {not passed}"
                if self.told.overdue(gate.id, moment) and self.told.standing == "running":
                    self._judged_again(gate, moment)

    def _judged_again(self, gate: Gate, at: datetime) -> None:
        if not self.told.there(at).open(gate):
            return
        for person, roles in self.told.voters(gate).items():
            vote = CastVote(gate=gate.id, verdict=Verdict.STOP, by=person, at=at, reason="overdue")
            answer = decide(self.process, self.state, vote, judges=self.judges)
            codes = {r.code for r in answer.reasons} if isinstance(answer, Refused) else set()
            assert codes <= {"LTC525"}, f"6: {gate.id} is open again, but {person} ({roles}) cannot judge it: {codes}"

    def _readiness(self, at: datetime) -> None:
        picture = self.told.there(at)
        progress = Progress(self.process, self.state, at, self.judges)
        assert progress.finished() == picture.ended[-1], "9: the end is there for one and not for the other"
        for i, node in enumerate(self.told.net.nodes):
            assert progress.ended(i) == picture.ended[i], f"9: {node.id} has ended: {not picture.ended[i]}"
        for element in (*self.process.milestones, *self.process.gates(), *self.process.stages):
            answer = readiness(self.process, self.state, element.id, at=at, judges=self.judges)
            ended = picture.ended[picture.at_node(element.id)]
            assert answer.ready == ended, f"9: {element.id} is ready: {answer.ready}"
            assert bool(answer.missing) != answer.ready, f"9: {element.id} is not ready, and nothing is missing"
            chain = why(self.process, self.state, element.id, at=at, judges=self.judges)
            assert bool(chain) != answer.ready, f"9: no reason why {element.id} is not there"
