"""Where time went, as laws: minute by minute the same, additive over cuts, unmoved by whole weeks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.conditions import Truth
from ltcflow.process import Process, calendar_of, resolve_calendar
from ltcflow.projects import events as e
from ltcflow.stages import Activity, Gate, Verdict
from ltcflow.steering.lagged import LagReport
from ltcflow.testing import Watched, processes, starts
from ltcflow.testing.declarations import SHIFTS
from ltcflow.testing.picture import Picture
from ltcflow.testing.playing import good_facts, step
from ltcflow.testing.told import Told
from ltcflow.testing.told import day as naive_day
from ltcflow.testing.wishes import Wishes
from ltcflow.worktime import Calendar, minutes_between

MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
STEPS = (0, 1, 1, 7, 45, 200, 900)
KINDS = ("vote", "vote", "start", "start", "finish", "wait", "wait", "facts", "meet", "early", "hold", "delegate")
WAYS = ("waiting", "working", "outside", "held")
Counted = Counter[tuple[str, int, str]]


def law(count: int) -> settings:
    slow = [
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ]
    examples = max(1, count * settings.default.max_examples // 100)
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


BID = b.process(
    "bid",
    calendar="shifts",
    calendars=[SHIFTS],
    roles={"seller": "销售", "legal": "法务", "board": "决策团队", "customer": b.role("customer", external=True)},
    facts={"margin": b.percent()},
    stages=[
        b.stage(
            "offer",
            order="parallel",
            activities=[
                b.activity("draft", raci={"R": "seller"}),
                b.activity("check", raci={"R": "legal"}, after=["draft"], calendar="CN"),
            ],
            gates=[
                b.gate(
                    "atb",
                    decided_by={"roles": ["board"], "rule": {"quorum": 1, "veto": ["legal"]}},
                    criteria=[b.fact("margin >= 0.15", owner="seller")],
                    recycle_to="draft",
                )
            ],
        ),
        b.stage("contract", activities=[b.activity("sign", raci={"R": "seller"})]),
    ],
)


@st.composite
def lives(draw: st.DrawFn, most: int = 20) -> Watched:
    """Projects in which time passes between what they offer, waits, rests, ways back and dates of conditions."""
    project = Watched(draw(processes(stages=3, activities=3) | st.just(BID)))
    project.send(draw(starts(project.process)))
    facts = good_facts(project.process)
    for _ in range(most):
        if draw(st.integers(0, 31)) == 17:
            break
        state = project.state
        if state.standing is p.Standing.RUNNING and draw(st.booleans()):
            step(project, facts, lambda found: found[draw(st.integers(0, len(found) - 1))])
            continue
        kind = draw(st.sampled_from([*KINDS, *["unwait"] * 4 * len(state.waiting)]))
        kind = {"running": kind, "held": "resume"}.get(state.standing.value, "reopen")
        at = (state.at if project.log else MONDAY) + draw(st.sampled_from(STEPS)) * MINUTE
        project.send(attrs.evolve(draw(Wishes(project.process, state, 60).of(kind)), at=at))
    return project


@lru_cache(maxsize=200_000)
def works(calendar: Calendar, minute: datetime) -> bool:
    """Say whether the wall clock of the calendar shows a worked minute."""
    wall = minute.astimezone(ZoneInfo(calendar.time_zone))
    of_day, today = wall.hour * 60 + wall.minute, wall.date()
    yesterday = calendar.shifts_on(today - timedelta(days=1))
    night = any(a <= of_day + 1440 < b for a, b in yesterday)
    return night or any(a <= of_day < b for a, b in calendar.shifts_on(today))


def steps_of(process: Process) -> list[Activity | Gate]:
    return [x for x in (*process.activities(), *process.gates()) if not getattr(x, "spans", False)]


def way(now: Picture, element: Activity | Gate) -> str:
    """Return how the time of *element* runs, read naively; "" where it does not."""
    told, i = now.told, now.told.net.index[element.id]
    if told.standing not in ("running", "held"):
        return ""
    if isinstance(element, Gate):
        is_open, begun = now.open(element), bool(spoken(told, element))
    else:
        work = told.work.get(element.id)
        begun = work is not None
        is_open = told.applies(i) is Truth.TRUE and (
            not work.done
            if work is not None
            else (now.may_begin(i) or element.id in told.early) and not told.left_out(i)
        )
    if not is_open:
        return ""
    if told.standing == "held":
        return "held"
    return "outside" if element.id in told.waiting else "working" if begun else "waiting"


def spoken(told: Told, gate: Gate) -> list[e.VoteCast]:
    """The votes on *gate* that count: of people who speak for the role they voted in."""
    state = told.gate(gate.id)
    if state.verdict is not None:  # decided and overdue: another round
        return []
    voters = told.voters(gate)
    return [vote for vote in state.votes if vote.role in voters.get(vote.by, ())]


def simulated(project: Watched, until: datetime) -> Counted:
    """Return the working minutes of each (element, round, way), by going through every minute."""
    process, told = project.process, Told(project.process, project.judges)
    steps = steps_of(process)
    calendars = {x.id: resolve_calendar(process, calendar_of(process, x)) for x in steps}
    rounds, used, seen = dict.fromkeys(calendars, 1), Counted(), set[tuple[str, int]]()
    for event, after in zip(project.log, [*project.log[1:], None], strict=True):
        told.tell(event)
        told.remember(Picture.of(told, event.at))
        ended = {event.activity} if isinstance(event, e.ActivityFinished) else set()
        if isinstance(event, e.GateDecided):
            ended = {event.gate} | (told.behind(event.gate) if event.verdict is Verdict.RECYCLE else set())
        ended_now = ended & rounds.keys()
        own = {getattr(event, "activity", ""), getattr(event, "gate", "")}
        happens = isinstance(event, e.ActivityFinished | e.GateDecided)
        rounds |= {x: rounds[x] + 1 for x in ended_now if (x, rounds[x]) in seen or (happens and x in own)}
        if isinstance(event, e.ActivityStarted | e.VoteCast):
            seen |= {(x, rounds[x]) for x in own & rounds.keys()}
        minute, end, today = event.at.astimezone(UTC), after.at.astimezone(UTC) if after else until, date.min
        ways: dict[str, str] = {}
        while minute < end:
            if naive_day(minute, told.zone) != today:
                today, now = naive_day(minute, told.zone), Picture.of(told, minute)
                ways = {x.id: found for x in steps if (found := way(now, x))}
                seen |= {(name, rounds[name]) for name in ways}
            used.update((x, rounds[x], how) for x, how in ways.items() if works(calendars[x], minute))
            minute += MINUTE
    return used


def counted(report: LagReport) -> Counted:
    found = Counted()
    for item in report.elements:
        for how in WAYS:
            found[item.element, item.round, how] += getattr(item, how).minutes
    return +found


def asked(project: Watched, at: datetime, since: datetime | None = None) -> LagReport:
    return ltc.lag(project.process, project.log, at=at, since=since)


@law(16)
@given(lives(), st.sampled_from([1, 61, 1500]))
def test_the_minutes_are_those_of_a_simulation(project: Watched, more: int) -> None:
    until = project.state.at.astimezone(UTC) + more * MINUTE
    assert counted(asked(project, until)) == simulated(project, until)


@law(16)
@given(lives(), st.floats(0, 1))
def test_any_cut_in_time_adds_up(project: Watched, share: float) -> None:
    start, until = project.log[0].at, project.state.at + timedelta(days=2)
    cut = start + share * (until - start)
    whole, before, after = asked(project, until), asked(project, cut), asked(project, until, cut)
    assert counted(whole) == counted(before) + counted(after)
    for field in ("roles", "people"):
        sums = [Counter({(x.name, how): getattr(x, how).minutes for x in getattr(r, field) for how in (*WAYS, "votes")})
                for r in (whole, before, after)]  # fmt: skip
        assert +sums[0] == +(sums[1] + sums[2])
    waits = [Counter({(x.role, x.on): x.time.minutes for x in r.waits}) for r in (whole, before, after)]
    assert +waits[0] == +(waits[1] + waits[2])
    assert asked(project, cut).waits == ltc.lag(project.process, [x for x in project.log if x.at <= cut], at=cut).waits


def shifted(event: e.AnyEvent, by: timedelta) -> e.AnyEvent:
    """The same event *by* later, and with it the dates and clocks it carries."""
    changes: dict[str, object] = {"at": event.at + by, "clocks": tuple((n, m + by, r) for n, m, r in event.clocks)}
    if isinstance(event, e.EarlyStartApproved | e.ConditionRedated):
        changes["due"] = event.due + by
    if isinstance(event, e.GateDecided):
        changes["conditions"] = tuple(
            (n, attrs.evolve(promise, due=promise.due + by)) for n, promise in event.conditions
        )
    return attrs.evolve(event, **changes)


@law(12)
@given(lives(), st.integers(1, 3))
def test_whole_weeks_change_nothing(project: Watched, weeks: int) -> None:
    def plain(process: Process) -> Process:
        stages = [attrs.evolve(s, activities=[attrs.evolve(a, calendar="") for a in s.activities])
                  for s in process.stages]  # fmt: skip
        roles = [attrs.evolve(role, calendar="") for role in process.roles]
        return attrs.evolve(process, calendar="weekdays", stages=stages, roles=roles)

    by, process, until = timedelta(weeks=weeks), plain(project.process), project.state.at + timedelta(days=2)
    log = [attrs.evolve(x, time_zone="UTC") if isinstance(x, e.ProjectStarted) else x for x in project.log]
    later = [shifted(event, by) for event in log]
    one, other = ltc.lag(process, log, at=until), ltc.lag(process, later, at=until + by)
    assert counted(one) == counted(other)
    assert (one.roles, one.people, one.waits) == (other.roles, other.people, other.waits)
    assert [vote.time for vote in one.votes] == [vote.time for vote in other.votes]


@law(16)
@given(lives())
def test_waiting_and_working_fit_between_being_allowed_and_ending(project: Watched) -> None:
    until, process = project.state.at + timedelta(days=1), project.process
    report = asked(project, until)
    for item in report.elements:
        element = process.element(item.element)
        assert isinstance(element, Activity | Gate)
        days = resolve_calendar(process, calendar_of(process, element))
        origin, ends = project.log[0].at, item.ended or until
        there, here = (minutes_between(days, origin, moment) for moment in (item.allowed, ends))
        assert 0 <= sum(getattr(item, how).minutes for how in WAYS) <= here - there
        assert item.allowed <= (item.begun or ends) <= ends
    limits = {
        x.id: x for x in project.process.activities() if x.time_limit and not x.time_limit.elapsed and not x.spans
    }
    for due in p.due(process, project.state, until):
        if due.id in limits and due.kind == "activity":  # what a time limit counts is the lead time of the last round
            assert due.used == report.of(due.id)[-1].lead_time


# -- who waits for whom ----------------------------------------------------------------------------------------------


@st.composite
def networks(draw: st.DrawFn) -> tuple[Process, dict[str, list[str]], list[e.AnyEvent]]:
    """One stage of activities with any waits, each with one role, worked off in any order with time between."""
    names = [f"a{i}" for i in range(draw(st.integers(2, 6)))]
    after = {name: draw(st.lists(st.sampled_from(names[:i]), unique=True, max_size=2)) if i else []
             for i, name in enumerate(names)}  # fmt: skip
    roles = {name: draw(st.sampled_from(["seller", "legal", "finance"])) for name in names}
    steps = [b.activity(name, after=after[name], raci={"R": roles[name]}) for name in names]
    titles = {"seller": "销售", "legal": "法务", "finance": "财务"}
    process = b.process("net", calendar="weekdays", roles=titles, stages=[b.stage("do", activities=steps)])
    at, log = MONDAY, list(p.decide(process, p.NOTHING, p.StartProject(project="x", by="li.wei", at=MONDAY)).events)  # type: ignore[union-attr]
    for _ in range(draw(st.integers(0, 2 * len(names)))):
        at += draw(st.sampled_from([0, 1, 30, 300, 1000, 4000])) * MINUTE
        name, make = draw(st.sampled_from(names)), draw(st.sampled_from([p.StartActivity, p.FinishActivity]))
        answer = p.decide(process, p.replay(log), make(activity=name, by="li.wei", at=at))
        log += answer.events if answer.accepted else ()
    return process, after, log


@law(25)
@given(networks())
def test_roles_wait_for_the_roles_of_what_comes_next_before_them(
    drawn: tuple[Process, dict[str, list[str]], list[e.AnyEvent]],
) -> None:
    process, after, log = drawn
    roles = {a.id: a.raci.responsible[0] for a in process.activities()}
    done = {x.activity: x.at for x in log if isinstance(x, e.ActivityFinished)}
    until, never = log[-1].at + timedelta(days=1), datetime.max.replace(tzinfo=UTC)
    days, expected, now = resolve_calendar(process), Counter[tuple[str, str]](), set[tuple[str, str]]()
    moments = sorted({MONDAY, until, *done.values()})
    for start, end in zip(moments, [*moments[1:], until], strict=True):
        left = {name for name in after if done.get(name, never) > start}
        free = {name for name in left if not left & {*after[name]}}
        now = {(roles[x], roles[y]) for x in left for y in free & {*after[x]} if roles[x] != roles[y]}
        for pair in now:
            expected[pair] += minutes_between(days, MONDAY, end) - minutes_between(days, MONDAY, start)
    report = ltc.lag(process, log, at=until)
    assert Counter({(w.role, w.on): w.time.minutes for w in report.waits if w.time.minutes}) == +expected
    assert {(w.role, w.on) for w in report.waiting_now} == now
    sums = [sum(getattr(x, how).minutes for x in report.roles) for how in WAYS]
    assert sums == [sum(getattr(x, how).minutes for x in report.elements) for how in WAYS]


# -- a story ---------------------------------------------------------------------------------------------------------


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def told() -> LagReport:
    """A draft that starts a day late and waits for the customer; a gate that waits for a margin and a veto role."""
    offer = attrs.evolve(BID.stages[0], activities=[attrs.evolve(a, calendar="") for a in BID.stages[0].activities])
    bid = attrs.evolve(BID, calendar="weekdays", calendars=(), stages=(offer, *BID.stages[1:]))
    team = {"seller": "sam", "legal": "lee", "board": "bea", "customer": "cho"}
    with ltc.Workspace.open("memory:") as ws:
        assert ws.start(bid, project="acme", team=team, by="sam", at=at(2)).accepted
        for answer in (
            ws.begin("acme", "draft", by="sam", at=at(3)),
            ws.wait("acme", "draft", by="sam", on="customer", reason="no answer", at=at(4)),
            ws.unwait("acme", "draft", by="sam", at=at(6)),
            ws.finish("acme", "draft", by="sam", at=at(9)),
            ws.finish("acme", "check", by="lee", at=at(10)),
            ws.record("acme", by="sam", facts={"margin": "20%"}, at=at(11)),
            ws.vote("acme", "atb", by="bea", verdict="go", at=at(12)),
        ):
            assert answer.accepted, answer
        return ws.lag("acme", at=at(13))


def test_a_story_of_waiting(told: LagReport) -> None:
    (draft,), (check,), (atb,) = told.of("draft"), told.of("check"), told.of("atb")
    assert [str(draft.waiting), str(draft.working), str(draft.outside)] == ["1d", "2d", "2d"]
    assert (draft.begun, draft.ended, draft.outcome) == (at(3), at(9), "finished")
    assert str(check.waiting) == "1d"
    assert [str(atb.waiting), str(atb.working), atb.outcome] == ["2d", "1d", ""]
    votes = {vote.person: (str(vote.time), vote.verdict) for vote in told.votes}
    assert votes == {"bea": ("1d", Verdict.GO), "lee": ("2d", None)}
    waits = {(wait.role, wait.on): (str(wait.time), wait.over[0][0]) for wait in told.waits}
    assert waits["seller", "customer"] == ("2d", "draft")
    assert waits["board", "seller"] == ("1d", "margin")
    assert waits["legal", "customer"] == ("2d", "draft")
    assert [(wait.role, wait.on, wait.now) for wait in told.waiting_now] == [
        ("board", "legal", ("atb",)),
        ("seller", "legal", ("atb",)),
    ]
    people = {person.name: person for person in told.people}
    assert (str(people["lee"].votes), str(people["cho"].outside)) == ("2d", "2d")


def test_a_gate_whose_condition_is_overdue_waits_again_from_that_midnight() -> None:
    gates = [b.gate("first", decided_by="boss", after=[]), b.gate("last", decided_by="boss", after=["first"])]
    process = b.process("two", calendar="always", roles={"boss": "总监"}, stages=[b.stage("decide", gates=gates)])
    with ltc.Workspace.open("memory:") as ws:
        ws.start(process, project="acme", team={"boss": "bea"}, by="bea", at=at(2))
        promise = {"text": "bond", "owner": "boss", "due": date(2026, 3, 3)}
        vote = ws.vote("acme", "first", by="bea", verdict="conditional", conditions=[promise], at=at(2, 10))
        assert vote.accepted, vote
        report = ws.lag("acme", at=at(4, 3))
    first = [(item.round, item.lead_time.minutes, item.outcome) for item in report.of("first")]
    assert first == [(1, 60, "conditional"), (2, 180, "")]


@pytest.mark.parametrize(
    "event",
    [
        e.ActivityStarted(by="bea", at=MONDAY, activity="nowhere"),
        e.ActivityFinished(by="bea", at=MONDAY, activity="nowhere"),
        e.VoteCast(by="bea", at=MONDAY, gate="nowhere", role="boss", verdict=Verdict.GO),
        e.GateDecided(by="bea", at=MONDAY, gate="nowhere", verdict=Verdict.GO),
        e.WaitingStarted(by="bea", at=MONDAY, element="nowhere", on="bank", reason="no answer"),
        e.GateDecided(by="bea", at=MONDAY, gate="atb", verdict=Verdict.RECYCLE, reopened=("nowhere",)),
        e.NoteAdded(by="bea", at=MONDAY, text="", clocks=(("nowhere", MONDAY, True),)),
    ],
)
def test_an_event_about_what_the_process_does_not_have_tells_nothing(event: p.AnyEvent) -> None:
    """A record that was tampered with must not take the report down; `verify` names it."""
    stage = b.stage("s", activities=[b.activity("draft")], gates=[b.gate("atb", decided_by="boss")])
    process = b.process("bid", roles={"boss": "总监"}, stages=[stage])
    begin = p.StartProject(project="acme", by="bea", at=MONDAY, team={"boss": "bea"})
    log = p.decide(process, p.NOTHING, begin).events
    later = MONDAY + timedelta(days=3)
    assert ltc.lag(process, (*log, event), at=later) == ltc.lag(process, log, at=later)
