"""Where an element stands in a declaration: the dotted paths that findings carry."""

from __future__ import annotations

from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.stages import Deliverable, Milestone, Stage


def place_of(process: Process, element: ElementId, *rest: str) -> str:
    """Return the dotted path of *element* inside *process*, with *rest* behind it; the id itself when undeclared.

    Example:
        >>> from ltcflow import builder as b
        >>> bid = b.process("bid", stages=[b.stage("offer", activities=[b.activity("draft")])])
        >>> place_of(bid, "draft", "after[0]"), place_of(bid, "offer")
        ('stages.offer.activities.draft.after[0]', 'stages.offer')
    """
    found = process.find(element)
    match found:
        case None:
            base = element
        case Stage():
            base = f"stages.{element}"
        case Milestone():
            base = f"milestones.{element}"
        case Deliverable():
            base = f"deliverables.{element}"
        case _:
            stage = process.stage_of(element)
            kind = f"{type(found).__name__.lower()}s".replace("activitys", "activities")
            base = f"stages.{stage.id}.{kind}.{element}" if stage is not None else element
    return ".".join((base, *rest))
