"""The words that reports use, in English and Chinese, and how names, moments and durations are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from types import MappingProxyType

from ltcflow.labels import Label, Lang
from ltcflow.names import FactId, RoleId
from ltcflow.process import Process
from ltcflow.report.cells import clean
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Done,
    FactHolds,
    Gate,
    Milestone,
    PluginCriterion,
    RiskLevel,
    RiskLimit,
    Stage,
)
from ltcflow.stages.stage import Payment
from ltcflow.worktime import WorkDuration

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # kinds
        "process": ("process", "流程"),
        "stage": ("stage", "阶段"),
        "activity": ("activity", "活动"),
        "span": ("activity", "活动"),
        "gate": ("gate", "关口"),
        "milestone": ("milestone", "里程碑"),
        "deliverable": ("deliverable", "交付件"),
        "role": ("role", "角色"),
        "fact": ("fact", "事实"),
        "risk": ("risk", "风险"),
        "plugin": ("plugin", "插件判据"),
        "condition": ("condition", "条件"),
        "delivered": ("deliverable", "交付件"),
        # kinds of gates
        "review": ("review", "评审"),
        "decision": ("decision", "决策"),
        "approval": ("approval", "审批"),
        "acceptance": ("acceptance", "验收"),
        "readiness": ("readiness", "就绪检查"),
        # orders of stages
        "sequence": ("in sequence", "依次"),
        "parallel": ("in parallel", "并行"),
        "choice": ("choice", "选做"),
        # verdicts
        "go": ("go", "通过"),
        "conditional": ("conditional go", "有条件通过"),
        "hold": ("hold", "暂缓"),
        "recycle": ("recycle", "退回"),
        "stop": ("stop", "终止"),
        # decision rules
        "any": ("any one", "任一人"),
        "all": ("all", "全体"),
        "majority": ("majority", "多数"),
        # risks
        **{level.value: (level.label.en, level.label.zh) for level in RiskLevel},
        # responses to risks
        "avoid": ("avoid", "规避"),
        "transfer": ("transfer", "转移"),
        "mitigate": ("mitigate", "减轻"),
        "accept": ("accept", "接受"),
        "exploit": ("exploit", "开拓"),
        "share": ("share", "分享"),
        "enhance": ("enhance", "提高"),
        # standings on the registers
        "unanswered": ("open", "未应对"),
        "answered": ("answered", "已应对"),
        "handed_over": ("handed over", "已移交"),
        "requested": ("asked for", "已提出"),
        "assessed": ("assessed", "已评估"),
        "approved": ("approved", "已批准"),
        "rejected": ("rejected", "已拒绝"),
        "implemented": ("made", "已实施"),
        "traced": ("traced", "已追溯"),
        "untraced": ("not traced", "未追溯"),
        "fulfilled": ("kept", "已兑现"),
        "withdrawn": ("let go", "已撤销"),
        "beyond": ("beyond its approval", "超出批准"),
        "lapsed": ("lapsed", "已失效"),
        "ended": ("ended", "已结束"),
        "orphan": ("traced to what is skipped", "追溯落空"),
        "met": ("condition met", "条件已满足"),
        "revoked": ("taken back", "已撤销"),
        "recycled": ("opened again", "已退回"),
        "over_limit": ("over its limit", "超出限额"),
        # parts of the registers
        "customer": ("the customer", "客户"),
        "us": ("us", "我方"),
        "cost": ("cost", "成本"),
        "price": ("price", "价格"),
        "clause": ("clause", "条款"),
        # standings of projects and elements
        "unborn": ("not started", "未启动"),
        "running": ("running", "进行中"),
        "held": ("held", "暂停"),
        "closed": ("closed", "已关闭"),
        "done": ("done", "已完成"),
        "in_progress": ("in progress", "进行中"),
        "open": ("can be done now", "现在可做"),
        "waiting": ("waiting", "等待"),
        "skipped": ("skipped", "跳过"),
        "left_out": ("left out of the choice", "未选"),
        "unknown": ("depends on a fact not known", "取决于未知事实"),
        "alongside": ("runs along its stage", "随阶段进行"),
        # endings
        "won": ("won", "赢单"),
        "lost": ("lost", "丢单"),
        "cancelled": ("cancelled", "取消"),
        "completed": ("completed", "完成"),
        # things to do
        "begin": ("begin", "开始"),
        "finish": ("finish", "完成"),
        "submit": ("submit", "提交"),
        "vote": ("vote", "表决"),
        "record": ("record", "记录"),
        "meet": ("meet condition", "满足条件"),
        "decide": ("decide", "决策"),
        "assign": ("assign", "任命"),
        "close": ("close", "关闭"),
        "satisfy": ("see to", "满足"),
        "resume": ("resume", "恢复"),
        "reopen": ("reopen", "重新打开"),
        "escalated": ("see to what is late", "督办逾期事项"),
        "absent": ("sponsor is away", "发起人缺勤"),
        # time
        "due": ("due", "到期"),
        "used": ("used", "已用"),
        "overdue": ("overdue", "逾期"),
        "shut": ("cannot be done for the moment", "暂不可做"),
        # severities
        "error": ("error", "错误"),
        "warning": ("warning", "警告"),
        "info": ("info", "提示"),
    }
)
"""Each word of a report: English, Chinese."""


def word(key: str, lang: Lang) -> str:
    """Return the word for *key*, or *key* itself where there is none.

    Example:
        >>> word("gate", "zh"), word("recycle", "en")
        ('关口', 'recycle')
    """
    pair = WORDS.get(key)
    return key if pair is None else said(lang, *pair)


def said(lang: Lang, en: str, zh: str) -> str:
    """Return *zh* for "zh", else *en*."""
    return zh if lang == "zh" else en


def listed(items: Iterable[object], lang: Lang) -> str:
    """Return *items* as one text: "a, b" or "a、b"."""
    return said(lang, ", ", "、").join(str(item) for item in items)


def colon(lang: Lang) -> str:
    """Return the mark between a name and what is said of it."""
    return said(lang, ": ", "：")


def label(value: Label, lang: Lang, otherwise: str = "") -> str:
    """Return *value* in *lang*, cleaned; *otherwise* where there is no text."""
    return clean(value.text(lang)) or clean(otherwise)


def quoted(text: object, lang: Lang) -> str:
    """Return *text*, cleaned, in the quotation marks of *lang*."""
    return said(lang, f"'{clean(text)}'", f"“{clean(text)}”")


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """Return a moment to the minute with its offset from UTC, on the clock of *zone* where one is given.

    Example:
        >>> from datetime import UTC
        >>> moment(datetime(2026, 3, 2, 9, tzinfo=UTC))
        '2026-03-02 09:00Z'
    """
    value = in_zone(value, zone)
    offset = value.utcoffset()
    shown = "" if offset is None else "Z" if offset == timedelta(0) else value.isoformat()[-6:]
    return f"{minute(value)}{shown}"


def in_zone(value: datetime, zone: tzinfo | None) -> datetime:
    """Return the same moment on the clock of *zone*; as it is without one, or where the calendar ends."""
    try:
        return value if zone is None else value.astimezone(zone)
    except OverflowError:
        return value


def day(value: datetime, zone: tzinfo | None = None) -> str:
    """Return the day of a moment, on the clock of *zone* where one is given."""
    value = in_zone(value, zone)
    return f"{value.year:04}-{value:%m-%d}"


def minute(value: datetime) -> str:
    """Return a moment to the minute as its own wall clock shows it."""
    return f"{value.year:04}-{value:%m-%d %H:%M}"


def minutes(value: int | None) -> str:
    """Return working minutes as a duration; "" for None."""
    return "" if value is None else length(WorkDuration(value))


def length(value: WorkDuration) -> str:
    """Return a duration for people: hours and minutes where it is less than a day and no whole number of hours.

    Example:
        >>> length(WorkDuration(403)), length(WorkDuration(45)), length(WorkDuration(-480)), length(WorkDuration(1045))
        ('6h 43min', '45min', '-1d', '2d 1h 25min')
    """
    size, sign = abs(value.minutes), "-" if value.minutes < 0 else ""
    if 60 < size < 1440 and size % 60 and (value.elapsed or size < 480):
        hours, rest = divmod(size, 60)
        return f"{sign}{hours}eh {rest}emin" if value.elapsed else f"{sign}{hours}h {rest}min"
    return str(value)


def percent(share: Decimal | float, *, places: int = 0) -> str:
    """Return a share as a percentage.

    Example:
        >>> percent(Decimal("0.3")), percent(0.005, places=1), percent(Decimal("0.125"), places=2)
        ('30%', '0.5%', '12.5%')
    """
    text = f"{Decimal(str(share)) * 100:.{places}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def payment_text(payment: Payment, lang: Lang) -> str:
    """Return what a milestone makes due, and when."""
    whole = payment.share is not None
    what = percent(payment.share or 0, places=6) if whole else f"{payment.amount:f} {payment.currency}"
    if not payment.due:
        return said(lang, f"pays {what} at once", f"回款 {what}，即时到期")
    return said(lang, f"pays {what}, due {payment.due}", f"回款 {what}，期限 {payment.due}")


def role_text(process: Process, role: RoleId, lang: Lang) -> str:
    """Return the abbreviation of *role*, else its title, else its id."""
    found = process.roles_by_id.get(role)
    return role if found is None else clean(found.abbreviation) or label(found.title, lang, role)


def fact_text(process: Process | None, fact: FactId, value: object, lang: Lang) -> str:
    """Return *value* of *fact* for people."""
    from ltcflow.conditions import FactValue, show_value

    known = process.facts_by_id.get(fact) if process is not None else None
    if isinstance(value, bool):
        return said(lang, "yes", "是") if value else said(lang, "no", "否")
    if isinstance(value, str) or known is None or not isinstance(value, FactValue):
        return clean(value)
    return clean(show_value(known.type, value))


def title_of(process: Process | None, element: str, lang: Lang) -> str:
    """Return the title of an element, role or fact called *element*, else *element* itself."""
    if process is None:
        return clean(element)
    found = process.find(element) or process.roles_by_id.get(element) or process.facts_by_id.get(element)
    return clean(element) if found is None else label(found.title, lang, element)


def named(process: Process, element: str, lang: Lang) -> str:
    """Return the title of *element* with its id in brackets; the id alone where there is no title."""
    title = title_of(process, element, lang)
    return element if title == element else f"{title} ({element})"


def when_text(element: Activity | Gate | Milestone | Stage, lang: Lang) -> str:
    """Return the condition of *element* in words; "" without one."""
    return said(lang, f"when {clean(element.when)}", f"当 {clean(element.when)}") if element.when else ""


def rhythm(activity: Activity, lang: Lang) -> str:
    """Return how an activity runs along its stage; "" for a step."""
    if activity.every is not None:
        return said(lang, f"every {activity.every}", f"每 {activity.every}")
    return said(lang, "continuous", "持续进行") if activity.continuous else ""


def criterion_text(process: Process, criterion: AnyCriterion, lang: Lang) -> str:
    """Return what *criterion* asks, in words."""
    if criterion.title:
        return label(criterion.title, lang)
    match criterion:
        case FactHolds():
            return clean(criterion.expression)
        case RiskLimit():
            level, allowed = word(criterion.open_at_least.value, lang), criterion.allowed
            return said(
                lang, f"at most {allowed} open risks of {level} or more", f"{level}及以上未关闭风险不超过 {allowed} 个"
            )
        case PluginCriterion():
            return f"{word('plugin', lang)} {clean(criterion.name)}"
        case Done():
            return said(lang, *(f"{title_of(process, criterion.element, lang)} {end}" for end in ("is done", "已完成")))
        case _:
            title = title_of(process, criterion.deliverable, lang)
            return said(lang, f"{title} is submitted", f"已提交 {title}")
