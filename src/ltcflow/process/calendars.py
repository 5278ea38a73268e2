"""From the name of a calendar to the calendar: those of the process first, then those of ltcflow and of plugins."""

from __future__ import annotations

from functools import lru_cache

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process.value import Process
from ltcflow.worktime import Calendar, DeclaredCalendar, calendar
from ltcflow.worktime.declared import Named
from ltcflow.worktime.named import public_code
from ltcflow.worktime.zones import zone_of


def resolve_calendar(process: Process, name: str = "", *, named: Named = calendar) -> Calendar:
    """Return the calendar that *name* means in *process*.

    A calendar of the process comes first; the base of one is looked up in the same way, but a calendar whose base has
    its own name starts from the one outside (``weekdays: {base: weekdays, closed: [...]}``).

    Args:
        name: "" for the process's own, else "weekdays".
        named: finds what the process does not declare: `ltcflow.worktime.calendar`, or that of `Extensions`, which
            knows the calendars of plugins too.
    Raises:
        UnknownName: there is no such calendar, or no such base; near names are suggested.
        InvalidValue: calendars that are derived from each other in a circle.
    Cost: O(calendars on the way); the calendars made are remembered.

    Example:
        >>> from datetime import date
        >>> from ltcflow.definition import loads
        >>> text = "{ltcflow: 1, process: bid, calendar: plant, calendars: {plant: {base: CN, closed: 2026-08-03}}}"
        >>> resolve_calendar(loads(text)).shifts_on(date(2026, 8, 3))
        ()
    """
    wanted = name or process.calendar or "weekdays"
    declared = {own.id: own for own in reversed(process.calendars)}
    chain = derivation(declared, wanted)
    if chain and chain[-1].base in {own.id for own in chain[:-1]}:
        way = " -> ".join((*(own.id for own in chain), chain[-1].base))
        remedy = "Let one of them begin with weekdays or a country."
        raise InvalidValue(
            field="calendars", value=way, problem="are derived from each other in a circle.", remedy=remedy
        )
    outside = chain[-1].base if chain else wanted
    try:
        found = named(outside)
    except UnknownName as error:
        raise UnknownName(kind="calendar", value=outside, known=dict.fromkeys((*declared, *error.known))) from None
    for own in reversed(chain):
        found = _derived(own, found)
    return found


def time_zone_of(process: Process, *, named: Named = calendar) -> str:
    """Return the IANA name of the time zone of *process*'s own calendar: that in which its days begin and end.

    Cheaper than the calendar itself: no holidays are worked out for a country. "UTC" where no calendar is named.

    Args:
        named: finds what neither the process nor ltcflow knows, such as `Extensions.calendar`.
    Raises:
        UnknownName: there is no such calendar.

    Example:
        >>> time_zone_of(Process(id="bid", calendar="CN")), time_zone_of(Process(id="bid"))
        ('Asia/Shanghai', 'UTC')
    """
    declared = {own.id: own for own in reversed(process.calendars)}
    wanted = process.calendar or "weekdays"
    chain = derivation(declared, wanted)
    for own in chain:
        if own.time_zone:
            return own.time_zone
    outside = chain[-1].base if chain else wanted
    if outside in ("weekdays", "always"):
        return "UTC"
    try:
        return zone_of(*public_code(outside))
    except UnknownName:
        return named(outside).time_zone


def derivation(declared: dict[str, DeclaredCalendar], name: str) -> tuple[DeclaredCalendar, ...]:
    """Return *name*'s calendar, its base, the base of that, ... as far as they are *declared* and none comes twice."""
    chain: dict[str, DeclaredCalendar] = {}
    while name in declared and name not in chain:
        chain[name] = declared[name]
        name = declared[name].base
    return tuple(chain.values())


@lru_cache(maxsize=64)
def _derived(own: DeclaredCalendar, base: Calendar) -> Calendar:
    return own.resolve(lambda _: base)
