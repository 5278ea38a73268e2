"""The record of calendars, and the shapes of working hours and days."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import attrs

from ltcflow.definition import codes, slips
from ltcflow.definition.nodes import ListNode, MapNode, Node, TextNode
from ltcflow.definition.parts import TITLE, TITLE_RULES, ZH_EN, key, titled
from ltcflow.definition.records import ListOf, Record
from ltcflow.definition.report import Both, Report, clip, step
from ltcflow.definition.shapes import BAD, Ident, Text
from ltcflow.definition.translate import chinese
from ltcflow.errors import InvalidValue
from ltcflow.worktime import DeclaredCalendar
from ltcflow.worktime.calendars import as_zone
from ltcflow.worktime.hours import WEEKDAYS, as_range, as_shift, week_clash, weekdays


@attrs.frozen(kw_only=True)
class Formed(Text):
    """A text of a certain form: *parse* reads it or refuses it, *pattern* is what the JSON Schema says of it."""

    noun: str
    parse: Callable[[str], Any]
    pattern: str = r"\S"

    def read(self, node: Node, where: str, report: Report) -> Any:
        if not isinstance(node, TextNode) or node.value is None:
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        try:
            return self.parse(node.text)
        except InvalidValue as error:
            refuse(error, node, where, report)
            return BAD


def refuse(error: InvalidValue, node: Node, where: str, report: Report) -> None:
    """Report at *node* why a value is refused."""
    problem_zh, remedy_zh = chinese(error.problem, error.remedy)
    value = clip(error.value.strip("'"))
    problem = (f"{value} {error.problem}", f"{value} {problem_zh}")
    report.add(codes.BAD_VALUE, where, node, problem, (error.remedy, remedy_zh))


SHIFT = Formed(
    noun="shift",
    what=("a shift", "班次"),
    example='"08:00-12:00"',
    parse=as_shift,
    pattern=r"^\s*([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\s*$",
)
DAYS = Formed(
    noun="day or days",
    what=("a day or days", "日期或日期范围"),
    example='"2026-08-03..2026-08-14"',
    parse=as_range,
    pattern=r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*(\.\.\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*)?$",
)
ZONE = Formed(noun="time zone", what=("a time zone", "时区"), example="Asia/Shanghai", parse=as_zone)


@attrs.frozen(kw_only=True)
class Shifts(ListOf):
    """The shifts of one day, in order and apart from each other."""

    item: Formed = SHIFT
    one: bool = True
    what: Both = ("a shift or a list of shifts", "班次或班次列表")
    example: str = '["08:00-12:00", "13:00-17:00"]'

    def read(self, node: Node, where: str, report: Report) -> Any:
        shifts = ListOf.read(self, node, where, report)
        if shifts is BAD:
            return BAD
        for position, (before, after) in enumerate(pairwise(shifts), 1):
            if after[0] < before[1]:
                assert isinstance(node, ListNode)
                _overlap(node.items[position], f"{where}[{position}]", report)
                shifts = BAD
        return shifts


@attrs.frozen(kw_only=True)
class Week:
    """The shifts of a whole week, by weekdays."""

    what: Both = ("a mapping of weekdays to shifts", "从星期到班次的映射")
    example: str = '{mon-fri: ["08:00-12:00", "13:00-17:00"]}'
    day: Shifts = Shifts()

    def accepts(self, node: Node) -> bool:
        return isinstance(node, MapNode)

    def read(self, node: Node, where: str, report: Report) -> Any:
        if not isinstance(node, MapNode):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        days: dict[int, tuple[TextNode, Any]] = {}
        good = True
        for name, value in node.entries:
            path = f"{where}.{step(name.text)}"
            report.mark(path, name)
            shifts = self.day.read(value, path, report)
            good = self._put(name, value, shifts, days, path, report) and shifts is not BAD and good
        if not good:
            return BAD
        hours = tuple(days[day][1] if day in days else () for day in range(7))
        clash = week_clash(hours)
        if clash is None:
            return hours
        _overlap(days[clash][0], f"{where}.{step(days[clash][0].text)}", report)
        return BAD

    def _put(
        self, name: TextNode, value: Node, shifts: Any, days: dict[int, tuple[TextNode, Any]], path: str, report: Report
    ) -> bool:
        """Note the shifts of the weekdays that *name* means; say whether they are weekdays not named before."""
        try:
            meant = weekdays(name.text)
        except InvalidValue:
            known, hint = (*WEEKDAYS, "mon-fri"), partial(slips.of_key, name, value)
            report.unknown(codes.UNKNOWN_KEY, name, path, name.text, known, ("weekday", "星期"), hint)
            return False
        again = [day for day in meant if day in days]
        if again:
            word = WEEKDAYS[again[0]]
            problem = (f"names {word} again.", f"重复写了 {word}。")
            report.add(codes.NOT_TOGETHER, path, name, problem, (f"Say once what is worked on {word}.", "请只写一次。"))
        days.update(dict.fromkeys(meant, (name, shifts)))
        return not again


def _overlap(node: Node, where: str, report: Report) -> None:
    problem = ("overlaps the shift before.", "与前一班次重叠。")
    remedy = (
        "Let it begin when the one before has ended (a night's end is on the next day).",
        "请让它在前一班次结束后开始(夜班在次日结束)。",
    )
    report.add(codes.BAD_VALUE, where, node, problem, remedy)


def _calendar(**fields: Any) -> DeclaredCalendar:
    return DeclaredCalendar(**titled(fields))


_DAYS = ListOf(item=DAYS, one=True, example='["2026-08-03..2026-08-14"]', what=("a list of days", "日期列表"))

CALENDAR = Record(
    name="calendar",
    what=("a calendar", "日历"),
    example="{base: CN, closed: [2026-08-03..2026-08-14]}",
    doc="When people work: another calendar, and what differs from it.",
    id_key="calendar",
    build=_calendar,
    keys=(
        key(
            "calendar",
            Ident(example="plant"),
            "The id, where calendars are given as a list.",
            field="id",
            required=True,
        ),
        *ZH_EN,
        TITLE,
        key(
            "base",
            Text(example="CN", longest=100, may_be_empty=False),
            "The calendar it starts from: one of this file, `weekdays`, `always`, a country such as CN or a part such "
            "as DE-BY, or a plugin's.",
            default="weekdays",
        ),
        key("time_zone", ZONE, "The zone whose clock the shifts are read on; left out: that of the base."),
        key(
            "hours",
            Week(),
            "The shifts of the whole week; a weekday not named is free. Left out: those of the base.",
        ),
        key("closed", _DAYS, "Days on which nobody works, make-up working days included."),
        key("open", _DAYS, "Days that are worked although they are free; stronger than `closed`."),
        key("open_hours", Shifts(), "The shifts of worked days whose weekday has none."),
    ),
    rules=TITLE_RULES,
)
