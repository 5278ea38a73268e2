"""Hours and days as people write them, and calendars derived from others."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.worktime import Calendar, DeclaredCalendar, calendar, derive, reach
from ltcflow.worktime.hours import as_range, as_shift, as_week, range_text, shift_text, week_texts, weekdays
from ltcflow.worktime.zones import zone_of

DATES = st.dates(date(2023, 12, 1), date(2027, 2, 1))
RANGES = st.lists(st.tuples(DATES, st.integers(0, 40)).map(lambda d: (d[0], d[0] + timedelta(days=d[1]))), max_size=3)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_shift_reads_back_from_its_text(start: int, length: int) -> None:
    if length < 1440 or start == 0:
        assert as_shift(shift_text((start, start + length))) == (start, start + length)
    else:
        with pytest.raises(InvalidValue):
            as_shift((start, start + length))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from([(), ((0, 60),), ((480, 720), (780, 1020))]), min_size=7, max_size=7))
def test_a_week_reads_back_from_its_texts(days: list[tuple[tuple[int, int], ...]]) -> None:
    assert as_week(week_texts(tuple(days))) == tuple(days)


@settings(deadline=None, max_examples=50)
@given(st.dates(), st.integers(0, 3659))
def test_days_read_back_from_their_text(first: date, more: int) -> None:
    last = min(first.toordinal() + more, date.max.toordinal())
    days = (first, date.fromordinal(last))
    assert as_range(range_text(days)) == days


@settings(deadline=None, max_examples=50)
@given(RANGES, RANGES, st.sampled_from(["CN", "weekdays"]))
def test_open_is_stronger_than_closed_and_closed_than_the_base(
    closed: list[tuple[date, date]], opened: list[tuple[date, date]], name: str
) -> None:
    base = calendar(name)
    made = derive(base, id="made", closed=closed, open=opened)
    for day in (date(2023, 12, 1) + timedelta(days=i) for i in range(0, 1200, 3)):
        is_open = any(first <= day <= last for first, last in opened)
        is_closed = any(first <= day <= last for first, last in closed)
        wanted = True if is_open else False if is_closed else bool(base.shifts_on(day))
        assert bool(made.shifts_on(day)) == wanted


def test_a_derived_calendar_is_a_value_and_its_base_stays() -> None:
    china = calendar("CN")
    plant = derive("CN", id="plant", closed="2026-10-10", hours={"mon-sat": "08:00-16:00"}, time_zone="Asia/Urumqi")
    assert date(2026, 10, 10) in china.working_days
    assert plant.shifts_on(date(2026, 10, 10)) == ()
    assert (plant.time_zone, plant.known_years, plant.title) == ("Asia/Urumqi", china.known_years, china.title)
    assert pickle.loads(pickle.dumps(plant)) == plant
    declared = DeclaredCalendar(id="plant", base="CN", closed="2026-10-10", hours={"mon-sat": "08:00-16:00"})
    assert hash(pickle.loads(pickle.dumps(declared))) == hash(declared)
    assert declared.resolve() == derive(plant, time_zone="Asia/Shanghai")
    assert derive("CN") == china


def test_a_part_of_a_country_has_its_own_holidays_and_zone() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in calendar("DE-BY").holidays
    assert corpus_christi not in calendar("DE-BE").holidays
    assert calendar("us-ca").time_zone == "America/Los_Angeles"
    assert calendar("CA-BC").time_zone == "America/Vancouver"
    assert calendar("nz-south canterbury").id == "NZ-South Canterbury"
    for wrong in ("DE-XX", "DE-", "CN-11", "XX-BY", "-", ""):
        with pytest.raises(UnknownName):
            calendar(wrong)


def test_every_zone_of_a_part_is_one_that_exists_and_every_part_one_of_its_country() -> None:
    from zoneinfo import ZoneInfo

    from holidays import country_holidays

    from ltcflow.worktime.zones import _PARTS

    for country, zones in _PARTS.items():
        known = country_holidays(country).subdivisions
        parts = [part for several in zones.values() for part in several.split()]
        assert len(set(parts)) == len(parts)
        assert set(parts) <= set(known), (country, set(parts) - set(known))
        for zone in zones:
            ZoneInfo(zone)
    assert zone_of("XX") == "UTC"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"hours": {"mon-fri": ["08:00-12:00", "11:00-13:00"]}}, "overlaps"),
        ({"hours": {"mon": "22:00-06:00", "tue": "05:59-07:00"}}, "overlaps"),
        ({"hours": {"mon": "08:00-09:00", "sun": "22:00-08:01"}}, "overlaps"),
        ({"hours": {"mon": "24:00-25:00"}}, "is not a shift"),
        ({"hours": {"mon": "8:00-9:00"}}, "is not a shift"),
        ({"hours": {"mon": "09:00-09:00"}}, "has no length"),
        ({"hours": {"mo": "09:00-10:00"}}, "is not a weekday"),
        ({"hours": {"mon-fri": "09:00-10:00", "fri-sat": "09:00-10:00"}}, "names a weekday twice"),
        ({"hours": {}}, "no working time at all"),
        ({"hours": {"mon": []}, "open": "2026-01-01"}, "no working time at all"),
        ({"hours": [((0, 60),)] * 6}, "seven days"),
        ({"closed": "2026-08-14..2026-08-03"}, "ends before it begins"),
        ({"closed": ["2026-02-29"]}, "is not a date"),
        ({"closed": ["2026-8-3"]}, "is not a date"),
        ({"closed": "0001-01-01..9999-12-31"}, "longer than ten years"),
        ({"open": [("2001-01-01", "2010-12-31")] * 11}, "more than a century of days"),
        ({"open": 20260101}, "are no days"),
        ({"closed": [datetime(2026, 1, 1, tzinfo=UTC)]}, "is not a date"),
        ({"open_hours": 3}, "are not shifts"),
        ({"time_zone": "Asia/Shangai"}, "is not a time zone"),
        ({"id": "Plant 1"}, "id"),
        ({"base": " "}, "is not a name"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidValue, match=problem) as caught:
        DeclaredCalendar(**{"id": "plant", **fields})  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.remedy


def test_weekdays_go_round_the_week() -> None:
    assert weekdays("sun-thu") == (6, 0, 1, 2, 3)
    assert weekdays("mon-sun") == tuple(range(7))
    assert weekdays("tue-tue") == (1,)
    for wrong in ("", "-", "mon-", "mon-fri-sat", "Mon", None):
        with pytest.raises(InvalidValue):
            weekdays(wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_an_addition_says_which_years_make_it_uncertain() -> None:
    china = calendar("CN")
    start = datetime(2026, 12, 31, 1, tzinfo=UTC)
    assert reach(china, start, "1d").certain
    late = reach(china, start, "2d")
    assert late.unpublished == (2027,)
    assert reach(china, start, "20eh").unpublished == (2027,)  # already 2027 in China
    assert reach(china, start, "-1d").certain
    assert reach(calendar("weekdays"), start, "400w").certain
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert china.unpublished(new_year, new_year) == (2027,)
    assert china.unpublished(new_year - timedelta(seconds=1), start) == ()
    assert china.unpublished(datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)) == (9999,)
    plant = Calendar(id="p", known_years=(2026,))
    assert plant.unpublished(date(2025, 12, 31), date(2028, 1, 1)) == (2025, 2027, 2028)
    assert plant.unpublished(date(2028, 1, 1), date(2025, 12, 31)) == (2025, 2027, 2028)
