"""Who has to act next on an element, and on whom outside or inside it waits: one moment of a project."""

from __future__ import annotations

import attrs

from ltcflow.conditions import Truth
from ltcflow.names import ElementId, RoleId
from ltcflow.process import doing
from ltcflow.projects.criteria import judge_all, people_of
from ltcflow.projects.due import leading
from ltcflow.projects.panel import panel, standing
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import named, nearest_open
from ltcflow.projects.running import open_now
from ltcflow.projects.state import Standing
from ltcflow.projects.votes import Voter, counted
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate, Milestone

NOBODY: RoleId = ""
"""The role of what no declared role answers for."""


@attrs.frozen
class Holder:
    """What has to happen next, and who it is up to: roles (a name where it is nobody's role), and people."""

    thing: str
    roles: tuple[RoleId, ...]
    people: tuple[Person, ...] = ()


def doers(progress: Progress, element: Activity | Gate) -> tuple[RoleId, ...]:
    """Return the roles whose time *element* takes; who leads the project where it names none."""
    return doing(element) or leading(progress.process) or (NOBODY,)


def acting(progress: Progress, i: int) -> Holder:
    """Return who has to act on node *i*, an activity or gate that is open.

    Whoever outside is waited for; whoever began an activity, else those who do it; at a gate whoever can see to its
    unmet criteria, and once all are met those whose votes are missing.
    """
    element, state = progress.nodes[i].element, progress.state
    assert isinstance(element, Activity | Gate)
    waiting = state.waiting.get(element.id)
    if waiting is not None:
        return Holder(element.id, (waiting.on,), state.team.people(waiting.on))
    if isinstance(element, Gate):
        return _merged(element.id, _unmet(progress, element.id)) or _voting(progress, element)
    work = state.work.get(element.id)
    roles = (work.role,) if work is not None and work.role else doers(progress, element)
    people = (work.started_by,) if work is not None else people_of(state.team, roles)
    return Holder(element.id, roles, people)


def holders(progress: Progress, i: int) -> tuple[Holder, ...]:
    """Return what has to happen next at node *i* itself; () where it only waits for other elements, or has ended."""
    node = progress.nodes[i]
    element = node.element
    if progress.ended(i) or not isinstance(element, Activity | Gate | Milestone):
        return ()
    if progress.applies(i) is Truth.UNKNOWN:
        return _facts(progress, i) if progress.may_begin(i) else ()
    if isinstance(element, Milestone):
        return _unmet(progress, element.id) if progress.unblocked(i) else ()
    if open_now(progress, i):
        inside = isinstance(element, Gate) and element.id not in progress.state.waiting
        return (_unmet(progress, element.id) if inside else ()) or (acting(progress, i),)
    if isinstance(element, Gate) and progress.unblocked(i):
        owed = progress.shut_by(element.id)
        return tuple(Holder(o.id, (o.owner,), progress.state.team.people(o.owner) or (o.owner,)) for o in owed)
    return ()


def waiting_pairs(progress: Progress) -> set[tuple[RoleId, RoleId, ElementId, str]]:
    """Return who waits for whom at this moment: (role, role it waits for, its element, what has to happen).

    The roles of an element that cannot be begun or judged yet wait for whoever has to act on the elements nearest
    before it; those of an open one wait only for somebody outside, or, at a gate, for unmet criteria and missing votes.
    """
    if progress.state.standing is not Standing.RUNNING:
        return set()
    found: set[tuple[RoleId, RoleId, ElementId, str]] = set()
    for i, node in enumerate(progress.nodes):
        element = node.element
        if not isinstance(element, Activity | Gate) or not to_do(progress, i):
            continue
        if open_now(progress, i):
            mine, ahead = _idle(progress, i), holders(progress, i)
        else:
            mine = doers(progress, element)
            nodes = (i, *map(progress.position, nearest_open(progress, i)))
            ahead = tuple(holder for j in nodes for holder in holders(progress, j))
        for holder in ahead:
            found |= {(a, b, element.id, holder.thing) for a in mine for b in holder.roles if a not in (b, NOBODY)}
    return found


def to_do(progress: Progress, i: int) -> bool:
    """Say whether the activity or gate at node *i* is a step, not ended, not begun out of sight, and may take place."""
    element = progress.nodes[i].element
    if isinstance(element, Activity) and (element.spans or _finished(progress, element.id)):
        return False
    return not (progress.skipped(i) or progress.left_out(i) or progress.ended(i))


def _finished(progress: Progress, activity: ElementId) -> bool:
    work = progress.state.work.get(activity)
    return work is not None and work.finished is not None


def _idle(progress: Progress, i: int) -> tuple[RoleId, ...]:
    """The roles of an open element that have nothing to do on it: all while somebody else must act, else who voted."""
    element = progress.nodes[i].element
    assert isinstance(element, Activity | Gate)
    if element.id in progress.state.waiting or (isinstance(element, Gate) and _unmet(progress, element.id)):
        return doers(progress, element)
    if not isinstance(element, Gate):
        return ()
    asked = panel(progress, element)
    return tuple(dict.fromkeys(vote.role for vote in counted(asked.voters, asked.round)))


def missing_votes(progress: Progress, gate: Gate) -> tuple[Voter, ...]:
    """Return who has yet to vote on *gate*; () while one of its criteria is not met."""
    if not all(answer.satisfied for answer in judge_all(progress, gate.id)):
        return ()
    asked = panel(progress, gate)
    missing = standing(progress, gate, asked=asked).missing
    return tuple(voter for voter in asked.voters if voter.person in missing)


def _voting(progress: Progress, gate: Gate) -> Holder:
    waited = missing_votes(progress, gate)
    unfilled = standing(progress, gate).unfilled
    roles = tuple(dict.fromkeys((*(voter.role for voter in waited), *unfilled))) or doers(progress, gate)
    return Holder(gate.id, roles, tuple(voter.person for voter in waited))


def _unmet(progress: Progress, element: ElementId) -> tuple[Holder, ...]:
    """The unmet criteria of *element*, as far as anybody is known who can see to them."""
    answers = (answer for answer in judge_all(progress, element) if not answer.satisfied)
    return tuple(Holder(named(progress, a), a.roles or a.people, a.people) for a in answers if a.roles or a.people)


def _facts(progress: Progress, i: int) -> tuple[Holder, ...]:
    facts, team = progress.process.facts_by_id, progress.state.team
    owned = ((name, facts[name].owner) for name in sorted(progress.missing_facts(i)))
    return tuple(Holder(name, (owner,), team.people(owner)) for name, owner in owned if owner)


def _merged(thing: str, found: tuple[Holder, ...]) -> Holder | None:
    if not found:
        return None
    roles = tuple(dict.fromkeys(role for holder in found for role in holder.roles))
    return Holder(thing, roles, tuple(dict.fromkeys(person for holder in found for person in holder.people)))
