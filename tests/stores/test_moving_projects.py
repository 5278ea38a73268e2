"""A project moved from store to store: the same bytes from each, and many that import at once make one log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import sqlalchemy as sa

import ltcflow as ltc
from ltcflow.stores import EventStore, MemoryStore, SqlStore

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
b = ltc.builder
BID = b.process("bid", stages=[b.stage("do", activities=[b.activity(f"a{n}") for n in range(4)])])


def exported() -> bytes:
    with ltc.Workspace(MemoryStore(), clock=lambda: AT) as ws:
        ws.start(BID, project="投标", title='𝔘nicode 🙂 \\ "', by="李伟", facts={})
        for n in range(4):
            ws.finish("投标", f"a{n}", by="李伟")
        return ws.export_project("投标")


FILE = exported()


def test_every_store_gives_the_same_bytes(store: EventStore) -> None:
    ws = ltc.Workspace(store)
    assert ws.import_project(FILE).findings == ()
    assert ws.export_project("投标") == FILE
    assert ws.verify() == ()
    assert ws.import_project(FILE).added == 0


def test_many_imports_at_once_make_one_log(address: str | sa.URL) -> None:
    store: EventStore = MemoryStore() if address == "memory:" else SqlStore.open(address)
    with ltc.Workspace(store) as ws, ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: ws.import_project(FILE), range(6)))
        assert sum(one.added for one in done) == store.length("投标") == FILE.count(b"\n") - 2
        assert not any(one.findings for one in done)
        assert ws.export_project("投标") == FILE
