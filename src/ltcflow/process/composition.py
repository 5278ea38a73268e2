"""Composition: several processes become one, one after the other or side by side.

What they share is what has the same id: roles, facts and deliverables are merged, so that a deliverable that one part
leaves behind is the one that the next part reads. Stages, activities, gates and milestones must differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

import attrs

from ltcflow.conditions import Fact
from ltcflow.errors import InvalidValue
from ltcflow.findings import DefinitionError, Finding
from ltcflow.labels import NO_LABEL, Label, Source, as_label
from ltcflow.names import LONGEST
from ltcflow.process.limits import own_ladders
from ltcflow.process.registers import NO_REGISTERS
from ltcflow.process.value import Process, RuleLevel, RuleSetting, kind_of
from ltcflow.roles import LabelLike, Role
from ltcflow.stages import Deliverable, Dependency, DependencyType, Measure, Milestone, Principle, RequiredField, Stage
from ltcflow.worktime import DeclaredCalendar

CODES: Mapping[str, str] = MappingProxyType(
    {
        "LTC130": "two parts declare the same id in ways that do not go together",
        "LTC131": "two parts declare an element of the same id",
    }
)
"""The codes of composition, with what each means."""

T = TypeVar("T", Fact, Role, Deliverable, Measure, Principle, DeclaredCalendar)


def compose(
    *parts: Process, id: str = "", title: LabelLike = NO_LABEL, version: str = "1.0", purpose: LabelLike = NO_LABEL
) -> Process:
    """Return the process that runs *parts* one after the other: each begins when the one before it has ended.

    Stages of a part that wait for nothing now wait for the stages and milestones that end the part before. Roles,
    facts, deliverables, measures and principles with one id are one: titles and fields come from the first part that
    has them, duties and aliases of all are kept. Of two settings of a rule the stricter counts, and one is off only
    where all parts switch it off; the source names the lines of all parts. The result is a process like any other:
    `ltcflow.check` judges it.

    Args:
        id, title: of the result; made from those of the parts when left out.
    Raises:
        DefinitionError: parts that do not go together; every clash is in ``findings`` (LTC130, LTC131).
        InvalidValue: there are no parts.
    Cost: O(elements of all parts).

    Example:
        >>> from ltcflow import builder as b
        >>> sell = b.process("sell", stages=[b.stage("bid"), b.stage("sign")])
        >>> collect = b.process("collect", stages=[b.stage("invoice")])
        >>> both = sell >> collect
        >>> both.id, [d.on for d in both.stage("invoice").after]
        ('sell_then_collect', ['sign'])
    """
    composed = _joined(parts, "_then_", " → ", _one_after_the_other)
    return _named(composed, id, title, version, purpose)


def side_by_side(
    *parts: Process, id: str = "", title: LabelLike = NO_LABEL, version: str = "1.0", purpose: LabelLike = NO_LABEL
) -> Process:
    """Return the process that runs *parts* at the same time: each begins with the process.

    Everything else is as in `compose`; ``a | b`` is the short form.

    Example:
        >>> from ltcflow import builder as b
        >>> tracks = b.process("buy", stages=[b.stage("order")]) | b.process("ship", stages=[b.stage("load")])
        >>> [stage.after for stage in tracks.stages]
        [None, ()]
    """
    return _named(_joined(parts, "_with_", " + ", _at_the_same_time), id, title, version, purpose)


def _named(process: Process, id: str, title: LabelLike, version: str, purpose: LabelLike) -> Process:
    return attrs.evolve(
        process,
        version=version,
        id=id or process.id,
        title=as_label(title) or process.title,
        purpose=as_label(purpose) or process.purpose,
    )


_Link = Callable[[tuple[str, ...], Process], Process]


def _joined(parts: tuple[Process, ...], between: str, sign: str, link: _Link) -> Process:
    if not parts:
        raise InvalidValue(field="parts", value="()", problem="are none.", remedy="Give at least one process.")
    findings = [*_double(parts), *(f for clash in _CLASHES for f in clash(parts)), *_calendar_clash(parts)]
    if findings:
        raise DefinitionError(findings=findings)
    alike = all(part.escalation == parts[0].escalation for part in parts)
    parts = parts if alike else tuple(own_ladders(part) for part in parts)
    first, *rest = parts
    linked, ended = [first], ends(first)
    for part in rest:
        linked.append(link(ended, part))
        ended = ends(part) or ended
    if len(parts) == 1:
        return first
    return Process(
        id=between.join(part.id for part in parts)[:LONGEST].rstrip("_"),
        title=_join_labels([part.title for part in parts], sign),
        family=first.family if len({part.family for part in parts}) == 1 else "",
        facts=_merged((part.facts for part in parts), _fact),
        roles=_merged((part.roles for part in parts), _role),
        separation_of_duties=_unique(part.separation_of_duties for part in parts),
        binding_of_duties=_unique(part.binding_of_duties for part in parts),
        separation_rules=_unique(part.separation_rules for part in parts),
        assigned_by=tuple(dict.fromkeys(role for part in parts for role in part.assigned_by)),
        deliverables=_merged((part.deliverables for part in parts), _deliverable),
        stages=[stage for part in linked for stage in part.stages],
        milestones=[milestone for part in linked for milestone in part.milestones],
        measures=_merged((part.measures for part in parts), _first),
        principles=_merged((part.principles for part in parts), _principle),
        rules=_rules(parts),
        calendar=next((part.calendar for part in parts if part.calendar), ""),
        calendars=_merged((part.calendars for part in parts), _first),
        escalation=first.escalation if alike else (),
        registers=next((part.registers for part in parts if part.registers != NO_REGISTERS), NO_REGISTERS),
        gaps=_unique(part.gaps for part in parts),
        source=_source(part.source for part in parts),
    )


def _join_labels(labels: list[Label], sign: str) -> Label:
    zh = [label.text("zh") for label in labels]
    en = [label.text("en") for label in labels]
    return Label(zh=sign.join(zh) if all(zh) else "", en=sign.join(en) if all(en) else "")


U = TypeVar("U")


def _unique(values: Iterable[Iterable[U]]) -> list[U]:
    return list(dict.fromkeys(value for several in values for value in several))


def _source(sources: Iterable[Source | None]) -> Source | None:
    known = [source for source in sources if source is not None]
    notes = {source.note for source in known}
    lines = _unique(source.lines for source in known)
    inferred = any(source.inferred for source in known)
    return Source(lines=lines, inferred=inferred, note=notes.pop() if len(notes) == 1 else "") if known else None


def _merged(values: Iterable[Iterable[T]], merge: Callable[[T, T], T]) -> list[T]:
    found: dict[str, T] = {}
    for several in values:
        for value in several:
            found[value.id] = merge(found[value.id], value) if value.id in found else value
    return list(found.values())


def _first(one: T, _other: T) -> T:
    return one


def _fact(one: Fact, other: Fact) -> Fact:
    return attrs.evolve(
        one,
        title=one.title or other.title,
        mandatory=one.mandatory or other.mandatory,
        owner=one.owner or other.owner,
    )


def _role(one: Role, other: Role) -> Role:
    titled = one.title or other.title
    named = [label for label in (*one.aliases, other.title, *other.aliases) if label and label != titled]
    limits = [limit for limit in (one.at_most, other.at_most) if limit is not None]
    return attrs.evolve(
        one,
        title=titled,
        abbreviation=one.abbreviation or other.abbreviation,
        aliases=dict.fromkeys(named),
        posts=dict.fromkeys((*one.posts, *other.posts)),
        duties=dict.fromkeys((*one.duties, *other.duties)),
        sponsor=one.sponsor or other.sponsor,
        first_responsible=one.first_responsible or other.first_responsible,
        legal=one.legal or other.legal,
        department=one.department or other.department,
        at_most=min(limits) if limits else None,
        calendar=one.calendar or other.calendar,
        mandatory=one.mandatory or other.mandatory,
    )


def _deliverable(one: Deliverable, other: Deliverable) -> Deliverable:
    fields: dict[str, RequiredField] = {}
    for field in (*one.fields, *other.fields):
        kept = fields.setdefault(field.id, field)
        if not kept.title and field.title:
            fields[field.id] = field
    return attrs.evolve(
        one, title=one.title or other.title, fields=fields.values(), mandatory=one.mandatory or other.mandatory
    )


def _principle(one: Principle, other: Principle) -> Principle:
    return attrs.evolve(
        one,
        applies_to=(*one.applies_to, *other.applies_to) if one.applies_to and other.applies_to else (),
        kept_by=(*one.kept_by, *other.kept_by),
        mandatory=one.mandatory or other.mandatory,
    )


_WEIGHT = {RuleLevel.OFF: 0, RuleLevel.WARNING: 1, RuleLevel.ERROR: 2}


def _rules(parts: tuple[Process, ...]) -> list[RuleSetting]:
    """The stricter setting of each rule; one stays off only where every part switches it off."""
    found: dict[str, RuleSetting] = {}
    for rule in (rule for part in parts for rule in part.rules):
        if rule.level is RuleLevel.OFF and not all(_off(part, rule.code) for part in parts):
            continue
        kept = found.get(rule.code)
        if kept is None or _WEIGHT[rule.level] > _WEIGHT[kept.level]:
            found[rule.code] = rule
    return list(found.values())


def _off(process: Process, code: str) -> bool:
    return any(rule.code == code and rule.level is RuleLevel.OFF for rule in process.rules)


_FROM_FINISH = (DependencyType.FS, DependencyType.FF)


def ends(process: Process) -> tuple[str, ...]:
    """Return what ends *process*: stages and milestones whose end no other stage or milestone waits for."""
    waited: set[str] = set()
    before: Stage | None = None
    for stage in process.stages:
        if stage.after is None and before is not None:
            waited.add(before.id)
        waited |= {d.on for d in stage.after or () if d.type in _FROM_FINISH and d.lag.minutes >= 0}
        before = stage
    stages = [stage.id for stage in process.stages if stage.id not in waited]
    by_milestones = (d for milestone in process.milestones for d in milestone.after)
    waited |= {d.on for d in by_milestones if d.type in _FROM_FINISH and d.lag.minutes >= 0}
    return (*stages, *(milestone.id for milestone in process.milestones if milestone.id not in waited))


def _one_after_the_other(ended: tuple[str, ...], part: Process) -> Process:
    return _starting(part, tuple(Dependency(name) for name in ended))


def _at_the_same_time(_ended: tuple[str, ...], part: Process) -> Process:
    return _starting(part, ())


def _held(after: tuple[Dependency, ...]) -> bool:
    """Say whether one of *after* holds the beginning back, with no lead that would let it come before."""
    return any(d.type in (DependencyType.FS, DependencyType.SS) and d.lag.minutes >= 0 for d in after)


def _starting(part: Process, wait: tuple[Dependency, ...]) -> Process:
    """Return *part* with the stages and milestones that wait for nothing waiting for *wait*."""

    def begin(stage: Stage, first: bool) -> Stage:
        free = first if stage.after is None else not _held(stage.after)
        return attrs.evolve(stage, after=(*(stage.after or ()), *wait)) if free else stage

    def reach(milestone: Milestone) -> Milestone:
        return milestone if _held(milestone.after) else attrs.evolve(milestone, after=(*milestone.after, *wait))

    stages = [begin(stage, i == 0) for i, stage in enumerate(part.stages)]
    return attrs.evolve(part, stages=stages, milestones=[reach(m) for m in part.milestones])


def _double(parts: tuple[Process, ...]) -> list[Finding]:
    seen: dict[str, tuple[Process, str]] = {}
    found: list[Finding] = []
    for part in parts:
        for element in {e.id: e for e in part.elements()}.values():
            kind = kind_of(element)
            first, first_kind = seen.setdefault(element.id, (part, kind))
            if first is part or kind == first_kind == "deliverable":
                continue
            new = f"{part.id}_{element.id}"
            all_of_it = f"prefixed({part.id}, '{part.id}_')"
            every = (
                (f"; or all of it: {all_of_it}", f";或整体加前缀:{all_of_it}") if kind != "deliverable" else ("", "")
            )
            found.append(
                Finding(
                    code="LTC131",
                    where=element.id,
                    problem=f"is {_a(first_kind)} of '{first.id}' and {_a(kind)} of '{part.id}'.",
                    remedy=f"Rename one before: rename({part.id}, {{'{element.id}': '{new}'}}){every[0]}.",
                    problem_zh=f"在 {first.id} 和 {part.id} 中都有声明。",
                    remedy_zh=f"请先改名:rename({part.id}, {{'{element.id}': '{new}'}}){every[1]}。",
                    witness=(first.id, part.id),
                )
            )
    return found


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "activity" else f"a {kind}"


def _clashes(
    kind: str, values: Callable[[Process], Iterable[T]], what: Callable[[T, T], str]
) -> Callable[[tuple[Process, ...]], list[Finding]]:
    def find(parts: tuple[Process, ...]) -> list[Finding]:
        seen: dict[str, tuple[Process, T]] = {}
        found: list[Finding] = []
        for part in parts:
            for value in values(part):
                first, one = seen.setdefault(value.id, (part, value))
                difference = what(one, value)
                if difference:
                    found.append(_clash(kind, value.id, difference, first.id, part.id))
        return found

    return find


def _clash(kind: str, name: str, difference: str, first: str, second: str) -> Finding:
    return Finding(
        code="LTC130",
        where=f"{kind}.{name}",
        problem=f"is declared in '{first}' and in '{second}' with different {difference}.",
        remedy="Declare it alike in both, or give one of them another id.",
        problem_zh=f"在 {first} 和 {second} 中的声明不一致({difference})。",
        remedy_zh="请使两处声明一致,或改用不同的标识。",
        witness=(first, second),
    )


def _calendar_clash(parts: tuple[Process, ...]) -> list[Finding]:
    named = [part for part in parts if part.calendar]
    other = next((part for part in named if part.calendar != named[0].calendar), None)
    if other is None:
        return []
    first = named[0]
    return [
        Finding(
            code="LTC130",
            where="calendar",
            problem=f"is '{first.calendar}' in '{first.id}' and '{other.calendar}' in '{other.id}'.",
            remedy="Give both the same calendar, or one of them none.",
            problem_zh=f"在 {first.id} 中为 {first.calendar},在 {other.id} 中为 {other.calendar}。",
            remedy_zh="请使两者一致,或去掉其中一个。",
            witness=(first.id, other.id),
        )
    ]


def _differing(*fields: str) -> Callable[[T, T], str]:
    def what(one: T, other: T) -> str:
        return " and ".join(name for name in fields if getattr(one, name) != getattr(other, name))

    return what


_CLASHES: tuple[Callable[[tuple[Process, ...]], list[Finding]], ...] = (
    _clashes("facts", lambda process: process.facts, _differing("type")),
    _clashes("roles", lambda process: process.roles, _differing("external", "body")),
    _clashes("measures", lambda process: process.measures, _differing("fact", "target")),
    _clashes(
        "calendars",
        lambda process: process.calendars,
        _differing("base", "hours", "closed", "open", "open_hours", "time_zone"),
    ),
)
