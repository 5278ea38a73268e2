"""Who is at work on what has begun in a project."""

from __future__ import annotations

from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, duties_of
from ltcflow.projects.state import ProjectState, Standing
from ltcflow.roles import Person
from ltcflow.stages import Activity


def people_at_work(process: Process, state: ProjectState) -> dict[ElementId, dict[RoleId, Person]]:
    """Return who is at work on each activity that has begun and is not finished: whoever began it.

    Said only where that person wears, in the team, a role that is responsible (R) for the activity: the role it was
    begun in, else the first such role. In a closed project nobody is at work any more.

    Example:
        >>> people_at_work(Process(id="bid"), ProjectState())
        {}
    """
    if state.standing is Standing.CLOSED:
        return {}
    found: dict[ElementId, dict[RoleId, Person]] = {}
    for name, work in state.work.items():
        element = process.find(name)
        if work.finished is None and isinstance(element, Activity):
            roles = [r for r in duties_of(element).responsible if work.started_by in state.team.people(r)]
            if roles:
                found[name] = {work.role if work.role in roles else roles[0]: work.started_by}
    return found
