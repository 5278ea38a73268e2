"""Roles: the hats of a process, and the duties (R/A/C/I) they have on its elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import RoleId, element_id, element_ids

Letter: TypeAlias = Literal["R", "A", "C", "I"]
LETTERS: tuple[Letter, ...] = ("R", "A", "C", "I")
LabelLike: TypeAlias = Label | str | Mapping[str, str]


def _labels(values: Iterable[LabelLike]) -> tuple[Label, ...]:
    return tuple(as_label(v) for v in values)


def _positive(_instance: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise InvalidValue(
            field=attribute.name, value=repr(value), problem="is not a number of people.", remedy="Use 1+."
        )


@attrs.frozen(kw_only=True)
class Role:
    """A hat somebody wears in a project. A role is not a post and not a person.

    Attributes:
        id, title, abbreviation: what it is called ("AR").
        aliases: other names of the same role.
        posts: posts whose holders usually wear it ("delivery manager"); a post may wear several hats.
        duties: what it answers for, in words.
        external: worn by somebody outside the company (the customer).
        body: a team, committee or organisation instead of one person.
        sponsor: the role of the project's sponsor, who must be one named human being.
        first_responsible: the first responsible person of the project.
        legal: the role that reviews contracts in law; the rule "legal review before signature" looks for it.
        department: the department it belongs to, as text.
        at_most: how many people may wear it at once in one project; None: any number.
        calendar: name of the calendar it works on; "": that of the project.
        mandatory: a business unit's tailoring may not drop it.
        source: where the text says so.

    Example:
        >>> Role(id="account_responsible", title="客户责任人", abbreviation="AR").title.text("en")
        '客户责任人'
    """

    id: RoleId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    abbreviation: str = ""
    aliases: tuple[Label, ...] = attrs.field(default=(), converter=_labels)
    posts: tuple[Label, ...] = attrs.field(default=(), converter=_labels)
    duties: tuple[Label, ...] = attrs.field(default=(), converter=_labels)
    external: bool = False
    body: bool = False
    sponsor: bool = False
    first_responsible: bool = False
    legal: bool = False
    department: str = ""
    at_most: int | None = attrs.field(default=None, validator=_positive)
    calendar: str = ""
    mandatory: bool = False
    source: Source | None = None


def _role_ids(value: str | Iterable[str]) -> tuple[RoleId, ...]:
    return (element_id(value),) if isinstance(value, str) else tuple(dict.fromkeys(element_ids(value)))


@attrs.frozen(kw_only=True)
class Raci:
    """Which roles are responsible, accountable, consulted and informed about one element.

    Example:
        >>> raci = as_raci({"R": "solution_responsible", "A": "account_responsible"})
        >>> raci.accountable, raci.letters("solution_responsible")
        (('account_responsible',), ('R',))
    """

    responsible: tuple[RoleId, ...] = attrs.field(default=(), converter=_role_ids)
    accountable: tuple[RoleId, ...] = attrs.field(default=(), converter=_role_ids)
    consulted: tuple[RoleId, ...] = attrs.field(default=(), converter=_role_ids)
    informed: tuple[RoleId, ...] = attrs.field(default=(), converter=_role_ids)

    def by_letter(self, letter: Letter) -> tuple[RoleId, ...]:
        """Return the roles that have duty *letter*."""
        match letter:
            case "R":
                return self.responsible
            case "A":
                return self.accountable
            case "C":
                return self.consulted
            case "I":
                return self.informed

    def letters(self, role: RoleId) -> tuple[Letter, ...]:
        """Return the duties of *role*, in the order R, A, C, I."""
        return tuple(letter for letter in LETTERS if role in self.by_letter(letter))

    def pairs(self) -> Iterator[tuple[Letter, RoleId]]:
        """Yield every (letter, role), in the order R, A, C, I."""
        for letter in LETTERS:
            for role in self.by_letter(letter):
                yield letter, role

    def __bool__(self) -> bool:
        return bool(self.responsible or self.accountable or self.consulted or self.informed)


NO_DUTIES = Raci()
RaciLike: TypeAlias = Raci | Mapping[str, str | Iterable[str]]


def as_raci(value: RaciLike) -> Raci:
    """Return *value* as duties: a `Raci`, or a mapping of the letters R, A, C, I to a role id or several.

    Raises:
        InvalidValue: another key than the four letters.
    """
    if isinstance(value, Raci):
        return value
    unknown = [key for key in value if key not in LETTERS]
    if unknown:
        raise InvalidValue(field="raci", value=repr(unknown[0]), problem="is not a duty.", remedy="Use R, A, C or I.")
    return Raci(
        responsible=value.get("R", ()),
        accountable=value.get("A", ()),
        consulted=value.get("C", ()),
        informed=value.get("I", ()),
    )
