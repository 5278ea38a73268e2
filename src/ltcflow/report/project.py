"""Where one project stands, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects import AnyEvent, CriterionAnswer, Progress, ProjectState, Standing
from ltcflow.report.absences import absences_text
from ltcflow.report.cells import clean, lay_out
from ltcflow.report.events import event_text
from ltcflow.report.standing import ElementStatus, OpenCondition, StageStatus, Status, status
from ltcflow.report.tables import TOTAL, legend, paragraph, table
from ltcflow.report.timing import told_text
from ltcflow.report.words import (
    colon,
    day,
    fact_text,
    label,
    listed,
    moment,
    payment_text,
    quoted,
    said,
    title_of,
    word,
)

MARKS = {
    "done": "[x]",
    "in_progress": "[>]",
    "open": "[!]",
    "waiting": "[ ]",
    "skipped": "[-]",
    "left_out": "[-]",
    "unknown": "[?]",
    "alongside": "[~]",
}
"""Marks of the standings of elements; plain ASCII."""


def status_text(
    process: Process,
    state: ProjectState,
    progress: Progress,
    lang: Lang = "en",
    *,
    last: AnyEvent | None = None,
    total: int = TOTAL,
    zone: tzinfo | None = None,
) -> str:
    """Return where a project stands: per stage what is done, in progress, open and waiting; gates with their votes;
    milestones, open conditions, early starts, risks, facts, the last event.

    Args:
        progress: made from the same process and state, for the moment that is meant.
        last: the last event of the record, to be told.
        zone: whose clock the times are read on; their own when left out.
    """
    return _Page(process, lang, total, zone).text(status(process, state, progress, last=last))


class _Page:
    """The text of one status."""

    def __init__(self, process: Process, lang: Lang, total: int, zone: tzinfo | None) -> None:
        self.process, self.lang, self.total, self.zone = process, lang, total, zone

    def say(self, en: str, zh: str) -> str:
        return said(self.lang, en, zh)

    def text(self, found: Status) -> str:
        parts = [self.head(found), *(self.stage(stage) for stage in found.stages)]
        if found.milestones:
            rows = [self.row(element) for element in found.milestones]
            parts.append(self.say("Milestones\n", "里程碑\n") + self.block(rows))
        away = absences_text(found.absent, self.process, self.lang, total=self.total)
        parts += [away, self.conditions(found), self.risks(found), self.facts(found), self.legend(found)]
        return "\n".join(part for part in parts if part)

    def head(self, found: Status) -> str:
        name = f"{found.project} {quoted(found.title, self.lang)}" if found.title else found.project
        standing = word(found.standing.value, self.lang)
        if found.closing is not None:
            standing += f" ({word(found.closing.value, self.lang)})"
        reason = colon(self.lang) + clean(found.reason) if found.reason else ""
        title = label(self.process.title, self.lang)
        process = f"{title} ({found.process}) {found.version}" if title else f"{found.process} {found.version}"
        count = self.say("1 event" if found.events == 1 else f"{found.events} events", f"{found.events} 个事件")
        lines = [f"{name}{colon(self.lang)}{standing}{reason}", process]
        if found.standing is not Standing.UNBORN:
            since, last = moment(found.started, self.zone), moment(found.last_at, self.zone)
            lines.append(self.say(f"since {since}, {count}, last {last}", f"自 {since}，{count}，最近 {last}"))
        if found.last is not None:
            lines.append(self.say("last: ", "最近：") + event_text(found.last, self.process, self.lang))
        return "".join(paragraph(line, total=self.total) for line in lines)

    def stage(self, stage: StageStatus) -> str:
        title = label(stage.title, self.lang)
        name = f"{title} ({stage.id})" if title and title != stage.id else stage.id
        head = f"{MARKS[stage.standing]} {name}"
        if stage.standing in ("waiting", "skipped"):
            count = len(stage.elements)
            inside = self.say("1 element" if count == 1 else f"{count} elements", f"{count} 个要素")
            waits = self.say("; waits for ", "；等待 ") + listed(stage.waits_for, self.lang) if stage.waits_for else ""
            return paragraph(f"{head}{colon(self.lang)}{inside}{waits}", total=self.total)
        unmet = self.unmet(stage.unmet)
        success = self.say("success ", "成功标准") + unmet if unmet else ""
        lines = paragraph(head, total=self.total)
        lines += self.block([self.row(element) for element in stage.elements])
        return lines + (paragraph(success, total=self.total, indent="    ") if success else "")

    def block(self, rows: Sequence[Sequence[str]]) -> str:
        laid = lay_out(rows, total=self.total, keep=(0, 1), indent="    ")
        return "".join(f"{line.rstrip()}\n" for lines in laid for line in lines)

    def row(self, element: ElementStatus) -> tuple[str, str, str, str]:
        title = label(element.title, self.lang)
        pays = [payment_text(payment, self.lang) for payment in element.payments]
        details = [part for part in (*self.details(element), *self.time(element), *pays) if part]
        return MARKS[element.standing], element.id, title, self.say("; ", "；").join(details)

    def details(self, element: ElementStatus) -> list[str]:
        votes = [f"{vote.by} {word(vote.verdict.value, self.lang)}" for vote in element.votes]
        shown = self.say("votes: ", "表决：") + listed(votes, self.lang) if votes else ""
        round_ = self.say(f"round {element.round}", f"第 {element.round} 轮") if element.round > 1 else ""
        match element.standing:
            case "done":
                verdict = word(element.verdict.value, self.lang) if element.verdict is not None else ""
                when = day(element.finished, self.zone) if element.finished is not None else ""
                return [verdict, f"{element.by} {when}".strip(), round_, shown]
            case "in_progress":
                since = day(element.started, self.zone) if element.started is not None else ""
                text = self.say(f"{element.by} since {since}", f"{element.by} 自 {since}")
                early = self.say("early start", "提前启动") if element.early else ""
                return [text, early, self.waits(element)]
            case "skipped" | "left_out" | "alongside":
                return [word(element.standing, self.lang)]
            case "unknown":
                facts = listed(element.missing_facts, self.lang)
                return [self.say(f"depends on {facts}, not known", f"取决于未知的 {facts}"), self.waits(element)]
        missing = self.say("to vote: ", "待表决：") + listed(element.missing_votes, self.lang)
        unfilled = self.say("nobody is ", "无人担任 ") + listed(element.unfilled, self.lang)
        judged = element.kind == "gate" and (element.standing == "open" or bool(votes))
        parts = [self.waits(element), round_, shown, self.unmet(element.unmet)]
        if judged:
            parts += [missing if element.missing_votes else "", unfilled if element.unfilled else ""]
        return parts

    def time(self, element: ElementStatus) -> list[str]:
        """What is to be said of the time of an element: who outside is waited for, what was told last."""
        told = told_text(element.told, self.lang, self.zone)
        if not element.waiting_for:
            return [told]
        since = day(element.waiting_since, self.zone) if element.waiting_since is not None else ""
        reason = colon(self.lang) + clean(element.waiting_reason)
        on = title_of(self.process, element.waiting_for, self.lang)
        en, zh = f"waits for {on} since {since}", f"自 {since} 等待 {on}"
        return [self.say(en, zh) + reason, told]

    def waits(self, element: ElementStatus) -> str:
        names = listed(element.waits_for, self.lang)
        return self.say(f"waits for {names}", f"等待 {names}") if names else ""

    def unmet(self, answers: Sequence[CriterionAnswer]) -> str:
        texts = [
            (label(a.title, self.lang) or label(a.needed, self.lang, a.key)) + f" ({label(a.seen, self.lang)})"
            for a in answers
        ]
        return self.say("not met: ", "未满足：") + listed(texts, self.lang) if texts else ""

    def conditions(self, found: Status) -> str:
        rows = [(c.id, clean(c.text), c.owner, self.due(c), c.gate or c.activity) for c in found.conditions]
        if not rows:
            return ""
        heads = ("Open condition", "What", "Owner", "Due", "Of")
        headers = ("未满足的条件", "内容", "责任人", "截止", "来自") if self.lang == "zh" else heads
        return table(headers, rows, total=self.total, keep=(0, 3, 4))

    def due(self, condition: OpenCondition) -> str:
        return f"{condition.due}{self.say(' (overdue)', '（逾期）') if condition.overdue else ''}"

    def risks(self, found: Status) -> str:
        rows = [(r.id, word(r.level.value, self.lang), r.title, r.owner) for r in found.risks]
        heads = ("Open risk", "Level", "Title", "Owner")
        headers = ("未关闭的风险", "等级", "名称", "责任人") if self.lang == "zh" else heads
        return table(headers, rows, total=self.total, keep=(1,)) if rows else ""

    def facts(self, found: Status) -> str:
        rows = [
            (name, title_of(self.process, name, self.lang), fact_text(self.process, name, value, self.lang))
            for name, value in found.facts
        ]
        headers = ("事实", "名称", "值") if self.lang == "zh" else ("Fact", "Title", "Value")
        return table(headers, rows, total=self.total, keep=(0,)) if rows else ""

    def legend(self, found: Status) -> str:
        standings = {e.standing for stage in found.stages for e in stage.elements if stage.standing != "waiting"}
        standings |= {stage.standing for stage in found.stages} | {e.standing for e in found.milestones}
        parts = [f"{mark} {word(key, self.lang)}" for key, mark in MARKS.items() if key in standings]
        return legend(parts, total=self.total)
