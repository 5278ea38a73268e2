"""The graph of a process: what waits for what, and whether that is sound."""

from __future__ import annotations

from ltcflow.graph.duties import people_bounds, people_needed, voters
from ltcflow.graph.network import FINISH, START, Network, NetworkEdge, NetworkNode, NodeKind, Origin, network
from ltcflow.graph.places import place_of
from ltcflow.graph.rule import Find, Rule
from ltcflow.graph.soundness import SOUNDNESS, soundness
from ltcflow.graph.view import ProcessGraph, graph

__all__ = [
    "FINISH",
    "SOUNDNESS",
    "START",
    "Find",
    "Network",
    "NetworkEdge",
    "NetworkNode",
    "NodeKind",
    "Origin",
    "ProcessGraph",
    "Rule",
    "graph",
    "network",
    "people_bounds",
    "people_needed",
    "place_of",
    "soundness",
    "voters",
]
