"""Why something slipped, in words."""

from __future__ import annotations

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects.days import day
from ltcflow.report.cells import clean
from ltcflow.report.words import listed, quoted, said, title_of
from ltcflow.steering.slips import Cause, Slip

_MANY = 3


def cause_text(cause: Cause, process: Process | None, lang: Lang, zone: str = "UTC") -> str:
    """Return *cause* as a few words, without a full stop.

    Args:
        zone: IANA name of the time zone whose days are shown.

    Example:
        >>> late = Cause(kind="waiting", who=("customer",), text="no site plan")
        >>> cause_text(late, None, "en"), cause_text(late, None, "zh")
        ('waited for customer: no site plan', '等待 customer：no site plan')
    """
    who = listed((title_of(process, name, lang) for name in cause.who), lang)
    element = quoted(title_of(process, cause.element, lang), lang) if cause.element else ""
    on = day(cause.at, zone).isoformat() if cause.at is not None else ""
    en, zh = _words(cause, who, element, on)
    text = clean(cause.text) if cause.kind != "reopened" else ""
    return said(lang, f"{en}: {text}" if text else en, f"{zh}：{text}" if text else zh)


def _words(cause: Cause, who: str, element: str, on: str) -> tuple[str, str]:
    by_en, by_zh = (f" ({who})", f"（{who}）") if who else ("", "")
    on_en, on_zh = (f" on {on}", f"于 {on} ") if on else ("", "")
    since_en, since_zh = (f" since {on}", f"自 {on} 起") if on else ("", "")
    match cause.kind:
        case "recycled":
            return f"sent back by gate {element}", f"被关口{element}退回"
        case "gate_held":
            return "put on hold at the gate", "关口暂缓决策"
        case "reopened":
            return "must be judged again, a condition passed its date", "条件逾期，须重新决策"
        case "waiting":
            return f"waited for {who}{since_en}", f"{since_zh}等待 {who}"
        case "held":
            return f"the project was put on hold{on_en}", f"项目{on_zh}暂停"
        case "shut":
            return f"waits for a condition of {element}{by_en}", f"等待{element}的条件{by_zh}"
        case "not_begun":
            return f"not begun{by_en}", f"尚未开始{by_zh}"
        case "started_late":
            return f"began late{on_en}{by_en}", f"{on_zh}开始，晚于计划{by_zh}"
        case "overrun":
            return f"takes longer than planned{by_en}", f"用时超出计划{by_zh}"
        case "took_longer":
            return f"took longer than planned{by_en}", f"实际用时超出计划{by_zh}"
        case "undecided":
            return f"not decided{by_en}", f"尚未决策{by_zh}"
        case "unmet":
            return "criteria are not met", "判据未满足"
        case "decided_late":
            return f"decided late{on_en}", f"{on_zh}决策，晚于计划"
        case "escalated":
            return f"{who} was told", f"已通知 {who}"
        case "pushed":
            return f"pushed by {element}", f"受{element}影响"
        case _:
            return "facts, choices or estimates changed", "事实、选择或估算有变"


def causes_text(slip: Slip, process: Process | None, lang: Lang, zone: str = "UTC") -> str:
    """Return all causes of *slip* in words."""
    own = [cause for cause in slip.causes if cause.kind != "pushed"]
    pushed = [title_of(process, cause.element, lang) for cause in slip.causes if cause.kind == "pushed"]
    texts = [cause_text(cause, process, lang, zone) for cause in own]
    if pushed:
        names = listed((quoted(name, lang) for name in pushed[:_MANY]), lang)
        more_en, more_zh = (
            (f" and {len(pushed) - _MANY} more", f"等 {len(pushed)} 项") if len(pushed) > _MANY else ("", "")
        )
        texts.append(said(lang, f"pushed by {names}{more_en}", f"受{names}{more_zh}影响"))
    return said(lang, "; ", "；").join(texts)
