"""Who is away, until when, and who stands in, in words."""

from __future__ import annotations

from collections.abc import Iterable

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects import Absent
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, paragraph
from ltcflow.report.words import colon, listed, role_text, said


def absences_text(found: Iterable[Absent], process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return one line for each of *found*; that the sponsor stays bound is said. "" where nobody is away."""
    return "".join(paragraph(absence_text(one, process, lang), total=total) for one in found)


def absence_text(one: Absent, process: Process, lang: Lang = "en") -> str:
    """Return one absence as a sentence: who, in which roles, from when to when, why, and who stands in for what."""
    roles = listed((role_text(process, role, lang) for role in one.roles), lang)
    who = said(lang, f"{one.person} ({roles})", f"{one.person}（{roles}）")
    if one.sponsor:
        who = said(lang, f"Sponsor {who}", f"项目发起人 {who}")
    why = f"{said(lang, ', ', '，')}{clean(one.note)}" if one.note else ""
    away = said(
        lang, f"{who} is away from {one.since} to {one.until}{why}", f"{who} 于 {one.since} 至 {one.until} 缺勤{why}"
    )
    taken = [f"{role_text(process, role, lang)}{colon(lang)}{listed(people, lang)}" for role, people in one.stand_ins]
    if taken:
        text = (
            away
            + said(lang, "; in their place: ", "；代行：")
            + said(lang, "; ", "；").join(taken)
            + said(lang, ".", "。")
        )
    else:
        text = away + said(lang, "; nobody stands in.", "；无人代行。")
    bound = said(lang, " The sponsor stays bound.", "发起人的责任不变。")
    return text + (bound if one.sponsor else "")
