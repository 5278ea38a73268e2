"""Levelled plans with constraints, deadlines, calendars of roles and work in progress, against independent counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process
from ltcflow.schedule import ImpossibleConstraints, forecast, plan
from ltcflow.schedule.constraint import as_constraints
from ltcflow.schedule.levelling import ImpossibleWithPeople, LevelledPlan, level
from ltcflow.solvers import MissingExtra, OrTools
from ltcflow.solvers.exact import cp_model
from ltcflow.worktime import Calendar, calendar, is_working, minutes_between

LAWS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
ROLES = {"sales": "Sales", "legal": "Legal"}
PEOPLE = ["li.wei", "zhang.min", "chen.jie"]
START = "2026-03-02"  # a Monday
WEEKDAYS = calendar("weekdays")
NIGHTS = Calendar(id="nights", time_zone="UTC", hours={"mon-sat": "20:00-24:00"})
MORNINGS = Calendar(id="mornings", time_zone="UTC", hours={"tue-sun": "06:00-12:00"})
MINUTE = timedelta(minutes=1)


@st.composite
def small(draw: st.DrawFn) -> Process:
    """Draw a process of two to five short activities, each for one or two roles, with some links."""
    ids: list[str] = []
    steps = []
    for number in range(draw(st.integers(2, 5))):
        sources = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)) if ids else []
        kind = st.sampled_from(["FS", "FS", "SS", "FF"])
        lag = st.sampled_from(["0d", "0d", "3h", "-1h", "5eh"])
        steps.append(
            b.activity(
                f"a{number}",
                duration=draw(st.sampled_from(["0d", "2h", "5h", "1d", "7eh"])),
                raci={"R": draw(st.lists(st.sampled_from(sorted(ROLES)), min_size=1, max_size=2, unique=True))},
                after=[b.after(i, draw(kind), draw(lag)) for i in sources],
            )
        )
        ids.append(f"a{number}")
    return b.process("drawn", roles=ROLES, stages=[b.stage("s", order="parallel", activities=steps)])


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw constraints, deadlines, calendars of roles and progress, each sometimes."""
    options: dict[str, Any] = {}
    some = st.sets(st.sampled_from(["a0", "a1"]), max_size=2)
    if draw(st.booleans()):
        kinds = st.sampled_from(
            ["start_no_earlier 2026-03-03T11:00", "finish_no_earlier 2026-03-04", "as_late_as_possible"]
        )
        options["constraints"] = {name: draw(kinds) for name in sorted(draw(some))}
    if draw(st.booleans()):
        dates = st.sampled_from(["2026-03-02", "2026-03-03T12:00", "2026-03-08"])
        options["deadlines"] = {name: draw(dates) for name in sorted(draw(some))}
    if draw(st.booleans()):
        options["calendars"] = {"legal": draw(st.sampled_from([NIGHTS, MORNINGS]))}
    if draw(st.booleans()):
        options["data_date"] = "2026-03-03T10:00"
        begun = draw(st.sampled_from([datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 2, 26, 10, tzinfo=UTC)]))
        options["started"] = dict.fromkeys(sorted(draw(some)), begun)
        if draw(st.booleans()) and options["started"]:
            done = draw(st.sampled_from(sorted(options["started"])))
            options["finished"] = {done: datetime(2026, 3, 3, 9, 30, tzinfo=UTC)}
    return options


def limits(draw: Any) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"capacities": {"sales": draw(st.integers(1, 2)), "legal": 1}}
    return {"experts": {"sales": draw(st.permutations(PEOPLE))[:2], "legal": draw(st.permutations(PEOPLE))[:2]}}


def unlimited(process: Process, options: dict[str, Any]) -> Any:
    """Return the plan or forecast without limits."""
    if "data_date" in options:
        return forecast(process, start=START, **{"finished": {}, **options})
    return plan(process, start=START, **options)


def quick(process: Process, **options: Any) -> LevelledPlan:
    levelled = level(process, start=START, schedules=40, **options)
    note(sketch(levelled))
    return levelled


