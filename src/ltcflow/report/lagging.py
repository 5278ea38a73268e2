"""Where the time of a project went, in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, fitting, paragraph
from ltcflow.report.words import label, length, listed, moment, role_text, said, title_of, word
from ltcflow.steering.lagged import ElementTime, LagReport, PartyTime, VoteTime, WaitedFor
from ltcflow.worktime import WorkDuration

_HEADS = {
    "id": ("Id", "标识"),
    "title": ("Title", "名称"),
    "round": ("Round", "轮次"),
    "waiting": ("Waiting", "等待"),
    "working": ("Working", "进行"),
    "outside": ("Outside", "等外部"),
    "held": ("Held", "暂停"),
    "stands": ("Stands", "状态"),
    "who": ("Who", "责任人"),
    "role": ("Role", "角色"),
    "person": ("Person", "人员"),
    "votes": ("Votes", "待表决"),
    "gate": ("Gate", "关口"),
    "time": ("Time", "时间"),
    "verdict": ("Verdict", "表决"),
    "on": ("Waits for", "等待谁"),
    "over": ("Over", "事项"),
    "now": ("Now", "现在"),
}


def lag_text(
    report: LagReport, process: Process, lang: Lang = "en", *, total: int = TOTAL, zone: tzinfo | None = None
) -> str:
    """Return where the time went: by element, vote, role and person, and who waited for whom.

    Args:
        total: display columns; where they are few, titles and people are left out.
        zone: whose clock moments are read on.
    """
    since, until = moment(report.since, zone), moment(report.until, zone)
    head = said(
        lang,
        f"Working time of {clean(report.project)} from {since} to {until}.",
        f"{clean(report.project)} 从 {since} 到 {until} 的工作时间。",
    )
    parts = [
        (said(lang, "At each activity and gate", "各活动与关口"), _elements(report.elements, process, lang, total)),
        (said(lang, "Votes", "表决"), _votes(report.votes, process, lang, total)),
        (said(lang, "By role", "按角色"), _parties(report.roles, "role", process, lang, total)),
        (said(lang, "By person", "按人员"), _parties(report.people, "person", process, lang, total)),
        (said(lang, "Who waits for whom", "谁在等谁"), _waits(report.waits, process, lang, total)),
    ]
    return paragraph(head, total=total) + "".join(f"\n{title}\n\n{text}" for title, text in parts if text)


def _table(rows: Sequence[Sequence[str]], columns: Sequence[str], lang: Lang, total: int, spare: Sequence[str]) -> str:
    if not rows:
        return ""
    times = ("waiting", "working", "outside", "held", "votes", "time", "round")
    return fitting(
        [said(lang, *_HEADS[name]) for name in columns],
        rows,
        total=total,
        spare=[columns.index(name) for name in spare],
        keep=[i for i, name in enumerate(columns) if name in (*times, "id", "gate", "role", "person", "on")],
        right=[i for i, name in enumerate(columns) if name in times],
    )


def _time(value: WorkDuration) -> str:
    return length(value) if value.minutes else ""


def _party(name: str, process: Process, lang: Lang) -> str:
    return role_text(process, name, lang) if name else said(lang, "nobody", "无人")


def _elements(items: Iterable[ElementTime], process: Process, lang: Lang, total: int) -> str:
    columns = ("id", "title", "round", "waiting", "working", "outside", "held", "stands", "who")
    rows = [
        (
            item.element,
            label(item.title, lang),
            str(item.round) if item.round > 1 else "",
            _time(item.waiting),
            _time(item.working),
            _time(item.outside),
            _time(item.held),
            _stands(item, lang),
            listed((_party(role, process, lang) for role in item.roles), lang),
        )
        for item in items
    ]
    return _table(rows, columns, lang, total, ("title", "who"))


def _stands(item: ElementTime, lang: Lang) -> str:
    if item.outcome:
        return word({"finished": "done"}.get(item.outcome, item.outcome), lang)
    return word("in_progress" if item.begun is not None else "open", lang)


def _votes(items: Iterable[VoteTime], process: Process, lang: Lang, total: int) -> str:
    columns = ("gate", "round", "person", "role", "time", "verdict")
    rows = [
        (
            item.gate,
            str(item.round) if item.round > 1 else "",
            clean(item.person),
            _party(item.role, process, lang),
            length(item.time),
            word(item.verdict.value, lang) if item.verdict is not None else said(lang, "missing", "未表决"),
        )
        for item in items
    ]
    return _table(rows, columns, lang, total, ("role",))


def _parties(items: Iterable[PartyTime], kind: str, process: Process, lang: Lang, total: int) -> str:
    columns = (kind, "waiting", "working", "outside", "held", "votes")
    rows = [
        (
            _party(item.name, process, lang) if kind == "role" else clean(item.name),
            _time(item.waiting),
            _time(item.working),
            _time(item.outside),
            _time(item.held),
            _time(item.votes),
        )
        for item in items
    ]
    return _table(rows, columns, lang, total, ())


def _waits(items: Iterable[WaitedFor], process: Process, lang: Lang, total: int) -> str:
    columns = ("role", "on", "time", "over", "now")
    rows = [
        (
            _party(item.role, process, lang),
            _party(item.on, process, lang),
            length(item.time),
            listed((f"{title_of(process, thing, lang)} {length(time)}" for thing, time in item.over), lang),
            listed((title_of(process, thing, lang) for thing in item.now), lang),
        )
        for item in items
    ]
    return _table(rows, columns, lang, total, ("over",))
