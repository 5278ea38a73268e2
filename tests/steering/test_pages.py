"""Pages: whatever people type is shown as they typed it, in Markdown and in HTML, and never obeyed."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ltcflow.report.cells import clean
from ltcflow.report.pages import Bullets, Facts, Heading, Page, Para, Span, Table

NASTY = (
    "| a | b |", "`code`", "**bold** _it_ ~~no~~", "<script>alert(1)</script>", "[x](http://e.vil)", "![i](x.png)",
    "# heading", "- item", "1. item", "> quote", "a\n\nb", "&lt;&amp;", "\\", "\\|", "---", "===", "$x$", "* * *",
    "+ x", "validate_opportunity_", "_a_", "项目_二_期", "http://a.b/c_d", "<!-- -->", "]]>", "\x00\x1b[31m", "\ufffe",
    "&#35;", ": x", "    code", "\t", "~~~", "```", "[^1]: note", "a  \nb", "投标|评审", "<http://x.y>", "x" * 300,
    "\u202eevil", "'\"", "1) y",
)  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.text("|*_`<>&#-+[]()!\\~$=1. \n", max_size=12))
inlines = st.one_of(
    texts,
    texts.map(Span),
    st.builds(lambda a, c, d: (f"{a} ", Span(c, "late"), f" {d}"), texts, texts, texts),
)


def flat(text: object) -> str:
    parts = text if isinstance(text, tuple) else (text,)
    return " ".join(clean("".join(p.text if isinstance(p, Span) else p for p in parts)).split())


@st.composite
def pages(draw: st.DrawFn) -> Page:
    rows = draw(st.lists(st.tuples(inlines, inlines), max_size=3))
    items = draw(st.lists(inlines, min_size=1, max_size=3))
    pairs = draw(st.lists(st.tuples(texts, inlines), min_size=1, max_size=2))
    blocks = (
        Heading(draw(texts)),
        Facts(tuple(pairs)),
        Para(draw(inlines)),
        Bullets(tuple(items)),
        Table((draw(texts), "B"), tuple(rows), narrow=(0,)),
    )
    return Page(title=draw(texts), lang=draw(st.sampled_from(["zh", "en"])), blocks=blocks)


def shown(page: Page) -> list[str]:
    """Every text of *page*, in order; the empty ones left out."""
    heading, facts, para, bullets, table = page.blocks
    found = [page.title, heading.text, *(f"{name} {flat(value)}" for name, value in facts.pairs)]
    found += [para.text, *bullets.items, *table.headers, *(cell for row in table.rows for cell in row)]
    return [text for text in map(flat, found) if text]


def words(token: Token) -> str:
    return "".join(child.content for child in token.children or () if child.type == "text")


MARKS = {"text", "strong_open", "strong_close"}
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item", "inline", "table", "thead", "tbody", "tr", "th", "td"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "dl", "dt", "dd", "ul", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "strong", "span"),
}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "scope"}
_BEYOND = "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
NO_CHARACTER = re.compile(f"[\ufdd0-\ufdef\ufffe\uffff{_BEYOND}]")


@settings(max_examples=60, deadline=None)
@given(pages())
def test_markdown_shows_every_text_and_knows_no_other_mark(page: Page) -> None:
    tokens = PARSER.parse(page.markdown)
    inside = [token for token in tokens if token.type == "inline"]
    assert {child.type for token in inside for child in token.children or ()} <= MARKS
    assert [text for token in inside if (text := " ".join(words(token).split()))] == shown(page)
    assert {token.type.removesuffix("_open").removesuffix("_close") for token in tokens} <= BLOCKS
    assert page.markdown.endswith("\n")
    assert not page.markdown.endswith("\n\n")


PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@settings(max_examples=60, deadline=None)
@given(pages())
def test_html_is_well_formed_shows_every_text_and_asks_for_nothing(page: Page) -> None:
    root = ElementTree.fromstring(page.html.removeprefix("<!DOCTYPE html>\n"))
    body = root.find("body")
    assert body is not None
    assert {element.tag for element in root.iter()} <= TAGS
    assert not any(set(element.attrib) - ATTRIBUTES for element in root.iter())
    assert not re.search(r"url\(|@import|https?:", root.findtext("head/style") or "")
    found = [("".join(x.itertext()), x.tag) for x in body.iter() if x.tag in ("h1", "h2", "p", "li", "th", "td")]
    names, values = (["".join(x.itertext()) for x in body.iter(tag)] for tag in ("dt", "dd"))
    texts = [text for text, _ in found]
    texts[2:2] = [f"{name} {value}" for name, value in zip(names, values, strict=True)]
    wanted = [NO_CHARACTER.sub("\ufffd", text) for text in shown(page)]
    assert [text for text in (" ".join(one.split()) for one in texts) if text] == wanted


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_says_its_language(lang: str) -> None:
    page = Page(title="x", lang=lang, blocks=())
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page.html
    assert page.markdown == str(page) == "# x\n"
