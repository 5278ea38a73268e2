"""Soundness: what must be true of every declaration before a project can be started on it, one rule per code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from ltcflow.findings import Finding, Severity
from ltcflow.graph import cycles, duties, joins, limits, reach
from ltcflow.graph.rule import Find, Rule, by_place
from ltcflow.labels import Label
from ltcflow.process import Process


def _rule(code: str, zh: str, en: str, function: Find, why_zh: str, why: str) -> Rule:
    severity = Severity.INFO if code == "LTC239" else Severity.ERROR
    return Rule(
        code=code,
        title=Label(zh, en),
        severity=severity,
        function=function,
        why=Label(why_zh, why),
        fixed=severity is Severity.ERROR,
    )


_RULES = (
    _rule(
        "LTC210",
        "循环等待",
        "Elements wait for each other in a circle",
        cycles.cycles,
        "循环中的元素都无法开始。",
        "Nothing on the circle can ever begin.",
    ),
    _rule(
        "LTC211",
        "编号重复",
        "An id is declared twice",
        reach.duplicates,
        "依赖和判据按编号引用,编号必须唯一。",
        "Dependencies and criteria name things by id, so an id must mean one thing.",
    ),
    _rule(
        "LTC212",
        "等待自身",
        "An element waits for itself",
        cycles.self_waits,
        "等待自身的元素无法开始。",
        "It can never begin.",
    ),
    _rule(
        "LTC213",
        "等待本阶段结束",
        "An element waits for the end of its own stage",
        cycles.waits_for_own_stage,
        "阶段要等其中所有元素结束才结束。",
        "The stage ends only when everything in it has ended.",
    ),
    _rule(
        "LTC214",
        "永不适用",
        "An element never applies",
        reach.never_apply,
        "条件永远不成立的元素是写错的元素。",
        "What is skipped under all facts was meant otherwise.",
    ),
    _rule(
        "LTC215",
        "可选活动不足",
        "A choice asks for more than there is",
        reach.choices,
        "要求完成的活动数多于可选数。",
        "The choice can never be made as declared.",
    ),
    _rule(
        "LTC216",
        "阶段内没有步骤",
        "A stage has nothing that is a step",
        reach.only_spans,
        "持续性活动随阶段结束,没有步骤的阶段立即结束。",
        "What runs along a stage ends with it; without a step the stage has no length.",
    ),
    _rule(
        "LTC217",
        "永远等待",
        "A join waits for ever",
        joins.waits_for_ever,
        "项目会在此处永远停住。",
        "A project would hang there, with everything else done.",
    ),
    _rule(
        "LTC218",
        "判据矛盾",
        "Fact criteria can never hold",
        joins.contradictions,
        "该门可以到达,却永远无法通过。",
        "The gate can be reached but never passed.",
    ),
    _rule(
        "LTC219",
        "风险上限为负",
        "A limit on risks is below zero",
        joins.impossible_limits,
        "未关闭风险数不会小于零。",
        "There are never fewer than no open risks.",
    ),
    _rule(
        "LTC220",
        "退回目标不在之前",
        "A recycle does not lead back",
        cycles.recycles,
        "退回是重做之前的工作。",
        "A recycle does earlier work again; what is not before the gate cannot be done again.",
    ),
    _rule(
        "LTC221",
        "无人决策",
        "Nobody can decide a gate",
        duties.nobody_decides,
        "没有投票角色的门永远无法通过。",
        "A gate without a voter is never passed.",
    ),
    _rule(
        "LTC223",
        "票数达不到",
        "A quorum cannot be reached",
        duties.quorums,
        "能投票的人数少于所需票数。",
        "Fewer people can vote than the gate needs votes.",
    ),
    _rule(
        "LTC224",
        "职责分离与合一矛盾",
        "Two roles must be one person and must not be",
        duties.separations,
        "这样的项目组无法组成。",
        "No team can be put together.",
    ),
    _rule(
        "LTC225",
        "角色与自己分离",
        "A role is kept apart from itself",
        duties.repeated_roles,
        "没有人能与自己不是同一人。",
        "Nobody can be somebody else than himself.",
    ),
    _rule(
        "LTC227",
        "审批矩阵有空缺",
        "An approval matrix leaves a gap",
        limits.matrix_gaps,
        "无人有权决策的情形会让项目停在门前。",
        "Where nobody has the authority the project stops in front of the gate.",
    ),
    _rule(
        "LTC228",
        "步骤分离无法做到",
        "Steps are kept apart and too few people can do them",
        limits.steps_apart,
        "没有足够的人可以分别办理这些步骤。",
        "There are not enough people for the steps to be done by different ones.",
    ),
    _rule(
        "LTC239",
        "未能证明",
        "Not proved",
        joins.unproved,
        "情形过多,只能说明没有发现问题。",
        "The cases are too many to look at them all; none of those looked at is faulty.",
    ),
)

SOUNDNESS: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in _RULES})
"""The rules of soundness by code. Their errors cannot be demoted or switched off."""


@lru_cache(maxsize=512)
def soundness(process: Process) -> tuple[Finding, ...]:
    """Return every violation of soundness in *process*, each with its shortest witness.

    Soundness means: each element is on a way from start to finish and can be reached, nothing waits for itself, every
    recycle returns to something earlier, no facts leave a join waiting for ever, every gate can be decided, and
    separation of duties can be kept.

    Returns:
        Findings by place; () proves soundness (LTC239, an INFO, says where the cases were too many for a proof).
    Cost: O(elements + dependencies), plus one look per case of the conditions at a join; cached.

    Example:
        >>> from ltcflow import builder as b
        >>> knot = [b.activity("ask", after=["answer"]), b.activity("answer", after=["ask"])]
        >>> [f.witness for f in soundness(b.process("p", stages=[b.stage("s", activities=knot)]))]
        [('ask', 'answer', 'ask')]
    """
    return by_place(found for rule in SOUNDNESS.values() for found in rule.findings(process))
