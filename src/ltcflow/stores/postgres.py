"""PostgreSQL's own ways (`dialect.Dialect`): locks, the order of the feed, commits whose answer was lost, errors.

A sequence would number records in the order of inserts, and a reader of the feed would miss those that are committed
late. So a position is made of the transaction's id and a counter within it, and `horizon` says up to where no
transaction is under way any more: what lies at or below it is complete and stays as it is. Where an application's
transaction is older than the last one that wrote to the same project, the last one's id is used, so that the records of
a project keep their order.

Imported only when a PostgreSQL database is opened; it needs psycopg.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from hashlib import sha256

import psycopg
import sqlalchemy as sa

from ltcflow.stores import queries
from ltcflow.stores.base import Description
from ltcflow.stores.dialect import InDoubt
from ltcflow.stores.errors import StoreError, StoreUnusable
from ltcflow.stores.postgres_errors import meaning, state_of
from ltcflow.stores.schema import meta

OLDEST = (13,)
WITHIN_BITS = 20
MOST_IN_ONE = 1 << WITHIN_BITS
"""How many records one transaction can append."""
FEED = "feed"
"""Name of the number in `meta` that is added to transaction ids; a restored dump has begun to count them anew."""
LOCKS = 0x6C7463
"""First key of our advisory locks ("ltc"); the second is 0 for the tables, else of the project."""
CONNECTING = {"connect_timeout": 10, "application_name": "ltcflow", "client_encoding": "utf8"}
ISOLATION = "READ COMMITTED"
PASSING = frozenset({"40001", "40P01", "23505"})  # serialization failure, deadlock, somebody else wrote the same
_MARK = "ltcflow_transaction"
_QUIET = logging.NullHandler()
"""Keeps what an application's logging does not ask for off the terminal."""

_added = sa.func.coalesce(
    sa.select(sa.cast(meta.c.value, sa.BigInteger)).where(meta.c.name == FEED).scalar_subquery(),
    sa.literal_column("0"),
)


def _number(id: sa.ColumnElement[object]) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(id, sa.Text), sa.BigInteger)


_snapshot = sa.func.pg_current_snapshot()
_top = sa.select(sa.func.max(queries.EVENTS.position)).scalar_subquery()
_last = (
    sa.select(queries.EVENTS.position)
    .where(queries.EVENTS.project == sa.bindparam("name"))
    .order_by(queries.EVENTS.number.desc())
    .limit(1)
    .scalar_subquery()
)
OWN = sa.select(_number(sa.func.pg_current_xact_id()), _added, _last, _top)
HORIZON = sa.select(_number(sa.func.pg_snapshot_xmin(_snapshot)) + _added)
# the snapshot's end says only which transactions have ended: this one's own records may have a higher id
_next = sa.func.greatest(
    _number(sa.func.pg_snapshot_xmax(_snapshot)),
    sa.func.coalesce(_number(sa.func.pg_current_xact_id_if_assigned()) + 1, sa.literal_column("0")),
)
MOVED = sa.select(_next, _number(sa.func.pg_snapshot_xmin(_snapshot)), _added, _top)
LAST_WITHIN = sa.select(sa.func.max(queries.EVENTS.position)).where(
    queries.EVENTS.position.between(sa.bindparam("first"), sa.bindparam("last"))
)
_first_key = sa.literal(LOCKS, sa.Integer)
_schema_key = sa.literal(0, sa.Integer)
LOCK = sa.select(
    sa.func.pg_advisory_xact_lock_shared(_first_key, _schema_key),
    sa.func.pg_advisory_xact_lock(_first_key, sa.bindparam("key", type_=sa.Integer)),
)
LOCK_SCHEMA = sa.select(sa.func.pg_advisory_xact_lock(_first_key, _schema_key))
SETTINGS = sa.select(
    sa.func.set_config("lock_timeout", sa.bindparam("wait", type_=sa.Text), sa.true()),
    sa.case(
        (
            sa.func.current_setting("synchronous_commit") == "off",
            sa.func.set_config("synchronous_commit", "on", sa.true()),
        )
    ),
)
OUTCOME = sa.text("SELECT pg_xact_status(CAST(:mark AS xid8))")
DURABILITY = sa.text(
    "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')"
)


def key_of(project: str) -> int:
    """Return the second key of the lock of *project*: the same in every process; two projects rarely share one.

    Example:
        >>> key_of("acme-5g")
        -1540065767
    """
    return int.from_bytes(sha256(project.encode()).digest()[:4], signed=True) or 1


