"""Roles: who does the work and who answers for it."""

from __future__ import annotations

from ltcflow.roles.library import AmbiguousName, find_role, find_roles
from ltcflow.roles.role import LETTERS, NO_DUTIES, LabelLike, Letter, Raci, RaciLike, Role, as_raci
from ltcflow.roles.separating import SeparationKind, SeparationLike, SeparationRule, as_separation_rules
from ltcflow.roles.team import Person, Team, TeamLike, as_team, check_person, clashes

__all__ = [
    "LETTERS",
    "NO_DUTIES",
    "AmbiguousName",
    "LabelLike",
    "Letter",
    "Person",
    "Raci",
    "RaciLike",
    "Role",
    "SeparationKind",
    "SeparationLike",
    "SeparationRule",
    "Team",
    "TeamLike",
    "as_raci",
    "as_separation_rules",
    "as_team",
    "check_person",
    "clashes",
    "find_role",
    "find_roles",
]
