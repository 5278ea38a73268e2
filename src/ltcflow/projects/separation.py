"""Separation of duties over the life of a project: what one person has done bars them from a separated role or step.

The patterns, in the terms of Simon and Zurko (1997) and of the RBAC standard (ANSI INCITS 359):

* static: ``separation_of_duties``; nobody wears two of its roles, or acts in one after having acted in another.
* dynamic: ``separation_rules: [{dynamic: [...]}]``; worn together, but acted in one only.
* history (object-based: the object is the project): one person acts on one of the steps only.
* operational: no one person takes all of the steps.
* over delegates: who acts in somebody's place is barred by their own past and by that of whom they act for, and what
  they do counts as done by both.
* over role overlap: who wears several hats is judged in all of them at once.
* binding of duties: ``binding_of_duties``; the same people wear the roles (`ltcflow.projects.life`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Person, SeparationKind


def barred_by(process: Process, state: ProjectState, person: Person, role: RoleId, step: ElementId = "") -> str | None:
    """Return what bars *person* from acting in *role* on *step*: a role they wear or acted in, or a step they took.

    Args:
        step: the activity or gate; "" asks about the role alone.
    Returns:
        None when nothing does.
    """
    separation = process.separation_of_duties
    if separation:
        worn = state.team.roles(person)
        others = (other for roles in separation if role in roles for other in roles if other != role)
        found = next((other for other in others if other in worn or (person, other) in state.acted), None)
        if found is not None:
            return found
    return _by_rule(process, state, person, role, step) if process.separation_rules else None


def _by_rule(process: Process, state: ProjectState, person: Person, role: RoleId, step: ElementId) -> str | None:
    for rule in process.separation_rules:
        if rule.kind is SeparationKind.DYNAMIC:
            others = [name for name in rule.names if name != role] if role in rule.names else []
            found = next((name for name in others if (person, name) in state.acted), None)
        else:
            others = [name for name in rule.names if name != step] if step in rule.names else []
            taken = [name for name in others if (name, person) in state.did]
            enough = bool(taken) if rule.kind is SeparationKind.HISTORY else bool(others) and len(taken) == len(others)
            found = taken[0] if enough else None
        if found is not None:
            return found
    return None


def pairs_barred(
    process: Process, state: ProjectState, person: Person, roles: Iterable[RoleId], step: ElementId = ""
) -> tuple[tuple[RoleId, str], ...]:
    """Return (role, what bars it) for each of *roles* that *person* may not act in on *step*."""
    found = ((role, barred_by(process, state, person, role, step)) for role in roles)
    return tuple((role, other) for role, other in found if other is not None)
