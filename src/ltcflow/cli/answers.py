"""What is printed of an answer: what happened, or every reason why not; and its exit code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import click

from ltcflow.cli.options import voice
from ltcflow.cli.output import columns, line, page, print_data

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.projects import Answer


REMEDIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "LTC528": (
            "Give --condition 'TEXT;OWNER;2026-04-30' with 'conditional', and with nothing else.",
            "请用 --condition '内容;责任人;2026-04-30',且仅用于 conditional。",
        ),
        "LTC529": ("Say why: --reason '...'.", "请用 --reason '...' 说明理由。"),
    }
)
"""Remedies by code where that of the library speaks of arguments in Python."""


def finish_with(
    ctx: click.Context, answer: Answer, as_json: bool, process: Process | None = None, more: str = ""
) -> NoReturn:
    """Print *answer* and leave with 0 when it was accepted, with 1 when it was refused.

    Elements are named by their ids: those are what the next command is given.

    Args:
        process: what the project runs on; shows facts with their units.
        more: a sentence to add to an accepted answer, for people.
    """
    from ltcflow.report import answer_text, paragraph

    if as_json:
        print_data(answer)
    else:
        page(answer_text(answer, voice().lang, process=process, total=columns(), remedies=REMEDIES))
        if more and answer.accepted:
            line()
            page(paragraph(more, total=columns()))
    ctx.exit(0 if answer.accepted else 1)
