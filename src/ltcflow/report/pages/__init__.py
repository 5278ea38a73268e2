"""Pages: documents as values, written as Markdown and as HTML. What people typed is shown in both, never obeyed."""

from __future__ import annotations

from ltcflow.report.pages.blocks import Block, Bullets, Facts, Heading, Inline, Page, Para, Span, Table

__all__ = ["Block", "Bullets", "Facts", "Heading", "Inline", "Page", "Para", "Span", "Table"]
