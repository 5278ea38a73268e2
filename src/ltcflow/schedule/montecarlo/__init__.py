"""Uncertainty: Monte Carlo simulation of durations, gate outcomes and wins."""

from __future__ import annotations

from ltcflow.schedule.montecarlo.drivers import Driver
from ltcflow.schedule.montecarlo.promises import Kept, Met
from ltcflow.schedule.montecarlo.results import Distribution, GateRecord, Influence, Simulation, probability_by
from ltcflow.schedule.montecarlo.shapes import Empirical, Shape, empirical, pert, triangular
from ltcflow.schedule.montecarlo.simulate import simulate
from ltcflow.schedule.montecarlo.statistics import Share

__all__ = [
    "Distribution",
    "Driver",
    "Empirical",
    "GateRecord",
    "Influence",
    "Kept",
    "Met",
    "Shape",
    "Share",
    "Simulation",
    "empirical",
    "pert",
    "probability_by",
    "simulate",
    "triangular",
]
