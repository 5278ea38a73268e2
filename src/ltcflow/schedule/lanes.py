"""The critical path method over arrays ``[element, lane]``: one network, many durations in one call.

A lane is one set of durations: a Monte Carlo sample, one of many projects of a process, or the only one. The meaning is
that of `ltcflow.schedule.cpm.solve`, lane by lane, in int64 minutes (Kelley and Walker 1961; the four link types as in
Elmaghraby and Kamburowski 1992); the tests hold the two against each other.

Two ways through the network, chosen by cost: row by row, each numpy call taking one link over all lanes of a chunk
(many lanes), or level by level, each call taking all links between two levels (few lanes, wide network; see
`ltcflow.schedule.wide`). Chunks of lanes keep the working set in cache and the scratch memory bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ltcflow.errors import InvalidValue
from ltcflow.schedule.cpm import Link

if TYPE_CHECKING:
    from ltcflow.schedule.wide import Levels

Minutes: TypeAlias = npt.NDArray[np.int64]
Engine: TypeAlias = Literal["numpy", "numba", "fastest"]
FIELDS = ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float")
"""The six dates and floats of every element, each an array ``[element, lane]``."""
CACHE = 16 << 20
"""Bytes that the arrays of one chunk of lanes take together where that is enough lanes to pay."""
SCRATCH = 64 << 20
"""Bytes that they may take at most, unless one lane takes more."""
_PAYING = 1024
LARGEST = 2**62
_FEW = 64
_KINDS = {"FS": 2, "SS": 0, "FF": 3, "SF": 1}
_FROM_FINISH, _TO_FINISH = 2, 1
_PER_CALL, _PER_LINK, _PER_LEVEL, _PER_GATHER, _PER_ITEM = 2_000.0, 2.0, 16_000.0, 15.0, 700.0
"""Nanoseconds: the calls of a link, one lane of it, the calls of a level, a gathered link, a link over lists."""


class Run(Protocol):
    """The signature of a kernel (for the type checker): fills *answer* and *ends* for a chunk of lanes."""

    def __call__(
        self,
        network: LaneNetwork,
        durations: Minutes,
        least: Minutes | None,
        finish: int | None,
        answer: dict[str, Minutes],
        ends: Minutes,
        low: int,
        high: int,
        /,
    ) -> None:
        """Fill the lanes *low* to *high*."""
        ...


class Step(NamedTuple):
    """One link as a node sees it: the node at the other end, from (to) its finish or start, and the lag in minutes."""

    node: int
    finish: bool
    own_finish: bool
    lag: int


@attrs.frozen(kw_only=True, eq=False)
class LaneNetwork:
    """A network ready for any number of lanes; made by `compile_links`.

    Attributes:
        count: elements, numbered in topological order.
        source, target, kind, lag: of each link, in order of source; kind adds 2 when it leaves a finish, 1 when it
            enters one.
        levels: links between levels.
    """

    count: int
    source: Minutes
    target: Minutes
    kind: Minutes
    lag: Minutes
    levels: Levels = attrs.field(repr=False)

    @cached_property
    def into(self) -> tuple[tuple[Step, ...], ...]:
        """The links into each element, those that take one call first."""
        found: list[list[Step]] = [[] for _ in range(self.count)]
        for i, j, k, lag in self._rows():
            found[j].append(Step(i, bool(k & _FROM_FINISH), bool(k & _TO_FINISH), lag))
        return tuple(_easiest_first(steps, own_finish=False) for steps in found)

    @cached_property
    def out_of(self) -> tuple[tuple[Step, ...], ...]:
        """The links out of each element, those that take one call first."""
        found: list[list[Step]] = [[] for _ in range(self.count)]
        for i, j, k, lag in self._rows():
            found[i].append(Step(j, bool(k & _TO_FINISH), bool(k & _FROM_FINISH), lag))
        return tuple(_easiest_first(steps, own_finish=True) for steps in found)

    @cached_property
    def last(self) -> tuple[int, ...]:
        """Elements that may finish last: no follower without a lead waits for their finish."""
        steps = enumerate(self.out_of)
        return tuple(i for i, after in steps if not any(s.own_finish and s.lag >= 0 for s in after))

    def _rows(self) -> Iterator[tuple[int, int, int, int]]:
        columns = (self.source.tolist(), self.target.tolist(), self.kind.tolist(), self.lag.tolist())
        return zip(*columns, strict=True)

    @property
    def links(self) -> int:
        """How many links."""
        return len(self.source)


@attrs.frozen(kw_only=True, eq=False)
class LaneDates:
    """What `solve_lanes` found: arrays ``[element, lane]`` of int64 minutes.

    Attributes:
        found: the fields asked for, in the order of `FIELDS`, with their arrays; each is an attribute as well.
        finish: of each lane, the latest early finish or the finish asked for.
        engine: what computed them: "numpy" or "numba".
    """

    found: tuple[tuple[str, Minutes], ...] = attrs.field(repr=False)
    finish: Minutes
    engine: str = "numpy"

    def field(self, name: str) -> Minutes:
        """Return one field; InvalidValue when it was not asked for."""
        for known, values in self.found:
            if known == name:
                return values
        asked = ", ".join(known for known, _ in self.found)
        raise InvalidValue(
            field="fields", value=name, problem="was not asked for.", remedy=f"There are {asked}; ask for it too."
        )

    @property
    def early_start(self) -> Minutes:
        """Earliest start."""
        return self.field("early_start")

    @property
    def early_finish(self) -> Minutes:
        """Earliest finish."""
        return self.field("early_finish")

    @property
    def late_start(self) -> Minutes:
        """Latest start that keeps the finish."""
        return self.field("late_start")

    @property
    def late_finish(self) -> Minutes:
        """Latest finish that keeps the finish."""
        return self.field("late_finish")

    @property
    def total_float(self) -> Minutes:
        """Late less early start."""
        return self.field("total_float")

    @property
    def free_float(self) -> Minutes:
        """How long an element can wait without moving any other."""
        return self.field("free_float")


def compile_links(count: int, links: Sequence[Link]) -> LaneNetwork:
    """Return a network of *count* elements, ready for `solve_lanes`.

    Args:
        links: (source, target, type, lag in minutes) with source < target, as for `ltcflow.schedule.cpm.weigh`.
    Raises:
        InvalidValue: a node that is not there, or a link that does not lead to a higher number.
    Cost: O(count + links log links), about 0.3 us per link, and 2 us more when many lanes first go through it.

    Example:
        >>> compile_links(3, [(0, 2, "FS", 0), (1, 2, "SS", 60)]).links
        2
    """
    columns = list(zip(*links, strict=True)) or [(), (), (), ()]
    source, target, lag = (np.asarray(columns[i], dtype=np.int64).reshape(-1) for i in (0, 1, 3))
    kind = np.asarray([_KINDS[name] for name in columns[2]], dtype=np.int64)
    return compile_arrays(count, source, target, kind, lag)


def compile_arrays(count: int, source: Minutes, target: Minutes, kind: Minutes, lag: Minutes) -> LaneNetwork:
    """Return what `compile_links` returns, for links given as arrays; *kind*: 2 FS, 0 SS, 3 FF, 1 SF.

    Raises:
        InvalidValue: as `compile_links`, or arrays of different lengths, or lags beyond all bounds.
    """
    from ltcflow.schedule.wide import levels_of

    if not len(source) == len(target) == len(kind) == len(lag):
        raise _bad("links", len(source), "have columns of different lengths.", "Give one entry per link.")
    wrong = np.flatnonzero((source < 0) | (source >= target) | (target >= count) | (kind < 0) | (kind > 3))
    if len(wrong):
        at = f"{source[wrong[0]]} -> {target[wrong[0]]}"
        remedy = "Number the nodes from 0 in topological order."
        raise _bad("links", at, "does not lead from a node to one with a higher number.", remedy)
    order = np.argsort(source, kind="stable")
    source, target, kind, lag = (np.ascontiguousarray(a[order], dtype=np.int64) for a in (source, target, kind, lag))
    if len(lag) and int(np.abs(lag).max()) > 2**40:
        raise _bad("links", int(np.abs(lag).max()), "is a lag beyond all bounds.", "Keep lags below 2**40 minutes.")
    return LaneNetwork(
        count=count,
        source=source,
        target=target,
        kind=kind,
        lag=lag,
        levels=levels_of(count, (source, target, kind, lag)),
    )


def _easiest_first(steps: list[Step], *, own_finish: bool) -> tuple[Step, ...]:
    """Put first what takes one call: a link at the end of a node where the pass needs it, without a lag."""
    return tuple(sorted(steps, key=lambda s: (s.lag < 0 or s.own_finish != own_finish, s.lag != 0)))


def solve_lanes(
    network: LaneNetwork,
    durations: npt.ArrayLike,
    *,
    not_before: npt.ArrayLike | None = None,
    finish: int | None = None,
    fields: Sequence[str] = FIELDS,
    chunk: int | None = None,
    engine: Engine = "numpy",
    out: Sequence[Minutes] = (),
) -> LaneDates:
    """Return early and late dates and floats of every element in every lane.

    Args:
        durations: minutes, ``[element, lane]``, or ``[element]`` for one lane; whole, 0 or more.
        not_before: earliest start of each element, ``[element]`` for all lanes; by default 0.
        finish: the minute by which everything shall be finished; None: in each lane as early as possible.
        fields: which of `FIELDS`; fewer cost less. Early dates alone take the forward pass only.
        chunk: lanes per chunk; None: what keeps a chunk in 64 MB, most often in 16. No answer depends on it.
        engine: "numpy"; "numba" (the extra ``ltcflow[fast]``); "fastest" takes numba for up to 64 lanes
            where it is installed: with more, numpy is as fast.
        out: arrays ``[element, lane]`` of int64 to fill, one per field, instead of new ones.
    Returns:
        As `ltcflow.schedule.cpm.solve` for each lane by itself.
    Raises:
        InvalidValue: wrong shapes, negative or not whole durations, sums beyond 2**62, an engine that is not installed.
    Cost: O((elements + links) * lanes) time; about 1 ns per link and lane and field with many lanes, 10 ns with one.
    Memory: 8 bytes per element, lane and field for the answer, and a scratch of at most 64 MB or one lane's arrays.

    Example:
        >>> net = compile_links(3, [(0, 2, "FS", 0), (1, 2, "FS", 0)])
        >>> dates = solve_lanes(net, [[480, 60], [960, 60], [480, 480]])
        >>> dates.early_start.tolist(), dates.total_float.tolist(), dates.finish.tolist()
        ([[0, 0], [0, 0], [960, 60]], [[480, 0], [0, 0], [0, 0]], [1440, 540])
    """
    lengths = _durations(network, durations)
    least = _not_before(network, not_before)
    names = tuple(name for name in FIELDS if name in fields)
    if len(names) != len(set(fields)):
        raise _bad("fields", tuple(fields), "names something else.", f"Use {', '.join(FIELDS)}.")
    lanes = lengths.shape[1]
    answer = _answer(names, lengths.shape, out)
    ends = np.empty(lanes, dtype=np.int64)
    run, used = _engine(network, engine, lanes)
    limit = _largest_sum(network, least, finish)
    for low, high in chunks_of(lanes, chunk or fitting(network.count, len(names) + 1)):
        part = lengths[:, low:high]
        _check(part, limit, network.count, low)
        run(network, lengths, least, finish, answer, ends, low, high)
    return LaneDates(found=tuple(answer.items()), finish=ends, engine=used)


def chunks_of(lanes: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (first, one after the last) of each chunk of *lanes*.

    Example:
        >>> list(chunks_of(10, 4))
        [(0, 4), (4, 8), (8, 10)]
    """
    for low in range(0, lanes, max(size, 1)):
        yield low, min(low + max(size, 1), lanes)


