"""Tables in plain text that keep their columns with Chinese in them: plans, catalogs, work lists, findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ltcflow.findings import Finding, Severity
from ltcflow.labels import Lang, width
from ltcflow.process import Process
from ltcflow.report.cells import clean, lay_out, natural, wrap
from ltcflow.report.words import day, label, length, listed, minute, said, word
from ltcflow.stages import Stage

if TYPE_CHECKING:
    from ltcflow.projects import WorkItem
    from ltcflow.schedule import Plan
    from ltcflow.schedule.rows import Row

TOTAL = 100
"""Display columns of a table unless told otherwise."""


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    total: int = TOTAL,
    keep: Collection[int] = (),
    right: Collection[int] = (),
) -> str:
    """Return *rows* under *headers*; every line is equally wide on a terminal, Chinese or not.

    Args:
        total: display columns to stay within; long cells go on in the next line, the widest columns first.
        keep: columns that are narrowed last (ids, dates). right: columns aligned to the right (numbers).
    Returns:
        Text that ends with a line end. Cells are cleaned: nothing in them can move the cursor or change colours.
    Cost: O(characters).

    Example:
        >>> print(table(["Id", "Days"], [["bid", 3], ["投标", 12]], right=(1,)))
        Id    Days
        ----  ----
        bid      3
        投标    12
        <BLANKLINE>
    """
    laid = lay_out([headers, *rows], total=total, keep=keep, right=right, rule=True)
    return "".join(f"{line}\n" for lines in laid for line in lines)


def fitting(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    total: int,
    spare: Sequence[int],
    keep: Collection[int] = (),
    right: Collection[int] = (),
) -> str:
    """Return a table of *rows* without the columns that say nothing and, where it is narrow, without some to spare.

    Args:
        spare: columns to leave out, one after the other, until each row fits on a line of *total* display columns.
        keep, right: as for `table`, by the columns that are handed in.

    Example:
        >>> fitting(["Id", "Title", "Float"], [["bid", "Write the bid", ""]], total=12, spare=[1]).splitlines()
        ['Id ', '---', 'bid']
    """
    there = [i for i in range(len(headers)) if any(row[i] for row in rows)]
    for column in (None, *spare):
        there = [i for i in there if i != column]
        if natural([[row[i] for i in there] for row in (headers, *rows)]) <= total:
            break
    return table(
        [headers[i] for i in there],
        [[row[i] for i in there] for row in rows],
        total=total,
        keep=[at for at, i in enumerate(there) if i in keep],
        right=[at for at, i in enumerate(there) if i in right],
    )


def catalog_table(processes: Iterable[Process], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return one line per process: id, version, its title in both languages, how many stages, activities and gates."""
    heads = ("Id", "Version", "中文", "English", "Stages", "Activities", "Gates")
    headers = ("标识", "版本", "中文", "English", "阶段", "活动", "关口") if lang == "zh" else heads
    rows = [
        (
            process.id,
            process.version,
            process.title.zh,
            process.title.en,
            len(process.stages),
            sum(1 for _ in process.activities()),
            sum(1 for _ in process.gates()),
        )
        for process in processes
    ]
    return table(headers, rows, total=total, keep=(0, 1, 4, 5, 6), right=(4, 5, 6))


