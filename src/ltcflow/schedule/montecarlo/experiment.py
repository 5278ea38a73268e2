"""An experiment: everything a simulation needs, put together once; running it draws the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.graph.network import FINISH
from ltcflow.names import ElementId
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.elapsed import MixedLink
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.model import Model
from ltcflow.schedule.montecarlo.drivers import Driver
from ltcflow.schedule.montecarlo.flow import Flow, Mask, MixedFlow, Passed, WorkingFlow
from ltcflow.schedule.montecarlo.gates import Decisions, Loop, Losses
from ltcflow.schedule.montecarlo.hours import Hours
from ltcflow.schedule.montecarlo.outcomes import Odds, Probability
from ltcflow.schedule.montecarlo.results import NEVER
from ltcflow.schedule.montecarlo.shapes import Uncertain
from ltcflow.schedule.montecarlo.streams import PER_WORD, Common, Sampler, Stream
from ltcflow.stages import Activity, Stage

BATCH = 1000
"""A wanted precision is looked at after every so many samples, whatever the size of chunks."""
_SCRATCH = 96 << 20
_MOST = 1 << 30
_COUNTED = (NodeKind.ACTIVITY, NodeKind.GATE, NodeKind.MILESTONE)


@attrs.frozen(kw_only=True, eq=False)
class Setup:
    """What the experiment is about.

    Attributes:
        shapes: of every planned activity and gate that is not fixed by progress.
        spent: work that is behind what has begun, by element, in minutes.
    """

    model: Model
    clock: ProjectClock
    shapes: Mapping[ElementId, Uncertain]
    spent: Mapping[ElementId, int]
    odds: Sequence[Odds]
    wins: Mapping[ElementId, Probability]
    drivers: Mapping[str, Driver]
    rounds: int
    seed: int


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
        driven = {element: name for name, driver in setup.drivers.items() for element in driver.elements}
        self.samplers: list[tuple[int, Sampler]] = []
        self.uncertain: list[tuple[ElementId, int]] = []
        for name, shape in setup.shapes.items():
            if shape.fixed or name not in self.names:
                continue
            common = self.commons.get(driven.get(name, ""))
            self.samplers.append((self.names[name], Sampler(shape, Stream(setup.seed, "duration", name), common)))
            self.uncertain.append((name, self.names[name]))
        drawn = {number for number, _ in self.samplers}
        self.constant = [number for number in range(len(model.nodes)) if number not in drawn]
        self.spent = [(self.names[name], left) for name, left in setup.spent.items() if self.names[name] in drawn]
        self.flow = self._flow(model.links, range(len(model.nodes)))
        self.gates = [self._gate(odds) for odds in setup.odds if not self._off(odds.gate)]
        self.uncertain += [
            (gate.odds.gate, gate.node) for gate in self.gates if gate.odds.may_repeat and gate.node not in drawn
        ]
        self.wins = [(self._end_of(name), p, Stream(setup.seed, "win", name)) for name, p in self._wins()]
        ends = [*(gate.node for gate in self.gates if gate.odds.may_stop), *(node for node, _, _ in self.wins)]
        self.losses = Losses([(node, self._behind(node)) for node in dict.fromkeys(ends)])
        self.kept = self._keep(keep)
        self.counted = [
            number for number, node in enumerate(model.nodes) if node.kind in _COUNTED and not model.off[number]
        ]

    def _wins(self) -> list[tuple[ElementId, Probability]]:
        return [(name, p) for name, p in self.setup.wins.items() if not name or not self._off(name)]

    def _end_of(self, name: ElementId) -> int:
        stage = isinstance(self.setup.model.network.process.find(name), Stage)
        return self.names[FINISH if not name else f"{name}.finish" if stage else name]

    def _off(self, name: ElementId) -> bool:
        return name in self.setup.model.skipped

    def _flow(self, links: Sequence[MixedLink], nodes: Sequence[int]) -> Flow:
        """Return the flow through *nodes* (in order), along those of *links* that stay among them."""
        model, at = self.setup.model, {node: number for number, node in enumerate(nodes)}
        whole = len(nodes) == len(model.nodes)
        loose = model.loose()
        inside = [
            link._replace(source=at[link.source], target=at[link.target])
            for link in links
            if link.source in at and link.target in at and link.target not in loose
        ]
        least = [0 if not whole or node in loose else model.not_before[node] for node in nodes]
        if not self._mixed():
            return WorkingFlow(len(nodes), inside, least)
        spans = np.array([model.nodes[node].kind is NodeKind.SPAN for node in nodes], dtype=bool)
        lengths = [model.lengths[node] for node in nodes]
        return MixedFlow(lengths, inside, least, Hours(self.setup.clock, min(0, *model.not_before)), spans)

    def _mixed(self) -> bool:
        return self.setup.model.mixed

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
            loop = Loop(self._flow(self._links(), nodes), fixed, self._redrawn(odds.gate, nodes))
        return Decisions(odds, node, setup.rounds, setup.seed, loop)

    def _links(self) -> Sequence[MixedLink]:
        return self.setup.model.links

    def _whole(self, number: int) -> int:
        """Return the length of a node when it is done again from its beginning."""
        shape = self.setup.shapes.get(self.setup.model.nodes[number].id)
        return shape.mean_minutes() if shape is not None else self.fixed[number]

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

    def _keep(self, keep: Sequence[ElementId] | None) -> list[tuple[ElementId, int]]:
        process = self.setup.model.network.process
        found: list[tuple[ElementId, int]] = []
        for node in self.setup.model.network.nodes:
            if node.element is None or self._off(node.id.removesuffix(".start").removesuffix(".finish")):
                continue
            if node.kind is NodeKind.STAGE_FINISH:
                found.append((node.stage, self.names[node.id]))
            elif isinstance(node.element, Activity) and node.element.spans:
                found.append((node.id, self.names[f"{node.stage}.finish"]))
            elif node.kind in _COUNTED:
                found.append((node.id, self.names[node.id]))
        if keep is None:
            return found
        for name in keep:
            process.element(name)
        return [(name, number) for name, number in found if name in set(keep)]

    def chunk(self, chunk: int | None) -> int:
        """Return how many lanes to do at a time: whole words of random bits, at most 96 MB of scratch."""
        if chunk is None:
            chunk = min(max(_SCRATCH // (40 * len(self.names)), 64), 16_384)
        return -(-max(chunk, 1) // PER_WORD) * PER_WORD

    def check_memory(self, samples: int) -> None:
        """Raise InvalidValue when what is kept would take more than 1 GiB."""
        kept = 8 * samples * (len(self.kept) + len(self.uncertain) + 2)
        if kept > _MOST:
            problem = f"of {len(self.kept)} elements would take {kept / 2**30:.1f} GiB."
            raise InvalidValue(
                field="samples", value=str(samples), problem=problem, remedy="Draw fewer, or name what to keep=[...]."
            )

    def draw(self, lanes: int) -> Drawn:
        """Return the next *lanes* samples; their arrays are used again by the next call."""
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
        passed = self.flow.run(lengths, {gate.node: gate.decide for gate in self.gates})
        clean = np.ones(lanes, dtype=bool)
        for gate in self.gates:
            clean &= gate.clean
        lost = [(gate.node, gate.stopped) for gate in self.gates if gate.odds.may_stop]
        lost += [(node, stream.uniform(lanes) >= p) for node, p, stream in self.wins]
        lanes_lost = np.zeros(lanes, dtype=bool)
        if lost:
            lanes_lost = self.losses.apply(passed.end, lost, NEVER)
        return Drawn(passed=passed, lengths=lengths, clean=clean, lost=lanes_lost)


@attrs.frozen(kw_only=True, eq=False)
class Drawn:
    """One chunk of samples: dates and lengths ``[node, lane]``, which lanes are clean, and which are lost."""

    passed: Passed
    lengths: Minutes
    clean: Mask
    lost: Mask