def sketch(levelled: LevelledPlan) -> str:
    """Return a plan in few words, for a failing law."""
    return "\n".join(
        f"{r.id} {r.start:%d %H:%M} {r.finish:%d %H:%M} {r.duration} {r.roles} {r.people} {r.started} {r.done} {r.wait}"
        for r in levelled.values()
    )


def minutes(since: datetime, until: datetime) -> range:
    zero = datetime(2026, 3, 1, tzinfo=UTC)
    return range((since - zero) // MINUTE, (until - zero) // MINUTE)


@given(small(), wishes(), st.data())
@LAWS
def test_no_minute_needs_more_people_than_there_are(process: Process, options: dict[str, Any], data: Any) -> None:
    given_limits = limits(data.draw)
    levelled = quick(process, **options, **given_limits)
    roles: dict[tuple[int, str], int] = {}
    people: set[tuple[int, str]] = set()
    numbers = {r: len(p) for r, p in given_limits.get("experts", {}).items()} | given_limits.get("capacities", {})
    for row in levelled.values():
        if row.done or row.kind != "activity":
            assert not row.done or row.roles == ()
            continue
        today = datetime(2026, 3, 3, 10, tzinfo=UTC)
        assert row.works_from == row.start or (row.started and row.works_from >= today)
        for minute in minutes(row.works_from, row.finish):
            for role in row.roles:
                roles[minute, role] = roles.get((minute, role), 0) + 1
                assert roles[minute, role] <= numbers[role]
            for _, person in row.people:
                assert (minute, person) not in people, f"{person} in two places"
                people.add((minute, person))
        assert set(row.roles) == (set(process.activity(row.id).raci.responsible) if row.duration.minutes else set())


@given(small(), wishes(), st.data())
@LAWS
def test_the_bound_is_none_that_the_plan_beats(process: Process, options: dict[str, Any], data: Any) -> None:
    levelled = quick(process, **options, **limits(data.draw))
    assert 0 <= levelled.unlimited.duration.minutes <= levelled.bound.minutes <= levelled.duration.minutes
    assert levelled.proved == (levelled.gap == 0.0)


def test_work_from_before_the_start_does_not_spoil_the_bound() -> None:
    work = [datetime(2026, 2, 24, 9, tzinfo=UTC), datetime(2026, 3, 2, 18, tzinfo=UTC)]
    options = {"data_date": "2026-03-03", "started": {"a0": work[0]}, "finished": {"a0": work[1]}}
    levelled = level(one_after_the_other([5, 1, 1]), start=START, capacities={"legal": 1}, **options)
    assert (str(levelled.duration), str(levelled.bound), levelled.proved) == ("3d", "3d", True)


@given(small(), wishes())
@LAWS
def test_with_people_enough_it_is_the_plan(process: Process, options: dict[str, Any]) -> None:
    free = unlimited(process, options)
    for many in (
        {"capacities": dict.fromkeys(ROLES, 9)},
        {"experts": {"sales": list("abcde"), "legal": list("fghij")}},
    ):
        levelled = quick(process, **options, **many)
        assert levelled.unlimited == free
        for row in free.rows:
            here = levelled[row.id]
            assert (row.id, here.start, here.finish) == (row.id, row.early_start, row.early_finish)
            assert here.wait is None
        assert (levelled.finish, levelled.duration, levelled.waiting) == (free.finish, free.duration, ())
        assert levelled.findings == free.findings or any(f.code == "LTC463" for f in levelled.findings)


@given(small(), wishes(), st.data())
@LAWS
def test_links_constraints_and_calendars_are_kept(process: Process, options: dict[str, Any], data: Any) -> None:
    levelled = quick(process, **options, **limits(data.draw))
    again = levelled.dated
    own = options.get("calendars", {}).get("legal")
    for activity in process.activities():
        row = levelled[activity.id]
        assert (row.start, row.finish) == (again[row.id].early_start, again[row.id].early_finish)
        if "as_late_as_possible" not in options.get("constraints", {}).values():
            assert row.start >= levelled.unlimited[row.id].early_start
            assert row.finish >= levelled.unlimited[row.id].early_finish
        if row.started:
            continue
        for link in activity.after or ():
            other = levelled[link.on]
            first = other.finish if link.type.value in ("FS", "FF") else other.start
            second = row.finish if link.type.value in ("FF", "SF") else row.start
            if link.lag.minutes >= 0 and not link.lag.elapsed and "data_date" not in options:
                assert second >= first or (own is None and minutes_between(WEEKDAYS, second, first) == 0)
            if link.lag.elapsed and other.duration.minutes:
                assert (
                    second - first >= timedelta(minutes=link.lag.minutes)
                    or minutes_between(WEEKDAYS, first + timedelta(minutes=link.lag.minutes), second) >= 0
                )
        days = own if own and "legal" in activity.raci.responsible else WEEKDAYS
        if row.duration.minutes:
            assert is_working(days, row.start)
            if not row.duration.elapsed:
                assert minutes_between(days, row.start, row.finish) == row.duration.minutes
        for constraint in as_constraints(options.get("constraints", {}).get(row.id, ())):
            if constraint.kind.holds_back and row.duration.minutes:
                event = row.finish if constraint.kind.at_finish else row.start
                assert minutes_between(days, event, constraint.moment(WEEKDAYS)) <= 0


@given(small(), wishes(), st.data())
@LAWS
def test_lateness_is_that_of_the_dates_and_a_finding_when_missed(
    process: Process, options: dict[str, Any], data: Any
) -> None:
    levelled = quick(process, **options, **limits(data.draw))
    assert [one.element for one in levelled.deadlines] == sorted(options.get("deadlines", {}))
    for one in levelled.deadlines:
        assert one.finish == levelled[one.element].finish
        assert one.late.minutes == max(0, minutes_between(WEEKDAYS, one.deadline, one.finish))
        free = levelled.unlimited[one.element].early_finish
        assert one.without_limits.minutes == max(0, minutes_between(WEEKDAYS, one.deadline, free))
        assert one.kept == (one.finish <= one.deadline)
    missed = {f.witness[0] for f in levelled.findings if f.code == "LTC408"}
    assert missed == {one.element for one in levelled.deadlines if not one.kept}


def one_after_the_other(lengths: list[int]) -> Process:
    steps = [b.activity(f"a{i}", duration=f"{d}d", raci={"R": "legal"}) for i, d in enumerate(lengths)]
    return b.process("row", roles=ROLES, stages=[b.stage("s", order="parallel", activities=steps)])


def day(number: int) -> str:
    """Return the working day *number*, 1 for the first."""
    weeks, rest = divmod(number - 1, 5)
    return (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=7 * weeks + rest)).date().isoformat()


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 12)), min_size=1, max_size=6))
@example([(1, 1), (1, 2), (1, 4), (2, 6), (1, 3)])
@LAWS
def test_one_person_keeps_all_dates_exactly_when_the_earliest_first_does(jobs: list[tuple[int, int]]) -> None:
    """Jackson's rule (1955) is the oracle: for one person the order by dates is never more late than any other."""
    jobs = [(length, max(length, until)) for length, until in jobs]
    process = one_after_the_other([length for length, _ in jobs])
    in_order = sorted(jobs, key=lambda job: job[1])
    ends = accumulate(length for length, _ in in_order)
    possible = all(end <= until for end, (_, until) in zip(ends, in_order, strict=True))
    dates = {f"a{i}": day(until) for i, (_, until) in enumerate(jobs)}
    soft = quick(process, capacities={"legal": 1}, deadlines=dates)
    assert all(one.kept for one in soft.deadlines) == possible
    assert all(str(one.without_limits) == "0d" for one in soft.deadlines)
    assert soft.duration.minutes == 480 * sum(length for length, _ in jobs)
    hard = {name: f"finish_no_later {at}" for name, at in dates.items()}
    if possible:
        levelled = quick(process, capacities={"legal": 1}, constraints=hard)
        assert all(levelled[f"a{i}"].finish.date().isoformat() <= day(until) for i, (_, until) in enumerate(jobs))
    else:
        with pytest.raises(ImpossibleWithPeople) as caught:
            quick(process, capacities={"legal": 1}, constraints=hard)
        assert caught.value.roles == ("legal",)
        assert set(caught.value.constraints) <= {f"{name}: {text}" for name, text in hard.items()}
        assert caught.value.tried > 1


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.sets(st.integers(0, 3), max_size=2)), max_size=5),
    st.integers(1, 2),
)
@LAWS
def test_tiny_cases_are_optimal(jobs: list[tuple[int, int, set[int]]], many: int) -> None:
    """Every order of tiny cases is tried on a table of days: no other code of the package is asked."""
    steps, before = [], {}
    for i, (length, roles, sources) in enumerate(jobs):
        before[i] = sorted(j for j in sources if j < i)
        raci = {"R": ["legal", "sales"][:roles]}
        steps.append(b.activity(f"a{i}", duration=f"{length}d", raci=raci, after=[f"a{j}" for j in before[i]]))
    process = b.process("tiny", roles=ROLES, stages=[b.stage("s", order="parallel", activities=steps)])
    assert level(process, start=START, capacities={"legal": many, "sales": 1}).duration.minutes == 480 * min(
        (simulated(order, jobs, before, many) for order in permutations(range(len(jobs)))), default=0
    )


