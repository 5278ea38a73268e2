"""The responsibility matrix: who does, answers for, advises on, hears of and decides what; gaps and overloads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import attrs

from ltcflow.analysis.order import Order
from ltcflow.graph import NodeKind
from ltcflow.labels import Label
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, duties_of, kind_of
from ltcflow.stages import Activity, Gate

MOST_AT_ONCE = 3
"""More steps than this that one person answers for at the same time count as an overload, unless told otherwise."""


@attrs.frozen(kw_only=True)
class MatrixRow:
    """One activity or gate.

    Attributes:
        kind, id, title, stage: what it is.
        letters: for each role of the matrix its letters, of R, A, C, I and V (votes); "" for none.
        gaps: what is missing, of "no A", "several A", "no R", "no vote".
    """

    kind: str
    id: ElementId
    title: Label
    stage: ElementId
    letters: tuple[str, ...]
    gaps: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Load:
    """What one role carries.

    Attributes:
        role, title: which role.
        responsible, accountable, consulted, informed, votes: on how many activities and gates.
        at_once: the most steps the role does (R) that may be under way at the same time; they do not wait for each
            other. Work that spans a stage is not counted: it is done beside other work.
        together: those steps, in declared order.
        overloaded: one person, and more at once than was allowed.
        idle: the role has no part in anything.
    """

    role: RoleId
    title: Label
    responsible: int
    accountable: int
    consulted: int
    informed: int
    votes: int
    at_once: int
    together: tuple[ElementId, ...]
    overloaded: bool
    idle: bool


@attrs.frozen(kw_only=True)
class Matrix:
    """Who has which part in a process.

    Attributes:
        roles: the columns. rows: activities and gates, in declared order. loads: one per role.
    """

    process: ElementId
    roles: tuple[RoleId, ...]
    rows: tuple[MatrixRow, ...]
    loads: tuple[Load, ...]

    @property
    def gaps(self) -> tuple[MatrixRow, ...]:
        """The rows in which something is missing."""
        return tuple(row for row in self.rows if row.gaps)

    @property
    def overloads(self) -> tuple[Load, ...]:
        """The roles that carry too much at once."""
        return tuple(load for load in self.loads if load.overloaded)


def responsibilities(process: Process, *, most_at_once: int = MOST_AT_ONCE) -> Matrix:
    """Return the responsibility matrix of *process*: every activity and gate against every role.

    A gap is an activity with nobody accountable or nobody to do it, an activity or gate with several accountable, a
    gate with nobody to vote. An overload is a role worn by one person (not a body) that does more than *most_at_once*
    steps that do not wait for each other; how many may run at once is the largest antichain of its steps (Dilworth
    1950).

    Cost: O(elements * roles) and one matching per role.

    Example:
        >>> from ltcflow import builder as b
        >>> stage = b.stage("bid", activities=[b.activity("draft", raci={"R": "seller", "A": "seller"})])
        >>> found = responsibilities(b.process("p", roles={"seller": "Seller", "idle": "Idle"}, stages=[stage]))
        >>> found.rows[0].letters, [load.idle for load in found.loads]
        (('RA', ''), [False, True])
    """
    roles = tuple(process.roles_by_id[role.id].id for role in process.roles)
    roles = tuple(dict.fromkeys(roles))
    rows = tuple(_row(process, element, roles) for element in _elements(process))
    loads = tuple(_load(process, role, rows, at, most_at_once) for at, role in enumerate(roles))
    return Matrix(process=process.id, roles=roles, rows=rows, loads=loads)


def _elements(process: Process) -> list[Activity | Gate]:
    found = (e for e in process.elements() if isinstance(e, Activity | Gate))
    return [e for e in found if process.find(e.id) is e]


def _row(process: Process, element: Activity | Gate, roles: tuple[RoleId, ...]) -> MatrixRow:
    raci = duties_of(element)
    voting = element.voting if isinstance(element, Gate) else ()
    stage = process.stage_of(element.id)
    letters = tuple("".join(raci.letters(role)) + ("V" if role in voting else "") for role in roles)
    gaps = []
    if len(raci.accountable) > 1:
        gaps.append("several A")
    if isinstance(element, Activity) and not raci.accountable:
        gaps.append("no A")
    if isinstance(element, Activity) and not raci.responsible:
        gaps.append("no R")
    if isinstance(element, Gate) and not voting:
        gaps.append("no vote")
    return MatrixRow(
        kind=kind_of(element),
        id=element.id,
        title=element.title,
        stage=stage.id if stage is not None else "",
        letters=letters,
        gaps=tuple(gaps),
    )


def _load(process: Process, role: RoleId, rows: tuple[MatrixRow, ...], at: int, most: int) -> Load:
    count = {letter: sum(letter in row.letters[at] for row in rows) for letter in "RACIV"}
    together = most_at_once(process, (row.id for row in rows if "R" in row.letters[at]))
    declared = process.roles_by_id[role]
    return Load(
        role=role,
        title=declared.title,
        responsible=count["R"],
        accountable=count["A"],
        consulted=count["C"],
        informed=count["I"],
        votes=count["V"],
        at_once=len(together),
        together=together,
        overloaded=not declared.body and len(together) > most,
        idle=not any(count.values()),
    )


@lru_cache(maxsize=8)
def _order(process: Process) -> Order:
    return Order(process)


def most_at_once(process: Process, names: Iterable[ElementId]) -> tuple[ElementId, ...]:
    """Return the largest set of *names* of which none begins only after another has ended: what may run at once.

    The largest antichain of a partial order, from a minimum chain cover (Dilworth 1950), found as a maximum matching
    (Fulkerson 1956) and read off its minimum vertex cover (König 1931). Spans and boundaries are left out.

    Cost: O(n * pairs) for n names.
    """
    order = _order(process)
    net = order.net
    kinds = (NodeKind.ACTIVITY, NodeKind.GATE)
    places = [net.index[name] for name in names if name in net.index]
    places = sorted({i for i in places if net.nodes[i].kind in kinds})
    pasts = {j: order.past(2 * j) for j in places}
    behind = {i: [j for j in places if 2 * i + 1 in pasts[j]] for i in places}
    before = _matching(places, behind)
    matched = {i: j for j, i in before.items()}
    left, right = _reachable([i for i in places if i not in matched], behind, before)
    return tuple(net.nodes[i].id for i in places if i in left and i not in right)


def _matching(places: list[int], behind: dict[int, list[int]]) -> dict[int, int]:
    """A maximum matching of the pairs (i, j behind i), as i by j (augmenting paths)."""
    before: dict[int, int] = {}

    for start in places:
        came: dict[int, int] = {}
        stack, end = [start], -1
        while stack and end < 0:
            i = stack.pop()
            for j in behind[i]:
                if j not in came:
                    came[j] = i
                    if j not in before:
                        end = j
                        break
                    stack.append(before[j])
        while end >= 0:
            i = came[end]
            turned = next((j for j, k in before.items() if k == i), -1)
            before[end] = i
            end = turned if i != start else -1
    return before


def _reachable(start: list[int], behind: dict[int, list[int]], before: dict[int, int]) -> tuple[set[int], set[int]]:
    """What alternating paths from the unmatched reach, on either side (König)."""
    left, right = set(start), set[int]()
    stack = list(start)
    while stack:
        for j in behind[stack.pop()]:
            if j not in right:
                right.add(j)
                if j in before and before[j] not in left:
                    left.add(before[j])
                    stack.append(before[j])
    return left, right
