"""The plugin that comes with ltcflow: its catalog, calendars and criteria, through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from ltcflow.catalog import Loader, entries, load_entry
from ltcflow.plugins.criteria import SHIPPED
from ltcflow.plugins.marks import hookimpl
from ltcflow.process import Process
from ltcflow.projects import Judge
from ltcflow.worktime import Calendar, calendar

ltcflow_priority = -100
CALENDARS = (
    "weekdays",
    "always",
    "CN",
    "AE",
    "AU",
    "BR",
    "CA",
    "DE",
    "ES",
    "FR",
    "GB",
    "ID",
    "IN",
    "IT",
    "JP",
    "KR",
    "MX",
    "MY",
    "NL",
    "SA",
    "SG",
    "TH",
    "TR",
    "US",
    "VN",
    "ZA",
)
"""Calendars that are listed by name; `Extensions.calendar` knows every other country's as well."""


@attrs.frozen
class Shipped:
    """Reads the shipped process *name* (a value: it compares equal and can be pickled, as a closure cannot)."""

    name: str

    def __call__(self) -> Process:
        """Read it."""
        return load_entry(self.name)


@attrs.frozen
class Named:
    """Makes the calendar *name*."""

    name: str

    def __call__(self) -> Calendar:
        """Make it; made calendars are remembered."""
        return calendar(self.name)


@hookimpl
def ltcflow_processes() -> Mapping[str, Loader]:
    """The shipped processes, each read when it is asked for."""
    return {name: Shipped(name) for name in entries()}


@hookimpl
def ltcflow_calendars() -> Mapping[str, Callable[[], Calendar]]:
    """Weekdays, day and night, and the calendars of countries, each made when it is asked for."""
    return {name: Named(name) for name in CALENDARS}


@hookimpl
def ltcflow_criteria() -> Mapping[str, Judge]:
    """What `ltcflow.plugins.criteria` can ask at a gate."""
    return SHIPPED
