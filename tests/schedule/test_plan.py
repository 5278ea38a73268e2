"""Plans worked out by hand: dates across holidays, choices, conditions, spans, forecasts, refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ltcflow import builder as b
from ltcflow.conditions import FactValueError
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import DefinitionError, Severity
from ltcflow.process import Process
from ltcflow.schedule import forecast, plan
from ltcflow.worktime import OutsideTime


def bid(**fields: Any) -> Process:
    """A bid: solve, price and finance; decide; sign."""
    return b.process(
        "bid",
        facts={"amount": b.money("CNY"), "tender": b.yes_no()},
        stages=[
            b.stage(
                "offer",
                activities=[
                    b.activity("solution", duration="3d"),
                    b.activity("price", duration={"optimistic": "1d", "likely": "2d", "pessimistic": "6d"}),
                    b.activity("finance", when="amount >= 10_000_000", after=[b.after("solution", "SS", "1d")]),
                    b.activity("report", every="2d", after=[]),
                ],
                gates=[b.gate("atb", lead_time="1d")],
            ),
            b.stage(
                "close",
                order="choice",
                activities=[b.activity("tender_talks", duration="5d"), b.activity("direct_talks", duration="2d")],
            ),
        ],
        milestones=[b.milestone("signed", after=["close"])],
        **fields,
    )


def test_a_bid_across_the_national_holiday_of_2026() -> None:
    """Thursday 24 September; free 25-27 September and 1-7 October; 10 October (Saturday) is worked."""
    p = plan(
        bid(), start="2026-09-24", calendar="CN", facts={"amount": "CNY 5,000,000"}, choices={"close": "direct_talks"}
    )
    assert p.start.isoformat() == "2026-09-24T09:00:00+08:00"
    dates = {row.id: (row.early_start.isoformat()[5:16], row.early_finish.isoformat()[5:16]) for row in p.rows}
    assert dates["solution"] == ("09-24T09:00", "09-29T18:00")  # 24, 28, 29
    assert p["price"].duration.minutes == 1200  # (1 + 4 * 2 + 6) / 6 = 2.5 days
    assert dates["price"] == ("09-30T09:00", "10-09T14:00")  # 30, 8, half of 9
    assert dates["atb"] == ("10-09T14:00", "10-10T14:00")
    assert dates["direct_talks"] == ("10-10T14:00", "10-13T14:00")  # Saturday 10, Monday 12, Tuesday 13
    assert dates["signed"] == ("10-13T14:00", "10-13T14:00")
    assert dates["offer"] == ("09-24T09:00", "10-10T14:00")
    assert p.finish.isoformat() == "2026-10-13T14:00:00+08:00"
    assert str(p.duration) == "8d 4h"
    assert p.critical_path == ("solution", "price", "atb", "direct_talks", "signed")
    assert list(p.critical_paths()) == [p.critical_path]
    assert [row.id for row in p.rows if row.skipped] == ["finance", "tender_talks"]
    assert p.findings == ()
    assert (p["atb"].kind, p["signed"].kind, p["offer"].kind, p["price"].stage) == (
        "gate",
        "milestone",
        "stage",
        "offer",
    )


def test_float_is_what_the_large_bid_leaves_to_the_financing() -> None:
    p = plan(
        bid(),
        start="2026-03-02",
        facts={"amount": 12_000_000},
        durations={"finance": "2d"},
        choices={"close": ["tender_talks"]},
    )
    row = p["finance"]
    assert (row.early_start.isoformat(), row.early_finish.isoformat()) == (
        "2026-03-03T09:00:00+00:00",
        "2026-03-04T18:00:00+00:00",
    )
    assert (str(row.total_float), str(row.free_float), row.critical) == ("2d 4h", "2d 4h", False)
    assert row.late_finish == p["atb"].early_start.replace(hour=14) == p["price"].early_finish
    assert row.driving == ("solution",)
    assert p["atb"].driving == ("price",)


def test_what_is_assumed_is_said_and_marked() -> None:
    p = plan(bid(), start="2026-03-02", default_duration="2d")
    assert [finding.code for finding in p.findings] == ["LTC401", "LTC404", "LTC402"]
    assert all(f.severity is Severity.WARNING and f.problem_zh and f.remedy_zh for f in p.findings)
    missing, choice, unknown = p.findings
    assert missing.witness == ("finance",)
    assert "1 of 5 activities and gates have no duration, 2d was assumed: finance." in str(missing)
    assert (choice.where, choice.witness) == ("stages.close", ("tender_talks",))
    assert (unknown.where, unknown.witness) == ("stages.offer.activities.finance.when", ("amount",))
    assert [row.id for row in p.rows if row.assumed and row.kind != "stage"] == ["finance", "tender_talks"]
    assert p["offer"].assumed
    assert p["finance"].duration.minutes == 960
    zero = plan(bid(), start="2026-03-02")
    assert zero["finance"].duration.minutes == 0
    assert "counted as zero" in str(zero.findings[0])


def test_a_recurring_activity_comes_until_its_stage_ends() -> None:
    p = plan(bid(), start="2026-03-02", facts={"amount": 1}, choices={"close": "direct_talks"})
    row = p["report"]
    assert (row.spans, row.critical, row.driving) == (True, False, ())
    assert (row.early_start, row.early_finish) == (p["offer"].early_start, p["offer"].early_finish)
    assert [at.isoformat()[:16] for at in p.occurrences("report")] == [
        "2026-03-02T09:00",
        "2026-03-04T09:00",
        "2026-03-06T09:00",
        "2026-03-10T09:00",
    ]
    assert row.occurrences == 4
    assert list(p.occurrences("price")) == []


def test_an_elapsed_lag_and_an_elapsed_duration_run_through_the_weekend() -> None:
    concrete = b.process(
        "house",
        stages=[
            b.stage(
                "build",
                activities=[
                    b.activity("pour", duration="1d"),
                    b.activity("strip", duration="4h", after=[b.after("pour", "FS", "3ed")]),
                    b.activity("dry", duration="60eh", after=["strip"]),
                ],
            )
        ],
        milestones=[b.milestone("dry_enough", after=["dry"])],
    )
    p = plan(concrete, start="2026-03-05", calendar="CN")
    assert p["pour"].early_finish.isoformat() == "2026-03-05T18:00:00+08:00"
    assert p["strip"].early_start.isoformat() == "2026-03-09T09:00:00+08:00"  # Sunday 18:00 is cured; Monday is worked
    assert p["dry"].early_start.isoformat() == "2026-03-09T14:00:00+08:00"
    assert p["dry"].early_finish.isoformat() == "2026-03-12T02:00:00+08:00"  # in the night
    assert p["dry_enough"].early_finish == p.finish == p["dry"].early_finish
    assert p.critical_path == ("pour", "strip", "dry", "dry_enough")
    assert all(p[name].critical for name in p.critical_path)


def test_a_year_the_state_council_has_not_published_is_reported() -> None:
    """The dates are still given; who plans must know that they may move."""
    year = max(day.year for day in plan(bid(), start="2026-03-02", calendar="CN").calendar.working_days) + 1
    p = plan(bid(), start=f"{year - 1}-12-28", calendar="CN", default_duration="1d")
    (finding,) = (f for f in p.findings if f.code == "LTC403")
    assert finding.severity is Severity.WARNING
    assert finding.witness == (str(year),)
    assert "LTC403" not in {f.code for f in plan(bid(), start="2026-03-02", calendar="CN").findings}
    assert "LTC403" not in {f.code for f in plan(bid(), start="2090-03-02").findings}


def test_the_calendar_of_the_process_counts_unless_told_otherwise() -> None:
    assert plan(bid(), start="2026-10-01").calendar.id == "weekdays"
    assert plan(bid(calendar="CN"), start="2026-10-01").start.isoformat() == "2026-10-08T09:00:00+08:00"
    assert plan(bid(calendar="CN"), start="2026-10-01", calendar="DE").calendar.id == "DE"


def test_two_equal_ways_are_two_critical_paths() -> None:
    ways = [b.activity("left", duration="2d"), b.activity("right", duration="2d"), b.activity("short", duration="1d")]
    end = b.stage("end", activities=[b.activity("join", duration="1d")])
    p = plan(b.process("p", stages=[b.stage("both", order="parallel", activities=ways), end]), start="2026-03-02")
    assert list(p.critical_paths()) == [("left", "join"), ("right", "join")]
    assert list(p.critical_paths(1)) == [("left", "join")]
    assert p["join"].driving == ("left", "right")
    assert str(p["short"].total_float) == "1d"


def test_a_stage_that_does_not_take_place_is_passed_over() -> None:
    process = b.process(
        "p",
        facts={"tender": b.yes_no()},
        stages=[
            b.stage("a", activities=[b.activity("x", duration="1d")]),
            b.stage("t", when="tender", activities=[b.activity("y", duration="9d", after=[b.after("x", "FS", "4d")])]),
            b.stage("c", activities=[b.activity("z", duration="1d")]),
        ],
    )
    p = plan(process, start="2026-03-02", facts={"tender": False})
    assert [row.id for row in p.rows if row.skipped] == ["t", "y"]
    assert (p.critical_path, str(p.duration)) == (("x", "z"), "2d")
    assert p["z"].driving == ("x",)
    assert str(plan(process, start="2026-03-02", facts={"tender": "yes"}).duration) == "15d"


def test_a_running_bid_is_forecast_from_its_data_date() -> None:
    """The solution took five days instead of three; pricing began and has half a day behind it."""
    facts, choices = {"amount": 1}, {"close": "direct_talks"}
    before = plan(bid(), start="2026-03-02", facts=facts, choices=choices)
    p = forecast(
        bid(),
        start="2026-03-02",
        facts=facts,
        choices=choices,
        data_date="2026-03-09T14:00",
        finished={"solution": datetime(2026, 3, 6, 18, tzinfo=UTC)},
        started={"solution": datetime(2026, 3, 2, 9, tzinfo=UTC), "price": datetime(2026, 3, 9, 9, tzinfo=UTC)},
    )
    assert (p["solution"].done, p["solution"].duration.minutes, p["solution"].critical) == (True, 2400, False)
    assert p["price"].early_start == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert (p["price"].started, str(p["price"].duration)) == (True, "2d")
    assert p["price"].early_finish == datetime(2026, 3, 11, 14, tzinfo=UTC)
    assert p.critical_path == ("price", "atb", "direct_talks", "signed")
    assert (p["offer"].started, p["offer"].done) == (True, False)
    assert (p.finish - before.finish).days == 4  # two working days, a weekend in between
    left = forecast(
        bid(),
        start="2026-03-02",
        facts=facts,
        choices=choices,
        data_date="2026-03-09T14:00",
        finished={"solution": datetime(2026, 3, 6, 18, tzinfo=UTC)},
        started={"price": datetime(2026, 3, 9, 9, tzinfo=UTC)},
        remaining={"price": "1h"},
    )
    assert left["price"].early_finish == datetime(2026, 3, 9, 15, tzinfo=UTC)


def test_a_project_that_is_through_has_no_critical_path() -> None:
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("a", duration="1d")])])
    sunday = datetime(2026, 3, 8, 12, tzinfo=UTC)
    p = forecast(process, start="2026-03-02", data_date="2026-03-20", finished={"a": sunday})
    assert (p.critical_path, p.finish, p["s"].done, p["s"].early_finish) == ((), sunday, True, sunday)


def test_nothing_declared_finishes_when_it_starts() -> None:
    p = plan(b.process("empty"), start="2026-03-02")
    assert (len(p), p.finish, p.critical_path, p.duration.minutes) == (0, p.start, (), 0)
    assert list(p.critical_paths()) == []


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"start": "tomorrow"}, InvalidValue, "is not a date"),
        ({"calendar": "CNN"}, UnknownName, "Did you mean 'CN'"),
        ({"durations": {"prize": "1d"}}, UnknownName, "Did you mean 'price'"),
        ({"durations": {"offer": "1d"}}, InvalidValue, "cannot be set"),
        ({"durations": {"report": "1d"}}, InvalidValue, "cannot be set"),
        ({"durations": {"price": "-1d"}}, InvalidValue, "negative"),
        ({"durations": {"price": "soon"}}, InvalidValue, "not a duration"),
        ({"default_duration": "-1d"}, InvalidValue, "negative"),
        ({"default_duration": 3}, InvalidValue, "has no unit"),
        ({"facts": {"amuont": 1}}, UnknownName, "Did you mean 'amount'"),
        ({"facts": {"amount": "lots"}}, FactValueError, "amount"),
        ({"choices": {"closed": "direct_talks"}}, UnknownName, "Did you mean 'close'"),
        ({"choices": {"close": "talks"}}, UnknownName, "direct_talks"),
        ({"choices": {"close": []}}, InvalidValue, "is no choice"),
        ({"choices": {"offer": "price"}}, InvalidValue, "is no choice"),
        ({"default_duration": "190000000d"}, InvalidValue, "too long"),
        ({"start": "9999-12-20"}, OutsideTime, "9999"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(options: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        plan(bid(), **{"start": "2026-03-02", **options})


def test_unknown_rows_suggest_the_nearest_and_a_plan_reads_like_a_mapping() -> None:
    p = plan(bid(), start="2026-03-02")
    with pytest.raises(UnknownName, match="Did you mean 'price'"):
        p["prise"]
    assert p.get("prise") is None
    assert p.get("price") is p["price"]
    assert "price" in p
    assert "prise" not in p
    assert dict(p)["atb"] == p["atb"]


def test_every_obstacle_is_named_at_once() -> None:
    process = b.process(
        "p",
        facts={"tender": b.yes_no()},
        stages=[
            b.stage(
                "s",
                activities=[
                    b.activity("a", after=["b"]),
                    b.activity("b", after=["a"]),
                    b.activity("c", after=["nowhere"]),
                ],
                gates=[b.gate("g", when="tnder")],
            )
        ],
    )
    with pytest.raises(DefinitionError) as caught:
        plan(process, start="2026-03-02")
    found = {finding.code: finding for finding in caught.value.findings}
    assert set(found) == {"LTC152", "LTC405", "LTC406"}
    assert found["LTC406"].witness == ("c", "nowhere")
    assert sorted(set(found["LTC405"].witness)) == ["a", "b"]
    assert found["LTC152"].where == "stages.s.gates.g.when"


@pytest.mark.parametrize(
    ("progress", "error", "text"),
    [
        ({"finished": {"prise": datetime(2026, 3, 3, tzinfo=UTC)}}, UnknownName, "Did you mean 'price'"),
        ({"finished": {"offer": datetime(2026, 3, 3, tzinfo=UTC)}}, UnknownName, "activity, gate or milestone"),
        ({"started": {"price": datetime(2026, 3, 3)}}, InvalidValue, "no time zone"),  # noqa: DTZ001 - naive on purpose
        ({"finished": {"price": datetime(2026, 4, 3, tzinfo=UTC)}}, InvalidValue, "after the data date"),
        ({"remaining": {"price": "much"}}, InvalidValue, "not a duration"),
    ],
)
def test_progress_that_cannot_be_is_refused(progress: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        forecast(bid(), **{"start": "2026-03-02", "data_date": "2026-03-05", "finished": {}, **progress})
