"""One project in words: where it stands, what is missing and why, and what an answer says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from ltcflow.conditions import Truth
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects import (
    Accepted,
    AnyEvent,
    CriterionAnswer,
    Link,
    Missing,
    Progress,
    ProjectState,
    Readiness,
    Reason,
    Refused,
    Standing,
)
from ltcflow.report.cells import clean, lay_out
from ltcflow.report.events import event_text
from ltcflow.report.status import ElementStatus, OpenCondition, StageStatus, Status, status
from ltcflow.report.tables import TOTAL, paragraph, table
from ltcflow.report.words import (
    colon,
    day,
    fact_text,
    label,
    listed,
    minutes,
    moment,
    quoted,
    role_text,
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


def readiness_text(
    readiness: Readiness, process: Process, lang: Lang = "en", *, total: int = TOTAL, zone: tzinfo | None = None
) -> str:
    """Return what is missing, who owes it and when it will be there; in the order of waiting.

    Args:
        zone: whose clock the forecast is read on; its own when left out.
    """
    name = _name(process, readiness.element, lang)
    if readiness.ready:
        return said(lang, f"{name} is ready: nothing is missing.\n", f"{name} 已就绪：没有缺项。\n")
    count = len(readiness.missing)
    forecast = moment(readiness.forecast, zone) if readiness.forecast is not None else ""
    things = "1 thing is missing" if count == 1 else f"{count} things are missing"
    head = said(lang, f"{name} is not ready: {things}", f"{name} 尚未就绪：缺 {count} 项")
    head += said(lang, f", forecast {forecast}.", f"，预计 {forecast}。") if forecast else said(lang, ".", "。")
    rows = [_missing_row(missing, process, lang, zone) for missing in readiness.missing]
    columns = {i for i in range(7) if any(row[i] for row in rows)}
    heads = ("", "Missing", "Id", "Who", "Float", "Forecast", "Note")
    headers = ("", "缺项", "标识", "责任人", "浮动", "预计", "说明") if lang == "zh" else heads
    kept = [i for i in range(7) if i in columns]
    shown = table(
        [headers[i] for i in kept],
        [[row[i] for i in kept] for row in rows],
        total=total,
        keep=[n for n, i in enumerate(kept) if i in (0, 4, 5)],
    )
    legend = said(lang, "! can be seen to now   * critical", "! 现在可处理   * 关键")
    return f"{paragraph(head, total=total)}\n{shown}\n{legend}\n"


def _missing_row(missing: Missing, process: Process, lang: Lang, zone: tzinfo | None) -> tuple[str, ...]:
    note = label(missing.note, lang)
    if not note and missing.waits_for:
        note = said(lang, "after ", "等待 ") + listed(missing.waits_for, lang)
    if missing.element != missing.id and missing.kind != "role":
        note = said(lang, f"for {missing.element}: ", f"用于 {missing.element}：") + note
    return (
        f"{'!' if missing.now else ''}{'*' if missing.critical else ''}",
        f"{word(missing.kind, lang)} {label(missing.title, lang)}".rstrip(),
        missing.id,
        _who(missing.people, missing.roles, process, lang),
        minutes(missing.total_float),
        day(missing.forecast, zone) if missing.forecast is not None else "",
        note,
    )


def _who(people: Sequence[str], roles: Sequence[str], process: Process, lang: Lang) -> str:
    worn = listed((role_text(process, role, lang) for role in roles), lang)
    if not people:
        nobody = said(lang, "nobody", "无人")
        return f"{nobody} ({worn})" if worn else ""
    return f"{listed(people, lang)} ({worn})" if worn else listed(people, lang)


def _name(process: Process, element: str, lang: Lang) -> str:
    title = title_of(process, element, lang)
    return element if title == element else f"{title} ({element})"


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


def answer_text(
    answer: Accepted | Refused, lang: Lang = "en", *, process: Process | None = None, total: int = TOTAL
) -> str:
    """Return an answer in words: what happened, or every reason why not with what to do about it.

    Criteria that were judged follow: what was seen, and what is needed.
    """
    if isinstance(answer, Accepted):
        head = said(lang, "Accepted.", "已接受。")
        lines = [paragraph(event_text(event, process, lang), total=total, indent="  ") for event in answer.events]
    else:
        head = said(lang, "Refused; nothing was changed.", "已拒绝；没有任何变更。")
        lines = [_reason(n, reason, lang, total) for n, reason in enumerate(answer.reasons, 1)]
    judged = _judged(answer.explanation, lang, total)
    return f"{head}\n{''.join(lines)}{judged}"


def _reason(number: int, reason: Reason, lang: Lang, total: int) -> str:
    problem, remedy = said(lang, reason.problem, reason.problem_zh), said(lang, reason.remedy, reason.remedy_zh)
    text = paragraph(f"{number}. {reason.code}{colon(lang)}{problem}", total=total, indent="  ")
    return text + (paragraph(f"-> {remedy}", total=total, indent="     ") if remedy else "")


def _judged(explanation: Sequence[CriterionAnswer], lang: Lang, total: int) -> str:
    if not explanation:
        return ""
    heads = ("Criterion", "Met", "Seen", "Needed")
    headers = ("判据", "满足", "所见", "所需") if lang == "zh" else heads
    rows = [
        (label(c.title, lang) or c.key, _met(c, lang), label(c.seen, lang), label(c.needed, lang)) for c in explanation
    ]
    return "\n" + table(headers, rows, total=total, keep=(1,))


def _met(criterion: CriterionAnswer, lang: Lang) -> str:
    if criterion.waived and criterion.truth is not Truth.TRUE:
        return said(lang, "waived", "已豁免")
    return criterion.truth.text(lang)


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
        parts += [self.conditions(found), self.risks(found), self.facts(found), self.legend(found)]
        return "\n".join(part for part in parts if part)

    def head(self, found: Status) -> str:
        name = f"{found.project} {quoted(found.title, self.lang)}" if found.title else found.project
        standing = word(found.standing.value, self.lang)
        if found.closing is not None:
            standing += f" ({word(found.closing.value, self.lang)})"
        reason = colon(self.lang) + clean(found.reason) if found.reason else ""
        process = f"{_name(self.process, found.process, self.lang)} {found.version}"
        title = label(self.process.title, self.lang)
        process = f"{title} ({found.process}) {found.version}" if title else process
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
        details = [part for part in self.details(element) if part]
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
        return "".join(paragraph("   ".join(parts), total=self.total))
