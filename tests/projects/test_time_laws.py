"""Time limits as laws: the minutes used are those of a minute-by-minute simulation, each rung is told exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.conditions import Truth
from ltcflow.process import Process, calendar_of, ladder_of, limit_of, resolve_calendar
from ltcflow.projects import Due, EndWaiting, Standing, StartWaiting, Tick, due
from ltcflow.projects import events as e
from ltcflow.projects.days import begins, day, ends
from ltcflow.stages import Activity, Gate, Verdict
from ltcflow.testing import Watched, processes, starts
from ltcflow.testing.declarations import SHIFTS
from ltcflow.testing.picture import Picture
from ltcflow.testing.playing import good_facts, step
from ltcflow.testing.told import Told
from ltcflow.testing.told import day as naive_day
from ltcflow.testing.wishes import Wishes
from ltcflow.worktime import Calendar, WorkDuration, moment_left, moment_used, used_minutes

MINUTE = timedelta(minutes=1)
STEPS = (0, 1, 1, 7, 60, 200, 1440)
Timed = Activity | Gate


def law(count: int) -> settings:
    slow = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    examples = count * settings.default.max_examples // 100
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def limited(process: Process) -> Process:
    """Give everything that can have one a time limit."""
    stages = []
    for number, stage in enumerate(process.stages):
        steps = [
            attrs.evolve(a, time_limit=a.time_limit or WorkDuration(60 * (number + 1), number % 2 == 1))
            for a in stage.activities
        ]
        gates = [attrs.evolve(g, time_limit=g.time_limit or WorkDuration(90)) for g in stage.gates]
        stages.append(attrs.evolve(stage, activities=steps, gates=gates))
    return attrs.evolve(process, stages=stages)


KINDS = ("vote", "vote", "vote", "start", "finish", "wait", "wait", "facts", "meet", "redate", "tick", "early", "hold")
BID = b.process(
    "bid",
    calendar="shifts",
    calendars=[SHIFTS],
    roles={"seller": "销售", "boss": "总监", "board": "决策团队", "customer": b.role("customer", external=True)},
    escalation=[{"share": "0.5", "tell": "seller"}, {"overdue": "1h", "tell": "boss"}],
    facts={"big": b.yes_no()},
    stages=[
        b.stage(
            "bid",
            activities=[b.activity("draft", raci={"A": "seller"}), b.activity("price", when="big", calendar="CN")],
            gates=[b.gate("atb", decided_by="board", recycle_to="draft")],
        ),
        b.stage("side", after=[], activities=[b.activity("talk", after=["draft"]), b.activity("visit", after=["atb"])]),
        b.stage(
            "contract", activities=[b.activity("sign")], gates=[b.gate("atc", decided_by="board", recycle_to="draft")]
        ),
    ],
)


@st.composite
def lives(draw: st.DrawFn, most: int = 24) -> Watched:
    """Projects with time limits everywhere: what they offer is done, and time passes, waits, rests, goes back."""
    project = Watched(limited(draw(processes(stages=3, activities=3) | st.just(BID))))
    project.send(draw(starts(project.process)))
    facts = good_facts(project.process)
    for _ in range(most):
        if draw(st.integers(0, 31)) == 17:
            break
        state = project.state
        if state.standing is Standing.RUNNING and not draw(st.integers(0, 2)):
            step(project, facts, lambda found: found[draw(st.integers(0, len(found) - 1))])
            continue
        kind = draw(st.sampled_from([*KINDS, *["unwait"] * 4 * len(state.waiting)]))
        kind = {"running": kind, "held": "resume"}.get(state.standing.value, "reopen")
        command = draw(Wishes(project.process, state, 60).of(kind))
        project.send(attrs.evolve(command, at=later(draw, project)))
    return project


def later(draw: st.DrawFn, project: Watched) -> datetime:
    base = project.state.at if project.log else datetime(2026, 3, 2, 9, tzinfo=UTC)
    return base + draw(st.sampled_from(STEPS)) * MINUTE


# -- the oracle: minute by minute ------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def works(calendar: Calendar, minute: datetime) -> bool:
    """Say whether the wall clock of the calendar shows a worked minute."""
    wall = minute.astimezone(ZoneInfo(calendar.time_zone))
    of_day, today = wall.hour * 60 + wall.minute, wall.date()
    yesterday = calendar.shifts_on(today - timedelta(days=1))
    return any(a <= of_day < b for a, b in calendar.shifts_on(today)) or any(
        a <= of_day + 1440 < b for a, b in yesterday
    )


def timed(process: Process) -> list[Timed]:
    return [x for x in (*process.activities(), *process.gates()) if limit_of(x) is not None]


def ticking(now: Picture, element: Timed) -> bool:
    """Say whether the time of *element* runs, read naively."""
    told = now.told
    i = told.net.index[element.id]
    if told.standing != "running" or element.id in told.waiting:
        return False
    if isinstance(element, Gate):
        return now.open(element)
    work = told.work.get(element.id)
    if work is not None:
        return not work.done and told.applies(i) is Truth.TRUE
    ways = now.may_begin(i) or element.id in told.early
    return ways and told.applies(i) is Truth.TRUE and not told.left_out(i)


def ended_by(told: Told, event: e.AnyEvent) -> set[str]:
    """The elements whose round *event* ends."""
    if isinstance(event, e.ActivityFinished):
        return {event.activity}
    if isinstance(event, e.GateDecided):
        return {event.gate} | (told.behind(event.gate) if event.verdict is Verdict.RECYCLE else set())
    return set()


def simulated(project: Watched, until: datetime) -> dict[str, list[datetime]]:
    """Return the minutes that each element has used in its present round, by going through every minute."""
    process, told = project.process, Told(project.process, project.judges)
    used: dict[str, list[datetime]] = {x.id: [] for x in timed(process)}
    calendars = {x.id: resolve_calendar(process, calendar_of(process, x)) for x in timed(process)}
    elapsed = {x.id: limit_of(x).elapsed for x in timed(process)}  # type: ignore[union-attr]
    ends_of = [event.at.astimezone(UTC) for event in project.log[1:]] + [until]
    for event, end in zip(project.log, ends_of, strict=True):
        for name in ended_by(told, event):
            if name in used:
                used[name] = []
        told.tell(event)
        told.remember(Picture.of(told, event.at))
        running: dict[date, list[Timed]] = {}
        minute = event.at.astimezone(UTC)
        while minute < end:
            today = naive_day(minute, told.zone)
            if today not in running:
                running.clear()
                now = Picture.of(told, minute)
                running[today] = [x for x in timed(process) if ticking(now, x)]
            for x in running[today]:
                if elapsed[x.id] or works(calendars[x.id], minute):
                    used[x.id].append(minute)
            minute += MINUTE
    return used


def items(project: Watched, at: datetime) -> dict[str, Due]:
    found = due(project.process, project.state, at, judges=project.judges)
    return {x.id: x for x in found if x.kind in ("activity", "gate")}


@law(15)
@given(lives(), st.data())
def test_the_minutes_used_are_those_of_a_simulation(project: Watched, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([1, 61, 1500])) * MINUTE + project.state.at.astimezone(UTC)
    if project.state.standing.value not in ("running", "held"):
        assert due(project.process, project.state, at) == ()
        return
    said, used = items(project, at), simulated(project, at)
    for element in timed(project.process):
        minutes = used[element.id]
        if element.id not in said:
            now = Picture.of(project.told, at)
            assert (
                not minutes
                or project.told.applies(now.told.net.index[element.id]) is not Truth.TRUE
                or (project.told.left_out(now.told.net.index[element.id]))
            )
            continue
        item, limit = said[element.id], limit_of(element)
        assert limit is not None
        assert item.used.minutes == len(minutes)
        assert item.overdue == (len(minutes) >= limit.minutes)
        wanted = {"due": limit.minutes}
        for rung in ladder_of(project.process, element):
            wanted.setdefault(rung.key, rung.minutes(limit))
        reached = {key: minutes[n - 1] + MINUTE for key, n in wanted.items() if n <= len(minutes)}
        assert {rung.rung: rung.moment for rung in item.rungs} == reached
        assert bool(item.paused) != ticking(Picture.of(project.told, at), element)


@law(15)
@given(lives(), st.data())
def test_what_is_said_to_fall_due_falls_due_then_and_not_before(project: Watched, data: st.DataObject) -> None:
    for name, item in items(project, project.state.at).items():
        if item.due is None or item.overdue or item.due > project.state.at + timedelta(days=60):
            continue
        before = items(project, item.due - MINUTE / 60_000_000)
        after = items(project, item.due)
        if all(x.paused == "" for x in (before[name], after[name])):  # no date of a condition shut it in between
            assert (before[name].overdue, after[name].overdue) == (False, True)
            assert after[name].due == item.due


# -- telling ---------------------------------------------------------------------------------------------------------


def rungs(project: Watched) -> set[tuple[str, str, int, str, datetime]]:
    return {
        (x.kind, x.subject, x.round, x.rung if isinstance(x, e.Escalated) else "due", x.fell_due)
        for x in project.log
        if isinstance(x, e.FellDue | e.Escalated)
    }


def copied(project: Watched) -> Watched:
    """The same project again, to be told otherwise."""
    again = Watched(project.process, project.judges)
    for command in project.commands:
        again.send(command)
    return again


def tick(project: Watched, at: datetime) -> bool:
    return project.send(Tick(by="scheduler", at=at)).accepted


@law(15)
@given(lives(), st.lists(st.sampled_from([1, 5, 200, 1440, 5000]), min_size=1, max_size=4))
def test_however_often_it_is_asked_the_same_is_told(project: Watched, gaps: list[int]) -> None:
    often, once, moment = copied(project), copied(project), project.state.at
    for gap in gaps:
        moment += gap * MINUTE
        tick(often, moment)
        assert not tick(often, moment), "a second time at once tells nothing"
    tick(once, moment)
    assert rungs(often) == rungs(once)
    told = [x.fell_due for x in once.log[len(project.log) :] if isinstance(x, e.FellDue | e.Escalated)]
    assert told == sorted(told)
    assert not [rung for x in due(once.process, once.state, moment) for rung in x.rungs if not rung.told]


@law(10)
@given(lives(), st.sampled_from([1, 1440]))
def test_telling_changes_no_clock(project: Watched, gap: int) -> None:
    at = project.state.at + gap * MINUTE
    before = items(project, at + MINUTE)
    tick(project, at)
    after = items(project, at + MINUTE)
    assert {name: attrs.evolve(x, rungs=()) for name, x in before.items()} == {
        name: attrs.evolve(x, rungs=()) for name, x in after.items()
    }


@law(10)
@given(lives(), st.data())
def test_time_stands_still_while_somebody_outside_is_waited_for(project: Watched, data: st.DataObject) -> None:
    at = project.state.at
    for name, item in items(project, at).items():
        if item.paused:
            continue
        by = next(iter(item.people), "li.wei")
        on = next((role.id for role in project.process.roles if role.external), "客户")
        if not project.send(StartWaiting(element=name, on=on, reason="offer", by=by, at=at)).accepted:
            continue
        week = items(project, at + timedelta(days=7))[name]
        assert (week.used, week.paused, week.waiting_for) == (item.used, "waiting", on)
        assert week.due == (item.due if item.overdue else None)
        assert project.send(EndWaiting(element=name, by=by, at=at + timedelta(days=7))).accepted
        assert items(project, at + timedelta(days=7))[name].used == item.used
        return


# -- days ------------------------------------------------------------------------------------------------------------

ZONES = ("UTC", "Asia/Shanghai", "America/St_Johns", "America/Havana", "Pacific/Apia", "Asia/Manila", "Africa/Cairo")
MOMENTS = st.datetimes(datetime(1844, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NEAR_SEAMS = st.sampled_from(
    [
        datetime(2006, 10, 29, 2, 31, tzinfo=UTC),  # St. John's puts its clock back at one past midnight
        datetime(2011, 12, 30, 10, tzinfo=UTC),  # Samoa leaves out a day
        datetime(1844, 12, 31, 15, tzinfo=UTC),  # so did the Philippines
        datetime(2023, 4, 27, 22, tzinfo=UTC),  # Cairo's clock goes forward at midnight
    ]
).flatmap(lambda t: st.integers(-2000, 2000).map(lambda n: t + n * MINUTE))


@law(100)
@given(MOMENTS | NEAR_SEAMS, st.timedeltas(timedelta(0), timedelta(days=3)), st.sampled_from(ZONES))
def test_days_never_go_back_and_are_over_when_they_end(at: datetime, gap: timedelta, zone: str) -> None:
    assert day(at, zone) <= day(at + gap, zone)
    assert begins(day(at, zone), zone) <= at < ends(day(at, zone), zone)


@law(100)
@example(datetime(2006, 10, 29, 2, 31, tzinfo=UTC), "America/St_Johns")
@given(MOMENTS | NEAR_SEAMS, st.sampled_from(ZONES))
def test_a_day_is_the_latest_date_that_the_wall_has_shown(at: datetime, zone: str) -> None:
    assert day(at, zone) == naive_day(at, zone)


# -- working time in stretches -----------------------------------------------------------------------------------------


@st.composite
def stretches(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    at, found = datetime(2026, 3, 6, 7, tzinfo=UTC), []
    for _ in range(draw(st.integers(0, 4))):
        start = at + draw(st.integers(0, 1500)) * MINUTE
        at = start + draw(st.integers(0, 1500)) * MINUTE
        found.append((start, at))
    return found


def each_minute(spans: list[tuple[datetime, datetime]]) -> Iterator[datetime]:
    for start, end in spans:
        while start < end:
            yield start
            start += MINUTE


@law(30)
@given(stretches(), st.sampled_from(["weekdays", "CN", "always", ""]), st.integers(1, 900))
def test_working_time_in_stretches_is_counted_to_the_minute(
    spans: list[tuple[datetime, datetime]], name: str, wanted: int
) -> None:
    calendar = resolve_calendar(Process(id="p"), name) if name else None
    worked = [m for m in each_minute(spans) if calendar is None or works(calendar, m)]
    assert used_minutes(calendar, spans) == len(worked)
    moment = moment_used(calendar, spans, wanted)
    assert moment == (worked[wanted - 1] + MINUTE if wanted <= len(worked) else None)
    if spans and moment is None:
        now = spans[-1][1]
        left = moment_left(calendar, spans, wanted, now)
        assert used_minutes(calendar, [*spans, (now, left)]) == wanted
        assert used_minutes(calendar, [*spans, (now, left - MINUTE)]) == wanted - 1


@law(30)
@given(stretches(), st.lists(st.integers(1, 59_999_999), max_size=8))
def test_parts_of_a_minute_are_not_lost(spans: list[tuple[datetime, datetime]], cuts: list[int]) -> None:
    calendar = resolve_calendar(Process(id="p"))
    for start, end in spans:
        moments = sorted({start, end, *(min(start + timedelta(microseconds=17 * c), end) for c in cuts)})
        parts = list(pairwise(moments))
        assert used_minutes(calendar, parts) == used_minutes(calendar, [(start, end)])
