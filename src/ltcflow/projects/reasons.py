"""Reasons of refusal: one function for each, so that a code always says the same thing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from ltcflow.errors import did_you_mean
from ltcflow.names import ElementId
from ltcflow.projects.answers import CriterionAnswer, Reason, Refused

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "LTC500": "The project has not been started, or runs on another process.",
        "LTC501": "The project has been started already.",
        "LTC502": "A project that is held or closed does not take this command.",
        "LTC503": "The time of the command lies before the last event.",
        "LTC504": "The process has errors.",
        "LTC510": "The name is not declared in the process.",
        "LTC511": "The activity was begun or finished before.",
        "LTC512": "The activity waits for something.",
        "LTC513": "The element is skipped under the facts of the project.",
        "LTC514": "A fact must be known first.",
        "LTC515": "The person has no duty on it.",
        "LTC516": "The choice of the stage is over.",
        "LTC520": "The gate is not open yet.",
        "LTC521": "The gate was decided before.",
        "LTC522": "A condition of an earlier conditional go keeps the gate shut.",
        "LTC523": "The person may not judge this gate.",
        "LTC524": "The person has voted, or has given the vote away.",
        "LTC525": "Separation of duties forbids it.",
        "LTC526": "A criterion is not met.",
        "LTC527": "The verdict is not offered at this gate.",
        "LTC528": "A conditional go needs conditions with dates to come; no other verdict takes any.",
        "LTC529": "A reason is needed.",
        "LTC531": "The vote or the authority cannot be delegated to this person.",
        "LTC532": "The fact is recorded by others: those who wear the role of its owner.",
        "LTC533": "The person may not change the team.",
        "LTC534": "There is no such valid delegation, or no such absence.",
        "LTC535": "The person has no authority to give away.",
        "LTC540": "There is no such open condition.",
        "LTC541": "The date lies in the past.",
        "LTC543": "The criterion cannot be waived.",
        "LTC550": "The people named cannot wear the role.",
        "LTC553": "A sponsor must be one named human being.",
        "LTC560": "The fact is not declared, or the value does not fit it.",
        "LTC561": "The deliverable cannot be handed in before the work on it has begun.",
        "LTC562": "The deliverable has no such field.",
        "LTC570": "The risk is not on the register, or is there already.",
        "LTC571": "The rating of the risk, or its response, does not fit it.",
        "LTC572": "Risks are open at the end.",
        "LTC573": "The change request is not on the register, or is there already.",
        "LTC574": "The change request cannot do this step now, or its effects do not fit.",
        "LTC575": "The promise or clause is not on the ledger, or is there already.",
        "LTC580": "Work is left.",
        "LTC585": "The early start is not needed or not possible.",
        "LTC586": "There is nothing that could wait, or that waits.",
        "LTC587": "Nothing more has fallen due.",
        "LTC588": "Time stands still only for somebody outside the company.",
        "LTC590": "A policy refused, or failed.",
        "LTC591": "The hand-over has no id, or is on offer or accepted already.",
        "LTC592": "The receiver of a hand-over stands on the giving side.",
        "LTC593": "There is no such hand-over on offer.",
        "LTC594": "A hand-over is answered by its receiver alone.",
        "LTC595": "The package of a hand-over is worse than the one that was offered.",
        "LTC596": "There is no such instalment that is still to come.",
    }
)
"""Every code of a refusal with its meaning; documented in ``docs/reference/refusals.md``."""


def no(
    code: str,
    element: ElementId,
    problem: str,
    remedy: str,
    problem_zh: str,
    remedy_zh: str,
    criterion: CriterionAnswer | None = None,
) -> Reason:
    """Return a reason of refusal."""
    return Reason(
        code=code,
        element=element,
        problem=problem,
        remedy=remedy,
        problem_zh=problem_zh,
        remedy_zh=remedy_zh,
        criterion=criterion,
    )


def refuse(*reasons: Reason, explanation: tuple[CriterionAnswer, ...] = ()) -> Refused:
    """Return a refusal with each of *reasons* once, in order."""
    return Refused(reasons=tuple(dict.fromkeys(reasons)), explanation=explanation)


_KINDS_ZH = {
    "activity": "活动",
    "gate": "关口",
    "milestone": "里程碑",
    "deliverable": "交付件",
    "role": "角色",
    "fact": "事实",
    "criterion": "判据",
    "activity or gate": "活动或关口",
    "element": "要素",
    "open risk": "未关闭的风险",
    "change request": "变更请求",
    "open promise": "未兑现的承诺",
    "hand-over on offer": "待接收的移交",
    "stage": "阶段",
    "clause": "条款",
    "deliverable, gate, milestone or criterion": "交付件、关口、里程碑或判据",
}


def unknown(kind: str, value: str, known: Iterable[str], code: str = "LTC510") -> Reason:
    """There is no *kind* called *value*; the nearest names are suggested."""
    names = tuple(known)
    near = did_you_mean(value, names)
    shown = value if len(value) <= 100 else value[:97] + "..."
    kind_zh = _KINDS_ZH.get(kind, kind)
    hint = (
        f"Did you mean {' or '.join(repr(n) for n in near)}?" if near else f"Known: {', '.join(names[:8]) or 'none'}."
    )
    hint_zh = f"是不是 {' 或 '.join(near)}?" if near else f"已声明:{'、'.join(names[:8]) or '无'}。"
    problem, problem_zh = f"There is no {kind} {shown!r} in this process.", f"本流程没有{kind_zh} {shown!r}。"
    return no(code, "", problem, hint, problem_zh, hint_zh)


def barred(element: ElementId, person: str, role: str, other: str, roles: Container[str], deed: str) -> Reason:
    """*person* may not act as *role* on *element*: *other*, one of *roles* or a step, keeps them from it.

    Args:
        deed: "judge" or "do", for the remedy.
    """
    if other in roles:
        problem = f"{person} wears or wore '{other}', which is separated from '{role}'."
        problem_zh = f"{person} 担任或曾担任 {other},与 {role} 职责分离。"
    else:
        problem = f"{person} took '{other}', which is kept apart from '{element}'."
        problem_zh = f"{person} 已经办 {other},与 {element} 职责分离。"
    remedy = f"Let somebody else {deed} '{element}'."
    remedy_zh = f"请由他人对 {element} 表决。" if deed == "judge" else f"请由他人完成 {element}。"
    return no("LTC525", element, problem, remedy, problem_zh, remedy_zh)


def needs_reason(element: ElementId, what: str, what_zh: str) -> Reason:
    """*what* takes a reason."""
    problem, remedy = f"{what} needs a reason.", "Say why in 'reason'."
    return no("LTC529", element, problem, remedy, f"{what_zh}必须说明理由。", "请填写 reason。")
