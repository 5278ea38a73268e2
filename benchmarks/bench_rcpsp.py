"""How near the levelled schedules come to the best known makespans of PSPLIB, beside plain CP-SAT and PyJobShop.

    LTCFLOW_REFERENCE=/path .venv/bin/python benchmarks/bench_rcpsp.py --seconds 10 --workers 2 [--set j120] [--limit 6]

Every column gets the same wall time and threads on each instance, one after the other in one run:

* rule: one priority rule (LFT) in the parallel scheme, no search;
* core: the genetic search alone (--schedules of them), one thread, no OR-Tools;
* ltcflow: that search, then `optimise` for the rest of the time, warm-started by it: CP-SAT, and with numba the same
  search compiled (which is done once, before the clock runs);
* cp-sat: the plain model of the textbook, cold; pyjobshop: the same problem through PyJobShop.

Every schedule is judged by `ltcflow.schedule.levelling.violations`. Deviations are from the best known makespans, means
over the instances; "cpu" is processor time, which on a machine that others use is less than seconds times workers.
Targets: j30 all best known, j60 at most 0.2 %, j120 at most 1.6 %. Nothing fails here but an infeasible schedule.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ltcflow.schedule.levelling import Problem, generate, kernels, search, violations
from ltcflow.solvers import MissingExtra, optimise
from ltcflow.solvers.exact import cp_model

TARGETS = {"j30": 0.0, "j60": 0.2, "j120": 1.6}


class Run(NamedTuple):
    """One schedule: what it reached, whether it was proved, and what it took."""

    makespan: int
    proved: bool
    seconds: float
    cpu: float


def read(path: Path) -> Problem:
    """Read a single-mode instance in the format of PSPLIB (.sm)."""
    lines = path.read_text(encoding="ascii").splitlines()
    at = {line.split()[0].rstrip(":"): i for i, line in enumerate(lines) if line[:1].isalpha()}
    after = [[int(w) for w in line.split()] for line in lines[at["PRECEDENCE"] + 2 : at["REQUESTS/DURATIONS"] - 1]]
    rows = lines[at["REQUESTS/DURATIONS"] + 3 : at["RESOURCEAVAILABILITIES"] - 1]
    numbers = [[int(word) for word in line.split()] for line in rows]
    return Problem(
        durations=[row[2] for row in numbers],
        links=[(row[0] - 1, successor - 1, "FS", 0) for row in after for successor in row[3:]],
        capacities=[int(word) for word in lines[at["RESOURCEAVAILABILITIES"] + 2].split()],
        demands=[row[3:] for row in numbers],
    )


def plain(problem: Problem, seconds: float, workers: int) -> tuple[Sequence[int], bool]:
    """Return what CP-SAT finds from the textbook's model, cold."""
    cp = cp_model()
    model = cp.CpModel()
    horizon = problem.horizon
    starts = [model.new_int_var(0, horizon, "") for _ in problem.durations]
    end = model.new_int_var(0, horizon, "")
    intervals = [
        model.new_fixed_size_interval_var(start, duration, "")
        for start, duration in zip(starts, problem.durations, strict=True)
    ]
    for source, target, _, _ in problem.links:
        model.add(starts[target] >= starts[source] + problem.durations[source])
    for resource, capacity in enumerate(problem.capacities):
        model.add_cumulative(intervals, [row[resource] for row in problem.demands], capacity)
    for start, duration in zip(starts, problem.durations, strict=True):
        model.add(end >= start + duration)
    model.minimize(end)
    solver = cp.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        return (), False
    return [solver.value(start) for start in starts], status == cp.OPTIMAL


def with_pyjobshop(problem: Problem, seconds: float, workers: int) -> tuple[Sequence[int], bool]:
    """Return what PyJobShop finds."""
    import pyjobshop

    model: Any = pyjobshop.Model()
    resources = [model.add_renewable(capacity) for capacity in problem.capacities]
    tasks = [model.add_task() for _ in problem.durations]
    for task, duration, row in zip(tasks, problem.durations, problem.demands, strict=True):
        model.add_mode(task, resources, duration, list(row))
    for source, target, _, _ in problem.links:
        model.add_end_before_start(tasks[source], tasks[target])
    model.set_objective(weight_makespan=1)
    result = model.solve(time_limit=seconds, display=False, num_workers=workers)
    return [task.start for task in result.best.tasks], result.status.value == "Optimal"


def hybrid(problem: Problem, seconds: float, workers: int, schedules: int) -> tuple[Sequence[int], bool]:
    """Return what the search finds, improved by CP-SAT in what is left of the time."""
    began = time.perf_counter()
    first = search(problem, seed=1, schedules=schedules)
    left = max(0.1, seconds - (time.perf_counter() - began))
    answer = optimise(problem, seconds=left, workers=workers, warm_start=first, seed=1)
    return answer.starts, answer.proved


