"""The calendars that a declaration names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

CASES = {
    "LTC340": (
        'calendar: plnt\ncalendars: {plant: {base: CN, closed: ["2026-08-03..2026-08-14"]}}\n',
        ("calendar: plnt", "calendar: plant"),
        "calendar",
        "names the calendar 'plnt', which ltcflow does not know",
        ("plnt",),
    ),
}


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        ("calendar: CNN\n", "calendar", "Did you mean 'CN'"),
        ("calendar: weekday\n", "calendar", "Did you mean 'weekdays'"),
        ("calendar: DE-BYY\n", "calendar", "Did you mean 'DE-BY'"),
        ("calendar: XX\n", "calendar", "Declare it under calendars"),
        ("roles: {seller: {calendar: CNN}}\n", "roles.seller.calendar", "Did you mean 'CN'"),
        (
            "stages: [{stage: bid, activities: [{activity: draft, calendar: plnt}]}]\ncalendars: {plant: {}}\n",
            "stages.bid.activities.draft.calendar",
            "Did you mean 'plant'",
        ),
        ("calendars: {plant: {base: plan}}\n", "calendars.plant.base", "Did you mean 'plant'"),
        ("calendars: {plant: {base: plant}}\n", "calendars.plant.base", "Declare it under calendars"),
    ],
)
def test_an_unknown_calendar_is_found_where_it_is_named(text: str, where: str, remedy: str, findings: Found) -> None:
    (found,) = findings("LTC340", text)
    assert found.where == where
    assert remedy in found.remedy
    assert found.severity.value == "warning"


@pytest.mark.parametrize(
    "text",
    [
        "calendar: CN\n",
        "calendar: us-ca\n",
        "calendar: always\n",
        "calendars: {weekdays: {base: weekdays, closed: 2026-12-24}, plant: {base: weekdays}, night: {base: plant}}\n",
        "calendars: {plant: {}}\ncalendar: plant\n",
    ],
)
def test_a_known_calendar_is_no_finding(text: str, findings: Found) -> None:
    assert findings("LTC340", text) == ()


def test_a_circle_of_calendars_is_shown_from_each_of_them(findings: Found) -> None:
    text = "calendars: {a: {base: b}, b: {base: c}, c: {base: a}, d: {base: a}}\n"
    found = findings("LTC340", text)
    assert [f.where for f in found] == ["calendars.a.base", "calendars.b.base", "calendars.c.base"]
    assert found[0].witness == ("a", "b", "c", "a")
    assert "derived from itself: a -> b -> c -> a" in found[0].problem


def test_two_calendars_with_one_id_are_found(findings: Found) -> None:
    (found,) = findings("LTC211", "calendars: [{calendar: a}, {calendar: b}, {calendar: a}]\n")
    assert found.witness == ("calendars[0]", "calendars[2]")


def test_a_long_chain_and_a_long_circle_are_judged_in_bounded_time(findings: Found) -> None:
    chain = ", ".join(f"c{i}: {{base: c{i + 1}}}" for i in range(5_000))
    assert findings("LTC340", f"calendars: {{{chain}, c5000: {{}}}}\n") == ()
    found = findings("LTC340", f"calendars: {{{chain}, c5000: {{base: c4000}}}}\n")
    assert len(found) == 1001
    assert len(found[0].witness) == 20
