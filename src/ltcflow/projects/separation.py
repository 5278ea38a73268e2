"""Separation of duties over the life of a project: what one person has done bars them from a separated role."""

from __future__ import annotations

from collections.abc import Iterable

from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Person


def barred_by(process: Process, state: ProjectState, person: Person, role: RoleId) -> RoleId | None:
    """Return the role, separated from *role*, that *person* wears, or worked or voted in; None: there is none."""
    separation = process.separation_of_duties
    if not separation:
        return None
    worn = state.team.roles(person)
    others = (other for roles in separation if role in roles for other in roles if other != role)
    return next((other for other in others if other in worn or (person, other) in state.acted), None)


def pairs_barred(
    process: Process, state: ProjectState, person: Person, roles: Iterable[RoleId]
) -> tuple[tuple[RoleId, RoleId], ...]:
    """Return (role, what bars it) for each of *roles* that *person* may not act in."""
    found = ((role, barred_by(process, state, person, role)) for role in roles)
    return tuple((role, other) for role, other in found if other is not None)
