"""`ltcflow.testing` itself: what it needs, what it makes, and that it finds what is broken."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

import ltcflow.testing
from ltcflow import builder as b
from ltcflow.checks import check
from ltcflow.findings import errors_of
from ltcflow.process import Process
from ltcflow.projects import FinishActivity, Progress, StartProject
from ltcflow.projects import decide as real_decide
from ltcflow.roles import clashes
from ltcflow.testing import ProjectMachine, Watched, crew, good_facts, play, play_on, processes, runs, teams

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_without_hypothesis_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import ltcflow.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last == 'ModuleNotFoundError: ltcflow.testing needs hypothesis. Install it: pip install "ltcflow[testing]"'


def test_ltcflow_itself_does_not_need_hypothesis() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import ltcflow.workspace, ltcflow.cli, ltcflow.plugins"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_name_is_there_and_documented() -> None:
    for name in ltcflow.testing.__all__:
        assert getattr(ltcflow.testing, name).__doc__, name


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(processes(), st.data())
def test_processes_are_sound_and_teams_can_run_them(process: Process, data: st.DataObject) -> None:
    assert errors_of(check(process)) == ()
    for team in (crew(process), data.draw(teams(process))):
        assert clashes(team, process.separation_of_duties) == ()
        start = StartProject(project="p", team=team, by="li.wei", at=ltcflow.testing.playing.BEGINNING)
        assert Watched(process).send(start).accepted


def test_facts_are_chosen_so_that_the_criteria_hold_together() -> None:
    gate = b.gate(
        "g", decided_by="r", criteria=[b.fact("n > 3"), b.fact("n < 5"), b.fact("kind == 'B'"), b.fact("n > 9")]
    )
    process = b.process(
        "p", facts={"n": b.number(), "kind": b.choice("A", "B"), "d": b.date()}, stages=[b.stage("s", gates=[gate])]
    )
    facts = good_facts(process)
    assert (facts["n"], facts["kind"], set(facts)) == (4, "B", {"n", "kind", "d"})


def test_bound_roles_are_manned_alike() -> None:
    process = b.process(
        "p", roles={n: n for n in "abcd"}, binding_of_duties=[["b", "c"], ["a", "c"]], separation_of_duties=[["c", "d"]]
    )
    team = crew(process)
    assert team.people("a") == team.people("b") == team.people("c") != team.people("d")


def test_play_names_what_is_left_when_a_project_gets_stuck() -> None:
    gate = b.gate("ok", decided_by="board", criteria=[b.plugin("acme.never")])
    process = b.process("p", roles={"board": "B"}, stages=[b.stage("s", activities=[b.activity("a")], gates=[gate])])
    with pytest.raises(AssertionError, match=r"10: a dead end: ok, s\.finish"):
        play(process)


def test_play_goes_on_from_a_closed_or_resting_project() -> None:
    from ltcflow.projects import CloseProject, HoldProject

    process = b.process("p", roles={"seller": "S"}, stages=[b.stage("s", activities=[b.activity("a")])])
    for command, fields in ((HoldProject, {"reason": "r"}), (CloseProject, {"reason": "r", "outcome": "lost"})):
        watched = Watched(process)
        common = {"by": "seller.1", "at": ltcflow.testing.playing.BEGINNING}
        watched.send(StartProject(project="p", team={"seller": "seller.1"}, **common))
        assert watched.send(command(**common, **fields)).accepted
        play_on(watched)
        assert Progress(process, watched.state, watched.state.at).finished()


def test_a_project_under_watch_shows_what_it_is_and_what_it_was_sent() -> None:
    process = b.process("bid_project", stages=[b.stage("s", activities=[b.activity("a")])])
    shown = repr(play(process))
    assert "process: bid_project" in shown
    assert "FinishActivity(" in shown


# -- it finds what is broken ---------------------------------------------------------------------------------------


def lets_everything_begin(process: Process, state: Any, command: Any, **options: Any) -> Any:
    """A broken `decide`: work begins before what it waits for."""
    from ltcflow.projects import Accepted
    from ltcflow.projects import events as e

    answer = real_decide(process, state, command, **options)
    known = isinstance(command, FinishActivity) and any(a.id == command.activity for a in process.activities())
    if known and [r.code for r in getattr(answer, "reasons", ())] == ["LTC512"]:
        common = {"by": command.by, "at": command.at, "activity": command.activity, "role": ""}
        return Accepted(events=(e.ActivityStarted(**common), e.ActivityFinished(**common)))
    return answer


def test_a_state_machine_finds_a_decision_that_breaks_an_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ltcflow.testing.watched.decide", lets_everything_begin)
    stage = b.stage("s", activities=[b.activity(name) for name in "abcdef"])
    machine = ProjectMachine.for_process(b.process("p", roles={"r": "R"}, stages=[stage]))
    quick = settings(max_examples=100, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match=r"2: \w begins before what it waits for"):
        run_state_machine_as_test(machine, settings=quick)


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(runs(b.process("p", roles={"r": "R"}, stages=[b.stage("s", activities=[b.activity("a")])]), most=5))
def test_runs_are_projects_on_the_process_that_was_named(run: Watched) -> None:
    assert run.process.id == "p"
    assert run.log[0].process == "p"
