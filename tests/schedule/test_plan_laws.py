"""Laws of a plan, for processes drawn at random."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.findings import DefinitionError
from ltcflow.graph import NodeKind, Origin, network
from ltcflow.process import Process
from ltcflow.schedule import Plan, Row, forecast, plan
from ltcflow.worktime import (
    Calendar,
    WorkDuration,
    add_minutes,
    calendar,
    minutes_between,
    next_working,
    previous_working,
)

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
START = "2026-09-24"
CN = calendar("CN")
DURATIONS = ["0d", "1d", "3d", "5h", {"optimistic": "1d", "likely": "2d", "pessimistic": "6d"}]


@st.composite
def processes(draw: st.DrawFn, *, plain: bool = False) -> Process:
    """Draw a process of one to three stages; *plain*: finish-to-start without lags, working time, steps only."""
    durations = DURATIONS if plain else [*DURATIONS, "2ed", "30eh"]
    kinds = ["FS"] if plain else ["FS", "FS", "SS", "FF", "SF"]
    lags = ["0d"] if plain else ["0d", "0d", "1d", "-4h", "2ed", "-10eh"]
    ids: list[str] = []

    def after() -> list[object] | None:
        if not ids or draw(st.booleans()):
            return None
        sources = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
        return [b.after(i, draw(st.sampled_from(kinds)), draw(st.sampled_from(lags))) for i in sources]

    stages = []
    for s in range(draw(st.integers(1, 3))):
        inside = []
        order = draw(st.sampled_from(["sequence", "sequence", "parallel", "choice"]))
        for a in range(draw(st.integers(0, 4))):
            name, fields = f"a{s}{a}", {"duration": draw(st.sampled_from(durations)), "after": after()}
            if not plain and draw(st.integers(0, 4)) == 0:
                fields |= draw(st.sampled_from([{"continuous": True}, {"every": "1d"}, {"every": "1ed"}]))
            if draw(st.integers(0, 4)) == 0:
                fields["when"] = draw(st.sampled_from(["big", "not big"]))
            inside.append(b.activity(name, **fields))
            ids.append(name)
        gates = []
        if draw(st.booleans()):
            gates = [b.gate(f"g{s}", lead_time=draw(st.sampled_from(["0d", "2d"])))]
            ids.append(f"g{s}")
        when = draw(st.sampled_from(["", "", "", "big"]))
        stages.append(b.stage(f"s{s}", order=order, activities=inside, gates=gates, when=when))
    reached = [b.milestone("m", after=[draw(st.sampled_from(ids))])] if ids else []
    return b.process("drawn", facts={"big": b.yes_no()}, stages=stages, milestones=reached)


def sketch(process: Process) -> str:
    """Return a process in few words, for a failing law."""
    lines = []
    for stage in process.stages:
        lines.append(f"{stage.id} {stage.order.value} {stage.when}")
        for a in stage.activities:
            waits = None if a.after is None else [f"{d.on} {d.type.value}{d.lag}" for d in a.after]
            lines.append(f"  {a.id} {a.duration} after={waits} {a.when} {'along' if a.spans else ''}")
        lines += [f"  {gate.id} {gate.lead_time}" for gate in stage.gates]
    return "\n".join([*lines, *(f"{m.id} after {[d.on for d in m.after]}" for m in process.milestones)])


def planned(process: Process, **options: object) -> Plan:
    note(sketch(process))
    assume(network(process).acyclic)
    return plan(process, start=START, calendar=CN, facts={"big": False}, **options)  # type: ignore[arg-type]  # passed on


def steps(p: Plan) -> list[Row]:
    return [row for row in p.rows if not row.skipped and not row.spans and row.kind != "stage"]


@SLOW
@given(processes())
def test_every_dependency_is_kept_in_working_and_in_elapsed_time(process: Process) -> None:
    p, net = planned(process), network(process)
    rows = {row.id: row for row in steps(p)}
    for edge in net.edges:
        source, target = rows.get(net.nodes[edge.source].id), rows.get(net.nodes[edge.target].id)
        if source and target:
            leaves = source.early_finish if edge.type.value[0] == "F" else source.early_start
            enters = target.early_start if edge.type.value[1] == "S" else target.early_finish
            if edge.lag.elapsed:
                if not source.duration.minutes:  # counts from the working minute
                    leaves = (previous_working if edge.type.value[0] == "F" else next_working)(CN, leaves)
                leaves, lag = leaves.astimezone(UTC) + timedelta(minutes=edge.lag.minutes), 0
            else:
                lag = edge.lag.minutes
            assert minutes_between(CN, leaves, enters) >= lag, (edge, source, target)


@SLOW
@given(processes())
def test_stages_hold_their_elements_and_wait_for_each_other(process: Process) -> None:
    p = planned(process)
    for stage in process.stages:
        row = p[stage.id]
        for element in (*stage.activities, *stage.gates):
            inside = p[element.id]
            if not inside.skipped:
                assert minutes_between(CN, row.early_start, inside.early_start) >= 0
                assert inside.spans or inside.early_finish <= row.early_finish
            assert inside.skipped or not row.skipped
    for before, behind in zip(process.stages, process.stages[1:], strict=False):
        assert minutes_between(CN, p[before.id].early_finish, p[behind.id].early_start) >= 0


@SLOW
@given(processes())
def test_rows_say_the_same_in_dates_and_in_minutes(process: Process) -> None:
    p = planned(process)
    assert list(p) == [row.id for row in p.rows] == [e.id for e in process.elements()]
    assert p.finish == max([p.start, *(row.early_finish for row in p.rows)])
    assert minutes_between(CN, p.start, p.finish) == p.duration.minutes
    for row in p.rows:
        assert p.start <= row.early_start <= row.early_finish <= p.finish
        assert row.early_start <= row.late_start <= row.late_finish
        assert row.early_finish <= row.late_finish
        for moment in (row.early_start, row.early_finish, row.late_start, row.late_finish):
            assert moment.tzinfo == CN.zone
    for row in steps(p):
        assert minutes_between(CN, row.early_start, row.late_start) == row.total_float.minutes
        assert 0 <= row.free_float.minutes <= row.total_float.minutes
        if row.duration.elapsed:
            assert row.early_finish - row.early_start == timedelta(minutes=row.duration.minutes)
        else:
            assert minutes_between(CN, row.early_start, row.early_finish) == row.duration.minutes
            assert row.early_finish == add_minutes(CN, row.early_start, row.duration.minutes)
        if row.duration.minutes:
            assert next_working(CN, row.early_start) == row.early_start


@SLOW
@given(processes(plain=True), st.data())
def test_an_activity_can_grow_by_its_total_float_and_no_minute_more(process: Process, data: st.DataObject) -> None:
    p = planned(process)
    grown = [row for row in steps(p) if row.kind != "milestone"]
    assume(grown)
    row = data.draw(st.sampled_from(grown))
    most = row.duration.minutes + row.total_float.minutes
    assert planned(process, durations={row.id: WorkDuration(most)}).finish == p.finish
    assert planned(process, durations={row.id: WorkDuration(most + 1)}).finish > p.finish
    free = planned(process, durations={row.id: WorkDuration(row.duration.minutes + row.free_float.minutes)})
    moved = {
        r.id for r in steps(p) if (r.early_start, r.early_finish) != (free[r.id].early_start, free[r.id].early_finish)
    }
    assert moved <= {row.id}
    assert row.critical == (row.total_float.minutes == 0)


@SLOW
@given(processes())
def test_critical_paths_lead_over_driving_elements_to_the_finish(process: Process) -> None:
    p = planned(process)
    paths = list(islice(p.critical_paths(), 200))
    assert p.critical_path == (paths[0] if paths else ())
    assert len(set(paths)) == len(paths)
    for path in paths:
        assert all(p[name].critical and not p[name].skipped and not p[name].spans for name in path)
        if not any(row.spans or row.skipped for row in p.rows):
            assert minutes_between(CN, p[path[-1]].early_finish, p.finish) == 0
        for i, j in pairwise(path):
            along = {k for name in p[j].driving if p[name].spans for k in p[name].driving}
            assert i in {*p[j].driving, *along}
        assert len(path) <= len(p.critical_path) or path[-1] != p.critical_path[-1]
    if len(paths) < 200:
        assert {row.id for row in steps(p) if row.critical} == {name for path in paths for name in path}


@SLOW
@given(processes())
def test_what_runs_along_a_stage_ends_with_it_and_never_holds_anything_up(process: Process) -> None:
    p = planned(process)
    for row in p.rows:
        if row.spans and not row.skipped:
            assert not row.critical
            assert row.early_start <= row.early_finish == p[row.stage].early_finish
            times = list(p.occurrences(row.id))
            assert len(times) == row.occurrences
            assert bool(times) == (row.every is not None)
            assert times == sorted(times)
            if times and row.duration.minutes:
                assert times[0] == row.early_start
                assert all(minutes_between(CN, at, row.early_finish) >= 0 for at in times)
            if row.every and not row.every.elapsed:
                gaps = {minutes_between(CN, x, y) for x, y in pairwise(times)}
                assert gaps <= {row.every.minutes}


@SLOW
@given(processes(), st.integers(0, 20_000), st.booleans())
def test_progress_exactly_as_planned_changes_no_date(process: Process, minute: int, overnight: bool) -> None:
    p = planned(process)
    now = add_minutes(CN, p.start, minute % (p.duration.minutes + 481))
    now = now if overnight else next_working(CN, now)
    happened = [row for row in steps(p) if row.early_finish <= now]
    begun = [row for row in p.rows if not row.skipped and row.kind != "stage" and row.early_start < now]
    absorbs = any(row.duration.elapsed for row in p.rows) or any(e.lag.elapsed for e in network(process).edges)
    starts = any(edge.type.value in ("SS", "SF") for edge in network(process).edges)
    again = forecast(
        process,
        start=START,
        calendar=CN,
        facts={"big": False},
        data_date=now,
        finished={row.id: row.early_finish for row in happened},
        started={row.id: row.early_start for row in begun},
    )
    assert minutes_between(CN, p.finish, again.finish) == 0
    for row in steps(p):
        late = again[row.id]
        assert late.done == (row in happened)
        assert late.started == (row in begun or row in happened)
        assert minutes_between(CN, row.early_start, late.early_start) == 0
        assert minutes_between(CN, row.early_finish, late.early_finish) == 0
        if not late.done and not absorbs:  # what has begun can no longer hold up what begins with it
            assert late.total_float >= row.total_float
            assert late.free_float >= row.free_float
            assert starts or (late.total_float, late.free_float) == (row.total_float, row.free_float)
        assert late.done or late.early_finish >= now
    assert not set(again.critical_path) & {row.id for row in happened}


@SLOW
@given(processes(), st.integers(0, 5000), st.data())
def test_a_forecast_puts_nothing_open_before_the_data_date(process: Process, minute: int, data: st.DataObject) -> None:
    p = planned(process)
    rows = steps(p)
    now = next_working(CN, add_minutes(CN, p.start, minute))
    moments = st.integers(0, minute).map(lambda m: add_minutes(CN, p.start, m))
    finished = {row.id: data.draw(moments) for row in rows if data.draw(st.booleans())}
    begun = {row.id: data.draw(moments) for row in rows if row.id not in finished and data.draw(st.booleans())}
    again = forecast(
        process, start=START, calendar=CN, facts={"big": False}, data_date=now, finished=finished, started=begun
    )
    for row in steps(again):
        if row.id in finished:
            assert (row.done, row.critical, row.early_finish) == (True, False, finished[row.id])
        elif row.id in begun:
            assert (row.started, row.early_start) == (True, begun[row.id])
            assert row.early_finish >= now
        else:
            assert (row.started, row.done) == (False, False)
            assert row.early_start >= now
    assert set(again.critical_path) <= {row.id for row in rows} - set(finished)


@SLOW
@given(processes())
def test_a_plan_is_a_value_and_always_the_same(process: Process) -> None:
    p = planned(process)
    assert planned(process) == p
    copy = pickle.loads(pickle.dumps(p))
    assert (copy, hash(copy)) == (p, hash(p))
    assert pickle.loads(pickle.dumps(process)) == process


@SLOW
@given(st.data())
def test_elements_that_wait_for_each_other_are_named_not_planned(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 6))
    ring = [b.activity(f"a{i}", after=[f"a{(i + 1) % n}"]) for i in range(n)]
    process = b.process("ring", stages=[b.stage("s", activities=data.draw(st.permutations(ring)))])
    with pytest.raises(DefinitionError) as caught:
        plan(process, start=START)
    (finding,) = caught.value.findings
    assert finding.code == "LTC405"
    assert finding.witness[0] == finding.witness[-1]
    assert len(set(finding.witness)) == len(finding.witness) - 1 == n


@SLOW
@given(processes(), st.sampled_from(["weekdays", "always", "CN", "DE", "US"]))
def test_the_calendar_changes_dates_but_no_minutes(process: Process, name: str) -> None:
    assume(not any(row.duration.elapsed for row in planned(process).rows))
    assume(not any(edge.lag.elapsed for edge in network(process).edges))
    here = plan(process, start=START, calendar=name, facts={"big": False})
    there = planned(process)
    assert here.duration == there.duration
    for row, other in zip(here.rows, there.rows, strict=True):
        assert (row.total_float, row.free_float, row.critical, row.driving) == (
            other.total_float,
            other.free_float,
            other.critical,
            other.driving,
        )


def test_the_drawn_processes_hold_what_the_laws_are_about() -> None:
    """A law over processes without spans, skipped branches or elapsed time would prove little."""
    seen = {"span": 0, "skipped": 0, "elapsed": 0, "lag": 0, "tie": 0}

    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(processes())
    def look(process: Process) -> None:
        net = network(process)
        if net.acyclic:
            p = planned(process)
            seen["span"] += any(node.kind is NodeKind.SPAN for node in net.nodes)
            seen["skipped"] += any(row.skipped for row in p.rows)
            seen["elapsed"] += any(row.duration.elapsed for row in p.rows)
            seen["lag"] += any(e.lag.minutes for e in net.edges if e.origin is Origin.AFTER)
            seen["tie"] += len(list(p.critical_paths(2))) > 1

    look()
    assert min(seen.values()) >= 3, seen


def test_whole_weeks_of_a_factory_calendar() -> None:
    shifts = Calendar(id="factory", time_zone="Europe/Berlin", hours=(((360, 1320),),) * 6 + ((),))
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("a", duration="12d")])])
    p = plan(process, start=datetime(2026, 3, 23, 4, tzinfo=UTC), calendar=shifts)
    assert p["a"].early_start.isoformat() == "2026-03-23T06:00:00+01:00"
    assert p["a"].early_finish.isoformat() == "2026-03-28T22:00:00+01:00"
