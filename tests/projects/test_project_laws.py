"""The ten invariants as laws, over projects on random processes that were sent commands of every kind."""

from __future__ import annotations

from datetime import UTC

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.projects import NOTHING, Accepted, Closing, Progress, ReopenProject, Standing, apply, decide, replay
from ltcflow.projects import events as e
from ltcflow.stages import Verdict
from ltcflow.testing import Watched, commands, invariants, play, play_on, processes, runs, starts, teams
from ltcflow.testing.told import day


def law(count: int) -> settings:
    """So many examples; LTCFLOW_HYPOTHESIS=thorough multiplies them."""
    slow = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    examples = count * settings.default.max_examples // 100
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


@law(50)
@given(runs())
def test_1_replaying_the_log_gives_the_live_state(run: Watched) -> None:
    assert replay(run.log) == run.state
    assert replay(run.log[2:], replay(run.log[:2])) == run.state


@law(30)
@given(runs())
def test_1_the_same_commands_give_the_same_log(run: Watched) -> None:
    state, log = NOTHING, []
    for command in run.commands:
        events = decide(run.process, state, command).events
        state, log = replay(events, state), [*log, *events]
    assert log == run.log


@law(50)
@given(runs())
def test_2_nothing_starts_before_what_it_waits_for(run: Watched) -> None:
    for now, event in run.retold():
        if isinstance(event, e.ActivityStarted):
            i = now.told.net.index[event.activity]
            assert now.may_begin(i) or (event.early and event.activity in now.told.early)
            assert now.told.applies(i) is Truth.TRUE


@law(50)
@given(runs())
def test_2_an_early_start_stays_visible_until_its_condition_is_met(run: Watched) -> None:
    met = {event.condition for event in run.log if isinstance(event, e.ConditionWasMet)}
    for activity, condition in run.state.early.items():
        assert (run.state.obligations[condition].met is None) == (condition not in met)
        assert run.state.obligations[condition].activity == activity


@law(50)
@given(runs())
def test_3_no_gate_passes_without_its_rule_and_its_criteria(run: Watched) -> None:
    for now, event in run.retold():
        invariants.passes_rightly(now, event)
        if isinstance(event, e.GateDecided) and event.verdict.passes:
            gate, votes = run.process.gate(event.gate), now.told.gate(event.gate).votes
            assert len(votes) >= gate.decided_by.quorum
            assert all(now.satisfied(gate.id, key, c) for key, c in now.told.criteria(gate.id))


@law(50)
@given(runs())
def test_4_nobody_votes_twice_or_without_the_role_or_against_separation(run: Watched) -> None:
    for now, event in run.retold():
        invariants.acts_lawfully(now, event)
        if isinstance(event, e.VoteCast):
            assert event.by not in {vote.by for vote in now.told.gate(event.gate).votes}
            assert event.instead_of or event.role in run_roles(now.told.team, event.by)


def run_roles(team: dict[str, tuple[str, ...]], person: str) -> set[str]:
    return {role for role, people in team.items() if person in people}


@law(50)
@given(runs())
def test_5_after_a_recycle_everything_downstream_is_open_again(run: Watched) -> None:
    state = NOTHING
    for event in run.log:
        state = apply(state, event)
        if isinstance(event, e.GateDecided) and event.verdict is Verdict.RECYCLE:
            progress = Progress(run.process, state, event.at)
            target = progress.compiled.network.position(run.process.gate(event.gate).recycle_to)
            behind = {target, *progress.compiled.network.descendants(target)}
            steps = [progress.nodes[i] for i in behind if progress.nodes[i].element is not None]
            assert not any(node.id in state.work or state.gate(node.id).votes for node in steps)
            assert not any(progress.passed(node.id) for node in steps if node.kind is NodeKind.GATE)


@law(50)
@given(runs())
def test_6_an_unmet_condition_past_its_date_opens_its_gate_again(run: Watched) -> None:
    run.look()
    for obligation in run.state.obligations.values():
        if obligation.gate and obligation.met is None and obligation.due < day(run.state.at):
            assert not Progress(run.process, run.state, run.state.at).passed(obligation.gate)


@law(30)
@given(runs(), st.data())
def test_7_a_closed_project_accepts_only_a_reopening(run: Watched, data: st.DataObject) -> None:
    closed = apply(run.state, e.ProjectClosed(by="li.wei", at=run.state.at, outcome=Closing.LOST, reason="price"))
    for _ in range(5):
        command = data.draw(commands(run.process, closed))
        assert isinstance(command, ReopenProject) or not decide(run.process, closed, command).accepted


@law(50)
@given(runs())
def test_7_a_loss_has_a_reason_and_a_win_leaves_nothing_to_do(run: Watched) -> None:
    for now, event in run.retold():
        invariants.ends_with_reason(now, event)
    assert run.state.standing is not Standing.CLOSED or run.state.closing is not None


@law(50)
@given(runs())
def test_8_event_times_never_run_backwards(run: Watched) -> None:
    times = [event.at.astimezone(UTC) for event in run.log]
    assert times == sorted(times)


@law(50)
@given(runs())
def test_9_readiness_is_ready_exactly_when_no_work_is_left(run: Watched) -> None:
    invariants.is_ready_when_it_says_so(run.now(), run.state)


@law(50)
@given(st.data())
def test_10_a_project_that_keeps_finishing_what_is_offered_reaches_the_end(data: st.DataObject) -> None:
    process = data.draw(processes())
    project = play(
        process,
        team=data.draw(teams(process)),
        pick=lambda found: found[data.draw(st.integers(0, len(found) - 1))],
    )
    assert Progress(process, project.state, project.state.at).finished()


@law(30)
@given(runs())
def test_10_there_is_a_way_to_the_end_from_everywhere(run: Watched) -> None:
    play_on(run, renew=True)
    assert Progress(run.process, run.state, run.state.at).finished()


@law(30)
@given(processes(), st.data())
def test_what_is_refused_changes_nothing_and_explains_itself(process, data) -> None:
    watched = Watched(process)
    watched.send(data.draw(starts(process)))
    before, log = watched.state, list(watched.log)
    answer = watched.send(data.draw(commands(process, before, absurd=2)))
    assert isinstance(answer, Accepted) or (watched.state == before and watched.log == log and answer.reasons)
