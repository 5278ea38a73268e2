"""What is missing for a milestone, and why: who owes it, when it will be there, what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects import Link, Missing, Readiness, StageSuccess
from ltcflow.report.absences import absences_text
from ltcflow.report.cells import clean, natural
from ltcflow.report.tables import TOTAL, legend, paragraph, table
from ltcflow.report.words import colon, day, label, listed, minutes, moment, named, payment_text, role_text, said, word


def readiness_text(
    readiness: Readiness,
    process: Process,
    lang: Lang = "en",
    *,
    total: int = TOTAL,
    zone: tzinfo | None = None,
    most: int | None = None,
) -> str:
    """Return what is missing, who owes it and when it will be there; in the order of waiting.

    Args:
        total: display columns; where they are few, roles of people and what an element waits for are left out.
        zone: whose clock the forecast is read on; its own when left out.
        most: show the first so many and count the rest.
    """
    name = named(process, readiness.element, lang)
    left = "".join(paragraph(_left_behind(stage, lang), total=total) for stage in readiness.without_success)
    left += absences_text(readiness.absent, process, lang, total=total)
    if readiness.ready:
        text = said(lang, f"{name} is ready: nothing is missing.", f"{name} 已就绪：没有缺项。")
        return paragraph(text, total=total) + left
    heads, *rows = _fitting(readiness.missing[:most], process, lang, zone, total)
    shown = table(heads, rows, total=total, keep=[i for i, head in enumerate(heads) if head in _KEPT])
    rest = len(readiness.missing) - len(rows)
    more = said(lang, f"... and {rest} more", f"……另有 {rest} 项") + "\n" if rest > 0 else ""
    marks = said(lang, "! can be seen to now", "! 现在可处理"), said(lang, "* critical", "* 关键")
    return f"{_head(readiness, name, lang, total, zone)}\n{shown}{more}\n{left}{legend(marks, total=total)}"


def _left_behind(stage: StageSuccess, lang: Lang) -> str:
    name = f"{label(stage.title, lang, stage.stage)} ({stage.stage})"
    lacks = listed((label(a.title, lang, a.subject) for a in stage.unmet), lang)
    return said(lang, f"Left without success: {name} lacks {lacks}.", f"未成功即已离开：{name} 尚缺 {lacks}。")


def _head(readiness: Readiness, name: str, lang: Lang, total: int, zone: tzinfo | None) -> str:
    count = len(readiness.missing)
    things = "1 thing is missing" if count == 1 else f"{count} things are missing"
    head = said(lang, f"{name} is not ready: {things}", f"{name} 尚未就绪：缺 {count} 项")
    if readiness.forecast is not None:
        forecast = moment(readiness.forecast, zone)
        head += said(lang, f", forecast {forecast}", f"，预计 {forecast}")
    return paragraph(head + said(lang, ".", "。"), total=total)


_HEADS = ("", "Missing", "Id", "Who", "Float", "Forecast", "Note")
_HEADS_ZH = ("", "缺项", "标识", "责任人", "浮动", "预计", "说明")
_KEPT = {"", "Id", "Float", "Forecast", "标识", "浮动", "预计"}


def _fitting(
    missing: Sequence[Missing], process: Process, lang: Lang, zone: tzinfo | None, total: int
) -> list[tuple[str, ...]]:
    """Return heads and rows with as much as fits on one line each; without roles and waits where nothing does."""
    rows: list[tuple[str, ...]] = []
    for roles, waits in ((True, True), (False, True), (False, False)):
        cells = [_row(item, process, lang, zone, roles=roles, waits=waits) for item in missing]
        kept = [i for i in range(len(_HEADS)) if any(row[i] for row in cells)]
        rows = [tuple(row[i] for i in kept) for row in (_HEADS_ZH if lang == "zh" else _HEADS, *cells)]
        if natural(rows) <= total:
            break
    return rows


def _row(
    missing: Missing, process: Process, lang: Lang, zone: tzinfo | None, *, roles: bool, waits: bool
) -> tuple[str, ...]:
    note = label(missing.note, lang)
    if not note and missing.waits_for and waits:
        note = said(lang, "after ", "等待 ") + listed(missing.waits_for, lang)
    if missing.element != missing.id and missing.kind != "role":
        note = said(lang, f"for {missing.element}: ", f"用于 {missing.element}：") + note
    pays = [payment_text(payment, lang) for payment in missing.payments]
    note = said(lang, "; ", "；").join(part for part in (note, *pays) if part)
    return (
        f"{'!' if missing.now else ''}{'*' if missing.critical else ''}",
        f"{word(missing.kind, lang)} {label(missing.title, lang)}".rstrip(),
        missing.id,
        _who(missing, process, lang, roles=roles),
        minutes(missing.total_float),
        day(missing.forecast, zone) if missing.forecast is not None else "",
        note,
    )


def _who(missing: Missing, process: Process, lang: Lang, *, roles: bool) -> str:
    people = listed(missing.people, lang) or (said(lang, "nobody", "无人") if missing.roles else "")
    if not missing.roles or (missing.people and not roles):
        return people
    return f"{people} ({listed((role_text(process, role, lang) for role in missing.roles), lang)})"


def why_text(links: Iterable[Link], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return a chain of waiting, one link below the other, down to what can be done now."""
    chain = tuple(links)
    if not chain:
        return said(lang, "Nothing is missing: it has ended.\n", "没有缺项：已经结束。\n")
    lines = []
    for depth, link in enumerate(chain):
        title = label(link.title, lang)
        name = f"{title} ({link.id})" if title and title != link.id else link.id
        head = f"{word(link.kind, lang)} {name}"
        waits = said(lang, "waits for ", "等待 ") if depth else ""
        who = colon(lang) + listed(link.people, lang) if link.people else ""
        because = said(lang, f"; {clean(link.because.en)}", f"；{label(link.because, lang)}") if link.because else ""
        now = said(lang, " <- can be done now", " <- 现在可做") if link.now else ""
        lines.append(paragraph(f"{waits}{head}{who}{because}{now}", total=total, indent="  " * min(depth, 20)))
    return "".join(lines)
