"""The passes row by row: each numpy call takes one link over all lanes of a chunk (many lanes).

A finish-to-start link without lag is one call forward and one back; a lag or another type adds a call each.
"""

from __future__ import annotations

import numpy as np

from ltcflow.schedule.cpm import Link, LinkType, solve, weigh
from ltcflow.schedule.lanes import FIELDS, LaneNetwork, Minutes, Step

_LATE = ("late_start", "late_finish", "total_float")
_NAMES: tuple[LinkType, ...] = ("SS", "SF", "FS", "FF")


def run_rows(
    network: LaneNetwork,
    durations: Minutes,
    least: Minutes | None,
    finish: int | None,
    answer: dict[str, Minutes],
    ends: Minutes,
    low: int,
    high: int,
    /,
) -> None:
    """Fill the lanes *low* to *high* of *answer* and *ends*."""
    durations, ends = durations[:, low:high], ends[low:high]
    answer = {name: values[:, low:high] for name, values in answer.items()}
    start = _array(answer, "early_start", durations)
    end = _array(answer, "early_finish", durations)
    spare = np.empty(durations.shape[1], dtype=np.int64)
    for node in range(network.count):
        push(network.into[node], start, end, durations[node], None if least is None else int(least[node]), node, spare)
    if finish is not None:
        ends.fill(finish)
    else:
        ends.fill(0 if not network.count else np.iinfo(np.int64).min)
        for node in network.last:
            np.maximum(ends, end[node], out=ends)
    if any(name in answer for name in _LATE):
        _late(network, durations, answer, start, ends, spare)
    free = answer.get("free_float")
    if free is not None:
        for node in range(network.count):
            pull(network.out_of[node], start, end, durations[node], ends, free[node], spare, bounded=finish is None)
            np.subtract(free[node], end[node], out=free[node])


def push(
    steps: tuple[Step, ...],
    start: Minutes,
    end: Minutes,
    length: Minutes,
    least: int | None,
    node: int,
    spare: Minutes,
) -> None:
    """Set early start and finish of *node* from its links *steps*; *least*: its earliest start, None for 0."""
    row = start[node]
    first = 0
    if least is not None or not steps or steps[0].own_finish or steps[0].lag < 0:
        row.fill(least or 0)
    else:  # starts are never negative, so an end plus a lag of 0 or more already is at least 0
        one = steps[0]
        one_row = end[one.node] if one.finish else start[one.node]
        first = 1
        if one.lag:
            np.add(one_row, one.lag, out=row)
        elif len(steps) > 1 and not steps[1].lag and not steps[1].own_finish:
            other = steps[1]
            np.maximum(one_row, end[other.node] if other.finish else start[other.node], out=row)
            first = 2
        else:
            np.copyto(row, one_row)
    for step in steps[first:]:
        bound = end[step.node] if step.finish else start[step.node]
        if step.lag:
            bound = np.add(bound, step.lag, out=spare)
        if step.own_finish:
            bound = np.subtract(bound, length, out=spare)
        np.maximum(row, bound, out=row)
    np.add(row, length, out=end[node])


def pull(
    steps: tuple[Step, ...],
    start: Minutes,
    end: Minutes,
    length: Minutes,
    ends: Minutes,
    row: Minutes,
    spare: Minutes,
    *,
    bounded: bool,
) -> None:
    """Set *row* to the latest finish that leaves *start* and *end* of what follows, and *ends*, where they are.

    Args:
        bounded: no start or finish is later than *ends*.
    """
    first = 0
    if not bounded or not steps or not steps[0].own_finish or steps[0].lag < 0:
        np.copyto(row, ends)
    else:
        one = steps[0]
        one_row = end[one.node] if one.finish else start[one.node]
        first = 1
        if one.lag:
            np.subtract(one_row, one.lag, out=row)
        elif len(steps) > 1 and not steps[1].lag and steps[1].own_finish:
            other = steps[1]
            np.minimum(one_row, end[other.node] if other.finish else start[other.node], out=row)
            first = 2
        else:
            np.copyto(row, one_row)
    for step in steps[first:]:
        bound = end[step.node] if step.finish else start[step.node]
        if step.lag:
            bound = np.subtract(bound, step.lag, out=spare)
        if not step.own_finish:
            bound = np.add(bound, length, out=spare)
        np.minimum(row, bound, out=row)


def _late(
    network: LaneNetwork,
    durations: Minutes,
    answer: dict[str, Minutes],
    start: Minutes,
    ends: Minutes,
    spare: Minutes,
) -> None:
    late = _array(answer, "late_start", durations)
    late_end = _array(answer, "late_finish", durations)
    total = answer.get("total_float")
    for node in range(network.count - 1, -1, -1):
        length = durations[node]
        pull(network.out_of[node], late, late_end, length, ends, late_end[node], spare, bounded=True)
        np.subtract(late_end[node], length, out=late[node])
        if total is not None:
            np.subtract(late[node], start[node], out=total[node])


def _array(answer: dict[str, Minutes], name: str, like: Minutes) -> Minutes:
    found = answer.get(name)
    return np.empty(like.shape, dtype=np.int64) if found is None else found


def run_lists(
    network: LaneNetwork,
    durations: Minutes,
    least: Minutes | None,
    finish: int | None,
    answer: dict[str, Minutes],
    ends: Minutes,
    low: int,
    high: int,
    /,
) -> None:
    """Fill the lanes *low* to *high* one by one with `ltcflow.schedule.cpm.solve` (deep networks, few lanes)."""
    columns = (network.source.tolist(), network.target.tolist(), network.kind.tolist(), network.lag.tolist())
    links: list[Link] = [(i, j, _NAMES[k], lag) for i, j, k, lag in zip(*columns, strict=True)]
    for lane in range(low, high):
        lengths = durations[:, lane].tolist()
        weighted = weigh(lengths, links)
        solved = solve(lengths, weighted, not_before=None if least is None else least.tolist(), finish=finish)
        ends[lane] = solved.finish
        for name in FIELDS:
            if name in answer:
                answer[name][:, lane] = getattr(solved, name)
