"""Progress: what has happened by the data date, and how the rest follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.findings import Finding, Severity
from ltcflow.graph import Network, NodeKind
from ltcflow.graph.places import place_of
from ltcflow.names import ElementId
from ltcflow.schedule.elapsed import Length, MixedLink
from ltcflow.schedule.limits import Axis
from ltcflow.schedule.model import Model
from ltcflow.stages import DependencyType
from ltcflow.worktime import WorkDuration

Rule: TypeAlias = Literal["retained", "override"]
RULES: tuple[Rule, ...] = ("retained", "override")
_TO_START = (DependencyType.FS, DependencyType.SS)
_FROM_FINISH = (DependencyType.FS, DependencyType.FF)
_ELEMENTS = (NodeKind.ACTIVITY, NodeKind.SPAN, NodeKind.GATE, NodeKind.MILESTONE)


def check_rule(rule: str) -> None:
    """Raise InvalidValue unless *rule* is one of `RULES`."""
    if rule not in RULES:
        remedy = "Use 'retained' (retained logic) or 'override' (progress override)."
        raise InvalidValue(field="progress", value=str(rule), problem="is no rule for progress.", remedy=remedy)


@attrs.frozen(kw_only=True)
class Progress:
    """What has happened by *data_date*: actual starts and finishes of activities, gates and milestones.

    Attributes:
        remaining: work left in what has begun; by default its duration less the working time since it began.
        rule: what work that began out of sequence does next: it waits for what it should have waited for
            ("retained"), or goes on ("override").
    """

    finished: Mapping[ElementId, datetime]
    started: Mapping[ElementId, datetime]
    data_date: datetime
    remaining: Mapping[ElementId, WorkDuration] = attrs.field(factory=dict)
    rule: Rule = "retained"

    @property
    def happened(self) -> frozenset[ElementId]:
        """What has begun or is done."""
        return frozenset((*self.finished, *self.started))


class Times(Axis, Protocol):
    """What progress asks of the calendars of a project."""

    def pin(self, number: int, start: int | None, finish: int) -> None:
        """Fix a node that is done."""
        ...

    def worked(self, number: int, began: datetime, until: datetime) -> int:
        """Return the minutes of its own kind that node *number* has behind it."""
        ...

    def after_start(self, link: MixedLink, start: int) -> int:
        """Return the event that *link* asks for when its source began at *start*."""
        ...


def apply(model: Model, progress: Progress, times: Times, early: frozenset[ElementId] = frozenset()) -> None:
    """Fix what is done, keep what has begun, and let nothing else begin before the data date.

    What is done stands at its actual dates, whatever it should have waited for. The rest of what has begun waits for
    its predecessors like anything else (retained logic, AACE 29R-03), unless it is in *early* and the rule is progress
    override: then it waits for nothing. What may begin with it counts from its actual start.

    Args:
        early: what has begun out of sequence.
    """
    now = times.ceil(progress.data_date)
    fixed: set[int] = set()
    begun: dict[int, int] = {}
    waiting = _waiting(model, progress)
    for number, node in enumerate(model.nodes):
        if node.id in progress.finished:
            fixed.add(number)
            start = times.floor(progress.started[node.id]) if node.id in progress.started else None
            times.pin(number, start, times.floor(progress.finished[node.id]))
        elif node.id in progress.started:
            begun[number] = times.ceil(progress.started[node.id])
            model.lengths[number] = _rest(number, node.id, model, progress, times)
            model.not_before[number] = now
            if progress.rule == "override" and node.id in early:
                fixed.add(number)
        elif node.id in waiting:
            model.not_before[number] = now
    model.links = [link for link in model.links if link.target not in fixed and not _counted(link, begun, model, times)]


def _waiting(model: Model, progress: Progress) -> set[str]:
    """Return the nodes that begin after the data date: elements, and the starts of stages whose steps all do."""
    off = {node.id for node, is_off in zip(model.nodes, model.off, strict=True) if is_off}
    waiting = {node.id for node in model.nodes if node.kind in _ELEMENTS} - progress.happened - off
    for stage in model.network.process.stages:
        inside = {*(a.id for a in stage.activities if not a.spans), *(gate.id for gate in stage.gates)} - off
        if inside and inside <= waiting:
            waiting.add(f"{stage.id}.start")
    return waiting


def _rest(number: int, name: ElementId, model: Model, progress: Progress, times: Times) -> Length:
    left = progress.remaining.get(name)
    if left is not None:
        return Length(left.minutes, left.elapsed)
    length = model.lengths[number]
    done = times.worked(number, progress.started[name], progress.data_date)
    return Length(min(max(length.minutes - done, 0), length.minutes), length.elapsed)


def _counted(link: MixedLink, begun: Mapping[int, int], model: Model, times: Times) -> bool:
    """Turn a link from an actual start into an earliest start or finish; say whether it was one."""
    if link.source not in begun or link.type not in ("SS", "SF"):
        return False
    if link.type == "SS" and link.target in begun:
        return True
    at, target = times.after_start(link, begun[link.source]), link.target
    if link.type == "SF":
        model.ends_from[target] = max(at, model.ends_from.get(target, at))
    else:
        model.not_before[target] = max(model.not_before[target], at)
    return True


def out_of_sequence(waits: Network, off: frozenset[ElementId], progress: Progress) -> dict[ElementId, tuple[str, ...]]:
    """Return what happened before something it waits for did: element, and what it should have waited for.

    Lags are left out of account, and links with a lead altogether. Cost: O(elements * network) at worst.
    """
    found: dict[ElementId, tuple[str, ...]] = {}
    for position in waits.order:
        node = waits.nodes[position]
        if node.kind in _ELEMENTS and node.id in progress.happened and node.kind is not NodeKind.SPAN:
            early = tuple(dict.fromkeys(_ahead(waits, off, progress, position)))
            if early:
                found[node.id] = early
    return found


def _ahead(waits: Network, off: frozenset[ElementId], progress: Progress, position: int) -> Iterator[str]:
    """Yield what the element at *position* overtook, looking through boundaries and what does not take place."""
    name = waits.nodes[position].id
    finish = progress.finished.get(name)
    start = progress.started.get(name, finish)
    seen: set[tuple[int, bool]] = set()
    stack = [(position, True, True), (position, False, False)]
    while stack:
        at, at_start, mine_at_start = stack.pop()
        mine = start if mine_at_start else finish
        for edge in waits.incoming[at]:
            if mine is None or (edge.type in _TO_START) is not at_start or edge.lag.minutes < 0:
                continue
            source = waits.nodes[edge.source]
            if source.kind in _ELEMENTS and source.id not in off:
                before = progress.finished.get(source.id)
                before = before if edge.type in _FROM_FINISH else progress.started.get(source.id, before)
                if before is None or before > mine:
                    yield source.id
            elif (edge.source, mine_at_start) not in seen:
                seen.add((edge.source, mine_at_start))
                stack += [(edge.source, True, mine_at_start), (edge.source, False, mine_at_start)]


def overtakings(waits: Network, early: Mapping[ElementId, tuple[str, ...]], progress: Progress) -> Iterator[Finding]:
    """Yield one finding for each element that happened out of sequence."""
    goes, goes_zh = {
        "retained": ("; what is left of it waits for them in this plan", "，其剩余工作在本计划中等待它们"),
        "override": (
            "; what is left of it goes on without them in this plan",
            "，其剩余工作在本计划中不再等待、继续进行",
        ),
    }[progress.rule]
    for name, before in early.items():
        shown = ", ".join(before[:5]) + (", ..." if len(before) > 5 else "")
        done = name in progress.finished
        yield Finding(
            code="LTC410",
            severity=Severity.WARNING,
            where=place_of(waits.process, name),
            problem=f"happened out of sequence, before {shown}{'' if done else goes}.",
            remedy="Correct the dates, or change what it waits for where it need not wait.",
            problem_zh=f"未按顺序进行，先于 {shown}{'' if done else goes_zh}。",
            remedy_zh="请更正日期；如确实无需等待，请修改其依赖。",
            witness=(name, *before),
        )
