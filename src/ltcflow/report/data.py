"""Every value the command line shows, as plain JSON data with stable keys: what ``--json`` prints.

Rules:

* A value becomes an object whose keys are its documented attributes, in their declared order.
* Moments and dates are ISO 8601; durations ``{"minutes": 2400, "elapsed": false, "text": "5d"}``.
* Numbers that need not be whole are text ("0.15"): binary floats do not keep them. Money is
  ``{"amount": "1000000", "currency": "CNY"}``.
* Labels are ``{"zh": ..., "en": ...}``; enums are the words of the definition file ("go", "decision").
* Teams, facts and other pairs are objects; everything else that has several parts is a list.
* An event has ``event`` (its kind) first, a fact type and a criterion have ``type`` or ``kind``.

Keys beyond the attributes:

=============== ======================================================================================
Finding         ``text`` (one line), ``text_zh``
Plan            ``calendar`` (its id), ``time_zone``; ``rows`` in declared order; no driving links
LevelledPlan    of `levelled_data`: ``start``, ``finish``, ``duration``, ``delay``, ``proved``, ``gap``,
                ``waiting``, ``deadlines``, ``findings``; no ``dated``
Accepted        ``accepted``: true
Refused         ``accepted``: false
CriterionAnswer ``satisfied``
Risk            ``score``, ``standing``
ChangeEffect    ``margin``
TracedPromise   ``kept``, ``orphan``
EarlyStart      ``spent``
ProjectState    ``did``, ``remembered`` as lists of objects
Process         ``counts`` (of stages, activities, gates, milestones, deliverables, roles, facts)
=============== ======================================================================================
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from ltcflow.conditions import Fact, Money
from ltcflow.errors import InvalidValue
from ltcflow.findings import Finding
from ltcflow.process import Process
from ltcflow.projects import Accepted, CriterionAnswer, Event, ProjectState, Refused
from ltcflow.projects.register.changes import ChangeEffect
from ltcflow.projects.register.early import EarlyStart
from ltcflow.projects.register.risks import Risk
from ltcflow.roles import Team
from ltcflow.schedule import Plan
from ltcflow.stages import Criterion, Parameters, criterion_kind
from ltcflow.steering.promise_ledger import TracedPromise
from ltcflow.worktime import WorkDuration

_PAIRS = frozenset({"facts", "fields", "basis", "waived", "early_starts", "times"})
"""Fields of values that hold pairs (name, value): they become objects."""
_MORE: Mapping[type, tuple[str, ...]] = {
    Risk: ("score", "standing"),
    ChangeEffect: ("margin",),
    TracedPromise: ("kept", "orphan"),
    EarlyStart: ("spent",),
}
"""What is shown of values besides their attributes."""


def to_data(value: Any) -> Any:
    """Return *value* as plain data that ``json.dumps`` takes: None, bool, int, str, lists, dicts with text keys.

    Args:
        value: anything the library hands out (findings, plans, readiness, links, work items, answers, states, statuses,
            events, processes and their parts), or tuples, lists, sets and mappings of such values.
    Raises:
        InvalidValue: a value of another type.
    Cost: O(size).

    Example:
        >>> to_data(WorkDuration.parse("5d"))
        {'minutes': 2400, 'elapsed': False, 'text': '5d'}
        >>> from ltcflow.labels import Label
        >>> to_data([Label(zh="投标", en="Bid"), Decimal("0.15"), Money(5, "CNY")])
        [{'zh': '投标', 'en': 'Bid'}, '0.15', {'amount': '5', 'currency': 'CNY'}]
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, int | str):
        return _plain(value)
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}"
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, WorkDuration):
        return {"minutes": value.minutes, "elapsed": value.elapsed, "text": str(value)}
    if isinstance(value, Team):
        return {role: list(people) for role, people in value}
    if isinstance(value, Parameters):
        return {key: to_data(item) for key, item in value.items}
    if attrs.has(type(value)):
        return _object(value)
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, AbstractSet):
        return [to_data(item) for item in sorted(value, key=str)]
    if isinstance(value, Iterable):
        return [to_data(item) for item in value]
    raise InvalidValue(
        field="value",
        value=f"a {type(value).__name__}",
        problem="has no plain form.",
        remedy="Give a value of this library, or a list or mapping of such values.",
    )


