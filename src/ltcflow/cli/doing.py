"""Commands that move a project on: activities, deliverables, facts, votes, conditions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import FACT, FIELD, ElementOf, Promised, project_argument, voice, writing
from ltcflow.cli.sources import workspace

VERDICTS = ("go", "conditional", "hold", "recycle", "stop")


@click.command()
@project_argument
@click.argument("activity", type=ElementOf("activity"))
@writing
@click.pass_context
def begin(
    ctx: click.Context, project: str, activity: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Begin an activity."""
    with workspace(db) as ws:
        answer = ws.begin(project, activity, by=by, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("activity", type=ElementOf("activity"))
@writing
@click.pass_context
def finish(
    ctx: click.Context, project: str, activity: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Finish an activity; one that nobody began is begun at the same moment."""
    with workspace(db) as ws:
        answer = ws.finish(project, activity, by=by, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("deliverable", type=ElementOf("deliverable"))
@click.option("--field", "fields", type=FIELD, multiple=True, metavar="FIELD=TEXT", help="A field; repeatable.")
@writing
@click.pass_context
def submit(
    ctx: click.Context,
    project: str,
    deliverable: str,
    fields: tuple[tuple[str, str], ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Hand in a deliverable with the content of its fields."""
    with workspace(db) as ws:
        answer = ws.submit(project, deliverable, by=by, fields=dict(fields), at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("facts", nargs=-1, required=True, type=FACT, metavar="FACT=VALUE...")
@writing
@click.pass_context
def fact(
    ctx: click.Context,
    project: str,
    facts: tuple[tuple[str, str], ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Record facts: money as 1_000_000 or "1000000 CNY", a percent as 15% or 0.15, yes or no, a day as 2026-03-02."""
    with workspace(db) as ws:
        answer, process = ws.record(project, by=by, facts=facts, at=at), ws.process(project)
    finish_with(ctx, answer, as_json, process)


@click.command()
@project_argument
@click.argument("gate", type=ElementOf("gate"))
@click.option("--verdict", required=True, type=click.Choice(VERDICTS), help="How you judge.")
@click.option("--reason", default="", help="Why; needed for hold, recycle and stop.")
@click.option(
    "--condition", "conditions", type=Promised(), multiple=True, metavar="'TEXT;OWNER;DAY'",
    help="What a conditional go asks for, of whom, until when; repeatable.",
)  # fmt: skip
@writing
@click.pass_context
def vote(
    ctx: click.Context,
    project: str,
    gate: str,
    verdict: str,
    reason: str,
    conditions: tuple[dict[str, Any], ...],
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Judge a gate. The vote that completes the rule of the gate decides it."""
    from ltcflow.report import still_to_vote

    with workspace(db) as ws:
        answer = ws.vote(project, gate, by=by, verdict=verdict, reason=reason, conditions=conditions, at=at)
        more = still_to_vote(answer, ws.process(project), ws.state(project), gate, voice().lang)
    finish_with(ctx, answer, as_json, more=more)


@click.command()
@project_argument
@click.argument("gate", type=ElementOf("gate"))
@click.option("--to", required=True, metavar="PERSON", help="Who votes instead.")
@writing
@click.pass_context
def delegate(
    ctx: click.Context, project: str, gate: str, to: str, by: str, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Give one's vote on a gate to somebody who has none."""
    with workspace(db) as ws:
        answer = ws.delegate(project, gate, by=by, to=to, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("gate", type=ElementOf("gate"))
@click.argument("criterion")
@click.option("--reason", default="", help="Why; a waiver needs a reason.")
@writing
@click.pass_context
def waive(
    ctx: click.Context,
    project: str,
    gate: str,
    criterion: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Let a gate do without one of its criteria; CRITERION is its key, such as "fact:margin >= 0.2"."""
    with workspace(db) as ws:
        answer = ws.waive(project, gate, criterion, by=by, reason=reason, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("condition")
@click.option("--note", default="", help="How it was met.")
@writing
@click.pass_context
def meet(
    ctx: click.Context,
    project: str,
    condition: str,
    note: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say that a condition of a conditional go, or of an early start, is met; "ltcflow status" lists them."""
    with workspace(db) as ws:
        answer = ws.meet(project, condition, by=by, note=note, at=at)
    finish_with(ctx, answer, as_json)


@click.command()
@project_argument
@click.argument("condition")
@click.option("--due", required=True, metavar="DAY", help="The new last day: 2026-04-30.")
@click.option("--reason", default="", help="Why; another date needs a reason.")
@writing
@click.pass_context
def redate(
    ctx: click.Context,
    project: str,
    condition: str,
    due: str,
    reason: str,
    by: str,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Give an unmet condition another date: for those who decide its gate."""
    with workspace(db) as ws:
        answer = ws.redate(project, condition, by=by, due=due, reason=reason, at=at)
    finish_with(ctx, answer, as_json)
