"""What one command on a running project costs: decide + apply in memory, beside the `transitions` package, in one run.

    .venv/bin/python benchmarks/bench_projects.py [repeats]

Bound: at most 60 us for one command on a project with 20 open elements, and no growth with the length of the log.
Printed in microseconds (median of the repeats) and as ratios. `transitions` only moves a state: it keeps no log, judges
no condition and explains nothing. Both are measured on the same machine, one after the other.
"""

from __future__ import annotations

import sys
import time
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
BOUND = 60.0


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
    return {
        "start activity": StartActivity(activity="a3", by="li.wei", at=at),
        "finish activity": FinishActivity(activity="a3", by="li.wei", at=at),
        "record fact": RecordFacts(facts={"margin": "18%"}, by="li.wei", at=at),
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


def main(repeats: int) -> None:
    other = micro(peer(), repeats) / 2
    print(f"transitions, one move                              {other:8.1f} us")
    at = AT + timedelta(minutes=1)
    declared = process(20)
    short = started(declared, 10)
    worst = 0.0
    for name, command in commands(at).items():

        def one(command: AnyCommand = command, state: ProjectState = short) -> None:
            answer = decide(declared, state, command)
            if isinstance(answer, Accepted):
                for event in answer.events:
                    state = apply(state, event)

        cost = micro(one, repeats)
        worst = max(worst, cost if "refused" not in name else 0.0)
        print(f"{name:20} 20 open elements, 10 events     {cost:8.1f} us  {cost / other:5.1f}x transitions")
    print(f"{'worst accepted':20} against the bound of {BOUND:.0f} us   {worst / BOUND:8.2f}x (at most 1)")
    finish = commands(at)["finish activity"]
    base = 0.0
    for log in (10, 1_000, 10_000):
        state = started(declared, log)
        cost = micro(lambda state=state: done(declared, state, finish), repeats)  # type: ignore[misc]  # a default
        base = base or cost
        print(
            f"finish activity      20 open elements, {log:>6} events {cost:8.1f} us  {cost / base:5.2f}x of 10 events"
        )
    for size in (20, 100, 400):
        other_size = process(size)
        state = started(other_size, 10)
        cost = micro(lambda p=other_size, s=state: done(p, s, finish), repeats)  # type: ignore[misc]  # defaults
        print(f"finish activity      {size:>3} open elements, 10 events    {cost:8.1f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
