"""Soundness: every element can be reached and done: ids are unique, conditions can hold, choices can be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ltcflow.conditions import Condition, Truth
from ltcflow.findings import Finding
from ltcflow.graph.cases import Values, cases, condition_of, holds, satisfy, whens_of
from ltcflow.graph.places import place_of
from ltcflow.graph.rule import say
from ltcflow.process import Process
from ltcflow.stages import Activity, AnyCriterion, Deliverable, DependencyType, Stage, StageOrder

_WORDS = {
    "stage": ("a stage", "阶段"),
    "activity": ("an activity", "活动"),
    "gate": ("a gate", "评审门"),
    "milestone": ("a milestone", "里程碑"),
    "deliverable": ("a deliverable", "交付件"),
    "role": ("a role", "角色"),
    "fact": ("a fact", "事实"),
    "measure": ("a measure", "指标"),
    "principle": ("a principle", "原则"),
    "criterion": ("a criterion", "判据"),
    "calendar": ("a calendar", "日历"),
}


@attrs.frozen
class _Declared:
    """Something with an id: the name space it is in, the list it stands in, its position there, what it is."""

    space: str
    id: str
    list: str
    position: int
    word: tuple[str, str]

    @property
    def by_id(self) -> str:
        return f"{self.list}.{self.id}"

    @property
    def by_position(self) -> str:
        return f"{self.list}[{self.position}]"


def _declared(process: Process) -> Iterator[_Declared]:
    """Yield everything declared, in order."""
    for i, stage in enumerate(process.stages):
        yield _Declared("element", stage.id, "stages", i, _WORDS["stage"])
        for j, activity in enumerate(stage.activities):
            yield _Declared("element", activity.id, f"stages.{stage.id}.activities", j, _WORDS["activity"])
        for j, gate in enumerate(stage.gates):
            yield _Declared("element", gate.id, f"stages.{stage.id}.gates", j, _WORDS["gate"])
            yield from _criteria(f"stages.{stage.id}.gates.{gate.id}.criteria", gate.criteria)
        yield from _criteria(f"stages.{stage.id}.succeeded_when", stage.succeeded_when)
    for milestone in process.milestones:
        yield from _criteria(f"milestones.{milestone.id}.criteria", milestone.criteria)
    others: tuple[tuple[str, str, str, tuple[Any, ...]], ...] = (
        ("element", "milestones", "milestone", process.milestones),
        ("element", "deliverables", "deliverable", process.deliverables),
        ("role", "roles", "role", process.roles),
        ("fact", "facts", "fact", process.facts),
        ("measure", "measures", "measure", process.measures),
        ("principle", "principles", "principle", process.principles),
        ("calendar", "calendars", "calendar", process.calendars),
    )
    for space, field, word, values in others:
        for i, value in enumerate(values):
            yield _Declared(space, value.id, field, i, _WORDS[word])


def _criteria(place: str, criteria: tuple[AnyCriterion, ...]) -> Iterator[_Declared]:
    """Yield the criteria with ids of their own: each list is a name space."""
    for i, criterion in enumerate(criteria):
        if criterion.id:
            yield _Declared(place, criterion.id, place, i, _WORDS["criterion"])


def duplicates(process: Process) -> Iterator[Finding]:
    """LTC211: two elements (or roles, facts, measures, principles, calendars, criteria of one list) with one id."""
    first: dict[tuple[str, str], _Declared] = {}
    for one in _declared(process):
        other = first.setdefault((one.space, one.id), one)
        if other is one:
            continue
        alike = other.by_id == one.by_id  # only their positions tell them apart
        earlier, place = (other.by_position, one.by_position) if alike else (other.by_id, one.by_id)
        yield say(
            "LTC211",
            place,
            (
                f"has the id '{one.id}', which {other.word[0]} has already ({earlier}).",
                "Give one of them another id.",
            ),
            (f"编号 {one.id} 已被{other.word[1]}使用({earlier})。", "给其中一个换一个编号。"),
            (earlier, place),
        )


def never_apply(process: Process) -> Iterator[Finding]:
    """LTC214: an element whose ``when``, together with that of its stage, is true under no facts."""
    dead: set[str] = set()
    for stage in process.stages:
        own = condition_of(process, stage.when)
        if own is not None and _never(process, (own,)):
            dead.add(stage.id)
            yield _never_says(process, stage.id, stage.when, "")
    for element in process.elements():
        if isinstance(element, Stage | Deliverable) or not element.when:
            continue
        above = process.stage_of(element.id)
        conditions = whens_of(process, element)
        if (above is None or above.id not in dead) and conditions and _never(process, conditions):
            own = condition_of(process, element.when)
            alone = own is not None and _never(process, (own,))
            yield _never_says(process, element.id, element.when, "" if alone or above is None else above.when)


def _never(process: Process, conditions: tuple[Condition, ...]) -> bool:
    found = satisfy(process, conditions)
    return found.values is None and found.proved


def _never_says(process: Process, name: str, when: str, above: str) -> Finding:
    both = f" together with its stage's ({above})" if above else ""
    both_zh = f"与所在阶段的条件({above})同时" if above else ""
    return say(
        "LTC214",
        place_of(process, name, "when"),
        (
            f"can never be done: its condition ({when}){both} is never true.",
            "Mend the condition or remove the element.",
        ),
        (f"永远不会执行:条件({when}){both_zh}不可能成立。", "修改条件或删除该元素。"),
        (when, above) if above else (when,),
    )


def choices(process: Process) -> Iterator[Finding]:
    """LTC215: a choice that asks for more activities than can ever apply."""
    for stage in process.stages:
        if stage.order is not StageOrder.CHOICE:
            continue
        steps = [a for a in stage.activities if not a.spans]
        most = len(steps) if len(steps) < stage.at_least else _most(process, stage, steps)
        if most < stage.at_least:
            at_once = "" if most == len(steps) else " can apply at once"
            yield say(
                "LTC215",
                place_of(process, stage.id, "at_least"),
                (
                    f"asks for {stage.at_least} of its activities, but only {most}{at_once or ' can be chosen from'}.",
                    f"Write at_least: {most}, or add activities." if most else "Add activities to choose from.",
                ),
                (
                    f"要求至少完成 {stage.at_least} 项活动,但最多只有 {most} 项可选。",
                    f"改为 at_least: {most},或增加活动。" if most else "请增加可选的活动。",
                ),
                tuple(a.id for a in steps),
            )


def _most(process: Process, stage: Stage, steps: list[Activity]) -> int:
    """The most of *steps* that apply under one assignment; the number of steps where that is not proved."""
    conditional = [a for a in steps if condition_of(process, a.when) is not None]
    free = len(steps) - len(conditional)
    if free >= stage.at_least:
        return len(steps)
    best, proved = choice_counts(process, stage)
    most = max((count for count, _ in best), default=0)
    return most if proved else max(most, stage.at_least)


def choice_counts(process: Process, stage: Stage) -> tuple[tuple[tuple[int, Values], ...], bool]:
    """Return (how many steps of *stage* apply, under which facts) per case in which it applies; and if that is all.

    Cost: one look at each case of the conditions of the stage and its activities.
    """
    steps = [a for a in stage.activities if not a.spans]
    above = tuple(c for c in (condition_of(process, stage.when),) if c is not None)
    own = [tuple(c for c in (condition_of(process, a.when),) if c is not None) for a in steps]
    found = cases(process, [*above, *(c for conditions in own for c in conditions)])
    rows = [row for row in found.rows if holds(above, row) is Truth.TRUE]
    counts = tuple((sum(holds(conditions, row) is Truth.TRUE for conditions in own), row) for row in rows)
    return counts, found.proved


def only_spans(process: Process) -> Iterator[Finding]:
    """LTC216: a stage in which nothing is a step, and nothing else keeps it open: it would end the moment it begins."""
    for stage in process.stages:
        if any(d.type in (DependencyType.FF, DependencyType.SF) for d in stage.after or ()):
            continue  # it ends with what it watches
        if stage.activities and not stage.gates and all(a.spans for a in stage.activities):
            yield say(
                "LTC216",
                place_of(process, stage.id, "activities"),
                (
                    "only has activities that run along the stage, so it ends the moment it begins.",
                    "Add a step, move these to another stage, or let it end with the stage it watches (type FF).",
                ),
                (
                    "阶段内全是持续性或周期性活动,一开始就会结束。",
                    "增加普通活动或评审门,或把它们放到其他阶段,或让本阶段与所监控的阶段同时结束(FF)。",
                ),
                tuple(a.id for a in stage.activities),
            )
