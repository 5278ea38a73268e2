"""Why: the shortest chain from what is not there yet to something that can be done today."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.criteria import NO_JUDGES, Judges, judge_all
from ltcflow.projects.due import DUE
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import (
    NO_OUTLOOK,
    UNPLANNED,
    Missing,
    can_be_done,
    locate,
    missing_at,
    own_missing,
    spanned,
    who_owes,
)
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate, Milestone, Stage


@attrs.frozen(kw_only=True)
class Link:
    """One link of a chain of waiting: *id* is not there because of the next link; the last can be done today."""

    id: str
    kind: str
    title: Label = NO_LABEL
    people: tuple[Person, ...] = ()
    now: bool = False
    because: Label = NO_LABEL


def why(
    process: Process, state: ProjectState, element: ElementId, *, at: datetime, judges: Judges = NO_JUDGES
) -> tuple[Link, ...]:
    """Return the shortest chain from *element* to something that can be done today; () when it has ended.

    Each link is not there because of the next; the last one can be done now (an activity, a vote, a missing fact, a
    deliverable, a condition). Cost: O(elements + dependencies).

    Raises:
        UnknownName: *element* is not declared, or is a deliverable.
    """
    progress = Progress(process, state, at, judges)
    target = locate(progress, element)
    if progress.ended(target):
        return ()
    came: dict[int, int | None] = {target: None}
    queue = deque([target])
    last: tuple[int, Missing | None] = (target, None)
    while queue:
        i = queue.popleft()
        item = _doable(progress, i)
        if item is not None:
            last = (i, item)
            break
        last = (i, None)
        whole = spanned(progress, i)
        ends_with = () if whole is None else (whole,)
        for other in (*progress.waits_to_begin(i), *progress.waits_to_end(i), *_judged_by(progress, i), *ends_with):
            if other not in came:
                came[other] = i
                queue.append(other)
    return _chain(progress, came, last, element)


def _judged_by(progress: Progress, i: int) -> Iterable[int]:
    """The elements that unmet ``done:`` criteria of node *i* ask for."""
    for answer in judge_all(progress, progress.nodes[i].id):
        if answer.kind == "done" and not answer.satisfied:
            yield progress.position(answer.subject)


def _doable(progress: Progress, i: int) -> Missing | None:
    """What can be done today at node *i*, or None."""
    node = progress.nodes[i]
    if not isinstance(node.element, Activity | Gate | Milestone) or node.kind is NodeKind.SPAN:
        return None
    reachable = progress.unblocked(i) if not isinstance(node.element, Activity) else progress.may_begin(i)
    if not reachable and not progress.may_begin_early(node.id) and node.id not in progress.state.work:
        return None
    if can_be_done(progress, i):
        return own_missing(progress, i, UNPLANNED)
    here = [m for m in missing_at(progress, i, NO_OUTLOOK) if m.now]
    return here[0] if here else None


def _chain(
    progress: Progress, came: Mapping[int, int | None], last: tuple[int, Missing | None], element: ElementId
) -> tuple[Link, ...]:
    path: list[int] = []
    at: int | None = last[0]
    while at is not None:
        path.append(at)
        at = came[at]
    links = [_link(progress, i) for i in reversed(path) if _shown(progress, i) or len(path) == 1]
    item = last[1]
    if item is not None and (not links or links[-1].id != item.id):
        links.append(
            Link(id=item.id, kind=item.kind, title=item.title, people=item.people, now=True, because=item.note)
        )
    if not links or links[0].id != element:
        found = progress.process.element(element)
        links.insert(0, Link(id=element, kind=type(found).__name__.lower(), title=found.title))
    return tuple(links)


def _shown(progress: Progress, i: int) -> bool:
    node = progress.nodes[i]
    boundary = node.kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH)
    return node.element is not None and not boundary and not progress.skipped(i)


def _link(progress: Progress, i: int) -> Link:
    node = progress.nodes[i]
    element = node.element
    people: tuple[Person, ...] = ()
    if isinstance(element, Activity | Gate | Milestone):
        people = who_owes(progress, element)[1]
    kind = "stage" if isinstance(element, Stage) else node.kind.value
    name = element.id if element is not None else node.id
    title = element.title if element is not None else NO_LABEL
    because = _because(progress, i)
    return Link(id=name, kind=kind, title=title, people=people, now=can_be_done(progress, i), because=because)


def _because(progress: Progress, i: int) -> Label:
    """What is to be said of a link: a fact is missing, somebody outside is waited for, it is late."""
    name, state = progress.nodes[i].id, progress.state
    if progress.applies(i) is Truth.UNKNOWN:
        return Label(zh="取决于未知事实", en="depends on a fact that is not known")
    waiting, clock = state.waiting.get(name), state.clocks.get(name)
    if waiting is not None:
        return Label(
            zh=f"自 {waiting.since:%Y-%m-%d} 等待 {waiting.on}:{waiting.reason}",
            en=f"waits for {waiting.on} since {waiting.since:%Y-%m-%d}: {waiting.reason}",
        )
    late = next((told.due for told in clock.told if told.rung == DUE), None) if clock is not None else None
    return NO_LABEL if late is None else Label(zh=f"自 {late:%Y-%m-%d} 逾期", en=f"overdue since {late:%Y-%m-%d}")
