"""How long something may take: the shapes of uncertain durations, and their quantiles as tables.

A three-point estimate is read as a PERT beta: on [o, p] with the mode m, ``alpha = 1 + w (m - o) / (p - o)`` and
``beta = 1 + w (p - m) / (p - o)``; w = 4 gives the mean (o + 4m + p) / 6 of Malcolm et al. 1959 (the beta and its
assumptions: Clark 1962; other weights, the modified PERT: Vose 2008, Risk Analysis, 3rd ed.).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ltcflow.errors import InvalidValue
from ltcflow.stages import Duration, as_estimate
from ltcflow.stages.estimate import EstimateLike
from ltcflow.worktime import DurationLike, WorkDuration, as_duration, not_negative

Floats: TypeAlias = npt.NDArray[np.float64]
LEVELS = 16_384
"""A duration is one of 16,384 equally likely quantiles, each from the middle of its stretch of probability: no
probability is off by more than 1/32,768, far less than what sampling itself leaves open."""
_GRID = 4096
_LONGEST = 4096


def _weight(value: float) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
    if not 0 < number <= 100:
        problem, remedy = "is no weight of the mode.", "Give a number above 0, up to 100; PERT uses 4."
        raise InvalidValue(field="weight", value=repr(value), problem=problem, remedy=remedy)
    return number


@attrs.frozen
class Shape:
    """A three-point duration with the shape of its density.

    Attributes:
        points: optimistic, likely and pessimistic; equal for a fixed duration.
        kind: "pert" or "triangular".
        weight: of the mode of a PERT beta; 4 unless said otherwise.
    """

    points: Duration = attrs.field(converter=as_estimate)
    kind: Literal["pert", "triangular"] = "pert"
    weight: float = attrs.field(default=4.0, converter=_weight)

    @property
    def elapsed(self) -> bool:
        """True when it counts elapsed instead of working time."""
        return self.points.elapsed

    @property
    def fixed(self) -> bool:
        """True when there is nothing uncertain about it."""
        return self.points.fixed

    def mean_minutes(self) -> int:
        """Return the mean in minutes, rounded half up: (o + wm + p) / (w + 2), triangular (o + m + p) / 3."""
        low, mid, high = _minutes(self.points)
        if self.kind == "triangular":
            return (2 * (low + mid + high) + 3) // 6
        if self.weight == 4:
            return self.points.expected_minutes()
        return int((low + self.weight * mid + high) / (self.weight + 2) + 0.5)

    def table(self) -> npt.NDArray[np.int64]:
        """Return its `LEVELS` equally likely values in whole minutes, rising."""
        low, mid, high = _minutes(self.points)
        if low == high:
            return np.full(LEVELS, low, dtype=np.int64)
        mode, weight = (mid - low) / (high - low), self.weight
        unit = _triangle(mode) if self.kind == "triangular" else _beta(1 + weight * mode, 1 + weight * (1 - mode))
        return np.floor(low + (high - low) * unit + 0.5).astype(np.int64)


def _observed(values: Iterable[DurationLike]) -> tuple[WorkDuration, ...]:
    if isinstance(values, str):
        values = (values,)
    found = tuple(as_duration(value) for value in values)
    if not 1 <= len(found) <= _LONGEST or len({value.elapsed for value in found}) > 1:
        problem = "are none, too many, or of working and elapsed time."
        remedy = f"Give 1 to {_LONGEST} durations of one kind."
        raise InvalidValue(field="empirical", value=f"{len(found)} durations", problem=problem, remedy=remedy)
    return tuple(sorted(found))


def _all_positive(instance: Empirical, attribute: attrs.Attribute[tuple[WorkDuration, ...]], value: object) -> None:
    for duration in instance.values:
        not_negative(instance, attribute, duration)  # type: ignore[arg-type]  # it only reads the name


@attrs.frozen
class Empirical:
    """A duration drawn from observed ones, each as likely as every other.

    Attributes:
        values: what was observed, sorted; of one kind, working or elapsed.
    """

    values: tuple[WorkDuration, ...] = attrs.field(converter=_observed, validator=_all_positive)

    @property
    def elapsed(self) -> bool:
        """True when it counts elapsed instead of working time."""
        return self.values[0].elapsed

    @property
    def fixed(self) -> bool:
        """True when all observed durations are the same."""
        return self.values[0] == self.values[-1]

    def mean_minutes(self) -> int:
        """Return the mean of what was observed, in minutes, rounded half up."""
        total, count = sum(value.minutes for value in self.values), len(self.values)
        return (2 * total + count) // (2 * count)

    def table(self) -> npt.NDArray[np.int64]:
        """Return `LEVELS` values in which each observed one has its share, to 1/16,384."""
        observed = np.array([value.minutes for value in self.values], dtype=np.int64)
        return observed[np.arange(LEVELS) * len(observed) // LEVELS]


Uncertain: TypeAlias = Shape | Empirical
UncertainLike: TypeAlias = Uncertain | EstimateLike


def pert(optimistic: DurationLike, likely: DurationLike, pessimistic: DurationLike, *, weight: float = 4) -> Shape:
    """Return a PERT beta; the heavier the *weight* of the likely duration, the narrower.

    Example:
        >>> pert("3d", "5d", "12d").mean_minutes(), pert("3d", "5d", "12d", weight=2).mean_minutes()
        (2800, 3000)
    """
    return Shape(_points(optimistic, likely, pessimistic), "pert", weight)


def triangular(optimistic: DurationLike, likely: DurationLike, pessimistic: DurationLike) -> Shape:
    """Return a triangular duration; the mean is that of its three points.

    Example:
        >>> triangular("3d", "5d", "13d").mean_minutes()
        3360
    """
    return Shape(_points(optimistic, likely, pessimistic), "triangular")


def empirical(values: Iterable[DurationLike]) -> Empirical:
    """Return a duration that is one of the observed *values*, each as likely.

    Example:
        >>> empirical(["2d", "2d", "5d"]).mean_minutes()
        1440
    """
    return Empirical(values)


def as_uncertain(value: UncertainLike, kind: Literal["pert", "triangular"] = "pert") -> Uncertain:
    """Return *value* as a shape; estimates without one get that of *kind*."""
    if isinstance(value, Shape | Empirical):
        return value
    return Shape(as_estimate(value), kind)


def _points(optimistic: DurationLike, likely: DurationLike, pessimistic: DurationLike) -> Duration:
    return as_estimate({"optimistic": optimistic, "likely": likely, "pessimistic": pessimistic})


def _minutes(points: Duration) -> tuple[int, int, int]:
    return points.optimistic.minutes, points.likely.minutes, points.pessimistic.minutes


_MIDDLES: Floats = (np.arange(LEVELS) + 0.5) / LEVELS


@lru_cache(maxsize=64)
def _triangle(mode: float) -> Floats:
    """Return the quantiles of the triangular distribution on [0, 1] with *mode* (its closed form)."""
    u = _MIDDLES
    return np.where(u <= mode, np.sqrt(u * mode), 1 - np.sqrt((1 - u) * (1 - mode)))


@lru_cache(maxsize=64)
def _beta(alpha: float, beta: float) -> Floats:
    """Return the quantiles of Beta(alpha, beta), both at least 1, by Simpson's rule and inversion; error below 1e-6.

    With x = (1 - cos(pi s)) / 2 the integrand has no steep ends.
    """
    s = np.linspace(0.0, 1.0, 2 * _GRID + 1)
    half = np.pi * s / 2
    density = np.sin(half) ** (2 * alpha - 1) * np.cos(half) ** (2 * beta - 1)
    cells = density[:-2:2] + 4 * density[1::2] + density[2::2]
    mass = np.concatenate([[0.0], np.cumsum(cells)])
    found: Floats = np.interp(_MIDDLES, mass / mass[-1], np.sin(half[::2]) ** 2)
    return found
