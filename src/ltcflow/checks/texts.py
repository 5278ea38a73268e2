"""Rules about completeness: titles in both languages, facts in use, stages with content, gaps on show."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.checks.expressions import sources
from ltcflow.findings import Finding
from ltcflow.graph import place_of
from ltcflow.graph.cases import condition_of
from ltcflow.graph.rule import say
from ltcflow.labels import Label
from ltcflow.process import Process


def _titled(process: Process) -> Iterator[tuple[str, Label]]:
    yield "process", process.title
    for role in process.roles:
        yield f"roles.{role.id}", role.title
    for element in process.elements():
        yield place_of(process, element.id), element.title
    for measure in process.measures:
        yield f"measures.{measure.id}", measure.title
    for principle in process.principles:
        yield f"principles.{principle.id}", principle.title


def both_languages(process: Process) -> Iterator[Finding]:
    """LTC324: everything people see has a Chinese and an English title."""
    for place, title in _titled(process):
        if title.zh and title.en:
            continue
        what, what_zh = ("Chinese", "中文") if title.en else ("English", "英文")
        if not title:
            what, what_zh = "Chinese and no English", "中文和英文"
        yield say(
            "LTC324",
            place,
            (f"has no {what} title.", "Write title: {zh: ..., en: ...}."),
            (f"缺少{what_zh}名称。", "请写 title: {zh: ..., en: ...}。"),
        )


def unused_facts(process: Process) -> Iterator[Finding]:
    """LTC325: every declared fact is read by a condition, or is one a project must supply."""
    read: set[str] = {measure.fact for measure in process.measures}
    for _, source in sources(process):
        condition = condition_of(process, source)
        if condition is None:
            read.update(fact.id for fact in process.facts if fact.id in source)
        else:
            read |= condition.facts
    for fact in process.facts:
        if fact.id not in read and not fact.mandatory:
            yield say(
                "LTC325",
                f"facts.{fact.id}",
                (
                    "is declared, but no condition reads it.",
                    "Use it, mark it mandatory, or remove it.",
                ),
                ("已声明,但没有条件使用它。", "请在条件中使用它,或标为 mandatory,或删除。"),
                (fact.id,),
            )


def gaps(process: Process) -> Iterator[Finding]:
    """LTC326: what the text the process was made from leaves open stays on show."""
    for i, gap in enumerate(process.gaps):
        yield say(
            "LTC326",
            f"gaps[{i}]",
            (f"is left open: {gap.text('en')}", "Fill it when it is known, then remove the gap."),
            (f"待补充:{gap.text('zh')}", "明确后补充内容,并删除该条。"),
        )


def empty_stages(process: Process) -> Iterator[Finding]:
    """LTC328: a stage has content."""
    for stage in process.stages:
        if not stage.activities and not stage.gates:
            yield say(
                "LTC328",
                place_of(process, stage.id),
                ("has neither activities nor gates: it ends the moment it begins.", "Say what is done in it."),
                ("没有活动也没有评审门,一开始就结束。", "请写明该阶段的内容。"),
                (stage.id,),
            )