def durability(fsync: str, full_page_writes: str, synchronous_commit: str, *, joined: bool) -> tuple[bool, str, str]:
    """Return whether an acknowledged commit survives a power cut, and why, in English and Chinese.

    Args:
        joined: whether an application commits; the store's own transactions raise synchronous_commit=off to on.
    """
    if fsync != "on" or full_page_writes != "on":
        name = "fsync" if fsync != "on" else "full_page_writes"
        return (
            False,
            f"The server runs with {name}=off: a power cut can lose or damage what was committed.",
            f"服务器设置了 {name}=off：断电可能丢失或损坏已提交的内容。",
        )
    if synchronous_commit == "off" and joined:
        return (
            False,
            "The application commits with synchronous_commit=off: a crash can lose the last commits.",
            "应用以 synchronous_commit=off 提交：崩溃可能丢失最近的提交。",
        )
    if synchronous_commit == "off":
        return (
            True,
            "The session has synchronous_commit=off; the store's own transactions raise it to on.",
            "会话设置了 synchronous_commit=off；存储自己的事务会将其提高到 on。",
        )
    return (
        True,
        f"Commits wait for the disk (synchronous_commit={synchronous_commit}, fsync=on).",
        f"提交会等待写入磁盘（synchronous_commit={synchronous_commit}，fsync=on）。",
    )


