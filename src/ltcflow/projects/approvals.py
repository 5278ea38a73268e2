"""Who will be asked at a gate under which facts, and which smallest change of one fact changes that. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from ltcflow.conditions import Condition, FactValue, Truth, coerce
from ltcflow.errors import UnknownName
from ltcflow.names import ElementId, FactId, RoleId
from ltcflow.process import Process
from ltcflow.projects.answers import Reason
from ltcflow.projects.commands import FactsLike
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.gates import separated
from ltcflow.projects.matrix import OTHERWISE, matrix_of
from ltcflow.projects.panel import Panel, panel, standing
from ltcflow.projects.progress import Progress
from ltcflow.projects.state import ProjectState
from ltcflow.projects.turning import above, distance, proved, turning_values
from ltcflow.projects.votes import Voter
from ltcflow.roles import Person
from ltcflow.stages import Gate


@attrs.frozen(kw_only=True)
class Asked:
    """Somebody who will be asked.

    Attributes:
        roles: those they speak for. rows: the rows of the approval matrix that ask them; "*" is ``decided_by``.
        instead_of: whose place they take, and *by* what: given (this one vote), voted, the id of a delegation, or
            substitute; "" when they speak for themselves.
        voted: they have voted in this round.
        barred: why separation of duties would refuse them, as things stand.
    """

    person: Person
    roles: tuple[RoleId, ...]
    rows: tuple[str, ...] = ()
    instead_of: Person = ""
    by: str = ""
    voted: bool = False
    barred: tuple[Reason, ...] = ()


@attrs.frozen(kw_only=True)
class Turn:
    """The nearest value of one fact at which others will be asked.

    Attributes:
        value: the nearest such value, counted in the smallest steps of its type (a cent, a basis point, one, a day).
        higher: it lies above the present one; None where the values have no order, or nothing is known yet.
        added, removed: people, and roles that nobody wears, who come in and drop out.
        rows: those that apply then; () also where the gate does not take place then (*applies*).
        proved: no value between is enough. False where a condition compares the fact with another one.
    """

    fact: FactId
    value: FactValue
    higher: bool | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rows: tuple[str, ...] = ()
    applies: bool = True
    proved: bool = True


@attrs.frozen(kw_only=True)
class Approvals:
    """Who will be asked at a gate.

    Attributes:
        facts: what this holds under, as far as conditions of the gate read it; *unknown*: what they read and nobody
            knows: everybody who may have to agree is listed then.
        applies: the gate takes place; unknown where facts for that are missing.
        rows: those of the approval matrix in force; "*" is ``decided_by``; () without a matrix.
        asked: in the order of the rule. unfilled: roles that must be heard and that nobody wears.
        turns: for each fact the nearest change up and down that changes the list; the smallest of a fact first.
    """

    gate: ElementId
    applies: Truth
    facts: tuple[tuple[FactId, FactValue], ...]
    unknown: tuple[FactId, ...]
    rows: tuple[str, ...]
    asked: tuple[Asked, ...]
    unfilled: tuple[RoleId, ...]
    turns: tuple[Turn, ...]


def approvals(
    process: Process,
    state: ProjectState,
    gate: ElementId,
    *,
    at: datetime,
    facts: FactsLike = (),
    judges: Judges = NO_JUDGES,
) -> Approvals:
    """Say who will be asked at *gate* under the facts of the project, and what smallest change of a fact changes that.

    The approval matrix, substitutes, delegations and absences are as they are at *at*; votes cast in this round count.

    Args:
        facts: what to suppose besides, or instead of, what is recorded.
    Raises:
        UnknownName: no such gate or fact. FactValueError: a supposed value does not fit its fact.
    Cost: one look at who votes for each constant that the conditions of the gate compare a fact with.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, StartProject, decide, replay
        >>> rows = [{"when": "amount > 5_000_000", "decided_by": ["director", "cfo"]}]
        >>> price = b.gate("price", decided_by="director", approval_matrix=rows)
        >>> bid = b.process("bid", facts={"amount": b.money("CNY")}, roles={"director": "总监", "cfo": "财务总监"},
        ...     stages=[b.stage("bid", gates=[price])])
        >>> now, team = datetime(2026, 3, 2, tzinfo=UTC), {"director": "zhang.min", "cfo": "chen.jie"}
        >>> state = replay(decide(bid, NOTHING, StartProject(project="acme", team=team, by="zhang.min", at=now)).events)
        >>> found = approvals(bid, state, "price", at=now, facts={"amount": "3_000_000"})
        >>> [one.person for one in found.asked]
        ['zhang.min']
        >>> [(str(turn.value), turn.added) for turn in found.turns]
        [('5_000_000.01 CNY', ('chen.jie',))]
    """
    return _Preview(process, state, process.gate(gate), at, judges).under(_supposed(process, facts))


def _supposed(process: Process, facts: FactsLike) -> dict[FactId, FactValue]:
    given: dict[FactId, FactValue] = {}
    for name, value in dict(facts).items():
        if name not in process.facts_by_id:
            raise UnknownName(kind="fact", value=str(name), known=sorted(process.facts_by_id))
        given[name] = coerce(process.facts_by_id[name], value)
    return given


class _Preview:
    """Looks at one gate of one state under any facts."""

    def __init__(self, process: Process, state: ProjectState, gate: Gate, at: datetime, judges: Judges) -> None:
        self.process, self.state, self.gate, self.at, self.judges = process, state, gate, at, judges
        now = Progress(process, state, at, judges)
        rows = matrix_of(process, gate).rows if gate.approval_matrix else ()
        asking = (row.condition for row in rows if row.condition is not None)
        self.conditions: tuple[Condition, ...] = (*now.compiled.whens[now.position(gate.id)], *asking)

    def progress(self, facts: dict[FactId, FactValue]) -> Progress:
        known = self.state.facts.update(facts) if facts else self.state.facts
        return Progress(self.process, attrs.evolve(self.state, facts=known), self.at, self.judges)

    def under(self, facts: dict[FactId, FactValue]) -> Approvals:
        progress = self.progress(facts)
        asked, applies = panel(progress, self.gate), progress.applies(progress.position(self.gate.id))
        read = [f.id for f in self.process.facts if any(f.id in c.facts for c in self.conditions)]
        known = progress.state.facts
        out = applies is Truth.FALSE
        return Approvals(
            gate=self.gate.id,
            applies=applies,
            facts=tuple((name, known[name]) for name in read if name in known),
            unknown=tuple(name for name in read if name not in known),
            rows=() if out else asked.rows,
            asked=() if out else tuple(self.asked(progress, asked, voter) for voter in asked.voters),
            unfilled=() if out else standing(progress, self.gate, asked=asked).unfilled,
            turns=tuple(turn for name in read for turn in self.turns(name, facts)),
        )

    def asked(self, progress: Progress, found: Panel, voter: Voter) -> Asked:
        places = ((held, one) for (held, _), one in found.stand_ins.items() if voter.instead_of)
        by = next((one.by for held, one in places if (held, one.person) == (voter.instead_of, voter.person)), "")
        voted = any(vote.by == voter.person for vote in found.round.votes)
        own = (key for key, rule in zip(found.rows, found.rules, strict=False) if set(rule.voting) & set(voter.roles))
        return Asked(
            person=voter.person,
            roles=voter.roles,
            rows=tuple(own),
            instead_of=voter.instead_of,
            by=by,
            voted=voted,
            barred=() if voted else tuple(separated(progress, self.gate, voter)),
        )

    def listed(self, facts: dict[FactId, FactValue]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Everybody who is asked, by name or by a role that nobody wears; the rows; whether the gate takes place."""
        progress = self.progress(facts)
        if progress.applies(progress.position(self.gate.id)) is Truth.FALSE:
            return (), (), False
        found = panel(progress, self.gate)
        team = progress.state.team
        roles = dict.fromkeys(role for rule in found.rules for role in rule.voting)
        vacant = [role for role in roles if not team.people(role)]
        return (*(voter.person for voter in found.voters), *vacant), found.rows, True

    def turns(self, name: FactId, facts: dict[FactId, FactValue]) -> Iterator[Turn]:
        fact = self.process.facts_by_id[name]
        now = facts.get(name, self.state.facts.get(name))
        before, certain = self.listed(facts)[0], proved(fact, self.conditions)
        found: list[Turn] = []
        for value in turning_values(fact, self.conditions, now):
            after, rows, applies = self.listed({**facts, name: value})
            if set(after) == set(before):
                continue
            higher = above(now, value) if now is not None else None
            added = tuple(one for one in after if one not in before)
            removed = tuple(one for one in before if one not in after)
            found.append(
                Turn(
                    fact=name,
                    value=value,
                    higher=higher,
                    added=added,
                    removed=removed,
                    rows=rows,
                    applies=applies,
                    proved=certain,
                )
            )
        yield from _nearest(found, now)


def _nearest(found: list[Turn], now: FactValue | None) -> list[Turn]:
    """The nearest turn up and down; without an order, or while nothing is known, the first of each list."""
    if now is None or not found or found[0].higher is None:
        once: dict[tuple[tuple[str, ...], tuple[str, ...]], Turn] = {}
        for turn in found:
            once.setdefault((turn.added, turn.removed), turn)
        return list(once.values()) if now is None else found
    sides = ([turn for turn in found if turn.higher is side] for side in (True, False))
    nearest = [min(side, key=lambda turn: distance(now, turn.value)) for side in sides if side]
    return sorted(nearest, key=lambda turn: distance(now, turn.value))


__all__ = ["OTHERWISE", "Approvals", "Asked", "Turn", "approvals"]
