"""The fate of gates and projects in one chunk of lanes: repeats, delays, losses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.flow import Flow, Mask
from ltcflow.schedule.montecarlo.outcomes import Odds, sums
from ltcflow.schedule.montecarlo.streams import Sampler, Stream

STOP, HOLD, RECYCLE = 2, 3, 4


class Loop:
    """What is done again when a gate sends back: everything from its target to the gate, with new durations.

    Gates in between pass; what else waits for something in between keeps its dates.

    Args:
        fixed: lengths of the nodes in between, the gate last.
        samplers: of each round, node and sampler of what is uncertain.
    """

    def __init__(self, flow: Flow, fixed: Sequence[int], samplers: Sequence[Sequence[tuple[int, Sampler]]]) -> None:
        self.flow, self.fixed, self.samplers = flow, fixed, samplers

    def again(self, number: int, begin: Minutes) -> Minutes:
        """Return when the gate is reached again in round *number* that begins at *begin*."""
        lengths = np.empty((len(self.fixed), len(begin)), dtype=np.int64)
        lengths[:] = np.asarray(self.fixed, dtype=np.int64)[:, None]
        for node, sampler in self.samplers[number]:
            sampler.draw(lengths[node])
        return self.flow.last(lengths, begin)


class Decisions:
    """Decides one gate in chunk after chunk.

    Attributes:
        stopped: where the gate ended the project, in the last chunk.
        clean: where it neither held nor sent back.
        counts: over all chunks: holds, recycles, stops.
    """

    def __init__(self, odds: Odds, node: int, rounds: int, seed: int, flow: Flow, loop: Loop | None) -> None:
        self.odds, self.node, self.flow, self.loop = odds, node, flow, loop
        self.rounds = rounds if odds.may_repeat else 0
        self.streams = [Stream(seed, "gate", odds.gate, str(number)) for number in range(self.rounds + 1)]
        self.holds: list[Sampler] = []
        if odds.hold is not None:
            names = [("hold", odds.gate, str(number)) for number in range(self.rounds)]
            self.holds = [Sampler(odds.hold, Stream(seed, *name)) for name in names]
        self.counts = np.zeros(3, dtype=np.int64)
        self.stopped: Mask = np.zeros(0, dtype=bool)
        self.clean: Mask = np.zeros(0, dtype=bool)

    def decide(self, first: Minutes) -> Minutes:
        """Return when the gate is decided for good, when it is first decided at *first*."""
        lanes = len(first)
        at, open_ = first.copy(), np.ones(lanes, dtype=bool)
        self.stopped = np.zeros(lanes, dtype=bool)
        self.clean = np.ones(lanes, dtype=bool)
        for number, stream in enumerate(self.streams):
            final = number == self.rounds
            chances = sums(self.odds.closed if final else self.odds.open)
            outcome = np.searchsorted(chances, stream.uniform(lanes), side="right")
            outcome[~open_] = -1
            self.stopped |= outcome == STOP
            if final:
                break
            self._repeat(number, outcome, at)
            open_ = outcome >= HOLD
            self.clean &= ~open_
        self.counts[2] += np.count_nonzero(self.stopped)
        return at

    def _repeat(self, number: int, outcome: Minutes, at: Minutes) -> None:
        """Move *at* on where the gate holds or sends back; draws are made for every lane, whatever came out."""
        held, back = outcome == HOLD, outcome == RECYCLE
        self.counts[0] += np.count_nonzero(held)
        self.counts[1] += np.count_nonzero(back)
        if self.holds:
            delay = np.empty(len(at), dtype=np.int64)
            self.holds[number].draw(delay)
            elapsed = self.odds.hold is not None and self.odds.hold.elapsed
            at[held] = self.flow.wait(self.node, at, delay, elapsed=elapsed)[held]
        if self.loop is not None:
            again = self.loop.again(number, at)
            at[back] = again[back]


class Losses:
    """Which elements a project that is lost has still reached: those that finish before, or at that very moment without
    waiting for what lost it.

    Args:
        behind: of each node at which a project can be lost, itself and every node that waits for it.
    """

    def __init__(self, behind: Sequence[tuple[int, Mask]]) -> None:
        self.behind = behind

    def apply(self, end: Minutes, lost_at: Sequence[tuple[int, Mask]], never: int) -> Minutes:
        """Set *end* to *never* where a node is not reached; return when each lane is lost, *never* where it is not.

        Args:
            lost_at: nodes with the lanes in which the project is lost there.
        """
        lanes = end.shape[1]
        moment = np.full(lanes, never, dtype=np.int64)
        for node, lost in lost_at:
            moment[lost] = np.minimum(moment[lost], end[node][lost])
        behind = dict(self.behind)
        blocked: list[tuple[Mask, Mask]] = []
        for node, lost in lost_at:
            there = lost & (end[node] == moment)
            if there.any():
                blocked.append((behind[node], there))
        late = end > moment
        for nodes, there in blocked:
            late |= nodes[:, None] & there & (end == moment)
        end[late] = never
        return moment
