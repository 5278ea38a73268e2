"""The two marks of pluggy: `hookimpl` for the functions of plugins, `hookspec` for ltcflow's own hooks."""

from __future__ import annotations

import pluggy

PROJECT = "ltcflow"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function, method or static method of a plugin as the implementation of the hook it is called."""
