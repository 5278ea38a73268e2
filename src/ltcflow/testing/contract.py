"""What every event store does, as a test class that the author of a store inherits. It needs pytest."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.stores import (
    START,
    DefinitionConflict,
    Draft,
    EventStore,
    MemoryStore,
    Record,
    StaleProject,
    StoreClosed,
    StoreError,
    verify,
    verify_chain,
)
from ltcflow.workspace import Workspace

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
NAMES = ("acme-5g", "客户/投标 2026", "O'Neil; DROP TABLE x")
PATIENCE = 30.0
"""Seconds until a record that was appended must be in the feed."""
WRITERS, BATCHES = 16, 3


def drafts(count: int, start: int = 0, by: str = "li.wei") -> list[Draft]:
    """Return *count* drafts that differ."""
    return [
        Draft(kind="FactsRecorded", at=AT + timedelta(minutes=n), by=by, data=f'{{"n":{n},"v":1}}')
        for n in range(start, start + count)
    ]


def at_once(works: Sequence[Callable[[], None]]) -> None:
    """Run each of *works* in a thread of its own, and raise the first error."""
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class StoreContract:
    """The contract of `ltcflow.stores.EventStore`. Inherit it, say how a store is opened, and let pytest run it.

    Attributes:
        lasting: whether a second `open` at the same place shows what the first one wrote.
        threaded: whether several threads may use one store.

    Example:
        >>> from ltcflow.stores import MemoryStore
        >>> class TestMyStore(StoreContract):  # in a test module
        ...     lasting = False
        ...
        ...     def open(self, place):
        ...         return MemoryStore()
    """

    lasting = True
    threaded = True

    def open(self, place: Path) -> EventStore:
        """Return a store at *place*, a folder that is empty when a test begins."""
        raise AssertionError("say how a store is opened: def open(self, place): ...")

    def settle(self, store: EventStore) -> None:
        """Commit what was appended, where the store leaves that to somebody else."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[EventStore]:
        """Open a store for one test."""
        with closing(self.open(tmp_path)) as opened:
            yield opened

    def whole_feed(self, store: EventStore, count: int, after: int = 0) -> list[tuple[int, Record]]:
        """Return the *count* records of the feed above *after*, which may take a moment to appear."""
        self.settle(store)
        until = time.monotonic() + PATIENCE
        while True:
            found = store.feed(after, limit=100_000)
            if len(found) >= count or time.monotonic() > until:
                assert len(found) == count
                return list(found)
            time.sleep(0.01)

    # -- logs ------------------------------------------------------------------------------------------------------

    def test_what_is_appended_is_read_back(self, store: EventStore) -> None:
        written = store.append("acme-5g", drafts(3), expected=0) + store.append("acme-5g", drafts(2, 3), expected=3)
        assert store.read("acme-5g") == written
        assert [r.number for r in written] == [1, 2, 3, 4, 5]
        assert [(r.kind, r.at, r.by, r.data) for r in written] == [(d.kind, d.at, d.by, d.data) for d in drafts(5)]
        assert store.read("acme-5g", after=3) == written[3:]
        assert store.read("acme-5g", after=9) == ()
        assert store.head("acme-5g") == (5, written[-1].hash)
        assert store.heads() == store.heads("acme-5g") == {"acme-5g": store.head("acme-5g")}
        assert store.length("acme-5g") == 5
        assert verify(store, "acme-5g") == verify_chain(written) == ()

    def test_an_unknown_project_is_an_empty_log(self, store: EventStore) -> None:
        assert store.read("nobody") == ()
        assert store.head("nobody") == START
        assert store.heads() == store.heads("nobody") == {}
        assert store.length("nobody") == 0
        assert store.projects() == ()
        assert verify(store, "nobody") == ()

    @pytest.mark.parametrize("expected", [0, 1, 3, -1])
    def test_a_stale_writer_writes_nothing(self, store: EventStore, expected: int) -> None:
        written = store.append("acme-5g", drafts(2), expected=0)
        with pytest.raises(StaleProject) as caught:
            store.append("acme-5g", drafts(2), expected=expected)
        assert (caught.value.project, caught.value.expected, caught.value.found) == ("acme-5g", expected, 2)
        assert store.read("acme-5g") == written
        self.whole_feed(store, 2)

    def test_no_drafts_write_nothing_but_are_still_told_of_staleness(self, store: EventStore) -> None:
        assert store.append("acme-5g", [], expected=0) == ()
        assert store.projects() == ()
        with pytest.raises(StaleProject):
            store.append("acme-5g", [], expected=1)

    def test_a_batch_that_breaks_half_way_writes_nothing(self, store: EventStore) -> None:
        broken: list[Any] = [*drafts(2), "no draft"]
        with pytest.raises(AttributeError):
            store.append("acme-5g", broken, expected=0)
        assert store.read("acme-5g") == ()
        assert len(store.append("acme-5g", drafts(1), expected=0)) == 1

    def test_projects_do_not_see_each_other(self, store: EventStore) -> None:
        for name in NAMES:
            store.append(name, drafts(2), expected=0)
        assert store.projects() == tuple(sorted(NAMES))
        assert all(store.length(name) == 2 and {r.project for r in store.read(name)} == {name} for name in NAMES)
        assert store.heads() == {name: store.head(name) for name in NAMES}

    def test_the_same_appends_make_the_same_hashes_as_in_memory(self, store: EventStore) -> None:
        assert store.append("p", drafts(3), expected=0) == MemoryStore().append("p", drafts(3), expected=0)

    def test_every_text_comes_back_as_it_was(self, store: EventStore) -> None:
        texts = ["", "\u2028\u202e\x01\r\n", "𝔘 ﬁ é e\u0301", "'\"\\%_;--", "x" * 1_000_000, "\U0010ffff"]
        store.append("p", [Draft(kind="K", at=AT, by=t, data=t) for t in texts], expected=0)
        assert [(r.by, r.data) for r in store.read("p")] == [(t, t) for t in texts]
        assert verify(store, "p") == ()

    def test_the_first_and_the_last_instant_are_kept(self, store: EventStore) -> None:
        instants = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), AT]
        store.append("p", [Draft(kind="K", at=t, by="x", data="{}") for t in instants], expected=0)
        assert [r.at for r in store.read("p")] == instants

    # -- feed ------------------------------------------------------------------------------------------------------

    def test_the_feed_is_in_commit_order_and_can_be_read_in_pieces(self, store: EventStore) -> None:
        for n, name in enumerate(["b", "a", "b", "c", "a"]):
            store.append(name, drafts(2, n), expected=store.length(name))
        whole = self.whole_feed(store, 10)
        assert [r.project for _, r in whole] == ["b", "b", "a", "a", "b", "b", "c", "c", "a", "a"]
        assert [p for p, _ in whole] == sorted({p for p, _ in whole})
        pieces: list[tuple[int, Record]] = []
        while piece := store.feed(after=pieces[-1][0] if pieces else 0, limit=3):
            assert len(piece) <= 3
            pieces.extend(piece)
        assert pieces == whole

    # -- definitions -----------------------------------------------------------------------------------------------

    def test_a_definition_is_kept_once(self, store: EventStore) -> None:
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

    # -- mistakes --------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("project", ["", "a\0b", "\ud800", "x" * 201, 5, None])
    def test_a_name_that_no_store_can_keep_is_refused(self, store: EventStore, project: Any) -> None:
        for call in (store.read, store.head, store.length, lambda p: store.append(p, drafts(1), expected=0)):
            with pytest.raises(InvalidValue):
                call(project)
        assert store.projects() == ()

    @pytest.mark.parametrize("number", [-1, 2**63, 1.0, True, pytest.param(10**5000, id="huge")])
    def test_a_position_that_cannot_be_is_refused(self, store: EventStore, number: Any) -> None:
        for call in (lambda: store.read("a", number), lambda: store.feed(number), lambda: store.feed(0, number)):
            with pytest.raises(InvalidValue):
                call()
        with pytest.raises(InvalidValue):
            store.feed(limit=0)

    def test_after_close_every_call_says_so(self, store: EventStore) -> None:
        store.close()
        store.close()
        calls: tuple[Callable[[], object], ...] = (
            lambda: store.read("a"),
            lambda: store.append("a", drafts(1), expected=0),
            lambda: store.head("a"),
            lambda: store.heads(),
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

    def test_a_store_describes_itself_in_both_languages(self, store: EventStore) -> None:
        told = store.describe()
        assert told.kind
        assert told.location
        assert told.why
        assert told.why_zh

    # -- any order -------------------------------------------------------------------------------------------------

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.function_scoped_fixture],
    )
    @given(todo=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3), st.integers(-1, 1)), max_size=10))
    def test_any_order_leaves_logs_without_gaps_and_whole_chains(
        self, store: EventStore, todo: list[tuple[str, int, int]]
    ) -> None:
        self.settle(store)
        before, mark = store.projects(), uuid.uuid4().hex
        start = max((position for position, _ in store.feed(limit=100_000)), default=0)
        model: dict[str, list[str]] = {}
        commits: list[str] = []
        for step, (short, count, off) in enumerate(todo):
            name = f"{short} {mark}"
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
            assert verify(store, name) == ()
        assert [r.data for _, r in self.whole_feed(store, len(commits), after=start)] == commits
        assert store.projects() == tuple(sorted({*before, *(name for name, log in model.items() if log)}))

    # -- several at once -------------------------------------------------------------------------------------------

    def test_sixteen_writers_and_a_reader_of_the_feed(self, store: EventStore) -> None:
        """Nothing is lost, nothing is there twice, and every project appears in its order, also while it is written."""
        self._need_threads()
        seen: list[tuple[int, Record]] = []
        stale: list[str] = []

        def write(writer: int) -> None:
            for n in range(BATCHES):
                name, done = NAMES[(writer + n) % len(NAMES)], False
                while not done:
                    batch = [attrs.evolve(d, by=f"w{writer}", data=f"{n}.{i}") for i, d in enumerate(drafts(2))]
                    try:
                        store.append(name, batch, expected=store.length(name))
                        done = True
                    except StaleProject:
                        stale.append(name)

        def tail() -> None:
            until = time.monotonic() + PATIENCE
            while len(seen) < WRITERS * BATCHES * 2 and time.monotonic() < until:
                seen.extend(store.feed(after=seen[-1][0] if seen else 0, limit=7))

        at_once([tail, *(lambda writer=writer: write(writer) for writer in range(WRITERS))])
        positions = [position for position, _ in seen]
        assert positions == sorted(set(positions))
        logs = {name: store.read(name) for name in NAMES}
        assert {name: tuple(r for _, r in seen if r.project == name) for name in NAMES} == logs
        wanted = sorted((f"w{w}", f"{n}.{i}") for w in range(WRITERS) for n in range(BATCHES) for i in (0, 1))
        assert sorted((r.by, r.data) for log in logs.values() for r in log) == wanted
        for name, log in logs.items():
            assert verify(store, name) == ()
            assert all(one.by == two.by for one, two in zip(log[::2], log[1::2], strict=True)), "a batch is torn"
        assert seen == self.whole_feed(store, len(wanted))

    def test_a_definition_saved_by_many_threads_is_there_once(self, store: EventStore) -> None:
        self._need_threads()

        def work() -> None:
            for n in range(5):
                store.save_definition(f"h{n}", f"text {n}")

        at_once([work] * 4)
        assert [store.definition(f"h{n}") for n in range(5)] == [f"text {n}" for n in range(5)]

    def test_close_waits_for_the_write_under_way(self, store: EventStore, tmp_path: Path) -> None:
        self._need_threads()
        written: list[int] = []
        began = threading.Event()
        counted: list[int] = []

        def work() -> None:
            try:
                while True:
                    written.append(len(store.append("p", drafts(1), expected=len(written))))
                    if len(written) == 3:
                        began.set()
            except StoreClosed:
                pass

        def shut() -> None:
            assert began.wait(PATIENCE)
            store.close()
            if self.lasting:
                with closing(self.open(tmp_path)) as again:
                    counted.append(again.length("p"))

        at_once([work, shut])
        assert counted == [len(written)] * self.lasting

    def test_what_was_written_is_there_when_it_is_opened_again(self, store: EventStore, tmp_path: Path) -> None:
        if not self.lasting:
            pytest.skip("each store has records of its own")
        written = store.append("p", drafts(3), expected=0)
        store.save_definition("h", "text")
        feed = self.whole_feed(store, 3)
        store.close()
        with closing(self.open(tmp_path)) as again:
            assert again.read("p") == written
            assert again.definition("h") == "text"
            assert self.whole_feed(again, 3) == feed
            assert again.append("p", drafts(1), expected=3)[0].previous == written[-1].hash
            assert verify(again, "p") == ()

    # -- a workspace -----------------------------------------------------------------------------------------------

    def test_projects_run_on_it(self, store: EventStore) -> None:
        bid = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer"), b.activity("sign")])])
        one = Workspace(store, clock=lambda: AT)
        two = Workspace(store, clock=lambda: AT)
        assert one.start(bid, project="acme", by="li.wei").accepted
        assert two.finish("acme", "offer", by="li.wei").accepted
        assert not one.finish("acme", "offer", by="li.wei").accepted
        assert one.finish("acme", "sign", by="li.wei").accepted
        assert one.state("acme") == two.state("acme")
        assert one.process("acme") == two.process("acme") == bid
        assert one.verify() == ()
        with pytest.raises(StoreError):
            store.save_definition(one.state("acme").definition, "another text")

    def _need_threads(self) -> None:
        if not self.threaded:
            pytest.skip("one thread at a time may use it")
