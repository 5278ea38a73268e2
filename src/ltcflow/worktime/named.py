"""Calendars by name: ``weekdays``, ``always`` and one per country (``CN``, ``DE``, ``US``, ...).

Holidays and make-up working days come from the `holidays` library. It is silent about years that are not yet published
(China's State Council publishes one year ahead, in November), so each calendar says for which years it can be trusted.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.labels import Label
from ltcflow.worktime.calendars import MINUTES_OF_DAY, OFFICE_SHIFTS, Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

CalendarLike: TypeAlias = Calendar | str

_YEARS = range(2001, 2036)
"""The years whose holidays a country's calendar holds; the others are not published."""
_BUSIEST_ZONE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
"""Where the first zone that the time zone database lists for a country is not that of its main business city."""


@lru_cache(maxsize=128)
def calendar(name: str) -> Calendar:
    """Return the calendar called *name*.

    Args:
        name: "weekdays" (Monday to Friday, 09:00-12:00 and 13:00-18:00, UTC, no holidays), "always" (every minute,
            UTC), or a country's two-letter code of ISO 3166: the same hours on its working days, in the zone of its
            main city, with its national holidays and make-up working days.
    Raises:
        UnknownName: there is none; near names are suggested.
    Cost: a country's calendar takes about 0.1 s the first time.

    Example:
        >>> from datetime import date
        >>> china = calendar("CN")
        >>> china.time_zone, date(2026, 10, 1) in china.holidays, date(2026, 10, 10) in china.working_days
        ('Asia/Shanghai', True, True)
        >>> china.is_published(2026), china.is_published(2040)
        (True, False)
    """
    if name == "weekdays":
        return Calendar(id="weekdays", title=Label(en="Monday to Friday", zh="周一至周五"))
    if name == "always":
        always = (((0, MINUTES_OF_DAY),),) * 7
        return Calendar(id="always", title=Label(en="Day and night", zh="全天候"), hours=always)
    codes = _countries()
    code = name.upper() if isinstance(name, str) else ""
    if code not in codes:
        raise UnknownName(kind="calendar", value=str(name), known=("weekdays", "always", "CN", *codes))
    return _country(code)


def as_calendar(value: CalendarLike) -> Calendar:
    """Return *value* as a calendar; a text is the name of one.

    Raises:
        UnknownName: no calendar has this name.
        InvalidValue: neither a calendar nor a text.
    """
    if isinstance(value, Calendar):
        return value
    if isinstance(value, str):
        return calendar(value)
    remedy = "Give a Calendar or a name such as 'weekdays' or 'CN'."
    raise InvalidValue(field="calendar", value=repr(value), problem="is not a calendar.", remedy=remedy)


@lru_cache(maxsize=1)
def _countries() -> tuple[str, ...]:
    from holidays.registry import COUNTRIES

    return tuple(sorted(code for _, *codes in COUNTRIES.values() for code in codes if len(code) == 2))


def _country(code: str) -> Calendar:
    from holidays import country_holidays

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        days = country_holidays(code, years=_YEARS, language="en_US")
    free = tuple(() if day in days.weekend else OFFICE_SHIFTS for day in range(7))
    make_up = tuple(day for day in days.weekend_workdays if day.year in _YEARS)
    return Calendar(
        id=code,
        title=Label(en=f"Working days of {code}", zh=f"{code} 工作日"),
        time_zone=_zone_of(code),
        hours=free if any(free) else (OFFICE_SHIFTS,) * 7,
        holidays=tuple(day for day in days if day.year in _YEARS),
        working_days=make_up,
        known_years=_published(days),
    )


def _published(days: HolidayBase) -> tuple[int, ...]:
    """Return the years whose days are certain.

    Where working days are moved by decree, those up to the last decree the library holds; else those in which it calls
    no holiday estimated. (0,), a year no date has, stands for none at all.
    """
    first = max(_YEARS.start, days.start_year)
    last = min(_YEARS.stop - 1, days.end_year)
    decrees: dict[int, Any] = getattr(days, "special_public_holidays", {})
    if days.has_substituted_holidays and decrees:
        first, last = max(first, min(decrees)), min(last, max(decrees))
    estimated = {day.year for day, title in days.items() if "estimated" in title}
    return tuple(year for year in range(first, last + 1) if year not in estimated) or (0,)


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Return the first zone of each country in the table of the time zone database."""
    from importlib.resources import files

    zones: dict[str, str] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code, zone)
    return zones


def _zone_of(code: str) -> str:
    return _BUSIEST_ZONE.get(code) or _zones().get(code, "UTC")
