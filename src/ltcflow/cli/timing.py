"""Commands on time: waiting for somebody outside, what is due, and recording what fell due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import ElementOf, doing, looking, project_argument, voice, writing
from ltcflow.cli.output import HERE, columns, line, page, print_data
from ltcflow.cli.sources import workspace

if TYPE_CHECKING:
    from ltcflow.workspace import Ticked, Workspace


@click.command()
@project_argument
@click.argument("element", type=ElementOf("activity", "gate"))
@click.option("--on", required=True, metavar="ROLE", help="Who outside is waited for: a role such as customer.")
@click.option("--reason", default="", help="Why; waiting needs a reason.")
@writing
@click.pass_context
def wait(
    ctx: click.Context,
    project: str,
    element: str,
    on: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say that an activity or gate waits for somebody outside: its time limit stands still until "ltcflow unwait"."""
    with workspace(db) as ws:
        answer = ws.wait(project, element, by=by, on=on, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("element", type=ElementOf("activity", "gate"))
@click.option("--note", default="", help="What came.")
@writing
@click.pass_context
def unwait(
    ctx: click.Context,
    project: str,
    element: str,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say that what an activity or gate waited for has come: its time limit runs on."""
    with workspace(db) as ws:
        answer = ws.unwait(project, element, by=by, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@click.argument("project", required=False)
@click.option("--overdue", is_flag=True, help="Only what is late.")
@looking
def due(project: str | None, overdue: bool, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show the time limits and dates of a project, or of all: what is used, when each falls due, who owes it."""
    from ltcflow.report.timing import due_table

    with workspace(db) as ws:
        found = tuple(item for item in ws.due(project, at=at) if item.overdue or not overdue)
    if as_json:
        print_data(found)
    else:
        page(due_table(found, voice().lang, total=columns(), zone=HERE))


@click.command()
@click.argument("project", required=False)
@click.option("--by", default="scheduler", metavar="PERSON", help="Who is named in the record (scheduler).")
@doing
@click.pass_context
def tick(ctx: click.Context, project: str | None, by: str, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Record what has fallen due in a project, or in all, and tell each rung of an escalation once.

    Call it as often as you like, from as many places as you like: nothing is told twice. Exits with 1 when a project
    could not be seen to.
    """
    with workspace(db) as ws:
        done = ws.tick(at, project=project, by=by)
        if as_json:
            print_data([_plain(ticked) for ticked in done])
        else:
            _tell(ws, done)
    ctx.exit(int(any(ticked.error is not None or ticked.reasons for ticked in done)))


def _plain(ticked: Ticked) -> dict[str, object]:
    error = str(ticked.error) if ticked.error is not None else None
    return {"project": ticked.project, "events": ticked.events, "reasons": ticked.reasons, "error": error}


def _tell(ws: Workspace, done: tuple[Ticked, ...]) -> None:
    from ltcflow.cli.failures import sentence
    from ltcflow.report import event_text

    say = voice()
    if not done:
        line(say("Nothing more has fallen due.", "没有新的到期事项。"))
    for ticked in done:
        process = ws.process(ticked.project) if ticked.events else None
        for event in ticked.events:
            line(f"{ticked.project}: {event_text(event, process, say.lang)}")
        for reason in ticked.reasons:
            line(f"{ticked.project}: {reason.text(say.lang)}", fg="red")
        if ticked.error is not None:
            line(f"{ticked.project}: {sentence(ticked.error, say.lang)}", fg="red")
