"""Proofs for those who declare processes and write plugins: random processes, projects under watch, a state machine.

It needs hypothesis: ``pip install "ltcflow[testing]"``.

* `play` runs a project on a process by doing whatever it offers, and fails when it does not reach the end.
* `Watched` is a project that holds every answer against the ten invariants of ``docs/explanation/architecture.md``.
* `ProjectMachine` sends one project everything that can be sent, in any order, sensible and absurd.
* `StoreContract` is what every event store does: the author of a store inherits it (`ltcflow.testing.contract`).
* `processes`, `teams`, `starts`, `commands`, `runs` are Hypothesis strategies.

Example:
    >>> from ltcflow import builder as b
    >>> from ltcflow.testing import ProjectMachine, play
    >>> bid = b.process(
    ...     "bid_project",
    ...     facts={"gross_margin": b.percent()},
    ...     roles={"seller": "销售", "board": "决策团队"},
    ...     separation_of_duties=[["seller", "board"]],
    ...     stages=[
    ...         b.stage(
    ...             "bid",
    ...             activities=[b.activity("solution", raci={"R": "seller"})],
    ...             gates=[b.gate("atb", decided_by="board", criteria=[b.fact("gross_margin >= 0.15")])],
    ...         )
    ...     ],
    ... )
    >>> project = play(bid)  # the shortest proof: it can be run, and no invariant breaks on the way
    >>> project.state.gate("atb").verdict
    <Verdict.GO: 'go'>
    >>> TestBid = ProjectMachine.for_process(bid).TestCase  # in a test module: pytest runs it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

try:
    import hypothesis as _hypothesis  # noqa: F401  # only asked whether it is there
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        'ltcflow.testing needs hypothesis. Install it: pip install "ltcflow[testing]"', name="hypothesis"
    ) from error

from ltcflow.testing.declarations import processes
from ltcflow.testing.machine import ProjectMachine
from ltcflow.testing.picture import Picture
from ltcflow.testing.playing import good_facts, play, play_on
from ltcflow.testing.runs import runs
from ltcflow.testing.teams import crew, teams
from ltcflow.testing.told import Told
from ltcflow.testing.watched import Watched
from ltcflow.testing.wishes import commands, starts

if TYPE_CHECKING:
    from ltcflow.testing.contract import StoreContract

__all__ = [
    "Picture",
    "ProjectMachine",
    "StoreContract",
    "Told",
    "Watched",
    "commands",
    "crew",
    "good_facts",
    "play",
    "play_on",
    "processes",
    "runs",
    "starts",
    "teams",
]


def __getattr__(name: str) -> Any:
    if name == "StoreContract":  # it alone needs pytest
        import sys

        import pytest

        if "ltcflow.testing.contract" not in sys.modules:
            pytest.register_assert_rewrite("ltcflow.testing.contract")
        from ltcflow.testing.contract import StoreContract

        return StoreContract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
