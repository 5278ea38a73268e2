"""The shipped processes, as YAML files beside this module, and a catalog that reads each on first use.

Example:
    >>> [name for name in entries() if name.startswith("lead") or "huawei" in name]
    ['huawei_manage_sales_project', 'lead_to_cash']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeAlias

from ltcflow.errors import UnknownName
from ltcflow.process import Process

__all__ = ["Catalog", "Loader", "UnknownProcess", "entries", "load_entry", "loaders"]

SUFFIX = ".yaml"

Loader: TypeAlias = Callable[[], Process]
"""Reads one process when it is called; raises `DefinitionError` when the process cannot be read."""


class UnknownProcess(UnknownName, KeyError):
    """A process was asked for that the catalog does not have: an `UnknownName` that mappings know as a KeyError.

    Attributes: kind, value, known, as of `UnknownName`.
    """

    __str__ = Exception.__str__  # KeyError would put the sentence in quotes


def entries() -> Mapping[str, Traversable]:
    """Return the shipped definition files by the id of their process, sorted by id.

    Returns:
        Resources whose ``read_text(encoding="utf-8")`` is the definition; they need not be files of a disk.
    Cost: lists one folder; reads and parses nothing.

    Example:
        >>> entries()["ltc_level1_activity_map"].name
        'ltc_level1_activity_map.yaml'
    """
    found = (item for item in files(__name__).iterdir() if item.name.endswith(SUFFIX))
    return MappingProxyType({item.name.removesuffix(SUFFIX): item for item in sorted(found, key=lambda i: i.name)})


def load_entry(name: str) -> Process:
    """Read the shipped process *name*.

    Raises:
        UnknownProcess: there is no such process; the nearest ids are suggested.
        DefinitionError: its file cannot be read; every finding is in it.
    Cost: parses one file of a few hundred lines, some tens of milliseconds, each time; `Catalog` remembers.
    """
    known = entries()
    if name not in known:
        raise UnknownProcess(kind="process", value=name, known=known)
    from ltcflow.definition import loads  # the reader is slow to import and only needed here

    return loads(known[name].read_text(encoding="utf-8"), name=known[name].name)


def loaders() -> Mapping[str, Loader]:
    """Return one loader per shipped process, by id: what a `Catalog` is made from."""
    return MappingProxyType({name: _loader(name) for name in entries()})


def _loader(name: str) -> Loader:
    def load() -> Process:
        return load_entry(name)

    return load


class Catalog(Mapping[str, Process]):
    """Processes by id, each read when it is first asked for and remembered.

    Asking for names, their number or whether one is there reads nothing; a process that cannot be read raises when it
    is asked for and leaves the others alone.

    Args:
        sources: for each id, what reads the process.

    Example:
        >>> catalog = Catalog(loaders())
        >>> "huawei_manage_sales_project" in catalog, len(catalog) == len(entries())
        (True, True)
        >>> catalog["huawei_manage_sales_project"].title.en
        'Manage sales projects'
        >>> catalog["huawei_manage_sales"]  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        ltcflow.catalog.UnknownProcess: LTC201: no process 'huawei_manage_sales' here. Did you mean 'huawei_manage_...
    """

    __slots__ = ("_read", "_sources")

    def __init__(self, sources: Mapping[str, Loader]) -> None:
        self._sources: dict[str, Loader] = dict(sources)
        self._read: dict[str, Process] = {}

    def __getitem__(self, name: str) -> Process:
        found = self._read.get(name)
        if found is not None:
            return found
        if name not in self._sources:
            raise UnknownProcess(kind="process", value=str(name), known=self._sources)
        return self._read.setdefault(name, self._sources[name]())

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __repr__(self) -> str:
        return f"Catalog({', '.join(self._sources)})"
