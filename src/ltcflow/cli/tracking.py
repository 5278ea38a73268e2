"""Commands that say where a project lost its time."""

from __future__ import annotations

from datetime import datetime

import click

from ltcflow.cli.options import MOMENT, looking, project_argument, voice
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
