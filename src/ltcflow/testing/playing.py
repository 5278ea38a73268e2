"""`play`: run a project to its end by doing whatever it offers; one that gets stuck breaks the tenth invariant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ltcflow.conditions import Condition, Fact, FactValue, coerce, compile_condition, sample_space
from ltcflow.graph.cases import satisfy
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects import (
    AnyCommand,
    AssignRole,
    CastVote,
    CloseRisk,
    FinishActivity,
    MeetCondition,
    Missing,
    Progress,
    RecordFacts,
    ReopenProject,
    ResumeProject,
    Standing,
    StartActivity,
    StartProject,
    SubmitDeliverable,
    WorkItem,
    readiness,
    worklist,
)
from ltcflow.projects.commands import FactsLike
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.roles import Person, TeamLike, as_team
from ltcflow.stages import FactHolds, Verdict
from ltcflow.testing.teams import crew
from ltcflow.testing.watched import Watched

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When projects begin that nobody gave another time."""
LONGEST = 5_000
Pick = Callable[[Sequence[AnyCommand]], AnyCommand]


def _first(found: Sequence[AnyCommand]) -> AnyCommand:
    return found[0]


def play(
    process: Process,
    *,
    team: TeamLike | None = None,
    facts: FactsLike | None = None,
    judges: Judges = NO_JUDGES,
    at: datetime = BEGINNING,
    pick: Pick = _first,
) -> Watched:
    """Run a project on *process* from its start to its end, and return it.

    Args:
        team: who wears which role; left out, `crew`.
        facts: what is recorded when something asks for it; left out, `good_facts`.
        judges: the criteria of plugins, such as ``extensions.judges``.
        at: when it begins; each command comes a minute after the one before.
        pick: chooses what is done next among what is offered; left out, the first.
    Raises:
        AssertionError: an invariant is broken; "10" when nothing that is offered leads on.

    Example:
        >>> from ltcflow import builder as b
        >>> stage = b.stage("bid", activities=[b.activity("solution")], gates=[b.gate("atb", decided_by="board")])
        >>> project = play(b.process("bid_project", roles={"board": "决策团队"}, stages=[stage]))
        >>> [type(event).__name__ for event in project.log]
        ['ProjectStarted', 'ActivityStarted', 'ActivityFinished', 'VoteCast', 'GateDecided']
    """
    watched = Watched(process, judges)
    members = as_team(team) if team is not None else crew(process)
    by = next((person for _, people in members for person in people), "somebody")
    answer = watched.send(StartProject(project="play", team=members, by=by, at=at))
    assert answer.accepted, f"10: the project cannot be started: {answer}"
    return play_on(watched, facts=facts, pick=pick)


def play_on(watched: Watched, *, facts: FactsLike | None = None, pick: Pick = _first, renew: bool = False) -> Watched:
    """Run the project of *watched* from wherever it stands to its end: the tenth invariant, for any state.

    A closed project is opened again, a resting one taken up. Other arguments and errors as for `play`.

    Args:
        renew: where nothing leads on, give every role to new people and try again, once.
    """
    known = good_facts(watched.process) if facts is None else facts
    for _ in range(LONGEST):
        if _over(watched):
            return watched
        if step(watched, known, pick):
            continue
        assert renew, f"10: a dead end: {_left(watched)}"
        renew = False
        _renew(watched)
    raise AssertionError(f"10: {LONGEST} commands, and no end: {_left(watched)}")


def step(watched: Watched, facts: FactsLike = (), pick: Pick = _first) -> bool:
    """Send commands that the project offers until one is accepted; say whether one was.

    What the work lists hold comes first, then what readiness says is missing and can be seen to now.

    Args:
        facts: what to record where a fact is missing, or is not as a criterion asks.
    """
    return _try(watched, _work(watched, facts), pick) or _try(watched, _missing(watched, facts), pick)


def _try(watched: Watched, found: list[AnyCommand], pick: Pick) -> bool:
    while found:
        command = pick(found)
        found.remove(command)
        if watched.send(command).accepted:
            return True
    return False


def _work(watched: Watched, facts: FactsLike) -> list[AnyCommand]:
    """What the work lists of everybody offer; the way back for a project that rests or is closed."""
    state, common = watched.state, _everybody(watched)
    if state.standing is Standing.CLOSED:
        return [ReopenProject(reason="to go on", **c) for c in common]
    if state.standing is Standing.HELD:
        return [ResumeProject(**c) for c in common]
    found: list[AnyCommand] = []
    for c in common:
        for item in worklist(watched.process, state, c["by"], at=c["at"], judges=watched.judges):
            found += _offered(watched, item, facts, c)
    return list(dict.fromkeys(found))


def _missing(watched: Watched, facts: FactsLike) -> list[AnyCommand]:
    """What readiness says can be seen to now, for anything that is not there yet."""
    process, common = watched.process, _everybody(watched)
    if watched.state.standing is not Standing.RUNNING:
        return []
    things: dict[Missing, None] = {}
    names = [*(g.id for g in process.gates()), *(m.id for m in process.milestones), *(s.id for s in process.stages)]
    for name in names:
        answer = readiness(process, watched.state, name, at=common[0]["at"], judges=watched.judges)
        things.update(dict.fromkeys(thing for thing in answer.missing if thing.now))
    found: list[AnyCommand] = []
    for thing in things:
        for c in common:
            if c["by"] in thing.people or not thing.people:
                found += _seen_to(watched, thing, facts, c)
    return list(dict.fromkeys(found))


