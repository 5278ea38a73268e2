"""Writers that are killed: a program that has imported all it needs, and forks a writer for every order it is given.

An order is a line of JSON: ``{"url": ..., "wal": false, "batch": 5, "until": "", "writers": [["p", how, value],
...]}``. Each writer appends to its own project, `batch` records at a time, says how long its log is once `append` has
returned, and dies:

* ``delay``: SIGKILL from outside, so many seconds after it was ready, or after the file ``until`` was there.
* ``event``: SIGKILL by itself at the n-th thing that SQLAlchemy tells of: before and after each statement, before a
  commit, and when the connection is given back after it.
* ``step``: SIGKILL by itself after n steps of SQLite's machine, wherever in a statement that is.
* ``byte``: dies in the write that would take any of its files beyond n bytes (RLIMIT_FSIZE): in the middle of a commit,
  with a page half written.

The answer is a line of JSON: for each writer the length it said last, and the signal that ended it. A writer that
another fault stops (a lost server) appends the same again until it is told whether it is kept; it exits with 3 when it
is told that somebody else wrote, for nobody else does.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ltcflow.stores import CommitInDoubt, Draft, SqlStore, StaleProject, StoreUnreachable

AT = datetime(2026, 3, 2, tzinfo=UTC)
OTHERS = 3
"""Exit code of a writer that was told that somebody else wrote."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def nth(count: int) -> Callable[..., None]:
    """A function that kills at its n-th call."""
    left = [count]

    def counted(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            die()

    return counted


def arm(how: str, value: float) -> None:
    """Lay the trap."""
    if how == "event":
        trap = nth(int(value))
        for target, name in (
            (sa.Engine, "before_cursor_execute"),
            (sa.Engine, "after_cursor_execute"),
            (sa.Engine, "commit"),
            (sa.pool.Pool, "checkin"),
        ):
            sa.event.listen(target, name, trap)
    elif how == "step":
        trap = nth(int(value))
        sa.event.listen(sa.pool.Pool, "connect", lambda raw, _: raw.set_progress_handler(trap, 1))
    elif how == "byte":
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(value), resource.RLIM_INFINITY))


def opened(url: str, wal: bool) -> SqlStore:
    if not wal:
        return SqlStore.open(url)
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
    return SqlStore(engine)


def kept(store: SqlStore, project: str, batch: list[Draft], length: int) -> None:
    """Append *batch* once, whatever happens on the way."""
    while True:
        try:
            store.append(project, batch, expected=length)
            return
        except (CommitInDoubt, StoreUnreachable):
            time.sleep(0.02)
        except StaleProject:
            os._exit(OTHERS)


def write(order: dict[str, Any], project: str, how: str, value: float, told: int) -> None:
    arm(how, value)
    while True:
        with suppress(StoreUnreachable):
            store = opened(order["url"], order["wal"])
            length = store.length(project)
            break
    os.write(told, b"%d\n" % length)
    size = order["batch"]
    while True:
        batch = [Draft(kind="K", at=AT, by=project, data=f"{length + i}" + "x" * 900) for i in range(size)]
        kept(store, project, batch, length)
        length += size
        os.write(told, b"%d\n" % length)
        if len(order["writers"]) > 1:
            time.sleep(0.002)  # lets the others in between


def fork(order: dict[str, Any], project: str, how: str, value: float) -> tuple[int, int]:
    """Start a writer; return its process and what it says."""
    heard, told = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(heard)
            write(order, project, how, value, told)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(1)
    os.close(told)
    return child, heard


def obey(order: dict[str, Any]) -> list[tuple[int, int]]:
    running = [(how, value, *fork(order, project, how, value)) for project, how, value in order["writers"]]
    said = {}
    for how, _, _, heard in running:
        said[heard] = os.read(heard, 100) if how == "delay" else b""  # it is ready
    while order["until"] and not os.path.exists(order["until"]):
        time.sleep(0.01)
    began = time.monotonic()
    for value, child in sorted((value, child) for how, value, child, _ in running if how == "delay"):
        time.sleep(max(0.0, began + value - time.monotonic()))
        os.kill(child, signal.SIGKILL)
    ends = []
    for _, _, child, heard in running:
        while more := os.read(heard, 65536):
            said[heard] += more
        os.close(heard)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        whole = said[heard].split(b"\n")[:-1]
        ends.append((int(whole[-1]) if whole else 0, status))
    return ends


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
