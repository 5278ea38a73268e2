"""Why the money is not there: from today to each instalment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from ltcflow.graph import network
from ltcflow.labels import Label
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.chains import Link, why
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.state import ProjectState, actual_finishes
from ltcflow.schedule.cash import due_moment
from ltcflow.schedule.instalments import Instalment
from ltcflow.worktime import CalendarLike, as_calendar


@attrs.frozen(kw_only=True)
class Unpaid:
    """What stands between today and one instalment.

    Attributes:
        chain: from its milestone to what can be done today, as `why` returns it; () once the milestone is reached.
        due: when it is to be paid, once the milestone is reached: counted from the last finish that it waited for.
        overdue: that moment has passed.
        because: the same in a sentence.
    """

    instalment: Instalment
    chain: tuple[Link, ...] = ()
    due: datetime | None = None
    overdue: bool = False
    because: Label


def why_unpaid(
    process: Process,
    state: ProjectState,
    instalments: Iterable[Instalment],
    *,
    at: datetime,
    calendar: CalendarLike | None = None,
    judges: Judges = NO_JUDGES,
) -> tuple[Unpaid, ...]:
    """Return for each instalment that is not recorded as paid what it waits for, or its due date.

    What it waits for is the chain from its milestone to something that can be done today.

    Args:
        instalments: those of `ltcflow.cash`, or some of them.
        at: today.
        calendar: on which due dates in working time are counted; by default that of the process, else "weekdays".
    Raises:
        UnknownName: a milestone that is not declared.
    Cost: one search through the process per milestone.
    """
    days = as_calendar(calendar if calendar is not None else process.calendar or "weekdays")
    chains: dict[ElementId, tuple[Link, ...]] = {}
    found: list[Unpaid] = []
    paid = {f"{milestone}[{number - 1}]" for milestone, number in state.paid}
    for instalment in instalments:
        if instalment.id in paid:
            continue
        milestone = process.milestone(instalment.milestone).id
        if milestone not in chains:
            chains[milestone] = why(process, state, milestone, at=at, judges=judges)
        chain = chains[milestone]
        if chain:
            found.append(Unpaid(instalment=instalment, chain=chain, because=_waiting(chain)))
            continue
        due = due_moment(days, _reached(process, state, milestone), instalment.due)
        late = due < at
        found.append(Unpaid(instalment=instalment, due=due, overdue=late, because=_due(due, late)))
    return tuple(found)


def _reached(process: Process, state: ProjectState, milestone: ElementId) -> datetime:
    """Return the last finish of what *milestone* waited for; the start of the project where it waited for nothing."""
    waits, finished = network(process), actual_finishes(state)
    before = waits.ancestors(waits.index[milestone])
    ends = [finished[waits.nodes[i].id] for i in before if waits.nodes[i].id in finished]
    return max(ends, default=state.started)


def _waiting(chain: tuple[Link, ...]) -> Label:
    last = chain[-1]
    people = ", ".join(last.people)
    owed_en, owed_zh = (f" by {people}", f"，由 {people} 负责") if people else ("", "")
    if last.now:
        return Label(
            en=f"waits for {last.id}{owed_en}, which can be done today", zh=f"等待 {last.id}{owed_zh}，今天即可办理"
        )
    return Label(en=f"waits for {last.id}{owed_en}", zh=f"等待 {last.id}{owed_zh}")


def _due(due: datetime, late: bool) -> Label:
    day = due.date().isoformat()
    if late:
        return Label(en=f"was due on {day}", zh=f"已于 {day} 到期")
    return Label(en=f"is due on {day}", zh=f"将于 {day} 到期")
