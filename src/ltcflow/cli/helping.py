"""How ``--help`` is laid out: as click does it, in Chinese where Chinese was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ltcflow.cli.options import voice


class Formatter(click.HelpFormatter):
    """Writes the help of one command; knows its *name* ("" for the root)."""

    name = ""

    @property
    def chinese(self) -> bool:
        """Whether Chinese was asked for."""
        return voice().lang == "zh"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, args, "用法:" if self.chinese and prefix is None else prefix)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Write the title of a section; what is written inside is indented."""
        from ltcflow.cli.help_zh import TITLES

        with super().section(TITLES.get(name, name) if self.chinese else name):
            yield

    def write_text(self, text: str) -> None:
        """Write what the command does."""
        from ltcflow.cli.help_zh import COMMANDS, ROOT

        paragraphs = COMMANDS.get(self.name, ()) if self.name else ROOT
        if not self.chinese or not paragraphs:
            super().write_text(text)
            return
        for number, paragraph in enumerate(filter(None, paragraphs)):
            if number:
                self.write_paragraph()
            self._write_wrapped(paragraph)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands, each with what it is for."""
        if not self.chinese:
            super().write_dl(rows, col_max, col_spacing)
            return
        from ltcflow.report.cells import lay_out

        told = [(name, _told(text)) for name, text in rows]
        indent = " " * self.current_indent
        for lines in lay_out(told, total=self.width, gap=col_spacing, keep=(0,), indent=indent):
            for line in lines:
                self.write(f"{line.rstrip()}\n")

    def _write_wrapped(self, text: str) -> None:
        from ltcflow.report.cells import wrap

        for line in wrap(text, self.width - self.current_indent):
            self.write(f"{' ' * self.current_indent}{line}\n")


def _told(text: str) -> str:
    """Return the help of an option or command in Chinese, with what click adds: ``[required]``."""
    from ltcflow.cli.help_zh import OPTIONS

    words, bracket, more = text.partition("  [")
    return f"{OPTIONS.get(words, words)}{bracket}{more.replace('required', '必填')}"


class Context(click.Context):
    """The context of a command of ltcflow: its help speaks the language that was asked for."""

    formatter_class: Any = Formatter

    def make_formatter(self) -> click.HelpFormatter:
        """Return what the help is written with."""
        formatter = super().make_formatter()
        if isinstance(formatter, Formatter) and self.parent is not None:
            formatter.name = self.command.name or ""
        return formatter
