"""Who decides on what has no gate: the project as a whole, its change requests, what is let go."""

from __future__ import annotations

from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects.answers import Reason
from ltcflow.projects.criteria import people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import no
from ltcflow.roles import Person


def leading_roles(process: Process) -> tuple[RoleId, ...]:
    """Return the roles inside the company that lead a project: sponsor, first responsible, who decides at gates."""
    inside = process.roles_by_id
    roles = [r.id for r in process.roles if r.sponsor or r.first_responsible]
    roles += [r for g in process.gates() for r in g.deciders]
    return tuple(r for r in dict.fromkeys(roles) if r in inside and not inside[r].external)


def may_decide(progress: Progress, by: Person, what: str, what_zh: str) -> list[Reason]:
    """Return why *by* may not decide *what*: the process names other roles, or others lead the project.

    Where nobody wears one of those roles, everybody may.
    """
    roles = progress.process.registers.changes_decided_by or leading_roles(progress.process)
    people = people_of(progress.state.team, roles)
    if not people or by in people:
        return []
    names = ", ".join(people)
    problem, remedy = f"{by} may not {what}.", f"Ask {names}."
    return [no("LTC515", "", problem, remedy, f"{by} 无权{what_zh}。", f"请找 {names}。")]
