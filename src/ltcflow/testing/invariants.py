"""The ten invariants of a project, each a plain function that raises `AssertionError` with the number of what broke.

1. Replaying the log gives the live state; the same commands give the same log.
2. Nothing starts before what it waits for, except under an approved early start, until the date of its condition.
3. No gate passes without its quorum, against a veto, or with an unmet, unwaived criterion.
4. Nobody votes twice, for a role they do not hold, or against separation of duties.
5. After a recycle everything downstream is open again and earlier votes no longer count.
6. An unmet condition of a conditional go re-opens its gate once its date has passed.
7. A closed project accepts only a reopening; a loss has a reason; a win leaves no risk that nobody sees to.
8. Event times never run backwards.
9. Readiness is ready exactly when the milestone can be reached with no further work.
10. A project that keeps finishing what is offered reaches the end (see `ltcflow.testing.play`).

They judge by the naive reading of the log (`Told`, `Picture`) and share nothing with what decides. `Watched` holds
every answer against them.
"""

from __future__ import annotations

from datetime import UTC

from ltcflow.conditions import Truth
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects import (
    REASONS,
    AnyCommand,
    AnyEvent,
    CastVote,
    Closing,
    FinishActivity,
    Progress,
    ProjectState,
    Refused,
    ReopenProject,
    decide,
    event_from_data,
    event_to_data,
    readiness,
    replay,
    why,
)
from ltcflow.projects import events as e
from ltcflow.roles import Person, SeparationKind
from ltcflow.stages import DecisionRule, Gate, RuleKind, Verdict
from ltcflow.testing.asked import away, outgrown, rules_of, stands_in_at_work
from ltcflow.testing.picture import Picture
from ltcflow.testing.told import Told, day, rung_of


def explains_itself(answer: Refused) -> None:
    """A refusal changes nothing and says why and what to do, in both languages, under a documented code.

    Reasons of policies that have codes of their own are theirs to word.
    """
    assert answer.events == ()
    for reason in answer.reasons:
        if not reason.code.startswith("LTC"):
            continue
        assert reason.code in REASONS, f"{reason.code} is no documented reason"
        texts = (reason.problem, reason.remedy, reason.problem_zh, reason.remedy_zh)
        assert all(text.strip() for text in texts), f"{reason.code} does not say all it should: {texts}"
        assert reason.problem_zh != reason.problem, f"{reason.code} is not in Chinese: {reason.problem}"
        assert len(reason.text()) < 3_000, f"{reason.code} repeats what it was sent: {len(reason.text())}"


def survives_the_record(event: AnyEvent) -> None:
    """An event comes back from its record as it went in."""
    back = event_from_data(type(event).__name__, event.by, event.at, event_to_data(event))
    assert back == event, f"the record changes {event}"


def replays(log: list[AnyEvent], state: ProjectState) -> None:
    """1: the log gives the live state."""
    assert replay(log) == state, "1: replaying the log gives another state"


def keeps_order(now: Picture, event: AnyEvent) -> None:
    """2: *event* does not come before what it waits for."""
    if not isinstance(event, e.ActivityStarted | e.ActivityFinished):
        return
    told, name = now.told, event.activity
    i = told.net.index[name]
    if isinstance(event, e.ActivityFinished):
        assert name in told.work, f"2: {name} ends and was not begun"
        assert not told.work[name].done, f"2: {name} ends twice"
        assert now.may_end(i), f"2: {name} ends before what it waits for"
        return
    assert name not in told.work, f"2: {name} begins twice"
    allowed = event.early and told.may_begin_early(name, event.at)
    assert now.may_begin(i) or allowed, f"2: {name} begins before what it waits for"
    assert told.applies(i) is Truth.TRUE, f"2: {name} begins although it is skipped or a fact is missing"


def passes_rightly(now: Picture, event: AnyEvent) -> None:
    """3: a gate is decided when it is open and has votes, and passes only by its rule and with its criteria."""
    if isinstance(event, e.VoteCast):
        assert now.open(now.told.process.gate(event.gate)), f"3: a vote on {event.gate}, which is not open"
        assert event.verdict.passes or event.reason.strip(), f"3: {event.verdict} on {event.gate} without a reason"
    if not isinstance(event, e.GateDecided):
        return
    told, gate = now.told, now.told.process.gate(event.gate)
    assert told.counted(gate), f"3: {gate.id} is decided without a vote"
    assert now.open(gate), f"3: {gate.id} is decided although it is not open"
    if event.verdict.passes:
        _enough_votes(told, gate)
        for key, criterion in told.criteria(gate.id):
            assert now.satisfied(gate.id, key, criterion), f"3: {gate.id} passes without {key}"


