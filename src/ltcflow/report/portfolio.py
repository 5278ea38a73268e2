"""One page over several projects: a line for each, read from its weekly report."""

from __future__ import annotations

from collections.abc import Sequence

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import clean
from ltcflow.report.pages import Block, Facts, Inline, Page, Para, Span, Table
from ltcflow.report.weekly import Writing
from ltcflow.report.words import listed, said, word
from ltcflow.steering.weekly import Weekly

_FEW = 2


def portfolio_page(reports: Sequence[tuple[Weekly, Process]], lang: Lang = "en") -> Page:
    """Return one page over several projects, in the order given: a line for each.

    Args:
        reports: the weekly report of each project, with the process it runs on.
    """
    about = tuple(weekly for weekly, _ in reports)
    title = said(lang, "Weekly report: all projects", "周报：项目总览")
    return Page(title=title, lang=lang, blocks=_blocks(reports, lang), about=about)


def _blocks(reports: Sequence[tuple[Weekly, Process]], lang: Lang) -> tuple[Block, ...]:
    if not reports:
        return (Para(said(lang, "There is no project yet.", "尚无项目。")),)
    writings = [Writing(weekly, process, lang) for weekly, process in reports]
    running = sum(1 for weekly, _ in reports if weekly.standing.value == "running")
    late = sum(1 for weekly, _ in reports if weekly.was and weekly.finish and weekly.finish > weekly.was)
    weeks = dict.fromkeys(f"{w.day(w.weekly.since)} – {w.day(w.weekly.at)}" for w in writings)
    count = said(lang, f"{len(reports)}, {running} running", f"{len(reports)}，进行中 {running}")
    glance = Facts(
        (
            (said(lang, "Week", "周期"), listed(weeks, lang)),
            (said(lang, "Projects", "项目数"), count),
            (said(lang, "Later than a week ago", "较上周顺延"), str(late)),
        )
    )
    heads = ("Project", "Standing", "Done", "Expected end", "Slipped", "To decide", "Risks", "Next milestone")
    headers = ("项目", "状态", "完成", "预计完成", "延误", "待决", "风险", "下一里程碑") if lang == "zh" else heads
    return (glance, Table(headers, tuple(_row(writing) for writing in writings), narrow=(2, 4)))


def _row(writing: Writing) -> tuple[Inline, ...]:
    w = writing.weekly
    slipped = sum(1 for slip in w.slipped if not slip.pushed)
    return (
        f"{clean(w.title)} ({w.project})" if clean(w.title) else w.project,
        _standing(writing),
        f"{w.done}/{w.total}",
        writing.dates(w.was, w.finish) if not w.unestimated else said(writing.lang, "not known", "未知"),
        Span(str(slipped), "late") if slipped else "0",
        _to_decide(writing),
        _risks(writing),
        _next(writing),
    )


def _standing(writing: Writing) -> Inline:
    w = writing.weekly
    stands = word(w.closing.value if w.closing is not None else w.standing.value, writing.lang)
    if w.standing.value == "held":
        return Span(stands, "late")
    stages = writing.names(w.stages[:_FEW])
    return f"{stands}{said(writing.lang, ': ', '：')}{stages}" if stages else stands


def _to_decide(writing: Writing) -> Inline:
    w, lang = writing.weekly, writing.lang
    gates = writing.names([one.gate for one in w.decisions])
    overdue = sum(1 for one in w.conditions if one.overdue)
    if not overdue:
        return gates
    late = Span(said(lang, f"{overdue} overdue conditions", f"{overdue} 项条件逾期"), "late")
    return (f"{gates} ", late) if gates else late


def _risks(writing: Writing) -> Inline:
    still = [line.risk for line in writing.weekly.risks if not line.risk.closed]
    if not still:
        return ""
    text = f"{len(still)} ({word(still[0].level.value, writing.lang)})"
    return Span(text, "late") if still[0].level.value in ("high", "critical") else text


def _next(writing: Writing) -> Inline:
    found = writing.weekly.milestones[:1]
    if not found:
        return ""
    dates = writing.dates(found[0].was, found[0].forecast)
    name = writing.name(found[0].milestone)
    return (f"{name} ", *(dates if isinstance(dates, tuple) else (dates,))) if dates else name
