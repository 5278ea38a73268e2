"""Small parts that several records of the definition file share."""

from __future__ import annotations

from typing import Any

import attrs

from ltcflow.definition.nodes import Node, TextNode
from ltcflow.definition.records import Either, Key, ListOf, Named, NotWith, OneOf, OnlyWith, Record, Shape
from ltcflow.definition.report import Both, Report
from ltcflow.definition.shapes import Data, Flag, Ident, LabelText, Number, Span, Text, Word
from ltcflow.labels import Label, Source
from ltcflow.roles import Raci, as_raci
from ltcflow.stages import (
    AnyCriterion,
    AuthorityLimit,
    DecisionRule,
    Delivered,
    Dependency,
    Done,
    Duration,
    FactHolds,
    PluginCriterion,
    RiskLevel,
    RiskLimit,
    RuleKind,
)

LABEL = LabelText()


def key(name: str, shape: Shape, doc: str, *, field: str = "", required: bool = False, default: Any = None) -> Key:
    """Return a key; the field is called as the key unless told otherwise."""
    return Key(name=name, shape=shape, doc=doc, field=field or name, required=required, default=default)


def words(choices: tuple[str, ...], noun: str, noun_zh: str) -> Word:
    """Return the shape of one of *choices*."""
    what = (f"one of {', '.join(choices)}", f"{'、'.join(choices)} 之一")
    return Word(words=choices, noun=(noun, noun_zh), what=what, example=choices[0])


def ids(example: str, what: Both = ("a list of ids", "标识列表")) -> ListOf:
    """Return the shape of a list of ids, or one id."""
    return ListOf(item=Ident(example=example), one=True, example=f"[{example}]", what=what)


TITLE = key("title", LABEL, "What people call it: a text, or {zh: ..., en: ...}.")
ZH_EN = (
    key("zh", Text(example="客户"), "The Chinese title, instead of `title`."),
    key("en", Text(example="Customer"), "The English title, instead of `title`."),
)
TITLE_RULES = (NotWith(key="title", others=("zh", "en")),)
WHAT = key("what", LABEL, "What it is about, in words.")
MANDATORY = key("mandatory", Flag(), "A business unit's tailoring may not drop or weaken it.", default=False)
WHEN = key(
    "when", Text(example="amount >= 1_000_000"), "Condition over the facts; when false it is skipped.", default=""
)


def titled(fields: dict[str, Any]) -> dict[str, Any]:
    """Return *fields* with zh and en made into one title."""
    zh, en = fields.pop("zh", None), fields.pop("en", None)
    return fields if zh is None and en is None else {**fields, "title": Label(zh or "", en or "")}


class _Line(Text):
    """A line number or range of a text: text or whole number."""

    def read(self, node: Node, where: str, report: Report) -> Any:
        if isinstance(node, TextNode) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value)
        return Text.read(self, node, where, report)


LINE = _Line(example="150-190", json_types=("string", "integer"), what=("a line number or range", "行号或范围"))

SOURCE = key(
    "source",
    Record(
        name="source",
        what=("a source", "出处"),
        example="{lines: [226]}",
        doc="Where the text that the process was made from says it.",
        build=Source,
        keys=(
            key("lines", ListOf(item=LINE, example='[226, "150-190"]'), "Line numbers or ranges of that text."),
            key("inferred", Flag(), "Read into the text, not stated there.", default=False),
            key("note", Text(), "Why, in words.", default=""),
        ),
    ),
    "Where the text that the process was made from says it.",
)


def _raci(**duties: tuple[str, ...]) -> Raci:
    return as_raci(duties)


_ROLES = ids("account_responsible", ("a role or a list of roles", "角色或角色列表"))
RACI = key(
    "raci",
    Record(
        name="raci",
        what=("duties", "职责"),
        example="{R: solution_responsible, A: account_responsible}",
        doc="Which roles are responsible, accountable, consulted and informed.",
        build=_raci,
        keys=(
            key("R", _ROLES, "Responsible: does the work."),
            key("A", _ROLES, "Accountable: answers for it."),
            key("C", _ROLES, "Consulted before."),
            key("I", _ROLES, "Informed after."),
        ),
    ),
    "Which roles are responsible, accountable, consulted and informed.",
)

_TARGETS = ("activity", "gate", "stage", "milestone", "on")


