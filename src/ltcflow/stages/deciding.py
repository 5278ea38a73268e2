"""Who decides a gate: the rule by which votes become an outcome, and the limits of authority that facts set."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.labels import NO_LABEL, Label, as_label
from ltcflow.names import ElementId, RoleId, element_id, element_ids


class RuleKind(enum.Enum):
    """How votes become an outcome; see `ltcflow.projects` for the exact meaning."""

    ANY = "any"
    ALL = "all"
    QUORUM = "quorum"
    MAJORITY = "majority"
    CHAIR = "chair"
    WEIGHTED = "weighted"


def enum_error(field: str, value: object, kinds: type[enum.Enum]) -> InvalidValue:
    """Return the error of a word that is none of *kinds*."""
    words = ", ".join(k.value for k in kinds)
    return InvalidValue(field=field, value=repr(value), problem="is not known.", remedy=f"Use one of {words}.")


def _rule_kind(value: RuleKind | str) -> RuleKind:
    try:
        return RuleKind(value)
    except ValueError:
        raise enum_error("rule", value, RuleKind) from None


def ids_once(value: str | Iterable[str]) -> tuple[RoleId, ...]:
    """Return one id or several as ids, each once."""
    return (element_id(value),) if isinstance(value, str) else tuple(dict.fromkeys(element_ids(value)))


def id_or_none(value: str) -> ElementId:
    """Return *value* as an id; "" stays."""
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


def _weighted(instance: DecisionRule, _attribute: object, value: int) -> None:
    wants = instance.kind is RuleKind.WEIGHTED
    if isinstance(value, bool) or not isinstance(value, int) or (wants and value < 1) or (not wants and value):
        raise InvalidValue(
            field="weighted",
            value=repr(value),
            problem="does not fit the rule." if not wants else "is not a weight.",
            remedy="Give a whole number of 1 or more with the rule 'weighted', and none with another rule.",
        )


def _weights(value: Mapping[RoleId, int] | Iterable[tuple[RoleId, int]]) -> tuple[tuple[RoleId, int], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple(sorted({element_id(role): weight for role, weight in pairs}.items()))


def _good_weights(instance: DecisionRule, _attribute: object, value: tuple[tuple[RoleId, int], ...]) -> None:
    wrong = [weight for _, weight in value if isinstance(weight, bool) or not isinstance(weight, int) or weight < 1]
    if wrong or (value and instance.kind is not RuleKind.WEIGHTED):
        raise InvalidValue(
            field="weights",
            value=repr(wrong[0] if wrong else dict(value))[:120],
            problem="is not a weight." if wrong else "does not fit the rule.",
            remedy="Give roles whole numbers of 1 or more with the rule 'weighted', and none with another rule.",
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
            chair (the chair's vote decides, the others advise), weighted (votes that weigh *weighted* together).
        quorum: how many votes, with the rule quorum; 0 otherwise.
        chair: the chair's role, with the rule chair; "" otherwise.
        veto: roles that must be heard and whose hold, recycle or stop cannot be outvoted.
        weighted: how much the votes must weigh together, with the rule weighted; 0 otherwise.
        weights: how much a vote in a role weighs, with the rule weighted, sorted; a role that is not named weighs 1.

    Example:
        >>> decided_by({"roles": ["decision_team", "legal"], "rule": {"quorum": 2, "veto": ["legal"]}}).quorum
        2
    """

    roles: tuple[RoleId, ...] = attrs.field(default=(), converter=ids_once)
    kind: RuleKind = attrs.field(default=RuleKind.ALL, converter=_rule_kind)
    quorum: int = attrs.field(default=0, validator=_quorum)
    chair: RoleId = attrs.field(default="", converter=id_or_none, validator=_chair)
    veto: tuple[RoleId, ...] = attrs.field(default=(), converter=ids_once)
    weighted: int = attrs.field(default=0, validator=_weighted)
    weights: tuple[tuple[RoleId, int], ...] = attrs.field(default=(), converter=_weights, validator=_good_weights)

    @property
    def voting(self) -> tuple[RoleId, ...]:
        """The roles whose wearers vote: those with a veto, the chair's, those of the rule; each once."""
        chair = (self.chair,) if self.chair else ()
        return tuple(dict.fromkeys((*self.veto, *chair, *self.roles)))

    def weight(self, roles: Iterable[RoleId]) -> int:
        """Return how much the vote of somebody weighs who speaks for *roles*: one vote, as much as the heaviest."""
        known = dict(self.weights)
        return max((known.get(role, 1) for role in roles), default=1)


