"""What hooks and the functions of plugins are given: frozen values. A later version adds fields, never arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from ltcflow.conditions import FactValue
from ltcflow.findings import Finding
from ltcflow.labels import Lang
from ltcflow.names import FactId
from ltcflow.process import Process
from ltcflow.projects import AnyEvent, ProjectState
from ltcflow.roles import Person, Role, Team
from ltcflow.stages import Activity, Gate
from ltcflow.stages.estimate import EstimateLike

if TYPE_CHECKING:
    from ltcflow.schedule import Plan

__all__ = [
    "AssignContext",
    "Assigner",
    "Check",
    "Committed",
    "EstimateContext",
    "Estimator",
    "ExportContext",
    "Exporter",
    "Host",
    "Listener",
]


def _frozen(values: Mapping[FactId, FactValue]) -> Mapping[FactId, FactValue]:
    return MappingProxyType(dict(values.items()))


@attrs.frozen(kw_only=True)
class Host:
    """Who asks: every hook may take it as its argument ``host``.

    Attributes:
        version: version of ltcflow, such as "0.1.0".
    """

    version: str


@attrs.frozen(kw_only=True)
class Committed:
    """What a listener is told: events that are on the record and stay there.

    Attributes:
        project: id of the project.
        events: what happened, in order; never empty.
        number: number of the last of them in the project's log, from 1.
    """

    project: str
    events: tuple[AnyEvent, ...]
    number: int


@attrs.frozen(kw_only=True)
class EstimateContext:
    """What an estimator is asked about: one activity or gate whose duration the declaration leaves open."""

    process: Process
    element: Activity | Gate
    facts: Mapping[FactId, FactValue] = attrs.field(factory=dict, converter=_frozen)


@attrs.frozen(kw_only=True)
class AssignContext:
    """What an assigner is asked about: a role that nobody wears yet in a project.

    Attributes:
        team: who wears the other roles so far.
    """

    process: Process
    project: str
    role: Role
    team: Team
    facts: Mapping[FactId, FactValue] = attrs.field(factory=dict, converter=_frozen)


@attrs.frozen(kw_only=True)
class ExportContext:
    """What an exporter is given: a process, and the plan and the state of a project where there are some."""

    process: Process
    lang: Lang = "en"
    plan: Plan | None = None
    state: ProjectState | None = None


class Check(Protocol):
    """A company's rule for declarations; its findings carry codes of its own, such as "ACME12"."""

    def __call__(self, process: Process, /) -> Iterable[Finding]: ...


class Estimator(Protocol):
    """Says how long an element takes ("3d", a Duration, three points), or None when it does not know."""

    def __call__(self, context: EstimateContext, /) -> EstimateLike | None: ...


class Assigner(Protocol):
    """Says who wears a role: a person, several, or None when it does not know."""

    def __call__(self, context: AssignContext, /) -> Person | Iterable[Person] | None: ...


class Listener(Protocol):
    """Is told of events after they were committed; what it returns is not looked at."""

    def __call__(self, context: Committed, /) -> Any: ...


class Exporter(Protocol):
    """Turns a process into a text or into the bytes of a file."""

    def __call__(self, context: ExportContext, /) -> str | bytes: ...
