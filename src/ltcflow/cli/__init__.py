"""The command line: ``ltcflow``. Only `ltcflow.cli.app` is loaded at first; each command loads what it needs."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line with the arguments of the process, and exit.

    Exit codes: 0 done; 1 a business "no", findings that are errors, or a broken record; 2 a mistake of the caller
    (an unknown name, a missing file, a store that cannot be used); 130 interrupted.
    """
    from ltcflow.cli.app import cli

    cli.main(prog_name="ltcflow")