def simulated(order: Any, jobs: Any, before: dict[int, list[int]], many: int) -> int:
    """Return the day on which all is done when the activities get their people in this order; 999 where they cannot."""
    ends: dict[int, int] = {}
    table: dict[tuple[int, str], int] = {}
    for i in order:
        if any(j not in ends for j in before[i]):
            return 999
        at = max([0, *(ends[j] for j in before[i])])
        length, roles, _ = jobs[i]
        free = {"legal": many, "sales": 1}
        names = ["legal", "sales"][:roles]
        while any(table.get((t, r), 0) >= free[r] for t in range(at, at + length) for r in names):
            at += 1
        for t in range(at, at + length):
            for r in names:
                table[t, r] = table.get((t, r), 0) + 1
        ends[i] = at + length
    return max(ends.values(), default=0)


@given(small(), st.data())
@LAWS
def test_open_work_keeps_its_people(process: Process, data: Any) -> None:
    """What has begun and waits for nothing else goes on as if there were nobody else, as long as people suffice."""
    begun = [a for a in process.activities() if not a.after and a.raci.responsible]
    assume(begun)
    one = data.draw(st.sampled_from(begun))
    options = {"data_date": "2026-03-03T10:00", "started": {one.id: datetime(2026, 3, 3, 9, tzinfo=UTC)}}
    who = dict(zip(one.raci.responsible, PEOPLE, strict=False))
    experts = {"sales": PEOPLE, "legal": PEOPLE}
    levelled = quick(process, **options, experts=experts, at_work={one.id: who})
    row = levelled[one.id]
    assert row.finish == forecast(process, start=START, finished={}, **options)[one.id].early_finish
    assert dict(row.people) == (who if row.duration.minutes else {})
    assert (row.wait, row.started) == (None, True)


