"""Constraints, deadlines and the wanted finish of a project, as limits of the nodes of its network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding, Severity
from ltcflow.graph.places import place_of
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.constraint import Constraint, ConstraintKind, Moment, named, parse_end
from ltcflow.schedule.model import Model
from ltcflow.stages import Activity, Gate, Milestone, Stage
from ltcflow.worktime import Calendar

Given = tuple[tuple[ElementId, tuple[Constraint, ...]], ...]
_PLANNED = (Activity, Gate, Milestone, Stage)


class Axis(Protocol):
    """Where moments lie on the numbers that a kernel counts in."""

    def ceil(self, moment: datetime, /) -> int:
        """Return the first number at *moment* or later."""
        ...

    def floor(self, moment: datetime, /) -> int:
        """Return the last number that has passed at *moment*."""
        ...

    def start_by(self, number: int, moment: datetime, /) -> int:
        """Return the last start of node *number* that counts as not later than *moment*."""
        ...


class Bound(NamedTuple):
    """One dated constraint on one node: its event comes not before *lower*, not after *upper* (numbers of the axis)."""

    node: int
    element: ElementId
    constraint: Constraint
    moment: datetime
    lower: int | None
    upper: int | None


@attrs.frozen(kw_only=True)
class Limits:
    """What holds nodes besides their links, by number.

    Attributes:
        starts_from, ends_from: earliest start and finish; starts_until, ends_until: latest, which must be kept.
        due: finishes that should be kept: they move late dates only.
        late: nodes to be put as late as possible.
        finish: when everything should be finished; None: as early as possible.
        moments: of nodes held back, the moment that was asked for.
    """

    starts_from: Mapping[int, int] = attrs.field(factory=dict)
    ends_from: Mapping[int, int] = attrs.field(factory=dict)
    starts_until: Mapping[int, int] = attrs.field(factory=dict)
    ends_until: Mapping[int, int] = attrs.field(factory=dict)
    due: Mapping[int, int] = attrs.field(factory=dict)
    late: frozenset[int] = frozenset()
    finish: int | None = None
    moments: Mapping[int, datetime] = attrs.field(factory=dict)

    def with_bounds(self, bounds: Iterable[Bound]) -> Limits:
        """Return these limits with those of *bounds* instead of the ones there are."""
        tables: dict[tuple[bool, bool], dict[int, int]] = {(f, u): {} for f in (False, True) for u in (False, True)}
        moments: dict[int, datetime] = {}
        for bound in bounds:
            ends = bound.constraint.kind.at_finish
            if bound.lower is not None:
                table = tables[ends, False]
                if bound.lower >= table.get(bound.node, bound.lower):
                    table[bound.node] = bound.lower
                    moments[bound.node] = max(bound.moment, moments.get(bound.node, bound.moment))
            if bound.upper is not None:
                table = tables[ends, True]
                table[bound.node] = min(bound.upper, table.get(bound.node, bound.upper))
        return attrs.evolve(
            self,
            starts_from=tables[False, False],
            ends_from=tables[True, False],
            starts_until=tables[False, True],
            ends_until=tables[True, True],
            moments=moments,
        )


NO_LIMITS = Limits()


class Wanted(NamedTuple):
    """Constraints and deadlines placed in a model.

    Attributes:
        bounds: the dated constraints; late: nodes to be put as late as possible.
        due: deadlines as (node, number of the axis); deadlines: the moment of each element that has one.
        findings: what was left aside, and why.
    """

    bounds: tuple[Bound, ...]
    late: frozenset[int]
    due: Mapping[int, int]
    deadlines: Mapping[ElementId, datetime]
    findings: tuple[Finding, ...]


def place_limits(
    model: Model,
    axis: Axis,
    days: Calendar,
    constraints: Given,
    deadlines: Sequence[tuple[ElementId, Moment]],
    *,
    finished: Iterable[ElementId] = (),
    started: Iterable[ElementId] = (),
) -> Wanted:
    """Place the constraints and deadlines of a project in its model.

    Args:
        finished, started: what has happened; constraints on it are history and count no more.
    Raises:
        UnknownName: an element that is not declared. InvalidValue: one that cannot be held to that, no date.
    """
    placing = _Placing(model, axis, days, frozenset(finished), frozenset(started))
    bounds = [bound for name, given in constraints for bound in placing.constrain(name, given)]
    due: dict[int, int] = {}
    moments: dict[ElementId, datetime] = {}
    for name, at in deadlines:
        moment = named(f"deadlines[{name}]", parse_end, at, days)
        element = _element(model.network.process, name)
        if name in model.skipped:
            placing.aside(name, f"deadline {at}")
            continue
        moments[name] = moment.astimezone(days.zone)
        if name not in placing.finished:
            due[placing.end_of(element)] = axis.floor(moment)
    return Wanted(tuple(bounds), frozenset(placing.late), due, moments, tuple(placing.findings))


class _Placing:
    def __init__(
        self,
        model: Model,
        axis: Axis,
        days: Calendar,
        finished: frozenset[ElementId],
        started: frozenset[ElementId],
    ) -> None:
        self.model, self.axis, self.days = model, axis, days
        self.process = model.network.process
        self.finished, self.started = finished, started
        self.late: set[int] = set()
        self.findings: list[Finding] = []

    def constrain(self, name: ElementId, given: Iterable[Constraint]) -> Iterator[Bound]:
        element = _element(self.process, name)
        for constraint in given:
            kind = constraint.kind
            moment = constraint.moment(self.days) if kind.dated else None
            _check(element, constraint)
            if name in self.model.skipped:
                self.aside(name, str(constraint))
            elif name in self.finished or (name in self.started and not kind.at_finish):
                continue
            elif moment is not None:
                yield self._bound(element, constraint, moment)
            elif kind is ConstraintKind.LATE:
                self.late.add(self.model.number(name))

    def _bound(self, element: Activity | Gate | Milestone | Stage, constraint: Constraint, moment: datetime) -> Bound:
        kind = constraint.kind
        node = self.end_of(element) if kind.at_finish else self.start_of(element)
        lower = self.axis.ceil(moment) if kind.holds_back else None
        upper = None
        if kind.holds_up:
            upper = self.axis.floor(moment) if kind.at_finish else self.axis.start_by(node, moment)
            upper = upper if lower is None else max(upper, lower)
        return Bound(node, element.id, constraint, moment, lower, upper)

    def start_of(self, element: Activity | Gate | Milestone | Stage) -> int:
        return self.model.number(f"{element.id}.start" if isinstance(element, Stage) else element.id)

    def end_of(self, element: Activity | Gate | Milestone | Stage) -> int:
        if isinstance(element, Activity) and element.spans:
            return self.model.number(f"{self.model.nodes[self.model.number(element.id)].stage}.finish")
        return self.model.number(f"{element.id}.finish" if isinstance(element, Stage) else element.id)

    def aside(self, name: ElementId, text: str) -> None:
        self.findings.append(
            Finding(
                code="LTC409",
                severity=Severity.WARNING,
                where=place_of(self.process, name),
                problem=f"does not take place in this plan, so {text!r} was left aside.",
                remedy="Remove it, or give the facts and choices under which it takes place.",
                problem_zh=f"在本计划中不发生，因此忽略“{text}”。",
                remedy_zh="请去掉它，或提供使其发生的事实与选择。",
                witness=(name,),
            )
        )


def _element(process: Process, name: ElementId) -> Activity | Gate | Milestone | Stage:
    element = process.find(name)
    if not isinstance(element, _PLANNED):
        known = (e.id for e in process.elements() if isinstance(e, _PLANNED))
        raise UnknownName(kind="stage, activity, gate or milestone", value=str(name), known=known)
    return element


def _check(element: Activity | Gate | Milestone | Stage, constraint: Constraint) -> None:
    spans = isinstance(element, Activity) and element.spans
    if spans or (isinstance(element, Stage) and constraint.kind is ConstraintKind.LATE):
        raise InvalidValue(
            field=f"constraints[{element.id}]",
            value=str(constraint),
            problem="cannot be asked of what spans others; its dates follow from theirs.",
            remedy="Constrain the steps, gates and milestones themselves.",
        )
