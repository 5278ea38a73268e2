"""Whether the calendars a declaration names can be found."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.errors import UnknownName, did_you_mean
from ltcflow.findings import Finding
from ltcflow.graph import place_of
from ltcflow.graph.rule import say
from ltcflow.process import Process
from ltcflow.worktime import DeclaredCalendar
from ltcflow.worktime.named import public_code


def unknown_calendars(process: Process) -> Iterator[Finding]:
    """LTC340: a calendar that cannot be found, or that is derived from itself."""
    declared = {own.id: own for own in reversed(process.calendars)}
    for where, name in _named(process):
        if name not in declared:
            yield from _unknown(where, name, declared)
    for own in declared.values():
        if own.base not in declared or own.base == own.id:
            yield from _unknown(f"calendars.{own.id}.base", own.base, declared)
    for circle in _circles(declared):
        for i, name in enumerate(circle):
            around = [circle[(i + k) % len(circle)] for k in range(min(len(circle), 19) + 1)]
            way = " -> ".join(around) + (" ..." if around[-1] != name else "")
            yield say(
                "LTC340",
                f"calendars.{name}.base",
                (f"is derived from itself: {way}.", "Let one of them begin with weekdays or a country such as CN."),
                (f"由自身派生:{way}。", "请让其中一个以 weekdays 或国家(例如 CN)为基础。"),
                around,
            )


def _circles(declared: dict[str, DeclaredCalendar]) -> Iterator[list[str]]:
    """Yield the circles of calendars that are derived from each other; one that names itself starts from outside."""
    seen: set[str] = set()
    for start in declared:
        way: dict[str, None] = {}
        name = start
        while name in declared and name not in seen and declared[name].base != name:
            seen.add(name)
            way[name] = None
            name = declared[name].base
        if name in way:
            names = list(way)
            yield names[names.index(name) :]


def _named(process: Process) -> Iterator[tuple[str, str]]:
    """Yield where a calendar is named, and how."""
    if process.calendar:
        yield "calendar", process.calendar
    for role in process.roles:
        if role.calendar:
            yield f"roles.{role.id}.calendar", role.calendar
    for activity in process.activities():
        if activity.calendar:
            yield place_of(process, activity.id, "calendar"), activity.calendar


def _unknown(where: str, name: str, declared: dict[str, DeclaredCalendar]) -> Iterator[Finding]:
    if name in ("weekdays", "always"):
        return
    try:
        public_code(name)
    except UnknownName as error:
        known = (*declared, *error.known)
    else:
        return
    near = did_you_mean(name, known)
    own = "Declare it under calendars, or install the plugin that brings it."
    own_zh = "请在 calendars 下声明,或安装提供该日历的插件。"
    remedy = f"Did you mean {' or '.join(map(repr, near))}? {own}" if near else own
    remedy_zh = f"是否想写 {' 或 '.join(near)}?{own_zh}" if near else own_zh
    problem = (f"names the calendar '{name}', which ltcflow does not know.", remedy)
    yield say("LTC340", where, problem, (f"引用了未知的日历 {name}。", remedy_zh), (name,))
