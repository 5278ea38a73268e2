"""The two marks of pluggy: `hookimpl` for the functions of plugins, `hookspec` for ltcflow's own hooks."""

from __future__ import annotations

import pluggy

PROJECT = "ltcflow"
PRIORITY = "ltcflow_priority"
"""The attribute of a plugin that says where it stands: a whole number, lower first, 0 unless given."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function, method or static method of a plugin as the implementation of the hook it is called."""
