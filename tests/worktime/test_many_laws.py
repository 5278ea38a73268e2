"""Laws of the arithmetic on arrays: moment for moment that of single moments."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.errors import InvalidValue
from ltcflow.worktime import (
    Calendar,
    OutsideTime,
    add_minutes,
    add_minutes_many,
    calendar,
    derive,
    minutes_between,
    minutes_between_many,
    published_many,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
CALENDARS = {
    "CN": calendar("CN"),
    "US-CA": calendar("US-CA"),
    "always": calendar("always"),
    "nights": derive("DE-BY", id="nights", hours={"sun-thu": ["22:00-06:07"], "sat": ["11:11-11:12"]}),
    "minutes": Calendar(
        id="minutes",
        time_zone="America/St_Johns",
        hours={"mon-sun": ["00:00-00:01", "00:03-00:04", "12:00-12:59", "23:58-24:00"]},
    ),
    "solar": Calendar(id="solar", time_zone="Africa/Monrovia", hours={"tue": ["08:00-17:00"], "fri": ["00:00-24:00"]}),
    "few": Calendar(
        id="few", hours=((),) * 7, working_days=[date(1999, 12, 31), date(2031, 1, 1)], working_day_shifts=[(0, 1440)]
    ),
}


def moments(low: int, high: int) -> st.SearchStrategy[datetime]:
    spread = st.datetimes(datetime(low, 1, 1), datetime(high, 12, 30))  # noqa: DTZ001 - given UTC below
    changes = st.sampled_from(["2026-03-29T01:00", "2026-10-25T00:59:59.999999", "2011-03-13T03:31", "2024-02-29"])
    near = st.tuples(changes, st.integers(-90, 90)).map(
        lambda found: datetime.fromisoformat(found[0]) + timedelta(minutes=found[1])
    )
    return st.one_of(spread, near).map(lambda t: t.replace(tzinfo=UTC))


def stamp(t: datetime) -> np.datetime64:
    return np.datetime64(t.astimezone(UTC).replace(tzinfo=None), "us")


def single(made: Calendar, t: datetime, minutes: int) -> np.datetime64 | None:
    try:
        return stamp(add_minutes(made, t, minutes))
    except OutsideTime:
        return None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(CALENDARS)),
    st.lists(st.tuples(moments(1960, 2060), st.integers(-100_000, 100_000)), min_size=1, max_size=20),
)
def test_every_moment_is_that_of_a_single_addition(name: str, drawn: list[tuple[datetime, int]]) -> None:
    made = CALENDARS[name]
    wanted = [single(made, t, minutes) for t, minutes in drawn]
    starts, added = np.array([stamp(t) for t, _ in drawn]), [minutes for _, minutes in drawn]
    if None in wanted:
        with pytest.raises(OutsideTime):
            add_minutes_many(made, starts, added)
        return
    reached = add_minutes_many(made, starts, added)
    assert reached.dtype == "datetime64[us]"
    assert reached.tolist() == [t.tolist() for t in wanted if t is not None]
    ends = np.roll(reached, 1)
    counted = [
        minutes_between(made, t, EPOCH + (end - stamp(EPOCH)).tolist()) for (t, _), end in zip(drawn, ends, strict=True)
    ]
    assert minutes_between_many(made, starts, ends).tolist() == counted
    assert minutes_between_many(made, starts, reached).tolist() == added


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(["CN", "nights"]), st.lists(moments(2, 9990), min_size=2, max_size=4), st.integers(-999, 999))
def test_moments_millennia_apart_are_reached_through_several_windows(
    name: str, drawn: list[datetime], minutes: int
) -> None:
    made = CALENDARS[name]
    reached = add_minutes_many(made, np.array([stamp(t) for t in drawn]), minutes)
    assert reached.tolist() == [stamp(add_minutes(made, t, minutes)).tolist() for t in drawn]


def test_a_large_array_is_done_in_chunks_and_adds_up() -> None:
    china, dice = calendar("CN"), np.random.default_rng(4)
    starts = np.datetime64("2020-01-01") + dice.integers(0, 5 * 365 * 1440, 100_000).astype("timedelta64[m]")
    minutes = dice.integers(-200_000, 200_000, 100_000)
    minutes[::7] = 0
    reached = add_minutes_many(china, starts, minutes)
    assert (reached[::7] == starts[::7]).all()
    assert (minutes_between_many(china, starts, reached) == minutes).all()
    at = 40_000
    assert reached[at] == single(china, starts[at].tolist().replace(tzinfo=UTC), int(minutes[at]))


def test_the_very_first_and_last_work_of_a_calendar_is_reached() -> None:
    few = CALENDARS["few"]
    before, after = np.datetime64("1990-01-01"), np.datetime64("2040-01-01")
    assert add_minutes_many(few, before, [1440, 2880]).tolist() == [datetime(2000, 1, 1), datetime(2031, 1, 2)]  # noqa: DTZ001
    assert add_minutes_many(few, after, [-1440, -2880]).tolist() == [datetime(2031, 1, 1), datetime(1999, 12, 31)]  # noqa: DTZ001
    for moment, minutes in ((before, 2881), (after, -2881), (after, 1), (before, -1)):
        with pytest.raises(OutsideTime, match="no working time"):
            add_minutes_many(few, moment, minutes)


def test_more_calendars_than_are_kept_at_once_do_not_disturb_each_other() -> None:
    made, first, last = derive("CN", id="mine"), stamp(START), stamp(START + timedelta(hours=1))
    assert minutes_between_many(made, np.datetime64("2020-01-02T01:00"), np.datetime64("2020-01-02T02:00")) == 60
    assert minutes_between_many(made, first, last) == 60
    for number in range(70):
        other = derive("always", id=f"other{number}")
        assert minutes_between(other, START, START + timedelta(hours=1)) == 60
    assert add_minutes_many(made, first, [60]) == [last]
    assert minutes_between_many(made, first, [first, last]).tolist() == [0, 60]


def test_shapes_are_broadcast_and_kept() -> None:
    china, start = calendar("CN"), datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    grid = add_minutes_many(china, np.array([[stamp(start)], [stamp(start)]]), np.array([0, 60, 480]))
    assert grid.shape == (2, 3)
    assert minutes_between_many(china, start, grid).tolist() == [[0, 60, 480]] * 2
    assert add_minutes_many(china, start, 60).shape == ()
    assert add_minutes_many(china, start, np.array([], dtype=int)).shape == (0,)
    assert minutes_between_many(china, start, [start, start + timedelta(hours=1)]).tolist() == [0, 60]
    assert published_many(china, start, np.array([], dtype="M8[s]")).shape == (0,)


def test_it_is_said_which_moments_rest_on_unpublished_years() -> None:
    china, start = calendar("CN"), datetime(2026, 12, 31, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    reached = add_minutes_many(china, start, [60, 480, 481, -1, -480 * 366 * 30])
    assert published_many(china, start, reached).tolist() == [True, True, False, True, False]
    assert published_many(calendar("weekdays"), start, reached).all()
    for end, known in zip(reached, published_many(china, start, reached), strict=True):
        assert bool(known) == (not china.unpublished(start, end.tolist().replace(tzinfo=UTC)))


@pytest.mark.parametrize(
    ("start", "minutes", "problem"),
    [
        (datetime(2026, 3, 2), 1, "has no time zone"),  # noqa: DTZ001 - wrong on purpose
        (np.array(["2026-03-02", "NaT"], dtype="M8[D]"), 1, "missing moments"),
        (np.array([1, 2]), 1, "are no moments"),
        (["2026-03-02"], 1, "are no moments"),
        (np.datetime64("2026-03-02"), 1.5, "are not whole numbers"),
        (np.datetime64("2026-03-02"), [float("nan")], "are not whole numbers"),
        (np.datetime64("2026-03-02"), [True], "are not whole numbers"),
    ],
)
def test_what_is_no_moment_or_number_is_refused(start: object, minutes: object, problem: str) -> None:
    with pytest.raises(InvalidValue, match=problem):
        add_minutes_many(calendar("CN"), start, minutes)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        (np.datetime64("9999-12-30"), 100_000),
        (np.datetime64("0001-01-03"), -100_000),
        (np.datetime64("2026-01-01"), 10**18),
        (np.datetime64("2026-01-01"), -(10**18)),
        (np.datetime64("2026-01-01"), np.array([2**63], dtype=np.uint64)),
        (np.datetime64("12026-01-01"), 1),
        (np.datetime64("290000-01-01T00:00:00", "s"), 1),
        (np.datetime64("-0003-01-01"), 1),
    ],
)
def test_what_lies_outside_time_is_an_error(start: np.datetime64, minutes: object) -> None:
    with pytest.raises(OutsideTime):
        add_minutes_many(calendar("CN"), start, minutes)  # type: ignore[arg-type]  # an array too


def test_single_additions_do_without_numpy() -> None:
    program = (
        "import sys; from ltcflow.worktime import calendar, parse_start, reach; "
        "reach(calendar('CN'), parse_start('2026-03-02', 'CN'), '3d'); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "False\n"
