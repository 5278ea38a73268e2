"""Laws of the arithmetic on working time, against a walk minute by minute over the wall clock."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.worktime import (
    Calendar,
    OutsideTime,
    add_minutes,
    calendar,
    is_working,
    minutes_between,
    next_working,
    previous_working,
)

MINUTE = timedelta(minutes=1)

# Moments around which clocks change: an hour, half an hour, at midnight, a whole day left out, and zones that never do.
CHANGES = {
    "Europe/Berlin": ("2026-03-28", "2026-10-24"),
    "Australia/Lord_Howe": ("2026-04-04", "2026-10-03"),
    "America/Sao_Paulo": ("2018-11-03", "2018-02-17"),
    "Pacific/Apia": ("2011-12-29",),
    "Asia/Shanghai": ("2026-02-13", "2026-12-30"),
    "UTC": ("2023-12-30", "2024-02-28"),
}


@st.composite
def shifts(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    marks = sorted(draw(st.sets(st.sampled_from([0, 30, 90, 120, 150, 180, 540, 720, 1410, 1440]), max_size=4)))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    anchor = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    near = st.integers(-3, 5).map(lambda n: (anchor + timedelta(days=n)).date())
    hours = tuple(draw(shifts()) for _ in range(7))
    made = Calendar(
        id="drawn",
        time_zone=zone,
        hours=hours if any(hours) else (((0, 1440),),) * 7,
        holidays=draw(st.frozensets(near, max_size=2)),
        working_days=draw(st.frozensets(near, max_size=2)),
    )
    return made, anchor + timedelta(minutes=draw(st.integers(-2000, 4000)), seconds=draw(st.sampled_from([0, 0, 30])))


def exact(t: datetime) -> datetime:
    """Return *t* in UTC: moments of one zone compare by the wall clock, which is ambiguous in a repeated hour."""
    return t.astimezone(UTC)


def on_the_clock(made: Calendar, t: datetime) -> bool:
    there = t.astimezone(ZoneInfo(made.time_zone))
    minute = there.hour * 60 + there.minute
    return any(start <= minute < end for start, end in made.shifts_on(there.date()))


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(0, 3000))
def test_minutes_between_counts_the_worked_minutes_of_the_wall_clock(
    drawn: tuple[Calendar, datetime], span: int
) -> None:
    made, start = drawn
    start = start.replace(second=0)
    walked = sum(on_the_clock(made, start + k * MINUTE) for k in range(span))
    assert minutes_between(made, start, start + span * MINUTE) == walked
    assert minutes_between(made, start + span * MINUTE, start) == -walked
    assert is_working(made, start) == on_the_clock(made, start)


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 400))
def test_a_finish_is_the_first_moment_the_walk_has_done_the_minutes(
    drawn: tuple[Calendar, datetime], minutes: int
) -> None:
    made, start = drawn
    start, left, walked = start.replace(second=0), minutes, start.replace(second=0)
    for _ in range(20_000):
        left -= on_the_clock(made, walked)
        walked += MINUTE
        if not left:
            break
    else:
        return
    assert exact(add_minutes(made, start, minutes)) == walked


@settings(max_examples=150, deadline=None)
@given(calendars(), st.integers(0, 9000), st.integers(0, 9000))
def test_adding_is_additive_monotone_and_undone_by_between(drawn: tuple[Calendar, datetime], a: int, b: int) -> None:
    made, t = drawn
    later = add_minutes(made, t, a)
    assert exact(add_minutes(made, later, b)) == exact(add_minutes(made, t, a + b))
    assert minutes_between(made, t, later) == a
    assert minutes_between(made, add_minutes(made, t, -a), t) == a
    assert exact(add_minutes(made, add_minutes(made, t, -a), -b)) == exact(add_minutes(made, t, -a - b))
    assert t <= exact(later) <= exact(add_minutes(made, t, a + b))
    assert later.tzinfo == ZoneInfo(made.time_zone)


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_the_nearest_working_moments_have_no_work_in_between(drawn: tuple[Calendar, datetime]) -> None:
    made, t = drawn
    before, after = previous_working(made, t), next_working(made, t)
    assert exact(before) <= t <= exact(after)
    assert minutes_between(made, before, after) == 0
    assert is_working(made, after)
    assert minutes_between(made, before.astimezone(UTC) - MINUTE, before) == 1
    assert minutes_between(made, after, after.astimezone(UTC) + MINUTE) == 1
    assert exact(next_working(made, after)) == exact(after)
    assert exact(previous_working(made, before)) == exact(before)


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2023, 12, 1), date(2028, 2, 1)), st.integers(0, 400))
def test_whole_days_in_china_are_those_of_a_walk_day_by_day(first: date, count: int) -> None:
    china, walked = calendar("CN"), first
    start = datetime(first.year, first.month, first.day, tzinfo=china.zone)
    holidays, made_up = frozenset(china.holidays), frozenset(china.working_days)
    worked = 0
    for _ in range(count):
        worked += walked in made_up or (walked.weekday() < 5 and walked not in holidays)
        walked += timedelta(days=1)
    end = datetime(walked.year, walked.month, walked.day, tzinfo=china.zone)
    assert minutes_between(china, start, end) == 480 * worked


def test_a_finish_lands_on_friday_evening_and_a_start_on_monday_morning() -> None:
    weekdays = calendar("weekdays")
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    friday = add_minutes(weekdays, monday, 5 * 480)
    assert friday == datetime(2026, 3, 6, 18, tzinfo=UTC)
    assert next_working(weekdays, friday) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert add_minutes(weekdays, friday, -5 * 480) == monday
    assert add_minutes(weekdays, datetime(2026, 3, 7, 12, tzinfo=UTC), 1) == datetime(2026, 3, 9, 9, 1, tzinfo=UTC)


def test_the_night_shift_is_an_hour_shorter_when_the_clock_is_put_forward() -> None:
    nights = Calendar(id="nights", time_zone="Europe/Berlin", hours=(((0, 360),),) * 7)
    zone = ZoneInfo("Europe/Berlin")
    span = [(datetime(2026, *day, tzinfo=zone), datetime(2026, *day, 12, tzinfo=zone)) for day in ((3, 29), (10, 25))]
    assert [minutes_between(nights, a, b) for a, b in span] == [300, 420]


def test_time_ends_after_year_9999_and_before_year_1_with_a_named_error() -> None:
    weekdays = calendar("weekdays")
    for start, minutes in (
        (datetime(9999, 12, 30, tzinfo=UTC), 100_000),
        (datetime(1, 1, 3, tzinfo=UTC), -100_000),
        (datetime(2026, 1, 1, tzinfo=UTC), 10**15),
        (datetime(2026, 1, 1, tzinfo=UTC), -(10**15)),
    ):
        with pytest.raises(OutsideTime, match="LTC400") as caught:
            add_minutes(weekdays, start, minutes)
        assert pickle.loads(pickle.dumps(caught.value)).calendar == "weekdays"
    with pytest.raises(OutsideTime):
        minutes_between(calendar("CN"), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
