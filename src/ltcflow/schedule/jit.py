"""The passes compiled with numba (the extra ``ltcflow[fast]``): the same answers, without a numpy call per link.

The functions below are plain Python over arrays, so that they can be tested without numba; `run` compiles them when it
is first called, which takes about two seconds once per interpreter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np

from ltcflow.schedule.lanes import FIELDS, LaneNetwork, Minutes

Pass: TypeAlias = Callable[..., None]
Passes: TypeAlias = tuple[Pass, Pass, Pass]
BLOCK = 1 << 20
"""Bytes that the arrays of one block of lanes may take together."""


def installed() -> bool:
    """Say whether numba can be imported."""
    return find_spec("numba") is not None


@lru_cache(maxsize=1)
def compiled() -> Passes:
    """Return `one_lane`, `ahead` and `back`, compiled."""
    numba: Any = import_module("numba")
    make = numba.njit(nogil=True, boundscheck=False)
    return make(one_lane), make(ahead), make(back)


def run(
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
    run_with(compiled(), network, durations, least, finish, answer, ends, low, high)


def run_with(
    passes: Passes,
    network: LaneNetwork,
    durations: Minutes,
    least: Minutes | None,
    finish: int | None,
    answer: dict[str, Minutes],
    ends: Minutes,
    low: int,
    high: int,
) -> None:
    """Do what `run` does with *passes*, compiled or not."""
    links = (network.source, network.target, network.kind, network.lag)
    lowest = np.zeros(network.count, dtype=np.int64) if least is None else least
    known = (finish is not None, finish or 0, bool(set(answer) - {"early_start", "early_finish"}))
    if durations.shape[1] == 1:
        shape = (network.count,)
        own = {name: np.ascontiguousarray(values[:, 0]) for name, values in answer.items()}
        fields = [own[name] if name in own else np.empty(shape, dtype=np.int64) for name in FIELDS]
        passes[0](*links, lowest, *known, np.ascontiguousarray(durations[:, 0]), *fields, ends)
        for name, values in own.items():
            if not np.shares_memory(answer[name], values):
                answer[name][:, 0] = values
        return
    size = min(max(BLOCK // max(8 * 7 * network.count, 1), 64), max(high - low, 1))
    scratch = np.empty((7, network.count, size), np.int64)
    for first in range(low, high, size):
        block = range(first, min(first + size, high))
        _block(passes, links, lowest, known, durations, answer, ends, block, scratch[:, :, : len(block)])


def _block(
    passes: Passes,
    links: tuple[Minutes, ...],
    least: Minutes,
    known: tuple[bool, int, bool],
    durations: Minutes,
    answer: dict[str, Minutes],
    ends: Minutes,
    lanes: range,
    scratch: Minutes,
) -> None:
    """Do one block of lanes on contiguous scratch (what the compiler wants), then put the answers where they belong."""
    low, high = lanes.start, lanes.stop
    fixed, finish, backward = known
    last = ends[low:high]
    last.fill(finish)
    scratch = np.ascontiguousarray(scratch)
    length, start, end, late, late_end, total, free = scratch
    np.copyto(length, durations[:, low:high])
    passes[1](*links, least, fixed, length, start, end, last)
    if backward:
        passes[2](*links, length, start, end, late, late_end, free, last)
        np.subtract(late, start, out=total)
    for name, values in zip(FIELDS, scratch[1:], strict=True):
        if name in answer:
            answer[name][:, low:high] = values


def one_lane(
    source: Minutes,
    target: Minutes,
    kind: Minutes,
    lag: Minutes,
    least: Minutes,
    fixed: bool,
    finish: int,
    backward: bool,
    length: Minutes,
    start: Minutes,
    end: Minutes,
    late: Minutes,
    late_end: Minutes,
    total: Minutes,
    free: Minutes,
    ends: Minutes,
) -> None:
    """Do both passes for one lane; all arrays ``[element]``, *ends* of one entry."""
    count, links = len(length), len(source)
    for i in range(count):
        start[i] = least[i]
    for e in range(links):
        i, j, k = source[e], target[e], kind[e]
        bound = start[i] + lag[e] + (length[i] if k >= 2 else 0) - (length[j] if k & 1 else 0)
        start[j] = max(start[j], bound)
    last = finish if fixed or count == 0 else start[0] + length[0]
    for i in range(count):
        end[i] = start[i] + length[i]
        if not fixed:
            last = max(last, end[i])
    ends[0] = last
    if backward:
        for i in range(count):
            late[i] = last - length[i]
        for i in range(len(free)):
            free[i] = last - end[i]
        for e in range(links - 1, -1, -1):
            i, j, k = source[e], target[e], kind[e]
            weight = lag[e] + (length[i] if k >= 2 else 0) - (length[j] if k & 1 else 0)
            late[i] = min(late[i], late[j] - weight)
            if len(free):
                free[i] = min(free[i], start[j] - start[i] - weight)
        for i in range(count):
            late_end[i] = late[i] + length[i]
        for i in range(len(total)):
            total[i] = late[i] - start[i]


def ahead(
    source: Minutes,
    target: Minutes,
    kind: Minutes,
    lag: Minutes,
    least: Minutes,
    fixed: bool,
    length: Minutes,
    start: Minutes,
    end: Minutes,
    last: Minutes,
) -> None:
    """Do the forward pass for a block of lanes; arrays ``[element, lane]``, *last* ``[lane]``."""
    count, n, links = length.shape[0], length.shape[1], len(source)
    for i in range(count):
        start[i, :] = least[i]
    e = 0
    for i in range(count):
        si, ei, di = start[i], end[i], length[i]
        for x in range(n):
            ei[x] = si[x] + di[x]
        if not fixed and i == 0:
            last[:] = ei
        elif not fixed:
            for x in range(n):
                last[x] = max(last[x], ei[x])
        while e < links and source[e] == i:
            w, sj, dj, event = lag[e], start[target[e]], length[target[e]], (ei if kind[e] >= 2 else si)
            if kind[e] & 1:
                for x in range(n):
                    sj[x] = max(sj[x], event[x] + w - dj[x])
            else:
                for x in range(n):
                    sj[x] = max(sj[x], event[x] + w)
            e += 1


def back(
    source: Minutes,
    target: Minutes,
    kind: Minutes,
    lag: Minutes,
    length: Minutes,
    start: Minutes,
    end: Minutes,
    late: Minutes,
    late_end: Minutes,
    free: Minutes,
    last: Minutes,
) -> None:
    """Do the backward pass for a block of lanes."""
    count, n = length.shape
    e = len(source) - 1
    for i in range(count - 1, -1, -1):
        li, fi, gi, di, ei = late[i], late_end[i], free[i], length[i], end[i]
        fi[:] = last
        gi[:] = last
        while e >= 0 and source[e] == i:
            j, k, w = target[e], kind[e], lag[e]
            event, early = (late_end[j], end[j]) if k & 1 else (late[j], start[j])
            if k >= 2:
                for x in range(n):
                    fi[x] = min(fi[x], event[x] - w)
                    gi[x] = min(gi[x], early[x] - w)
            else:
                for x in range(n):
                    fi[x] = min(fi[x], event[x] - w + di[x])
                    gi[x] = min(gi[x], early[x] - w + di[x])
            e -= 1
        for x in range(n):
            li[x] = fi[x] - di[x]
            gi[x] -= ei[x]
