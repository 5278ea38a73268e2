"""The registers of a project in tables: risks, change requests, promises, early starts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from ltcflow.conditions import Money
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects.register.changes import Change, ChangeEffect
from ltcflow.projects.register.early import EarlyStart, at_risk
from ltcflow.projects.register.risks import Risk
from ltcflow.projects.register.sums import Sums
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, finding_line, fitting, paragraph, table
from ltcflow.report.words import colon, day, listed, percent, said, title_of, word
from ltcflow.steering.change_register import ChangeImpact, ChangeRegister, PlanShift
from ltcflow.steering.promise_ledger import PromiseLedger, TracedPromise
from ltcflow.steering.risk_register import RankedRisk, RiskMatrix, RiskRegister
from ltcflow.worktime import WorkDuration

_HEADS = {
    "rank": ("#", "序"),
    "id": ("Id", "标识"),
    "risk": ("Risk", "风险"),
    "level": ("Level", "级别"),
    "score": ("PxI", "概率x影响"),
    "exposure": ("Exposure", "敞口"),
    "response": ("Response", "应对"),
    "left": ("Left", "剩余"),
    "owner": ("Owner", "责任人"),
    "next": ("Next action", "下一措施"),
    "stands": ("Stands", "状态"),
    "change": ("Change", "变更"),
    "from": ("From", "提出方"),
    "finish": ("Finish", "工期影响"),
    "milestones": ("Milestones", "里程碑影响"),
    "cost": ("Cost", "成本"),
    "price": ("Price", "价格"),
    "margin": ("Margin", "毛利"),
    "promise": ("Promise", "承诺"),
    "to": ("To", "对象"),
    "value": ("Value", "价值"),
    "clause": ("Clause", "条款"),
    "delivery": ("Delivered by", "交付"),
    "acceptance": ("Accepted by", "验收"),
    "condition": ("Condition", "条件"),
    "due": ("Due", "截止"),
    "by": ("Approved by", "批准人"),
    "began": ("Began", "开始"),
    "days": ("Days", "天数"),
    "spent": ("Spent", "已花费"),
    "limit": ("Limit", "限额"),
}


def _heads(names: Iterable[str], lang: Lang) -> list[str]:
    return [said(lang, *_HEADS[name]) for name in names]


def _sums(sums: Sums, lang: Lang) -> str:
    return listed(sums, lang) or "0"


def risks_text(found: RiskRegister, lang: Lang = "en", *, total: int = TOTAL, zone: tzinfo | None = None) -> str:
    """Return the risk register: the open risks ranked, what they come to, and what is closed.

    Args:
        total: display columns; where they are few, some columns are left out. zone: whose days are shown.
    """
    rows = [_risk_row(one, lang) for one in found.open] + [_closed_row(risk, lang, zone) for risk in found.closed]
    if not rows:
        return said(lang, "There are no risks on the register.\n", "登记册上没有风险。\n")
    names = ("rank", "id", "risk", "level", "score", "exposure", "response", "left", "owner", "next", "stands")
    text = fitting(_heads(names, lang), rows, total=total, spare=(7, 2, 9), keep=(0, 1, 3, 4, 5), right=(0, 4, 5))
    return f"{text}\n{paragraph(_exposure(found, lang), total=total)}"


def _risk_row(found: RankedRisk, lang: Lang) -> tuple[str, ...]:
    risk = found.risk
    to_do = sorted((action.due, action.text) for action in risk.actions if action.done is None)
    late = said(lang, ", overdue", "，逾期") if found.overdue else ""
    opportunity = said(lang, ", opportunity", "，机会") if risk.opportunity else ""
    return (
        str(found.rank),
        risk.id,
        clean(risk.title),
        word(risk.level.value, lang),
        f"{risk.probability}x{risk.impact}" if risk.score else "",
        "" if found.exposure is None else str(found.exposure),
        "" if risk.response is None else word(risk.response.value, lang),
        "" if found.left is None else word(found.left.value, lang),
        clean(risk.owner),
        f"{to_do[0][0]} {clean(to_do[0][1])}{late}" if to_do else "",
        word("unanswered" if risk.standing == "open" else risk.standing, lang) + opportunity,
    )


def _closed_row(risk: Risk, lang: Lang, zone: tzinfo | None) -> tuple[str, ...]:
    when = f" {day(risk.closed_at, zone)}" if risk.closed_at is not None else ""
    why = f"{colon(lang)}{clean(risk.reason)}" if risk.reason else ""
    level = word(risk.level.value, lang)
    return (
        "",
        risk.id,
        clean(risk.title),
        level,
        "",
        "",
        "",
        "",
        clean(risk.owner),
        "",
        word("closed", lang) + when + why,
    )


def _exposure(found: RiskRegister, lang: Lang) -> str:
    whole = found.exposure
    threats, worst, chances = (_sums(sums, lang) for sums in (whole.threats, whole.worst, whole.opportunities))
    text = said(
        lang,
        f"Exposure of {whole.open} open risks: {threats} on average, {worst} if all threats happen; "
        f"opportunities: {chances}.",
        f"{whole.open} 个未关闭风险的敞口：平均 {threats}，威胁全部发生时 {worst}；机会：{chances}。",
    )
    if not whole.unvalued:
        return text
    names = listed((clean(name) for name in whole.unvalued), lang)
    return text + said(lang, f" Without money or probability: {names}.", f"没有金额或概率：{names}。")


def matrix_text(matrix: RiskMatrix, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return the open threats in a matrix: probability down, impact across; each cell has its level."""
    scale = matrix.scale
    impacts = range(1, scale.impacts + 1)
    rows = []
    for probability in range(len(scale.probabilities), 0, -1):
        share = percent(scale.probabilities[probability - 1], places=2)
        rows.append([f"{probability} ({share})", *(_cell(matrix, probability, impact, lang) for impact in impacts)])
    heads = [said(lang, "Probability \\ Impact", "概率 \\ 影响"), *(str(impact) for impact in impacts)]
    text = table(heads, rows, total=total, keep=(0,))
    if not matrix.unrated:
        return text
    names = listed((clean(name) for name in matrix.unrated), lang)
    return text + paragraph(said(lang, f"Not rated: {names}.", f"未评分：{names}。"), total=total)


