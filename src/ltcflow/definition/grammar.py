"""The definition file, key by key: one table that the reader, the JSON Schema and the tests of the documents read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    FactType,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
)
from ltcflow.definition import codes
from ltcflow.definition.elements import DELIVERABLE, MEASURE, MILESTONE, PRINCIPLE, STAGE
from ltcflow.definition.limits import LADDER
from ltcflow.definition.nodes import Node
from ltcflow.definition.parts import LABEL, MANDATORY, SOURCE, TITLE, TITLE_RULES, ZH_EN, ids, key, titled, words
from ltcflow.definition.records import ListOf, Named, NotWith, OneOf, OnlyWith, Record
from ltcflow.definition.registers import REGISTERS
from ltcflow.definition.report import Report
from ltcflow.definition.shapes import BAD, Bad, Flag, Ident, Number, Text, Word
from ltcflow.definition.worktimes import CALENDAR
from ltcflow.process import Process, RuleSetting
from ltcflow.roles import Role, SeparationRule

VERSION = 1
"""The version of the file format: the number that the key ``ltcflow`` must give."""

LABELS = ListOf(item=LABEL, one=True, example="[文本]", what=("a list of texts", "文本列表"))

FACT_WORDS = ("money", "percent", "choice", "number", "date", "text", "yes_no")


def _fact(*, id: str, type: str, currency: str = "", of: tuple[str, ...] = (), unit: str = "", **rest: Any) -> Fact:
    kinds: Mapping[str, Any] = {
        "money": lambda: MoneyType(currency),
        "percent": PercentType,
        "choice": lambda: ChoiceType(of),
        "number": lambda: NumberType(unit),
        "date": DateType,
        "text": TextType,
        "yes_no": YesNoType,
    }
    kind: FactType = kinds[type]()
    return Fact(id=id, type=kind, **titled(rest))


FACT = Record(
    name="fact",
    what=("a fact", "事实"),
    example="{type: money, currency: CNY}",
    doc="A typed value known about a project; conditions read it.",
    id_key="fact",
    build=_fact,
    keys=(
        key("fact", Ident(), "The id, where facts are given as a list.", field="id", required=True),
        key("type", words(FACT_WORDS, "type", "类型"), "What its values look like.", required=True),
        key("currency", Text(example="CNY"), "Three capital letters (ISO 4217); with type money, which needs it."),
        key(
            "of",
            ListOf(item=Text(example="A"), example="[A, B, C]", what=("a list of texts", "文本列表")),
            "The options; with type choice, which needs it.",
        ),
        key("unit", Text(), "What a number counts, for people; with type number.", default=""),
        *ZH_EN,
        TITLE,
        MANDATORY,
        key(
            "owner",
            Text(example="sales_manager"),
            "The role that can supply it; while somebody wears it, nobody else records it.",
            default="",
        ),
    ),
    rules=(
        *TITLE_RULES,
        OnlyWith(key="currency", other="type", value="money", back=True),
        OnlyWith(key="of", other="type", value="choice", back=True),
        OnlyWith(key="unit", other="type", value="number"),
    ),
)


def _role(**fields: Any) -> Role:
    return Role(**titled(fields))


def _flag(name: str, doc: str) -> Any:
    return key(name, Flag(), doc, default=False)


ROLE = Record(
    name="role",
    what=("a role", "角色"),
    example="{zh: 客户责任人, en: Account responsible}",
    doc="A hat somebody wears in a project.",
    id_key="role",
    build=_role,
    keys=(
        key("role", Ident(), "The id, where roles are given as a list.", field="id", required=True),
        *ZH_EN,
        TITLE,
        key("abbreviation", Text(example="AR"), "Its short form.", default=""),
        key("aliases", LABELS, "Other names of the same role."),
        key("posts", LABELS, "Posts whose holders usually wear it; a role is not a post."),
        key("duties", LABELS, "What it answers for, in words."),
        _flag("external", "Worn by somebody outside the company, such as the customer."),
        _flag("body", "A team, committee or organisation instead of one person."),
        _flag("sponsor", "The project's sponsor, who must be one named human being."),
        _flag("first_responsible", "The first responsible person of the project."),
        _flag("legal", "Reviews contracts in law."),
        key("department", Text(example="Sales"), "The department it belongs to.", default=""),
        key("at_most", Number(whole=True, least=1), "How many people may wear it at once in one project."),
        key("calendar", Text(example="CN"), "The calendar it works on; left out, that of the project.", default=""),
        MANDATORY,
        SOURCE,
    ),
    rules=TITLE_RULES,
)

ROLE_SET = ListOf(item=Ident(example="sales_manager"), example="[seller, legal]", what=("a list of roles", "角色列表"))


def _separation(**given: tuple[str, ...]) -> SeparationRule:
    ((kind, names),) = given.items()
    return SeparationRule(kind, names)


_STEPS = ListOf(item=Ident(), example="[make_offer, approve_offer]", what=("a list of ids", "标识列表"))
SEPARATION = Record(
    name="separation_rule",
    what=("a rule of separation", "职责分离规则"),
    example="{history: [make_offer, approve_offer]}",
    doc="What one person may not do together in one project.",
    build=_separation,
    keys=(
        key("dynamic", ROLE_SET, "Roles: one person may wear them together, and acts in one of them only."),
        key("history", _STEPS, "Activities and gates: one person acts on one of them only."),
        key("operational", _STEPS, "Activities and gates of a critical chain: no one person takes all of them."),
    ),
    rules=(OneOf(keys=("dynamic", "history", "operational")),),
)


def _rule(*, id: str, level: str = "off", reason: str = "", **given: str) -> RuleSetting:
    return RuleSetting(id, level, given.get("off", reason))


_REASON = ('Write {off: "why"}: a rule is switched off with a reason.', '请写 {off: "原因"}:关闭规则必须说明原因。')
LEVEL = Word(words=("error", "warning"), noun=("level", "级别"), example="error", hints=(("off", _REASON),))

RULE = Record(
    name="rule",
    what=("the level of a rule", "规则级别"),
    example="{rule: LTC310, level: error}",
    doc="What becomes of one rule of `ltcflow check`.",
    id_key="rule",
    subjects=("rule",),
    build=_rule,
    keys=(
        key(
            "rule",
            Text(example="LTC310"),
            "The code of the rule, where rules are given as a list.",
            field="id",
            required=True,
        ),
        key(
            "level", words(("error", "warning", "off"), "level", "级别"), "Promotes, demotes or switches off the rule."
        ),
        key("reason", Text(), "Why it is switched off; needed with level off.", default=""),
        key("off", Text(example="no tender business"), "Switches the rule off, for this reason."),
    ),
    rules=(OneOf(keys=("off", "level")), NotWith(key="off", others=("reason",))),
)


class _Format(Number):
    """The version of the file format."""

    def read(self, node: Node, where: str, report: Report) -> Any | Bad:
        number = Number.read(self, node, where, report)
        if number is BAD or number == VERSION:
            return number
        problem = (
            f"is {number}; this version of ltcflow reads {VERSION}.",
            f"为 {number};当前版本的 ltcflow 只读取 {VERSION}。",
        )
        remedy = ("Write 'ltcflow: 1', or install a newer ltcflow.", "请写“ltcflow: 1”,或安装更新版本的 ltcflow。")
        report.add(codes.FORMAT_VERSION, where, node, problem, remedy)
        return BAD


def _process(*, format: int, **fields: Any) -> Process:
    del format
    return Process(**fields)


PROCESS = Record(
    name="process",
    what=("a process", "流程"),
    example="{ltcflow: 1, process: bid_project}",
    doc="The declaration of one process.",
    build=_process,
    subjects=("process",),
    keys=(
        key(
            "ltcflow",
            _Format(whole=True, least=1, example="1"),
            "The version of the file format: 1.",
            field="format",
            required=True,
        ),
        key("process", Ident(example="bid_project"), "The id of the process.", field="id", required=True),
        key(
            "version",
            Text(example='"1.0"', longest=100, may_be_empty=False),
            "Your version of it, in quotes.",
            default="1.0",
        ),
        key("title", LABEL, "What people call it."),
        key("purpose", LABEL, "What it is for."),
        key("scope", LABEL, "Where it applies."),
        key("family", Text(example="sales_project"), "A word that groups processes.", default=""),
        key(
            "facts",
            Named(record=FACT, example="{amount: {type: money, currency: CNY}}"),
            "Typed values known about a project.",
        ),
        key("roles", Named(record=ROLE, short=LABEL, example="{customer: {zh: 客户, external: true}}"), "The hats."),
        key(
            "separation_of_duties",
            ListOf(item=ROLE_SET, example="[[seller, legal]]"),
            "Sets of roles that one person may never wear together in one project.",
        ),
        key(
            "binding_of_duties",
            ListOf(item=ROLE_SET, example="[[buyer, payer]]"),
            "Sets of roles that one and the same person must wear.",
        ),
        key(
            "separation_rules",
            ListOf(
                item=SEPARATION,
                example="[{history: [make_offer, approve_offer]}]",
                what=("a list of rules", "规则列表"),
            ),
            "What one person may not do together in one project, whatever they wear.",
        ),
        key(
            "assigned_by",
            ids("sponsor", ("a role or a list of roles", "角色或角色列表")),
            "Whose wearers change who wears which role; left out: anybody may.",
        ),
        key(
            "deliverables",
            Named(record=DELIVERABLE, short=LABEL, example="{contract: {zh: 合同, fields: [goal]}}"),
            "Documents and things that activities leave behind.",
        ),
        key(
            "stages",
            ListOf(item=STAGE, example="[{stage: bid}]", what=("a list of stages", "阶段列表")),
            "The stages, in order.",
        ),
        key(
            "milestones",
            Named(record=MILESTONE, example="{signed: {after: [contract_signing]}}"),
            "Moments that must be true.",
        ),
        key(
            "measures",
            Named(record=MEASURE, short=LABEL, example="{hit_rate: {zh: 命中率, en: Hit rate}}"),
            "By what projects and the process are judged.",
        ),
        key(
            "principles",
            Named(record=PRINCIPLE, short=LABEL, example="{named_sponsor: {zh: 发起人落实到人, kept_by: LTC310}}"),
            "Rules laid down in words, and what sees to them.",
        ),
        key(
            "rules",
            Named(
                record=RULE,
                short=LEVEL,
                short_field="level",
                ids=False,
                example='{LTC310: error, LTC322: {off: "no tender business"}}',
            ),
            "Rules of `ltcflow check` promoted, demoted or switched off with a reason.",
        ),
        key("calendar", Text(example="CN"), "The calendar it is planned with unless told otherwise.", default=""),
        key(
            "calendars",
            Named(record=CALENDAR, example="{plant: {base: CN, closed: [2026-08-03..2026-08-14]}}"),
            "Calendars of your own, by id.",
        ),
        key("escalation", LADDER, "Who is told as time limits are used up, unless an activity or gate says otherwise."),
        key("registers", REGISTERS, "What its projects keep to in their registers of risks, changes and promises."),
        key("gaps", LABELS, "What the text it was made from leaves open."),
        SOURCE,
    ),
)
