"""Drivers: causes that several durations have in common, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.schedule.montecarlo.outcomes import probability


def _correlation(value: float) -> float:
    return probability("correlation", value)


def _names(values: Iterable[str]) -> tuple[ElementId, ...]:
    return (values,) if isinstance(values, str) else tuple(dict.fromkeys(values))


@attrs.frozen
class Driver:
    """A cause that makes durations long or short together, such as the customer or the weather.

    Attributes:
        elements: activities and gates whose durations it drives.
        correlation: of the normal scores of any two of them, 0 (independent) to 1 (always at the same quantile).
    """

    elements: tuple[ElementId, ...] = attrs.field(converter=_names)
    correlation: float = attrs.field(converter=_correlation)


DriverLike: TypeAlias = "Driver | Mapping[str, Any]"
Drivers: TypeAlias = Mapping[str, DriverLike]


def read_drivers(process: Process, given: Drivers) -> dict[str, Driver]:
    """Return the drivers by name.

    Raises:
        UnknownName: an element that is not declared.
        InvalidValue: no driver, a correlation out of range, an element with two drivers.
    """
    found: dict[str, Driver] = {}
    taken: dict[ElementId, str] = {}
    for name, value in given.items():
        driver = value if isinstance(value, Driver) else _read(name, value)
        for element in driver.elements:
            process.element(element)
            if element in taken:
                problem = f"is driven by {taken[element]!r} and by {name!r}."
                raise InvalidValue(field="drivers", value=element, problem=problem, remedy="Give it one driver.")
            taken[element] = name
        found[name] = driver
    return found


def _read(name: str, value: Mapping[str, Any]) -> Driver:
    if not isinstance(value, Mapping) or set(value) != {"elements", "correlation"}:
        problem, remedy = "is no driver.", "Write {'elements': ['solution', 'quote'], 'correlation': 0.6}."
        raise InvalidValue(field=f"drivers[{name}]", value=str(value), problem=problem, remedy=remedy)
    return Driver(value["elements"], value["correlation"])