@given(st.lists(st.sampled_from(["2h", "1d", "7eh"]), min_size=1, max_size=5), st.integers(1, 3), st.integers(1, 3))
@LAWS
def test_a_chain_is_the_plan_however_many_people_there_are(lengths: list[str], legal: int, sales: int) -> None:
    raci = {"R": ["legal", "sales"]}
    steps = [b.activity(f"a{i}", duration=d, raci=raci) for i, d in enumerate(lengths)]
    chain = b.process("chain", roles=ROLES, stages=[b.stage("s", activities=steps)])
    levelled = quick(chain, capacities={"legal": legal, "sales": sales})
    assert (levelled.finish, levelled.waiting) == (plan(chain, start=START).finish, ())


def test_more_open_work_than_people_pauses_the_younger_and_says_so() -> None:
    process = one_after_the_other([3, 3, 1])
    begun = {"a1": datetime(2026, 3, 2, 9, tzinfo=UTC), "a0": datetime(2026, 3, 2, 12, tzinfo=UTC)}
    levelled = level(process, start=START, capacities={"legal": 1}, data_date="2026-03-03", started=begun)
    assert levelled["a1"].finish.isoformat() == "2026-03-04T18:00:00+00:00"
    assert levelled["a0"].wait is not None
    assert (levelled["a0"].wait.held_by, levelled["a0"].start) == (("a1",), begun["a0"])
    assert levelled["a2"].start >= levelled["a0"].finish or levelled["a2"].finish > levelled["a1"].finish
    (finding,) = [f for f in levelled.findings if f.code == "LTC464"]
    assert "has begun, but pauses 2d: legal cannot do more than a1" in str(finding)
    assert "须暂停" in finding.problem_zh
    assert [f for f in level(process, start=START).findings if f.code == "LTC464"] == []


