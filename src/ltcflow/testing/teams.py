"""Teams that can run a process: every role is worn, duties are separated and bound as declared, quorums can be met."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import strategies as st

from ltcflow.graph import voters
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.roles import Person, Role, SeparationKind, Team
from ltcflow.stages import DecisionRule

PEOPLE = ("li.wei", "zhang.min", "chen.jie", "wang.fang", "赵敏", "sun.hao", "Zoë", "qian.yu")
"""Who wears several hats in random teams."""
Choose = Callable[[Role, int, list[Person]], list[Person]]
"""Given a role, how many people it takes and who may wear it, says who does; too few are made up."""


def crew(process: Process) -> Team:
    """Return a team for *process* in which nobody wears two hats, two people a body, and every gate can be decided.

    Example:
        >>> from ltcflow import builder as b
        >>> crew(b.process("bid", roles={"seller": "销售", "board": {"zh": "决策团队", "body": True}})).members
        (('board', ('board.2', 'board.3')), ('seller', ('seller.1',)))
    """
    return _manned(process, lambda _role, _count, _free: [], lambda role: 2 if role.body else 1)


@st.composite
def teams(draw: st.DrawFn, process: Process) -> Team:
    """Teams for *process* in which people may wear several hats, as far as the declaration lets them."""

    def choose(_role: Role, count: int, free: list[Person]) -> list[Person]:
        return draw(st.lists(st.sampled_from(free), min_size=1, max_size=count, unique=True)) if free else []

    return _manned(process, choose, lambda _role: draw(st.integers(1, 2)))


def _manned(process: Process, choose: Choose, size: Callable[[Role], int]) -> Team:
    apart, bound, wanted = _apart(process), _bound(process), _wanted(process)
    spare = iter(range(1, 10_000))
    team = Team()
    for role in process.roles:
        together = team.people(bound.get(role.id, ""))
        if not together:
            most = 1 if role.sponsor or role.id in bound else (role.at_most or 3)
            count = min(most, max(wanted.get(role.id, 1), size(role)))
            barred = {person for other in apart.get(role.id, ()) for person in team.people(other)}
            people = choose(role, count, [person for person in PEOPLE if person not in barred])[:count]
            while len(people) < count:
                people.append(f"{role.id}.{next(spare)}")
            together = tuple(people)
        team = team.with_role(role.id, together)
    return _enough(process, team, spare)


def _apart(process: Process) -> dict[RoleId, set[RoleId]]:
    apart: dict[RoleId, set[RoleId]] = {}
    acting = [rule.names for rule in process.separation_rules if rule.kind is SeparationKind.DYNAMIC]
    for roles in (*process.separation_of_duties, *acting):
        for role in roles:
            apart.setdefault(role, set()).update(other for other in roles if other != role)
    return apart


def _bound(process: Process) -> dict[RoleId, RoleId]:
    """For each role that others are bound to, the first role of its set (sets that overlap are one set)."""
    bound: dict[RoleId, RoleId] = {}
    for roles in process.binding_of_duties:
        first = next((bound[role] for role in roles if role in bound), roles[0])
        merged = {bound[role] for role in roles if role in bound}
        bound.update({role: first for role, old in bound.items() if old in merged})
        bound.update(dict.fromkeys(roles, first))
    order = [role.id for role in process.roles]
    leaders: dict[RoleId, RoleId] = {}
    for role in sorted(bound, key=lambda name: order.index(name) if name in order else len(order)):
        leaders.setdefault(bound[role], role)
    return {role: leaders[first] for role, first in bound.items()}


def _wanted(process: Process) -> dict[RoleId, int]:
    """How many people a role needs so that the quorums of its gates can be reached."""
    wanted: dict[RoleId, int] = {}
    for gate in process.gates():
        for rule in gate.rules:
            for role in voters(rule):
                wanted[role] = max(wanted.get(role, 1), _heads(rule))
    return wanted


def _heads(rule: DecisionRule) -> int:
    """How many voters are enough, whatever each of them weighs; 1 where no number is asked for."""
    return rule.quorum or rule.weighted or 1


def _enough(process: Process, team: Team, spare: Iterator[int]) -> Team:
    """Give each quorum as many different voters as it needs."""
    bound = _bound(process)
    for gate in process.gates():
        for rule in gate.rules:
            heads = {person for role in voters(rule) for person in team.people(role)}
            for role in voters(rule):
                declared = process.roles_by_id.get(role)
                if declared is None or declared.sponsor or role in bound:
                    continue
                while len(heads) < _heads(rule) and len(team.people(role)) < (declared.at_most or _heads(rule)):
                    heads.add(new := f"{role}.{next(spare)}")
                    team = team.with_role(role, (*team.people(role), new))
    return team
