"""Commands on the project as a whole: its team, its notes, its rests and its end."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import project_argument, writing
from ltcflow.cli.sources import workspace


@click.command()
@project_argument
@click.argument("role")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@writing
@click.pass_context
def assign(
    ctx: click.Context,
    project: str,
    role: str,
    people: tuple[str, ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Let exactly these people wear ROLE; nobody leaves it open."""
    with workspace(db) as ws:
        answer = ws.assign(project, role, people, by=by, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("text")
@writing
@click.pass_context
def note(
    ctx: click.Context, project: str, text: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Leave a note on the record."""
    with workspace(db) as ws:
        answer = ws.note(project, text, by=by, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.option("--reason", default="", help="Why; a hold needs a reason.")
@writing
@click.pass_context
def hold(
    ctx: click.Context, project: str, reason: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Let the project rest."""
    with workspace(db) as ws:
        answer = ws.hold(project, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.option("--reason", default="", help="Why.")
@writing
@click.pass_context
def resume(
    ctx: click.Context, project: str, reason: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Take up a resting project again."""
    with workspace(db) as ws:
        answer = ws.resume(project, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("outcome", type=click.Choice(["won", "lost", "cancelled", "completed"]))
@click.option("--reason", default="", help="Why; lost and cancelled need a reason.")
@writing
@click.pass_context
def close(
    ctx: click.Context,
    project: str,
    outcome: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """End the project: won or completed when everything has ended, lost or cancelled at any time."""
    with workspace(db) as ws:
        answer = ws.end(project, outcome, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.option("--reason", default="", help="Why; reopening needs a reason.")
@writing
@click.pass_context
def reopen(
    ctx: click.Context, project: str, reason: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Open a closed project again."""
    with workspace(db) as ws:
        answer = ws.reopen(project, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)
