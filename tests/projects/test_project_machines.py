"""The state machine: every command in any order, on random processes and on every shipped one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from ltcflow import builder as b
from ltcflow.catalog import entries, load_entry
from ltcflow.conditions import Truth
from ltcflow.projects import CastVote, Judgement, Progress, Reason
from ltcflow.testing import ProjectMachine, play


def runs_of(count: int, steps: int) -> settings:
    """So many runs of so many steps; LTCFLOW_HYPOTHESIS=thorough multiplies the runs."""
    examples = max(1, count * settings.default.max_examples // 100)
    quiet = list(HealthCheck)
    return settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=quiet)


def test_random_processes() -> None:
    run_state_machine_as_test(ProjectMachine, settings=runs_of(80, 25))


@pytest.mark.parametrize("name", sorted(entries()))
def test_a_shipped_process(name: str) -> None:
    process = load_entry(name)
    small = sum(1 for _ in process.elements()) < 100
    run_state_machine_as_test(ProjectMachine.for_process(process), settings=runs_of(4, 20) if small else runs_of(1, 12))


@pytest.mark.parametrize("name", sorted(entries()))
def test_a_shipped_process_is_played_to_its_end(name: str) -> None:
    process = load_entry(name)
    project = play(process)
    assert Progress(process, project.state, project.state.at).finished()


def credit(context):
    """A plugin's criterion that knows yes, no, do not know, and how to fail."""
    limit = context.parameters["limit"]
    amount = context.facts.get("amount")
    if amount is None:
        return Judgement(truth=Truth.UNKNOWN)
    if amount == 13:
        raise ZeroDivisionError("the credit service is down")
    return Judgement(truth=Truth.TRUE if amount <= limit else Truth.FALSE)


def no_vote_on_behalf(process, state, command):
    """A policy that refuses what it has something against."""
    if isinstance(command, CastVote) and any(command.by == to for _, to in state.gate(command.gate).delegated):
        texts = ("Vote yourself.", "No delegates.", "请亲自表决。", "不接受委托。")
        yield Reason(code="LTC590", remedy=texts[0], problem=texts[1], remedy_zh=texts[2], problem_zh=texts[3])


def test_with_the_criteria_and_policies_of_plugins() -> None:
    gates = [
        b.gate("atb", decided_by={"roles": ["board"], "rule": "majority"}, recycle_to="solution", criteria=[
            b.plugin("acme.credit", {"limit": 5}, remembers=True),
        ]),
        b.gate("atc", after=["atb"], decided_by="board", criteria=[b.plugin("acme.credit", {"limit": 2})]),
    ]  # fmt: skip
    process = b.process(
        "credit",
        facts={"amount": b.number()},
        roles={"seller": "S", "board": {"zh": "B", "body": True}},
        stages=[b.stage("bid", activities=[b.activity("solution", raci={"R": "seller"})], gates=gates)],
    )
    machine = ProjectMachine.for_process(
        process, judges={"acme.credit": credit}, policies=(("no delegates", no_vote_on_behalf),), ends=False
    )
    run_state_machine_as_test(machine, settings=runs_of(20, 25))
