"""A little SVG: escaped text, shapes, a page with a title for screen readers, and how wide a text will be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from ltcflow.labels import Lang, width

FONT: Final = "'Noto Sans','Helvetica Neue',Arial,'Noto Sans CJK SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"
INK: Final = "#1f2933"
FAINT: Final = "#9aa5b1"
RULE: Final = "#e4e7eb"
CRITICAL: Final = "#c8102e"
CALM: Final = "#2f6f9f"
DONE: Final = "#52606d"
GATE: Final = "#d9a400"
GOOD: Final = "#2e7d4f"
TODAY: Final = "#7b1fa2"
_COLUMN: Final = 0.56
"""How wide one terminal column of text is, in parts of the font size: an average of sans-serif fonts."""


def say(lang: Lang, en: str, zh: str) -> str:
    """Return *zh* for "zh", else *en*."""
    return zh if lang == "zh" else en


def clean(text: object) -> str:
    """Return *text* on one line, without control characters, escaped for SVG.

    Example:
        >>> clean('a < b & "c"')
        'a &lt; b &amp; &quot;c&quot;'
    """
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in str(text))
    for mark, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(mark, code)
    return " ".join(plain.split())


def length(text: str, size: float) -> float:
    """Return about how wide *text* is at font size *size*, in the units of the picture."""
    return width(text) * size * _COLUMN


def fit(text: str, room: float, size: float) -> str:
    """Return *text*, cut with an ellipsis where it is wider than *room*.

    Example:
        >>> fit("Design the solution", 60, 10), fit("投标", 60, 10)
        ('Design th…', '投标')
    """
    plain = " ".join(str(text).split())
    if length(plain, size) <= room:
        return plain
    while plain and length(plain + "…", size) > room:
        plain = plain[:-1]
    return plain.rstrip() + "…"


def two_lines(text: str, room: float, size: float) -> tuple[str, ...]:
    """Return *text* on one line or two of at most *room*; what does not fit is cut with an ellipsis.

    Example:
        >>> two_lines("Make the project plan", 80, 10), two_lines("制定项目计划", 40, 10)
        (('Make the', 'project plan'), ('制定项', '目计划'))
    """
    plain = " ".join(str(text).split())
    if length(plain, size) <= room:
        return (plain,)
    end = max(i for i in range(1, len(plain) + 1) if length(plain[:i], size) <= room or i == 1)
    blank = plain.rfind(" ", 0, end + 1)
    cut = blank if blank > 0 and plain[end - 1].isascii() else end
    return plain[:cut].rstrip(), fit(plain[cut:].lstrip(), room, size)


def number(value: float) -> str:
    """Return a coordinate: at most one decimal, no trailing zeros."""
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, /, *inside: str, **attributes: object) -> str:
    """Return one element; ``stroke_width=2`` becomes ``stroke-width="2"``, None is left out.

    Example:
        >>> tag("line", x1=0, x2=10.0, stroke_width=2, cls="a")
        '<line x1="0" x2="10" stroke-width="2" class="a"/>'
    """
    pairs = []
    for key, value in attributes.items():
        if value is not None:
            shown = number(value) if isinstance(value, float) else clean(value)
            pairs.append(f' {"class" if key == "cls" else key.replace("_", "-")}="{shown}"')
    opened = f"<{name}{''.join(pairs)}"
    return f"{opened}>{''.join(inside)}</{name}>" if inside else f"{opened}/>"


def text(x: float, y: float, content: object, /, **attributes: object) -> str:
    """Return a text whose baseline begins at (x, y)."""
    return tag("text", clean(content), x=float(x), y=float(y), **attributes)


def tip(content: object) -> str:
    """Return what a browser shows while the pointer rests on the element around it."""
    return tag("title", clean(content))


def group(parts: Iterable[str], **attributes: object) -> str:
    """Return *parts* as one group."""
    return tag("g", *parts, **attributes)


STYLE: Final = (
    f"text{{font-family:{FONT};fill:{INK}}}"
    ".small{font-size:10px}.label{font-size:12px}.head{font-size:16px;font-weight:600}.faint{fill:#616e7c}"
    ".strong{font-weight:600}.mid{text-anchor:middle}.end{text-anchor:end}"
    "@media print{svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"
)


def page(body: Iterable[str], wide: float, high: float, *, title: str, description: str) -> str:
    """Return a whole SVG file of *wide* x *high* units, white behind, with a title and description for screen readers.

    Returns:
        Text that ends with a line end, UTF-8 when written; it scales to any width and prints on one page.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(wide)} {number(high)}" '
        f'width="{number(wide)}" height="{number(high)}" role="img" aria-labelledby="t d">'
    )
    parts = [
        head,
        tag("title", clean(title) or "-", id="t"),
        tag("desc", clean(description) or "-", id="d"),
        f"<style>{STYLE}</style>",
        tag("rect", width=float(wide), height=float(high), fill="white"),
        *body,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def embedded(picture: str) -> str:
    """Return *picture* for a page that has others: its ids made its own."""
    mark = f"p{abs(hash(picture)) % 10**8}"
    return re.sub(r'(id="|aria-labelledby="| )(t|d)(?=["\s])', rf"\1{mark}\2", picture)
