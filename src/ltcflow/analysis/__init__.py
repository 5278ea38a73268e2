"""Analysis: what a process is like beside another, who has which part in it, and where a project stands in it."""

from __future__ import annotations

from ltcflow.analysis.compare import Comparison, Match, Moved, compare
from ltcflow.analysis.locate import Candidate, Evidence, Location, locate
from ltcflow.analysis.matrix import Load, Matrix, MatrixRow, responsibilities
from ltcflow.analysis.vocabulary import CONCEPTS, Concept, concept_of, find_concept

__all__ = [
    "CONCEPTS",
    "Candidate",
    "Comparison",
    "Concept",
    "Evidence",
    "Load",
    "Location",
    "Match",
    "Matrix",
    "MatrixRow",
    "Moved",
    "compare",
    "concept_of",
    "find_concept",
    "locate",
    "responsibilities",
]
