"""From votes to an outcome.

Who may vote: the people who wear a role of the rule, or one of its veto roles, or their delegates; each once, for all
the roles they speak for.

* any: the first vote decides. all: once everybody has voted, the heaviest verdict (stop > recycle > hold >
  conditional > go). quorum n: once n have voted, the heaviest of their verdicts. chair: what the chair's role says.
  weighted n: once the votes weigh n together, the heaviest of their verdicts; a voter who speaks for several roles
  weighs as much as the heaviest of them, so that with weights of 1 it is the quorum.
  While a veto role is still to be heard, votes go on, and the heaviest of those that count decides.
* majority: the mildest verdict that more than half of everybody is at most as heavy as; decided as soon as the votes
  that are missing cannot change it.
* veto: each veto role must have been heard before a gate passes; a hold, recycle or stop of one decides at once.
* Several rules (rows of an approval matrix): each is counted by itself among its own voters; all must be decided before
  the gate passes, with the heaviest outcome; one that is decided against passing decides at once.
* A vote counts while its voter speaks for the role it was cast in; it lapses once separation of duties bars them.
* With all, and for each veto role, a role nobody wears leaves the gate undecided: nobody is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import attrs

from ltcflow.names import RoleId
from ltcflow.projects.events import VoteCast
from ltcflow.projects.standins import StandIns
from ltcflow.projects.state import GateState
from ltcflow.roles import Person, Team
from ltcflow.stages import DecisionRule, RuleKind, Verdict

Rules: TypeAlias = DecisionRule | tuple[DecisionRule, ...]


@attrs.frozen(kw_only=True)
class Tally:
    """How a vote stands.

    Attributes:
        verdict: the outcome, or None while it is open.
        missing: who may still vote. unfilled: roles that must be heard and that nobody wears, or that too few wear for
            the quorum or the weight that is asked for.
    """

    verdict: Verdict | None
    missing: tuple[Person, ...] = ()
    unfilled: tuple[RoleId, ...] = ()


@attrs.frozen
class Voter:
    """A person who may vote, the role that gives the vote, and whose vote it is when delegated.

    Attributes:
        roles: every role of the rule the person speaks for, *role* first.
    """

    person: Person
    role: RoleId
    instead_of: Person = ""
    roles: tuple[RoleId, ...] = ()


def voters(rules: Rules, team: Team, gate: GateState, stand_ins: StandIns | None = None) -> tuple[Voter, ...]:
    """Return everybody who may vote, veto roles first, then the chair, then in the order of the rule; rule by rule.

    Args:
        rules: the rule of the gate, or those of the rows of its approval matrix that are in force.
        stand_ins: who stands in for whom; left out, those who were given this one vote.
    """
    given = dict(gate.delegated)
    found: dict[Person, Voter] = {}
    for role in dict.fromkeys(role for rule in _listed(rules) for role in rule.voting):
        for worn_by in team.people(role):
            if stand_ins is None:
                person = given.get(worn_by, worn_by)
            else:
                person = one.person if (one := stand_ins.get((worn_by, role))) is not None else worn_by
            known = found.get(person)
            if known is None:
                found[person] = Voter(person, role, worn_by if person != worn_by else "", (role,))
            elif role not in known.roles:
                found[person] = attrs.evolve(known, roles=(*known.roles, role))
    return tuple(found.values())


def _listed(rules: Rules) -> Sequence[DecisionRule]:
    return (rules,) if isinstance(rules, DecisionRule) else rules


def counted(everybody: Sequence[Voter], gate: GateState) -> tuple[VoteCast, ...]:
    """Return the votes whose voter, one of *everybody*, speaks for the role it was cast in."""
    speaks = {voter.person: voter.roles for voter in everybody}
    return tuple(vote for vote in gate.votes if vote.role in speaks.get(vote.by, ()))


def tally(
    rules: Rules,
    team: Team,
    gate: GateState,
    stand_ins: StandIns | None = None,
    everybody: Sequence[Voter] | None = None,
) -> Tally:
    """Return how the votes of *gate* stand under *rules*. Cost: O(rules * people * roles).

    Args:
        rules, stand_ins: as for `voters`.
        everybody: what `voters` gives, where it is known.
    """
    if everybody is None:
        everybody = voters(rules, team, gate, stand_ins)
    votes = counted(everybody, gate)
    found = [_stands(rule, team, everybody, votes) for rule in _listed(rules)]
    if len(found) == 1:
        return found[0]
    decided = [each.verdict for each in found if each.verdict is not None]
    against = [verdict for verdict in decided if not verdict.passes]
    agreed = bool(found) and len(decided) == len(found)
    return Tally(
        verdict=_heaviest(decided) if against or agreed else None,
        missing=tuple(v.person for v in everybody if any(v.person in each.missing for each in found)),
        unfilled=tuple(dict.fromkeys(role for each in found for role in each.unfilled)),
    )


def _stands(rule: DecisionRule, team: Team, everybody: Sequence[Voter], cast: Sequence[VoteCast]) -> Tally:
    """How the votes stand under one rule: only those of its own voters count."""
    own = [v for v in everybody if any(role in rule.voting for role in v.roles)]
    speaks = {voter.person: voter.roles for voter in own}
    votes = [vote for vote in cast if vote.by in speaks]
    voted = {vote.by for vote in votes}
    missing = tuple(v.person for v in own if v.person not in voted)
    heard = {role for person in voted for role in speaks[person]}
    must_hear = (*rule.veto, *(rule.roles if rule.kind is RuleKind.ALL else ()))
    vacant = (role for role in must_hear if not team.people(role))
    unfilled = tuple(dict.fromkeys((*vacant, *_too_few(rule, team, own))))
    vetoed = [v.verdict for v in votes if not v.verdict.passes and any(role in rule.veto for role in speaks[v.by])]
    if vetoed:
        return Tally(verdict=_heaviest(vetoed), missing=missing, unfilled=unfilled)
    verdict = _by_rule(rule, votes, speaks, missing, bool(unfilled))
    if verdict is not None and verdict.passes and any(role not in heard for role in rule.veto):
        verdict = None
    return Tally(verdict=verdict, missing=missing, unfilled=unfilled)


def _too_few(rule: DecisionRule, team: Team, own: Sequence[Voter]) -> tuple[RoleId, ...]:
    """The roles of which more people are needed: all who may vote together do not reach what the rule asks for."""
    match rule.kind:
        case RuleKind.QUORUM if len(own) < rule.quorum:
            return rule.roles
        case RuleKind.WEIGHTED if _weight(rule, (voter.roles for voter in own)) < rule.weighted:
            return rule.roles
        case RuleKind.CHAIR if not team.people(rule.chair):
            return (rule.chair,)
        case _:
            return ()


def _weight(rule: DecisionRule, spoken_for: Iterable[Iterable[RoleId]]) -> int:
    """What people who speak for these roles weigh together."""
    return sum(rule.weight(role for role in roles if role in rule.voting) for roles in spoken_for)


def _heaviest(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.weight)


def _by_rule(
    rule: DecisionRule,
    votes: Sequence[VoteCast],
    speaks: Mapping[Person, tuple[RoleId, ...]],
    missing: Sequence[Person],
    unfilled: bool,
) -> Verdict | None:
    verdicts = [v.verdict for v in votes]
    match rule.kind:
        case RuleKind.ANY:
            return _heaviest(verdicts) if verdicts else None
        case RuleKind.ALL:
            return _heaviest(verdicts) if verdicts and not missing and not unfilled else None
        case RuleKind.QUORUM:
            return _heaviest(verdicts) if len(verdicts) >= rule.quorum else None
        case RuleKind.CHAIR:
            chair = [v.verdict for v in votes if rule.chair in speaks[v.by]]
            return _heaviest(chair) if chair else None
        case RuleKind.MAJORITY:
            return _majority(verdicts, len(missing))
        case RuleKind.WEIGHTED:
            return _heaviest(verdicts) if _weight(rule, (speaks[v.by] for v in votes)) >= rule.weighted else None


def _majority(verdicts: Sequence[Verdict], open_votes: int) -> Verdict | None:
    """The verdict in the middle, sorted from mild to heavy, once the missing votes cannot move it."""
    people = len(verdicts) + open_votes
    if not people:
        return None
    weights = [v.weight for v in verdicts]
    mildest = [0] * open_votes + weights
    heaviest = weights + [max(v.weight for v in Verdict)] * open_votes
    low, high = sorted(mildest)[people // 2], sorted(heaviest)[people // 2]
    return list(Verdict)[low] if low == high else None
