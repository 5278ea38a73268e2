"""Reports written from a record: the week of a project, or of all."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.assuming import write
from ltcflow.cli.options import MOMENT, OutputFile, Project, looking, voice
from ltcflow.cli.output import page, print_data, put
from ltcflow.cli.sources import workspace


@click.command()
@click.argument("projects", nargs=-1, type=Project(), metavar="[PROJECT]...")
@click.option("--since", type=MOMENT, help="The beginning of the week; seven days before its end, unless given.")
@click.option("--calendar", metavar="NAME", help="To forecast with: weekdays, always, or a country such as CN.")
@click.option("--default-duration", metavar="2d", help="For activities that nobody estimated.")
@click.option("--format", "form", type=click.Choice(("markdown", "html")), default="markdown", help="What to print.")
@click.option("--html", "file", metavar="FILE.html", type=OutputFile(), help="Write the page to this file.")
@looking
def weekly(
    projects: tuple[str, ...],
    since: datetime | None,
    calendar: str | None,
    default_duration: str | None,
    form: str,
    file: str | None,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Write the weekly report of PROJECT: what moved, what slipped and why, decisions, risks, next milestones.

    Several projects, or none named (all of them), give one page with a line for each.
    """
    wanted = projects[0] if len(projects) == 1 else projects or None
    with workspace(db) as ws:
        report = ws.weekly(
            wanted, lang=voice().lang, at=at, since=since, calendar=calendar, default_duration=default_duration
        )
    if file:
        write(file, report.html)
    if as_json:
        print_data(report.about)
    elif form == "html":
        put(report.html, nl=False)
    elif not file:
        page(report.markdown)
