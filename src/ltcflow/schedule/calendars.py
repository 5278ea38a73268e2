"""Which calendar each activity and gate works on: its own, that of the role that does it, the project's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ltcflow.errors import UnknownName
from ltcflow.names import ElementId
from ltcflow.process import Process, doing, resolve_calendar
from ltcflow.stages import Activity, Gate
from ltcflow.worktime import Calendar, CalendarLike, as_calendar


def calendars_named(process: Process, named: Callable[[str], Calendar]) -> dict[str, Calendar]:
    """Return the calendars that the activities and roles of *process* name, by name, for `plan(..., calendars=...)`.

    Args:
        named: finds what the process does not declare, such as `Extensions.calendar`, which knows those of plugins.
    Raises:
        UnknownName: there is none.
    """
    names = dict.fromkeys((*(a.calendar for a in process.activities()), *(role.calendar for role in process.roles)))
    return {name: resolve_calendar(process, name, named=named) for name in names if name}


def own_calendars(process: Process, given: Mapping[str, CalendarLike]) -> Mapping[ElementId, Calendar]:
    """Return the calendars of the activities and gates that have one.

    The strongest first: what is *given* for the element, the ``calendar`` it declares, then those of the roles that do
    it (responsible, else accountable; of a gate, the roles that decide it): the first of them that has one, given or
    declared. A name that the process declares is looked up in *given*, then among the calendars of the process, then
    among those of `ltcflow.worktime.calendar`.

    Raises:
        UnknownName: a key of *given* that is no activity, gate or role, nor a calendar that the process names; no
            calendar of that name.
    """
    roles = {role.id: role.calendar for role in process.roles}
    declared = {activity.id: activity.calendar for activity in process.activities()}
    if not given and not any(roles.values()) and not any(declared.values()):
        return {}
    gates = {gate.id: gate for gate in process.gates()}
    known = {*declared, *gates, *roles, *declared.values(), *roles.values(), process.calendar} - {""}
    for name in given:
        if name not in known:
            raise UnknownName(
                kind="activity, gate, role or calendar of the process", value=str(name), known=sorted(known)
            )

    def named(name: str, otherwise: str) -> CalendarLike | None:
        if name in given:
            return given[name]
        return given.get(otherwise, otherwise) if otherwise else None

    found: dict[ElementId, Calendar] = {}
    elements: tuple[Activity | Gate, ...] = (*process.activities(), *gates.values())
    for element in elements:
        choice = named(element.id, declared.get(element.id, ""))
        for role in doing(element) if choice is None else ():
            choice = named(role, roles.get(role, ""))
            if choice is not None:
                break
        if choice is not None:
            found[element.id] = resolve_calendar(process, choice) if isinstance(choice, str) else as_calendar(choice)
    return found
