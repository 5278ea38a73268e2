"""Judging criteria: each with the value seen, what is needed, who can see to it and how."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, assert_never

import attrs

from ltcflow.conditions import FactValue, Truth, show_value
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, FactId, RoleId
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.state import ProjectState, Risk, Submission
from ltcflow.roles import Person, Team
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    Delivered,
    Done,
    FactHolds,
    Gate,
    PluginCriterion,
    RiskLimit,
    criterion_kind,
    criterion_subject,
)

if TYPE_CHECKING:
    from ltcflow.projects.progress import Progress


@attrs.frozen(kw_only=True)
class CriterionContext:
    """What a plugin's criterion is given: frozen values; a later version adds fields, never arguments.

    Attributes:
        element: id of the gate, milestone or stage it is judged for.
        parameters: what the declaration says under ``with``, as plain data (a fresh copy).
        facts, delivered, risks: what is known about the project.
    """

    project: str
    process: ElementId
    element: ElementId
    parameters: Mapping[str, Any]
    facts: Mapping[FactId, FactValue]
    delivered: Mapping[ElementId, Submission]
    risks: tuple[Risk, ...]
    team: Team


@attrs.frozen(kw_only=True)
class Judgement:
    """What a plugin's criterion answers: met, not met or unknown; the value seen, what is needed, what to do."""

    truth: Truth
    seen: Label = NO_LABEL
    needed: Label = NO_LABEL
    remedy: Label = NO_LABEL


class Judge(Protocol):
    """A plugin's criterion: a pure, quick function of its context."""

    def __call__(self, context: CriterionContext, /) -> Judgement: ...


Judges: TypeAlias = Mapping[str, Judge]
NO_JUDGES: Judges = MappingProxyType({})


def judge(progress: Progress, element: ElementId, key: str, criterion: AnyCriterion) -> CriterionAnswer:
    """Return how *criterion* of *element* stands. Never raises: a plugin that fails leaves it unknown."""
    state = progress.state
    match criterion:
        case Done():
            found = _done(progress, criterion)
        case Delivered():
            found = _delivered(progress, criterion)
        case FactHolds():
            found = _fact(progress, criterion)
        case RiskLimit():
            found = _risk(state, criterion)
        case PluginCriterion():
            found = _plugin(progress, element, criterion)
        case _:
            assert_never(criterion)
    truth = found.truth
    if criterion.remembers and truth is not Truth.TRUE and (element, key) in state.remembered:
        truth = Truth.TRUE
    roles, people = _answering(progress, criterion)
    return CriterionAnswer(
        key=key,
        kind=criterion_kind(criterion),
        subject=criterion_subject(criterion),
        title=criterion.title,
        truth=truth,
        seen=found.seen,
        needed=found.needed,
        waived=any(key == waived for waived, _ in state.gate(element).waived),
        roles=roles,
        people=people,
        remedy=NO_LABEL if truth is Truth.TRUE else found.remedy,
    )


def judge_all(progress: Progress, element: ElementId) -> tuple[CriterionAnswer, ...]:
    """Return how every criterion of *element* stands, in declared order."""
    return tuple(judge(progress, element, key, c) for key, c in progress.compiled.criteria.get(element, ()))


def people_of(team: Team, roles: tuple[RoleId, ...]) -> tuple[Person, ...]:
    """Return who wears one of *roles*, each once."""
    return tuple(dict.fromkeys(person for role in roles for person in team.people(role)))


def _answering(progress: Progress, criterion: AnyCriterion) -> tuple[tuple[RoleId, ...], tuple[Person, ...]]:
    """The roles that answer for a criterion, and who can see to it.

    A fact is recorded by those who wear the role of its owner, whoever owns the criterion that reads it.
    """
    team = progress.state.team
    owner = (criterion.owner,) if criterion.owner else ()
    if not isinstance(criterion, FactHolds):
        roles = owner or _owners(progress, criterion)
        return roles, people_of(team, roles)
    recorders = _owners(progress, criterion)
    roles = tuple(dict.fromkeys((*owner, *recorders)))
    read = progress.compiled.conditions[criterion.expression].facts
    free = not all(team.people(progress.process.facts_by_id[name].owner) for name in read)
    return roles, people_of(team, roles if free else recorders)