def measured(problem: Problem, solve: Callable[[], tuple[Sequence[int], bool]]) -> Run | None:
    """Return what *solve* reached; None when it found nothing."""
    began, cpu = time.perf_counter(), time.process_time()
    starts, proved = solve()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    if not starts:
        return None
    broken = violations(problem, starts)
    if broken:
        raise SystemExit(f"an infeasible schedule: {broken[0]}")
    makespan = max(start + d for start, d in zip(starts, problem.durations, strict=True))
    return Run(makespan, proved, took, used)


def columns(options: argparse.Namespace) -> dict[str, Callable[[Problem], tuple[Sequence[int], bool]]]:
    """Return what is compared, leaving out with a word what is not installed."""
    seconds, workers = options.seconds, options.workers
    found: dict[str, Callable[[Problem], tuple[Sequence[int], bool]]] = {
        "rule": lambda p: (generate(p).starts, False),
        "core": lambda p: (lambda a: (a.starts, a.proved))(search(p, seed=1, schedules=options.schedules)),
        "ltcflow": lambda p: hybrid(p, seconds, workers, options.schedules),
    }
    try:
        cp_model()
        found["cp-sat"] = lambda p: plain(p, seconds, workers)
    except MissingExtra as missing:
        print(f"plain CP-SAT is left out: {missing}")
    try:
        import pyjobshop  # noqa: F401  asked only whether it is there

        found["pyjobshop"] = lambda p: with_pyjobshop(p, seconds, workers)
    except ImportError:
        print("PyJobShop is left out: it is not installed (pip install pyjobshop)")
    return {name: solve for name, solve in found.items() if not options.only or name in options.only}


def summary(kind: str, rows: list[dict[str, str]], runs: dict[str, list[Run | None]]) -> None:
    """Print one line per column."""
    print(f"\n{kind}: {len(rows)} instances (target: mean deviation {TARGETS[kind]} %)")
    print(f"{'':>10} {'mean dev %':>10} {'best known':>10} {'proved':>6} {'none':>4} {'mean s':>7} {'mean cpu':>8}")
    for name, found in runs.items():
        pairs = [(run, int(row["best_ub"])) for run, row in zip(found, rows, strict=True) if run is not None]
        count = max(1, len(pairs))
        deviation = 100 * sum(run.makespan / best - 1 for run, best in pairs) / count
        print(
            f"{name:>10} {deviation:>10.2f} {sum(run.makespan <= best for run, best in pairs):>10} "
            f"{sum(run.proved for run, _ in pairs):>6} {len(rows) - len(pairs):>4} "
            f"{sum(run.seconds for run, _ in pairs) / count:>7.2f} {sum(run.cpu for run, _ in pairs) / count:>8.2f}"
        )


def chosen(folder: Path, kind: str, limit: int) -> list[dict[str, str]]:
    """Return the instances of one set, *limit* of them spread over it (0: all)."""
    with (folder / "best_known.csv").open(encoding="ascii") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == kind]
    step = len(rows) / limit if limit and limit < len(rows) else 1
    return [rows[int(i * step)] for i in range(min(limit or len(rows), len(rows)))]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--schedules", type=int, default=5000)
    parser.add_argument("--set", dest="kinds", action="append", choices=sorted(TARGETS))
    parser.add_argument("--limit", type=int, default=0, help="so many instances of each set, spread over it; 0: all")
    parser.add_argument("--only", action="append", help="columns to run, such as core")
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get("LTCFLOW_REFERENCE", "")) / "psplib"
    if not (folder / "best_known.csv").is_file():
        raise SystemExit("set LTCFLOW_REFERENCE to the folder that holds psplib/best_known.csv")
    compared = columns(options)
    if kernels.installed():
        kernels.compiled()
        hybrid(read(folder / "j30" / "j301_2.sm"), 2, 1, 20)
    print(f"{options.seconds:g} s, {options.workers} workers, load before {os.getloadavg()[0]:.1f}")
    for kind in options.kinds or ["j30", "j60", "j120"]:
        rows = chosen(folder, kind, options.limit)
        runs: dict[str, list[Run | None]] = {name: [] for name in compared}
        for row in rows:
            problem = read(folder / kind / row["instance"])
            for name, solve in compared.items():
                runs[name].append(measured(problem, lambda s=solve, p=problem: s(p)))  # type: ignore[misc]
            reached = " ".join(f"{name} {run[-1].makespan if run[-1] else '-'}" for name, run in runs.items())
            print(f"{row['instance']:>12} best known {row['best_ub']:>4}: {reached}", flush=True)
        summary(kind, rows, runs)
    print(f"load after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
