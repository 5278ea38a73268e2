"""Soundness: separation and binding of duties can be satisfied, by how few people, and every gate has its voters."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from ltcflow.findings import Finding
from ltcflow.graph.coloring import colour_bounds
from ltcflow.graph.places import place_of
from ltcflow.graph.rule import listed, say
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.stages import DecisionRule, RuleKind


@lru_cache(maxsize=256)
def _bound(process: Process) -> dict[RoleId, frozenset[RoleId]]:
    """For each declared role, all roles the same person must wear, itself among them (transitively)."""
    groups: dict[RoleId, frozenset[RoleId]] = {role.id: frozenset({role.id}) for role in process.roles}
    for roles in process.binding_of_duties:
        known = [role for role in roles if role in groups]
        together = frozenset[RoleId]().union(*(groups[role] for role in known))
        groups.update(dict.fromkeys(together, together))
    return groups


def _binding_chain(process: Process, first: RoleId, last: RoleId) -> tuple[RoleId, ...]:
    """The shortest chain of roles from *first* to *last* in which neighbours stand in one set that binds them."""
    came: dict[RoleId, RoleId] = {first: first}
    queue = deque([first])
    while queue and last not in came:
        role = queue.popleft()
        for roles in process.binding_of_duties:
            if role in roles:
                for other in roles:
                    if other not in came:
                        came[other] = role
                        queue.append(other)
    way = [last]
    while way[-1] != first:
        way.append(came[way[-1]])
    return tuple(reversed(way))


def people_bounds(process: Process) -> tuple[int, int]:
    """Return (fewest, enough) people to wear all roles of *process*: equal where the number is proved.

    Cost: that of `ltcflow.graph.coloring.colour_bounds`; see `people_needed`.
    """
    groups = list(dict.fromkeys(_bound(process).values()))
    at = {role: i for i, group in enumerate(groups) for role in group}
    apart: dict[int, set[int]] = {i: set() for i in range(len(groups))}
    for roles in process.separation_of_duties:
        for one, other in combinations([at[role] for role in roles if role in at], 2):
            if one != other:
                apart[one].add(other)
                apart[other].add(one)
    return colour_bounds({i: frozenset(others) for i, others in apart.items()})


def people_needed(process: Process) -> int:
    """Return how few people can wear all declared roles without breaking separation or binding of duties.

    Roles bound together are one node, two nodes that must be different people are neighbours: the answer is the
    chromatic number of that graph. Pairs that contradict each other (LTC224, LTC225) are left aside.

    Returns:
        0 without roles. Exact where `people_bounds` gives the same number twice (any graph of up to about 40 groups);
        beyond that a number of people that is enough, though fewer might do.
    Cost: at most some ten thousand partial colourings.

    Example:
        >>> from ltcflow import builder as b
        >>> people_needed(b.process("p", roles={"a": "A", "b": "B", "c": "C"}, separation_of_duties=[["a", "b"]]))
        2
    """
    return people_bounds(process)[1]


def separations(process: Process) -> Iterator[Finding]:
    """LTC224: two roles that must be the same person and must not be."""
    bound = _bound(process)
    for i, roles in enumerate(process.separation_of_duties):
        for one, other in combinations(dict.fromkeys(roles), 2):
            if other not in bound.get(one, ()):
                continue
            chain = _binding_chain(process, one, other)
            yield say(
                "LTC224",
                f"separation_of_duties[{i}]",
                (
                    f"keeps '{one}' and '{other}' apart, but binding_of_duties makes them one person "
                    f"({' = '.join(chain)}).",
                    "Remove the one or the other.",
                ),
                (
                    f"要求 {one} 与 {other} 不是同一人,但 binding_of_duties 要求是同一人({' = '.join(chain)})。",
                    "删除其中一条。",
                ),
                chain,
            )


def repeated_roles(process: Process) -> Iterator[Finding]:
    """LTC225: a separation of duties that keeps a role apart from itself."""
    for i, roles in enumerate(process.separation_of_duties):
        for role in dict.fromkeys(r for r in roles if roles.count(r) > 1):
            yield say(
                "LTC225",
                f"separation_of_duties[{i}]",
                (f"names '{role}' twice: nobody is somebody else than himself.", "Name each role once."),
                (f"重复列出 {role},没有人能与自己不是同一人。", "每个角色只写一次。"),
                (role, role),
            )


def voters(rule: DecisionRule) -> tuple[RoleId, ...]:
    """Return the roles whose wearers vote: those with a veto, the chair's, those of the rule; each once."""
    return rule.voting


