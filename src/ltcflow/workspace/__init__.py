"""The workspace: where store, clock, extensions and the pure core meet."""

from __future__ import annotations

from ltcflow.workspace.timing import Ticked
from ltcflow.workspace.workspace import Clock, Workspace, utc_now

__all__ = ["Clock", "Ticked", "Workspace", "utc_now"]
