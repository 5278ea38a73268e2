"""The kernel over arrays beside networkx, a C loop, and the memory of the machine, in one run.

    .venv/bin/python benchmarks/bench_kernel.py [--plot docs/explanation/img/kernel_cost.svg]

1. Layered networks of 1e4, 1e5 and 1e6 nodes, one lane, all six fields: numpy, numba (the extra ``fast``), a C loop
   compiled on the spot with ``cc -O3`` where there is one, and a tuned pass over a networkx graph (up to 1e5).
2. 100,000 projects of one process of 40 activities in one call, beside networkx one by one (timed on 200 of them) and
   beside the bare copying of as many bytes.
3. The cost over (nodes + links) x lanes, as a plot.

CPU times (the machine may be shared), best of several. Nothing fails here but a wrong answer.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from ltcflow.schedule import jit
from ltcflow.schedule.lanes import FIELDS, LaneNetwork, Minutes, compile_arrays, solve_lanes

C_LOOP = r"""
#include <stdint.h>
typedef int64_t i;
void passes(i n, i m, const i *src, const i *tgt, const i *kind, const i *lag, const i *d,
            i *s, i *f, i *ls, i *lf, i *tf, i *ff, i *ends) {
  for (i v = 0; v < n; v++) s[v] = 0;
  for (i e = 0; e < m; e++) {
    i a = src[e], b = tgt[e], k = kind[e];
    i x = s[a] + lag[e] + (k >= 2 ? d[a] : 0) - (k & 1 ? d[b] : 0);
    if (x > s[b]) s[b] = x;
  }
  i last = 0;
  for (i v = 0; v < n; v++) { f[v] = s[v] + d[v]; if (f[v] > last) last = f[v]; }
  ends[0] = last;
  for (i v = 0; v < n; v++) { ls[v] = last - d[v]; ff[v] = last - f[v]; }
  for (i e = m - 1; e >= 0; e--) {
    i a = src[e], b = tgt[e], k = kind[e];
    i w = lag[e] + (k >= 2 ? d[a] : 0) - (k & 1 ? d[b] : 0);
    i x = ls[b] - w, g = s[b] - s[a] - w;
    if (x < ls[a]) ls[a] = x;
    if (g < ff[a]) ff[a] = g;
  }
  for (i v = 0; v < n; v++) { lf[v] = ls[v] + d[v]; tf[v] = ls[v] - s[v]; }
}
"""


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU time of *work* over *rounds* calls."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time_ns()
        work()
        best = min(best, time.process_time_ns() - start)
    return best / 1e6


def layered(count: int, width: int, seed: int = 7, extra: float = 0.5) -> tuple[LaneNetwork, Minutes]:
    """Return a network in layers of *width*: each node waits for one or two of the layer before; 88 % FS, 17 % lags."""
    dice = np.random.default_rng(seed)
    target = np.arange(width, count)
    layer = target // width - 1
    one = layer * width + dice.integers(0, width, len(target))
    two = layer * width + dice.integers(0, width, len(target))
    also = dice.random(len(target)) < extra
    source, target = np.concatenate([one, two[also]]), np.concatenate([target, target[also]])
    kind = dice.choice([2, 0, 3, 1], p=[0.88, 0.09, 0.02, 0.01], size=len(source))
    lag = np.where(dice.random(len(source)) < 0.17, 480, 0)
    return compile_arrays(count, source, target, kind, lag), dice.integers(0, 11, count) * 480


def as_networkx(network: LaneNetwork, durations: Minutes) -> nx.DiGraph:
    """Return the network as a graph with weights on its edges (the heavier of parallel ones)."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.count))
    weight = network.lag + np.where(network.kind >= 2, durations[network.source], 0)
    weight -= np.where(network.kind & 1, durations[network.target], 0)
    for i, j, w in zip(network.source.tolist(), network.target.tolist(), weight.tolist(), strict=True):
        if not graph.has_edge(i, j) or graph[i][j]["w"] < w:
            graph.add_edge(i, j, w=w)
    return graph


