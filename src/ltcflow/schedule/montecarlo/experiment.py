"""An experiment: everything a simulation needs, put together once; running it draws the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import attrs
import numpy as np

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.graph.network import FINISH
from ltcflow.names import ElementId
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.limits import NO_LIMITS, Bound, Limits
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.drivers import Driver
from ltcflow.schedule.montecarlo.flow import Mask
from ltcflow.schedule.montecarlo.flows import Flows, Times
from ltcflow.schedule.montecarlo.gates import Decisions, Loop, Losses
from ltcflow.schedule.montecarlo.outcomes import Odds, Probability
from ltcflow.schedule.montecarlo.promises import Kept, Met, Shown, shown
from ltcflow.schedule.montecarlo.scales import NEVER
from ltcflow.schedule.montecarlo.shapes import Uncertain
from ltcflow.schedule.montecarlo.statistics import share_of
from ltcflow.schedule.montecarlo.streams import PER_WORD, Common, Sampler, Stream
from ltcflow.schedule.progress import Progress
from ltcflow.stages import Stage

BATCH = 1000
"""A wanted precision is looked at after every so many samples, whatever the size of chunks."""
_SCRATCH = 96 << 20
_MOST = 1 << 30
_COUNTED = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)
_NOTHING: Mapping[str, datetime] = MappingProxyType({})


@attrs.frozen(kw_only=True, eq=False)
class Setup:
    """What the experiment is about.

    Attributes:
        times: on which calendars the nodes of the model work.
        shapes: of every planned activity and gate; gone: those of them that are fixed by progress.
        spent: work that is behind what has begun, by element, in minutes.
        limits: what holds nodes besides their links; bounds: the dated constraints, one by one.
        deadlines: by element; "" for the project.
    """

    model: Model
    times: Times
    shapes: Mapping[ElementId, Uncertain]
    gone: frozenset[ElementId]
    spent: Mapping[ElementId, int]
    odds: Sequence[Odds]
    wins: Mapping[ElementId, Probability]
    drivers: Mapping[str, Driver]
    rounds: int
    seed: int
    limits: Limits = NO_LIMITS
    bounds: Sequence[Bound] = ()
    deadlines: Mapping[ElementId, datetime] = _NOTHING
    progress: Progress | None = None


class Experiment:
    """Draws samples chunk by chunk.

    Attributes:
        kept: elements whose finishes are kept; uncertain: those whose durations vary.
    """

    def __init__(self, setup: Setup, keep: Sequence[ElementId] | None) -> None:
        self.setup, model = setup, setup.model
        self.names = {node.id: number for number, node in enumerate(model.nodes)}
        self.fixed = [length.minutes for length in model.lengths]
        self._lengths = np.empty((len(model.nodes), 0), dtype=np.int64)
        self.commons = {name: Common(setup.seed, name, driver.correlation) for name, driver in setup.drivers.items()}
        self.samplers: list[tuple[int, Sampler]] = []
        self.uncertain: list[tuple[ElementId, int]] = []
        self._sample()
        drawn = {number for number, _ in self.samplers}
        self.constant = [number for number in range(len(model.nodes)) if number not in drawn]
        self.spent = [(self.names[name], left) for name, left in setup.spent.items() if self.names[name] in drawn]
        odds = [one for one in setup.odds if not self._off(one.gate)]
        self.flows = Flows(model, setup.times, setup.limits, setup.bounds, setup.progress, odds, drawn)
        self.flow = self.flows.whole()
        self.gates = [self._gate(one) for one in odds]
        self.uncertain += [
            (gate.odds.gate, gate.node) for gate in self.gates if gate.odds.may_repeat and gate.node not in drawn
        ]
        self.wins = [(self._end_of(name), p, Stream(setup.seed, "win", name)) for name, p in self._wins()]
        ends = [*(gate.node for gate in self.gates if gate.odds.may_stop), *(node for node, _, _ in self.wins)]
        self.losses = Losses([(node, self._behind(node)) for node in dict.fromkeys(ends)])
        self._show(keep)
        self.counted = [
            number for number, node in enumerate(model.nodes) if node.kind in _COUNTED and not model.off[number]
        ]

    def _sample(self) -> None:
        """Make the samplers of what is uncertain."""
        setup = self.setup
        driven = {element: name for name, driver in setup.drivers.items() for element in driver.elements}
        for name, shape in setup.shapes.items():
            if shape.fixed or name in setup.gone or name not in self.names:
                continue
            common = self.commons.get(driven.get(name, ""))
            self.samplers.append((self.names[name], Sampler(shape, Stream(setup.seed, "duration", name), common)))
            self.uncertain.append((name, self.names[name]))

    def _wins(self) -> list[tuple[ElementId, Probability]]:
        return [(name, p) for name, p in self.setup.wins.items() if not name or not self._off(name)]

    def _end_of(self, name: ElementId) -> int:
        stage = isinstance(self.setup.model.network.process.find(name), Stage)
        return self.names[FINISH if not name else f"{name}.finish" if stage else name]

    def _off(self, name: ElementId) -> bool:
        return name in self.setup.model.skipped

    def _gate(self, odds: Odds) -> Decisions:
        setup, node = self.setup, self.names[odds.gate]
        loop = None
        if odds.target:
            network = setup.model.network
            gate, target = network.index[odds.gate], network.position(odds.target)
            between = (
                {gate} if target is None else {gate, target, *network.descendants(target) & network.ancestors(gate)}
            )
            nodes = sorted(setup.model.numbers[position] for position in between)
            fixed = [self._whole(number) for number in nodes]
            loop = Loop(self.flows.part(nodes), fixed, self._redrawn(odds.gate, nodes))
        return Decisions(odds, node, setup.rounds, setup.seed, self.flow, loop)

    def _whole(self, number: int) -> int:
        """Return the length of a node when it is done again from its beginning."""
        shape = self.setup.shapes.get(self.setup.model.nodes[number].id)
        return shape.mean_minutes() if shape is not None else self.flows.taken(number)

    def _redrawn(self, gate: ElementId, nodes: Sequence[int]) -> list[list[tuple[int, Sampler]]]:
        """Return samplers for each round of a recycle, by place among *nodes*."""
        setup = self.setup
        found: list[list[tuple[int, Sampler]]] = []
        for number in range(setup.rounds):
            names = [(place, setup.model.nodes[node].id) for place, node in enumerate(nodes)]
            found.append(
                [
                    (place, Sampler(setup.shapes[name], Stream(setup.seed, "again", gate, str(number), name)))
                    for place, name in names
                    if name in setup.shapes and not setup.shapes[name].fixed
                ]
            )
        return found

    def _behind(self, node: int) -> Mask:
        """Return which nodes are *node* itself or wait for it."""
        model = self.setup.model
        found = np.zeros(len(model.nodes), dtype=bool)
        found[[node, *(model.numbers[position] for position in model.network.descendants(model.positions[node]))]] = (
            True
        )
        return found

    def _show(self, keep: Sequence[ElementId] | None) -> None:
        """Note whose finishes are kept, and which constraints and deadlines are watched."""
        setup = self.setup
        found = shown(setup.model, self.flows.exact, *self.flows.happened)
        self.held = [bound for bound in setup.bounds if bound.upper is not None]
        self.kept_hits = np.zeros(len(self.held), dtype=np.int64)
        self.due = [(name, moment, dict(found).get(name)) for name, moment in setup.deadlines.items()]
        self.due_hits = np.zeros(len(self.due), dtype=np.int64)
        for name in keep or ():
            setup.model.network.process.element(name)
        self.kept: list[tuple[ElementId, Shown]] = [
            (name, how) for name, how in found if keep is None or name in set(keep)
        ]

    def chunk(self, chunk: int | None) -> int:
        """Return how many lanes to do at a time: whole words of random bits, at most 96 MB of scratch."""
        if chunk is None:
            chunk = min(max(_SCRATCH // (40 * len(self.names)), 64), 16_384)
        return -(-max(chunk, 1) // PER_WORD) * PER_WORD

    def check_memory(self, samples: int) -> None:
        """Raise InvalidValue when what is kept would take more than 1 GiB."""
        kept = 8 * samples * (len(self.kept) + len(self.uncertain) + 3)
        if kept > _MOST:
            problem = f"of {len(self.kept)} elements would take {kept / 2**30:.1f} GiB."
            raise InvalidValue(
                field="samples", value=str(samples), problem=problem, remedy="Draw fewer, or name what to keep=[...]."
            )

    def draw(self, lanes: int) -> Drawn:
        """Return the next *lanes* samples; their arrays are used again by the next call."""
        lengths = self._draw_lengths(lanes)
        passed = self.flow.run(lengths, {gate.node: gate.decide for gate in self.gates})
        kept = [self.flows.on_time(self.flow, bound, passed, lengths) for bound in self.held]
        begin, finish, ends = self.flows.dated(passed, lengths)
        clean = np.ones(lanes, dtype=bool)
        for gate in self.gates:
            clean &= gate.clean
        lost = [(gate.node, gate.stopped) for gate in self.gates if gate.odds.may_stop]
        lost += [(node, stream.uniform(lanes) >= p) for node, p, stream in self.wins]
        moment = np.full(lanes, NEVER, dtype=np.int64)
        if lost:
            moment = self.losses.apply(finish, lost, NEVER)
        for row, (bound, there) in enumerate(zip(self.held, kept, strict=True)):
            reached = finish[bound.node] < NEVER
            if not bound.constraint.kind.at_finish:
                reached |= begin[bound.node] < moment
            self.kept_hits[row] += np.count_nonzero(there & reached)
        for row, (_, at, how) in enumerate(self.due):
            found = np.where(moment < NEVER, NEVER, ends) if how is None else how.of(begin, finish)
            self.due_hits[row] += np.count_nonzero(found <= self.flows.scale.until(at))
        return Drawn(
            begin=begin,
            finish=finish,
            ends=ends,
            critical=passed.critical,
            lengths=lengths,
            clean=clean,
            lost=moment < NEVER,
        )

    def _draw_lengths(self, lanes: int) -> Minutes:
        if self._lengths.shape[1] < lanes:
            self._lengths = np.empty((len(self.names), lanes), dtype=np.int64)
        lengths = self._lengths[:, :lanes]
        for number in self.constant:
            lengths[number] = self.fixed[number]
        for common in self.commons.values():
            common.advance(lanes)
        for number, sampler in self.samplers:
            sampler.draw(lengths[number])
        for number, minutes in self.spent:
            np.maximum(lengths[number] - minutes, 0, out=lengths[number])
        return lengths

    def promises(self, samples: int) -> tuple[tuple[Kept, ...], tuple[Met, ...]]:
        """Return how likely constraints and deadlines are kept, of *samples* samples."""
        kept = (
            Kept(bound.element, bound.constraint, share_of(int(hits), samples))
            for bound, hits in zip(self.held, self.kept_hits, strict=True)
        )
        met = (
            Met(name, at, share_of(int(hits), samples))
            for (name, at, _), hits in zip(self.due, self.due_hits, strict=True)
        )
        return tuple(kept), tuple(met)


@attrs.frozen(kw_only=True, eq=False)
class Drawn:
    """One chunk of samples: lengths ``[node, lane]``, which lanes are clean, and which are lost.

    Attributes:
        begin, finish: when nodes start and finish, ends: when lanes do, in numbers of the scale.
        critical: in how many lanes each node is on a longest path.
    """

    begin: Minutes
    finish: Minutes
    ends: Minutes
    critical: Minutes
    lengths: Minutes
    clean: Mask
    lost: Mask
