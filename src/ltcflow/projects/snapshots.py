"""States as plain JSON data and back. A snapshot only saves a replay: what does not fit exactly is no state.

Nothing is listed by hand: how a value is written follows from the declared types of `ProjectState`, field by field, so
a new field is covered by itself, and one of a type that is not known here is named.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar, Union

import attrs
from rpds import HashTrieMap, HashTrieSet

from ltcflow.conditions import Money
from ltcflow.projects.state import ProjectState
from ltcflow.roles import Team

Change: TypeAlias = Callable[[Any], Any]
_FACT = frozenset({Money, Decimal, bool, date, str})
_NAMES = {bool: "yes", date: "date", Decimal: "number", Money: "money", str: "text"}


K = TypeVar("K")
V = TypeVar("V")


class _Map(Generic[K, V]):
    """Stands for `HashTrieMap` in a declared type: the class itself takes no parameters when a program runs."""


class _Set(Generic[K]):
    """Stands for `HashTrieSet`."""


_STANDS_FOR = {"HashTrieMap": _Map, "HashTrieSet": _Set}


def state_to_data(state: ProjectState) -> dict[str, Any]:
    """Return *state* as JSON data: dicts, lists, text, whole numbers; fields that have their default are left out.

    Equal states give equal data, whatever the order in which they came about. Cost: O(size of the state).

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow.projects import replay
        >>> from ltcflow.projects.events import NoteAdded
        >>> state = replay([NoteAdded(by="li.wei", at=datetime(2026, 3, 2, tzinfo=UTC), text="called")])
        >>> state_to_data(state)
        {'version': 1, 'at': '2026-03-02T00:00:00+00:00'}
        >>> state_from_data(state_to_data(state)) == state
        True
    """
    data: dict[str, Any] = _coder(ProjectState)[0](state)
    return data


def state_from_data(data: object) -> ProjectState:
    """Return the state that `state_to_data` wrote.

    Raises:
        ValueError: *data* is not of that form. That it is true, only the log can say.
    """
    try:
        state: ProjectState = _coder(ProjectState)[1](data)
    except (TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"no state: {type(error).__name__}: {error}"[:300]) from error
    return state


@cache
def _coder(kind: Any) -> tuple[Change, Change]:
    """Return how a value of this declared type is written and read."""
    kind = getattr(kind, "__supertype__", kind)
    origin, of = typing.get_origin(kind), typing.get_args(kind)
    if kind in (str, int, bool):
        return _same, _exactly(kind)
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if origin in (Union, types.UnionType):
        return _union(of)
    if origin is tuple:
        return _list_of(_coder(of[0]), tuple) if of[-1] is ... else _parts(tuple(_coder(part) for part in of))
    if origin is _Set:
        return _sorted(_list_of(_coder(of[0]), HashTrieSet))
    if origin is _Map:
        return _map(_parts((_coder(of[0]), _coder(of[1]))))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return (lambda value: value.value), kind
    if isinstance(kind, type) and attrs.has(kind):
        return _record(kind)
    raise TypeError(f"a state of type {kind!r}: say in {__name__} how it is written.")


def _same(value: Any) -> Any:
    return value


def _exactly(kind: type) -> Change:
    def read(data: Any) -> Any:
        if type(data) is not kind:
            raise ValueError(f"{data!r:.80} is no {kind.__name__}")
        return data

    return read


def _write_moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _read_moment(data: str) -> datetime:
    moment = datetime.fromisoformat(data)
    if moment.tzinfo is not UTC:
        raise ValueError(f"{data!r:.80} is not in UTC")
    return moment


def _write_fact(value: Any) -> list[Any]:
    if isinstance(value, Money):
        return ["money", str(value.amount), value.currency]
    return [_NAMES[type(value)], value if isinstance(value, bool | str) else str(value)]


def _read_fact(data: list[Any]) -> Any:
    match data:
        case ["money", str(amount), str(currency)]:
            return Money(Decimal(amount), currency)
        case ["number", str(number)]:
            return Decimal(number)
        case ["date", str(day)]:
            return date.fromisoformat(day)
        case ["yes", bool(value)] | ["text", str(value)]:
            return value
    raise ValueError(f"fact {data!r:.80}")


def _write_team(team: Team) -> list[Any]:
    return [[role, list(people)] for role, people in team]


def _read_team(data: list[Any]) -> Team:
    team = Team()
    for role, people in data:
        if type(role) is not str or type(people) is not list:
            raise ValueError(f"team {data!r:.80}")
        team = team.with_role(role, people)
    return team


_SIMPLE: dict[Any, tuple[Change, Change]] = {
    datetime: (_write_moment, _read_moment),
    date: (date.isoformat, date.fromisoformat),
    Decimal: (str, Decimal),
    Team: (_write_team, _read_team),
}


def _union(of: tuple[Any, ...]) -> tuple[Change, Change]:
    if set(of) == _FACT:
        return _write_fact, _read_fact
    if len(of) == 2 and types.NoneType in of:
        write, read = _coder(next(part for part in of if part is not types.NoneType))
        return (lambda v: None if v is None else write(v)), (lambda d: None if d is None else read(d))
    raise TypeError(f"a state of type {of!r}: say in {__name__} how it is written.")


def _list_of(coder: tuple[Change, Change], made: Callable[[Any], Any]) -> tuple[Change, Change]:
    write, read = coder

    def back(data: Any) -> Any:
        if type(data) is not list:
            raise ValueError(f"{data!r:.80} is no list")
        return made([read(item) for item in data])

    return (lambda value: [write(item) for item in value]), back


def _parts(coders: tuple[tuple[Change, Change], ...]) -> tuple[Change, Change]:
    def there(value: Any) -> Any:
        return [write(item) for (write, _), item in zip(coders, value, strict=True)]

    def back(data: Any) -> Any:
        if type(data) is not list:
            raise ValueError(f"{data!r:.80} is no list")
        return tuple(read(item) for (_, read), item in zip(coders, data, strict=True))

    return there, back


def _sorted(coder: tuple[Change, Change]) -> tuple[Change, Change]:
    write, read = coder
    return (lambda value: sorted(write(value))), read


def _map(coder: tuple[Change, Change]) -> tuple[Change, Change]:
    write, read = _list_of(coder, lambda pairs: HashTrieMap(dict(pairs)))
    return (lambda value: sorted(write(value.items()), key=lambda pair: pair[0])), read


def _record(kind: type) -> tuple[Change, Change]:
    hints = typing.get_type_hints(kind, localns=_STANDS_FOR)
    fields = [(f.name, f.default, *_coder(hints[f.name])) for f in attrs.fields(kind)]
    readers = {name: read for name, _, _, read in fields}

    def there(value: Any) -> Any:
        found = ((name, default, write, getattr(value, name)) for name, default, write, _ in fields)
        return {name: write(item) for name, default, write, item in found if item is not default and item != default}

    def back(data: Any) -> Any:
        if type(data) is not dict:
            raise ValueError(f"{data!r:.80} is no {kind.__name__}")
        return kind(**{name: readers[name](item) for name, item in data.items()})

    return there, back
