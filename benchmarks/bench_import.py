"""How long Python takes to start, to import ltcflow, and to print the help of the command line, in one run.

The targets (issue 2): ``import ltcflow`` below 0.25 s, ``ltcflow --help`` below 0.4 s.

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
PROGRAMS: Mapping[str, Sequence[str]] = {
    "python -c pass": ("-c", "pass"),
    "import ltcflow": ("-c", "import ltcflow"),
    "ltcflow --help": ("-c", MAIN, "--help"),
    "ltcflow plan --help": ("-c", MAIN, "plan", "--help"),
    "ltcflow demo": ("-c", MAIN, "demo"),
}


def seconds(arguments: Sequence[str]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment, check=True)
    return time.perf_counter() - began


def main(rounds: int = 7) -> None:
    """Time the programs by turns, and print the median of each and how often it takes the time of the first."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, arguments in PROGRAMS.items():
            times[name].append(seconds(arguments))
    base = median(next(iter(times.values())))
    print(f"{'program':<22}{'median':>10}{'best':>10}{'ratio':>8}")
    for name, taken in times.items():
        print(f"{name:<22}{median(taken) * 1000:>8.0f}ms{min(taken) * 1000:>8.0f}ms{median(taken) / base:>8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
