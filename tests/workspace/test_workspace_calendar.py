"""A process may name the calendar of a plugin: the workspace plans and forecasts with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import UnknownName
from ltcflow.plugins import Extensions
from ltcflow.worktime import Calendar, calendar

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def night() -> Calendar:
    return calendar("always")


def opened(days: str) -> ltc.Workspace:
    found = Extensions(calendars=(("acme_always", night),))
    ws = ltc.Workspace.open("memory:", clock=lambda: AT, extensions=found)
    work = b.activity("build", duration="3d")
    process = b.process(
        "p", calendar=days, stages=[b.stage("s", activities=[work])], milestones=[b.milestone("m", after=["build"])]
    )
    assert ws.start(process, project="x", title="X", by="li.wei", team={}).accepted
    return ws


def test_the_calendar_of_a_plugin_dates_plan_and_readiness() -> None:
    ws = opened("acme_always")
    finish = ws.plan("x").finish
    assert finish == datetime(2026, 3, 3, 9, tzinfo=UTC), "three days of eight hours, without a pause"
    assert ws.readiness("x", "m").forecast == finish
    assert ws.plan("x", calendar="weekdays").finish > finish


def test_a_calendar_that_nobody_knows_suggests_those_of_plugins_too() -> None:
    with pytest.raises(UnknownName) as caught:
        opened("acme_alway").plan("x")
    assert "Did you mean 'acme_always'" in str(caught.value)
