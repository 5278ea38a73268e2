"""The kernels over arrays against the kernel over lists, lane by lane, whatever the chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.errors import InvalidValue
from ltcflow.schedule import jit
from ltcflow.schedule.cpm import Link, solve, weigh
from ltcflow.schedule.lanes import FIELDS, LaneNetwork, chunks_of, compile_links, fitting, solve_lanes
from ltcflow.schedule.rowwise import run_lists, run_rows
from ltcflow.schedule.wide import run_levels

KINDS = ("FS", "SS", "FF", "SF")
Drawn = tuple[int, list[Link], np.ndarray, "list[int] | None", "int | None"]


@st.composite
def drawn_lanes(draw: st.DrawFn) -> Drawn:
    n = draw(st.integers(0, 8))
    pairs = [(i, j) for j in range(n) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * n)) if pairs else []
    links: list[Link] = [(i, j, draw(st.sampled_from(KINDS)), draw(st.sampled_from([0, 0, 4, -5]))) for i, j in chosen]
    lanes = draw(st.sampled_from([1, 1, 2, 5]))
    rows = draw(st.lists(st.lists(st.integers(0, 9), min_size=lanes, max_size=lanes), min_size=n, max_size=n))
    least = draw(st.none() | st.lists(st.integers(-4, 12), min_size=n, max_size=n))
    finish = draw(st.none() | st.integers(-5, 40))
    return n, links, np.array(rows, dtype=np.int64).reshape(n, lanes), least, finish


def python_jit(*arguments: Any) -> None:
    jit.run_with((jit.one_lane, jit.ahead, jit.back), *arguments)


@pytest.mark.parametrize("kernel", [run_rows, run_levels, run_lists, python_jit], ids=lambda k: k.__name__)
@settings(max_examples=150, deadline=None)
@given(drawn_lanes(), st.sets(st.sampled_from(FIELDS)))
def test_every_kernel_says_what_the_list_kernel_says(
    kernel: Callable[..., None], drawn: Drawn, fields: set[str]
) -> None:
    n, links, durations, least, finish = drawn
    lanes = durations.shape[1]
    answer = {name: np.full((n, lanes), -999, dtype=np.int64) for name in FIELDS if name in fields}
    ends = np.empty(lanes, dtype=np.int64)
    low = np.array(least, dtype=np.int64) if least is not None else None
    kernel(compile_links(n, links), durations, low, finish, answer, ends, 0, lanes)
    for lane in range(lanes):
        lengths = durations[:, lane].tolist()
        wanted = solve(lengths, weigh(lengths, links), not_before=least, finish=finish)
        assert ends[lane] == wanted.finish
        for name, values in answer.items():
            assert values[:, lane].tolist() == getattr(wanted, name), name


@settings(max_examples=60, deadline=None)
@given(drawn_lanes(), st.integers(1, 6))
def test_no_answer_depends_on_the_chunks(drawn: Drawn, chunk: int) -> None:
    n, links, durations, least, finish = drawn
    network = compile_links(n, links)
    whole = solve_lanes(network, durations, not_before=least, finish=finish)
    parts = solve_lanes(network, durations, not_before=least, finish=finish, chunk=chunk)
    assert np.array_equal(whole.finish, parts.finish)
    for name in FIELDS:
        assert np.array_equal(whole.field(name), parts.field(name))


@pytest.mark.skipif(not jit.installed(), reason="needs the extra: pip install 'ltcflow[fast]'")
@pytest.mark.filterwarnings("ignore")
def test_numba_says_the_same() -> None:
    @settings(max_examples=60, deadline=None)
    @given(drawn_lanes(), st.integers(1, 6), st.sets(st.sampled_from(FIELDS)))
    def law(drawn: Drawn, chunk: int, fields: set[str]) -> None:
        n, links, durations, least, finish = drawn
        network = compile_links(n, links)
        asked: dict[str, Any] = {"not_before": least, "finish": finish, "fields": tuple(fields)}
        one = solve_lanes(network, durations, **asked)
        two = solve_lanes(network, durations, engine="numba", chunk=chunk, **asked)
        assert (one.engine, two.engine) == ("numpy", "numba")
        assert np.array_equal(one.finish, two.finish)
        assert all(np.array_equal(one.field(name), two.field(name)) for name in fields)

    law()


def random_network(n: int, width: int, seed: int) -> LaneNetwork:
    dice = np.random.default_rng(seed)
    links: list[Link] = []
    for j in range(1, n):
        for i in dice.integers(max(0, j - width), j, size=int(dice.integers(0, 4))).tolist():
            links.append((i, j, KINDS[int(dice.choice(4, p=[0.7, 0.1, 0.1, 0.1]))], int(dice.integers(-3, 9))))
    return compile_links(n, links)


def test_a_node_of_many_links_is_dated_level_by_level() -> None:
    dice = np.random.default_rng(5)
    hub: list[Link] = [(i, 40, "FS", int(dice.integers(0, 9))) for i in range(40)]
    fan: list[Link] = [(40, i, "SS", int(dice.integers(0, 9))) for i in range(41, 90)]
    side: list[Link] = [(i, 39, "FF", i) for i in range(9)] + [(41, 89, "SF", 3)] * 8
    network = compile_links(90, [*hub, *fan, *side])
    for lanes in (1, 3):
        durations = dice.integers(0, 50, (90, lanes))
        answers = []
        for kernel in (run_levels, run_lists):
            answer = {name: np.empty((90, lanes), dtype=np.int64) for name in FIELDS}
            kernel(network, durations, None, None, answer, np.empty(lanes, dtype=np.int64), 0, lanes)
            answers.append(answer)
        assert all(np.array_equal(answers[0][name], answers[1][name]) for name in FIELDS)


@pytest.mark.parametrize(("n", "width", "lanes"), [(300, 300, 1), (300, 5, 1), (120, 30, 64), (1, 1, 3)])
def test_all_ways_agree_on_larger_networks(n: int, width: int, lanes: int) -> None:
    network = random_network(n, width, seed=n + lanes)
    durations = np.random.default_rng(3).integers(0, 50, (n, lanes))
    answers = []
    for kernel in (run_rows, run_levels, run_lists):
        answer = {name: np.empty((n, lanes), dtype=np.int64) for name in FIELDS}
        kernel(network, durations, None, None, answer, np.empty(lanes, dtype=np.int64), 0, lanes)
        answers.append(answer)
    chosen = solve_lanes(network, durations)
    for name in FIELDS:
        assert all(np.array_equal(chosen.field(name), answer[name]) for answer in answers)


@settings(max_examples=60, deadline=None)
@given(drawn_lanes(), st.data())
def test_a_delay_by_the_total_float_is_harmless_and_one_more_minute_is_not(drawn: Drawn, data: st.DataObject) -> None:
    n, links, durations, _, _ = drawn
    if n:
        network = compile_links(n, links)
        before = solve_lanes(network, durations)
        element = data.draw(st.integers(0, n - 1))
        for lane in range(durations.shape[1]):
            for more, moved in ((0, 0), (1, 1)):
                least = np.zeros(n, dtype=np.int64)
                least[element] = before.late_start[element, lane] + more
                after = solve_lanes(network, durations[:, lane], not_before=least)
                assert after.finish[0] == before.finish[lane] + moved


def test_answers_go_where_they_are_told() -> None:
    network = compile_links(2, [(0, 1, "FS", 5)])
    out = [np.zeros((2, 3), dtype=np.int64)]
    dates = solve_lanes(network, [[1, 2, 3], [1, 1, 1]], fields=["early_finish"], out=out)
    assert dates.early_finish is out[0]
    assert out[0].tolist() == [[1, 2, 3], [7, 8, 9]]
    with pytest.raises(InvalidValue, match="was not asked for"):
        dates.late_start  # noqa: B018 reading it is the test


def test_chunks_cover_every_lane_once_and_are_bounded() -> None:
    assert [lane for low, high in chunks_of(23, 5) for lane in range(low, high)] == list(range(23))
    assert fitting(10, 7) == 16_384
    assert fitting(10**9, 7) == 1
    assert fitting(200, 7) * 200 * 7 * 8 <= 16 << 20
    assert 16 << 20 < fitting(2000, 7) * 2000 * 7 * 8 <= 64 << 20


NET = compile_links(2, [(0, 1, "FS", 0)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"durations": [[1, 2], [3, -4]]}, r"durations\[1, 1\]: -4: is negative"),
        ({"durations": [1.5, 2]}, "are not whole minutes"),
        ({"durations": [float("nan"), 2]}, "are not whole minutes"),
        ({"durations": [float("inf"), 2]}, "are not whole minutes"),
        ({"durations": ["a", "b"]}, "are not whole minutes"),
        ({"durations": [1, 2, 3]}, "have the shape"),
        ({"durations": [2**61, 2]}, "is too long"),
        ({"durations": [1, 2], "not_before": [1]}, "not_before"),
        ({"durations": [1, 2], "not_before": [1.5, 2.0]}, "not_before"),
        ({"durations": [1, 2], "fields": ["early"]}, "names something else"),
        ({"durations": [1, 2], "engine": "cuda"}, "is no engine"),
        ({"durations": [1, 2], "fields": ["early_start"], "out": [np.zeros((2, 2))]}, "do not fit"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        solve_lanes(NET, **arguments)


@pytest.mark.parametrize("links", [[(1, 0, "FS", 0)], [(0, 0, "FS", 0)], [(0, 2, "FS", 0)], [(-1, 1, "FS", 0)]])
def test_links_lead_to_higher_numbers(links: list[Link]) -> None:
    with pytest.raises(InvalidValue, match="does not lead"):
        compile_links(2, links)


def test_endless_lags_are_refused() -> None:
    with pytest.raises(InvalidValue, match="lag beyond all bounds"):
        compile_links(2, [(0, 1, "FS", 2**50)])


def test_without_numba_the_answer_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "installed", lambda: False)
    with pytest.raises(InvalidValue, match=r"ltcflow\[fast\]"):
        solve_lanes(NET, [1, 2], engine="numba")
    assert solve_lanes(NET, [1, 2], engine="fastest").engine == "numpy"
