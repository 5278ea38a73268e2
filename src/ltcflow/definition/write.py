"""Process to plain data, in the words and the order of the definition file; what is left out is the default."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from ltcflow.conditions import ChoiceType, Fact, MoneyType, NumberType
from ltcflow.definition.emit import LONGEST_KEY, Flow
from ltcflow.definition.grammar import VERSION
from ltcflow.definition.parameters import plain_parameters
from ltcflow.definition.registers import registers_data
from ltcflow.definition.shapes import plain_label
from ltcflow.definition.spans import duration, ladder, limit
from ltcflow.labels import Label, Source
from ltcflow.process import Process, RuleLevel, RuleSetting, kind_of
from ltcflow.roles import LETTERS, Raci, Role
from ltcflow.stages import (
    Activity,
    AnyCriterion,
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
    RiskLimit,
    RuleKind,
    Stage,
    StageOrder,
)
from ltcflow.worktime import ZERO, DeclaredCalendar, WorkDuration
from ltcflow.worktime.hours import range_text, shift_text, week_texts

Data = dict[str, Any]


def to_data(process: Process) -> Data:
    """Return *process* as plain data, as a definition file holds it: reading it gives an equal process."""
    writer = _Writer(process)
    p = process
    return _some(
        ltcflow=VERSION,
        process=p.id,
        version=p.version,
        title=label(p.title),
        purpose=label(p.purpose),
        scope=label(p.scope),
        family=p.family,
        calendar=p.calendar,
        calendars=_named(p.calendars, "calendar", _calendar),
        facts=_named(p.facts, "fact", _fact),
        roles=_named(p.roles, "role", _role),
        separation_of_duties=[Flow(list(roles)) for roles in p.separation_of_duties],
        binding_of_duties=[Flow(list(roles)) for roles in p.binding_of_duties],
        separation_rules=[Flow({rule.kind.value: list(rule.names)}) for rule in p.separation_rules],
        assigned_by=Flow(list(p.assigned_by)) if p.assigned_by else None,
        deliverables=_named(p.deliverables, "deliverable", _deliverable),
        stages=[writer.stage(stage) for stage in p.stages],
        milestones=_named(p.milestones, "milestone", writer.milestone),
        measures=_named(p.measures, "measure", _measure),
        principles=_named(p.principles, "principle", _principle),
        rules=_rules(p.rules),
        escalation=ladder(p.escalation),
        registers=registers_data(p.registers),
        gaps=[label(gap) for gap in p.gaps],
        source=source(p.source),
    )


def _some(**values: Any) -> Data:
    """Return *values* without those that say nothing: None, "", False, and empty collections."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", False, [], {})}


def label(value: Label) -> Any:
    """Return a label: "" for none, a text where that reads back as the same label, else zh and en."""
    text = plain_label(value)
    return text if text is not None else Flow({k: v for k, v in (("zh", value.zh), ("en", value.en)) if v})


def _titled(value: Label) -> Data:
    text = plain_label(value)
    return _some(title=text) if text is not None else _some(zh=value.zh, en=value.en)


def source(value: Source | None) -> Any:
    """Return a source, None for none."""
    if value is None:
        return None
    lines = [
        int(line) if line.isascii() and line.isdigit() and str(int(line)) == line else line for line in value.lines
    ]
    return Flow(_some(lines=lines, inferred=value.inferred, note=value.note))


def _unless(value: WorkDuration, default: WorkDuration = ZERO) -> str | None:
    return None if value == default else duration(value)


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_HasId)


def _named(values: Iterable[T], key: str, data: Callable[[T], Data]) -> Any:
    """Return *values* by id; as a list where an id is there twice."""
    kept = tuple(values)
    if len({value.id for value in kept}) == len(kept):
        return {value.id: _short(value, data(value)) for value in kept}
    return [{key: value.id, **data(value)} for value in kept]


def _short(value: object, data: Data) -> Any:
    """Return *data* in short: a title alone for a role or deliverable, on one line for facts as well."""
    if isinstance(value, Role | Deliverable | Measure | Principle) and list(data) == ["title"]:
        return data["title"]
    return Flow(data) if isinstance(value, Fact | Role | Deliverable | Measure | Principle) else data


def _fact(fact: Fact) -> Data:
    kind = fact.type
    words = {"MoneyType": "money", "PercentType": "percent", "ChoiceType": "choice", "NumberType": "number"}
    words |= {"DateType": "date", "TextType": "text", "YesNoType": "yes_no"}
    return _some(
        type=words[type(kind).__name__],
        currency=kind.currency if isinstance(kind, MoneyType) else None,
        of=Flow(list(kind.of)) if isinstance(kind, ChoiceType) else None,
        unit=kind.unit if isinstance(kind, NumberType) else None,
        **_titled(fact.title),
        owner=fact.owner,
        mandatory=fact.mandatory,
    )


