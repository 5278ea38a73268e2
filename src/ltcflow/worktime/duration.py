"""Durations of work: whole minutes, working or elapsed, written ``3d``, ``1w 2d``, ``90min``, ``36eh``.

Conventions are those of MS Project: one working day (``d``) is 480 working minutes, one working week (``w``) five
days; a unit with an ``e`` in front counts elapsed time, nights and holidays included (``1ed`` = 1,440 minutes).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue

MINUTES_PER_DAY = 480
_WORKING = {"min": 1, "m": 1, "h": 60, "d": MINUTES_PER_DAY, "w": 5 * MINUTES_PER_DAY}
_ELAPSED = {"emin": 1, "em": 1, "eh": 60, "ed": 1440, "ew": 7 * 1440}
_PART = re.compile(r"(\d{1,10}(?:\.\d{1,6})?)\s*(emin|em|eh|ed|ew|min|m|h|d|w)\s*")
_LARGEST = 10**9
"""Bound of a duration in minutes (about 1,900 years elapsed): keeps sums far inside 64 bits."""


def _minutes(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValue(field="minutes", value=repr(value), problem="is not a whole number.", remedy="Give minutes.")
    if abs(value) > _LARGEST:
        raise InvalidValue(field="minutes", value=str(value), problem="is too long.", remedy="Stay below 1e9 minutes.")
    return value


@attrs.frozen(order=True)
class WorkDuration:
    """A stretch of time in whole minutes; negative ones are leads.

    Attributes:
        minutes: how long, in minutes.
        elapsed: False: minutes of working time of some calendar; True: minutes of the clock.

    Example:
        >>> WorkDuration.parse("1w 2d").minutes, str(WorkDuration(3360)), WorkDuration.parse("-36eh")
        (3360, '7d', WorkDuration(minutes=-2160, elapsed=True))
    """

    minutes: int = attrs.field(converter=_minutes)
    elapsed: bool = False

    @classmethod
    def parse(cls, text: str) -> WorkDuration:
        """Read a duration: an optional sign, then numbers with units, largest first or not, all of one kind.

        Raises:
            InvalidValue: not a duration, working and elapsed units mixed, or not whole minutes.
        """
        body = text.strip() if isinstance(text, str) else ""
        sign = -1 if body.startswith("-") else 1
        body = body.removeprefix("-").removeprefix("+").strip()
        parts = _parts(body, text)
        kinds = {unit in _ELAPSED for _, unit in parts}
        if len(kinds) == 2:
            raise _bad(text, "mixes working and elapsed units.", "Use one kind, such as 2d 4h or 2ed 4eh.")
        total = sum(Decimal(n) * (_ELAPSED if u in _ELAPSED else _WORKING)[u] for n, u in parts)
        if total != int(total):
            raise _bad(text, "is not a whole number of minutes.", "Round it.")
        return cls(sign * int(total), elapsed=kinds == {True})

    def __str__(self) -> str:
        units = (("ed", 1440), ("eh", 60), ("emin", 1)) if self.elapsed else (("d", 480), ("h", 60), ("min", 1))
        size, sign = abs(self.minutes), "-" if self.minutes < 0 else ""
        day = units[0][1]
        if size <= day or size % day == 0:
            name, per = next((name, per) for name, per in units if size % per == 0)
            return f"{sign}{size // per}{name}"
        parts = []
        for name, per in units:
            count, size = divmod(size, per)
            parts += [f"{count}{name}"] if count else []
        return sign + " ".join(parts)

    def __bool__(self) -> bool:
        return self.minutes != 0


ZERO = WorkDuration(0)
DurationLike: TypeAlias = WorkDuration | str


def as_duration(value: DurationLike) -> WorkDuration:
    """Return *value* as a duration (converter for attrs fields).

    Raises:
        InvalidValue: *value* is neither a duration nor a text that reads as one.
    """
    if isinstance(value, WorkDuration):
        return value
    if isinstance(value, str):
        return WorkDuration.parse(value)
    raise _bad(repr(value), "has no unit.", "Write a text such as '3d', '4h' or '1w'.")


def not_negative(_instance: object, attribute: attrs.Attribute[WorkDuration], value: WorkDuration) -> None:
    """Validate that a duration is zero or longer."""
    if value.minutes < 0:
        raise InvalidValue(field=attribute.name, value=str(value), problem="is negative.", remedy="Use 0d or more.")


def _parts(body: str, text: object) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(body) and len(body) <= 100:
        match = _PART.match(body, at)
        if match is None:
            break
        parts.append((match[1], match[2]))
        at = match.end()
    if not parts or at < len(body):
        raise _bad(str(text), "is not a duration.", "Write for example 3d, 4h, 1w, 90min, or 2ed for elapsed days.")
    return parts


def _bad(text: str, problem: str, remedy: str) -> InvalidValue:
    return InvalidValue(field="duration", value=repr(text), problem=problem, remedy=remedy)
