"""The risks of a project between two of its states: what is open, what is new, what is closed."""

from __future__ import annotations

import attrs

from ltcflow.process import RiskScale
from ltcflow.projects.register.risks import Risk
from ltcflow.projects.state import ProjectState
from ltcflow.stages import RiskLevel
from ltcflow.steering.risk_register import ranked


@attrs.frozen(kw_only=True)
class RiskLine:
    """One risk. *new*: it was raised in between; *was*: its level before, where that is another."""

    risk: Risk
    new: bool = False
    was: RiskLevel | None = None


def risk_lines(before: ProjectState, after: ProjectState, scale: RiskScale) -> tuple[RiskLine, ...]:
    """Return the open risks of *after*, as the register ranks them, then those closed since *before*.

    Example:
        >>> from ltcflow.projects.state import NOTHING
        >>> risk_lines(NOTHING, NOTHING, RiskScale())
        ()
    """
    still = [place.risk for place in ranked(after.risks.values(), scale)]
    over = sorted((risk for risk in after.risks.values() if risk.closed), key=lambda risk: risk.id)
    return tuple(line for risk in (*still, *over) if (line := _line(before, risk)) is not None)


def _line(before: ProjectState, risk: Risk) -> RiskLine | None:
    old = before.risks.get(risk.id)
    new = old is None or (old.closed and not risk.closed)
    if risk.closed and old is not None and old.closed:
        return None
    was = old.level if old is not None and not new and old.level is not risk.level else None
    return RiskLine(risk=risk, new=new, was=was)
