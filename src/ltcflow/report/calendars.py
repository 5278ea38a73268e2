"""Calendars that a process declares, in words: what each starts from and what differs from it."""

from __future__ import annotations

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.words import listed, role_text, said
from ltcflow.worktime import DeclaredCalendar
from ltcflow.worktime.hours import range_text, shift_text, week_texts


def calendar_details(process: Process, calendar: DeclaredCalendar, lang: Lang) -> list[str]:
    """Return what *calendar* says, in short parts: its base, hours, days, zone, and whose it is.

    Example:
        >>> plant = DeclaredCalendar(id="plant", base="CN", closed=["2026-08-03..2026-08-14"])
        >>> calendar_details(Process(id="bid", calendar="plant", calendars=[plant]), plant, "en")
        ['from CN', 'closed 2026-08-03..2026-08-14', 'of the project']
    """
    parts = [said(lang, f"from {calendar.base}", f"基于 {calendar.base}")]
    if calendar.hours is not None:
        week = (f"{days} {' '.join(shifts)}" for days, shifts in week_texts(calendar.hours).items())
        parts.append(said(lang, "hours ", "工时 ") + listed(week, lang))
    for days, en, zh in ((calendar.closed, "closed", "停工"), (calendar.open, "worked", "加班")):
        if days:
            parts.append(f"{said(lang, en, zh)} {listed(map(range_text, days), lang)}")
    if calendar.open_hours:
        parts.append(said(lang, "then ", "加班时段 ") + listed(map(shift_text, calendar.open_hours), lang))
    if calendar.time_zone:
        parts.append(said(lang, f"time zone {calendar.time_zone}", f"时区 {calendar.time_zone}"))
    whose = [role_text(process, role.id, lang) for role in process.roles if role.calendar == calendar.id]
    if process.calendar == calendar.id:
        whose = [said(lang, "the project", "整个项目"), *whose]
    return [*parts, said(lang, "of ", "适用于 ") + listed(whose, lang)] if whose else parts
