"""What the errors of a PostgreSQL server mean, by their SQLSTATE."""

from __future__ import annotations

from ltcflow.stores.errors import (
    DiskFailed,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
)

REPEAT = "Roll your transaction back and repeat it from its start."
RESTORE = "Restore the database from a backup, or name another one."
_OVERTAKEN = "another transaction wrote in between, again and again; nothing was written."
_STOPPED = "did not answer within statement_timeout, or was told to stop; nothing was written."

MEANING: dict[str, tuple[type[StoreError], str, str]] = {
    "40001": (StoreLocked, _OVERTAKEN, "Try again; in a transaction of your own, roll it back and repeat it."),
    "55P03": (
        StoreLocked,
        "is locked by another connection for longer than the busy timeout; nothing was written.",
        "Try again, or find the program that keeps a transaction open.",
    ),
    "57014": (StoreLocked, _STOPPED, "Try again, or raise statement_timeout."),
    "25006": (
        StoreReadOnly,
        "can be read but not written: the server is a standby, or its transactions are read-only.",
        "Name the primary server, or SET default_transaction_read_only = off.",
    ),
    "53100": (
        StoreFull,
        "has no room left; nothing was written.",
        "Free some room on the server's disk and try again.",
    ),
    "25P02": (StoreError, "is in a transaction that failed before; nothing was written.", REPEAT),
    "42P01": (StoreCorrupt, "lacks a table of ltcflow.", RESTORE),
    "42703": (StoreCorrupt, "lacks a column of ltcflow.", RESTORE),
    "XX001": (StoreCorrupt, "is damaged.", RESTORE),
    "58030": (DiskFailed, "failed to read or write; a write was undone.", "Check the server's disk, and try again."),
    "58P01": (StoreCorrupt, "has lost a file.", RESTORE),
}
MEANING["40P01"] = MEANING["23505"] = MEANING["40001"]
MEANING["XX002"] = MEANING["XX001"]
REFUSED = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied", "not permitted")
LOST = ("08", "57P0")


def state_of(error: BaseException | None) -> str:
    """Return the SQLSTATE of an error; "" where it has none, such as when no server answered."""
    return str(getattr(error, "sqlstate", None) or "")


def meaning(error: BaseException | None, store: str, *, lost: bool) -> StoreError:
    """Return the `StoreError` that says what an error of psycopg means; *lost* when the connection is gone."""
    state, text = state_of(error), _text(error)
    if lost or state.startswith(LOST):
        problem = f"the connection was lost ({text}); nothing was written."
        return StoreUnreachable(store=store, problem=problem, remedy="Try again once the server answers.")
    if state in MEANING:
        kind, problem, remedy = MEANING[state]
        return kind(store=store, problem=problem, remedy=remedy)
    if state == "42501":
        problem = f"does not give this user the right ({text})."
        return StoreReadOnly(store=store, problem=problem, remedy="GRANT it, or name another user.")
    if not state and type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        return _no_connection(text, store)
    return StoreError(store=store, problem=f"failed: {text}.", remedy="Look at the database's message.")


def _no_connection(text: str, store: str) -> StoreError:
    if any(word in text for word in REFUSED):
        problem = f"refuses the connection ({text})."
        return StoreUnusable(store=store, problem=problem, remedy="Check the user, password and name of the database.")
    problem = f"cannot be reached ({text})."
    return StoreUnreachable(store=store, problem=problem, remedy="Check host and port, and that the server runs.")


def _text(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return " ".join(lines[0].split()).rstrip(".") if lines else type(error).__name__
