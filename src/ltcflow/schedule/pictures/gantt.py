"""The Gantt chart of a plan: bars, critical path, float, milestones, today, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from ltcflow.errors import InvalidValue
from ltcflow.labels import Lang
from ltcflow.schedule.pictures.axis import Axis
from ltcflow.schedule.pictures.svg import (
    CALM,
    CRITICAL,
    DONE,
    FAINT,
    GATE,
    INK,
    RULE,
    TODAY,
    fit,
    group,
    length,
    page,
    say,
    tag,
    text,
    tip,
)

if TYPE_CHECKING:
    from ltcflow.schedule.rows import Plan, Row

ROW = 22.0
_TOP = 88.0
_BAR = 11.0


def gantt(
    plan: Plan,
    *,
    lang: Lang = "en",
    today: datetime | None = None,
    title: str = "",
    width: float = 1200,
    arrows: bool = True,
) -> str:
    """Return the Gantt chart of *plan* as SVG text.

    Stages are brackets, activities bars (red on a longest path, grey where done, hollow where the duration was assumed,
    striped where they run along their stage), gates golden hexagons, milestones diamonds. The thin line behind a bar is
    its total float: how far it may slip before the project does. Free days are grey, today is a dashed line. What does
    not take place is left out. Hovering shows dates and float.

    Args:
        lang: language of words; titles in the other language where they have none in this one.
        today: where the line for today stands; None: no line. A moment outside the chart has none either.
        title: the heading; by default the id and version of the process.
        width: of the picture, in its own units (it scales); at least 600.
        arrows: draw what drives what along the longest path.
    Returns:
        A complete SVG file as text; the same for equal plans and arguments. It prints on one page.
    Raises:
        InvalidValue: a width that is too small or no number, *today* without a time zone.
    Cost: O(rows + days).

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan
        >>> stage = b.stage("bid", activities=[b.activity("draft", title="Draft", duration="3d")])
        >>> picture = gantt(plan(b.process("offer", stages=[stage]), start="2026-03-02"))
        >>> picture.startswith("<svg"), "Draft" in picture, picture.count("<svg")
        (True, True, 1)
    """
    if isinstance(width, bool) or not isinstance(width, int | float) or not 600 <= width <= 20_000:
        raise InvalidValue(field="width", value=repr(width), problem="is no width.", remedy="Use 600 to 20000.")
    if today is not None and today.utcoffset() is None:
        raise InvalidValue(
            field="today", value=repr(today), problem="has no time zone.", remedy="Give an aware datetime."
        )
    return _Gantt(plan, lang, today, title, float(width), arrows).svg()


class _Gantt:
    def __init__(self, plan: Plan, lang: Lang, today: datetime | None, title: str, width: float, arrows: bool) -> None:
        self.plan, self.lang, self.width, self.arrows = plan, lang, width, arrows
        self.today = today.astimezone(plan.start.tzinfo) if today is not None else None
        self.title = title or f"{plan.process} {plan.version}"
        self.rows = [row for row in plan.rows if not row.skipped]
        self.at = {row.id: i for i, row in enumerate(self.rows)}
        names = [length(self.name(row), 12) + (0 if row.kind == "stage" else 14) for row in self.rows]
        self.left = min(max([140.0, *names]) + 32, width * 0.4)
        last = max([plan.finish, *(row.late_finish for row in self.rows)])
        first = min([plan.start, *(row.early_start for row in self.rows)])
        right = 24.0
        self.axis = Axis.over(
            first, last, left=self.left, wide=width - self.left - right, calendar=plan.calendar, lang=lang
        )
        self.bottom = _TOP + ROW * len(self.rows)

    def say(self, en: str, zh: str) -> str:
        return say(self.lang, en, zh)

    def name(self, row: Row) -> str:
        return row.title.text(self.lang) or row.id

    def svg(self) -> str:
        body = [*self.frame(), *self.bars(), *self.legend()]
        count = sum(row.critical and row.kind == "activity" for row in self.rows)
        said = self.say(
            f"{len(self.rows)} rows, {count} critical activities, {_day(self.plan.start)} to {_day(self.plan.finish)}",
            f"{len(self.rows)} 行,{count} 项关键活动,{_day(self.plan.start)} 至 {_day(self.plan.finish)}",
        )
        return page(body, self.width, self.bottom + 46, title=self.title, description=said)

    def frame(self) -> Iterator[str]:
        plan = self.plan
        days = self.say("working time", "工作时间")
        line = f"{_day(plan.start)} – {_day(plan.finish)} · {days} {plan.duration} · {plan.calendar.id}"
        yield text(16, 28, fit(self.title, self.width - 32, 16), cls="head")
        yield text(16, 46, line, cls="small faint")
        yield from self.axis.shades(_TOP - 2, self.bottom)
        yield from self.axis.ticks(_TOP - 32, self.bottom)
        for i, row in enumerate(self.rows):
            y = _TOP + i * ROW
            if row.kind == "stage":
                wide = self.width - 24
                yield tag("rect", x=12, y=y, width=wide - 12, height=ROW, fill="#e9eef5", fill_opacity=0.55)
            yield tag("line", x1=12, x2=self.width - 24, y1=y + ROW, y2=y + ROW, stroke=RULE, stroke_width=0.6)
            yield self.label(row, y)
        if self.today is not None and self.shown(self.today):
            x = self.axis.x(self.today)
            dashes = {"stroke": TODAY, "stroke_width": 1.4, "stroke_dasharray": "5 3"}
            yield tag("line", x1=x, x2=x, y1=_TOP - 10, y2=self.bottom, **dashes)
            yield text(x + 3, self.bottom - 4, self.say("today", "今天"), cls="small", fill=TODAY)

    def shown(self, moment: datetime) -> bool:
        days = (moment.date() - self.axis.first).days
        return 0 <= days < self.axis.days

    def label(self, row: Row, y: float) -> str:
        indent = 16 if row.kind == "stage" else 30
        style = "label strong" if row.kind == "stage" else "label"
        shown = fit(self.name(row), self.left - indent - 10, 12)
        fill = CRITICAL if row.critical and row.kind != "stage" else None
        return text(indent, y + 15, shown, cls=style, style=f"fill:{fill}" if fill else None)

    def bars(self) -> Iterator[str]:
        if self.arrows:
            yield from self.arrow_lines()
        for i, row in enumerate(self.rows):
            y = _TOP + i * ROW + (ROW - _BAR) / 2
            yield group([tip(self.told(row)), *self.bar(row, y)])

    def bar(self, row: Row, y: float) -> Iterator[str]:
        start, finish = self.axis.x(row.early_start), self.axis.x(row.early_finish)
        colour = CRITICAL if row.critical else CALM
        if row.kind in ("gate", "milestone"):
            yield from self.slack(row, finish, y)
            yield _point(row, finish, y, colour)
            return
        wide = max(finish - start, 2.0)
        if row.kind == "stage":
            yield _bracket(start, wide, y)
            return
        if row.spans:
            yield tag("rect", x=start, y=y + 3, width=wide, height=_BAR - 6, fill=FAINT, fill_opacity=0.45)
            return
        yield from self.slack(row, finish, y)
        fill = DONE if row.done else colour
        hollow = {"fill": "white", "stroke": fill, "stroke_width": 1.6, "stroke_dasharray": "4 2"}
        solid = {"fill": fill, "stroke": fill, "stroke_width": 1}
        style = hollow if row.assumed and not row.done else solid
        yield tag("rect", x=start, y=y, width=wide, height=_BAR, rx=2, **style)

    def slack(self, row: Row, finish: float, y: float) -> Iterator[str]:
        """The total float as a thin line with an end; a float that is overdrawn goes the other way, in red."""
        late = self.axis.x(row.late_finish)
        if row.done or abs(late - finish) < 1:
            return
        middle, colour = y + _BAR / 2, FAINT if late > finish else CRITICAL
        yield tag("line", x1=finish, x2=late, y1=middle, y2=middle, stroke=colour, stroke_width=1.6)
        yield tag("line", x1=late, x2=late, y1=y + 2, y2=y + _BAR - 2, stroke=colour, stroke_width=1.6)

    def arrow_lines(self) -> Iterator[str]:
        """What drives what on the longest path: from the end of the one down to the beginning of the other."""
        path = [name for name in self.plan.critical_path if name in self.at]
        for before, after in pairwise(path):
            x1 = self.axis.x(self.plan[before].early_finish)
            x2 = self.axis.x(self.plan[after].early_start)
            y1 = _TOP + self.at[before] * ROW + ROW / 2
            y2 = _TOP + self.at[after] * ROW + ROW / 2
            down = 1 if y2 > y1 else -1
            path_ = f"M{x1:.1f} {y1:.1f} H{max(x1, x2) + 4:.1f} V{y2 - down * (_BAR / 2 + 1):.1f}"
            yield tag("path", d=path_, fill="none", stroke=CRITICAL, stroke_width=0.8, stroke_opacity=0.6)

    def told(self, row: Row) -> str:
        times = f"{_day(row.early_start)} – {_day(row.early_finish)}"
        parts = [f"{self.name(row)} ({row.id})", times]
        if row.kind != "stage" and not row.spans and not row.done:
            parts.append(self.say(f"total float {row.total_float}", f"总浮动 {row.total_float}"))
        if row.critical and row.kind != "stage":
            parts.append(self.say("critical", "关键"))
        if row.assumed:
            parts.append(self.say("duration assumed", "工期为假定"))
        if row.done:
            parts.append(self.say("done", "已完成"))
        return " · ".join(parts)

    def legend(self) -> Iterator[str]:
        y = self.bottom + 20
        x = 16.0
        for sample, words in self.samples(y):
            yield group(sample, transform=f"translate({x:.1f} 0)")
            yield text(x + 30, y + 4, words, cls="small faint")
            x += 44 + length(words, 10)

    def samples(self, y: float) -> Sequence[tuple[list[str], str]]:
        box = {"x": 0, "y": y - 5, "width": 24, "height": 9, "rx": 2}
        dashed = {"fill": "white", "stroke": CALM, "stroke_width": 1.6, "stroke_dasharray": "4 2"}
        thin = {"stroke": FAINT, "stroke_width": 1.6}
        found = [
            ([tag("rect", fill=CRITICAL, **box)], self.say("critical", "关键"), any(r.critical for r in self.rows)),
            ([tag("rect", fill=CALM, **box)], self.say("with float", "有浮动"), True),
            ([tag("rect", fill=DONE, **box)], self.say("done", "已完成"), any(r.done for r in self.rows)),
            ([tag("rect", **dashed, **box)], self.say("assumed", "工期假定"), any(r.assumed for r in self.rows)),
            ([tag("line", x1=0, x2=24, y1=y, y2=y, **thin)], self.say("total float", "总浮动"), True),
            ([_hexagon(12, y, GATE)], self.say("gate", "关口"), any(r.kind == "gate" for r in self.rows)),
            ([_diamond(12, y, INK)], self.say("milestone", "里程碑"), any(r.kind == "milestone" for r in self.rows)),
            (
                [tag("rect", x=0, y=y - 2.5, width=24, height=5, fill=FAINT, fill_opacity=0.45)],
                self.say("along the stage", "随阶段进行"),
                any(r.spans for r in self.rows),
            ),
        ]
        return [(sample, words) for sample, words, there in found if there]


def _day(moment: datetime) -> str:
    return f"{moment.year:04}-{moment:%m-%d}"


def _bracket(start: float, wide: float, y: float) -> str:
    top, low = y + 2, y + _BAR - 1
    tooth = min(5.0, wide / 2)
    points = [
        (start, low), (start, top), (start + wide, top), (start + wide, low),
        (start + wide - tooth, top + 4), (start + tooth, top + 4),
    ]  # fmt: skip
    return tag("polygon", points=" ".join(f"{x:.1f},{v:.1f}" for x, v in points), fill=INK)


def _point(row: Row, x: float, y: float, colour: str) -> str:
    middle = y + _BAR / 2
    if row.kind == "gate":
        return _hexagon(x, middle, DONE if row.done else GATE, CRITICAL if row.critical else INK)
    return _diamond(x, middle, DONE if row.done else colour if row.critical else INK)


def _diamond(x: float, y: float, fill: str) -> str:
    points = f"{x:.1f},{y - 7:.1f} {x + 7:.1f},{y:.1f} {x:.1f},{y + 7:.1f} {x - 7:.1f},{y:.1f}"
    return tag("polygon", points=points, fill=fill)


def _hexagon(x: float, y: float, fill: str, edge: str = INK) -> str:
    corners = [(-7, 0), (-3.5, -6), (3.5, -6), (7, 0), (3.5, 6), (-3.5, 6)]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return tag("polygon", points=points, fill=fill, stroke=edge, stroke_width=1.2)
