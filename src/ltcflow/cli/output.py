"""Printing: lines, texts of several lines, JSON. Text that came from somebody else is shown, never obeyed."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from typing import IO, Any

import click

_UNBOUNDED = 10_000
_NARROWEST = 60


def put(text: str | bytes = "", *, nl: bool = True, err: bool = False) -> None:
    """Print *text*. A reader that has gone away ("| head") is no reason to stop: the exit code is still to be right."""
    try:
        click.echo(text, nl=nl, err=err)
    except BrokenPipeError:
        silence(sys.stderr if err else sys.stdout)


def silence(stream: IO[str] | None) -> None:
    """Send what is still in the buffer of *stream*, and all that follows, nowhere."""
    try:
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def clean(text: object) -> str:
    """Return *text* on one line, without anything that a terminal would obey instead of show."""
    from ltcflow.report.cells import clean

    return clean(text)


def line(text: str = "", *, err: bool = False, **style: Any) -> None:
    """Print one line, in colour where there is a terminal."""
    put(click.style(text, **style) if style and "NO_COLOR" not in os.environ else text, err=err)


def print_json(data: object) -> None:
    """Print *data* (mappings, lists, texts, numbers) as JSON."""
    import json

    put(json.dumps(data, ensure_ascii=False, indent=2))


def print_data(value: object) -> None:
    """Print a value of ltcflow as JSON."""
    from ltcflow.report.data import to_data

    print_json(to_data(value))


def columns() -> int:
    """Return how many columns a text may take: COLUMNS, else the terminal's; elsewhere lines are not broken at all."""
    fixed = os.environ.get("COLUMNS", "")
    if fixed.isdigit() and len(fixed) < 6 and int(fixed):
        return max(int(fixed), _NARROWEST)
    return max(shutil.get_terminal_size().columns, _NARROWEST) if on_terminal() else _UNBOUNDED


def on_terminal() -> bool:
    """Say whether somebody reads along on a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def page(text: str, indent: int = 0) -> None:
    """Print a text of several lines; on a terminal with its codes, dates and marks in colour."""
    lines = [(" " * indent + found).rstrip() for found in text.splitlines()]
    if on_terminal() and "NO_COLOR" not in os.environ:
        _in_colour(lines)
    elif lines:
        put("\n".join(lines))


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
    (r"^\s*(Accepted\.|已接受。)$", "green"),
    (r"^\s*(Refused;.*|已拒绝；.*)$", "red"),
    (r"✓|\[x\]", "green"),
    (r"\[!\]|<- (can be done now|现在可做)$", "yellow"),
    (r"^(ok|正常) ", "green"),
    (r"^(warning|警告) ", "yellow"),
    (r"^(problem|问题) ", "bold red"),
    (r"\d{4}-\d\d-\d\d( \d\d:\d\d)?(Z|[+-]\d\d:\d\d)?", "cyan"),
    (r"^[|` ]*[|`]-- ", "dim"),
)
"""What is coloured where there is a terminal: patterns and rich styles, the later over the earlier."""


class _Here(tzinfo):
    """The zone of this computer, with the offset it has at the moment that is asked for."""

    def fromutc(self, moment: datetime) -> datetime:
        """Return *moment* (in UTC) on the clock here; in UTC where the calendar of this computer ends."""
        there = moment.replace(tzinfo=UTC)
        try:
            return there.astimezone()
        except (OverflowError, OSError, ValueError):
            return there

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Return how far the clock here is ahead of UTC at *moment* (of this clock)."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Return nothing: the offset says it all."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Return nothing: the offset says it all."""
        return None


HERE = _Here()


def when(moment: datetime) -> str:
    """Return *moment* for people, on the clock of this computer, to the minute."""
    return moment.astimezone(HERE).strftime("%Y-%m-%d %H:%M")
