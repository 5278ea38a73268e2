"""Time limits and escalation ladders in the definition file."""

from __future__ import annotations

from typing import Any

from ltcflow.definition.parts import ids, key
from ltcflow.definition.records import Key, ListOf, OneOf, Record
from ltcflow.definition.shapes import Number, Span
from ltcflow.stages import Rung


def _rung(*, tell: tuple[str, ...], **reached: Any) -> Rung:
    return Rung(tell=tell, **reached)


RUNG = Record(
    name="rung",
    what=("a rung", "升级阶梯的一级"),
    example="{share: 0.8, tell: account_responsible}",
    doc="Who is told when so much of a time limit is used. Exactly one of share, used and overdue says how much.",
    build=_rung,
    subjects=("share", "used", "overdue"),
    keys=(
        key("share", Number(above=0, most=1000, example="0.8"), "The share of the limit that is used: 0.8 is 80 %."),
        key("used", Span(least=1, example="4d"), "The time that is used."),
        key("overdue", Span(least=1, example="1d"), "The time that is used beyond the limit."),
        key(
            "tell",
            ids("account_responsible", ("a role or a list of roles", "角色或角色列表")),
            "The roles that are told.",
            required=True,
        ),
    ),
    rules=(OneOf(keys=("share", "used", "overdue")),),
)
LADDER = ListOf(item=RUNG, example="[{overdue: 1d, tell: sales_director}]", what=("a list of rungs", "升级阶梯(列表)"))
ESCALATION = key(
    "escalation", LADDER, "Who is told as the limit is used up. Left out: as the process says; []: nobody."
)


def time_limit(doc: str) -> Key:
    """Return the key ``time_limit``, with what it means there."""
    return key("time_limit", Span(least=1, example="5d"), doc)
