"""Commands about ltcflow itself: plugins, completion."""

from __future__ import annotations

import click

from ltcflow.cli.options import json_option, lang_option, voice
from ltcflow.cli.output import columns, line, page, print_data, put


def plugin_commands() -> dict[str, click.Command]:
    """Return the commands of plugins by name."""
    from ltcflow.plugins import default_extensions

    return dict(default_extensions().commands)


@click.command()
@lang_option()
@json_option
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """List the plugins: where each comes from, its hooks, what it adds; and what is wrong with them.

    Exits with 1 when a plugin has an error. LTCFLOW_PLUGINS=a,b loads only those; "none" only ltcflow's own.
    """
    from ltcflow.findings import errors_of
    from ltcflow.plugins import default_extensions
    from ltcflow.report.tables import finding_line, table
    from ltcflow.report.words import listed

    found, lang = default_extensions(), voice().lang
    if as_json:
        print_data({"plugins": found.plugins, "problems": found.problems})
    else:
        heads = ("Plugin", "Distribution", "Version", "Hook", "Adds")
        headers = ("插件", "发行包", "版本", "钩子", "提供") if lang == "zh" else heads
        rows = []
        for plugin in found.plugins:
            offers = dict(plugin.offers)
            for number, hook in enumerate(plugin.hooks or ("",)):
                who = ("", "", "") if number else (plugin.name, plugin.distribution, plugin.version)
                rows.append((*who, hook, listed(offers.get(hook, ()), lang)))
        page(table(headers, rows, total=columns(), keep=(0, 3)))
        for finding in found.problems:
            line(finding_line(finding, lang), fg="red")
    ctx.exit(int(bool(errors_of(found.problems))))


@click.command()
@lang_option()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands in SHELL.

    bash: eval "$(ltcflow completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc; fish: save it as
    ~/.config/fish/completions/ltcflow.fish.
    """
    from click.shell_completion import get_completion_class

    from ltcflow.cli.app import cli

    kind = get_completion_class(shell)
    assert kind is not None
    put(kind(cli, {}, "ltcflow", "_LTCFLOW_COMPLETE").source())
