"""What of a process is in a plan: conditions read over the known facts, choices made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from ltcflow.conditions import ConditionError, FactValue, Truth, coerce, compile_condition
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding, Severity
from ltcflow.graph.places import place_of
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.stages import Activity, Gate, Stage, StageOrder

Facts: TypeAlias = Mapping[str, object]
Choices: TypeAlias = Mapping[ElementId, "ElementId | Iterable[ElementId]"]


@attrs.frozen(kw_only=True)
class Selection:
    """What is left out of a plan, and what had to be assumed for it.

    Attributes:
        skipped: stages, activities, gates and milestones that do not take place; those behind them wait for what the
            skipped ones waited for.
        assumed: activities chosen because they are listed first and nobody chose.
        findings: conditions that cannot be decided yet, choices assumed; errors where a condition cannot be read.
    """

    skipped: frozenset[ElementId]
    assumed: frozenset[ElementId]
    findings: tuple[Finding, ...]

    def without(self, happened: frozenset[ElementId]) -> Selection:
        """Return the selection for a project in which *happened* took place, whatever the facts say now."""
        return attrs.evolve(self, skipped=self.skipped - happened, assumed=self.assumed - happened)


def select(process: Process, facts: Facts, choices: Choices) -> Selection:
    """Decide what takes place.

    Args:
        facts: what is known, by fact id; None counts as not known.
        choices: for stages with ``order: choice``, the activities chosen.
    Raises:
        UnknownName: a fact, stage or activity that is not declared.
        FactValueError: a value that its fact cannot have.
        InvalidValue: a choice for a stage that offers none, or fewer activities than it needs.
    """
    return _Selecting(process, facts, choices).select()


class _Selecting:
    def __init__(self, process: Process, facts: Facts, choices: Choices) -> None:
        self.process = process
        self.values: dict[str, FactValue] = {
            name: coerce(process.fact(name), value) for name, value in facts.items() if value is not None
        }
        self.choices = {stage: self._chosen(stage, wanted) for stage, wanted in choices.items()}
        self.skipped: set[ElementId] = set()
        self.assumed: set[ElementId] = set()
        self.findings: list[Finding] = []

    def select(self) -> Selection:
        for stage in self.process.stages:
            self._stage(stage)
        for milestone in self.process.milestones:
            if self._is_off(milestone.id, milestone.when):
                self.skipped.add(milestone.id)
        return Selection(
            skipped=frozenset(self.skipped), assumed=frozenset(self.assumed), findings=tuple(self.findings)
        )

    def _chosen(self, stage: ElementId, wanted: ElementId | Iterable[ElementId]) -> tuple[ElementId, ...]:
        declared = self.process.stage(stage)
        offered = [a.id for a in declared.activities if not a.spans]
        ids = (wanted,) if isinstance(wanted, str) else tuple(dict.fromkeys(wanted))
        for name in ids:
            if name not in offered:
                raise UnknownName(kind=f"activity to choose in {stage!r}", value=name, known=offered)
        if declared.order is not StageOrder.CHOICE or len(ids) < min(declared.at_least, len(offered)):
            remedy = f"Choose at least {declared.at_least} of {', '.join(offered) or 'none'} in a stage of choices."
            raise InvalidValue(field=f"choices[{stage}]", value=repr(ids), problem="is no choice here.", remedy=remedy)
        return ids

    def _stage(self, stage: Stage) -> None:
        elements: tuple[Activity | Gate, ...] = (*stage.activities, *stage.gates)
        if self._is_off(stage.id, stage.when):
            self.skipped.update((stage.id, *(e.id for e in elements)))
            return
        self.skipped.update(e.id for e in elements if self._is_off(e.id, e.when))
        if stage.order is StageOrder.CHOICE:
            self._choose(stage)

    def _choose(self, stage: Stage) -> None:
        offered = [a.id for a in stage.activities if not a.spans and a.id not in self.skipped]
        chosen = self.choices.get(stage.id)
        if chosen is None:
            chosen = tuple(offered[: stage.at_least])
            if len(chosen) < len(offered):
                self.assumed.update(chosen)
                self.findings.append(_choice_assumed(self.process, stage, chosen))
        self.skipped.update(name for name in offered if name not in chosen)

    def _is_off(self, element: ElementId, when: str) -> bool:
        if not when:
            return False
        where = place_of(self.process, element, "when")
        try:
            condition = compile_condition(when, self.process.facts_by_id)
        except ConditionError as error:
            self.findings.extend(
                Finding(
                    code=problem.code,
                    where=where,
                    problem=problem.problem,
                    remedy=problem.remedy,
                    problem_zh=problem.problem_zh,
                    remedy_zh=problem.remedy_zh,
                )
                for problem in error.problems
            )
            return False
        answer = condition.evaluate(self.values)
        if answer is Truth.UNKNOWN:
            self.findings.append(_undecided(where, element, sorted(condition.missing(self.values))))
        return answer is Truth.FALSE


def _undecided(where: str, element: ElementId, missing: list[str]) -> Finding:
    facts = ", ".join(missing)
    return Finding(
        code="LTC402",
        severity=Severity.WARNING,
        where=where,
        problem=f"cannot be decided without {facts or 'further facts'}, so {element!r} is planned.",
        remedy="Give these facts to the plan.",
        problem_zh=f"缺少事实 {facts or '（若干）'}，条件无法判定，因此 {element!r} 仍计入计划。",
        remedy_zh="请在计划中提供这些事实。",
        witness=tuple(missing),
    )


def _choice_assumed(process: Process, stage: Stage, chosen: tuple[ElementId, ...]) -> Finding:
    names = ", ".join(chosen) or "nothing"
    return Finding(
        code="LTC404",
        severity=Severity.WARNING,
        where=place_of(process, stage.id),
        problem=f"offers a choice that nobody made; {names} was assumed because it is listed first.",
        remedy=f"Say which: choices={{{stage.id!r}: [...]}}.",
        problem_zh=f"为多选一阶段但未作选择；按列出顺序假定选择 {names}。",
        remedy_zh=f"请指明选择：choices={{{stage.id!r}: [...]}}。",
        witness=chosen,
    )
