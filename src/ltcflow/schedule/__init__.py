"""The plan: when each element can and must happen (critical path method on working minutes), and forecasts."""

from __future__ import annotations

from ltcflow.schedule.comparing import Change
from ltcflow.schedule.conflicts import ImpossibleConstraints
from ltcflow.schedule.constraint import Constraint, ConstraintKind
from ltcflow.schedule.planning import forecast, plan, plan_back
from ltcflow.schedule.rows import DrivingLinks, Plan, Row

__all__ = [
    "Change",
    "Constraint",
    "ConstraintKind",
    "DrivingLinks",
    "ImpossibleConstraints",
    "Plan",
    "Row",
    "forecast",
    "plan",
    "plan_back",
]
