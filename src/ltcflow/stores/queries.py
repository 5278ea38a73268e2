"""The statements of a store in a SQL database, made once."""

from __future__ import annotations

import sqlalchemy as sa

from ltcflow.stores import schema

EVENTS = schema.events.c
RECORD = (
    EVENTS.project,
    EVENTS.number,
    EVENTS.kind,
    EVENTS.at,
    EVENTS.by,
    EVENTS.data,
    EVENTS.previous,
    EVENTS.hash,
)
HEADS = schema.heads.c
LAST = (
    sa.select(EVENTS.number, EVENTS.hash)
    .where(EVENTS.project == sa.bindparam("name"))
    .order_by(EVENTS.number.desc())
    .limit(1)
)
_last = LAST.subquery()
ONE = sa.select(sa.literal_column("1"), _last.c.number, _last.c.hash)
BOTH = sa.union_all(
    ONE, sa.select(sa.literal_column("2"), HEADS.number, HEADS.hash).where(HEADS.project == sa.bindparam("name"))
)
READ = (
    sa.select(*RECORD)
    .where(EVENTS.project == sa.bindparam("name"), EVENTS.number > sa.bindparam("after"))
    .order_by(EVENTS.number, EVENTS.position)
)
FEED = (
    sa.select(EVENTS.position, *RECORD)
    .where(EVENTS.position > sa.bindparam("after"), EVENTS.position <= sa.bindparam("top"))
    .order_by(EVENTS.position)
    .limit(sa.bindparam("most"))
)
TOP = sa.select(sa.func.coalesce(sa.func.max(EVENTS.position), 0))
PROJECTS = sa.select(EVENTS.project).distinct()
DEFINITION = sa.select(schema.definitions.c.text).where(schema.definitions.c.hash == sa.bindparam("key"))
INSERT = schema.events.insert()
NOTE_FIRST = schema.heads.insert()
NOTE = (
    schema.heads.update()
    .where(HEADS.project == sa.bindparam("name"))
    .values(number=sa.bindparam("last"), hash=sa.bindparam("own"))
)
