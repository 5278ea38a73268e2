"""The hooks of ltcflow. Each is called once, when plugins are collected, and hands over values.

What people ask for by name (processes, calendars, criteria, exporters) comes as a mapping from name to value; the rest
comes as an iterable. Any hook may take the argument ``host`` (a `ltcflow.plugins.Host`) or none at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from ltcflow.plugins.contexts import Assigner, Check, Estimator, Exporter, Host, Listener
from ltcflow.plugins.marks import hookspec
from ltcflow.process import Process
from ltcflow.projects import Judge, Policy
from ltcflow.roles import Role
from ltcflow.worktime import Calendar

if TYPE_CHECKING:
    import click


class Hooks(Protocol):
    """The signatures of all hooks; a plugin writes each without ``self``, as a function of its module."""

    @hookspec
    def ltcflow_processes(self, host: Host) -> Mapping[str, Process | Callable[[], Process]]:
        """Processes for the catalog, by their id: each a Process, or a function that reads it when it is asked for.

        Example:
            >>> from ltcflow import builder as b
            >>> from ltcflow.plugins import hookimpl
            >>> def renewal():
            ...     return b.process("renewal", stages=[b.stage("ask", activities=[b.activity("call")])])
            >>> @hookimpl
            ... def ltcflow_processes():
            ...     return {"renewal": renewal}
            >>> ltcflow_processes()["renewal"]().id
            'renewal'
        """

    @hookspec
    def ltcflow_roles(self, host: Host) -> Iterable[Role]:
        """Roles that declarations can take over, each under its own id.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> from ltcflow.roles import Role
            >>> @hookimpl
            ... def ltcflow_roles():
            ...     return [Role(id="bid_manager", title={"zh": "投标经理", "en": "Bid manager"})]
            >>> ltcflow_roles()[0].title.zh
            '投标经理'
        """

    @hookspec
    def ltcflow_calendars(self, host: Host) -> Mapping[str, Calendar | Callable[[], Calendar]]:
        """Calendars by name: each a Calendar, or a function that makes it when it is asked for.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> from ltcflow.worktime import Calendar
            >>> @hookimpl
            ... def ltcflow_calendars():
            ...     return {"two_shifts": Calendar(id="two_shifts", hours=(((360, 1320),),) * 5 + ((), ()))}
            >>> ltcflow_calendars()["two_shifts"].hours[0]
            ((360, 1320),)
        """

    @hookspec
    def ltcflow_criteria(self, host: Host) -> Mapping[str, Judge]:
        """Criteria of gates by dotted name, such as ``acme.credit_limit``: quick functions of a `CriterionContext`.

        One that raises, answers something else than a `Judgement` or takes longer than its time budget leaves the gate
        unknown, never passed.

        Example:
            >>> from ltcflow.conditions import Truth
            >>> from ltcflow.plugins import hookimpl
            >>> from ltcflow.projects import CriterionContext, Judgement
            >>> def few_risks(context: CriterionContext) -> Judgement:
            ...     few = len(context.risks) <= context.parameters.get("at_most", 3)
            ...     return Judgement(truth=Truth.TRUE if few else Truth.FALSE)
            >>> @hookimpl
            ... def ltcflow_criteria():
            ...     return {"acme.few_risks": few_risks}
            >>> list(ltcflow_criteria())
            ['acme.few_risks']
        """

    @hookspec
    def ltcflow_policies(self, host: Host) -> Iterable[Policy]:
        """Policies: each may refuse any command of any project by giving reasons; one that fails refuses.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> from ltcflow.projects import CloseProject, Reason
            >>> def only_the_director_closes(process, state, command):
            ...     if isinstance(command, CloseProject) and command.by not in state.team.people("project_director"):
            ...         yield Reason(
            ...             code="ACME1",
            ...             problem="Only the director closes a project.",
            ...             remedy="Ask the director.",
            ...             problem_zh="只有项目总监可以关闭项目。",
            ...             remedy_zh="请联系项目总监。",
            ...         )
            >>> @hookimpl
            ... def ltcflow_policies():
            ...     return [only_the_director_closes]
            >>> len(ltcflow_policies())
            1
        """

    @hookspec
    def ltcflow_checks(self, host: Host) -> Iterable[Check]:
        """Company rules for declarations: functions from a process to findings, with codes of the company's own.

        Example:
            >>> from ltcflow.findings import Finding
            >>> from ltcflow.plugins import hookimpl
            >>> def purpose_is_stated(process):
            ...     if not process.purpose:
            ...         yield Finding(code="ACME12", where="purpose", problem="is missing.", remedy="State it.")
            >>> @hookimpl
            ... def ltcflow_checks():
            ...     return [purpose_is_stated]
            >>> from ltcflow import builder as b
            >>> [str(f) for f in ltcflow_checks()[0](b.process("bid"))]
            ['ACME12: purpose: is missing. State it.']
        """

    @hookspec
    def ltcflow_estimators(self, host: Host) -> Iterable[Estimator]:
        """Estimators of durations that the declaration leaves open; the first that knows an element answers for it.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> def reviews_take_a_day(context):
            ...     return "1d" if context.element.id.endswith("_review") else None
            >>> @hookimpl
            ... def ltcflow_estimators():
            ...     return [reviews_take_a_day]
            >>> len(ltcflow_estimators())
            1
        """

    @hookspec
    def ltcflow_assigners(self, host: Host) -> Iterable[Assigner]:
        """Assigners of roles that nobody wears; the first that knows people for a role answers for it.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> def legal_is_wang_fang(context):
            ...     return "wang.fang" if context.role.legal else None
            >>> @hookimpl
            ... def ltcflow_assigners():
            ...     return [legal_is_wang_fang]
            >>> len(ltcflow_assigners())
            1
        """

    @hookspec
    def ltcflow_listeners(self, host: Host) -> Iterable[Listener]:
        """Listeners: told of each commit afterwards, as a `Committed`. One that fails loses no event and blocks none.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> def print_it(context):
            ...     print(context.project, *[type(event).__name__ for event in context.events])
            >>> @hookimpl
            ... def ltcflow_listeners():
            ...     return [print_it]
            >>> len(ltcflow_listeners())
            1
        """

    @hookspec
    def ltcflow_exporters(self, host: Host) -> Mapping[str, Exporter]:
        """Exporters by the name of their format: functions of an `ExportContext` that return text or bytes.

        Example:
            >>> from ltcflow.plugins import hookimpl
            >>> def csv(context):
            ...     return "".join(f"{gate.id},{gate.kind.value}\\n" for gate in context.process.gates())
            >>> @hookimpl
            ... def ltcflow_exporters():
            ...     return {"acme.csv": csv}
            >>> list(ltcflow_exporters())
            ['acme.csv']
        """

    @hookspec
    def ltcflow_commands(self, host: Host) -> Iterable[click.Command]:
        """Commands of the command line, each under its own name: ``ltcflow <name>``.

        Example:
            >>> import click
            >>> from ltcflow.plugins import hookimpl
            >>> @click.command("acme-report")
            ... def acme_report():
            ...     click.echo("nothing to report")
            >>> @hookimpl
            ... def ltcflow_commands():
            ...     return [acme_report]
            >>> ltcflow_commands()[0].name
            'acme-report'
        """
