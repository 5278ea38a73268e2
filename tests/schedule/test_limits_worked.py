"""Worked examples of constraints, bands of float and calendars: what drawn processes seldom show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.schedule import forecast, plan
from ltcflow.schedule.conflicts import ImpossibleConstraints
from ltcflow.worktime import calendar

START = "2026-03-02"
WEEK = calendar("weekdays")
OTHER_NAME = attrs.evolve(WEEK, id="the_same")


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def beside(*steps: Any, **fields: Any) -> Process:
    return b.process("p", stages=[b.stage("s", order="parallel", activities=steps)], **fields)


def test_the_tighter_of_two_latest_dates_counts() -> None:
    process = beside(b.activity("a", duration="1d"), b.activity("long", duration="10d"))
    for asked, late in (
        (["start_no_later 2026-03-05", "finish_no_later 2026-03-12"], moment(5, 9)),
        (["start_no_later 2026-03-12", "finish_no_later 2026-03-05"], moment(5, 9)),
        (["finish_no_later 2026-03-06", "finish_no_later 2026-03-05"], moment(5, 9)),
    ):
        assert plan(process, start=START, constraints={"a": asked})["a"].late_start == late
        other = plan(process, start=START, constraints={"a": asked}, calendars={"a": OTHER_NAME})
        assert other["a"].late_start == late


def test_a_moment_between_two_minutes_can_be_kept() -> None:
    process = beside(b.activity("a", duration="1d"))
    for calendars in ({}, {"a": OTHER_NAME}):
        p = plan(process, start=START, constraints={"a": "must_start 2026-03-03T10:00:30"}, calendars=calendars)
        assert p["a"].early_start == p["a"].late_start == moment(3, 10, 1)


def test_bands_of_float_leave_out_what_has_none() -> None:
    steps = [
        b.activity(name, duration=length) for name, length in (("a", "10d"), ("x", "9d"), ("y", "8d"), ("z", "2d"))
    ]
    p = plan(beside(*steps), start=START, constraints={"z": "as_late_as_possible"})
    assert p["z"].early_start == moment(12, 9)
    assert (p["z"].total_float.minutes, p["z"].critical, p["z"].driving) == (0, False, ())
    assert list(p.critical_paths()) == [("a",)]
    assert p.zero_float == ("a", "z")
    assert p.near_critical(within="2d") == ("x", "y")
    assert (p.near_critical("1d"), p.near_critical("2d", beyond="1d")) == (("x",), ("y",))
    late = p.with_(finish="2026-03-11")
    assert late.zero_float == ("a", "x", "y", "z")
    assert late["a"].total_float.minutes == late["a"].interfering_float.minutes == -960


def test_override_leaves_what_is_in_sequence_waiting() -> None:
    """The wall may begin before the hole is dug, and must end after it: nothing is out of sequence."""
    steps = [b.activity("dig", duration="5d"), b.activity("wall", duration="2d", after=[b.after("dig", "FF")])]
    process = b.process("p", stages=[b.stage("s", activities=steps)])
    happened: dict[str, Any] = {
        "start": START,
        "data_date": moment(3, 9),
        "finished": {},
        "started": {"dig": moment(2, 9), "wall": moment(2, 9)},
    }
    kept = forecast(process, **happened)
    assert kept["wall"].early_finish == moment(6, 18)
    assert forecast(process, **happened, progress="override") == kept


def test_both_countings_agree_on_what_drives_a_milestone_in_the_morning() -> None:
    """It waits for the end of Friday's work and for the beginning of Monday's: neither may come later."""
    steps = [
        b.activity("a", duration="5d"),
        b.activity("x", duration="5d"),
        b.activity("y", duration="1d", after=["x"]),
    ]
    process = b.process(
        "p",
        stages=[b.stage("s", order="parallel", activities=steps)],
        milestones=[b.milestone("m", after=["a", b.after("y", "SS")])],
    )
    one = plan(process, start=START)
    other = plan(process, start=START, calendars=dict.fromkeys(("a", "x", "y"), OTHER_NAME))
    assert one["m"].driving == other["m"].driving == ("a", "y")
    assert other["m"].early_start == moment(9, 9)


def test_an_end_before_the_weekend_binds_who_works_on_it() -> None:
    """The report ends on Friday, shipping begins at midnight: what the report must not end before may end till then."""
    daily = calendar("always")
    steps = [
        b.activity("test", duration="8h"),
        b.activity("report", duration="5d", after=[b.after("test", "FF")]),
        b.activity("ship", duration="8h", after=["report"]),
    ]
    process = b.process("p", stages=[b.stage("s", activities=steps)], milestones=[b.milestone("m", after=["ship"])])
    p = plan(process, start=START, calendars={"test": daily, "ship": daily}, finish="2026-03-07T08:00")
    assert p["report"].early_finish == moment(6, 18)
    assert p["ship"].late_start == moment(7, 0)
    assert p["test"].late_start == moment(6, 16)
    late = plan(
        process,
        start=START,
        calendars={"test": daily, "ship": daily},
        constraints={"test": "start_no_earlier 2026-03-06T16:01"},
    )
    assert late["report"].early_finish == moment(7, 0, 1)
    assert late["ship"].early_finish == moment(7, 8, 1)


@pytest.mark.parametrize("order", [("build", "cure"), ("cure", "build")])
def test_a_date_at_which_elapsed_work_cannot_end_is_named_alone(order: tuple[str, str]) -> None:
    """Two days by the clock that begin in working time end on no Monday afternoon, whatever else is asked for."""
    steps = [b.activity("build", duration="3d", after=[]), b.activity("cure", duration="2ed", after=["build"])]
    process = b.process("p", stages=[b.stage("s", order="parallel", activities=steps)])
    asked = {"build": "start_no_earlier 2026-03-04T09:00Z", "cure": "must_finish 2026-03-09T14:00Z"}
    with pytest.raises(ImpossibleConstraints) as caught:
        plan(process, start=START, calendar=WEEK, constraints={name: asked[name] for name in order})
    assert [text.split(":")[0] for text in caught.value.constraints] == ["cure"]