def _cell(matrix: RiskMatrix, probability: int, impact: int, lang: Lang) -> str:
    level = word(matrix.scale.level(probability, impact).value, lang)
    names = listed((clean(name) for name in matrix.at(probability, impact)), lang)
    return f"{level}{colon(lang)}{names}" if names else level


def changes_text(found: ChangeRegister, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return the change requests, what each does to plan and margin, and all of them together."""
    if not found.impacts:
        return said(lang, "There are no change requests.\n", "没有变更请求。\n")
    names = ("id", "change", "from", "stands", "finish", "milestones", "cost", "price", "margin")
    rows = [_change_row(impact, process, lang) for impact in found.impacts]
    text = fitting(_heads(names, lang), rows, total=total, spare=(5, 1, 2), keep=(0, 4, 6, 7, 8), right=(4, 6, 7, 8))
    approved = _together(found.approved, found.approved_shift, lang)
    pending = _together(found.pending, found.pending_shift, lang)
    finish = found.plan.finish
    sums = said(
        lang,
        f"Approved: {approved}; with them the project is finished on {day(finish)}. Not decided yet: {pending}.",
        f"已批准：{approved}；计入后项目于 {day(finish)} 完成。未决定：{pending}。",
    )
    return f"{text}\n{paragraph(sums, total=total)}{_unplaced(found.impacts, process, lang, total)}"


def _change_row(impact: ChangeImpact, process: Process, lang: Lang) -> tuple[str, ...]:
    change, shift = impact.change, impact.shift
    moved = shift.milestones if shift is not None else ()
    return (
        change.id,
        clean(change.title),
        _side(change, lang),
        word(change.standing.value, lang),
        "" if shift is None else _signed(shift.finish),
        listed((f"{title_of(process, name, lang)} {_signed(by)}" for name, by in moved), lang),
        "" if change.cost is None else _plus(change.cost),
        "" if change.price is None else _plus(change.price),
        listed((_plus(amount) for amount in impact.effect.margin), lang),
    )


def _side(change: Change, lang: Lang) -> str:
    return clean(change.asked_by) or word(change.side, lang)


def _signed(time: WorkDuration) -> str:
    return f"+{time}" if time.minutes > 0 else str(time)


def _plus(amount: Money) -> str:
    return f"+{amount}" if amount.amount > 0 else str(amount)


def _together(effect: ChangeEffect, shift: PlanShift, lang: Lang) -> str:
    margin = listed((_plus(amount) for amount in effect.margin), lang) or "0"
    finish = _signed(shift.finish)
    en = f"{effect.count} ({f'finish {finish}, margin {margin}' if effect.count else 'none'})"
    zh = f"{effect.count} 项（{f'完成 {finish}，毛利 {margin}' if effect.count else '无'}）"
    return said(lang, en, zh)


def _unplaced(impacts: Iterable[ChangeImpact], process: Process, lang: Lang, total: int) -> str:
    names = [name for one in impacts if one.shift is not None for name in one.shift.unplaced]
    if not names:
        return ""
    shown = listed((title_of(process, name, lang) for name in dict.fromkeys(names)), lang)
    en = f"The plan has no place for time added to: {shown} (done, skipped, or running along their stage)."
    zh = f"计划中无法计入以下活动的增加时间：{shown}（已完成、被跳过或随阶段进行）。"
    return paragraph(said(lang, en, zh), total=total)


def promises_text(found: PromiseLedger, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return the ledger of promises, what is owed, and the orphans."""
    rows = [_promise_row(one, process, lang) for one in found.promises]
    if not rows and not found.clauses:
        return said(lang, "Nothing was promised yet.\n", "尚未登记承诺。\n")
    names = ("id", "promise", "to", "value", "clause", "delivery", "acceptance", "stands")
    parts = [
        fitting(_heads(names, lang), rows, total=total, spare=(2, 1, 3), keep=(0, 3, 4), right=(3,)) if rows else "",
        paragraph(said(lang, f"Owed: {_sums(found.owed, lang)}.", f"尚欠：{_sums(found.owed, lang)}。"), total=total),
        "".join(paragraph(finding_line(finding, lang), total=total) for finding in found.findings),
    ]
    return "\n".join(part for part in parts if part)


def _promise_row(found: TracedPromise, process: Process, lang: Lang) -> tuple[str, ...]:
    one = found.commitment
    stands = one.standing if one.fulfilled or one.withdrawn else "fulfilled" if found.kept else one.standing
    return (
        one.id,
        clean(one.text),
        clean(one.to),
        "" if one.value is None else str(one.value),
        clean(one.clause),
        _traced(one.activity, found.delivery, process, lang),
        _traced(one.acceptance, found.acceptance, process, lang),
        word("orphan", lang) if found.orphan and stands == "traced" else word(stands, lang),
    )


def _traced(name: str, standing: str, process: Process, lang: Lang) -> str:
    if not name:
        return ""
    element, slash, key = name.partition("/")
    shown = f"{title_of(process, element, lang)}{slash}{clean(key)}"
    return said(lang, f"{shown} ({word(standing, lang)})", f"{shown}（{word(standing, lang)}）")


def early_starts_text(
    found: tuple[EarlyStart, ...],
    process: Process,
    lang: Lang = "en",
    *,
    days: bool = False,
    total: int = TOTAL,
    zone: tzinfo | None = None,
) -> str:
    """Return the early starts: who approved each, on what condition, what it has cost and how it ended.

    Args:
        days: True: what each cost by working day as well. zone: whose days moments are shown on.
    """
    if not found:
        return said(lang, "No early start was approved.\n", "没有获批的提前启动。\n")
    names = ("id", "condition", "due", "by", "began", "stands", "days", "spent", "limit")
    rows = [_early_row(one, lang, zone) for one in found]
    text = fitting(_heads(names, lang), rows, total=total, spare=(3, 1, 6), keep=(0, 2, 4, 7, 8), right=(6, 7, 8))
    risk = _sums(at_risk(found), lang)
    sums = said(lang, f"Spent before its condition was met: {risk}.", f"条件尚未满足而已花费：{risk}。")
    return f"{text}\n{paragraph(sums, total=total)}" + "".join(
        _by_day(one, process, lang, total) for one in found if days
    )


def _early_row(found: EarlyStart, lang: Lang, zone: tzinfo | None) -> tuple[str, ...]:
    one = found.approval
    because = listed((word(key, lang) for key in _because(found)), lang)
    why = f"{colon(lang)}{because}" if because else ""
    reason = said(lang, f" ({clean(one.reason)})", f"（{clean(one.reason)}）") if one.reason else ""
    return (
        one.activity,
        clean(one.text),
        found.due.isoformat(),
        one.by,
        _day(one.started, zone),
        word(found.standing, lang) + why + reason,
        str(len(found.days)) if found.days else "",
        "" if found.spent is None else str(found.spent),
        "" if one.limit is None else str(one.limit),
    )


def _because(found: EarlyStart) -> tuple[str, ...]:
    return tuple({"due": "overdue", "limit": "over_limit"}.get(key, key) for key in found.because)


def _day(value: datetime | date | None, zone: tzinfo | None) -> str:
    return day(value, zone) if isinstance(value, datetime) else ""


def _by_day(found: EarlyStart, process: Process, lang: Lang, total: int) -> str:
    if not found.days:
        return ""
    heads = [said(lang, "Day", "日期"), said(lang, "Cost", "花费"), said(lang, "In all", "累计")]
    rows = [(spent.day.isoformat(), str(spent.spent), str(spent.total)) for spent in found.days]
    title = title_of(process, found.approval.activity, lang)
    return f"\n{title}\n\n{table(heads, rows, total=total, right=(1, 2))}"
