"""From votes to an outcome.

Who may vote: the people who wear a role of the rule, or one of its veto roles, or their delegates; each once.

* any: the first vote decides. all: once everybody has voted, the heaviest verdict (stop > recycle > hold >
  conditional > go). quorum n: once n have voted, the heaviest of their verdicts. chair: what the chair's role says.
* majority: the mildest verdict that more than half of everybody is at most as heavy as; decided as soon as the votes
  that are missing cannot change it.
* veto: each veto role must have been heard before a gate passes; a hold, recycle or stop of one decides at once.
* A vote counts while its voter still wears the role.
* With all, and for each veto role, a role nobody wears leaves the gate undecided: nobody is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ltcflow.names import RoleId
from ltcflow.projects.events import VoteCast
from ltcflow.projects.state import GateState
from ltcflow.roles import Person, Team
from ltcflow.stages import DecisionRule, RuleKind, Verdict


@attrs.frozen(kw_only=True)
class Tally:
    """How a vote stands.

    Attributes:
        verdict: the outcome, or None while it is open.
        missing: who may still vote. unfilled: roles that must be heard and that nobody wears.
    """

    verdict: Verdict | None
    missing: tuple[Person, ...] = ()
    unfilled: tuple[RoleId, ...] = ()


@attrs.frozen
class Voter:
    """A person who may vote, the role that gives the vote, and whose vote it is when delegated."""

    person: Person
    role: RoleId
    instead_of: Person = ""


def voters(rule: DecisionRule, team: Team, gate: GateState) -> tuple[Voter, ...]:
    """Return everybody who may vote, veto roles first, then the chair, then in the order of the rule.

    A delegate stands in the place of the one who delegated.
    """
    delegates = dict(gate.delegated)
    found: dict[Person, Voter] = {}
    chair = (rule.chair,) if rule.chair else ()
    for role in dict.fromkeys((*rule.veto, *chair, *rule.roles)):
        for person in team.people(role):
            if person in delegates:
                found.setdefault(delegates[person], Voter(delegates[person], role, person))
            else:
                found.setdefault(person, Voter(person, role))
    return tuple(found.values())


def tally(rule: DecisionRule, team: Team, gate: GateState) -> Tally:
    """Return how the votes of *gate* stand under *rule*. Cost: O(people * roles)."""
    everybody = voters(rule, team, gate)
    entitled = {v.person for v in everybody}
    votes = tuple(vote for vote in gate.votes if vote.by in entitled)
    voted = {vote.by for vote in votes}
    missing = tuple(v.person for v in everybody if v.person not in voted)
    heard = {vote.role for vote in votes} | {r for v in votes for r in team.roles(v.instead_of or v.by)}
    must_hear = dict.fromkeys((*rule.veto, *(rule.roles if rule.kind is RuleKind.ALL else ())))
    unfilled = tuple(role for role in must_hear if not team.people(role))
    vetoed = [v.verdict for v in votes if not v.verdict.passes and _by_veto(rule, team, v)]
    if vetoed:
        return Tally(verdict=_heaviest(vetoed), missing=missing, unfilled=unfilled)
    verdict = _by_rule(rule, votes, len(everybody), missing, bool(unfilled))
    if verdict is not None and verdict.passes and any(role not in heard for role in rule.veto):
        verdict = None
    return Tally(verdict=verdict, missing=missing, unfilled=unfilled)


def _by_veto(rule: DecisionRule, team: Team, vote: VoteCast) -> bool:
    return vote.role in rule.veto or any(role in rule.veto for role in team.roles(vote.instead_of or vote.by))


def _heaviest(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.weight)


def _by_rule(
    rule: DecisionRule, votes: Sequence[VoteCast], people: int, missing: Sequence[Person], unfilled: bool
) -> Verdict | None:
    verdicts = [vote.verdict for vote in votes]
    match rule.kind:
        case RuleKind.ANY:
            return verdicts[0] if verdicts else None
        case RuleKind.ALL:
            return _heaviest(verdicts) if verdicts and not missing and not unfilled else None
        case RuleKind.QUORUM:
            return _heaviest(verdicts[: rule.quorum]) if len(verdicts) >= rule.quorum else None
        case RuleKind.CHAIR:
            return next((vote.verdict for vote in votes if vote.role == rule.chair), None)
        case RuleKind.MAJORITY:
            return _majority(verdicts, people)


def _majority(verdicts: Sequence[Verdict], people: int) -> Verdict | None:
    """The verdict in the middle, sorted from mild to heavy, once the missing votes cannot move it."""
    if not people:
        return None
    middle, open_votes = people // 2, max(0, people - len(verdicts))
    weights = [v.weight for v in verdicts]
    mildest = [0] * open_votes + weights
    heaviest = weights + [max(v.weight for v in Verdict)] * open_votes
    low, high = sorted(mildest)[middle], sorted(heaviest)[middle]
    return list(Verdict)[low] if low == high else None
