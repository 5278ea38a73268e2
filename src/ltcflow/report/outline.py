"""A process as a tree in the terminal: stages, what is done and decided in them, by whom, and milestones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ltcflow.labels import Label, Lang, width
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.report.calendars import calendar_details
from ltcflow.report.cells import clean, wrap
from ltcflow.report.tables import legend
from ltcflow.report.words import criterion_text, label, listed, payment_text, rhythm, role_text, said, when_text, word
from ltcflow.roles import Raci
from ltcflow.stages import (
    Activity,
    AnyCriterion,
    DecisionRule,
    Dependency,
    DependencyType,
    Gate,
    Milestone,
    RuleKind,
    Stage,
    StageOrder,
)

ACTIVITY, SPAN, GATE, MILESTONE = "[ ]", "[~]", "< >", "( )"
"""The marks of a tree; plain ASCII, one width in every terminal."""


def tree(process: Process, lang: Lang = "en", *, total: int = 100) -> str:
    """Return *process* as a tree: stages with their activities and gates, milestones, and what the marks mean.

    Args:
        lang: language of titles and words.
        total: display columns after which a line goes on below; ids are never cut.
    Returns:
        Text that ends with a line end; the same for equal processes.
    Cost: O(elements + dependencies + criteria).

    Example:
        >>> from ltcflow import builder as b
        >>> offer = b.activity("offer", title="Offer", duration="2d", raci={"A": "seller"})
        >>> steps = [offer, b.activity("weekly", every="1w")]
        >>> bid = b.process("bid", roles={"seller": "Seller"}, stages=[b.stage("do", title="Do", activities=steps)])
        >>> print(tree(bid))
        bid 1.0
        `-- 1 Do (do)
            |-- [ ] Offer (offer)  A: Seller; 2d
            `-- [~] weekly  every 5d
        <BLANKLINE>
        [ ] activity   [~] runs along its stage
        <BLANKLINE>
    """
    drawing = _Drawing(process, lang, max(total, 20))
    head = _named(process.title, process.id, lang)
    lines = [*wrap(f"{head} {clean(process.version)}", drawing.total), *drawing.branches()]
    marks = drawing.legend(lines)
    return "\n".join([*lines, "", *marks] if marks else lines) + "\n"


def _named(title: Label, name: str, lang: Lang) -> str:
    shown = label(title, lang)
    return f"{shown} ({name})" if shown and shown != name else name


@attrs.frozen
class _Drawing:
    """The lines of one tree."""

    process: Process
    lang: Lang
    total: int

    def branches(self) -> Iterator[str]:
        stages, milestones, calendars = self.process.stages, self.process.milestones, self.process.calendars
        for number, stage in enumerate(stages, 1):
            last = number == len(stages) and not milestones and not calendars
            elements: tuple[Activity | Gate, ...] = (*stage.activities, *stage.gates)
            head = f"{number} {_named(stage.title, stage.id, self.lang)}"
            yield from self._entry("", last, head, self._stage(stage), bool(elements))
            below = "    " if last else "|   "
            for i, element in enumerate(elements, 1):
                yield from self._element(below, i == len(elements), element)
        if milestones:
            yield f"{'|' if calendars else '`'}-- " + said(self.lang, "Milestones", "里程碑")
        for i, milestone in enumerate(milestones, 1):
            yield from self._element("|   " if calendars else "    ", i == len(milestones), milestone)
        if calendars:
            yield "`-- " + said(self.lang, "Calendars", "日历")
        for i, calendar in enumerate(calendars, 1):
            head = _named(calendar.title, calendar.id, self.lang)
            details = calendar_details(self.process, calendar, self.lang)
            yield from self._entry("    ", i == len(calendars), head, details)

    def _entry(self, below: str, last: bool, head: str, details: Sequence[str], more: bool = False) -> Iterator[str]:
        """One entry; what does not fit goes on below it, under its own text."""
        stem = below + ("    " if last else "|   ") + ("|   " if more else "    ")
        text = said(self.lang, "; ", "；").join(details)
        first = f"{below}{'`' if last else '|'}-- {head}"
        room = max(20, self.total - width(stem))
        if width(first) > self.total:
            begun, *rest = wrap(head, room)
            yield f"{below}{'`' if last else '|'}-- {begun}"
            yield from (stem + line for line in rest)
        elif text and width(first) + 2 + width(text) <= self.total:
            yield f"{first}  {text}"
            return
        else:
            yield first
        if text:
            yield from (stem + line for line in wrap(text, room))

    def _element(self, below: str, last: bool, element: Activity | Gate | Milestone) -> Iterator[str]:
        match element:
            case Activity():
                mark, details = SPAN if element.spans else ACTIVITY, self._activity(element)
            case Gate():
                mark, details = GATE, self._gate(element)
            case Milestone():
                mark, details = MILESTONE, self._milestone(element)
        yield from self._entry(below, last, f"{mark} {_named(element.title, element.id, self.lang)}", details)

    def _stage(self, stage: Stage) -> list[str]:
        order = "" if stage.order is StageOrder.SEQUENCE else word(stage.order.value, self.lang)
        if stage.order is StageOrder.CHOICE:
            order = said(self.lang, f"choice of at least {stage.at_least}", f"至少选做 {stage.at_least} 项")
        entered = said(self.lang, f"entered with {stage.entered_when}", f"进入标志 {stage.entered_when}")
        succeeded = self._criteria(stage.succeeded_when, "succeeds with", "成功标准")
        parts = [order, when_text(stage, self.lang), self._after(stage.after)]
        return _present([*parts, entered if stage.entered_when else "", succeeded])

    def _activity(self, activity: Activity) -> list[str]:
        duration = str(activity.duration) if activity.duration is not None else ""
        parts = [self._duties(activity.raci), duration, rhythm(activity, self.lang), when_text(activity, self.lang)]
        if activity.calendar:
            parts.append(said(self.lang, f"on calendar {activity.calendar}", f"按日历 {activity.calendar}"))
        outputs = said(self.lang, "leaves ", "产出 ") + listed(activity.outputs, self.lang)
        return _present([*parts, self._after(activity.after), outputs if activity.outputs else ""])

    def _gate(self, gate: Gate) -> list[str]:
        recycle = said(self.lang, f"recycle to {gate.recycle_to}", f"可退回 {gate.recycle_to}")
        parts = [word(gate.kind.value, self.lang), self._decided(gate.decided_by), self._duties(gate.raci)]
        parts += [str(gate.lead_time) if gate.lead_time else "", when_text(gate, self.lang), self._after(gate.after)]
        criteria = self._criteria(gate.criteria, "asks", "判据")
        return _present([*parts, criteria, recycle if gate.recycle_to else ""])

    def _milestone(self, milestone: Milestone) -> list[str]:
        payments = [payment_text(payment, self.lang) for payment in milestone.payments]
        parts = [self._after(milestone.after), when_text(milestone, self.lang)]
        return _present([*parts, self._criteria(milestone.criteria, "asks", "判据"), *payments])

    def _duties(self, raci: Raci) -> str:
        both = [role for role in raci.responsible if role in raci.accountable]
        groups = (
            ("R/A", both),
            ("R", [role for role in raci.responsible if role not in both]),
            ("A", [role for role in raci.accountable if role not in both]),
        )
        return " | ".join(f"{letter}: {self._roles(roles)}" for letter, roles in groups if roles)

    def _roles(self, roles: Sequence[RoleId]) -> str:
        return listed((role_text(self.process, role, self.lang) for role in roles), self.lang)

    def _decided(self, rule: DecisionRule) -> str:
        if not rule.roles:
            return ""
        how = word(rule.kind.value, self.lang)
        if rule.kind is RuleKind.QUORUM:
            how = said(self.lang, f"quorum {rule.quorum}", f"至少 {rule.quorum} 票")
        if rule.kind is RuleKind.CHAIR:
            how = said(self.lang, "chair ", "主席 ") + self._roles([rule.chair])
        veto = said(self.lang, ", veto ", "，一票否决 ") + self._roles(rule.veto) if rule.veto else ""
        return said(self.lang, "decided by ", "决策人 ") + f"{self._roles(rule.roles)} ({how}{veto})"

    def _after(self, after: tuple[Dependency, ...] | None) -> str:
        if after is None:
            return ""
        if not after:
            return said(self.lang, "waits for nothing", "无前置")
        return said(self.lang, "after ", "前置 ") + listed((_dependency(d) for d in after), self.lang)

    def _criteria(self, criteria: Sequence[AnyCriterion], en: str, zh: str) -> str:
        if not criteria:
            return ""
        texts = (criterion_text(self.process, criterion, self.lang) for criterion in criteria)
        return f"{said(self.lang, en, zh)} {listed(texts, self.lang)}"

    def legend(self, lines: Sequence[str]) -> list[str]:
        meanings = (
            (ACTIVITY, word("activity", self.lang)),
            (SPAN, word("alongside", self.lang)),
            (GATE, word("gate", self.lang)),
            (MILESTONE, word("milestone", self.lang)),
        )
        used = [f"{mark} {text}" for mark, text in meanings if any(f"-- {mark} " in line for line in lines)]
        return legend(used, total=self.total).splitlines()


def _present(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part]


def _dependency(dependency: Dependency) -> str:
    kind = "" if dependency.type is DependencyType.FS else f" {dependency.type.value}"
    lag = f" {'+' if dependency.lag.minutes > 0 else ''}{dependency.lag}" if dependency.lag else ""
    return f"{dependency.on}{kind}{lag}"
