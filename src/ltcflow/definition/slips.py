"""Slips of the pen that most owners of a process make sooner or later, and the remedy that says so."""

from __future__ import annotations

import re
from typing import TypeAlias

from ltcflow.definition.nodes import Node, TextNode
from ltcflow.names import is_id

Remedy: TypeAlias = tuple[str, str]
"""A remedy in English and in Chinese."""

COLON: Remedy = ("Write the colon as ':' with a space behind it.", "冒号请用半角“:”,后面加一个空格。")
COMMA: Remedy = (
    "A comma ends a text inside braces. Put the text in quotes, and a list in brackets.",
    "花括号内逗号会结束文本:文本请加引号,列表请用方括号。",
)
_WIDE_KEY = re.compile(r"[ \t]*(?:- +)*[^\s:：'\"#{\[]+(：)")
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")


def wide_colon(line: str) -> int | None:
    """Return where *line* has a full-width colon behind a key, from 0; None where it has none.

    Example:
        >>> wide_colon("  - stage：bid"), wide_colon("title: 投标：第一步")
        (9, None)
    """
    found = _WIDE_KEY.match(line)
    return found.start(1) if found else None


def of_text(node: Node) -> Remedy | None:
    """Return the remedy when *node* is a text that was to be a key and its value."""
    return COLON if isinstance(node, TextNode) and node.plain and wide_colon(node.text) is not None else None


def of_key(key: TextNode, value: Node) -> Remedy | None:
    """Return the remedy when *key* was not meant as a key: nothing, not even a colon, stands behind it."""
    if of_text(key):
        return COLON
    end = key.column + len(key.text)
    alone = isinstance(value, TextNode) and value.text == "" and (value.line, value.column) == (key.line, end)
    return COMMA if key.plain and alone else None


def several_ids(text: str) -> Remedy | None:
    """Return the remedy when *text* is several ids with commas between them.

    Example:
        >>> several_ids("董事会、法务")[0], several_ids("a and b")
        ('Write [董事会, 法务].', None)
    """
    parts = [part for part in _BETWEEN.split(text[:1000]) if part]
    if len(parts) < 2 or not all(map(is_id, parts)):
        return None
    listed = ", ".join(parts)
    return f"Write [{listed}].", f"请写 [{listed}]。"
