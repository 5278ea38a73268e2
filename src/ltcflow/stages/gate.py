"""Gates: where a body decides, on what, and how its members' verdicts make an outcome."""

from __future__ import annotations

import enum

import attrs

from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, RoleId, element_id
from ltcflow.roles import NO_DUTIES, Raci, as_raci
from ltcflow.stages.criterion import AnyCriterion, criteria_only
from ltcflow.stages.deciding import (
    NOBODY,
    AuthorityLimit,
    DecisionRule,
    as_matrix,
    decided_by,
    enum_error,
    id_or_none,
    ids_once,
)
from ltcflow.stages.dependency import Dependency, dependencies_or_listed
from ltcflow.stages.escalation import Rung, as_limit, ladder_or_default, longer_than_zero
from ltcflow.worktime import ZERO, WorkDuration, as_duration, not_negative


class GateKind(enum.Enum):
    """What a gate is for."""

    REVIEW = "review"
    DECISION = "decision"
    APPROVAL = "approval"
    ACCEPTANCE = "acceptance"
    READINESS = "readiness"


class Verdict(enum.Enum):
    """How one member judged, and how a gate came out. The later in this list, the more it weighs."""

    GO = "go"
    CONDITIONAL = "conditional"
    HOLD = "hold"
    RECYCLE = "recycle"
    STOP = "stop"

    @property
    def weight(self) -> int:
        """0 for go to 4 for stop: where verdicts differ, the heavier one takes precedence."""
        return _WEIGHT[self]

    @property
    def passes(self) -> bool:
        """True for go and conditional."""
        return self is Verdict.GO or self is Verdict.CONDITIONAL


_WEIGHT = {verdict: weight for weight, verdict in enumerate(Verdict)}


def _gate_kind(value: GateKind | str) -> GateKind:
    try:
        return GateKind(value)
    except ValueError:
        raise enum_error("kind", value, GateKind) from None


def as_verdict(value: Verdict | str) -> Verdict:
    """Return *value* as a verdict: go, conditional, hold, recycle or stop."""
    try:
        return Verdict(value)
    except ValueError:
        raise enum_error("verdict", value, Verdict) from None


@attrs.frozen(kw_only=True)
class Gate:
    """A point where a body decides.

    Attributes:
        id, title, what: its name, and what it decides, in words.
        kind: review, decision, approval, acceptance or readiness.
        decided_by: who votes and by which rule; with an approval matrix: where none of its rows applies.
        approval_matrix: who decides under which facts, listed from the lowest authority to the highest; every row
            that applies must agree, and so must every row of which the facts do not say whether it applies.
        criteria: what must be true for it to pass.
        after: what it waits for; None: every activity of its stage that does not itself wait for the gate.
        when: condition; when false the gate is skipped.
        lead_time: how long the decision takes once everything is there.
        time_limit: how long it may take once everything is there; None: the lead time, when there is one.
        escalation: who is told as the limit is used up; None: the ladder of the process; (): nobody but who decides.
        recycle_to: where a recycle sends the project back to, an element before the gate; "" offers no recycle.
        raci: duties on the gate: who answers for its material.
        inputs: deliverables that are its material.
        mandatory: tailoring may not drop or weaken it.
        control_point: counts as one of the compulsory control points of a project.
    """

    id: ElementId = attrs.field(converter=element_id)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)
    what: Label = attrs.field(default=NO_LABEL, converter=as_label)
    kind: GateKind = attrs.field(default=GateKind.DECISION, converter=_gate_kind)
    decided_by: DecisionRule = attrs.field(default=NOBODY, converter=decided_by)
    approval_matrix: tuple[AuthorityLimit, ...] = attrs.field(default=(), converter=as_matrix)
    criteria: tuple[AnyCriterion, ...] = attrs.field(default=(), converter=criteria_only)
    after: tuple[Dependency, ...] | None = attrs.field(default=None, converter=dependencies_or_listed)
    when: str = ""
    lead_time: WorkDuration = attrs.field(default=ZERO, converter=as_duration, validator=not_negative)
    time_limit: WorkDuration | None = attrs.field(default=None, converter=as_limit, validator=longer_than_zero)
    escalation: tuple[Rung, ...] | None = attrs.field(default=None, converter=ladder_or_default)
    recycle_to: ElementId = attrs.field(default="", converter=id_or_none)
    raci: Raci = attrs.field(default=NO_DUTIES, converter=as_raci)
    inputs: tuple[ElementId, ...] = attrs.field(default=(), converter=ids_once)
    mandatory: bool = False
    control_point: bool = True
    source: Source | None = None

    @property
    def rules(self) -> tuple[DecisionRule, ...]:
        """Every rule that may decide it under some facts: that of *decided_by*, and those of the approval matrix."""
        if not self.approval_matrix:
            return (self.decided_by,)
        own = (self.decided_by,) if self.decided_by.voting else ()
        return (*own, *(row.decided_by for row in self.approval_matrix))

    @property
    def deciders(self) -> tuple[RoleId, ...]:
        """The roles named by any of its `rules` (without roles that only have a veto or the chair), each once."""
        if not self.approval_matrix:
            return self.decided_by.roles
        return tuple(dict.fromkeys(role for rule in self.rules for role in rule.roles))

    @property
    def voting(self) -> tuple[RoleId, ...]:
        """The roles whose wearers vote under some facts, each once."""
        return tuple(dict.fromkeys(role for rule in self.rules for role in rule.voting))
