"""What happened on the registers, told: one sentence for each event about a risk, a change, a promise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from ltcflow.conditions import Money
from ltcflow.labels import Lang
from ltcflow.projects.register import events as e
from ltcflow.report.cells import clean
from ltcflow.report.words import listed, quoted, said, word

RiskEvent: TypeAlias = (
    e.RiskRaised
    | e.RiskUpdated
    | e.RiskAnswered
    | e.RiskActionPlanned
    | e.RiskActionDone
    | e.RiskHandedOver
    | e.RiskClosed
)
ChangeEvent: TypeAlias = e.ChangeRequested | e.ChangeAssessed | e.ChangeDecided | e.ChangeImplemented
PromiseEvent: TypeAlias = (
    e.CommitmentRecorded | e.ClauseRecorded | e.CommitmentTraced | e.CommitmentFulfilled | e.CommitmentWithdrawn
)


HandoverEvent: TypeAlias = e.HandoverOffered | e.HandoverAccepted | e.HandoverRejected | e.HandoverLapsed


def risk_text(event: RiskEvent, lang: Lang) -> tuple[str, str]:
    """Return *event* as a sentence without its end, and what follows it: a title, note or reason."""
    by, risk = event.by, clean(event.risk)
    match event:
        case e.RiskRaised():
            what = _rated(event, lang)
            kind, kind_zh = ("opportunity", "机会") if event.opportunity else ("risk", "风险")
            en, zh = f"{by} raised {kind} {risk} ({what})", f"{by} 登记了{kind_zh} {risk}（{what}）"
            return said(lang, en, zh), event.title
        case e.RiskUpdated():
            what = _rated(event, lang)
            return said(lang, f"{by} judged risk {risk} as {what}", f"{by} 将风险 {risk} 评为{what}"), event.note
        case e.RiskAnswered():
            how = word(event.response.value, lang)
            left = _steps(event.probability, event.impact)
            en, zh = f"{by} responds to risk {risk}: {how}", f"{by} 对风险 {risk} 的应对：{how}"
            left = said(lang, f", which leaves {left}", f"，剩余 {left}") if left else ""
            return said(lang, en, zh) + left, event.note
        case e.RiskActionPlanned():
            who = said(lang, f"for {event.owner}, due {event.due}", f"由 {event.owner} 在 {event.due} 前完成")
            en, zh = (
                f"{by} planned action {event.action} on risk {risk} ",
                f"{by} 为风险 {risk} 安排措施 {event.action}，",
            )
            return said(lang, en, zh) + who, event.text
        case e.RiskActionDone():
            en, zh = f"{by} did action {event.action} on risk {risk}", f"{by} 完成了风险 {risk} 的措施 {event.action}"
            return said(lang, en, zh), event.note
        case e.RiskHandedOver():
            return said(
                lang, f"{by} handed risk {risk} over to {event.to}", f"{by} 将风险 {risk} 移交给 {event.to}"
            ), event.note
        case e.RiskClosed():
            return said(lang, f"{by} closed risk {risk}", f"{by} 关闭了风险 {risk}"), event.reason
        case _:
            assert_never(event)


def _rated(event: e.RiskRaised | e.RiskUpdated, lang: Lang) -> str:
    steps = _steps(event.probability, event.impact)
    level = word(event.level.value, lang)
    owner = said(lang, f", owned by {event.owner}", f"，责任人 {event.owner}") if event.owner else ""
    return f"{level} {steps}{owner}" if steps else f"{level}{owner}"


def _steps(probability: int, impact: int) -> str:
    return f"{probability}x{impact}" if probability and impact else ""


def change_text(event: ChangeEvent, lang: Lang) -> tuple[str, str]:
    """Return *event* as a sentence without its end, and what follows it."""
    by, change = event.by, clean(event.change)
    match event:
        case e.ChangeRequested():
            who = clean(event.asked_by) or word(event.side, lang)
            en, zh = f"{by} took in change request {change} of {who}", f"{by} 登记了{who}的变更请求 {change}"
            return said(lang, en, zh) + _effect(event, lang), event.title
        case e.ChangeAssessed():
            en, zh = f"{by} assessed change request {change}", f"{by} 评估了变更请求 {change}"
            return said(lang, en, zh) + _effect(event, lang), event.note
        case e.ChangeDecided():
            en, zh = ("approved", "批准") if event.approved else ("rejected", "拒绝")
            return said(lang, f"{by} {en} change request {change}", f"{by} {zh}了变更请求 {change}"), event.reason
        case e.ChangeImplemented():
            return said(lang, f"{by} made change {change}", f"{by} 实施了变更 {change}"), event.note
        case _:
            assert_never(event)


def _effect(event: e.ChangeRequested | e.ChangeAssessed, lang: Lang) -> str:
    sums = [*_sum(event.cost, "cost", lang), *_sum(event.price, "price", lang)]
    parts = [*(f"{name} {_signed(time)}" for name, time in event.times), *sums]
    return f" ({listed(parts, lang)})" if parts and lang == "en" else f"（{listed(parts, lang)}）" if parts else ""


def _sum(amount: Money | None, key: str, lang: Lang) -> Iterable[str]:
    return [] if amount is None else [f"{word(key, lang)} {_signed(str(amount))}"]


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def promise_text(event: PromiseEvent, lang: Lang) -> tuple[str, str]:
    """Return *event* as a sentence without its end, and what follows it."""
    by = event.by
    if isinstance(event, e.ClauseRecorded):
        clause = clean(event.clause)
        return said(lang, f"{by} took in clause {clause} of the contract", f"{by} 登记了合同条款 {clause}"), event.text
    name = clean(event.commitment)
    match event:
        case e.CommitmentRecorded():
            to = clean(event.to)
            en = f"{by} recorded promise {name}" + (f" to {to}" if to else "")
            return said(lang, en, f"{by} 登记了{f'对 {to} 的' if to else ''}承诺 {name}"), event.text
        case e.CommitmentTraced():
            parts = [
                f"{word(key, lang)} {quoted(value, lang)}"
                for key in ("clause", "activity", "acceptance")
                if (value := getattr(event, key))
            ]
            where = listed(parts, lang)
            return said(lang, f"{by} traced promise {name} to {where}", f"{by} 将承诺 {name} 追溯到{where}"), ""
        case e.CommitmentFulfilled():
            return said(lang, f"{by} kept promise {name}", f"{by} 兑现了承诺 {name}"), event.note
        case e.CommitmentWithdrawn():
            return said(lang, f"{by} let promise {name} go", f"{by} 撤销了承诺 {name}"), event.reason
        case _:
            assert_never(event)


def handover_text(event: HandoverEvent, lang: Lang) -> tuple[str, str]:
    """Return *event* as a sentence without its end, and what follows it."""
    by, name = event.by, clean(event.handover)
    match event:
        case e.HandoverOffered():
            gaps = len(event.missing)
            open_en, open_zh = (f", {gaps} pieces missing", f"，尚缺 {gaps} 项") if gaps else ("", "")
            en, zh = f"{by} offered hand-over {name} to {event.to}", f"{by} 向 {event.to} 提出移交 {name}"
            return said(lang, en + open_en, zh + open_zh), event.note
        case e.HandoverAccepted():
            gaps = len(event.missing)
            open_en, open_zh = (f", with {gaps} pieces missing", f"，尚缺 {gaps} 项") if gaps else ("", "")
            return said(
                lang, f"{by} accepted hand-over {name}{open_en}", f"{by} 接收了移交 {name}{open_zh}"
            ), event.note
        case e.HandoverRejected():
            return said(lang, f"{by} rejected hand-over {name}", f"{by} 拒绝了移交 {name}"), event.reason
        case e.HandoverLapsed():
            worse = listed(event.because[:8], lang)
            en = f"Hand-over {name} lapsed, because its package got worse"
            return said(lang, en, f"移交 {name} 失效，因移交包变差"), worse


def register_text(event: e.AnyRegisterEvent, activity: str, lang: Lang) -> tuple[str, str]:
    """Return *event* as a sentence without its end, and what follows it.

    Args:
        activity: how the activity of an early start is shown.
    """
    match event:
        case e.EarlyStartRevoked():
            en, zh = f"{event.by} took back the early start of {activity}", f"{event.by} 撤销了{activity}的提前启动"
            return said(lang, en, zh), event.reason
        case e.HandoverOffered() | e.HandoverAccepted() | e.HandoverRejected() | e.HandoverLapsed():
            return handover_text(event, lang)
        case e.PaymentReceived():
            number, name = event.number, clean(event.milestone)
            en, zh = (
                f"{event.by} received instalment {number} of {name}",
                f"{event.by} 确认 {name} 的第 {number} 笔分期到账",
            )
            return said(lang, en, zh), event.note
        case e.LessonRecorded():
            tags = f" [{listed(event.tags, lang)}]" if event.tags else ""
            return said(lang, f"{event.by} recorded a lesson{tags}", f"{event.by} 记录了经验教训{tags}"), event.text
        case e.ChangeRequested() | e.ChangeAssessed() | e.ChangeDecided() | e.ChangeImplemented():
            return change_text(event, lang)
        case (
            e.CommitmentRecorded()
            | e.ClauseRecorded()
            | e.CommitmentTraced()
            | e.CommitmentFulfilled()
            | e.CommitmentWithdrawn()
        ):
            return promise_text(event, lang)
        case _:
            return risk_text(event, lang)
