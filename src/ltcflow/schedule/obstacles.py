"""What stands in the way of a plan, or of trusting it: circles, undeclared names, unpublished calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ltcflow.findings import Finding, Severity
from ltcflow.graph import Network
from ltcflow.graph.places import place_of
from ltcflow.worktime import Calendar


def unplannable(waits: Network) -> Iterator[Finding]:
    """Yield why a process has no dates: something undeclared is waited for, or elements wait for each other."""
    for element, dependency in waits.unresolved:
        yield Finding(
            code="LTC406",
            where=place_of(waits.process, element, "after"),
            problem=f"waits for {dependency.on!r}, which is not declared, so nothing can be planned.",
            remedy="Declare it or remove it.",
            problem_zh=f"等待未声明的 {dependency.on!r}，无法编制计划。",
            remedy_zh="请声明该元素，或去掉这一依赖。",
            witness=(element, dependency.on),
        )
    if not waits.acyclic:
        circle = _circle(waits)
        names = " -> ".join(circle)
        yield Finding(
            code="LTC405",
            where=place_of(waits.process, circle[0]),
            problem=f"waits for itself, so it has no date: {names}.",
            remedy="Remove one of these dependencies; a way back belongs in a gate's recycle_to.",
            problem_zh=f"循环等待自身，无法确定日期：{names}。",
            remedy_zh="请去掉其中一个依赖；返工请写在决策点的 recycle_to 中。",
            witness=circle,
        )


def _circle(waits: Network) -> tuple[str, ...]:
    """Return ids along one circle, beginning and ending with the same one."""
    ordered = set(waits.order)
    at = next(i for i in range(len(waits.nodes)) if i not in ordered)
    path: list[int] = []
    while at not in path:
        path.append(at)
        at = next(edge.source for edge in waits.incoming[at] if edge.source not in ordered)
    circle = [*path[path.index(at) :], at]
    return tuple(waits.nodes[i].id for i in reversed(circle))


def unpublished(days: Calendar, start: datetime, finish: datetime) -> Iterator[Finding]:
    """Yield a warning when the plan reaches into years whose holidays are not known for certain."""
    years = [str(year) for year in range(start.year, finish.year + 1) if not days.is_published(year)]
    if years:
        shown = ", ".join(years[:5]) + (", ..." if len(years) > 5 else "")
        yield Finding(
            code="LTC403",
            severity=Severity.WARNING,
            where="calendar",
            problem=f"{days.id!r} is not published for {shown}: holidays and make-up working days may be missing.",
            remedy="Plan again when they are published, with an updated calendar.",
            problem_zh=f"日历 {days.id!r} 尚未公布 {shown} 年的安排，节假日与调休工作日可能缺失。",
            remedy_zh="待官方公布并更新日历后，请重新编制计划。",
            witness=tuple(years),
        )
