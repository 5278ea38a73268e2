"""Commands on declarations: catalog, check, show, schema."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from ltcflow.cli.failures import UNREADABLE, tell
from ltcflow.cli.options import Definition, json_option, lang_option, voice
from ltcflow.cli.output import clean, columns, line, page, print_data, print_json, put
from ltcflow.errors import LtcflowError, UnknownName
from ltcflow.findings import Finding, Severity
from ltcflow.labels import Lang

if TYPE_CHECKING:
    from ltcflow.process import Process

_COLOURS: Mapping[Severity, str] = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


@click.command()
@lang_option()
@json_option
@click.pass_context
def catalog(ctx: click.Context, as_json: bool) -> None:
    """List every process of the catalog, shipped and from plugins, with its title in Chinese and English."""
    import ltcflow
    from ltcflow.report import catalog_table

    found: list[Process] = []
    code = 0
    for name in sorted(ltcflow.catalog):
        try:
            found.append(ltcflow.catalog[name])
        except LtcflowError as error:
            code = max(code, tell(error))
    if as_json:
        print_json([_entry(process) for process in found])
    else:
        page(catalog_table(found, voice().lang, total=columns()))
    ctx.exit(code)


def _entry(process: Process) -> dict[str, object]:
    from ltcflow.report import summary

    return summary(process)


@click.command()
@click.argument("sources", nargs=-1, required=True, type=Definition(), metavar="FILE|ID...")
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@lang_option()
@json_option
@click.pass_context
def check(ctx: click.Context, sources: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Say everything that is wrong with one definition or several.

    Each finding is one line: file:line:column: CODE: subject: what is wrong: what to do. Exits with 1 when one of
    them is an error (with --strict: or a warning), with 2 when a file cannot be read.
    """
    from ltcflow.report.tables import finding_line, findings_summary

    lang = voice().lang
    code = 0
    everything: list[Finding] = []
    for source in sources:
        try:
            findings = _findings(source)
        except LtcflowError as error:
            code = max(code, tell(error))
            continue
        everything += findings
        code = max(code, _code(findings, strict))
        if not as_json:
            for finding in findings:
                line(finding_line(finding, lang), fg=_COLOURS[finding.severity])
        line(f"{clean(source)}: {findings_summary(findings, lang)}", err=True)
    if as_json:
        print_data(tuple(everything))
    ctx.exit(code)


def _findings(source: str) -> tuple[Finding, ...]:
    """Read and judge one definition; findings of the judgement carry their places in the file."""
    import ltcflow
    from ltcflow.cli.sources import reading_of
    from ltcflow.definition import locate
    from ltcflow.findings import in_order
    from ltcflow.plugins import default_extensions, run_checks
    from ltcflow.plugins.using import known_to_plugins

    reading = reading_of(source)
    if reading.process is None:
        return reading.findings
    extensions = default_extensions()
    found = ltcflow.check(reading.process, extra=[partial(run_checks, extensions)])
    judged = tuple(finding for finding in found if not known_to_plugins(extensions, finding))
    return in_order(locate(judged, reading) if reading.places else judged)


def _code(findings: tuple[Finding, ...], strict: bool) -> int:
    if any(f.code == UNREADABLE for f in findings):
        return 2
    heavy = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return int(any(f.severity in heavy for f in findings))


@click.command()
@click.argument("source", type=Definition(), metavar="FILE|ID")
@click.option("--format", "shape", metavar="NAME", default="tree", help="tree (default), mermaid, or a plugin's.")
@lang_option()
@json_option
def show(source: str, shape: str, as_json: bool) -> None:
    """Draw a process: a tree for the terminal, a Mermaid flowchart for documents, or what a plugin exports."""
    from ltcflow.cli.sources import process_of

    process, lang = process_of(source), voice().lang
    if as_json:
        print_data(process)
    elif shape == "tree":
        from ltcflow.report.outline import tree

        page(tree(process, lang, total=columns()))
    elif shape == "mermaid":
        from ltcflow.report.flowchart import mermaid

        put(mermaid(process, lang), nl=False)
    else:
        put(_exported(process, shape, lang), nl=False)


def _exported(process: Process, shape: str, lang: Lang) -> str | bytes:
    """Return *process* in a plugin's format; UnknownName names the formats there are."""
    from ltcflow.plugins import ExportContext, default_extensions, export

    extensions = default_extensions()
    if shape not in dict(extensions.exporters):
        raise UnknownName(kind="format", value=shape, known=("tree", "mermaid", *dict(extensions.exporters)))
    return export(extensions, shape, ExportContext(process=process, lang=lang))


@click.command()
@lang_option()
@json_option
def schema(as_json: bool) -> None:
    """Print the JSON Schema of definition files.

    Editors complete and check definitions with it: save it beside them, and begin a definition with
    "# yaml-language-server: $schema=ltcflow.schema.json". It is JSON with or without --json.
    """
    import ltcflow

    print_json(ltcflow.schema())
