"""What a simulation costs, beside the same samples one by one over a networkx graph, in one run.

    .venv/bin/python benchmarks/bench_montecarlo.py

10,000 samples of 200 activities, each with a three-point estimate of its own: sampling, early and late dates, and the
criticality index ("kernel"), then everything that `ltc.simulate` does. CPU times, best of several; networkx is timed on
100 samples. Nothing fails here but a wrong answer.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.schedule.montecarlo.experiment import Experiment
from ltcflow.schedule.montecarlo.framing import frame, read_shapes
from ltcflow.schedule.montecarlo.simulate import simulate
from ltcflow.schedule.planning import inputs_of
from ltcflow.worktime import WorkDuration


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU time of *work* over *rounds* calls."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time_ns()
        work()
        best = min(best, time.process_time_ns() - start)
    return best / 1e6


def process_of(count: int) -> Process:
    """Return a process of one stage with *count* activities, each waiting for one or two earlier ones."""
    dice = random.Random(7)
    steps = []
    for i in range(count):
        low = dice.randint(1, 5)
        mid = low + dice.randint(0, 4)
        points = {"optimistic": f"{low}d", "likely": f"{mid}d", "pessimistic": f"{mid + dice.randint(1, 9)}d"}
        before = {f"a{dice.randint(max(0, i - 10), i - 1)}" for _ in range(dice.choice((1, 1, 2)))} if i else set()
        steps.append(b.activity(f"a{i}", duration=points, after=sorted(before)))
    return b.process("bench", stages=[b.stage("all", activities=steps)], milestones=[b.milestone("m", after=["all"])])


def experiment_of(process: Process, **asked: Any) -> Experiment:
    shapes = read_shapes(process, asked.pop("durations", {}), None, "pert")
    setup, _ = frame(inputs_of(process, None, start="2026-03-02", durations=shapes.means(), **asked), shapes, 7)
    return Experiment(setup, None)


def with_networkx(experiment: Experiment, samples: int) -> float:
    """Return the CPU ms of one sample: draw, set the durations of the graph, two passes, count what is critical."""
    model = experiment.setup.model
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(model.nodes)))
    graph.add_edges_from((link.source, link.target) for link in model.links)
    order = list(nx.topological_sort(graph))
    dice = np.random.default_rng(1)
    shapes = experiment.setup.shapes
    points = {experiment.names[name]: s.points for name, s in shapes.items() if not s.fixed}
    count = dict.fromkeys(order, 0)
    begun = time.process_time_ns()
    for _ in range(samples):
        d = dict.fromkeys(order, 0)
        for i, p in points.items():
            low, mid, high = p.optimistic.minutes, p.likely.minutes, p.pessimistic.minutes
            mode = (mid - low) / (high - low)
            d[i] = int(low + (high - low) * dice.beta(1 + 4 * mode, 5 - 4 * mode) + 0.5)
        start = dict.fromkeys(order, 0)
        for i in order:
            f = start[i] + d[i]
            for j in graph._succ[i]:
                if f > start[j]:
                    start[j] = f
        last = max(start[i] + d[i] for i in order)
        late = {i: last - d[i] for i in order}
        for i in reversed(order):
            for j in graph._succ[i]:
                if late[j] - d[i] < late[i]:
                    late[i] = late[j] - d[i]
            count[i] += late[i] == start[i]
    return (time.process_time_ns() - begun) / samples / 1e6


def main() -> None:
    samples = 10_000
    process = process_of(200)
    begun = time.process_time_ns()
    experiment = experiment_of(process)
    making = (time.process_time_ns() - begun) / 1e6
    size = experiment.chunk(None)

    def kernel() -> None:
        for low in range(0, samples, size):
            experiment.draw(min(size, samples - low))

    cost = milliseconds(kernel, 9)
    theirs = with_networkx(experiment, 100) * samples
    print(f"{samples:,} samples x 200 activities, {len(experiment.setup.model.links)} links, CPU ms")
    print(f"kernel (sampling, two passes, criticality): {cost:.1f}   networkx: {theirs:,.0f} = {theirs / cost:,.0f}x")
    print(f"putting the experiment together, tables of 200 shapes included, once: {making:.0f}")
    whole = milliseconds(lambda: simulate(process, start="2026-03-02", seed=7, samples=samples), 3)
    print(f"ltc.simulate as a whole, with its plan and what it keeps: {whole:.0f}")
    found = simulate(process, start="2026-03-02", seed=7, samples=samples)
    print(f"its influences (correlations, ranks), once asked for: {milliseconds(lambda: found.influences, 1):.0f}")
    for count in (1_000, 10_000, 100_000):
        cost = milliseconds(lambda n=count: simulate(process, start="2026-03-02", seed=7, samples=n, keep=["m"]), 2)
        print(f"{count:>8,} samples: {cost:8.1f} ms, {cost * 1e3 / count:.2f} us per sample")
    variants: dict[str, dict[str, Any]] = {
        "a start that is held back": {"constraints": {"a7": "start_no_earlier 2026-03-20"}},
        "ten put late": {"constraints": {f"a{i}": "as_late_as_possible" for i in range(100, 110)}},
        "elapsed time": {"durations": {"a7": WorkDuration(4000, elapsed=True)}},
        "ten on a calendar of their own": {"calendars": {f"a{i}": "always" for i in range(50, 60)}},
    }
    for name, asked in variants.items():
        made = experiment_of(process, **asked)
        cost = milliseconds(
            lambda made=made: [made.draw(min(size, samples - low)) for low in range(0, samples, size)], 3
        )
        print(f"kernel with {name}: {cost:.0f}")


if __name__ == "__main__":
    main()
