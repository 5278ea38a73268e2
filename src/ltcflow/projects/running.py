"""Which clocks run: what can be done now, and waits for nobody outside. Switches are worked out, never guessed.

Between two events only one thing changes what can be done: the date of a condition passes, at the midnight after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ltcflow.conditions import Truth
from ltcflow.process import Process
from ltcflow.projects import events as e
from ltcflow.projects.clocks import UNUSED, Switch
from ltcflow.projects.compiled import Compiled
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.projects.days import ends
from ltcflow.projects.progress import Progress
from ltcflow.projects.register.events import REGISTERED
from ltcflow.projects.state import ProjectState, Standing
from ltcflow.stages import Gate


def runs(progress: Progress, i: int) -> bool:
    """Say whether the clock of the activity or gate at node *i* runs.

    It does while the project runs and nobody outside is waited for: that of an activity from when it can be begun until
    it is finished, that of a gate while it can be judged.
    """
    state, node = progress.state, progress.nodes[i]
    if state.standing is not Standing.RUNNING or node.id in state.waiting:
        return False
    return open_now(progress, i)


def open_now(progress: Progress, i: int) -> bool:
    """Say whether the activity at node *i* can be begun or is in progress, or the gate there can be judged."""
    if isinstance(progress.nodes[i].element, Gate):
        return progress.gate_open(i)
    work = progress.state.work.get(progress.nodes[i].id)
    if work is None:
        return progress.can_begin(i) and not progress.left_out(i)
    return work.finished is None and progress.applies(i) is Truth.TRUE


def midnights(state: ProjectState, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the moments in (*after*, *until*] at which the dates of unmet conditions pass, in order."""
    if len(state.obligations):
        dates = {o.due for o in state.obligations.values() if o.met is None}
        yield from sorted(moment for due in dates if after < (moment := ends(due, state.time_zone)) <= until)


def switches_until(
    process: Process, state: ProjectState, until: datetime, judges: Judges = NO_JUDGES
) -> tuple[Switch, ...]:
    """Return the clocks that time alone switched since the last event, up to *until*, in order.

    A record from before there were clocks has none: those of what is open then count from its last event.

    Cost: O(elements with a time limit) for each date of a condition that passed; next to nothing when none did.
    """
    if not state.version or state.standing is not Standing.RUNNING:
        return ()
    moments = list(midnights(state, state.at, until))
    if not len(state.clocks):
        moments.insert(0, state.at)
    found: list[Switch] = []
    known: dict[str, bool] = {}
    for moment in moments:
        progress = Progress(process, state, moment, judges)
        for i in progress.compiled.timed:
            name, now = progress.nodes[i].id, runs(progress, i)
            if now != known.setdefault(name, state.clocks.get(name, UNUSED).since is not None):
                found.append((name, moment, now))
                known[name] = now
    return tuple(found)


_IDLE: tuple[type[e.Event], ...] = (
    e.NoteAdded, *REGISTERED, e.DeliverableSubmitted, e.RoleAssigned, e.VoteCast,
    e.VoteLapsed, e.VoteDelegated, e.CriterionWaived, e.FellDue, e.Escalated,
)  # fmt: skip
"""Events that change nothing that can be done, where no milestone has criteria."""


def touched(compiled: Compiled, state: ProjectState, events: Iterable[e.AnyEvent]) -> Iterable[int]:
    """Return the nodes with a time limit whose clocks *events* may have switched: mostly a few of them."""
    if compiled.judged_milestones or len(state.early):
        return compiled.timed
    found: set[int] = set()
    for event in events:
        if isinstance(event, e.ActivityStarted | e.ActivityFinished):
            found.update(compiled.timed_by(event.activity))
        elif not isinstance(event, _IDLE):
            return compiled.timed
    return sorted(found)


def switches_now(progress: Progress, events: Iterable[e.AnyEvent]) -> tuple[Switch, ...]:
    """Return the clocks that do not stand as they should after *events*, to be switched now."""
    clocks = progress.state.clocks
    found: list[Switch] = []
    for i in touched(progress.compiled, progress.state, events):
        name, now = progress.nodes[i].id, runs(progress, i)
        if now != (clocks.get(name, UNUSED).since is not None):
            found.append((name, progress.at, now))
    return tuple(found)