def _enough_votes(told: Told, gate: Gate) -> None:
    everybody, votes = told.voters(gate), told.counted(gate)
    rules = rules_of(told, gate)
    assert rules, f"3: {gate.id} passes, and no row of its matrix applies"
    for vote in votes if gate.approval_matrix else ():
        left = outgrown(told, gate, vote.rows)
        assert not (vote.verdict.passes and left), f"3: {gate.id} passes with a vote that {left} outgrew"
    for rule in rules:
        voters = {person: roles for person, roles in everybody.items() if roles & set(rule.voting)}
        _enough_by(rule, told, gate, voters, [v for v in votes if v.by in voters])


def _enough_by(
    rule: DecisionRule, told: Told, gate: Gate, voters: dict[Person, set[RoleId]], counted: list[e.VoteCast]
) -> None:
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
            assert all(told.team.get(role) for role in rule.roles), f"3: {gate.id} passes, and a role has nobody"
        case RuleKind.QUORUM:
            assert len(good) == len(counted) >= rule.quorum, f"3: {gate.id} passes without its quorum"
        case RuleKind.MAJORITY:
            assert 2 * len(good) > len(voters), f"3: {gate.id} passes without a majority"
        case RuleKind.WEIGHTED:
            known = dict(rule.weights)
            own = set(rule.voting)
            weight = sum(max(known.get(role, 1) for role in voters[v.by] & own) for v in good)
            assert len(good) == len(counted), f"3: {gate.id} passes against a vote"
            assert weight >= rule.weighted, f"3: {gate.id} passes without its weight"
        case RuleKind.CHAIR:
            assert any(rule.chair in voters[v.by] for v in good), f"3: {gate.id} passes without its chair"


def acts_lawfully(now: Picture, event: AnyEvent) -> None:
    """4: who works has the duty; who votes has the role and the vote; and separation of duties is kept."""
    told = now.told
    if isinstance(event, e.ActivityStarted | e.ActivityFinished):
        duties = told.process.activity(event.activity).raci
        holders = {p for role in (*duties.responsible, *duties.accountable) for p in told.team.get(role, ())}
        today, roles = day(event.at, told.zone), (*duties.responsible, *duties.accountable)
        substitute = any(stands_in_at_work(told, event.by, role, today) for role in roles)
        assert not holders or event.by in holders or substitute, f"4: {event.by} has no duty on {event.activity}"
        _separated(told, event.by, event.role, event.activity)
    _in_charge(told, event)
    if not isinstance(event, e.VoteCast):
        return
    gate = told.process.gate(event.gate)
    voters, own = told.voters(gate), told.gate(gate.id)
    assert event.role in voters.get(event.by, set()), f"4: {event.by} votes on {gate.id} without the role"
    assert event.by not in own.delegated, f"4: {event.by} gave the vote on {gate.id} away"
    assert all(v.by != event.by for v in own.votes), f"4: {event.by} votes twice on {gate.id}"
    assert (
        event.instead_of
        or not away(told, event.by, day(event.at, told.zone))
        or all(event.by in told.team.get(role, ()) for role in (event.role, *event.roles))
    ), f"4: {event.by} is absent and stands in for somebody on {gate.id}"
    if event.instead_of:
        for role in (event.role, *event.roles):
            _separated(told, event.instead_of, role, gate.id)
    worn = {role for role, people in told.team.items() if event.by in people}
    for role in voters[event.by]:
        _separated(told, event.by, role, gate.id)
        for roles in told.process.separation_of_duties:
            clash = worn & set(roles) - {role} if role in roles else set[str]()
            assert not clash, f"4: {event.by} judges {gate.id} as {role} and wears {clash}"


def _separated(told: Told, person: str, role: str, what: str) -> None:
    acted = {other for who, other in told.acted if who == person}
    for roles in told.process.separation_of_duties:
        clash = acted & set(roles) - {role} if role in roles else set[str]()
        assert not clash, f"4: {person} acts on {what} as {role} and acted as {clash}"
    for rule in told.process.separation_rules:
        took = {step for step, who in told.took if who == person}
        names = set(rule.names)
        match rule.kind:
            case SeparationKind.DYNAMIC:
                fine = role not in names or not acted & names - {role}
            case SeparationKind.HISTORY:
                fine = what not in names or not took & names - {what}
            case SeparationKind.OPERATIONAL:
                fine = what not in names or not names <= took | {what}
        assert fine, f"4: {person} acts on {what} as {role} against {rule}"


