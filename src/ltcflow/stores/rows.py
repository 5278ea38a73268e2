"""Records as rows of the tables, and back."""

from __future__ import annotations

from typing import Any

from ltcflow.stores import queries
from ltcflow.stores.errors import RecordUnreadable
from ltcflow.stores.records import Head, Record, stamp, unstamp


def noted_head(number: Any, own: Any) -> Head:
    """Return a head as the table of heads has it; one that no store wrote as ``(0, "")``."""
    return (number, own) if type(number) is int and number > 0 and type(own) is str else (0, "")


def row_of(r: Record) -> dict[str, Any]:
    """Return the row that holds *r*, without its position."""
    return {
        "project": r.project,
        "number": r.number,
        "kind": r.kind,
        "at": stamp(r.at),
        "by": r.by,
        "data": r.data,
        "previous": r.previous,
        "hash": r.hash,
    }


def record_of(place: str, *row: Any) -> Record:
    """Return the record that a row holds.

    Raises:
        RecordUnreadable: a column holds what no store writes.
    """
    project, number, kind, at, by, data, previous, own = row
    for column, value in zip(queries.RECORD, row, strict=True):
        if type(value) is not (int if column is queries.EVENTS.number else str):
            raise RecordUnreadable(store=place, project=str(project), number=str(number), field=column.name)
    try:
        instant = unstamp(at)
    except ValueError as error:
        raise RecordUnreadable(store=place, project=project, number=str(number), field="at") from error
    return Record(project=project, number=number, kind=kind, at=instant, by=by, data=data, previous=previous, hash=own)
