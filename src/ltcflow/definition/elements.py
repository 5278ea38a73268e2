"""The records of stages, activities, gates, milestones and deliverables."""

from __future__ import annotations

from typing import Any

from ltcflow.definition.limits import ESCALATION, time_limit
from ltcflow.definition.parts import (
    AFTER,
    AFTER_LIST,
    CRITERIA,
    DECIDED_BY,
    DURATION,
    LABEL,
    MANDATORY,
    MATRIX,
    RACI,
    SOURCE,
    TITLE,
    TITLE_RULES,
    WHAT,
    WHEN,
    ZH_EN,
    ids,
    key,
    titled,
    words,
)
from ltcflow.definition.records import Either, ListOf, Named, OneOf, OnlyWith, Record
from ltcflow.definition.shapes import Flag, Ident, Number, Span, Text
from ltcflow.stages import (
    Activity,
    Deliverable,
    Gate,
    GateKind,
    Measure,
    Milestone,
    Payment,
    Principle,
    RequiredField,
    Stage,
    StageOrder,
)

ACTIVITY = Record(
    name="activity",
    what=("an activity", "活动"),
    example="{activity: solution, duration: 5d}",
    doc="One piece of work.",
    id_key="activity",
    build=Activity,
    keys=(
        key("activity", Ident(), "The id.", field="id", required=True),
        TITLE,
        WHAT,
        DURATION,
        RACI,
        AFTER,
        WHEN,
        key("continuous", Flag(), "Runs along its stage and ends with it; nothing waits for it.", default=False),
        key("every", Span(least=1, example="1w"), "Recurs at this interval along its stage; nothing waits for it."),
        key("in", ids("customer_needs"), "Deliverables it reads.", field="inputs"),
        key("out", ids("bid_solution"), "Deliverables it leaves behind.", field="outputs"),
        key("calendar", Text(example="CN"), "The calendar its time counts on, instead of its roles'.", default=""),
        time_limit("How long it may take from the moment it can be begun."),
        ESCALATION,
        MANDATORY,
        SOURCE,
    ),
)

GATE = Record(
    name="gate",
    what=("a gate", "评审门"),
    example="{gate: atb, decided_by: decision_team}",
    doc="A point where a body decides.",
    id_key="gate",
    build=Gate,
    keys=(
        key("gate", Ident(example="atb"), "The id.", field="id", required=True),
        TITLE,
        WHAT,
        key(
            "kind",
            words(tuple(k.value for k in GateKind), "kind of gate", "评审门类型"),
            "What it is for.",
            default="decision",
        ),
        DECIDED_BY,
        MATRIX,
        key("criteria", CRITERIA, "What must be true for it to pass."),
        key("after", AFTER_LIST, "What it waits for. Left out: every activity of its stage; []: nothing."),
        WHEN,
        key("lead_time", Span(example="2d"), "How long the decision takes once everything is there.", default="0d"),
        time_limit("How long it may take once everything is there; left out: the lead time, if any."),
        ESCALATION,
        key("recycle_to", Ident(), "The earlier element that a recycle sends the project back to.", default=""),
        RACI,
        key("in", ids("bid_solution"), "Deliverables that are its material.", field="inputs"),
        MANDATORY,
        key("control_point", Flag(), "Counts as one of the compulsory control points of a project.", default=True),
        SOURCE,
    ),
)

STAGE = Record(
    name="stage",
    what=("a stage", "阶段"),
    example="{stage: bid, activities: [{activity: solution}]}",
    doc="A stretch of work: activities in an order, and gates.",
    id_key="stage",
    build=Stage,
    keys=(
        key("stage", Ident(example="bid"), "The id.", field="id", required=True),
        TITLE,
        key("purpose", LABEL, "What it is for."),
        key(
            "order",
            words(tuple(o.value for o in StageOrder), "order", "次序"),
            "How its activities follow each other unless they say `after`.",
            default="sequence",
        ),
        key(
            "at_least",
            Number(whole=True, least=1),
            "How many of the activities it takes, with order: choice.",
            default=1,
        ),
        key("after", AFTER_LIST, "What it waits for. Left out: the stage listed before it; []: nothing."),
        WHEN,
        key(
            "entered_when",
            Ident(example="needs_confirmed"),
            "The milestone that marks it as truly entered.",
            default="",
        ),
        key("succeeded_when", CRITERIA, "What must be true for it to have succeeded."),
        key("mirrors", LABEL, "The other party's stage that it answers to, in words."),
        MANDATORY,
        SOURCE,
        key(
            "activities",
            ListOf(item=ACTIVITY, example="[{activity: solution}]", what=("a list of activities", "活动列表")),
            "Its activities, in order.",
        ),
        key("gates", ListOf(item=GATE, example="[{gate: atb}]", what=("a list of gates", "评审门列表")), "Its gates."),
    ),
)

