"""The plan: when each element can and must happen (critical path method on working minutes), and forecasts."""

from __future__ import annotations

from ltcflow.schedule.planning import forecast, plan
from ltcflow.schedule.rows import DrivingLinks, Plan, Row

__all__ = ["DrivingLinks", "Plan", "Row", "forecast", "plan"]
