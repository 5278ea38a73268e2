"""How long each element of a plan takes, and which of it was assumed."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding, Severity
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.selection import Selection
from ltcflow.stages import Activity, Duration, Gate, as_estimate
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import ZERO, DurationLike, WorkDuration, as_duration, not_negative


@attrs.frozen
class _NotNegative:
    value: WorkDuration = attrs.field(converter=as_duration, validator=not_negative)


@attrs.frozen(kw_only=True)
class Lengths:
    """Durations by element.

    Attributes:
        by_element: of each activity and gate that is planned; spanning activities have none of their own.
        assumed: the activities that nobody estimated.
        findings: one that names them, or none.
    """

    by_element: Mapping[ElementId, WorkDuration]
    assumed: frozenset[ElementId]
    findings: tuple[Finding, ...]


def lengths(
    process: Process,
    selection: Selection,
    durations: Mapping[ElementId, EstimateLike],
    default_duration: DurationLike | None,
) -> Lengths:
    """Return how long each planned activity and gate takes.

    Args:
        durations: stronger than the process; fixed or three-point, the mean of which counts (PERT: (o + 4m + p) / 6).
        default_duration: for activities that nobody estimated; None: none, and they count as zero.
    Raises:
        UnknownName: a duration for something that is not declared.
        InvalidValue: a duration for something that has none, or that is no duration.
    """
    given = {name: _given(process, name, value) for name, value in durations.items()}
    default = ZERO if default_duration is None else _NotNegative(default_duration).value
    found: dict[ElementId, WorkDuration] = {}
    assumed: list[ElementId] = []
    for activity in process.activities():
        if activity.id in selection.skipped or activity.spans:
            continue
        estimate = given.get(activity.id, activity.duration)
        if estimate is None:
            assumed.append(activity.id)
        found[activity.id] = default if estimate is None else _expected(estimate)
    for gate in process.gates():
        if gate.id not in selection.skipped:
            estimate = given.get(gate.id)
            found[gate.id] = gate.lead_time if estimate is None else _expected(estimate)
    findings = (
        (_missing(process, tuple(assumed), len(found), None if default_duration is None else default),)
        if assumed
        else ()
    )
    return Lengths(by_element=found, assumed=frozenset(assumed), findings=findings)


def _expected(estimate: Duration) -> WorkDuration:
    return WorkDuration(estimate.expected_minutes(), elapsed=estimate.elapsed)


def _given(process: Process, name: ElementId, value: EstimateLike) -> Duration:
    element = process.find(name)
    if element is None:
        known = (*(a.id for a in process.activities()), *(g.id for g in process.gates()))
        raise UnknownName(kind="activity or gate", value=name, known=known)
    if not isinstance(element, Activity | Gate) or (isinstance(element, Activity) and element.spans):
        raise InvalidValue(
            field=f"durations[{name}]",
            value=str(value),
            problem="cannot be set: it follows from what the element spans or marks.",
            remedy="Give durations for activities that are steps, and for gates.",
        )
    return as_estimate(value)


def _missing(process: Process, names: tuple[ElementId, ...], count: int, default: WorkDuration | None) -> Finding:
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    taken, taken_zh = (f"{default} was assumed", f"按 {default} 假定") if default else ("counted as zero", "按零计")
    return Finding(
        code="LTC401",
        severity=Severity.WARNING,
        where="durations",
        problem=f"{len(names)} of {count} activities and gates have no duration, {taken}: {shown}.",
        remedy="Estimate them, in the definition or with durations={id: '3d'}.",
        problem_zh=f"{count} 个活动和决策点中有 {len(names)} 个没有工期，{taken_zh}：{shown}。",
        remedy_zh="请在定义中或通过 durations={id: '3d'} 给出估算。",
        witness=names,
    )
