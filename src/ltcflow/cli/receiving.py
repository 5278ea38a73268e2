"""Commands about money: when it comes, and what stands between today and each instalment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ltcflow.cli.assuming import Subject, about_a_process_or_project, estimating, supposing, withholding
from ltcflow.cli.options import json_option, lang_option, looking, project_argument, voice
from ltcflow.cli.output import columns, page, print_data
from ltcflow.cli.planning import planned
from ltcflow.cli.simulating import drawing, simulated

if TYPE_CHECKING:
    from ltcflow.conditions import Money
    from ltcflow.process import Process


@click.command()
@about_a_process_or_project
@withholding
@drawing
@estimating
@supposing
@click.option("--planned", is_flag=True, help="By the dates of the plan alone, without samples.")
@json_option
@lang_option()
def cash(as_json: bool, **given: Any) -> None:
    """Say when the money of a contract comes: by instalment, and month by month as expected and with 50 and 80 %.

    The instalments are the payments that milestones declare.
    """
    from ltcflow.report.receipts import cash_text
    from ltcflow.schedule.cash import cash

    subject = Subject.of(given)
    process, timing = planned(subject, given) if given["planned"] else simulated(subject, given)
    value, terms = _terms(process, _facts(subject, given), given)
    found = cash(timing, process, contract_value=value, **terms)
    if as_json:
        print_data(found)
        return
    say = voice()
    samples, seed = f"{given['samples']:,}", given["seed"]
    note = say(f"simulated: {samples} samples, seed {seed}", f"模拟：{samples} 个样本，种子 {seed}")
    if given["planned"]:
        note = say("planned, with the mean of every duration", "计划日期，按各工期的均值")
    page(cash_text(found, process, say.lang, total=columns(), note=note))


def _facts(subject: Subject, given: Mapping[str, Any]) -> dict[str, object]:
    from ltcflow.cli.sources import workspace

    if not subject.project:
        return dict(given["facts"])
    with workspace(given["db"]) as ws:
        return dict(ws.state(subject.project).facts.items())


def _terms(process: Process, facts: Mapping[str, object], given: Mapping[str, Any]) -> tuple[Money, dict[str, Any]]:
    """Return what the contract is worth and what is kept back of it; amounts without a currency are in its own."""
    from ltcflow.schedule.contract import contract_value

    value = contract_value(process, facts, given["contract"])
    terms: dict[str, Any] = {}
    for name in ("retention", "holdback"):
        kept = given[name]
        if kept is not None and "amount" in kept:
            kept = {**kept, "amount": contract_value(process, {}, kept["amount"])}
        terms[name] = kept
    return value, terms


@click.command()
@project_argument
@withholding
@click.option("--calendar", metavar="NAME", help="On which due dates are counted; else the process's own.")
@looking
def unpaid(
    project: str,
    contract: str | None,
    retention: dict[str, str] | None,
    holdback: dict[str, str] | None,
    calendar: str | None,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Show for each instalment what stands between today and its payment, down to what can be done today."""
    from ltcflow.cli.sources import workspace
    from ltcflow.report.receipts import unpaid_text

    given = {"contract": contract, "retention": retention, "holdback": holdback}
    with workspace(db) as ws:
        process = ws.process(project)
        value, terms = _terms(process, dict(ws.state(project).facts.items()), given)
        found = ws.why_unpaid(project, contract_value=value, at=at, calendar=calendar, **terms)
    if as_json:
        print_data(found)
    else:
        page(unpaid_text(found, process, voice().lang, total=columns()))
