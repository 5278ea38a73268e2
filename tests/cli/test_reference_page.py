"""The reference page names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ltcflow.cli import failures, sources
from ltcflow.cli.app import COMMANDS, SECTIONS, cli
from ltcflow.errors import LtcflowError

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
PARTS = {m[1]: m[0] for m in re.finditer(r"^### (\S+)\n.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)}
SHARED = PAGE.partition("**Shared options**")[2].partition("\n## ")[0]
CONTEXT = click.Context(cli, info_name="ltcflow")


def command(name: str) -> click.Command:
    found = cli.get_command(CONTEXT, name)
    assert found is not None
    return found


def options(of: click.Command) -> set[str]:
    return {text for parameter in of.params for text in parameter.opts if text.startswith("-")}


def named(text: str) -> set[str]:
    """The options that stand in *text* as code, outside the blocks of examples."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(re.findall(r"`[^`\n]+`", plain))))


def test_every_command_has_its_section_in_the_order_of_the_help() -> None:
    assert list(PARTS) == list(COMMANDS)
    heads = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert [head for head in heads if head in SECTIONS] == list(SECTIONS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_every_option_of_its_command_and_no_other(name: str) -> None:
    own, section, shared = options(command(name)), named(PARTS[name]), named(SHARED)
    assert own - shared <= section, f"not on the page: {sorted(own - shared - section)}"
    assert section <= own, f"not an option: {sorted(section - own)}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_begins_with_how_the_command_is_called(name: str) -> None:
    usage = re.search(rf"^`ltcflow {re.escape(name)}\b([^`]*)`$", PARTS[name], re.MULTILINE)
    assert usage is not None
    for parameter in command(name).params:
        if isinstance(parameter, click.Argument) and not isinstance(parameter.type, click.Choice):
            assert (parameter.metavar or (parameter.name or "").upper()).strip("[].") in usage[1]
        if isinstance(parameter, click.Option) and parameter.required:
            assert parameter.opts[0] in usage[1]


def test_every_choice_is_named() -> None:
    for name in COMMANDS:
        for parameter in command(name).params:
            if isinstance(parameter.type, click.Choice):
                assert all(str(choice) in PARTS[name] for choice in parameter.type.choices), name


def test_shared_options_are_those_that_the_commands_share() -> None:
    everywhere = set.intersection(*(options(command(name)) for name in COMMANDS))
    assert everywhere == {"--lang"}
    assert {"--lang", "--json", "--db", "--by", "--at", "--help"} <= named(SHARED)
    assert "--version" in PAGE
    without = {name for name in COMMANDS if "--json" not in options(command(name))}
    assert without == {"demo", "completion"}


def test_every_code_of_the_command_line_is_on_the_page() -> None:
    modules = (sources, failures)
    kinds = [v for m in modules for v in vars(m).values() if isinstance(v, type) and issubclass(v, LtcflowError)]
    codes = {kind.code for kind in kinds if kind.__module__ in {m.__name__ for m in modules}}
    assert codes == {"LTC800", "LTC801", "LTC802", "LTC803", "LTC804"}
    assert codes == set(re.findall(r"^\| (LTC8\d\d) ", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_of_commands_is_short(name: str) -> None:
    assert COMMANDS[name].short.endswith(".")
    assert len(COMMANDS[name].short) < 80
    assert command(name).name == name
    assert command(name).help
