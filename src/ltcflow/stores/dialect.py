"""What a SQL store asks of its database's own ways. `sqlite` and `postgres` answer, each in its module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from ltcflow.stores.base import Description
from ltcflow.stores.errors import StoreError, StoreLocked


class InDoubt(Exception):
    """The connection was lost while a transaction was committed. `mark` is what the database knows it by."""

    def __init__(self, mark: int | None) -> None:
        super().__init__(mark)
        self.mark = mark
        self.result: object = None


class Dialect(Protocol):
    """The ways of one database: how it is opened, how a write locks and commits, what its errors mean.

    Attributes:
        name: SQLAlchemy's name of the database.
        alone: whether a database that was named by an address must not hold another application's tables.
        one_writer: whether the database lets one transaction write at a time, so that threads had better queue here.
        driver_error: the base class of the driver's own errors.
    """

    name: str
    alone: bool
    one_writer: bool
    driver_error: type[Exception]

    def place(self, url: sa.URL) -> str:
        """Return where *url* points, without a password, for messages."""
        ...

    def check_address(self, url: sa.URL) -> sa.URL:
        """Return *url* with the driver that is used; StoreUnusable when nothing can be opened there."""
        ...

    def make_engine(self, url: sa.URL, busy_timeout: float) -> sa.Engine:
        """Return an engine of ours for *url*."""
        ...

    def check_driver(self, connection: sa.Connection, place: str) -> None:
        """Refuse a connection of another driver, or to a database that cannot keep the records."""
        ...

    def prepare(self, connection: sa.Connection, *, ours: bool) -> None:
        """Make a connection that was just lent write durably."""
        ...

    def settle(self, connection: sa.Connection, busy_timeout: float) -> None:
        """Bring a database of ours into the state that is safe to write in; the connection is in no transaction."""
        ...

    def transaction(self, connection: sa.Connection, busy_timeout: float) -> AbstractContextManager[None]:
        """Hold a transaction that writes: committed at the end of the block, rolled back when the block fails.

        Raises:
            InDoubt: the connection was lost while it was committed.
        """
        ...

    def join(self, connection: sa.Connection, place: str) -> None:
        """Make sure that an application's connection is in a transaction that only the application commits."""
        ...

    def lock(self, connection: sa.Connection, project: str) -> None:
        """Let no other transaction append to *project* until this one ends."""
        ...

    def lock_schema(self, connection: sa.Connection) -> None:
        """Let no other transaction append or change tables until this one ends."""
        ...

    def must_mend(self, connection: sa.Connection) -> bool:
        """Say whether positions would go on below those that are there, such as after a restored dump."""
        ...

    def mend(self, connection: sa.Connection) -> None:
        """Let positions go on above those that are there; the caller holds the lock on the tables."""
        ...

    def positions(self, connection: sa.Connection, project: str, count: int, place: str) -> list[int] | None:
        """Return positions for *count* records that are appended to *project*; None when the database counts."""
        ...

    def horizon(self, connection: sa.Connection) -> int:
        """Return the position that no transaction will write at or below any more."""
        ...

    def outcome(self, connection: sa.Connection, mark: int) -> bool | None:
        """Say whether the transaction *mark* was committed; None while it is still under way."""
        ...

    def passing(self, error: BaseException | None, *, joined: bool = False) -> bool:
        """Say whether the same may well succeed when it is tried again; nothing of it was written.

        Args:
            joined: whether only a part of an application's transaction can be tried again, not the whole of it.
        """
        ...

    def translate(self, error: BaseException | None, store: str, *, lost: bool = False) -> StoreError:
        """Return the `StoreError` that says what an error of the driver means.

        Args:
            lost: whether the connection is gone.
        """
        ...

    def describe(
        self, connection: sa.Connection, place: str, busy_timeout: float, *, ours: bool, joined: bool
    ) -> Description:
        """Say what the database is and how safely it writes; *joined* when an application commits."""
        ...


@contextlib.contextmanager
def translated(dialect: Dialect, store: str) -> Iterator[None]:
    """Turn what the database says inside the block into a `StoreError` about *store*."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise dialect.translate(error.orig, store, lost=error.connection_invalidated) from error
    except (dialect.driver_error, UnicodeDecodeError) as error:  # the latter: a damaged text, or one about damage
        raise dialect.translate(error, store) from error
    except sa.exc.TimeoutError as error:
        problem = "has no free connection: as many as the pool may hold are at work; nothing was written."
        raise StoreLocked(
            store=store, problem=problem, remedy="Try again, or give the engine a larger pool."
        ) from error
    except sa.exc.SQLAlchemyError as error:
        problem = f"cannot be used: {str(error).splitlines()[0].rstrip('.')}."
        raise StoreError(store=store, problem=problem, remedy="Check the engine or address.") from error
