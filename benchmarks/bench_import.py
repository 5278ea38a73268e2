"""How long Python takes to start, to import ltcflow, and to run commands, in one run.

Every time is that of a fresh interpreter; *more* is what a program takes beyond ``python -c pass``, and *bound* what it
may take: 0.25 s for ``import ltcflow``, 0.4 s for ``--help``, 3 s for the demo. The bounds are printed, not asserted:
how long something takes is no property of the code alone.

Run: python benchmarks/bench_import.py [rounds]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median

MAIN = "import sys; from ltcflow.cli import main; sys.argv = ['ltcflow', *sys.argv[1:]]; main()"
PROGRAMS: Mapping[str, tuple[Sequence[str], float | None]] = {
    "python -c pass": (("-c", "pass"), None),
    "import ltcflow": (("-c", "import ltcflow"), 0.25),
    "ltcflow --help": (("-c", MAIN, "--help"), 0.4),
    "ltcflow plan --help": (("-c", MAIN, "plan", "--help"), 0.4),
    "ltcflow demo": (("-c", MAIN, "demo"), 3.0),
}


def seconds(arguments: Sequence[str]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment, check=True)
    return time.perf_counter() - began


def main(rounds: int = 7) -> None:
    """Time the programs by turns; print the median of each, how often it takes the time of the first, and its bound."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, (arguments, _bound) in PROGRAMS.items():
            times[name].append(seconds(arguments))
    base = median(next(iter(times.values())))
    print(f"{'program':<22}{'median':>10}{'best':>10}{'ratio':>8}{'more':>10}{'bound':>10}")
    for name, taken in times.items():
        middle, bound = median(taken), PROGRAMS[name][1]
        row = f"{name:<22}{middle * 1000:>8.0f}ms{min(taken) * 1000:>8.0f}ms{middle / base:>8.1f}"
        if bound is not None:
            verdict = "ok" if middle - base < bound else "SLOW"
            row += f"{(middle - base) * 1000:>8.0f}ms{bound * 1000:>8.0f}ms  {verdict}"
        print(row)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
