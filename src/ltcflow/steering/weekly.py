"""The weekly report of a project, written from its record: what moved, what slipped and why, what is to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.commands import Closing
from ltcflow.projects.due import due
from ltcflow.projects.events import AnyEvent
from ltcflow.projects.register.changes import Change
from ltcflow.projects.state import ProjectState, Standing, replay
from ltcflow.steering.ahead import (
    Ahead,
    Decision,
    Owed,
    Pending,
    ahead,
    coming,
    counts,
    decisions,
    owed,
    pending,
    undecided,
    under_way,
)
from ltcflow.steering.expecting import DEFAULT, Expecting, Terms, expecting
from ltcflow.steering.moved import Moved, Reached, moved, reached
from ltcflow.steering.register import RiskLine, risk_lines
from ltcflow.steering.slips import Slip, slips

WEEK = timedelta(days=7)
"""How long a report looks back, unless told otherwise."""


@attrs.frozen(kw_only=True)
class Weekly:
    """What a project did in a stretch of time, and where it stands at the end of it.

    Attributes:
        since, at: the stretch: what happened after *since*, up to *at*. time_zone: whose days are shown.
        moved: every event of it, each told once; reached: the milestones it reached or lost.
        slipped: against what was to be expected at *since* (at the start of the project, where that is later).
        decisions: gates that can be judged now; coming: those that are expected to be within as long again.
        conditions: unmet, the most urgent first; waiting: for whom outside something waits.
        changes: change requests that are not decided, the oldest first.
        risks: open ones, the heaviest first, then those closed in the stretch.
        milestones: not reached yet, the next first.
        was, finish: when the project was expected to end, and is now; None where that is not known.
        unestimated: what stands in the way of dates: not done, without an estimate.
        stages: those that are under way, in declared order.
        done, total: activities and gates that have ended, of those that take place.
    """

    project: str
    title: str
    process: ElementId
    version: str
    standing: Standing
    closing: Closing | None = None
    reason: str = ""
    since: datetime
    at: datetime
    time_zone: str
    started: datetime
    moved: tuple[Moved, ...] = ()
    reached: tuple[Reached, ...] = ()
    slipped: tuple[Slip, ...] = ()
    decisions: tuple[Decision, ...] = ()
    coming: tuple[Decision, ...] = ()
    conditions: tuple[Owed, ...] = ()
    waiting: tuple[Pending, ...] = ()
    changes: tuple[Change, ...] = ()
    risks: tuple[RiskLine, ...] = ()
    milestones: tuple[Ahead, ...] = ()
    was: datetime | None = None
    finish: datetime | None = None
    unestimated: tuple[ElementId, ...] = ()
    stages: tuple[ElementId, ...] = ()
    done: int = 0
    total: int = 0

    @property
    def quiet(self) -> bool:
        """True when nothing happened."""
        return not self.moved


def weekly(
    process: Process,
    log: Sequence[AnyEvent],
    *,
    at: datetime,
    since: datetime | None = None,
    terms: Terms = DEFAULT,
) -> Weekly:
    """Return the report on the week before *at*.

    What was recorded after *at* is not looked at: the same record, *at* and *terms* give the same report, whatever
    happens later.

    Args:
        log: the record of the project, oldest first.
        since: the beginning, in the place of a week before *at*; what happened at that very moment belongs to the
            stretch before.
        terms: the calendar, and the time of what nobody has estimated.
    Raises:
        InvalidValue: *since* is not before *at*, or the project had not begun at *at*; as `ltcflow.forecast`.
    Cost: two forecasts, and O(events + moments * elements).

    Example:
        >>> from datetime import UTC
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import NOTHING, FinishActivity, StartProject, decide
        >>> steps = [b.activity("draft", duration="1d"), b.activity("price", duration="1d")]
        >>> bid = b.process("bid", stages=[b.stage("offer", activities=steps)])
        >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = decide(bid, NOTHING, StartProject(project="acme", by="li.wei", at=monday)).events
        >>> done = FinishActivity(activity="draft", by="li.wei", at=monday + timedelta(days=3))
        >>> report = weekly(bid, (*log, *decide(bid, replay(log), done).events), at=monday + timedelta(days=4))
        >>> [one.topic for one in report.moved], [(s.element, str(s.delay), s.causes[0].kind) for s in report.slipped]
        (['project', 'work'], [('draft', '2d', 'started_late'), ('price', '3d', 'not_begun')])
    """
    begin = since if since is not None else at - WEEK
    if not begin < at:
        problem, remedy = "is not before the end of the stretch.", f"Give a moment before {at.isoformat()}."
        raise InvalidValue(field="since", value=begin.isoformat(), problem=problem, remedy=remedy)
    told = tuple(event for event in log if event.at <= at)
    if not told:
        problem, remedy = "is before the project began.", "Give a later moment."
        raise InvalidValue(field="at", value=at.isoformat(), problem=problem, remedy=remedy)
    early = tuple(event for event in told if event.at <= begin)
    news = told[len(early) :]
    old = replay(early)
    base = old if early else replay(_first_moment(news))
    state = replay(news, old)
    before = expecting(process, base, begin, terms)
    after = expecting(process, state, at, terms)
    return _report(process, old, news, begin, before, after, terms)


def _first_moment(log: Sequence[AnyEvent]) -> tuple[AnyEvent, ...]:
    return tuple(event for event in log if event.at == log[0].at)


def _report(
    process: Process,
    old: ProjectState,
    news: Sequence[AnyEvent],
    since: datetime,
    before: Expecting,
    after: Expecting,
    terms: Terms,
) -> Weekly:
    state, at = after.state, after.at
    there = reached(process, news, old, terms.judges)
    now = due(process, state, at, calendars=terms.named, judges=terms.judges)
    done, total = counts(after.progress)
    return Weekly(
        project=state.project,
        title=state.title,
        process=process.id,
        version=process.version,
        standing=state.standing,
        closing=state.closing,
        reason=state.reason,
        since=since,
        at=at,
        time_zone=state.time_zone,
        started=state.started,
        moved=moved(news, old),
        reached=there,
        slipped=slips(before, after, news, now, {one.milestone: one.at for one in there}),
        decisions=decisions(after, now),
        coming=coming(after, at - since),
        conditions=owed(after),
        waiting=pending(after),
        changes=undecided(after),
        risks=risk_lines(old, state, process.registers.risk_scale),
        milestones=ahead(before, after),
        was=before.finish,
        finish=after.finish,
        unestimated=after.unestimated,
        stages=under_way(after),
        done=done,
        total=total,
    )
