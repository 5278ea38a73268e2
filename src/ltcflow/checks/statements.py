"""Rules about statements: principles that something keeps, measures that something holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ltcflow.checks.settings import settings_of
from ltcflow.findings import Finding
from ltcflow.graph import Rule
from ltcflow.graph.rule import say
from ltcflow.names import is_id
from ltcflow.process import Process, RuleLevel


def unkept_principles(process: Process) -> Iterator[Finding]:
    """LTC332: something in the declaration sees to every principle."""
    for principle in process.principles:
        if not principle.kept_by:
            yield say(
                "LTC332",
                f"principles.{principle.id}",
                (
                    "is laid down, but nothing in the process sees to it.",
                    "Name in kept_by the gates, activities or rules that do.",
                ),
                ("已写明,但流程中没有任何内容保证它。", "请在 kept_by 中写明保证它的评审门、活动或规则。"),
                (principle.id,),
            )


def unused_keepers(process: Process, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """LTC336: the rules that a principle relies on are rules, and are not switched off."""
    settings = settings_of(process)
    for principle in process.principles:
        for i, code in enumerate(principle.kept_by):
            if is_id(code):
                continue
            place = f"principles.{principle.id}.kept_by[{i}]"
            setting = settings.get(code)
            if code.upper().startswith("LTC") and code not in rules:
                yield say(
                    "LTC336",
                    place,
                    (f"there is no rule {code}.", "See docs/reference/findings.md for the codes."),
                    (f"没有规则 {code}。", "编号见 docs/reference/findings.md。"),
                    (code,),
                )
            elif setting is not None and setting.level is RuleLevel.OFF:
                yield say(
                    "LTC336",
                    place,
                    (
                        f"relies on {code}, which this process switches off ({setting.reason}).",
                        "Name what keeps the principle instead.",
                    ),
                    (f"依靠 {code},而本流程关闭了它({setting.reason})。", "请改写为实际保证该原则的内容。"),
                    (code,),
                )


def unread_measures(process: Process) -> Iterator[Finding]:
    """LTC334: a fact of a project, or a condition over its facts, holds every measure."""
    for measure in process.measures:
        if not measure.fact and not measure.target:
            yield say(
                "LTC334",
                f"measures.{measure.id}",
                (
                    "is a measure, but no fact of a project holds its value.",
                    "Declare a fact for it and name it in fact, or judge it outside of projects.",
                ),
                ("没有事实记录该指标的取值。", "请声明对应的事实并写入 fact,或在项目之外统计。"),
                (measure.id,),
            )