def fitting(count: int, arrays: int) -> int:
    """Return how many lanes of *arrays* arrays of *count* elements fit `CACHE`, or where these are few, `SCRATCH`."""
    each = max(8 * count * arrays, 1)
    lanes = max(CACHE // each, min(SCRATCH // each, _PAYING))
    return min(max(lanes - lanes % 8, 1), 16_384)


def _engine(network: LaneNetwork, engine: Engine, lanes: int) -> tuple[Run, str]:
    if engine not in ("numpy", "numba", "fastest"):
        raise _bad("engine", engine, "is no engine.", "Use numpy, numba or fastest.")
    if engine != "numpy":
        from ltcflow.schedule import jit

        if jit.installed() and (engine == "numba" or lanes <= _FEW):
            return jit.run, "numba"
        if engine == "numba":
            raise _bad("engine", "numba", "is not installed.", "Run: pip install 'ltcflow[fast]', or use 'fastest'.")
    from ltcflow.schedule.rowwise import run_lists, run_rows
    from ltcflow.schedule.wide import run_levels

    width = max(min(lanes, fitting(network.count, 7)), 1)
    size = network.count + network.links
    costs: list[tuple[float, Run]] = [
        (size * (_PER_CALL + _PER_LINK * width), run_rows),
        (network.levels.count * _PER_LEVEL + size * width * _PER_GATHER, run_levels),
        (size * width * _PER_ITEM, run_lists),
    ]
    return min(costs, key=lambda cost: cost[0])[1], "numpy"


def _durations(network: LaneNetwork, durations: npt.ArrayLike) -> Minutes:
    given = np.asarray(durations)
    if given.dtype.kind not in "iu" and given.size:
        whole = given.dtype.kind == "f" and bool(np.all(np.isfinite(given))) and bool(np.all(given == np.rint(given)))
        if not whole:
            raise _bad("durations", f"an array of {given.dtype}", "are not whole minutes.", "Round them to int64.")
    if given.ndim == 1:
        given = given[:, None]
    if given.ndim != 2 or given.shape[0] != network.count:
        problem = f"have the shape {given.shape}, but the network has {network.count} elements."
        raise _bad("durations", "an array", problem, "Give [element, lane].")
    return given.astype(np.int64, copy=False)


def _not_before(network: LaneNetwork, least: npt.ArrayLike | None) -> Minutes | None:
    if least is None:
        return None
    given = np.asarray(least)
    if given.shape != (network.count,) or (given.size and given.dtype.kind not in "iu"):
        problem = f"has the shape {given.shape} of {given.dtype}."
        raise _bad("not_before", "an array", problem, f"Give {network.count} whole minutes.")
    return given.astype(np.int64, copy=False)


def _answer(names: Sequence[str], shape: tuple[int, ...], out: Sequence[Minutes]) -> dict[str, Minutes]:
    if not out:
        return {name: np.empty(shape, dtype=np.int64) for name in names}
    fits = len(out) == len(names) and all(a.shape == shape and a.dtype == np.int64 for a in out)
    if not fits or len({id(a) for a in out}) < len(out):
        raise _bad("out", f"{len(out)} arrays", "do not fit.", f"Give one int64 array of the shape {shape} per field.")
    return dict(zip(names, out, strict=True))


def _largest_sum(network: LaneNetwork, least: Minutes | None, finish: int | None) -> int:
    """Return how long durations may be, so that no sum can leave 64 bits."""
    lags = int(np.abs(network.lag).sum()) if network.links else 0
    starts = int(np.abs(least).max()) if least is not None and len(least) else 0
    return (LARGEST - lags - starts - abs(finish or 0)) // (2 * network.count + 2)


def _check(part: Minutes, limit: int, count: int, low: int) -> None:
    if not part.size:
        return
    if int(part.min()) < 0:
        element, lane = np.argwhere(part < 0)[0]
        at = f"durations[{element}, {low + lane}]"
        raise _bad(at, int(part[element, lane]), "is negative.", "Use 0 or more minutes.")
    if int(part.max()) > limit:
        raise _bad("durations", int(part.max()), f"is too long for {count} elements.", f"Keep to {limit} minutes.")


def _bad(field: str, value: object, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field=field, value=str(value), problem=problem, remedy=remedy)
