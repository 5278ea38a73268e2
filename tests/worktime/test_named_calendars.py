"""The calendars one can name, and the moments one can write."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import attrs
import pytest

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.worktime import OFFICE_SHIFTS, Calendar, as_calendar, calendar, parse_start

TABLE = Path(__file__).parent / "data" / "cn_days_2024_2026.txt"


def official_days() -> tuple[dict[date, bool], set[int]]:
    """Return for every day of the years in the table whether it is worked."""
    worked: dict[date, bool] = {}
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    years = {int(row[0]) for row in rows}
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            worked[day] = day.weekday() < 5
            day += timedelta(days=1)
    for year, kind, *entries in rows:
        for entry in entries:
            first, _, last = entry.partition("..")
            day, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
            while day <= end:
                worked[day] = kind == "work"
                day += timedelta(days=1)
    return worked, years


def test_every_day_of_china_is_worked_or_free_as_the_notices_say() -> None:
    china = calendar("CN")
    worked, years = official_days()
    assert years == {2024, 2025, 2026}
    assert len(worked) == 366 + 365 + 365
    assert [day for day, is_worked in worked.items() if bool(china.shifts_on(day)) != is_worked] == []
    assert {china.shifts_on(day) for day, is_worked in worked.items() if is_worked} == {OFFICE_SHIFTS}


def test_a_year_without_a_notice_is_not_published() -> None:
    china = calendar("CN")
    assert all(china.is_published(year) for year in range(2001, 2027))
    assert not china.is_published(max(day.year for day in china.working_days) + 1)
    assert calendar("weekdays").is_published(2500)
    assert not calendar("DE").is_published(2500)
    assert calendar("DE").is_published(2030)


@pytest.mark.parametrize(
    ("name", "zone", "free", "worked"),
    [
        ("DE", "Europe/Berlin", date(2026, 10, 3), date(2026, 10, 5)),
        ("US", "America/New_York", date(2026, 11, 26), date(2026, 11, 25)),
        ("SA", "Asia/Riyadh", date(2026, 3, 6), date(2026, 3, 8)),
        ("cn", "Asia/Shanghai", date(2026, 2, 16), date(2026, 2, 14)),
        ("AU", "Australia/Sydney", date(2026, 1, 26), date(2026, 1, 27)),
    ],
)
def test_a_country_has_its_own_zone_weekend_and_holidays(name: str, zone: str, free: date, worked: date) -> None:
    country = calendar(name)
    assert (country.id, country.time_zone) == (name.upper(), zone)
    assert (country.shifts_on(free), country.shifts_on(worked)) == ((), OFFICE_SHIFTS)


def test_every_country_makes_a_calendar() -> None:
    from ltcflow.worktime.named import _countries

    codes = _countries()
    assert len(codes) > 200
    assert {"CN", "DE", "US", "IN", "TW", "XK"} <= set(codes)
    for code in codes[::25]:
        assert calendar(code).known_years


def test_an_unknown_calendar_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        calendar("weekday")
    assert caught.value.kind == "calendar"
    assert str(caught.value) == "LTC201: no calendar 'weekday' here. Did you mean 'weekdays'?"
    with pytest.raises(InvalidValue, match="is not a calendar"):
        as_calendar(3)  # type: ignore[arg-type]  # a caller without a type checker


def test_a_calendar_is_a_value() -> None:
    china = calendar("CN")
    copy = pickle.loads(pickle.dumps(china))
    assert copy == china
    assert hash(copy) == hash(china)
    assert calendar("CN") is china
    assert as_calendar(china) is china
    moved = attrs.evolve(china, time_zone="Asia/Urumqi")
    assert moved != china


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"hours": ((),) * 7}, "no working time at all"),
        ({"hours": (((0, 60),),) * 6}, "seven days"),
        ({"hours": (((60, 60),),) * 7}, "not shifts"),
        ({"hours": (((60, 120), (100, 180)),) * 7}, "not shifts"),
        ({"hours": (((0, 1441),),) * 7}, "not shifts"),
        ({"hours": (((True, 5),),) * 7}, "not shifts"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"time_zone": "../etc/passwd"}, "not a time zone"),
        ({"time_zone": ""}, "not a time zone"),
        ({"id": " "}, "not a name"),
        ({"holidays": ("2026-01-01",)}, "not a date"),
        ({"holidays": (datetime(2026, 1, 1, tzinfo=UTC),)}, "not a date"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_when_made(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidValue, match=problem):
        Calendar(**{"id": "factory", **fields})  # type: ignore[arg-type]  # wrong on purpose


def test_a_make_up_day_borrows_the_hours_of_the_first_worked_weekday() -> None:
    saturday = date(2026, 3, 7)
    made = Calendar(id="factory", hours=((), ((360, 840),), (), (), (), (), ()), working_days=(saturday,))
    assert made.shifts_on(saturday) == ((360, 840),)
    assert attrs.evolve(made, working_day_shifts=((0, 60),)).shifts_on(saturday) == ((0, 60),)
    assert attrs.evolve(made, holidays=(saturday,)).shifts_on(saturday) == ((360, 840),)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-02", "2026-03-02T09:00:00+08:00"),
        ("20260302", "2026-03-02T09:00:00+08:00"),
        ("2026-10-01", "2026-10-08T09:00:00+08:00"),
        ("2026-02-14", "2026-02-14T09:00:00+08:00"),
        (date(2026, 3, 7), "2026-03-09T09:00:00+08:00"),
        ("2026-03-02T10:00", "2026-03-02T10:00:00+08:00"),
        ("2026-03-02 10:00:30", "2026-03-02T10:00:30+08:00"),
        (" 2026-03-02T10:00Z ", "2026-03-02T18:00:00+08:00"),
        (datetime(2026, 3, 2, 3), "2026-03-02T03:00:00+08:00"),  # noqa: DTZ001 - a caller's naive datetime
        (datetime(2026, 3, 2, 3, tzinfo=timezone(timedelta(hours=-5))), "2026-03-02T16:00:00+08:00"),
    ],
)
def test_a_start_is_read_in_the_calendars_zone(value: str | date | datetime, moment: str) -> None:
    read = parse_start(value, "CN")
    assert read.isoformat() == moment
    assert type(read) is datetime


@pytest.mark.parametrize(
    "value",
    ["", "soon", "2026", "2026-03", "2026-13-01", "2026-02-30", "12:30", "P1D", "2026-01-01/2026-02-01", "0000-01-01",
     "99999-01-01", "9" * 5000, "2026-03-02\x00", 20260302, None, 1.5],
)  # fmt: skip
def test_a_start_that_is_no_date_is_refused_with_a_remedy(value: object) -> None:
    with pytest.raises(InvalidValue, match="Write a day such as") as caught:
        parse_start(value, "CN")  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.code == "LTC202"