def _dependency(*, type: str = "FS", lag: Any = None, **target: str) -> Dependency:
    on = next(iter(target.values()))
    return Dependency(on, type) if lag is None else Dependency(on, type, lag)


DEPENDENCY = Either(
    shapes=(
        Ident(),
        Record(
            name="dependency",
            what=("a dependency", "依赖"),
            example="{activity: solution, type: SS, lag: 1d}",
            doc="What is waited for, and how. Exactly one of activity, gate, stage, milestone and on names it.",
            build=_dependency,
            subjects=_TARGETS,
            keys=(
                *(key(target, Ident(), f"The {target} that is waited for.") for target in _TARGETS[:-1]),
                key("on", Ident(), "The element of any kind that is waited for."),
                key(
                    "type",
                    words(("FS", "SS", "FF", "SF"), "dependency type", "依赖类型"),
                    "Finish-to-start, start-to-start, finish-to-finish or start-to-finish.",
                    default="FS",
                ),
                key("lag", Span(least=None, example="1d"), "Time in between; negative for a lead.", default="0d"),
            ),
            rules=(OneOf(keys=_TARGETS),),
        ),
    )
)
AFTER_LIST = ListOf(
    item=DEPENDENCY, one=True, example="[solution]", what=("a list of ids or dependencies", "标识或依赖的列表")
)
AFTER = key("after", AFTER_LIST, "What it waits for. Left out: as listed; []: nothing.")


def _estimate(*, optimistic: Any, likely: Any, pessimistic: Any) -> Duration:
    return Duration(optimistic, likely, pessimistic)


DURATION = key(
    "duration",
    Either(
        shapes=(
            Span(),
            Record(
                name="three_points",
                what=("a three-point estimate", "三点估算"),
                example="{optimistic: 3d, likely: 5d, pessimistic: 12d}",
                doc="A three-point estimate, all in working or all in elapsed time.",
                build=_estimate,
                keys=(
                    key("optimistic", Span(), "If all goes well.", required=True),
                    key("likely", Span(), "What is most likely.", required=True),
                    key("pessimistic", Span(), "If much goes wrong.", required=True),
                ),
            ),
        )
    ),
    "How long it takes; left out: nobody has estimated it.",
)

_YES = Flag(what=("true", "true"), example="true", only=True)


def _rule(*, veto: tuple[str, ...] = (), weights: Any = (), **given: Any) -> DecisionRule:
    kind = next(iter(given), "all")
    numbers = {name: given.get(name, 0) for name in ("quorum", "weighted")}
    return DecisionRule(kind=kind, chair=given.get("chair", ""), veto=veto, weights=weights, **numbers)


def _weight(*, id: str, weight: int) -> tuple[str, int]:
    return id, weight


WEIGHT = Record(
    name="weight",
    what=("a weight", "权重"),
    example="{role: ceo, weight: 3}",
    doc="How much a vote in one role weighs.",
    id_key="role",
    build=_weight,
    keys=(
        key("role", Ident(example="ceo"), "The role, where weights are given as a list.", field="id", required=True),
        key("weight", Number(whole=True, least=1), "How much its vote weighs.", required=True),
    ),
)


RULE = Record(
    name="decision_rule",
    what=("a rule", "规则"),
    example="{quorum: 2, veto: [legal]}",
    doc="How votes become an outcome.",
    build=_rule,
    keys=(
        key("any", _YES, "The first vote decides."),
        key("all", _YES, "Everybody votes."),
        key("majority", _YES, "More than half of everybody."),
        key("quorum", Number(whole=True, least=1), "So many votes."),
        key("chair", Ident(example="sales_director"), "The vote of this role decides; the others advise."),
        key("weighted", Number(whole=True, least=1), "Votes that weigh so much together."),
        key(
            "weights",
            Named(record=WEIGHT, short=Number(whole=True, least=1), short_field="weight", example="{ceo: 3}"),
            "How much a vote in a role weighs, with weighted; a role that is not named weighs 1.",
        ),
        key("veto", _ROLES, "Roles that must be heard and whose hold, recycle or stop cannot be outvoted."),
    ),
    rules=(
        OneOf(keys=tuple(kind.value for kind in RuleKind), needed=False),
        OnlyWith(key="weights", other="weighted"),
    ),
)


def _decided_by(*, roles: tuple[str, ...], rule: Any = "all") -> DecisionRule:
    if isinstance(rule, DecisionRule):
        return attrs.evolve(rule, roles=roles)
    return DecisionRule(roles=roles, kind=rule)


