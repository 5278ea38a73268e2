"""kill -9 in the middle of a write: what was acknowledged is there, nothing is half there.

``LTCFLOW_KILL_ROUNDS`` sets the number of rounds (15).
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from ltcflow.stores import SqlStore, verify

ROUNDS = int(os.environ.get("LTCFLOW_KILL_ROUNDS", "15"))
BATCH = 5

WRITER = """
import os, signal, sys
from datetime import UTC, datetime
import sqlalchemy as sa
from ltcflow.stores import Draft, SqlStore
store = SqlStore.open(sys.argv[1])
steps = int(sys.argv[2])
at = datetime(2026, 3, 2, tzinfo=UTC)
length = store.length("p")
os.write(1, b"ready\\n")
if steps:  # dies by itself after so many steps of SQLite's machine, wherever in a write that is
    left = [steps]
    def die():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    @sa.event.listens_for(store._access.engine, "checkout")
    def watch(raw, record, proxy):
        raw.set_progress_handler(die, 1)
while True:
    batch = [Draft(kind="K", at=at, by="x", data=f"{length + i}" + "x" * 900) for i in range(int(sys.argv[3]))]
    store.append("p", batch, expected=length)
    length += len(batch)
    os.write(1, b"%d\\n" % length)
"""


def _acknowledged(url: str, steps: int, wait: float) -> int:
    """Let a writer work until it dies; return the length of the log it last said was kept."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(steps), str(BATCH)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        if not steps:
            time.sleep(wait)
            writer.kill()
        said = writer.stdout.read().split(b"\n")
        assert writer.wait(timeout=60) == -signal.SIGKILL
    return int(said[-2]) if len(said) > 1 else 0


def test_what_was_acknowledged_survives_a_kill_and_nothing_is_half_there(tmp_path: Path) -> None:
    chance = random.Random(20260302)
    path = tmp_path / "sales.db"
    url = f"sqlite:///{path}"
    kept, torn = 0, 0
    for turn in range(ROUNDS):
        steps = chance.randrange(1, 3000) if turn % 2 else 0
        said = _acknowledged(url, steps, chance.uniform(0, 0.06))
        torn += Path(f"{path}-journal").exists()
        with closing(SqlStore.open(url)) as store:
            length = store.length("p")
            assert length % BATCH == 0
            assert max(kept, said) <= length <= max(kept, said) + BATCH
            assert verify(store, "p") == ()
            assert [r.data.rstrip("x") for r in store.read("p", kept)] == [str(n) for n in range(kept, length)]
            assert len(store.feed(limit=10**6)) == length
        kept = length
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert kept > 0
    assert torn > 0 or ROUNDS < 15, "no kill fell into the middle of a write"