def summary(process: Process) -> dict[str, Any]:
    """Return what a catalog says of *process*: id, version, family, title, purpose and counts.

    Example:
        >>> summary(Process(id="bid", title="投标"))["title"]
        {'zh': '投标', 'en': ''}
    """
    return {
        "id": process.id,
        "version": process.version,
        "family": process.family,
        "title": to_data(process.title),
        "purpose": to_data(process.purpose),
        "counts": _counts(process),
    }


def _counts(process: Process) -> dict[str, int]:
    return {
        "stages": len(process.stages),
        "activities": sum(1 for _ in process.activities()),
        "gates": sum(1 for _ in process.gates()),
        "milestones": len(process.milestones),
        "deliverables": len(process.deliverables),
        "roles": len(process.roles),
        "facts": len(process.facts),
    }


def _plain(value: int | str) -> Any:
    """Return an enum's value, or the plain str or int a subclass of them stands for."""
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, str) else int(value)


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, Plan):
        return _plan(value)
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if isinstance(value, ProjectState):
        return _state(value)
    data = _fields(value)
    if isinstance(value, Event):
        return {"event": type(value).__name__, **data}
    if isinstance(value, Accepted | Refused):
        return {"accepted": value.accepted, **data}
    if isinstance(value, Finding):
        return {**data, "text": value.text("en"), "text_zh": value.text("zh")}
    if isinstance(value, CriterionAnswer):
        return {**data, "satisfied": value.satisfied}
    if type(value) in _MORE:
        return {**data, **{name: to_data(getattr(value, name)) for name in _MORE[type(value)]}}
    if isinstance(value, Process):
        return {**data, "counts": _counts(value)}
    if isinstance(value, Fact):
        return {**data, "type": {"type": _fact_type(value), **_fields(value.type)}}
    if isinstance(value, Criterion):
        return {"kind": criterion_kind(value), **data}  # type: ignore[arg-type]  # AnyCriterion is all of them
    return data


def _fields(value: Any) -> dict[str, Any]:
    found = {}
    for field in attrs.fields(type(value)):
        if not field.name.startswith("_"):
            item = getattr(value, field.name)
            found[field.name] = _pairs(item) if field.name in _PAIRS else to_data(item)
    return found


def _pairs(items: Any) -> Any:
    """Return pairs (name, value) as an object; other things that happen to be called alike as they are."""
    if isinstance(items, tuple) and all(isinstance(i, tuple) and len(i) == 2 and isinstance(i[0], str) for i in items):
        return {key: to_data(item) for key, item in items}
    return to_data(items)


def _fact_type(fact: Fact) -> str:
    name = type(fact.type).__name__.removesuffix("Type")
    return "yes_no" if name == "YesNo" else name.lower()


def _plan(plan: Plan) -> dict[str, Any]:
    data = {
        field.name: to_data(getattr(plan, field.name))
        for field in attrs.fields(type(plan))
        if field.name not in ("links", "calendar") and not field.name.startswith("_")
    }
    return {**data, "calendar": plan.calendar.id, "time_zone": plan.calendar.time_zone}


def _state(state: ProjectState) -> dict[str, Any]:
    data = {
        field.name: to_data(getattr(state, field.name))
        for field in attrs.fields(type(state))
        if field.name not in ("did", "remembered")
    }
    did = sorted((element, person, role) for (element, person), role in state.did.items())
    data["did"] = [{"element": element, "person": person, "role": role} for element, person, role in did]
    data["remembered"] = [{"element": element, "criterion": key} for element, key in sorted(state.remembered)]
    return data
