"""Laws of the rows of stages and of the list of longest paths, against what the rows and links themselves say."""

from __future__ import annotations

from itertools import islice

from hypothesis import HealthCheck, given, settings
from tests.schedule.test_plan_laws import planned, processes

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.schedule import Plan, plan
from ltcflow.schedule.cpm import critical_paths

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@QUICK
@given(processes())
def test_a_stage_is_critical_when_a_step_of_it_is(process: Process) -> None:
    p = planned(process)
    for stage in process.stages:
        inside = [p[e.id] for e in (*stage.activities, *stage.gates)]
        steps = [row for row in inside if not row.skipped and not row.spans]
        if steps:
            assert p[stage.id].critical == any(row.critical for row in steps)
            assert p[stage.id].total_float.minutes <= min(row.total_float.minutes for row in steps)


@QUICK
@given(processes(plain=True))
def test_the_float_of_a_stage_is_the_least_in_it(process: Process) -> None:
    p = planned(process)
    for stage in process.stages:
        inside = [p[e.id] for e in (*stage.activities, *stage.gates) if not p[e.id].skipped]
        if inside:
            assert p[stage.id].total_float == min(row.total_float for row in inside)
            assert p[stage.id].critical == (p[stage.id].total_float.minutes == 0)


def raw_paths(p: Plan) -> list[tuple[str, ...]]:
    """Each way along the driving links by the names on it: parts of other ways among them."""
    ways = islice(critical_paths(p.links.drivers, p.links.ends), 2000)
    return list(dict.fromkeys(tuple(p.links.names[i] for i in way if p.links.names[i]) for way in ways))


@QUICK
@given(processes())
def test_every_longest_path_is_listed_once_and_no_part_of_one(process: Process) -> None:
    p = planned(process)
    raw = raw_paths(p)
    if len(raw) == 2000:
        return
    whole = {
        way for way in raw if way and not any(way != o and way in (o[: len(way)], o[len(o) - len(way) :]) for o in raw)
    }
    listed = list(p.critical_paths())
    assert len(listed) == len(set(listed))
    assert set(listed) == whole
    if listed:
        assert listed[0] == p.critical_path
        assert len(listed[0]) == max(map(len, listed))


def test_a_milestone_behind_the_last_step_gives_one_path() -> None:
    do = b.stage("do", activities=[b.activity("draft", duration="2d"), b.activity("print", duration="1d")])
    p = plan(b.process("p", stages=[do], milestones=[b.milestone("out", after=["print"])]), start="2026-03-02")
    assert ("draft", "print") in raw_paths(p)
    assert list(p.critical_paths()) == [("draft", "print", "out")]
    assert list(p.critical_paths(0)) == []


def test_a_stage_that_begins_with_float_is_critical_where_a_later_step_is() -> None:
    sell = b.stage("sell", activities=[b.activity("long", duration="9d")])
    steps = [b.activity("ready", duration="1d", after=[]), b.activity("build", duration="2d", after=["long", "ready"])]
    p = plan(b.process("p", stages=[sell, b.stage("make", activities=steps, after=[])]), start="2026-03-02")
    assert (str(p["ready"].total_float), p["build"].critical) == ("8d", True)
    assert (str(p["make"].total_float), p["make"].critical) == ("0d", True)
