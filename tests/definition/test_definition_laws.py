"""Laws of definition files, over generated processes: writing and reading, fingerprints, JSON, the schema."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import jsonschema
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
)
from ltcflow.definition import dumps, fingerprint, loads, read, schema
from ltcflow.definition.emit import flow_text, json_text
from ltcflow.definition.write import to_data
from ltcflow.labels import Label, Source
from ltcflow.names import is_id
from ltcflow.process import Process, Registers, RiskScale, RuleLevel, RuleSetting
from ltcflow.roles import Raci, Role, SeparationKind, SeparationRule
from ltcflow.stages import (
    Activity,
    AuthorityLimit,
    DecisionRule,
    Deliverable,
    Delivered,
    Dependency,
    DependencyType,
    Done,
    Duration,
    FactHolds,
    Gate,
    GateKind,
    Measure,
    Milestone,
    Payment,
    PluginCriterion,
    Principle,
    RequiredField,
    RiskLevel,
    RiskLimit,
    RuleKind,
    Rung,
    Stage,
    StageOrder,
    freeze,
)
from ltcflow.worktime import DeclaredCalendar, WorkDuration

laws = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

IDS = st.one_of(
    st.sampled_from(["bid", "solution", "atb", "投标", "x1", "null_", "a_b", "signed", "yes_", "e1", "día"]),
    st.from_regex(r"[a-df-np-z][a-z0-9_]{0,8}[a-z]", fullmatch=True).filter(
        lambda s: s not in ("if", "in", "is", "as")
    ),
).filter(is_id)
AWKWARD = [
    "", " ", "no", "on", "yes", "~", "null", "true", "12", "012", "1_000", "12:30", "2026-03-02", "1e3", "0x1F", ".5",
    ".nan", "-.inf", "- a", "? a", "a: b", "a #b", "#", "a:", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "'", '"',
    "{a}", "[a]", "a,b", "two\nlines", "two\n\n lines", " lead\nlines", "end\n", "tab\tbed", "\\", "\\u0041", "\\ud83d",
    "\x00\x1b", "\x85", "\u2028", "\ufeff", "\u3000", "\U0001f600", "\ue800", "<<", "=", "y", "---", "...", "a\r\nb",
    "中文: 说明", "“引号”", "(a)", "-1d", "- ", "é" * 200, "word " * 60,
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
LABELS = st.one_of(st.just(Label()), st.builds(Label, TEXTS, TEXTS))
FLAGS = st.booleans()
MINUTES = st.one_of(st.integers(0, 20_000), st.sampled_from([0, 480, 1440, 2400, 10**9]))
SPANS = st.builds(WorkDuration, MINUTES, FLAGS)
LAGS = st.builds(WorkDuration, st.one_of(MINUTES, st.just(-(10**9)), st.integers(-9999, -1)), FLAGS)
SOURCES = st.none() | st.builds(
    Source, lines=st.lists(st.sampled_from(["226", "150-190", "007"]) | TEXTS, max_size=2), inferred=FLAGS, note=TEXTS
)


def some(items: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=most).map(tuple)


ROLE_IDS = some(IDS)
DEPENDENCIES = st.builds(Dependency, IDS, st.sampled_from(DependencyType), st.just(WorkDuration(0)) | LAGS)
AFTER = st.none() | some(DEPENDENCIES)
RACI = st.builds(Raci, responsible=ROLE_IDS, accountable=ROLE_IDS, consulted=ROLE_IDS, informed=ROLE_IDS)


@st.composite
def estimates(draw: st.DrawFn) -> Duration:
    low, mid, high = sorted(draw(st.lists(MINUTES, min_size=3, max_size=3)))
    elapsed = draw(FLAGS)
    points = [WorkDuration(minutes, elapsed) for minutes in (low, mid, high)]
    return Duration(*(points if draw(FLAGS) else [points[0]] * 3))


NUMBERS = (
    st.integers(-(10**40), 10**40) | st.decimals(allow_nan=False, allow_infinity=False) | st.just(Decimal("1E+20"))
)
PLAIN = st.recursive(
    st.none() | FLAGS | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
COMMON: dict[str, Any] = {
    "id": st.just("") | IDS, "title": LABELS, "mandatory": FLAGS, "remembers": FLAGS, "owner": st.just("") | IDS,
}  # fmt: skip
CRITERIA = some(
    st.one_of(
        st.builds(Done, element=IDS, **COMMON),
        st.builds(Delivered, deliverable=IDS, **COMMON),
        st.builds(FactHolds, expression=TEXTS | st.just("gross_margin >= 0.15 and grade in ('A', 'B')"), **COMMON),
        st.builds(RiskLimit, open_at_least=st.sampled_from(RiskLevel), allowed=st.integers(0, 3), **COMMON),
        st.builds(
            PluginCriterion, name=TEXTS, parameters=st.dictionaries(TEXTS, PLAIN, max_size=3).map(freeze), **COMMON
        ),
    )
)
SOME_TIME = st.builds(WorkDuration, st.integers(1, 9999) | st.just(10**9), FLAGS)
LIMITS = st.none() | SOME_TIME
TOLD = st.lists(IDS, min_size=1, max_size=2)
RUNGS = st.one_of(
    st.builds(Rung, share=st.decimals("0.001", 1000, places=3), tell=TOLD),
    st.builds(Rung, used=SOME_TIME, tell=TOLD),
    st.builds(Rung, overdue=SOME_TIME, tell=TOLD),
)
LADDERS = some(RUNGS)
ACTIVITIES = st.builds(
    Activity, id=IDS, title=LABELS, what=LABELS, duration=st.none() | estimates(), raci=RACI, after=AFTER, when=TEXTS,
    continuous=FLAGS, every=st.none() | st.builds(WorkDuration, st.integers(1, 9999), FLAGS), inputs=ROLE_IDS,
    outputs=ROLE_IDS, calendar=TEXTS, time_limit=LIMITS, escalation=st.none() | LADDERS, mandatory=FLAGS,
    source=SOURCES,
)  # fmt: skip


@st.composite
def decisions(draw: st.DrawFn) -> DecisionRule:
    kind = draw(st.sampled_from(RuleKind))
    return DecisionRule(
        roles=draw(ROLE_IDS),
        kind=kind,
        quorum=draw(st.integers(1, 9)) if kind is RuleKind.QUORUM else 0,
        chair=draw(IDS) if kind is RuleKind.CHAIR else "",
        veto=draw(ROLE_IDS),
        weighted=draw(st.integers(1, 9)) if kind is RuleKind.WEIGHTED else 0,
        weights=draw(st.dictionaries(IDS, st.integers(1, 9), max_size=2)) if kind is RuleKind.WEIGHTED else {},
    )


ROWS = st.builds(
    AuthorityLimit,
    when=TEXTS.filter(str.strip),
    decided_by=decisions().filter(lambda rule: rule.voting),
    id=st.just("") | IDS,
    title=LABELS,
)
SEPARATIONS = st.builds(
    SeparationRule, st.sampled_from(SeparationKind), st.lists(IDS, min_size=2, max_size=3, unique=True)
)


GATES = st.builds(
    Gate, id=IDS, title=LABELS, what=LABELS, kind=st.sampled_from(GateKind), decided_by=decisions(), criteria=CRITERIA,
    after=AFTER, when=TEXTS, lead_time=SPANS, time_limit=LIMITS, escalation=st.none() | LADDERS,
    recycle_to=st.just("") | IDS, raci=RACI, inputs=ROLE_IDS, mandatory=FLAGS,
    approval_matrix=some(ROWS),
    control_point=FLAGS, source=SOURCES,
)  # fmt: skip


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    order = draw(st.sampled_from(StageOrder))
    return Stage(
        id=draw(IDS), title=draw(LABELS), purpose=draw(LABELS), order=order,
        at_least=draw(st.integers(1, 4)) if order is StageOrder.CHOICE else 1,
        activities=draw(some(ACTIVITIES)), gates=draw(some(GATES)), after=draw(AFTER), when=draw(TEXTS),
        entered_when=draw(st.just("") | IDS), succeeded_when=draw(CRITERIA), mirrors=draw(LABELS),
        mandatory=draw(FLAGS), source=draw(SOURCES),
    )  # fmt: skip


AMOUNTS = st.decimals(min_value="0.01", max_value=10**12, places=2)
PAYMENTS = st.one_of(
    st.builds(Payment, share=st.decimals(min_value="0.001", max_value=1, places=3), due=SPANS),
    st.builds(Payment, amount=AMOUNTS, currency=TEXTS.filter(str.strip), due=SPANS),
)
MILESTONES = st.builds(
    Milestone, id=IDS, title=LABELS, after=some(DEPENDENCIES), criteria=CRITERIA, payments=some(PAYMENTS), when=TEXTS,
    mandatory=FLAGS, source=SOURCES,
)  # fmt: skip
FACT_TYPES = st.one_of(
    st.just(MoneyType("CNY")), st.just(PercentType()), st.just(DateType()), st.just(TextType()), st.just(YesNoType()),
    st.builds(NumberType, TEXTS),
    st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3, unique_by=lambda t: Label(en=t)).map(ChoiceType),
)  # fmt: skip
FACTS = st.builds(Fact, IDS, FACT_TYPES, LABELS, FLAGS, TEXTS)
ROLES = st.builds(
    Role, id=IDS, title=LABELS, abbreviation=TEXTS, aliases=some(LABELS), posts=some(LABELS), duties=some(LABELS),
    external=FLAGS, body=FLAGS, sponsor=FLAGS, first_responsible=FLAGS, legal=FLAGS,
    department=TEXTS, at_most=st.none() | st.integers(1, 9), calendar=TEXTS,
    mandatory=FLAGS, source=SOURCES,
)  # fmt: skip
DELIVERABLES = st.builds(
    Deliverable, id=IDS, title=LABELS, mandatory=FLAGS, source=SOURCES,
    fields=st.lists(st.builds(RequiredField, IDS, LABELS), max_size=3, unique_by=lambda f: f.id),
)  # fmt: skip
MEASURES = st.builds(Measure, id=IDS, title=LABELS, what=LABELS, fact=st.just("") | IDS, target=TEXTS, source=SOURCES)
PRINCIPLES = st.builds(
    Principle, id=IDS, title=LABELS, applies_to=ROLE_IDS, mandatory=FLAGS, source=SOURCES,
    kept_by=some(IDS | TEXTS.filter(lambda t: t.strip() != "" and len(t) <= 100)),
)  # fmt: skip
SHIFTS = some(st.sampled_from([(0, 1), (480, 720), (720, 721), (780, 1020), (1320, 1440)]), 3).map(
    lambda drawn: tuple(sorted(set(drawn)))
)
WEEKS = st.lists(SHIFTS, min_size=7, max_size=7).map(tuple)
NIGHTS = st.sets(st.integers(0, 6), min_size=1).map(lambda on: tuple(((1320, 1800),) * (d in on) for d in range(7)))
DAYS = st.builds(
    lambda first, more: (first, first + timedelta(days=more)),
    st.dates(date(1, 1, 1), date(9989, 1, 1)),
    st.just(0) | st.integers(0, 3659),
)
CALENDARS = st.builds(
    DeclaredCalendar, id=IDS, title=LABELS, base=st.sampled_from(["weekdays", "CN"]) | TEXTS.filter(
        lambda t: t.strip() != "" and len(t) <= 100
    ), time_zone=st.sampled_from(["", "UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires"]),
    hours=st.none() | WEEKS.filter(any) | NIGHTS, closed=some(DAYS), open=some(DAYS), open_hours=SHIFTS,
) | st.builds(
    DeclaredCalendar, id=IDS, hours=st.just(((),) * 7), open=some(DAYS, 3).filter(any), open_hours=st.just(((0, 1440),))
)  # fmt: skip
RULES = st.one_of(
    st.builds(RuleSetting, TEXTS | st.just("LTC310"), st.just(RuleLevel.OFF), TEXTS.filter(str.strip)),
    st.builds(RuleSetting, TEXTS | st.just("LTC322"), st.sampled_from([RuleLevel.ERROR, RuleLevel.WARNING])),
    st.just(RuleSetting("LTC330", "error", " ")),
)


@st.composite
def scales(draw: st.DrawFn) -> RiskScale:
    steps = draw(st.lists(st.decimals("0.001", 1, places=3), min_size=2, max_size=10, unique=True).map(sorted))
    impacts = draw(st.integers(2, 10))
    most = impacts * len(steps)
    medium, high, critical = sorted(draw(st.lists(st.integers(2, most), min_size=3, max_size=3, unique=True)))
    return RiskScale(probabilities=steps, impacts=impacts, medium=medium, high=high, critical=critical)


REGISTERS = st.builds(
    Registers, risk_scale=st.just(RiskScale()) | scales(), changes_decided_by=ROLE_IDS, end_with_open_risks=FLAGS
)


@st.composite
def processes(draw: st.DrawFn) -> Process:
    return Process(
        id=draw(IDS), version=draw(TEXTS.filter(lambda t: len(t.strip()) > 0 and len(t) <= 100)), title=draw(LABELS),
        purpose=draw(LABELS), scope=draw(LABELS), family=draw(TEXTS), facts=draw(some(FACTS)), roles=draw(some(ROLES)),
        separation_of_duties=draw(some(ROLE_IDS)), binding_of_duties=draw(some(ROLE_IDS)),
        separation_rules=draw(some(SEPARATIONS)), assigned_by=draw(ROLE_IDS),
        deliverables=draw(some(DELIVERABLES)), stages=draw(some(stages())), milestones=draw(some(MILESTONES)),
        measures=draw(some(MEASURES)), principles=draw(some(PRINCIPLES)),
        rules=draw(some(RULES)), calendar=draw(TEXTS), calendars=draw(some(CALENDARS)),
        escalation=draw(LADDERS), registers=draw(REGISTERS), gaps=draw(some(LABELS)), source=draw(SOURCES),
    )  # fmt: skip


VALIDATOR = jsonschema.Draft202012Validator(schema())


@laws
@given(processes())
def test_what_is_written_reads_back_equal(process: Process) -> None:
    text = dumps(process)
    assert loads(text) == process
    assert dumps(loads(text.encode())) == text


@laws
@given(processes())
def test_json_reads_back_equal_and_is_json(process: Process) -> None:
    text = json_text(to_data(process))
    assert loads(text) == process
    if not _has_decimals(json.loads(text, parse_float=Decimal)):  # the standard library cannot write those exactly
        assert loads(json.dumps(json.loads(text), ensure_ascii=True)) == process


def _has_decimals(data: Any) -> bool:
    if isinstance(data, dict | list):
        return any(_has_decimals(value) for value in (data.values() if isinstance(data, dict) else data))
    return isinstance(data, Decimal)


@laws
@given(processes())
def test_other_yaml_readers_see_the_same_texts(process: Process) -> None:
    """An independent oracle: PyYAML's own YAML 1.1 loader reads the same data out of what we write."""
    data = json.loads(json_text(to_data(process)), parse_float=Decimal)
    assert _texts(yaml.load(dumps(process), Loader=yaml.CSafeLoader)) == _texts(data)


