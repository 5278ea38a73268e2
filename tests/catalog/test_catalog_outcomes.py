"""Every gate of every shipped process is decided in every other way than go, and the project still reaches its end.

Each answer is held against the ten invariants by `ltcflow.testing.Watched`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from ltcflow.catalog import entries, load_entry
from ltcflow.process import Process
from ltcflow.projects import CastVote, Progress, Refused, Standing, StartProject, judge_all, tally
from ltcflow.projects.commands import Promise
from ltcflow.projects.events import GateDecided
from ltcflow.stages import Gate, Verdict
from ltcflow.testing import Watched, crew, good_facts, play_on
from ltcflow.testing.playing import BEGINNING, step

APART = sorted(name for name in entries() if name != "lead_to_cash")
"""The processes that are no composition: what is made of parts behaves as its parts do, and takes minutes."""
OTHERS = [Verdict.CONDITIONAL, Verdict.RECYCLE, Verdict.HOLD, Verdict.STOP]


def begun(process: Process) -> Watched:
    watched = Watched(process)
    team = crew(process)
    by = next(person for _, people in team for person in people)
    assert watched.send(StartProject(project="play", team=team, by=by, at=BEGINNING)).accepted
    return watched


def ready_gates(watched: Watched) -> list[Gate]:
    """The gates that can be judged now, with every criterion met."""
    progress = Progress(watched.process, watched.state, watched.state.at + timedelta(minutes=1))
    return [g for g in progress.open_gates() if all(a.satisfied for a in judge_all(progress, g.id))]


def judge(watched: Watched, gate: Gate, verdict: Verdict) -> Refused | None:
    """Let everybody who may vote judge *gate* alike; return the answer of one who was refused."""
    while watched.state.standing is Standing.RUNNING and gate in ready_gates(watched):
        at = watched.state.at + timedelta(minutes=1)
        progress = Progress(watched.process, watched.state, at)
        missing = tally(gate.decided_by, watched.state.team, progress.gate_round(gate.id)).missing
        if not missing:
            return None
        promise = Promise(text="mend it", owner=missing[0], due=(at + timedelta(days=30)).date())
        given = (promise,) if verdict is Verdict.CONDITIONAL else ()
        vote = CastVote(gate=gate.id, verdict=verdict, by=missing[0], at=at, conditions=given, reason="because")
        answer = watched.send(vote)
        if isinstance(answer, Refused):
            return answer
        if any(isinstance(event, GateDecided) for event in answer.events):
            return None
    return None


def run_with(process: Process, verdict: Verdict) -> tuple[Watched, dict[str, Refused]]:
    """Run to the end, with *verdict* once at each gate when it first can be judged."""
    watched, refused, tried = begun(process), dict[str, Refused](), set[str]()
    facts = good_facts(process)
    for _ in range(5_000):
        new = [] if watched.state.standing is not Standing.RUNNING else ready_gates(watched)
        fresh = next((gate for gate in new if gate.id not in tried), None)
        if fresh is not None:
            tried.add(fresh.id)
            answer = judge(watched, fresh, verdict)
            if answer is not None:
                refused[fresh.id] = answer
        elif not step(watched, facts):
            break
    return play_on(watched), refused


@pytest.mark.parametrize("verdict", OTHERS, ids=lambda v: v.value)
@pytest.mark.parametrize("name", APART)
def test_a_project_gets_to_its_end_whatever_its_gates_say_first(name: str, verdict: Verdict) -> None:
    process = load_entry(name)
    watched, refused = run_with(process, verdict)
    decided = {e.gate for e in watched.log if isinstance(e, GateDecided) and e.verdict is verdict}
    progress = Progress(process, watched.state, watched.state.at)
    never = {gate.id for gate in process.gates() if progress.skipped(progress.position(gate.id))}
    assert decided | set(refused) | never == {gate.id for gate in process.gates()}
    for answer in refused.values():
        assert {reason.code for reason in answer.reasons} == {"LTC527"}, answer
    if verdict is Verdict.CONDITIONAL:
        last = {gate.id for gate in process.gates()} - decided
        assert len(last) <= max(1, len(never) + len(refused))
    else:
        assert refused == {}
    watched.look()


def test_the_composed_process_gets_to_its_end_when_every_gate_sends_back_first() -> None:
    watched, refused = run_with(load_entry("lead_to_cash"), Verdict.RECYCLE)
    assert refused == {}
    assert sum(isinstance(e, GateDecided) and e.verdict is Verdict.RECYCLE for e in watched.log) >= 20


@pytest.mark.parametrize("name", APART)
def test_a_recycle_opens_what_lies_between_again(name: str) -> None:
    """What the gate sends back to, and every step that waits for it, is to be done again."""
    process = load_entry(name)
    for wanted in (gate for gate in process.gates() if gate.recycle_to):
        watched, facts = begun(process), good_facts(process)
        while wanted not in ready_gates(watched) and step(watched, facts):
            pass
        if wanted not in ready_gates(watched):
            continue  # skipped under these facts
        assert judge(watched, wanted, Verdict.RECYCLE) is None
        progress = Progress(process, watched.state, watched.state.at)
        net = progress.compiled.network
        target = net.position(wanted.recycle_to)
        assert target is not None
        reopened = {net.nodes[i].id for i in net.descendants(target)} & set(watched.state.work)
        assert not [n for n in reopened if watched.state.work[n].finished is not None and not process.activity(n).spans]
        assert not watched.state.gate(wanted.id).votes
