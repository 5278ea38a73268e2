"""Who is scarce in a process: how many may wear a role, who they are by name, and which elements need them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process, duties_of
from ltcflow.roles import Person
from ltcflow.roles.team import check_person
from ltcflow.stages import Activity

_LARGEST_GROUP = 6


@attrs.frozen(kw_only=True)
class Crew:
    """The scarce roles of one project.

    Attributes:
        roles: each scarce role, in declared order; numbers: how many may wear it at the same time.
        people: of each scarce role those who can wear it, by name; () where only the number is known.
        many_hats: one person may fill several roles of one activity, where there are no others.
    """

    roles: tuple[RoleId, ...]
    numbers: tuple[int, ...]
    people: tuple[tuple[Person, ...], ...]
    many_hats: bool = False

    def number(self, role: RoleId) -> int:
        """Return how many may wear *role* at the same time."""
        return self.numbers[self.roles.index(role)]

    def named(self, role: RoleId) -> tuple[Person, ...]:
        """Return who can wear *role*; () where nobody is named."""
        return self.people[self.roles.index(role)]

    def fill(
        self, roles: Sequence[RoleId], busy: Collection[Person], taken: Collection[Person] = ()
    ) -> tuple[Person, ...] | None:
        """Return one person for each of *roles* who is not *busy*, all different and none of *taken* if possible.

        None when there are not enough.
        """
        found = fill(roles, self, {*busy, *taken})
        if found is not None or not self.many_hats:
            return found
        free = [next((person for person in self.named(role) if person not in busy), None) for role in roles]
        people = tuple(person for person in free if person is not None)
        return people if len(people) == len(free) else None

    def demand(self, roles: Sequence[RoleId], pool: Sequence[RoleId]) -> int:
        """Return how many people of a pool an activity needs at least that needs *roles*."""
        count = sum(role in pool for role in roles)
        return min(count, 1) if self.many_hats else count

    def pools(self) -> tuple[tuple[tuple[RoleId, ...], int], ...]:
        """Return sets of roles and how many of them can be filled at once: what every schedule has to keep.

        Each scarce role by itself; where people wear several hats, each set of roles that share people, with the number
        of different people in it. By Hall's theorem (1935) these are at any one moment exactly the fillings that exist.
        """
        found: list[tuple[tuple[RoleId, ...], int]] = [
            ((role,), number) for role, number in zip(self.roles, self.numbers, strict=True)
        ]
        for group in self._groups():
            sizes = range(2, len(group) + 1) if len(group) <= _LARGEST_GROUP else (2, len(group))
            for size in sizes:
                for roles in combinations(group, size):
                    together = len({person for role in roles for person in self.named(role)})
                    if together < sum(map(self.number, roles)):
                        found.append((roles, together))
        return tuple(found)

    def _groups(self) -> Iterator[tuple[RoleId, ...]]:
        """Yield the sets of roles, two or more, that people connect."""
        left = [role for role, people in zip(self.roles, self.people, strict=True) if people]
        while left:
            group, people = [left.pop(0)], set[Person]()
            grown = True
            while grown:
                people.update(person for role in group for person in self.named(role))
                more = [role for role in left if not people.isdisjoint(self.named(role))]
                group += more
                left = [role for role in left if role not in more]
                grown = bool(more)
            if len(group) > 1:
                yield tuple(group)


def crew(
    process: Process,
    capacities: Mapping[RoleId, int],
    experts: Mapping[RoleId, Person | Iterable[Person]],
    *,
    shared: bool = False,
    many_hats: bool = False,
) -> Crew:
    """Return who is scarce: by *capacities*, by the number of *experts*, else by ``at_most`` of the role.

    Args:
        shared: the capacities are those of several projects together: more than fit into this one are no mistake.
    Raises:
        UnknownName: a role that is not declared.
        InvalidValue: no number of people, nobody named, more at once than are named.
    """
    given = {process.role(name).id: number for name, number in numbers_of(capacities).items()}
    named = {process.role(name).id: people for name, people in people_of(experts).items()}
    for name, number in given.items():
        if name in named and number > len(named[name]) and not shared:
            raise InvalidValue(
                field=f"capacities[{name}]",
                value=str(number),
                problem=f"is more than the {len(named[name])} named as experts.",
                remedy="Name more, or leave the capacity out: it is then their number.",
            )
    found: list[tuple[RoleId, int, tuple[Person, ...]]] = []
    for role in process.roles:
        people, most = named.get(role.id, ()), role.at_most
        count = given[role.id] if role.id in given else len(people) or most
        if count is not None:
            if role.id in given and most is not None and count > most and not shared:
                raise InvalidValue(
                    field=f"capacities[{role.id}]",
                    value=str(count),
                    problem=f"is more than the {most} that the process allows (at_most).",
                    remedy="Lower it, or change at_most of the role.",
                )
            count = min([count, *([len(people)] if people else ()), *([] if most is None else [most])])
            found.append((role.id, count, people))
    roles = tuple(role for role, _, _ in found)
    numbers = tuple(number for _, number, _ in found)
    return Crew(roles=roles, numbers=numbers, people=tuple(p for _, _, p in found), many_hats=many_hats)


def numbers_of(capacities: Mapping[RoleId, int]) -> dict[RoleId, int]:
    """Return *capacities* when each is a number of people. Raises: InvalidValue."""
    return {role: _number(role, number) for role, number in _items("capacities", capacities, "{'legal': 1}")}


def people_of(experts: Mapping[RoleId, Person | Iterable[Person]]) -> dict[RoleId, tuple[Person, ...]]:
    """Return *experts* by role, each person once. Raises: InvalidValue."""
    return {role: _named(role, people) for role, people in _items("experts", experts, "{'legal': ['chen.jie']}")}


def _items(field: str, given: Mapping[RoleId, Any], example: str) -> Iterable[tuple[RoleId, Any]]:
    if not isinstance(given, Mapping):
        remedy = f"Give a mapping by role, such as {example}."
        raise InvalidValue(field=field, value=repr(given), problem="is no mapping.", remedy=remedy)
    return given.items()


def _number(role: RoleId, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise InvalidValue(
            field=f"capacities[{role}]",
            value=repr(value),
            problem="is not a number of people.",
            remedy="Use 1, 2, ...; leave the role out where there are always enough.",
        )
    return value


def _named(role: RoleId, people: Person | Iterable[Person]) -> tuple[Person, ...]:
    if not isinstance(people, Iterable):
        raise InvalidValue(
            field=f"experts[{role}]",
            value=repr(people),
            problem="names nobody.",
            remedy="Give names, such as ['li.wei'].",
        )
    found = tuple(dict.fromkeys(check_person(p) for p in ((people,) if isinstance(people, str) else people)))
    if not found:
        raise InvalidValue(
            field=f"experts[{role}]", value="()", problem="names nobody.", remedy="Name somebody, or leave it out."
        )
    return found


def needs(
    process: Process, scarce: Crew, *, besides: Collection[ElementId] = ()
) -> dict[ElementId, tuple[RoleId, ...]]:
    """Return for each activity, *besides* some, the scarce roles that are responsible for it (R), one wearer each.

    What runs along a stage (continuous, recurring) holds nobody, nor do gates: a lead time is a wait.

    Raises:
        InvalidValue: an activity that nobody could ever do: a role without people, or fewer people than hats.
    """
    found: dict[ElementId, tuple[RoleId, ...]] = {}
    for activity in process.activities():
        nobody = activity.spans or activity.id in besides
        wanted = () if nobody else tuple(r for r in duties_of(activity).responsible if r in scarce.roles)
        if wanted:
            found[activity.id] = wanted
            _check(activity, wanted, scarce)
    return found


def _check(activity: Activity, wanted: Sequence[RoleId], scarce: Crew) -> None:
    for role in wanted:
        if not scarce.number(role):
            raise InvalidValue(
                field=f"capacities[{role}]",
                value="0",
                problem=f"leaves nobody for {activity.id!r}, which needs one.",
                remedy="Raise it, or let another role be responsible.",
            )
    named = [role for role in wanted if scarce.named(role)]
    if scarce.fill(named, ()) is None:
        people = sorted({person for role in named for person in scarce.named(role)})
        raise InvalidValue(
            field="experts",
            value=", ".join(people),
            problem=f"are too few for {activity.id!r}, which needs {len(named)} different people: {', '.join(named)}.",
            remedy="Name more experts, or let fewer roles be responsible.",
        )


def fill(roles: Sequence[RoleId], scarce: Crew, busy: Collection[Person]) -> tuple[Person, ...] | None:
    """Return one free person for each of *roles*, all different; None when there are not enough (Kuhn 1955).

    Those who wear fewest hats are taken first, then those named first.
    """
    hats = {
        person: sum(person in people for people in scarce.people) for role in roles for person in scarce.named(role)
    }
    taken: dict[Person, int] = {}

    def place(at: int, seen: set[Person]) -> bool:
        for person in sorted(scarce.named(roles[at]), key=hats.__getitem__):
            if person in busy or person in seen:
                continue
            seen.add(person)
            if person not in taken or place(taken[person], seen):
                taken[person] = at
                return True
        return False

    if not all(place(at, set()) for at in range(len(roles))):
        return None
    by_place = {at: person for person, at in taken.items()}
    return tuple(by_place[at] for at in range(len(roles)))
