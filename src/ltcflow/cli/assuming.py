"""What commands about time and money assume: durations, calendars, dates, facts and choices, as options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click

from ltcflow.cli.options import (
    CHOICE,
    CONSTRAINT,
    DEADLINE,
    FACT,
    LENGTH,
    MOMENT,
    Definition,
    Project,
    db_option,
    voice,
)
from ltcflow.cli.output import line
from ltcflow.cli.shares import WITHHELD

if TYPE_CHECKING:
    from ltcflow.findings import Finding
    from ltcflow.process import Process

F = TypeVar("F", bound=Callable[..., Any])


def added(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Return a decorator that adds *options*, shown in this order."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


estimating: Callable[[F], F] = added(
    click.option("--calendar", metavar="NAME", help="weekdays, always, or a country such as CN."),
    click.option("--default-duration", metavar="2d", help="For activities that nobody estimated."),
    click.option(
        "--duration", "durations", type=LENGTH, multiple=True, metavar="ID=3d",
        help="How long one takes; ID=3d/5d/12d gives three points.",
    ),
)  # fmt: skip
"""How long things take, and on which days people work: calendar, default_duration, durations."""
holding: Callable[[F], F] = added(
    click.option(
        "--deadline", "deadlines", type=DEADLINE, multiple=True, metavar="ID=2026-06-30",
        help="When one should be finished; repeatable.",
    ),
    click.option(
        "--constraint", "constraints", type=CONSTRAINT, multiple=True, metavar="ID=KIND DATE",
        help="Hold one to a date, or to as late as possible; repeatable.",
    ),
)  # fmt: skip
"""What holds a plan to dates: deadlines, constraints."""
supposing: Callable[[F], F] = added(
    click.option("--fact", "facts", type=FACT, multiple=True, metavar="FACT=VALUE", help="What is known; repeatable."),
    click.option(
        "--choose", "choices", type=CHOICE, multiple=True, metavar="STAGE=A,B", help="What is chosen in a stage."
    ),
)
"""What is known and chosen: facts, choices."""
withholding: Callable[[F], F] = added(
    click.option("--contract", metavar="AMOUNT|FACT", help="What the contract is worth; else the only fact of money."),
    click.option(
        "--retention", type=WITHHELD, metavar="MILESTONE=5%",
        help="Kept from each instalment until a milestone; MILESTONE=5%;30ed: paid so long after.",
    ),
    click.option(
        "--holdback", type=WITHHELD, metavar="MILESTONE=10%",
        help="Kept from the last instalments until a milestone: a share, or an amount.",
    ),
)  # fmt: skip
"""What a contract is worth and what is kept back of it: contract, retention, holdback."""
_SUBJECT = (
    click.argument("source", type=Definition(), metavar="[FILE|ID]", required=False),
    click.option("--project", type=Project(), metavar="PROJECT", help="A running project instead, as it stands."),
    db_option,
    click.option("--at", type=MOMENT, help="The moment to look from; now, unless given."),
    click.option("--start", metavar="2026-03-02", help="The first day, or a moment."),
)
about_a_process_or_project: Callable[[F], F] = added(*_SUBJECT)
"""What it is about: a process that begins on a day, or a project of a record (source, project, db, at, start)."""


@attrs.frozen
class Subject:
    """A process with the day it begins, or a running project; one of them."""

    source: str | None
    start: str | None
    project: str | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Subject:
        """Read what the options say.

        Raises:
            click.UsageError: neither or both of them, no start, or options that go with the other one.
        """
        source, project, start = given["source"], given["project"], given["start"]
        if bool(source) == bool(project):
            raise click.UsageError("Give FILE|ID or --project, one of them.")
        if source and not start:
            raise click.UsageError("Missing option '--start'.")
        if project and (start or given.get("facts") or given.get("choices")):
            raise click.UsageError("--start, --fact and --choose go with FILE|ID: a project has its own.")
        return cls(source, start, project)


def asked(subject: Subject, given: Mapping[str, Any], question: str, wanted: Mapping[str, Any]) -> tuple[Process, Any]:
    """Return the process, and the answer to *question*: from its start, or of a project from where it stands.

    Args:
        question: "plan", "simulate" or "level". wanted: its arguments besides those that all of them take.
    """
    import ltcflow
    from ltcflow.cli.sources import process_of, workspace
    from ltcflow.plugins import default_extensions
    from ltcflow.process import resolve_calendar
    from ltcflow.schedule.calendars import calendars_named

    if subject.project:
        with workspace(given["db"]) as ws:
            process = ws.process(subject.project)
            lengths = durations_of(process, given["durations"])
            where = {"at": given["at"], "calendar": given["calendar"]}
            return process, getattr(ws, question)(subject.project, durations=lengths, **where, **wanted)
    process, named = process_of(subject.source or ""), default_extensions().calendar
    return process, getattr(ltcflow, question)(
        process,
        start=subject.start or "",
        durations=durations_of(process, given["durations"]),
        calendar=resolve_calendar(process, given["calendar"] or "", named=named),
        calendars=calendars_named(process, named),
        **supposed(given),
        **wanted,
    )


def durations_of(process: Process, given: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return what was given, and what the estimators of plugins know of the rest."""
    from ltcflow.plugins import default_extensions, estimates

    known, problems = estimates(default_extensions(), process)
    for finding in problems:
        line(finding.text(voice().lang), err=True)
    return {**known, **{name: estimate(text) for name, text in given}}


