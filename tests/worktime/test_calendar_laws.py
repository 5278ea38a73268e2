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
    "America/St_Johns": ("2011-03-12", "2010-11-06"),  # at 00:01: minutes of the day before are shown again
    "Asia/Kolkata": ("1945-10-14",),
}


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Seven days of shifts, the last of a day perhaps over midnight, none longer than a day."""
    marks = st.sets(st.sampled_from([0, 1, 30, 90, 120, 150, 180, 540, 720, 1410, 1440]), max_size=4).map(sorted)
    days = [list(zip(found[::2], found[1::2], strict=False)) for found in (draw(marks) for _ in range(7))]
    for day in range(7):
        following = days[(day + 1) % 7]
        until = draw(st.sampled_from([0, 0, 30, 120, 360]))
        if days[day] and until and until <= (following[0][0] if following else 1440) and until < days[day][-1][0]:
            days[day][-1] = (days[day][-1][0], 1440 + until)
    return tuple(map(tuple, days))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    anchor = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    near = st.integers(-3, 5).map(lambda n: (anchor + timedelta(days=n)).date())
    hours = draw(weeks())
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
    minute, yesterday = there.hour * 60 + there.minute, there.date() - timedelta(days=1)
    today = any(start <= minute < end for start, end in made.shifts_on(there.date()))
    return today or any(start <= minute + 1440 < end for start, end in made.shifts_on(yesterday))


@settings(max_examples=50, deadline=None)
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


@settings(max_examples=50, deadline=None)
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


@settings(max_examples=70, deadline=None)
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


@settings(max_examples=70, deadline=None)
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


def test_a_night_shift_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    nights = Calendar(id="nights", hours={"mon-fri": ["22:00-06:00"]}, holidays=(date(2026, 3, 4),))
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    worked = [minutes_between(nights, monday + timedelta(days=i), monday + timedelta(days=i + 1)) for i in range(7)]
    assert worked == [120, 480, 360, 120, 480, 360, 0]  # Wednesday's night is free, Friday's ends on Saturday
    assert add_minutes(nights, monday, 480) == datetime(2026, 3, 3, 6, tzinfo=UTC)
    assert next_working(nights, datetime(2026, 3, 7, 6, tzinfo=UTC)) == datetime(2026, 3, 9, 22, tzinfo=UTC)


def test_what_two_shifts_share_on_a_make_up_day_is_worked_once() -> None:
    made = Calendar(
        id="nights",
        hours={"mon-fri": ["22:00-06:00"]},
        working_days=(date(2026, 3, 7),),
        working_day_shifts=((300, 420), (421, 422)),
    )
    friday = datetime(2026, 3, 6, 20, tzinfo=UTC)
    assert minutes_between(made, friday, friday + timedelta(days=1)) == 480 + 60 + 1
    assert add_minutes(made, friday, 481) == datetime(2026, 3, 7, 6, 1, tzinfo=UTC)
    assert is_working(made, datetime(2026, 3, 7, 5, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 28), 7),
        ("Europe/Berlin", date(2026, 10, 24), 9),
        ("America/New_York", date(2026, 3, 7), 7),
        ("America/Sao_Paulo", date(2018, 2, 17), 9),
        ("Australia/Lord_Howe", date(2026, 4, 4), 8.5),
        ("Asia/Shanghai", date(2026, 3, 28), 8),
    ],
)
def test_a_shift_over_a_change_of_the_clock_is_as_long_as_it_really_is(zone: str, day: date, hours: float) -> None:
    nights = Calendar(id="nights", time_zone=zone, hours={"mon-sun": ["22:00-06:00"]})
    begin = datetime(day.year, day.month, day.day, 22, tzinfo=ZoneInfo(zone))
    end = add_minutes(nights, begin, round(hours * 60))
    assert end.strftime("%H:%M") == "06:00"
    assert minutes_between(nights, begin, end) == hours * 60
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=hours)


def test_a_calendar_whose_only_working_days_are_past_answers_with_an_error() -> None:
    past = Calendar(id="once", hours=((),) * 7, working_days=(date(2020, 5, 4),), working_day_shifts=((540, 1020),))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert minutes_between(past, datetime(2019, 1, 1, tzinfo=UTC), now) == 480
    assert add_minutes(past, now, -1) == datetime(2020, 5, 4, 16, 59, tzinfo=UTC)
    assert add_minutes(past, datetime(2019, 1, 1, tzinfo=UTC), 480) == datetime(2020, 5, 4, 17, tzinfo=UTC)
    for ask in (lambda: add_minutes(past, now, 1), lambda: next_working(past, now)):
        with pytest.raises(OutsideTime, match="no working time after 2021: no weekday has a shift") as caught:
            ask()
        assert pickle.loads(pickle.dumps(caught.value)).remedy == "Give a weekday hours, or add working days."
    with pytest.raises(OutsideTime, match="no working time before 2019"):
        previous_working(past, datetime(2020, 5, 4, 9, tzinfo=UTC))


def test_far_years_are_as_near_ones() -> None:
    """Years before 1800 and after 2100 share their tables: each must be what a walk over its days gives."""
    made = Calendar(
        id="far",
        time_zone="America/New_York",
        hours={"mon-fri": ["08:00-16:00"], "sat": ["22:00-06:00"]},
        holidays=(date(2523, 12, 31), date(2524, 2, 29)),
    )
    for year in (1604, 1700, 2104, 2400, 2523, 2524, 2525, 9876):
        begin = datetime(year, 1, 1, tzinfo=made.zone)
        days = [date(year, 1, 1) + timedelta(days=i) for i in range(366 if year % 4 == 0 and year != 1700 else 365)]
        worked = sum(end - start for day in days for start, end in made.shifts_on(day))
        sunday_before = made.shifts_on(days[0] - timedelta(days=1))
        worked += 360 if sunday_before and sunday_before[0][1] > 1440 else 0
        last = made.shifts_on(days[-1])
        worked -= 360 if last and last[0][1] > 1440 else 0
        end = datetime(year + 1, 1, 1, tzinfo=made.zone)
        forward = sum(_change(made, day) for day in days)
        assert minutes_between(made, begin, end) == worked + forward, year
        for month, day in ((1, 15), (7, 15)):  # solar time until 1883, then New York's with summer time
            morning = next_working(made, datetime(year, month, day, 7, tzinfo=made.zone))
            assert morning.strftime("%H:%M") == ("22:00" if morning.weekday() == 5 else "08:00"), morning


def _change(made: Calendar, day: date) -> int:
    """Return the minutes by which the night to *day* is longer: New York changes on Sundays at 02:00."""
    offsets = [datetime(d.year, d.month, d.day, tzinfo=made.zone).utcoffset() for d in (day, day + timedelta(days=1))]
    assert offsets[0] is not None
    assert offsets[1] is not None
    return round((offsets[0] - offsets[1]).total_seconds() / 60) if made.shifts_on(day - timedelta(days=1)) else 0
