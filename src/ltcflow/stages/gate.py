"""Gates: where a body decides, on what, and how its members' verdicts make an outcome."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import ElementId, RoleId, element_id, element_ids
from ltcflow.roles import NO_DUTIES, Raci, as_raci
from ltcflow.stages.criterion import AnyCriterion, criteria_only
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


class RuleKind(enum.Enum):
    """How votes become an outcome; see `ltcflow.projects` for the exact meaning."""

    ANY = "any"
    ALL = "all"
    QUORUM = "quorum"
    MAJORITY = "majority"
    CHAIR = "chair"


def _enum_error(field: str, value: object, kinds: type[enum.Enum]) -> InvalidValue:
    words = ", ".join(k.value for k in kinds)
    return InvalidValue(field=field, value=repr(value), problem="is not known.", remedy=f"Use one of {words}.")


def _gate_kind(value: GateKind | str) -> GateKind:
    try:
        return GateKind(value)
    except ValueError:
        raise _enum_error("kind", value, GateKind) from None


def as_verdict(value: Verdict | str) -> Verdict:
    """Return *value* as a verdict: go, conditional, hold, recycle or stop."""
    try:
        return Verdict(value)
    except ValueError:
        raise _enum_error("verdict", value, Verdict) from None


def _rule_kind(value: RuleKind | str) -> RuleKind:
    try:
        return RuleKind(value)
    except ValueError:
        raise _enum_error("rule", value, RuleKind) from None


def _ids(value: str | Iterable[str]) -> tuple[RoleId, ...]:
    return (element_id(value),) if isinstance(value, str) else tuple(dict.fromkeys(element_ids(value)))


def _id_or_none(value: str) -> ElementId:
    return element_id(value) if value else ""


def _quorum(instance: DecisionRule, _attribute: object, value: int) -> None:
    wants = instance.kind is RuleKind.QUORUM
    if isinstance(value, bool) or not isinstance(value, int) or (wants and value < 1) or (not wants and value):
        raise InvalidValue(
            field="quorum",
            value=repr(value),
            problem="does not fit the rule." if not wants else "is not a number of people.",
            remedy="Give a whole number of 1 or more with the rule 'quorum', and none with another rule.",
        )


def _chair(instance: DecisionRule, _attribute: object, value: RoleId) -> None:
    if bool(value) != (instance.kind is RuleKind.CHAIR):
        raise InvalidValue(
            field="chair",
            value=repr(value),
            problem="does not fit the rule.",
            remedy="Name the chair's role with the rule 'chair', and none with another rule.",
        )


@attrs.frozen(kw_only=True)
class DecisionRule:
    """Who decides a gate, and how many of them it takes.

    Attributes:
        roles: the roles whose wearers vote.
        kind: any (the first vote decides), all (everybody votes), quorum (*quorum* votes), majority (of everybody),
            chair (the chair's vote decides, the others advise).
        quorum: how many votes, with the rule quorum; 0 otherwise.
        chair: the chair's role, with the rule chair; "" otherwise.
        veto: roles that must be heard and whose hold, recycle or stop cannot be outvoted.

    Example:
        >>> decided_by({"roles": ["decision_team", "legal"], "rule": {"quorum": 2, "veto": ["legal"]}}).quorum
        2
    """

    roles: tuple[RoleId, ...] = attrs.field(default=(), converter=_ids)
    kind: RuleKind = attrs.field(default=RuleKind.ALL, converter=_rule_kind)
    quorum: int = attrs.field(default=0, validator=_quorum)
    chair: RoleId = attrs.field(default="", converter=_id_or_none, validator=_chair)
    veto: tuple[RoleId, ...] = attrs.field(default=(), converter=_ids)


NOBODY = DecisionRule()
DecisionLike: TypeAlias = DecisionRule | str | Iterable[str] | Mapping[str, Any]


def decided_by(value: DecisionLike) -> DecisionRule:
    """Return *value* as a decision rule: a role, several roles, or ``{"roles": [...], "rule": ...}``.

    The rule is a word (any, all, majority) or a mapping with exactly one of ``any``, ``all``, ``majority`` (true),
    ``quorum`` (a number) and ``chair`` (a role), and perhaps ``veto`` (roles). Left out, it is ``all``.

    Raises:
        InvalidValue: anything else.
    """
    if isinstance(value, DecisionRule):
        return value
    if not isinstance(value, Mapping):
        return DecisionRule(roles=value)
    unknown = [key for key in value if key not in ("roles", "rule")]
    if unknown or "roles" not in value:
        raise _bad_rule(value, "needs 'roles' and may have 'rule'.")
    rule = value.get("rule", "all")
    if isinstance(rule, str):
        return DecisionRule(roles=value["roles"], kind=rule)
    if not isinstance(rule, Mapping):
        raise _bad_rule(rule, "is not a rule.")
    kinds = [kind for kind in RuleKind if kind.value in rule]
    if len(kinds) > 1 or any(k != "veto" and k not in {r.value for r in RuleKind} for k in rule):
        raise _bad_rule(rule, "is not one rule.")
    kind = kinds[0] if kinds else RuleKind.ALL
    if kind in (RuleKind.ANY, RuleKind.ALL, RuleKind.MAJORITY) and rule.get(kind.value, True) is not True:
        raise _bad_rule(rule, f"says neither yes nor a number for {kind.value!r}.")
    return DecisionRule(
        roles=value["roles"],
        kind=kind,
        quorum=rule["quorum"] if kind is RuleKind.QUORUM else 0,
        chair=rule["chair"] if kind is RuleKind.CHAIR else "",
        veto=rule.get("veto", ()),
    )


def _bad_rule(value: object, problem: str) -> InvalidValue:
    return InvalidValue(
        field="decided_by",
        value=repr(value)[:120],
        problem=problem,
        remedy="Write {roles: [...], rule: any | all | majority | {quorum: 2, veto: [...]} | {chair: role}}.",
    )


@attrs.frozen(kw_only=True)
class Gate:
    """A point where a body decides.

    Attributes:
        id, title, what: its name, and what it decides, in words.
        kind: review, decision, approval, acceptance or readiness.
        decided_by: who votes and by which rule.
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
    criteria: tuple[AnyCriterion, ...] = attrs.field(default=(), converter=criteria_only)
    after: tuple[Dependency, ...] | None = attrs.field(default=None, converter=dependencies_or_listed)
    when: str = ""
    lead_time: WorkDuration = attrs.field(default=ZERO, converter=as_duration, validator=not_negative)
    time_limit: WorkDuration | None = attrs.field(default=None, converter=as_limit, validator=longer_than_zero)
    escalation: tuple[Rung, ...] | None = attrs.field(default=None, converter=ladder_or_default)
    recycle_to: ElementId = attrs.field(default="", converter=_id_or_none)
    raci: Raci = attrs.field(default=NO_DUTIES, converter=as_raci)
    inputs: tuple[ElementId, ...] = attrs.field(default=(), converter=_ids)
    mandatory: bool = False
    control_point: bool = True
    source: Source | None = None
