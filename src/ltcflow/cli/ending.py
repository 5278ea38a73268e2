"""Commands about the end of stages and projects: hand-over, sign-off, payments, lessons, close-out."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.assuming import write
from ltcflow.cli.options import (
    ElementOf,
    OutputFile,
    db_option,
    json_option,
    lang_option,
    looking,
    project_argument,
    voice,
    writing,
)
from ltcflow.cli.output import columns, page, print_data
from ltcflow.cli.sources import workspace

_file = click.option("--html", "file", metavar="FILE.html", type=OutputFile(), help="Write the page to this file.")
_stage = click.option("--stage", default="", metavar="STAGE", help="At the end of this stage; else of the project.")
_note = click.option("--note", default="", help="A note to it.")


@click.command()
@project_argument
@_stage
@_file
@looking
def handover(project: str, stage: str, file: str | None, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show what the next team receives, what is missing in it and who owes that, and how it was signed for."""
    from ltcflow.report.handing import handover_page

    with workspace(db) as ws:
        found, process = ws.handover(project, stage, at=at), ws.process(project)
    shown = handover_page(found, process, voice().lang)
    if file:
        write(file, shown.html)
    if as_json:
        print_data(found)
    elif not file:
        page(shown.markdown)


@click.command()
@project_argument
@_file
@looking
@click.pass_context
def closeout(
    ctx: click.Context, project: str, file: str | None, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Say what is missing before a project can be closed, and who is released when.

    Exits with 0 when it is ready, with 1 when something is missing.
    """
    from ltcflow.report.handing import closeout_page

    with workspace(db) as ws:
        found, process = ws.closeout(project, at=at), ws.process(project)
    shown = closeout_page(found, process, voice().lang)
    if file:
        write(file, shown.html)
    if as_json:
        print_data(found)
    elif not file:
        page(shown.markdown)
    ctx.exit(0 if found.ready else 1)


@click.command()
@project_argument
@click.argument("handover")
@click.option("--to", required=True, metavar="PERSON", help="Who is to take it over.")
@_stage
@_note
@writing
@click.pass_context
def offer(
    ctx: click.Context,
    project: str,
    handover: str,
    to: str,
    stage: str,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Offer a hand-over: what the next team receives, as it stands."""
    with workspace(db) as ws:
        answer = ws.offer_handover(project, handover, to=to, by=by, stage=stage, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("handover")
@_note
@writing
@click.pass_context
def accept(
    ctx: click.Context,
    project: str,
    handover: str,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Take over what was offered to one, with what is missing in it."""
    with workspace(db) as ws:
        answer = ws.accept_handover(project, handover, by=by, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("handover")
@click.option("--reason", default="", help="Why; a rejection needs a reason.")
@writing
@click.pass_context
def reject(
    ctx: click.Context,
    project: str,
    handover: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Refuse to take over what was offered to one."""
    with workspace(db) as ws:
        answer = ws.reject_handover(project, handover, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("milestone", type=ElementOf("milestone"))
@click.option("--number", type=click.IntRange(1), default=1, help="Which of its instalments (1).")
@_note
@writing
@click.pass_context
def paid(
    ctx: click.Context,
    project: str,
    milestone: str,
    number: int,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say that the money of an instalment of a milestone has come."""
    with workspace(db) as ws:
        answer = ws.record_payment(project, milestone, by=by, number=number, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("text")
@click.option("--stage", default="", metavar="STAGE", help="The stage it is about.")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help="A word to find it by; repeatable.")
@writing
@click.pass_context
def lesson(
    ctx: click.Context,
    project: str,
    text: str,
    stage: str,
    tags: tuple[str, ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Record what was learned."""
    with workspace(db) as ws:
        answer = ws.record_lesson(project, text, by=by, stage=stage, tags=tags, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@click.argument("text", default="")
@click.option("--stage", metavar="STAGE", help="Only those about this stage.")
@click.option("--tag", metavar="WORD", help="Only those with this tag.")
@db_option
@json_option
@lang_option()
def lessons(text: str, stage: str | None, tag: str | None, db: str | None, as_json: bool) -> None:
    """List what was learned in all projects of the record, or what of it contains TEXT."""
    from ltcflow.report.handing import lessons_table

    with workspace(db) as ws:
        found = ws.lessons(text, stage=stage, tag=tag)
        named = [(project, ws.process(project), one) for project, one in found]
    if as_json:
        print_data([{"project": project, "lesson": one} for project, one in found])
    else:
        page(lessons_table(named, voice().lang, total=columns()))
