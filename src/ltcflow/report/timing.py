"""Time limits in words: what is due, what fell due, who is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from ltcflow.labels import Lang
from ltcflow.projects import Due
from ltcflow.projects import events as e
from ltcflow.projects.clocks import Told
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, table
from ltcflow.report.words import label, listed, moment, said, word

TimeEvent = e.WaitingStarted | e.WaitingEnded | e.TimePassed | e.FellDue | e.Escalated


def time_text(event: TimeEvent, name: str, tell: str, reason: str, lang: Lang, zone: tzinfo | None = None) -> str:
    """Return *event* as one sentence.

    Args:
        name: what it is about, as it is shown; tell: who was told, or is waited for.
        reason: the end of the sentence, its stop included.
    """
    by = event.by
    match event:
        case e.WaitingStarted():
            return said(lang, f"{by}: {name} waits for {tell}", f"{by}：{name}在等待 {tell}") + reason
        case e.WaitingEnded():
            return said(lang, f"{by}: {name} waits no longer", f"{by}：{name}不再等待") + reason
        case e.TimePassed():
            return said(lang, "The date of a condition passed: clocks were switched.", "条件的日期已过：计时随之切换。")
        case e.FellDue():
            due = moment(event.fell_due, zone)
            return said(lang, f"{name} fell due at {due}; owed by {tell}.", f"{name}于 {due} 到期；责任人 {tell}。")
        case e.Escalated():
            due, rung = moment(event.fell_due, zone), rung_text(event.rung, lang)
            en = f"{name} reached {rung} at {due}; {tell} is told."
            return said(lang, en, f"{name}于 {due} 达到“{rung}”；通知 {tell}。")


def rung_text(rung: str, lang: Lang) -> str:
    """Return a rung in words.

    Example:
        >>> rung_text("overdue 1d", "zh"), rung_text("80%", "en"), rung_text("due", "zh")
        ('逾期 1d', '80%', '到期')
    """
    kind, _, rest = rung.partition(" ")
    return f"{word(kind, lang)} {clean(rest)}".rstrip() if kind in ("due", "used", "overdue") else clean(rung)


def told_text(told: Iterable[Told], lang: Lang, zone: tzinfo | None = None) -> str:
    """Return what was told last of an element; "" for nothing."""
    last = tuple(told)[-1:]
    return "".join(f"{rung_text(one.rung, lang)} {moment(one.due, zone)}" for one in last)


def due_table(items: Iterable[Due], lang: Lang = "en", *, total: int = TOTAL, zone: tzinfo | None = None) -> str:
    """Return one line per thing that has a limit or a date; a sentence when there is nothing."""
    rows = [_row(item, lang, zone) for item in items]
    if not rows:
        return said(lang, "Nothing has a time limit or a date now.\n", "目前没有带时限或日期的事项。\n")
    heads = ("Project", "What", "Id", "Title", "Used", "Limit", "Due", "Stands", "Who")
    headers = ("项目", "类别", "标识", "名称", "已用", "时限", "到期", "状态", "责任人") if lang == "zh" else heads
    return table(headers, rows, total=total, keep=(0, 1, 2, 4, 5, 6))


def _row(item: Due, lang: Lang, zone: tzinfo | None) -> tuple[str, ...]:
    late = item.overdue and item.kind != "role" and not item.rung.startswith("overdue ")
    stands = [word("overdue", lang)] if late else []
    if item.paused:
        stands.append(word(item.paused, lang) + (f" {item.waiting_for}" if item.waiting_for else ""))
    if item.kind == "role":
        stands.append(said(lang, f"nobody wears it; needed for {item.element}", f"无人担任；{item.element} 需要"))
    if item.rung not in ("", "due"):
        stands.append(rung_text(item.rung, lang))
    return (
        item.project,
        word(item.kind, lang),
        item.id,
        label(item.title, lang),
        str(item.used) if item.limit is not None else "",
        str(item.limit) if item.limit is not None else "",
        moment(item.due, zone) if item.due is not None else "",
        said(lang, ", ", "，").join(stands),
        listed(item.people, lang),
    )
