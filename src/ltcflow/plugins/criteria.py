"""The criteria that come with ltcflow, for what `done`, `delivered`, `fact` and `risk` do not ask.

A parameter that is missing, unknown or of the wrong type leaves the criterion unknown: a slip in a declaration never
passes a gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ltcflow.conditions import Truth
from ltcflow.labels import Label
from ltcflow.projects import CriterionContext, Judge, Judgement
from ltcflow.projects.state import Submission

__all__ = ["SHIPPED", "fact_known", "field_filled", "role_staffed"]


class _Slip(Exception):
    """The parameters cannot be used. Arguments: English, Chinese."""


def fact_known(context: CriterionContext) -> Judgement:
    """Met when every fact in *facts* is known, whatever its value.

    Parameters (``with``): ``facts``, one id or several.
    """
    try:
        _only(context.parameters, "facts")
        names = _names(context.parameters, "facts")
    except _Slip as slip:
        return _unknown(slip)
    missing = [name for name in names if name not in context.facts]
    listed = ", ".join(names)
    return _judgement(
        missing,
        needed=Label(en=f"{listed} known", zh=f"已知 {listed}"),
        seen=Label(en=f"{', '.join(missing)} not known", zh=f"未知:{'、'.join(missing)}"),
        remedy=Label(en=f"Record {', '.join(missing)}.", zh=f"请记录 {'、'.join(missing)}。"),
        good=Label(en="all known", zh="均已知"),
    )


def field_filled(context: CriterionContext) -> Judgement:
    """Met when *deliverable* was submitted with every field in *fields* filled in, required or not.

    Parameters (``with``): ``deliverable``, an id; ``fields``, one id or several.
    """
    try:
        _only(context.parameters, "deliverable", "fields")
        deliverable, fields = _name(context.parameters, "deliverable"), _names(context.parameters, "fields")
    except _Slip as slip:
        return _unknown(slip)
    listed = ", ".join(fields)
    needed = Label(en=f"'{deliverable}' with {listed}", zh=f"{deliverable} 填写 {listed}")
    submission = context.delivered.get(deliverable)
    if submission is None:
        return Judgement(
            truth=Truth.FALSE,
            needed=needed,
            seen=Label(en="not submitted", zh="未提交"),
            remedy=Label(en=f"Submit '{deliverable}' with {listed}.", zh=f"请提交 {deliverable},并填写 {listed}。"),
        )
    empty = [name for name in fields if not _filled(submission, name)]
    return _judgement(
        empty,
        needed=needed,
        seen=Label(en=f"{', '.join(empty)} empty", zh=f"{'、'.join(empty)} 为空"),
        remedy=Label(
            en=f"Submit '{deliverable}' again with {', '.join(empty)}.",
            zh=f"请填写 {'、'.join(empty)} 后重新提交 {deliverable}。",
        ),
        good=Label(en="filled in", zh="已填写"),
    )


def role_staffed(context: CriterionContext) -> Judgement:
    """Met when enough people wear each role in *roles*.

    Parameters (``with``): ``roles``, one id or several; ``at_least``, how many people for each (1 unless given).
    """
    try:
        _only(context.parameters, "roles", "at_least")
        roles, least = _names(context.parameters, "roles"), _count(context.parameters, "at_least")
    except _Slip as slip:
        return _unknown(slip)
    short = [role for role in roles if len(context.team.people(role)) < least]
    listed = ", ".join(roles)
    return _judgement(
        short,
        needed=Label(en=f"at least {least} in {listed}", zh=f"{listed} 各至少 {least} 人"),
        seen=Label(
            en=", ".join(f"{len(context.team.people(role))} in {role}" for role in short),
            zh="、".join(f"{role} {len(context.team.people(role))} 人" for role in short),
        ),
        remedy=Label(en=f"Assign people to {', '.join(short)}.", zh=f"请为 {'、'.join(short)} 指派人员。"),
        good=Label(en="staffed", zh="已到位"),
    )


SHIPPED: Mapping[str, Judge] = MappingProxyType(
    {"ltcflow.fact_known": fact_known, "ltcflow.field_filled": field_filled, "ltcflow.role_staffed": role_staffed}
)
"""The criteria by the name that declarations use."""


def _judgement(lacking: list[str], *, needed: Label, seen: Label, remedy: Label, good: Label) -> Judgement:
    if lacking:
        return Judgement(truth=Truth.FALSE, needed=needed, seen=seen, remedy=remedy)
    return Judgement(truth=Truth.TRUE, needed=needed, seen=good)


def _filled(submission: Submission, name: str) -> bool:
    return bool(dict(submission.fields).get(name, "").strip())


def _only(parameters: Mapping[str, Any], *known: str) -> None:
    for name in parameters:
        if name not in known:
            raise _Slip(f"there is no parameter {name!r}; use {', '.join(known)}", f"没有参数 {name!r};可用 {known}")


def _names(parameters: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = parameters.get(name)
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not names or not all(isinstance(item, str) and item for item in names):
        raise _Slip(f"the parameter {name!r} must be one id or several", f"参数 {name!r} 应为一个或多个 id")
    return tuple(dict.fromkeys(names))


def _name(parameters: Mapping[str, Any], name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise _Slip(f"the parameter {name!r} must be an id", f"参数 {name!r} 应为 id")
    return value


def _count(parameters: Mapping[str, Any], name: str) -> int:
    value = parameters.get(name, 1)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Slip(f"the parameter {name!r} must be 1 or more", f"参数 {name!r} 应为 1 或更大的整数")
    return value


def _unknown(slip: _Slip) -> Judgement:
    english, chinese = slip.args
    return Judgement(
        truth=Truth.UNKNOWN,
        seen=Label(en=f"declared wrongly: {english}", zh=f"声明有误:{chinese}"),
        needed=Label(en="parameters that can be used", zh="可用的参数"),
        remedy=Label(en="Correct the declaration, under 'with'.", zh="请修正声明中的 with。"),
    )
