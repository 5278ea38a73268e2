"""What happened, told: one sentence for each event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import assert_never

import attrs

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects import AnyEvent
from ltcflow.projects import events as e
from ltcflow.projects.commands import Promise
from ltcflow.projects.register.events import EarlyStartRevoked
from ltcflow.report.cells import clean, lay_out
from ltcflow.report.register_events import register_text
from ltcflow.report.timing import TimeEvent, time_text
from ltcflow.report.words import fact_text, listed, moment, quoted, said, title_of, word
from ltcflow.stages import Verdict

_MANY = 4
"""So many elements are named; more are counted (``--json`` has them all)."""


def event_text(
    event: AnyEvent,
    process: Process | None = None,
    lang: Lang = "en",
    *,
    titles: bool = True,
    zone: tzinfo | None = None,
) -> str:
    """Return *event* as one sentence on one line, without its time.

    Args:
        process: names elements by their titles, and facts with their units; without it, elements by their ids.
        titles: False names elements by their ids all the same.
        lang: "en" or "zh"; texts that people wrote stay as they are.
        zone: whose clock moments within the sentence are read on; in UTC when left out.

    Example:
        >>> from datetime import UTC, datetime
        >>> done = e.ActivityFinished(by="li.wei", at=datetime(2026, 3, 2, tzinfo=UTC), activity="solution")
        >>> event_text(done), event_text(done, lang="zh")
        ("li.wei finished 'solution'.", 'li.wei 完成了“solution”。')
    """
    telling = _Telling(process, lang, titles, zone)
    match event:
        case e.ActivityStarted() | e.ActivityFinished() | e.DeliverableSubmitted() | e.EarlyStartApproved():
            sentence = telling.work(event)
        case e.VoteCast() | e.VoteLapsed() | e.VoteDelegated() | e.CriterionWaived():
            sentence = telling.vote(event)
        case e.GateDecided() | e.GateReopened():
            sentence = telling.gate(event)
        case e.ConditionWasMet() | e.ConditionRedated():
            sentence = telling.condition(event)
        case e.RegisterEvent():
            sentence = telling.register(event)
        case e.ProjectStarted() | e.RoleAssigned() | e.FactsRecorded() | e.NoteAdded():
            sentence = telling.known(event)
        case e.AuthorityDelegated() | e.DelegationRevoked():
            sentence = telling.delegation(event)
        case e.SubstitutesNamed() | e.AbsenceDeclared() | e.AbsenceEnded():
            sentence = telling.away(event)
        case e.ProjectHeld() | e.ProjectResumed() | e.ProjectClosed() | e.ProjectReopened():
            sentence = telling.life(event)
        case e.WaitingStarted() | e.WaitingEnded() | e.TimePassed() | e.FellDue() | e.Escalated():
            sentence = telling.time(event)
        case _:
            assert_never(event)
    return clean(sentence)


def log_lines(
    events: Iterable[AnyEvent],
    process: Process | None,
    lang: Lang = "en",
    *,
    total: int = 100,
    zone: tzinfo | None = None,
    first: int = 1,
) -> str:
    """Return a record as text: number, time and sentence of each event, oldest first; "" for none.

    Args:
        first: the number of the first of *events* in the record.
        zone: whose clock the times are read on; each event's own when left out.
    """
    rows = [(n, moment(event.at, zone), event_text(event, process, lang)) for n, event in enumerate(events, first)]
    laid = lay_out(rows, total=total, keep=(0, 1), right=(0,))
    return "".join(f"{line.rstrip()}\n" for lines in laid for line in lines)


@attrs.frozen
class _Telling:
    """Sentences in one language about one process."""

    process: Process | None
    lang: Lang
    titles: bool
    zone: tzinfo | None = None

    def say(self, en: str, zh: str) -> str:
        return said(self.lang, en, zh)

    def title(self, element: str) -> str:
        return title_of(self.process if self.titles else None, element, self.lang)

    def name(self, element: str) -> str:
        return quoted(self.title(element), self.lang)

    def names(self, elements: Sequence[str]) -> str:
        shown = listed((self.name(element) for element in elements[:_MANY]), self.lang)
        left = len(elements) - _MANY
        return shown + self.say(f" and {left} more", f" 等 {len(elements)} 项") if left > 0 else shown

    def because(self, reason: str) -> str:
        """The end of a sentence: a reason, when there is one, and the full stop."""
        text = clean(reason)
        stop = "" if text and text[-1] in ".!?。！？" else self.say(".", "。")
        return self.say(f": {text}{stop}", f"：{text}{stop}") if text else stop

    def work(
        self, event: e.ActivityStarted | e.ActivityFinished | e.DeliverableSubmitted | e.EarlyStartApproved
    ) -> str:
        by = event.by
        match event:
            case e.ActivityStarted():
                what = self.name(event.activity)
                early = self.say(" early, under an approved early start", "(经批准提前启动)") if event.early else ""
                return self.say(f"{by} began {what}{early}.", f"{by} 开始了{what}{early}。")
            case e.ActivityFinished():
                return self.say(
                    f"{by} finished {self.name(event.activity)}.", f"{by} 完成了{self.name(event.activity)}。"
                )
            case e.DeliverableSubmitted():
                fields = listed(event.missing, self.lang)
                lacks = self.say(f", still without {fields}", f"，尚缺 {fields}") if event.missing else ""
                what = self.name(event.deliverable)
                return self.say(f"{by} handed in {what}{lacks}.", f"{by} 提交了{what}{lacks}。")
            case e.EarlyStartApproved():
                what, condition = self.name(event.activity), quoted(event.text, self.lang)
                en = f"{by} approved an early start of {what} on the condition {condition}, due {event.due}"
                zh = f"{by} 批准{what}提前启动，条件{condition}须在 {event.due} 前满足"
                if event.daily_cost is not None:
                    en, zh = f"{en}, at {event.daily_cost} a working day", f"{zh}，每工作日 {event.daily_cost}"
                if event.limit is not None:
                    en, zh = f"{en}, at most {event.limit}", f"{zh}，上限 {event.limit}"
                return self.say(f"{en} [{event.condition}].", f"{zh} [{event.condition}]。")

    def vote(self, event: e.VoteCast | e.VoteLapsed | e.VoteDelegated | e.CriterionWaived) -> str:
        by, gate = event.by, self.name(event.gate)
        match event:
            case e.VoteCast():
                other = self.say(f" in the place of {event.instead_of}", f" 代 {event.instead_of} ")
                other = other if event.instead_of else ""
                verdict = quoted(word(event.verdict.value, self.lang), self.lang)
                promises = self.promises(event.conditions)
                en, zh = (
                    f"{by} voted {verdict} on {gate}{other}{promises}",
                    f"{by}{other or ' '}对{gate}表决{verdict}{promises}",
                )
                return self.say(en, zh) + self.because(event.reason)
            case e.VoteLapsed():
                en = f"The vote of {event.voter} on {gate} lapsed, because what it was cast on got worse"
                return self.say(en, f"{event.voter} 对{gate}的表决失效，因其依据的事实变差") + self.because(
                    event.because
                )
            case e.VoteDelegated():
                return self.say(
                    f"{by} gave the vote on {gate} to {event.to}.", f"{by} 将{gate}的表决委托给 {event.to}。"
                )
            case e.CriterionWaived():
                what = quoted(event.criterion, self.lang)
                en, zh = f"{by} waived criterion {what} of {gate}", f"{by} 豁免了{gate}的判据{what}"
                return self.say(en, zh) + self.because(event.reason)

    def promises(self, promises: Iterable[Promise]) -> str:
        texts = [
            self.say(
                f"{quoted(p.text, self.lang)} by {p.owner} until {p.due}",
                f"{quoted(p.text, self.lang)}由 {p.owner} 在 {p.due} 前完成",
            )
            for p in promises
        ]
        return self.say(", on condition of ", "，条件：") + listed(texts, self.lang) if texts else ""

    def gate(self, event: e.GateDecided | e.GateReopened) -> str:
        gate = self.name(event.gate)
        if isinstance(event, e.GateReopened):
            condition = clean(event.condition)
            if event.limit:
                rows = listed((quoted(key, self.lang) for key in event.limit), self.lang)
                en = f"Gate {gate} must be judged again: the facts outgrew its limit, {rows} applies now."
                return self.say(en, f"关口{gate}须重新决策：事实已超出原决策的权限范围，现适用 {rows}。")
            en = f"Gate {gate} must be judged again: its condition {condition} passed its date unmet."
            return self.say(en, f"关口{gate}须重新决策：条件 {condition} 逾期未满足。")
        match event.verdict:
            case Verdict.GO:
                text = self.say(f"Gate {gate} is passed", f"关口{gate}通过")
            case Verdict.CONDITIONAL:
                text = self.say(f"Gate {gate} is passed with conditions", f"关口{gate}有条件通过")
                text += self.promises(promise for _, promise in event.conditions)
            case Verdict.HOLD:
                text = self.say(f"Gate {gate} puts the project on hold", f"关口{gate}决定暂缓")
            case Verdict.RECYCLE:
                text = self.say(f"Gate {gate} sends the project back", f"关口{gate}退回项目")
                text += self.reopened(event)
            case Verdict.STOP:
                text = self.say(f"Gate {gate} stops the project", f"关口{gate}终止项目")
        return text + self.because(event.reason)

    def reopened(self, event: e.GateDecided) -> str:
        text = ""
        if event.reopened:
            names = self.names(event.reopened)
            text = self.say(f"; open again: {names}", f"；重新打开：{names}")
        if event.resubmit:
            names = self.names(event.resubmit)
            text += self.say(f"; to be handed in again: {names}", f"；须重新提交：{names}")
        return text

    def condition(self, event: e.ConditionWasMet | e.ConditionRedated) -> str:
        by, condition = event.by, clean(event.condition)
        if isinstance(event, e.ConditionWasMet):
            text = self.say(f"{by} met condition {condition}", f"{by} 满足了条件 {condition}")
            return text + self.because(event.note)
        en, zh = (
            f"{by} moved the date of condition {condition} to {event.due}",
            f"{by} 将条件 {condition} 改期至 {event.due}",
        )
        return self.say(en, zh) + self.because(event.reason)

    def register(self, event: e.AnyRegisterEvent) -> str:
        activity = self.name(event.activity) if isinstance(event, EarlyStartRevoked) else ""
        sentence, because = register_text(event, activity, self.lang)
        return sentence + self.because(because)

    def known(self, event: e.ProjectStarted | e.RoleAssigned | e.FactsRecorded | e.NoteAdded) -> str:
        by = event.by
        match event:
            case e.ProjectStarted():
                title = " " + quoted(event.title, self.lang) if event.title else ""
                process = f"{self.process_name(event)} {event.version}"
                en, zh = (
                    f"{by} started project {event.project}{title} on {process}",
                    f"{by} 按{process} 启动了项目 {event.project}{title}",
                )
                return self.say(f"{en}{self.facts(event)}.", f"{zh}{self.facts(event)}。")
            case e.RoleAssigned():
                role, people = self.name(event.role), listed(event.people, self.lang)
                if not event.people:
                    return self.say(f"{by} left the role {role} open.", f"{by} 将角色{role}空缺。")
                return self.say(f"{by} assigned {people} to {role}.", f"{by} 任命 {people} 担任{role}。")
            case e.FactsRecorded():
                return self.say(f"{by} recorded", f"{by} 记录了") + self.facts(event) + self.say(".", "。")
            case e.NoteAdded():
                return self.say(f"{by} noted", f"{by} 备注") + self.because(event.text)

    def time(self, event: TimeEvent) -> str:
        match event:
            case e.WaitingStarted():
                return time_text(
                    event, self.name(event.element), self.title(event.on), self.because(event.reason), self.lang
                )
            case e.WaitingEnded():
                return time_text(event, self.name(event.element), "", self.because(event.note), self.lang)
            case e.TimePassed():
                return time_text(event, "", "", "", self.lang)
        kind = "" if event.kind != "condition" else word("condition", self.lang) + " "
        tell = listed((self.title(name) for name in event.tell), self.lang)
        return time_text(event, kind + self.name(event.subject), tell, "", self.lang, self.zone)

    def delegation(self, event: e.AuthorityDelegated | e.DelegationRevoked) -> str:
        by, name = event.by, clean(event.delegation)
        if isinstance(event, e.DelegationRevoked):
            return self.say(f"{by} revoked {name}", f"{by} 撤销了 {name}") + self.because(event.reason)
        scope = self.names((*event.gates, *event.roles))
        scope = self.say(f" for {scope}", f"，限于{scope}") if scope else ""
        onward = self.say(", to be handed on", "，可转委托") if event.onward else ""
        days = self.say(f"from {event.since} to {event.until}", f"{event.since} 至 {event.until}")
        en = f"{by} delegated their authority to {event.to} {days}{scope}{onward} [{name}]."
        return self.say(en, f"{by} 将权限委托给 {event.to}，{days}{scope}{onward} [{name}]。")

    def away(self, event: e.SubstitutesNamed | e.AbsenceDeclared | e.AbsenceEnded) -> str:
        by = event.by
        match event:
            case e.SubstitutesNamed():
                role, people = self.name(event.role), listed(event.people, self.lang)
                if not event.people:
                    return self.say(f"{by} named no substitute for {role}.", f"{by} 取消了{role}的代理人。")
                return self.say(
                    f"{by} named {people} as substitutes for {role}.", f"{by} 指定 {people} 为{role}的代理人。"
                )
            case e.AbsenceDeclared():
                en = f"{by} declared {event.person} absent from {event.since} to {event.until}"
                zh = f"{by} 声明 {event.person} 于 {event.since} 至 {event.until} 缺勤"
                return self.say(en, zh) + self.because(event.note)
            case e.AbsenceEnded():
                return self.say(f"{by} declared {event.person} back.", f"{by} 声明 {event.person} 已回岗。")

    def process_name(self, event: e.ProjectStarted) -> str:
        same = self.process is not None and self.process.id == event.process and self.titles
        title = self.process.title.text(self.lang) if self.process is not None and same else ""
        return quoted(title or event.process, self.lang)

    def facts(self, event: e.ProjectStarted | e.FactsRecorded) -> str:
        pairs = [
            f"{self.title(name)} = {fact_text(self.process, name, value, self.lang)}" for name, value in event.facts
        ]
        if isinstance(event, e.FactsRecorded):
            return " " + listed(pairs, self.lang)
        return self.say(" with ", "，已知 ") + listed(pairs, self.lang) if pairs else ""

    def life(self, event: e.ProjectHeld | e.ProjectResumed | e.ProjectClosed | e.ProjectReopened) -> str:
        by = event.by
        match event:
            case e.ProjectHeld():
                gate = (
                    self.say(f" at gate {self.name(event.gate)}", f"(在关口{self.name(event.gate)})")
                    if event.gate
                    else ""
                )
                text = self.say(f"The project is on hold{gate}, by {by}", f"{by} 暂停了项目{gate}")
            case e.ProjectResumed():
                text = self.say(f"{by} took the project up again", f"{by} 恢复了项目")
            case e.ProjectClosed():
                text = self.say(
                    f"{by} closed the project as {word(event.outcome.value, 'en')}",
                    f"{by} 以“{word(event.outcome.value, 'zh')}”关闭了项目",
                )
            case e.ProjectReopened():
                text = self.say(f"{by} opened the project again", f"{by} 重新打开了项目")
        return text + self.because(event.reason)
