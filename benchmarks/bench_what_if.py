"""What a changed plan costs beside a plan from scratch, and which part of a plan is the critical path method.

    .venv/bin/python benchmarks/bench_what_if.py [rounds]

Prints medians in milliseconds and ratios. An incremental pass could only save the part in the last column, which is why
`Plan.with_` makes the whole plan again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

from ltcflow import builder as b
from ltcflow.graph import network
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.cpm import solve, weigh
from ltcflow.schedule.model import Model
from ltcflow.worktime import WorkDuration, calendar


def process_of(count: int) -> Process:
    """Return a process of *count* activities in five stages, each with a gate."""
    stages = [
        b.stage(
            f"s{s}",
            order=("sequence", "parallel")[s % 2],
            activities=[b.activity(f"a{s}_{i}", duration=f"{1 + i % 9}d") for i in range(count // 5)],
            gates=[b.gate(f"g{s}")],
        )
        for s in range(5)
    ]
    return b.process("bench", stages=stages, milestones=[b.milestone("m", after=["g4"])])


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of *work* over *rounds* calls."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - start)
    return median(times) / 1e6


def main(rounds: int) -> None:
    china, germany = calendar("CN"), calendar("DE")
    print(f"{'activities':>10} {'plan ms':>8} {'with_ ms':>9} {'two calendars ms':>17} {'pass ms':>8} {'its share':>9}")
    for count in (40, 175, 1000):
        process, times = process_of(count), max(5, rounds * 40 // count)
        made = plan(process, start="2026-03-02", calendar=china)
        scratch = milliseconds(lambda p=process: plan(p, start="2026-03-02", calendar=china), times)
        again = milliseconds(lambda m=made: m.with_(durations={"a0_0": "12d"}), times)
        some = {f"a1_{i}": germany for i in range(count // 5)}
        several = milliseconds(
            lambda p=process, c=some: plan(p, start="2026-03-02", calendar=china, calendars=c), times
        )
        lengths = {a.id: WorkDuration(480) for a in process.activities()}
        model = Model(network(process), lengths, frozenset())
        durations = [length.minutes for length in model.lengths]
        plain = [(link.source, link.target, link.type, link.lag.minutes) for link in model.links]
        kernel = milliseconds(lambda d=durations, k=plain: solve(d, weigh(d, k)), times)
        print(
            f"{count:>10} {scratch:>8.2f} {again:>9.2f} {several:>17.2f} {kernel:>8.3f} {kernel / scratch:>9.1%}",
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
