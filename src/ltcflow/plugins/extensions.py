"""Extensions: everything the collected plugins add, as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import attrs

from ltcflow.catalog import Catalog, Loader
from ltcflow.errors import UnknownName
from ltcflow.findings import Finding
from ltcflow.plugins.contexts import Check, Exporter
from ltcflow.plugins.guard import GuardedFunction
from ltcflow.plugins.problems import PluginInfo
from ltcflow.process import Process
from ltcflow.projects import Judge, Judges, Policy
from ltcflow.roles import Person, Role
from ltcflow.stages import Duration
from ltcflow.worktime import Calendar

if TYPE_CHECKING:
    import click

T = TypeVar("T")
Pairs: TypeAlias = tuple[tuple[str, T], ...]
"""Values under their names, ordered by priority and name of the plugin, then by their own name."""


@attrs.frozen(kw_only=True)
class Extensions:
    """What plugins add, collected once.

    Every function of a plugin in it is guarded: it names its plugin when it fails (see `ltcflow.plugins.guard`).

    Attributes:
        processes: what reads each process; `catalog` is the mapping to use.
        roles, calendars, criteria, policies, checks, estimators, assigners, listeners, exporters, commands: as the
            hooks of these names hand them over, each with its name.
        plugins: who was collected, ordered by priority and name.
        problems: what is wrong with plugins, and was therefore left out (LTC700 to LTC749); () when all is well.

    Example:
        >>> Extensions().judges, len(Extensions().catalog)
        (mappingproxy({}), 0)
    """

    processes: Pairs[Loader] = ()
    roles: Pairs[Role] = ()
    calendars: Pairs[Callable[[], Calendar]] = ()
    criteria: Pairs[Judge] = ()
    policies: Pairs[Policy] = ()
    checks: Pairs[Check] = ()
    estimators: Pairs[GuardedFunction[Duration | None]] = ()
    assigners: Pairs[GuardedFunction[tuple[Person, ...]]] = ()
    listeners: Pairs[GuardedFunction[None]] = ()
    exporters: Pairs[Exporter] = ()
    commands: Pairs[click.Command] = ()
    plugins: tuple[PluginInfo, ...] = ()
    problems: tuple[Finding, ...] = ()

    @cached_property
    def catalog(self) -> Mapping[str, Process]:
        """The processes by id, each read when it is first asked for."""
        return Catalog(dict(self.processes))

    @cached_property
    def judges(self) -> Judges:
        """The criteria by name, as `ltcflow.projects.decide` takes them."""
        return MappingProxyType(dict(self.criteria))

    def calendar(self, name: str) -> Calendar:
        """Return the calendar called *name*: that of a plugin, else the country's of `ltcflow.worktime.calendar`.

        Raises:
            UnknownName: there is none.
            PluginFailed: the plugin's function failed.

        Example:
            >>> from ltcflow.plugins import builtin, collect
            >>> collect([builtin]).calendar("CN").time_zone
            'Asia/Shanghai'
        """
        from ltcflow.worktime import calendar

        make = dict(self.calendars).get(name)
        if make is not None:
            return make()
        try:
            return calendar(name)
        except UnknownName as error:
            known = dict.fromkeys((*(own for own, _ in self.calendars), *error.known))
            raise UnknownName(kind="calendar", value=name, known=known) from None

    def role(self, name: str) -> Role:
        """Return the role called *name*, to put into a declaration (UnknownName otherwise)."""
        roles = dict(self.roles)
        if name not in roles:
            raise UnknownName(kind="role", value=name, known=roles)
        return roles[name]

    def plugin_of(self, hook: str, name: str) -> PluginInfo | None:
        """Return which plugin offers *name* through *hook*, such as ("ltcflow_criteria", "acme.credit_limit")."""
        for plugin in self.plugins:
            if name in dict(plugin.offers).get(hook, ()):
                return plugin
        return None