def _condition(_instance: object, _attribute: object, value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InvalidValue(
            field="when", value=repr(value)[:120], problem="is no condition.", remedy="Write when: amount > 1_000_000."
        )


def _somebody(_instance: object, _attribute: object, value: DecisionRule) -> None:
    if not value.voting:
        raise InvalidValue(
            field="decided_by", value="[]", problem="names nobody.", remedy="Name the roles that decide under it."
        )


_RULE_KEYS = frozenset({*(kind.value for kind in RuleKind), "veto", "weights"})
NOBODY = DecisionRule()
DecisionLike: TypeAlias = DecisionRule | str | Iterable[str] | Mapping[str, Any]


def decided_by(value: DecisionLike) -> DecisionRule:
    """Return *value* as a decision rule: a role, several roles, or ``{"roles": [...], "rule": ...}``.

    The rule is a word (any, all, majority) or a mapping with exactly one of ``any``, ``all``, ``majority`` (true),
    ``quorum`` (a number), ``chair`` (a role) and ``weighted`` (a number, with ``weights`` by role), and perhaps
    ``veto`` (roles). Left out, it is ``all``.

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
    if len(kinds) > 1 or any(k not in _RULE_KEYS for k in rule):
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
        weighted=rule["weighted"] if kind is RuleKind.WEIGHTED else 0,
        weights=rule.get("weights", ()),
    )


def _bad_rule(value: object, problem: str) -> InvalidValue:
    return InvalidValue(
        field="decided_by",
        value=repr(value)[:120],
        problem=problem,
        remedy="Write {roles: [...], rule: any | all | majority | {quorum: 2, veto: [...]} | {chair: role} | "
        "{weighted: 4, weights: {role: 3}}}.",
    )


@attrs.frozen(kw_only=True)
class AuthorityLimit:
    """One row of an approval matrix: under this condition these roles decide, by this rule.

    Attributes:
        when: the condition over the facts under which the row applies.
        decided_by: who decides then.
        id: its name inside the gate; "" when its condition is its name.

    Example:
        >>> AuthorityLimit(when="amount > 1_000_000", decided_by=["ceo", "finance"]).decided_by.roles
        ('ceo', 'finance')
    """

    when: str = attrs.field(validator=_condition)
    decided_by: DecisionRule = attrs.field(converter=decided_by, validator=_somebody)
    id: ElementId = attrs.field(default="", converter=id_or_none)
    title: Label = attrs.field(default=NO_LABEL, converter=as_label)


LimitLike: TypeAlias = AuthorityLimit | Mapping[str, Any]


def as_matrix(values: Iterable[LimitLike]) -> tuple[AuthorityLimit, ...]:
    """Return *values* as the rows of an approval matrix: `AuthorityLimit` values or mappings with their fields."""
    return tuple(v if isinstance(v, AuthorityLimit) else AuthorityLimit(**v) for v in values)


def limit_keys(rows: Iterable[AuthorityLimit]) -> tuple[str, ...]:
    """Return a key for each row that tells it from the others: its id or its condition, numbered where that is taken.

    Example:
        >>> limit_keys([AuthorityLimit(when="amount > 5", decided_by="ceo", id="big")] * 2)
        ('big', 'big #2')
    """
    keys: list[str] = []
    for row in rows:
        name, number = row.id or row.when, 1
        while (key := name if number == 1 else f"{name} #{number}") in keys:
            number += 1
        keys.append(key)
    return tuple(keys)
