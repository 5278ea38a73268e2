"""Using what plugins add: each call names the plugin that fails, as a finding, and goes on with the others."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from ltcflow.conditions import FactValue
from ltcflow.errors import InvalidValue, UnknownName, did_you_mean
from ltcflow.findings import Finding, Severity, in_order
from ltcflow.graph import place_of
from ltcflow.names import ElementId, FactId
from ltcflow.plugins.contexts import AssignContext, Committed, EstimateContext, ExportContext
from ltcflow.plugins.extensions import Extensions
from ltcflow.plugins.guard import Guard
from ltcflow.plugins.problems import NOT_OFFERED, PluginFailed, PluginInfo
from ltcflow.process import Process
from ltcflow.projects import AnyEvent
from ltcflow.roles import Team, TeamLike, as_team, clashes
from ltcflow.stages import Activity, Duration, Gate, Milestone, PluginCriterion, Stage

LOG = logging.getLogger("ltcflow.plugins")
NO_FACTS: Mapping[FactId, FactValue] = MappingProxyType({})
NO_TEAM = Team()


def notify(extensions: Extensions, *, project: str, events: tuple[AnyEvent, ...], number: int) -> tuple[Finding, ...]:
    """Tell every listener that *events* were committed.

    Args:
        number: number of the last event in the log of *project*.
    Returns:
        A finding for each listener that failed, which is logged as a warning too (logger ``ltcflow.plugins``); the
        others were told all the same. Never raises but KeyboardInterrupt.
    """
    context = Committed(project=project, events=tuple(events), number=number)
    problems = []
    for _, listener in extensions.listeners:
        try:
            listener(context)
        except PluginFailed as failure:
            problems.append(failure.finding(listener.plugin))
            LOG.warning("%s[%d]: %s", project, number, problems[-1])
    return tuple(problems)


def known_to_plugins(extensions: Extensions, finding: Finding) -> bool:
    """Say whether *finding* is that a calendar is unknown which a plugin of *extensions* brings (LTC340)."""
    return finding.code == "LTC340" and finding.witness[:1] in [(name,) for name, _ in extensions.calendars]


def run_checks(extensions: Extensions, process: Process) -> tuple[Finding, ...]:
    """Return what the plugins have against *process*: the findings of their checks, and criteria nobody offers.

    Add them to those of `ltcflow.check`. A check that fails is a finding itself (LTC730).
    """
    found: list[Finding] = list(_not_offered(extensions, process))
    for _, check in extensions.checks:
        try:
            found.extend(check(process))
        except PluginFailed as failure:
            found.append(failure.finding(_plugin(check)))
    return in_order(found)


def estimates(
    extensions: Extensions, process: Process, *, facts: Mapping[FactId, FactValue] = NO_FACTS
) -> tuple[dict[ElementId, Duration], tuple[Finding, ...]]:
    """Ask the estimators for the activities that nobody has estimated and the gates without a lead time.

    Returns:
        Durations by id, for ``ltcflow.plan(..., durations=...)``, of those that some estimator knows; and a finding
        for each estimator that failed.
    """
    found: dict[ElementId, Duration] = {}
    problems: list[Finding] = []
    open_ones = [a for a in process.activities() if a.duration is None and not a.spans]
    elements: tuple[Activity | Gate, ...] = (*open_ones, *(g for g in process.gates() if not g.lead_time))
    for element in elements:
        context = EstimateContext(process=process, element=element, facts=facts)
        for _, estimator in extensions.estimators:
            try:
                answer = estimator(context)
            except PluginFailed as failure:
                problems.append(failure.finding(estimator.plugin))
                continue
            if answer is not None:
                found[element.id] = answer
                break
    return found, in_order(problems)


def assign(
    extensions: Extensions,
    process: Process,
    *,
    project: str,
    team: TeamLike = NO_TEAM,
    facts: Mapping[FactId, FactValue] = NO_FACTS,
) -> tuple[Team, tuple[Finding, ...]]:
    """Ask the assigners who wears the roles that nobody in *team* wears.

    An answer that names no person, or would break separation of duties, is passed over.

    Returns:
        The team, perhaps with roles still open; and a finding for each assigner that failed.
    """
    members, problems = as_team(team), list[Finding]()
    for role in process.roles:
        if members.people(role.id):
            continue
        for _, assigner in extensions.assigners:
            context = AssignContext(process=process, project=project, role=role, team=members, facts=facts)
            try:
                larger = members.with_role(role.id, assigner(context))
            except PluginFailed as failure:
                problems.append(failure.finding(assigner.plugin))
                continue
            except InvalidValue:
                continue
            if larger.people(role.id) and not clashes(larger, process.separation_of_duties):
                members = larger
                break
    return members, in_order(problems)


def export(extensions: Extensions, name: str, context: ExportContext) -> str | bytes:
    """Return the process of *context* in the format *name*.

    Raises:
        UnknownName: no plugin offers the format.
        PluginFailed: the exporter failed.
    """
    exporters = dict(extensions.exporters)
    if name not in exporters:
        raise UnknownName(kind="exporter", value=name, known=exporters)
    return exporters[name](context)


def _plugin(function: object) -> PluginInfo:
    return function.plugin if isinstance(function, Guard) else PluginInfo(name="?")


def _not_offered(extensions: Extensions, process: Process) -> list[Finding]:
    found = []
    for element in process.elements():
        if isinstance(element, Gate | Milestone):
            field, criteria = "criteria", element.criteria
        else:
            field, criteria = "succeeded_when", element.succeeded_when if isinstance(element, Stage) else ()
        for i, criterion in enumerate(criteria):
            if isinstance(criterion, PluginCriterion) and criterion.name not in extensions.judges:
                where = place_of(process, element.id, f"{field}[{i}]", "plugin")
                found.append(_missing(extensions, where, criterion.name))
    return found


def _missing(extensions: Extensions, where: str, name: str) -> Finding:
    near = did_you_mean(name, extensions.judges)
    hint = f" Or did you mean {' or '.join(map(repr, near))}?" if near else ""
    hint_zh = f"是不是 {' 或 '.join(near)}?" if near else ""
    return Finding(
        code=NOT_OFFERED,
        severity=Severity.WARNING,
        where=where,
        problem=f"asks for the criterion {name!r}, which no installed plugin offers; it stays unknown.",
        remedy=f"Install the plugin that offers it.{hint}",
        problem_zh=f"使用了判据 {name!r},但没有已安装的插件提供它,结果将保持未知。",
        remedy_zh=f"请安装提供它的插件。{hint_zh}",
    )
