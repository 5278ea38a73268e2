"""Laws of canonical JSON, of a record's hash and of the chain."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.errors import InvalidValue
from ltcflow.stores import Draft, Record, canonical_json, chain, verify_chain
from ltcflow.stores.records import digest_of, stamp, unstamp

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3),
    max_leaves=10,
)
drafts = st.builds(
    Draft,
    kind=st.sampled_from(["A", "投标"]),
    at=st.datetimes(timezones=st.just(UTC)),
    by=texts,
    data=texts,
)
logs = st.lists(drafts, min_size=1, max_size=6).map(lambda ds: chain("p", None, ds))


@given(values)
def test_json_reads_back_and_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))) == text
    assert "\0" not in text


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (1.5, "data"),
        (float("nan"), "data"),
        ({"a": [1, Decimal("1.5")]}, "data.a[1]"),
        ({"a": {1: 2}}, "data.a"),
        (["\ud800"], "data[0]"),
        ({"\udfff": 1}, "data"),
        (b"x", "data"),
        ({"s": {1, 2}}, "data.s"),
        (AT, "data"),
        pytest.param(10**5000, "data", id="huge"),
    ],
)
def test_what_json_cannot_keep_exactly_is_refused_with_its_place(value: Any, field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        canonical_json(value)
    assert caught.value.field == field


def test_depth_and_cycles_are_refused() -> None:
    knot: list[Any] = []
    knot.append(knot)
    with pytest.raises(InvalidValue, match="deeper"):
        canonical_json(knot)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11))])))
def test_an_instant_is_kept_exactly(at: datetime) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    if not first <= at <= last:
        with pytest.raises(InvalidValue, match="years 1 to 9999"):
            Draft(kind="K", at=at, by="x", data="{}")
        return
    draft = Draft(kind="K", at=at, by="x", data="{}")
    assert draft.at == at
    assert draft.at.tzinfo is UTC
    assert unstamp(stamp(draft.at)) == at
    assert len(stamp(draft.at)) == 27


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000000", "2026-03-02T09:00:00.000000+00:00"]
)
def test_an_instant_has_one_text_only(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(Invalid isoformat string: '')?" + re.escape(text) + "$"):
        unstamp(text)


@pytest.mark.parametrize(
    "fields",
    [{"at": AT.replace(tzinfo=None)}, {"at": "2026"}, {"kind": ""}, {"by": "\ud800"}, {"data": "a\0"}, {"by": 1}],
)
def test_a_draft_that_cannot_be_kept_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as caught:
        Draft(**{"kind": "K", "at": AT, "by": "x", "data": "{}"} | fields)
    assert caught.value.field in fields


def test_the_hash_can_be_computed_with_other_tools() -> None:
    (r,) = chain("投", None, [Draft(kind="K", at=AT, by="x:1,", data="{}")])
    said = "16:ltcflow-record-1,3:投,1:1,1:K,27:2026-03-02T09:00:00.000000Z,4:x:1,,2:{},64:" + "0" * 64 + ","
    assert r.hash == hashlib.sha256(said.encode()).hexdigest()


@given(logs)
def test_a_whole_chain_has_no_finding(log: tuple[Record, ...]) -> None:
    assert verify_chain(log) == ()
    assert verify_chain(log, heads={"p": (len(log), log[-1].hash)}) == ()
    again = chain("p", log[0], [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in log[1:]])
    assert again == log[1:]


CHANGES: dict[str, Any] = {
    "kind": lambda v: v + "x",
    "at": lambda v: v + timedelta(microseconds=1),
    "by": lambda v: v + " ",
    "data": lambda v: v + "\n",
    "previous": lambda v: ("0" if v[0] != "0" else "1") + v[1:],
    "hash": lambda v: ("0" if v[0] != "0" else "1") + v[1:],
}


@given(logs, st.data())
def test_any_change_is_found_at_its_record(log: tuple[Record, ...], data: Any) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    field = data.draw(st.sampled_from(sorted(CHANGES)))
    bad = attrs.evolve(log[place], **{field: CHANGES[field](getattr(log[place], field))})
    (found,) = verify_chain((*log[:place], bad, *log[place + 1 :]))
    assert (found.code, found.where) == ("LTC610", f"p[{place + 1}]")


@given(logs, st.data())
def test_a_missing_record_is_found_unless_it_was_the_last(log: tuple[Record, ...], data: Any) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    found = verify_chain(log[:place] + log[place + 1 :])
    if place == len(log) - 1:
        assert found == ()
        found = verify_chain(log[:place], heads={"p": (len(log), log[-1].hash)})
        assert [(f.code, f.where) for f in found] == [("LTC615", f"p[{len(log)}]")]
    else:
        assert [(f.code, f.where) for f in found] == [("LTC611", f"p[{place + 1}]")]


@given(logs.filter(lambda log: len(log) > 1), st.data())
def test_reordered_records_are_found(log: tuple[Record, ...], data: Any) -> None:
    first = data.draw(st.integers(0, len(log) - 2))
    second = data.draw(st.integers(first + 1, len(log) - 1))
    mixed = list(log)
    mixed[first], mixed[second] = mixed[second], mixed[first]
    (found,) = verify_chain(mixed)
    assert (found.code, found.where) == ("LTC612", f"p[{first + 1}]")
    renumbered = [attrs.evolve(r, number=n) for n, r in enumerate(mixed, start=1)]
    (found,) = verify_chain(renumbered)
    assert (found.code, found.where) == ("LTC612", f"p[{first + 1}]")


@given(logs, st.data())
def test_an_inserted_record_is_found(log: tuple[Record, ...], data: Any) -> None:
    place = data.draw(st.integers(0, len(log) - 1))
    (found,) = verify_chain((*log[: place + 1], log[place], *log[place + 1 :]))
    assert (found.code, found.where) == ("LTC613", f"p[{place + 1}]")


@given(logs.filter(lambda log: len(log) > 1), st.data())
def test_a_record_hashed_anew_breaks_the_link_behind_it(log: tuple[Record, ...], data: Any) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    forged = attrs.evolve(log[place], by=log[place].by + "x")
    forged = attrs.evolve(forged, hash=digest_of(forged))
    (found,) = verify_chain((*log[:place], forged, *log[place + 1 :]))
    assert (found.code, found.where) == ("LTC614", f"p[{place + 2}]")


@given(logs)
def test_a_log_written_anew_is_found_by_a_head_kept_elsewhere(log: tuple[Record, ...]) -> None:
    forged = chain("p", None, [Draft(kind=r.kind, at=r.at, by=r.by + "x", data=r.data) for r in log])
    assert verify_chain(forged) == ()
    (found,) = verify_chain(forged, heads={"p": (len(log), log[-1].hash)})
    assert (found.code, found.where) == ("LTC614", f"p[{len(log)}]")


@settings(max_examples=30)
@given(drafts, drafts)
def test_two_records_share_a_hash_only_when_they_are_equal(one: Draft, two: Draft) -> None:
    (a,), (b,) = chain("p", None, [one]), chain("p", None, [two])
    assert (a.hash == b.hash) == (a == b)
    (c,) = chain("q", None, [one])
    assert c.hash != a.hash


def test_text_cannot_slip_from_one_field_into_the_next() -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("1:a,", "b"), ("1:a", ",b")]
    hashes = {chain("p", None, [Draft(kind="K", at=AT, by=by, data=data)])[0].hash for by, data in pairs}
    assert len(hashes) == len(pairs)


def test_findings_name_every_project_and_speak_both_languages() -> None:
    whole = [Draft(kind="K", at=AT, by="x", data="{}")] * 3
    a, b, c = chain("a", None, whole), chain("b", None, whole), chain("c", None, whole)
    found = verify_chain((*c[:2], *a[1:], *b, attrs.evolve(c[2], by="y")))
    assert [(f.code, f.where) for f in found] == [("LTC611", "a[1]"), ("LTC610", "c[3]")]
    assert all(f.problem_zh and f.remedy_zh and f.remedy for f in found)
    assert "record 2 follows record 0" not in found[0].problem


def test_what_was_changed_is_told_apart() -> None:
    one, two, three = chain("p", None, [Draft(kind="K", at=AT, by="x", data="{}")] * 3)
    said = {
        name: verify_chain((one, attrs.evolve(two, **{name: value}), three))[0].problem
        for name, value in (("by", "y"), ("hash", "f" * 64), ("previous", "f" * 64))
    }
    assert "content" in said["by"]
    assert "stored hash" in said["hash"]
    assert "link" in said["previous"]
