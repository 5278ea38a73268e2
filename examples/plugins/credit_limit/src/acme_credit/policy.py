"""The policy: only a credit controller says what a customer's credit is."""

from __future__ import annotations

from collections.abc import Iterable

from ltcflow import Process
from ltcflow.projects import AnyCommand, ProjectState, Reason, RecordFacts, StartProject

ROLE = "credit_controller"
THEIRS = frozenset({"credit_limit", "credit_used"})


def credit_is_set_by_the_controller(process: Process, state: ProjectState, command: AnyCommand) -> Iterable[Reason]:
    """Refuse credit figures from anybody else, in processes that have the role, from the first command on."""
    if not isinstance(command, RecordFacts | StartProject) or ROLE not in process.roles_by_id:
        return
    team = command.team if isinstance(command, StartProject) else state.team
    touched = sorted(THEIRS & {name for name, _ in command.facts})
    if touched and command.by not in team.people(ROLE):
        names = ", ".join(touched)
        yield Reason(
            code="ACME1",
            problem=f"{command.by} may not record {names}.",
            remedy="Ask the credit controller.",
            problem_zh=f"{command.by} 无权记录 {names}。",
            remedy_zh="请联系信用管理员。",
        )
