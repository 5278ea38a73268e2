"""Numbers about samples: intervals of shares and quantiles, rank correlation."""

from __future__ import annotations

from functools import lru_cache
from math import exp, floor, lgamma, log, sqrt
from statistics import NormalDist

import attrs
import numpy as np

from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.shapes import Floats

LEVEL = 0.95


@attrs.frozen
class Share:
    """A probability estimated from samples, with an interval that holds it in 95 of 100 simulations.

    Attributes:
        value: the share of samples; low, high: its Wilson score interval (Wilson 1927).

    Example:
        >>> share = share_of(80, 100)
        >>> share.value, round(share.low, 3), round(share.high, 3)
        (0.8, 0.711, 0.867)
    """

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return self.value


def share_of(hits: int, count: int, level: float = LEVEL) -> Share:
    """Return *hits* of *count* as a probability with its Wilson score interval; nothing is known of none."""
    if not count:
        return Share(float("nan"), 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, denominator = hits / count, 1 + z * z / count
    middle = (p + z * z / (2 * count)) / denominator
    half = z * sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / denominator
    return Share(p, 0.0 if hits == 0 else max(middle - half, 0.0), 1.0 if hits == count else min(middle + half, 1.0))


def quantile_index(count: int, p: float) -> int:
    """Return which of *count* rising samples is the quantile *p*: the first with a share of at least p at or below."""
    return min(max(-floor(-round(p * count, 9)) - 1, 0), count - 1)


@lru_cache(maxsize=256)
def quantile_interval(count: int, p: float, level: float = LEVEL) -> tuple[int, int]:
    """Return which of *count* rising samples bound the quantile *p* with confidence *level*, by order statistics.

    The number of samples below the quantile is binomial, whatever the distribution (David and Nagaraja 2003, 7.1).
    """
    low = _binomial_quantile(count, p, (1 - level) / 2)
    high = _binomial_quantile(count, p, (1 + level) / 2)
    return max(low - 1, 0), min(high, count - 1)


def _binomial_quantile(count: int, p: float, q: float) -> int:
    """Return the least k with P(X <= k) >= q for X binomial."""
    if not 0 < p < 1:
        return 0 if p <= 0 else count
    spread = 12 * sqrt(count * p * (1 - p)) + 12
    low, high = max(0, floor(count * p - spread)), min(count, floor(count * p + spread) + 1)
    total, top = 0.0, lgamma(count + 1)
    for k in range(low, high + 1):
        total += exp(top - lgamma(k + 1) - lgamma(count - k + 1) + k * log(p) + (count - k) * log(1 - p))
        if total >= q:
            return k
    return high


def correlation(one: Minutes | Floats, two: Minutes | Floats) -> float:
    """Return Pearson's correlation; 0 where one of them does not vary."""
    x, y = one - one.mean(), two - two.mean()
    size = sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / size)) if size else 0.0


def ranks(values: Minutes) -> Floats:
    """Return the rank of each value; equal ones share their mean rank."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Floats = (last - (counts - 1) / 2.0)[where]
    return found
