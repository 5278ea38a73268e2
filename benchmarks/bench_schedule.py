"""What a plan costs, beside the same pass over a networkx graph, in one run.

    .venv/bin/python benchmarks/bench_schedule.py [rounds]

Networks of the usual shape: five links for every four activities, most finish-to-start, some with a lag. Prints medians
in microseconds and ratios; nothing fails here, a slow machine least of all.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from statistics import median

import networkx as nx

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.schedule import plan
from ltcflow.schedule.cpm import Link, LinkType, Schedule, solve, weigh
from ltcflow.worktime import add_minutes, calendar, parse_start


def drawn(count: int, seed: int) -> tuple[list[int], list[Link]]:
    """Return durations and links of a network of *count* activities."""
    dice = random.Random(seed)
    durations = [480 * dice.randint(0, 10) for _ in range(count)]
    links: list[Link] = []
    for target in range(1, count):
        for source in {dice.randint(max(0, target - 8), target - 1) for _ in range(dice.choice((1, 1, 1, 2)))}:
            kind: LinkType = dice.choices(("FS", "SS", "FF", "SF"), (88, 9, 2, 1))[0]
            links.append((source, target, kind, 480 if dice.random() < 0.17 else 0))
    return durations, links


def with_networkx(durations: list[int], links: list[Link]) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((i, {"duration": d}) for i, d in enumerate(durations))
    graph.add_edges_from((i, j, {"weight": weight}) for i, j, weight in weigh(durations, links))
    return graph


def pass_of_networkx(graph: nx.MultiDiGraph) -> tuple[list[int], list[int]]:
    """Return early and late starts, by the textbook, over the graph's own structures."""
    order = list(nx.topological_sort(graph))
    duration = graph.nodes.data("duration")
    early = dict.fromkeys(order, 0)
    for i in order:
        for _, j, weight in graph.out_edges(i, data="weight"):
            early[j] = max(early[j], early[i] + weight)
    finish = max(early[i] + duration[i] for i in order)
    late = {i: finish - duration[i] for i in order}
    for i in reversed(order):
        for _, j, weight in graph.out_edges(i, data="weight"):
            late[i] = min(late[i], late[j] - weight)
    return [early[i] for i in range(len(order))], [late[i] for i in range(len(order))]


def process_of(count: int) -> Process:
    """Return a process of *count* activities in five stages, each with a gate."""
    dice = random.Random(7)
    stages = []
    for s in range(5):
        steps = [b.activity(f"a{s}_{i}", duration=f"{dice.randint(1, 9)}d") for i in range(count // 5)]
        stages.append(
            b.stage(f"s{s}", order=dice.choice(("sequence", "parallel")), activities=steps, gates=[b.gate(f"g{s}")])
        )
    return b.process("bench", stages=stages, milestones=[b.milestone("m", after=["g4"])])


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of *work* over *rounds* calls."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - start)
    return median(times) / 1000


def main(rounds: int) -> None:
    print(f"{'activities':>10} {'links':>6} {'kernel us':>10} {'networkx us':>12} {'ratio':>6} {'+ weigh us':>10}")
    for count in (20, 40, 175, 1000):
        durations, links = drawn(count, seed=count)
        weighted, graph = weigh(durations, links), with_networkx(durations, links)
        answer: Schedule = solve(durations, weighted)
        if pass_of_networkx(graph) != (answer.early_start, answer.late_start):
            raise SystemExit("the two passes do not agree")
        times = max(10, rounds * 20 // count)
        mine = microseconds(lambda d=durations, w=weighted: solve(d, w), times)
        theirs = microseconds(lambda g=graph: pass_of_networkx(g), times)
        both = microseconds(lambda d=durations, k=links: solve(d, weigh(d, k)), times)
        print(f"{count:>10} {len(links):>6} {mine:>10.1f} {theirs:>12.1f} {theirs / mine:>6.1f} {both:>10.1f}")
    china = calendar("CN")
    for count in (40, 175):
        process = process_of(count)
        cost = microseconds(lambda p=process: plan(p, start="2026-03-02", calendar=china), max(10, rounds // 10))
        print(f"ltc.plan of {count} activities in China: {cost / 1000:.2f} ms")
    start = parse_start("2026-03-02", china)
    cost = microseconds(lambda: add_minutes(china, start, 100_000), rounds)
    print(f"add_minutes over ten months in China: {cost:.1f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
