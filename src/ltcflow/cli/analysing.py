"""Commands that set processes beside each other: compare, locate, roles, compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ltcflow.cli.options import FACT, Definition, json_option, lang_option, voice
from ltcflow.cli.output import columns, page, print_data, put

if TYPE_CHECKING:
    from ltcflow.roles import Role


@click.command()
@click.argument("mine", type=Definition(), metavar="FILE|ID")
@click.argument("reference", type=Definition(), metavar="REFERENCE")
@lang_option()
@json_option
@click.pass_context
def compare(ctx: click.Context, mine: str, reference: str, as_json: bool) -> None:
    """Say how a process differs from a reference: what is missing, extra and moved, and what stands for what.

    Exits with 0 when both are the same, with 1 when they differ.
    """
    import ltcflow
    from ltcflow.cli.sources import process_of

    ours, theirs = process_of(mine), process_of(reference)
    found = ltcflow.compare(ours, theirs)
    if as_json:
        print_data(found)
    else:
        from ltcflow.report.analysis import comparison_text

        page(comparison_text(found, ours, theirs, voice().lang, total=columns()))
    ctx.exit(0 if found.same else 1)


@click.command()
@click.argument("source", type=Definition(), metavar="FILE|ID")
@click.option("--finished", metavar="ELEMENT", multiple=True, help="Done: an activity, gate, milestone or stage.")
@click.option("--delivered", metavar="DELIVERABLE", multiple=True, help="A deliverable that exists.")
@click.option("--fact", "facts", type=FACT, multiple=True, help="A known fact; it may rule out steps.")
@lang_option()
@json_option
def locate(
    source: str,
    finished: tuple[str, ...],
    delivered: tuple[str, ...],
    facts: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Say in which stage a project is that ran elsewhere, what shows it, and what is still to do."""
    import ltcflow
    from ltcflow.cli.sources import process_of

    process = process_of(source)
    found = ltcflow.locate(process, finished=finished, delivered=delivered, facts=dict(facts))
    if as_json:
        print_data(found)
    else:
        from ltcflow.report.analysis import location_text

        page(location_text(found, process, voice().lang, total=columns()))


@click.command()
@click.argument("source", type=Definition(), metavar="[FILE|ID]", required=False)
@click.option("--find", metavar="NAME", help="Only roles that go by this name, short form or post.")
@click.option(
    "--most-at-once", metavar="N", type=click.IntRange(1), help="Steps at once that are too many (default 3)."
)
@lang_option()
@json_option
@click.pass_context
def roles(ctx: click.Context, source: str | None, find: str | None, most_at_once: int | None, as_json: bool) -> None:
    """Show who does what in a process (R, A, C, I, votes; gaps, overloads); without one, the library of roles.

    Exits with 1 when the matrix has gaps or overloads, or no role goes by the name.
    """
    if source is not None and find is None:
        ctx.exit(_matrix(source, most_at_once, as_json))
    from ltcflow.roles import find_roles

    known = _library() if source is None else _declared(source)
    chosen = find_roles(known, find) if find is not None else known
    if as_json:
        print_data(chosen)
    else:
        from ltcflow.report.analysis import roles_table

        say = voice()
        none = say(f"No role goes by the name {find!r}.", f"没有名为 {find!r} 的角色。")
        page(roles_table(chosen, say.lang, total=columns()) if chosen else none)
    ctx.exit(0 if chosen else 1)


def _library() -> tuple[Role, ...]:
    from ltcflow.catalog.role_data import role_library
    from ltcflow.plugins import default_extensions

    return tuple({**role_library(), **dict(default_extensions().roles)}.values())


def _declared(source: str) -> tuple[Role, ...]:
    from ltcflow.cli.sources import process_of

    return process_of(source).roles


def _matrix(source: str, most: int | None, as_json: bool) -> int:
    import ltcflow
    from ltcflow.analysis.matrix import MOST_AT_ONCE
    from ltcflow.cli.sources import process_of

    process = process_of(source)
    found = ltcflow.responsibilities(process, most_at_once=most or MOST_AT_ONCE)
    if as_json:
        print_data(found)
    else:
        from ltcflow.report.analysis import matrix_text

        page(matrix_text(found, process, voice().lang, total=columns()))
    return 1 if found.gaps or found.overloads else 0


@click.command()
@click.argument("sources", nargs=-1, required=True, type=Definition(), metavar="FILE|ID...")
@click.option("--id", "name", metavar="ID", default="", help="The id of the result.")
@click.option("--zh", metavar="TEXT", default="", help="Its Chinese title.")
@click.option("--en", metavar="TEXT", default="", help="Its English title.")
@click.option("--version", metavar="TEXT", default="1.0", help="Its version (1.0).")
@click.option("--side-by-side", "beside", is_flag=True, help="At the same time instead of one after the other.")
@lang_option()
@json_option
def compose(sources: tuple[str, ...], name: str, zh: str, en: str, version: str, beside: bool, as_json: bool) -> None:
    """Put processes together, one after the other, and print the result as a definition.

    Roles, facts and deliverables of one id become one; elements must differ. Judge the result with 'ltcflow check'.
    """
    import ltcflow
    from ltcflow.cli.sources import process_of

    parts = [process_of(source) for source in sources]
    join = ltcflow.side_by_side if beside else ltcflow.compose
    found = join(*parts, id=name, title={"zh": zh, "en": en}, version=version)
    if as_json:
        print_data(found)
    else:
        put(ltcflow.dumps(found), nl=False)
