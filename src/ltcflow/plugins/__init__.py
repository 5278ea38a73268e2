"""Plugins: what companies add to ltcflow, collected once into one frozen `Extensions`.

A plugin is a module, or an object, whose functions are marked with `hookimpl`; a distribution names it under the
entry-point group ``ltcflow``. The hooks are in `ltcflow.plugins.hookspecs`, what they are given in
`ltcflow.plugins.contexts`. Nothing here is global but the cache of `default_extensions`.

Example:
    >>> from ltcflow.conditions import Truth
    >>> from ltcflow.plugins import collect, hookimpl
    >>> from ltcflow.projects import Judgement
    >>> class Acme:
    ...     @hookimpl
    ...     def ltcflow_criteria(self):
    ...         return {"acme.always": lambda context: Judgement(truth=Truth.TRUE)}
    >>> found = collect([Acme()])
    >>> list(found.judges), found.problems, found.plugins[0].name
    (['acme.always'], (), 'Acme')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ltcflow.plugins import builtin as builtin
    from ltcflow.plugins.collecting import collect as collect
    from ltcflow.plugins.contexts import AssignContext as AssignContext
    from ltcflow.plugins.contexts import Assigner as Assigner
    from ltcflow.plugins.contexts import Check as Check
    from ltcflow.plugins.contexts import Committed as Committed
    from ltcflow.plugins.contexts import EstimateContext as EstimateContext
    from ltcflow.plugins.contexts import Estimator as Estimator
    from ltcflow.plugins.contexts import ExportContext as ExportContext
    from ltcflow.plugins.contexts import Exporter as Exporter
    from ltcflow.plugins.contexts import Host as Host
    from ltcflow.plugins.contexts import Listener as Listener
    from ltcflow.plugins.discovery import default_extensions as default_extensions
    from ltcflow.plugins.discovery import discover as discover
    from ltcflow.plugins.extensions import Extensions as Extensions
    from ltcflow.plugins.marks import hookimpl as hookimpl
    from ltcflow.plugins.problems import CODES as CODES
    from ltcflow.plugins.problems import PluginError as PluginError
    from ltcflow.plugins.problems import PluginFailed as PluginFailed
    from ltcflow.plugins.problems import PluginInfo as PluginInfo
    from ltcflow.plugins.problems import PluginTooSlow as PluginTooSlow
    from ltcflow.plugins.problems import WrongAnswer as WrongAnswer
    from ltcflow.plugins.using import assign as assign
    from ltcflow.plugins.using import estimates as estimates
    from ltcflow.plugins.using import export as export
    from ltcflow.plugins.using import notify as notify
    from ltcflow.plugins.using import run_checks as run_checks

_HOME = {
    "collecting": ("collect",),
    "contexts": (
        "AssignContext",
        "Assigner",
        "Check",
        "Committed",
        "EstimateContext",
        "Estimator",
        "ExportContext",
        "Exporter",
        "Host",
        "Listener",
    ),
    "discovery": ("default_extensions", "discover"),
    "extensions": ("Extensions",),
    "marks": ("hookimpl",),
    "problems": ("CODES", "PluginError", "PluginFailed", "PluginInfo", "PluginTooSlow", "WrongAnswer"),
    "using": ("assign", "estimates", "export", "notify", "run_checks"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = [
    "CODES",
    "AssignContext",
    "Assigner",
    "Check",
    "Committed",
    "EstimateContext",
    "Estimator",
    "ExportContext",
    "Exporter",
    "Extensions",
    "Host",
    "Listener",
    "PluginError",
    "PluginFailed",
    "PluginInfo",
    "PluginTooSlow",
    "WrongAnswer",
    "assign",
    "builtin",
    "collect",
    "default_extensions",
    "discover",
    "estimates",
    "export",
    "hookimpl",
    "notify",
    "run_checks",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for, once (PEP 562): pluggy is imported only where plugins are."""
    if name == "builtin":
        value: Any = import_module("ltcflow.plugins.builtin")
    elif name in _MODULE_OF:
        value = getattr(import_module(f"ltcflow.plugins.{_MODULE_OF[name]}"), name)
    else:
        raise AttributeError(f"module 'ltcflow.plugins' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
