"""The role library: every role that the texts behind the catalog name, read from the file beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ltcflow.names import RoleId
from ltcflow.roles import Role

__all__ = ["role_library"]

FILE = "role_library.yml"
"""Not ``.yaml``: it is no process, and `ltcflow.catalog.entries` passes it over."""

_REST = "\nltcflow: 1\nprocess: role_library\n"
"""What makes a definition of the file; put behind it, so that its lines keep their numbers."""


@cache
def role_library() -> Mapping[RoleId, Role]:
    """Return the roles of the library by id, in the order of the file.

    Raises:
        DefinitionError: the file cannot be read; every finding is in it.
    Cost: parses some hundred lines on the first call; the same mapping afterwards.

    Example:
        >>> library = role_library()
        >>> len(library), library["account_responsible"].title.zh
        (52, '客户责任人')
        >>> [post.en for post in library["fulfilment_responsible"].posts]
        ['Delivery management manager', 'Delivery project manager']
    """
    from ltcflow.definition import loads  # the reader is slow to import and only needed here

    text = files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return MappingProxyType({role.id: role for role in loads(text + _REST, name=FILE).roles})
