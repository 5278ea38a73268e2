"""The graph of a process: what waits for what, and whether that is sound."""

from __future__ import annotations

from ltcflow.graph.network import FINISH, START, Network, NetworkEdge, NetworkNode, NodeKind, Origin, network

__all__ = ["FINISH", "START", "Network", "NetworkEdge", "NetworkNode", "NodeKind", "Origin", "network"]
