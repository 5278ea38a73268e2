"""Events as plain data: every kind of event comes back as it went in; what cannot be read says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.conditions import Money
from ltcflow.projects import AnyEvent, Closing, Promise, UnreadableEvent, event_from_data, event_to_data
from ltcflow.projects import events as e
from ltcflow.projects.codec import KINDS
from ltcflow.projects.register.responses import Response
from ltcflow.roles import as_team
from ltcflow.stages import RiskLevel, Verdict

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = st.sampled_from(["bid", "方案", "gate_0_1", "a_b"])
people = st.sampled_from(["li.wei", "赵敏", "O'Neil"])
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3)
facts = st.one_of(st.builds(Money, numbers, st.just("CNY")), numbers, st.booleans(), st.dates(), texts)
promises = st.builds(Promise, texts, people, st.dates())
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "str": texts,
    "bool": st.booleans(),
    "int": st.integers(1, 99),
    "datetime": st.datetimes(timezones=st.just(UTC)),
    "date": st.dates(),
    "ElementId": ids,
    "RoleId": ids,
    "Person": people,
    "Team": st.dictionaries(st.sampled_from(["seller", "board"]), st.lists(people, min_size=1, unique=True)).map(
        as_team
    ),
    "Facts": st.lists(st.tuples(ids, facts), max_size=3).map(tuple),
    "Verdict": st.sampled_from(Verdict),
    "RiskLevel": st.sampled_from(RiskLevel),
    "Closing": st.sampled_from(Closing),
    "Response": st.sampled_from(Response),
    "date | None": st.none() | st.dates(),
    "Money | None": st.none() | st.builds(Money, numbers, st.sampled_from(["CNY", "USD"])),
    "tuple[str, ...]": st.lists(texts, max_size=3).map(tuple),
    "tuple[Person, ...]": st.lists(people, max_size=3).map(tuple),
    "tuple[RoleId, ...]": st.lists(ids, max_size=3).map(tuple),
    "tuple[ElementId, ...]": st.lists(ids, max_size=3).map(tuple),
    "tuple[Promise, ...]": st.lists(promises, max_size=2).map(tuple),
    "tuple[tuple[str, str], ...]": st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    "tuple[tuple[ElementId, str], ...]": st.lists(st.tuples(ids, texts), max_size=3).map(tuple),
    "tuple[tuple[ElementId, datetime, bool], ...]": st.lists(
        st.tuples(ids, st.datetimes(timezones=st.just(UTC)), st.booleans()), max_size=2
    ).map(tuple),
    "tuple[tuple[str, Promise], ...]": st.lists(st.tuples(texts, promises), max_size=2).map(tuple),
}
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/St_Johns"])


def events(kind: type[e.Event]) -> st.SearchStrategy[e.Event]:
    """Events of *kind*, their fields made from their declared types: a new kind of event is covered by itself."""
    made = {
        f.name: ZONES if f.name == "time_zone" else FIELDS[str(f.type)]
        for f in attrs.fields(kind)
        if f.name not in ("by", "at")
    }
    return st.builds(kind, by=people, at=st.just(AT), **made)


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_every_event_comes_back_from_json_as_it_went_in(kind: type[e.Event]) -> None:
    @settings(max_examples=20 * settings.default.max_examples // 100, deadline=None)
    @given(events(kind))
    def law(event: Any) -> None:
        data = json.loads(json.dumps(event_to_data(event), ensure_ascii=False))
        assert event_from_data(kind.__name__, event.by, event.at, data) == event

    law()


def test_the_kinds_are_all_events_under_their_names() -> None:
    assert {name: kind.__name__ for name, kind in KINDS.items()} == {k.__name__: k.__name__ for k in get_args(AnyEvent)}


def test_a_payload_is_small_exact_and_versioned() -> None:
    event = e.FactsRecorded(
        by="li.wei",
        at=AT,
        facts=(("amount", Money(Decimal("0.1"), "CNY")), ("margin", Decimal("0.10")), ("due", date(2026, 3, 31))),
    )
    assert event_to_data(event) == {
        "v": 1,
        "facts": [
            ["amount", {"money": ["0.1", "CNY"]}],
            ["margin", {"number": "0.10"}],
            ["due", {"date": "2026-03-31"}],
        ],
    }


def test_the_date_of_a_condition_comes_back() -> None:
    """Found by the round trip: the record of an early start or a redated condition could not be read."""
    due = date(2026, 3, 31)
    event = e.EarlyStartApproved(by="ann", at=AT, activity="deliver", condition="c", text="order", due=due)
    assert event_from_data("EarlyStartApproved", "ann", AT, event_to_data(event)) == event


GOOD = {"v": 1, "activity": "solution", "role": "seller"}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("ActivityVanished", GOOD),
        ("Event", GOOD),
        ("ActivityStarted", {**GOOD, "v": 2}),
        ("ActivityStarted", {**GOOD, "v": 0}),
        ("ActivityStarted", {**GOOD, "v": -1}),
        ("ActivityStarted", {**GOOD, "v": "1"}),
        ("ActivityStarted", {**GOOD, "v": True}),
        ("ActivityStarted", {"activity": "solution"}),
        ("ActivityStarted", {"v": 1}),
        ("ActivityStarted", {**GOOD, "mood": "fine"}),
        ("ActivityStarted", {**GOOD, "activity": 5}),
        ("ActivityStarted", {**GOOD, "activity": ["solution"]}),
        ("ActivityStarted", {**GOOD, "early": "yes"}),
        ("ActivityStarted", {**GOOD, "by": "somebody"}),
        ("ActivityStarted", ["solution"]),
        ("ActivityStarted", None),
        ("FactsRecorded", {"v": 1, "facts": [["amount", {"float": 0.1}]]}),
        ("FactsRecorded", {"v": 1, "facts": [["amount", 0.1]]}),
        ("FactsRecorded", {"v": 1, "facts": [["amount", {"money": ["ten", "CNY"]}]]}),
        ("FactsRecorded", {"v": 1, "facts": [["amount", {"money": []}]]}),
        ("FactsRecorded", {"v": 1, "facts": [["amount"]]}),
        ("FactsRecorded", {"v": 1, "facts": 7}),
        ("GateDecided", {"v": 1, "gate": "atb", "verdict": "maybe"}),
        ("GateDecided", {"v": 1, "gate": "atb", "verdict": "go", "conditions": [["c", {"text": "t"}]]}),
        ("GateDecided", {"v": 1, "gate": "atb", "verdict": "go", "conditions": [[]]}),
        ("RiskRaised", {"v": 1, "risk": "fx", "level": "enormous"}),
        ("RiskRaised", {"v": 1, "risk": "fx", "level": "low", "money": {"number": "5"}}),
        ("RiskRaised", {"v": 1, "risk": "fx", "level": "low", "trigger": "2026-03-31"}),
        ("RiskAnswered", {"v": 1, "risk": "fx", "response": "pray"}),
        ("ChangeRequested", {"v": 1, "change": "c", "times": {"number": "5"}}),
        ("ChangeDecided", {"v": 1, "change": "c", "approved": "yes"}),
        ("ConditionRedated", {"v": 1, "condition": "c", "due": {"date": "soon"}}),
        ("ConditionRedated", {"v": 1, "condition": "c", "due": "2026-03-31"}),
        ("ProjectStarted", {"v": 1, "team": {"seller": "li.wei"}}),
        ("ProjectClosed", {"v": 1, "outcome": "forgotten"}),
    ],
)
def test_what_cannot_be_read_says_so(kind: str, data: Any) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        event_from_data(kind, "li.wei", AT, data)
    assert caught.value.kind == kind
    assert "Update ltcflow, or verify the record." in str(caught.value)
    assert len(str(caught.value)) < 600


plain = st.none() | st.booleans() | st.integers() | texts
json_values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=5)


@settings(max_examples=settings.default.max_examples, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_whatever_a_record_holds_it_is_an_event_or_unreadable(kind: str, data: st.DataObject) -> None:
    names = [f.name for f in attrs.fields(KINDS[kind])]
    payload = {"v": 1} | {name: data.draw(json_values, name) for name in data.draw(st.sets(st.sampled_from(names)))}
    try:
        event = event_from_data(kind, "li.wei", AT, payload)
    except UnreadableEvent:
        return
    assert event_from_data(kind, "li.wei", AT, event_to_data(event)) == event
