"""Text that keeps its columns: cleaned, cut into lines by display width, laid out in columns.

Chinese characters take two terminal columns, so nothing here counts characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence

import attrs

from ltcflow.labels import pad, width

NARROWEST = 2
"""No column is narrower: one Chinese character must fit."""
_COMFORTABLE = 8
_NO_LINE_START = frozenset("，。；：、！？）】」』》〉”’,.;:!?)]}%")
_SEAMS = frozenset("_/.:,;|=>")
"""A word that must be cut is cut after one of these where it has one: ids, paths and conditions stay readable."""


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
    that is too long is cut, after an underscore or the like where it has one.

    Args:
        columns: 2 or more; less counts as 2.
    Cost: O(characters).

    Example:
        >>> wrap("the project director", 9), wrap("销售项目管理,投标", 8), wrap("commercial_goals_strategy", 20)
        (['the', 'project', 'director'], ['销售项目', '管理,投', '标'], ['commercial_goals_', 'strategy'])
    """
    room = max(columns, NARROWEST)
    lines: list[str] = []
    line, size = "", 0
    for piece in _pieces(clean(text)):
        more = width(piece)
        if size + more <= room:
            line, size = line + piece, size + more
            continue
        if line.strip():
            lines.append(line.rstrip())
        *full, line = _cut(piece.lstrip(), room)
        lines.extend(full)
        size = width(line)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What may not be torn apart: words with the blank before them, single wide characters with their punctuation."""
    if text.isascii():
        return [f" {word}" if number else word for number, word in enumerate(text.split(" "))]
    pieces: list[list[str]] = []
    for character in text:
        size = width(character)
        last = pieces[-1][-1] if pieces else " "
        in_word = size == 1 and _in_word(last) and not any(width(c) > 1 for c in pieces[-1][:2])
        glued = size == 0 or (last != " " and (character in _NO_LINE_START or in_word))
        if character == " " or not (pieces and (glued or last == " ")):
            pieces.append([character])
        else:
            pieces[-1].append(character)
    return ["".join(piece) for piece in pieces]


def _in_word(character: str) -> bool:
    return character != " " and width(character) < 2


def _cut(piece: str, room: int) -> list[str]:
    """Return *piece* in parts of at most *room* columns; marks stay with their character."""
    parts: list[str] = []
    line, size = "", 0
    for character in piece:
        more = width(character)
        while line and size + more > room:
            at = _seam(line)
            parts.append(line[:at])
            line = line[at:]
            size = width(line)
        line, size = line + character, size + more
    return [*parts, line]


def _seam(line: str) -> int:
    """Where a full line is cut: behind its last seam, else at its end."""
    return next((i + 1 for i in range(len(line) - 1, 0, -1) if line[i] in _SEAMS), len(line))


@attrs.frozen
class Column:
    """How wide a column would like to be, is without cutting a word, and is when words are cut at their seams only."""

    wish: int
    words: int
    parts: int

    @classmethod
    def of(cls, cells: Iterable[str]) -> Column:
        """Measure the (clean) *cells* of a column."""
        wish = words = parts = 0
        for cell in cells:
            wish = max(wish, width(cell))
            for piece in _pieces(cell):
                word = piece.strip()
                size = width(word)
                words = max(words, size)
                parts = max(parts, size if size <= parts else max(map(width, _parts(word))))
        return cls(wish, words, parts)


def _parts(word: str) -> list[str]:
    """Return *word* cut behind each of its seams."""
    parts = [""]
    for character in word:
        parts[-1] += character
        if character in _SEAMS:
            parts.append("")
    return parts


def natural(rows: Iterable[Sequence[object]], gap: int = 2) -> int:
    """Return how many display columns a table of *rows* takes when no cell goes on in a second line.

    Example:
        >>> natural([["project_plan", "Make the plan"], ["bid", "投标"]])
        27
    """
    columns = _columns([[clean(cell) for cell in row] for row in rows])
    return sum(column.wish for column in columns) + gap * max(0, len(columns) - 1)


def _columns(grid: Sequence[Sequence[str]]) -> list[Column]:
    count = max((len(row) for row in grid), default=0)
    return [Column.of(row[i] for row in grid if i < len(row)) for i in range(count)]


def fit(columns: Sequence[Column], room: int, keep: Collection[int] = ()) -> list[int]:
    """Return column widths that sum up to at most *room*, taken from the widest columns first.

    Args:
        keep: columns that give way only when the others cannot.
    Returns:
        As wished where there is room. Else words stay whole, then the parts of words; no column below 2, even where
        that takes more than *room*.
    """
    widths = [column.wish for column in columns]
    flexible = [i not in keep for i in range(len(widths))]
    for least in ([c.words for c in columns], [c.parts for c in columns], [0] * len(widths)):
        for roomy in (True, False):
            floor = [
                max(size, _COMFORTABLE if roomy else NARROWEST) if may or not roomy else column.wish
                for size, may, column in zip(least, flexible, columns, strict=True)
            ]
            widths = _narrowed(widths, floor, room)
    return widths


def _narrowed(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return *widths* with the widest narrowed until they sum up to *room*, none below its *least*."""

    def capped(cap: int) -> list[int]:
        return [min(wish, max(cap, floor)) for wish, floor in zip(widths, least, strict=True)]

    low, high = 0, max(widths, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(capped(middle)) <= room else (low, middle - 1)
    narrowed, wider = capped(low), capped(low + 1)
    spare = room - sum(narrowed)
    for i, (now, then) in enumerate(zip(narrowed, wider, strict=True)):
        if then > now and spare > 0:
            narrowed[i], spare = then, spare - 1
    return narrowed


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
    columns = _columns(cleaned)
    count = len(columns)
    grid = [row + [""] * (count - len(row)) for row in cleaned]
    widths = fit(columns, total - width(indent) - gap * (count - 1), keep)
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
