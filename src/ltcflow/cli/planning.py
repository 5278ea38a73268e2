"""Commands about time: the plan of a process, the forecast of a running project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ltcflow.cli.options import (
    CHOICE,
    CONSTRAINT,
    DEADLINE,
    FACT,
    LENGTH,
    Definition,
    json_option,
    lang_option,
    looking,
    project_argument,
    voice,
)
from ltcflow.cli.output import columns, line, page, print_data

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.schedule import Plan

F = TypeVar("F", bound=Callable[..., Any])


def _estimating(command: F) -> F:
    """Add the options that say how long things take and on which days people work."""
    options = (
        click.option("--calendar", metavar="NAME", help="weekdays, always, or a country such as CN."),
        click.option("--default-duration", metavar="2d", help="For activities that nobody estimated."),
        click.option(
            "--duration", "durations", type=LENGTH, multiple=True, metavar="ID=3d",
            help="How long one takes; ID=3d/5d/12d gives three points.",
        ),
        click.option("--paths", type=click.IntRange(1, 100), default=1, help="Show so many critical paths."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _dated(command: F) -> F:
    """Add the options that hold a plan to dates."""
    options = (
        click.option("--finish", metavar="2026-06-30", help="When it should be finished; without --start, plan back."),
        click.option("--today", metavar="2026-05-04", help="Say what should have begun before."),
        click.option(
            "--deadline", "deadlines", type=DEADLINE, multiple=True, metavar="ID=2026-06-30",
            help="When one should be finished; repeatable.",
        ),
        click.option(
            "--constraint", "constraints", type=CONSTRAINT, multiple=True, metavar="ID=KIND DATE",
            help="Hold one to a date, or to as late as possible; repeatable.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("source", type=Definition(), metavar="FILE|ID")
@click.option("--start", metavar="2026-03-02", help="The first day, or a moment.")
@_dated
@_estimating
@click.option("--fact", "facts", type=FACT, multiple=True, metavar="FACT=VALUE", help="What is known; repeatable.")
@click.option("--choose", "choices", type=CHOICE, multiple=True, metavar="STAGE=A,B", help="What is chosen in a stage.")
@click.option("--gantt", metavar="FILE.svg", type=click.Path(), help="Write the Gantt chart to this file.")
@click.option("--network", metavar="FILE.svg", type=click.Path(), help="Write the network diagram to this file.")
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
    held: dict[str, list[str]] = {}
    for name, text in constraints:
        held.setdefault(name, []).append(text)
    if start is None and finish is None:
        raise click.UsageError("Missing option '--start'.")
    make: Callable[..., Plan]
    make = partial(plan_back, finish=finish or "") if start is None else partial(plan, start=start, finish=finish)
    made = make(
        process,
        today=today,
        deadlines=dict(deadlines),
        constraints=held,
        calendar=resolve_calendar(process, calendar or "", named=named),
        calendars=calendars_named(process, named),
        durations=_durations(process, durations),
        default_duration=default_duration,
        facts=dict(facts),
        choices={stage: _split(chosen) for stage, chosen in choices},
    )
    pictures = [(gantt, made.gantt), (network, made.network)]
    for path, draw in pictures:
        if path:
            _write(path, draw(lang=voice().lang))
    print_plan(made, process, paths, as_json)


def _write(path: str, picture: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(picture)
    say = voice()
    line(say(f"Written: {path}", f"已写入:{path}"), err=True)


@click.command()
@project_argument
@_estimating
@looking
def forecast(
    project: str,
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
            calendar=calendar,
            default_duration=default_duration,
            durations=_durations(process, durations),
        )
    print_plan(made, process, paths, as_json)


def _durations(process: Process, given: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return what was given, and what the estimators of plugins know of the rest."""
    from ltcflow.plugins import default_extensions, estimates

    known, problems = estimates(default_extensions(), process)
    for finding in problems:
        line(finding.text(voice().lang), err=True)
    return {**known, **{name: _estimate(text) for name, text in given}}


def _estimate(text: str) -> Any:
    """Read "3d" or "3d/5d/12d"."""
    points = [part.strip() for part in text.split("/")]
    return dict(zip(("optimistic", "likely", "pessimistic"), points, strict=True)) if len(points) == 3 else text


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def print_plan(made: Plan, process: Process, paths: int, as_json: bool) -> None:
    """Print a plan: its rows, the critical path, the finish, what was assumed; further critical paths when asked."""
    from ltcflow.report.tables import plan_table

    if as_json:
        print_data(made)
        return
    say = voice()
    page(plan_table(made, process, say.lang, total=columns()))
    for path in list(made.critical_paths(paths))[1:]:
        line(say("Also critical: ", "另一关键路径:") + " -> ".join(path))
