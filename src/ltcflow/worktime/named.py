"""Calendars by name: ``weekdays``, ``always`` and one per country or part of it (``CN``, ``DE-BY``, ``US-CA``, ...).

Holidays and make-up working days come from the `holidays` library. It is silent about years that are not yet published
(China's State Council publishes one year ahead, in November), so each calendar says for which years it can be trusted.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.labels import Label
from ltcflow.worktime.calendars import Calendar
from ltcflow.worktime.hours import MINUTES_OF_DAY, OFFICE_SHIFTS
from ltcflow.worktime.zones import zone_of

if TYPE_CHECKING:
    from holidays import HolidayBase

CalendarLike: TypeAlias = Calendar | str

_YEARS = range(2001, 2036)
"""The years whose holidays a country's calendar holds; the others are not published."""


@lru_cache(maxsize=128)
def calendar(name: str) -> Calendar:
    """Return the calendar called *name*.

    Args:
        name: "weekdays" (Monday to Friday, 09:00-12:00 and 13:00-18:00, UTC, no holidays), "always" (every minute,
            UTC), a country's two-letter code of ISO 3166 or that of a part of it ("DE-BY", "US-CA"): the same hours
            on its working days, in the zone of its main city, with its public holidays and make-up working days.
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
        >>> date(2026, 6, 4) in calendar("DE-BY").holidays, date(2026, 6, 4) in calendar("DE").holidays
        (True, False)
    """
    if name == "weekdays":
        return Calendar(id="weekdays", title=Label(en="Monday to Friday", zh="周一至周五"))
    if name == "always":
        always = (((0, MINUTES_OF_DAY),),) * 7
        return Calendar(id="always", title=Label(en="Day and night", zh="全天候"), hours=always)
    return _public(*public_code(name))


def public_code(name: str) -> tuple[str, str]:
    """Return the country and the part of it that *name* means; "" for the whole.

    Raises:
        UnknownName: there is none; near names are suggested.

    Example:
        >>> public_code("de-by"), public_code("CN")
        (('DE', 'BY'), ('CN', ''))
    """
    country, dash, part = name.strip().upper().partition("-") if isinstance(name, str) else ("", "", "")
    if country not in _countries():
        raise UnknownName(kind="calendar", value=str(name), known=known_calendars())
    parts = _parts(country) if dash else {"": ""}
    if part not in parts:
        known = tuple(f"{country}-{code}" for code in parts.values())
        raise UnknownName(kind="calendar", value=name, known=known or known_calendars())
    return country, parts[part]


def known_calendars() -> tuple[str, ...]:
    """Return the names of the calendars of whole countries, and those of no country first."""
    return ("weekdays", "always", "CN", *(code for code in _countries() if code != "CN"))


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


@lru_cache(maxsize=256)
def _parts(country: str) -> dict[str, str]:
    """Return the codes of the parts of *country* that have holidays of their own, by the code in capitals."""
    from holidays import country_holidays

    return {code.upper(): code for code in country_holidays(country).subdivisions}


def _public(country: str, part: str) -> Calendar:
    from holidays import country_holidays

    code = f"{country}-{part}" if part else country
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        days = country_holidays(country, subdiv=part or None, years=_YEARS, language="en_US")
    free = tuple(() if day in days.weekend else OFFICE_SHIFTS for day in range(7))
    make_up = tuple(day for day in days.weekend_workdays if day.year in _YEARS)
    return Calendar(
        id=code,
        title=Label(en=f"Working days of {code}", zh=f"{code} 工作日"),
        time_zone=zone_of(country, part),
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
