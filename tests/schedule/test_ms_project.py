"""A real schedule against the dates that Microsoft Project computed for it.

The files are reference material and no part of this repository: LTCFLOW_REFERENCE names the directory that holds
``schedules/``. Task by task: early and late dates (the same working minute: Microsoft Project writes a milestone that
may wait over the night as of the next morning, we as of the evening), total float, and the critical flag.
"""

from __future__ import annotations

import csv
import os
import re
from datetime import datetime, time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from ltcflow import builder as b
from ltcflow.schedule import Constraint, Plan, plan
from ltcflow.worktime import Calendar, WorkDuration, minutes_between

FOLDER = os.environ.get("LTCFLOW_REFERENCE", "")
SCHEDULES = Path(FOLDER) / "schedules"
pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(
        not FOLDER or not (SCHEDULES / "new_product.mspdi.xml").exists(),
        reason="LTCFLOW_REFERENCE does not name the reference material with schedules/new_product.mspdi.xml",
    ),
]
NS = {"m": "http://schemas.microsoft.com/project"}
TYPES = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
KINDS = {
    "0": "as_soon_as_possible",
    "1": "as_late_as_possible",
    "2": "must_start",
    "3": "must_finish",
    "4": "start_no_earlier",
    "5": "start_no_later",
    "6": "finish_no_earlier",
    "7": "finish_no_later",
}


class Task(NamedTuple):
    number: str
    level: int
    summary: bool
    minutes: int
    links: list[tuple[str, str, int]]
    constraint: Constraint


def read_tasks(root: ElementTree.Element) -> dict[str, Task]:
    """Return the tasks by UID; lags in minutes (the file has tenths)."""
    found = {}
    for node in root.findall("m:Tasks/m:Task", NS):

        def text(name: str, node: ElementTree.Element = node) -> str:
            return node.findtext(f"m:{name}", "", NS)

        hours, minutes, _ = map(int, re.findall(r"\d+", text("Duration")))
        links = [
            (
                link.findtext("m:PredecessorUID", "", NS),
                TYPES[link.findtext("m:Type", "1", NS)],
                int(link.findtext("m:LinkLag", "0", NS)) // 10,
            )
            for link in node.findall("m:PredecessorLink", NS)
        ]
        kind = KINDS[text("ConstraintType")]
        constraint = Constraint(kind, text("ConstraintDate") or None)
        found[text("UID")] = Task(
            text("ID"), int(text("OutlineLevel")), text("Summary") == "1", 60 * hours + minutes, links, constraint
        )
    return found


def read_calendar(root: ElementTree.Element) -> Calendar:
    """Return the calendar of the project; it has no exceptions."""
    uid = root.findtext("m:CalendarUID", "", NS)
    calendar = next(c for c in root.findall("m:Calendars/m:Calendar", NS) if c.findtext("m:UID", "", NS) == uid)
    assert calendar.find("m:Exceptions", NS) is None
    hours: list[tuple[tuple[int, int], ...]] = [()] * 7
    for day in calendar.findall("m:WeekDays/m:WeekDay", NS):
        kind = int(day.findtext("m:DayType", "", NS))
        assert kind in range(1, 8)
        shifts = [
            tuple(
                60 * t.hour + t.minute
                for t in (time.fromisoformat(shift.findtext(f"m:{end}", "", NS)) for end in ("FromTime", "ToTime"))
            )
            for shift in day.findall("m:WorkingTimes/m:WorkingTime", NS)
        ]
        hours[(kind - 2) % 7] = tuple(shifts)  # type: ignore[arg-type]  # pairs
    return Calendar(id="project", hours=tuple(hours))


def planned() -> tuple[Plan, Calendar, dict[str, Task]]:
    root = ElementTree.parse(SCHEDULES / "new_product.mspdi.xml").getroot()
    tasks, days = read_tasks(root), read_calendar(root)
    names = {uid: f"t{task.number}" for uid, task in tasks.items()}
    stages: list[tuple[str, list[object], list[object]]] = [("alone", [], [])]
    for uid, task in tasks.items():
        after = [b.after(names[source], kind, WorkDuration(lag)) for source, kind, lag in task.links]
        if task.summary and task.level == 1:
            stages.append((names[uid], after, []))
        elif not task.summary:
            step = b.activity(names[uid], duration=WorkDuration(task.minutes), after=after)
            stages[0 if task.level == 1 else -1][2].append(step)
    process = b.process(
        "new_product", stages=[b.stage(name, after=after, activities=steps) for name, after, steps in stages]
    )
    constraints = {names[uid]: task.constraint for uid, task in tasks.items() if not task.summary}
    start = root.findtext("m:StartDate", "", NS)
    return plan(process, start=start, calendar=days, constraints=constraints), days, tasks


def oracle() -> list[dict[str, str]]:
    with (SCHEDULES / "new_product.oracle.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_minutes(text: str) -> int:
    return round(float(text[:-1]) * {"d": 480, "w": 2400}[text[-1]])


def test_every_activity_has_the_dates_of_microsoft_project() -> None:
    p, days, _ = planned()
    seen, critical = 0, 0
    for theirs in oracle():
        if theirs["summary"] == "1":
            continue
        row = p[f"t{theirs['id']}"]
        for mine, key in (
            (row.early_start, "es"),
            (row.early_finish, "ef"),
            (row.late_start, "ls"),
            (row.late_finish, "lf"),
        ):
            moment = datetime.fromisoformat(theirs[key]).replace(tzinfo=days.zone)
            assert minutes_between(days, mine, moment) == 0, (row.id, key, mine, moment)
            if row.duration:
                assert mine == moment, (row.id, key)
        assert row.total_float.minutes == in_minutes(theirs["ts"]), row.id
        assert (row.id in p.zero_float) == (theirs["critical"] == "1"), row.id
        assert row.critical == (theirs["critical"] == "1"), row.id
        seen, critical = seen + 1, critical + row.critical
    assert (seen, critical) == (36, 15)
    assert p.finish == datetime(2004, 12, 22, 17, tzinfo=days.zone)


def test_free_floats_agree_but_for_the_ends_of_phases() -> None:
    """Microsoft Project leaves summary tasks out of free float; here the end of a stage is an element like others.

    So where the two differ, ours is what the end of the stage leaves.
    """
    p, days, _ = planned()
    differ = []
    for theirs in oracle():
        if theirs["summary"] == "1":
            continue
        row = p[f"t{theirs['id']}"]
        if row.free_float.minutes != in_minutes(theirs["fs"]):
            left = minutes_between(days, row.early_finish, p[row.stage].early_finish)
            assert row.free_float.minutes == left < in_minutes(theirs["fs"]), row.id
            differ.append(row.id)
    assert len(differ) == 8
