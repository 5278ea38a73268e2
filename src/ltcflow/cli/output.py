"""Printing: lines, texts of several lines, JSON. Text that came from somebody else is shown, never obeyed."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from typing import Any

import click

from ltcflow.report.cells import clean

__all__ = ["clean", "columns", "line", "page", "print_data", "print_json", "when"]

_UNBOUNDED = 10_000
_NARROWEST = 60


def line(text: str = "", *, err: bool = False, **style: Any) -> None:
    """Print one line, in colour where there is a terminal."""
    click.secho(text, err=err, **style)


def print_json(data: object) -> None:
    """Print *data* (mappings, lists, texts, numbers) as JSON."""
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def print_data(value: object) -> None:
    """Print a value of ltcflow as JSON."""
    from ltcflow.report.data import to_data

    print_json(to_data(value))


def columns() -> int:
    """Return how many columns a text may take: COLUMNS, else the terminal's; elsewhere lines are not broken at all."""
    fixed = os.environ.get("COLUMNS", "")
    if fixed.isdigit() and len(fixed) < 6 and int(fixed):
        return max(int(fixed), _NARROWEST)
    return max(shutil.get_terminal_size().columns, _NARROWEST) if sys.stdout.isatty() else _UNBOUNDED


def page(text: str, indent: int = 0) -> None:
    """Print a text of several lines; on a terminal with its codes, dates and marks in colour."""
    lines = [(" " * indent + found).rstrip() for found in text.splitlines()]
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        _in_colour(lines)
    else:
        for found in lines:
            click.echo(found)


def _in_colour(lines: list[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=True)
    for number, found in enumerate(lines):
        text = Text(found)
        for pattern, style in _STYLES:
            text.highlight_regex(pattern, style)
        if number + 1 < len(lines) and set(lines[number + 1].strip()) in ({"-", " "}, {"-"}):
            text.stylize("bold")
        console.print(text, soft_wrap=True)


_STYLES = (
    (r"\bLTC\d{3}\b", "bold red"),
    (r"^\s*[✓√].*$", "green"),
    (r"^\s*[✗×].*$", "red"),
    (r"\d{4}-\d\d-\d\d( \d\d:\d\d)?(Z|[+-]\d\d:\d\d)?", "cyan"),
    (r"^\s*[|`].{0,2}-- ", "dim"),
)
"""What is coloured where there is a terminal: patterns and rich styles, the later over the earlier."""


def when(moment: datetime) -> str:
    """Return *moment* for people, in the local zone, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
