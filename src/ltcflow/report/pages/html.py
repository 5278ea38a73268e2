"""Pages as HTML: one file that needs nothing else, well-formed as XML too, for a screen and for A4."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import assert_never

from ltcflow.labels import width
from ltcflow.report.cells import clean
from ltcflow.report.pages.blocks import Block, Bullets, Facts, Heading, Inline, Page, Para, Span, Table, spans

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 12mm 10mm; max-width: 210mm; color: #1d2733; background: #fff;
  font: 10.5pt/1.5 "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 17pt; line-height: 1.25; margin: 0 0 4mm; padding-bottom: 2mm; border-bottom: 2pt solid #23527c; }
h2 { font-size: 12.5pt; margin: 7mm 0 2mm; color: #23527c; }
h3 { font-size: 10.5pt; margin: 4mm 0 1.5mm; }
h1, h2, h3 { break-after: avoid; }
p { margin: 0 0 2mm; }
ul { margin: 0 0 2mm; padding-left: 5mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .6mm 4mm; margin: 0 0 3mm; padding: 2.5mm 3.5mm;
  background: #f2f5f8; border-radius: 1mm; }
dt { color: #566573; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 0 0 3mm; font-size: 9.5pt; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; color: #566573; border-bottom: 1pt solid #8aa0b4; }
th, td { padding: 1mm 2mm 1mm 0; vertical-align: top; }
td { border-bottom: .5pt solid #dde3e9; min-width: 9mm; }
tr { break-inside: avoid; }
.narrow { white-space: nowrap; overflow-wrap: normal; }
.short { white-space: nowrap; }
.late { color: #b3261e; font-weight: 600; }
.good { color: #1b6e3c; font-weight: 600; }
.dim { color: #6b7a88; }
@page { size: A4; margin: 14mm 12mm; }
@media print { body { padding: 0; max-width: none; } }
"""

_SHORT = 20
"""Words that stand out and take no more display columns stay on one line."""


def escape(text: object) -> str:
    """Return *text* on one line, so that HTML (and XML) shows it as it is.

    Example:
        >>> escape('a < b & "c"')
        'a &lt; b &amp; &quot;c&quot;'
    """
    return html.escape("".join(c if _allowed(ord(c)) else "�" for c in clean(text)))


def _allowed(code: int) -> bool:
    """False for what neither HTML nor XML can hold: the code points that are no characters."""
    return not (code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF)


def to_html(page: Page) -> str:
    """Return *page* as one HTML file; the same page gives the same text."""
    lang = {"zh": "zh-CN"}.get(page.lang, page.lang)
    title = escape(page.title)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}">',
        "<head>",
        '<meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{title}</h1>",
        *(line for block in page.blocks for line in _block(block)),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Para():
            yield f"<p>{_inline(block.text)}</p>"
        case Bullets():
            if block.items:
                yield "<ul>"
                yield from (f"<li>{_inline(item)}</li>" for item in block.items)
                yield "</ul>"
        case Facts():
            if block.pairs:
                yield "<dl>"
                yield from (f"<dt>{escape(name)}</dt><dd>{_inline(value)}</dd>" for name, value in block.pairs)
                yield "</dl>"
        case Table():
            yield from _table(block)
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    heads = "".join(f'<th scope="col"{_class(table, i)}>{escape(head)}</th>' for i, head in enumerate(table.headers))
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td{_class(table, i)}>{_inline(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
    yield "</tbody>"
    yield "</table>"


def _class(table: Table, column: int) -> str:
    return ' class="narrow"' if column in table.narrow else ""


def _inline(text: Inline) -> str:
    return "".join(_span(part) for part in spans(text)).strip()


def _span(part: str | Span) -> str:
    if isinstance(part, Span):
        text = escape(part.text)
        if not text:
            return ""
        short = " short" if width(clean(part.text)) <= _SHORT else ""
        return (
            f"<strong>{text}</strong>" if part.tone == "strong" else f'<span class="{part.tone}{short}">{text}</span>'
        )
    inner = escape(part)
    before, after = bool(inner) and part[:1].isspace(), part[-1:].isspace()
    return f"{' ' if before else ''}{inner}{' ' if after else ''}"
