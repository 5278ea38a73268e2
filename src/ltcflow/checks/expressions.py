"""Whether every condition of a declaration can be read: the findings of the condition language, at their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import attrs

from ltcflow.conditions import check_condition
from ltcflow.findings import Finding
from ltcflow.graph import Find, place_of
from ltcflow.graph.rule import say
from ltcflow.process import Process
from ltcflow.stages import Deliverable, FactHolds, Gate, Milestone, Stage

TITLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "LTC150": ("条件无法读取", "A condition cannot be read"),
        "LTC151": ("条件中不允许的写法", "Something that conditions do not allow"),
        "LTC152": ("条件引用了未声明的事实", "A condition reads a fact that is not declared"),
        "LTC153": ("条件两侧类型不符", "Two sides of a condition do not go together"),
        "LTC154": ("币种不一致", "Two currencies in one comparison"),
        "LTC155": ("不在选项中", "A value that is none of a choice's options"),
        "LTC156": ("条件不是是非判断", "A condition that does not say yes or no"),
        "LTC157": ("条件过长", "A condition that is too long or too deep"),
        "LTC158": ("数值超出范围", "A number or date out of bounds"),
        "LTC159": ("条件恒定不变", "A condition that never varies"),
        "LTC160": ("函数用法错误", "A function called in the wrong way"),
        "LTC161": ("输入法笔误", "A slip of the keyboard"),
    }
)
"""The codes of the condition language, with their titles in Chinese and English."""


def sources(process: Process) -> Iterator[tuple[str, str]]:
    """Yield (where, source) of every condition of *process*, in declared order."""
    for element in process.elements():
        if isinstance(element, Deliverable):
            continue
        place = place_of(process, element.id)
        if element.when:
            yield f"{place}.when", element.when
        for i, row in enumerate(element.approval_matrix if isinstance(element, Gate) else ()):
            yield f"{place}.approval_matrix[{i}].when", row.when
        if isinstance(element, Gate | Milestone):
            fields = ("criteria", element.criteria)
        else:
            fields = ("succeeded_when", element.succeeded_when if isinstance(element, Stage) else ())
        for i, criterion in enumerate(fields[1]):
            if isinstance(criterion, FactHolds):
                yield f"{place}.{fields[0]}[{i}]", criterion.expression
    for measure in process.measures:
        if measure.target:
            yield f"measures.{measure.id}.target", measure.target


@lru_cache(maxsize=256)
def expression_findings(process: Process) -> tuple[Finding, ...]:
    """Return every problem of every condition; ``column`` counts from 1 inside the condition's text.

    Cost: linear in the length of the conditions; each text is checked once.
    """
    found: list[Finding] = []
    for where, source in sources(process):
        for problem in check_condition(source, process.facts_by_id):
            at = problem.column + 1
            finding = say(
                problem.code,
                where,
                (f"column {at}: {problem.problem}", problem.remedy),
                (f"第 {at} 列:{problem.problem_zh}", problem.remedy_zh),
                (source,),
            )
            found.append(attrs.evolve(finding, column=at))
    return tuple(found)


def of_code(code: str) -> Find:
    """Return the function that finds the problems of conditions with *code*."""

    def find(process: Process) -> Iterator[Finding]:
        return (found for found in expression_findings(process) if found.code == code)

    find.__name__ = f"conditions_{code.lower()}"
    find.__doc__ = f"{code}: {TITLES[code][1]}."
    return find
