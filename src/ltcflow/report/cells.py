"""Text that keeps its columns: cleaned, cut into lines by display width, laid out in columns.

Chinese characters take two terminal columns, so nothing here counts characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence

from ltcflow.labels import pad, width

NARROWEST = 2
"""No column is narrower: one Chinese character must fit."""
_COMFORTABLE = 8
_NO_LINE_START = frozenset("，。；：、！？）】」』》〉”’,.;:!?)]}%")


def clean(text: object) -> str:
    """Return *text* on one line, blanks single, without anything a terminal would obey instead of show.

    Example:
        >>> clean("Bid\\n\\x1b[31mred"), clean("  a\\tb ")
        ('Bid [31mred', 'a b')
    """
    shown = str(text)
    if shown.isprintable() and "  " not in shown:
        return shown.strip()
    return " ".join("".join(_visible(c) for c in shown).split())


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zs" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Cs":
            return "�"
        case _:
            return character


def wrap(text: str, columns: int) -> list[str]:
    """Return *text* (cleaned) in lines of at most *columns* display columns; at least one line.

    Breaks at blanks and between Chinese characters, never before closing punctuation where there is a choice; a word
    that is too long is cut.

    Args:
        columns: 2 or more; less counts as 2.

    Example:
        >>> wrap("the project director", 9), wrap("销售项目管理,投标", 8)
        (['the', 'project', 'director'], ['销售项目', '管理,投', '标'])
    """
    room = max(columns, NARROWEST)
    lines: list[str] = []
    line = ""
    for piece in _pieces(clean(text)):
        if width(line) + width(piece) <= room:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        *full, line = _cut(piece.lstrip(), room)
        lines.extend(full)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What may not be torn apart: words with the blank before them, single wide characters with their punctuation."""
    pieces: list[str] = []
    for character in text:
        size = width(character)
        last = pieces[-1][-1] if pieces else " "
        glued = size == 0 or (last != " " and (character in _NO_LINE_START or (size == 1 and _in_word(last))))
        if character == " " or not (pieces and (glued or last == " ")):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def _in_word(character: str) -> bool:
    return character != " " and width(character) < 2


def _cut(piece: str, room: int) -> list[str]:
    """Return *piece* in parts of at most *room* columns; marks stay with their character."""
    parts = [""]
    for character in piece:
        if width(parts[-1]) + width(character) > room:
            parts.append("")
        parts[-1] += character
    return parts


def fit(natural: Sequence[int], room: int, keep: Collection[int] = ()) -> list[int]:
    """Return column widths that sum up to at most *room*, taken from the widest columns first.

    Args:
        natural: the width each column would like.
        keep: columns that give way only when the others cannot.
    Returns:
        As wished where there is room; no column below 2, even where that takes more than *room*.
    """
    widths = list(natural)
    flexible = [i for i in range(len(widths)) if i not in keep]
    for columns, least in ((flexible, _COMFORTABLE), (range(len(widths)), NARROWEST)):
        while sum(widths) > room:
            widest = max((i for i in columns if widths[i] > least), key=lambda i: widths[i], default=None)
            if widest is None:
                break
            widths[widest] -= 1
    return widths


def lay_out(
    rows: Iterable[Sequence[object]],
    *,
    total: int = 100,
    gap: int = 2,
    keep: Collection[int] = (),
    right: Collection[int] = (),
    indent: str = "",
    rule: bool = False,
) -> list[list[str]]:
    """Return for each of *rows* its lines, cells in columns, every line equally wide.

    Args:
        total: display columns to stay within, indent and gaps included, where the columns can be made that narrow.
        gap: blanks between columns.
        keep: columns that are wrapped last. right: columns aligned to the right.
        rule: draw a line of dashes under the first row.
    """
    cleaned = [[clean(cell) for cell in row] for row in rows]
    count = max((len(row) for row in cleaned), default=0)
    grid = [row + [""] * (count - len(row)) for row in cleaned]
    natural = [max(width(row[i]) for row in grid) for i in range(count)]
    widths = fit(natural, total - width(indent) - gap * (count - 1), keep)
    laid: list[list[str]] = []
    for row in grid:
        cells = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        height = max((len(lines) for lines in cells), default=0)
        laid.append([indent + _line(cells, widths, n, " " * gap, right) for n in range(height)])
        if rule and len(laid) == 1:
            laid[0].append(indent + (" " * gap).join("-" * size for size in widths))
    return laid


def _line(cells: Sequence[Sequence[str]], widths: Sequence[int], n: int, gap: str, right: Collection[int]) -> str:
    parts = []
    for i, (lines, size) in enumerate(zip(cells, widths, strict=True)):
        text = lines[n] if n < len(lines) else ""
        parts.append(" " * max(0, size - width(text)) + text if i in right else pad(text, size))
    return gap.join(parts)
