"""Commands about what may happen: many runs of a project, and the plan that the people there are can keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import click

from ltcflow.cli.assuming import (
    Subject,
    about_a_process_or_project,
    added,
    asked,
    estimate,
    estimating,
    held,
    holding,
    split,
    supposing,
    told,
    write,
)
from ltcflow.cli.options import DEADLINE, LENGTH, OutputFile, json_option, lang_option, voice
from ltcflow.cli.output import columns, page, print_data, print_json
from ltcflow.cli.shares import CAPACITY, EXPERTS, OUTCOME, WIN

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.schedule.levelling import LevelledPlan
    from ltcflow.schedule.montecarlo import Simulation

drawing = added(
    click.option("--seed", type=click.IntRange(0), default=1, help="Another seed draws other samples (1)."),
    click.option("--samples", type=click.IntRange(1), default=10_000, help="How many samples are drawn (10000)."),
    click.option(
        "--outcome", "outcomes", type=OUTCOME, multiple=True, metavar="GATE=go:0.8,...",
        help="How likely each outcome of a gate is; repeatable.",
    ),
    click.option(
        "--hold", "holds", type=LENGTH, multiple=True, metavar="GATE=10d",
        help="How long a hold of a gate takes; repeatable.",
    ),
    click.option(
        "--win", "wins", type=WIN, multiple=True, metavar="0.6|ID=0.6",
        help="How likely it is won, in all or when an element ends; repeatable.",
    ),
)  # fmt: skip
"""How samples are drawn: seed, samples, outcomes, holds, wins."""


@click.command()
@about_a_process_or_project
@drawing
@estimating
@supposing
@click.option("--element", "elements", multiple=True, metavar="ID", help="Show this one, not milestones; repeatable.")
@click.option(
    "--deadline", "deadlines", type=DEADLINE, multiple=True, metavar="ID=2026-06-30",
    help="How likely one is finished by a day; repeatable.",
)  # fmt: skip
@click.option("--finish", metavar="2026-06-30", help="How likely all is finished by a day.")
@click.option("--svg", metavar="FILE.svg", type=OutputFile(), help="Write the S-curve of the finish to this file.")
@click.option("--tornado", metavar="FILE.svg", type=OutputFile(), help="Write what moves the finish to this file.")
@json_option
@lang_option()
def simulate(as_json: bool, **given: Any) -> None:
    """Simulate a process or project: when it may be finished, what moves that, how likely it is won.

    Durations in three points are drawn; nothing is assumed of gates and wins that is not given. The same seed gives the
    same answer.
    """
    from ltcflow.report.simulated import prospect, prospect_text
    from ltcflow.schedule.constraint import parse_end
    from ltcflow.schedule.pictures.simulated import finish_curve, influence_tornado

    subject = Subject.of(given)
    _, simulation = simulated(subject, given)
    elements, deadlines = given["elements"], dict(given["deadlines"])
    found = prospect(simulation, elements, deadlines=deadlines, finish=given["finish"])
    found = attrs.evolve(found, findings=told(found.findings, running=bool(subject.project)))
    lang = voice().lang
    if given["svg"]:
        due = parse_end(given["finish"], simulation.plan.calendar) if given["finish"] else None
        write(given["svg"], finish_curve(simulation, deadline=due, lang=lang))
    if given["tornado"]:
        write(given["tornado"], influence_tornado(simulation, lang=lang))
    if as_json:
        print_data(found)
    else:
        page(prospect_text(found, lang, total=columns()))


def simulated(subject: Subject, given: Mapping[str, Any]) -> tuple[Process, Simulation]:
    """Return the process and its simulation: from its start, or of a project from where it stands."""
    drawn = {
        "seed": given["seed"],
        "samples": given["samples"],
        "outcomes": dict(given["outcomes"]),
        "holds": {gate: estimate(text) for gate, text in given["holds"]},
        "win_probability": _wins(given["wins"]),
        "default_duration": estimate(given["default_duration"]) if given["default_duration"] else None,
    }
    return asked(subject, given, "simulate", drawn)


def _wins(wins: tuple[tuple[str, float], ...]) -> Any:
    """Return one probability for all, or those of elements; None where nothing was said."""
    found = dict(wins)
    if "" in found and len(wins) > 1:
        raise click.UsageError("Give --win once for the project, or for elements: --win ID=0.6.")
    return found.get("", found or None)


@click.command()
@about_a_process_or_project
@click.option(
    "--capacity", "capacities", type=CAPACITY, multiple=True, metavar="ROLE=2",
    help="How many may wear a role at once; repeatable.",
)  # fmt: skip
@click.option(
    "--expert", "experts", type=EXPERTS, multiple=True, metavar="ROLE=A,B", help="Who can wear a role; repeatable."
)
@click.option("--finish", metavar="2026-06-30", help="When it should be finished.")
@holding
@estimating
@supposing
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed searches elsewhere (0).")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Look so long for a proof, with OR-Tools.")
@json_option
@lang_option()
def level(as_json: bool, **given: Any) -> None:
    """Plan for the people there are: nobody is needed in more places at once than there are people.

    Activities wait for those who are responsible (R); a role is scarce by --capacity, --expert or its at_most, and in a
    project by its team.
    """
    from ltcflow.report.levelled import levelled_data, levelled_text

    subject = Subject.of(given)
    found = _levelled(subject, given)
    found = attrs.evolve(
        found, dated=attrs.evolve(found.dated, findings=told(found.findings, running=bool(subject.project)))
    )
    if as_json:
        print_json(levelled_data(found))
    else:
        page(levelled_text(found, voice().lang, total=columns()))


def _levelled(subject: Subject, given: Mapping[str, Any]) -> LevelledPlan:
    from ltcflow.solvers import OrTools

    wanted: dict[str, Any] = {
        "capacities": {role: _number(number) for role, number in given["capacities"]},
        "constraints": held(given["constraints"]),
        "deadlines": dict(given["deadlines"]),
        "solver": OrTools(seconds=given["seconds"]) if given["seconds"] else None,
        **{name: given[name] for name in ("default_duration", "finish", "seed")},
    }
    if given["experts"]:
        wanted["experts"] = {role: split(people) for role, people in given["experts"]}
    found: LevelledPlan = asked(subject, given, "level", wanted)[1]
    return found


def _number(text: str) -> Any:
    """Return a whole number, or *text* for the library to refuse."""
    return int(text) if text.isdecimal() and len(text) < 10 else text
