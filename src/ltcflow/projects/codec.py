"""Events as plain data and back: what a store keeps. Payloads carry a version; old ones are upcast, never rewritten."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

import attrs

from ltcflow.conditions import FactValue, Money
from ltcflow.errors import LtcflowError
from ltcflow.projects import events as e
from ltcflow.projects.commands import Closing, Promise
from ltcflow.projects.register.responses import Response
from ltcflow.roles import Team
from ltcflow.stages import RiskLevel, Verdict
from ltcflow.worktime.calendars import as_zone

KINDS: Mapping[str, type[e.Event]] = MappingProxyType({kind.__name__: kind for kind in get_args(e.AnyEvent)})
"""The events by their kind, which is their name."""


def _renamed(old: str, new: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {new if name == old else name: value for name, value in data.items()}


UPCASTS: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {("RiskRaised", 1): _renamed("event", "what")}
)
"""(kind, version) -> how a payload of that version becomes one of the next. An entry is all a new version takes."""
VERSIONS: Mapping[str, int] = MappingProxyType({kind: 1 + sum(of == kind for of, _ in UPCASTS) for kind in KINDS})
"""The version in which the payload of each kind is written: one more than the last that is upcast."""


class UnreadableEvent(LtcflowError):
    """A record of an event that this version cannot read. Attributes: kind, problem."""

    code = "LTC505"
    kind: str
    problem: str

    def __init__(self, *, kind: str, problem: str) -> None:
        super().__init__(
            f"event {kind!r} cannot be read: {problem} Update ltcflow, or verify the record.",
            kind=kind,
            problem=problem,
        )


def event_to_data(event: e.AnyEvent) -> dict[str, Any]:
    """Return the payload of *event* without who and when (the record keeps those): plain JSON data, no floats.

    Example:
        >>> from datetime import UTC, datetime
        >>> event = e.ActivityStarted(by="li.wei", at=datetime(2026, 3, 2, tzinfo=UTC), activity="solution")
        >>> event_to_data(event)
        {'v': 1, 'activity': 'solution'}
    """
    data: dict[str, Any] = {"v": VERSIONS[type(event).__name__]}
    for field in attrs.fields(type(event)):
        value = getattr(event, field.name)
        if field.name in ("by", "at") or value == field.default:
            continue
        data[field.name] = _encode(value)
    return data


def event_from_data(kind: str, by: str, at: datetime, data: Mapping[str, Any]) -> e.AnyEvent:
    """Return the event of *kind* that a record holds: the inverse of `event_to_data`.

    Raises:
        UnreadableEvent: an unknown kind, a later version, or a payload that does not fit.
    """
    event = KINDS.get(kind)
    if event is None:
        raise UnreadableEvent(kind=kind, problem="it is of a kind this version does not know.")
    if not isinstance(data, Mapping):
        raise UnreadableEvent(kind=kind, problem=f"its payload is a {type(data).__name__}.")
    payload = dict(data)
    version = payload.pop("v", None)
    if type(version) is not int or not 1 <= version <= VERSIONS[kind]:
        raise UnreadableEvent(kind=kind, problem=f"its payload has version {version!r:.80}.")
    try:
        while version < VERSIONS[kind]:
            payload, version = UPCASTS[kind, version](payload), version + 1
        fields = {name: _DECODERS.get(name, _plain)(value) for name, value in payload.items()}
        made = event(by=by, at=at, **fields)
        _fit(made)
        return made  # type: ignore[return-value]  # KINDS holds just the members of AnyEvent
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, LtcflowError) as error:
        raise UnreadableEvent(kind=kind, problem=f"{type(error).__name__}: {error}."[:300]) from error


def _fit(event: e.Event) -> None:
    """Check every field of *event* against its declared type: a store must not hand out what nobody wrote.

    Raises:
        TypeError: a field holds something else.
    """
    for name, (fits, wanted) in _shapes(type(event).__name__).items():
        value = getattr(event, name)
        if not fits(value):
            raise TypeError(f"{name} is {value!r:.80} and not {wanted}")


def _encode(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Promise):
        return {"text": value.text, "owner": value.owner, "due": value.due.isoformat()}
    if isinstance(value, Team):
        return {role: list(people) for role, people in value}
    if isinstance(value, datetime):
        return {"moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, Money | Decimal | date):
        return _encode_fact(value)
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _encode_fact(value: FactValue) -> Any:
    if isinstance(value, Money):
        return {"money": [str(value.amount), value.currency]}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _decode_fact(data: Any) -> FactValue:
    if isinstance(data, Mapping):
        ((kind, value),) = data.items()
        match kind:
            case "money":
                return Money(Decimal(value[0]), value[1])
            case "number":
                return Decimal(value)
            case "date":
                return date.fromisoformat(value)
        raise ValueError(f"fact of kind {kind!r}")
    if isinstance(data, str | bool):
        return data
    raise ValueError(f"fact {data!r}")


def _facts(data: Any) -> tuple[tuple[str, FactValue], ...]:
    return tuple((str(name), _decode_fact(value)) for name, value in data)


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return _decode_fact(data)
    return tuple(_plain(item) for item in data) if isinstance(data, list) else data


def _promise(data: Mapping[str, str]) -> Promise:
    return Promise(data["text"], data["owner"], date.fromisoformat(data["due"]))


def _due(data: Any) -> date:
    """A date as facts keep it."""
    return date.fromisoformat(data["date"])


def _moment(data: Any) -> datetime:
    found = datetime.fromisoformat(data["moment"])
    if found.utcoffset() is None:
        raise ValueError(f"moment {found} has no time zone")
    return found


def _switches(data: Any) -> tuple[tuple[str, datetime, bool], ...]:
    return tuple((name, _moment(moment), runs) for name, moment, runs in data)


def _conditions(data: Any) -> Any:
    return tuple((item[0], _promise(item[1])) if isinstance(item, list) else _promise(item) for item in data)


def _team(data: Mapping[str, list[str]]) -> Team:
    team = Team()
    for role, people in data.items():
        if not isinstance(people, list):
            raise TypeError(f"the people of {role!r:.80} are no list")
        team = team.with_role(role, people)
    return team


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in kinds


def _every(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is tuple and all(fits(item) for item in value)


def _triple(*fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: len(value) == len(fits) and all(fit(item) for fit, item in zip(fits, value, strict=True))


def _pair(first: Callable[[Any], bool], second: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is tuple and len(value) == 2 and first(value[0]) and second(value[1])


_TEXT, _FACT = _is(str), _is(Money, Decimal, bool, date, str)
_SHAPES: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "str": _TEXT,
        "bool": _is(bool),
        "int": _is(int),
        "datetime": _is(datetime),
        "date": _is(date),
        "date | None": _is(date, type(None)),
        "Money | None": _is(Money, type(None)),
        "Team": _is(Team),
        "Verdict": _is(Verdict),
        "Closing": _is(Closing),
        "RiskLevel": _is(RiskLevel),
        "Response": _is(Response),
        "Facts": _every(_pair(_TEXT, _FACT)),
        "tuple[str, ...]": _every(_TEXT),
        "tuple[Promise, ...]": _every(_is(Promise)),
        "tuple[tuple[str, str], ...]": _every(_pair(_TEXT, _TEXT)),
        "tuple[tuple[str, datetime, bool], ...]": _every(_triple(_TEXT, _is(datetime), _is(bool))),
        "tuple[tuple[str, Promise], ...]": _every(_pair(_TEXT, _is(Promise))),
    }
)
_NAMES = re.compile(r"\b(ElementId|RoleId|FactId|Person)\b")


@cache
def _shapes(kind: str) -> Mapping[str, tuple[Callable[[Any], bool], str]]:
    """For each field of an event, what its values must be."""
    fields = [field for field in attrs.fields(KINDS[kind]) if field.name not in ("by", "at")]
    wanted = {field.name: _NAMES.sub("str", str(field.type)) for field in fields}
    return {name: (_SHAPES[text], text) for name, text in wanted.items()}


_DECODERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "facts": _facts,
        "team": _team,
        "verdict": Verdict,
        "level": RiskLevel,
        "outcome": Closing,
        "response": Response,
        "conditions": _conditions,
        "due": _due,
        "fell_due": _moment,
        "clocks": _switches,
        "time_zone": as_zone,
        "since": _due,
        "until": _due,
    }
)