def _texts(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _texts(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_texts(value) for value in data]
    return data if isinstance(data, str | bool | None) else "a number"


@laws
@given(processes(), processes())
def test_fingerprints_are_equal_exactly_when_the_processes_are(one: Process, other: Process) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)
    assert fingerprint(loads(dumps(one))) == fingerprint(one) == fingerprint(pickle.loads(pickle.dumps(one)))


@laws
@given(processes(), st.data())
def test_a_change_of_any_field_changes_the_fingerprint(process: Process, data: st.DataObject) -> None:
    other = data.draw(processes())
    names = [field.name for field in attrs.fields(Process)]
    name = data.draw(st.sampled_from(names))
    changed = attrs.evolve(process, **{name: getattr(other, name)})
    assert (fingerprint(changed) == fingerprint(process)) == (getattr(process, name) == getattr(other, name))


@laws
@given(processes())
def test_what_is_written_satisfies_the_schema(process: Process) -> None:
    data = json.loads(json_text(to_data(process)))
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@laws
@given(processes(), st.data())
def test_a_broken_file_is_refused_by_reader_and_schema_alike(process: Process, data: st.DataObject) -> None:
    """Put another kind of value into a valid file: what the reader calls structure, the schema sees."""
    whole = json.loads(json_text(to_data(process)))
    spots = list(_spots(whole))
    assume(spots)
    where, key = data.draw(st.sampled_from(spots))
    broken = copy.deepcopy(whole)
    holder = broken
    for step in where:
        holder = holder[step]
    holder[key] = data.draw(st.sampled_from([None, True, 7, 0.5, "no such word", [], {}, [[]], {"zz": 1}, ["B ad"]]))
    reading = read(json.dumps(broken))
    structural = {f.code for f in reading.findings} & {"LTC111", "LTC112", "LTC113", "LTC114", "LTC118"}
    if structural:
        assert not VALIDATOR.is_valid(broken), (where, key, reading.findings)
    if reading.process is not None:
        assert VALIDATOR.is_valid(broken), (where, key, [e.message for e in VALIDATOR.iter_errors(broken)])


def _spots(data: Any, where: tuple[Any, ...] = ()) -> Any:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(items):
        yield where, key
        yield from _spots(value, (*where, key))


SIGNS = st.sampled_from([*"?,[]{}:#&*!|>%@`'\"-.~=<", ": ", " #", "? "])


@laws
@given(st.sampled_from(["a", "b0", "0", "标"]), SIGNS, st.sampled_from(["", "a", " b", "标"]))
def test_any_text_on_a_line_in_flow_is_what_another_reader_takes(before: str, sign: str, after: str) -> None:
    """PyYAML is the oracle: a text in brackets or braces must not end where it sees a question mark or a comma."""
    text = f"{before}{sign}{after}"
    line = flow_text({"key": [text, {text: text}]})
    assert yaml.safe_load(line) == {"key": [text, {text: text}]}, line
