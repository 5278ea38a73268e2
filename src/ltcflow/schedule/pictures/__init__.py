"""Pictures of plans as SVG text: Gantt chart, network diagram, S-curve, tornado; pure functions."""

from __future__ import annotations

from ltcflow.schedule.pictures.curves import s_curve, tornado
from ltcflow.schedule.pictures.gantt import gantt
from ltcflow.schedule.pictures.network import network_diagram
from ltcflow.schedule.pictures.simulated import finish_curve, influence_tornado

__all__ = ["finish_curve", "gantt", "influence_tornado", "network_diagram", "s_curve", "tornado"]
