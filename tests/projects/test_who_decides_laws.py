"""Laws of weighted votes and approval matrices, against oracles that share nothing with what decides."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations, product
from typing import Any

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Fact
from ltcflow.process import Process
from ltcflow.projects.events import VoteCast
from ltcflow.projects.matrix import OTHERWISE, matrix_of
from ltcflow.projects.panel import panel
from ltcflow.projects.state import GateState
from ltcflow.projects.votes import tally, voters
from ltcflow.roles import Team
from ltcflow.stages import DecisionRule, RuleKind, Verdict

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROLES = ("board", "ceo", "legal")
PEOPLE = ("ann", "bo", "cy", "di")
LISTED = list(Verdict)

teams = st.dictionaries(
    st.sampled_from(ROLES), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True), min_size=1
).map(lambda worn: Team(members=tuple((role, tuple(people)) for role, people in worn.items())))
weights = st.dictionaries(st.sampled_from(ROLES), st.integers(1, 5))
verdicts = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(Verdict))


def rule_of(weighted: int, by_role: dict[str, int], veto: tuple[str, ...] = ()) -> DecisionRule:
    return DecisionRule(roles=ROLES, kind=RuleKind.WEIGHTED, weighted=weighted, weights=by_role, veto=veto)


def cast(rule: DecisionRule, team: Team, said: dict[str, Verdict]) -> GateState:
    found = {voter.person: voter for voter in voters(rule, team, GateState())}
    votes = tuple(
        VoteCast(by=person, at=NOW, gate="g", role=found[person].role, verdict=verdict)
        for person, verdict in said.items()
        if person in found
    )
    return GateState(votes=votes)


@given(weighted=st.integers(1, 9), by_role=weights, team=teams, said=verdicts)
def test_weighted_the_votes_decide_once_they_weigh_enough(
    weighted: int, by_role: dict[str, int], team: Team, said: dict[str, Verdict]
) -> None:
    rule = rule_of(weighted, by_role)
    heard, weight = [], 0
    for person, verdict in said.items():
        hats = [role for role, people in team.members if person in people]
        if hats:
            weight += max(by_role.get(role, 1) for role in hats)
            heard.append(verdict)
    expected = max(heard, key=LISTED.index) if weight >= weighted else None
    assert tally(rule, team, cast(rule, team, said)).verdict is expected


@given(weighted=st.integers(1, 5), team=teams, said=verdicts)
def test_weighted_with_weights_of_one_is_the_quorum(weighted: int, team: Team, said: dict[str, Verdict]) -> None:
    rule = rule_of(weighted, {})
    quorum = DecisionRule(roles=ROLES, kind=RuleKind.QUORUM, quorum=weighted)
    assert tally(rule, team, cast(rule, team, said)) == tally(quorum, team, cast(quorum, team, said))


@given(weighted=st.integers(1, 9), by_role=weights, team=teams, said=verdicts, veto=st.sampled_from(["", *ROLES]))
@settings(max_examples=50)
def test_weighted_does_not_depend_on_the_order_of_the_votes(
    weighted: int, by_role: dict[str, int], team: Team, said: dict[str, Verdict], veto: str
) -> None:
    rule = rule_of(weighted, by_role, (veto,) if veto else ())
    found = {tally(rule, team, cast(rule, team, dict(order))).verdict for order in permutations(said.items())}
    assert len(found) == 1


@given(weighted=st.integers(1, 9), by_role=weights, team=teams, said=verdicts, factor=st.integers(2, 4))
def test_weighted_in_another_unit_is_the_same(
    weighted: int, by_role: dict[str, int], team: Team, said: dict[str, Verdict], factor: int
) -> None:
    every = {role: by_role.get(role, 1) for role in ROLES}
    rule, other = rule_of(weighted, every), rule_of(weighted * factor, {r: w * factor for r, w in every.items()})
    assert tally(rule, team, cast(rule, team, said)) == tally(other, team, cast(other, team, said))


# --- approval matrices

AMOUNTS = (0, 1, 2, 3)
CONDITIONS = ("amount <= 1", "amount > 1", "amount > 2", "amount == 3", "grade == 'C'", "grade != 'C' and amount > 1")
PLAIN: dict[str, Any] = {
    "amount <= 1": lambda a, g: a <= 1,
    "amount > 1": lambda a, g: a > 1,
    "amount > 2": lambda a, g: a > 2,
    "amount == 3": lambda a, g: a == 3,
    "grade == 'C'": lambda a, g: g == "C",
    "grade != 'C' and amount > 1": lambda a, g: g != "C" and a > 1,
}
GRADES = ("A", "C")


@st.composite
def any_rule(draw: st.DrawFn) -> DecisionRule:
    kind, roles = (
        draw(st.sampled_from(RuleKind)),
        tuple(draw(st.lists(st.sampled_from(ROLES), min_size=1, unique=True))),
    )
    extra = {
        RuleKind.QUORUM: {"quorum": draw(st.integers(1, 5))},
        RuleKind.WEIGHTED: {"weighted": draw(st.integers(1, 9)), "weights": draw(weights)},
        RuleKind.CHAIR: {"chair": draw(st.sampled_from(ROLES))},
    }.get(kind, {})
    if "weights" in extra:
        extra["weights"] = {role: weight for role, weight in extra["weights"].items() if role in roles}
    return DecisionRule(roles=roles, kind=kind, veto=draw(st.sampled_from([(), ROLES[:1]])), **extra)


@given(rule=any_rule(), team=teams)
def test_a_gate_lacks_people_exactly_when_everybody_together_cannot_pass_it(rule: DecisionRule, team: Team) -> None:
    """Where all who may vote have voted for it and it still is not passed, the roles to fill are named; else none."""
    everybody = cast(rule, team, dict.fromkeys(PEOPLE, Verdict.GO))
    assume(everybody.votes)
    asked, after = tally(rule, team, GateState()), tally(rule, team, everybody)
    assert bool(asked.unfilled) == (after.verdict is not Verdict.GO)
    assert asked.unfilled == after.unfilled
    assert set(asked.unfilled) <= set(rule.voting)


def gated(conditions: list[str], base: bool = True) -> Process:
    rows = [{"when": when, "decided_by": f"r{i}", "id": f"row{i}"} for i, when in enumerate(conditions)]
    gate = b.gate("g", decided_by="base" if base else (), approval_matrix=rows)
    return b.process(
        "p",
        facts=[Fact(id="amount", type=b.number()), Fact(id="grade", type=b.choice("A", "B", "C"))],
        roles={"base": "Base", **{f"r{i}": f"R{i}" for i in range(len(conditions))}},
        stages=[b.stage("s", gates=[gate, b.gate("last", decided_by="base")])],
    )


matrices = st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True)
known = st.fixed_dictionaries({}, optional={"amount": st.sampled_from(AMOUNTS), "grade": st.sampled_from(GRADES)})


@given(conditions=matrices, facts=known)
def test_a_row_applies_when_some_way_to_fill_in_what_is_unknown_makes_it_true(
    conditions: list[str], facts: dict[str, Any]
) -> None:
    process = gated(conditions)
    worlds = [(facts.get("amount", a), facts.get("grade", g)) for a, g in product(AMOUNTS, GRADES)]
    may = {f"row{i}" for i, when in enumerate(conditions) if any(PLAIN[when](*world) for world in worlds)}
    none = any(not any(PLAIN[when](*world) for when in conditions) for world in worlds)
    found = set(matrix_of(process, process.gate("g")).applying(facts))
    assert may <= found - {OTHERWISE}
    if none:
        assert OTHERWISE in found
    if len(facts) == 2:
        assert found == may | ({OTHERWISE} if none else set())


@given(conditions=matrices, facts=known)
def test_knowing_more_never_asks_more_people(conditions: list[str], facts: dict[str, Any]) -> None:
    matrix = matrix_of(process := gated(conditions), process.gate("g"))
    before = set(matrix.applying(facts))
    for amount, grade in product(AMOUNTS, GRADES):
        assert set(matrix.applying({"amount": amount, "grade": grade, **facts})) <= before


@given(conditions=matrices, then=known, now=known)
def test_terms_are_never_worse_than_themselves_and_always_worse_when_a_row_comes_on_top(
    conditions: list[str], then: dict[str, Any], now: dict[str, Any]
) -> None:
    matrix = matrix_of(process := gated(conditions), process.gate("g"))
    before, after = matrix.applying(then), matrix.applying(now)
    assert matrix.worse(before, before) == ()
    worse = matrix.worse(before, after)
    assert set(worse) <= set(after) - set(before)
    if set(before) < set(after):
        assert worse


STEPS = ("amount <= 1", "amount > 1 and amount <= 2", "amount > 2")


@given(values=st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=6))
@settings(max_examples=60)
def test_a_ladder_is_judged_again_only_when_the_amount_climbs_over_a_step(values: list[int]) -> None:
    """Re-approval: the oracle is the highest step that anybody agreed to."""
    process = gated(list(STEPS), base=False)
    team = {"base": "ann", **{f"r{i}": f"p{i}" for i in range(3)}}
    step = {0: 0, 1: 0, 2: 1, 3: 2}
    state = p.NOTHING

    def send(kind: type, by: str, **fields: Any) -> None:
        nonlocal state
        answer = p.decide(process, state, kind(by=by, at=NOW, **fields))
        assert answer.accepted, answer
        state = p.replay(answer.events, state)

    send(p.StartProject, "ann", project="x", team=team)
    agreed = -1
    for value in values:
        if state.facts.get("amount") != value:
            send(p.RecordFacts, "ann", facts={"amount": value})
        passed = state.gate("g").verdict is Verdict.GO
        assert passed == (step[value] <= agreed)
        if not passed:
            send(p.CastVote, f"p{step[value]}", gate="g", verdict="go")
            agreed = step[value]
            assert state.gate("g").verdict is Verdict.GO


@given(conditions=matrices, facts=known)
def test_who_is_asked_is_who_wears_the_roles_of_the_rows(conditions: list[str], facts: dict[str, Any]) -> None:
    assume("amount" in facts and "grade" in facts)
    process = gated(conditions)
    team = {"base": "ann", **{f"r{i}": f"p{i}" for i in range(len(conditions))}}
    started = p.decide(process, p.NOTHING, p.StartProject(project="x", team=team, facts=facts, by="ann", at=NOW))
    progress = p.Progress(process, p.replay(started.events), NOW)
    expected = [f"p{i}" for i, when in enumerate(conditions) if PLAIN[when](facts["amount"], facts["grade"])]
    assert [voter.person for voter in panel(progress, process.gate("g")).voters] == (expected or ["ann"])


def test_every_row_that_applies_must_agree(story) -> None:
    process = attrs.evolve(gated(["amount > 1", "grade == 'C'"]))
    s = story(process, team={"base": "ann", "r0": "p0", "r1": "p1"}, facts={"amount": 2, "grade": "C"})
    assert s.vote("g", "ann") == ("LTC523",)
    assert s.vote("g", "p0") == ()
    assert not s.passed("g")
    assert s.vote("g", "p1") == ()
    assert s.passed("g")


def test_a_vote_against_in_one_row_decides_at_once(story) -> None:
    s = story(gated(["amount > 1", "grade == 'C'"]), facts={"amount": 2, "grade": "C"})
    assert s.vote("g", "r1.1", verdict="hold") == ()
    assert s.state.standing.value == "held"


def test_a_vote_lapses_and_a_passed_gate_opens_when_a_higher_row_comes(story) -> None:
    s = story(gated(["amount <= 1", "amount > 1"], base=False), facts={"amount": 1, "grade": "A"})
    assert s.vote("g", "r0.1") == ()
    assert s.passed("g")
    s.record(amount=2)
    assert "GateReopened" in s.events
    assert not s.passed("g")
    assert s.vote("g", "r0.1") == ("LTC523",)
    assert s.vote("g", "r1.1") == ()
    s.record(amount=0)
    assert s.passed("g")
