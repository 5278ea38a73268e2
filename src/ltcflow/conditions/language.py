"""Conditions: ``amount >= 10_000_000 and grade in ('A', 'B')``, checked once and then evaluated safely and fast.

The syntax is that of Python expressions, read by `ast`; an allow-list of constructs is compiled to closures and nothing
is ever evaluated by Python itself. Every type is settled against the declared facts before a condition exists.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import attrs

from ltcflow.conditions import problems as p
from ltcflow.conditions.check import Checker
from ltcflow.conditions.explain import Explanation, explain_node, missing_facts
from ltcflow.conditions.facts import Fact, FactType
from ltcflow.conditions.money import shown
from ltcflow.conditions.problems import ConditionError, Problem, Problems, clip
from ltcflow.conditions.run import Run, Values
from ltcflow.conditions.scan import LONGEST_SOURCE, Scanned, scan, too_deep
from ltcflow.conditions.truth import Truth
from ltcflow.conditions.typed import Node

MOST_PARTS = 200
DEEPEST_TREE = 60

_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_Declared: TypeAlias = tuple[tuple[str, Fact], ...]


@attrs.frozen(kw_only=True, repr=False)
class Condition:
    """A checked condition. Made by `compile_condition`; equal when source and the facts read are equal; picklable.

    Attributes:
        source: as written.
        facts: the facts it reads.
        types: those facts with their types, by name.
    """

    source: str
    types: tuple[tuple[str, FactType], ...]
    facts: frozenset[str] = attrs.field(eq=False)
    root: Node = attrs.field(eq=False)
    _run: Run = attrs.field(eq=False)

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    def __str__(self) -> str:
        return self.source

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.source, self.types)

    def evaluate(self, values: Values) -> Truth:
        """Return whether the condition holds.

        Args:
            values: what is known, by fact; an absent fact, None and a value that does not fit count as unknown.
        Returns:
            TRUE, FALSE or UNKNOWN by Kleene's logic ("unknown and no" is no). Never raises for any value.
        Cost: about 1 us for one comparison; proportional to the length of the condition.

        Example:
            >>> from ltcflow.conditions import Fact, Money, MoneyType
            >>> rule = compile_condition("amount >= 10_000_000", {"amount": Fact("amount", MoneyType("CNY"))})
            >>> rule.evaluate({"amount": Money(12_000_000, "CNY")}), rule.evaluate({})
            (<Truth.TRUE: 'yes'>, <Truth.UNKNOWN: 'unknown'>)
        """
        answer = self._run(values)
        return _TRUE if answer else _UNKNOWN if answer is None else _FALSE

    def explain(self, values: Values) -> Explanation:
        """Return why it holds or not: the values seen, the thresholds and the result of every part.

        Example:
            >>> from ltcflow.conditions import Fact, Money, MoneyType
            >>> rule = compile_condition("amount >= 10_000_000", {"amount": Fact("amount", MoneyType("CNY"))})
            >>> print(rule.explain({"amount": Money(5, "CNY")}).text())
            no: amount >= 10_000_000 (amount is 5 CNY, compared with 10_000_000 CNY)
        """
        return explain_node(self.root, self.source, dict(self.types), values)

    def missing(self, values: Values) -> frozenset[str]:
        """Return the facts that would have to be known before the result can be known; empty when it is known."""
        return missing_facts(self.root, values)


def check_condition(source: str, facts: Mapping[str, Fact]) -> tuple[Problem, ...]:
    """Return everything that is wrong with a condition, by column; () when it can be compiled.

    Args:
        source: the condition as written, of any content; hostile text is answered like any other.
        facts: the declared facts, by name.
    Cost: linear in the length of the source, of which 2,000 characters are read; cached.

    Example:
        >>> from ltcflow.conditions import Fact, MoneyType
        >>> [str(p) for p in check_condition("amuont > 5", {"amount": Fact("amount", MoneyType("CNY"))})]
        ["column 1: LTC152: No fact 'amuont' is declared. Did you mean 'amount'?"]
    """
    return _read(source, facts)[0]


def compile_condition(source: str, facts: Mapping[str, Fact]) -> Condition:
    """Return the condition that *source* says.

    Args:
        source: a Python expression over the facts, at most 2,000 characters; see the module's documentation.
        facts: the declared facts, by name.
    Raises:
        ConditionError: it cannot be used; ``problems`` has every problem at once, as `check_condition` returns them.
    Cost: about 0.2 ms for a short condition, once; the same condition over the same facts is compiled once.
    """
    problems, condition = _read(source, facts)
    if condition is None:
        raise ConditionError(source=source if isinstance(source, str) else shown(source), problems=problems)
    return condition


def _again(source: str, types: tuple[tuple[str, FactType], ...]) -> Condition:
    """Compile a condition again, for pickle."""
    return compile_condition(source, {name: Fact(name, kind) for name, kind in types})


def _read(source: str, facts: Mapping[str, Fact]) -> tuple[tuple[Problem, ...], Condition | None]:
    if not isinstance(source, str):
        found = Problems()
        found.add(p.SYNTAX, 0, 0, ("A condition is a text.", "Put it in quotes."), ("条件应是一段文本。", "请加引号。"))
        return found.all(), None
    return _compile(source[: LONGEST_SOURCE + 1], tuple(facts.items()))


@lru_cache(maxsize=4096)
def _compile(source: str, declared: _Declared) -> tuple[tuple[Problem, ...], Condition | None]:
    facts, found = dict(declared), Problems()
    scanned = scan(source, facts, found)
    tree = _parse(scanned, found) if scanned is not None else None
    if scanned is None or tree is None:
        return found.all(), None
    root = Checker(scanned, facts, found).condition(tree)
    if len(found):
        return found.all(), None
    names = root.facts()
    types = tuple(sorted(((name, facts[name].type) for name in names), key=lambda pair: pair[0]))
    return (), Condition(source=source, types=types, facts=frozenset(names), root=root, run=root.run)


def _parse(scanned: Scanned, found: Problems) -> ast.expr | None:
    """Return Python's tree of the scanned text, or None when there is none of a bearable size."""
    if not scanned.text.strip():
        _cannot_read(scanned, 0, found)
        return None
    try:
        tree = ast.parse(scanned.text, mode="eval").body
    except SyntaxError as error:
        if not len(found):  # slips were named; what follows from them is not
            at_end = not error.offset  # Python has no column for what is missing at the end
            _cannot_read(scanned, len(scanned.text) if at_end else (error.offset or 1) - 1, found)
        return None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        too_deep(0, found)
        return None
    return tree if _bearable(tree, scanned, found) else None