def pass_of_networkx(graph: nx.DiGraph, d: list[int], order: list[int] | None = None) -> tuple[list[int], ...]:
    """Return all six fields by the textbook, over the graph's own adjacency (no copies, local names)."""
    n = len(d)
    order = list(nx.topological_sort(graph)) if order is None else order
    start, after = [0] * n, graph._succ
    for i in order:
        s = start[i]
        for j, data in after[i].items():
            bound = s + data["w"]
            if bound > start[j]:
                start[j] = bound
    end = [s + x for s, x in zip(start, d, strict=True)]
    last = max(end)
    late, free = [last - x for x in d], [last - f for f in end]
    for i in reversed(order):
        s, best, gap = start[i], late[i], free[i]
        for j, data in after[i].items():
            w = data["w"]
            if late[j] - w < best:
                best = late[j] - w
            if start[j] - s - w < gap:
                gap = start[j] - s - w
        late[i], free[i] = best, gap
    late_end = [s + x for s, x in zip(late, d, strict=True)]
    total = [a - b for a, b in zip(late, start, strict=True)]
    return start, end, late, late_end, total, free


def textbook(network: LaneNetwork, lengths: list[int]) -> dict[int, dict[str, int]]:
    """Return all six fields as one writes it with networkx: typed links as attributes, predecessors, successors."""
    graph = nx.MultiDiGraph()
    for i, length in enumerate(lengths):
        graph.add_node(i, duration=length)
    rows = (network.source, network.target, network.kind, network.lag)
    for i, j, kind, lag in zip(*(a.tolist() for a in rows), strict=True):
        graph.add_edge(i, j, kind=kind, lag=lag)
    order = list(nx.topological_sort(graph))
    d = nx.get_node_attributes(graph, "duration")
    w = {
        (i, j, key): data["lag"] + (d[i] if data["kind"] >= 2 else 0) - (d[j] if data["kind"] & 1 else 0)
        for i, j, key, data in graph.edges(keys=True, data=True)
    }
    rows_of: dict[int, dict[str, int]] = {}
    start: dict[int, int] = {}
    for j in order:
        start[j] = max([0, *(start[i] + w[i, j, key] for i, _, key in graph.in_edges(j, keys=True))])
    last = max(start[i] + d[i] for i in order)
    late: dict[int, int] = {}
    for i in reversed(order):
        out = list(graph.out_edges(i, keys=True))
        late[i] = min([last - d[i], *(late[j] - w[i, j, key] for _, j, key in out)])
        free = min([last - start[i] - d[i], *(start[j] - start[i] - w[i, j, key] for _, j, key in out)])
        rows_of[i] = {
            "early_start": start[i],
            "early_finish": start[i] + d[i],
            "late_start": late[i],
            "late_finish": late[i] + d[i],
            "total_float": late[i] - start[i],
            "free_float": free,
        }
    return rows_of


def c_loop() -> Any:
    """Return the C loop, or None without a compiler."""
    cc = shutil.which("cc") or shutil.which("gcc")
    if cc is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="ltcflow-c-"))
    (folder / "k.c").write_text(C_LOOP, encoding="utf-8")
    command = [cc, "-O3", "-march=native", "-shared", "-fPIC", "-o", str(folder / "k.so"), str(folder / "k.c")]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(folder / "k.so")).passes


def run_c(loop: Any, network: LaneNetwork, durations: Minutes, out: list[Minutes], ends: Minutes) -> None:
    arrays = [network.source, network.target, network.kind, network.lag, durations, *out, ends]
    pointers = [ctypes.c_void_p(a.ctypes.data) for a in arrays]
    loop(ctypes.c_int64(network.count), ctypes.c_int64(network.links), *pointers)


def agree(found: Any, wanted: Any) -> None:
    for name, values in zip(FIELDS, wanted, strict=True):
        if not np.array_equal(found.field(name)[:, 0], np.asarray(values)):
            raise SystemExit(f"the answers differ in {name}")


