"""A levelled plan in words: when each element is, who does it, what waits for people, and how good the plan is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ltcflow.labels import Lang
from ltcflow.report.cells import clean, lay_out, natural
from ltcflow.report.data import to_data
from ltcflow.report.tables import TOTAL, finding_line, fitting, legend, paragraph, table
from ltcflow.report.words import day, label, length, listed, minute, percent, said

if TYPE_CHECKING:
    from ltcflow.schedule.levelling import LevelledPlan, LevelledRow


def levelled_data(found: LevelledPlan) -> dict[str, Any]:
    """Return *found* as plain data: its attributes but *dated*, and what follows from them."""
    derived = ("start", "finish", "duration", "delay", "proved", "gap", "waiting", "deadlines", "findings")
    own = {name: value for name, value in to_data(found).items() if name != "dated"}
    return {**own, **{name: to_data(getattr(found, name)) for name in derived}}


def levelled_text(found: LevelledPlan, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return *found* as a table, what it costs in time, how good it is, and what was assumed."""
    heads = ("", "Id", "Title", "Who", "Start", "Finish", "Shift", "Why")
    headers = ("", "标识", "名称", "责任人", "开始", "结束", "推迟", "原因") if lang == "zh" else heads
    whole = all(_whole(found, row) for row in found.rows)
    rows = [_row(row, lang, whole=whole) for row in found.rows]
    if natural([headers, *rows]) > total:
        rows = [_row(row, lang, whole=True) for row in found.rows]
    shown = fitting(headers, rows, total=total, spare=(2, 6, 3), keep=(0, 1, 4, 5, 6), right=(6,))
    used = {mark for row in rows for mark in row[0]}
    marks = [f"{mark} {said(lang, *text)}" for mark, text in _MARKS.items() if mark in used]
    findings = "".join(paragraph(finding_line(finding, lang), total=total) for finding in found.findings)
    parts = (shown, _summary(found, lang, total), _deadlines(found, lang, total), legend(marks, total=total), findings)
    return "\n".join(part for part in parts if part)


_METHODS = {
    "genetic search": "遗传搜索",
    "CP-SAT": "CP-SAT 精确求解",
    "genetic search, bound by CP-SAT": "遗传搜索，下界由 CP-SAT 给出",
}
_NOTES = {
    "Not proved: the solver knows no ": "未证明：求解器不了解日历时间、要素日历、日期要求和已开始的工作。",
}
_MARKS = {
    "#": ("stage", "阶段"),
    "!": ("waits for people", "等待人手"),
    ">": ("in progress", "进行中"),
    "x": ("done", "已完成"),
    "-": ("skipped", "跳过"),
}


def _whole(found: LevelledPlan, row: LevelledRow) -> bool:
    """Say whether *row* begins and ends at an edge of a working day, so that its days say enough."""
    edges = {minutes for shifts in found.calendar.hours if shifts for minutes in (shifts[0][0], shifts[-1][1])}
    return row.skipped or all(at.hour * 60 + at.minute in edges for at in (row.start, row.finish))


def _row(row: LevelledRow, lang: Lang, *, whole: bool) -> tuple[str, ...]:
    show = day if whole else minute
    shown = {
        "#": row.kind == "stage",
        "!": row.wait is not None,
        ">": row.started and not row.done,
        "x": row.done,
        "-": row.skipped,
    }
    marks = "".join(mark for mark, there in shown.items() if there)
    known = dict(row.people)
    who = listed((f"{known[role]} ({role})" if role in known else role for role in row.roles), lang)
    if row.skipped:
        return (marks, row.id, label(row.title, lang), "", "", "", "", "")
    shift = length(row.shift) if row.shift else ""
    return (marks, row.id, label(row.title, lang), who, show(row.start), show(row.finish), shift, clean(row.why(lang)))


def _deadlines(found: LevelledPlan, lang: Lang, total: int) -> str:
    heads = ("Deadline of", "Deadline", "Finish", "Late", "With people enough")
    headers = ("期限要素", "期限", "结束", "逾期", "人手充足时") if lang == "zh" else heads
    kept = said(lang, "kept", "按期")
    rows = [
        (
            row.element,
            _until(row.deadline),
            minute(row.finish),
            length(row.late) if row.late else kept if row.kept else said(lang, "in free time", "非工作时间内"),
            length(row.without_limits) if row.without_limits else kept,
        )
        for row in found.deadlines
    ]
    return table(headers, rows, total=total, keep=(0,)) if rows else ""


def _until(deadline: datetime) -> str:
    """Return a deadline as people write it: the end of a day by that day."""
    whole = (deadline.hour, deadline.minute) == (0, 0)
    return day(deadline - timedelta(days=1)) if whole else minute(deadline)


def _method(method: str, lang: Lang) -> str:
    return said(lang, f" ({clean(method)})", f"（{_METHODS.get(method, clean(method))}）")


def _note(note: str) -> str:
    """Return the Chinese for what an answer says of its proof; an unknown sentence as it is."""
    install = note.partition("Install it with: ")[2]
    if install:
        return f"未证明：缺少可选组件，请安装 {install}"
    return next((chinese for start, chinese in _NOTES.items() if note.startswith(start)), note)


def _summary(found: LevelledPlan, lang: Lang, total: int) -> str:
    if found.proved:
        good = said(lang, "nothing shorter exists", "已证明没有更短的排法")
    else:
        most = percent(found.gap, places=1)
        good = said(lang, f"at most {most} shorter would be possible", f"最多还可缩短 {most}")
    facts = [
        (said(lang, "Start", "开始"), minute(found.start)),
        (said(lang, "Finish", "结束"), minute(found.finish)),
        (said(lang, "Working time", "工作时间"), length(found.duration)),
        (said(lang, "With people enough", "人手充足时"), length(found.unlimited.duration)),
        (said(lang, "Longer for lack of people", "因人手不足延长"), length(found.delay)),
        (said(lang, "Calendar", "日历"), f"{found.calendar.id} ({clean(found.calendar.time_zone)})"),
        (
            said(lang, "How good", "优劣"),
            f"{good}{_method(found.method, lang)}",
        ),
    ]
    if found.note:
        facts.append((said(lang, "Note", "说明"), said(lang, clean(found.note), _note(clean(found.note)))))
    return "".join(f"{line.rstrip()}\n" for lines in lay_out(facts, total=total, keep=(0,)) for line in lines)
