"""Random numbers by name: what is drawn for an activity depends on the seed and its id alone.

Every activity, gate and driver has a stream of its own (PCG64, O'Neill 2014), keyed by the seed and its name. So no
number depends on the order of declaration, on the size of chunks, or on what else is drawn: two simulations with one
seed differ only where their processes differ (common random numbers).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from math import sqrt
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.shapes import LEVELS, Uncertain

Ranks: TypeAlias = npt.NDArray[np.uint16]
PER_WORD = 4
"""Ranks in a word of 64 bits; chunks are whole words, so that no chunk size changes what is drawn."""
_SPARE_BITS = np.uint16(2)
_FINE, _SPREAD = 8192, 8


class Stream:
    """The random ranks of one name, drawn in order."""

    def __init__(self, seed: int, *name: str) -> None:
        digest = sha256("\0".join(name).encode()).digest()
        words = tuple(int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4))
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=words))

    def ranks(self, lanes: int) -> Ranks:
        """Return the next *lanes* ranks, 0 to 16,383; all but the last call take whole words."""
        words: npt.NDArray[np.uint64] = self._bits.random_raw(-(-lanes // PER_WORD))
        return words.astype("<u8", copy=False).view("<u2")[:lanes] >> _SPARE_BITS

    def uniform(self, lanes: int) -> npt.NDArray[np.float64]:
        """Return the next *lanes* numbers in [0, 1), 53 bits each."""
        words: npt.NDArray[np.uint64] = self._bits.random_raw(lanes)
        return np.asarray((words >> np.uint64(11)) * 2.0**-53, dtype=np.float64)


class Common:
    """What the activities of one driver have in common: a stream of normal scores (a one-factor Gaussian copula).

    The normal score of an activity is ``sqrt(r) F + sqrt(1 - r) e`` with the factor F of the driver and e of its own,
    so that the scores of two activities correlate by r (Li 2000; the copula of Sklar 1959).
    """

    def __init__(self, seed: int, name: str, correlation: float) -> None:
        self.stream = Stream(seed, "driver", name)
        self.shared, self.own = sqrt(correlation), sqrt(1 - correlation)
        self.factor: npt.NDArray[np.float64] = np.empty(0)

    def advance(self, lanes: int) -> None:
        """Draw the factor of the next *lanes* lanes."""
        self.factor = _scores().take(self.stream.ranks(lanes)) * self.shared

    def mix(self, ranks: Ranks) -> Ranks:
        """Return *ranks* of one activity, drawn towards the factor."""
        scores = _scores().take(ranks)
        scores *= self.own
        scores += self.factor
        scores *= _FINE
        scores += _FINE * _SPREAD
        mixed: Ranks = _ranks_of_scores().take(scores.astype(np.int64), mode="clip")
        return mixed


class Sampler:
    """Draws the duration of one element, lane by lane.

    Args:
        shape: what it is drawn from.
        stream: where the ranks come from.
        common: what it shares with others, or None.
    """

    def __init__(self, shape: Uncertain, stream: Stream, common: Common | None = None) -> None:
        self.table = shape.table().astype(
            np.int32
        )  # half the memory to look through; a duration is below 2**31 minutes
        self.stream, self.common = stream, common

    def draw(self, out: Minutes) -> None:
        """Fill *out* with the durations of the next lanes, in whole minutes."""
        ranks = self.stream.ranks(len(out))
        out[:] = self.table.take(self.common.mix(ranks) if self.common else ranks, mode="clip")


@lru_cache(maxsize=1)
def _scores() -> npt.NDArray[np.float64]:
    """Return the normal score of each rank."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse((rank + 0.5) / LEVELS) for rank in range(LEVELS)])


@lru_cache(maxsize=1)
def _ranks_of_scores() -> Ranks:
    """Return the rank of each score from -8 to 8 in steps of 1/8192."""
    cumulative = NormalDist().cdf
    steps = range(2 * _SPREAD * _FINE)
    found = [min(int(cumulative((step + 0.5) / _FINE - _SPREAD) * LEVELS), LEVELS - 1) for step in steps]
    return np.array(found, dtype=np.uint16)