def one_lane(loop: Any) -> None:
    print("One lane, layered, all six fields; CPU ms (ratio to networkx)")
    print(
        f"{'nodes':>9} {'links':>9} {'numpy':>14} {'numba':>16} {'C':>8} {'numba/C':>8} {'networkx':>10} {'compile':>8}"
    )
    for count, width in ((10_000, 500), (100_000, 2_000), (1_000_000, 10_000)):
        begun = time.process_time()
        network, durations = layered(count, width)
        compiling = time.process_time() - begun
        out = [np.empty((count, 1), np.int64) for _ in FIELDS]
        rounds = 30 if count < 1_000_000 else 7
        numpy_ms = milliseconds(lambda n=network, d=durations, o=out: solve_lanes(n, d, out=o), rounds)
        found = solve_lanes(network, durations)
        theirs = float("nan")
        if count <= 100_000:
            graph, lengths = as_networkx(network, durations), durations.tolist()
            agree(found, pass_of_networkx(graph, lengths))
            theirs = milliseconds(lambda g=graph, d=lengths: pass_of_networkx(g, d), 5)
        c_ms = numba_ms = float("nan")
        if loop is not None:
            flat, ends = [np.empty(count, np.int64) for _ in FIELDS], np.empty(1, np.int64)
            run_c(loop, network, durations, flat, ends)
            agree(found, flat)
            c_ms = milliseconds(lambda n=network, d=durations, f=flat, e=ends: run_c(loop, n, d, f, e), rounds)
        if jit.installed():
            other = solve_lanes(network, durations, engine="numba")
            agree(other, [found.field(name)[:, 0] for name in FIELDS])
            numba_ms = milliseconds(
                lambda n=network, d=durations, o=out: solve_lanes(n, d, out=o, engine="numba"), rounds
            )
        print(
            f"{count:>9,} {network.links:>9,} {numpy_ms:>8.2f} ({theirs / numpy_ms:>3.0f}x) "
            f"{numba_ms:>9.2f} ({theirs / numba_ms:>3.0f}x) {c_ms:>8.2f} {numba_ms / c_ms:>8.2f} {theirs:>10.1f} "
            f"{compiling:>7.2f}s"
        )


def many_projects() -> None:
    count, lanes = 40, 100_000
    network, _ = layered(count, 4, extra=0.25)
    dice = np.random.default_rng(1)
    durations = dice.integers(0, 11, (count, lanes)) * 480
    out = [np.empty((count, lanes), np.int64) for _ in FIELDS]
    for a in out:
        a.fill(0)
    sample = 200
    lists = [durations[:, lane].tolist() for lane in range(sample)]
    graphs = [as_networkx(network, durations[:, lane].copy()) for lane in range(sample)]
    ways: dict[str, Callable[[int], object]] = {
        "textbook over a MultiDiGraph made per project": lambda lane: textbook(network, lists[lane]),
        "tuned pass, graph made per project": lambda lane: pass_of_networkx(
            as_networkx(network, durations[:, lane].copy()), lists[lane]
        ),
        "tuned pass, graphs made before": lambda lane: pass_of_networkx(graphs[lane], lists[lane]),
    }
    costs = {name: milliseconds(lambda w=way: [w(lane) for lane in range(sample)], 3) for name, way in ways.items()}
    costs = {name: cost / sample * lanes for name, cost in costs.items()}
    found = solve_lanes(network, durations[:, 0])
    if any(textbook(network, lists[0])[i][n] != found.field(n)[i, 0] for n in FIELDS for i in range(count)):
        raise SystemExit("the answers differ")

    def copying() -> None:
        for a in out:
            np.copyto(a, durations)

    bandwidth = milliseconds(copying, 9)
    print(f"\n{lanes:,} projects x {count} activities, {network.links} links, six fields, one call; CPU ms")
    for name, cost in costs.items():
        print(f"networkx one by one, {name}: {cost:,.0f}")
    print(f"copying as many bytes (six arrays written): {bandwidth:.1f}")
    for engine in ("numpy", *(("numba",) if jit.installed() else ())):
        solve_lanes(network, durations[:, :16], engine=engine)
        cost = milliseconds(lambda e=engine: solve_lanes(network, durations, out=out, engine=e), 9)
        ratios = ", ".join(f"{theirs / cost:,.0f}x" for theirs in costs.values())
        print(f"{engine}: {cost:.1f} = {ratios} networkx, {cost / bandwidth:.2f} x copying")


