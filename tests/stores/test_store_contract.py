"""What every store does, tried on all of them."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.stores import (
    START,
    DefinitionConflict,
    Draft,
    EventStore,
    MemoryStore,
    SqlStore,
    StaleProject,
    StoreClosed,
    StoreError,
    StoreUnusable,
    open_store,
    verify,
    verify_chain,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = ("acme-5g", "客户/投标 2026", "O'Neil; DROP TABLE x")


def test_what_is_appended_is_read_back(store: EventStore, drafts: Any) -> None:
    written = store.append("acme-5g", drafts(3), expected=0) + store.append("acme-5g", drafts(2, 3), expected=3)
    assert store.read("acme-5g") == written
    assert [r.number for r in written] == [1, 2, 3, 4, 5]
    assert [(r.kind, r.at, r.by, r.data) for r in written] == [(d.kind, d.at, d.by, d.data) for d in drafts(5)]
    assert store.read("acme-5g", after=3) == written[3:]
    assert store.read("acme-5g", after=9) == ()
    assert store.head("acme-5g") == (5, written[-1].hash)
    assert store.length("acme-5g") == 5
    assert verify(store, "acme-5g") == verify_chain(written) == ()


def test_an_unknown_project_is_an_empty_log(store: EventStore) -> None:
    assert store.read("nobody") == ()
    assert store.head("nobody") == START
    assert store.length("nobody") == 0
    assert store.projects() == ()
    assert verify(store, "nobody") == ()


@pytest.mark.parametrize("expected", [0, 1, 3, -1])
def test_a_stale_writer_writes_nothing(store: EventStore, drafts: Any, expected: int) -> None:
    written = store.append("acme-5g", drafts(2), expected=0)
    with pytest.raises(StaleProject) as caught:
        store.append("acme-5g", drafts(2), expected=expected)
    assert (caught.value.project, caught.value.expected, caught.value.found) == ("acme-5g", expected, 2)
    assert store.read("acme-5g") == written
    assert len(store.feed()) == 2


def test_no_drafts_write_nothing_but_are_still_told_of_staleness(store: EventStore, drafts: Any) -> None:
    assert store.append("acme-5g", [], expected=0) == ()
    assert store.projects() == ()
    with pytest.raises(StaleProject):
        store.append("acme-5g", [], expected=1)


def test_a_batch_that_breaks_half_way_writes_nothing(store: EventStore, drafts: Any) -> None:
    with pytest.raises(AttributeError):
        store.append("acme-5g", [*drafts(2), "no draft"], expected=0)  # type: ignore[list-item]  # the mistake tried
    assert store.read("acme-5g") == ()
    assert len(store.append("acme-5g", drafts(1), expected=0)) == 1


def test_projects_do_not_see_each_other(store: EventStore, drafts: Any) -> None:
    for name in NAMES:
        store.append(name, drafts(2), expected=0)
    assert store.projects() == tuple(sorted(NAMES))
    assert all(store.length(name) == 2 and {r.project for r in store.read(name)} == {name} for name in NAMES)


def test_the_feed_is_in_commit_order_and_can_be_read_in_pieces(store: EventStore, drafts: Any) -> None:
    for n, name in enumerate(["b", "a", "b", "c", "a"]):
        store.append(name, drafts(2, n), expected=store.length(name))
    whole = store.feed()
    assert [r.project for _, r in whole] == ["b", "b", "a", "a", "b", "b", "c", "c", "a", "a"]
    assert [p for p, _ in whole] == sorted({p for p, _ in whole})
    pieces: list[Any] = []
    while piece := store.feed(after=pieces[-1][0] if pieces else 0, limit=3):
        assert len(piece) <= 3
        pieces.extend(piece)
    assert tuple(pieces) == whole


def test_a_definition_is_kept_once(store: EventStore) -> None:
    text = "process: 投标\nversion: '1'\n" * 5000
    store.save_definition("abc", text)
    store.save_definition("abc", text)
    assert store.definition("abc") == text
    with pytest.raises(DefinitionConflict) as caught:
        store.save_definition("abc", text + " ")
    assert caught.value.code == "LTC608"
    assert store.definition("abc") == text
    with pytest.raises(UnknownName):
        store.definition("abd")


@pytest.mark.parametrize("project", ["", "a\0b", "\ud800", "x" * 201, 5, None])
def test_a_name_that_no_store_can_keep_is_refused(store: EventStore, drafts: Any, project: Any) -> None:
    for call in (store.read, store.head, store.length, lambda p: store.append(p, drafts(1), expected=0)):
        with pytest.raises(InvalidValue):
            call(project)
    assert store.projects() == ()


@pytest.mark.parametrize("number", [-1, 2**63, 1.0, True, pytest.param(10**5000, id="huge")])
def test_a_position_that_cannot_be_is_refused(store: EventStore, number: Any) -> None:
    for call in (lambda: store.read("a", number), lambda: store.feed(number), lambda: store.feed(0, number)):
        with pytest.raises(InvalidValue):
            call()
    with pytest.raises(InvalidValue):
        store.feed(limit=0)


def test_every_text_comes_back_as_it_was(store: EventStore) -> None:
    texts = ["", "\u2028\u202e\x01\r\n", "𝔘 ﬁ é e\u0301", "'\"\\%_;--", "x" * 1_000_000, "\U0010ffff"]
    store.append("p", [Draft(kind="K", at=AT, by=t, data=t) for t in texts], expected=0)
    assert [(r.by, r.data) for r in store.read("p")] == [(t, t) for t in texts]
    assert verify(store, "p") == ()


def test_the_first_and_the_last_instant_are_kept(store: EventStore) -> None:
    instants = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), AT]
    store.append("p", [Draft(kind="K", at=t, by="x", data="{}") for t in instants], expected=0)
    assert [r.at for r in store.read("p")] == instants


def test_after_close_every_call_says_so(store: EventStore, drafts: Any) -> None:
    store.close()
    store.close()
    calls = (
        lambda: store.read("a"),
        lambda: store.append("a", drafts(1), expected=0),
        lambda: store.head("a"),
        lambda: store.length("a"),
        store.projects,
        store.feed,
        lambda: store.save_definition("h", "t"),
        lambda: store.definition("h"),
        store.describe,
    )
    for call in calls:
        with pytest.raises(StoreClosed):
            call()


def test_a_store_describes_itself(store: EventStore) -> None:
    told = store.describe()
    assert told.why
    assert told.why_zh
    assert told.durable == (told.location != "memory")


Operation = tuple[str, int, int]
operations = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3), st.integers(-1, 1)), max_size=12)


@pytest.mark.parametrize("kind", ["memory", "sqlite file", "sqlite memory"])
@settings(max_examples=20, deadline=None)
@given(todo=operations)
def test_any_interleaving_leaves_gapless_logs_and_whole_chains(kind: str, todo: list[Operation]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(_open(kind, folder)) as store:
        model: dict[str, list[str]] = {}
        commits: list[str] = []
        for step, (name, count, off) in enumerate(todo):
            log = model.setdefault(name, [])
            batch = [Draft(kind="K", at=AT, by="x", data=f"{step}.{i}") for i in range(count)]
            try:
                store.append(name, batch, expected=len(log) + off)
            except StaleProject:
                assert off
            else:
                assert not off
                log.extend(d.data for d in batch)
                commits.extend(d.data for d in batch)
        for name, log in model.items():
            records = store.read(name)
            assert [r.number for r in records] == list(range(1, len(log) + 1))
            assert [r.data for r in records] == log
            assert verify_chain(records) == ()
        assert [r.data for _, r in store.feed()] == commits
        assert store.projects() == tuple(sorted(name for name, log in model.items() if log))


def _open(kind: str, folder: str) -> EventStore:
    if kind == "memory":
        return MemoryStore()
    return SqlStore.open("sqlite://" if kind == "sqlite memory" else f"sqlite:///{folder}/s.db")


def test_the_same_appends_make_the_same_hashes_in_every_store(store: EventStore, drafts: Any) -> None:
    other = MemoryStore()
    assert store.append("p", drafts(3), expected=0) == other.append("p", drafts(3), expected=0)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "address"),
        ("postgresql://u:secret@db/x", "later version"),
        ("postgresql+psycopg://u@db/x", "later version"),
        ("mysql://u:secret@db/x", "SQLite"),
        ("sqlite+aiosqlite:///x.db", "SQLite"),
        ("sqlite://sales.db", "sqlite:///sales.db"),
        ("sqlite:/sales.db", "sqlite:///sales.db"),
        ("sqlite:sales.db", "sqlite:///sales.db"),
        ("memory", None),
        ("memory:x", "memory:"),
        ("nonsense://", "SQLite"),
        ("a\0b", "address"),
    ],
)
def test_an_address_that_cannot_be_opened_says_what_to_write(
    url: str, word: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if word is None:
        open_store(url).close()
        assert (tmp_path / url).is_file()
        return
    with pytest.raises(StoreUnusable) as caught:
        open_store(url)
    assert word in str(caught.value)
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sales.db", "50% off?x=1#y.db", "销售.db", "with space.db"])
def test_a_bare_path_is_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drafts: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for expected in (0, 1):
        with closing(open_store(name)) as store:
            store.append("p", drafts(1), expected=expected)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_errors_survive_pickling(tmp_path: Path) -> None:
    for error in (
        StaleProject(project="p", expected=1, found=2),
        StoreError(store="s", problem="p.", remedy="r."),
        _caught(lambda: open_store(str(tmp_path))),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


def _caught(call: Any) -> Exception:
    try:
        call()
    except StoreError as error:
        return error
    raise AssertionError("nothing was raised")


def test_importing_the_stores_does_not_import_sqlalchemy() -> None:
    code = (
        "import sys, ltcflow.stores as s; assert 'sqlalchemy' not in sys.modules; "
        "s.open_store('memory:'); assert 'sqlalchemy' not in sys.modules; "
        "s.SqlStore; assert 'sqlalchemy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