class Postgres:
    """The ways of PostgreSQL: projects are written side by side, each by one transaction at a time."""

    name = "postgresql"
    alone = False
    one_writer = False
    driver_error: type[Exception] = psycopg.Error

    def place(self, url: sa.URL) -> str:
        """Return *url* with its password hidden."""
        return url.render_as_string()

    def check_address(self, url: sa.URL) -> sa.URL:
        """Return *url* with psycopg as its driver; refuse another driver."""
        if url.drivername in ("postgres", "postgresql"):
            return url.set(drivername="postgresql+psycopg")
        if url.drivername != "postgresql+psycopg":
            problem = f"names the driver {url.get_driver_name()}."
            remedy = "Write postgresql+psycopg://user@host/database."
            raise StoreUnusable(store=self.place(url), problem=problem, remedy=remedy)
        return url

    def make_engine(self, url: sa.URL, busy_timeout: float) -> sa.Engine:
        """Return an engine that keeps five connections, and lends up to fifteen at a time."""
        for name in ("sqlalchemy.pool", "psycopg"):  # a lost connection is told by the error, not by their tracebacks
            logging.getLogger(name).addHandler(_QUIET)
        arguments = {name: value for name, value in CONNECTING.items() if name not in url.query}
        return sa.create_engine(url, connect_args=arguments, pool_timeout=busy_timeout, isolation_level=ISOLATION)

    def check_driver(self, connection: sa.Connection, place: str) -> None:
        """Refuse another driver than psycopg, a server older than 13, and one that cannot keep every character."""
        raw = _raw(connection, place)
        if (connection.dialect.server_version_info or OLDEST) < OLDEST:
            problem = "is a PostgreSQL older than 13, which cannot tell the order of commits."
            raise StoreUnusable(store=place, problem=problem, remedy="Upgrade the server to 13 or newer.")
        kept = raw.info.parameter_status("server_encoding")
        if kept != "UTF8" or raw.info.encoding != "utf-8":
            problem = f"keeps texts as {kept}, sent as {raw.info.encoding}, which not every character has."
            remedy = "Make the database with ENCODING 'UTF8', and set client_encoding=utf8."
            raise StoreUnusable(store=place, problem=problem, remedy=remedy)

    def prepare(self, connection: sa.Connection, *, ours: bool) -> None:
        """Read what is committed, statement by statement, whatever the application's engine is set to.

        The locks keep the order; a snapshot that is older than the lock would only make a writer fail.
        """
        if not ours:
            _raw(connection, "")
            connection.execution_options(isolation_level=ISOLATION)

    def settle(self, connection: sa.Connection, busy_timeout: float) -> None:
        """Nothing to do: the server has its own journal."""

    @contextlib.contextmanager
    def transaction(self, connection: sa.Connection, busy_timeout: float) -> Iterator[None]:
        """Hold a transaction that waits for locks no longer than *busy_timeout*, and for the disk."""
        connection.begin()
        connection.execute(SETTINGS, {"wait": f"{max(1, round(busy_timeout * 1000))}ms"})
        known = connection.info
        known.pop(_MARK, None)
        yield
        mark = known.pop(_MARK, None)
        try:
            connection.commit()
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise InDoubt(mark) from error
            raise

    def join(self, connection: sa.Connection, place: str) -> None:
        """Refuse a connection that commits every statement by itself."""
        if _raw(connection, place).autocommit:
            problem = "commits every statement by itself, so your rows and the records are not kept together."
            remedy = "Pass a connection that is not in AUTOCOMMIT."
            raise StoreUnusable(store=place, problem=problem, remedy=remedy)

    def lock(self, connection: sa.Connection, project: str) -> None:
        """Let no other transaction append to *project*; take no transaction id before that (see `positions`)."""
        connection.execute(LOCK, {"key": key_of(project)})

    def lock_schema(self, connection: sa.Connection) -> None:
        """Let no other transaction append or change tables."""
        connection.execute(LOCK_SCHEMA)

    def must_mend(self, connection: sa.Connection) -> bool:
        """Say whether the server counts transactions below those of the records: the tables came from another one."""
        next_id, _, added, top = connection.execute(MOVED).one()
        return top is not None and top >> WITHIN_BITS >= next_id + added

    def mend(self, connection: sa.Connection) -> None:
        """Let the feed go on above what is there; the caller holds the lock on the tables."""
        _, oldest, _, top = connection.execute(MOVED).one()
        connection.execute(meta.delete().where(meta.c.name == FEED))
        connection.execute(meta.insert().values(name=FEED, value=str((top >> WITHIN_BITS) + 1 - oldest)))

    def positions(self, connection: sa.Connection, project: str, count: int, place: str) -> list[int] | None:
        """Return positions that sort by transaction, and behind the last record of *project*, which is locked."""
        own, added, last, top = connection.execute(OWN, {"name": project}).one()
        connection.info[_MARK] = own
        group = max(own + added, (last or 0) >> WITHIN_BITS)
        first = group << WITHIN_BITS
        end = first + MOST_IN_ONE - 1
        if top is not None and top >= first:
            there = connection.execute(LAST_WITHIN, {"first": first, "last": end}).scalar()
            first = first if there is None else there + 1
        if first + count - 1 > end:
            problem = f"takes no more than {MOST_IN_ONE:,} records in one transaction; nothing was written."
            raise StoreError(store=place, problem=problem, remedy="Write them in several transactions.")
        return list(range(first, first + count))

    def horizon(self, connection: sa.Connection) -> int:
        """Return the position below which every transaction has ended: a new one gets a higher one."""
        return (int(connection.execute(HORIZON).scalar_one()) << WITHIN_BITS) - 1

    def outcome(self, connection: sa.Connection, mark: int) -> bool | None:
        """Ask the server what became of the transaction *mark*."""
        told = connection.execute(OUTCOME, {"mark": str(mark)}).scalar()
        return None if told not in ("committed", "aborted") else told == "committed"

    def passing(self, error: BaseException | None, *, joined: bool = False) -> bool:
        """Say whether another try may succeed: after another writer's collision, or on another connection."""
        if not isinstance(error, sa.exc.DBAPIError):
            return False
        if joined:
            return state_of(error.orig) == "23505"
        return error.connection_invalidated or state_of(error.orig) in PASSING

    def translate(self, error: BaseException | None, store: str, *, lost: bool = False) -> StoreError:
        """Return the `StoreError` that says what an error of psycopg means."""
        return meaning(error, store, lost=lost)

    def describe(
        self, connection: sa.Connection, place: str, busy_timeout: float, *, ours: bool, joined: bool
    ) -> Description:
        """Say which server writes, whether a commit waits for its disk, and why."""
        fsync, pages, level = connection.execute(DURABILITY).one()
        durable, why, why_zh = durability(fsync, pages, level, joined=joined)
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        return Description(
            kind="postgresql",
            location=place,
            library=f"PostgreSQL {version} (psycopg {psycopg.__version__})",
            synchronous="on" if level == "off" and not joined else level,
            busy_timeout=busy_timeout,
            durable=durable,
            why=why,
            why_zh=why_zh,
        )


def _raw(connection: sa.Connection, place: str) -> psycopg.Connection:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise StoreUnusable(
            store=place or connection.engine.url.render_as_string(),
            problem=f"is driven by {type(raw).__module__.partition('.')[0]}.",
            remedy="Use psycopg: postgresql+psycopg://user@host/database.",
        )
    return raw