DECIDED_BY = key(
    "decided_by",
    Either(
        shapes=(
            _ROLES,
            Record(
                name="decided_by",
                what=("who decides", "决策者"),
                example="{roles: [decision_team], rule: all}",
                doc="Who votes, and by which rule.",
                build=_decided_by,
                keys=(
                    key("roles", _ROLES, "The roles whose wearers vote.", required=True),
                    key(
                        "rule",
                        Either(shapes=(words(("any", "all", "majority"), "rule", "规则"), RULE)),
                        "How votes become an outcome.",
                        default="all",
                    ),
                ),
            ),
        )
    ),
    "Who votes: a role, roles, or {roles: [...], rule: ...}.",
)


LIMIT = Record(
    name="authority_limit",
    what=("a row of an approval matrix", "审批矩阵的一行"),
    example="{when: amount > 1_000_000, decided_by: [ceo, finance]}",
    doc="Who decides under one condition.",
    build=AuthorityLimit,
    subjects=("when",),
    keys=(
        key("when", Text(example="amount > 1_000_000"), "The condition under which the row applies.", required=True),
        attrs.evolve(DECIDED_BY, doc="Who decides then.", required=True),
        key("id", Ident(example="large"), "Its name inside the gate.", default=""),
        TITLE,
    ),
)
MATRIX = key(
    "approval_matrix",
    ListOf(item=LIMIT, example="[{when: amount > 1_000_000, decided_by: ceo}]", what=("a list of rows", "若干行")),
    "Who decides under which facts, from the lowest authority to the highest; all rows that apply must agree. "
    "`decided_by` decides where none applies.",
)


def _risk(*, open_at_least: str = "high", allowed: int = 0) -> RiskLimit:
    return RiskLimit(open_at_least=open_at_least, allowed=allowed)


_RISK = Record(
    name="risk",
    what=("a limit of risks", "风险上限"),
    example="{open_at_least: high, allowed: 0}",
    doc="How many open risks there may be.",
    build=_risk,
    keys=(
        key(
            "open_at_least",
            words(tuple(r.value for r in RiskLevel), "risk level", "风险级别"),
            "Counts from this level on.",
            default="high",
        ),
        key("allowed", Number(whole=True, least=0, example="0"), "How many of them may be open.", default=0),
    ),
)
_KINDS = ("done", "delivered", "fact", "risk", "plugin")


def _criterion(**fields: Any) -> AnyCriterion:
    parameters = fields.pop("with", {})
    kind = next(kind for kind in _KINDS if kind in fields)
    subject = fields.pop(kind)
    match kind:
        case "done":
            return Done(element=subject, **fields)
        case "delivered":
            return Delivered(deliverable=subject, **fields)
        case "fact":
            return FactHolds(expression=subject, **fields)
        case "risk":
            return RiskLimit(open_at_least=subject.open_at_least, allowed=subject.allowed, **fields)
        case _:
            return PluginCriterion(name=subject, parameters=parameters, **fields)


CRITERION = Record(
    name="criterion",
    what=("a criterion", "准则"),
    example="{done: solution}",
    doc="What must be true. Exactly one of done, delivered, fact, risk and plugin says what.",
    build=_criterion,
    subjects=_KINDS,
    keys=(
        key("done", Ident(), "This element is done, passed, reached or skipped."),
        key("delivered", Ident(example="contract"), "This deliverable has been submitted."),
        key("fact", Text(example="gross_margin >= 0.15"), "This condition over the facts holds."),
        key("risk", _RISK, "No more open risks than this."),
        key("plugin", Text(example="acme.credit_limit"), "This criterion of an installed plugin."),
        key(
            "with",
            Data(names=True, what=("a mapping of names to values", "名称到值的映射")),
            "The plugin's parameters.",
        ),
        key("id", Ident(example="margin"), "Its name inside the gate.", default=""),
        TITLE,
        key("mandatory", Flag(), "Nobody may waive it, and tailoring may not drop or weaken it.", default=False),
        key("remembers", Flag(), "Once met it stays met; otherwise it must hold at the decision.", default=False),
        key("owner", Ident(example="finance"), "The role that can see to it.", default=""),
    ),
    rules=(OneOf(keys=_KINDS), OnlyWith(key="with", other="plugin")),
)
CRITERIA = ListOf(item=CRITERION, example="[{done: solution}]", what=("a list of criteria", "准则列表"))