def good_facts(process: Process) -> dict[str, FactValue]:
    """Return a value for every fact of *process*, so that as many ``fact:`` criteria as possible hold together.

    Example:
        >>> from ltcflow import builder as b
        >>> gate = b.gate("atb", decided_by="board", criteria=[b.fact("margin >= 0.15")])
        >>> bid = b.process("bid", facts={"margin": b.percent()}, stages=[b.stage("bid", gates=[gate])])
        >>> good_facts(bid)
        {'margin': Decimal('0.15')}
    """
    asked: list[Condition] = []
    values: dict[str, FactValue] = {}
    for source in dict.fromkeys(_asked(process)):
        condition = compile_condition(source, process.facts_by_id)
        found = satisfy(process, [*asked, condition]).values
        if found is not None:
            asked.append(condition)
            values = dict(found)
    return {fact.id: values[fact.id] if fact.id in values else _any_value(fact) for fact in process.facts}


def _asked(process: Process) -> Iterator[str]:
    criteria = [c for gate in process.gates() for c in gate.criteria]
    criteria += [c for milestone in process.milestones for c in milestone.criteria]
    yield from (c.expression for c in criteria if isinstance(c, FactHolds))


def _any_value(fact: Fact) -> FactValue:
    known = compile_condition(f"known({fact.id})", {fact.id: fact})
    return next(row[fact.id] for row in sample_space([known], {fact.id: fact}).rows() if row)


def _over(watched: Watched) -> bool:
    state = watched.state
    running = state.standing is Standing.RUNNING
    return running and Progress(watched.process, state, state.at, watched.judges).finished()


def _everybody(watched: Watched) -> list[dict[str, Any]]:
    """Who there is, as what their next commands have in common."""
    state = watched.state
    crowd = [p for _, worn in (*state.team, *state.substitutes) for p in worn]
    crowd += [d.to for d in state.delegations.values()]
    people = list(dict.fromkeys(crowd)) or ["somebody"]
    return [{"by": person, "at": watched.state.at + timedelta(minutes=1)} for person in people]


def _offered(watched: Watched, item: WorkItem, facts: FactsLike, common: dict[str, Any]) -> Iterator[AnyCommand]:
    """What a person does about an item of the work list."""
    match item.action:
        case "begin":
            yield FinishActivity(activity=item.id, **common)
            yield StartActivity(activity=item.id, **common)
        case "finish":
            yield FinishActivity(activity=item.id, **common)
        case "submit":
            yield _paper(watched, item.id, common)
        case "record":
            if news := _news(watched, facts):
                yield from _recorded(watched, news, common)
        case "vote":
            yield CastVote(gate=item.id, verdict=Verdict.GO, **common)
        case "meet":
            yield MeetCondition(condition=item.id, **common)


def _paper(watched: Watched, name: str, common: dict[str, Any]) -> SubmitDeliverable:
    fields = {field.id: "done" for field in watched.process.deliverable(name).fields}
    return SubmitDeliverable(deliverable=name, fields=fields, **common)


def _seen_to(watched: Watched, thing: Missing, facts: FactsLike, common: dict[str, Any]) -> Iterator[AnyCommand]:
    """What a person does about something that is missing."""
    match thing.kind:
        case "fact":
            if news := _news(watched, facts):
                yield from _recorded(watched, news, common)
        case "activity":
            yield FinishActivity(activity=thing.id, **common)
            yield StartActivity(activity=thing.id, **common)
        case "deliverable":
            yield _paper(watched, thing.id, common)
        case "condition":
            yield MeetCondition(condition=thing.id, **common)
        case "risk":
            for risk in watched.state.risks.values():
                if not risk.closed:
                    yield CloseRisk(risk=risk.id, reason="to go on", **common)
        case "role":
            yield AssignRole(role=thing.id, people=[f"{thing.id}.new"], **common)


def _recorded(watched: Watched, news: dict[str, Any], common: dict[str, Any]) -> Iterator[AnyCommand]:
    """Those of *news* that this person may record: others wear the role of an owner."""
    declared, team = watched.process.facts_by_id, watched.state.team
    mine = {
        name: value
        for name, value in news.items()
        if not (people := team.people(declared[name].owner or "")) or common["by"] in people
    }
    if mine:
        yield RecordFacts(facts=mine, **common)


def _news(watched: Watched, facts: FactsLike) -> dict[str, Any]:
    """Those of *facts* that are not known, or known otherwise."""
    declared, known = watched.process.facts_by_id, watched.state.facts
    return {name: value for name, value in dict(facts).items() if known.get(name) != coerce(declared[name], value)}


def _renew(watched: Watched) -> None:
    """Give every role to people who have done nothing yet; sponsors first, for those are never without anybody."""
    team, version = crew(watched.process), watched.state.version
    roles = sorted(watched.process.roles, key=lambda role: not role.sponsor)
    for role in roles:
        _assign(watched, role.id, [])
    for role in roles:
        _assign(watched, role.id, [f"{person}+{version}" for person in team.people(role.id)])


def _assign(watched: Watched, role: RoleId, people: list[Person]) -> None:
    """Let whoever may assign a role; who began the project, where nobody else does."""
    common = _everybody(watched)
    starter = {**common[0], "by": watched.state.started_by}
    for one in [*common, starter]:
        if watched.send(AssignRole(role=role, people=people, **one)).accepted:
            return


def _left(watched: Watched) -> str:
    """Say what has not ended, and why the last command was refused."""
    now = watched.now()
    left = [node.id for i, node in enumerate(watched.told.net.nodes) if not now.ended[i]]
    return f"{', '.join(left)}; the last command: {watched.commands[-1]}"
