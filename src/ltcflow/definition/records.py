"""Shapes made of shapes: lists, choices of shapes, mappings with known keys, mappings from ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, Protocol

import attrs

from ltcflow.definition import codes, slips
from ltcflow.definition.nodes import ListNode, MapNode, Node, TextNode
from ltcflow.definition.report import Both, Report, clip, step
from ltcflow.definition.shapes import BAD, Ident
from ltcflow.definition.translate import chinese
from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.names import is_id


class Shape(Protocol):
    """What every shape can do."""

    @property
    def what(self) -> Both: ...
    @property
    def example(self) -> str: ...
    def accepts(self, node: Node) -> bool:
        """Say whether *node* is of the right kind; its content may still be wrong."""

    def read(self, node: Node, where: str, report: Report) -> Any:
        """Return the value of *node*, or BAD after reporting."""


@attrs.frozen(kw_only=True)
class ListOf:
    """A list; *one*: a single text may stand for a list of one."""

    item: Shape
    one: bool = False
    what: Both = ("a list", "列表")
    example: str

    def accepts(self, node: Node) -> bool:
        return isinstance(node, ListNode) or (self.one and isinstance(node, TextNode))

    def read(self, node: Node, where: str, report: Report) -> Any:
        if self.one and isinstance(node, TextNode) and node.value is not None:
            items: tuple[Node, ...] = (node,)
            several = slips.several_ids(node.text) if _of_ids(self.item) else None
            if several is not None:
                problem = (
                    f"{clip(node.text)} is not a snake_case id.",
                    f"{clip(node.text)} 不是 snake_case 形式的标识。",
                )
                report.add(codes.BAD_ID, where, node, problem, several)
                return BAD
        elif isinstance(node, ListNode):
            items = node.items
        else:
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        values = [self._item(item, i, where, report) for i, item in enumerate(items)]
        return BAD if any(value is BAD for value in values) else tuple(values)

    def _item(self, node: Node, position: int, where: str, report: Report) -> Any:
        if isinstance(self.item, Record):
            place, name = self.item.subject(node)
            path = f"{where}.{name}" if name else f"{where}[{position}]"
            report.mark(f"{where}[{position}]", place)
        else:
            place, path = subject_of(self.item, node), f"{where}[{position}]"
        report.mark(path, place)
        return self.item.read(node, path, report)


@attrs.frozen(kw_only=True)
class Either:
    """The first of several shapes that takes a node of this kind."""

    shapes: tuple[Shape, ...]

    @property
    def what(self) -> Both:
        return " or ".join(s.what[0] for s in self.shapes), "或".join(s.what[1] for s in self.shapes)

    @property
    def example(self) -> str:
        return " | ".join(s.example for s in self.shapes)

    def accepts(self, node: Node) -> bool:
        return any(shape.accepts(node) for shape in self.shapes)

    def read(self, node: Node, where: str, report: Report) -> Any:
        for shape in self.shapes:
            if shape.accepts(node):
                return shape.read(node, where, report)
        report.wrong_type(node, where, self.what, self.example)
        return BAD


@attrs.frozen(kw_only=True)
class Key:
    """One key of a record: its name in the file, what it holds, and the field of the value it becomes."""

    name: str
    shape: Shape
    doc: str
    field: str
    required: bool = False
    default: Any = None


@attrs.frozen(kw_only=True)
class OneOf:
    """Exactly one of some keys (or at most one) may be there."""

    keys: tuple[str, ...]
    needed: bool = True


@attrs.frozen(kw_only=True)
class NotWith:
    """*key* excludes every one of *others*."""

    key: str
    others: tuple[str, ...]


@attrs.frozen(kw_only=True)
class OnlyWith:
    """*key* needs the key *other* (with the value *value*, unless that is None); *back*: and is needed by it."""

    key: str
    other: str
    value: str | None = None
    back: bool = False


Rule = OneOf | NotWith | OnlyWith


@attrs.frozen(kw_only=True)
class Record:
    """A mapping with known keys.

    Attributes:
        name: what the JSON Schema calls it.
        build: makes the value, given the fields that are there.
        id_key: key that names the record inside its list, "" for none.
        subjects: keys whose value the record is about: findings on the record point there.
    """

    name: str
    what: Both
    example: str
    doc: str
    keys: tuple[Key, ...]
    build: Callable[..., Any]
    rules: tuple[Rule, ...] = ()
    id_key: str = ""
    subjects: tuple[str, ...] = ()

    def accepts(self, node: Node) -> bool:
        return isinstance(node, MapNode)

    def subject(self, node: Node) -> tuple[Node, str]:
        """Return the node to point at for this record, and its id when it has a good one."""
        if not isinstance(node, MapNode):
            return node, ""
        for key in (self.id_key, *self.subjects):
            value = node.get(key) if key else None
            if isinstance(value, TextNode):
                return value, value.text if key == self.id_key and is_id(value.text) else ""
            if value is not None:
                return value, ""
        return node, ""

    def read(self, node: Node, where: str, report: Report, given: str | None = None) -> Any:
        """Return the value; *given* is its id when that stands before the mapping, as a key."""
        if not isinstance(node, MapNode):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        keys = {key.name: key for key in self.keys if given is None or key.name != self.id_key}
        values: dict[str, Any] = {} if given is None else {"id": given}
        good = every(self._value(*entry, keys, values, where, report) for entry in node.entries)
        good = self._complete(node, keys.values(), where, report) and good
        good = every(keep(rule, node, where, report) for rule in self.rules) and good
        return self.built(values, node, where, report) if good else BAD

    def _value(
        self, key: TextNode, node: Node, keys: dict[str, Key], values: dict[str, Any], where: str, report: Report
    ) -> bool:
        known = keys.get(key.text)
        path = f"{where}.{step(key.text)}" if where else step(key.text)
        if known is None:
            report.unknown(codes.UNKNOWN_KEY, key, path, key.text, keys, ("key", "键"), lambda: self._hint(key, node))
            return False
        report.mark(path, node if isinstance(node, TextNode) or node.line == key.line else key)
        value = known.shape.read(node, path, report)
        values[known.field] = value
        return value is not BAD

    def _hint(self, key: TextNode, node: Node) -> Both | None:
        """Return the remedy for an unknown *key*: not meant as one, or it belongs inside another."""
        slip = slips.of_key(key, node)
        near = get_close_matches(key.text[:100], [k.name for k in self.keys], n=1, cutoff=0.8)
        inside = [] if slip or near else sorted(set(_paths(self, key.text)), key=lambda path: (len(path), path))[:3]
        if not inside:
            return slip
        name = clip(key.text)
        return f"Put {name} inside {' or '.join(inside)}.", f"请把 {name} 写在 {' 或 '.join(inside)} 内。"

    def _complete(self, node: MapNode, keys: Iterable[Key], where: str, report: Report) -> bool:
        there = {key.text for key, _ in node.entries}
        missing = [key for key in keys if key.required and key.name not in there]
        for key in missing:
            problem = (f"needs the key '{key.name}'.", f"缺少键“{key.name}”。")
            remedy = (f"Add '{key.name}: {key.shape.example}'.", f"请添加“{key.name}: {key.shape.example}”。")
            report.add(codes.MISSING_KEY, where, node, problem, remedy)
        return not missing

    def built(self, values: dict[str, Any], node: MapNode, where: str, report: Report) -> Any:
        """Return the value that *values* make, or BAD after reporting that the model refuses them."""
        try:
            return self.build(**values)
        except LtcflowError as error:
            refused(error, self, node, where, report)
            return BAD


def _of_ids(shape: Shape) -> bool:
    return isinstance(shape, Ident) or (isinstance(shape, Either) and any(map(_of_ids, shape.shapes)))


def _records_of(shape: Any) -> tuple[Record, ...]:
    """Return the records that a value of *shape* is, or holds as its items."""
    match shape:
        case Record():
            return (shape,)
        case Either():
            return tuple(record for option in shape.shapes for record in _records_of(option))
        case ListOf():
            return _records_of(shape.item)
        case Named():
            return (shape.record,)
        case _:
            return ()


def _paths(record: Record, name: str, deep: int = 2) -> tuple[str, ...]:
    """Return the paths from *record* to the records that have the key *name*, as near as there are any."""
    inner = [(key.name, inside) for key in record.keys for inside in _records_of(key.shape)]
    found = [path for path, inside in inner if any(key.name == name for key in inside.keys)]
    if found or deep == 1:
        return tuple(found)
    return tuple(f"{path}.{rest}" for path, inside in inner for rest in _paths(inside, name, deep - 1))


def every(answers: Iterable[bool]) -> bool:
    """Say whether all *answers* are yes, after asking for every one of them."""
    return False not in tuple(answers)


def refused(error: LtcflowError, record: Record, node: MapNode, where: str, report: Report) -> None:
    """Report that the model refuses the values of a record, at the key it speaks of where there is one."""
    facts = error.facts
    key = next((k.name for k in record.keys if facts.get("field") in (k.name, k.field)), "")
    at = (node.get(key) if key else None) or record.subject(node)[0]
    path = ".".join(part for part in (where, key) if part)
    problem, remedy = facts.get("problem", str(error)), facts.get("remedy", "Mend it.")
    code = codes.BAD_DURATION if facts.get("field") == "duration" else codes.BAD_VALUE
    value = clip(facts["value"].strip("'")) + " " if isinstance(error, InvalidValue) else ""
    problem_zh, remedy_zh = chinese(problem, remedy)
    report.add(code, path, at, (f"{value}{problem}", f"{value}{problem_zh}"), (remedy, remedy_zh))


def keep(rule: Rule, node: MapNode, where: str, report: Report) -> bool:
    """Say whether *node* keeps *rule*; report where it does not."""
    there = {key.text: (key, value) for key, value in node.entries}
    match rule:
        case OneOf():
            return _one_of(rule, there, node, where, report)
        case NotWith():
            found = [key for key in rule.others if key in there] if rule.key in there else []
            if found:
                _clash(rule.key, found[0], there[found[0]][0], where, report)
            return not found
        case OnlyWith():
            return _only_with(rule, there, node, where, report)


def _one_of(rule: OneOf, there: dict[str, tuple[TextNode, Node]], node: MapNode, where: str, report: Report) -> bool:
    found = [key for key in there if key in rule.keys]
    if len(found) > 1:
        _clash(found[0], found[1], there[found[1]][0], where, report)
    elif not found and rule.needed:
        names = ", ".join(rule.keys)
        problem = (f"needs one of the keys {names}.", f"需要以下键之一:{names}。")
        remedy = (f"Add one, such as '{rule.keys[0]}: ...'.", f"请添加一个,例如“{rule.keys[0]}: ...”。")
        report.add(codes.MISSING_KEY, where, node, problem, remedy)
    return len(found) == 1 or (not found and not rule.needed)


def _clash(first: str, second: str, at: Node, where: str, report: Report) -> None:
    path = f"{where}.{second}" if where else second
    problem = (f"'{second}' and '{first}' exclude each other.", f"“{second}”与“{first}”不能同时出现。")
    report.add(codes.NOT_TOGETHER, path, at, problem, ("Keep one of them.", "请只保留其中一个。"))


def _only_with(
    rule: OnlyWith, there: dict[str, tuple[TextNode, Node]], node: MapNode, where: str, report: Report
) -> bool:
    other = there.get(rule.other)
    text = other[1].text if other is not None and isinstance(other[1], TextNode) else None
    fits = other is not None and (rule.value is None or text == rule.value)
    wanted = rule.other if rule.value is None else f"{rule.other}: {rule.value}"
    if rule.key in there and not fits:
        problem = (f"'{rule.key}' goes only with '{wanted}'.", f"“{rule.key}”只能与“{wanted}”一起使用。")
        remedy = (f"Remove '{rule.key}' or write '{wanted}'.", f"请删除“{rule.key}”或写“{wanted}”。")
        report.add(codes.NOT_TOGETHER, f"{where}.{rule.key}", there[rule.key][0], problem, remedy)
        return False
    if rule.back and fits and rule.key not in there:
        problem = (f"'{wanted}' needs the key '{rule.key}'.", f"“{wanted}”需要键“{rule.key}”。")
        report.add(codes.MISSING_KEY, where, node, problem, (f"Add '{rule.key}'.", f"请添加“{rule.key}”。"))
        return False
    return True


def subject_of(shape: Shape, node: Node) -> Node:
    """Return the node that a finding on *node* points at."""
    options = shape.shapes if isinstance(shape, Either) else (shape,)
    record = next((s for s in options if isinstance(s, Record) and s.accepts(node)), None)
    return record.subject(node)[0] if record is not None else node


@attrs.frozen(kw_only=True)
class Named:
    """Records by id: a mapping of ids to records, or a list of records that carry their id.

    Attributes:
        short: a shape that may stand for a whole record; its value becomes the field *short_field*.
        ids: False when the names need not be ids.
    """

    record: Record
    example: str
    short: Shape | None = None
    short_field: str = "title"
    ids: bool = True
    what: Both = ("a mapping of ids", "从标识开始的映射")

    def accepts(self, node: Node) -> bool:
        return isinstance(node, MapNode | ListNode)

    def read(self, node: Node, where: str, report: Report) -> Any:
        if isinstance(node, ListNode):
            return ListOf(item=self.record, example=self.example).read(node, where, report)
        if not isinstance(node, MapNode):
            report.wrong_type(node, where, self.what, self.example)
            return BAD
        values = [self._entry(key, value, where, report) for key, value in node.entries]
        return BAD if any(value is BAD for value in values) else tuple(values)

    def _entry(self, key: TextNode, node: Node, where: str, report: Report) -> Any:
        path = f"{where}.{step(key.text)}"
        report.mark(path, key)
        if self.ids:
            name: Any = Ident().checked(key.text, key, path, report)
        else:
            name = key.value if isinstance(key.value, str) else BAD
            if name is BAD:
                report.needs_quotes(key, path)
        value = self._record(name, node, path, report)
        return BAD if name is BAD else value

    def _record(self, name: Any, node: Node, path: str, report: Report) -> Any:
        given = "" if name is BAD else name
        if isinstance(node, TextNode) and node.value is None:
            node = MapNode((), node.line, node.column)
        if self.short is not None and isinstance(node, TextNode):
            text = self.short.read(node, path, report)
            values = {"id": given, self.short_field: text}
            fine = text is not BAD and name is not BAD
            return self.record.built(values, MapNode((), node.line, node.column), path, report) if fine else BAD
        if name is BAD:  # read it for its own problems; nothing can be built
            self.record.read(node, path, report, given="x")
            return BAD
        return self.record.read(node, path, report, given=given)
