"""Problems that cannot be: each is named with a remedy, at once."""

from __future__ import annotations

import builtins
import pickle
import sys
from typing import Any

import attrs
import pytest

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.schedule.levelling import (
    InfeasibleSchedule,
    Problem,
    generate,
    search,
    verified,
)
from ltcflow.solvers import MissingExtra, OrTools, optimise

BAD: list[tuple[dict[str, Any], str]] = [
    ({"durations": [-1]}, "durations[0]: -1: is negative"),
    ({"durations": [1.5]}, "durations[0]: 1.5: is not a whole number"),
    ({"durations": [float("nan")]}, "is not a whole number"),
    ({"durations": [True]}, "is not a whole number"),
    ({"durations": [10**13]}, "at most 1e12"),
    ({"durations": [1], "not_before": [-2]}, "not_before[0]"),
    ({"durations": [1], "not_before": [1, 2]}, "not_before: 2: is not the right number. Give 1"),
    ({"durations": [1], "names": ["a", "b"]}, "names: 2"),
    ({"durations": [1], "capacities": [1]}, "demands: 0: is not the right number. Give 1, one for each activity"),
    ({"durations": [1], "capacities": [1], "demands": [[1]], "resources": ["a", "b"]}, "one for each resource"),
    ({"durations": [1], "capacities": [1], "demands": [[1, 1]]}, "demands[0]"),
    ({"durations": [1], "capacities": [1], "demands": [[2]]}, "is above the capacity of 1, so it can never run"),
    ({"durations": [1], "capacities": [-1], "demands": [[0]]}, "capacities[0]"),
    ({"durations": [1], "capacities": [1], "demands": [[-1]]}, "is negative"),
    ({"durations": [1, 1], "links": [(0, 2, "FS", 0)]}, "links[0]: 2: is no activity. Use the numbers 0 to 1"),
    ({"durations": [1, 1], "links": [(0, 1, "XX", 0)]}, "is no type of link"),
    ({"durations": [1, 1], "links": [(0, 1, "FS", 0.5)]}, "is not a whole number"),
    ({"durations": [1], "links": [(0, 0, "SS", 0)]}, "activity 0 -> activity 0: is a circle"),
]


@pytest.mark.parametrize(("fields", "words"), BAD, ids=lambda value: str(value)[:60])
def test_a_problem_that_cannot_be_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Problem(**fields)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_a_circle_is_shown_by_name() -> None:
    links = [(0, 1, "FS", 0), (1, 2, "SS", 1), (2, 1, "FF", 0)]
    with pytest.raises(InvalidValue, match="links: price -> review -> price: is a circle"):
        Problem(durations=[1, 1, 1], links=links, names=["draft", "price", "review"])  # type: ignore[arg-type]


def test_bad_options_are_named() -> None:
    one = Problem(durations=[1])
    with pytest.raises(UnknownName, match="no priority rule 'LTF' here"):
        generate(one, priority="LTF")
    with pytest.raises(InvalidValue, match="is no scheme"):
        generate(one, scheme="both")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="population"):
        search(one, population=1)
    with pytest.raises(InvalidValue, match="schedules"):
        search(one, schedules=-5)
    for seconds in (0, -1, float("nan"), float("inf"), "10"):
        with pytest.raises(InvalidValue, match="is no time"):
            optimise(one, seconds=seconds)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="is no number of threads"):
        optimise(one, workers=0)
    for wrong in ({"seconds": float("nan")}, {"seconds": 0}, {"workers": 0}):
        with pytest.raises(InvalidValue, match="is no"):
            OrTools(**wrong)  # type: ignore[arg-type]


def test_an_infeasible_schedule_is_an_error_that_says_what_is_broken() -> None:
    two = Problem(durations=[3, 2], capacities=[1], demands=[[1], [1]], resources=["legal"])
    with pytest.raises(InfeasibleSchedule, match="LTC460: not a schedule: legal is held 2 times at 1") as caught:
        verified(two, [0, 1])
    assert pickle.loads(pickle.dumps(caught.value)).broken == caught.value.broken
    wrong = attrs.evolve(search(two), starts=(0, 1))
    with pytest.raises(InfeasibleSchedule):
        optimise(two, warm_start=wrong)


def no_ortools(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "ortools":
            monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "ortools":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr("ltcflow.solvers.exact.import_module", lambda name: without(name))


HARD = Problem(durations=[2, 2, 2, 3], links=[(0, 3, "FS", 0)], capacities=[2], demands=[[1], [1], [1], [2]])


def test_without_ortools_the_core_answers_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    no_ortools(monkeypatch)
    weak = attrs.evolve(search(HARD), bound=1)
    answer = optimise(HARD, warm_start=weak)
    assert answer.starts == weak.starts
    assert "LTC461: OR-Tools is not installed. Install it with: pip install 'ltcflow[optimize]'" in answer.note
    with pytest.raises(MissingExtra) as caught:
        optimise(HARD, warm_start=weak, required=True)
    assert pickle.loads(pickle.dumps(caught.value)).extra == "optimize"


def test_a_version_with_a_regression_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        __version__ = "9.15.6755"

    monkeypatch.setattr("ltcflow.solvers.exact.import_module", lambda name: Broken)
    with pytest.raises(MissingExtra, match=r"OR-Tools 9\.15\.6755 has a regression"):
        optimise(HARD, warm_start=attrs.evolve(search(HARD), bound=1), required=True)