def _owners(progress: Progress, criterion: AnyCriterion) -> tuple[RoleId, ...]:
    """Who can see to a criterion, by the duties on what it names."""
    process = progress.process
    match criterion:
        case Done():
            element = process.find(criterion.element)
            if isinstance(element, Gate):
                return element.deciders
            if isinstance(element, Activity):
                return element.raci.responsible or element.raci.accountable
            return ()
        case Delivered():
            raci_of = [a.raci for a in progress.compiled.producers.get(criterion.deliverable, ())]
            return tuple(dict.fromkeys(role for r in raci_of for role in (r.responsible or r.accountable)))
        case FactHolds():
            names = sorted(progress.compiled.conditions[criterion.expression].facts)
            owners = [process.facts_by_id[name].owner for name in names]
            return tuple(dict.fromkeys(owner for owner in owners if owner))
        case _:
            return ()


def _done(progress: Progress, criterion: Done) -> Judgement:
    ended = progress.ended(progress.position(criterion.element))
    element = progress.process.find(criterion.element)
    title = element.title if element is not None and element.title else Label(en=criterion.element)
    return Judgement(
        truth=Truth.TRUE if ended else Truth.FALSE,
        seen=Label(zh="已完成", en="done") if ended else Label(zh="未完成", en="not done"),
        needed=Label(zh=f"{title.text('zh')} 完成", en=f"{title.text('en')} is done"),
        remedy=Label(zh=f"先完成 {criterion.element}。", en=f"Finish '{criterion.element}'."),
    )


def _delivered(progress: Progress, criterion: Delivered) -> Judgement:
    name = criterion.deliverable
    submission = progress.state.delivered.get(name)
    needed = Label(zh=f"提交 {name}", en=f"'{name}' is submitted")
    if submission is None:
        seen, remedy = Label(zh="未提交", en="not submitted"), Label(zh=f"提交 {name}。", en=f"Submit '{name}'.")
        return Judgement(truth=Truth.FALSE, seen=seen, needed=needed, remedy=remedy)
    if submission.missing:
        fields = ", ".join(submission.missing)
        seen = Label(zh=f"缺少字段:{fields}", en=f"submitted without {fields}")
        remedy = Label(zh=f"补齐 {fields} 后重新提交 {name}。", en=f"Submit '{name}' again with {fields}.")
        return Judgement(truth=Truth.FALSE, seen=seen, needed=needed, remedy=remedy)
    return Judgement(truth=Truth.TRUE, seen=Label(zh="已提交", en="submitted"), needed=needed)


def _fact(progress: Progress, criterion: FactHolds) -> Judgement:
    condition = progress.compiled.conditions[criterion.expression]
    facts = progress.state.facts
    truth = condition.evaluate(facts)
    needed = _needed(criterion.expression)
    read = sorted(condition.facts)
    absent = [name for name in read if name not in facts]
    if truth is Truth.UNKNOWN or (truth is Truth.FALSE and absent == read):
        names = ", ".join(sorted(condition.missing(facts)) or absent) or criterion.expression
        seen = Label(zh=f"未知:{names}", en=f"{names} not known")
        return Judgement(
            truth=truth, seen=seen, needed=needed, remedy=Label(zh=f"记录 {names}。", en=f"Record {names}.")
        )
    kinds = progress.process.facts_by_id
    values = [f"{name} = {show_value(kinds[name].type, facts[name])}" for name in read if name in facts]
    return Judgement(
        truth=truth,
        seen=Label(
            zh=", ".join([*values, *(f"{name} 未知" for name in absent)]),
            en=", ".join([*values, *(f"{name} not known" for name in absent)]),
        ),
        needed=needed,
        remedy=Label(
            zh=f"改善实际情况使 {criterion.expression} 成立,并记录新值。",
            en=f"Change things so that {criterion.expression} holds, and record the new value.",
        ),
    )


