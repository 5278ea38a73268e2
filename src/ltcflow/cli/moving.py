"""Commands that move a whole project from one record to another as one file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ltcflow.cli.options import OutputFile, db_option, json_option, lang_option, project_argument, voice
from ltcflow.cli.output import clean, line, print_data, print_json, put
from ltcflow.cli.sources import workspace

if TYPE_CHECKING:
    from ltcflow.workspace import Imported


@click.command()
@project_argument
@click.option("--output", metavar="FILE", type=OutputFile(), help="Write to this new file; else to the output.")
@db_option
@lang_option()
@json_option
def export(project: str, output: str | None, db: str | None, as_json: bool) -> None:
    """Write a project, all its events and its definition, as one file of JSON Lines that anybody can verify.

    An existing file is never overwritten. With --json, say what the file is and what its head is.
    """
    with workspace(db) as ws:
        content = ws.export_project(project)
    if output is not None:
        with open(output, "xb") as file:
            file.write(content)
    head = json.loads(content[content.rindex(b'{"head":') :])["head"]
    if as_json:
        print_json({"project": project, "file": output, "bytes": len(content), "events": head[0], "head": head})
    elif output is None:
        put(content, nl=False)
    else:
        say, size = voice(), len(content)
        line(
            say(
                f"Written to {clean(output)}: events {head[0]}, bytes {size}, head {head[1]}.",
                f"已写入 {clean(output)}：{head[0]} 个事件，{size} 字节，末条哈希 {head[1]}。",
            )
        )


@click.command("import")
@click.argument("file", type=OutputFile(), metavar="FILE")
@db_option
@lang_option()
@json_option
@click.pass_context
def import_(ctx: click.Context, file: str, db: str | None, as_json: bool) -> None:
    """Verify a file of "ltcflow export", and write what the record does not have of it; a record is made when needed.

    Nothing is ever overwritten: another log of that name is refused. Exits with 1 when something is wrong with the
    file, and names the line; then nothing was written.
    """
    from ltcflow.report.tables import finding_line

    say, done = voice(), _imported(file, db)
    if as_json:
        print_data(done)
    for finding in done.findings if not as_json else ():
        line(finding_line(finding, say.lang), fg="red")
    if not (as_json or done.findings):
        name = clean(done.project)
        line(say(f"{name}: events added: {done.added}.", f"{name}：新增 {done.added} 个事件。"))
    ctx.exit(int(bool(done.findings)))


def _imported(file: str, db: str | None) -> Imported:
    """Import *file*; a file that something is wrong with makes no record."""
    from ltcflow.workspace.exchange import refused
    from ltcflow.workspace.exported import LARGEST, read

    with open(file, "rb") as source:
        content = source.read(LARGEST + 1)
    found, findings = read(content)
    if findings:
        return refused(found, findings, file)
    with workspace(db, make=True) as ws:
        return ws.import_project(content, file=file)
