"""Projects somewhere in their life, as a strategy: for laws about what has happened so far."""

from __future__ import annotations

from hypothesis import strategies as st

from ltcflow.process import Process
from ltcflow.projects import Standing
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.testing.declarations import processes
from ltcflow.testing.playing import good_facts, step
from ltcflow.testing.watched import Watched
from ltcflow.testing.wishes import commands, starts


@st.composite
def runs(
    draw: st.DrawFn,
    process: Process | None = None,
    *,
    judges: Judges = NO_JUDGES,
    most: int = 25,
    absurd: int = 8,
) -> Watched:
    """Projects that were sent commands of every kind, between them what the project itself offers.

    Args:
        process: left out, each is on a process of its own (`processes`).
        judges: the criteria of plugins.
        most: the most commands of either sort.
        absurd: one command in so many is nonsense.
    """
    watched = Watched(process if process is not None else draw(processes()), judges)
    watched.send(draw(starts(watched.process)))
    facts = good_facts(watched.process)
    for _ in range(most):
        if draw(st.integers(0, 31)) == 17:  # not at an end of the range, which is drawn far too often
            break
        if draw(st.booleans()) and watched.state.standing is Standing.RUNNING:
            step(watched, facts, lambda found: found[draw(st.integers(0, len(found) - 1))])
        else:
            watched.send(draw(commands(watched.process, watched.state, absurd=absurd)))
    watched.look()
    return watched
