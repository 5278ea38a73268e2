"""ltcflow: lead-to-cash as code.

Declare how a sales lead becomes money in the bank, prove the declaration sound, plan it, run real projects through it.

Everything here is loaded where it is first used, so that ``import ltcflow`` stays fast.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltcflow import builder as builder
    from ltcflow.analysis import compare as compare
    from ltcflow.analysis import locate as locate
    from ltcflow.analysis import responsibilities as responsibilities
    from ltcflow.checks import check as check
    from ltcflow.conditions import Money as Money
    from ltcflow.definition import dump as dump
    from ltcflow.definition import dumps as dumps
    from ltcflow.definition import fingerprint as fingerprint
    from ltcflow.definition import load as load
    from ltcflow.definition import loads as loads
    from ltcflow.definition import schema as schema
    from ltcflow.errors import LtcflowError as LtcflowError
    from ltcflow.errors import UnknownName as UnknownName
    from ltcflow.findings import DefinitionError as DefinitionError
    from ltcflow.findings import Finding as Finding
    from ltcflow.findings import Severity as Severity
    from ltcflow.graph import ProcessGraph as ProcessGraph
    from ltcflow.graph import graph as graph
    from ltcflow.labels import Label as Label
    from ltcflow.plugins import Extensions as Extensions
    from ltcflow.plugins import hookimpl as hookimpl
    from ltcflow.process import Process as Process
    from ltcflow.process import compose as compose
    from ltcflow.process import prefixed as prefixed
    from ltcflow.process import rename as rename
    from ltcflow.process import side_by_side as side_by_side
    from ltcflow.projects import Accepted as Accepted
    from ltcflow.projects import Refused as Refused
    from ltcflow.projects.approvals import approvals as approvals
    from ltcflow.schedule import Plan as Plan
    from ltcflow.schedule import forecast as forecast
    from ltcflow.schedule import plan as plan
    from ltcflow.schedule import plan_back as plan_back
    from ltcflow.schedule.cash import Cash as Cash
    from ltcflow.schedule.cash import cash as cash
    from ltcflow.schedule.levelling import clashes as clashes
    from ltcflow.schedule.levelling import level as level
    from ltcflow.schedule.levelling import level_together as level_together
    from ltcflow.schedule.montecarlo import Simulation as Simulation
    from ltcflow.schedule.montecarlo import empirical as empirical
    from ltcflow.schedule.montecarlo import pert as pert
    from ltcflow.schedule.montecarlo import simulate as simulate
    from ltcflow.schedule.montecarlo import triangular as triangular
    from ltcflow.solvers import OrTools as OrTools
    from ltcflow.steering.lag import lag as lag
    from ltcflow.steering.path import path_to as path_to
    from ltcflow.workspace import Workspace as Workspace

    catalog: Mapping[str, Process]

_HOME = {
    "Accepted": "ltcflow.projects",
    "Cash": "ltcflow.schedule.cash",
    "DefinitionError": "ltcflow.findings",
    "Extensions": "ltcflow.plugins",
    "Finding": "ltcflow.findings",
    "Label": "ltcflow.labels",
    "LtcflowError": "ltcflow.errors",
    "Money": "ltcflow.conditions",
    "Plan": "ltcflow.schedule",
    "OrTools": "ltcflow.solvers",
    "Process": "ltcflow.process",
    "ProcessGraph": "ltcflow.graph",
    "Refused": "ltcflow.projects",
    "Severity": "ltcflow.findings",
    "Simulation": "ltcflow.schedule.montecarlo",
    "UnknownName": "ltcflow.errors",
    "Workspace": "ltcflow.workspace",
    "cash": "ltcflow.schedule.cash",
    "check": "ltcflow.checks",
    "clashes": "ltcflow.schedule.levelling",
    "compare": "ltcflow.analysis",
    "compose": "ltcflow.process",
    "dump": "ltcflow.definition",
    "dumps": "ltcflow.definition",
    "empirical": "ltcflow.schedule.montecarlo",
    "fingerprint": "ltcflow.definition",
    "forecast": "ltcflow.schedule",
    "graph": "ltcflow.graph",
    "hookimpl": "ltcflow.plugins",
    "lag": "ltcflow.steering.lag",
    "level": "ltcflow.schedule.levelling",
    "level_together": "ltcflow.schedule.levelling",
    "load": "ltcflow.definition",
    "loads": "ltcflow.definition",
    "locate": "ltcflow.analysis",
    "approvals": "ltcflow.projects.approvals",
    "path_to": "ltcflow.steering.path",
    "pert": "ltcflow.schedule.montecarlo",
    "plan": "ltcflow.schedule",
    "plan_back": "ltcflow.schedule",
    "prefixed": "ltcflow.process",
    "rename": "ltcflow.process",
    "responsibilities": "ltcflow.analysis",
    "schema": "ltcflow.definition",
    "side_by_side": "ltcflow.process",
    "simulate": "ltcflow.schedule.montecarlo",
    "triangular": "ltcflow.schedule.montecarlo",
}
_NOT_THE_FOLDER = frozenset({"catalog", "graph"})
__version__ = "0.1.0"
__all__ = [
    "Accepted",
    "Cash",
    "DefinitionError",
    "Extensions",
    "Finding",
    "Label",
    "LtcflowError",
    "Money",
    "OrTools",
    "Plan",
    "Process",
    "ProcessGraph",
    "Refused",
    "Severity",
    "Simulation",
    "UnknownName",
    "Workspace",
    "builder",
    "cash",
    "catalog",
    "check",
    "clashes",
    "compare",
    "compose",
    "dump",
    "dumps",
    "empirical",
    "fingerprint",
    "forecast",
    "graph",
    "hookimpl",
    "lag",
    "level",
    "level_together",
    "load",
    "loads",
    "locate",
    "path_to",
    "pert",
    "plan",
    "plan_back",
    "prefixed",
    "rename",
    "responsibilities",
    "schema",
    "side_by_side",
    "simulate",
    "triangular",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for, once (PEP 562)."""
    if name == "builder":
        value: Any = import_module("ltcflow.builder")
    elif name == "catalog":
        value = import_module("ltcflow.plugins").default_extensions().catalog
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'ltcflow' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """``ltc.graph`` and ``ltc.catalog`` stay a function and a mapping when the folders of that name are imported.

    (Importing a submodule sets it as an attribute of its package; ``from ltcflow.graph import ...`` is not touched.)
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _NOT_THE_FOLDER and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
