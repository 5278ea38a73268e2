"""What a simulation found, as a value and in words: when things will be finished, what moves that, and the chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from ltcflow.findings import Finding
from ltcflow.labels import NO_LABEL, Label, Lang
from ltcflow.names import ElementId
from ltcflow.report.cells import clean, lay_out
from ltcflow.report.tables import TOTAL, finding_line, fitting, paragraph, table
from ltcflow.report.words import day, label, length, minute, percent, said
from ltcflow.worktime import WorkDuration

if TYPE_CHECKING:
    from ltcflow.schedule.constraint import Moment
    from ltcflow.schedule.montecarlo import Distribution, GateRecord, Influence, Share, Simulation

MOST = 10
"""How many elements are shown of those that move the finish."""


@attrs.frozen(kw_only=True)
class Odds:
    """When one element is finished, or (id "") the project.

    Attributes:
        planned: by the plan, with the mean of every duration.
        p10, p50, p80, p90: by when with so many percent, where it is reached; None when it never is.
        reached: the probability that it is reached at all.
        criticality: share of samples in which it lies on a longest path; None for the project and for stages.
        deadline: as it was asked for; kept: the probability that it is reached and finished by then.
    """

    id: ElementId
    title: Label = NO_LABEL
    planned: datetime
    p10: datetime | None = None
    p50: datetime | None = None
    p80: datetime | None = None
    p90: datetime | None = None
    reached: Share
    criticality: float | None = None
    deadline: str = ""
    kept: Share | None = None


@attrs.frozen(kw_only=True)
class Prospect:
    """What a simulation found.

    Attributes:
        seed, samples, precise: how it was drawn; *precise* is False when a wanted precision was not reached.
        finish: of the project; elements: those that were asked for, in declared order.
        win: the probability that the project is not lost; None when nothing was said about losing.
        merge_bias: how much later than planned it finishes on average; None when every sample had a hold or recycle.
        influences: what moves the finish, the most sensitive first.
        gates: what happened at gates with outcomes; passing: the other gates.
        findings: what was assumed.
    """

    process: ElementId
    start: datetime
    calendar: str
    time_zone: str
    seed: int
    samples: int
    precise: bool
    finish: Odds
    elements: tuple[Odds, ...]
    win: Share | None
    merge_bias: WorkDuration | None
    influences: tuple[Influence, ...]
    gates: tuple[GateRecord, ...]
    passing: tuple[ElementId, ...]
    findings: tuple[Finding, ...]


def prospect(
    simulation: Simulation,
    elements: Iterable[ElementId] = (),
    *,
    deadlines: Mapping[ElementId, Moment] | None = None,
    finish: Moment | None = None,
) -> Prospect:
    """Return what *simulation* found of *elements* (else of its milestones, else of its stages) and of the project.

    Args:
        deadlines: by element a day or moment: how likely it is kept; such elements are shown too. finish: the same of
            the project.
    Raises:
        UnknownName: an element that the simulation does not have. InvalidValue: no date.
    """
    due = dict(deadlines or {})
    asked = {name: simulation[name] for name in (*elements, *due)}
    rows = simulation.plan.rows
    kinds = [kind for kind in ("milestone", "stage") if any(row.kind == kind and not row.skipped for row in rows)]
    usual = {row.id for row in rows if row.kind in kinds[:1] and not row.skipped and row.id in simulation}
    shown = set(asked) if tuple(elements) else usual | set(asked)
    critical = dict(simulation.critical)
    found = [
        _odds(row.id, row.title, simulation[row.id], due.get(row.id), critical.get(row.id), simulation.samples)
        for row in rows
        if row.id in shown
    ]
    return Prospect(
        process=simulation.plan.process,
        start=simulation.plan.start,
        calendar=simulation.plan.calendar.id,
        time_zone=simulation.plan.calendar.time_zone,
        seed=simulation.seed,
        samples=simulation.samples,
        precise=simulation.precise,
        finish=_odds("", NO_LABEL, simulation.finish, finish, None, simulation.samples),
        elements=tuple(found),
        win=simulation.win,
        merge_bias=simulation.merge_bias,
        influences=simulation.influences,
        gates=simulation.gates,
        passing=simulation.passing,
        findings=simulation.findings,
    )


def _odds(
    name: ElementId, title: Label, found: Distribution, due: Moment | None, critical: int | None, samples: int
) -> Odds:
    never = found.reached.value == 0
    p10, p50, p80, p90 = (None if never else found.quantile(p) for p in (0.1, 0.5, 0.8, 0.9))
    return Odds(
        id=name,
        title=title,
        planned=found.planned,
        p10=p10,
        p50=p50,
        p80=p80,
        p90=p90,
        reached=found.reached,
        criticality=None if critical is None else critical / samples,
        deadline="" if due is None else str(due),
        kept=None if due is None else found.probability_by(due),
    )


def prospect_text(found: Prospect, lang: Lang = "en", *, total: int = TOTAL, most: int = MOST) -> str:
    """Return *found* as tables: when elements and the project are finished, what moves the finish, gates, the rest.

    Args:
        most: so many elements that move the finish.
    """
    page = _Page(found, lang, total)
    parts = [page.dates(), page.facts(), page.moving(most), page.gates()]
    findings = "".join(paragraph(finding_line(finding, lang), total=total) for finding in found.findings)
    return "\n".join(part for part in (*parts, findings) if part)


class _Page:
    """The text of one prospect."""

    def __init__(self, found: Prospect, lang: Lang, total: int) -> None:
        self.found, self.lang, self.total = found, lang, total
        self.titles = {odds.id: odds.title for odds in found.elements}

    def say(self, en: str, zh: str) -> str:
        return said(self.lang, en, zh)

    def dates(self) -> str:
        rows = [*self.found.elements, self.found.finish]
        heads = ["Id", "Title", "Plan", "P10", "P50", "P80", "P90", "Critical", "Reached", "Deadline", "Kept"]
        chinese = ["标识", "名称", "计划", "P10", "P50", "P80", "P90", "关键度", "到达率", "期限", "按期率"]
        cells = [self.row(odds) for odds in rows]
        if all(odds.reached.value == 1 for odds in rows):
            cells = [[*row[:8], "", *row[9:]] for row in cells]
        headers = chinese if self.lang == "zh" else heads
        keep, right = (0, *range(2, 11)), (7, 8, 10)
        return fitting(headers, cells, total=self.total, spare=(3, 1, 7, 6, 2), keep=keep, right=right)

    def row(self, odds: Odds) -> list[str]:
        title = label(odds.title, self.lang) if odds.id else self.say("All is finished", "全部完成")
        name = odds.id or self.say("(project)", "（项目）")
        dates = [day(at) if at is not None else "-" for at in (odds.p10, odds.p50, odds.p80, odds.p90)]
        critical = "" if odds.criticality is None else percent(odds.criticality)
        kept = "" if odds.kept is None else percent(odds.kept.value)
        reached = percent(odds.reached.value)
        return [name, title, day(odds.planned), *dates, critical, reached, clean(odds.deadline), kept]

    def facts(self) -> str:
        found = self.found
        drawn = self.say(f"{found.samples:,} (seed {found.seed})", f"{found.samples:,}（种子 {found.seed}）")
        if not found.precise:
            drawn += self.say(", less precise than asked for", "，未达到要求的精度")
        facts = [
            (self.say("Start", "开始"), minute(found.start)),
            (self.say("Calendar", "日历"), f"{found.calendar} ({clean(found.time_zone)})"),
            (self.say("Samples", "样本数"), drawn),
        ]
        if found.win is not None:
            facts.append((self.say("Win", "赢单概率"), self.share(found.win)))
        if found.merge_bias is not None:
            facts.append((self.say("Against the plan, on average", "平均与计划相比"), self.bias(found.merge_bias)))
        return "".join(f"{line.rstrip()}\n" for lines in lay_out(facts, total=self.total, keep=(0,)) for line in lines)

    def bias(self, bias: WorkDuration) -> str:
        size = length(WorkDuration(abs(bias.minutes)))
        return (
            self.say(f"{size} earlier", f"提前 {size}")
            if bias.minutes < 0
            else self.say(f"{size} later", f"推迟 {size}")
        )

    def share(self, share: Share) -> str:
        low, high = percent(share.low, places=1), percent(share.high, places=1)
        return self.say(
            f"{percent(share.value, places=1)} (95 % between {low} and {high})",
            f"{percent(share.value, places=1)}（95% 置信区间 {low} 至 {high}）",
        )

    def moving(self, most: int) -> str:
        moving = [i for i in self.found.influences if i.sensitivity > 0 or i.cruciality > 0][:most]
        if not moving:
            return ""
        heads = ("What moves the finish", "Critical", "Cruciality", "Sensitivity")
        headers = ("影响完成日期的要素", "关键度", "关联度", "敏感度") if self.lang == "zh" else heads
        rows = [(i.element, percent(i.criticality), f"{i.cruciality:.2f}", f"{i.sensitivity:.2f}") for i in moving]
        return table(headers, rows, total=self.total, keep=(0,), right=(1, 2, 3))

    def gates(self) -> str:
        if not self.found.gates:
            return ""
        heads = ("Gate", "Holds a project", "Recycles a project", "Stopped")
        headers = ("关口", "平均暂缓次数", "平均退回次数", "终止") if self.lang == "zh" else heads
        rows = [(g.gate, f"{g.holds:.2f}", f"{g.recycles:.2f}", percent(g.stopped.value)) for g in self.found.gates]
        return table(headers, rows, total=self.total, keep=(0,), right=(1, 2, 3))