def _cannot_read(scanned: Scanned, at: int, found: Problems) -> None:
    at = min(at, len(scanned.text.rstrip()))
    start = scanned.place(at, at + 1)[0]
    rest = clip(scanned.source[start:], 20).strip()
    where, where_zh = (f"at {rest!r}", f"{rest!r} 处") if rest else ("at its end", "末尾")
    if not scanned.source.strip():
        where, where_zh = "because it is empty", "空条件"
    found.add(
        p.SYNTAX,
        start,
        min(start + 1, len(scanned.source)),
        (f"The condition cannot be read {where}.", "Write for instance amount >= 10_000_000 and grade == 'A'."),
        (f"条件无法读取:{where_zh}。", "例如:amount >= 10_000_000 and grade == 'A'。"),
    )


def _bearable(tree: ast.expr, scanned: Scanned, found: Problems) -> bool:
    count, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if depth > DEEPEST_TREE:
            too_deep(0, found)
            return False
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    if count <= MOST_PARTS:
        return True
    found.add(
        p.TOO_LONG,
        0,
        len(scanned.source),
        (f"The condition has more than {MOST_PARTS} parts.", "Split it into several conditions."),
        (f"条件超过 {MOST_PARTS} 个部分。", "请拆成几个条件。"),
    )
    return False
