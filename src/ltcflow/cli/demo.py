"""``ltcflow demo``: one project from lead to cash on a shipped process."""

from __future__ import annotations

import click

from ltcflow.cli.options import lang_option, voice


@click.command()
@lang_option()
def demo() -> None:
    """Tell one project from lead to cash on a shipped process, step by step: every answer is real.

    It runs in memory, on a clock of its own, and leaves nothing behind.
    """
    from ltcflow.cli.demo_teller import run

    run(voice()).ws.close()