PAYMENT = Record(
    name="payment",
    what=("a payment", "付款"),
    example="{share: 0.3, due: 30ed}",
    doc="An instalment that a milestone makes due: a share of the contract, or an amount of money.",
    build=Payment,
    keys=(
        key("share", Number(above=0, most=1, example="0.3"), "The share of the contract, more than 0 and at most 1."),
        key("amount", Number(above=0, example="500000"), "The amount, in units of the currency."),
        key("currency", Text(example="CNY", may_be_empty=False), "The currency of the amount."),
        key("due", Span(example="30ed"), "How long after the milestone it is to be paid.", default="0d"),
    ),
    rules=(OneOf(keys=("share", "amount")), OnlyWith(key="currency", other="amount", back=True)),
)

MILESTONE = Record(
    name="milestone",
    what=("a milestone", "里程碑"),
    example="{after: [contract_signing]}",
    doc="A moment that must be true.",
    id_key="milestone",
    build=Milestone,
    keys=(
        key(
            "milestone",
            Ident(example="signed"),
            "The id, where milestones are given as a list.",
            field="id",
            required=True,
        ),
        TITLE,
        key("after", AFTER_LIST, "The elements it waits for."),
        key("criteria", CRITERIA, "What else must be true for it."),
        key("payments", ListOf(item=PAYMENT, example="[{share: 0.3, due: 30ed}]"), "Instalments it makes due."),
        WHEN,
        MANDATORY,
        SOURCE,
    ),
)


def _field(**fields: Any) -> RequiredField:
    return RequiredField(**titled(fields))


FIELD = Record(
    name="field",
    what=("a required field", "必填字段"),
    example="{field: goal, title: Goal}",
    doc="A field that a deliverable must fill in.",
    id_key="field",
    build=_field,
    keys=(key("field", Ident(example="goal"), "The id.", field="id", required=True), *ZH_EN, TITLE),
    rules=TITLE_RULES,
)


def _deliverable(**fields: Any) -> Deliverable:
    return Deliverable(**titled(fields))


DELIVERABLE = Record(
    name="deliverable",
    what=("a deliverable", "交付件"),
    example="{zh: 合同, en: Contract, fields: [goal]}",
    doc="A document or thing that an activity leaves behind.",
    id_key="deliverable",
    build=_deliverable,
    keys=(
        key(
            "deliverable",
            Ident(example="contract"),
            "The id, where deliverables are given as a list.",
            field="id",
            required=True,
        ),
        *ZH_EN,
        TITLE,
        key(
            "fields",
            Either(
                shapes=(
                    ids("goal", ("a list of field ids", "字段标识列表")),
                    Named(record=FIELD, short=LABEL, example="{goal: 目标}"),
                )
            ),
            "The fields it must fill in: ids, or ids with titles.",
        ),
        MANDATORY,
        SOURCE,
    ),
    rules=TITLE_RULES,
)


def _measure(**fields: Any) -> Measure:
    return Measure(**titled(fields))


MEASURE = Record(
    name="measure",
    what=("a measure", "度量指标"),
    example="{zh: 毛利率, en: Gross margin, fact: gross_margin}",
    doc="Something by which projects or the process are judged.",
    id_key="measure",
    build=_measure,
    keys=(
        key(
            "measure",
            Ident(example="hit_rate"),
            "The id, where measures are given as a list.",
            field="id",
            required=True,
        ),
        *ZH_EN,
        TITLE,
        WHAT,
        key("fact", Ident(example="gross_margin"), "The fact of a project that holds its value.", default=""),
        key(
            "target",
            Text(example="gross_margin >= 0.15"),
            "Condition over the facts that is true when it is as it should be.",
            default="",
        ),
        SOURCE,
    ),
    rules=TITLE_RULES,
)


def _principle(**fields: Any) -> Principle:
    return Principle(**titled(fields))


PRINCIPLE = Record(
    name="principle",
    what=("a principle", "原则"),
    example="{zh: 发起人落实到人, en: The sponsor is a named person, kept_by: LTC310}",
    doc="A rule laid down in words, and what in the declaration sees to it.",
    id_key="principle",
    build=_principle,
    keys=(
        key(
            "principle",
            Ident(example="named_sponsor"),
            "The id, where principles are given as a list.",
            field="id",
            required=True,
        ),
        *ZH_EN,
        TITLE,
        key("applies_to", ids("bid"), "The elements it is about; left out: the whole process."),
        key(
            "kept_by",
            ListOf(
                item=Text(example="LTC310", longest=100, may_be_empty=False),
                one=True,
                example="[LTC310]",
                what=("an id or code, or a list of them", "标识或编号,或其列表"),
            ),
            "What sees to it: ids of elements, codes of rules; left out: people alone.",
        ),
        MANDATORY,
        SOURCE,
    ),
    rules=TITLE_RULES,
)