def _needed(expression: str) -> Label:
    """Return what a condition asks for: ``known(amount)`` in words, the rest as it is written."""
    name = expression.strip().removeprefix("known(").removesuffix(")")
    if expression.strip() == f"known({name})" and name.isidentifier():
        return Label(zh=f"已知 {name}", en=f"{name} is known")
    return Label(zh=expression, en=expression)


def _risk(state: ProjectState, criterion: RiskLimit) -> Judgement:
    least = criterion.open_at_least.rank
    heavy = [r for r in state.risks.values() if r.level.rank >= least and not (r.closed or r.opportunity)]
    names = ", ".join(sorted(r.id for r in heavy))
    level, allowed = criterion.open_at_least.label, criterion.allowed
    most = f"at most {allowed} open risks" if allowed else "no open risk"
    return Judgement(
        truth=Truth.TRUE if len(heavy) <= allowed else Truth.FALSE,
        seen=Label(zh=f"{len(heavy)} 个未关闭：{names}", en=f"{len(heavy)} open: {names}")
        if heavy
        else Label(zh="无", en="none open"),
        needed=Label(zh=f"“{level.zh}”及以上未关闭风险不超过 {allowed} 个", en=f"{most} of {level.en} or more"),
        remedy=Label(zh=f"关闭或降低风险 {names}。", en=f"Close or lower the risks {names}."),
    )


def _plugin(progress: Progress, element: ElementId, criterion: PluginCriterion) -> Judgement:
    name = criterion.name
    function = progress.judges.get(name)
    if function is None:
        return Judgement(
            truth=Truth.UNKNOWN,
            seen=Label(zh="未安装", en="not installed"),
            needed=Label(zh=f"插件判据 {name}", en=f"criterion {name} of a plugin"),
            remedy=Label(zh=f"安装提供 {name} 的插件。", en=f"Install the plugin that offers '{name}'."),
        )
    state = progress.state
    context = CriterionContext(
        project=state.project,
        process=state.process,
        element=element,
        parameters=criterion.parameters.as_dict(),
        facts=MappingProxyType(dict(state.facts.items())),
        delivered=MappingProxyType(dict(state.delivered.items())),
        risks=tuple(sorted(state.risks.values(), key=lambda risk: risk.id)),
        team=state.team,
    )
    try:
        answer = function(context)
        problem = "" if isinstance(answer, Judgement) else f"answered {type(answer).__name__} instead of a Judgement"
    except Exception as error:  # fail closed: whatever a plugin does wrong leaves the criterion unknown, by name
        problem = f"failed: {type(error).__name__}: {error}"[:300]
    if not problem:
        return _worded(name, answer)
    return Judgement(
        truth=Truth.UNKNOWN,
        seen=Label(zh=f"插件 {name} 出错:{problem}", en=f"plugin '{name}' {problem}"),
        needed=Label(zh=f"插件判据 {name} 给出结论", en=f"an answer of '{name}'"),
        remedy=Label(zh=f"请 {name} 的维护者修复。", en=f"Ask the maintainer of '{name}' to mend it."),
    )


def _worded(name: str, answer: Judgement) -> Judgement:
    """Return *answer* with words where the plugin left them out: every refusal says what is needed and what to do."""
    seen = {
        Truth.TRUE: Label(zh="满足", en="met"),
        Truth.FALSE: Label(zh="不满足", en="not met"),
        Truth.UNKNOWN: Label(zh="未知", en="not known"),
    }
    return Judgement(
        truth=answer.truth,
        seen=answer.seen or seen[answer.truth],
        needed=answer.needed or Label(zh=f"插件判据 {name} 成立", en=f"'{name}' is met"),
        remedy=answer.remedy or Label(zh=f"请满足 {name} 的要求。", en=f"See to what '{name}' asks for."),
    )
