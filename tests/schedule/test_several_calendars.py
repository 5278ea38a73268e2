"""Several calendars in one plan: against a simulation minute by minute, and against the plan of one calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.graph import network
from ltcflow.process import Process
from ltcflow.schedule import Plan, forecast, plan, plan_back
from ltcflow.worktime import Calendar, WorkDuration, add_minutes, calendar, minutes_between, next_working, parse_start

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEEK = calendar("weekdays")
OTHER_NAME = attrs.evolve(WEEK, id="the_same")
START = "2026-03-02"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SMALL = [
    Calendar(id="project", hours=(((540, 550), (560, 575)),) * 7),
    Calendar(id="early", hours=(((530, 545), (548, 552)),) * 7),
    Calendar(id="always", hours=(((0, 1440),),) * 7),
    Calendar(id="rare", hours=(((555, 562),), ()) * 3 + (((10, 30),),)),
]


def minutes(count: int) -> WorkDuration:
    return WorkDuration(count)


@st.composite
def projects(draw: st.DrawFn, lengths: st.SearchStrategy[Any], lags: list[WorkDuration], most: int = 6) -> Process:
    names = [f"a{i}" for i in range(draw(st.integers(1, most)))]
    activities = []
    for i, name in enumerate(names):
        sources = draw(st.lists(st.sampled_from(names[:i]), max_size=2, unique=True)) if i else []
        after = [
            b.after(s, draw(st.sampled_from(["FS", "FS", "SS", "FF", "SF"])), draw(st.sampled_from(lags)))
            for s in sources
        ]
        activities.append(b.activity(name, duration=draw(lengths), after=after))
    cut = draw(st.integers(0, len(names)))
    stages = [b.stage("s", activities=activities[:cut]), b.stage("t", activities=activities[cut:], gates=[b.gate("g")])]
    return b.process("drawn", stages=stages, milestones=[b.milestone("m", after=[draw(st.sampled_from(names))])])


def sketch(process: Process) -> None:
    for a in process.activities():
        note(f"{a.id} {a.duration.likely} after {[(d.on, d.type.value, str(d.lag)) for d in a.after or ()]}")


class Ticks:
    """A calendar written out minute by minute from Monday 2 March 2026."""

    def __init__(self, days: Calendar, count: int = 14) -> None:
        self.works = [any(s <= m < e for s, e in days.hours[d % 7]) for d in range(count) for m in range(1440)]
        self.done = [0, *accumulate(self.works)]

    def opening(self, at: int) -> int:
        while not self.works[at]:
            at += 1
        return at

    def end(self, start: int, length: int) -> int:
        at = start
        while length:
            length -= self.works[at]
            at += 1
        return at

    def shift(self, at: int, lag: int) -> int:
        """Return the first minute at which *lag* more are done (fewer, for a lead)."""
        goal = self.done[at] + lag
        return next(i for i, done in enumerate(self.done) if done >= goal)


def simulate(process: Process, days: dict[str, int], lag_calendar: str) -> dict[str, tuple[int, int]]:
    """Return start and finish of every node by trying one minute after the other."""
    ticks = [Ticks(each) for each in SMALL]
    net = network(process)
    dates: dict[int, tuple[int, int]] = {}
    for number in net.order:
        node = net.nodes[number]
        own = ticks[days.get(node.id, 0)]
        length = node.element.duration if node.kind.value == "activity" else None  # type: ignore[union-attr]  # activity
        bounds: dict[str, list[int]] = {"S": [540], "F": [0]}
        for edge in net.incoming[number]:
            event = dates[edge.source][edge.type.value[0] == "F"]
            if edge.lag.elapsed:
                event += edge.lag.minutes
            elif edge.lag.minutes:
                on = {"predecessor": edge.source, "successor": edge.target}.get(lag_calendar)
                event = ticks[0 if on is None else days.get(net.nodes[on].id, 0)].shift(event, edge.lag.minutes)
            bounds[edge.type.value[1]].append(event)
        start, least = max(bounds["S"]), max(bounds["F"])
        if length is None or not length.likely.minutes:
            start = max(start, least)
            dates[number] = (start, start)
            continue
        size = length.likely.minutes
        while True:
            start = own.opening(start)
            end = start + size if length.elapsed else own.end(start, size)
            if end >= least or (not length.elapsed and own.done[end] >= own.done[least]):
                break
            start += 1
        dates[number] = (start, end if length.elapsed else max(end, least))
    return {net.nodes[number].id: span for number, span in dates.items()}


LENGTHS = st.integers(0, 20).map(minutes) | st.integers(0, 800).map(lambda n: WorkDuration(n, elapsed=True))
LAGS = [
    minutes(0),
    minutes(0),
    minutes(4),
    minutes(-3),
    WorkDuration(100, elapsed=True),
    WorkDuration(-7, elapsed=True),
]


@SOME
@given(projects(LENGTHS, LAGS), st.data())
def test_every_date_is_that_of_a_simulation_minute_by_minute(process: Process, data: st.DataObject) -> None:
    sketch(process)
    assume(network(process).acyclic)
    days = {a.id: data.draw(st.integers(0, 3)) for a in process.activities()}
    lag_calendar = data.draw(st.sampled_from(["predecessor", "successor", "project"]))
    assume(any(days.values()))
    p = plan(
        process, start="2026-03-02", calendar=SMALL[0], lag_calendar=lag_calendar,
        calendars={name: SMALL[i] for name, i in days.items()},
    )  # fmt: skip
    expected = simulate(process, days, lag_calendar)
    for row in p.rows:
        if row.kind != "stage":
            mine = tuple((at - MONDAY) // timedelta(minutes=1) for at in (row.early_start, row.early_finish))
            assert mine == expected[row.id], row.id
            assert row.calendar == (SMALL[days[row.id]].id if days.get(row.id) else "")
    last = max(end for _, end in expected.values())
    assert (p.finish - MONDAY) // timedelta(minutes=1) == last


@SOME
@given(projects(LENGTHS, LAGS), st.data())
def test_late_starts_are_exact_and_longest_paths_tight(process: Process, data: st.DataObject) -> None:
    sketch(process)
    assume(network(process).acyclic)
    days = {a.id: SMALL[data.draw(st.integers(0, 3))] for a in process.activities()}
    assume(any(each != SMALL[0] for each in days.values()))
    p = plan(process, start="2026-03-02", calendar=SMALL[0], calendars=days)
    for row in p.rows:
        if row.kind == "stage":
            continue
        assert row.early_start <= row.late_start
        assert row.early_finish <= row.late_finish
        assert row.total_float.minutes == minutes_between(SMALL[0], row.early_start, row.late_start)
        assert 0 <= row.free_float.minutes <= row.total_float.minutes
        own = days.get(row.id, SMALL[0])
        harmless = p.with_(constraints={row.id: f"start_no_earlier {row.late_start.isoformat()}"})
        assert harmless.finish == p.finish
        after = row.late_start + timedelta(minutes=1)
        after = next_working(own, after) if row.duration.minutes else after
        harmful = p.with_(constraints={row.id: f"start_no_earlier {after.isoformat()}"})
        assert harmful.finish > p.finish
    if p.critical_path:
        assert p[p.critical_path[-1]].early_finish == p.finish or p.finish == p["t"].early_finish


DURATIONS = st.sampled_from(["0d", "1d", "3d", "5h"]).map(WorkDuration.parse)
WORKING_LAGS = [WorkDuration.parse(text) for text in ("0d", "0d", "1d", "-4h")]


def same(one: Plan, other: Plan, *, late: bool) -> None:
    """Assert that two plans say the same; a moment between two shifts may be written as either end of it.

    *late*: late dates and floats too. Not where something that stands in an evening waits for a start (SF; SS without
    length): on one calendar the next morning is the evening before, so work may begin then; on the clock it may not.
    """
    assert minutes_between(WEEK, one.finish, other.finish) == 0
    for row in one.rows:
        twin = other[row.id]
        for name in ("early_start", "early_finish", "late_start", "late_finish")[: 4 if late else 2]:
            here, there = getattr(row, name), getattr(twin, name)
            assert minutes_between(WEEK, here, there) == 0, (row.id, name, here, there)
            if row.duration and row.kind != "stage" and name in ("early_start", "late_start"):
                assert here == there or row.started, (row.id, name)
        if not late:
            continue
        assert (row.total_float, row.free_float, row.duration) == (twin.total_float, twin.free_float, twin.duration)
        assert (row.critical, set(row.driving)) == (twin.critical, set(twin.driving)), row.id
        assert (row.started, row.done, row.deadline, row.too_late) == (
            twin.started, twin.done, twin.deadline, twin.too_late,
        )  # fmt: skip
    assert not late or set(one.critical_paths(50)) == set(other.critical_paths(50))
    if late:
        assert [f.code for f in one.findings] == [f.code for f in other.findings]


@SOME
@given(projects(DURATIONS, WORKING_LAGS), st.data())
def test_one_calendar_under_two_names_gives_the_plan_of_one(process: Process, data: st.DataObject) -> None:
    """The two ways to compute a plan, held against each other from end to end: dates, floats, what drives what."""
    sketch(process)
    assume(network(process).acyclic)
    names = [a.id for a in process.activities()]
    options: dict[str, Any] = {"start": START, "calendar": WEEK}
    options["lag_calendar"] = data.draw(st.sampled_from(["predecessor", "successor", "project"]))
    kinds = st.sampled_from(
        ["start_no_earlier {}", "finish_no_earlier {}", "as_late_as_possible", "start_no_later 2026-09-01"]
    )
    moment = st.integers(0, 12).map(lambda k: next_working(WEEK, add_minutes(WEEK, parse_start(START, WEEK), 240 * k)))
    options["constraints"] = {
        name: kind.format(data.draw(moment).isoformat())
        for name, kind in data.draw(st.dictionaries(st.sampled_from(names), kinds, max_size=2)).items()
    }
    if data.draw(st.booleans()):
        options["deadlines"] = {data.draw(st.sampled_from([*names, "m", "s"])): data.draw(moment)}
    if data.draw(st.booleans()):
        options["finish"] = data.draw(moment)
    make = plan
    if data.draw(st.booleans()):
        now = data.draw(moment)
        past = st.integers(0, 2000).map(lambda m: now - timedelta(minutes=m))
        options["data_date"] = now
        options["finished"] = {
            n: next_working(WEEK, data.draw(past)) for n in names if data.draw(st.integers(0, 3)) == 0
        }
        options["finished"] = {n: min(at, now) for n, at in options["finished"].items()}
        options["started"] = {n: data.draw(past) for n in names if data.draw(st.integers(0, 3)) == 0}
        options["progress"] = data.draw(st.sampled_from(["retained", "override"]))
        make = forecast  # type: ignore[assignment]  # the same but for progress
    note(options)
    one = make(process, **options)
    assert make(process, **options, calendars=dict.fromkeys(names, WEEK)) == one
    late = not any(
        d.type.value == "SF" or (d.type.value == "SS" and not a.duration.likely)
        for a in process.activities()
        for d in a.after or ()
    )
    same(one, make(process, **options, calendars=dict.fromkeys(names, OTHER_NAME)), late=late)


@SOME
@given(projects(DURATIONS, WORKING_LAGS), st.data())
def test_planning_back_over_several_calendars(process: Process, data: st.DataObject) -> None:
    assume(network(process).acyclic)
    shifts = Calendar(id="shifts", hours=(((360, 840), (840, 1320)),) * 6 + ((),))
    days = {a.id: shifts for a in process.activities() if data.draw(st.booleans())}
    p = plan_back(process, finish="2026-06-30", calendar=WEEK, calendars=days)
    assert p.finish.isoformat() <= "2026-07-01"
    assert all(row.total_float.minutes >= 0 for row in p.rows)
    later = next_working(WEEK, add_minutes(WEEK, p.start, 1))
    missed = plan(process, start=later, finish="2026-06-30", calendar=WEEK, calendars=days)
    assert any(row.late_start < row.early_start for row in missed.rows) or missed.finish > p.finish


def test_the_strongest_calendar_counts() -> None:
    """Given for the element, declared by it, given for its role, declared by its role, that of the project."""
    roles = {"fitter": {"en": "Fitter", "calendar": "always"}, "clerk": "Clerk"}
    steps = [
        b.activity("mount", duration="1d", raci={"R": "fitter"}),
        b.activity("test", duration="1d", raci={"R": ["clerk", "fitter"]}, calendar="three_shifts", after=[]),
        b.activity("file", duration="1d", raci={"R": "clerk", "A": "fitter"}, after=[]),
    ]
    gate = b.gate("accept", lead_time="1d", decided_by={"roles": ["fitter"]}, after=[])
    process = b.process("p", roles=roles, stages=[b.stage("s", activities=steps, gates=[gate])])
    three = Calendar(id="three", hours=(((0, 480), (480, 960), (960, 1440)),) * 5 + ((), ()))
    p = plan(process, start="2026-03-06", calendars={"three_shifts": three})
    assert [p[name].calendar for name in ("mount", "test", "file", "accept")] == ["always", "three", "", "always"]
    assert p["mount"].early_finish.isoformat() == "2026-03-06T17:00:00+00:00"
    assert p["test"].early_finish.isoformat() == "2026-03-06T17:00:00+00:00"
    assert p["file"].early_finish.isoformat() == "2026-03-06T18:00:00+00:00"
    q = plan(process, start="2026-03-06", calendars={"three_shifts": three, "clerk": "CN", "mount": "weekdays"})
    assert [q[name].calendar for name in ("mount", "test", "file")] == ["", "three", "CN"]
    with pytest.raises(UnknownName, match="three_shifts"):
        plan(process, start="2026-03-06")
    with pytest.raises(UnknownName, match="Did you mean 'mount'"):
        plan(process, start="2026-03-06", calendars={"three_shifts": three, "mout": "CN"})
    with pytest.raises(InvalidValue, match="measures no lag"):
        plan(process, start="2026-03-06", lag_calendar="moon")


def test_a_lag_counts_on_the_calendar_asked_for() -> None:
    """One day of lag after Friday evening: Saturday where every day is worked, Monday where it is not."""
    steps = [b.activity("a", duration="8h"), b.activity("z", duration="8h", after=[b.after("a", "FS", "1d")])]
    process = b.process("p", stages=[b.stage("s", activities=steps)])
    daily = Calendar(id="daily", hours=(((540, 720), (780, 1080)),) * 7)
    starts = {
        lag: plan(process, start="2026-03-06", calendars={"a": daily}, lag_calendar=lag)["z"].early_start.isoformat()[
            :16
        ]
        for lag in ("predecessor", "successor", "project")
    }
    assert starts == {
        "predecessor": "2026-03-09T09:00",
        "successor": "2026-03-10T09:00",
        "project": "2026-03-10T09:00",
    }