def linear(path: str) -> None:
    points: list[tuple[str, float, float]] = []
    for count, sizes in ((40, (1000, 10_000, 100_000)), (200, (300, 3000, 30_000)), (1000, (100, 1000, 10_000))):
        network, durations = layered(count, 10)
        for lanes in sizes:
            many = np.repeat(durations[:, None], lanes, axis=1)
            out = [np.empty(many.shape, np.int64) for _ in FIELDS]
            cost = milliseconds(lambda n=network, d=many, o=out: solve_lanes(n, d, out=o), 5)
            points.append(
                (f"{count:,} nodes, {sizes[0]:,} to {sizes[-1]:,} lanes", (count + network.links) * lanes, cost)
            )
    for count in (10_000, 30_000, 100_000, 300_000, 1_000_000):
        network, durations = layered(count, max(count // 50, 100))
        out = [np.empty((count, 1), np.int64) for _ in FIELDS]
        cost = milliseconds(lambda n=network, d=durations, o=out: solve_lanes(n, d, out=o), 5)
        points.append(("one lane, 10,000 to 1,000,000 nodes", count + network.links, cost))
    print("\nCost over (nodes + links) x lanes")
    for kind, size, cost in points:
        print(f"{kind:>36} {size:>13,.0f} {cost:>9.2f} ms {cost * 1e6 / size:>7.2f} ns each")
    if path:
        Path(path).write_text(picture(points), encoding="utf-8")


def picture(points: list[tuple[str, float, float]]) -> str:
    """Return a log-log plot as SVG, with a line of slope one through the middle of each kind."""
    left, top, width, height = 70, 40, 560, 360
    low_x, high_x, low_y, high_y = 4.0, 8.5, -1.0, 3.5

    def at(size: float, cost: float) -> tuple[float, float]:
        x = left + (np.log10(size) - low_x) / (high_x - low_x) * width
        return round(float(x), 1), round(float(top + (high_y - np.log10(cost)) / (high_y - low_y) * height), 1)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 30} {top + height + 60}" '
        'font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{left}" y="22" font-size="15">CPU time of all six fields, numpy alone '
        "(dashed: strictly linear)</text>",
    ]
    for exponent in range(4, 9):
        x, _ = at(10**exponent, 1)
        lines.append(f'<line x1="{x}" y1="{top}" x2="{x}" y2="{top + height}" stroke="#ddd"/>')
        lines.append(f'<text x="{x}" y="{top + height + 20}" text-anchor="middle">1e{exponent}</text>')
    for exponent in range(-1, 4):
        _, y = at(1e4, 10.0**exponent)
        lines.append(f'<line x1="{left}" y1="{y}" x2="{left + width}" y2="{y}" stroke="#ddd"/>')
        lines.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{10.0**exponent:g} ms</text>')
    lines.append(
        f'<text x="{left + width / 2}" y="{top + height + 45}" text-anchor="middle">(nodes + links) x lanes</text>'
    )
    colors = ("#1f5fa8", "#15803d", "#7c3aed", "#c2410c")
    for number, (kind, color) in enumerate(zip(dict.fromkeys(name for name, _, _ in points), colors, strict=True)):
        mine = [(size, cost) for name, size, cost in points if name == kind]
        rate = float(np.exp(np.mean([np.log(cost / size) for size, cost in mine])))
        ends = [min(s for s, _ in mine), max(s for s, _ in mine)]
        (x1, y1), (x2, y2) = (at(size, size * rate) for size in ends)
        lines.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{color}" stroke-dasharray="5 4"/>')
        for size, cost in mine:
            x, y = at(size, cost)
            lines.append(f'<circle cx="{x}" cy="{y}" r="4.5" fill="{color}"/>')
        y = top + 22 + 20 * number
        lines.append(f'<circle cx="{left + 20}" cy="{y - 4}" r="4.5" fill="{color}"/>')
        lines.append(f'<text x="{left + 32}" y="{y}">{kind}: {rate * 1e6:.1f} ns each</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", default="", help="where to write the plot (SVG)")
    one_lane(c_loop())
    many_projects()
    linear(parser.parse_args().plot)


if __name__ == "__main__":
    main()
