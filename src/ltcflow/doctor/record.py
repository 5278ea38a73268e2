"""A record: where it lies, whether it can be opened, how safely it is written, and whether all of it is sound.

Nothing is written: an SQLite file is opened to be read only, a server in transactions that only read. Where a write was
cut short and would first have to be undone, a copy is examined.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import attrs

from ltcflow.doctor.checks import Check, Found, Status, check, failed, guarded
from ltcflow.doctor.places import file_checks, path_of, reading
from ltcflow.errors import LtcflowError
from ltcflow.stores import StoreReadOnly, WriteUnfinished

if TYPE_CHECKING:
    from ltcflow.stores import Description, SqlStore

RECORD = ("Record", "记录")
OPENING = ("Opening", "打开")
BESIDE = ("-journal", "-wal")
MEMORY = ("memory:", ":memory:", "sqlite:", "sqlite://", "sqlite:///:memory:")


def record(db: str, now: datetime | None = None) -> tuple[Check, ...]:
    """Return what there is to say about the record at *db*, every problem at once; nothing is written.

    Args:
        db: the path of an SQLite file, or the address of a store.
        now: the present moment; the clock of this computer unless given.
    Cost: reads every log four times and hashes it once, some 6 s for 100,000 events.
    """
    moment = now or datetime.now(UTC)
    return tuple(guarded("record", RECORD, lambda: _record(db, moment)))


def describe(db: str) -> Description | None:
    """Return what the store at *db* says of itself; None when it cannot be opened."""
    path = path_of(db)
    try:
        with _to_read(path) if path else _server(db) as store:
            return attrs.evolve(store.describe(), location=path) if path else store.describe()
    except (LtcflowError, OSError, ValueError):
        return None


def _record(db: str, now: datetime) -> Found:
    path = path_of(db)
    if db in MEMORY:
        said = ("is in memory and ends with the program.", "在内存中，程序结束即消失。")
        yield check(
            "record", RECORD, said, Status.PROBLEM, ("Name a file, such as sales.db.", "请给出文件名，例如 sales.db。")
        )
        return
    if path:
        usable = True
        for found in guarded("file", ("File", "文件"), lambda: file_checks(path)):
            usable = usable and not (found.name == "file" and found.status is Status.PROBLEM)
            yield found
        if usable:
            yield from _file(path, now)
        return
    yield from guarded("open", OPENING, lambda: _on_server(db, now))


def _file(path: str, now: datetime) -> Found:
    unfinished = False
    if not _log_is_left(path):
        try:
            with _to_read(path) as store:
                yield from _opened(store, path, now)
            return
        except WriteUnfinished:
            unfinished = True
        except LtcflowError as error:
            yield failed("open", OPENING, error)
            return
    if unfinished or os.path.getsize(f"{path}-wal"):
        yield _unfinished()
    with _copy_of(path) as copy:
        yield from guarded("open", OPENING, lambda: _copied(copy, now))


def _log_is_left(path: str) -> bool:
    """Say whether a write-ahead log lies there that nobody has open: to read it, SQLite would have to bring it in."""
    return os.path.exists(f"{path}-wal") and not os.path.exists(f"{path}-shm")


def _unfinished() -> Check:
    return check(
        "unfinished",
        ("Unfinished write", "中断的写入"),
        ("a write was cut short; the rest is examined as it will be.", "有一次写入被中断；以下按撤销之后的内容检查。"),
        Status.WARNING,
        (
            "Open it as somebody who may write to it: that undoes the half. Never delete the -journal or -wal.",
            "请由有写权限的用户打开一次，即可撤销中断的部分。切勿删除 -journal 或 -wal 文件。",
        ),
    )


@contextmanager
def _copy_of(path: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ltcflow-doctor-") as folder:
        copy = shutil.copy(path, folder)
        for more in BESIDE:
            if os.path.exists(path + more):
                shutil.copy(path + more, copy + more)
        yield copy


def _copied(copy: str, now: datetime) -> Found:
    from ltcflow.stores import SqlStore

    SqlStore.open(f"sqlite:///{copy}").close()  # undoes the half, in the copy
    with _to_read(copy) as store:
        yield from _opened(store, copy, now)


@contextmanager
def _to_read(path: str) -> Iterator[SqlStore]:
    """Open an SQLite file to be read only, without even the files that SQLite lays beside a write-ahead log."""
    import sqlalchemy as sa

    from ltcflow.stores import SqlStore

    query = {"uri": "true", **reading(path)}
    store = SqlStore.open(sa.URL.create("sqlite", database=f"file:{quote(os.path.abspath(path))}", query=query))
    try:
        store.projects()
        yield store
    finally:
        store.close()


@contextmanager
def _server(db: str) -> Iterator[SqlStore]:
    """Open a store on a server, in sessions whose transactions only read."""
    import sqlalchemy as sa

    from ltcflow.stores import SqlStore, StoreUnusable

    try:
        url = sa.make_url(db)
    except (sa.exc.ArgumentError, ValueError) as error:
        remedy = "Write sqlite:///sales.db or postgresql://user@host/database."
        raise StoreUnusable(store=db[:200], problem="is no address of a store.", remedy=remedy) from error
    if url.get_backend_name() == "postgresql":
        options = f"{url.query.get('options', '')} -c default_transaction_read_only=on".strip()
        url = url.update_query_dict({"options": options})
    store = SqlStore.open(url)
    try:
        yield store
    finally:
        store.close()


def _on_server(db: str, now: datetime) -> Found:
    try:
        with _server(db) as store:
            yield from _opened(store, db, now)
    except StoreReadOnly:  # it wanted to make tables
        said = ("has no tables of ltcflow that this user can see.", "没有该用户可见的 ltcflow 数据表。")
        remedy = (
            "Check name, user and search_path; 'ltcflow start' makes them.",
            "请核对名称、用户与 search_path；ltcflow start 会建立数据表。",
        )
        yield check("tables", ("Tables", "数据表"), said, Status.PROBLEM, remedy)


def _opened(store: SqlStore, place: str, now: datetime) -> Found:
    from ltcflow.doctor.contents import content_checks

    yield from content_checks(store, place, now)
