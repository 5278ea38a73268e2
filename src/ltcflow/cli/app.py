"""The root command: the table of commands, each loaded when it is called, and what becomes of errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

import attrs
import click

from ltcflow.cli.helping import Context
from ltcflow.cli.options import SPOKEN, lang_option, spoken, voice
from ltcflow.cli.output import put, silence
from ltcflow.errors import LtcflowError, UnknownName

INTERRUPTED = 130


@attrs.frozen
class Entry:
    """One command: the module and function it lives in, and its line in ``--help``, in English."""

    module: str
    attribute: str
    short: str

    def load(self) -> click.Command:
        """Return the command itself, whose help speaks the language that was asked for."""
        command: click.Command = getattr(import_module(self.module), self.attribute)
        command.context_class = Context
        return command


def _entries(module: str, commands: Mapping[str, str], **renamed: str) -> dict[str, Entry]:
    found = {}
    for name, short in commands.items():
        attribute = renamed.get(name.replace("-", "_"), name.replace("-", "_"))
        found[name] = Entry(f"ltcflow.cli.{module}", attribute, short)
    return found


SECTIONS: Mapping[str, Mapping[str, Entry]] = MappingProxyType(
    {
        "See it work": _entries("demo", {"demo": "Tell one project from lead to cash, step by step."}),
        "Declare and plan": {
            **_entries(
                "declare",
                {
                    "catalog": "List every process, in Chinese and English.",
                    "check": "Say everything that is wrong with a definition.",
                    "show": "Draw a process: a tree in the terminal, or Mermaid text.",
                    "schema": "Print the JSON Schema of definition files, for editors.",
                },
            ),
            **_entries("planning", {"plan": "Plan a process: dates, float, critical path."}),
            **_entries(
                "simulating",
                {
                    "simulate": "Say when it may be finished, and how likely it is won.",
                    "level": "Plan for the people there are, of a process or a project.",
                },
            ),
            **_entries("receiving", {"cash": "Say when the money of a contract comes."}),
            **_entries(
                "analysing",
                {
                    "roles": "Show who does what in a process, or the library of roles.",
                    "compare": "Say how a process differs from a reference.",
                    "compose": "Put processes together, one after the other.",
                    "locate": "Say in which stage a project is that ran elsewhere.",
                },
            ),
        },
        "Run a project": {
            **_entries("starting", {"start": "Begin a project on a process."}),
            **_entries(
                "doing",
                {
                    "begin": "Begin an activity.",
                    "finish": "Finish an activity.",
                    "submit": "Hand in a deliverable.",
                    "fact": "Record facts.",
                    "vote": "Judge a gate: go, conditional, hold, recycle or stop.",
                    "delegate": "Give one's vote on a gate to somebody else.",
                    "waive": "Let a gate do without one of its criteria.",
                    "meet": "Say that a condition is met.",
                    "redate": "Give an unmet condition another date.",
                },
            ),
            **_entries(
                "timing",
                {
                    "wait": "Say that somebody outside is waited for: time stands still.",
                    "unwait": "Say that what was waited for has come.",
                    "tick": "Record what has fallen due, and tell it once.",
                },
            ),
            **_entries(
                "leading",
                {
                    "assign": "Say who wears a role.",
                    "note": "Leave a note on the record.",
                    "hold": "Let the project rest.",
                    "resume": "Take up a resting project again.",
                    "close": "End the project: won, completed, lost or cancelled.",
                    "reopen": "Open a closed project again.",
                },
            ),
            **_entries(
                "standing_in",
                {
                    "delegate-authority": "Let somebody judge gates in one's place, for some days.",
                    "revoke-delegation": "Take a delegation back.",
                    "substitutes": "Say who stands in for a role while its wearers are away.",
                    "absent": "Say that somebody is away for some days.",
                    "back": "Say that somebody is back.",
                },
            ),
            **_entries(
                "registering",
                {
                    "risk": "Raise, judge, respond to, hand over or close a risk.",
                    "change": "Take in, assess, decide or make a change.",
                    "promise": "Record, trace, keep or let go a promise.",
                    "clause": "Put a clause of the contract on the ledger.",
                    "early-start": "Let an activity start before what it waits for.",
                },
            ),
            **_entries(
                "moving",
                {
                    "export": "Write a project to one file that anybody can verify.",
                    "import": "Take in a project from such a file.",
                },
                **{"import": "import_"},
            ),
            **_entries(
                "ending",
                {
                    "offer": "Offer a hand-over to who is to take it over.",
                    "accept": "Take over what was offered.",
                    "reject": "Refuse to take over what was offered.",
                    "paid": "Say that the money of an instalment has come.",
                    "lesson": "Record what was learned.",
                },
            ),
        },
        "Look at projects": {
            **_entries(
                "looking",
                {
                    "projects": "List the projects of a record.",
                    "status": "Show where a project stands.",
                    "ready": "Say what is missing for a milestone, who owes it, and when it will be there.",
                    "why": "Show the shortest chain from an element to what can be done today.",
                    "work": "List what a person can do now.",
                    "log": "Tell what happened, event by event.",
                    "verify": "Prove that nobody changed the record.",
                },
            ),
            **_entries("reporting", {"weekly": "Write the weekly report of a project, or of all."}),
            **_entries(
                "ending",
                {
                    "handover": "Show what the next team receives, and what is missing in it.",
                    "closeout": "Say what is missing before a project can be closed.",
                    "lessons": "List what was learned in all projects.",
                },
            ),
            **_entries("timing", {"due": "Show time limits and dates: what is used, when each falls due."}),
            **_entries(
                "registering",
                {
                    "risks": "Show the risks: ranked, or as a matrix.",
                    "changes": "Show the changes, and what they do to plan and margin.",
                    "promises": "Show what was promised, and what is traced to nothing.",
                    "early-starts": "Show early starts, and what they cost day by day.",
                },
            ),
            **_entries(
                "tracking",
                {
                    "lag": "Show where the time of a project went, and who waits for whom.",
                    "path": "Show the least that must be done before a milestone is reached.",
                    "approvals": "Show who will be asked at a gate, and what changes that list.",
                },
            ),
            **_entries("planning", {"forecast": "Plan the rest of a running project from where it stands."}),
            **_entries("receiving", {"unpaid": "Say what stands between today and each instalment."}),
        },
        "About ltcflow": {
            **_entries("about", {"plugins": "List the plugins: what they add, and what is wrong with them."}),
            **_entries("examining", {"doctor": "Examine this installation and a record: what is wrong, what to do."}),
            **_entries("about", {"completion": "Print the completion script of a shell."}),
        },
    }
)
COMMANDS: Mapping[str, Entry] = MappingProxyType({n: e for entries in SECTIONS.values() for n, e in entries.items()})


class Root(click.Group):
    """The group that knows its commands by name and loads one when it is called."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the built-in commands; those of plugins are found by name, and listed by ``ltcflow plugins``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called *cmd_name*: a built-in one, else a plugin's."""
        entry = COMMANDS.get(cmd_name)
        if entry is not None:
            return entry.load()
        if cmd_name.startswith("-"):
            return None
        from ltcflow.cli.about import plugin_commands

        return plugin_commands().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is answered with the nearest names."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing and not name.startswith("-"):
            from ltcflow.cli.about import plugin_commands

            raise UnknownName(kind="command", value=name, known=(*COMMANDS, *plugin_commands()))
        return super().resolve_command(ctx, args) if command is None else (name, command, args[1:])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, without loading one of them."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, _short(name)) for name in entries])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete command names without loading one of them."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=_short(name)) for name in COMMANDS if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and exit with 0, 1, 2 or 130; a mistake of the caller is told in a line or two, without a traceback."""
        _never_fail_to_print()
        token = SPOKEN.set(spoken(sys.argv[1:] if args is None else args))
        extra["windows_expand_args"] = windows_expand_args
        name, run = prog_name or "ltcflow", super().main
        try:
            code = _guarded(lambda: run(args, name, complete_var, standalone_mode=False, **extra))
        finally:
            SPOKEN.reset(token)
        sys.exit(code)


def _short(name: str) -> str:
    """Return the line of a command in the list of commands."""
    if voice().lang == "en":
        return COMMANDS[name].short
    from ltcflow.cli.help_zh import COMMANDS as CHINESE

    return CHINESE[name][0] if name in CHINESE else COMMANDS[name].short


def _guarded(run: Callable[[], Any]) -> int:
    """Run a command and return its exit code."""
    try:
        result = run()
        put(nl=False)
        return result if isinstance(result, int) else 0
    except click.Abort:
        return INTERRUPTED
    except (LtcflowError, click.ClickException, OSError) as error:
        from ltcflow.cli.failures import tell

        if isinstance(error, OSError):
            silence(sys.stdout)
        return tell(error)


def _never_fail_to_print() -> None:
    """Let characters that the terminal's encoding lacks come out as "?" instead of an exception."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from ltcflow import __version__

        put(f"ltcflow {__version__}")
        ctx.exit()


@click.group(cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@lang_option()
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Lead-to-cash as code: declare a sales process, prove it sound, plan it, run real projects through it.

    FILE|ID is a definition file (YAML or JSON) or the id of a process of the catalog. Commands that run or look at
    projects take the record they work on as --db sales.db (or LTCFLOW_DB).

    Exit codes: 0 done; 1 refused, errors found, or a broken record; 2 a mistake of the caller.
    """
    if ctx.invoked_subcommand is None:
        put(ctx.get_help())
