"""What an event on a register changes in the state of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from ltcflow.projects.register import events as e
from ltcflow.projects.register.changes import changes_after
from ltcflow.projects.register.commitments import Clause, commitments_after
from ltcflow.projects.register.early import revoked
from ltcflow.projects.register.handovers import Lesson, handovers_after
from ltcflow.projects.register.risks import risks_after

if TYPE_CHECKING:
    from ltcflow.projects.state import ProjectState


def entered(state: ProjectState, event: e.AnyRegisterEvent) -> dict[str, object]:
    """Return the fields of *state* that *event* changes, with what they are after it."""
    match event:
        case (
            e.RiskRaised()
            | e.RiskUpdated()
            | e.RiskAnswered()
            | e.RiskActionPlanned()
            | e.RiskActionDone()
            | e.RiskHandedOver()
            | e.RiskClosed()
        ):
            return {"risks": risks_after(state.risks, event)}
        case e.ChangeRequested() | e.ChangeAssessed() | e.ChangeDecided() | e.ChangeImplemented():
            return {"changes": changes_after(state.changes, event)}
        case e.CommitmentRecorded() | e.CommitmentTraced() | e.CommitmentFulfilled() | e.CommitmentWithdrawn():
            return {"commitments": commitments_after(state.commitments, event)}
        case e.ClauseRecorded():
            return {"clauses": state.clauses.insert(event.clause, Clause(event.clause, event.text))}
        case e.HandoverOffered() | e.HandoverAccepted() | e.HandoverRejected() | e.HandoverLapsed():
            return {"handovers": handovers_after(state.handovers, event)}
        case e.PaymentReceived():
            return {"paid": (*state.paid, (event.milestone, event.number))}
        case e.LessonRecorded():
            lesson = Lesson(text=event.text, stage=event.stage, tags=event.tags, by=event.by, at=event.at)
            return {"lessons": (*state.lessons, lesson)}
        case e.EarlyStartRevoked():
            return revoked(state, event)
        case _:
            assert_never(event)
