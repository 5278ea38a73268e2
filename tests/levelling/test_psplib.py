"""Instances of PSPLIB (Kolisch and Sprecher 1996) from the reference material, against best known makespans."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from ltcflow.schedule.levelling import Problem, critical_path, generate, lower_bound, search, violations
from ltcflow.solvers import optimise

FOLDER = Path(os.environ.get("LTCFLOW_REFERENCE", "")) / "psplib"
pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(
        not os.environ.get("LTCFLOW_REFERENCE") or not (FOLDER / "best_known.csv").is_file(),
        reason="PSPLIB is not on this machine (LTCFLOW_REFERENCE names no folder with psplib/best_known.csv)",
    ),
]


def read(path: Path) -> Problem:
    """Read a single-mode instance in the format of PSPLIB (.sm)."""
    lines = path.read_text(encoding="ascii").splitlines()
    at = {line.split()[0].rstrip(":"): i for i, line in enumerate(lines) if line[:1].isalpha()}
    after = [
        [int(word) for word in line.split()] for line in lines[at["PRECEDENCE"] + 2 : at["REQUESTS/DURATIONS"] - 1]
    ]
    rows = [
        [int(word) for word in line.split()]
        for line in lines[at["REQUESTS/DURATIONS"] + 3 : at["RESOURCEAVAILABILITIES"] - 1]
    ]
    return Problem(
        durations=[row[2] for row in rows],
        links=[(row[0] - 1, successor - 1, "FS", 0) for row in after for successor in row[3:]],
        capacities=[int(word) for word in lines[at["RESOURCEAVAILABILITIES"] + 2].split()],
        demands=[row[3:] for row in rows],
    )


def instances(kind: str) -> list[dict[str, str]]:
    with (FOLDER / "best_known.csv").open(encoding="ascii") as file:
        return [row for row in csv.DictReader(file) if row["set"] == kind]


def problem_of(row: dict[str, str]) -> Problem:
    return read(FOLDER / row["set"] / row["instance"])


@pytest.mark.parametrize(("kind", "count"), [("j30", 24), ("j60", 24), ("j120", 30)])
def test_bounds_are_bounds(kind: str, count: int) -> None:
    rows = instances(kind)
    assert len(rows) == count
    for row in rows:
        problem = problem_of(row)
        assert len(problem) == int(kind[1:]) + 2
        assert critical_path(problem) == int(row["cpm_lb"])
        assert critical_path(problem) <= lower_bound(problem) <= int(row["best_ub"])


@pytest.mark.parametrize(
    ("kind", "schedules", "worst"), [("j30", 1000, 0.01), ("j60", 500, 0.03), ("j120", 150, 0.065)]
)
def test_the_core_alone_comes_near_the_best_known(kind: str, schedules: int, worst: float) -> None:
    """Some seconds in all; what a longer search and a solver reach is measured in benchmarks/bench_rcpsp.py."""
    rows = instances(kind)
    deviation = 0.0
    for row in rows:
        problem = problem_of(row)
        rough = generate(problem)
        answer = search(problem, seed=1, schedules=schedules)
        assert violations(problem, answer.starts) == ()
        assert max(int(row["best_lb"]), critical_path(problem)) <= answer.makespan <= rough.makespan
        assert answer.bound <= int(row["best_ub"])
        deviation += answer.makespan / int(row["best_ub"]) - 1
    assert deviation / len(rows) <= worst


def test_a_solver_proves_a_small_one() -> None:
    row = instances("j30")[0]
    problem = problem_of(row)
    answer = optimise(problem, seconds=20, workers=2, seed=1)
    assert violations(problem, answer.starts) == ()
    if "not installed" in answer.note:
        pytest.skip("OR-Tools is not installed (extra optimize)")
    assert (answer.makespan, answer.proved) == (int(row["best_ub"]), True)
