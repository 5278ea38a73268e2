"""What an error looks like on the command line: one line, in the language that was asked for."""

from __future__ import annotations

import os

import click

from ltcflow.cli import chinese
from ltcflow.cli.options import voice
from ltcflow.cli.output import clean, line
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName, did_you_mean
from ltcflow.findings import DefinitionError
from ltcflow.labels import Lang

UNREADABLE = "LTC101"
"""The finding of a file that is not there or cannot be read: a mistake of the caller, not of the definition."""


class OutputFailed(LtcflowError):
    """A file, or what is printed, cannot be read or written. Attributes: place, said (by the system)."""

    code = "LTC800"
    place: str
    said: str

    def __init__(self, *, place: str, said: str) -> None:
        advice = "Check that it is there, that it may be used and that there is room."
        super().__init__(f"{place}: cannot be read or written: {said}. {advice}", place=place, said=said)


def tell(error: LtcflowError | click.ClickException | OSError) -> int:
    """Print *error* on stderr and return the exit code: 1 for findings of a definition, else 2."""
    lang = voice().lang
    if isinstance(error, DefinitionError):
        from ltcflow.report.tables import finding_line

        for finding in error.findings:
            line(finding_line(finding, lang), err=True)
        return 2 if any(f.code == UNREADABLE for f in error.findings) else 1
    if isinstance(error, click.ClickException):
        line(misuse(error, lang), err=True)
        return 2
    line(f"ltcflow: {sentence(_named(error, lang), lang)}", err=True)
    return 2


def _named(error: LtcflowError | OSError, lang: Lang) -> LtcflowError:
    if isinstance(error, LtcflowError):
        return error
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    return OutputFailed(place=place or ("输出" if lang == "zh" else "output"), said=error.strerror or str(error))


def misuse(error: click.ClickException, lang: Lang) -> str:
    """Return what click says of a command line that it cannot read: the usage, where help is, the mistake."""
    message, lines = clean(error.format_message()), []
    ctx: click.Context | None = getattr(error, "ctx", None)
    if ctx is not None:
        usage = f"{ctx.command_path} {' '.join(ctx.command.collect_usage_pieces(ctx))}"
        lines = [f"用法:{usage}"] if lang == "zh" else [f"Usage: {usage}"]
        lines += [f"帮助:{ctx.command_path} --help\n" if lang == "zh" else f"Help: {ctx.command_path} --help\n"]
    lines.append(f"错误:{chinese.misuse(message)}" if lang == "zh" else f"Error: {message}")
    return "\n".join(lines)


def sentence(error: LtcflowError, lang: Lang) -> str:
    """Return *error* as one line: its code, what is wrong, what to do."""
    return clean(f"{error.code}: {_in_chinese(error)}" if lang == "zh" else error)


def _in_chinese(error: LtcflowError) -> str:
    if isinstance(error, UnknownName):
        return chinese.unknown(error.kind, error.value, did_you_mean(error.value, error.known), error.known)
    problem, remedy = getattr(error, "problem", ""), getattr(error, "remedy", "")
    if not problem:
        return chinese.whole(str(error).removeprefix(f"{error.code}: "))
    said = getattr(error, "problem_zh", "") or chinese.translated(problem)
    advice = getattr(error, "remedy_zh", "") or chinese.translated(remedy)
    subject = getattr(error, "store", "")
    if getattr(error, "plugin", ""):
        subject = f"{error.facts['plugin']} {error.facts.get('what', '')}".strip()
    if isinstance(error, InvalidValue):
        subject = f"{error.field}: {error.value[:80]}"
    if getattr(error, "fact", ""):
        subject = f"{error.facts['fact']}: {error.facts.get('value', '')}"
    return f"{subject}：{said}{advice}" if subject else f"{said}{advice}"
