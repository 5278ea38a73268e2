"""The command that begins a project."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import FACT, MEMBER, Definition, doing, voice
from ltcflow.errors import InvalidValue

if TYPE_CHECKING:
    from ltcflow.process import Process


@click.command()
@click.argument("source", type=Definition(), metavar="FILE|ID")
@click.option("--project", required=True, metavar="ID", help="The id of the new project.")
@click.option("--title", default="", help="What people call it.")
@click.option("--team", type=MEMBER, multiple=True, metavar="ROLE=PERSON,...", help="Who wears a role; repeatable.")
@click.option("--fact", "facts", type=FACT, multiple=True, metavar="FACT=VALUE", help="What is known; repeatable.")
@click.option("--by", default="", metavar="PERSON", help="Who begins it; else the first responsible, or the sponsor.")
@doing
@click.pass_context
def start(
    ctx: click.Context,
    source: str,
    project: str,
    title: str,
    team: tuple[tuple[str, str], ...],
    facts: tuple[tuple[str, str], ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Begin a project on a process; makes the record where there is none."""
    from ltcflow.cli.sources import process_of, workspace

    process = process_of(source)
    with workspace(db, make=True) as ws:
        try:
            answer = ws.start(process, project=project, title=title, team=members(team), facts=facts, by=by, at=at)
        except InvalidValue as error:
            if error.field == "by" and not by:
                raise click.UsageError(_who(process)) from error
            raise
    finish_with(ctx, answer, as_json, process)


def _who(process: Process) -> str:
    """Return what to do where nobody is named who begins the project."""
    say, role = voice(), next((r.id for r in process.roles if r.first_responsible), "")
    text = say("Say who begins it: --by PERSON", "请指明由谁启动:--by 某人")
    return text + (say(f", or --team {role}=PERSON.", f",或 --team {role}=某人。") if role else say(".", "。"))


def members(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """Return who wears which role; a role may be named again, its people may be listed with commas.

    Example:
        >>> members((("legal", "wu.min, sun.yi"), ("legal", "li.wei")))
        {'legal': ['wu.min', 'sun.yi', 'li.wei']}
    """
    found: dict[str, list[str]] = {}
    for role, people in pairs:
        found.setdefault(role, []).extend(name.strip() for name in people.split(",") if name.strip())
    return found