def _role(role: Role) -> Data:
    return _some(
        **_titled(role.title),
        abbreviation=role.abbreviation,
        aliases=[label(alias) for alias in role.aliases],
        posts=[label(post) for post in role.posts],
        duties=[label(duty) for duty in role.duties],
        external=role.external,
        body=role.body,
        sponsor=role.sponsor,
        first_responsible=role.first_responsible,
        legal=role.legal,
        department=role.department,
        at_most=role.at_most,
        calendar=role.calendar,
        mandatory=role.mandatory,
        source=source(role.source),
    )


def _deliverable(value: Deliverable) -> Data:
    titled = any(field.title for field in value.fields)
    names: Any = {f.id: label(f.title) for f in value.fields} if titled else Flow([f.id for f in value.fields])
    return _some(
        **_titled(value.title),
        fields=names if value.fields else None,
        mandatory=value.mandatory,
        source=source(value.source),
    )


def _measure(value: Measure) -> Data:
    return _some(
        **_titled(value.title),
        what=label(value.what),
        fact=value.fact,
        target=value.target,
        source=source(value.source),
    )


def _principle(value: Principle) -> Data:
    return _some(
        **_titled(value.title),
        applies_to=Flow(list(value.applies_to)) if value.applies_to else None,
        kept_by=Flow(list(value.kept_by)) if value.kept_by else None,
        mandatory=value.mandatory,
        source=source(value.source),
    )


def _calendar(value: DeclaredCalendar) -> Data:
    week = {days: Flow(shifts) for days, shifts in week_texts(value.hours or ()).items()}
    return _some(
        **_titled(value.title),
        base=value.base if value.base != "weekdays" else None,
        time_zone=value.time_zone,
        hours=None if value.hours is None else week or Flow({}),
        closed=Flow([range_text(days) for days in value.closed]) if value.closed else None,
        open=Flow([range_text(days) for days in value.open]) if value.open else None,
        open_hours=Flow([shift_text(shift) for shift in value.open_hours]) if value.open_hours else None,
    )


def _rules(rules: tuple[RuleSetting, ...]) -> Any:
    def one(rule: RuleSetting) -> Any:
        return Flow({"off": rule.reason}) if rule.level is RuleLevel.OFF else rule.level.value

    names = [rule.code for rule in rules]
    plain = all(rule.level is RuleLevel.OFF or not rule.reason for rule in rules)
    if plain and len(set(names)) == len(names) and all(len(name) <= LONGEST_KEY for name in names):
        return {rule.code: one(rule) for rule in rules}
    return [Flow({"rule": r.code, "level": r.level.value, **_some(reason=r.reason)}) for r in rules]


def _raci(raci: Raci) -> Any:
    duties = {letter: list(raci.by_letter(letter)) for letter in LETTERS}
    return (
        Flow({key: roles[0] if len(roles) == 1 else roles for key, roles in duties.items() if roles}) if raci else None
    )


def _estimate(value: Duration | None) -> Any:
    if value is None:
        return None
    if value.fixed:
        return duration(value.likely)
    points = ("optimistic", value.optimistic), ("likely", value.likely), ("pessimistic", value.pessimistic)
    return Flow({name: duration(point) for name, point in points})


def _decided_by(rule: DecisionRule) -> Any:
    if rule == DecisionRule(roles=rule.roles):
        return Flow(list(rule.roles)) if rule.roles else None
    said = {RuleKind.QUORUM: rule.quorum, RuleKind.CHAIR: rule.chair, RuleKind.WEIGHTED: rule.weighted}
    kind: Any = said.get(rule.kind, True)
    word = rule.kind.value
    more = _some(weights=dict(rule.weights), veto=list(rule.veto))
    how: Any = word if kind is True and not rule.veto else {word: kind, **more}
    return Flow({"roles": list(rule.roles), "rule": how})


def _limit(row: AuthorityLimit) -> Data:
    rest = _some(id=row.id, title=label(row.title))
    return {"when": row.when, "decided_by": _decided_by(row.decided_by), **rest}


