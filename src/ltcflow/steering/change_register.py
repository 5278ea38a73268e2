"""Change requests as a leader reads them: what each does to the plan and to the margin, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ltcflow.names import ElementId
from ltcflow.projects.register.changes import Change, ChangeEffect, effect_of
from ltcflow.schedule import Plan
from ltcflow.stages import Activity, Duration, as_estimate
from ltcflow.worktime import ZERO, WorkDuration, minutes_between


@attrs.frozen(kw_only=True)
class PlanShift:
    """How a plan moves; working time on its calendar, positive where it becomes later.

    Attributes:
        finish: of the end of the project. milestones: of each milestone that moves, in declared order.
        became_critical: activities and gates that lie on a longest path now and did not.
        unplaced: activities whose added time the plan has no place for: done, skipped, or running along their stage.
    """

    finish: WorkDuration = ZERO
    milestones: tuple[tuple[ElementId, WorkDuration], ...] = ()
    became_critical: tuple[ElementId, ...] = ()
    unplaced: tuple[ElementId, ...] = ()


@attrs.frozen(kw_only=True)
class ChangeImpact:
    """A change request and what it does to the plan: with it against without it, both with the other approved ones.

    Attributes:
        shift: of the plan; None where the request was rejected: it does nothing.
        effect: its times, cost, price and margin.
    """

    change: Change
    shift: PlanShift | None
    effect: ChangeEffect


@attrs.frozen(kw_only=True)
class ChangeRegister:
    """The change requests of a project.

    Attributes:
        impacts: of each, in the order in which they were asked for.
        approved, pending: what the approved ones, and those not decided yet, add up to.
        approved_shift: the plan with the approved ones against the plan without any.
        pending_shift: the plan with all that are approved or not decided against the plan with the approved ones.
        plan: with the approved ones.
    """

    impacts: tuple[ChangeImpact, ...]
    approved: ChangeEffect
    pending: ChangeEffect
    approved_shift: PlanShift
    pending_shift: PlanShift
    plan: Plan


def change_register(changes: Iterable[Change], plan: Plan) -> ChangeRegister:
    """Return what *changes* do to *plan*, which is made without any of them, and to the margin.

    Added time prolongs its activity, all points of a three-point estimate alike; time saved shortens it to zero at
    most. What is done is not planned again: its added time is `PlanShift.unplaced`.

    Cost: that of one plan for each change request that was not rejected, and two more.
    Raises:
        InvalidValue: the plan does not know what it was made from.

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.schedule import plan as make
        >>> offer = b.process("offer", stages=[b.stage("bid", activities=[b.activity("draft", duration="3d")])])
        >>> two_days = (("draft", WorkDuration.parse("2d")),)
        >>> more = Change(id="more", times=two_days, requested=datetime(2026, 3, 2, tzinfo=UTC))
        >>> found = change_register([more], make(offer, start="2026-03-02"))
        >>> str(found.impacts[0].shift.finish), found.plan.finish.isoformat(), str(found.pending_shift.finish)
        ('2d', '2026-03-04T18:00:00+00:00', '2d')
    """
    known = sorted(changes, key=lambda change: (change.requested, change.id))
    approved = [change for change in known if change.standing.approved]
    pending = [change for change in known if change.standing.pending]
    with_approved = with_changes(plan, approved)
    return ChangeRegister(
        impacts=tuple(_impact(change, plan, approved, with_approved) for change in known),
        approved=effect_of(approved),
        pending=effect_of(pending),
        approved_shift=shift(plan, with_approved, approved),
        pending_shift=shift(with_approved, with_changes(plan, [*approved, *pending]), pending),
        plan=with_approved,
    )


def _impact(change: Change, plan: Plan, approved: list[Change], with_approved: Plan) -> ChangeImpact:
    if change.standing.approved:
        without = with_changes(plan, [other for other in approved if other is not change])
        moved: PlanShift | None = shift(without, with_approved, [change])
    elif change.standing.pending:
        moved = shift(with_approved, with_changes(plan, [*approved, change]), [change])
    else:
        moved = None
    return ChangeImpact(change=change, shift=moved, effect=effect_of([change]))


def with_changes(plan: Plan, changes: Iterable[Change]) -> Plan:
    """Return *plan* with the times of *changes* added to its activities; *plan* itself where they add nothing.

    Raises:
        InvalidValue: the plan does not know what it was made from.
    """
    durations = {name: changed for name, time in effect_of(changes).times if (changed := _longer(plan, name, time))}
    return plan.with_(durations=durations) if durations else plan


def _longer(plan: Plan, name: ElementId, time: WorkDuration) -> Duration | None:
    """Return the estimate of the activity *name* with *time* more; None where the plan has no place for it."""
    row, inputs = plan.get(name), plan.inputs
    if row is None or row.done or row.skipped or row.spans or inputs is None:
        return None
    element = inputs.process.find(name)
    declared = element.duration if isinstance(element, Activity) else None
    given: Mapping[ElementId, object] = dict(inputs.durations)
    default = as_estimate(inputs.default_duration if inputs.default_duration is not None else ZERO)
    estimate = as_estimate(given[name]) if name in given else declared or default  # type: ignore[arg-type]  # as planned
    points = (estimate.optimistic, estimate.likely, estimate.pessimistic)
    if estimate.elapsed != time.elapsed and any(points):
        return None
    return Duration(*(WorkDuration(max(0, point.minutes + time.minutes), time.elapsed) for point in points))


def shift(before: Plan, after: Plan, changes: Iterable[Change] = ()) -> PlanShift:
    """Return how *after* differs from *before*, with what of *changes* no plan has a place for."""
    days = before.calendar
    pairs = [(row, after[row.id]) for row in before.rows if row.id in after]
    milestones = [
        (row.id, WorkDuration(minutes))
        for row, other in pairs
        if row.kind == "milestone" and (minutes := minutes_between(days, row.early_finish, other.early_finish))
    ]
    times = effect_of(changes).times
    return PlanShift(
        finish=WorkDuration(minutes_between(days, before.finish, after.finish)),
        milestones=tuple(milestones),
        became_critical=tuple(
            row.id for row, other in pairs if row.kind != "stage" and other.critical and not row.critical
        ),
        unplaced=tuple(name for name, time in times if _longer(before, name, time) is None),
    )