def estimate(text: str) -> Any:
    """Read "3d" or "3d/5d/12d"."""
    points = [part.strip() for part in text.split("/")]
    return dict(zip(("optimistic", "likely", "pessimistic"), points, strict=True)) if len(points) == 3 else text


def split(text: str) -> tuple[str, ...]:
    """Return the parts of "a, b"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def supposed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts and choices as `ltcflow.plan` takes them."""
    return {"facts": dict(given["facts"]), "choices": {stage: split(chosen) for stage, chosen in given["choices"]}}


def held(constraints: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return constraints by element."""
    found: dict[str, list[str]] = {}
    for name, text in constraints:
        found.setdefault(name, []).append(text)
    return found


def write(path: str, picture: str) -> None:
    """Write a picture to a file, and say so."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(picture)
    say = voice()
    line(say(f"Written: {path}", f"已写入:{path}"), err=True)


def told(findings: Iterable[Finding], *, running: bool) -> tuple[Finding, ...]:
    """Return *findings* of a plan with remedies that name options of the command line.

    Args:
        running: of a project of a record, whose facts are recorded and not given.
    """
    return tuple(_told(finding, running) for finding in findings)


def _told(finding: Finding, running: bool) -> Finding:
    fact = (finding.witness or ("FACT",))[0]
    match finding.code:
        case "LTC401":
            english = "Estimate them, in the definition or with --duration ID=3d"
            chinese = "请在定义中或用 --duration ID=3d 给出估算"
            taken = " was assumed" in finding.problem
            english += "." if taken else "; or give --default-duration 2d for all of them."
            chinese += "。" if taken else "；也可用 --default-duration 2d 统一假定。"
        case "LTC402" if running:
            english = f"Record them: ltcflow fact PROJECT {fact}=VALUE."
            chinese = f"请记录这些事实：ltcflow fact PROJECT {fact}=VALUE。"
        case "LTC402":
            english, chinese = f"Give them: --fact {fact}=VALUE.", f"请给出这些事实：--fact {fact}=VALUE。"
        case "LTC404" if not running:
            stage = finding.where.rpartition(".")[2]
            english, chinese = f"Say which: --choose {stage}=A,B.", f"请指明选择：--choose {stage}=A,B。"
        case "LTC404":
            english, chinese = "Begin what is chosen.", "开始所选的活动即为选择。"
        case _:
            return finding
    return attrs.evolve(finding, remedy=english, remedy_zh=chinese)
