"""What looking at a project costs with and without a snapshot, and a work list over many projects.

    .venv/bin/python benchmarks/bench_snapshots.py [projects]

Each look is by a workspace that was just opened on an SQLite file, as by one command of the command line; the first
look of a process at a snapshot costs 2 to 3 ms more (`ltcflow.workspace.snapshots.code`). Prints medians in
milliseconds and how many times faster it is with snapshots. The state has 40 elements.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import ltcflow as ltc
from ltcflow.stores import Draft, SqlStore, canonical_json
from ltcflow.workspace import kept

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
b = ltc.builder
EVENTS = 120
ACTIVITIES = [b.activity(f"a{n}", raci={"R": "seller"}) for n in range(40)]
BID = b.process("bid", roles={"seller": "销售"}, stages=[b.stage("do", activities=ACTIVITIES)])


def drafts(events: int) -> list[Draft]:
    """Return the log of a project of so many events."""
    with ltc.Workspace.open("memory:", clock=lambda: AT) as ws:
        ws.start(BID, project="acme", team={"seller": "li.wei"}, by="li.wei")
        for n in range(min(35, events // 2 - 1)):
            ws.finish("acme", f"a{n}", by="li.wei")
        made = [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in ws.store.read("acme")]
    data = [canonical_json({"facts": [["amount", {"number": str(n)}]], "v": 1}) for n in range(events - len(made))]
    return made + [Draft(kind="FactsRecorded", at=AT, by="li.wei", data=text) for text in data]


def fill(url: str, projects: int, events: int) -> None:
    """Write so many projects of so many events."""
    made = drafts(events)
    with closing(SqlStore.open(url)) as store:
        store.save_definition(ltc.fingerprint(BID), ltc.dumps(BID))
        for n in range(projects):
            store.append(f"p{n}", made, expected=0)


def look(url: str, what: Callable[[ltc.Workspace], Any], folder: Path | None, times: int) -> float:
    """Return the median milliseconds of *what* in a workspace that was just opened."""
    spent = []
    for _ in range(times):
        with ltc.Workspace.open(url, clock=lambda: AT, snapshots=folder) as ws:
            ws.extensions.judges  # noqa: B018  # plugins are found once per process
            ws.store.projects()
            began = time.perf_counter()
            what(ws)
            spent.append((time.perf_counter() - began) * 1000)
    return median(spent)


def one_project(folder: Path) -> None:
    """Measure logs of several lengths."""
    print(f"{'events':>8} {'replayed':>10} {'snapshot':>10} {'faster':>8}   taken from {kept.PAYS_FROM} events on")
    for events in (20, 50, 100, 200, 1_000, 20_000):
        url = f"sqlite:///{folder}/{events}.db"
        fill(url, 1, events)
        always, kept.PAYS_FROM = kept.PAYS_FROM, 1
        times = 5 if events > 1_000 else 15
        look(url, lambda ws: ws.state("p0"), folder / "s", 1)
        without = look(url, lambda ws: ws.state("p0"), None, times)
        with_it = look(url, lambda ws: ws.state("p0"), folder / "s", times)
        kept.PAYS_FROM = always
        print(f"{events:>8} {without:>8.2f}ms {with_it:>8.2f}ms {without / with_it:>7.1f}x")


def many_projects(folder: Path, count: int) -> None:
    """Measure a work list over *count* projects."""
    url = f"sqlite:///{folder}/many.db"
    fill(url, count, EVENTS)

    def work(ws: ltc.Workspace) -> Any:
        return ws.worklist("li.wei", at=AT)

    cold = look(url, work, None, 1)
    first = look(url, work, folder / "m", 1)
    with_it = look(url, work, folder / "m", 1)
    with ltc.Workspace.open(url, clock=lambda: AT) as ws:
        work(ws)
        began = time.perf_counter()
        work(ws)
        warm = (time.perf_counter() - began) * 1000
    print(f"\nwork list over {count} projects of {EVENTS} events:")
    print(f"replayed {cold:.0f} ms ({first:.0f} ms where snapshots are taken)")
    print(f"from snapshots {with_it:.0f} ms ({cold / with_it:.1f}x)")
    print(f"again in the same workspace {warm:.0f} ms ({cold / warm:.1f}x)")


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        one_project(Path(name))
        many_projects(Path(name), count)


if __name__ == "__main__":
    main()
