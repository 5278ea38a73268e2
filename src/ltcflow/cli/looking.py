"""Commands that look at projects and change nothing: they never make a record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from ltcflow.cli.options import ElementOf, db_option, json_option, lang_option, looking, project_argument, voice
from ltcflow.cli.output import HERE, columns, line, page, print_data, print_json, when
from ltcflow.cli.sources import workspace

if TYPE_CHECKING:
    from ltcflow.projects import ProjectState


@click.command()
@db_option
@lang_option()
@json_option
def projects(db: str | None, as_json: bool) -> None:
    """List the projects of a record: where each stands, and on which process it runs."""
    from ltcflow.report.tables import table
    from ltcflow.report.words import word

    say = voice()
    with workspace(db) as ws:
        states = [ws.state(name) for name in ws.projects()]
    if as_json:
        print_json([_project(state) for state in states])
        return
    if not states:
        line(say("No projects yet: 'ltcflow start' begins one.", "尚无项目:请用 ltcflow start 启动。"))
        return
    heads = ("Project", "Title", "Process", "Standing", "Started", "Last event", "Events")
    headers = ("项目", "名称", "流程", "状态", "启动", "最近事件", "事件数") if say.lang == "zh" else heads
    rows = [
        (
            state.project,
            state.title,
            f"{state.process} {state.process_version}",
            word(state.closing.value if state.closing is not None else state.standing.value, say.lang),
            when(state.started),
            when(state.at),
            state.version,
        )
        for state in states
    ]
    page(table(headers, rows, total=columns(), keep=(0, 4, 5), right=(6,)))


def _project(state: ProjectState) -> dict[str, object]:
    return {
        "project": state.project,
        "title": state.title,
        "process": state.process,
        "version": state.process_version,
        "standing": state.standing.value,
        "closing": state.closing.value if state.closing is not None else None,
        "started": state.started.isoformat(),
        "last": state.at.isoformat(),
        "events": state.version,
    }


@click.command()
@project_argument
@looking
def status(project: str, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show where a project stands: by stage what is done, in progress, open and waiting; gates, conditions, risks."""
    from ltcflow.projects import Progress
    from ltcflow.report.project import status_text
    from ltcflow.report.standing import status as status_of

    with workspace(db) as ws:
        state, process = ws.state(project), ws.process(project)
        progress = Progress(process, state, at or ws.clock(), ws.extensions.judges)
        last = ws.log(project)[-1]
    if as_json:
        print_data(status_of(process, state, progress, last=last))
    else:
        page(status_text(process, state, progress, voice().lang, last=last, total=columns(), zone=HERE))


@click.command()
@project_argument
@click.argument("milestone", type=ElementOf("milestone", "gate", "stage", "activity"))
@click.option("--calendar", metavar="NAME", help="To forecast with: weekdays, always, or a country such as CN.")
@click.option("--default-duration", metavar="2d", help="For activities that nobody estimated.")
@looking
@click.pass_context
def ready(
    ctx: click.Context,
    project: str,
    milestone: str,
    calendar: str | None,
    default_duration: str | None,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say what is missing for a milestone (or gate, stage, activity), who owes it, and when it will be there.

    Exits with 0 when it is ready, with 1 when something is missing.
    """
    from ltcflow.report.missing import readiness_text

    with workspace(db) as ws:
        process = ws.process(project)
        found = ws.readiness(project, milestone, at=at, calendar=calendar, default_duration=default_duration)
    if as_json:
        print_data(found)
    else:
        page(readiness_text(found, process, voice().lang, total=columns()))
    ctx.exit(0 if found.ready else 1)


@click.command()
@project_argument
@click.argument("element", type=ElementOf("milestone", "gate", "stage", "activity"))
@looking
def why(project: str, element: str, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show the shortest chain from an element that is not there yet to something that can be done today."""
    from ltcflow.report.missing import why_text

    with workspace(db) as ws:
        links = ws.why(project, element, at=at)
    if as_json:
        print_data(links)
    else:
        page(why_text(links, voice().lang, total=columns()))


@click.command()
@click.argument("person")
@looking
def work(person: str, db: str | None, at: datetime | None, as_json: bool) -> None:
    """List what PERSON can do now, over all projects of the record."""
    from ltcflow.report.tables import worklist_table

    with workspace(db) as ws:
        items = ws.worklist(person, at=at)
    if as_json:
        print_data(items)
    else:
        page(worklist_table(items, voice().lang, total=columns()))


@click.command()
@project_argument
@click.option("--last", type=click.IntRange(1), help="Only so many of the last events.")
@db_option
@lang_option()
@json_option
def log(project: str, last: int | None, db: str | None, as_json: bool) -> None:
    """Tell what happened in a project, event by event, with the time of each."""
    from ltcflow.report.events import log_lines

    with workspace(db) as ws:
        events, process = ws.log(project), ws.process(project)
    shown = events[-last:] if last is not None else events
    if as_json:
        print_data(shown)
    else:
        first = len(events) - len(shown) + 1
        page(log_lines(shown, process, voice().lang, total=columns(), zone=HERE, first=first))


@click.command()
@click.argument("project", required=False)
@db_option
@lang_option()
@json_option
@click.pass_context
def verify(ctx: click.Context, project: str | None, db: str | None, as_json: bool) -> None:
    """Prove that nobody changed the record of a project, or of all: each event carries the hash of the one before.

    Exits with 1 when a link of the chain is broken, and names it.
    """
    from ltcflow.report.tables import finding_line

    say = voice()
    with workspace(db) as ws:
        findings = ws.verify(project)
        if project is not None and not findings:
            ws.state(project)
        names = ws.projects() if project is None else (project,)
        total = 0 if findings else sum(ws.store.length(name) for name in names)
    if as_json:
        print_data(findings)
        ctx.exit(int(bool(findings)))
    for finding in findings:
        line(finding_line(finding, say.lang), fg="red")
    if not findings:
        projects = "1 project" if len(names) == 1 else f"{len(names)} projects"
        en, zh = f"Unbroken: {projects}, {total} events.", f"完整无缺:{len(names)} 个项目,{total} 个事件。"
        line(say(en, zh))
    ctx.exit(int(bool(findings)))
