"""Time limits of a process: how long an element may take, on whose working time, and who is told as it runs out."""

from __future__ import annotations

from typing import TypeVar

import attrs

from ltcflow.names import RoleId
from ltcflow.process.value import Process
from ltcflow.stages import Activity, Gate, Rung
from ltcflow.worktime import WorkDuration

T = TypeVar("T", Activity, Gate)


def limit_of(element: Activity | Gate) -> WorkDuration | None:
    """Return the time limit of *element*: of a gate that names none its lead time; None when there is no limit.

    Work that runs along its stage has none, whatever it declares: it ends with its stage.

    Example:
        >>> limit_of(Gate(id="atb", lead_time="2d")), limit_of(Gate(id="atb")) is None
        (WorkDuration(minutes=960, elapsed=False), True)
    """
    if isinstance(element, Activity):
        return None if element.spans else element.time_limit
    return element.time_limit if element.time_limit is not None else element.lead_time or None


def ladder_of(process: Process, element: Activity | Gate) -> tuple[Rung, ...]:
    """Return the escalation ladder of *element*: its own, else that of *process*."""
    return process.escalation if element.escalation is None else element.escalation


def own_ladders(process: Process) -> Process:
    """Return *process* with its ladder handed down to everything with a time limit that has none of its own.

    So the parts of a composition keep their ladders where these differ.
    """
    if not process.escalation:
        return process

    def handed(element: T) -> T:
        down = element.escalation is None and limit_of(element) is not None
        return attrs.evolve(element, escalation=process.escalation) if down else element

    stages = [
        attrs.evolve(s, activities=[handed(a) for a in s.activities], gates=[handed(g) for g in s.gates])
        for s in process.stages
    ]
    return attrs.evolve(process, stages=stages, escalation=())


def doing(element: Activity | Gate) -> tuple[RoleId, ...]:
    """Return the roles whose time *element* takes: those that decide a gate; those responsible, else accountable."""
    if isinstance(element, Gate):
        return element.deciders or element.raci.accountable
    return element.raci.responsible or element.raci.accountable


def calendar_of(process: Process, element: Activity | Gate) -> str:
    """Return the name of the calendar that the time limit of *element* counts on, as a plan would choose it.

    Its own, else that of the first role that does it and has one, else that of the process; "" when none is named.
    """
    own = element.calendar if isinstance(element, Activity) else ""
    roles = (process.roles_by_id.get(role) for role in doing(element))
    return own or next((role.calendar for role in roles if role is not None and role.calendar), process.calendar)
