"""Commands on who stands in for whom: authority handed on, substitutes, absences."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import ElementOf, project_argument, writing
from ltcflow.cli.sources import workspace


@click.command()
@project_argument
@click.option("--to", required=True, metavar="PERSON", help="Who judges instead.")
@click.option("--until", required=True, metavar="DAY", help="The last day: 2026-04-30.")
@click.option("--since", metavar="DAY", help="The first day; today, unless given.")
@click.option("--gate", "gates", type=ElementOf("gate"), multiple=True, help="Only at this gate; repeatable.")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="Only in this role; repeatable.")
@click.option("--onward", is_flag=True, help="They may hand it on.")
@writing
@click.pass_context
def delegate_authority(
    ctx: click.Context,
    project: str,
    to: str,
    until: str,
    since: str | None,
    gates: tuple[str, ...],
    roles: tuple[str, ...],
    onward: bool,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Let somebody judge gates in one's place, for some days. Both ends count, in the time zone of the project."""
    with workspace(db) as ws:
        answer = ws.delegate_authority(
            project, by=by, to=to, until=until, since=since, gates=gates, roles=roles, onward=onward, at=at
        )
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("delegation")
@click.option("--reason", default="", help="Why.")
@writing
@click.pass_context
def revoke_delegation(
    ctx: click.Context,
    project: str,
    delegation: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Take a delegation back. Votes cast while it held count on; ltcflow log names it."""
    with workspace(db) as ws:
        answer = ws.revoke_delegation(project, delegation, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("role")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@writing
@click.pass_context
def substitutes(
    ctx: click.Context,
    project: str,
    role: str,
    people: tuple[str, ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say who stands in for the wearers of ROLE while they are away, in this order; nobody: no one does."""
    with workspace(db) as ws:
        answer = ws.name_substitutes(project, role, people, by=by, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("person")
@click.option("--until", required=True, metavar="DAY", help="The last day: 2026-04-30.")
@click.option("--since", metavar="DAY", help="The first day; today, unless given.")
@click.option("--note", default="", help="Why, if it is to be said.")
@writing
@click.pass_context
def absent(
    ctx: click.Context,
    project: str,
    person: str,
    until: str,
    since: str | None,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say that somebody is away for some days: oneself, or who leads says it."""
    with workspace(db) as ws:
        answer = ws.declare_absence(project, person, by=by, until=until, since=since, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("person")
@writing
@click.pass_context
def back(
    ctx: click.Context, project: str, person: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Say that somebody is back: what was declared of days to come is void."""
    with workspace(db) as ws:
        answer = ws.end_absence(project, person, by=by, at=at)
    finish_with(ctx, answer, as_json)
