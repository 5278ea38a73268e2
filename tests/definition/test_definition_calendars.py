"""Calendars in a definition file: every problem at once, each at its place, in two languages."""

from __future__ import annotations

import time

import jsonschema
import pytest

from ltcflow.checks import check
from ltcflow.definition import dumps, loads, locate, read, schema
from ltcflow.labels import has_cjk
from ltcflow.worktime import DeclaredCalendar

HEAD = "ltcflow: 1\nprocess: bid\n"
WRONG = """\
ltcflow: 1
process: bid
calendars:
  plant:
    hours:
      mon-fri: ["08:00-12:00", "11:00-17:00"]
      sat: 8-12
      funday: []
      fri: ["25:00-26:00"]
    closed:
      - 2026-08-14..2026-08-03
      - "2026-02-30"
      - 2026
    open: 2026-01-01..2226-01-01
    open_hours: [09:00-09:00]
    time_zone: Asia/Shangai
    bases: CN
  nights:
    hours:
      mon: 22:00-06:00
      tue: ["05:00-06:00"]
  empty:
    hours: {}
  Plant 2: {}
  flat: [CN]
"""


def test_every_problem_is_told_at_once_where_it_stands() -> None:
    findings = read(WRONG, "bid.yaml").findings
    assert [(f.line, f.column, f.code, f.where.removeprefix("calendars.")) for f in findings] == [
        (6, 32, "LTC120", "plant.hours.mon-fri[1]"),
        (7, 12, "LTC120", "plant.hours.sat[0]"),
        (8, 7, "LTC111", "plant.hours.funday"),
        (9, 7, "LTC119", "plant.hours.fri"),
        (9, 13, "LTC120", "plant.hours.fri[0]"),
        (11, 9, "LTC120", "plant.closed[0]"),
        (12, 9, "LTC120", "plant.closed[1]"),
        (13, 9, "LTC120", "plant.closed[2]"),
        (14, 11, "LTC120", "plant.open[0]"),
        (15, 18, "LTC120", "plant.open_hours[0]"),
        (16, 16, "LTC120", "plant.time_zone"),
        (17, 5, "LTC111", "plant.bases"),
        (21, 7, "LTC120", "nights.hours.tue"),
        (23, 12, "LTC120", "empty.hours"),
        (24, 3, "LTC115", "Plant 2"),
        (25, 9, "LTC113", "flat"),
    ]
    for finding in findings:
        assert has_cjk(finding.problem_zh)
        assert has_cjk(finding.remedy_zh)
        assert "不符合要求" not in finding.problem_zh, finding.problem_zh
        assert "请改正(" not in finding.remedy_zh, finding.remedy_zh


def test_what_is_written_reads_back_and_says_no_more_than_it_must() -> None:
    text = HEAD + (
        "calendars: {plant: {base: CN, hours: {mon-fri: ['08:00-12:00', '13:00-17:00'], sat: '08:00-12:00'}, "
        "closed: '2026-08-03..2026-08-14', open: [2026-08-08]}, night: {hours: {sun-thu: '22:00-06:00'}}, same: }\n"
    )
    process = loads(text)
    assert loads(dumps(process)) == process
    assert process.calendars[2] == DeclaredCalendar(id="same")
    written = dumps(process)
    assert 'mon-fri: ["08:00-12:00", "13:00-17:00"]' in written
    assert 'sun: ["22:00-06:00"]' in written
    assert "same: {}" in written


def test_a_finding_of_the_check_is_led_back_to_the_base() -> None:
    reading = read(HEAD + "calendars:\n  plant:\n    base: CNN\n", "bid.yaml")
    assert reading.process is not None
    (found,) = (f for f in locate(check(reading.process), reading) if f.code == "LTC340")
    assert (found.file, found.line, found.column) == ("bid.yaml", 5, 11)


@pytest.mark.parametrize(
    "hours",
    [{"mon": "8:00-9:00"}, {"mo": "08:00-09:00"}, {"mon": ["24:00-25:00"]}, {"mon": 800}, ["08:00-09:00"], "mon-fri"],
)
def test_the_schema_refuses_what_the_reader_refuses(hours: object) -> None:
    data = {"ltcflow": 1, "process": "bid", "calendars": {"plant": {"hours": hours}}}
    assert not jsonschema.Draft202012Validator(schema()).is_valid(data)


@pytest.mark.parametrize(
    "calendars",
    [
        "{a: {closed: [" + "2026-01-01..2035-01-01," * 30_000 + "]}}",
        "{a: {closed: [" + "2026-01-01," * 60_000 + "]}}",
        "{a: {hours: {" + ", ".join(f"x{i}: '08:00-09:00'" for i in range(20_000)) + "}}}",
        "{a: {hours: {mon: [" + "'08:00-09:00'," * 60_000 + "]}}}",
        "{" + ", ".join(f"a{i}: {{time_zone: ../../etc/passwd{i}}}" for i in range(5_000)) + "}",
    ],
)
def test_a_hostile_calendar_is_refused_in_bounded_time(calendars: str) -> None:
    start = time.process_time()
    findings = read(HEAD + f"calendars: {calendars}\n").findings
    assert findings
    assert time.process_time() - start < 20
