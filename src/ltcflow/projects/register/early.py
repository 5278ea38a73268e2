"""Early starts: who approved one, at what stake, and how it ended; what is spent under it, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import attrs
from rpds import HashTrieMap

from ltcflow.conditions import Money
from ltcflow.names import ElementId
from ltcflow.projects.days import day
from ltcflow.projects.register import events as e
from ltcflow.projects.register.sums import Sums, added
from ltcflow.roles import Person
from ltcflow.worktime import Calendar

if TYPE_CHECKING:
    from ltcflow.projects.events import ActivityFinished, ActivityStarted, EarlyStartApproved
    from ltcflow.projects.state import ProjectState


@attrs.frozen(kw_only=True)
class Approval:
    """The approval of an early start.

    Attributes:
        activity, condition: what may begin, and the id of the condition that is to be met. text, due: of the condition.
        by, at: who approved it, and when. daily_cost, daily_limit, limit: see `ApproveEarlyStart`.
        started, finished: when work began under it, and was finished or thrown away by a recycle; None: not.
        ended: when it was revoked (*reason*), or a recycle opened the activity again; None: it was not.
    """

    activity: ElementId
    condition: str
    text: str
    due: date
    by: Person
    at: datetime
    daily_cost: Money | None = None
    daily_limit: Money | None = None
    limit: Money | None = None
    started: datetime | None = None
    finished: datetime | None = None
    ended: datetime | None = None
    ended_by: Person = ""
    reason: str = ""

    @property
    def daily(self) -> Money | None:
        """What a working day of it costs: as expected, else as much as may be spent."""
        return self.daily_limit if self.daily_cost is None else self.daily_cost


Approvals: TypeAlias = "HashTrieMap[str, Approval]"
"""By the id of the condition: an activity may be approved again after a recycle or a revocation."""


def approval(event: EarlyStartApproved) -> Approval:
    """Return the approval that *event* gave."""
    return Approval(
        activity=event.activity,
        condition=event.condition,
        text=event.text,
        due=event.due,
        by=event.by,
        at=event.at,
        daily_cost=event.daily_cost,
        daily_limit=event.daily_limit,
        limit=event.limit,
    )


def revoked(state: ProjectState, event: e.EarlyStartRevoked) -> dict[str, object]:
    """Return what a revocation changes: the activity may not begin early, and its condition is owed no more."""
    name = state.early.get(event.activity, "")
    found: dict[str, object] = {"early": state.early.discard(event.activity)}
    if (obligation := state.obligations.get(name)) is not None and obligation.met is None:
        found["obligations"] = state.obligations.discard(name)
    if (old := state.approvals.get(name)) is not None:
        over = attrs.evolve(old, ended=event.at, ended_by=event.by, reason=event.reason)
        found["approvals"] = state.approvals.insert(name, over)
    return found


def begun(state: ProjectState, event: ActivityStarted) -> Approvals:
    """Return the approvals after an activity began under one of them; *state* is that before it."""
    old = state.approvals.get(state.early.get(event.activity, ""))
    if old is None:
        return state.approvals
    return state.approvals.insert(old.condition, attrs.evolve(old, started=event.at))


def finished(approvals: Approvals, event: ActivityFinished) -> Approvals:
    """Return *approvals* after an activity was finished."""
    return _stopped(approvals, (event.activity,), finished=event.at) if len(approvals) else approvals


def reopened(approvals: Approvals, activities: tuple[ElementId, ...], at: datetime) -> Approvals:
    """Return *approvals* after a recycle at *at* that opened *activities* again: it ends theirs."""
    if not len(approvals):
        return approvals
    approvals = _stopped(approvals, activities, finished=at)
    for old in approvals.values():
        if old.activity in activities and old.ended is None:
            approvals = approvals.insert(old.condition, attrs.evolve(old, ended=at))
    return approvals


def _stopped(approvals: Approvals, activities: tuple[ElementId, ...], *, finished: datetime) -> Approvals:
    for old in approvals.values():
        if old.activity in activities and old.started is not None and old.finished is None:
            approvals = approvals.insert(old.condition, attrs.evolve(old, finished=finished))
    return approvals


@attrs.frozen
class DaySpent:
    """A working day under an early start: what it costs, and what was spent up to its end."""

    day: date
    spent: Money
    total: Money


def spent_by_day(calendar: Calendar, daily: Money, first: datetime, last: datetime) -> tuple[DaySpent, ...]:
    """Return the working days of *calendar* from *first* to *last*, on its wall clock, at *daily* each.

    A day counts whole as soon as it is touched, and counts as a working day when a shift begins on it.

    Cost: O(days).

    Example:
        >>> from datetime import UTC
        >>> from ltcflow.worktime import calendar
        >>> friday, monday = datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)
        >>> [f"{d.day:%a} {d.total}" for d in spent_by_day(calendar("weekdays"), Money(800, "CNY"), friday, monday)]
        ['Fri 800 CNY', 'Mon 1_600 CNY']
    """
    at, end = (moment.astimezone(calendar.zone).date() for moment in (first, last))
    found: list[DaySpent] = []
    while at <= end:
        if calendar.shifts_on(at):
            found.append(DaySpent(at, daily, daily * (len(found) + 1)))
        at += timedelta(days=1)
    return tuple(found)


@attrs.frozen(kw_only=True)
class EarlyStart:
    """An early start as it stands at one moment.

    Attributes:
        approval: who approved it, on what, at what stake. due: the last day for its condition, as it is now.
        standing: approved (nobody began yet), running (within its approval), beyond (work goes on beyond it: see
            *because*), lapsed (nobody began in time), ended (the condition is met, the work is done or was opened
            again).
        because: why it is beyond, lapsed or ended: met, done, revoked, due (its date passed), limit, recycled.
        stopped: when its condition was met or the work ended, so that it costs no more; None: it may still cost.
        days: what it cost by working day; () where nothing was said of its cost, or nobody began.
        limit_reached: the first day on whose end more than the limit was spent.
    """

    approval: Approval
    due: date
    standing: str
    because: tuple[str, ...] = ()
    stopped: datetime | None = None
    days: tuple[DaySpent, ...] = ()
    limit_reached: date | None = None

    @property
    def spent(self) -> Money | None:
        """What was spent so far; None where nothing was said of its cost."""
        if self.days:
            return self.days[-1].total
        return None if self.approval.daily is None else self.approval.daily * 0


def early_starts(state: ProjectState, at: datetime, calendar: Calendar) -> tuple[EarlyStart, ...]:
    """Return the early starts of a project as of *at*, by the time of their approval.

    What is spent counts from the start of the activity until its condition is met or it is finished, beyond its
    approval too: money that is gone is gone.

    Args:
        calendar: its days and its time zone are those of the exposure.
    Cost: O(early starts x days).
    """
    approvals = sorted(state.approvals.values(), key=lambda a: (a.at, a.activity, len(a.condition), a.condition))
    return tuple(_early_start(state, one, max(at, state.at), calendar) for one in approvals)


def _early_start(state: ProjectState, approval: Approval, at: datetime, calendar: Calendar) -> EarlyStart:
    obligation = state.obligations.get(approval.condition)
    met = obligation.met if obligation is not None else None
    due = obligation.due if obligation is not None else approval.due
    started, stops = approval.started, [m for m in (met, approval.finished) if m is not None]
    days: tuple[DaySpent, ...] = ()
    if started is not None and approval.daily is not None and started <= (last := min([*stops, at])):
        days = spent_by_day(calendar, approval.daily, started, last)
    reached = next((d.day for d in days if approval.limit is not None and d.total > approval.limit), None)
    late = met is None and approval.ended is None and due < day(at, state.time_zone)
    checks = {"revoked": bool(approval.reason), "due": late, "limit": reached is not None}
    standing, because = _standing(approval, met, tuple(name for name, true in checks.items() if true))
    return EarlyStart(
        approval=approval,
        due=due,
        standing=standing,
        because=because,
        stopped=min(stops, default=None),
        days=days,
        limit_reached=reached,
    )


def _standing(approval: Approval, met: datetime | None, beyond: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if met is not None:
        return "ended", ("met",)
    if approval.ended is not None and not approval.reason:
        return "ended", ("recycled",)
    if approval.finished is not None:
        return "ended", ("done", *beyond)
    if approval.started is not None:
        return ("beyond", beyond) if beyond else ("running", ())
    return ("lapsed", beyond) if beyond else ("approved", ())


def at_risk(found: Iterable[EarlyStart]) -> Sums:
    """Return what was spent under those of *found* whose condition is not met, by currency: gone if it never is."""
    return added(one.spent for one in found if "met" not in one.because)
