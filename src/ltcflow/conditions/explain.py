"""Why a condition came out as it did: a tree of its parts with the values seen and the thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from ltcflow.conditions.facts import FactType, FactValue, PercentType, show_value
from ltcflow.conditions.run import Values
from ltcflow.conditions.truth import Truth, truth_of
from ltcflow.conditions.typed import Constant, Node, as_fact_type, as_value


@attrs.frozen(kw_only=True)
class Seen:
    """A fact as it was seen: its id, its value (None when not known or not fitting) and the value for people."""

    fact: str
    value: FactValue | None
    shown: str


@attrs.frozen(kw_only=True)
class Explanation:
    """One part of a condition with its result.

    Attributes:
        source: the part as it is written in the condition.
        truth: its result.
        seen: the facts it reads, with the values they had, in the order of the source.
        threshold: the constants the facts were compared with, for people; "" when there is none.
        note, note_zh: why it is unknown although every fact is known (a division by zero); "" otherwise.
        children: the parts joined by and, or, not, if.
    """

    source: str
    truth: Truth
    seen: tuple[Seen, ...] = ()
    threshold: str = ""
    note: str = ""
    note_zh: str = ""
    children: tuple[Explanation, ...] = ()

    def text(self, lang: str = "en") -> str:
        """Return the tree as lines, each part below the one it belongs to, in *lang* ("en" or "zh")."""
        return "\n".join(self._lines(lang, 0))

    def _lines(self, lang: str, depth: int) -> list[str]:
        chinese = lang == "zh"
        details = []
        if not self.children:
            missing = "未知" if chinese else "not known"
            verb = "为" if chinese else "is"
            details = [f"{s.fact} {verb} {s.shown or missing}" for s in self.seen]
            if self.threshold:
                details.append(f"比较值 {self.threshold}" if chinese else f"compared with {self.threshold}")
        if self.note:
            details.append(self.note_zh if chinese else self.note)
        colon, comma, left, right = (":", ",", "(", ")") if chinese else (": ", ", ", " (", ")")
        head = "  " * depth + self.truth.text(lang) + colon + self.source
        lines = [head + (left + comma.join(details) + right if details else "")]
        for child in self.children:
            lines += child._lines(lang, depth + 1)
        return lines


def explain_node(node: Node, source: str, kinds: Mapping[str, FactType], values: Values) -> Explanation:
    """Return the explanation of *node*, a part that says yes or no.

    Args:
        kinds: the type of each fact, by name, for showing values.
    """
    parts = _parts(node)
    note, note_zh = _note(node, values) if not parts else ("", "")
    return Explanation(
        source=" ".join(source[node.start : node.end].split()),
        truth=truth_of(node.run(values)),
        seen=_seen(node, kinds, values),
        threshold="" if parts else _threshold(node),
        note=note,
        note_zh=note_zh,
        children=tuple(explain_node(part, source, kinds, values) for part in parts),
    )


def _parts(node: Node) -> tuple[Node, ...]:
    """Return the parts of *node* that say yes or no by themselves and deserve a line."""
    if node.form in ("and", "or", "not", "if"):
        return tuple(c for c in node.children if c.typ.kind == "yesno" and not c.literal)
    if node.form == "compare":
        return tuple(c for c in node.children if c.typ.kind == "yesno" and c.form not in ("fact", "constant"))
    return ()


def _seen(node: Node, kinds: Mapping[str, FactType], values: Values) -> tuple[Seen, ...]:
    found: dict[str, Seen] = {}
    for part in node.walk():
        if part.form == "fact" and part.name not in found:
            bare = part.run(values)
            value = None if bare is None else as_value(part.typ, bare)
            shown = "" if value is None else show_value(kinds[part.name], value)
            found[part.name] = Seen(fact=part.name, value=value, shown=shown)
    return tuple(found.values())


def _threshold(node: Node) -> str:
    if node.form == "in":
        return ", ".join(_show(node.children[0], value) for value in node.options)
    if node.form == "compare":
        constants = [c for c in node.children if c.form == "constant" and c.value is not None]
        return ", ".join(_show(c, c.value) for c in constants if c.value is not None)
    return ""


def _show(node: Node, value: Constant) -> str:
    kind = as_fact_type(node.typ)
    if isinstance(value, Decimal) and node.typ.percent:
        kind = PercentType()
    return show_value(kind, as_value(node.typ, value))


def _note(node: Node, values: Values) -> tuple[str, str]:
    """Say why *node* is unknown although all it reads is known."""
    for part in node.walk():
        if part.form == "math" and part.run(values) is None and all(c.run(values) is not None for c in part.children):
            if part.op == "/" and part.children[1].run(values) == 0:
                return "division by zero", "除数为零"
            return "the result is beyond all bounds", "结果超出范围"
    return "", ""


def missing_facts(node: Node, values: Values) -> frozenset[str]:
    """Return the facts that would have to be known before *node* can be known; empty when it is known."""
    if node.run(values) is not None:
        return frozenset()
    if node.form == "fact":
        return frozenset((node.name,))
    children = node.children
    if node.form == "if":
        answer = children[0].run(values)
        if answer is not None:
            children = (children[1] if answer else children[2],)
    return frozenset().union(*(missing_facts(child, values) for child in children))
