"""A plugin that implements every hook, as a company would: one module, plain functions, nothing but the public API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import click

from ltcflow import Finding, Process
from ltcflow import builder as b
from ltcflow.conditions import Truth
from ltcflow.labels import Label
from ltcflow.plugins import (
    AssignContext,
    Assigner,
    Check,
    Committed,
    EstimateContext,
    Estimator,
    ExportContext,
    Exporter,
    Host,
    Listener,
    hookimpl,
)
from ltcflow.projects import AnyCommand, CriterionContext, HoldProject, Judge, Judgement, Policy, ProjectState, Reason
from ltcflow.roles import Role
from ltcflow.worktime import Calendar

ltcflow_priority = 5
TWO_SHIFTS = Calendar(id="two_shifts", hours=(((360, 1320),),) * 5 + ((), ()))
BID_MANAGER = Role(id="bid_manager", title=Label(zh="投标经理", en="Bid manager"))
heard: list[Committed] = []


def renewal() -> Process:
    return b.process("renewal", purpose="", stages=[b.stage("ask", activities=[b.activity("call")])])


def few_risks(context: CriterionContext) -> Judgement:
    few = len(context.risks) <= context.parameters.get("at_most", 3)
    return Judgement(truth=Truth.TRUE if few else Truth.FALSE)


def nobody_holds(process: Process, state: ProjectState, command: AnyCommand) -> Iterator[Reason]:
    if isinstance(command, HoldProject):
        yield Reason(
            code="ACME1", problem="We never rest.", remedy="Work.", problem_zh="从不休息。", remedy_zh="工作。"
        )


def purpose_is_stated(process: Process) -> Iterator[Finding]:
    if not process.purpose:
        yield Finding(code="ACME12", where="purpose", problem="is missing.", remedy="State it.")


def calls_take_an_hour(context: EstimateContext) -> str | None:
    return "1h" if context.element.id.startswith("call") else None


def legal_is_wang_fang(context: AssignContext) -> str | None:
    return "wang.fang" if context.role.legal else None


def csv(context: ExportContext) -> str:
    return "".join(f"{activity.id}\n" for activity in context.process.activities())


@click.command("acme-report")
def acme_report() -> None:
    """Say that there is nothing to report."""
    click.echo("nothing to report")


@hookimpl
def ltcflow_processes(host: Host) -> Mapping[str, Callable[[], Process]]:
    return {"renewal": renewal}


@hookimpl
def ltcflow_roles() -> Iterable[Role]:
    return [BID_MANAGER]


@hookimpl
def ltcflow_calendars() -> Mapping[str, Calendar]:
    return {"two_shifts": TWO_SHIFTS}


@hookimpl
def ltcflow_criteria() -> Mapping[str, Judge]:
    return {"acme.few_risks": few_risks}


@hookimpl
def ltcflow_policies() -> Iterable[Policy]:
    yield nobody_holds


@hookimpl
def ltcflow_checks() -> Iterable[Check]:
    return {purpose_is_stated}


@hookimpl
def ltcflow_estimators() -> Iterable[Estimator]:
    return (calls_take_an_hour,)


@hookimpl
def ltcflow_assigners() -> Iterable[Assigner]:
    return [legal_is_wang_fang]


@hookimpl
def ltcflow_listeners() -> Iterable[Listener]:
    return [heard.append]


@hookimpl
def ltcflow_exporters() -> Mapping[str, Exporter]:
    return {"acme.csv": csv}


@hookimpl
def ltcflow_commands() -> Iterable[click.Command]:
    return [acme_report]
