"""Rules about the contract: legal review before signature, delivery heard before the bid."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.checks.words import bids, delivers, signs
from ltcflow.conditions import Condition, Truth
from ltcflow.findings import Finding
from ltcflow.graph import network, place_of
from ltcflow.graph.cases import cases, holds, spoken, whens_of
from ltcflow.graph.rule import listed, say
from ltcflow.graph.waits import waits
from ltcflow.names import RoleId
from ltcflow.process import Node, Process
from ltcflow.stages import Activity, Gate, Milestone


def _nodes(process: Process) -> Iterator[Node]:
    for element in process.elements():
        if isinstance(element, Activity | Gate | Milestone) and process.find(element.id) is element:
            yield element


def _hands(element: Node) -> frozenset[RoleId]:
    """The roles that do, answer for, advise on or decide *element*."""
    if isinstance(element, Milestone):
        return frozenset()
    roles = {role for letter, role in element.raci.pairs() if letter != "I"}
    return frozenset(roles | set(element.voting) if isinstance(element, Gate) else roles)


def _before(process: Process, element: Node) -> list[Node]:
    """What must have ended, unless skipped, before *element* is done, in declared order."""
    net, graph = network(process), waits(process)
    at = net.index[element.id]
    past = graph.past(2 * at if isinstance(element, Activity) else 2 * at + 1)
    return [e for e in _nodes(process) if e is not element and 2 * net.index[e.id] + 1 in past]


def legal_before_signature(process: Process) -> Iterator[Finding]:
    """LTC315: a contract is signed only after legal review, in every case."""
    legal = tuple(dict.fromkeys(role.id for role in process.roles if role.legal))
    for element in _nodes(process):
        if not signs(element):
            continue
        before = _before(process, element)
        if isinstance(element, Milestone) and any(signs(e) for e in before):
            continue  # the signing itself is judged
        if isinstance(element, Gate) and set(legal) & set(element.voting):
            continue
        reviews = [e for e in before if set(legal) & _hands(e)]
        place = place_of(process, element.id)
        if not reviews:
            why = "no role is marked legal: true" if not legal else f"nothing before it is reviewed by {listed(legal)}"
            why_zh = "没有角色标为 legal: true" if not legal else f"之前没有 {listed(legal)} 参与的评审"
            yield say(
                "LTC315",
                place,
                (f"signs a contract without a legal review: {why}.", "Let a legal role review or decide before it."),
                (f"合同签署前没有法律审核:{why_zh}。", "请在签署之前安排法务角色审核或决策。"),
                (element.id,),
            )
            continue
        gap = _uncovered(process, element, reviews)
        if gap:
            names = listed(e.id for e in reviews)
            yield say(
                "LTC315",
                place,
                (
                    f"signs a contract without a legal review when {', '.join(gap)}: {names} is skipped then.",
                    "Let the review apply whenever the signature does.",
                ),
                (f"当 {', '.join(gap)} 时未经法律审核就签署合同:{names} 被跳过。", "凡要签署的情形都应经过法律审核。"),
                (*gap, *(e.id for e in reviews)),
            )


def _uncovered(process: Process, element: Node, reviews: list[Node]) -> tuple[str, ...]:
    """The facts under which *element* is done while all *reviews* are skipped; () when there are none."""
    own = whens_of(process, element)
    others = [tuple(c for c in whens_of(process, e) if c not in own) for e in reviews]
    if any(not whens for whens in others):
        return ()
    conditions: list[Condition] = [*own, *(c for whens in others for c in whens)]
    for row in cases(process, conditions).rows:
        if holds(own, row) is Truth.TRUE and all(holds(whens, row) is Truth.FALSE for whens in others):
            return spoken(process, row)
    return ()


def _heard_at_bid(process: Process) -> tuple[Node | None, frozenset[RoleId]]:
    """Return the last element of the bid, and the roles that have a hand in the bid or in anything before it."""
    net = network(process)
    bidding = [element for element in _nodes(process) if bids(element)]
    if not bidding:
        return None, frozenset()
    last = max(bidding, key=lambda e: (len(net.ancestors(net.index[e.id])), net.index[e.id]))
    return last, frozenset(role for e in (*bidding, *_before(process, last)) for role in _hands(e))


def delivery_before_bid(process: Process) -> Iterator[Finding]:
    """LTC322: whoever delivers has a hand in what leads to the bid, or in the bid itself."""
    hands = frozenset(role.id for role in process.roles if delivers(role))
    last, heard = _heard_at_bid(process)
    if last is None or hands & heard:
        return
    who = f"none of {listed(sorted(hands))} has" if hands else "no role for delivery is declared that would have"
    who_zh = f"{listed(sorted(hands))} 均未参与" if hands else "没有声明交付角色"
    yield say(
        "LTC322",
        place_of(process, last.id),
        (
            f"is bid for without those who deliver: {who} a hand in it or in anything before it.",
            "Give delivery a duty in the bid or before it.",
        ),
        (f"投标及之前的工作没有交付人员参与:{who_zh}。", "请在投标或之前的活动中为交付角色分配职责。"),
        (last.id,),
    )


def departments_before_bid(process: Process) -> Iterator[Finding]:
    """LTC335: every department that has work in the project has a hand in what leads to the bid, or in the bid."""
    last, heard = _heard_at_bid(process)
    if last is None:
        return
    at_work = {role for element in _nodes(process) for role in _hands(element)}
    departments: dict[str, list[RoleId]] = {}
    for role in process.roles:
        if role.department and not role.external and role.id in at_work:
            departments.setdefault(role.department, []).append(role.id)
    for department, roles in departments.items():
        if not heard & set(roles):
            yield say(
                "LTC335",
                place_of(process, last.id),
                (
                    f"is bid for without {department}, which has work to do later ({listed(roles)}).",
                    "Give one of its roles a duty (R, A or C) in the bid or before it.",
                ),
                (
                    f"投标前没有{department}参与,而该部门之后有工作({listed(roles)})。",
                    "请在投标或之前的活动中为该部门的角色分配 R、A 或 C 职责。",
                ),
                (department, *roles),
            )
