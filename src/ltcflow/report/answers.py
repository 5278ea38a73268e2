"""An answer in words: what happened, or every reason why not and what to do about it; and what was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ltcflow.conditions import Truth
from ltcflow.labels import Lang
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects import Accepted, CriterionAnswer, Progress, ProjectState, Reason, Refused
from ltcflow.projects.events import GateDecided
from ltcflow.projects.panel import standing
from ltcflow.report.events import event_text
from ltcflow.report.tables import TOTAL, paragraph, table
from ltcflow.report.words import colon, label, listed, said

NO_REMEDIES: Mapping[str, tuple[str, str]] = MappingProxyType({})


def answer_text(
    answer: Accepted | Refused,
    lang: Lang = "en",
    *,
    process: Process | None = None,
    total: int = TOTAL,
    criteria: bool = True,
    remedies: Mapping[str, tuple[str, str]] = NO_REMEDIES,
) -> str:
    """Return an answer in words: what happened, or every reason why not with what to do about it.

    Criteria that were judged follow: what was seen, and what is needed.

    Args:
        process: shows facts with their units. Elements are named by their ids: those are what one answers with.
        remedies: other remedies by code of a reason, in English and Chinese: in the words of who asks.
        criteria: False leaves the table of criteria out; what is not met stands among the reasons all the same.
    """
    if isinstance(answer, Accepted):
        head = said(lang, "Accepted.", "已接受。")
        lines = [
            paragraph(event_text(event, process, lang, titles=False), total=total, indent="  ")
            for event in answer.events
        ]
    else:
        head = said(lang, "Refused; nothing was changed.", "已拒绝；没有任何变更。")
        numbered = enumerate(answer.reasons, 1)
        lines = [_reason(n, reason, lang, total, remedies.get(reason.code)) for n, reason in numbered]
    judged = criteria_table(answer.explanation, lang, total=total) if criteria and answer.explanation else ""
    return f"{paragraph(head, total=total)}{''.join(lines)}" + (f"\n{judged}" if judged else "")


def _reason(number: int, reason: Reason, lang: Lang, total: int, remedies: tuple[str, str] | None) -> str:
    problem = said(lang, reason.problem, reason.problem_zh)
    remedy = said(lang, *(remedies or (reason.remedy, reason.remedy_zh)))
    text = paragraph(f"{number}. {reason.code}{colon(lang)}{problem}", total=total, indent="  ", hang="   ")
    return text + (paragraph(f"-> {remedy}", total=total, indent="     ", hang="   ") if remedy else "")


def still_to_vote(
    answer: Accepted | Refused, process: Process, state: ProjectState, gate: ElementId, lang: Lang = "en"
) -> str:
    """Return who has still to be heard after a vote on *gate*, as one sentence; "" when the vote decided it.

    Args:
        answer: what the vote was answered with. state: where the project stands since.
    """
    if not answer.accepted or any(isinstance(event, GateDecided) for event in answer.events):
        return ""
    votes = standing(Progress(process, state, state.at), process.gate(gate), state.gate(gate))
    people, roles = listed(votes.missing, lang), listed(votes.unfilled, lang)
    text = said(lang, f"'{gate}' is not decided yet", f"{gate} 尚未决定")
    if people:
        text += said(lang, f": {people} can still vote", f"：{people} 尚可表决")
    if roles:
        text += said(lang, f"; nobody is {roles}", f"；无人担任 {roles}")
    return text + said(lang, ".", "。")


def criteria_table(explanation: Sequence[CriterionAnswer], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return how each criterion stands: met or not, the value seen, what is needed."""
    heads = ("Criterion", "Met", "Seen", "Needed")
    headers = ("判据", "满足", "所见", "所需") if lang == "zh" else heads
    rows = [
        (label(c.title, lang) or c.key, _met(c, lang), label(c.seen, lang), label(c.needed, lang)) for c in explanation
    ]
    return table(headers, rows, total=total, keep=(1,))


def _met(criterion: CriterionAnswer, lang: Lang) -> str:
    if criterion.waived and criterion.truth is not Truth.TRUE:
        return said(lang, "waived", "已豁免")
    return criterion.truth.text(lang)
