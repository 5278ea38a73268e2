"""Commands that say where a project lost its time, what is left to do, who will be asked."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.options import FACT, MOMENT, ElementOf, looking, project_argument, voice
from ltcflow.cli.output import HERE, columns, page, print_data
from ltcflow.cli.sources import workspace


@click.command()
@project_argument
@click.option("--since", type=MOMENT, help="Count only the time from then on.")
@looking
def lag(project: str, since: datetime | None, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show where the time of a project went: waiting and working at each activity, gate, role and person.

    Also how long each vote was missing, how long somebody outside was waited for, and who waits for whom.
    """
    from ltcflow.report.lagging import lag_text

    with workspace(db) as ws:
        process, found = ws.process(project), ws.lag(project, at=at, since=since)
    if as_json:
        print_data(found)
    else:
        page(lag_text(found, process, voice().lang, total=columns(), zone=HERE))


@click.command()
@project_argument
@click.argument("milestone", type=ElementOf("milestone", "gate", "stage", "activity"))
@click.option("--calendar", metavar="NAME", help="To forecast with: weekdays, always, or a country such as CN.")
@click.option("--default-duration", metavar="2d", help="For activities that nobody estimated.")
@looking
@click.pass_context
def path(
    ctx: click.Context,
    project: str,
    milestone: str,
    calendar: str | None,
    default_duration: str | None,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Show the least that must be done before a milestone (or gate, stage, activity) is reached, in order.

    Exits with 0 when it is reached, with 1 when something is to be done.
    """
    from ltcflow.report.ways import path_text

    with workspace(db) as ws:
        process = ws.process(project)
        found = ws.path_to(project, milestone, at=at, calendar=calendar, default_duration=default_duration)
    if as_json:
        print_data(found)
    else:
        page(path_text(found, process, voice().lang, total=columns(), zone=HERE))
    ctx.exit(0 if found.reached else 1)


@click.command()
@project_argument
@click.argument("gate", type=ElementOf("gate"))
@click.option("--fact", "facts", type=FACT, multiple=True, metavar="FACT=VALUE", help="What to suppose; repeatable.")
@looking
def approvals(
    project: str, gate: str, facts: tuple[tuple[str, str], ...], db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Show who will be asked at a gate, and which smallest change of a fact changes that list."""
    from ltcflow.report.asking import approvals_text

    with workspace(db) as ws:
        process, found = ws.process(project), ws.approvals(project, gate, facts=dict(facts), at=at)
    if as_json:
        print_data(found)
    else:
        page(approvals_text(found, process, voice().lang, total=columns()))
