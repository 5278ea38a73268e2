"""The workspace: where store, clock, extensions and the pure core meet."""

from __future__ import annotations

from ltcflow.workspace.exchange import Imported
from ltcflow.workspace.timing import Ticked
from ltcflow.workspace.workspace import Clock, Workspace, utc_now

__all__ = ["Clock", "Imported", "Ticked", "Workspace", "utc_now"]
