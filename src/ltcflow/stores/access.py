"""The connections of a SQL store: of an engine of its own, of an application's, or the one that it was handed."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy as sa

from ltcflow.stores.dialect import Dialect, InDoubt, translated
from ltcflow.stores.errors import StoreError, StoreLocked, closed

T = TypeVar("T")
Work = Callable[[sa.Connection], T]
ATTEMPTS = 10
"""How often a transaction is begun anew that the database gave up for the sake of another one."""


class Access:
    """Lends connections for reading and writing, with the retries and the turns of threads that the database needs.

    Attributes:
        engine: where connections come from.
        bound: the application's connection, in whose transaction everything happens; None when there is none.
        ours: whether the engine is the store's own.
    """

    def __init__(
        self,
        dialect: Dialect,
        engine: sa.Engine,
        *,
        bound: sa.Connection | None = None,
        ours: bool = False,
        busy_timeout: float,
    ) -> None:
        self.dialect = dialect
        self.engine = engine
        self.bound = bound
        self.ours = ours
        self.busy_timeout = busy_timeout
        self.place = dialect.place(engine.url)
        self._one_connection = bound is not None or isinstance(engine.pool, sa.StaticPool)
        self._closed = self._lost = False
        self._left_behind: list[sa.Pool] = []
        self._begin_turns()

    def read(self, work: Work[T]) -> T:
        """Return what *work* makes of a connection; again on another one when the connection turns out to be dead."""
        for last in self._attempts():
            try:
                with self.lent() as connection:
                    return work(connection)
            except StoreError as error:
                if last or not self.dialect.passing(error.__cause__):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def write(self, work: Work[T]) -> T:
        """Return what *work* makes of a connection in a transaction: all of it is committed, or nothing.

        On an application's connection it becomes a part of the application's transaction: all of it, or nothing.

        Raises:
            InDoubt: the connection was lost during the commit, and nobody can be asked; ``result`` is what *work* made.
        """
        joined = self.bound is not None
        for last in self._attempts():
            try:
                return self._joined(work) if joined else self._committed(work)
            except StoreError as error:
                if last or not self.dialect.passing(error.__cause__, joined=joined):
                    raise
            time.sleep(random.uniform(0, 0.02))
        raise AssertionError("the last attempt returns or raises")

    def _attempts(self) -> Iterator[bool]:
        """Yield whether this attempt is the last one."""
        yield from (attempt == ATTEMPTS - 1 for attempt in range(ATTEMPTS))

    def _joined(self, work: Work[T]) -> T:
        with self.lent() as connection:
            self.dialect.join(connection, self.place)
            with connection.begin_nested():
                return work(connection)

    def _committed(self, work: Work[T]) -> T:
        made: list[T] = []
        try:
            with self._writing() as connection, self.dialect.transaction(connection, self.busy_timeout):
                made.append(work(connection))
        except InDoubt as doubt:
            kept = False if doubt.mark is None else self._outcome(doubt.mark)
            if kept is None:
                doubt.result = made[0]
                raise
            if not kept:
                with translated(self.dialect, self.place):
                    raise doubt.__cause__ or doubt from None
        return made[0]

    def _outcome(self, mark: int) -> bool | None:
        """Ask the database whether it committed the transaction *mark*; None when it does not answer in time."""
        until = time.monotonic() + self.busy_timeout
        while True:
            found = None
            with contextlib.suppress(StoreError), self.lent() as connection:
                found = self.dialect.outcome(connection, mark)
            if found is not None or time.monotonic() > until:
                return found
            time.sleep(0.05)

    @contextlib.contextmanager
    def lent(self) -> Iterator[sa.Connection]:
        """Lend a connection; whatever is not committed when the block ends is rolled back, unless it is bound."""
        with contextlib.ExitStack() as stack:
            if self._one_connection:
                stack.enter_context(self.turn())
            self._check_open()
            stack.enter_context(translated(self.dialect, self.place))
            if self.bound is not None:
                yield self.bound
                return
            connection = stack.enter_context(self.engine.connect())
            self.dialect.prepare(connection, ours=self.ours)
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """Lend a connection to write with, when it is this thread's turn."""
        with self.turn() if self.dialect.one_writer else self._counted(), self.lent() as connection:
            yield connection

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Let the threads of this process write one after the other, in their own queue instead of the database's."""
        if not self._lock.acquire(timeout=self.busy_timeout):
            problem = "is busy with the writes of other threads for longer than the busy timeout; nothing was written."
            raise StoreLocked(store=self.place, problem=problem, remedy="Try again, or raise the busy timeout.")
        try:
            yield
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """Let threads write side by side, but let `close` know of them."""
        with self._idle:
            self._writers += 1
        try:
            yield
        finally:
            with self._idle:
                self._writers -= 1
                self._idle.notify_all()

    def _begin_turns(self) -> None:
        self._lock = threading.RLock()
        self._idle = threading.Condition(threading.Lock())
        self._writers = 0

    def _check_open(self) -> None:
        if self._closed or (self.bound is not None and self.bound.closed):
            raise closed(self.place)
        if self._lost:
            if self.bound is not None:
                problem = "is a connection of the parent process, which this one must not use."
                raise StoreError(store=self.place, problem=problem, remedy="Open a connection of its own.")
            problem = "lived in the memory of the parent process and is not shared with this one."
            raise StoreError(store=self.place, problem=problem, remedy="Use a file: sqlite:///sales.db.")

    def close(self) -> None:
        """Wait for the writes under way, then give back the connections of an engine of ours."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            with self._idle:
                self._idle.wait_for(lambda: not self._writers)
            if self.ours and not self._lost:
                self.engine.dispose()

    def after_fork(self) -> None:
        """Leave the parent's connections untouched, also by garbage collection, and open new ones on demand."""
        self._begin_turns()
        self._left_behind.append(self.engine.pool)
        if self._one_connection:
            self._lost = True
        elif self.ours:
            self.engine.dispose(close=False)
