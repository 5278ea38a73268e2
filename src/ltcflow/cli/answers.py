"""What is printed of an answer: what happened, or every reason why not; and its exit code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import click

from ltcflow.cli.options import AHEAD, voice
from ltcflow.cli.output import columns, line, page, print_data, when

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.projects import Accepted, Answer


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
    if answer.accepted:
        _say_when_the_clock_is_behind(answer)
    ctx.exit(0 if answer.accepted else 1)


def _say_when_the_clock_is_behind(answer: Accepted) -> None:
    """Say on the error output that the project was ahead of this computer's clock, whose time was not recorded."""
    now = datetime.now(UTC)
    at = max((event.at for event in answer.events), default=now)
    if at - now > AHEAD:
        say = voice()
        said = say(
            f"note: the clock of this computer says {when(now)}, but the project had come to {when(at)}: "
            "that is what was recorded. Set the clock; see 'ltcflow doctor'.",
            f"注意:本机时钟为 {when(now)},而项目记录已到 {when(at)}:按后者记录。请校正时钟;参见 ltcflow doctor。",
        )
        line(said, err=True, fg="yellow")
