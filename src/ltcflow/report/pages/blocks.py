"""The parts of a page: headings, paragraphs, lists and tables of plain text, a few words of which stand out."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import attrs

from ltcflow.labels import Lang

Tone = Literal["strong", "late", "good", "dim"]


@attrs.frozen
class Span:
    """A few words that stand out: *strong*, *late* (something is wrong), *good*, *dim* (of less weight)."""

    text: str
    tone: Tone = "strong"


Inline: TypeAlias = "str | Span | tuple[str | Span, ...]"
"""Text, or text of which parts stand out."""


@attrs.frozen
class Heading:
    """A heading below the title of the page: level 2 or 3."""

    text: str
    level: Literal[2, 3] = 2


@attrs.frozen
class Para:
    """One paragraph."""

    text: Inline


@attrs.frozen
class Bullets:
    """A list without order."""

    items: tuple[Inline, ...]


@attrs.frozen
class Facts:
    """What is known at a glance: pairs of a name and a value."""

    pairs: tuple[tuple[str, Inline], ...]


@attrs.frozen
class Table:
    """Rows as wide as *headers*; *narrow*: the columns whose text is not broken into lines (days, amounts)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    narrow: tuple[int, ...] = ()


Block: TypeAlias = Heading | Para | Bullets | Facts | Table


@attrs.frozen(kw_only=True)
class Page:
    """A document in one language.

    Attributes:
        about: the value it was written from. blocks: its parts, in order.

    Example:
        >>> page = Page(title="Bid <1>", lang="en", blocks=(Bullets(("a | b", Span("late"))),))
        >>> print(page)
        # Bid \\<1\\>
        <BLANKLINE>
        - a \\| b
        - **late**
        <BLANKLINE>
        >>> "<h1>Bid &lt;1&gt;</h1>" in page.html
        True
    """

    title: str
    lang: Lang
    blocks: tuple[Block, ...]
    about: Any = attrs.field(default=None, repr=False)

    @property
    def markdown(self) -> str:
        """The page as Markdown (CommonMark, tables as GitHub has them); ends with a line end."""
        from ltcflow.report.pages.markdown import to_markdown

        return to_markdown(self)

    @property
    def html(self) -> str:
        """The page as one HTML file that needs nothing else, to be read on a screen and printed on A4."""
        from ltcflow.report.pages.html import to_html

        return to_html(self)

    def __str__(self) -> str:
        return self.markdown


def spans(text: Inline) -> tuple[str | Span, ...]:
    """Return *text* as its parts."""
    return text if isinstance(text, tuple) else (text,)
