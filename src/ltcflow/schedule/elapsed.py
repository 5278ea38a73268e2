"""The critical path method where some lags or durations count elapsed time: concrete cures on Sundays too.

Node times stay working minutes. An elapsed lag of E minutes after working minute w leads to the position of the instant
of w plus E: the first working minute that is not earlier. Each such step is a monotone function of w, so the forward
pass of maxima stays exact, and the backward pass uses its exact adjoint: the last working minute that still leads to a
given one or an earlier one. Where everything is working time, the answers are those of `ltcflow.schedule.cpm`.

An elapsed lag after an elapsed duration counts from the very moment that ends, be it a Sunday; after anything else it
counts from the working minute. A step absorbs the free time it ends in, so an activity on the longest path may show
float here: what is critical is found by driving links, not by zero float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ltcflow.schedule.cpm import NO_LIMITS, LinkType, Schedule


class WorkClock(Protocol):
    """Maps working minutes of a project to instants and back; instants are whole minutes of elapsed time."""

    def begins(self, minute: int, /) -> int:
        """Return the last instant at *minute*: where work begins."""
        ...

    def ends(self, minute: int, /) -> int:
        """Return the first instant at *minute*: where work ends."""
        ...

    def minute(self, instant: int, /) -> int:
        """Return the working minutes done at *instant*."""
        ...


class Length(NamedTuple):
    """A duration or lag in minutes, of working or of elapsed time."""

    minutes: int
    elapsed: bool = False


class MixedLink(NamedTuple):
    """A link as in `ltcflow.schedule.cpm`, its lag of either kind."""

    source: int
    target: int
    type: LinkType
    lag: Length


def solve_mixed(
    durations: Sequence[Length],
    links: Sequence[MixedLink],
    clock: WorkClock,
    *,
    not_before: Sequence[int] | None = None,
    finish: int | None = None,
    not_after: Mapping[int, int] = NO_LIMITS,
) -> tuple[Schedule, list[list[int]]]:
    """Return what `cpm.solve` and `cpm.driving` return, for durations and lags of both kinds.

    Args:
        links: ordered by source; source < target.
        clock: where the working minutes of this project lie in time.
    Cost: O(nodes + links) steps on the clock.
    """
    steps = Steps(durations, clock)
    start = [0] * len(durations) if not_before is None else list(not_before)
    end = [0] * len(durations)
    drivers: list[list[int]] = [[] for _ in durations]
    incoming: list[list[MixedLink]] = [[] for _ in durations]
    for link in links:
        incoming[link.target].append(link)
    for j, into in enumerate(incoming):
        bounds = [steps.bound(link, start, end) for link in into]
        start[j] = max([start[j], *bounds])
        end[j] = steps.finish(j, start[j])
        drivers[j] = list(dict.fromkeys(k.source for k, at in zip(into, bounds, strict=True) if at == start[j]))
    if finish is None:
        finish = max(end, default=0)
    late = [steps.latest_start(j, finish) for j in range(len(durations))]
    free = [at - s for at, s in zip(late, start, strict=True)]
    for j, limit in not_after.items():
        late[j] = min(late[j], limit)
    late_end = [0] * len(durations)
    outgoing: list[list[MixedLink]] = [[] for _ in durations]
    for link in links:
        outgoing[link.source].append(link)
    for i in range(len(durations) - 1, -1, -1):
        for link in outgoing[i]:
            late[i] = min(late[i], steps.bound_back(link, late, late_end))
            free[i] = min(free[i], steps.bound_back(link, start, end) - start[i])
        late_end[i] = steps.finish(i, late[i])
    total = [at - s for at, s in zip(late, start, strict=True)]
    return Schedule(start, end, late, late_end, total, free, finish), drivers


class Steps:
    """Steps along durations and lags, forwards and back, on one clock."""

    def __init__(self, durations: Sequence[Length], clock: WorkClock) -> None:
        self.durations = durations
        self.clock = clock

    def finish(self, node: int, start: int) -> int:
        minutes, elapsed = self.durations[node]
        return self.after(start, minutes, from_finish=False) if elapsed else start + minutes

    def earliest_start(self, node: int, finish: int) -> int:
        """Return the first start whose finish is not before *finish*."""
        minutes, elapsed = self.durations[node]
        return self.clock.minute(self.clock.ends(finish) - minutes) if elapsed else finish - minutes

    def latest_start(self, node: int, finish: int) -> int:
        """Return the last start whose finish is not after *finish*."""
        minutes, elapsed = self.durations[node]
        return self.before(finish, minutes, from_finish=False) if elapsed else finish - minutes

    def ending_by(self, node: int, latest: int) -> int:
        """Return the last start, *latest* or before, that ends no later on the clock than work does at that finish.

        Only elapsed time makes a difference: it may end in a night or on a Sunday.
        """
        minutes, elapsed = self.durations[node]
        if not elapsed:
            return latest
        begins = self.clock.ends(self.finish(node, latest)) - minutes
        start = min(latest, self.clock.minute(begins))
        return start if self.clock.begins(start) <= begins else start - 1

    def after(self, at: int, elapsed: int, *, from_finish: bool) -> int:
        clock = self.clock
        return clock.minute((clock.ends(at) if from_finish else clock.begins(at)) + elapsed)

    def before(self, at: int, elapsed: int, *, from_finish: bool) -> int:
        """Return the last minute from which `after` leads to *at* or earlier."""
        latest = self.clock.begins(at) - elapsed
        minute = self.clock.minute(latest)
        while not from_finish and self.clock.begins(minute) > latest:
            minute -= 1
        return minute

    def bound(self, link: MixedLink, start: Sequence[int], end: Sequence[int]) -> int:
        """Return the earliest start that *link* allows its target."""
        from_finish = link.type in ("FS", "FF")
        minutes, elapsed = link.lag
        length = self.durations[link.source]
        if elapsed and from_finish and length.elapsed:
            at = self.after(start[link.source], length.minutes + minutes, from_finish=False)
        else:
            at = end[link.source] if from_finish else start[link.source]
            at = self.after(at, minutes, from_finish=from_finish) if elapsed else at + minutes
        return at if link.type in ("FS", "SS") else self.earliest_start(link.target, at)

    def bound_back(self, link: MixedLink, start: Sequence[int], end: Sequence[int]) -> int:
        """Return the last start of the source that *link* allows when its target keeps *start* and *end*."""
        from_finish = link.type in ("FS", "FF")
        at = start[link.target] if link.type in ("FS", "SS") else end[link.target]
        minutes, elapsed = link.lag
        length = self.durations[link.source]
        if elapsed and from_finish and length.elapsed:
            return self.before(at, length.minutes + minutes, from_finish=False)
        at = self.before(at, minutes, from_finish=from_finish) if elapsed else at - minutes
        return self.latest_start(link.source, at) if from_finish else at