def _in_charge(told: Told, event: AnyEvent) -> None:
    """4: facts with an owner and the team are changed by those who may; authority is given by those who have it."""
    today, worn = day(event.at, told.zone), told.team
    if isinstance(event, e.FactsRecorded):
        for name, _ in event.facts:
            owner = told.process.fact(name).owner
            people = worn.get(owner, ())
            mine = event.by in people or stands_in_at_work(told, event.by, owner, today)
            assert not people or mine, f"4: {event.by} records {name}, which is for {owner}"
    if isinstance(event, e.RoleAssigned | e.SubstitutesNamed) and told.process.assigned_by:
        roles = told.process.assigned_by
        able = {p for role in roles for p in worn.get(role, ())} or {told.starter}
        mine = event.by in able or any(stands_in_at_work(told, event.by, role, today) for role in roles)
        assert mine, f"4: {event.by} changes the team"
    if isinstance(event, e.AuthorityDelegated):
        assert event.by != event.to, f"4: {event.by} delegates to themselves"
        assert event.since <= event.until >= today, f"4: {event.delegation} is over before it begins"


def agrees(told: Told, state: ProjectState) -> None:
    """5: the live state holds what the log tells; after a recycle that is nothing downstream."""
    done = {name: work.finished is not None for name, work in state.work.items()}
    assert done == {name: work.done for name, work in told.work.items()}, "5: other work than the log tells"
    assert dict(state.delivered.items()) == told.papers, "5: other deliverables than the log tells"
    early = {name: one.condition for name, one in told.early.items()}
    assert dict(state.early.items()) == early, "5: other early starts than the log tells"
    levels = {risk.id: risk.level for risk in state.risks.values() if not risk.closed}
    assert levels == {name: risk.level for name, risk in told.risks.items()}, "7: other risks than the log tells"
    assert set(state.remembered) == told.remembered, "3: other remembered criteria than the log tells"
    assert set(state.waiting) == told.waiting, "5: others outside are waited for than the log tells"
    assert state.standing.value == told.standing, "7: another standing than the log tells"
    for gate in told.process.gates() if state.standing.value in ("running", "held") else ():
        _not_outgrown(told, gate)
    for gate in told.process.gates():
        seen, real = told.gate(gate.id), state.gate(gate.id)
        assert list(real.votes) == seen.votes, f"5: other votes on {gate.id} than the log tells"
        assert real.verdict is seen.verdict, f"5: {gate.id} stands otherwise than the log tells"
        assert {key for key, _ in real.waived} == seen.waived, f"5: other waivers on {gate.id}"
    open_ones = {o.id: o.due for o in state.obligations.values() if o.gate and o.met is None}
    assert open_ones == {name: p.due for name, p in told.promises.items()}, "6: other conditions than the log tells"


def _not_outgrown(told: Told, gate: Gate) -> None:
    """3: a gate with an approval matrix counts as passed only under facts that its decision covers."""
    seen = told.gate(gate.id)
    if seen.verdict is not None and seen.verdict.passes and gate.approval_matrix:
        left = outgrown(told, gate, seen.rows)
        assert not left, f"3: {gate.id} stays passed although {left} applies now"


def binds_conditions(now: Picture, event: AnyEvent) -> None:
    """6: conditions come with a conditional go, and only where a later gate sees to them; none is met late unseen."""
    if isinstance(event, e.ConditionWasMet) and (promise := now.told.promises.get(event.condition)) is not None:
        silent = now.told.gate(promise.gate).verdict is not None and promise.due < day(event.at, now.told.zone)
        assert not silent, f"6: {promise.gate} is passed again because {event.condition} was met too late"
    if not isinstance(event, e.GateDecided):
        return
    told, gate = now.told, event.gate
    assert bool(event.conditions) == (event.verdict is Verdict.CONDITIONAL), f"6: conditions of {gate}"
    if event.verdict is Verdict.CONDITIONAL:
        later = {told.net.nodes[j].id for j in told.net.descendants(told.net.index[gate])}
        left = [g.id for g in told.process.gates() if g.id in later and not told.passed(g.id, event.at)]
        assert left, f"6: {gate} passes with conditions, and no gate is left to see to them"


def reopens_overdue(now: Picture, state: ProjectState) -> None:
    """6: a gate counts as passed until a condition is past its date; then those who decide it can judge it again."""
    told, at = now.told, now.at
    progress = Progress(told.process, state, at, told.judges)
    for gate in told.process.gates():
        passed = told.passed(gate.id, at)
        assert progress.passed(gate.id) == passed, f"6: {gate.id} counts as passed: {not passed}"
        if told.overdue(gate.id, at) and told.standing == "running" and now.open(gate):
            for person in told.voters(gate, again=told.gate(gate.id).verdict is not None):
                vote = CastVote(gate=gate.id, verdict=Verdict.STOP, by=person, at=at, reason="overdue")
                answer = decide(told.process, state, vote, judges=told.judges)
                codes = {r.code for r in answer.reasons} if isinstance(answer, Refused) else set()
                voted = told.gate(gate.id).verdict is None and any(v.by == person for v in told.gate(gate.id).votes)
                allowed = {"LTC525", "LTC524"} if voted else {"LTC525"}
                assert codes <= allowed, f"6: {gate.id} is open again, and {person} cannot judge it: {codes}"


