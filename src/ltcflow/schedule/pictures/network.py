"""The network diagram of a plan: a box per step with its dates and float (activity on node), critical path in red."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ltcflow.graph import NodeKind, network
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.schedule.pictures.layers import Layout, lay_out
from ltcflow.schedule.pictures.svg import CALM, CRITICAL, DONE, FAINT, INK, group, page, say, tag, text, tip, two_lines

if TYPE_CHECKING:
    from ltcflow.schedule.rows import Plan, Row

_WIDE, _HIGH = 150.0, 72.0
_GAP_X, _GAP_Y = 46.0, 16.0
_TOP, _BAND = 56.0, 40.0
_PER_BAND = 7
"""Ranks side by side; the next ones go on below, as lines of a text do."""
_STEPS = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)


def network_diagram(plan: Plan, process: Process, *, lang: Lang = "en", title: str = "") -> str:
    """Return the steps of *plan* and what waits for what as SVG text, left to right.

    Each box has the title, below it early start and early finish, and the total float; a red edge and box lie on a
    longest path. A dot gathers many arrows into few where a stage ends or begins. What runs along a stage and what
    does not take place is left out.

    Args:
        process: what was planned.
        lang, title: as for `gantt`.
    Returns:
        A complete SVG file as text, layered as of Sugiyama, Tagawa and Toda (1981), without long edges straightened.
    Cost: O(nodes + edges) per sweep, eight sweeps.

    Example:
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan
        >>> steps = [b.activity("draft", duration="3d"), b.activity("price", duration="1d", after=[])]
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=steps)])
        >>> picture = network_diagram(plan(offer, start="2026-03-02"), offer)
        >>> picture.count("<rect"), "draft" in picture
        (3, True)
    """
    return _Diagram(plan, process, lang, title).svg()


class _Diagram:
    def __init__(self, plan: Plan, process: Process, lang: Lang, title: str) -> None:
        self.plan, self.lang = plan, lang
        self.title = title or f"{plan.process} {plan.version}"
        self.layout = _layout(plan, process)
        places = self.layout.places
        self.bands = 1 + max((rank for rank, _ in places.values()), default=0) // _PER_BAND
        self.tops: list[float] = [_TOP]
        for band in range(self.bands):
            rows = [row for rank, row in places.values() if rank // _PER_BAND == band]
            self.tops.append(
                self.tops[-1] + (1 + max(rows, default=0) - min(rows, default=0)) * (_HIGH + _GAP_Y) + _BAND
            )
        self.least = [
            min((row for rank, row in places.values() if rank // _PER_BAND == band), default=0.0)
            for band in range(self.bands)
        ]
        ranks = min(1 + max((rank for rank, _ in places.values()), default=0), _PER_BAND)
        self.wide = max(48 + ranks * (_WIDE + _GAP_X) - _GAP_X, 320.0)
        self.high = self.tops[-1] - _BAND + 16

    def svg(self) -> str:
        critical = sum(row.critical for row in self.plan.rows if row.kind != "stage")
        said = say(self.lang, f"{critical} steps on a longest path", f"{critical} 个步骤在最长路径上")
        body = [text(16, 30, self.title, cls="head"), *self.edges(), *self.boxes()]
        return page(body, self.wide, self.high, title=self.title, description=said)

    def place(self, name: str) -> tuple[float, float]:
        """Return the middle of the left edge of a node."""
        rank, row = self.layout.places[name]
        band, column = divmod(rank, _PER_BAND)
        y = self.tops[band] + (row - self.least[band]) * (_HIGH + _GAP_Y) + _HIGH / 2
        return 24 + column * (_WIDE + _GAP_X), y

    def band(self, name: str) -> int:
        return self.layout.places[name][0] // _PER_BAND

    def edges(self) -> Iterator[str]:
        for before, after in self.layout.edges:
            x1, y1 = self.place(before)
            x2, y2 = self.place(after)
            x1 += _WIDE if before in self.plan else _WIDE / 2
            x2 += 0 if after in self.plan else _WIDE / 2
            hot = self.hot(before) and self.hot(after) and self.joined(before, after)
            colour = CRITICAL if hot else FAINT
            way = self.way(before, after, (x1, y1), (x2, y2))
            yield tag("path", d=way, fill="none", stroke=colour, stroke_width=1.8 if hot else 1.0)
            if after in self.plan:
                head = f"{x2:.1f},{y2:.1f} {x2 - 7:.1f},{y2 - 3.5:.1f} {x2 - 7:.1f},{y2 + 3.5:.1f}"
                yield tag("polygon", points=head, fill=colour)

    def way(self, before: str, after: str, start: tuple[float, float], end: tuple[float, float]) -> str:
        """A curve inside a band; around the end of the line and along the gutter to a later one."""
        (x1, y1), (x2, y2) = start, end
        if self.band(before) == self.band(after):
            bend = max((x2 - x1) / 2, 12.0)
            return f"M{x1:.1f} {y1:.1f} C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        out, into = x1 + 12, x2 - 12
        gutter = self.tops[self.band(before) + 1] - _BAND / 2 - _GAP_Y / 2
        last = self.tops[self.band(after)] - _BAND / 2 - _GAP_Y / 2
        down = f"H{out:.1f} V{gutter:.1f}"
        if last != gutter:
            down += f" H14 V{last:.1f}"
        return f"M{x1:.1f} {y1:.1f} {down} H{into:.1f} V{y2:.1f} H{x2:.1f}"

    def hot(self, name: str) -> bool:
        return name not in self.plan or self.plan[name].critical

    def joined(self, before: str, after: str) -> bool:
        """True when the edge itself may lie on a longest path: a dot is hot between steps that are."""
        if before in self.plan and after in self.plan:
            return before in self.plan[after].driving
        sources = [a for a, b in self.layout.edges if b == before] if before not in self.plan else [before]
        targets = [b for a, b in self.layout.edges if a == after] if after not in self.plan else [after]
        drivers = {name for target in targets if target in self.plan for name in self.plan[target].driving}
        return any(source in drivers for source in sources) or not all(s in self.plan for s in sources)

    def boxes(self) -> Iterator[str]:
        for name in self.layout.places:
            x, y = self.place(name)
            if name not in self.plan:
                yield tag("circle", cx=x + _WIDE / 2, cy=y, r=4, fill=FAINT)
                continue
            yield group(self.box(self.plan[name], x, y - _HIGH / 2))

    def box(self, row: Row, x: float, y: float) -> Iterator[str]:
        colour = DONE if row.done else CRITICAL if row.critical else CALM
        name = row.title.text(self.lang) or row.id
        dashes = "5 3" if row.assumed and not row.done else None
        fill = {"gate": "#fff8e1", "milestone": "#edf7f0"}.get(row.kind, "white")
        yield tip(f"{name} ({row.id})")
        yield tag(
            "rect", x=x, y=y, width=_WIDE, height=_HIGH, rx=4 if row.kind == "activity" else 14,
            fill=fill, stroke=colour, stroke_width=2 if row.critical else 1.2, stroke_dasharray=dashes,
        )  # fmt: skip
        lines = two_lines(name, _WIDE - 12, 12)
        for i, line in enumerate(lines):
            yield text(x + _WIDE / 2, y + (24 if len(lines) == 1 else 17) + 14 * i, line, cls="label mid")
        dates = f"{row.early_start:%m-%d} – {row.early_finish:%m-%d}"
        if row.kind != "activity":
            dates = f"{row.early_finish:%Y-%m-%d}"
        yield text(x + _WIDE / 2, y + 48, dates, cls="small mid faint")
        left = say(self.lang, "done", "已完成") if row.done else self.float_of(row)
        yield text(x + _WIDE / 2, y + 63, left, cls="small mid", style=f"fill:{colour if row.critical else INK}")

    def float_of(self, row: Row) -> str:
        return say(self.lang, f"float {row.total_float}", f"浮动 {row.total_float}")


def _layout(plan: Plan, process: Process) -> Layout:
    net = network(process)
    steps = {n.id for n in net.nodes if n.kind in _STEPS and n.id in plan and not plan[n.id].skipped}
    order = [net.nodes[i].id for i in net.order if net.nodes[i].kind is not NodeKind.SPAN]
    known = set(order)
    pairs = [(net.nodes[e.source].id, net.nodes[e.target].id) for e in net.edges]
    return lay_out(order, [pair for pair in pairs if set(pair) <= known], steps)
