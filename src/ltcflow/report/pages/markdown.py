"""Pages as Markdown: CommonMark with the tables of GitHub. What people typed comes out as they typed it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from ltcflow.labels import pad, width
from ltcflow.report.cells import clean
from ltcflow.report.pages.blocks import Block, Bullets, Facts, Heading, Inline, Page, Para, Span, Table, spans

_MARKS = re.compile(r"[\\`*\[\]<>|#~&$!^]|(?<![^\W_])_|_(?![^\W_])")
"""What Markdown, or one of its common dialects, would read as a mark; an underscore inside a word is none."""
_START = re.compile(r"^(?:([-+=:])|(\d{1,9})([.)]))")
_WIDEST = 60
"""Columns of a table are filled up with blanks to at most this width."""


def escape(text: object) -> str:
    """Return *text* on one line, so that Markdown shows it as it is.

    Example:
        >>> print(escape("a|b *c* <script>"), escape("1. validate_opportunity"), escape("- x"))
        a\\|b \\*c\\* \\<script\\> 1\\. validate_opportunity \\- x
    """
    return _START.sub(_at_start, _inside(clean(text)))


def _inside(text: str) -> str:
    return _MARKS.sub(lambda mark: f"\\{mark.group()}", text)


def _at_start(mark: re.Match[str]) -> str:
    sign, number, stop = mark.groups()
    return f"\\{sign}" if sign else f"{number}\\{stop}"


def to_markdown(page: Page) -> str:
    """Return *page* as Markdown; ends with a line end. The same page gives the same text."""
    parts = [f"# {escape(page.title)}", *("\n".join(_block(block)) for block in page.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {escape(block.text)}"
        case Para():
            yield _inline(block.text)
        case Bullets():
            yield from (f"- {_inline(item)}" for item in block.items)
        case Facts():
            yield from (f"- {_inline((Span(name), ' ', *spans(value)))}" for name, value in block.pairs)
        case Table():
            yield from _table(block)
        case _:
            assert_never(block)


def _inline(text: Inline) -> str:
    parts = [_span(part) for part in spans(text)]
    whole = "".join(parts).strip()
    return whole if whole.startswith("**") else _START.sub(_at_start, whole)


def _span(part: str | Span) -> str:
    if isinstance(part, Span):
        text = _inside(clean(part.text))
        return f"**{text}**" if text and part.tone != "dim" else text
    return _keeping_edges(part)


def _keeping_edges(text: str) -> str:
    """The text between two spans keeps one blank at each edge where it had some."""
    inner = _inside(clean(text))
    before, after = text[:1].isspace() and inner, text[-1:].isspace()
    return f"{' ' if before else ''}{inner}{' ' if after else ''}"


def _table(table: Table) -> Iterator[str]:
    rows = [[_inline(cell) for cell in row] for row in (table.headers, *table.rows)]
    columns = [min(max(3, *(width(row[i]) for row in rows)), _WIDEST) for i in range(len(table.headers))]
    yield _row(rows[0], columns)
    yield "|" + "|".join("-" * (size + 2) for size in columns) + "|"
    yield from (_row(row, columns) for row in rows[1:])


def _row(cells: Sequence[str], columns: Sequence[int]) -> str:
    filled = (pad(cell, size) for cell, size in zip(cells, columns, strict=True))
    return "| " + " | ".join(filled) + " |"