def _criterion(criterion: AnyCriterion) -> Any:
    head: Data
    match criterion:
        case Done():
            head = {"done": criterion.element}
        case Delivered():
            head = {"delivered": criterion.deliverable}
        case FactHolds():
            head = {"fact": criterion.expression}
        case RiskLimit():
            head = {"risk": Flow({"open_at_least": criterion.open_at_least.value, "allowed": criterion.allowed})}
        case PluginCriterion():
            parameters = plain_parameters(criterion.parameters)
            head = {"plugin": criterion.name, **({"with": Flow(parameters)} if parameters else {})}
    rest = _some(
        id=criterion.id,
        title=label(criterion.title),
        mandatory=criterion.mandatory,
        remembers=criterion.remembers,
        owner=criterion.owner,
    )
    return {**head, **rest}


def _payment(payment: Payment) -> Any:
    return Flow(_some(share=payment.share, amount=payment.amount, currency=payment.currency, due=_unless(payment.due)))


def _given(after: tuple[Any, ...] | None) -> Data:
    """Return ``after`` when it was given, be it empty."""
    return {} if after is None else {"after": Flow(list(after))}


class _Writer:
    """Writes what needs the process around it: a dependency names the kind of what it waits for."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def after(self, dependencies: tuple[Dependency, ...] | None) -> Data:
        """Return the key ``after``, if any."""
        return _given(None if dependencies is None else tuple(self.dependency(d) for d in dependencies))

    def dependency(self, value: Dependency) -> Any:
        """Return one dependency: its id when that says all."""
        if value.type is DependencyType.FS and value.lag == ZERO:
            return value.on
        element = self.process.find(value.on)
        kind = kind_of(element) if element is not None else "on"
        key = kind if kind in ("activity", "gate", "stage", "milestone") else "on"
        typed = {"type": value.type.value} if value.type is not DependencyType.FS else {}
        return {key: value.on, **typed, **_some(lag=_unless(value.lag))}

    def stage(self, stage: Stage) -> Data:
        """Return one stage."""
        return {
            "stage": stage.id,
            **_some(
                title=label(stage.title),
                purpose=label(stage.purpose),
                mirrors=label(stage.mirrors),
                order=None if stage.order is StageOrder.SEQUENCE else stage.order.value,
                at_least=None if stage.at_least == 1 else stage.at_least,
            ),
            **self.after(stage.after),
            **_some(
                when=stage.when,
                entered_when=stage.entered_when,
                succeeded_when=[_criterion(c) for c in stage.succeeded_when],
                mandatory=stage.mandatory,
                source=source(stage.source),
                activities=[self.activity(activity) for activity in stage.activities],
                gates=[self.gate(gate) for gate in stage.gates],
            ),
        }

    def activity(self, activity: Activity) -> Data:
        """Return one activity."""
        return {
            "activity": activity.id,
            **_some(
                title=label(activity.title),
                what=label(activity.what),
                duration=_estimate(activity.duration),
                raci=_raci(activity.raci),
            ),
            **self.after(activity.after),
            **_some(
                when=activity.when,
                continuous=activity.continuous,
                every=None if activity.every is None else duration(activity.every),
                **{"in": Flow(list(activity.inputs)) if activity.inputs else None},
                out=Flow(list(activity.outputs)) if activity.outputs else None,
                calendar=activity.calendar,
            ),
            **limit(activity),
            **_some(
                mandatory=activity.mandatory,
                source=source(activity.source),
            ),
        }

    def gate(self, gate: Gate) -> Data:
        """Return one gate."""
        return {
            "gate": gate.id,
            **_some(
                title=label(gate.title),
                what=label(gate.what),
                kind=None if gate.kind is GateKind.DECISION else gate.kind.value,
                decided_by=_decided_by(gate.decided_by),
                approval_matrix=[_limit(row) for row in gate.approval_matrix],
                raci=_raci(gate.raci),
                **{"in": Flow(list(gate.inputs)) if gate.inputs else None},
            ),
            **self.after(gate.after),
            **_some(
                when=gate.when,
                lead_time=_unless(gate.lead_time),
            ),
            **limit(gate),
            **_some(
                criteria=[_criterion(c) for c in gate.criteria],
                recycle_to=gate.recycle_to,
                mandatory=gate.mandatory,
            ),
            **({} if gate.control_point else {"control_point": False}),
            **_some(source=source(gate.source)),
        }

    def milestone(self, milestone: Milestone) -> Data:
        """Return one milestone, without its id."""
        return {
            **_some(title=label(milestone.title)),
            **(self.after(milestone.after) if milestone.after else {}),
            **_some(
                when=milestone.when,
                criteria=[_criterion(c) for c in milestone.criteria],
                payments=[_payment(p) for p in milestone.payments],
                mandatory=milestone.mandatory,
                source=source(milestone.source),
            ),
        }