def test_one_person_at_work_on_two_things_does_one() -> None:
    begun = dict.fromkeys(("a0", "a1"), datetime(2026, 3, 2, 9, tzinfo=UTC))
    who = {name: {"legal": "li.wei"} for name in begun}
    options: dict[str, Any] = {"data_date": "2026-03-03", "started": begun, "at_work": who}
    levelled = level(one_after_the_other([3, 3]), start=START, experts={"legal": ["li.wei", "chen.jie"]}, **options)
    assert {levelled[name].people for name in begun} == {(("legal", "li.wei"),)}
    assert str(levelled.duration) == "5d"
    assert [f.witness for f in levelled.findings if f.code == "LTC464"] == [("a1", "a0")]


def test_what_began_out_of_sequence_goes_on_before_others_as_soon_as_it_can() -> None:
    steps = [
        b.activity("ask", duration="1d", raci={"R": "sales"}),
        b.activity("early", duration="3d", raci={"R": "legal"}),
        b.activity("other", duration="5d", raci={"R": "legal"}, after=[]),
    ]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=steps)])
    begun = {"early": datetime(2026, 3, 2, 9, tzinfo=UTC)}
    limits = {"legal": 1, "sales": 1}
    levelled = level(process, start=START, capacities=limits, data_date="2026-03-03", started=begun)
    assert (levelled["early"].wait, levelled["early"].works_from.date().isoformat()) == (None, "2026-03-04")
    assert levelled["other"].start.date().isoformat() == "2026-03-06"


def test_what_is_done_needs_nobody_even_where_nobody_is_left() -> None:
    process = one_after_the_other([2])
    done = {"a0": datetime(2026, 3, 3, 18, tzinfo=UTC)}
    levelled = level(process, start=START, capacities={"legal": 0}, data_date="2026-03-04", finished=done)
    assert (levelled["a0"].done, levelled["a0"].finish, levelled["a0"].roles) == (True, done["a0"], ())
    with pytest.raises(InvalidValue, match="leaves nobody for 'a0'"):
        level(process, start=START, capacities={"legal": 0})


def test_a_lawyer_works_nights_only() -> None:
    steps = [
        b.activity("clauses", duration="8h", raci={"R": "legal"}),
        b.activity("terms", duration="4h", raci={"R": "legal"}, after=[]),
        b.activity("price", duration="1d", raci={"R": "sales"}, after=[]),
        b.activity("sign", duration="1h", raci={"R": ["sales", "legal"]}),
    ]
    roles = [b.role("legal", "Legal", calendar="nights"), b.role("sales", "Sales", calendar="weekdays")]
    process = b.process("offer", roles=roles, stages=[b.stage("bid", activities=steps)])
    levelled = level(process, start=START, capacities={"legal": 1}, calendars={"nights": NIGHTS})
    assert [levelled[n].start.isoformat()[:16] for n in ("clauses", "terms")] == [
        "2026-03-02T20:00",
        "2026-03-04T20:00",
    ]
    assert levelled["terms"].wait is not None
    assert levelled["terms"].wait.held_by[0] == "clauses"
    assert levelled["price"].finish.isoformat()[:16] == "2026-03-02T18:00"
    (doubt,) = [f for f in levelled.findings if f.code == "LTC463"]
    assert doubt.witness == ("sign", "legal")
    assert "'weekdays', while it needs people who work on another: legal (nights)" in str(doubt)
    assert "其他日历" in doubt.problem_zh