def _rules(process: Process) -> Iterator[tuple[str, DecisionRule]]:
    """Yield (place, rule) of each rule by which a gate is decided."""
    for gate in process.gates():
        if gate.decided_by.voting or not gate.approval_matrix:
            yield place_of(process, gate.id, "decided_by"), gate.decided_by
        for i, row in enumerate(gate.approval_matrix):
            yield place_of(process, gate.id, f"approval_matrix[{i}]"), row.decided_by


def nobody_decides(process: Process) -> Iterator[Finding]:
    """LTC221: a gate without a declared role that votes, or whose chair is not declared."""
    for place, rule in _rules(process):
        named = voters(rule)
        heard = [rule.chair] if rule.kind is RuleKind.CHAIR else [r for r in named if r in process.roles_by_id]
        if heard and heard[0] in process.roles_by_id:
            continue
        known = listed((r.id for r in process.roles), 3)
        if not named:
            why, why_zh = "names no role that decides it", "没有写明由哪个角色决策"
        else:
            why, why_zh = (
                f"is decided by roles that are not declared ({listed(named)})",
                f"的决策角色未声明({listed(named)})",
            )
        yield say(
            "LTC221",
            place,
            (f"{why}, so it can never be passed.", f"Name who decides{f', such as {known}' if process.roles else ''}."),
            (f"{why_zh},永远无法通过。", f"请写明决策角色{f',如 {known}' if process.roles else ''}。"),
            named,
        )


def capacity(process: Process, roles: tuple[RoleId, ...]) -> tuple[int | None, tuple[str, ...]]:
    """Return the most people who can wear one of *roles* (None: any number), and what limits them, in words."""
    bound = _bound(process)
    total, limits = 0, []
    for group in dict.fromkeys(bound[role] for role in roles if role in bound):
        most = process.role(next(iter(group))).at_most
        if len(group) > 1:
            total += 1
            limits.append(f"{' = '.join(sorted(group))}: 1")
        elif most is None:
            return None, ()
        else:
            total += most
            limits.append(f"{next(iter(group))}: {most}")
    return total, tuple(limits)


def quorums(process: Process) -> Iterator[Finding]:
    """LTC223: a quorum larger than the number of people who can vote, or a weight larger than theirs together."""
    for place, rule in _rules(process):
        most, limits = capacity(process, voters(rule))
        if rule.kind is RuleKind.WEIGHTED and most is not None:
            yield from _too_heavy(process, place, rule)
        if rule.kind is not RuleKind.QUORUM or most is None or not 0 < most < rule.quorum:
            continue
        shown = ", ".join(limits)
        yield say(
            "LTC223",
            place,
            (
                f"needs {rule.quorum} votes, but no more than {most} can be cast ({shown}).",
                "Lower the quorum, name more roles, or raise at_most.",
            ),
            (f"需要 {rule.quorum} 票,但最多只有 {most} 人可以投票({shown})。", "降低票数,增加角色,或提高 at_most。"),
            limits,
        )


def _too_heavy(process: Process, place: str, rule: DecisionRule) -> Iterator[Finding]:
    """Every voting role has a limit of people: all their votes together must weigh enough."""
    groups = dict.fromkeys(_bound(process)[role] for role in voters(rule) if role in process.roles_by_id)
    most = sum(
        (1 if len(group) > 1 else process.role(next(iter(group))).at_most or 0)
        * rule.weight(role for role in group if role in voters(rule))
        for group in groups
    )
    if not 0 < most < rule.weighted:
        return
    yield say(
        "LTC223",
        place,
        (
            f"needs votes that weigh {rule.weighted}, but all that can be cast weigh {most} together.",
            "Lower the weight, name more roles, or raise their weights or at_most.",
        ),
        (
            f"需要合计权重 {rule.weighted} 的票,但全部可投的票合计只有 {most}。",
            "降低所需权重,增加角色,或提高其权重或 at_most。",
        ),
        (str(rule.weighted), str(most)),
    )
