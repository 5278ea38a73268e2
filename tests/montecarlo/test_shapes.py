"""Shapes, intervals and correlations against scipy; what cannot be drawn is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName
from ltcflow.schedule.montecarlo import Driver, empirical, pert, simulate, triangular
from ltcflow.schedule.montecarlo.shapes import LEVELS
from ltcflow.schedule.montecarlo.statistics import correlation, quantile_index, quantile_interval, ranks, share_of
from ltcflow.schedule.montecarlo.streams import Common, Sampler, Stream

POINTS = st.lists(st.integers(0, 20_000), min_size=3, max_size=3).map(sorted)
MIDDLES = (np.arange(LEVELS) + 0.5) / LEVELS


@settings(max_examples=40, deadline=None)
@given(POINTS, st.sampled_from([1, 4, 4, 20]))
def test_a_pert_has_the_quantiles_of_its_beta(points: list[int], weight: int) -> None:
    low, mid, high = points
    shape = pert(f"{low}min", f"{mid}min", f"{high}min", weight=weight)
    table = shape.table()
    assert (np.diff(table) >= 0).all()
    assert low <= table[0] <= table[-1] <= high
    if low < high:
        mode = (mid - low) / (high - low)
        wanted = stats.beta.ppf(MIDDLES, 1 + weight * mode, 1 + weight * (1 - mode)) * (high - low) + low
        assert np.abs(table - wanted).max() <= 0.51 + 1e-4 * (high - low)
        assert abs(table.mean() - shape.mean_minutes()) < 1 + 2e-4 * (high - low)


@settings(max_examples=40, deadline=None)
@given(POINTS)
def test_a_triangle_has_the_quantiles_of_its_density(points: list[int]) -> None:
    low, mid, high = points
    shape = triangular(f"{low}min", f"{mid}min", f"{high}min")
    if low < high:
        wanted = stats.triang.ppf(MIDDLES, (mid - low) / (high - low), low, high - low)
        assert np.abs(shape.table() - wanted).max() <= 0.51
        assert abs(shape.table().mean() - shape.mean_minutes()) < 1 + 2e-4 * (high - low)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 99), min_size=1, max_size=60))
def test_observed_durations_have_their_shares(values: list[int]) -> None:
    shape = empirical([f"{value}h" for value in values])
    found = np.array([np.count_nonzero(shape.table() == value * 60) for value in sorted(set(values))]) / LEVELS
    wanted = np.array([values.count(value) for value in sorted(set(values))]) / len(values)
    assert np.abs(found - wanted).max() <= 2 / LEVELS
    assert abs(shape.table().mean() - shape.mean_minutes()) <= 2


def test_draws_follow_their_shape() -> None:
    for shape, wanted in (
        (pert("3d", "5d", "12d"), stats.beta(1 + 8 / 9, 1 + 28 / 9, 1440, 4320)),
        (triangular("3d", "5d", "12d"), stats.triang(2 / 9, 1440, 4320)),
    ):
        out = np.empty(50_000, dtype=np.int64)
        Sampler(shape, Stream(1, "x")).draw(out)
        assert stats.kstest(out, wanted.cdf).pvalue > 1e-3
        mixed = np.empty(50_000, dtype=np.int64)
        common = Common(1, "d", 0.5)
        common.advance(50_000)
        Sampler(shape, Stream(1, "x"), common).draw(mixed)
        assert stats.kstest(mixed, wanted.cdf).pvalue > 1e-3


def test_streams_of_two_names_have_nothing_in_common() -> None:
    names = [("duration", "a"), ("duration", "b"), ("gate", "a"), ("duration", "a", "b")]
    drawn = [Stream(1, *name).uniform(20_000) for name in names] + [Stream(2, "duration", "a").uniform(20_000)]
    matrix = np.corrcoef(drawn)
    assert np.abs(matrix - np.eye(len(drawn))).max() < 0.04


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_shares_have_wilsons_interval(count: int, part: float, level: float) -> None:
    hits = round(part * count)
    found = share_of(hits, count, level)
    wanted = stats.binomtest(hits, count).proportion_ci(level, method="wilson")
    assert (found.low, found.high) == (pytest.approx(wanted.low, abs=1e-9), pytest.approx(wanted.high, abs=1e-9))
    assert found.low <= found.value <= found.high


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40_000), st.sampled_from([0.1, 0.5, 0.8, 0.9, 0.99]))
def test_quantiles_have_the_interval_of_order_statistics(count: int, p: float) -> None:
    low, high = quantile_interval(count, p)
    wanted = stats.binom.ppf([0.025, 0.975], count, p)
    assert low in (max(wanted[0] - 1, 0), max(wanted[0] - 2, 0), wanted[0])
    assert abs(high - min(wanted[1], count - 1)) <= 1
    assert low <= quantile_index(count, p) <= high
    assert quantile_index(count, p) == max(int(np.ceil(round(p * count, 9))) - 1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=50))
def test_correlations_are_those_of_scipy(pairs: list[tuple[int, int]]) -> None:
    one, two = np.array(pairs).T
    assert ranks(one).tolist() == stats.rankdata(one).tolist()
    if len(set(one)) > 1 and len(set(two)) > 1:
        assert correlation(one, two) == pytest.approx(stats.pearsonr(one, two)[0])
        assert correlation(ranks(one), ranks(two)) == pytest.approx(stats.spearmanr(one, two)[0])
    assert correlation(one, np.zeros(len(one), dtype=np.int64)) == 0


WIDE = {"optimistic": "1d", "likely": "5d", "pessimistic": "30d"}


def test_it_stops_when_it_is_precise_enough() -> None:
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("x", duration=WIDE)])])
    asked: dict[str, Any] = {"start": "2026-03-02", "seed": 1, "samples": 50_000}
    found = simulate(process, precision="1d", **asked)
    low, high = found.finish.interval_minutes(0.8)
    assert high - low <= 2 * 480
    assert found.precise
    assert found.samples % 1000 == 0
    assert found.samples < 50_000
    finer = simulate(process, precision="2h", **asked)
    assert finer.samples > found.samples
    assert simulate(process, precision="2h", chunk=64, **asked).samples == finer.samples
    never = simulate(process, precision="1min", **{**asked, "samples": 3000})
    assert (never.samples, never.precise) == (3000, False)


def test_what_nobody_estimated_counts_as_zero_and_is_marked() -> None:
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("x", duration=WIDE), b.activity("y")])])
    found = simulate(process, start="2026-03-02", seed=1, samples=100)
    assert [finding.code for finding in found.findings] == ["LTC401"]
    assert found.plan["y"].assumed
    assert found["x"].minutes.tolist() == found["y"].minutes.tolist()
    drawn = simulate(process, start="2026-03-02", seed=1, samples=100, default_duration=WIDE)
    assert drawn.plan["y"].assumed
    assert len(set(drawn["y"].minutes - drawn["x"].minutes)) > 20


P = b.process(
    "p",
    stages=[
        b.stage(
            "s",
            activities=[b.activity("x"), b.activity("w", every="1w")],
            gates=[b.gate("g", recycle_to="x"), b.gate("h")],
        )
    ],
)
NAN = float("nan")


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"durations": {"x": {"optimistic": "3d", "likely": "2d", "pessimistic": "4d"}}}, InvalidValue, "out of order"),
        ({"durations": {"x": "-1d"}}, InvalidValue, "negative"),
        ({"durations": {"x": NAN}}, InvalidValue, "has no unit"),
        ({"durations": {"nope": "1d"}}, UnknownName, "nope"),
        ({"durations": {"w": "1d"}}, InvalidValue, "cannot be set"),
        ({"outcomes": {"g": {"go": 0.5, "stop": 0.4}}}, InvalidValue, "add up to"),
        ({"outcomes": {"g": {"go": NAN, "stop": 1}}}, InvalidValue, "no probability"),
        ({"outcomes": {"g": {"go": 1.2, "stop": -0.2}}}, InvalidValue, "no probability"),
        ({"outcomes": {"g": {"go": "1"}}}, InvalidValue, "no probability"),
        ({"outcomes": {"g": {"goo": 1}}}, UnknownName, "Did you mean 'go'"),
        ({"outcomes": {"g": [0.5, 0.5]}}, InvalidValue, "gives no probabilities"),
        ({"outcomes": {"gg": {"go": 1}}}, UnknownName, "no gate 'gg'"),
        ({"outcomes": {"x": {"go": 1}}}, UnknownName, "no gate 'x'"),
        ({"outcomes": {"h": {"go": 0.5, "recycle": 0.5}}}, InvalidValue, "recycle_to"),
        ({"outcomes": {"g": {"go": 0.5, "hold": 0.5}}}, InvalidValue, "has no length"),
        ({"outcomes": {"g": {"recycle": 1}}}, InvalidValue, "never ends"),
        ({"holds": {"g": "1d"}}, InvalidValue, "without outcomes"),
        ({"rounds": -1}, InvalidValue, "repeats"),
        ({"rounds": 2.5}, InvalidValue, "repeats"),
        ({"win_probability": 2}, InvalidValue, "no probability"),
        ({"win_probability": NAN}, InvalidValue, "no probability"),
        ({"win_probability": {"nope": 0.5}}, UnknownName, "nope"),
        ({"win_probability": {"w": 0.5}}, InvalidValue, "never ends by itself"),
        ({"drivers": {"d": {"elements": ["x"], "correlation": 1.5}}}, InvalidValue, "no probability"),
        ({"drivers": {"d": {"elements": ["x"], "correlation": -0.5}}}, InvalidValue, "no probability"),
        ({"drivers": {"d": {"elements": ["nope"], "correlation": 0.5}}}, UnknownName, "nope"),
        ({"drivers": {"d": ["x"]}}, InvalidValue, "is no driver"),
        ({"drivers": {"d": Driver(["x"], 0.5), "e": Driver(["x"], 0.5)}}, InvalidValue, "one driver"),
        ({"seed": -1}, InvalidValue, "no seed"),
        ({"seed": 1.5}, InvalidValue, "no seed"),
        ({"samples": 0}, InvalidValue, "no number of samples"),
        ({"precision": "1ed"}, InvalidValue, "no precision"),
        ({"precision": "0d"}, InvalidValue, "no precision"),
        ({"shape": "normal"}, InvalidValue, "no shape"),
        ({"keep": ["nope"]}, UnknownName, "nope"),
        ({"finished": {"x": None}}, InvalidValue, "data_date"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments: dict[str, Any], error: type[LtcflowError], said: str) -> None:
    with pytest.raises(error, match=said):
        simulate(P, **{"start": "2026-03-02", "seed": 1, "samples": 10, "default_duration": WIDE, **arguments})


def test_more_than_fits_is_refused_unless_it_is_not_kept() -> None:
    steps = [b.activity(f"a{i}", duration="1d") for i in range(20)]
    process = b.process("p", stages=[b.stage("s", activities=steps)])
    with pytest.raises(InvalidValue, match=r"would take 1\.8 GiB"):
        simulate(process, start="2026-03-02", seed=1, samples=10_000_000)
    found = simulate(process, start="2026-03-02", seed=1, samples=20_000, keep=["s"])
    assert list(found) == ["s"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: pert("3d", "2d", "4d"),
        lambda: pert("1d", "2d", "4ed"),
        lambda: pert("1d", "2d", "4d", weight=0),
        lambda: pert("1d", "2d", "4d", weight=NAN),
        lambda: empirical([]),
        lambda: empirical(["1d", "1ed"]),
        lambda: empirical(["-1d"]),
        lambda: empirical(["1d"] * 5000),
    ],
)
def test_shapes_that_are_none_are_refused(make: Any) -> None:
    with pytest.raises(InvalidValue):
        make()


def test_questions_that_have_no_answer_are_refused() -> None:
    found = simulate(P, start="2026-03-02", seed=1, samples=10, default_duration="1d", win_probability={"x": 0})
    with pytest.raises(UnknownName, match="nope"):
        found["nope"]
    with pytest.raises(UnknownName):
        found.criticality("s")
    with pytest.raises(InvalidValue, match="reached in no sample"):
        found["x"].p50  # noqa: B018 reading it is the test
    for wrong in (1.5, -0.1, NAN):
        with pytest.raises(InvalidValue):
            found["g"].quantile(wrong)
    with pytest.raises(InvalidValue):
        found["g"].interval(0.5, level=1)
    for date in ("2026-13-01", "soon", "2026-3-1"):
        with pytest.raises(InvalidValue):
            found["g"].probability_by(date)
    assert found["g"].probability_by("2036-01-01").value == 0
    with pytest.raises(ValueError, match="read-only"):
        found.ends[0] = 1


def test_a_day_counts_to_its_end() -> None:
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("x", duration="2d")])])
    found = simulate(process, start="2026-03-02", seed=1, samples=10)
    shares = [
        found["x"].probability_by(at).value
        for at in ("2026-03-02", "2026-03-03", "2026-03-03T17:59", "2026-03-03T18:00")
    ]
    assert shares == [0, 1, 0, 1]
    assert found["x"].probability_by(found["x"].p50.date()).value == 1
    assert found.finish.probability_by("2020-01-01").value == 0
