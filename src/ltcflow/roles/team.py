"""Teams: who wears which hat in one project, and what separation of duties makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import RoleId, check_id

Person: TypeAlias = str
TeamLike: TypeAlias = "Team | Mapping[str, str | Iterable[str]]"


def check_person(value: object) -> Person:
    """Return *value* when it can name a person: text of 1 to 200 printable characters without blanks at its ends.

    Raises:
        InvalidValue: it is not.
    """
    if isinstance(value, str) and 0 < len(value) <= 200 and value == value.strip() and value.isprintable():
        return value
    raise InvalidValue(
        field="person",
        value=repr(value)[:200],
        problem="does not name a person.",
        remedy="Give a name or account such as 'li.wei'.",
    )


@attrs.frozen
class Team:
    """Who wears which role: pairs (role, people), sorted by role, people in the order they were named.

    Example:
        >>> team = as_team({"project_director": "li.wei", "decision_team": ["chen.jie", "wang.fang"]})
        >>> team.people("decision_team"), team.roles("li.wei")
        (('chen.jie', 'wang.fang'), ('project_director',))
    """

    members: tuple[tuple[RoleId, tuple[Person, ...]], ...] = ()

    def people(self, role: RoleId) -> tuple[Person, ...]:
        """Return who wears *role*, () when nobody does."""
        return next((people for name, people in self.members if name == role), ())

    def roles(self, person: Person) -> tuple[RoleId, ...]:
        """Return the roles *person* wears, sorted."""
        return tuple(name for name, people in self.members if person in people)

    def with_role(self, role: RoleId, people: Iterable[Person]) -> Team:
        """Return a team in which exactly *people* wear *role* (nobody: the role is left open)."""
        rest = tuple((name, worn) for name, worn in self.members if name != role)
        named = tuple(dict.fromkeys(check_person(p) for p in people))
        return Team(tuple(sorted((*rest, (check_id(role), named))))) if named else Team(rest)

    def __iter__(self) -> Iterator[tuple[RoleId, tuple[Person, ...]]]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


def as_team(value: TeamLike) -> Team:
    """Return *value* as a team; a mapping gives one person or several for each role.

    Raises:
        InvalidValue: a role that is no id, or a person that is no name.
    """
    if isinstance(value, Team):
        return value
    team = Team()
    for role, people in value.items():
        team = team.with_role(role, (people,) if isinstance(people, str) else people)
    return team


def clashes(team: Team, separation: Iterable[Iterable[RoleId]]) -> tuple[tuple[Person, RoleId, RoleId], ...]:
    """Return each (person, role, other role) in *team* that breaks *separation* of duties.

    Args:
        separation: sets of roles that must be worn by different people in one project.
    Returns:
        In the order of *separation*, each pair of roles once; () when the team is lawful.
    Cost: O(sets * roles^2 * people).

    Example:
        >>> clashes(as_team({"seller": "li.wei", "legal": "li.wei"}), [("seller", "legal")])
        (('li.wei', 'seller', 'legal'),)
    """
    found: list[tuple[Person, RoleId, RoleId]] = []
    for roles in separation:
        listed = tuple(roles)
        for i, role in enumerate(listed):
            for other in listed[i + 1 :]:
                both = [p for p in team.people(role) if p in team.people(other)]
                found.extend((person, role, other) for person in both if role != other)
    return tuple(dict.fromkeys(found))