def stays_closed(told: Told, command: AnyCommand) -> None:
    """7: *command*, which was accepted, is one that the standing of the project lets in."""
    standing = told.standing
    assert standing != "closed" or isinstance(command, ReopenProject), f"7: a closed project took {command}"
    works = isinstance(command, FinishActivity | CastVote)
    assert standing == "running" or not works, f"7: a {standing} project took {command}"


def ends_with_reason(now: Picture, event: AnyEvent) -> None:
    """7: a loss has a reason; a win or a completion has nothing left to do."""
    if isinstance(event, e.ProjectClosed):
        lost = event.outcome in (Closing.LOST, Closing.CANCELLED)
        assert event.reason.strip() or not lost, "7: a loss without a reason"
        assert lost or now.ended[-1], f"7: closed as {event.outcome.value} with work left"
        owned = now.told.process.registers.end_with_open_risks or all(r.handed_over for r in now.told.risks.values())
        assert lost or owned, f"7: closed as {event.outcome.value} with risks that nobody sees to"


def runs_forward(log: list[AnyEvent], event: AnyEvent) -> None:
    """8: *event* is not before the last one of *log*, in whatever time zones they were sent."""
    if log:
        last = log[-1].at
        assert event.at.astimezone(UTC) >= last.astimezone(UTC), f"8: {event.at} comes after {last}"


def tells_once(now: Picture, event: AnyEvent) -> None:
    """8: what fell due is told once in each round, not before it did, and not of what is done."""
    if not isinstance(event, e.FellDue | e.Escalated):
        return
    told, name = now.told, event.subject
    assert rung_of(event) not in told.rungs, f"8: told twice: {rung_of(event)}"
    assert event.fell_due <= event.at, f"8: {name} is told at {event.at} and falls due at {event.fell_due}"
    if event.kind == "activity":
        assert name not in told.work or not told.work[name].done, f"8: {name} is done, and called late"
    if event.kind == "gate":
        assert not told.passed(name, event.at), f"8: {name} is passed, and called late"


def is_ready_when_it_says_so(now: Picture, state: ProjectState) -> None:
    """9: readiness and `why` say of every milestone, gate, stage and spanning activity what the log tells."""
    told, at = now.told, now.at
    process, judges = told.process, told.judges
    progress = Progress(process, state, at, judges)
    for i, node in enumerate(told.net.nodes):
        assert progress.ended(i) == now.ended[i], f"9: {node.id} has ended: {not now.ended[i]}"
    assert progress.finished() == now.ended[-1], "9: the end is there for one and not for the other"
    for name in _asked_for(process):
        answer, ended = readiness(process, state, name, at=at, judges=judges), now.ended[now.at_node(name)]
        assert answer.ready == ended, f"9: {name} is ready: {answer.ready}"
        assert bool(answer.missing) != answer.ready, f"9: {name} is not ready, and nothing is missing"
        chain = why(process, state, name, at=at, judges=judges)
        assert bool(chain) != answer.ready, f"9: no reason why {name} is not there"


def _asked_for(process: Process) -> list[str]:
    spans = (a.id for a in process.activities() if a.spans)
    judged = (*(m.id for m in process.milestones), *(g.id for g in process.gates()), *(s.id for s in process.stages))
    return [*judged, *spans]


def comes_to_a_decision(now: Picture) -> None:
    """10: no gate stays undecided when everybody has voted, it is open and nothing stands against it."""
    told = now.told
    for gate in told.process.gates() if told.standing == "running" else ():
        voters, counted = told.voters(gate), told.counted(gate)
        overdue = told.gate(gate.id).verdict is not None  # it is judged again, in another round
        if overdue or not voters or {v.by for v in counted} != set(voters) or not now.open(gate):
            continue
        rules = rules_of(told, gate)
        filled = all(told.team.get(role) for rule in rules for role in rule.voting)
        good = all(now.satisfied(gate.id, key, c) for key, c in told.criteria(gate.id))
        enough = all(_reached(rule, voters) for rule in rules)
        assert not (filled and good and enough), f"10: everybody has voted on {gate.id}, and nothing came of it"


def _reached(rule: DecisionRule, voters: dict[Person, set[RoleId]]) -> bool:
    """Say whether the votes of all *voters* are enough for *rule*."""
    own = [roles & set(rule.voting) for roles in voters.values() if roles & set(rule.voting)]
    if rule.kind is RuleKind.QUORUM:
        return len(own) >= rule.quorum
    known = dict(rule.weights)
    return (
        rule.kind is not RuleKind.WEIGHTED or sum(max(known.get(r, 1) for r in roles) for roles in own) >= rule.weighted
    )
