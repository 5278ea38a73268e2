"""Commands about time: the plan of a process, the forecast of a running project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import click

from ltcflow.cli.assuming import (
    Subject,
    asked,
    durations_of,
    estimating,
    held,
    holding,
    supposed,
    supposing,
    told,
    write,
)
from ltcflow.cli.options import Definition, OutputFile, json_option, lang_option, looking, project_argument, voice
from ltcflow.cli.output import columns, line, page, print_data

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.schedule import Plan


_paths = click.option("--paths", type=click.IntRange(1, 100), default=1, help="Show so many critical paths.")


@click.command()
@click.argument("source", type=Definition(), metavar="FILE|ID")
@click.option("--start", metavar="2026-03-02", help="The first day, or a moment.")
@click.option("--finish", metavar="2026-06-30", help="When it should be finished; without --start, plan back.")
@click.option("--today", metavar="2026-05-04", help="Say what should have begun before.")
@holding
@estimating
@_paths
@supposing
@click.option("--gantt", metavar="FILE.svg", type=OutputFile(), help="Write the Gantt chart to this file.")
@click.option("--network", metavar="FILE.svg", type=OutputFile(), help="Write the network diagram to this file.")
@lang_option()
@json_option
def plan(
    source: str,
    start: str | None,
    finish: str | None,
    today: str | None,
    deadlines: tuple[tuple[str, str], ...],
    constraints: tuple[tuple[str, str], ...],
    calendar: str | None,
    default_duration: str | None,
    durations: tuple[tuple[str, str], ...],
    paths: int,
    facts: tuple[tuple[str, str], ...],
    choices: tuple[tuple[str, str], ...],
    gantt: str | None,
    network: str | None,
    as_json: bool,
) -> None:
    """Plan a process: when each element can and must happen, what is critical, how much float the rest has.

    Durations nobody gave count as --default-duration (as nothing without it); rows that were assumed are marked.
    """
    from ltcflow.cli.sources import process_of
    from ltcflow.plugins import default_extensions
    from ltcflow.process import resolve_calendar
    from ltcflow.schedule import plan, plan_back
    from ltcflow.schedule.calendars import calendars_named

    process = process_of(source)
    named = default_extensions().calendar
    if start is None and finish is None:
        raise click.UsageError("Missing option '--start'.")
    make: Callable[..., Plan]
    make = partial(plan_back, finish=finish or "") if start is None else partial(plan, start=start, finish=finish)
    made = make(
        process,
        today=today,
        deadlines=dict(deadlines),
        constraints=held(constraints),
        calendar=resolve_calendar(process, calendar or "", named=named),
        calendars=calendars_named(process, named),
        durations=durations_of(process, durations),
        default_duration=default_duration,
        **supposed({"facts": facts, "choices": choices}),
    )
    pictures = [(gantt, made.gantt), (network, made.network)]
    for path, draw in pictures:
        if path:
            write(path, draw(lang=voice().lang))
    print_plan(made, process, paths, as_json)


@click.command()
@project_argument
@click.option("--finish", metavar="2026-06-30", help="When it should be finished: floats are measured against it.")
@holding
@estimating
@_paths
@looking
def forecast(
    project: str,
    finish: str | None,
    deadlines: tuple[tuple[str, str], ...],
    constraints: tuple[tuple[str, str], ...],
    calendar: str | None,
    default_duration: str | None,
    durations: tuple[tuple[str, str], ...],
    paths: int,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Plan the rest of a running project: what is done keeps its dates, the rest follows from now on."""
    from ltcflow.cli.sources import workspace

    with workspace(db) as ws:
        process = ws.process(project)
        made = ws.plan(
            project,
            at=at,
            finish=finish,
            deadlines=dict(deadlines),
            constraints=held(constraints),
            calendar=calendar,
            default_duration=default_duration,
            durations=durations_of(process, durations),
        )
    print_plan(made, process, paths, as_json, running=True)


def print_plan(made: Plan, process: Process, paths: int, as_json: bool, *, running: bool = False) -> None:
    """Print a plan: its rows, the critical path, the finish, what was assumed; further critical paths when asked."""
    from ltcflow.report.tables import plan_table

    made = attrs.evolve(made, findings=told(made.findings, running=running))
    if as_json:
        print_data(made)
        return
    say = voice()
    page(plan_table(made, process, say.lang, total=columns()))
    for path in list(made.critical_paths(paths))[1:]:
        line(say("Also critical: ", "另一关键路径:") + " -> ".join(path))


def planned(subject: Subject, given: Mapping[str, Any]) -> tuple[Process, Plan]:
    """Return the process and its plan: from its start, or of a project from where it stands."""
    return asked(subject, given, "plan", {"default_duration": given["default_duration"]})