def worklist_table(items: Iterable[WorkItem], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return one line per thing a person can do now; a sentence when there is nothing."""
    rows = [
        (
            item.project,
            word(item.action, lang),
            item.id,
            _item_title(item, lang),
            listed(item.roles, lang),
            day(item.due) if item.due is not None else "",
        )
        for item in items
    ]
    if not rows:
        return said(lang, "Nothing to do now.\n", "目前没有待办。\n")
    heads = ("Project", "To do", "Id", "Title", "Role", "Due")
    headers = ("项目", "事项", "标识", "名称", "角色", "截止") if lang == "zh" else heads
    return table(headers, rows, total=total, keep=(0, 1, 2, 5))


def _item_title(item: WorkItem, lang: Lang) -> str:
    """Return the title of a thing to do, and in whose place it is done, or who stands in for an absent sponsor."""
    title = label(item.title, lang)
    if item.action == "absent":
        who = listed(item.stand_ins, lang)
        note = (
            said(lang, f"in their place: {who}", f"代行：{who}") if who else said(lang, "nobody stands in", "无人代行")
        )
    elif item.instead_of:
        who = listed(item.instead_of, lang)
        note = said(lang, f"in place of {who}", f"代 {who}")
    else:
        return title
    return said(lang, f"{title} ({note})", f"{title}（{note}）") if title else note


def finding_line(finding: Finding, lang: Lang = "en") -> str:
    """Return *finding* as editors and CI read it, with the example that shows it where there is one.

    ``file:line:column: CODE: subject: what is wrong: what to do (witness: ...)``; one line without a line end.
    """
    text = clean(finding.text(lang))
    if not finding.witness:
        return text
    more = "..." if len(finding.witness) > 8 else ""
    shown = listed((clean(step) for step in finding.witness[:8]), lang) + more
    return text + said(lang, f" (witness: {shown})", f"（例证：{shown}）")


def findings_summary(findings: Iterable[Finding], lang: Lang = "en") -> str:
    """Return how many findings there are of each severity, and their codes; one line without a line end.

    Example:
        >>> findings_summary([]), findings_summary([Finding(code="LTC322", where="bid", problem="", remedy="")], "zh")
        ('no findings.', '1 个错误(LTC322)。')
    """
    found = tuple(findings)
    parts = []
    for severity in Severity:
        codes = [finding.code for finding in found if finding.severity is severity]
        if codes:
            one, name = len(codes) == 1, listed(sorted(set(codes)), lang)
            noun = "note" if severity is Severity.INFO else severity.value
            en = f"{len(codes)} {noun}{'' if one else 's'} ({name})"
            parts.append(said(lang, en, f"{len(codes)} 个{word(severity.value, lang)}({name})"))
    if not parts:
        return said(lang, "no findings.", "没有发现问题。")
    return said(lang, ", ", "，").join(parts) + said(lang, ".", "。")


def plan_table(plan: Plan, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return *plan* as a table, the critical path, the finish, what the marks mean and what was assumed.

    Dates are those of the plan's calendar, without the time of day where every one is the start or the end of a day.
    """
    heads = ("", "Id", "Title", "Time", "Start", "Finish", "Float")
    headers = ("", "标识", "名称", "工期", "开始", "结束", "总浮动") if lang == "zh" else heads
    show = _dates(plan)
    rows = [
        (
            _marks(row, process),
            row.id,
            label(row.title, lang),
            "" if row.skipped else length(row.duration),
            "" if row.skipped else show(row.early_start),
            "" if row.skipped else show(row.early_finish),
            "" if row.skipped or row.done else length(row.total_float),
        )
        for row in plan.rows
    ]
    text = table(headers, rows, total=total, keep=(0, 1, 3, 4, 5, 6), right=(3, 6))
    parts = [text, _plan_summary(plan, lang, total), _legend(rows, lang, total)]
    if plan.findings:
        parts.append("".join(paragraph(finding_line(finding, lang), total=total) for finding in plan.findings))
    return "\n".join(part for part in parts if part)


def _plan_summary(plan: Plan, lang: Lang, total: int) -> str:
    path = " -> ".join(plan.critical_path) or said(lang, "nothing left", "无剩余工作")
    zone = clean(plan.calendar.time_zone)
    facts = (
        (said(lang, "Start", "开始"), minute(plan.start)),
        (said(lang, "Finish", "结束"), minute(plan.finish)),
        (said(lang, "Working time", "工作时间"), length(plan.duration)),
        (said(lang, "Calendar", "日历"), f"{plan.calendar.id} ({zone})"),
        (said(lang, "Critical path", "关键路径"), path),
    )
    laid = lay_out(facts, total=total, keep=(0,))
    return "".join(f"{line.rstrip()}\n" for lines in laid for line in lines)


_MARKS = {
    "#": ("stage", "阶段"),
    "*": ("critical", "关键"),
    "~": ("assumed", "假定"),
    "=": ("runs along its stage", "随阶段进行"),
    ">": ("in progress", "进行中"),
    "x": ("done", "已完成"),
    "-": ("skipped", "跳过"),
}


def _marks(row: Row, process: Process) -> str:
    shown = {
        "#": isinstance(process.find(row.id), Stage),
        "*": row.critical and not row.done,
        "~": row.assumed,
        "=": row.spans,
        ">": row.started and not row.done,
        "x": row.done,
        "-": row.skipped,
    }
    return "".join(mark for mark, there in shown.items() if there)


def _legend(rows: Iterable[Sequence[object]], lang: Lang, total: int) -> str:
    used = {mark for row in rows for mark in str(row[0])}
    return legend((f"{mark} {said(lang, *meaning)}" for mark, meaning in _MARKS.items() if mark in used), total=total)


def _dates(plan: Plan) -> Callable[[datetime], str]:
    """How moments are written: as days, where every one is the start or the end of a working day."""
    shifts = [shifts for shifts in plan.calendar.hours if shifts]
    edges = {minute for day in shifts for minute in (day[0][0], day[-1][1])}
    moments = [moment for row in plan.rows if not row.skipped for moment in (row.early_start, row.early_finish)]
    if all(moment.hour * 60 + moment.minute in edges and not moment.second for moment in moments):
        return day
    return minute


def paragraph(text: str, *, total: int = TOTAL, indent: str = "", hang: str = "") -> str:
    """Return *text* as lines of at most *total* display columns, each after *indent* (then also *hang*)."""
    first, *more = wrap(text, total - len(indent)) if not hang else _hanging(text, total - len(indent), len(hang))
    return "".join(f"{line}\n" for line in (indent + first, *(indent + hang + line for line in more)))


def legend(parts: Iterable[str], *, total: int = TOTAL) -> str:
    """Return what marks mean, three blanks between them, in lines of at most *total* display columns; "" for none."""
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}   {part}" if lines[-1] else part
        if lines[-1] and width(longer) > total:
            lines.append(part)
        else:
            lines[-1] = longer
    return "".join(f"{line}\n" for line in lines if line)


def _hanging(text: str, columns: int, hang: int) -> list[str]:
    """The lines of *text*, the first of *columns*, the others *hang* narrower."""
    first = wrap(text, columns)[0]
    rest = clean(text)[len(first) :].strip()
    return [first, *(wrap(rest, columns - hang) if rest else ())]
