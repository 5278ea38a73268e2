"""Finding a role by any of the names that people have for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from ltcflow.errors import LtcflowError, UnknownName
from ltcflow.names import RoleId
from ltcflow.roles.role import Role


class AmbiguousName(LtcflowError):
    """A name was asked for that several things bear. Attributes: kind, value, found (their ids)."""

    code = "LTC205"
    kind: str
    value: str
    found: tuple[str, ...]

    def __init__(self, *, kind: str, value: str, found: Iterable[str]) -> None:
        ids = tuple(found)
        shown = ", ".join(ids[:8]) + (", ..." if len(ids) > 8 else "")
        super().__init__(
            f"{value[:200]!r} can mean {len(ids)} {kind}s: {shown}. Give the id of one of them.",
            kind=kind,
            value=value,
            found=ids,
        )


def find_roles(roles: Iterable[Role], name: str) -> tuple[Role, ...]:
    """Return the roles that are called *name*, in their given order; () when none is.

    A role is called by its id, its abbreviation, its titles and its aliases in either language. Where no role is
    called so, the roles that holders of a post called *name* usually wear are returned: a role is not a post, and a
    role's own name comes first. Upper and lower case, full and half width and blanks at the ends make no difference.

    Cost: O(names of the roles).

    Example:
        >>> pool = [
        ...     Role(id="fulfilment_responsible", abbreviation="FR", posts=["交付管理经理", "交付项目经理"]),
        ...     Role(id="delivery_project_manager", title="交付项目经理"),
        ... ]
        >>> [role.id for role in find_roles(pool, " ｆｒ")]
        ['fulfilment_responsible']
        >>> [role.id for role in find_roles(pool, "交付管理经理")]
        ['fulfilment_responsible']
        >>> [role.id for role in find_roles(pool, "交付项目经理")]
        ['delivery_project_manager']
    """
    wanted, pool = _folded(name), tuple(roles)
    if not wanted:
        return ()
    own = tuple(role for role in pool if wanted in map(_folded, _names(role)))
    return own or tuple(role for role in pool if wanted in map(_folded, _posts(role)))


def find_role(roles: Iterable[Role], name: str) -> Role:
    """Return the one role that is called *name* (see `find_roles`).

    Raises:
        UnknownName: no role is called so; the nearest names are suggested.
        AmbiguousName: several are.

    Example:
        >>> pool = [Role(id="sponsor", title={"zh": "项目发起人", "en": "Project sponsor"})]
        >>> find_role(pool, "PROJECT SPONSOR").id
        'sponsor'
        >>> find_role(pool, "项目发起者")
        Traceback (most recent call last):
        ...
        ltcflow.errors.UnknownName: LTC201: no role '项目发起者' here. Did you mean '项目发起人'?
    """
    pool = tuple(roles)
    found = find_roles(pool, name)
    if not found:
        raise UnknownName(kind="role", value=name, known=_known(pool))
    if len(found) > 1:
        raise AmbiguousName(kind="role", value=name, found=(role.id for role in found))
    return found[0]


def _known(roles: tuple[Role, ...]) -> tuple[str, ...]:
    """The ids first, then every other name, each once."""
    ids: tuple[RoleId, ...] = tuple(role.id for role in roles)
    names = (name for role in roles for name in (*_names(role), *_posts(role)) if name)
    return tuple(dict.fromkeys((*ids, *names)))


def _names(role: Role) -> Iterator[str]:
    yield from (role.id, role.abbreviation)
    for label in (role.title, *role.aliases):
        yield from (label.zh, label.en)


def _posts(role: Role) -> Iterator[str]:
    for label in role.posts:
        yield from (label.zh, label.en)


def _folded(text: str) -> str:
    """Return *text* without differences of case, width and outer blanks (caseless matching, Unicode section 3.13)."""
    folded = unicodedata.normalize("NFD", text).casefold()
    folded = unicodedata.normalize("NFKC", folded).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
