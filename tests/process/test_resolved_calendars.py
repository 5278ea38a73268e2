"""From the name of a calendar to the calendar, through those a process declares."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import DefinitionError
from ltcflow.process import Process, compose, resolve_calendar
from ltcflow.worktime import Calendar, DeclaredCalendar, calendar, derive


def declared(*calendars: DeclaredCalendar, own: str = "") -> Process:
    return b.process("bid", calendars=calendars, calendar=own)


def test_a_calendar_of_the_process_comes_before_the_one_outside() -> None:
    closed = DeclaredCalendar(id="weekdays", base="weekdays", closed=["2026-12-24"])
    process = declared(closed)
    assert resolve_calendar(process).shifts_on(date(2026, 12, 24)) == ()
    assert resolve_calendar(process, "CN") is calendar("CN")
    assert resolve_calendar(declared()) is calendar("weekdays")
    assert resolve_calendar(declared(own="DE-BY")) is calendar("DE-BY")
    assert resolve_calendar(process, "weekdays") is resolve_calendar(process, "weekdays")


def test_a_chain_of_calendars_adds_up() -> None:
    process = declared(
        DeclaredCalendar(id="night", base="plant", hours={"sun-thu": "22:00-06:00"}, open="2026-08-08"),
        DeclaredCalendar(id="plant", base="CN", closed="2026-08-03..2026-08-14", open_hours="10:00-11:00"),
        own="night",
    )
    plant = derive("CN", id="plant", closed="2026-08-03..2026-08-14", open_hours="10:00-11:00")
    night = derive(plant, id="night", hours={"sun-thu": "22:00-06:00"}, open="2026-08-08")
    assert resolve_calendar(process) == night
    assert resolve_calendar(process, "plant") == plant
    assert night.shifts_on(date(2026, 8, 8)) == ((600, 660),)
    assert night.shifts_on(date(2026, 8, 4)) == ()
    assert night.known_years == calendar("CN").known_years


def test_a_plugins_calendar_is_found_by_the_function_given() -> None:
    def named(name: str) -> Calendar:
        return Calendar(id="acme", hours={"mon": "08:00-12:00"}) if name == "acme" else calendar(name)

    process = declared(DeclaredCalendar(id="plant", base="acme", time_zone="Europe/Berlin"))
    assert resolve_calendar(process, "plant", named=named).time_zone == "Europe/Berlin"
    assert resolve_calendar(process, "acme", named=named).id == "acme"
    with pytest.raises(UnknownName) as caught:
        resolve_calendar(process, "plant")
    assert caught.value.value == "acme"


def test_an_unknown_name_suggests_those_of_the_process_too() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'plant'"):
        resolve_calendar(declared(DeclaredCalendar(id="plant")), "plnat")


@pytest.mark.parametrize("count", [2, 3, 2000])
def test_a_circle_of_calendars_is_an_error_and_never_a_hang(count: int) -> None:
    circle = [DeclaredCalendar(id=f"c{i}", base=f"c{(i + 1) % count}") for i in range(count)]
    with pytest.raises(InvalidValue, match="derived from each other in a circle"):
        resolve_calendar(declared(*circle, DeclaredCalendar(id="d", base="c1")), "d")


def test_composed_processes_keep_their_calendars_and_may_not_disagree() -> None:
    one = b.process("one", stages=[b.stage("s1")], calendars=[DeclaredCalendar(id="plant", base="CN")])
    other = b.process("other", stages=[b.stage("s2")], calendars=[DeclaredCalendar(id="night")])
    assert [own.id for own in compose(one, other).calendars] == ["plant", "night"]
    same = attrs.evolve(other, calendars=one.calendars)
    assert compose(one, same).calendars == one.calendars
    differing = attrs.evolve(other, calendars=[DeclaredCalendar(id="plant", base="DE")])
    with pytest.raises(DefinitionError, match="different base"):
        compose(one, differing)
