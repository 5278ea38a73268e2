"""The weekly report of a project, and one page over several, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.days import day
from ltcflow.projects.readiness import Missing
from ltcflow.report.cells import clean
from ltcflow.report.events import event_text
from ltcflow.report.pages import Block, Bullets, Facts, Heading, Inline, Page, Para, Span, Table
from ltcflow.report.slipped import causes_text
from ltcflow.report.words import (
    fact_text,
    label,
    length,
    listed,
    payment_text,
    quoted,
    role_text,
    said,
    title_of,
    word,
)
from ltcflow.steering.ahead import Ahead, Decision, Owed
from ltcflow.steering.moved import Moved
from ltcflow.steering.slips import Slip
from ltcflow.steering.weekly import Weekly

_TODAY = 4
"""So many things that can be done today are named for a milestone; more are counted."""
_NEXT = 5
"""So many milestones are shown; more are counted."""


def weekly_page(weekly: Weekly, process: Process, lang: Lang = "en") -> Page:
    """Return the report on one project as a page.

    Args:
        process: what the project runs on: it names elements by their titles.
    """
    writing = Writing(weekly, process, lang)
    parts = (
        (writing.glance(),),
        writing.moved(),
        writing.slipped(),
        writing.decisions(),
        writing.risks(),
        writing.milestones(),
    )
    return Page(title=writing.title(), lang=lang, blocks=tuple(b for part in parts for b in part), about=weekly)


class Writing:
    """One report being written."""

    def __init__(self, weekly: Weekly, process: Process, lang: Lang) -> None:
        self.weekly, self.process, self.lang = weekly, process, lang

    def say(self, en: str, zh: str) -> str:
        return said(self.lang, en, zh)

    def day(self, moment: datetime | None) -> str:
        return "" if moment is None else day(moment, self.weekly.time_zone).isoformat()

    def name(self, element: str) -> str:
        return title_of(self.process, element, self.lang)

    def names(self, names: Sequence[str]) -> str:
        return listed((self.name(name) for name in names), self.lang)

    def heads(self, en: Sequence[str], zh: Sequence[str]) -> tuple[str, ...]:
        return tuple(zh if self.lang == "zh" else en)

    def title(self) -> str:
        name = clean(self.weekly.title) or clean(self.weekly.project)
        return self.say(f"Weekly report: {name}", f"周报：{name}")

    def glance(self) -> Block:
        w = self.weekly
        process = label(self.process.title, self.lang, w.process)
        pairs: list[tuple[str, Inline]] = [
            (self.say("Project", "项目"), w.project),
            (self.say("Process", "流程"), f"{process} {w.version}".strip()),
            (self.say("Week", "周期"), f"{self.day(w.since)} – {self.day(w.at)} ({w.time_zone})"),
            (self.say("Standing", "状态"), self.standing()),
        ]
        if w.stages:
            pairs.append((self.say("Under way", "进行中的阶段"), self.names(w.stages)))
        pairs.append((self.say("Done", "已完成"), self.say(f"{w.done} of {w.total} steps", f"{w.done} / {w.total} 项")))
        if finish := self.finish():
            pairs.append((self.say("Expected end", "预计完成"), finish))
        return Facts(tuple(pairs))

    def standing(self) -> Inline:
        w = self.weekly
        stands = word(w.closing.value if w.closing is not None else w.standing.value, self.lang)
        reason = self.say(": ", "：") + clean(w.reason) if w.reason else ""
        return Span(stands + reason, "late") if w.standing.value == "held" else stands + reason

    def finish(self) -> Inline:
        w = self.weekly
        if w.unestimated:
            return self.say(
                f"not known: no estimate for {self.few(w.unestimated)}",
                f"未知：{len(w.unestimated)} 项没有估算（{self.few(w.unestimated)}）",
            )
        return self.dates(w.was, w.finish)

    def few(self, names: Sequence[str]) -> str:
        more = self.say(", ...", "等") if len(names) > _TODAY else ""
        return self.names(names[:_TODAY]) + more

    def dates(self, was: datetime | None, now: datetime | None) -> Inline:
        """When something is expected, and when it was, where that was another day."""
        if now is None or was is None or self.day(was) == self.day(now):
            return self.day(now)
        moved = self.say(f"(was {self.day(was)})", f"（原 {self.day(was)}）")
        return (f"{self.day(now)} ", Span(moved, "late" if now > was else "good"))

    def moved(self) -> Iterator[Block]:
        w = self.weekly
        yield Heading(self.say("What moved", "本周进展"))
        reached = [
            (
                f"{self.day(one.at)} ",
                Span(self.say("open again:", "重新打开："), "late")
                if one.lost
                else Span(self.say("milestone reached:", "达成里程碑："), "good"),
                f" {self.name(one.milestone)}",
            )
            for one in w.reached
        ]
        if reached:
            yield Bullets(tuple(reached))
        if w.quiet:
            yield Para(self.say("Nothing was recorded this week.", "本周没有记录。"))
            return
        rows: list[tuple[Inline, ...]] = []
        topic = ""
        for one in w.moved:
            rows.append((Span(self.topic(one.topic)) if one.topic != topic else "", self.day(one.at), self.told(one)))
            topic = one.topic
        yield Table(self.heads(("About", "Day", "What"), ("类别", "日期", "内容")), tuple(rows), narrow=(0, 1))

    def topic(self, topic: str) -> str:
        return said(self.lang, *_TOPICS.get(topic, (topic, topic)))

    def told(self, one: Moved) -> str:
        text = event_text(one.events[-1], self.process, self.lang, zone=ZoneInfo(self.weekly.time_zone))
        if not one.was:
            return text
        was = listed((f"{self.name(n)} = {fact_text(self.process, n, v, self.lang)}" for n, v in one.was), self.lang)
        return text + self.say(f" Before: {was}.", f"此前：{was}。")

    def slipped(self) -> Iterator[Block]:
        w = self.weekly
        yield Heading(self.say("What slipped, and why", "延误及原因"))
        own = [slip for slip in w.slipped if not slip.pushed]
        pushed = [slip for slip in w.slipped if slip.pushed]
        if not w.slipped:
            unknown = w.unestimated and w.standing.value != "closed"
            yield Para(
                self.say("Not known: there are no dates to hold it against.", "未知：没有可对照的日期。")
                if unknown
                else self.say("Nothing slipped.", "没有延误。")
            )
        if own:
            heads = self.heads(("What", "Expected", "Now", "Later by", "Why"), ("事项", "原定", "现为", "延后", "原因"))
            yield Table(heads, tuple(self.slip(slip) for slip in own), narrow=(1, 2, 3))
        if pushed:
            names = listed((self.pushed(slip) for slip in pushed), self.lang)
            yield Para(self.say(f"Later because of these: {names}.", f"受以上影响而顺延：{names}。"))

    def slip(self, slip: Slip) -> tuple[Inline, ...]:
        why = causes_text(slip, self.process, self.lang, self.weekly.time_zone)
        if slip.limit:
            why = self.say(f"past its time limit; {why}", f"超出时限；{why}")
        now = self.day(slip.now) + (self.say(" done", " 已完成") if slip.done else "")
        later = Span(length(slip.delay), "late") if slip.delay is not None else ""
        return (self.name(slip.element), self.day(slip.was), now, later, why)

    def pushed(self, slip: Slip) -> str:
        delay = f"+{length(slip.delay)}" if slip.delay is not None else ""
        return f"{self.name(slip.element)} ({delay})" if delay else self.name(slip.element)

    def decisions(self) -> Iterator[Block]:
        w = self.weekly
        yield Heading(self.say("Decisions needed", "待决事项"))
        if w.standing.value == "held":
            yield Para(self.say("The project is on hold: take it up again, or close it.", "项目暂停中：请恢复或关闭。"))
        if w.decisions:
            heads = self.heads(("Gate", "Who votes", "By", "Not met yet"), ("关口", "待表决人", "截止", "尚未满足"))
            yield Table(heads, tuple(self.decision(one) for one in w.decisions), narrow=(2,))
        elif not w.conditions and not w.changes and w.standing.value != "held":
            yield Para(self.say("No gate waits for a decision.", "没有待决关口。"))
        if w.coming:
            yield Para(
                self.say("Expected soon: ", "即将到来：") + listed((self.soon(one) for one in w.coming), self.lang)
            )
        if w.conditions:
            yield Heading(self.say("Open conditions", "未满足的条件"), 3)
            heads = self.heads(("Condition", "Who", "Due", "Of"), ("条件", "责任人", "期限", "来自"))
            yield Table(heads, tuple(self.condition(one) for one in w.conditions), narrow=(2,))
        if w.changes:
            yield Heading(self.say("Change requests to decide", "待决变更请求"), 3)
            yield Bullets(
                tuple(
                    f"{self.day(one.requested)} {clean(one.title) or one.id} [{one.id}]"
                    + (self.say(f", asked for by {one.asked_by}", f"，由 {one.asked_by} 提出") if one.asked_by else "")
                    for one in w.changes
                )
            )
        if w.waiting:
            yield Heading(self.say("Waiting for others", "等待外部"), 3)
            yield Bullets(
                tuple(
                    self.say(
                        f"{self.name(one.element)} waits for {self.name(one.on)} since {self.day(one.since)}",
                        f"{self.name(one.element)}自 {self.day(one.since)} 起等待 {self.name(one.on)}",
                    )
                    + (self.say(": ", "：") + clean(one.reason) if one.reason else "")
                    for one in w.waiting
                )
            )

    def decision(self, one: Decision) -> tuple[Inline, ...]:
        unmet = [self.criterion(answer) for answer in one.unmet]
        roles = [
            self.say(f"nobody is {r}", f"无人担任 {r}")
            for r in (role_text(self.process, r, self.lang) for r in one.roles)
        ]
        by = one.due if one.due is not None else one.latest
        when: Inline = Span(self.day(by), "late") if by is not None and by <= self.weekly.at else self.day(by)
        return (self.name(one.gate), listed((*one.people, *roles), self.lang), when, listed(unmet, self.lang))

    def criterion(self, answer: CriterionAnswer) -> str:
        what = answer.subject if answer.kind == "fact" else self.name(answer.subject)
        if answer.kind in ("risk", "plugin"):
            what = f"{word(answer.kind, self.lang)} {what}"
        seen = label(answer.seen, self.lang)
        what = label(answer.title, self.lang) or what
        return self.say(f"{what} ({seen})", f"{what}（{seen}）") if seen else what

    def soon(self, one: Decision) -> str:
        who = listed(one.people, self.lang)
        text = f"{self.name(one.gate)} {self.day(one.expected)}"
        return self.say(f"{text} ({who})", f"{text}（{who}）") if who else text

    def condition(self, one: Owed) -> tuple[Inline, ...]:
        due: Inline = Span(self.say(f"{one.due} overdue", f"{one.due} 逾期"), "late") if one.overdue else str(one.due)
        return (f"{one.text} [{one.id}]", listed(one.people, self.lang), due, self.name(one.gate or one.activity))

    def risks(self) -> Iterator[Block]:
        yield Heading(self.say("Risks", "风险"))
        lines = self.weekly.risks
        if not lines:
            yield Para(self.say("No risk is on the register.", "没有登记的风险。"))
            return
        rows: list[tuple[Inline, ...]] = []
        for line in lines:
            risk, level = line.risk, word(line.risk.level.value, self.lang)
            heavy = risk.level.value in ("high", "critical") and not risk.closed
            news: Inline = Span(self.say("new", "新增")) if line.new else ""
            if line.was is not None:
                was = word(line.was.value, self.lang)
                news = Span(self.say(f"was {was}", f"原为{was}"))
            if risk.closed:
                news = Span(self.say("closed", "已关闭"), "good")
            title = f"{risk.title} [{risk.id}]" if risk.title else risk.id
            rows.append((Span(level, "late") if heavy else level, title, risk.owner, news))
        heads = self.heads(("Level", "Risk", "Owner", "This week"), ("等级", "风险", "责任人", "本周"))
        yield Table(heads, tuple(rows), narrow=(0, 3))

    def milestones(self) -> Iterator[Block]:
        yield Heading(self.say("Next milestones", "下一步里程碑"))
        found = self.weekly.milestones
        if not found:
            yield Para(self.say("None is left.", "没有剩余的里程碑。"))
            return
        heads = self.heads(
            ("Milestone", "Expected", "Missing", "Can be done now"), ("里程碑", "预计", "尚缺", "现在可做")
        )
        yield Table(heads, tuple(self.milestone(one) for one in found[:_NEXT]), narrow=(2,))
        if (more := len(found) - _NEXT) > 0:
            yield Para(self.say(f"{more} more after these.", f"其后还有 {more} 个。"))

    def milestone(self, one: Ahead) -> tuple[Inline, ...]:
        pays = "".join(f" ({payment_text(payment, self.lang)})" for payment in one.payments)
        things = [self.thing(thing) for thing in one.now]
        more = len(things) - _TODAY
        text = self.say("; ", "；").join(things[:_TODAY])
        if more > 0:
            text += self.say(f"; {more} more", f"；另有 {more} 项")
        return (self.name(one.milestone) + pays, self.dates(one.was, one.forecast), str(len(one.missing)), text)

    def thing(self, thing: Missing) -> str:
        kind = word(thing.kind, self.lang)
        who = listed(thing.people, self.lang) or self.names(thing.roles)
        what = label(thing.note, self.lang) if thing.kind == "condition" else quoted(self.name(thing.id), self.lang)
        text = self.say(f"{kind} {what}", f"{kind}{what}")
        return self.say(f"{text} ({who})", f"{text}（{who}）") if who else text


_TOPICS: Mapping[str, tuple[str, str]] = {
    "project": ("Project", "项目"),
    "gates": ("Gates", "关口"),
    "work": ("Work", "工作"),
    "conditions": ("Conditions", "条件"),
    "facts": ("Facts", "事实"),
    "changes": ("Changes", "变更"),
    "promises": ("Promises", "承诺"),
    "handovers": ("Hand-overs", "移交"),
    "risks": ("Risks", "风险"),
    "people": ("People", "人员"),
    "time": ("Time", "时间"),
    "notes": ("Notes", "备注"),
}
