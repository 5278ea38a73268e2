"""Constraints, deadlines, reverse planning, what-if: a linear programme, brute force, invariances."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ltcflow import builder as b
from ltcflow.errors import LtcflowError
from ltcflow.graph import network
from ltcflow.process import Process
from ltcflow.schedule import Constraint, ImpossibleConstraints, Plan, plan, plan_back
from ltcflow.schedule.constraint import as_constraints
from ltcflow.worktime import WorkDuration, add_minutes, calendar, minutes_between, next_working, parse_start

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = "2026-03-02"
WEEK = calendar("weekdays")
DAY_ONE = parse_start(START, WEEK)
DATED = ["start_no_earlier", "start_no_later", "finish_no_earlier", "finish_no_later", "must_start", "must_finish"]


@st.composite
def projects(draw: st.DrawFn, *, elapsed: bool = False) -> Process:
    """Draw up to seven activities that wait for each other in every way, two stages, a gate and a milestone."""
    count = draw(st.integers(1, 7))
    lags = ["0d", "0d", "1d", "-4h", *(["2ed", "-10eh"] if elapsed else [])]
    durations = ["0d", "1d", "3d", "5h", *(["2ed", "30eh"] if elapsed else [])]
    names = [f"a{i}" for i in range(count)]
    activities = []
    for i, name in enumerate(names):
        sources = draw(st.lists(st.sampled_from(names[:i]), max_size=2, unique=True)) if i else []
        after = [b.after(s, draw(st.sampled_from(["FS", "FS", "SS", "FF", "SF"])), draw(st.sampled_from(lags)))
                 for s in sources]  # fmt: skip
        activities.append(b.activity(name, duration=draw(st.sampled_from(durations)), after=after))
    cut = draw(st.integers(0, count))
    gates = [b.gate("g", lead_time="1d")] if draw(st.booleans()) else []
    stages = [b.stage("s", activities=activities[:cut], gates=gates), b.stage("t", activities=activities[cut:])]
    return b.process("drawn", stages=stages, milestones=[b.milestone("m", after=[draw(st.sampled_from(names))])])


def at(minute: int, *, end: bool = False) -> str:
    """Return the moment after *minute* minutes of work, where work begins or where it ends."""
    moment = add_minutes(WEEK, DAY_ONE, minute)
    return (moment if end else next_working(WEEK, moment)).isoformat()


@st.composite
def demands(draw: st.DrawFn, process: Process, most: int = 3) -> dict[str, list[Constraint]]:
    """Draw constraints within the first two weeks."""
    names = [e.id for e in process.elements() if e.id not in ("s", "t")] + ["s", "t"]
    asked: dict[str, list[Constraint]] = {}
    for name in draw(st.lists(st.sampled_from(names), max_size=most)):
        kind = draw(st.sampled_from(DATED))
        minute = draw(st.integers(0, 20)) * 240 + draw(st.sampled_from([0, 0, 7]))
        asked.setdefault(name, []).append(Constraint(kind, at(minute, end="finish" in kind)))
    return asked


def planned(process: Process, **options: Any) -> Plan:
    assume(network(process).acyclic)
    for a in process.activities():
        note(f"{a.id} {a.duration} after {[(d.on, d.type.value, str(d.lag)) for d in a.after or ()]}")
    note(f"options {options}")
    return plan(process, start=START, calendar=WEEK, **options)


def minute_of(p: Plan, moment: Any) -> int:
    return minutes_between(WEEK, DAY_ONE, moment)


class Programme:
    """The same project as inequalities between starts and finishes, written down without the kernels."""

    def __init__(self, process: Process) -> None:
        net = network(process)
        self.at = {node.id: i for i, node in enumerate(net.nodes)}
        n = self.n = len(net.nodes)
        length = [0] * n
        for a in process.activities():
            length[self.at[a.id]] = a.duration.expected_minutes() if a.duration else 0
        for g in process.gates():
            length[self.at[g.id]] = g.lead_time.minutes
        self.length = length
        self.low: list[float | None] = [0.0] * n + [None] * n
        self.high: list[float | None] = [None] * (2 * n)
        self.rows: list[tuple[int, int, int]] = []  # x[first] + lag <= x[second]
        for edge in net.edges:
            source = edge.source + (n if edge.type.value[0] == "F" else 0)
            target = edge.target + (n if edge.type.value[1] == "F" else 0)
            self.rows.append((source, target, edge.lag.minutes))

    def ask(self, name: str, constraint: Constraint) -> None:
        end = "finish" in constraint.kind.value
        node = f"{name}.{'finish' if end else 'start'}" if name in ("s", "t") else name
        i = self.at[node] + (self.n if end else 0)
        minute = minutes_between(WEEK, DAY_ONE, parse_start(constraint.at or "", WEEK))
        if "no_later" not in constraint.kind.value:
            self.low[i] = max(self.low[i] or 0, minute) if self.low[i] is not None else minute
        if "no_earlier" not in constraint.kind.value:
            self.high[i] = minute if self.high[i] is None else min(self.high[i] or 0, minute)

    def solve(self, *, late_from: float | None = None) -> list[int] | None:
        """Return least starts and finishes, or the greatest with everything finished by *late_from*; None: none."""
        n = self.n
        matrix = np.zeros((len(self.rows), 2 * n))
        for row, (first, second, _) in enumerate(self.rows):
            matrix[row, first] += 1
            matrix[row, second] -= 1
        early = late_from is None
        low = self.low if early else [None] * (2 * n)
        high = self.high if early else [min(x for x in (h, late_from) if x is not None) for h in self.high]
        answer = linprog(
            c=[1 if early else -1] * (2 * n),
            A_ub=matrix, b_ub=[-lag for _, _, lag in self.rows],
            A_eq=np.hstack([-np.eye(n), np.eye(n)]), b_eq=self.length,
            bounds=list(zip(low, high, strict=True)), method="highs",
        )  # fmt: skip
        return [round(x) for x in answer.x] if answer.status == 0 else None


@SOME
@given(st.data())
def test_constraints_and_deadlines_are_those_of_a_linear_programme(data: st.DataObject) -> None:
    process = data.draw(projects())
    asked = data.draw(demands(process))
    assume(network(process).acyclic)
    programme = Programme(process)
    for name, constraints in asked.items():
        for constraint in constraints:
            programme.ask(name, constraint)
    early = programme.solve()
    dues = data.draw(st.dictionaries(st.sampled_from(["a0", "m", "s"]), st.integers(0, 12), max_size=2))
    options: dict[str, Any] = {"deadlines": {name: at(240 * k, end=True) for name, k in dues.items()}}
    if early is None:
        with pytest.raises(ImpossibleConstraints):
            planned(process, constraints=asked, **options)
        return
    p = planned(process, constraints=asked, **options)
    n = programme.n
    assert minute_of(p, p.finish) == max(early[n:])
    for name, k in dues.items():
        i = programme.at[f"{name}.finish" if name == "s" else name] + n
        programme.high[i] = min(h for h in (programme.high[i], 240 * k) if h is not None)
    late = programme.solve(late_from=max(early[n:]))
    assert late is not None
    for row in p.rows:
        if row.kind == "stage":
            continue
        i = programme.at[row.id]
        assert minute_of(p, row.early_start) == early[i]
        assert minute_of(p, row.early_finish) == early[n + i]
        assert minute_of(p, row.late_finish) == late[n + i]
        assert row.total_float.minutes == late[i] - early[i]
        assert row.interfering_float.minutes == row.total_float.minutes - row.free_float.minutes
        assert row.free_float.minutes >= 0
    missed = {f.witness[0] for f in p.findings if f.code == "LTC408"}
    assert missed == {name for name, k in dues.items() if minute_of(p, p[name].early_finish) > 240 * k}


@SOME
@given(st.data())
def test_the_named_constraints_are_the_shortest_that_contradict(data: st.DataObject) -> None:
    process = data.draw(projects(elapsed=data.draw(st.booleans())))
    asked = data.draw(demands(process, most=5))

    def impossible(some: list[tuple[str, Constraint]]) -> ImpossibleConstraints | None:
        given_now: dict[str, list[Constraint]] = {}
        for name, constraint in some:
            given_now.setdefault(name, []).append(constraint)
        try:
            planned(process, constraints=given_now)
        except ImpossibleConstraints as error:
            return error
        return None

    single = [(name, c) for name, constraints in asked.items() for c in constraints]
    error = impossible(single)
    if error is None:
        return
    named = [(name, *as_constraints(text)) for name, text in (c.split(": ", 1) for c in error.constraints)]
    assert set(named) <= set(single)
    assert impossible(named)
    for left_out in range(len(named)):
        assert impossible(named[:left_out] + named[left_out + 1 :]) is None
    for some in combinations(single, len(named) - 1):
        assert impossible(list(some)) is None
    assert set(error.way) <= {e.id for e in process.elements()}


@SOME
@given(projects(), st.data())
def test_a_delay_by_the_total_float_is_harmless_and_by_a_minute_more_is_a_minute(
    process: Process, data: st.DataObject
) -> None:
    p = planned(process)
    row = data.draw(st.sampled_from([row for row in p.rows if row.kind != "stage"]))
    start = minute_of(p, row.early_start)

    def delayed(minutes: int) -> int:
        again = p.with_(constraints={row.id: f"start_no_earlier {at(start + minutes)}"})
        return minute_of(p, again.finish) - minute_of(p, p.finish)

    total = row.total_float.minutes
    assert (delayed(total), delayed(total + 1)) == (0, 1)


@SOME
@given(projects(elapsed=True), st.data())
def test_the_order_of_declaration_does_not_matter(process: Process, data: st.DataObject) -> None:
    p = planned(process)
    stages = [b.stage(s.id, activities=data.draw(st.permutations(s.activities)), gates=s.gates) for s in process.stages]
    again = planned(b.process("drawn", stages=stages, milestones=process.milestones))
    assert again.finish == p.finish
    for row in p.rows:
        other = again[row.id]
        assert (other.early_start, other.late_finish, other.total_float, other.free_float, other.critical) == (
            row.early_start, row.late_finish, row.total_float, row.free_float, row.critical,
        )  # fmt: skip


@SOME
@given(projects(elapsed=True), st.data())
def test_one_dependency_more_never_shortens(process: Process, data: st.DataObject) -> None:
    p = planned(process)
    activities = list(process.activities())
    target, source = (data.draw(st.integers(0, len(activities) - 1)) for _ in range(2))
    assume(source < target)
    link = b.after(
        f"a{source}", data.draw(st.sampled_from(["FS", "SS", "FF", "SF"])), data.draw(st.sampled_from(["0d", "2d"]))
    )
    stages = [
        b.stage(
            s.id,
            activities=[
                b.activity(
                    a.id, duration=a.duration, after=[*(a.after or ()), link] if a.id == f"a{target}" else a.after
                )
                for a in s.activities
            ],
            gates=s.gates,
        )
        for s in process.stages
    ]
    longer = planned(b.process("drawn", stages=stages, milestones=process.milestones))
    assert longer.finish >= p.finish
    assert all(longer[row.id].early_start >= row.early_start for row in p.rows if row.kind != "stage")


@SOME
@given(projects(), st.integers(2, 5))
def test_everything_scales(process: Process, times: int) -> None:
    def grown(length: Any) -> WorkDuration:
        return WorkDuration(times * (length.minutes if isinstance(length, WorkDuration) else length.expected_minutes()))

    stages = [
        b.stage(
            s.id,
            activities=[
                b.activity(
                    a.id,
                    duration=grown(a.duration),
                    after=[b.after(d.on, d.type.value, grown(d.lag)) for d in a.after or ()],
                )
                for a in s.activities
            ],
            gates=[b.gate(g.id, lead_time=grown(g.lead_time)) for g in s.gates],
        )
        for s in process.stages
    ]
    p, big = planned(process), planned(b.process("drawn", stages=stages, milestones=process.milestones))
    assert big.duration.minutes == times * p.duration.minutes
    for row in p.rows:
        other = big[row.id]
        assert other.total_float.minutes == times * row.total_float.minutes
        assert other.free_float.minutes == times * row.free_float.minutes
        assert (other.critical, other.driving) == (row.critical, row.driving)


@SOME
@given(projects(elapsed=True), st.integers(0, 30), st.booleans())
def test_planning_backwards_finds_the_latest_start(process: Process, half_days: int, deadline: bool) -> None:
    assume(network(process).acyclic)
    wanted = parse_start(at(4800 + 240 * half_days, end=True), WEEK)
    dates: dict[str, Any] = {"deadlines": {"m": wanted - timedelta(days=1)}} if deadline else {}
    p = plan_back(process, finish=wanted, calendar=WEEK, **dates)
    assert p.finish <= wanted
    assert not [f for f in p.findings if f.code == "LTC408"]
    again = plan(process, start=p.start, finish=wanted, calendar=WEEK, **dates)
    assert again == p
    later = next_working(WEEK, add_minutes(WEEK, p.start, 1))
    missed = plan(process, start=later, finish=wanted, calendar=WEEK, **dates)
    assert any(row.total_float.minutes < 0 for row in missed.rows) or any(f.code == "LTC408" for f in missed.findings)
    assert all(row.total_float.minutes >= 0 for row in p.rows)


@SOME
@given(projects(elapsed=True), st.data())
def test_as_late_as_possible_moves_nothing_else_and_leaves_no_free_float(process: Process, data: st.DataObject) -> None:
    p = planned(process)
    names = data.draw(st.sets(st.sampled_from([a.id for a in process.activities()]), min_size=1))
    late = planned(process, constraints=dict.fromkeys(names, "as_late_as_possible"))
    exact = not any(row.duration.elapsed for row in p.rows) and not any(e.lag.elapsed for e in network(process).edges)
    assert minute_of(p, late.finish) == minute_of(p, p.finish)
    for row in late.rows:
        before = p[row.id]
        if row.kind == "stage":
            continue
        if row.id in names:
            assert row.free_float.minutes == 0 or row.duration.elapsed
            assert before.early_start <= row.early_start <= row.late_start
            moved = row.early_start > before.early_start
            assert row.driving == (() if moved else before.driving) or not exact
        else:
            assert minute_of(p, row.early_start) == minute_of(p, before.early_start)
            assert minute_of(p, row.early_finish) == minute_of(p, before.early_finish)
        assert row.total_float.minutes >= 0
        assert (row.late_start, row.late_finish) == (before.late_start, before.late_finish) or not exact
    (name, *others) = names
    if not others and not p[name].duration.elapsed:
        moved = minute_of(p, late[name].early_start) - minute_of(p, p[name].early_start)
        assert moved == p[name].free_float.minutes


@SOME
@given(projects(elapsed=True), st.data())
def test_what_if_is_the_plan_from_scratch_and_leaves_the_original(process: Process, data: st.DataObject) -> None:
    p = planned(process, durations={"a0": "2d"})
    same = p.with_()
    assert (same, p.compare(same)) == (p, ())
    length = data.draw(st.sampled_from(["1d", "9d"]))
    changed = p.with_(durations={"a0": None, "m": None, process.activities().__next__().id: length})
    scratch = planned(process, durations={next(process.activities()).id: length})
    assert changed == scratch
    assert p == planned(process, durations={"a0": "2d"})
    differences = {change.id: change for change in p.compare(changed)}
    assert set(differences) == {row.id for row in p.rows if changed[row.id] != row}
    for name, change in differences.items():
        assert change.finish.minutes == minutes_between(WEEK, p[name].early_finish, changed[name].early_finish)
        assert change.became_critical == (changed[name].critical and not p[name].critical)
    later = p.with_(start="2026-03-09", finish="2026-03-20", deadlines={"m": "2026-03-03"})
    assert later.start > p.start
    assert later.wanted_finish is not None
    assert later["m"].deadline is not None
    assert later.with_(deadlines={"m": None}, finish=None, start=START) == p


@SOME
@given(projects(elapsed=True), st.integers(-10, 10))
def test_a_wanted_finish_moves_every_total_float_and_no_free_one(process: Process, half_days: int) -> None:
    p = planned(process)
    wanted = minute_of(p, p.finish) + 240 * half_days
    assume(wanted >= 0)
    asked = planned(process, finish=at(wanted, end=True))
    assert asked.finish == p.finish
    late = [f for f in asked.findings if f.code == "LTC408"]
    assert bool(late) == (p.finish > asked.wanted_finish)
    exact = not any(row.duration.elapsed for row in p.rows) and not any(e.lag.elapsed for e in network(process).edges)
    for row in p.rows:
        other = asked[row.id]
        assert (other.early_start, other.free_float, other.critical) == (row.early_start, row.free_float, row.critical)
        if exact:
            assert other.total_float.minutes == row.total_float.minutes + 240 * half_days
    assert not exact or bool(late) == (half_days < 0)
    if exact and half_days <= 0:
        assert set(p.critical_path) <= set(asked.zero_float)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"constraints": {"a": 5}}, "is no constraint"),
        ({"constraints": {"a": ["must_start"]}}, "needs a date"),
        ({"constraints": {"a": "as_late_as_possible 2026-03-03"}}, "takes no date"),
        ({"constraints": {"a": "must_start never"}}, "constraint: 'never': is not a date"),
        ({"constraints": {"b": "must_start 2026-03-03"}}, "no stage, activity, gate or milestone 'b'"),
        ({"constraints": {"s": "as_late_as_possible"}}, "spans others"),
        ({"constraints": {"w": "must_start 2026-03-03"}}, "spans others"),
        ({"constraints": "abc"}, "is no mapping"),
        ({"deadlines": {"a": ""}}, r"deadlines\[a\]"),
        ({"deadlines": {"d": "2026-03-03"}}, "no stage, activity"),
        ({"finish": "x"}, "finish: 'x': is not a date"),
        ({"today": 3}, "today: 3: is not a date"),
        ({"deadlines": {"a": "9999-12-31"}}, "LTC400"),
        ({"durations": {"a": "690000ed"}, "start": "8200-01-01"}, "LTC400"),
        ({"durations": {"a": "690000ed"}, "start": "8200-01-01", "calendars": {"z": "always"}}, "LTC400"),
    ],
)
def test_a_mistake_in_dates_is_named_with_its_remedy(options: dict[str, Any], text: str) -> None:
    steps = [b.activity("a", duration="1d"), b.activity("z", duration="1d"), b.activity("w", every="1d")]
    process = b.process("p", stages=[b.stage("s", activities=steps)], deliverables=[b.deliverable("d")])
    with pytest.raises(LtcflowError, match=text):
        plan(process, **{"start": START, **options})


def test_what_does_not_take_place_is_held_to_nothing() -> None:
    steps = [b.activity("a", duration="1d"), b.activity("z", duration="1d", when="big")]
    process = b.process("p", facts={"big": b.yes_no()}, stages=[b.stage("s", activities=steps)])
    asked: dict[str, Any] = {"constraints": {"z": "must_start 2026-01-01"}, "deadlines": {"z": "2026-01-01"}}
    p = plan(process, start=START, facts={"big": False}, **asked)
    assert [(f.code, f.where) for f in p.findings] == [("LTC409", "stages.s.activities.z")] * 2
    assert p.findings[0].problem_zh
    with pytest.raises(ImpossibleConstraints, match="LTC407: z: must_start 2026-01-01: cannot be kept"):
        plan(process, start=START, facts={"big": True}, **asked)