def test_as_late_as_possible_waits_until_people_are_free() -> None:
    steps = [
        b.activity("long", duration="4d", raci={"R": "sales"}),
        b.activity("busy", duration="2d", raci={"R": "legal"}),
        b.activity("late", duration="1d", raci={"R": "legal"}),
    ]
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", order="parallel", activities=steps)])
    dates = {"busy": "must_start 2026-03-04", "late": "as_late_as_possible"}
    alone = level(process, start=START, capacities={"legal": 1}, constraints=dates)
    assert alone["late"].start.isoformat() == "2026-03-03T09:00:00+00:00"
    assert alone["late"].wait is None
    two = level(process, start=START, capacities={"legal": 2}, constraints=dates)
    assert two["late"].start.isoformat() == "2026-03-05T09:00:00+00:00"


def test_somebody_of_a_team_may_fill_two_roles_of_one_activity_where_there_are_no_others() -> None:
    step = b.activity("terms", duration="1d", raci={"R": ["sales", "legal"]})
    process = b.process("offer", roles=ROLES, stages=[b.stage("bid", activities=[step])])
    one = level(process, start=START, team={"sales": "li.wei", "legal": "li.wei"})
    assert one["terms"].people == (("sales", "li.wei"), ("legal", "li.wei"))
    two = level(process, start=START, team={"sales": ["li.wei", "zhang.min"], "legal": "li.wei"})
    assert two["terms"].people == (("sales", "zhang.min"), ("legal", "li.wei"))
    other = level(process, start=START, team={"sales": "li.wei", "legal": "li.wei"}, experts={"sales": "chen.jie"})
    assert other["terms"].people == (("sales", "chen.jie"), ("legal", "li.wei"))
    with pytest.raises(InvalidValue, match="needs 2 different people"):
        level(process, start=START, experts={"sales": "li.wei", "legal": "li.wei"})


def test_constraints_that_contradict_the_network_are_told_as_for_a_plan() -> None:
    with pytest.raises(ImpossibleConstraints, match="LTC407"):
        level(one_after_the_other([3]), start=START, constraints={"a0": "finish_no_later 2026-03-03"})


def test_the_exact_solver_says_what_it_cannot_express() -> None:
    process = one_after_the_other([3, 2])
    dates = {"a1": "must_start 2026-03-03"}
    levelled = level(process, start=START, capacities={"legal": 1}, constraints=dates, solver=OrTools(seconds=5))
    assert levelled["a1"].start.date().isoformat() == "2026-03-03"
    assert (str(levelled.duration), levelled.proved) == ("6d", False)
    try:
        cp_model()
    except MissingExtra:
        assert "is not installed" in levelled.note
    else:
        assert "dates to be kept" in levelled.note


WORK = {"a0": datetime(2026, 3, 2, 9, tzinfo=UTC)}
BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"started": WORK}, InvalidValue, "data_date"),
    ({"started": WORK, "data_date": "2026-02-25"}, InvalidValue, "lies after the data date"),
    ({"at_work": {"a0": {"legal": "li.wei"}}}, UnknownName, "has begun"),
    ({"started": WORK, "data_date": "2026-03-03", "at_work": {"a0": {"legal": "x"}}}, InvalidValue, "none of its exp"),
    ({"started": WORK, "data_date": "2026-03-03", "at_work": {"a0": {"sales": "x"}}}, InvalidValue, "not responsible"),
    ({"started": WORK, "data_date": "2026-03-03", "at_work": {"a0": "li.wei"}}, InvalidValue, "at_work"),
    ({"constraints": {"a9": "must_start 2026-03-03"}}, UnknownName, "Known: s, a0, a1"),
    ({"constraints": {"a0": "soon"}}, InvalidValue, "is no constraint"),
    ({"deadlines": {"a0": "someday"}}, InvalidValue, "deadlines[a0]"),
    ({"calendars": {"lawyer": NIGHTS}}, UnknownName, "lawyer"),
    ({"capacities": ["legal"]}, InvalidValue, "is no mapping"),
    ({"capacities": {"legal": float("nan")}}, InvalidValue, "is not a number of people"),
    ({"experts": {"legal": 3}}, InvalidValue, "names nobody"),
    ({"progress": "guess", "data_date": "2026-03-03"}, InvalidValue, "is no rule for progress"),
]


@pytest.mark.parametrize(("options", "error", "words"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_named_with_a_remedy(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        level(one_after_the_other([3, 2]), start=START, **{"experts": {"legal": ["li.wei"]}, **options})
    assert words in str(caught.value)
