"""Who will be asked at a gate, and what changes that, in words and tables."""

from __future__ import annotations

from ltcflow.conditions import Truth
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects.approvals import Approvals, Asked, Turn
from ltcflow.projects.matrix import OTHERWISE
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, fitting, paragraph
from ltcflow.report.words import fact_text, listed, named, role_text, said, title_of

_ASKED = (("Who", "人员"), ("Role", "角色"), ("Asked by", "依据"), ("In place of", "代替"), ("Voted", "已表决"))
_TURNS = (("Fact", "事实"), ("At", "达到"), ("Added", "增加"), ("Removed", "减少"), ("Note", "备注"))


def approvals_text(found: Approvals, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return who will be asked at a gate, then for each fact the nearest values at which others will be.

    Args:
        total: display columns to stay within.
    """
    parts = [paragraph(_head(found, process, lang), total=total)]
    rows = [_asked(one, process, lang) for one in found.asked]
    rows += [("-", role_text(process, role, lang), "", "", "") for role in found.unfilled]
    if rows:
        parts.append(fitting([said(lang, *head) for head in _ASKED], rows, total=total, spare=(), keep=(0,)))
    turns = [_turn(turn, process, lang) for turn in found.turns]
    if turns:
        parts.append(paragraph(said(lang, "Others will be asked at:", "以下取值会改变名单："), total=total))
        parts.append(fitting([said(lang, *head) for head in _TURNS], turns, total=total, spare=(), keep=(1,)))
    return "\n".join(parts)


def _head(found: Approvals, process: Process, lang: Lang) -> str:
    name = named(process, found.gate, lang)
    known = listed(
        (f"{title_of(process, fact, lang)} {fact_text(process, fact, value, lang)}" for fact, value in found.facts),
        lang,
    )
    under = said(lang, f" with {known}", f"（{known}）") if known else ""
    if found.applies is Truth.FALSE:
        return said(lang, f"{name} does not take place{under}.", f"{name} 不进行{under}。")
    text = said(lang, f"Asked at {name}{under}.", f"{name} 的审批人{under}。")
    if found.unknown:
        names = listed((title_of(process, fact, lang) for fact in found.unknown), lang)
        more = (
            f" Not known: {names}; all who may have to agree are listed.",
            f"未知：{names}；列出所有可能须同意的人。",
        )
        text += said(lang, *more)
    return text


def _asked(one: Asked, process: Process, lang: Lang) -> tuple[str, ...]:
    rows = (said(lang, "otherwise", "其余") if row == OTHERWISE else clean(row) for row in one.rows)
    place = f"{clean(one.instead_of)} ({clean(one.by)})" if one.instead_of else ""
    voted = said(lang, "yes", "是") if one.voted else ""
    barred = listed((reason.code for reason in one.barred), lang)
    roles = listed((role_text(process, role, lang) for role in one.roles), lang)
    return clean(one.person), roles, listed(rows, lang), place, voted or barred


def _turn(turn: Turn, process: Process, lang: Lang) -> tuple[str, ...]:
    notes = []
    if not turn.applies:
        notes.append(said(lang, "the gate does not take place", "关口不进行"))
    if not turn.proved:
        notes.append(said(lang, "a nearer value may do", "可能有更近的取值"))
    return (
        title_of(process, turn.fact, lang),
        fact_text(process, turn.fact, turn.value, lang),
        listed((title_of(process, name, lang) for name in turn.added), lang),
        listed((title_of(process, name, lang) for name in turn.removed), lang),
        listed(notes, lang),
    )
