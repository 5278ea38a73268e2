"""What a levelled plan has to say besides its dates: constraints that people do not let it keep, doubts about who."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding, Severity
from ltcflow.graph.places import place_of
from ltcflow.names import RoleId
from ltcflow.process import Process, resolve_calendar
from ltcflow.schedule.levelling.levelled import LevelledRow
from ltcflow.worktime import Calendar, CalendarLike, WorkDuration, as_calendar

if TYPE_CHECKING:
    from ltcflow.schedule.levelling.placing import Placing
    from ltcflow.schedule.working import Making


class ImpossibleWithPeople(LtcflowError):
    """Constraints that could be kept with people enough, but by no schedule tried with those there are.

    Attributes:
        project: its id where several were levelled together, else "".
        constraints: those missed, each as ``element: kind date``.
        earliest: when the first of them is reached in the best schedule found.
        roles: the scarce roles that are needed for them; tried: how many schedules were.
    """

    code = "LTC462"
    project: str
    constraints: tuple[str, ...]
    earliest: str
    roles: tuple[str, ...]
    tried: int

    def __init__(
        self, *, project: str, constraints: Iterable[str], earliest: str, roles: Iterable[str], tried: int
    ) -> None:
        given, scarce = tuple(constraints), tuple(roles)
        where, who = f"{project}: " if project else "", ", ".join(scarce)
        self.problem = (
            f"is not kept by any of {tried} schedules with the people there are ({who}): "
            f"in the best of them it is {earliest}."
        )
        self.remedy = "Raise the capacity of these roles, change the constraint, or make it a deadline."
        self.problem_zh = f"以现有人员（{who}）试排 {tried} 次均无法满足，其中最好的结果为 {earliest}。"
        self.remedy_zh = "请增加这些角色的人数，修改该约束，或改为只作提示的期限（deadline）。"
        super().__init__(
            f"{where}{'; '.join(given)}: {self.problem} {self.remedy}",
            project=project,
            constraints=given,
            earliest=earliest,
            roles=scarce,
            tried=tried,
        )


def off_calendar(process: Process, making: Making, placing: Placing) -> Iterator[Finding]:
    """Yield one finding for each activity whose calendar is not that of a scarce role it needs."""
    own = _role_calendars(process, dict(making.inputs.calendars))
    for node, wanted in zip(placing.model.nodes, placing.wanted, strict=True):
        used = making.own.get(node.id, making.days)
        others = [role for role in wanted if own.get(role, used) != used]
        if others:
            shown = ", ".join(f"{role} ({own[role].id})" for role in others)
            yield Finding(
                code="LTC463",
                severity=Severity.WARNING,
                where=place_of(process, node.id),
                problem=f"is planned on calendar {used.id!r}, while it needs people who work on another: {shown}.",
                remedy="Give the activity a calendar in which all of them work.",
                problem_zh=f"按日历 {used.id!r} 编排，而所需人员使用其他日历：{shown}。",
                remedy_zh="请为该活动指定所有相关人员共同工作的日历。",
                witness=(node.id, *others),
            )


def _role_calendars(process: Process, given: Mapping[str, CalendarLike]) -> dict[RoleId, Calendar]:
    """Return the calendar of each role that has one: given for the role, given for the name it declares, or that."""
    found: dict[RoleId, Calendar] = {}
    for role in process.roles:
        choice = given.get(role.id) or (given.get(role.calendar, role.calendar) if role.calendar else None)
        if choice is not None:
            found[role.id] = resolve_calendar(process, choice) if isinstance(choice, str) else as_calendar(choice)
    return found


def pausing(process: Process, rows: Sequence[LevelledRow]) -> Iterator[Finding]:
    """Yield one finding for each activity that has begun and has to pause: more is open than there are people."""
    for row in rows:
        if row.started and not row.done and row.wait is not None:
            who, held = ", ".join(row.wait.people or row.wait.roles), ", ".join(row.wait.held_by)
            long = WorkDuration(row.wait.minutes)
            yield Finding(
                code="LTC464",
                severity=Severity.WARNING,
                where=place_of(process, row.id),
                problem=f"has begun, but pauses {long}: {who} cannot do more than {held} meanwhile.",
                remedy="Let more people work on it, or record that it has not begun.",
                problem_zh=f"已经开始，但须暂停 {long}：{who} 期间只能进行 {held}。",
                remedy_zh="请增派人员，或更正为尚未开始。",
                witness=(row.id, *row.wait.held_by),
            )
