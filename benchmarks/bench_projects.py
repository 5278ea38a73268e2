"""What one command on a running project costs: decide + apply in memory, beside the `transitions` package, in one run.

    .venv/bin/python benchmarks/bench_projects.py [repeats]

Bounds: at most 20 us for one command that makes one event; as much after 10,000 events as after 10; at most 1.5 times
as much at 400 elements as at 20; a new project at most 30 us and 4 KiB. Printed in microseconds (the median of the
repeats) and as ratios. `transitions` only moves a state: it keeps no log, judges no condition and explains nothing.
Both are measured on the same machine, one after the other.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from transitions import Machine

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.projects import (
    NOTHING,
    Accepted,
    AddNote,
    AnyCommand,
    CastVote,
    FinishActivity,
    ProjectState,
    RecordFacts,
    StartActivity,
    StartProject,
    apply,
    decide,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOUND = 20.0


def process(open_elements: int) -> Process:
    """One stage with so many activities in parallel and a gate over all of them."""
    work = [b.activity(f"a{i}", raci={"R": "seller", "A": "seller"}) for i in range(open_elements)]
    gate = b.gate("atb", decided_by="board", criteria=[b.fact("margin >= 0.15")], after=["a0"])
    return b.process(
        "bench",
        facts={"margin": b.percent()},
        roles={"seller": "Seller", "board": "Board"},
        stages=[b.stage("bid", order="parallel", activities=work, gates=[gate])],
    )


def done(declared: Process, state: ProjectState, command: AnyCommand) -> ProjectState:
    answer = decide(declared, state, command)
    assert isinstance(answer, Accepted), answer
    for event in answer.events:
        state = apply(state, event)
    return state


def started(declared: Process, log: int) -> ProjectState:
    """A project whose record holds about *log* events."""
    team = {"seller": "li.wei", "board": "chen.jie"}
    state = done(declared, NOTHING, StartProject(project="p", team=team, by="li.wei", at=AT))
    for _ in range(log):
        state = done(declared, state, AddNote(text="still at it", by="li.wei", at=AT))
    return state


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def micro(run: Callable[[], object], repeats: int, inner: int = 20) -> float:
    """Median over *repeats* of the microseconds of one of *inner* calls."""
    run()

    def several() -> None:
        for _ in range(inner):
            run()

    return median(timed(several) / inner for _ in range(repeats)) * 1e6


def commands(at: datetime) -> dict[str, AnyCommand]:
    """Each for a project in which a3 is in progress."""
    return {
        "start activity": StartActivity(activity="a4", by="li.wei", at=at),
        "finish activity": FinishActivity(activity="a3", by="li.wei", at=at),
        "record fact": RecordFacts(facts={"margin": "18%"}, by="li.wei", at=at),
        "both at once": FinishActivity(activity="a4", by="li.wei", at=at),
        "vote (refused)": CastVote(gate="atb", verdict="go", by="chen.jie", at=at),
    }


class Light:
    """What `transitions` moves: two states, so that it can be asked for ever."""


def peer() -> Callable[[], object]:
    model = Light()
    Machine(
        model,
        states=["open", "done"],
        transitions=[["finish", "open", "done"], ["reopen", "done", "open"]],
        initial="open",
        auto_transitions=False,
    )

    def both() -> None:
        model.finish()  # type: ignore[attr-defined]  # transitions adds the method at run time
        model.reopen()  # type: ignore[attr-defined]  # transitions adds the method at run time

    return both


def in_progress(declared: Process, log: int) -> ProjectState:
    return done(declared, started(declared, log), StartActivity(activity="a3", by="li.wei", at=AT))


def of_one(declared: Process, state: ProjectState, command: AnyCommand, repeats: int) -> float:
    """Microseconds of deciding *command* and applying its events."""

    def one() -> None:
        answer = decide(declared, state, command)
        if isinstance(answer, Accepted):
            for event in answer.events:
                apply(state, event)

    return micro(one, repeats)


def new_projects(declared: Process, repeats: int) -> None:
    """Time and memory of a project that has just begun."""
    start = StartProject(project="p", team={"seller": "li.wei", "board": "chen.jie"}, by="li.wei", at=AT)
    cost = micro(lambda: done(declared, NOTHING, start), repeats)
    count = 2_000
    tracemalloc.start()
    kept = [done(declared, NOTHING, start) for _ in range(count)]
    size = tracemalloc.get_traced_memory()[0] / len(kept) / 1024
    tracemalloc.stop()
    print(f"new project                                        {cost:8.1f} us  {cost / 30:5.2f}x of 30 us")
    print(f"new project in memory                              {size:8.2f} KiB {size / 4:5.2f}x of 4 KiB")


def main(repeats: int) -> None:
    other = micro(peer(), repeats) / 2
    print(f"transitions, one move                              {other:8.1f} us")
    at = AT + timedelta(minutes=1)
    declared = process(20)
    short = in_progress(declared, 10)
    worst = 0.0
    for name, command in commands(at).items():
        cost = of_one(declared, short, command, repeats)
        worst = max(worst, cost if name not in ("vote (refused)", "both at once") else 0.0)
        print(f"{name:20} 20 open elements, 10 events     {cost:8.1f} us  {cost / other:5.1f}x transitions")
    print(f"{'worst with one event':20} against the bound of {BOUND:.0f} us   {worst / BOUND:8.2f}x (at most 1)")
    print(f"{'':20} {1e6 / worst:,.0f} commands/s, where transitions makes {1e6 / other:,.0f}")
    finish = commands(at)["finish activity"]
    base = 0.0
    for log in (10, 1_000, 10_000):
        cost = of_one(declared, in_progress(declared, log), finish, repeats)
        base = base or cost
        print(
            f"finish activity      20 open elements, {log:>6} events {cost:8.1f} us  {cost / base:5.2f}x of 10 events"
        )
    base = 0.0
    for size in (20, 100, 400):
        other_size = process(size)
        cost = of_one(other_size, in_progress(other_size, 10), finish, repeats)
        base = base or cost
        print(f"finish activity      {size:>3} open elements, 10 events    {cost:8.1f} us  {cost / base:5.2f}x of 20")
    new_projects(declared, repeats)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
