"""Scarce people: levelled schedules under capacities, with proof where it can be had, and clashes between projects."""

from __future__ import annotations

from ltcflow.schedule.levelling.answer import Answer, Solver, generate, search
from ltcflow.schedule.levelling.bounds import critical_path, energy, lower_bound
from ltcflow.schedule.levelling.clashing import Clash, Engagement, clashes, engagements
from ltcflow.schedule.levelling.level import level
from ltcflow.schedule.levelling.levelled import Lateness, LevelledPlan, LevelledRow
from ltcflow.schedule.levelling.load import Load, LoadSpan
from ltcflow.schedule.levelling.placing import Wait
from ltcflow.schedule.levelling.problem import Problem
from ltcflow.schedule.levelling.rules import RULES
from ltcflow.schedule.levelling.saying import ImpossibleWithPeople
from ltcflow.schedule.levelling.together import LevelledTogether, level_together
from ltcflow.schedule.levelling.verify import InfeasibleSchedule, verified, violations

__all__ = [
    "RULES",
    "Answer",
    "Clash",
    "Engagement",
    "ImpossibleWithPeople",
    "InfeasibleSchedule",
    "Lateness",
    "LevelledPlan",
    "LevelledRow",
    "LevelledTogether",
    "Load",
    "LoadSpan",
    "Problem",
    "Solver",
    "Wait",
    "clashes",
    "critical_path",
    "energy",
    "engagements",
    "generate",
    "level",
    "level_together",
    "lower_bound",
    "search",
    "verified",
    "violations",
]
